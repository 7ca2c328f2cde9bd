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

// TestQuantileNear: the same bits as of sorted values, whatever was guessed, and
// a good guess is taken.
func TestQuantileNear(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	taken := 0
	for _, n := range []int{0, 1, 2, 3, 40, 41, 499, 500} {
		for _, q := range []float64{0, .025, .5, .975, 1} {
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
				want := Quantile(sorted, q)
				for _, guess := range []float64{want, want + 1e-9, want - 1e-9, 0, 3, math.NaN(), math.Inf(1), math.Inf(-1)} {
					got, ok := QuantileNear(x, q, guess)
					if ok && got != want {
						t.Errorf("%d values, %v, guess %v: %v, want %v", n, q, guess, got, want)
					}
					if ok && guess == want && n == 500 {
						taken++
					}
				}
			}
		}
	}
	if taken < 3 {
		t.Errorf("%d good guesses are taken", taken)
	}
}

func BenchmarkTails(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	x, room := make([]float64, 500), make([]float64, 500)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	low, high := Tails(slices.Clone(x), .025)
	b.Run("any", func(b *testing.B) {
		for b.Loop() {
			copy(room, x)
			Tails(room, .025)
		}
	})
	b.Run("near", func(b *testing.B) {
		for b.Loop() {
			QuantileNear(x, .025, low)
			QuantileNear(x, 1-.025, high)
		}
	})
}
