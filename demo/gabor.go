package demo

import "math"

// gabor is a pair of Gabor filters in quadrature under a common window: the
// receptive field of a V1 neuron, in the same coordinates as [paint].
type gabor struct {
	at     []int     // the pixels under the window
	window []float64 // sums to 1
	even   []float64 // cosine phase, without a response to uniform grey
	odd    []float64 // sine phase
}

// newGabor returns filters for bars of direction theta (radians) at (x, y).
// Their window is a round Gaussian of a standard deviation of .5 cycles, which
// gives a bandwidth of about an octave and a half; it is cut at three of those. A
// grating of contrast 1 that fits a filter has a response of 1.
func newGabor(x, y, theta, cycles float64) *gabor {
	g := &gabor{}
	sin, cos := math.Sincos(theta)
	sigma := .5 / cycles
	for i := range pixels {
		px, py := position(i)
		dx, dy := px-x, py-y
		if math.Hypot(dx, dy) > 3*sigma {
			continue
		}
		w := math.Exp(-(dx*dx + dy*dy) / (2 * sigma * sigma))
		s, c := math.Sincos(2 * math.Pi * cycles * (dy*cos - dx*sin))
		g.at = append(g.at, i)
		g.window = append(g.window, w)
		g.even = append(g.even, c)
		g.odd = append(g.odd, s)
	}
	var total, even, odd float64
	for k, w := range g.window {
		total += w
		even += w * g.even[k]
		odd += w * g.odd[k]
	}
	for k, w := range g.window {
		w /= total
		g.window[k] = w
		// The carrier's mean is subtracted; 2 because the mean of cos^2 is 1/2.
		g.even[k] = 2 * w * (g.even[k] - even/total)
		g.odd[k] = 2 * w * (g.odd[k] - odd/total)
	}
	return g
}

// see returns the responses of the two filters, and twice the mean squared
// contrast under the window: 1 for a grating of contrast 1.
func (g *gabor) see(contrasts []float64) (even, odd, power float64) {
	for k, i := range g.at {
		c := contrasts[i]
		even += g.even[k] * c
		odd += g.odd[k] * c
		power += g.window[k] * c * c
	}
	return even, odd, 2 * power
}

// energy returns the sum of the squared responses of the two filters, which
// does not depend on the phase of a grating (Adelson and Bergen 1985).
func (g *gabor) energy(contrasts []float64) float64 {
	even, odd, _ := g.see(contrasts)
	return even*even + odd*odd
}
