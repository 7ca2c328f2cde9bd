package split

import (
	"maps"
	"math"
	"slices"
)

// classes returns, per distinct label in sorted order, the indices that carry
// it in ascending order, and the sorted labels.
func classes(labels []string) (members [][]int, names []string) {
	byName := map[string][]int{}
	for i, l := range labels {
		byName[l] = append(byName[l], i)
	}
	names = slices.Sorted(maps.Keys(byName))
	for _, l := range names {
		members = append(members, byName[l])
	}
	return members, names
}

// approximateMode returns how many of the given number of draws fall to each
// class in the most probable outcome of drawing from counts without
// replacement: the rounded-down shares, the remaining draws going to the
// largest fractions and among equal fractions to a random choice. It is
// scikit-learn's _approximate_mode, whose use of the generator it repeats.
func approximateMode(counts []int, draws int, rng *RandomState) []int {
	total := 0
	for _, c := range counts {
		total += c
	}
	out := make([]int, len(counts))
	fraction := make([]float64, len(counts))
	left := draws
	for c, n := range counts {
		share := float64(n) / float64(total) * float64(draws)
		floor := math.Floor(share)
		out[c] = int(floor)
		fraction[c] = share - floor
		left -= out[c]
	}
	if left <= 0 {
		return out
	}
	levels := slices.Clone(fraction)
	slices.Sort(levels)
	levels = slices.Compact(levels)
	for _, level := range slices.Backward(levels) {
		var tied []int
		for c, f := range fraction {
			if f == level {
				tied = append(tied, c)
			}
		}
		add := min(len(tied), left)
		for _, k := range rng.Choice(len(tied), add) {
			out[tied[k]]++
		}
		if left -= add; left == 0 {
			break
		}
	}
	return out
}
