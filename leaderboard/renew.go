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

// same reports whether two cells of a benchmark say the same to a mean.
func (c *Cell) same(old *Cell) bool {
	if c.Result == old.Result { // what has been read does not change
		return c.State == old.State && c.Reason == old.Reason
	}
	return c.State == old.State && c.Reason == old.Reason && c.Warnings == old.Warnings && c.Trained == old.Trained && c.Published == old.Published &&
		c.clips == old.clips && equal(c.Value, old.Value) && equal(c.Low, old.Low) && equal(c.High, old.High) && sameReplicates(c.reps, old.reps)
}

// equal compares two values that may be NaN.
func equal[T float32 | float64](a, b T) bool { return a == b || a != a && b != b }

// sameReplicates compares two lists of replicates; mostly they are one.
func sameReplicates(a, b []float32) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0] || slices.EqualFunc(a, b, equal))
}

// order returns the places of the models in the order of an earlier ranking, with
// those that are new behind: mostly there is nothing left to sort.
func (b *Board) order(before *Ranking) []int {
	out := make([]int, 0, len(b.Models))
	taken := make([]bool, len(b.Models))
	if before != nil {
		for _, rows := range [][]Row{before.Ranked, before.Partial, before.References, before.Unscored} {
			for _, row := range rows {
				if i, ok := b.places[row.Model.ID]; ok {
					out, taken[i] = append(out, i), true
				}
			}
		}
	}
	for i := range b.Models {
		if !taken[i] {
			out = append(out, i)
		}
	}
	return out
}

// recall takes over the verdicts on models that had the same scores and
// replicates before. It is false where something has changed.
func (r *Ranking) recall(old *Ranking) bool {
	same := old != nil && r.widened() == old.widened() && r.Node.sign() == old.Node.sign() &&
		slices.EqualFunc(r.Ranked, old.Ranked, func(x, y Row) bool {
			return x.Cell.Value == y.Cell.Value && sameReplicates(x.Cell.reps, y.Cell.reps)
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

// Same reports whether another ranking, of an earlier board, places the same models in
// the same way, and this one took over its verdicts. Nil is no such ranking.
func (r *Ranking) Same(old *Ranking) bool {
	return old != nil && r.Critical == old.Critical && r.verdicts.models == old.verdicts.models &&
		(len(r.verdicts.bits) == 0 || &r.verdicts.bits[0] == &old.verdicts.bits[0]) &&
		placed(r.Ranked, old.Ranked) && placed(r.Partial, old.Partial) && placed(r.References, old.References) && placed(r.Unscored, old.Unscored)
}

func placed(a, b []Row) bool {
	return slices.EqualFunc(a, b, func(x, y Row) bool {
		return x.Model.ID == y.Model.ID && x.Rank == y.Rank && x.Best == y.Best && x.Worst == y.Worst
	})
}

// sameNoise reports whether the k-th node has the scores and replicates of the k-th
// node of earlier relations.
func (r *Relations) sameNoise(k int, t relate.Table, old *Relations) bool {
	if k >= len(old.Nodes) || !slices.EqualFunc(t.Scores[k], old.stats.Scores[k], equal) {
		return false
	}
	for l, i := range r.models {
		if !sameReplicates(r.Nodes[k].cells[i].reps, old.Nodes[k].cells[old.models[l]].reps) {
			return false
		}
	}
	return true
}
