package readout

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/assembly"
)

// TestOddOneOutGolden compares with NumPy.
func TestOddOneOutGolden(t *testing.T) {
	var g golden
	readGolden(t, "probabilities.json", &g) // testdata/probabilities.py
	x := &assembly.Activations{Stimuli: 40, Units: 12, Float64: make([]float64, 40*12)}
	s := lcg(9)
	for i := range x.Float64 {
		x.Float64[i] = float64(s.draw()) / 1024 * float64(int(1)<<(i/12%3))
	}
	for _, similarity := range []Similarity{Dot, Cosine} {
		got, err := OddOneOut(x, g.Triplets, similarity)
		if err != nil || len(got) < 30 || !slices.Equal(got, g.Odd[similarity]) {
			t.Errorf("%s: %v, want %v (%v)", similarity, got, g.Odd[similarity], err)
		}
	}
	if slices.Equal(g.Odd[Dot], g.Odd[Cosine]) {
		t.Error("the reference does not tell the similarities apart")
	}
}

func TestOddOneOut(t *testing.T) {
	x := &assembly.Activations{Stimuli: 5, Units: 2, Float32: []float32{1, 0, 1, .1, 0, 1, 30, 30, 1, 0}}
	for _, c := range []struct {
		triplet    [3]int
		similarity Similarity
		want       int
	}{
		{[3]int{0, 1, 2}, Dot, 2}, // the pair 0,1 leaves 2
		{[3]int{0, 2, 1}, Dot, 2}, // wherever it stands
		{[3]int{2, 0, 1}, Dot, 2},
		{[3]int{0, 1, 3}, Dot, 0},    // a long vector is like everything
		{[3]int{0, 1, 3}, Cosine, 3}, // but by its direction
		{[3]int{4, 0, 2}, Cosine, 2}, // equal vectors
	} {
		got, err := OddOneOut(x, [][3]int{c.triplet}, c.similarity)
		if err != nil || got[0] != c.want {
			t.Errorf("%v, %s: %v, want %d (%v)", c.triplet, c.similarity, got, c.want, err)
		}
	}
	same := &assembly.Activations{Stimuli: 3, Units: 1, Float64: []float64{1, 1, 1}}
	if got, err := OddOneOut(same, [][3]int{{1, 0, 2}}, Dot); err != nil || got[0] != 2 {
		t.Errorf("a tie: %v, want the third (%v)", got, err)
	}
}

func TestOddOneOutRefuses(t *testing.T) {
	x := &assembly.Activations{Stimuli: 4, Units: 1, Float64: []float64{1, 2, 0, math.NaN()}}
	for name, c := range map[string]struct {
		triplet    [3]int
		similarity Similarity
		want       string
	}{
		"twice":          {[3]int{0, 1, 0}, Dot, "twice"},
		"no such":        {[3]int{0, 1, 4}, Dot, "no stimulus 4 of 4"},
		"negative":       {[3]int{-1, 1, 2}, Dot, "no stimulus -1 of 4"},
		"NaN":            {[3]int{0, 1, 3}, Dot, "stimulus 3 is not finite"},
		"zero":           {[3]int{0, 1, 2}, Cosine, "stimulus 2 are 0"},
		"another metric": {[3]int{0, 1, 2}, "euclid", "dot or cosine"},
	} {
		if _, err := OddOneOut(x, [][3]int{c.triplet}, c.similarity); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := OddOneOut(&assembly.Activations{Stimuli: 3}, [][3]int{{0, 1, 2}}, Dot); err == nil {
		t.Error("no units")
	}
}
