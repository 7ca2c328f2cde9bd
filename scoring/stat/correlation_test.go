package stat

import (
	"math"
	"testing"
)

// TestUnitDoesNotMatter: a correlation is the same in any unit, down to where
// squares vanish and up to where they are infinite.
func TestUnitDoesNotMatter(t *testing.T) {
	x := []float64{3, 1, 4, 1, 5, 9, 2, 6}
	y := []float64{2, 7, 1, 8, 2, 8, 1, 8}
	w := []float64{1, 0, 2, 1, 3, 1, 0, 1}
	for _, c := range []struct {
		name string
		f    func(x, y []float64) float64
	}{
		{"Pearson", Pearson},
		{"WeightedPearson", func(x, y []float64) float64 { return WeightedPearson(x, y, w) }},
	} {
		want := c.f(x, y)
		for _, unit := range []float64{1e-300, 1e-200, 1e-162, 1e-155, 1e-120, 1e-20, 1e20, 1e120, 1e155, 1e200, 1e300} {
			scaled := make([]float64, len(x))
			for i, v := range x {
				scaled[i] = v * unit
			}
			if r := c.f(scaled, y); !near(r, want, 1e-14) {
				t.Errorf("%s in units of %g is %v, want %v", c.name, unit, r, want)
			}
			if r := c.f(scaled, scaled); !near(r, 1, 1e-14) {
				t.Errorf("%s with itself in units of %g is %v", c.name, unit, r)
			}
			if sd := Std(scaled); !near(sd/unit, Std(x), 1e-14) {
				t.Errorf("the deviation in units of %g is %g, want %g", unit, sd, Std(x)*unit)
			}
		}
		for _, v := range []float64{math.MaxFloat64, math.Inf(1)} {
			if r := c.f([]float64{v, v, -v, v, 1, 2, 3, v}, y); !math.IsNaN(r) {
				t.Errorf("%s with %g is %v, want NaN", c.name, v, r)
			}
		}
	}
	// A value that does not count does not set the unit.
	if r := WeightedPearson([]float64{1e-200, 2e-200, 1e200}, []float64{1, 2, 3}, []float64{1, 1, 0}); r != 1 {
		t.Errorf("with a large value of weight 0: %v, want 1", r)
	}
}

func TestCorrelation(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct{ xy, xx, yy, want float64 }{
		{1, 1, 4, .5},
		{-2, 1, 4, -1},
		{2 + 1e-9, 1, 4, 1},         // rounding
		{2.1, 1, 4, nan},            // no rounding
		{1e-160, 5e-324, 1, nan},    // the square has one bit
		{1, 0, 1, nan},              // underflow, or a constant
		{1, 1, inf, nan},            // overflow
		{nan, 1, 1, nan},            //
		{0, -1e-20, 1, nan},         // cancellation
		{1e200, 1e200, 1e200, 1},    // the product of the squares would be infinite
		{1e-200, 1e-200, 1e-200, 1}, // or 0
	} {
		if got := Correlation(c.xy, c.xx, c.yy); !near(got, c.want, 1e-15) {
			t.Errorf("Correlation(%g, %g, %g) = %v, want %v", c.xy, c.xx, c.yy, got, c.want)
		}
	}
}

func TestScale(t *testing.T) {
	for _, v := range []float64{0x1p-300, 1e-20, 1, 1e20, 0x1p300, 0, math.Inf(1), nan} {
		if s := Scale(v); s != 1 {
			t.Errorf("Scale(%g) = %g, want 1", v, s)
		}
	}
	for _, v := range []float64{5e-324, 1e-310, 1e-300, 1e-100, 1e100, 1e300, math.MaxFloat64} {
		s := Scale(v)
		if f, _ := math.Frexp(s); f != .5 {
			t.Errorf("Scale(%g) = %g is no power of two", v, s)
		}
		if x := v * s; x < 0x1p-80 || x > 0x1p30 || x/s != v {
			t.Errorf("%g scaled is %g", v, x)
		}
	}
}
