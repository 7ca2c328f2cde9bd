package regress

import (
	"fmt"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/bsgen/bsgen/scoring/split"
)

// TestRidgeOfLargeFeatures: features whose variance is 1e9 times the penalty
// cost no digits, neither by the intercept nor by directions without variance,
// which a Gram matrix holds with an error of epsilon times the largest one.
func TestRidgeOfLargeFeatures(t *testing.T) {
	for _, shape := range [][3]int{
		{40, 60, 5}, {40, 60, 90}, // more features than stimuli
		{60, 48, 5}, {60, 48, 90}, // somewhat fewer
		{60, 20, 5},
	} {
		n, p, q := shape[0], shape[1], shape[2]
		s := lcg(n + p + q)
		x, y := make([]float64, n*p), make([]float64, n*q)
		for i := range x {
			x[i] = float64(s.draw()) * 64
		}
		for i := range y {
			y[i] = 50 + float64(s.draw())/1024 + x[i/q*p+i%q%p]/100000
		}
		splits, err := split.Shuffle{Splits: 3, TrainSize: .9, Seed: 2}.Split(n)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := NewPlan(t.Context(), Float64(n, p, x), splits, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []Method{Ridge{Alpha: 1}, RidgeCV{Alphas: []float64{1}}} {
			t.Run(fmt.Sprintf("%v %T", shape, m), func(t *testing.T) {
				fit, err := plan.Fit(t.Context(), m, Float64(n, q, y))
				if err != nil {
					t.Fatal(err)
				}
				for i, sp := range splits {
					checkClose(t, "r", fit.Folds[i].R, ridgeBySingularValues(t, x, y, p, q, sp, 1))
				}
			})
		}
	}
}

// ridgeBySingularValues correlates predictions by weights V s/(s²+alpha) UᵀY.
func ridgeBySingularValues(t *testing.T, x, y []float64, p, q int, sp split.Split, alpha float64) []float64 {
	t.Helper()
	centred := func(v []float64, c int, stimuli []int) *mat.Dense {
		mean := make([]float64, c)
		for _, i := range sp.Train {
			axpy(1/float64(len(sp.Train)), v[i*c:(i+1)*c], mean)
		}
		d := mat.NewDense(len(stimuli), c, nil)
		for a, i := range stimuli {
			copy(d.RawRowView(a), v[i*c:(i+1)*c])
			axpy(-1, mean, d.RawRowView(a))
		}
		return d
	}
	var svd mat.SVD
	if !svd.Factorize(centred(x, p, sp.Train), mat.SVDThin) {
		t.Fatal("no singular values")
	}
	var u, v, uy, b, prediction mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	uy.Mul(u.T(), centred(y, q, sp.Train))
	for k, s := range svd.Values(nil) {
		row := uy.RawRowView(k)
		for j := range row {
			row[j] *= s / (s*s + alpha)
		}
	}
	b.Mul(&v, &uy)
	prediction.Mul(centred(x, p, sp.Test), &b)
	r := make([]float64, q)
	pearson(r, prediction.RawMatrix(), centred(y, q, sp.Test).RawMatrix())
	return r
}
