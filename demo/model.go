package demo

import "math"

// responder is one of the demo's models.
type responder struct {
	id          string
	activations func(images [][]float64) (units int, values []float32) // image x unit
	choices     func(images [][]float64) []int
}

// models are in their known order, the best first.
var models = []responder{
	{"gabor-energy", gaborActivations, gaborChoices},
	{"pixels", pixelActivations, pixelChoices},
	{"chance", chanceActivations, chanceChoices},
}

// gaborActivations is the square root of Gabor energy on a regular grid. It
// differs from the simulated neurons: two frequencies and four orientations
// instead of all, no simple cells, no contrast normalisation, no base rate.
func gaborActivations(images [][]float64) (int, []float32) {
	var bank []*gabor
	const orientations, per = 4, 3
	for _, cycles := range []float64{3, 6} {
		for k := range orientations {
			for i := range per * per {
				x, y := grid(i, per)
				bank = append(bank, newGabor(x, y, math.Pi*(float64(k)+.5)/orientations, cycles))
			}
		}
	}
	var out []float32
	for _, c := range images {
		for _, g := range bank {
			out = append(out, float32(math.Sqrt(g.energy(c))))
		}
	}
	return len(bank), out
}

// gaborChoices takes the orientation of most energy, at another spatial
// frequency and in fewer places than the simulated observers.
func gaborChoices(images [][]float64) []int {
	ro := newReadout(4.9, 2)
	out := make([]int, len(images))
	for i, c := range images {
		out[i] = choose(ro.evidence(c), noiseless)
	}
	return out
}

// pixelActivations is the image itself.
func pixelActivations(images [][]float64) (int, []float32) {
	var out []float32
	for _, c := range images {
		for _, v := range c {
			out = append(out, float32(v))
		}
	}
	return pixels, out
}

// pixelChoices compares the image with a template of each orientation in one
// phase, so that a grating of another phase looks less like its own.
func pixelChoices(images [][]float64) []int {
	templates := make([][]float64, len(labels))
	for k := range templates {
		templates[k] = paint(grating(math.Pi*float64(k)/float64(len(labels)), taskCycles, 0, 1)).contrasts()
	}
	out := make([]int, len(images))
	for i, c := range images {
		match := make([]float64, len(templates))
		for k, t := range templates {
			for p, v := range t {
				match[k] += v * c[p]
			}
		}
		out[i] = choose(match, noiseless)
	}
	return out
}

// chanceActivations does not look at the images.
func chanceActivations(images [][]float64) (int, []float32) {
	r := random(partChanceActivations)
	const units = 64
	out := make([]float32, units*len(images))
	for i := range out {
		out[i] = float32(r.NormFloat64())
	}
	return units, out
}

// chanceChoices does not look at the images either.
func chanceChoices(images [][]float64) []int {
	r := random(partChanceChoices)
	out := make([]int, len(images))
	for i := range out {
		out[i] = r.IntN(len(labels))
	}
	return out
}
