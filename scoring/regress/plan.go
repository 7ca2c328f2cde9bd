package regress

import (
	"context"
	"fmt"
	"runtime"
	"sync"

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
// Errors: an activation that is NaN, infinite or beyond 1e150 (the message names
// row and column), activations that are all below 1e-150 but not all 0, an index outside the matrix, a stimulus that is twice in a split,
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

// EstimateMemory returns roughly how many bytes the plan and a fit by m hold at
// once, beside the two matrices: n stimuli, p features, q targets. Workers is
// that of [Options]. The Go heap may grow beyond it by what the garbage
// collector is allowed (GOGC).
func EstimateMemory(m Method, n, p, q, folds, workers int) int64 {
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	n64, f, r := int64(n), int64(min(n, p)), int64(min(n, q)) // reduced features and targets
	out := n64 * r                                            // predictions, or n weights each, for about n test stimuli
	if _, ok := m.(OneToOne); ok {
		return 8 * int64(workers) * 4 * n64 * colBlock
	}
	numbers := n64*f + n64*r + out + 4*int64(workers)*n64*colBlock
	if p > n || q > n {
		numbers += 2 * n64 * n64 // a Gram matrix and the work on its factor
	}
	var perFold, perWorker int64
	switch m := m.(type) {
	case PLS:
		d := min(f, r)
		folds = m.batch(int(f), int(r), folds)
		perFold = f*r + d*d + int64(m.Components)*(2*n64+2*f+r)
	case Ridge:
		perWorker = 3 * f * f
	case RidgeCV:
		perWorker = 6*f*f + 4*looBlock*f
	case Linear:
		perWorker = 4*n64*f + 4*f*f
	}
	return 8 * (numbers + int64(folds)*perFold + int64(min(workers, folds))*perWorker)
}

// Folds returns the number of splits.
func (p *Plan) Folds() int { return len(p.folds) }

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
