package site

import (
	"html/template"
	"path"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
)

// Chrome is what every page has around its content.
type Chrome struct {
	Title       string // of the window; the site's title follows
	Description string
	SiteTitle   string
	Root        string // relative URL of the site's root: "", "../", "../../" ...
	Style       string // relative URLs
	Accent      string
	Icon        string
	Feeds       []Link // what follows the page's changes
	Reload      string // of a server's script, else ""
	Policy      string // Content-Security-Policy
	Private     bool
	Social      *Social // nil where no preview of a link may show the page
	Data        *siteLD // the data set, where the page stands for it
	Preview     string  // what stands above the page of a site that is a preview
	Fronts      []Link  // the first pages of the boards
	Nav         []Link  // what is about all of them
	Elsewhere   bool    // the page belongs to an entry of Nav
	Board       []Link  // the pages of the board that the page belongs to
	Crumbs      []Link  // from the board down; the page itself is not among them
	Repository  string  // "" where unknown
	Commit      string  // "" where unknown

	out *markup // what the page is written into
}

// into says what the page is written into. Parts of thousands of cells are
// written there by a method, which then returns nothing for the template to
// print: as a text that it returns they would be copied three times.
func (c *Chrome) into(m *markup) { c.out = m }

// Link is an address with its text.
type Link struct {
	Text    string
	Href    string // "" is text alone
	Current bool   // the page itself
	Note    string // behind the link, softer
}

// Command is a command line in its words, none of which is broken in two.
type Command []string

// Fact is a number with what it counts, in the line below a page's title.
type Fact struct {
	Before, Value, After string
}

// Entry is a term with its description: text, a link, or lines of either.
type Entry struct {
	Term  string
	Links []Link
}

// policy lets a page load what the site itself holds and nothing else. No script
// but that of `bsgen serve` asks for anything; what audits a page does, for robots.txt.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'"

// chrome returns the surroundings of the page at a place. The section is the
// place of the navigation's entry that the page belongs to.
func (s *site) chrome(at, title, section string) Chrome {
	c := Chrome{
		Title:       title,
		Description: s.Site.Description,
		SiteTitle:   s.Site.Title,
		Root:        rel(at, ""),
		Style:       rel(at, s.assets.style),
		Accent:      rel(at, s.assets.accent),
		Icon:        rel(at, "favicon.svg"),
		Reload:      s.opts.Reload,
		Policy:      policy,
		Private:     s.Site.Visibility == "private" || s.opts.Preview != "",
		Preview:     s.opts.Preview,
		Repository:  external(s.Site.Repository),
		Commit:      s.opts.Commit,
	}
	c.Feeds = s.feeds(at, section)
	c.Social = s.social(at)
	for _, b := range s.boards {
		c.Fronts = append(c.Fronts, Link{Text: b.Title, Href: rel(at, b.front()), Current: b.front() == section})
	}
	entry := func(text, to string) {
		c.Nav = append(c.Nav, Link{Text: text, Href: rel(at, to), Current: to == section})
		c.Elsewhere = c.Elsewhere || to == section
	}
	c.Board = s.boardNav(at, section)
	entry("Benchmarks", "benchmarks/index.html")
	entry("Models", "models/index.html")
	entry("Data", dataPlace)
	for _, p := range s.prose {
		entry(p.short, contentPlace(p.name))
	}
	return c
}

// boardChrome is the chrome of a page of a board, which leads up to the board.
func (s *site) boardChrome(b *board, at, title string) Chrome {
	c := s.chrome(at, title+" · "+b.Title, b.front())
	c.Crumbs = []Link{{Text: b.Title, Href: rel(at, b.front())}}
	return c
}

// describe says what the page is about to search engines and previews of links,
// which cut long texts; "" leaves what the site says.
func (c *Chrome) describe(text string) {
	if text != "" {
		c.Description = clip(text, 300)
	}
}

