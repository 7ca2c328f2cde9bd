package leaderboard

import (
	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/scoring/resample"
)

// Choice says how the ranks at a node depend on which benchmarks it holds. The
// intervals of ranks do not: they say what other images or neurons would give
// at the same benchmarks.
type Choice struct {
	// Resampled reports that benchmarks were drawn anew among those of the same
	// parent, [choiceDraws] times: Best and Worst are then 95 % intervals. Fewer
	// than [fewBenchmarks] are too few to resample; each was left out in turn
	// instead, and Best and Worst are the range that this gave.
	Resampled   bool
	Benchmarks  int   // how many count at the node
	Best, Worst []int // ranks, in the order of the ranked models
}

const (
	fewBenchmarks = 10  // fewer are left out one at a time
	choiceDraws   = 500 // of benchmarks
)

// Choice ranks the ranked models again under other choices of benchmarks. A
// parent that loses its only benchmark leaves the mean, as everywhere. The tree
// stays: which regions and kinds of behaviour count is a decision and no sample.
// It returns nil where there are fewer than two models or two benchmarks.
func (r *Ranking) Choice() *Choice {
	var leaves []*Node
	for _, leaf := range r.Node.Leaves() {
		if leaf.Counted {
			leaves = append(leaves, leaf)
		}
	}
	if len(leaves) < 2 || len(r.Ranked) < 2 {
		return nil
	}
	out := &Choice{Resampled: len(leaves) >= fewBenchmarks, Benchmarks: len(leaves)}
	m, draws := len(r.Ranked), len(leaves)
	if out.Resampled {
		draws = choiceDraws
	}
	values := make([]float64, len(leaves)*m) // by leaf, then model
	place := map[*Node]int{}                 // of a leaf
	for l, leaf := range leaves {
		place[leaf] = l
		for i, row := range r.Ranked {
			values[l*m+i] = leaf.Cell(row.Model.ID).Value
		}
	}
	samplers, parts := samplers(r.Node, place), newBranch(r.Node, place)
	held := make([]uint16, m*m)                                                  // how often each model has each rank, from the first
	times, weights := make([]float64, len(leaves)), make([]float64, len(leaves)) // how often a leaf counts, and its share
	for l := range times {
		times[l] = 1
	}
	scores, sorted := make([]float64, m), newDescending(m)
	for d := range draws {
		if out.Resampled {
			for _, s := range samplers {
				s.draw(d, times)
			}
		} else {
			times[max(0, d-1)] = 1
			times[d] = 0
		}
		clear(weights)
		parts.weigh(1, times, weights)
		clear(scores)
		for l, w := range weights {
			for i, v := range values[l*m:][:m] {
				scores[i] += w * v
			}
		}
		rank, before := 0, 0.
		for k, i := range sorted.order(scores) {
			if x := scores[i]; k == 0 || x != before {
				rank, before = k, x
			}
			held[i*m+rank]++
		}
	}
	out.Best, out.Worst = make([]int, m), make([]int, m)
	cut := 0
	if out.Resampled {
		cut = int(float64(draws) * (1 - scoring.Level) / 2)
	}
	for i := range m {
		own, best, worst := held[i*m:][:m], 0, m-1
		for left := cut; left >= int(own[best]); best++ {
			left -= int(own[best])
		}
		for left := cut; left >= int(own[worst]); worst-- {
			left -= int(own[worst])
		}
		out.Best[i], out.Worst[i] = best+1, worst+1
	}
	return out
}

// siblings are the benchmarks that count below one parent.
type siblings struct {
	leaves  []int // places
	sampler resample.Sampler
	counts  []float64
}

// draw draws them anew, with replacement.
func (s *siblings) draw(d int, times []float64) {
	s.sampler.Counts(d, s.counts)
	for i, l := range s.leaves {
		times[l] = s.counts[i]
	}
}

// samplers returns the siblings at and below n, whose leaves have these places.
func samplers(n *Node, place map[*Node]int) []*siblings {
	var out []*siblings
	var own siblings
	var names []string
	for _, c := range n.counted {
		if c.Benchmark == nil {
			out = append(out, samplers(c, place)...)
			continue
		}
		own.leaves, names = append(own.leaves, place[c]), append(names, c.ID)
	}
	if len(names) > 0 {
		own.sampler, own.counts = resample.New("benchmarks", names), make([]float64, len(names))
		out = append(out, &own)
	}
	return out
}

// branch is a node with the parts of its mean, or the place of a leaf.
type branch struct {
	leaf  int // -1: an inner node
	parts []branch
}

func newBranch(n *Node, place map[*Node]int) branch {
	if n.Benchmark != nil {
		return branch{leaf: place[n]}
	}
	b := branch{leaf: -1}
	for _, c := range n.counted {
		b.parts = append(b.parts, newBranch(c, place))
	}
	return b
}

// counts returns how much a part counts among its siblings: a benchmark as often as it
// does, an inner node once while one of its benchmarks does.
func (b *branch) counts(times []float64) float64 {
	if b.leaf >= 0 {
		return times[b.leaf]
	}
	for i := range b.parts {
		if b.parts[i].counts(times) > 0 {
			return 1
		}
	}
	return 0
}

// weigh divides a share among the parts.
func (b *branch) weigh(share float64, times, weights []float64) {
	total := 0.0
	for i := range b.parts {
		total += b.parts[i].counts(times)
	}
	if total == 0 {
		return
	}
	for i := range b.parts {
		c := &b.parts[i]
		if c.leaf >= 0 {
			weights[c.leaf] = share * times[c.leaf] / total
		} else if c.counts(times) > 0 {
			c.weigh(share/total, times, weights)
		}
	}
}
