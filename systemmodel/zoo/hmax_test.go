package zoo

import (
	"fmt"
	"math"
	"testing"
)

// Table 1 of Serre et al. (2007), which has a decimal each, one of them cut off, not rounded: 12.7 for 12.78.
func TestS1Parameters(t *testing.T) {
	sigmas := []float64{2.8, 3.6, 4.5, 5.4, 6.3, 7.3, 8.2, 9.2, 10.2, 11.3, 12.3, 13.4, 14.6, 15.8, 17.0, 18.2}
	lambdas := []float64{3.5, 4.6, 5.6, 6.8, 7.9, 9.1, 10.3, 11.5, 12.7, 14.1, 15.4, 16.8, 18.2, 19.7, 21.2, 22.8}
	pools := []int{8, 10, 12, 14, 16, 18, 20, 22}
	for scale := range sigmas {
		f := s1Filter(scale, 0)
		if f.size != 7+2*scale || f.aspect != 0.3 {
			t.Errorf("scale %d: size %d, aspect %v", scale, f.size, f.aspect)
		}
		if math.Abs(f.sigma-sigmas[scale]) > 0.051 || math.Abs(f.lambda-lambdas[scale]) > 0.08 {
			t.Errorf("size %d: sigma %.3f, lambda %.3f; the table has %v, %v", f.size, f.sigma, f.lambda, sigmas[scale], lambdas[scale])
		}
	}
	for band, want := range pools {
		if got := c1Pool(band); got != want {
			t.Errorf("band %d: pool %d, want %d", band+1, got, want)
		}
	}
}

func TestS1Weights(t *testing.T) {
	for scale := range 16 {
		for _, turns := range hmaxTurns {
			f := s1Filter(scale, turns)
			v := f.weights()
			sum := 0.0
			for _, x := range v {
				sum += x
			}
			if math.Abs(sum) > 1e-12 || math.Abs(dot(v, v)-1) > 1e-12 {
				t.Errorf("size %d: sum %g, squares %g", f.size, sum, dot(v, v))
			}
			corner := v[0]
			for _, i := range []int{f.size - 1, len(v) - 1, len(v) - f.size} {
				if v[i] != corner {
					t.Errorf("size %d: the corners differ, the mask is not round", f.size)
				}
			}
			for i, x := range v {
				if x != v[len(v)-1-i] {
					t.Fatalf("size %d: not even", f.size)
				}
			}
		}
	}
}

// The grating's own orientation wins in C1, whatever the phase, and S1 does not
// depend on contrast.
func TestHMAXPrefersItsGrating(t *testing.T) {
	const side = 64
	model, err := hmax(side, 1, someSets())
	if err != nil {
		t.Fatal(err)
	}
	p := interpret(t, model)
	bands := []int{0, 2, 7}
	if raceDetector {
		bands = bands[:1]
	}
	for _, band := range bands {
		lambda := s1Filter(2*band, 0).lambda
		for o, turns := range hmaxTurns {
			for _, phase := range []float64{0, 0.2} {
				x := grating(side, lambda, turns, phase, 0.5, 0.4)
				name := fmt.Sprintf("c1.%d", band+1)
				if got := middle(p.run("image", x, name)); argmax(got) != o {
					t.Errorf("%s, orientation %d, phase %g: channel %d wins: %.3f", name, o, phase, argmax(got), got)
				}
			}
		}
	}
	name := "s1.07"
	strong := middle(p.run("image", grating(side, 3.5, 0, 0, 0, 1), name))
	weak := middle(p.run("image", grating(side, 3.5, 0, 0, 0, 0.01), name))
	for o := range strong {
		if math.Abs(strong[o]-weak[o]) > 1e-6 {
			t.Errorf("orientation %d: %v at full contrast, %v at a hundredth", o, strong[o], weak[o])
		}
	}
	for i, v := range p.run("image", newTensor(1, 1, side, side), name).data {
		if v != 0 {
			t.Fatalf("unit %d answers black with %v", i, v)
		}
	}
}

