package regress

import (
	"context"
	"fmt"
	"math"
	"sync"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/bsgen/bsgen/scoring/split"
)

// Options of a [Plan]. The zero value is the default.
type Options struct {
	// Workers is the number of goroutines; 0 means GOMAXPROCS. It does not
	// change results.
	Workers int
}

// Plan holds what can be computed from one activation matrix and its splits
// before any target is known. It may be used by several goroutines, for any
// number of methods and targets.
type Plan struct {
	n, p    int
	x       Matrix
	mean    []float64 // of each feature, over all stimuli
	workers int
	folds   []fold

	// centred is X minus its column means if p <= n. With more features than
	// stimuli only n x n matrices are kept.
	centred blas64.General

	mu     sync.Mutex
	gram   blas64.General // n x n, of the centred rows
	factor blas64.General // n x r with factor factorᵀ = gram
	lower  blas64.General // n x n with lower lowerᵀ = gram, by Householder reflections
}

// NewPlan checks the activations, one row per stimulus, and the splits, and
// computes the shared statistics. A fixed division into training and test
// stimuli is a list of one split. A split may leave stimuli out of both sets.
//
// Errors: an activation that is NaN or infinite (the message names row and
// column), an index outside the matrix, a stimulus that is twice in a split,
// fewer than two training stimuli or no test stimulus, a context that ended.
func NewPlan(ctx context.Context, x Matrix, splits []split.Split, opts Options) (*Plan, error) {
	n, p := x.Dims()
	if n == 0 || p == 0 {
		return nil, fmt.Errorf("regress: activations are %d x %d", n, p)
	}
	if len(splits) == 0 {
		return nil, fmt.Errorf("regress: no splits")
	}
	plan := &Plan{n: n, p: p, x: x, workers: opts.Workers}
	for i, s := range splits {
		f, err := newFold(s, n)
		if err != nil {
			return nil, fmt.Errorf("regress: split %d: %w", i, err)
		}
		plan.folds = append(plan.folds, f)
	}
	var err error
	if plan.mean, err = means(ctx, opts.Workers, x, "activations"); err != nil {
		return nil, err
	}
	if p <= n {
		plan.centred = newGeneral(n, p)
		err = each(ctx, opts.Workers, ceilDiv(p, colBlock), func(b int) error {
			lo, hi := b*colBlock, min(p, (b+1)*colBlock)
			readCentred(cols(plan.centred, lo, hi), x, plan.mean, lo)
			return nil
		})
	} else {
		_, err = plan.kernel(ctx)
	}
	return plan, err
}

// EstimateMemory returns roughly how many bytes a plan for n stimuli and p
// features, and one fit to q targets over the given number of folds, hold at
// most, beside the two matrices themselves. Linear, which needs the most, may
// add three copies of the smaller of X and the n x n Gram matrix per worker.
func EstimateMemory(n, p, q, folds int) int64 {
	f, m := int64(min(n, p)), int64(min(n, q))
	d := min(f, m)
	shared := int64(n)*f + int64(n)*m // features and targets, reduced
	if p > n {
		shared += int64(n) * int64(n)
	}
	perFold := f*m + d*d + 50*(int64(n)+f+m) // cross products and 25 components
	return 8 * (shared + int64(folds)*perFold + 4*int64(n)*colBlock)
}

// Folds returns the number of splits.
func (p *Plan) Folds() int { return len(p.folds) }

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
func (f *fold) cross(a, b, all blas64.General) blas64.General {
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
		blas64.Gemm(blas.Trans, blas.NoTrans, sign, gather(a, set), gather(b, set), 1, c)
	}
	blas64.Ger(-float64(len(f.train)), vec(f.trainMean(a)), vec(f.trainMean(b)), c)
	return c
}

// kernel returns the Gram matrix of the stimuli over centred features.
func (p *Plan) kernel(ctx context.Context) (blas64.General, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gram.Rows > 0 {
		return p.gram, nil
	}
	g, err := gram(ctx, p.workers, p.x, p.mean)
	if err != nil {
		return blas64.General{}, fmt.Errorf("regress: Gram matrix of the activations: %w", err)
	}
	p.gram = g
	return g, nil
}

