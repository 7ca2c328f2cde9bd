package stat

import (
	"math"
	"slices"
)

// Median returns the median of the entries of v that are not NaN, the mean of
// the middle two if their number is even, and NaN if there are none. It
// reorders v.
func Median(v []float64) float64 {
	n := 0
	for _, x := range v {
		if !math.IsNaN(x) {
			v[n] = x
			n++
		}
	}
	v = v[:n]
	if n == 0 {
		return math.NaN()
	}
	upper := selectNth(v, n/2)
	if n%2 == 1 {
		return upper
	}
	return (slices.Max(v[:n/2]) + upper) / 2
}

// selectNth returns the k-th smallest entry and moves smaller ones before it.
// Hoare, "Algorithm 65: find" (1961).
func selectNth(v []float64, k int) float64 {
	lo, hi := 0, len(v)-1
	for lo < hi {
		pivot := v[lo+(hi-lo)/2]
		i, j := lo, hi
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for pivot < v[j] {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		if k <= j {
			hi = j
		} else if k >= i {
			lo = i
		} else {
			break
		}
	}
	return v[k]
}
