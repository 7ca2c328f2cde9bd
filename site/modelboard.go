package site

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/scoring/stat"
)

// ModelBoard is the model's scores on one board.
type ModelBoard struct {
	Title, Href string
	Intervals   bool // a score has one
	Published   bool // the scores are copied
	Ranked      bool // it has a rank somewhere
	Profile     []ProfileRow
	Few         string // nodes that the profile leaves out: few models are ranked there
	Near        []NearRow
	NearAt      Link // the node of the differences

	board *board
	place int // of the model among those of the board
	rows  []modelRow
	scale bars
}

// modelRow is the model's score at a node.
type modelRow struct {
	*modelLine
	cell *leaderboard.Cell
}

// modelLine is what the pages of all models say of a node.
type modelLine struct {
	*nodeSummary
	node *leaderboard.Node
	end  int    // index of the first line that does not stand below it
	head string // the row's markup up to the bar
}

// modelLines returns the nodes that a model's page may show, in the order of the tree.
func (b *board) modelLines() []modelLine {
	var out []modelLine
	var walk func(n *leaderboard.Node, depth int)
	walk = func(n *leaderboard.Node, depth int) {
		// A node with one child says the same twice: leave the wrapper out.
		if b.repeats(n) {
			for _, c := range n.Children {
				walk(c, depth)
			}
			return
		}
		i := len(out)
		out = append(out, modelLine{nodeSummary: b.summaries[n], node: n, head: b.modelHead(n, depth)})
		for _, c := range n.Children {
			walk(c, depth+1)
		}
		out[i].end = len(out)
	}
	for _, r := range b.Roots {
		walk(r, 0)
	}
	return out
}

// repeats reports whether a node says what its only child says.
func (b *board) repeats(n *leaderboard.Node) bool {
	return n.Benchmark == nil && len(n.CountedChildren()) == 1 && len(children(b, n)) == 1
}

func (b *board) modelHead(n *leaderboard.Node, depth int) string {
	m := &markup{}
	m.raw(fmt.Sprintf(`<tr class="d%d`, min(depth, 5)))
	if n.Benchmark == nil {
		m.raw(` node"><th scope="row"`)
	} else {
		m.raw(`"><th scope="row" title="`).text(n.Benchmark.Title).raw(`"`)
	}
	m.raw(`><a href="`).text(rel(modelPlace("m"), b.place(n))).raw(`">`).text(n.Title).raw(`</a></th><td class="b">`)
	return string(*m)
}

// modelBoard returns a model's scores on a board in the order of the tree; false
// where it has none.
func (s *site) modelBoard(b *board, m *archive.Model, at string) (ModelBoard, bool) {
	place, ok := b.index[m]
	if !ok {
		return ModelBoard{}, false
	}
	out := ModelBoard{Title: b.Title, Href: rel(at, b.front()), Published: m.Published != nil, board: b, place: place}
	lines := b.lines()
	out.rows = make([]modelRow, 0, len(lines))
	out.scale = newBars()
	// Only what the model has a result at or below is shown.
	next := len(lines) // the next benchmark that is
	for i := range slices.Backward(lines) {
		l := &lines[i]
		c := l.node.At(place)
		if l.node.Benchmark != nil && !c.Silent() {
			next = i
		}
		if next >= l.end {
			continue
		}
		out.rows = append(out.rows, modelRow{l, c})
		out.Ranked = out.Ranked || l.place[place] >= 0
		out.Intervals = out.Intervals || !math.IsNaN(c.Low) || !math.IsNaN(c.High)
		if isShare(l.node) {
			out.scale.hold(c.Value, c.Low, c.High, l.best)
		}
	}
	slices.Reverse(out.rows)
	out.Profile, out.Few = b.profile(m, place)
	near, node := b.near(m, at)
	out.Near = near
	if node != nil {
		out.NearAt = Link{Text: node.Title, Href: rel(at, b.nodes[node.ID])}
	}
	return out, len(out.rows) > 0
}

// nodeSummary is what many pages say of a node.
type nodeSummary struct {
	best, median float64 // of the ranked models; NaN where there are fewer than two
	digits       int     // decimals of its values: see [places]
	place        []int32 // of a model among the ranked ones, by its place among those of the board; -1: it is not
	ranked       []leaderboard.Row
	observed     func() observed // of a benchmark
}

func newNodeSummary(b *board, n *leaderboard.Node, r *leaderboard.Ranking) *nodeSummary {
	ranked := r.Ranked
	best, median := typical(ranked)
	out := &nodeSummary{best: best, median: median, place: make([]int32, len(b.Models)), ranked: ranked}
	values := make([]float64, len(b.Models))
	for i := range b.Models {
		values[i], out.place[i] = n.At(i).Value, -1
	}
	out.digits = places(values)
	for i, r := range ranked {
		out.place[b.index[r.Model]] = int32(i)
	}
	if n.Benchmark != nil {
		out.observed = sync.OnceValue(func() observed { return observe(r) })
	}
	return out
}

// typical returns the best and the median value of ranked models; NaN where
// there are fewer than two.
func typical(rows []leaderboard.Row) (best, median float64) {
	if len(rows) < 2 {
		return math.NaN(), math.NaN()
	}
	v := make([]float64, len(rows))
	for i, r := range rows {
		v[i] = r.Cell.Value
	}
	best = v[0]
	slices.Sort(v)
	return best, stat.Quantile(v, .5)
}

// Lines writes the rows of a board.
func (p *ModelPage) Lines(of *ModelBoard) HTML {
	m := p.out
	ticks, again := of.scale.sharedTicks(of.board.ID)
	for i := range of.rows {
		r := &of.rows[i]
		c := r.cell
		digits := places([]float64{c.Value, r.best})
		m.raw(r.head)
		if isShare(r.node) && !math.IsNaN(c.Value) {
			m.gauge(of.scale, c, r.best, r.median, ticks)
			ticks = again
		}
		m.raw(`</td>`)
		cell := newCell(r.node, c, digits)
		cell.Href = p.scoreHref(c.Result)
		cell.drawn = false // the bar is
		*m = cell.append(*m)
		if of.Intervals {
			m.raw(`<td class="i">`).span(c.Low, c.High, digits-1).raw(`</td>`)
		}
		switch k := r.place[of.place]; {
		case !of.Ranked: // as reference rows: there is no such column
		case k >= 0:
			m.rank(&r.ranked[k], len(r.ranked))
		default:
			m.raw(`<td class="na" title="not ranked: lacks a benchmark of this mean, or has no score">–</td>`)
		}
		if math.IsNaN(r.best) {
			m.raw("<td class=\"i\"></td><td class=\"i\"></td></tr>\n")
			continue
		}
		m.raw(`<td class="i">`).decimal(r.best, digits).raw(`</td><td class="i">`).decimal(r.median, digits).raw("</td></tr>\n")
	}
	return ""
}

// rank writes the cell of a model's rank of so many, with its interval.
func (m *markup) rank(r *leaderboard.Row, of int) {
	m.raw(`<td>`).int(r.Rank).raw(`<small> of `).int(of).raw(`</small>`)
	if r.Best != 0 && of > 1 {
		m.raw(`<span class="meta">`).int(r.Best).raw(`–`).int(r.Worst).raw(`</span>`)
	}
	m.raw(`</td>`)
}
