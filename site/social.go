package site

import (
	"fmt"
	"html"
	"math"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/site/card"
)

// Social is what a page tells the programs that show a preview where it is linked.
type Social struct {
	URL   string // "" where site.yaml has no base_url
	Image string // the same
}

// social returns what the page at a place tells; nil where the site is private.
func (s *site) social(at string) *Social {
	if !s.listed() || at == "404.html" {
		return nil
	}
	return &Social{URL: s.absolute(at), Image: s.absolute(s.cardOf(at))}
}

// cardOf returns the place of the card of a page: that of its model, benchmark or
// board, else the site's.
func (s *site) cardOf(at string) string {
	parts := strings.Split(at, "/")
	if len(parts) > 1 {
		switch first := parts[0]; {
		case first == "models" && len(parts) > 2, first == "benchmarks" && len(parts) > 2:
			return "cards/" + first + "/" + parts[1] + ".png"
		default:
			for _, b := range s.boards {
				if b.ID == first {
					return boardCard(b.ID)
				}
			}
		}
	}
	return "cards/site.png"
}

func boardCard(id string) string { return "cards/boards/" + id + ".png" }

// cards adds the pictures for links that are shared. Programs that show them ask for
// an absolute address, so without one there are none.
func (s *site) cards(w *work) {
	if !s.listed() || s.baseURL() == "" {
		return
	}
	drawers := sync.Pool{New: func() any {
		d, err := card.New(s.accent())
		if err != nil {
			return err
		}
		return d
	}}
	draw := func(at string, c func(d *card.Drawer) card.Card) {
		w.file(at, func() ([]byte, error) {
			d, ok := drawers.Get().(*card.Drawer)
			if !ok {
				_, err := card.New(s.accent())
				return nil, err
			}
			defer drawers.Put(d)
			picture := c(d)
			picture.Site = known(d, s.Site.Title, "Brain-Score archive")
			if s.opts.Commit != "" {
				picture.Foot = fmt.Sprintf("Snapshot %.10s", s.opts.Commit)
			}
			return d.PNG(picture)
		})
	}
	draw("cards/site.png", func(d *card.Drawer) card.Card {
		return card.Card{Title: known(d, s.Site.Title, "Brain-Score archive"), Text: known(d, s.Site.Description, ""),
			Over: fmt.Sprintf("%s, %s", count(len(s.Models), "model"), count(len(s.Benchmarks), "benchmark"))}
	})
	for _, b := range s.boards {
		draw(boardCard(b.ID), func(d *card.Drawer) card.Card { return s.boardPicture(d, b) })
	}
	for _, b := range s.Benchmarks {
		draw(s.cardOf(benchmarkPlace(b.ID)), func(d *card.Drawer) card.Card { return s.benchmarkPicture(d, b) })
	}
	for _, m := range s.Models {
		draw(s.cardOf(modelPlace(m.ID)), func(d *card.Drawer) card.Card { return s.modelPicture(d, m) })
	}
}

// accent returns the site's colour on light pages.
func (s *site) accent() string {
	return safeColour(s.Site.Accent.Light, archive.DefaultSite.Accent.Light)
}

// known returns the text, or the other one where the font lacks a letter of it.
func known(d *card.Drawer, text, otherwise string) string {
	if d.Knows(strings.Join(strings.Fields(text), " ")) {
		return text
	}
	return otherwise
}

// standing is a model's number on a board, as badges and cards show it: that of the
// node that its front page ranks by.
type standing struct {
	node *leaderboard.Node
	cell *leaderboard.Cell
}

// front returns the node that the board's front page ranks by; nil where it has none.
func (b *board) top() *leaderboard.Node {
	if views := b.Views(); len(views) > 0 {
		return b.Node(views[0].Node)
	}
	if len(b.Roots) > 0 {
		return b.Roots[0]
	}
	return nil
}

// standing returns a model's number; false where it has none.
func (b *board) standing(m *archive.Model) (standing, bool) {
	n := b.top()
	if n == nil {
		return standing{}, false
	}
	c := n.Cell(m.ID)
	return standing{n, c}, c.State == leaderboard.Scored && !math.IsNaN(c.Value)
}

