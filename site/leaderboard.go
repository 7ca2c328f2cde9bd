package site

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
)

// LeaderboardPage is a leaderboard: a view of a board, or one of its inner nodes.
type LeaderboardPage struct {
	Chrome
	Heading   string
	Node      string // title of the node that ranks
	Lede      string
	Facts     []Fact
	Tabs      []Link
	Notice    string // what a reader must know before the table; "" mostly
	Whole     string // link to the table of all models, where a filter hides some
	Caption   string
	Fits      bool // few enough columns for a wide screen
	Columns   []Column
	Sections  []Section
	Width     int // columns in all, for the headings of sections
	Status    string
	Data      TableData
	Weights   []Weight
	Published bool   // nothing here was computed
	Intervals bool   // a score has an interval
	Bands     bool   // the ranked models are divided
	Strict    bool   // the rule of brain-score.org gives other means
	Compare   string // place of the page that compares models; "" where there is none
	Downloads,
	Absent, // benchmarks that no model has
	Without []Link // models without a value here
	Worked            *Worked // nil where nothing was tested
	Example, Reading, // a rank of the table, and how to read it
	Rule, // how the mean comes about
	Method string // link to how ranks are made; "" where no page says it
	Field *Field // of the node whose page this is; nil where it is none's
	Nodes []Link // pages of the nodes below
	All   []Link // every score of the board
	Roles []string

	table *table
}

// Column is a column's heading.
type Column struct {
	Class   string
	Eyebrow string // the node above; "" where it is that of the column before
	Text    string
	Href    string
	Title   string
	Sort    string // aria-sort
	Key     string // by which addresses name it: the node, or a word behind ":"
	Size    int    // how many columns open behind it
	Apart   bool   // not in the mean that ranks
	Ranks   string // addresses of what the script loads; "" for none
	Behind  string
	Score   string // "id@version" of a benchmark whose scores have pages
}

// Section is a part of the table's body.
type Section struct {
	Name   string // ranked, partial, reference, unscored
	Title  string // "" for the ranked models
	Note   string
	Hidden bool // all of its rows are
	rows   []sectionRow
}

// sectionRow is a model in a table.
type sectionRow struct {
	leaderboard.Row
	hidden bool             // by the filter of the view
	band   bool             // the first of a band, but for the first of all
	all    *leaderboard.Row // its place among all models, where a filter hides some of these
}

// tableJobs adds a leaderboard's page and its CSV and JSON.
func (s *site) tableJobs(w *work, t *table) {
	w.page(t.at, "leaderboard", func() any { return s.leaderboardPage(t) })
	w.write(t.beside("leaderboard.csv"), t.csv)
	w.write(t.beside("leaderboard.json"), func(m *markup) error { return t.json(m, s.opts.Commit) })
}

