package site

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/site/chart"
)

// BenchmarkPage is one benchmark: what was measured, how it is scored, how the
// models do.
type BenchmarkPage struct {
	Chrome
	Heading          string
	ID               string
	Lede             string
	Facts            []Fact
	Plot             *chart.Figure // nil where no model has a value
	Notes            []string
	Metric           string
	Ceiling          []string
	Formula          string
	Readme           HTML
	Table            []BenchmarkSection
	Width            int    // columns of the table
	Field            *Field // nil where no model has a value
	Summary          []Fact // distribution of the models
	Entries          []Entry
	Sources          []Source
	Stimuli          string  // what a response names
	Kind             string  // of the response; "" where unknown
	List             string  // digest of the list of stimuli; "" where neither a result nor the benchmark has it
	Join             string  // link to how to take part
	Samples          string  // relative URL of a picture of some stimuli; "" where none is shown
	Images           Command // writes the stimuli; nil where the archive does not know the images
	BibTeX           string
	Commands         []Command
	Unit             string // heading of the score column
	Raw              bool   // the values are raw, there is no score
	Published        bool   // the scores were published: nobody can take part
	Intervals        bool   // a score has one
	Errors           bool   // a score has one
	Warned           bool   // a result has a warning
	Results          bool   // there are copies of the result files
	Method           string
	Example, Reading string // a rank of the table, and how to read it
	Roles            []string

	site   *site
	board  *board
	at     string
	node   *leaderboard.Node
	digits int
	ranked int // models
}

// BenchmarkSection is a part of the ranked table.
type BenchmarkSection struct {
	Title string
	rows  []leaderboard.Row
}

// Source is a pinned file.
type Source struct {
	Name, SHA256, Size string
	Link               Link
}

func (s *site) benchmarkPage(b *archive.Benchmark) *BenchmarkPage {
	at := benchmarkPlace(b.ID)
	p := &BenchmarkPage{
		Chrome:  s.chrome(at, b.Title, "benchmarks/index.html"),
		Heading: b.Title,
		ID:      b.ID,
		Lede:    b.Summary,
		Notes:   b.Notes,
		Metric:  metricText(b),
		Ceiling: []string{ceilingText(b)},
		Formula: ruleText(b),
		Readme:  s.markdown(b.Readme, b.Dir+"/README.md", at, "about-").body,
		Sources: sources(slices.Sorted(maps.Keys(b.Sources)), b.Sources),
		Stimuli: b.StimulusSet(),
		List:    b.Stimuli.SHA256,
		Kind:    metricWords[strings.TrimSuffix(b.Metric.Name, "_split")].kind,
		Join:    s.anchor(at, "participate", "submit"),
		BibTeX:  b.Reference.BibTeX,
		Commands: []Command{
			{"bsgen", "data", "pull", "--benchmark", b.ID},
			{"bsgen", "verify", "--benchmark", b.ID},
		},
		Raw:    b.Normalize == "none",
		Unit:   "Score",
		Method: s.anchor(at, "methods", "rank", "interval"),
	}
	p.Feeds = append(p.Feeds, s.entityFeed(at, b.Title, len(s.opts.History.OfBenchmark(b.ID)) > 0)...)
	p.describe(b.Summary)
	if p.Raw {
		p.Unit = "Raw value"
	}
	if p.Published = b.Published != nil; p.Published {
		p.Commands[0] = Command{"bsgen", "import", "--benchmark", b.ID}
		p.Join = ""
	}
	if _, ok := s.Archive.Images(b.StimulusSet()); ok {
		p.Images = Command{"bsgen", "stimuli", b.ID, "--out", "stimuli"}
	}
	if b.Samples != nil {
		p.Samples = "samples.png"
	}
	if words := scaleWords[scoring.Scale(b.Ceiling.Scale)]; words != "" && b.Ceiling.Name != "none" {
		p.Ceiling = append(p.Ceiling, words)
	}
	for i := range s.boards {
		if n := s.boards[i].Node(b.ID); n != nil && b.Board == s.boards[i].ID {
			s.fillBenchmark(p, s.boards[i], n, at)
		}
	}
	return p
}

