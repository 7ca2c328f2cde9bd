package zoo

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/dsp/fourier"
)

// The images have the statistics for which they were chosen: a power spectrum
// that falls as f^-2 within half a power, all directions alike, and nothing
// outside the range.
func TestLeavesSpectrum(t *testing.T) {
	const side, count = 64, 12
	draw := newRandom(2)
	level, upright := make([]float64, side/2), make([]float64, side/2)
	fft := fourier.NewFFT(side)
	line := make([]float64, side)
	for range count {
		image := leaves(draw, side)
		for _, v := range image {
			if v < 0 || v > 1 {
				t.Fatalf("a pixel of %v", v)
			}
		}
		for i := range side {
			for j := range side {
				line[j] = image[i*side+j] * hann(j, side)
			}
			addPower(level, fft.Coefficients(nil, line))
			for j := range side {
				line[j] = image[j*side+i] * hann(j, side)
			}
			addPower(upright, fft.Coefficients(nil, line))
		}
	}
	for name, power := range map[string][]float64{"rows": level, "columns": upright} {
		if slope := logSlope(power, 3, 20); slope < -2.5 || slope > -1.5 {
			t.Errorf("the power of %s falls as f^%.2f", name, slope)
		}
	}
	if ratio := level[5] / upright[5]; ratio < 0.7 || ratio > 1.4 {
		t.Errorf("rows have %.2f times the power of columns", ratio)
	}
}

func hann(i, n int) float64 { return 0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/float64(n)) }

func addPower(sum []float64, c []complex128) {
	for f := range sum {
		sum[f] += real(c[f])*real(c[f]) + imag(c[f])*imag(c[f])
	}
}

// logSlope is the exponent of the power law that fits best from lo to hi.
func logSlope(power []float64, lo, hi int) float64 {
	var n, sx, sy, sxx, sxy float64
	for f := lo; f <= hi; f++ {
		x, y := math.Log(float64(f)), math.Log(power[f])
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}
