package demo

import (
	"math"
	"testing"
)

// A Poisson count has its mean as variance: the noise of the simulation is
// known because this holds.
func TestNoiseIsPoisson(t *testing.T) {
	var seen [][]float64
	for _, p := range images() {
		seen = append(seen, p.contrasts())
	}
	var z2, z float64
	n := 0
	for _, a := range record(seen) {
		k := 0
		for _, row := range a.means {
			for _, mean := range row {
				for range repetitions {
					d := (float64(a.counts[k]) - mean) / math.Sqrt(mean)
					z, z2, n, k = z+d, z2+d*d, n+1, k+1
				}
			}
		}
		if k != len(a.counts) {
			t.Fatalf("%s: %d counts, want %d", a.name, len(a.counts), k)
		}
	}
	// n = 38,400 standardised counts: their mean has a standard error of
	// 1/sqrt(n) = .005, their variance one of about sqrt(2+1/mean)/sqrt(n) < .012.
	if mean := z / float64(n); math.Abs(mean) > .02 {
		t.Errorf("mean of the standardised counts %.4f, want 0", mean)
	}
	if variance := z2 / float64(n); math.Abs(variance-1) > .05 {
		t.Errorf("variance over mean %.4f, want 1", variance)
	}
}

func TestGaborResponses(t *testing.T) {
	const theta, cycles = .6, 5
	g := newGabor(.05, -.1, theta, cycles)
	see := func(pattern func(x, y float64) float64) []float64 {
		c := make([]float64, pixels)
		for i := range c {
			c[i] = pattern(position(i))
		}
		return c
	}
	tests := []struct {
		name      string
		pattern   func(x, y float64) float64
		low, high float64 // energy
	}{
		{"its own grating", grating(theta, cycles, 0, 1), .9, 1.1},
		{"the same in another phase", grating(theta, cycles, 2, 1), .9, 1.1},
		{"half the contrast", grating(theta, cycles, 0, .5), .225, .275},
		{"across", grating(theta+math.Pi/2, cycles, 0, 1), 0, .01},
		{"another frequency", grating(theta, 3*cycles, 0, 1), 0, .01},
		{"uniform", func(x, y float64) float64 { return 1 }, 0, 1e-20},
	}
	for _, test := range tests {
		if e := g.energy(see(test.pattern)); e < test.low || e > test.high {
			t.Errorf("%s: energy %.4g, want %g to %g", test.name, e, test.low, test.high)
		}
	}
	if _, _, p := g.see(see(grating(theta, cycles, 0, 1))); math.Abs(p-1) > .05 {
		t.Errorf("contrast power of a grating of contrast 1 is %.4f, want 1", p)
	}
}

// A neuron's response saturates: doubling a high contrast changes little,
// doubling a low one nearly quadruples what exceeds the base rate.
func TestContrastNormalisation(t *testing.T) {
	n := &neuron{field: newGabor(0, 0, 0, 4), complex: true, base: 1, gain: 10, semi: .3}
	at := func(contrast float64) float64 {
		return n.mean(paint(grating(0, 4, 1, contrast)).contrasts()) - n.base
	}
	if r := at(.06) / at(.03); r < 3 || r > 4.2 {
		t.Errorf("from 3 to 6 %% contrast the response grows %.2f times, want nearly 4", r)
	}
	if r := at(1) / at(.5); r < 1 || r > 1.4 {
		t.Errorf("from 50 to 100 %% contrast the response grows %.2f times, want little", r)
	}
}

// The task must be neither hopeless nor plain for anybody, or kappa is undefined.
func TestObserversErrSometimes(t *testing.T) {
	trials := task()
	var seen [][]float64
	for _, tr := range trials {
		seen = append(seen, tr.image.contrasts())
	}
	for o, choices := range observe(trials, seen) {
		right := map[string]int{}
		for i, c := range choices {
			if c == trials[i].truth {
				right[trials[i].condition]++
			}
		}
		for condition, n := range right {
			if share := float64(n) / float64(len(trials)/len(right)); share < .35 || share > .9 {
				t.Errorf("observer %d is right on %.2f of the images with %s noise", o+1, share, condition)
			}
		}
	}
}