// The graph gives what the definitions say: S1 and C1 as respond computes them
// for imprinting, C2 as the distances to the patches.
func TestHMAXGraph(t *testing.T) {
	const side = 64
	sets := someSets()
	model, err := hmax(side, 1, sets)
	if err != nil {
		t.Fatal(err)
	}
	p := interpret(t, model)
	image := leaves(newRandom(3), side)
	x := newTensor(1, 1, side, side)
	for i, v := range image {
		x.data[i] = float32(v)
	}

	// Scale 2 (11 pixels) away from the frame.
	f := s1Filter(2, hmaxTurns[1])
	inner := side - f.size + 1
	want := normalized(image, side, f, 0, inner)
	got := p.run("image", x, "s1.11")
	for y := range inner {
		for x := range inner {
			g := float64(got.data[(side+y+f.size/2)*side+x+f.size/2])
			if w := want[y*inner+x]; math.Abs(g-w) > 1e-5 {
				t.Fatalf("S1 at (%d, %d): the graph gives %v, the definition %v", x, y, g, w)
			}
		}
	}

	for band := range hmaxBands {
		n := c1Pool(band)
		if got := p.run("image", x, fmt.Sprintf("c1.%d.scales", band+1)); got.shape[1] != 4 || got.shape[2] != side {
			t.Errorf("band %d has shape %v", band+1, got.shape)
		}
		if want := 2*side/n + 1; side%(n/2) == 0 && p.run("image", x, fmt.Sprintf("c1.%d", band+1)).shape[2] != want {
			t.Errorf("band %d: want %d places", band+1, want)
		}
		if raceDetector {
			return
		}
	}

	nearest := make([]float64, sets[0].count())
	for band := range hmaxBands {
		c1 := p.run("image", x, fmt.Sprintf("c1.%d", band+1))
		for i := range nearest {
			nearest[i] = max(nearest[i], closest(c1, sets[0], i))
		}
	}
	c2 := p.run("image", x, "c2.4")
	for i, want := range nearest {
		if got := float64(c2.data[i]); math.Abs(got-want) > 1e-5 {
			t.Errorf("C2 of patch %d: the graph gives %v, the definition %v", i, got, want)
		}
	}
}

// closest is exp(-d^2 / 2) at the best place, the map continued by zeros.
func closest(c1 tensor, set patchSet, i int) float64 {
	n, rows, columns := set.size, c1.shape[2], c1.shape[3]
	best := 0.0
	for top := -n / 2; top <= rows-n/2; top++ {
		for left := -n / 2; left <= columns-n/2; left++ {
			d := 0.0
			for k, want := range set.patch(i) {
				o, y, x := k/(n*n), top+k/n%n, left+k%n
				v := 0.0
				if y >= 0 && y < rows && x >= 0 && x < columns {
					v = float64(c1.data[(o*rows+y)*columns+x])
				}
				d += (v - want) * (v - want)
			}
			best = max(best, math.Exp(-d/2))
		}
	}
	return best
}

// someSets are a few patches from one image.
func someSets() []patchSet {
	draw := newRandom(5)
	m := respond(leaves(draw, 64), 64, patchBand)
	return []patchSet{{size: 4, values: append(m.cut(0, 0, 4), m.cut(3, 2, 4)...)}}
}

// A patch that was cut is found again: in the image that it comes from, its
// place is at distance 0 up to rounding, if the frame is not near.
func TestPatchFindsItself(t *testing.T) {
	const side = 128
	draw := newRandom(9)
	image := leaves(draw, side)
	m := respond(image, side, patchBand)
	if m.side != 22 {
		t.Fatalf("the map has %d places a side, want 22", m.side)
	}
	set := patchSet{size: 4, values: m.cut(6, 8, 4)}
	c1 := tensor{[]int{1, 4, m.side, m.side}, float32s(nil, m.values)}
	if got := closest(c1, set, 0); math.Abs(got-1) > 1e-6 {
		t.Errorf("C2 is %v, want 1", got)
	}
	other := patchSet{size: 4, values: respond(leaves(draw, side), side, patchBand).cut(6, 8, 4)}
	if got := closest(c1, other, 0); got > 0.99 {
		t.Errorf("another image's patch is found too: C2 is %v", got)
	}
}

// Patches differ from one another and from seed to seed, and have no empty ones.
func TestImprint(t *testing.T) {
	if raceDetector {
		t.Skip("slow under the race detector")
	}
	one, two := imprint(1, 5), imprint(2, 5)
	for k, set := range one {
		if set.size != patchSizes[k] || set.count() != 5 {
			t.Fatalf("set %d: %d patches of size %d", k, set.count(), set.size)
		}
		for i := range set.count() {
			strongest := 0.0
			for _, v := range set.patch(i) {
				if v < 0 || v > 1 {
					t.Fatalf("a C1 unit of %v", v)
				}
				strongest = max(strongest, v)
			}
			if strongest < 0.1 {
				t.Errorf("patch %d of size %d is empty", i, set.size)
			}
			if i > 0 && fmt.Sprint(set.patch(i)) == fmt.Sprint(set.patch(0)) {
				t.Errorf("patch %d of size %d is the first", i, set.size)
			}
			if fmt.Sprint(set.patch(i)) == fmt.Sprint(two[k].patch(i)) {
				t.Errorf("patch %d of size %d is the same for two seeds", i, set.size)
			}
		}
	}
}
