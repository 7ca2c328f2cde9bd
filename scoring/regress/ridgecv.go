package regress

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// RidgeCV is [Ridge] with the penalty chosen on the training stimuli of each
// fold: the one, the same for all targets, with the smallest squared
// leave-one-out error over stimuli and targets, the first of equals. As
// scikit-learn's RidgeCV(alphas=Alphas).
//
// The errors come from an eigendecomposition of the features' or the stimuli's
// Gram matrix, whichever is smaller. They are exact to about epsilon times the
// largest eigenvalue over the penalty.
//
// Golub, Heath and Wahba, "Generalized cross-validation as a method for
// choosing a good ridge parameter" (1979).
type RidgeCV struct {
	// Alphas are the penalties to choose from, all positive; nil means
	// [DefaultAlphas].
	Alphas []float64
}

// DefaultAlphas returns Brain-Score's 99 penalties from 0.01 to 1e7
// (ALPHA_LIST of its regression_correlation metrics).
func DefaultAlphas() []float64 {
	a := []float64{0.01, 0.1, 0.5, 1}
	// spread appends numbers from lo on in equal steps, as numpy.linspace.
	spread := func(lo, step float64, count int) {
		for i := range count {
			a = append(a, lo+float64(float64(i)*step))
		}
	}
	spread(10, 90./4, 4)
	for _, lo := range []float64{1e2, 1e3, 1e4, 1e5} {
		spread(lo, 9*lo/18, 18)
	}
	spread(1e6, 9e6/18, 19)
	return a
}

func (m RidgeCV) fit(ctx context.Context, p *Plan, t *targets) (*Fit, error) {
	alphas := m.Alphas
	if alphas == nil {
		alphas = DefaultAlphas()
	}
	if len(alphas) == 0 {
		return nil, fmt.Errorf("regress: ridge: no alphas to choose from")
	}
	for i, a := range alphas {
		if !(a > 0) || math.IsInf(a, 0) {
			return nil, fmt.Errorf("regress: ridge: alpha %d is %g, must be positive", i, a)
		}
	}
	// The primal form loses digits as leverages approach one, hence the margin.
	shared, err := p.shareForRidge(ctx, t, func(train int) bool { return 4*p.p >= 3*train })
	if err != nil {
		return nil, err
	}
	if shared.mayPrimal && !t.direct {
		// The choice of alpha needs the responses' cross products even
		// where the prediction does not.
		if shared.cross, err = p.crossProduct(ctx, shared.features, t); err != nil {
			return nil, err
		}
	}
	fit, out := p.newFit(t)
	search := &ridgeSearch{alphas: alphas, targets: t, workers: 1}
	if len(p.folds) == 1 {
		search.workers = p.workers
	}
	return fit, each(ctx, p.workers, len(p.folds), func(i int) error {
		fd := &p.folds[i]
		if shared.dual(len(fd.train)) {
			return search.dual(ctx, fd, newKernelFold(fd, shared.kernel), p.p, &fit.Folds[i], out(i))
		}
		return search.primal(ctx, newFeatureFold(fd, shared), &fit.Folds[i], out(i))
	})
}

// ridgeSearch chooses the penalty of each fold and predicts with it.
type ridgeSearch struct {
	alphas  []float64
	targets *targets
	workers int // on one fold
}

func (s *ridgeSearch) dual(ctx context.Context, fd *fold, k *kernelFold, features int, res *Fold, dst blas64.General) error {
	t := s.targets
	n := len(fd.train)
	// The lifted direction is the last eigenvector; it is the intercept, which
	// is not penalised, and drops out.
	values, vectors, err := symmetricEigen(ctx, k.train)
	if err != nil {
		return err
	}
	values, vectors = values[:n-1], rows(vectors, 0, n-1)
	// Beyond the number of features there is no variance but for rounding, and
	// no test stimulus that has a part there.
	none := max(0, n-1-features)
	clear(values[:none])
	h := gather(t.reduced, fd.train)
	projected := newGeneral(n-1, h.Cols)
	if err := product(ctx, blas.NoTrans, blas.NoTrans, 1, vectors, h, 0, projected); err != nil {
		return err
	}
	loo, err := newLeaveOneOut(ctx, values, projected, s.alphas)
	if err != nil {
		return err
	}
	loo.rows = func(_ context.Context, lo, hi int, z blas64.General) error {
		for i := lo; i < hi; i++ {
			zi := row(z, i-lo)
			for l := range zi {
				zi[l] = vectors.Data[l*vectors.Stride+i]
			}
		}
		return nil
	}
	best, loss, err := loo.choose(ctx, s.workers, n, t.q)
	if err != nil {
		return err
	}
	res.Alpha, res.Loss = s.alphas[best], loss
	weights, err := shrunk(ctx, k.test, values[none:], rows(vectors, none, n-1), res.Alpha)
	if err != nil {
		return err
	}
	return fd.predict(ctx, weights, t, dst)
}

func (s *ridgeSearch) primal(ctx context.Context, f *featureFold, res *Fold, dst blas64.General) error {
	t, shared, n := s.targets, f.shared, len(f.fold.train)
	c, err := f.covariance(ctx)
	if err != nil {
		return err
	}
	values, vectors, err := symmetricEigen(ctx, c)
	if err != nil {
		return err
	}
	cross, err := f.fold.cross(ctx, shared.features, t.reduced, shared.cross)
	if err != nil {
		return err
	}
	projected := newGeneral(vectors.Rows, cross.Cols)
	if err := product(ctx, blas.NoTrans, blas.NoTrans, 1, vectors, cross, 0, projected); err != nil {
		return err
	}
	loo, err := newLeaveOneOut(ctx, values, projected, s.alphas)
	if err != nil {
		return err
	}
	yMean := f.fold.trainMean(t.reduced)
	loo.rows = func(ctx context.Context, lo, hi int, z blas64.General) error {
		x := gather(shared.features, f.fold.train[lo:hi])
		for i := range x.Rows {
			axpy(-1, f.mean, row(x, i))
		}
		return gemm(ctx, blas.NoTrans, blas.Trans, 1, x, vectors, 0, z)
	}
	loo.responses = func(lo, hi int) blas64.General {
		y := gather(t.reduced, f.fold.train[lo:hi])
		for i := range y.Rows {
			axpy(-1, yMean, row(y, i))
		}
		return y
	}
	best, loss, err := loo.choose(ctx, s.workers, n, t.q)
	if err != nil {
		return err
	}
	res.Alpha, res.Loss = s.alphas[best], loss
	weights, err := shrunk(ctx, f.test, values, vectors, res.Alpha)
	if err != nil {
		return err
	}
	return f.predict(ctx, weights, t, dst)
}

// shrunk returns b V (Λ + alpha I)⁻¹ Vᵀ with the vectors as rows.
func shrunk(ctx context.Context, b blas64.General, values []float64, vectors blas64.General, alpha float64) (blas64.General, error) {
	bv := newGeneral(b.Rows, vectors.Rows)
	if err := product(ctx, blas.NoTrans, blas.Trans, 1, b, vectors, 0, bv); err != nil {
		return bv, err
	}
	for i := range bv.Rows {
		r := row(bv, i)
		for k := range r {
			r[k] /= math.Max(0, values[k]) + alpha
		}
	}
	out := newGeneral(b.Rows, b.Cols)
	return out, product(ctx, blas.NoTrans, blas.NoTrans, 1, bv, vectors, 0, out)
}
