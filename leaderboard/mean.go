package leaderboard

import (
	"cmp"
	"math"
	"slices"

	"github.com/bsgen/bsgen/parallel"
	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/scoring/stat"
)

// settle finds out what counts at and below an inner node, and appends the inner
// nodes that are not yet among those given, parts before their mean.
func (n *Node) settle(inner []*Node) []*Node {
	if n.Benchmark != nil || slices.Contains(inner, n) {
		return inner
	}
	for _, c := range n.Children {
		inner = c.settle(inner)
		if c.Counted {
			n.counted = append(n.counted, c)
			n.leaves += c.leaves
		}
		if c.Benchmark != nil && c.Benchmark.Primary || len(c.parts) > 0 {
			n.parts = append(n.parts, c)
		}
	}
	inner = append(inner, n)
	n.Counted, n.place = len(n.counted) > 0, len(inner)
	return inner
}

// aggregate computes the means of inner nodes, of which each comes after its
// parts. Models share nothing, so they are divided among the processors.
func (b *Board) aggregate(inner []*Node, before *Board) {
	known := newKnown(b, inner, before)
	parallel.Each(len(b.Models), func() *means { return &means{shown: make([][]float32, len(inner)+1)} }, func(w *means, i int) {
		if known.take(i) {
			return
		}
		for _, n := range inner {
			n.cells[i] = w.mean(n, i)
		}
	})
}

// means is the memory of one worker. That of a model is overwritten by the next.
type means struct {
	parts []*Node     // of the mean, those with a value
	sums  []float64   // over the parts, per replicate
	shown [][]float32 // by node, replicates of what is shown of its mean: benchmarks clipped as values are; empty where they are reps
	room  []float32   // for replicates that are kept
}

// mean averages a model's cells over the children that count. Where none has a
// value it says why, as far as the children agree: see [State].
func (w *means) mean(n *Node, i int) Cell {
	out := Cell{State: Scored, Low: math.NaN(), High: math.NaN()}
	w.parts, w.shown[n.place] = w.parts[:0], w.shown[n.place][:0]
	for _, child := range n.counted {
		c := &child.cells[i]
		if c.State == NotRun {
			out.Of += child.leaves
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
		out.Value += c.Value
		w.parts = append(w.parts, child)
	}
	if len(w.parts) == 0 {
		return n.gap(i, out.Of)
	}
	_, out.Reason = n.why(i, func(c *Cell) bool { return c.State == NotRun || c.State == Scored })
	out.Value /= float64(len(w.parts))
	w.replicates(n, i, &out)
	return out
}

// gap returns the cell of an inner node where the model has no value.
func (n *Node) gap(i, of int) Cell {
	out := *notRun
	is := func(s State) func(*Cell) bool { return func(c *Cell) bool { return c.State == s } }
	undefined := func(c *Cell) bool { return c.State == Scored && math.IsNaN(c.Value) }
	parts := n.counted
	if len(parts) == 0 {
		parts = n.parts
	}
	refused := len(parts) > 0
	for _, p := range parts {
		refused = refused && p.cells[i].State == NotApplicable
	}
	if k, why := n.why(i, is(Failed)); k > 0 {
		out.State, out.Reason, out.Of = Failed, why, of
	} else if k, why := n.why(i, undefined); k > 0 {
		out.State, out.Reason, out.Of = Scored, why, of
	} else if k, why := n.why(i, is(NotApplicable)); k > 0 && refused {
		out.State, out.Reason, out.Of = NotApplicable, why, of
	} else {
		_, out.Reason = n.why(i, is(NotRun))
	}
	return out
}

// why counts the parts of the node whose cell is of a kind, and returns the
// reason of the first that has one, with the name of its benchmark.
func (n *Node) why(i int, kind func(*Cell) bool) (count int, reason string) {
	for _, p := range n.parts {
		c := &p.cells[i]
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

// replicates averages the parts' replicate by replicate, and takes the interval
// of the averages of what is shown; there is neither where a part has no
// replicates.
func (w *means) replicates(n *Node, i int, out *Cell) {
	size, differ := len(w.parts[0].cells[i].reps), false
	for _, p := range w.parts {
		c := &p.cells[i]
		if len(c.reps) != size || size == 0 {
			return
		}
		differ = differ || c.clips || len(w.shown[p.place]) > 0
	}
	if len(w.room) < size {
		w.room = make([]float32, len(w.shown)*size) // enough for a model
	}
	out.reps, w.room = w.room[:size:size], w.room[size:]
	sums := w.start(size)
	for _, p := range w.parts {
		for b, x := range p.cells[i].reps[:len(sums)] {
			sums[b] += float64(x)
		}
	}
	w.divide(out.reps)
	if differ {
		sums = w.start(size)
		for _, p := range w.parts {
			c, shown := &p.cells[i], w.shown[p.place]
			if len(shown) == 0 {
				shown = c.reps
			}
			for b, x := range shown {
				if c.clips {
					x = min(max(x, 0), 1) // as scoring.Clip
				}
				sums[b] += float64(x)
			}
		}
		w.shown[n.place] = sized(w.shown[n.place], size)
		w.divide(w.shown[n.place])
	}
	kept := slices.DeleteFunc(w.sums, func(x float64) bool { return x-x != 0 }) // NaN or infinite
	out.Low, out.High = stat.Tails(kept, (1-scoring.Level)/2)
}

// start makes the sums zeros, and returns them.
func (w *means) start(size int) []float64 {
	w.sums = sized(w.sums, size)
	clear(w.sums)
	return w.sums
}

// divide makes the sums means, and writes these in single precision.
func (w *means) divide(out []float32) {
	n := float64(len(w.parts))
	for b, sum := range w.sums[:len(out)] {
		w.sums[b] = sum / n
		out[b] = float32(sum / n)
	}
}