// words writes the number with its interval, or with what it lacks: never a rank,
// which would claim more than the data resolve.
func (x standing) words() string {
	digits := places([]float64{x.cell.Value})
	out := decimal(x.cell.Value, digits)
	if i := span(x.cell.Low, x.cell.High, digits-1); i != "" {
		out += " [" + strings.Replace(i, " to ", "–", 1) + "]"
	}
	if !x.cell.Complete() {
		out += fmt.Sprintf(", %d of %d benchmarks", x.cell.Have, x.cell.Of)
	}
	if isPublished(x.node) {
		out += ", published"
	}
	return out
}

func (s *site) modelPicture(d *card.Drawer, m *archive.Model) card.Card {
	c := card.Card{Over: joined(" · ", "Model", known(d, meta(m), "")), Title: known(d, m.Name, m.ID), Text: known(d, m.Summary, "")}
	for _, b := range s.boards {
		x, ok := b.standing(m)
		if !ok {
			continue
		}
		c.Scale = &card.Scale{Label: known(d, b.Title+", "+x.node.Title, b.ID) + "  " + x.words(), Value: x.cell.Value, Low: x.cell.Low, High: x.cell.High}
		break
	}
	return c
}

func (s *site) benchmarkPicture(d *card.Drawer, b *archive.Benchmark) card.Card {
	c := card.Card{Over: joined(" · ", "Benchmark", known(d, joined(", ", b.Assembly.Region, b.Assembly.Species, b.Assembly.Method), "")), Title: known(d, b.Title, b.ID), Text: known(d, b.Summary, "")}
	for _, board := range s.boards {
		n := board.Node(b.ID)
		if n == nil || b.Board != board.ID {
			continue
		}
		rows := scored(board.ranks[n])
		if len(rows) == 0 || !isShare(n) {
			continue
		}
		best := rows[0].Cell
		c.Scale = &card.Scale{Label: count(len(rows), "model") + ", the best " + standing{n, best}.words(), Value: best.Value, Low: best.Low, High: best.High}
		for _, r := range rows[1:] {
			c.Marks = append(c.Marks, card.Point(r.Cell.Value))
		}
	}
	return c
}

func (s *site) boardPicture(d *card.Drawer, b *board) card.Card {
	c := card.Card{Over: "Leaderboard", Title: known(d, b.Title, b.ID), Text: known(d, b.Summary, "")}
	n := b.top()
	if n == nil {
		return c
	}
	rows := scored(b.ranks[n])
	if len(rows) == 0 || !isShare(n) {
		return c
	}
	c.Scale = &card.Scale{Label: known(d, n.Title, n.ID) + ": " + count(len(rows), "model"), Value: math.NaN(), Low: math.NaN(), High: math.NaN()}
	for _, r := range rows {
		c.Marks = append(c.Marks, card.Point(r.Cell.Value))
	}
	return c
}

// siteLD is the archive as schema.org describes a data set, for search engines.
type siteLD struct {
	Context     string       `json:"@context"`
	Type        string       `json:"@type"`
	Name        string       `json:"name"`
	Description string       `json:"description"`
	URL         string       `json:"url,omitempty"`
	SameAs      string       `json:"sameAs,omitempty"`
	Version     string       `json:"version,omitempty"`
	License     string       `json:"license,omitempty"`
	Free        bool         `json:"isAccessibleForFree"`
	Creator     typed        `json:"creator"`
	Keywords    []string     `json:"keywords"`
	Technique   []string     `json:"measurementTechnique"`
	Measured    []variableLD `json:"variableMeasured"`
	Files       []fileLD     `json:"distribution"`
	Citation    []string     `json:"citation"`
}

type typed struct {
	Type string `json:"@type"`
	Name string `json:"name"`
}

type variableLD struct {
	Type        string `json:"@type"`
	Name        string `json:"name"`
	Description string `json:"description"`
}

