package site

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/bsgen/bsgen/leaderboard"
)

// LeaderboardPage is a leaderboard: a view of a board, or one of its inner nodes.
type LeaderboardPage struct {
	Chrome
	Heading  string
	Node     string // title of the node that ranks
	Lede     string
	Facts    []Fact
	Tabs     []Link
	Notice   string // what a reader must know before the table; "" mostly
	Caption  string
	Fits     bool // few enough columns for a wide screen
	Columns  []Column
	Sections []Section
	Width    int // columns in all, for the headings of sections
	Downloads,
	Absent, // benchmarks that no model has
	Without []Link // models without a value here
	Example, Reading, // a rank of the table, and how to read it
	Rule, // how the mean comes about
	Method string // link to how ranks are made; "" where no page says it
	Field *Field // of a node's own page; nil on a view with columns of its own
	Nodes []Link // pages of the nodes below
	All   []Link // every score of the board
}

// Column is a column's heading.
type Column struct {
	Class   string
	Eyebrow string // the node above; "" where it is that of the column before
	Text    string
	Href    string
	Title   string
	Sort    string // aria-sort
	Open    int    // number of the group that opens behind it; 0: none
	Size    int
	Label   string // of the control that opens it
}

// Section is a part of the table's body.
type Section struct {
	Title string // "" for the ranked models
	Note  string
	Rows  []Row
}

// Row is a model in a table.
type Row struct {
	Rank, Interval string
	RankClass      string
	RankTitle      string
	Who
	Cells []Cell
}

// writeTable writes a leaderboard's page and its CSV and JSON.
func (s *site) writeTable(out *output, page *template.Template, t *table) error {
	if err := out.page(t.at, page, s.leaderboardPage(t)); err != nil {
		return err
	}
	if err := out.file(t.beside("leaderboard.csv"), t.csv()); err != nil {
		return err
	}
	data, err := t.json(s.opts.Commit)
	if err != nil {
		return err
	}
	return out.file(t.beside("leaderboard.json"), data)
}

func (s *site) leaderboardPage(t *table) *LeaderboardPage {
	b, n := t.board, t.node
	title := b.Title
	if t.at != b.front() {
		title = t.title + " · " + b.Title
	}
	p := &LeaderboardPage{
		Chrome:  s.chrome(t.at, title, b.front()),
		Heading: b.Title,
		Node:    n.Title,
		Lede:    b.Summary,
		Caption: fmt.Sprintf("%s: models ranked by %s", b.Title, n.Title),
		Method:  s.anchor(t.at, "methods", "rank", "interval"),
	}
	if t.at != b.front() {
		p.Heading, p.Lede = t.title, n.Summary
		p.Crumbs = b.crumbs(t.at, n)
	}
	ranked := len(t.ranking.Ranked)
	p.Facts = append(p.Facts, Fact{Value: fmt.Sprint(ranked), After: "ranked " + plural(ranked, "model")})
	below := countedLeaves(n)
	p.Facts = append(p.Facts, Fact{Value: fmt.Sprint(below), After: plural(below, "benchmark") + " in the mean"})
	if k := leaders(t.ranking); ranked > 1 && k > 0 {
		p.Facts = append(p.Facts, Fact{Value: fmt.Sprint(k), After: "may be the best"})
	}
	p.Tabs = b.tabs(t)
	p.Notice = t.notice()
	p.Columns = s.columns(t)
	p.Width = len(p.Columns)
	p.Fits = len(t.shown()) <= 8
	p.Sections = t.sections()
	p.Rule = t.rule()
	if t.at != b.front() && t.at == b.nodes[n.ID] {
		p.Field = b.field(n, t.at)
	}
	p.Example, p.Reading = reading(t.ranking)
	for _, d := range []string{"CSV", "JSON"} {
		p.Downloads = append(p.Downloads, Link{Text: d, Href: "leaderboard." + strings.ToLower(d)})
	}
	for _, ext := range []string{"csv", "json", "jsonl"} {
		p.All = append(p.All, Link{Text: strings.ToUpper(ext), Href: rel(t.at, boardData(b.ID, "scores."+ext))})
	}
	for _, leaf := range t.absent {
		p.Absent = append(p.Absent, Link{Text: leaf.Benchmark.Title, Href: rel(t.at, benchmarkPlace(leaf.ID)), Note: leaf.Parent.Title})
	}
	for _, m := range t.without() {
		p.Without = append(p.Without, Link{Text: m.Name, Href: rel(t.at, modelPlace(m.ID))})
	}
	for _, c := range n.Children {
		switch {
		case !b.hasScore(c):
		case c.Benchmark != nil && t.empty():
			p.Nodes = append(p.Nodes, Link{Text: c.Benchmark.Title, Href: rel(t.at, benchmarkPlace(c.ID))})
		case c.Benchmark == nil && b.nodes[c.ID] != t.at:
			p.Nodes = append(p.Nodes, Link{Text: c.Title, Href: rel(t.at, b.nodes[c.ID])})
		}
	}
	return p
}

// crumbs returns the way from the board to a node's page.
func (b *board) crumbs(at string, n *leaderboard.Node) []Link {
	out := []Link{{Text: b.Title, Href: rel(at, b.front())}}
	for _, p := range n.Path() {
		if b.nodes[p.ID] != at && b.nodes[p.ID] != b.front() {
			out = append(out, Link{Text: p.Title, Href: rel(at, b.nodes[p.ID])})
		}
	}
	return out
}

