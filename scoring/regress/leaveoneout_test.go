package regress

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/bsgen/bsgen/scoring/split"
)

// TestLeaveOneOut compares the loss of one penalty with the definition: ridge
// fitted again without each stimulus. Features fall off over ten decades, so
// that penalties lie below, among and above the eigenvalues.
func TestLeaveOneOut(t *testing.T) {
	ctx := context.Background()
	for _, shape := range [][3]int{{48, 20, 4}, {40, 70, 4}, {40, 70, 90}, {40, 33, 4}} {
		n, p, q := shape[0], shape[1], shape[2]
		s := lcg(p)
		x, y := make([]float64, n*p), make([]float64, n*q)
		for i := range x {
			x[i] = float64(s.draw()) * math.Pow(10, -5*float64(i%p)/float64(p))
		}
		for i := range y {
			y[i] = float64(s.draw())/1024 + x[i/q*p+i%q%p]/100
		}
		for i := range n {
			x[i*p+3] = x[i*p+1] // equal eigenvalues at zero
		}
		everything := split.Split{Test: []int{n - 1}}
		var without []split.Split
		for i := range n - 1 {
			everything.Train = append(everything.Train, i)
			w := split.Split{Test: []int{i}}
			for j := range n - 1 {
				if j != i {
					w.Train = append(w.Train, j)
				}
			}
			without = append(without, w)
		}
		whole, err := NewPlan(ctx, Float64(n, p, x), []split.Split{everything}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		left, err := NewPlan(ctx, Float64(n, p, x), without, Options{})
		if err != nil {
			t.Fatal(err)
		}
		trace := dot(x, x)
		for _, alpha := range []float64{1e-4, 1e-2, 1, 1e3, 1e6, 1e9} {
			fit, err := whole.Fit(ctx, RidgeCV{Alphas: []float64{alpha}}, Float64(n, q, y))
			if err != nil {
				t.Fatal(err)
			}
			again, err := left.Fit(ctx, Ridge{Alpha: alpha}, Float64(n, q, y))
			if err != nil {
				t.Fatal(err)
			}
			sums := make([]float64, q)
			err = again.Each(ctx, func(lo int, folds []Pairs) error {
				for j := range folds[0].Observed.Cols {
					// Predictions count from the training mean, responses
					// from the mean of all.
					for i, f := range folds {
						mean := 0.0
						for _, k := range without[i].Train {
							mean += y[k*q+lo+j] - y[i*q+lo+j]
						}
						mean /= float64(len(without[i].Train))
						e := mean + f.Predicted.Data[j]
						sums[lo+j] += e * e
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			want := 0.0
			for _, v := range sums {
				want += v / float64((n-1)*q)
			}
			t.Run(fmt.Sprint(shape, alpha), func(t *testing.T) {
				// Both solve with a Gram matrix, known to epsilon times its
				// trace; a penalty that is not larger than that loses digits.
				limit := 1e-11 + 10*epsilon*trace/alpha
				if got := fit.Folds[0].Loss; math.Abs(got-want) > limit*want {
					t.Errorf("loss %.15g, want %.15g (relative difference %.2g)", got, want, got/want-1)
				} else {
					t.Logf("relative difference %.2g", got/want-1)
				}
			})
		}
	}
}
