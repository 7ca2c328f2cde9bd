package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestTails: the same bits as by sorting, ties included.
func TestTails(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 3, 7, 8, 40, 41, 100, 499, 500, 501, 2000} {
		for _, q := range []float64{0, .025, .05, .25, .4} {
			for _, ties := range []bool{false, true} {
				x := make([]float64, n)
				for i := range x {
					x[i] = rng.NormFloat64()
					if ties {
						x[i] = math.Round(x[i])
					}
				}
				sorted := slices.Clone(x)
				slices.Sort(sorted)
				low, high := Tails(x, q)
				if wl, wh := Quantile(sorted, q), Quantile(sorted, 1-q); !(low == wl && high == wh || n == 0 && math.IsNaN(low) && math.IsNaN(high)) {
					t.Errorf("%d values, %v: %v and %v, want %v and %v", n, q, low, high, wl, wh)
				}
			}
		}
	}
}
