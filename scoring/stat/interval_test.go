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

// TestTailsNear: the same bits as of sorted values, whatever was guessed, and a
// good guess is taken.
func TestTailsNear(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	nan, inf := math.NaN(), math.Inf(1)
	for _, n := range []int{0, 1, 2, 3, 40, 41, 499, 500} {
		for _, q := range []float64{0, .025, .25, .4} {
			for _, kind := range []string{"plain", "ties", "some infinite"} {
				x := make([]float32, n)
				var sorted []float64 // those that are finite
				for i := range x {
					x[i] = float32(rng.NormFloat64())
					switch {
					case kind == "ties":
						x[i] = float32(math.Round(float64(x[i])))
					case kind == "some infinite" && i%5 == 0:
						x[i] = float32([]float64{nan, inf, -inf}[i%3])
						continue
					}
					sorted = append(sorted, float64(x[i]))
				}
				slices.Sort(sorted)
				low, high := Quantile(sorted, q), Quantile(sorted, 1-q)
				for _, guess := range [][2]float64{
					{low, high}, {low + 1e-9, high + 1e-9}, {low - 1e-9, high - 1e-9}, {high, low}, {low, 0}, {0, high}, {low, low},
					{-3, 3}, {nan, nan}, {low, nan}, {inf, -inf}, {-inf, inf},
				} {
					l, h, ok := TailsNear(x, q, guess[0], guess[1])
					if ok && (l != low || h != high) {
						t.Errorf("%d values, %s, %v, guess %v: %v and %v, want %v and %v", n, kind, q, guess, l, h, low, high)
					}
					if !ok && guess == [2]float64{low, high} && n >= 40 && q == .025 && kind != "ties" {
						t.Errorf("%d values, %s: the quantiles are no good guess", n, kind)
					}
				}
			}
		}
	}
}

func BenchmarkTails(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	x, room := make([]float64, 500), make([]float64, 500)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	low, high := Tails(slices.Clone(x), .025)
	single := make([]float32, len(x))
	for i := range x {
		single[i] = float32(x[i])
	}
	b.Run("any", func(b *testing.B) {
		for b.Loop() {
			copy(room, x)
			Tails(room, .025)
		}
	})
	b.Run("near", func(b *testing.B) {
		for b.Loop() {
			TailsNear(single, .025, low, high)
		}
	})
}