// fillBenchmark adds what depends on the board and its results.
func (s *site) fillBenchmark(p *BenchmarkPage, board *board, n *leaderboard.Node, at string) {
	b, r := n.Benchmark, board.ranks[n]
	p.Crumbs = board.crumbs(at, n)
	models := len(scored(r))
	p.Facts = []Fact{{Before: "version", Value: strconv.Itoa(b.Version)}}
	if b.Assembly.Subjects > 0 {
		p.Facts = append(p.Facts, Fact{Value: strconv.Itoa(b.Assembly.Subjects), After: subjectNoun(b)})
	}
	if b.Stimuli.Count > 0 {
		p.Facts = append(p.Facts, Fact{Value: grouped(strconv.Itoa(b.Stimuli.Count)), After: stimulusNoun(b)})
	}
	p.Facts = append(p.Facts, Fact{Value: strconv.Itoa(models), After: plural(models, "model")})
	if p.Published {
		p.Facts = append(p.Facts, publishedFact)
	}
	if w := n.Weight(); w > 0 {
		p.Facts = append(p.Facts, Fact{Before: "weight in " + root(n).Title, Value: fraction(w)})
	} else if !b.Primary {
		p.Facts = append(p.Facts, Fact{Value: "view", After: "of its data, in no mean"})
	}
	var values []float64
	for _, row := range scored(r) {
		values = append(values, row.Cell.Value)
	}
	digits := places(values)
	p.site, p.board, p.at, p.node, p.digits, p.ranked = s, board, at, n, digits, len(r.Ranked)
	sections := [][]leaderboard.Row{r.Ranked, r.Partial, r.References, r.Unscored}
	p.Roles = roleWords(sections...)
	for i, rows := range sections {
		if len(rows) > 0 {
			for _, row := range rows {
				c := row.Cell
				p.Intervals = p.Intervals || !math.IsNaN(c.Low) || !math.IsNaN(c.High)
				if res := c.Result; res != nil {
					p.Warned = p.Warned || len(res.Warnings) > 0
					p.Errors = p.Errors || res.Error.Value.OK()
				}
			}
			p.Table = append(p.Table, BenchmarkSection{[]string{"", "Not ranked", "Reference rows, not models", "Without a score"}[i], rows})
		}
	}
	p.Example, p.Reading = reading(r)
	p.Width, p.Results = 3, !s.opts.NoScores
	for _, more := range []bool{p.Intervals, p.Errors, !p.Raw && !p.Published, p.Warned, p.Results} {
		if more {
			p.Width++
		}
	}
	found := board.summaries[n].observed()
	p.plot(n, r, found, digits, at)
	p.Summary = distribution(values, digits, b.Direction)
	p.Entries = entries(b, r, found, digits, at)
	if older := s.older()[b.ID]; older > 0 {
		p.Entries = append(p.Entries, Entry{"Earlier versions", []Link{{Text: count(older, "result"), Note: "kept, in no mean"}}})
	}
	p.Entries = append(p.Entries, follow(s.entityFeed(at, b.Title, len(s.opts.History.OfBenchmark(b.ID)) > 0))...)
	p.Field = board.field(n, at)
}

// olderResults counts the results of earlier versions by benchmark.
func olderResults(a *archive.Archive) map[string]int {
	current := map[string]int{}
	for _, b := range a.Benchmarks {
		current[b.ID] = b.Version
	}
	out := map[string]int{}
	for _, results := range a.Results {
		for i := range results {
			if r := &results[i]; r.Version < current[r.Benchmark] {
				out[r.Benchmark]++
			}
		}
	}
	return out
}

func root(n *leaderboard.Node) *leaderboard.Node {
	for n.Parent != nil {
		n = n.Parent
	}
	return n
}

// benchmarkWhos heads the models' rows on the page of any benchmark.
func (b *board) benchmarkWhos() []Who {
	out := make([]Who, len(b.Models))
	for i, m := range b.Models {
		out[i] = newWho(benchmarkPlace("b"), m, "")
	}
	return out
}

// Lines writes the rows of a section.
func (p *BenchmarkPage) Lines(of BenchmarkSection) HTML {
	m, whos := p.out, p.board.whos()
	for i := range of.rows {
		r := &of.rows[i]
		m.raw(`<tr>`).rankCell(r, p.ranked)
		w := whos[p.board.index[r.Model]].warned(r.Cell.Trained)
		m.who(&w)
		c, res := newCell(p.node, r.Cell, p.digits), r.Cell.Result
		if c.Sub == "raw" {
			c.Sub = "" // the heading says so
		}
		c.Href = p.site.scoreHref(p.at, res)
		*m = c.append(*m)
		if p.Intervals {
			m.raw(`<td class="i">`).span(r.Cell.Low, r.Cell.High, p.digits-1).raw(`</td>`)
		}
		if !p.Raw && !p.Published {
			m.raw(`<td>`)
			if res != nil {
				m.decimal(float64(res.Raw), p.digits)
			}
			m.raw(`</td>`)
		}
		if p.Errors {
			m.raw(`<td class="i">`)
			if res != nil && res.Error.Value.OK() {
				m.raw(`± `).decimal(float64(res.Error.Value), p.digits)
			}
			m.raw(`</td>`)
		}
		if p.Warned {
			m.raw(`<td>`)
			if res != nil && len(res.Warnings) > 0 {
				m.raw(`<a href="`).text(w.Href).raw(`#results">`).int(len(res.Warnings)).raw(`</a>`)
			}
			m.raw(`</td>`)
		}
		if p.Results {
			m.raw(`<td>`)
			if res != nil {
				m.raw(`<a href="`).text(p.site.resultHref(p.at, res)).raw(`">JSON</a>`)
			}
			m.raw(`</td>`)
		}
		m.raw("</tr>\n")
	}
	return ""
}