type fileLD struct {
	Type   string `json:"@type"`
	Name   string `json:"name"`
	Format string `json:"encodingFormat"`
	URL    string `json:"contentUrl"`
	Size   string `json:"contentSize"`
	SHA256 string `json:"sha256"`
}

// measured are the columns of the scores that are variables.
var measured = map[string]bool{"score": true, "low": true, "high": true, "raw": true, "error": true, "ceiling": true}

// linkedData describes the data set on the page at a place; nil for a private site.
func (s *site) linkedData(at string, files []dataFile) *siteLD {
	if !s.listed() {
		return nil
	}
	out := &siteLD{
		Context: "https://schema.org", Type: "Dataset", Name: s.Site.Title,
		Description: s.Site.Description + fmt.Sprintf(" Scores of %s on %s of brain and behaviour, each with its interval, ceiling and provenance.", count(len(s.Models), "model"), count(len(s.Benchmarks), "benchmark")),
		URL:         s.absolute(dataPlace), SameAs: external(s.Site.Repository), Version: s.opts.Commit, License: s.licenseURL(), Free: true,
		Creator:   typed{"Organization", s.Site.Title + " contributors"},
		Keywords:  []string{"Brain-Score", "benchmark", "leaderboard", "neural predictivity", "artificial neural networks", "computational neuroscience"},
		Technique: []string{}, Measured: []variableLD{}, Files: []fileLD{},
	}
	metrics := map[string]bool{}
	for _, b := range s.Benchmarks {
		metrics[metricName(b.Metric.Name)] = true
	}
	for _, name := range sortedKeys(metrics) {
		if name != "" {
			out.Technique = append(out.Technique, name)
		}
	}
	for _, c := range scoreType.Columns {
		if measured[c.Name] {
			out.Measured = append(out.Measured, variableLD{"PropertyValue", c.Name, c.Doc})
		}
	}
	for _, f := range files {
		if f.single || f.Rows == 0 || path.Ext(f.Path) == ".bib" {
			continue
		}
		to := s.absolute(dataRoot + f.Path)
		if to == "" {
			to = rel(at, dataRoot+f.Path)
		}
		out.Files = append(out.Files, fileLD{"DataDownload", f.Path, f.Type, to, strconv.Itoa(f.Bytes) + " B", f.SHA256})
	}
	for _, c := range ideas {
		out.Citation = append(out.Citation, "https://doi.org/"+c.DOI)
	}
	return out
}

// sitemapSize is how many pages a sitemap may list.
const sitemapSize = 50_000

// sitemaps adds sitemap.xml, which names every page by its address: without one
// there is none. More pages than a file may list are in several.
func (s *site) sitemaps(w *work) {
	if !s.listed() || s.baseURL() == "" {
		return
	}
	holds := func(at string) bool { return strings.HasPrefix(at, "sitemap") && strings.HasSuffix(at, ".xml") }
	w.later(holds, func(w *work) error {
		s.writeSitemaps(w, s.allPages())
		return nil
	})
}

func (s *site) writeSitemaps(w *work, pages []string) {
	write := func(at, outer, inner string, places []string) {
		w.file(at, func() ([]byte, error) {
			var b strings.Builder
			fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%s xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n", outer)
			for _, p := range places {
				fmt.Fprintf(&b, "<%s><loc>%s</loc></%s>\n", inner, html.EscapeString(s.absolute(p)), inner)
			}
			fmt.Fprintf(&b, "</%s>\n", outer)
			return []byte(b.String()), nil
		})
	}
	if len(pages) <= sitemapSize {
		write("sitemap.xml", "urlset", "url", pages)
		return
	}
	var parts []string
	for i := 0; i < len(pages); i += sitemapSize {
		at := fmt.Sprintf("sitemap-%d.xml", i/sitemapSize+1)
		write(at, "urlset", "url", pages[i:min(i+sitemapSize, len(pages))])
		parts = append(parts, at)
	}
	write("sitemap.xml", "sitemapindex", "sitemap", parts)
}
