package regress

import (
	"context"
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/bsgen/bsgen/scoring/split"
)

// TestDirect compares ridge and least squares, at sizes that take every block
// of the factorisations, with the textbook formulas on gonum's solvers.
func TestDirect(t *testing.T) {
	for _, shape := range [][3]int{
		{260, 150, 5}, {130, 300, 4}, // more and fewer stimuli than features
		{150, 140, 3},   // in between: 135 for training
		{200, 90, 260},  // more targets than stimuli
		{120, 260, 180}, // both
	} {
		n, p, q := shape[0], shape[1], shape[2]
		s := lcg(n)
		x, y := newGeneral(n, p), newGeneral(n, q)
		for i := range x.Data {
			x.Data[i] = float64(s.draw()) / 256
		}
		for i := range y.Data {
			y.Data[i] = float64(s.draw())/256 + x.Data[i%len(x.Data)]
		}
		// Dependent features.
		for i := range n {
			row(x, i)[7] = 2*row(x, i)[3] - row(x, i)[5]
			row(x, i)[11] = 4
		}
		splits, err := split.Shuffle{Splits: 2, TrainSize: 0.9, Seed: 3}.Split(n)
		if err != nil {
			t.Fatal(err)
		}
		ctx := context.Background()
		plan, err := NewPlan(ctx, Float64(n, p, x.Data), splits, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []Method{Ridge{Alpha: 300}, RidgeCV{Alphas: []float64{20}}, Linear{}} {
			t.Run(fmt.Sprintf("%v %T", shape, m), func(t *testing.T) {
				fit, err := plan.Fit(ctx, m, Float64(n, q, y.Data))
				if err != nil {
					t.Fatal(err)
				}
				for i, sp := range splits {
					alpha := 0.0
					switch m := m.(type) {
					case Ridge:
						alpha = m.Alpha
					case RidgeCV:
						alpha = m.Alphas[0]
					}
					checkClose(t, "r", fit.Folds[i].R, directFit(t, plan, y.Data, sp, alpha))
				}
			})
		}
	}
}

// directFit solves the normal equations with a penalty, or takes the
// pseudo-inverse by singular values without, and correlates.
func directFit(t *testing.T, p *Plan, y []float64, sp split.Split, alpha float64) []float64 {
	t.Helper()
	q := len(y) / p.n
	pick := func(m Matrix, set []int, mean []float64) *mat.Dense {
		_, c := m.Dims()
		d := mat.NewDense(len(set), c, nil)
		for a, i := range set {
			m.Row(d.RawRowView(a), i, 0)
			for j := range mean {
				d.RawRowView(a)[j] -= mean[j]
			}
		}
		return d
	}
	columnMeans := func(d *mat.Dense) []float64 {
		n, c := d.Dims()
		m := make([]float64, c)
		for i := range n {
			axpy(1/float64(n), d.RawRowView(i), m)
		}
		return m
	}
	ym := Float64(p.n, q, y)
	mx, my := columnMeans(pick(p.x, sp.Train, nil)), columnMeans(pick(ym, sp.Train, nil))
	xt, yt, xe, ye := pick(p.x, sp.Train, mx), pick(ym, sp.Train, my), pick(p.x, sp.Test, mx), pick(ym, sp.Test, my)
	var b, prediction mat.Dense
	if alpha > 0 {
		var c, xy mat.Dense
		c.Mul(xt.T(), xt)
		for k := range p.p {
			c.Set(k, k, c.At(k, k)+alpha)
		}
		xy.Mul(xt.T(), yt)
		if err := b.Solve(&c, &xy); err != nil {
			t.Fatal(err)
		}
	} else {
		var svd mat.SVD
		if !svd.Factorize(xt, mat.SVDThin) {
			t.Fatal("no singular values")
		}
		svd.SolveTo(&b, yt, svd.Rank(1e-11))
	}
	prediction.Mul(xe, &b)
	r := make([]float64, q)
	pearson(r, prediction.RawMatrix(), ye.RawMatrix())
	return r
}

// TestEstimateMemory checks the order of magnitude of the estimate, and that
// features beyond the number of stimuli do not count.
func TestEstimateMemory(t *testing.T) {
	for _, m := range []Method{PLS{Components: 25}, Ridge{Alpha: 1}, RidgeCV{}, Linear{}, OneToOne{}} {
		small := EstimateMemory(m, 135, 1000, 102, 10, 2)
		large := EstimateMemory(m, 3200, 100000, 168, 10, 2)
		if small < 1<<16 || small > 64<<20 {
			t.Errorf("%T: %d bytes for 135 x 1000 x 102", m, small)
		}
		// The Gram matrix of 3200 stimuli alone is 82 MB; the activations,
		// 2.6 GB, are never copied.
		if _, ok := m.(OneToOne); !ok && (large < 82e6 || large > 2e9) || large < small {
			t.Errorf("%T: %d bytes for 3200 x 100000 x 168", m, large)
		}
	}
	if a, b := EstimateMemory(RidgeCV{}, 100, 100, 10, 10, 1), EstimateMemory(RidgeCV{}, 100, 100, 10, 10, 4); b <= a {
		t.Errorf("%d bytes with one worker, %d with four", a, b)
	}
}

func ExamplePlan_Fit() {
	// Forty stimuli, six features, two neurons that are weighted sums of them.
	x, y := make([]float64, 40*6), make([]float64, 40*2)
	s := lcg(1)
	for i := range x {
		x[i] = float64(s.draw())
	}
	for i := range 40 {
		y[2*i] = x[6*i] + 2*x[6*i+1]
		y[2*i+1] = x[6*i+3] - x[6*i+5]
	}
	splits, err := split.Default.Split(40)
	if err != nil {
		panic(err)
	}
	plan, err := NewPlan(context.Background(), Float64(40, 6, x), splits, Options{})
	if err != nil {
		panic(err)
	}
	fit, err := plan.Fit(context.Background(), RidgeCV{Alphas: []float64{1, 10, 100}}, Float64(40, 2, y))
	if err != nil {
		panic(err)
	}
	fold := fit.Folds[0]
	fmt.Printf("alpha %g, r %.3f\n", fold.Alpha, math.Min(fold.R[0], fold.R[1]))
	// Output: alpha 1, r 1.000
}

func TestPLSBatch(t *testing.T) {
	for _, c := range []struct{ p, d, folds, want int }{
		{384, 384, 10, 10}, {3200, 3200, 10, 3}, {20000, 20000, 10, 1},
	} {
		if got := (PLS{}).batch(c.p, c.d, c.folds); got != c.want {
			t.Errorf("batch of %d folds of %d x %d is %d, want %d", c.folds, c.p, c.d, got, c.want)
		}
	}
}
