package regress

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/bsgen/bsgen/scoring/split"
)

// fold is one split, checked.
type fold struct {
	train, test []int
	out         []int // all stimuli outside train, ascending
}

func newFold(s split.Split, n int) (fold, error) {
	if len(s.Train) < 2 || len(s.Test) < 1 {
		return fold{}, fmt.Errorf("%d training and %d test stimuli: need at least 2 and 1", len(s.Train), len(s.Test))
	}
	const train, test = 1, 2
	used := make([]uint8, n)
	mark := func(set []int, as uint8) error {
		for _, i := range set {
			if i < 0 || i >= n {
				return fmt.Errorf("stimulus index %d: there are %d stimuli", i, n)
			}
			if used[i] != 0 {
				return fmt.Errorf("stimulus %d occurs twice", i)
			}
			used[i] = as
		}
		return nil
	}
	if err := mark(s.Train, train); err != nil {
		return fold{}, err
	}
	if err := mark(s.Test, test); err != nil {
		return fold{}, err
	}
	f := fold{train: s.Train, test: s.Test}
	for i, u := range used {
		if u != train {
			f.out = append(f.out, i)
		}
	}
	return f, nil
}

// trainMean returns the column means of g over the training rows, where g has
// column means of zero over all rows.
func (f *fold) trainMean(g blas64.General) []float64 {
	m := make([]float64, g.Cols)
	set, sign := f.out, -1.0
	if len(f.train) < len(f.out) {
		set, sign = f.train, 1
	}
	for _, i := range set {
		axpy(sign, row(g, i), m)
	}
	for j := range m {
		m[j] /= float64(len(f.train))
	}
	return m
}

// cross returns the centred cross product over the training rows,
// Σ (a_i - mean a)(b_i - mean b)ᵀ, given that of all rows.
func (f *fold) cross(ctx context.Context, a, b, all blas64.General) (blas64.General, error) {
	set, sign := f.out, -1.0
	c := newGeneral(a.Cols, b.Cols)
	if len(f.train) < len(f.out) {
		set, sign = f.train, 1
	} else {
		for i := range c.Rows {
			copy(row(c, i), row(all, i))
		}
	}
	if len(set) > 0 {
		if err := product(ctx, blas.Trans, blas.NoTrans, sign, gather(a, set), gather(b, set), 1, c); err != nil {
			return c, err
		}
	}
	blas64.Ger(-float64(len(f.train)), vec(f.trainMean(a)), vec(f.trainMean(b)), c)
	return c, nil
}

// predict writes what the weights of the training responses, one row per test
// stimulus and one column per training stimulus, predict: the predictions, or
// the weights over all stimuli. The weights of a row sum to zero.
func (f *fold) predict(ctx context.Context, weights blas64.General, t *targets, dst blas64.General) error {
	if t.direct {
		return product(ctx, blas.NoTrans, blas.NoTrans, 1, weights, gather(t.reduced, f.train), 0, dst)
	}
	for a := range dst.Rows {
		d := row(dst, a)
		for b, v := range row(weights, a) {
			d[f.train[b]] = v
		}
	}
	return nil
}
