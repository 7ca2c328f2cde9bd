package zoo

import "math"

// filter is a Gabor function: a grating under a Gaussian window, sampled on the
// pixels of a square of odd side.
type filter struct {
	size   int     // side in pixels, odd
	lambda float64 // wavelength of the grating, in pixels
	sigma  float64 // standard deviation of the window along the wave, in pixels
	aspect float64 // sigma over the deviation along the stripes
	turns  float64 // direction in which the wave runs: 0 to the right (upright stripes), 1/4 down (level stripes)
	phase  float64 // in turns: 0 even, 1/4 odd
	round  bool    // zero outside the circle of that diameter
}

// sample returns size*size values, row by row, before any normalisation.
func (f filter) sample() []float64 {
	cos, sin := cosTurns(f.turns), sinTurns(f.turns)
	half := f.size / 2
	out := make([]float64, 0, f.size*f.size)
	for y := -half; y <= half; y++ {
		for x := -half; x <= half; x++ {
			if f.round && 4*(x*x+y*y) > f.size*f.size {
				out = append(out, 0)
				continue
			}
			along := float64(float64(x)*cos) + float64(float64(y)*sin)
			across := float64(f.aspect * (float64(float64(y)*cos) - float64(float64(x)*sin)))
			distance := float64(along*along) + float64(across*across)
			window := exp(-distance / float64(2*f.sigma*f.sigma))
			out = append(out, window*cosTurns(along/f.lambda-f.phase))
		}
	}
	return out
}

// wave returns the filter's grating without its window, at full contrast.
func (f filter) wave() []float64 {
	flat := make([]float64, 0, f.size*f.size)
	cos, sin := cosTurns(f.turns), sinTurns(f.turns)
	half := f.size / 2
	for y := -half; y <= half; y++ {
		for x := -half; x <= half; x++ {
			along := float64(float64(x)*cos) + float64(float64(y)*sin)
			flat = append(flat, cosTurns(along/f.lambda-f.phase))
		}
	}
	return flat
}

// center subtracts the mean, so that a uniform field gives nothing.
func center(v []float64) {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	mean := sum / float64(len(v))
	for i := range v {
		v[i] -= mean
	}
}

// unit divides by the Euclidean norm.
func unit(v []float64) {
	scale(v, 1/math.Sqrt(dot(v, v)))
}

func scale(v []float64, by float64) {
	for i := range v {
		v[i] *= by
	}
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += float64(x * b[i])
	}
	return sum
}

// float32s appends v in single precision.
func float32s(dst []float32, v []float64) []float32 {
	for _, x := range v {
		dst = append(dst, float32(x))
	}
	return dst
}