// boardNav links the pages of a board: its leaderboard, where the page at the
// place is one of its tables, then [boardPages]. It is empty outside boards.
func (s *site) boardNav(at, section string) []Link {
	more := boardPages()
	i := slices.IndexFunc(s.boards, func(b *board) bool { return b.front() == section })
	if i < 0 || len(more) == 0 {
		return nil
	}
	b, table := s.boards[i], true
	out := []Link{{Text: "Leaderboard", Href: rel(at, b.front())}}
	for _, p := range more {
		here := strings.HasPrefix(at, path.Join(b.ID, p.name)+"/")
		table = table && !here
		out = append(out, Link{Text: p.title, Href: rel(at, b.beside(p.name)), Current: here})
	}
	out[0].Current = table
	return out
}

// front returns the place of the board's first page.
func (r *routes) front() string { return r.board + "/index.html" }

// anchor returns the relative URL of a heading in a prose page, of the page
// where it has no such heading, and "" where there is no such page.
func (s *site) anchor(from, name string, headings ...string) string {
	for _, p := range s.prose {
		if p.name != name {
			continue
		}
		for _, h := range headings {
			for _, id := range p.ids {
				if strings.Contains(id, h) {
					return rel(from, contentPlace(name)) + "#" + id
				}
			}
		}
		return rel(from, contentPlace(name))
	}
	return ""
}

// link returns an outside address as a link where it is one, else as text.
func link(text, address string) Link {
	if text == "" {
		text = address
	}
	return Link{Text: text, Href: external(address)}
}

// cite returns a reference as a link.
func cite(r archive.Reference) Link {
	if r.Short == "" && r.URL == "" {
		return Link{Text: "unknown"}
	}
	return link(r.Short, r.URL)
}

// meta is the line below a model's name: family, year, role.
func meta(m *archive.Model) string {
	family := m.Metadata.Family
	if family == m.Name {
		family = ""
	}
	return joined(" · ", family, m.Metadata.Year.Value, roleName(m))
}

// Who is the heading of a model's row.
type Who struct {
	Name, Href string
	Meta       string // family, year, role
	Flag       string // that it was fitted to neural or behavioural data; "" where not
	FlagTitle  string
	FlagHref   string
}

// newWho heads a model's row on the page at that place. A result in the row may
// warn that the model was fitted to measurements like those of the benchmark.
func newWho(at string, m *archive.Model, trained string) Who {
	return Who{Name: m.Name, Href: rel(at, modelPlace(m.ID)), Meta: meta(m)}.warned(trained)
}

// warned adds that warning; "" is none.
func (w Who) warned(trained string) Who {
	if trained != "" {
		w.Flag, w.FlagTitle, w.FlagHref = "fitted to brain data", trained, w.Href+"#results"
	}
	return w
}

// roleWords say what the roles of models in a table mean, those that there are.
func roleWords(sections ...[]leaderboard.Row) []string {
	var out []string
	for _, role := range []struct{ name, means string }{
		{roleRecorded, "recorded: responses that the submitter recorded"},
		{roleExecuted, "executed: the scorer shows the model the stimuli"},
		{rolePublished, "published: scores copied from a table"},
	} {
		if slices.ContainsFunc(sections, func(rows []leaderboard.Row) bool {
			return slices.ContainsFunc(rows, func(r leaderboard.Row) bool { return roleName(r.Model) == role.name })
		}) {
			out = append(out, role.means)
		}
	}
	return out
}

// roleRecorded is the role of a model whose responses came with the submission.
const roleRecorded = "recorded"

// roleExecuted is the role of a model that the scorer runs.
const roleExecuted = "executed"

// roleName says how a model takes part, in one word.
func roleName(m *archive.Model) string {
	switch m.Role {
	case archive.RoleBaseline:
		return "baseline"
	case archive.RoleReference:
		return "reference"
	}
	if len(m.Responses) > 0 {
		return roleRecorded
	}
	if m.Run != nil {
		return roleExecuted
	}
	if m.Published != nil {
		return rolePublished
	}
	return ""
}

// HTML is markup that needs no escaping: this package made it of numbers and
// escaped text, or rendered it from Markdown with raw HTML off.
type HTML = template.HTML
