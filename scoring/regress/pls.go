package regress

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// PLS is partial least squares regression without scaling, as scikit-learn's
// PLSRegression(n_components=Components, scale=False): X and Y are centred,
// and each component is found by the NIPALS iteration and regressed out.
//
// That iteration is a power iteration on X'YY'X which stops once a step moves
// the weights by less than 1e-6 in squared norm, before it has converged. The
// published scores contain that choice: exact singular vectors give
// correlations that differ by up to 1e-2 per target. So the same number of
// steps is made here, in a smaller space. Converged uses exact singular vectors
// instead, as do the SVD variants of PLS in other software.
//
// Wold, Sjöström and Eriksson, "PLS-regression: a basic tool of chemometrics"
// (2001); Dayal and MacGregor, "Improved PLS algorithms" (1997) for the
// recurrence of the rotations.
type PLS struct {
	// Components is the number of latent components; Brain-Score uses 25.
	// More than there are features is an error, as in scikit-learn. Fewer
	// are used where the training responses or activations are exhausted
	// first, that is at the rank of the activations, which is below the number
	// of training stimuli; the fit is then that of least squares.
	// scikit-learn notices only responses that are exhausted to 2e-15,
	// whatever their size, and else goes on with components of rounding errors.
	Components int
	// Converged asks for exact singular vectors.
	Converged bool
}

const (
	plsTolerance = 1e-6 // of scikit-learn, on the squared change of the weights
	plsMaxSteps  = 500
)

func (m PLS) fit(ctx context.Context, p *Plan, t *targets) (*Fit, error) {
	if m.Components < 1 || m.Components > p.p {
		return nil, fmt.Errorf("regress: PLS: %d components asked for, possible are 1 to %d, the number of features", m.Components, p.p)
	}
	x, err := p.features(ctx)
	if err != nil {
		return nil, err
	}
	all, err := p.crossProduct(ctx, x, t)
	if err != nil {
		return nil, err
	}
	fit, out := p.newFit(t)
	batch := m.batch(x.Cols, t.reduced.Cols, len(p.folds))
	for lo := 0; lo < len(p.folds); lo += batch {
		hi := min(len(p.folds), lo+batch)
		folds, err := m.fitFolds(ctx, p, p.folds[lo:hi], x, t, all)
		if err != nil {
			return nil, err
		}
		err = each(ctx, p.workers, len(folds), func(i int) error {
			fit.Folds[lo+i].Iterations = folds[i].steps
			return folds[i].predict(ctx, out(lo+i))
		})
		if err != nil {
			return nil, err
		}
	}
	return fit, nil
}

// scoreRounding returns the t't at and below which scores t = X w, |w| = 1, are
// rounding errors of the features: of these themselves, or of a factor of their
// Gram matrix, which knows directions only down to the root of epsilon.
func (p *Plan) scoreRounding(x blas64.General) float64 {
	largest := 0.0
	for i := range x.Rows {
		largest = max(largest, dot(row(x, i), row(x, i)))
	}
	n := float64(x.Rows)
	if p.p > p.n {
		return 4 * n * epsilon * largest
	}
	const digits = 1e6 * epsilon // a mean far from zero costs some
	return n * digits * digits * largest
}

// batch returns how many folds, of p features and d targets in the reduced
// space, are fitted together: all of them unless their cross products would
// exceed half a gigabyte.
func (m PLS) batch(p, d, folds int) int {
	const most = 64 << 20
	e := min(p, d)
	return max(1, min(folds, most/(p*d+e*e)))
}

func (m PLS) fitFolds(ctx context.Context, p *Plan, splits []fold, x blas64.General, t *targets, all blas64.General) ([]*plsFold, error) {
	folds := make([]*plsFold, len(splits))
	rounding := p.scoreRounding(x)
	err := each(ctx, p.workers, len(folds), func(i int) (err error) {
		folds[i], err = newPLSFold(ctx, m, &splits[i], x, t, all, rounding)
		return err
	})
	if err != nil {
		return nil, err
	}
	// One component of all folds at a time: the folds' rotations together
	// make one pass over the features.
	pass := newPLSPass(len(folds), x)
	for range m.Components {
		err = each(ctx, p.workers, len(folds), func(i int) error {
			return folds[i].rotation(ctx, row(pass.r, i))
		})
		if err == nil {
			err = pass.run(ctx, p.workers, folds)
		}
		if err == nil {
			err = each(ctx, p.workers, len(folds), func(i int) error {
				return folds[i].deflate(ctx, row(pass.t, i), row(pass.p, i))
			})
		}
		if err != nil {
			return nil, err
		}
	}
	return folds, nil
}

// plsPass computes for all folds at once the scores t = X r and the loadings
// X't, one row per fold, reading X once.
type plsPass struct {
	x       blas64.General
	r, t, p blas64.General
	partial []blas64.General // of p, by block of stimuli
}

func newPLSPass(folds int, x blas64.General) *plsPass {
	s := &plsPass{x: x, r: newGeneral(folds, x.Cols), t: newGeneral(folds, x.Rows), p: newGeneral(folds, x.Cols)}
	for range ceilDiv(x.Rows, rowBlock) {
		s.partial = append(s.partial, newGeneral(folds, x.Cols))
	}
	return s
}

func (s *plsPass) run(ctx context.Context, workers int, folds []*plsFold) error {
	err := each(ctx, workers, len(s.partial), func(b int) error {
		lo, hi := b*rowBlock, min(s.x.Rows, (b+1)*rowBlock)
		xb, tb := rows(s.x, lo, hi), cols(s.t, lo, hi)
		blas64.Gemm(blas.NoTrans, blas.Trans, 1, s.r, xb, 0, tb)
		for i, f := range folds {
			f.centreScores(row(tb, i), lo, row(s.r, i))
		}
		blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, tb, xb, 0, s.partial[b])
		return nil
	})
	if err != nil {
		return err
	}
	clear(s.p.Data)
	for _, part := range s.partial {
		axpy(1, part.Data, s.p.Data)
	}
	return nil
}
