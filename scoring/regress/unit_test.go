package regress

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"
)

// TestUnitDoesNotMatter: the correlation of a prediction is the same in any
// unit; a prediction whose squares vanish does not become a perfect one.
func TestUnitDoesNotMatter(t *testing.T) {
	x, y := problem(3, 20, 3, 3, 3)
	correlate := func(unit float64) []float64 {
		a, b := newGeneral(20, 3), newGeneral(20, 3)
		for i, v := range x {
			a.Data[i], b.Data[i] = v*unit, y[i]
		}
		r := make([]float64, 3)
		pearson(r, a, b)
		return r
	}
	want := correlate(1)
	for _, unit := range []float64{1e-300, 1e-200, 1e-162, 1e-120, 1e120, 1e155, 1e200, 1e300} {
		for j, r := range correlate(unit) {
			if math.Abs(r-want[j]) > 1e-14 {
				t.Errorf("column %d in units of %g: %v, want %v", j, unit, r, want[j])
			}
		}
	}
	for _, unit := range []float64{math.MaxFloat64, math.Inf(1)} {
		for j, r := range correlate(unit) {
			if !math.IsNaN(r) {
				t.Errorf("column %d in units of %g: %v, want NaN", j, unit, r)
			}
		}
	}
	var none [3]float64
	pearson(none[:], blas64.General{Rows: 0, Cols: 3, Stride: 3}, blas64.General{Rows: 0, Cols: 3, Stride: 3})
	for _, r := range none {
		if !math.IsNaN(r) {
			t.Errorf("of no numbers: %v, want NaN", r)
		}
	}
}
