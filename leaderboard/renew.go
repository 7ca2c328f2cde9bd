package leaderboard

import (
	"slices"

	"github.com/bsgen/bsgen/leaderboard/relate"
)

// known is what an earlier board knows of the means of this one.
type known struct {
	inner  [][2]*Node // with the node that it was before
	leaves [][2]*Node
	places []int // of the models before; -1: not there
}

// newKnown returns nothing where the two trees differ.
func newKnown(b *Board, inner []*Node, before *Board) *known {
	k := &known{}
	if before == nil {
		return k
	}
	seen := map[*Node]bool{}
	for _, n := range inner {
		old := before.nodes[n.ID]
		if old == nil || !alike(n.counted, old.counted) || !alike(n.parts, old.parts) {
			return &known{}
		}
		k.inner = append(k.inner, [2]*Node{n, old})
		for _, c := range slices.Concat(n.counted, n.parts) {
			if c.Benchmark != nil && !seen[c] {
				seen[c] = true
				k.leaves = append(k.leaves, [2]*Node{c, before.nodes[c.ID]})
			}
		}
	}
	for _, m := range b.Models {
		place, ok := before.places[m.ID]
		if !ok {
			place = -1
		}
		k.places = append(k.places, place)
	}
	return k
}

// alike reports whether the nodes are the same as far as a mean goes. Of a part
// that is no benchmark its own parts say the rest.
func alike(a, b []*Node) bool {
	return slices.EqualFunc(a, b, func(x, y *Node) bool {
		return x.ID == y.ID && x.Title == y.Title && (x.Benchmark == nil) == (y.Benchmark == nil)
	})
}

// take takes over the means of a model, if nothing that they are made of has changed.
func (k *known) take(i int) bool {
	if len(k.places) == 0 || k.places[i] < 0 {
		return false
	}
	old := k.places[i]
	for _, n := range k.leaves {
		if !n[0].cells[i].same(&n[1].cells[old]) {
			return false
		}
	}
	for _, n := range k.inner {
		n[0].cells[i] = n[1].cells[old]
		n[0].cells[i].Stale = false // that is for MarkStale to say
	}
	return true
}

// same reports whether two cells of a benchmark say the same, by where the result
// was read to: what has been read does not change.
func (c *Cell) same(old *Cell) bool {
	return c.Result == old.Result && c.State == old.State && c.Reason == old.Reason
}

// recall takes over the verdicts on models that had the same scores and
// replicates before. It is false where something has changed.
func (r *Ranking) recall(old *Ranking) bool {
	same := old != nil && r.widened() == old.widened() && r.Node.sign() == old.Node.sign() &&
		slices.EqualFunc(r.Ranked, old.Ranked, func(x, y Row) bool {
			return x.Cell.Value == y.Cell.Value && shared(x.Cell.reps, y.Cell.reps)
		})
	if !same {
		return false
	}
	for i, row := range old.Ranked {
		r.Ranked[i].Rank, r.Ranked[i].Best, r.Ranked[i].Worst = row.Rank, row.Best, row.Worst
	}
	r.Critical, r.verdicts = old.Critical, old.verdicts
	return true
}

// recall takes over the statistics of the same table, with the same intervals. It is
// false where something has changed.
func (r *Relations) recall(old *Relations, t relate.Table) bool {
	same := old != nil && slices.Equal(t.Models, old.stats.Models) && slices.Equal(t.Families, old.stats.Families) &&
		slices.EqualFunc(t.Scores, old.stats.Scores, func(x, y []float64) bool {
			return slices.EqualFunc(x, y, func(a, b float64) bool { return a == b || a != a && b != b })
		}) &&
		slices.EqualFunc(r.Nodes, old.Nodes, func(x, y *Node) bool {
			for k, i := range r.models {
				if !shared(x.cells[i].reps, y.cells[old.models[k]].reps) {
					return false
				}
			}
			return len(x.Path()) == len(y.Path()) // the intervals are of those near the roots
		})
	if same {
		r.Reliability, r.stats = old.Reliability, old.stats
	}
	return same
}

// shared reports whether two slices are the same memory.
func shared(a, b []float32) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
