package regress

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Ridge is linear regression with the penalty Alpha |b|² on the weights of
// each target and a free intercept, as scikit-learn's Ridge(alpha=Alpha).
// Brain-Score's "ridge" has Alpha 1.
//
// Hoerl and Kennard, "Ridge regression" (1970).
type Ridge struct {
	// Alpha must be positive; [Linear] is the limit at 0.
	Alpha float64
}

func (m Ridge) fit(ctx context.Context, p *Plan, t *targets) (*Fit, error) {
	if !(m.Alpha > 0) || math.IsInf(m.Alpha, 0) {
		return nil, fmt.Errorf("regress: ridge: alpha is %g, must be positive", m.Alpha)
	}
	fit, out := p.newFit(t)
	// With fewer features than training stimuli the dual form would solve in
	// directions that have no variance but for rounding.
	shared, err := p.shareForRidge(ctx, t, func(train int) bool { return p.p >= train })
	if err != nil {
		return nil, err
	}
	return fit, each(ctx, p.workers, len(p.folds), func(i int) error {
		fit.Folds[i].Alpha = m.Alpha
		fd := &p.folds[i]
		if shared.dual(len(fd.train)) {
			k := newKernelFold(fd, shared.kernel)
			weights := k.test
			again := func() (blas64.General, error) { return newKernelFold(fd, shared.kernel).train, nil }
			if err := penalizedSolve(ctx, k.train, again, m.Alpha, weights); err != nil {
				return err
			}
			return fd.predict(ctx, weights, t, out(i))
		}
		f := newFeatureFold(fd, shared)
		covariance := func() (blas64.General, error) { return f.covariance(ctx) }
		c, err := covariance()
		if err != nil {
			return err
		}
		weights := f.test
		if err := penalizedSolve(ctx, c, covariance, m.Alpha, weights); err != nil {
			return err
		}
		return f.predict(ctx, weights, t, out(i))
	})
}

// penalizedSolve overwrites b with b (A + alpha I)⁻¹ for a positive
// semidefinite A, which it destroys and may ask for again.
func penalizedSolve(ctx context.Context, a blas64.General, again func() (blas64.General, error), alpha float64, b blas64.General) error {
	for i := range a.Rows {
		a.Data[i*a.Stride+i] += alpha
	}
	c, ok, err := choleskyFactor(ctx, 1, a)
	if err != nil {
		return err
	}
	if ok {
		if err := c.divide(ctx, b); err != nil {
			return err
		}
		return c.divideTransposed(ctx, b)
	}
	// The penalty is lost in the rounding of A.
	if a, err = again(); err != nil {
		return err
	}
	values, vectors, err := symmetricEigen(ctx, a)
	if err != nil {
		return err
	}
	x, err := shrunk(ctx, b, values, vectors, alpha)
	copy(b.Data, x.Data)
	return err
}

// ridgeShared is what the folds of a ridge fit share: the Gram matrix for
// folds solved in the space of stimuli (the dual form), or the cross products
// for folds solved in the space of features.
type ridgeShared struct {
	dual       func(train int) bool // the form of a fold with so many training stimuli
	features   blas64.General
	kernel     blas64.General
	covariance blas64.General
	cross      blas64.General
	mayDual    bool
	mayPrimal  bool
}

func (p *Plan) shareForRidge(ctx context.Context, t *targets, dual func(train int) bool) (*ridgeShared, error) {
	s := &ridgeShared{dual: dual}
	for _, fd := range p.folds {
		if dual(len(fd.train)) {
			s.mayDual = true
		} else {
			s.mayPrimal = true
		}
	}
	var err error
	if s.mayDual {
		if s.kernel, err = p.kernel(ctx); err != nil {
			return nil, err
		}
	}
	if !s.mayPrimal {
		return s, nil
	}
	if s.features, err = p.features(ctx); err != nil {
		return nil, err
	}
	s.covariance = newGeneral(s.features.Cols, s.features.Cols)
	if err = addGram(ctx, p.workers, blas.Trans, 1, s.features, s.covariance); err != nil {
		return nil, err
	}
	if t.direct {
		s.cross, err = p.crossProduct(ctx, s.features, t)
	}
	return s, err
}

// kernelFold is a fold in the space of stimuli.
//
// The centred Gram matrix annihilates the constant vector, the intercept. What
// rounding leaves there a solution would divide by the penalty alone, so train
// has that direction lifted above all others; the rows of test have no part
// along it.
type kernelFold struct {
	train blas64.General // inner products of the centred training stimuli, lifted
	test  blas64.General // of the test stimuli with them
}

func newKernelFold(fd *fold, kernel blas64.General) *kernelFold {
	n := len(fd.train)
	k := &kernelFold{train: newGeneral(n, n), test: newGeneral(len(fd.test), n)}
	mean := make([]float64, n)
	total := 0.0
	pick := func(dst blas64.General, stimuli []int, visit func(a int, rowMean float64)) {
		for a, i := range stimuli {
			src, d := row(kernel, i), row(dst, a)
			sum := 0.0
			for b, j := range fd.train {
				d[b] = src[j]
				sum += src[j]
			}
			visit(a, sum/float64(n))
		}
	}
	pick(k.train, fd.train, func(a int, m float64) {
		mean[a] = m
		total += m / float64(n)
	})
	centre := func(dst blas64.General, a int, m float64) {
		d := row(dst, a)
		for b := range d {
			d[b] -= mean[b] + (m - total)
		}
	}
	for a, m := range mean {
		centre(k.train, a, m)
	}
	pick(k.test, fd.test, func(a int, m float64) { centre(k.test, a, m) })
	lift := 2 * blas64.Nrm2(vec(k.train.Data)) / float64(n)
	if lift == 0 {
		lift = 1
	}
	for i := range k.train.Data {
		k.train.Data[i] += lift
	}
	return k
}

// featureFold is a fold in the space of features.
type featureFold struct {
	fold   *fold
	shared *ridgeShared
	mean   []float64      // of the features over the training stimuli
	test   blas64.General // centred features of the test stimuli
}

func newFeatureFold(fd *fold, s *ridgeShared) *featureFold {
	f := &featureFold{fold: fd, shared: s, mean: fd.trainMean(s.features), test: gather(s.features, fd.test)}
	for i := range f.test.Rows {
		axpy(-1, f.mean, row(f.test, i))
	}
	return f
}

// covariance returns the centred cross products of the features over the
// training stimuli, complete.
func (f *featureFold) covariance(ctx context.Context) (blas64.General, error) {
	c, err := f.fold.cross(ctx, f.shared.features, f.shared.features, f.shared.covariance)
	mirror(c)
	return c, err
}

// predict writes what the weights, one row of them on the features' cross
// products with the responses per test stimulus, predict: the predictions, or
// weights of the training responses.
func (f *featureFold) predict(ctx context.Context, weights blas64.General, t *targets, dst blas64.General) error {
	if t.direct {
		s, err := f.fold.cross(ctx, f.shared.features, t.reduced, f.shared.cross)
		if err != nil {
			return err
		}
		return product(ctx, blas.NoTrans, blas.NoTrans, 1, weights, s, 0, dst)
	}
	if err := product(ctx, blas.NoTrans, blas.Trans, 1, weights, f.shared.features, 0, dst); err != nil {
		return err
	}
	for a := range dst.Rows {
		d := row(dst, a)
		m := dot(row(weights, a), f.mean)
		for i := range d {
			d[i] -= m
		}
		for _, i := range f.fold.out {
			d[i] = 0
		}
	}
	return nil
}
