package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// The simulated experiment.
const (
	animals     = 5
	neurons     = 24 // per animal
	repetitions = 4
)

// neuron is a simulated V1 neuron. Its mean spike count for an image is
//
//	base + gain D / (semi^2 + C)
//
// where D, the drive, is the Gabor energy at its receptive field (a complex
// cell) or the squared half-wave rectified response of one Gabor filter (a
// simple cell), and C the contrast power in the same place: contrast
// normalisation (Heeger 1992). Its spike counts are Poisson around that mean.
type neuron struct {
	field   *gabor
	complex bool
	phase   float64 // of a simple cell
	base    float64 // spikes
	gain    float64 // spikes
	semi    float64 // the contrast of half the normalisation
}

// newNeuron draws a neuron. Preferred spatial frequencies are log-uniform from
// 2 to 8 cycles per image (1 to 4 per degree), orientations uniform; half of
// the neurons are complex cells.
func newNeuron(r *rand.Rand) *neuron {
	return &neuron{
		field:   newGabor(between(r, -.25, .25), between(r, -.25, .25), between(r, 0, math.Pi), 2*math.Pow(4, r.Float64())),
		complex: r.IntN(2) == 0,
		phase:   between(r, 0, 2*math.Pi),
		base:    between(r, .2, 1),
		gain:    between(r, 15, 45),
		semi:    between(r, .15, .4),
	}
}

// mean returns the expected spike count for an image: what the neuron would
// give without noise.
func (n *neuron) mean(contrasts []float64) float64 {
	even, odd, power := n.field.see(contrasts)
	drive := even*even + odd*odd
	if !n.complex {
		sin, cos := math.Sincos(n.phase)
		half := max(0, even*cos+odd*sin)
		drive = half * half
	}
	return n.base + n.gain*drive/(n.semi*n.semi+power)
}

// population draws neurons and returns their expected counts, neuron x image.
func population(r *rand.Rand, n int, images [][]float64) [][]float64 {
	out := make([][]float64, n)
	for k := range out {
		cell := newNeuron(r)
		out[k] = make([]float64, len(images))
		for i, c := range images {
			out[k][i] = cell.mean(c)
		}
	}
	return out
}

// animal is what was recorded from one simulated animal.
type animal struct {
	name   string
	means  [][]float64 // neuron x image: expected counts, which no experiment sees
	counts []float32   // neuron x image x repetition
}

// record simulates the experiment: new neurons in every animal, and Poisson
// counts in every repetition.
func record(images [][]float64) []animal {
	out := make([]animal, animals)
	for a := range out {
		r := random(partAnimals + uint64(a))
		out[a] = animal{name: fmt.Sprintf("animal-%d", a+1), means: population(r, neurons, images)}
		for _, row := range out[a].means {
			for _, mean := range row {
				for range repetitions {
					out[a].counts = append(out[a].counts, float32(poisson(r, mean)))
				}
			}
		}
	}
	return out
}

// poisson draws a count by multiplying uniforms until they fall below
// exp(-mean) (Knuth, TAOCP vol. 2, 3.4.1), which is quick for small means.
func poisson(r *rand.Rand, mean float64) int {
	limit := math.Exp(-mean)
	n := 0
	for p := r.Float64(); p > limit; p *= r.Float64() {
		n++
	}
	return n
}
