package readout

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/assembly"
)

// problem is the function of that name in testdata/probabilities.py.
func problem(seed uint64, n, units, labels int) (*assembly.Activations, []string) {
	s := lcg(seed)
	x := &assembly.Activations{Stimuli: n, Units: units, Float64: make([]float64, n*units)}
	for i := range x.Float64 {
		j := i % units
		x.Float64[i] = float64(s.draw())/float64(int(1)<<(8+j%5)) + float64(j%7)
	}
	y := make([]string, n)
	for i := range y {
		k := i * 7 % labels
		x.Float64[i*units+k] += 3
		x.Float64[i*units+units-1] = 0.1
		y[i] = strconv.Itoa(k)
	}
	return x, y
}

// rows returns the stimuli from lo to hi.
func rows(x *assembly.Activations, lo, hi int) *assembly.Activations {
	return &assembly.Activations{Stimuli: hi - lo, Units: x.Units, Float64: x.Float64[lo*x.Units : hi*x.Units]}
}

type golden struct {
	Fits []struct {
		Seed                   uint64
		Stimuli, Units, Labels int
		C                      float64
		Probabilities          [][]float64
	}
	Triplets [][3]int
	Odd      map[Similarity][]int
}

// TestProbabilitiesGolden compares with scikit-learn.
func TestProbabilitiesGolden(t *testing.T) {
	var g golden
	readGolden(t, "probabilities.json", &g) // testdata/probabilities.py
	if len(g.Fits) != 7 {
		t.Fatalf("%d fits", len(g.Fits))
	}
	for _, f := range g.Fits {
		x, y := problem(f.Seed, f.Stimuli+5, f.Units, f.Labels)
		p, err := FitProbabilities(t.Context(), rows(x, 0, f.Stimuli), y[:f.Stimuli], f.C)
		if err != nil {
			t.Errorf("seed %d: %v", f.Seed, err)
			continue
		}
		got, err := p.Of(rows(x, f.Stimuli, f.Stimuli+5))
		if err != nil {
			t.Fatal(err)
		}
		worst := 0.0
		for i, row := range got {
			for j, label := range p.Labels() {
				k, _ := strconv.Atoi(label)
				worst = max(worst, math.Abs(row[j]-f.Probabilities[i][k]))
			}
		}
		t.Logf("%d x %d, %d labels, C = %g: %.1e from scikit-learn", f.Stimuli, f.Units, f.Labels, f.C, worst)
		// scikit-learn leaves a gradient of up to 4e-8 (1e-8 where C = 10), and weights are
		// off by C times that or less.
		if !(worst < max(1e-8, 1e-7*f.C)) {
			t.Errorf("seed %d: off by %g", f.Seed, worst)
		}
	}
}

// TestProbabilitiesOptimum: at the optimum, intercepts have no gradient, so mean
// probabilities are the labels' shares; rows have the sum 1; float32 will do.
func TestProbabilitiesOptimum(t *testing.T) {
	x, y := problem(11, 90, 700, 6)
	for i := range y {
		if i%3 == 0 {
			y[i] = "0" // labels of unlike number
		}
	}
	single := &assembly.Activations{Stimuli: x.Stimuli, Units: x.Units, Float32: make([]float32, len(x.Float64))}
	for i, v := range x.Float64 {
		single.Float32[i] = float32(v)
	}
	p, err := FitProbabilities(t.Context(), single, y, DefaultC)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Of(single)
	if err != nil {
		t.Fatal(err)
	}
	for j, label := range p.Labels() {
		share, mean := 0.0, 0.0
		for i := range got {
			mean += got[i][j]
			if y[i] == label {
				share++
			}
		}
		if math.Abs(share-mean) > 1e-7 {
			t.Errorf("%s: %g stimuli, %g expected", label, share, mean)
		}
	}
	for i, row := range got {
		sum := 0.0
		for _, v := range row {
			sum += v
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Errorf("stimulus %d: the probabilities have the sum %g", i, sum)
		}
	}
}

// TestProbabilitiesConstant: units that say nothing leave the shares of labels.
func TestProbabilitiesConstant(t *testing.T) {
	x := &assembly.Activations{Stimuli: 4, Units: 2, Float64: []float64{.1, 5, .1, 5, .1, 5, .1, 5}}
	p, err := FitProbabilities(t.Context(), x, []string{"b", "a", "b", "b"}, DefaultC)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(p.Labels(), []string{"b", "a"}) {
		t.Errorf("labels %q", p.Labels())
	}
	got, err := p.Of(rows(x, 0, 1))
	if err != nil || math.Abs(got[0][0]-.75) > 1e-9 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestProbabilitiesRefuses(t *testing.T) {
	x, y := problem(1, 12, 5, 3)
	bad, _ := problem(1, 12, 5, 3)
	bad.Float64[7] = math.NaN()
	for name, c := range map[string]struct {
		x    *assembly.Activations
		y    []string
		c    float64
		want string
	}{
		"labels":     {x, y[:11], 1, "11 labels for the activations of 12 stimuli"},
		"one label":  {x, slices.Repeat([]string{"a"}, 12), 1, "1 labels"},
		"NaN":        {bad, y, 1, "unit 2 has the activation NaN for stimulus 1"},
		"no penalty": {x, y, 0, "not above 0"},
		"C is NaN":   {x, y, math.NaN(), "not above 0"},
		"no units":   {&assembly.Activations{Stimuli: 12}, y, 1, "no activations"},
		"too large":  {&assembly.Activations{Stimuli: 1 << 15, Units: 1 << 15}, append(y, make([]string, 1<<15-12)...), 1, "too many"},
	} {
		if _, err := FitProbabilities(t.Context(), c.x, c.y, c.c); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := FitProbabilities(over, x, y, 1); err == nil {
		t.Error("a fit goes on after its context")
	}
	p, err := FitProbabilities(t.Context(), x, y, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Of(bad); err == nil {
		t.Error("NaN has a probability")
	}
	if _, err := p.Of(&assembly.Activations{Stimuli: 1, Units: 4, Float64: make([]float64, 4)}); err == nil {
		t.Error("other units have probabilities")
	}
	if got, err := p.Of(&assembly.Activations{Units: 5}); err != nil || len(got) != 0 {
		t.Errorf("no stimuli: %v, %v", got, err)
	}
}

// BenchmarkFitProbabilities fits 24 objects to 2,160 images, as for Rajalingham et al. (2018).
func BenchmarkFitProbabilities(b *testing.B) {
	x, y := problem(3, 2160, 4096, 24)
	for b.Loop() {
		if _, err := FitProbabilities(b.Context(), x, y, DefaultC); err != nil {
			b.Fatal(err)
		}
	}
}
