package archive

import (
	"net/url"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/dataset"
	"go.yaml.in/yaml/v4"
)

// Board is one leaderboard: the inner nodes of its benchmark tree, whose leaves
// are the benchmarks that name one of them as parent.
type Board struct {
	ID      string `yaml:"id"`
	Title   string `yaml:"title"`
	Summary string `yaml:"summary"`
	Nodes   []Node `yaml:"nodes"` // in display order; the first is the root of the overall mean
	Views   []View `yaml:"views"` // ready-made leaderboards; the first is the board's front page

	Questions []Question `yaml:"questions"` // relations that are claimed, tested on the board's models

	File string `yaml:"-"`
	doc  document
}

// Node is an inner node of a board's tree. Its score is the unweighted mean of
// its children's.
type Node struct {
	ID      string `yaml:"id"`
	Title   string `yaml:"title"`
	Parent  string `yaml:"parent"` // empty: a root; only the first root is in the overall mean
	Summary string `yaml:"summary"`
	// Mean makes it the mean of nodes and benchmarks that hang elsewhere in the
	// tree, such as those that every model has. It is in no other mean.
	Mean []string `yaml:"mean"`
}

// View is a leaderboard that ranks by one node and shows some columns.
type View struct {
	ID      string   `yaml:"id"`
	Title   string   `yaml:"title"`
	Node    string   `yaml:"node"`    // ranks by it
	Columns []string `yaml:"columns"` // nodes and benchmarks shown, in order; the node's children where empty
	Filter  string   `yaml:"filter"`  // what the page searches for at first, such as "NOT family:MobileNet"; readers may change it
}

// Node returns the node with the id.
func (b *Board) Node(id string) (*Node, bool) {
	for i := range b.Nodes {
		if b.Nodes[i].ID == id {
			return &b.Nodes[i], true
		}
	}
	return nil, false
}

func (b *Board) check(doc document, ps *Problems) {
	b.doc = doc
	if err := CheckID(b.ID); err != nil {
		ps.Add(doc.file, doc.line("id"), "", "%v", err)
	} else if want := strings.TrimSuffix(strings.TrimPrefix(b.File, "boards/"), ".yaml"); b.ID != want {
		ps.Add(doc.file, doc.line("id"), "rename one of the two", "id %q stands in %s", b.ID, b.File)
	}
	if b.Title == "" {
		ps.Add(doc.file, 1, "", "title is missing")
	}
	if len(b.Nodes) == 0 {
		ps.Add(doc.file, max(1, doc.line("nodes")), "a board needs at least its root", "there are no nodes")
	}
	seen := map[string]bool{}
	for i, n := range b.Nodes {
		if err := CheckID(n.ID); err != nil {
			ps.Add(doc.file, doc.line("nodes", i), "", "%v", err)
		}
		if seen[n.ID] {
			ps.Add(doc.file, doc.line("nodes", i), "keep one of them", "node %q stands twice", n.ID)
		}
		seen[n.ID] = true
	}
	for i, n := range b.Nodes {
		if n.Parent != "" && !seen[n.Parent] {
			ps.Add(doc.file, doc.line("nodes", i, "parent"), "name a node of this board", "the parent %q of %q does not exist", n.Parent, n.ID)
		}
		if len(n.Mean) > 0 && n.Parent != "" {
			ps.Add(doc.file, doc.line("nodes", i, "parent"), "leave the parent out: the node is beside the tree", "the node %q has a mean of its own and a parent", n.ID)
		}
		if loop := b.loop(n.ID); loop != nil && n.ID == slices.Min(loop) {
			ps.Add(doc.file, doc.line("nodes", i, "parent"), "a tree's parents lead to a root", "the parents of %q form a cycle: %s", n.ID, strings.Join(append(loop, n.ID), " > "))
		}
	}
	for i, v := range b.Views {
		if !seen[v.Node] {
			ps.Add(doc.file, doc.line("views", i), "name a node of this board", "the view %q ranks by %q, which does not exist", v.ID, v.Node)
		}
		if err := CheckID(v.ID); err != nil {
			ps.Add(doc.file, doc.line("views", i), "", "%v", err)
		}
	}
}

// loop returns the cycle of parents that the node is in, from it on, or nil.
func (b *Board) loop(id string) []string {
	trail := []string{id}
	for n, ok := b.Node(id); ok && n.Parent != ""; n, ok = b.Node(n.Parent) {
		if n.Parent == id {
			return trail
		}
		if slices.Contains(trail, n.Parent) { // leads to a cycle and is in none
			return nil
		}
		trail = append(trail, n.Parent)
	}
	return nil
}

