package relate

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Line is the straight line of least squares through points.
type Line struct {
	Intercept, Slope float64
	n                int
	mean, sxx        float64 // of x
	residual         float64 // standard deviation around the line, divisor n-2
	t                float64 // half the width of a band, in its standard errors
}

// FitLine fits y = intercept + slope x. All is NaN for fewer than three points
// and where x does not vary.
func FitLine(x, y []float64) Line {
	if len(x) != len(y) {
		panic("relate: lengths differ")
	}
	s := newSums(x, y, nil)
	nan := math.NaN()
	if len(x) < 3 || !(s.xx > 0) {
		return Line{Intercept: nan, Slope: nan, residual: nan}
	}
	l := Line{Slope: s.xy / s.xx, n: len(x), mean: s.mx, sxx: s.xx}
	l.t = distuv.StudentsT{Sigma: 1, Nu: float64(l.n - 2)}.Quantile(.975)
	l.Intercept = s.my - l.Slope*s.mx
	sq := 0.0
	for i := range x {
		d := y[i] - l.At(x[i])
		sq += float64(d * d)
	}
	l.residual = math.Sqrt(sq / float64(len(x)-2))
	return l
}

// At returns the line's height at x.
func (l Line) At(x float64) float64 { return l.Intercept + float64(l.Slope*x) }

// Band returns the 95 % confidence interval of the line's height at x, for
// points that are independent and scatter alike everywhere.
func (l Line) Band(x float64) Interval {
	if math.IsNaN(l.Slope) {
		return None
	}
	d := x - l.mean
	half := l.t * l.residual * math.Sqrt(1/float64(l.n)+d*d/l.sxx)
	return Interval{l.At(x) - half, l.At(x) + half}
}

// sums are weighted means and centred sums of products.
type sums struct{ w, mx, my, xx, yy, xy float64 }

// newSums computes them; w nil counts every point once.
func newSums(x, y, w []float64) sums {
	var s sums
	at := func(i int) float64 {
		if w == nil {
			return 1
		}
		return w[i]
	}
	for i := range x {
		s.w += at(i)
		s.mx += float64(at(i) * x[i])
		s.my += float64(at(i) * y[i])
	}
	s.mx /= s.w
	s.my /= s.w
	for i := range x {
		dx, dy := x[i]-s.mx, y[i]-s.my
		s.xx += float64(float64(at(i)*dx) * dx)
		s.yy += float64(float64(at(i)*dy) * dy)
		s.xy += float64(float64(at(i)*dx) * dy)
	}
	return s
}