// gram returns (M - mean)(M - mean)ᵀ, reading M in blocks of columns.
func gram(ctx context.Context, workers int, m Matrix, mean []float64) (blas64.General, error) {
	n, p := m.Dims()
	const width = 4 * colBlock
	g := newGeneral(n, n)
	buf := newGeneral(n, min(p, width))
	for lo := 0; lo < p; lo += width {
		b := cols(buf, 0, min(width, p-lo))
		err := each(ctx, workers, ceilDiv(n, rowBlock), func(i int) error {
			r0, r1 := i*rowBlock, min(n, (i+1)*rowBlock)
			for r := r0; r < r1; r++ {
				dst := row(b, r)
				m.Row(dst, r, lo)
				for j := range dst {
					dst[j] -= mean[lo+j]
				}
			}
			return nil
		})
		if err == nil {
			err = addGram(ctx, workers, blas.NoTrans, 1, b, g)
		}
		if err != nil {
			return blas64.General{}, err
		}
	}
	reflect(g)
	return g, nil
}

// features returns an n x r matrix with r <= n whose rows have the same inner
// products as the centred activations, and column means of zero.
func (p *Plan) features(ctx context.Context) (blas64.General, error) {
	if p.p <= p.n {
		return p.centred, nil
	}
	k, err := p.kernel(ctx)
	if err != nil {
		return blas64.General{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.factor.Rows == 0 {
		if p.factor, err = factorize(ctx, p.workers, k); err != nil {
			return blas64.General{}, fmt.Errorf("regress: factor of the activations: %w", err)
		}
	}
	return p.factor, nil
}

// factorize returns F, n x r, with F Fᵀ = k for a positive semidefinite k of
// rank r: Cholesky factorisation with complete pivoting, stopped where what
// remains is rounding error. The pivots of a block are chosen and eliminated
// one by one; the rest of the matrix follows in one product.
//
// Higham, "Analysis of the Cholesky decomposition of a semi-definite matrix" (1990).
func factorize(ctx context.Context, workers int, k blas64.General) (blas64.General, error) {
	const width = 48
	n := k.Rows
	rest := newGeneral(n, n)
	copy(rest.Data, k.Data)
	diag := make([]float64, n)
	largest := 0.0
	for i := range diag {
		diag[i] = k.Data[i*k.Stride+i]
		largest = math.Max(largest, diag[i])
	}
	tol := float64(n) * epsilon / 2 * largest
	lt := newGeneral(n, n) // row r is column r of F
	done := make([]bool, n)
	r := 0
	for base := 0; base == r && r < n; base += width {
		for r < min(n, base+width) {
			pivot := -1
			best := tol
			for i, d := range diag {
				if !done[i] && d > best {
					best, pivot = d, i
				}
			}
			if pivot < 0 {
				break
			}
			l := row(lt, r)
			copy(l, row(rest, pivot))
			if r > base {
				weights := make([]float64, r-base)
				for j := range weights {
					weights[j] = lt.Data[(base+j)*n+pivot]
				}
				gemv(blas.Trans, -1, rows(lt, base, r), weights, 1, l)
			}
			scale := 1 / math.Sqrt(best)
			for i := range l {
				if done[i] {
					l[i] = 0
					continue
				}
				l[i] *= scale
				diag[i] -= float64(l[i] * l[i])
			}
			done[pivot] = true
			r++
		}
		if b := rows(lt, base, r); r < n && b.Rows == width {
			if err := multiply(ctx, workers, blas.Trans, blas.NoTrans, -1, b, b, 1, rest); err != nil {
				return blas64.General{}, err
			}
		}
	}
	if r == 0 {
		return newGeneral(n, 1), nil
	}
	return transposed(rows(lt, 0, r)), nil
}

// epsilon is the spacing of float64 numbers at 1.
const epsilon = 0x1p-52

func transposed(g blas64.General) blas64.General {
	t := newGeneral(g.Cols, g.Rows)
	for i := range g.Rows {
		for j, v := range row(g, i) {
			t.Data[j*t.Stride+i] = v
		}
	}
	return t
}
