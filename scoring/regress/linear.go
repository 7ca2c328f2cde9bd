package regress

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas/blas64"
)

// Linear is ordinary least squares with intercept and, where the features
// outnumber the training stimuli or depend on each other, the weights of
// smallest norm; scikit-learn's LinearRegression().
//
// Directions in which the training features vary by less than their rounding
// error are left out. scikit-learn cuts off singular values below epsilon
// times the largest. With more features than stimuli, centring leaves one that
// is zero but for rounding, near that threshold: whether it counts is chance,
// and moves scikit-learn's median correlation by up to 1e-3 (in one case of
// dependent features 2e-3, differently on every BLAS kernel). Its numbers are
// met where it has counted right.
type Linear struct{}

func (Linear) fit(ctx context.Context, p *Plan, t *targets) (*Fit, error) {
	x, err := p.triangularFeatures(ctx)
	if err != nil {
		return nil, err
	}
	fit, out := p.newFit(t)
	return fit, each(ctx, p.workers, len(p.folds), func(i int) error {
		fd := &p.folds[i]
		weights, err := leastSquares(ctx, fd, x)
		if err != nil {
			return fmt.Errorf("regress: least squares: %w", err)
		}
		return fd.predict(ctx, weights, t, out(i))
	})
}

// leastSquares returns the weights of the training responses in the
// predictions for the test stimuli.
//
// A reflection that turns the constant vector into the first unit vector
// removes the intercept: the other n-1 rows of the reflected features and
// responses pose the same problem without it, of full rank where there is any.
func leastSquares(ctx context.Context, fd *fold, x blas64.General) (blas64.General, error) {
	n, p := len(fd.train), x.Cols
	// The reflection is I - scale axis axisᵀ; axis is one but for its first
	// entry.
	root := math.Sqrt(float64(n))
	scale := 1 / (float64(n) + root)
	sum := make([]float64, p) // scale axisᵀ X
	for _, i := range fd.train {
		axpy(scale, row(x, i), sum)
	}
	axpy(scale*root, row(x, fd.train[0]), sum)
	tall := n-1 > p
	var train blas64.General
	if tall {
		train = newGeneral(p, n-1)
		for a, i := range fd.train[1:] {
			for k, v := range row(x, i) {
				train.Data[k*train.Stride+a] = v - sum[k]
			}
		}
	} else {
		train = gather(x, fd.train[1:])
		for a := range train.Rows {
			axpy(-1, sum, row(train, a))
		}
	}
	test, mean := gather(x, fd.test), fd.trainMean(x)
	for i := range test.Rows {
		axpy(-1, mean, row(test, i))
	}

	d, err := decompose(ctx, train)
	if err != nil {
		return blas64.General{}, err
	}
	weights := newGeneral(len(fd.test), n)
	if d == nil {
		return weights, nil
	}
	inner, err := d.inverse(ctx, test, tall)
	if err != nil {
		return blas64.General{}, err
	}
	for i := range weights.Rows {
		w := row(weights, i)
		total := 0.0 // of the weights in the reflected coordinates
		for j, v := range row(inner, i) {
			w[j+1] = v
			total += v
		}
		shift := scale * total
		w[0] = -shift * (1 + root)
		for j := range w[1:] {
			w[j+1] -= shift
		}
	}
	return weights, nil
}

// triangularFeatures returns features with the inner products of the centred
// activations, at most as many as stimuli, without squaring the condition
// number as a factor of the Gram matrix does.
func (p *Plan) triangularFeatures(ctx context.Context) (blas64.General, error) {
	if p.p <= p.n {
		return p.centred, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lower.Rows > 0 {
		return p.lower, nil
	}
	// L of the columns so far beside the next n, reduced to L of both.
	n := p.n
	l := newGeneral(n, n)
	for lo := 0; lo < p.p; lo += n {
		width := min(n, p.p-lo)
		both := newGeneral(n, n+width)
		for i := range n {
			copy(row(both, i), row(l, i)[:i+1])
		}
		readCentred(cols(both, n, n+width), p.x, p.mean, lo)
		next, _, err := lq(ctx, both)
		if err != nil {
			return blas64.General{}, fmt.Errorf("regress: triangular factor of the activations: %w", err)
		}
		l = next
	}
	p.lower = l
	return l, nil
}
