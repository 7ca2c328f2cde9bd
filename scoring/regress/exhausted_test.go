package regress

import (
	"fmt"
	"math"
	"testing"

	"github.com/bsgen/bsgen/scoring/split"
)

// TestExhausted asks for as many components as there are features, of features
// of lower rank or with fewer training stimuli. In exact arithmetic nothing is
// left to explain once the rank is reached, and the fit is that of least
// squares; further components would be made of rounding errors.
func TestExhausted(t *testing.T) {
	rng := split.NewRandomState(5)
	for trial := range 60 {
		n, p, q := 12+int(rng.Interval(40)), 2+int(rng.Interval(60)), 1+int(rng.Interval(20))
		if trial%5 == 0 {
			q += 60
		}
		scale := [...]float64{1, 1e4, 1e-3}[trial%3]
		offset := [...]float64{0, 100}[trial%2]
		x, y := make([]float64, n*p), make([]float64, n*q)
		for i := range x {
			x[i] = float64(float32(scale*(rng.Float64()-.5)*math.Pow(float64(i%p+1), -.7) + offset))
		}
		for i := range y {
			y[i] = offset + rng.Float64() + x[i/q*p]/scale
		}
		kind := "fewer stimuli than components"
		switch trial / 3 % 3 {
		case 0:
			kind = "a feature twice"
			for i := range n {
				x[i*p+p-1] = x[i*p]
			}
		case 1:
			kind = "a stimulus twice"
			copy(x[p:2*p], x[:p])
		}
		t.Run(fmt.Sprintf("%d %s, %d x %d x %d", trial, kind, n, p, q), func(t *testing.T) {
			plan, err := NewPlan(t.Context(), Float64(n, p, x), sixths(n), Options{})
			if err != nil {
				t.Fatal(err)
			}
			var r [2][]float64
			for i, m := range []Method{PLS{Components: p}, Linear{}} {
				fit, err := plan.Fit(t.Context(), m, Float64(n, q, y))
				if err != nil {
					t.Fatal(err)
				}
				r[i] = fit.Folds[0].R
			}
			for j := range r[0] {
				if d := math.Abs(r[0][j] - r[1][j]); !(d < 1e-5) {
					t.Fatalf("r of target %d is %v by PLS, %v by least squares", j, r[0][j], r[1][j])
				}
			}
		})
	}
}
