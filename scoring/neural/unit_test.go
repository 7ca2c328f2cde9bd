package neural

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/bsgen/bsgen/scoring/regress"
	"github.com/bsgen/bsgen/scoring/split"
)

// TestUnitDoesNotMatter: correlations over replicates and between repetitions
// are the same in any unit.
func TestUnitDoesNotMatter(t *testing.T) {
	x, y := problem(3, 20, 3, 3, 3)
	weights := newGeneral(2, 20)
	for i := range weights.Data {
		weights.Data[i] = float64(i * i % 3)
	}
	correlate := func(unit float64) []float64 {
		a := blas64.General{Rows: 20, Cols: 3, Stride: 3, Data: make([]float64, 60)}
		b := blas64.General{Rows: 20, Cols: 3, Stride: 3, Data: y}
		for i, v := range x {
			a.Data[i] = v * unit
		}
		out := newGeneral(2, 3)
		if err := weightedCorrelations(t.Context(), weights, a, b, out); err != nil {
			t.Fatal(err)
		}
		return append(out.Data, pairedCorrelation(a, b, 1))
	}
	want := correlate(1)
	for _, unit := range []float64{1e-300, 1e-162, 1e-120, 1e120, 1e155, 1e300} {
		for j, r := range correlate(unit) {
			if math.Abs(r-want[j]) > 1e-13 {
				t.Errorf("%d in units of %g: %v, want %v", j, unit, r, want[j])
			}
		}
	}
	for j, r := range correlate(math.MaxFloat64) {
		if !math.IsNaN(r) {
			t.Errorf("%d in units of the largest number: %v, want NaN", j, r)
		}
	}
}

// TestTinyActivations: a model whose activations are scaled down gains nothing,
// whatever the metric.
func TestTinyActivations(t *testing.T) {
	x, y := problem(3, 40, 5, 4, 3)
	splits, err := split.Default.Split(40)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Names() {
		if _, fixed := metrics[name].(Regression); fixed && name[len(name)-1] == 't' {
			continue // the _split forms
		}
		m, err := Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		if r, ok := m.(Regression); ok {
			if _, ok := r.Method.(regress.PLS); ok {
				r.Method = regress.PLS{Components: 3}
				m = r
			}
		}
		most := math.Inf(-1)
		for _, unit := range []float64{1, 1e-20, 1e-100, 1e-120, 1e-145, 1e-155, 1e-162, 1e-200, 1e-300, 1e20, 1e100, 1e149, 1e155, 1e200, 1e300} {
			scaled := make([]float64, len(x))
			for i, v := range x {
				scaled[i] = v * unit
			}
			s, err := m.Score(context.Background(), regress.Float64(40, 5, scaled), regress.Float64(40, 4, y), splits)
			if err != nil {
				if unit > 1e-150 && unit < 1e149 {
					t.Errorf("%s in units of %g: %v", name, unit, err)
				}
				continue
			}
			if unit == 1 {
				most = s.Value
			}
			// Ridge in tiny units is a projection on one direction and may
			// gain a little over penalty 1; nothing may come near 1.
			if s.Value > most+.1 || math.IsInf(s.Value, 0) {
				t.Errorf("%s in units of %g scores %v, in units of 1 %v", name, unit, s.Value, most)
			}
		}
	}
}
