// Package stat has the few statistics that scores rest on, each with an
// explicit policy for ties and NaN, because gonum's differ from the ones that
// the field's Python code uses: it has no Spearman, its Kendall counts ties as
// concordant and its quantiles are not NumPy's.
package stat

import (
	"cmp"
	"math"
	"slices"
)

// Ranks writes the ranks of x, from 1, into dst and returns it; dst is
// allocated where nil. Ties share the mean of their ranks, as in
// scipy.stats.rankdata(method="average"). x must hold no NaN.
func Ranks(dst, x []float64) []float64 {
	if dst == nil {
		dst = make([]float64, len(x))
	}
	if len(dst) != len(x) {
		panic("stat: lengths differ")
	}
	order := Order(x)
	for i := 0; i < len(order); {
		j := i + 1
		for j < len(order) && x[order[j]] == x[order[i]] {
			j++
		}
		mean := float64(i+j+1) / 2
		for _, k := range order[i:j] {
			dst[k] = mean
		}
		i = j
	}
	return dst
}

// Order returns the indices that sort x ascending; equal values keep their order.
func Order(x []float64) []int {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(x[a], x[b]), cmp.Compare(a, b))
	})
	return order
}

// Mean returns the arithmetic mean, NaN for no values. A NaN among the values
// gives NaN; see [Finite] to drop them.
func Mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// Std returns the population standard deviation (divisor n), as numpy.std
// does; NaN for no values and where they are too large to be summed.
func Std(x []float64) float64 {
	m := Mean(x)
	sum, largest := 0.0, 0.0
	for _, v := range x {
		d := v - m
		sum += float64(d * d)
		if d = math.Abs(d); d > largest {
			largest = d
		}
	}
	scale := Scale(largest)
	if scale != 1 {
		sum = 0
		for _, v := range x {
			d := (v - m) * scale
			sum += float64(d * d)
		}
	}
	return math.Sqrt(sum/float64(len(x))) / scale
}

// SampleStd returns the sample standard deviation (divisor n-1); NaN for fewer
// than two values.
func SampleStd(x []float64) float64 {
	n := float64(len(x))
	if n < 2 {
		return math.NaN()
	}
	return Std(x) * math.Sqrt(n/(n-1))
}

// Finite returns the values that are neither NaN nor infinite and how many were.
func Finite(x []float64) (kept []float64, dropped int) {
	kept = make([]float64, 0, len(x))
	for _, v := range x {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			kept = append(kept, v)
		}
	}
	return kept, len(x) - len(kept)
}

// Spearman returns the rank correlation: [Pearson] of [Ranks], so ties share
// their mean rank, as in scipy.stats.spearmanr. NaN as for Pearson.
func Spearman(x, y []float64) float64 {
	for i := range x {
		if math.IsNaN(x[i]) || math.IsNaN(y[i]) {
			return math.NaN()
		}
	}
	return Pearson(Ranks(nil, x), Ranks(nil, y))
}

// Quantile returns the q-quantile, 0 <= q <= 1, of values sorted ascending,
// interpolating linearly between order statistics at (n-1)q as numpy.quantile
// does by default. NaN for no values.
func Quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := float64(q * float64(len(sorted)-1)) // rounded here on every processor, as all below
	i := int(at)
	if i >= len(sorted)-1 {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + float64((at-float64(i))*(sorted[i+1]-sorted[i]))
}

// SpearmanBrown returns 2r/(1+r): the reliability of two halves taken together
// whose correlation is r; -Inf for r = -1.
func SpearmanBrown(r float64) float64 { return 2 * r / (1 + r) }
