package site

import (
	"fmt"
	"math"
	"path"
	"slices"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
)

// table is one leaderboard: the models ranked at a node, and the columns shown.
type table struct {
	at      string // place of the page
	title   string
	view    *archive.View // nil for a node's own page
	board   *board
	node    *leaderboard.Node
	ranking *leaderboard.Ranking // of the models that are shown
	whole   *leaderboard.Ranking // of all; the same where the view has no filter
	mistake error                // in the filter of the view
	only    *leaderboard.Node    // the only child that counts, where it has no column of its own
	columns []column
	choice  *leaderboard.Choice // nil until the page is laid out, as the next
	places  map[string]int      // index of each ranked model
	errors  bool                // some score at the node has an interval
	absent  []*leaderboard.Node // benchmarks under the columns that no model has
}

// column is a column of scores.
type column struct {
	node   *leaderboard.Node
	places int
	size   int  // how many columns open behind it, where there is a script
	apart  bool // not in the mean of the table's node
}

// tables returns the leaderboards of a board: its views, then the inner nodes
// that have a page of their own.
func (s *site) tables(b *board) []*table {
	var out []*table
	done := map[string]bool{}
	for i := range b.Views() {
		v := &b.Views()[i]
		t := b.newTable(b.views[i], v.Title, b.Node(v.Node), v.Columns)
		t.view = v
		t.mistake = t.filter()
		done[t.at] = true
		out = append(out, t)
	}
	for _, n := range b.all {
		if n.Benchmark != nil || done[b.nodes[n.ID]] {
			continue
		}
		out = append(out, b.newTable(b.nodes[n.ID], n.Title, n, nil))
	}
	return out
}

// Views returns the board's views.
func (b *board) Views() []archive.View { return b.Board.Board.Views }

// newTable lays out a table. Without columns it shows the children of the node
// that count in its mean, then those that do not but have scores.
func (b *board) newTable(at, title string, n *leaderboard.Node, columns []string) *table {
	t := &table{at: at, title: title, board: b, node: n, ranking: b.ranks[n], whole: b.ranks[n]}
	t.errors = slices.ContainsFunc(slices.Concat(t.rows()...), func(r leaderboard.Row) bool { return !math.IsNaN(r.Cell.Low) && !math.IsNaN(r.Cell.High) })
	shown := []*leaderboard.Node{n}
	if len(columns) > 0 {
		for _, id := range columns {
			if c := b.Node(id); c != n {
				shown = append(shown, c)
			}
		}
	} else {
		for _, c := range children(b, n) {
			if c.Counted && len(n.CountedChildren()) == 1 {
				t.only = c // its column would repeat the score's
				continue
			}
			shown = append(shown, c)
		}
	}
	for _, c := range shown {
		if c != n && !b.hasScore(c) {
			continue
		}
		t.columns = append(t.columns, column{node: c, places: b.places(c), size: len(b.behind(c, shown)), apart: !within(c, n)})
	}
	seen := map[*leaderboard.Node]bool{}
	for _, c := range shown {
		for _, leaf := range c.Leaves() {
			if !b.hasScore(leaf) && !seen[leaf] {
				seen[leaf] = true
				t.absent = append(t.absent, leaf)
			}
		}
	}
	return t
}

// children returns the children that have scores: those that count first.
func children(b *board, n *leaderboard.Node) []*leaderboard.Node {
	out := n.CountedChildren()
	for _, c := range n.Children {
		if !c.Counted && b.hasScore(c) {
			out = append(out, c)
		}
	}
	return out
}

// hasScore reports whether any model, reference rows included, has a result at
// or below the node, even if it is a failure or of an older version.
func (b *board) hasScore(n *leaderboard.Node) bool {
	if n.Benchmark == nil {
		return slices.ContainsFunc(n.Children, b.hasScore)
	}
	for i := range b.Models {
		if !n.At(i).Silent() {
			return true
		}
	}
	return false
}

// places returns the decimals of a node's column.
func (b *board) places(n *leaderboard.Node) int {
	return b.summaries[n].digits
}

// within reports whether a node enters the mean of another, or is it.
func within(n, top *leaderboard.Node) bool {
	return n == top || slices.ContainsFunc(top.CountedChildren(), func(c *leaderboard.Node) bool { return within(n, c) })
}

// behind returns the columns that open behind a node's: its children with
// scores, but for those that are shown anyway. An only child that counts would
// repeat its parent.
func (b *board) behind(n *leaderboard.Node, shown []*leaderboard.Node) []*leaderboard.Node {
	if n.Benchmark != nil {
		return nil
	}
	out := slices.DeleteFunc(children(b, n), func(c *leaderboard.Node) bool { return slices.Contains(shown, c) })
	if len(out) == 1 && out[0].Counted {
		return nil
	}
	return out
}

// rows returns the sections of the table: ranked, partial, references, and
// those of which there is more to say than that they were not run.
func (t *table) rows() [][]leaderboard.Row { return sectionsOf(t.ranking) }

func sectionsOf(r *leaderboard.Ranking) [][]leaderboard.Row {
	return [][]leaderboard.Row{r.Ranked, r.Partial, r.References, r.Unscored}
}

