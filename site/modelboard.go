package site

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/scoring/stat"
)

// ModelBoard is the model's scores on one board.
type ModelBoard struct {
	Title, Href string
	Rows        []ModelRow
	Intervals   bool         // a score has one
	Published   bool         // the scores are copied
	Ranked      bool         // it has a rank somewhere
	Profile     []ProfileRow // nil where the model is ranked in too few places
	Few         string       // nodes that the profile leaves out: few models are ranked there
	Near        []NearRow
	NearAt      Link // the node of the differences
}

// ModelRow is the model's score at a node.
type ModelRow struct {
	Class        string // depth in the tree; inner nodes are bold
	Text, Href   string
	Title        string
	Bar          HTML
	Score        Cell
	Interval     string
	Rank, Ranks  string // rank and its interval
	Of           int    // models ranked
	Best, Median string
}

// modelBoard returns a model's scores on a board in the order of the tree; false
// where it has none.
func (s *site) modelBoard(b *board, m *archive.Model, at string) (ModelBoard, bool) {
	out := ModelBoard{Title: b.Title, Href: rel(at, b.front())}
	type line struct {
		n            *leaderboard.Node
		depth        int
		best, median float64
	}
	var lines []line
	var values []float64
	var walk func(n *leaderboard.Node, depth int)
	walk = func(n *leaderboard.Node, depth int) {
		if !has(n, m.ID) {
			return
		}
		best, median := b.summaries[n].best, b.summaries[n].median
		// A node with one child says the same twice: leave the wrapper out.
		if n.Benchmark == nil && len(n.CountedChildren()) == 1 && len(children(b, n)) == 1 {
			for _, c := range n.Children {
				walk(c, depth)
			}
			return
		}
		lines = append(lines, line{n, depth, best, median})
		if c := n.Cell(m.ID); isShare(n) {
			values = append(values, c.Value, c.Low, c.High, best)
		}
		for _, c := range n.Children {
			walk(c, depth+1)
		}
	}
	for _, r := range b.Roots {
		walk(r, 0)
	}
	scale := newBars(values...)
	for _, l := range lines {
		row := b.modelRow(l.n, m, at, l.depth, l.best, l.median, scale)
		row.Score.Href = s.scoreHref(at, l.n.Cell(m.ID).Result)
		out.Rows = append(out.Rows, row)
		out.Intervals = out.Intervals || row.Interval != ""
		out.Ranked = out.Ranked || row.Rank != ""
	}
	out.Published = m.Published != nil
	out.Profile, out.Few = b.profile(m, at)
	near, node := b.near(m, at)
	out.Near = near
	if node != nil {
		out.NearAt = Link{Text: node.Title, Href: rel(at, b.nodes[node.ID])}
	}
	return out, len(out.Rows) > 0
}

// has reports whether the model has a result at or below the node.
func has(n *leaderboard.Node, model string) bool {
	return slices.ContainsFunc(n.Leaves(), func(leaf *leaderboard.Node) bool {
		return !leaf.Cell(model).Silent()
	})
}

// nodeSummary is what the pages of all models say of a node.
type nodeSummary struct {
	best, median float64                // of the ranked models; NaN where there are fewer than two
	place        map[*archive.Model]int // index among them
}

func newNodeSummary(rows []leaderboard.Row) nodeSummary {
	best, median := typical(rows)
	out := nodeSummary{best, median, make(map[*archive.Model]int, len(rows))}
	for i, r := range rows {
		out.place[r.Model] = i
	}
	return out
}

// typical returns the best and the median value of ranked models; NaN where
// there are fewer than two.
func typical(rows []leaderboard.Row) (best, median float64) {
	if len(rows) < 2 {
		return math.NaN(), math.NaN()
	}
	var v []float64
	for _, r := range rows {
		v = append(v, r.Cell.Value)
	}
	best = v[0]
	slices.Sort(v)
	return best, stat.Quantile(v, .5)
}

func (b *board) modelRow(n *leaderboard.Node, m *archive.Model, at string, depth int, best, median float64, scale bars) ModelRow {
	c := n.Cell(m.ID)
	digits := places([]float64{c.Value, best})
	row := ModelRow{
		Class:    fmt.Sprintf("d%d", min(depth, 5)),
		Text:     n.Title,
		Score:    newCell(n, c, digits),
		Interval: span(c.Low, c.High, digits-1),
	}
	if n.Benchmark == nil {
		row.Class += " node"
		row.Href = rel(at, b.nodes[n.ID])
	} else {
		row.Href, row.Title = rel(at, benchmarkPlace(n.ID)), n.Benchmark.Title
	}
	if isShare(n) {
		row.Bar = scale.draw(c, best, median)
	}
	if !math.IsNaN(best) {
		row.Best, row.Median = decimal(best, digits), decimal(median, digits)
	}
	if i, ok := b.summaries[n].place[m]; ok {
		row.Rank, row.Ranks = rankText(b.ranks[n].Ranked[i])
		row.Of = len(b.ranks[n].Ranked)
	}
	return row
}

// Lines writes the rows.
func (p ModelBoard) Lines() HTML {
	m := &markup{}
	for i := range p.Rows {
		r := &p.Rows[i]
		m.raw(`<tr class="`, r.Class, `"><th scope="row"`)
		if r.Title != "" {
			m.raw(` title="`).text(r.Title).raw(`"`)
		}
		m.raw(`><a href="`).text(r.Href).raw(`">`).text(r.Text).raw(`</a></th><td class="b">`, string(r.Bar), `</td>`)
		*m = r.Score.append(*m)
		if p.Intervals {
			m.raw(`<td class="i">`).text(r.Interval).raw(`</td>`)
		}
		switch {
		case !p.Ranked: // as reference rows: there is no such column
		case r.Rank != "":
			m.raw(`<td>`, r.Rank, `<small> of `, strconv.Itoa(r.Of), `</small><span class="meta">`, r.Ranks, `</span></td>`)
		default:
			m.raw(`<td class="na" title="not ranked: lacks a benchmark of this mean, or has no score">–</td>`)
		}
		m.raw(`<td class="i">`, r.Best, `</td><td class="i">`, r.Median, "</td></tr>\n")
	}
	return m.html()
}
