package leaderboard

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestDescending holds the order against a sort by comparison, for values that lie in
// a few ranges, are equal, or are no finite numbers.
func TestDescending(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, draw := range map[string]func() float64{
		"spread":  r.NormFloat64,
		"far":     func() float64 { return math.Exp(50 * r.NormFloat64()) },
		"ties":    func() float64 { return float64(r.IntN(3)) / 7 },
		"equal":   func() float64 { return .5 },
		"tiny":    func() float64 { return float64(r.IntN(4)) * math.SmallestNonzeroFloat64 },
		"wide":    func() float64 { return r.NormFloat64() * math.MaxFloat64 / 10 },
		"unknown": func() float64 { return []float64{1, 2, math.NaN(), math.Inf(1), math.Inf(-1)}[r.IntN(5)] },
	} {
		for _, n := range []int{1, 2, 3, 17, 600} {
			d := newDescending(n)
			for range 20 {
				values := make([]float64, n)
				for i := range values {
					values[i] = draw()
				}
				var got []float64
				seen := make([]bool, n)
				for _, i := range d.order(values) {
					got, seen[i] = append(got, values[i]), true
				}
				slices.SortFunc(values, func(x, y float64) int { return cmp.Compare(y, x) })
				if !slices.EqualFunc(got, values, equal) || slices.Contains(seen, false) {
					t.Fatalf("%s: %v, want %v", name, got, values)
				}
			}
		}
	}
}

// BenchmarkDescending orders as many values as a large board has models.
func BenchmarkDescending(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	values := make([]float64, 600)
	for i := range values {
		values[i] = r.NormFloat64()
	}
	d := newDescending(len(values))
	b.ReportAllocs()
	for b.Loop() {
		d.order(values)
	}
}