// without returns the models of the board that were not run at the table's node.
func (t *table) without() []*archive.Model {
	have := map[string]bool{}
	for _, rows := range sectionsOf(t.whole) {
		for _, r := range rows {
			have[r.Model.ID] = true
		}
	}
	var out []*archive.Model
	for _, m := range t.board.Models {
		if !have[m.ID] {
			out = append(out, m)
		}
	}
	return out
}

// trained returns the warning of a result in the table that the model was
// fitted to measurements like those; "" where none has one.
func (t *table) trained(m *archive.Model) string {
	model := t.board.index[m]
	for _, c := range t.columns {
		if w := c.node.At(model).Trained; w != "" {
			return w
		}
	}
	return ""
}

// beside returns the place of a file that lies beside the table's page.
func (t *table) beside(name string) string { return path.Join(path.Dir(t.at), name) }

// rankCell writes the cell of a rank among n models, with its interval, which is also
// drawn on a scale from the first to the last. There is none where differences were
// not tested, or nothing is to be compared.
func (m *markup) rankCell(r *leaderboard.Row, n int) *markup {
	tested := r.Best != 0 && n > 1
	m.raw(`<td class="rank`)
	if tested {
		on := func(rank int) int { return percent(float64(rank-1) / float64(n-1)) }
		m.raw(` v`).int(on(r.Rank)).raw(` l`).int(on(r.Best)).raw(` h`).int(on(r.Worst))
	}
	switch {
	case r.Rank == 0:
		return m.raw(`"><span class="vh">not ranked</span></td>`)
	case !tested:
		return m.raw(`"><b>`).int(r.Rank).raw(`</b></td>`)
	}
	return m.raw(`"><b>`).int(r.Rank).raw(`</b> <span>[`).int(r.Best).raw(`–`).int(r.Worst).raw(`]</span></td>`)
}

// partRankCell writes the cell of a rank among the n models that a filter shows,
// and below it that among all.
func (m *markup) partRankCell(r, all *leaderboard.Row, n int) *markup {
	m.raw(`<td class="rank"><b>`).int(r.Rank).raw(`</b>`)
	if r.Best != 0 && n > 1 {
		m.raw(` <span>[`).int(r.Best).raw(`–`).int(r.Worst).raw(`]</span>`)
	}
	m.raw(` <small title="rank among all models">all: `).int(all.Rank)
	if all.Best != 0 {
		m.raw(` [`).int(all.Best).raw(`–`).int(all.Worst).raw(`]`)
	}
	return m.raw(`</small></td>`)
}

// rankText writes a rank with its interval: "3", "2–6"; the interval is "" where
// differences were not tested.
func rankText(r leaderboard.Row) (rank, interval string) {
	if r.Rank == 0 {
		return "", ""
	}
	if r.Best == 0 {
		return fmt.Sprint(r.Rank), ""
	}
	return fmt.Sprint(r.Rank), fmt.Sprintf("%d–%d", r.Best, r.Worst)
}

// untested says why ranks have no intervals.
const untested = "Whether the models differ was not tested: their results hold no replicates."

// reading explains the ranks of a table by one of them, that with the widest
// interval.
func reading(r *leaderboard.Ranking) (rank, words string) {
	if len(r.Ranked) < 2 {
		return "", ""
	}
	if !r.Tested() {
		return "", untested
	}
	row := r.Ranked[widest(r)]
	place, interval := rankText(row)
	if row.Best == row.Worst {
		return fmt.Sprintf("Rank %s [%s]", place, interval), fmt.Sprintf(
			"reads: place %s by score. %s significantly better. %s significantly worse. These data resolve every place.",
			place, are(row.Best-1), are(len(r.Ranked)-row.Worst))
	}
	return fmt.Sprintf("Rank %s [%s]", place, interval), fmt.Sprintf(
		"reads: place %s by score. %s significantly better, so %d is its best place. %s significantly worse, so %d is its last. The places between are not resolved by these data.",
		place, are(row.Best-1), row.Best, are(len(r.Ranked)-row.Worst), row.Worst)
}

// widest returns the index of the first ranked model with the widest interval.
func widest(r *leaderboard.Ranking) int {
	at := 0
	for i, row := range r.Ranked {
		if row.Worst-row.Best > r.Ranked[at].Worst-r.Ranked[at].Best {
			at = i
		}
	}
	return at
}

// are writes how many models are something: "No model is", "1 model is", "3 models are".
func are(n int) string {
	switch n {
	case 0:
		return "No model is"
	case 1:
		return "1 model is"
	}
	return count(n, "model") + " are"
}

// leaders returns how many models may be the best: those whose rank interval
// begins at 1.
func leaders(r *leaderboard.Ranking) int {
	k := 0
	for _, row := range r.Ranked {
		if row.Best == 1 {
			k++
		}
	}
	return k
}

// scored returns the values of models, reference rows left out, best first. The caller
// must not change them.
func scored(r *leaderboard.Ranking) []leaderboard.Row {
	missing := func(row leaderboard.Row) bool { return math.IsNaN(row.Cell.Value) }
	if len(r.Partial) == 0 && !slices.ContainsFunc(r.Ranked, missing) {
		return r.Ranked[:len(r.Ranked):len(r.Ranked)]
	}
	return slices.DeleteFunc(slices.Concat(r.Ranked, r.Partial), missing)
}
