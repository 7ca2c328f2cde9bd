package site

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
)

// address turns a place into the address that a page or a feed links it by.
type address func(place string) string

// from returns addresses as the page at the place writes them.
func from(at string) address { return func(to string) string { return rel(at, to) } }

// A place is the path of a file below the site's root, such as
// "vision/index.html". Links name the file and not the folder, so that they
// work from file:// too, where nothing turns a folder into its index.

// rel returns the relative URL from one place to another.
func rel(from, to string) string {
	const up = "../../../../../../"
	n := len("../") * strings.Count(from, "/")
	return up[:min(n, len(up))] + to // no place is deeper
}

// scoresRoot is where the pages of scores are.
const scoresRoot = "scores/"

func benchmarkPlace(id string) string { return "benchmarks/" + id + "/index.html" }
func modelPlace(id string) string     { return "models/" + id + "/index.html" }
func contentPlace(name string) string { return path.Join(name, "index.html") }

func scorePlace(model, benchmark string, version int) string {
	return scoresRoot + model + "/" + versionName(benchmark, version) + "/index.html"
}
func resultPlace(r *archive.Result) string {
	return dataRoot + archive.ResultPath(r.Model, r.Benchmark, r.Version)
}

// ownPlaces are the names at the site's root that are taken.
var ownPlaces = []string{"assets", "badges", "benchmarks", "cards", "data", "models", "scores", "changes", "changes.atom", "index.html", "404.html", "robots.txt", "sitemap.xml", "favicon.svg", "CITATION.cff"}

// boardPage is a page that every board has beside its tables.
type boardPage struct {
	name, title string // of its folder, and in the navigation
	kind        string // of its template
	page        func(*site, *board) any
}

// boardPages are these pages in the order of the navigation.
func boardPages() []boardPage {
	return []boardPage{
		{"compare", "Compare", "compare", func(s *site, b *board) any { return s.comparePage(b) }},
		{"relations", "Relations", "relations", func(s *site, b *board) any { return s.relationsPage(b) }},
		{"constraints", "Constraints", "constraints", func(s *site, b *board) any { return s.constraintsPage(b) }},
		{"progress", "Progress", "progress", func(s *site, b *board) any { return s.progressPage(b) }},
		{"history", "History", "history", func(s *site, b *board) any { return s.historyPage(b) }},
		{"changes", "Changes", "changes", func(s *site, b *board) any { return s.changesPage(b) }},
	}
}

// routes knows where the pages of one board are.
type routes struct {
	board string
	views []string          // place of each view, in the board's order
	nodes map[string]string // place of each inner node
}

// newRoutes lays out a board. The first view is the board's front page. A view
// that shows all that a node's own page would is that page: see [wholeNode].
// File systems that ignore case must not confuse two pages (a view "it", a node
// "IT"), so a node whose name is taken gets "-node" behind it.
func newRoutes(b *leaderboard.Board) *routes {
	r := &routes{board: b.ID, nodes: map[string]string{}}
	taken := map[string]bool{"": true}
	for _, p := range boardPages() {
		taken[p.name] = true
	}
	place := func(name string) string {
		for taken[strings.ToLower(name)] {
			name += "-node"
		}
		taken[strings.ToLower(name)] = true
		return path.Join(b.ID, name, "index.html")
	}
	for i, v := range b.Views {
		at := path.Join(b.ID, "index.html")
		if i > 0 {
			at = place(v.ID)
		}
		r.views = append(r.views, at)
		if _, ok := r.nodes[v.Node]; !ok && wholeNode(b, v) {
			r.nodes[v.Node] = at
		}
	}
	for i, n := range b.Nodes {
		if _, ok := r.nodes[n.ID]; ok {
			continue
		}
		if len(b.Views) == 0 && i == 0 {
			r.nodes[n.ID] = path.Join(b.ID, "index.html")
			continue
		}
		r.nodes[n.ID] = place(n.ID)
	}
	return r
}

// wholeNode reports whether a view shows a node with all its models and all parts
// of its mean, whatever it shows beside them.
func wholeNode(b *leaderboard.Board, v archive.View) bool {
	if v.Filter != "" {
		return false
	}
	n := b.Node(v.Node)
	if len(v.Columns) == 0 || n == nil {
		return n != nil
	}
	parts := n.CountedChildren()
	return len(parts) > 1 && !slices.ContainsFunc(parts, func(c *leaderboard.Node) bool { return !slices.Contains(v.Columns, c.ID) })
}

// beside returns the place of a page of the board's own.
func (r *routes) beside(name string) string { return path.Join(r.board, name, "index.html") }

// place returns the place of a node's page.
func (r *routes) place(n *leaderboard.Node) string {
	if n.Benchmark != nil {
		return benchmarkPlace(n.ID)
	}
	return r.nodes[n.ID]
}

// checkNames reports an id that can not be a part of a path, and a board or a
// page whose name the site needs for itself.
func checkNames(a *archive.Archive) error {
	root := map[string]string{}
	for _, name := range ownPlaces {
		root[name] = "the site's own pages"
	}
	claim := func(name, who string) error {
		if err := archive.CheckID(name); err != nil {
			return fmt.Errorf("%s: %w", who, err)
		}
		key := strings.ToLower(name)
		if by, ok := root[key]; ok {
			return fmt.Errorf("%s can not have the address %s/: it belongs to %s", who, name, by)
		}
		root[key] = who
		return nil
	}
	for _, b := range a.Boards {
		if err := claim(b.ID, "board "+b.ID); err != nil {
			return err
		}
		for _, v := range b.Views {
			if err := archive.CheckID(v.ID); err != nil {
				return fmt.Errorf("board %s: view: %w", b.ID, err)
			}
		}
		for _, n := range b.Nodes {
			if err := archive.CheckID(n.ID); err != nil {
				return fmt.Errorf("board %s: node: %w", b.ID, err)
			}
		}
	}
	for _, name := range contentNames(a) {
		if err := claim(name, "content/"+name+".md"); err != nil {
			return err
		}
	}
	for _, b := range a.Benchmarks {
		if err := archive.CheckID(b.ID); err != nil {
			return fmt.Errorf("benchmark: %w", err)
		}
	}
	for _, m := range a.Models {
		if err := archive.CheckID(m.ID); err != nil {
			return fmt.Errorf("model: %w", err)
		}
	}
	return nil
}

// contentNames returns the names of the prose pages, sorted. README.md tells
// people what the folder is and is no page.
func contentNames(a *archive.Archive) []string {
	var names []string
	for name := range a.Content {
		if name != "README" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// external returns an address that may become a link: absolute, http or https.
// Everything else, whether javascript: or a typing error, stays text.
func external(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.String()
}
