package regress

import (
	"context"
	"math"
	"sync"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/bsgen/bsgen/scoring/stat"
)

// Method is a way to map activations to responses: [PLS], [Ridge], [RidgeCV],
// [Linear] or [OneToOne].
type Method interface {
	// fit solves every fold and returns the predictions in a form from which
	// those for any block of targets follow.
	fit(ctx context.Context, p *Plan, t *targets) (*Fit, error)
}

// Fit is a method fitted on the training stimuli of every fold.
type Fit struct {
	// Folds are in the order of the plan's splits.
	Folds []Fold

	plan    *Plan
	targets *targets
	predict predictor
	first   []int // row of each fold's first test stimulus in a prediction
}

// Fold is the result of one split.
type Fold struct {
	// R is the Pearson correlation, per target, of prediction and response
	// over the test stimuli. It is NaN where the target is constant over the
	// training or the test stimuli or the prediction is constant.
	R []float64
	// Iterations counts the power steps of each PLS component.
	Iterations []int
	// Alpha is the penalty of a ridge fit, and Loss the mean squared
	// leave-one-out error that RidgeCV found for it on the training stimuli.
	Alpha, Loss float64
	// Unit is the feature that OneToOne assigned to each target, -1 for a
	// target that is constant over the training stimuli.
	Unit []int
}

// predictor gives predictions relative to the mean of the training responses,
// for the test stimuli of all folds one below the other.
type predictor interface {
	// columns fills dst with the predictions for the targets from lo on;
	// y holds the centred responses of all stimuli for the same targets.
	columns(ctx context.Context, dst, y blas64.General, lo int) error
}

// known predictions: one row per test stimulus, one column per target.
type known blas64.General

func (k known) columns(_ context.Context, dst, _ blas64.General, lo int) error {
	src := cols(blas64.General(k), lo, lo+dst.Cols)
	for i := range dst.Rows {
		copy(row(dst, i), row(src, i))
	}
	return nil
}

// smoother predicts a test stimulus as a weighted sum of the training
// responses: one row of n weights per test stimulus.
type smoother blas64.General

func (s smoother) columns(ctx context.Context, dst, y blas64.General, _ int) error {
	return gemm(ctx, blas.NoTrans, blas.NoTrans, 1, blas64.General(s), y, 0, dst)
}

// newFit returns an empty fit with room for direct predictions, or for the
// weights of a smoother if there are more targets than stimuli. Methods write
// each fold's rows through out.
func (p *Plan) newFit(t *targets) (f *Fit, out func(fold int) blas64.General) {
	f = &Fit{plan: p, targets: t, Folds: make([]Fold, len(p.folds)), first: make([]int, len(p.folds)+1)}
	for i, fd := range p.folds {
		f.first[i+1] = f.first[i] + len(fd.test)
	}
	width := t.q
	if !t.direct {
		width = p.n
	}
	all := newGeneral(f.first[len(p.folds)], width)
	if t.direct {
		f.predict = known(all)
	} else {
		f.predict = smoother(all)
	}
	return f, func(i int) blas64.General { return rows(all, f.first[i], f.first[i+1]) }
}

// Fit fits the method to all targets on every split and correlates its
// predictions with the responses of the test stimuli. Y has one row per row of
// the activations; another number of rows is a programming error and panics.
//
// Errors: a response that is NaN or infinite, settings the method refuses, a
// context that ended (noticed within some milliseconds).
func (p *Plan) Fit(ctx context.Context, m Method, y Matrix) (*Fit, error) {
	t, err := p.targets(ctx, y)
	if err != nil {
		return nil, err
	}
	f, err := m.fit(ctx, p, t)
	if err != nil {
		return nil, err
	}
	if err := f.correlate(ctx); err != nil {
		return nil, err
	}
	return f, nil
}

// Test returns the test stimuli of a fold. The caller must not change it.
func (f *Fit) Test(fold int) []int { return f.plan.folds[fold].test }

// Targets returns the number of targets.
func (f *Fit) Targets() int { return f.targets.q }

// Pairs is one fold's out-of-sample predictions beside the responses.
type Pairs struct {
	// Predicted and Observed have one row per test stimulus of the fold, in
	// the order of its split, and one column per target of the block. Both
	// are relative to the target's mean: over the training stimuli for the
	// prediction, over all stimuli for the response. Only differences within
	// a column carry meaning, as for a correlation.
	Predicted, Observed blas64.General
}

