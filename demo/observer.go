package demo

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/bsgen/bsgen/scoring/stat"
)

// observers is the number of simulated observers.
const observers = 6

// readout sums Gabor energy for each of the four orientations of the task over
// a grid of places.
type readout [][]*gabor

// newReadout returns a readout at one spatial frequency with per x per places.
func newReadout(cycles float64, per int) readout {
	out := make(readout, len(labels))
	for k := range out {
		for i := range per * per {
			x, y := grid(i, per)
			out[k] = append(out[k], newGabor(x, y, math.Pi*float64(k)/float64(len(out)), cycles))
		}
	}
	return out
}

// grid returns the places of a per x per grid in the middle of the image.
func grid(i, per int) (x, y float64) {
	step := .5 / float64(per)
	return (float64(i%per)+.5)*step - .25, (float64(i/per)+.5)*step - .25
}

// evidence returns the energy of each orientation.
func (ro readout) evidence(contrasts []float64) []float64 {
	out := make([]float64, len(ro))
	for k, fields := range ro {
		for _, g := range fields {
			out[k] += g.energy(contrasts)
		}
	}
	return out
}

// observe returns the choices of every simulated observer, observer x trial.
// An observer takes the orientation of largest Gabor energy after adding noise
// of its own: the noise in the images is common to all and makes them err on
// the same images, their own noise keeps them from agreeing fully.
func observe(trials []trial, images [][]float64) [][]int {
	eye := newReadout(taskCycles, 3)
	evidence := make([][]float64, len(trials))
	var all []float64
	for i := range trials {
		evidence[i] = eye.evidence(images[i])
		all = append(all, evidence[i]...)
	}
	sd := stat.Std(all)
	out := make([][]int, observers)
	for o := range out {
		r := random(partObservers + uint64(o))
		// From 15 % to 30 % of the spread of the evidence over images.
		internal := sd * (.15 + .15*float64(o)/(observers-1))
		for i := range trials {
			out[o] = append(out[o], choose(evidence[i], func() float64 { return internal * r.NormFloat64() }))
		}
	}
	return out
}

// choose returns the index of the largest value after noise.
func choose(evidence []float64, noise func() float64) int {
	best, top := 0, math.Inf(-1)
	for k, e := range evidence {
		if e += noise(); e > top {
			best, top = k, e
		}
	}
	return best
}

// noiseless is the noise of a model that has none.
func noiseless() float64 { return 0 }

// observerCSV writes one observer's trials in a random order, as an experiment
// would have shown them.
func observerCSV(r *rand.Rand, name string, trials []trial, choices []int) ([]byte, error) {
	rows := [][]string{{"subject", "trial", "condition", "orientation", "choice", "image"}}
	for n, i := range r.Perm(len(trials)) {
		t := trials[i]
		rows = append(rows, []string{name, fmt.Sprint(n + 1), t.condition, labels[t.truth], labels[choices[i]], t.name + ".png"})
	}
	return table(rows)
}

// choicesCSV writes a model's choices.
func choicesCSV(trials []trial, choices []int) ([]byte, error) {
	rows := [][]string{{"stimulus", "choice"}}
	for i, t := range trials {
		rows = append(rows, []string{t.name, labels[choices[i]]})
	}
	return table(rows)
}

func table(rows [][]string) ([]byte, error) {
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	if err := w.WriteAll(rows); err != nil {
		return nil, fmt.Errorf("write a table: %w", err)
	}
	return buf.Bytes(), nil
}