// tabs returns the board's views; nil where the page is the only one.
func (b *board) tabs(t *table) []Link {
	var out []Link
	for i, v := range b.Views() {
		out = append(out, Link{Text: v.Title, Href: rel(t.at, b.views[i]), Current: b.views[i] == t.at})
	}
	if len(out) == 1 && out[0].Current {
		return nil
	}
	return out
}

// empty reports whether no model has a value at the table's node.
func (t *table) empty() bool {
	r := t.ranking
	return len(r.Ranked)+len(r.Partial)+len(r.References) == 0
}

// notice says what a reader must know before reading the table.
func (t *table) notice() string {
	r, n := t.ranking, t.node
	switch {
	case t.empty() && t.board.hasScore(n):
		return "No benchmark here counts in a mean, so there is nothing to rank by. Each ranks the models on its own page."
	case t.empty():
		return "No model has a score here yet."
	case len(r.Ranked) == 0 && len(r.Partial) > 0:
		return fmt.Sprintf("No model has all %d benchmarks of this mean yet, so none is ranked. The models below are ordered by the mean of those that each has, which are not the same ones: do not read the order as a ranking.", countedLeaves(n))
	case len(r.Ranked) == 0:
		return "Nothing is ranked here: only reference rows have a score."
	}
	return ""
}

// rule says in a sentence how the table's score comes about.
func (t *table) rule() string {
	kids := t.node.CountedChildren()
	if len(kids) == 0 {
		return ""
	}
	if len(kids) == 1 {
		only := kids[0].Title
		if b := kids[0].Benchmark; b != nil {
			only = b.Title
		}
		return fmt.Sprintf("%s has one part with a score so far and is equal to it: %s.", t.node.Title, only)
	}
	var names []string
	for _, c := range kids {
		names = append(names, c.Title)
	}
	last := len(names) - 1
	return fmt.Sprintf("%s is the unweighted mean of %s and %s.", t.node.Title, strings.Join(names[:last], ", "), names[last])
}

// columns returns the headings behind rank and model: the score, its interval,
// the columns of the table, coverage.
func (s *site) columns(t *table) []Column {
	out := []Column{
		{Class: "rank", Text: "Rank", Title: "place by score, and the places that the data can not tell apart"},
		{Class: "l", Text: "Model"},
	}
	var above *leaderboard.Node // of the column before that is always shown
	for i, c := range t.columns {
		col := Column{Class: "n", Text: c.node.Title, Title: c.node.Summary, Open: c.open, Size: c.size}
		if c.apart {
			col.Title = joined(" ", col.Title, "Not in the mean of "+t.node.Title+".")
		}
		switch {
		case i == 0:
			col.Class, col.Sort = "n m", "descending"
			if t.only != nil {
				col.Href = rel(t.at, t.board.place(t.only))
			}
		default:
			if to := t.board.place(c.node); to != t.at {
				col.Href = rel(t.at, to)
			}
		}
		if c.group > 0 {
			col.Class += fmt.Sprintf(" x g%d", c.group)
		}
		if p := c.node.Parent; i > 0 && p != nil && p != above && p != t.node {
			col.Eyebrow = p.Title
		}
		if c.group == 0 {
			above = c.node.Parent
		}
		if c.open > 0 {
			col.Label = fmt.Sprintf("show the %s of %s", count(c.size, "column"), c.node.Title)
		}
		out = append(out, col)
		if i == 0 {
			out = append(out, Column{Class: "i", Text: "95 % interval", Title: "of the score"})
		}
	}
	return append(out, Column{Class: "c", Text: "Coverage", Title: "how many of the benchmarks in the mean the model has"})
}

func (t *table) sections() []Section {
	notes := []Section{
		{},
		{Title: "Not ranked here: lacks a benchmark of this mean", Note: "ordered by the mean of the benchmarks that each has"},
		{Title: "Reference rows, not models", Note: "for comparison, never ranked"},
		{Title: "Without a score here", Note: "failed, not applicable, undefined, or only an older version scored"},
	}
	var out []Section
	for i, rows := range t.rows() {
		if len(rows) == 0 {
			continue
		}
		sec := notes[i]
		for _, r := range rows {
			sec.Rows = append(sec.Rows, t.row(r))
		}
		out = append(out, sec)
	}
	return out
}

func (t *table) row(r leaderboard.Row) Row {
	row := Row{Who: newWho(t.at, r.Model, t.trained(r.Model))}
	row.Rank, row.Interval = rankText(r)
	if r.Rank > 0 && r.Best == 0 {
		row.RankTitle = fmt.Sprintf("place %d of %d by score; differences were not tested", r.Rank, len(t.ranking.Ranked))
	} else if r.Rank > 0 {
		row.RankClass = rankClass(r, len(t.ranking.Ranked))
		row.RankTitle = fmt.Sprintf("rank %d of %d; places %d to %d are not resolved by these data", r.Rank, len(t.ranking.Ranked), r.Best, r.Worst)
	}
	for i, c := range t.columns {
		cell := newCell(c.node, c.node.Cell(r.Model.ID), c.places)
		if i == 0 {
			cell.Class += " m"
		}
		if c.group > 0 {
			cell.Class += fmt.Sprintf(" x g%d", c.group)
		}
		row.Cells = append(row.Cells, cell)
		if i == 0 {
			row.Cells = append(row.Cells, intervalCell(r.Cell, c.places))
		}
	}
	row.Cells = append(row.Cells, coverageCell(r.Cell))
	return row
}

// countedLeaves returns how many benchmarks enter a node's mean.
func countedLeaves(n *leaderboard.Node) int {
	k := 0
	for _, leaf := range n.Leaves() {
		if leaf.Counted {
			k++
		}
	}
	return k
}

// plural returns the noun for a number of things.
func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}
