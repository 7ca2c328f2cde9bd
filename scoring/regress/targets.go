package regress

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// targets are the responses to be predicted.
type targets struct {
	n, q int
	y    Matrix
	mean []float64 // of each target, over all stimuli

	// reduced is an n x m matrix whose rows have the inner products of the
	// centred responses: these themselves if direct (q <= n), else a factor
	// of their Gram matrix.
	reduced blas64.General
	direct  bool
}

func (p *Plan) targets(ctx context.Context, y Matrix) (*targets, error) {
	n, q := y.Dims()
	if n != p.n {
		panic(fmt.Sprintf("regress: responses to %d stimuli, activations for %d", n, p.n))
	}
	if q == 0 {
		return nil, fmt.Errorf("regress: no targets")
	}
	t := &targets{n: n, q: q, y: y, direct: q <= n}
	var err error
	if t.mean, err = means(ctx, p.workers, y, "responses"); err != nil {
		return nil, err
	}
	if t.direct {
		t.reduced = newGeneral(n, q)
		readCentred(t.reduced, y, t.mean, 0)
		return t, nil
	}
	g, err := gram(ctx, p.workers, y, t.mean)
	if err == nil {
		t.reduced, err = factorize(ctx, p.workers, g)
	}
	if err != nil {
		return nil, fmt.Errorf("regress: Gram matrix of the responses: %w", err)
	}
	return t, nil
}

// columns fills dst, n x any width, with centred responses from target lo on.
func (t *targets) columns(dst blas64.General, lo int) { readCentred(dst, t.y, t.mean, lo) }

// crossProduct returns the features' and the reduced targets' cross product
// over all stimuli, from which each fold's follows.
func (p *Plan) crossProduct(ctx context.Context, features blas64.General, t *targets) (blas64.General, error) {
	s := newGeneral(features.Cols, t.reduced.Cols)
	return s, multiply(ctx, p.workers, blas.Trans, blas.NoTrans, 1, features, t.reduced, 0, s)
}