// Site is site.yaml: what a lab changes when it hosts its own board.
type Site struct {
	Title       string   `yaml:"title"`
	Description string   `yaml:"description"`
	BaseURL     string   `yaml:"base_url"`   // absolute address of the site's root, for feeds and cards; may be empty
	Repository  string   `yaml:"repository"` // address of the git repository; may be empty
	License     string   `yaml:"license"`    // of the scores: an SPDX identifier, or an address; may be empty
	Accent      Accent   `yaml:"accent"`
	Visibility  string   `yaml:"visibility"` // public or private (asks search engines to stay away)
	Pages       *bool    `yaml:"pages"`      // whether workflows may hand the site to GitHub Pages; nil leaves it to the visibility
	Hosts       []string `yaml:"hosts"`      // hosts that URLs of submissions and benchmarks may name
	Boards      []string `yaml:"boards"`     // order of the boards; those that are not listed follow by id
	Audit       Audit    `yaml:"audit"`

	line func(path ...any) int
}

// Accent is the site's accent colour for light and dark pages, each #rrggbb.
type Accent struct {
	Light string `yaml:"light"`
	Dark  string `yaml:"dark"`
}

// Audit says who records results; see package audit.
type Audit struct {
	Writers  []string `yaml:"writers"`  // authors: names, e-mail addresses or "name <address>"; empty: the workflow's
	Verified bool     `yaml:"verified"` // GitHub vouches for the signatures of their commits
	Baseline string   `yaml:"baseline"` // git's tree of results/ from which on they alone do; empty: from the first commit
}

// AuditSettings returns what the bytes of a site.yaml say of the audit, in a
// form that does not depend on how it is written. It is "" where they say
// nothing, or can not be read.
func AuditSettings(site []byte) string {
	var s struct {
		Audit any `yaml:"audit"`
	}
	if err := yaml.Load(site, &s); err != nil || s.Audit == nil {
		return ""
	}
	text, err := yaml.Dump(s.Audit)
	if err != nil {
		return ""
	}
	return string(text)
}

// DefaultSite is what an archive without site.yaml gets.
var DefaultSite = Site{
	Title:       "Brain-Score archive",
	Description: "How brain-like is a model? A reproducible leaderboard.",
	Accent:      Accent{Light: "#0b5fae", Dark: "#7cb8ff"},
	Visibility:  "public",
	Hosts:       dataset.DefaultHosts,
}

func (s *Site) check(doc document, ps *Problems) {
	s.line = doc.line
	if s.Visibility != "public" && s.Visibility != "private" {
		ps.Add(doc.file, doc.line("visibility"), "public or private", "visibility %q does not exist", s.Visibility)
	}
	if u, err := url.Parse(s.BaseURL); s.BaseURL != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.Fragment != "") {
		ps.Add(doc.file, doc.line("base_url"), "the address of the front page's folder, such as https://lab.example.org/board/", "base_url %q is no address", s.BaseURL)
	}
	for key, c := range map[string]string{"light": s.Accent.Light, "dark": s.Accent.Dark} {
		if !isColour(c) {
			ps.Add(doc.file, doc.line("accent", key), "six hexadecimal digits, such as #0b5fae", "accent.%s %q is no colour", key, c)
		}
	}
	for i, who := range s.Audit.Writers {
		if strings.TrimSpace(who) == "" {
			ps.Add(doc.file, doc.line("audit", "writers", i), "a name or an e-mail address, as `git log` shows it", "the writer is empty")
		}
	}
	if b := s.Audit.Baseline; b != "" && (len(b) != 40 && len(b) != 64 || strings.Trim(b, "0123456789abcdef") != "") {
		ps.Add(doc.file, doc.line("audit", "baseline"), "`git rev-parse HEAD:results` prints one", "audit.baseline %q is no hash of git", b)
	}
	for i, h := range s.Hosts {
		if err := dataset.CheckURL("https://"+h+"/", []string{h}); err != nil || strings.ToLower(h) != h {
			ps.Add(doc.file, doc.line("hosts", i), "a bare host name in lower case", "host %q is not allowed", h)
		}
	}
}

func isColour(s string) bool {
	if len(s) != 7 || s[0] != '#' {
		return false
	}
	return strings.Trim(s[1:], "0123456789abcdefABCDEF") == ""
}