// Each calls visit for every block of targets, lo to lo + columns, with the
// pairs of every fold. Blocks come in any order from several goroutines;
// what visit is given is valid only during the call. The block size is the
// same for every fit.
func (f *Fit) Each(ctx context.Context, visit func(lo int, folds []Pairs) error) error {
	n, q := f.plan.n, f.targets.q
	total := f.first[len(f.Folds)]
	type buffers struct{ y, predicted, observed blas64.General }
	width := min(q, colBlock)
	pool := sync.Pool{New: func() any {
		return &buffers{newGeneral(n, width), newGeneral(total, width), newGeneral(total, width)}
	}}
	return each(ctx, f.plan.workers, ceilDiv(q, colBlock), func(b int) error {
		lo, hi := b*colBlock, min(q, (b+1)*colBlock)
		buf := pool.Get().(*buffers)
		defer pool.Put(buf)
		y, predicted, observed := cols(buf.y, 0, hi-lo), cols(buf.predicted, 0, hi-lo), cols(buf.observed, 0, hi-lo)
		f.targets.columns(y, lo)
		if err := f.predict.columns(ctx, predicted, y, lo); err != nil {
			return err
		}
		pairs := make([]Pairs, len(f.Folds))
		for i, fd := range f.plan.folds {
			o := rows(observed, f.first[i], f.first[i+1])
			for k, s := range fd.test {
				copy(row(o, k), row(y, s))
			}
			pairs[i] = Pairs{Predicted: rows(predicted, f.first[i], f.first[i+1]), Observed: o}
		}
		return visit(lo, pairs)
	})
}

// correlate fills in Fold.R.
func (f *Fit) correlate(ctx context.Context) error {
	for i := range f.Folds {
		f.Folds[i].R = make([]float64, f.targets.q)
	}
	return f.Each(ctx, func(lo int, pairs []Pairs) error {
		for i, pr := range pairs {
			r := f.Folds[i].R[lo : lo+pr.Observed.Cols]
			pearson(r, pr.Predicted, pr.Observed)
			for j := range r {
				if f.targets.constant(f.plan.folds[i].train, lo+j) {
					r[j] = math.NaN()
				}
			}
		}
		return nil
	})
}

// constant reports whether target j is the same for all the stimuli.
func (t *targets) constant(stimuli []int, j int) bool {
	var v [2]float64
	t.y.Row(v[:1], stimuli[0], j)
	for _, i := range stimuli[1:] {
		if t.y.Row(v[1:], i, j); v[1] != v[0] {
			return false
		}
	}
	return true
}

// pearson sets r to the correlations of the columns of a with those of b,
// which it centres and scales in place. A constant column gives NaN.
func pearson(r []float64, a, b blas64.General) {
	for _, g := range []blas64.General{a, b} {
		centreColumns(g)
		scaleColumns(g)
	}
	w := len(r)
	sums := make([]float64, 3*w)
	ab, aa, bb := sums[:w], sums[w:2*w], sums[2*w:]
	for i := range a.Rows {
		x, y := row(a, i)[:w], row(b, i)[:w]
		for j, u := range x {
			v := y[j]
			ab[j] += float64(u * v)
			aa[j] += float64(u * u)
			bb[j] += float64(v * v)
		}
	}
	for j := range r {
		r[j] = stat.Correlation(ab[j], aa[j], bb[j])
	}
}

// centreColumns subtracts from each column its mean; a column of equal numbers
// becomes exactly zero.
func centreColumns(g blas64.General) {
	if g.Rows == 0 {
		return
	}
	// Shifting by the first row first makes a constant column exactly zero
	// and costs no accuracy.
	first := append([]float64(nil), row(g, 0)...)
	mean := make([]float64, g.Cols)
	for i := range g.Rows {
		for j, v := range row(g, i)[:len(mean)] {
			d := v - first[j]
			g.Data[i*g.Stride+j] = d
			mean[j] += d
		}
	}
	for j := range mean {
		mean[j] /= float64(g.Rows)
	}
	for i := range g.Rows {
		r := row(g, i)
		for j, m := range mean {
			r[j] -= m
		}
	}
}

// scaleColumns multiplies each column by a power of two for which the squares
// of its numbers neither under- nor overflow, which is 1 unless these are
// extreme; see [stat.Scale].
func scaleColumns(g blas64.General) {
	scale := make([]float64, g.Cols)
	for i := range g.Rows {
		for j, v := range row(g, i) {
			scale[j] = max(scale[j], math.Abs(v))
		}
	}
	extreme := false
	for j, largest := range scale {
		scale[j] = stat.Scale(largest)
		extreme = extreme || scale[j] != 1
	}
	if !extreme {
		return
	}
	for i := range g.Rows {
		r := row(g, i)
		for j, s := range scale {
			r[j] *= s
		}
	}
}