func (s *site) leaderboardPage(t *table) *LeaderboardPage {
	b, n := t.board, t.node
	t.places = map[string]int{}
	if !t.filtered() {
		t.choice = t.ranking.Choice()
	}
	for i, r := range t.ranking.Ranked {
		t.places[r.Model.ID] = i
	}
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
	p.describe(p.Lede)
	ranked := len(t.ranking.Ranked)
	of := "ranked " + plural(ranked, "model")
	if all := len(t.whole.Ranked); all > ranked {
		of = fmt.Sprintf("of %d ranked models", all)
	}
	p.Facts = append(p.Facts, Fact{Value: fmt.Sprint(ranked), After: of})
	below := countedLeaves(n)
	p.Facts = append(p.Facts, Fact{Value: fmt.Sprint(below), After: plural(below, "benchmark") + " in the mean"})
	if k := leaders(t.ranking); ranked > 1 && k > 0 {
		p.Facts = append(p.Facts, Fact{Value: fmt.Sprint(k), After: "may be the best"})
	}
	if isPublished(n) {
		p.Facts = append(p.Facts, publishedFact)
	}
	p.Tabs = b.tabs(t)
	p.Notice = t.notice()
	p.Columns = s.columns(t)
	p.Width = len(p.Columns)
	p.Fits = len(t.columns) <= 8
	p.Sections, p.Roles, p.table = t.sections(), roleWords(sectionsOf(t.whole)...), t
	p.Status = t.status()
	p.Data = t.data()
	p.Published, p.Intervals, p.Bands = isPublished(n), t.errors, len(t.ranking.Bands()) > 1
	p.Weights = weights(t)
	p.Strict = slices.ContainsFunc(b.all, func(n *leaderboard.Node) bool { return b.strict[n] })
	for _, page := range boardPages() {
		if page.name == "compare" {
			p.Compare = rel(t.at, b.beside(page.name))
		}
	}
	p.Rule = t.rule()
	if t.at == b.nodes[n.ID] {
		p.Field = b.field(n, t.at)
	}
	p.Example, p.Reading = reading(t.ranking)
	if t.filtered() {
		p.Whole = rel(t.at, b.nodes[n.ID])
	} else {
		p.Worked = t.worked()
	}
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
	case t.mistake != nil:
		return fmt.Sprintf("What this view searches for can not be understood: %v. It shows all models.", t.mistake)
	case t.filtered() && t.empty() && len(slices.Concat(sectionsOf(t.whole)...)) > 0:
		return "No model is what this view searches for."
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
		{Class: "rank", Text: "Rank", Key: ":rank", Title: "place by score, and the places that the data can not tell apart"},
		{Class: "l", Text: "Model", Key: ":model"},
	}
	var above *leaderboard.Node // of the column before
	for i, c := range t.columns {
		col := t.board.heading(c.node)
		col.Size, col.Apart = c.size, c.apart
		if c.apart {
			col.Title = joined(" ", col.Title, "Not in the mean of "+t.node.Title+".")
		}
		if i == 0 {
			col.Class, col.Sort, col.Eyebrow = "n m", "descending", ""
		}
		if p := c.node.Parent; p == above || slices.Contains(t.node.CountedChildren(), c.node) || p == t.node {
			col.Eyebrow = ""
		}
		if !s.opts.NoScores {
			col.Score = scoreName(c.node)
		}
		above = c.node.Parent
		switch to := t.board.place(c.node); {
		case i == 0 && t.only != nil:
			col.Href = rel(t.at, t.board.place(t.only))
		case to == t.at:
			col.Href = ""
		default:
			col.Href = rel(t.at, to)
		}
		for _, place := range []*string{&col.Ranks, &col.Behind} {
			if *place != "" {
				*place = rel(t.at, *place)
			}
		}
		if c.size == 0 {
			col.Behind = ""
		}
		out = append(out, col)
		if i == 0 && t.errors {
			out = append(out, Column{Class: "i", Text: "95 % interval", Key: ":interval", Title: "of the score: " + intervalMeans})
		}
	}
	out = append(out, Column{Class: "c", Text: "Coverage", Key: ":coverage", Title: "how many of the benchmarks in the mean the model has"})
	if t.choice != nil {
		col := Column{Class: "k", Key: ":choice", Text: "Rank without one", Title: "the ranks that the model takes when one of the benchmarks in the mean is left out, each in turn"}
		if t.choice.Resampled {
			col.Text, col.Title = "Rank, other benchmarks", "95 % interval of the rank when benchmarks are drawn anew among those of the same parent"
		}
		out = append(out, col)
	}
	return out
}

// intervalMeans says what the interval of a score says.
const intervalMeans = "other images, neurons or people at the same benchmarks"

// heading is the heading of a node's column on any page: addresses start at the
// site's root.
func (b *board) heading(n *leaderboard.Node) Column {
	col := Column{Class: "n", Text: n.Title, Title: n.Summary, Key: n.ID, Href: b.place(n), Ranks: b.files().ranks[n], Behind: b.files().behind[n], Size: len(b.behind(n, nil))}
	if n.Parent != nil {
		col.Eyebrow = n.Parent.Title
	}
	return col
}

