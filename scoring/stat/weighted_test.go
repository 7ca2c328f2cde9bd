package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

// expand repeats value i w[i] times.
func expand(x, w []float64) []float64 {
	var out []float64
	for i, v := range x {
		for range int(w[i]) {
			out = append(out, v)
		}
	}
	return out
}

// TestWeightsRepeatValues: a weight is a number of copies, so every weighted
// statistic must equal the plain one of the expanded data. Small integers make
// ties, and weights of 0 are as frequent as in a bootstrap replicate.
func TestWeightsRepeatValues(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	defined := 0
	for trial := range 500 {
		n := 1 + rng.IntN(12)
		x, y, w := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range n {
			x[i], y[i], w[i] = float64(rng.IntN(6)), float64(rng.IntN(6))/4, float64(rng.IntN(4))
		}
		ex, ey := expand(x, w), expand(y, w)

		ranks := make([]float64, n)
		NewRanker(x).Ranks(ranks, w)
		want, at := Ranks(nil, ex), 0
		for i := range n {
			for range int(w[i]) {
				if ranks[i] != want[at] {
					t.Fatalf("trial %d: x %v, weights %v: the rank of value %d is %v, expanded %v", trial, x, w, i, ranks[i], want[at])
				}
				at++
			}
		}
		if got, want := WeightedMean(x, w), Mean(ex); !near(got, want, 1e-14) {
			t.Fatalf("trial %d: x %v, weights %v: mean %v, expanded %v", trial, x, w, got, want)
		}
		got, plain := WeightedPearson(x, y, w), Pearson(ex, ey)
		if !near(got, plain, 1e-14) {
			t.Fatalf("trial %d: x %v, y %v, weights %v: r = %v, expanded %v", trial, x, y, w, got, plain)
		}
		if !math.IsNaN(got) {
			defined++
		}
	}
	if defined < 300 {
		t.Errorf("only %d of 500 trials had a correlation: the comparison says little", defined)
	}
}

// TestRankerIsReusable: ranks under one weighting leave nothing behind for the next.
func TestRankerIsReusable(t *testing.T) {
	r := NewRanker(u)
	dst, ones := make([]float64, len(u)), make([]float64, len(u))
	for i := range ones {
		ones[i] = 1
		dst[i] = float64(i % 3)
	}
	r.Ranks(make([]float64, len(u)), dst)
	r.Ranks(dst, ones)
	want := Ranks(nil, u)
	for i := range dst {
		if dst[i] != want[i] {
			t.Fatalf("rank %d: %v, want %v", i, dst[i], want[i])
		}
	}
}

func TestNoWeight(t *testing.T) {
	x, zero := []float64{1, 2, 3}, make([]float64, 3)
	if m := WeightedMean(x, zero); !math.IsNaN(m) {
		t.Errorf("mean %v", m)
	}
	if r := WeightedPearson(x, x, zero); !math.IsNaN(r) {
		t.Errorf("r = %v", r)
	}
}
