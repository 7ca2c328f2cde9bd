package leaderboard

import (
	"cmp"
	"math"
	"slices"

	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/scoring/stat"
)

// aggregate computes the means at and below an inner node.
func (b *Board) aggregate(n *Node) {
	if n.Benchmark != nil {
		return
	}
	for _, c := range n.Children {
		b.aggregate(c)
	}
	n.Counted = len(n.CountedChildren()) > 0
	for _, m := range b.Models {
		if cell := n.mean(m.ID); !cell.Silent() {
			n.cells[m.ID] = cell
		}
	}
}

// mean averages a model's cells over the children that count. Where none has a
// value it says why, as far as the children agree: see [State].
func (n *Node) mean(model string) *Cell {
	counted := n.CountedChildren()
	out := &Cell{State: Scored, Low: math.NaN(), High: math.NaN()}
	var values []float64
	var parts []*Cell
	for _, child := range counted {
		c := child.Cell(model)
		if c.State == NotRun {
			out.Of += child.countedLeaves()
			continue
		}
		out.Of += c.Of
		out.Warnings += c.Warnings
		out.Trained = cmp.Or(out.Trained, c.Trained)
		out.Published = out.Published || c.Published
		if c.State != Scored || math.IsNaN(c.Value) {
			continue
		}
		out.Have += c.Have
		values = append(values, c.Value)
		parts = append(parts, c)
	}
	if len(values) == 0 {
		return n.gap(model, out.Of)
	}
	_, out.Reason = n.why(model, func(c *Cell) bool { return c.State == NotRun || c.State == Scored })
	out.Value = stat.Mean(values)
	out.meanReplicates(parts)
	return out
}

// gap returns the cell of an inner node where the model has no value.
func (n *Node) gap(model string, of int) *Cell {
	out := *notRun
	is := func(s State) func(*Cell) bool { return func(c *Cell) bool { return c.State == s } }
	undefined := func(c *Cell) bool { return c.State == Scored && math.IsNaN(c.Value) }
	parts := n.CountedChildren()
	if len(parts) == 0 {
		parts = n.parts()
	}
	refused := len(parts) > 0
	for _, p := range parts {
		refused = refused && p.Cell(model).State == NotApplicable
	}
	if k, why := n.why(model, is(Failed)); k > 0 {
		out.State, out.Reason, out.Of = Failed, why, of
	} else if k, why := n.why(model, undefined); k > 0 {
		out.State, out.Reason, out.Of = Scored, why, of
	} else if k, why := n.why(model, is(NotApplicable)); k > 0 && refused {
		out.State, out.Reason, out.Of = NotApplicable, why, of
	} else {
		_, out.Reason = n.why(model, is(NotRun))
	}
	return &out
}

// why counts the parts of the node whose cell is of a kind, and returns the
// reason of the first that has one, with the name of its benchmark.
func (n *Node) why(model string, kind func(*Cell) bool) (count int, reason string) {
	for _, p := range n.parts() {
		c := p.Cell(model)
		if !kind(c) {
			continue
		}
		count++
		switch {
		case reason != "" || c.Reason == "":
		case p.Benchmark != nil:
			reason = p.Title + ": " + c.Reason
		default:
			reason = c.Reason
		}
	}
	return count, reason
}

// parts returns the children that enter the node's mean as soon as a model has
// a score: all but views and nodes of nothing else.
func (n *Node) parts() []*Node {
	return slices.DeleteFunc(slices.Clone(n.Children), func(c *Node) bool {
		if c.Benchmark != nil {
			return !c.Benchmark.Primary
		}
		return len(c.parts()) == 0
	})
}

func (n *Node) countedLeaves() int {
	if n.Benchmark != nil {
		return 1
	}
	k := 0
	for _, c := range n.CountedChildren() {
		k += c.countedLeaves()
	}
	return k
}

// meanReplicates averages replicate by replicate, and takes the interval of the
// averages of what is shown; there is neither where a part has no replicates.
func (c *Cell) meanReplicates(parts []*Cell) {
	n, differ := len(parts[0].reps), false
	for _, p := range parts {
		if len(p.reps) != n || n == 0 {
			return
		}
		differ = differ || p.clips || p.shown != nil
	}
	reps := make([]float64, n)
	for _, p := range parts {
		for b, x := range p.reps {
			reps[b] += float64(x)
		}
	}
	c.reps = single(reps, len(parts))
	shown := reps
	if differ {
		shown = make([]float64, n)
		for _, p := range parts {
			for b, x := range p.seen() {
				if p.clips {
					x = float32(scoring.Clip(float64(x)))
				}
				shown[b] += float64(x)
			}
		}
		c.shown = single(shown, len(parts))
	}
	kept, _ := stat.Finite(shown)
	c.Low, c.High = stat.Tails(kept, (1-scoring.Level)/2)
}

// seen returns the replicates of what is shown, but for a benchmark's clipping.
func (c *Cell) seen() []float32 {
	if c.shown != nil {
		return c.shown
	}
	return c.reps
}

// single divides sums of k values and returns the means in single precision.
func single(sums []float64, k int) []float32 {
	out := make([]float32, len(sums))
	for b := range sums {
		sums[b] /= float64(k)
		out[b] = float32(sums[b])
	}
	return out
}
