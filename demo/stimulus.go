package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// seed makes the archive. Another one gives other images, animals and noise,
// and scores that differ within their intervals.
const seed = 20260101

// random returns the generator of one part of the archive, so that a change to
// one part leaves the others as they are.
func random(part uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, part)) }

// The parts that draw random numbers. Every simulated animal and observer has
// one of its own, counted from the last two.
const (
	partImages uint64 = iota
	partDots
	partNoise
	partTask
	partTruth
	partChanceActivations
	partChanceChoices
	partOrder
	partAnimals   = 100
	partObservers = 200
)

// between draws from a uniform distribution.
func between(r *rand.Rand, low, high float64) float64 { return low + (high-low)*r.Float64() }

// grating returns a sine grating. Theta is the direction of its bars in
// radians: 0 is horizontal, pi/2 vertical.
func grating(theta, cycles, phase, contrast float64) func(x, y float64) float64 {
	sin, cos := math.Sincos(theta)
	return func(x, y float64) float64 {
		return contrast * math.Cos(2*math.Pi*cycles*(y*cos-x*sin)+phase)
	}
}

// edge returns a border between dark and bright at a distance from the centre.
func edge(theta, offset, contrast float64) func(x, y float64) float64 {
	sin, cos := math.Sincos(theta)
	return func(x, y float64) float64 { return math.Copysign(contrast, y*cos-x*sin-offset) }
}

// dots returns bright and dark discs at random places.
func dots(r *rand.Rand, n int, radius, contrast float64) func(x, y float64) float64 {
	type dot struct{ x, y, contrast float64 }
	all := make([]dot, n)
	for i := range all {
		all[i] = dot{between(r, -.35, .35), between(r, -.35, .35), contrast}
		if r.IntN(2) == 0 {
			all[i].contrast = -contrast
		}
	}
	return func(x, y float64) float64 {
		for _, d := range all {
			if math.Hypot(x-d.x, y-d.y) <= radius {
				return d.contrast
			}
		}
		return 0
	}
}

// noise returns squares of grain pixels whose contrasts are normal with the
// given standard deviation.
func noise(r *rand.Rand, grain int, sd float64) func(x, y float64) float64 {
	across := (side + grain - 1) / grain
	values := make([]float64, across*across)
	for i := range values {
		values[i] = sd * r.NormFloat64()
	}
	at := func(x float64) int { return int((x+.5)*side) / grain }
	return func(x, y float64) float64 { return values[at(y)*across+at(x)] }
}

// sum adds two patterns.
func sum(a, b func(x, y float64) float64) func(x, y float64) float64 {
	return func(x, y float64) float64 { return a(x, y) + b(x, y) }
}

// versions is how many images each pattern gives.
const versions = 8

// images returns the stimuli of the neural benchmark: ten patterns in eight
// versions each, which differ in contrast and a little in place, phase or
// angle, so that there are pairs of images that anything finds alike, pairs that
// only a phase-invariant code finds alike, and pairs that nothing does. There
// are four gratings, two plaids, two edges, dots and noise, in that order.
func images() []*picture {
	r := random(partImages)
	jitter := func(by float64) float64 { return between(r, -by, by) }
	contrast := func() float64 { return between(r, .3, 1) }
	var out []*picture
	add := func(pattern func() func(x, y float64) float64) {
		for range versions {
			out = append(out, paint(pattern()))
		}
	}
	for k, cycles := range []float64{2.5, 4, 5.5, 3} {
		phase := between(r, 0, 2*math.Pi)
		add(func() func(x, y float64) float64 {
			return grating(math.Pi*float64(k)/4+jitter(.15), cycles, phase+jitter(math.Pi/2), contrast())
		})
	}
	for k := range 2 {
		theta, first, second := math.Pi*(float64(k)/2+.125), between(r, 0, 2*math.Pi), between(r, 0, 2*math.Pi)
		add(func() func(x, y float64) float64 {
			c := contrast() / 2
			return sum(grating(theta+jitter(.15), 3, first+jitter(math.Pi/2), c),
				grating(theta+math.Pi/3+jitter(.15), 4, second+jitter(math.Pi/2), c))
		})
	}
	for k := range 2 {
		add(func() func(x, y float64) float64 {
			return edge(math.Pi*(float64(k)/2+.25)+jitter(.3), jitter(.15), contrast())
		})
	}
	add(func() func(x, y float64) float64 {
		// The same dots every time, a little moved.
		same, dx, dy := random(partDots), jitter(.04), jitter(.04)
		pattern := dots(same, 12, .07, contrast())
		return func(x, y float64) float64 { return pattern(x-dx, y-dy) }
	})
	add(func() func(x, y float64) float64 {
		// The same noise every time, with some more on top.
		same := random(partNoise)
		c := contrast()
		return sum(noise(same, 2, .35*c), noise(r, 2, .15*c))
	})
	return out
}

// trial is one image of the behavioural task.
type trial struct {
	name      string
	condition string
	truth     int // index into labels
	image     *picture
}

// labels are the answers of the behavioural task, 45 degrees apart from 0 on.
var labels = []string{"horizontal", "right-oblique", "vertical", "left-oblique"}

// taskCycles is the spatial frequency of the task's gratings.
const taskCycles = 4

// task returns the images of the behavioural benchmark: gratings of four
// orientations in fine and in coarse noise, with contrasts from hopeless to
// plain, so that some images are hard for whoever looks at them. The phase of a
// grating is random, up to a quarter of a cycle to both sides.
func task() []trial {
	r := random(partTask)
	var out []trial
	for _, c := range []struct {
		condition string
		grain     int     // pixels
		low, high float64 // contrast
	}{{"fine", 1, .015, .15}, {"coarse", 2, .03, .3}} {
		for k := range 120 {
			truth := k % len(labels)
			contrast := c.low * math.Pow(c.high/c.low, r.Float64())
			g := grating(math.Pi*float64(truth)/float64(len(labels)), taskCycles, between(r, -math.Pi/2, math.Pi/2), contrast)
			out = append(out, trial{
				name:      fmt.Sprintf("%s-%03d", c.condition, k+1),
				condition: c.condition,
				truth:     truth,
				image:     paint(sum(g, noise(r, c.grain, .35))),
			})
		}
	}
	return out
}