// scoreName names the folder of a benchmark's score below a model's; "" for an
// inner node.
func scoreName(n *leaderboard.Node) string {
	if n.Benchmark == nil {
		return ""
	}
	return versionName(n.ID, n.Benchmark.Version)
}

// status says what the table shows, as the script does when that changes.
func (t *table) status() string {
	shown, all := len(slices.Concat(t.rows()...)), len(slices.Concat(sectionsOf(t.whole)...))
	rows, part := count(all, "row"), ""
	if shown < all {
		rows = fmt.Sprintf("%d of %s", shown, rows)
	}
	if len(t.ranking.Ranked) < len(t.whole.Ranked) {
		part = ", ranks recomputed among those shown"
	}
	return fmt.Sprintf("%s, %d ranked by %s%s.", rows, len(t.ranking.Ranked), t.node.Title, part)
}

func (t *table) sections() []Section {
	notes := []Section{
		{},
		{Title: "Not ranked here: lacks a benchmark of this mean", Note: "ordered by the mean of the benchmarks that each has"},
		{Title: "Reference rows, not models", Note: "for comparison, never ranked"},
		{Title: "Without a score here", Note: "failed, not applicable, undefined, or only an older version scored"},
	}
	first := map[*archive.Model]bool{} // of a band
	if bands := t.ranking.Bands(); len(bands) > 1 {
		for _, i := range bands[1:] {
			first[t.ranking.Ranked[i].Model] = true
		}
	}
	part := t.filtered()
	shown := map[*archive.Model]leaderboard.Row{}
	if part {
		for _, r := range slices.Concat(t.rows()...) {
			shown[r.Model] = r
		}
	}
	var out []Section
	for i, rows := range sectionsOf(t.whole) {
		sec := notes[i]
		sec.Name, sec.Hidden = sectionNames[i], true
		for k := range rows {
			r := &rows[k]
			row := sectionRow{Row: *r, all: r}
			if part {
				now, ok := shown[r.Model]
				if row.Row, row.hidden = now, !ok; !ok {
					row.Row = leaderboard.Row{Model: r.Model, Cell: r.Cell}
				}
			}
			row.band = first[r.Model]
			sec.Hidden = sec.Hidden && row.hidden
			sec.rows = append(sec.rows, row)
		}
		if len(rows) > 0 {
			out = append(out, sec)
		}
	}
	return out
}

// Lines writes the rows of a section.
func (p *LeaderboardPage) Lines(of Section) HTML {
	m, t := p.out, p.table
	for i := range of.rows {
		r := &of.rows[i]
		m.raw(`<tr`)
		if r.hidden {
			m.raw(` hidden`)
		}
		if r.band {
			m.raw(` class="band"`)
		}
		w := newWho(t.at, r.Model, t.trained(r.Model))
		if m.raw(`>`); r.Rank > 0 && len(t.ranking.Ranked) < len(t.whole.Ranked) {
			m.partRankCell(&r.Row, r.all, len(t.ranking.Ranked))
		} else {
			m.rankCell(&r.Row, len(t.ranking.Ranked))
		}
		m.who(&w)
		model := t.board.index[r.Model]
		for k, c := range t.columns {
			cell := newCell(c.node, c.node.At(model), c.places)
			if k == 0 {
				cell.also += " m"
			}
			*m = cell.append(*m)
			if k == 0 && t.errors {
				*m = intervalCell(r.Cell, c.places).append(*m)
			}
		}
		*m = coverageCell(r.Cell).append(*m)
		if t.choice != nil {
			*m = t.choiceCell(&r.Row).append(*m)
		}
		m.raw("</tr>\n")
	}
	return ""
}

// choiceCell writes the ranks that a model takes with other benchmarks.
func (t *table) choiceCell(r *leaderboard.Row) Cell {
	if r.Rank == 0 {
		return Cell{Class: "k na"}
	}
	i := t.places[r.Model.ID]
	low, high := t.choice.Best[i], t.choice.Worst[i]
	if low == high {
		return Cell{Class: "k", Text: fmt.Sprint(low)}
	}
	return Cell{Class: "k", Text: fmt.Sprintf("%d–%d", low, high)}
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
