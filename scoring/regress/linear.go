package regress

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
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
	mean := fd.trainMean(x)
	train, test := gather(x, fd.train), gather(x, fd.test)
	axis := make([]float64, n)
	for i := range axis {
		axis[i] = 1
	}
	axis[0] += math.Sqrt(float64(n))
	scale := 2 / dot(axis, axis)
	sum := make([]float64, p)
	gemv(blas.Trans, 1, train, axis, 0, sum)
	blas64.Ger(-scale, vec(axis), vec(sum), train)
	train = rows(train, 1, n)
	for i := range test.Rows {
		axpy(-1, mean, row(test, i))
	}

	tall := n-1 > p
	if tall {
		train = transposed(train)
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
		copy(w[1:], row(inner, i))
		axpy(-scale*dot(w, axis), axis, w)
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
