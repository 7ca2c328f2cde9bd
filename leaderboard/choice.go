package leaderboard

import (
	"cmp"
	"slices"

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
	values := make([][]float64, len(leaves)) // by leaf, then model
	times := map[*Node]float64{}             // how often a leaf counts
	for l, leaf := range leaves {
		times[leaf] = 1
		for _, row := range r.Ranked {
			values[l] = append(values[l], leaf.Cell(row.Model.ID).Value)
		}
	}
	samplers := samplers(r.Node)
	held := make([]uint16, m*m) // how often each model has each rank, from the first
	weights, scores, order := map[*Node]float64{}, make([]float64, m), make([]int, m)
	for d := range draws {
		if out.Resampled {
			for _, s := range samplers {
				s.draw(d, times)
			}
		} else {
			times[leaves[max(0, d-1)]] = 1
			times[leaves[d]] = 0
		}
		clear(weights)
		weigh(r.Node, 1, times, weights)
		for i := range scores {
			scores[i], order[i] = 0, i
		}
		for l, leaf := range leaves {
			w := weights[leaf]
			for i, v := range values[l] {
				scores[i] += w * v
			}
		}
		slices.SortFunc(order, func(x, y int) int { return cmp.Compare(scores[y], scores[x]) })
		rank := 0
		for k, i := range order {
			if k > 0 && scores[i] != scores[order[k-1]] {
				rank = k
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
	leaves  []*Node
	sampler resample.Sampler
	counts  []float64
}

// draw draws them anew, with replacement.
func (s *siblings) draw(d int, times map[*Node]float64) {
	s.sampler.Counts(d, s.counts)
	for i, leaf := range s.leaves {
		times[leaf] = s.counts[i]
	}
}

// samplers returns the siblings at and below n.
func samplers(n *Node) []*siblings {
	var out []*siblings
	var own siblings
	var names []string
	for _, c := range n.CountedChildren() {
		if c.Benchmark == nil {
			out = append(out, samplers(c)...)
			continue
		}
		own.leaves, names = append(own.leaves, c), append(names, c.ID)
	}
	if len(names) > 0 {
		own.sampler, own.counts = resample.New("benchmarks", names), make([]float64, len(names))
		out = append(out, &own)
	}
	return out
}

// weigh divides a share among the children that count: benchmarks by how often
// they do, inner nodes equally while one of their benchmarks does.
func weigh(n *Node, share float64, times, weights map[*Node]float64) {
	total := 0.0
	var present []*Node
	for _, c := range n.CountedChildren() {
		switch {
		case c.Benchmark != nil:
			total += times[c]
			present = append(present, c)
		case slices.ContainsFunc(c.Leaves(), func(leaf *Node) bool { return leaf.Counted && times[leaf] > 0 }):
			total++
			present = append(present, c)
		}
	}
	if total == 0 {
		return
	}
	for _, c := range present {
		if c.Benchmark != nil {
			weights[c] = share * times[c] / total
		} else {
			weigh(c, share/total, times, weights)
		}
	}
}
