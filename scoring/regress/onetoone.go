package regress

import (
	"context"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// OneToOne predicts each target by the one feature whose Pearson correlation
// with it over the training stimuli is largest (with its sign; the first of
// equals; constant features excepted), unscaled: Brain-Score's
// neuron_to_neuron.
type OneToOne struct{}

func (OneToOne) fit(ctx context.Context, p *Plan, t *targets) (*Fit, error) {
	fit := &Fit{plan: p, targets: t, Folds: make([]Fold, len(p.folds)), first: make([]int, len(p.folds)+1)}
	for i, fd := range p.folds {
		fit.first[i+1] = fit.first[i] + len(fd.test)
		fit.Folds[i].Unit = make([]int, t.q)
	}
	fit.predict = assignment{fit}
	return fit, each(ctx, p.workers, ceilDiv(t.q, colBlock), func(b int) error {
		lo, hi := b*colBlock, min(t.q, (b+1)*colBlock)
		y := newGeneral(t.n, hi-lo)
		t.columns(y, lo)
		best := make([][]float64, len(p.folds))
		for i := range best {
			best[i] = make([]float64, hi-lo)
			for j := range best[i] {
				best[i][j] = math.Inf(-1)
				fit.Folds[i].Unit[lo+j] = -1
			}
		}
		x := newGeneral(t.n, min(p.p, colBlock))
		for f0 := 0; f0 < p.p; f0 += colBlock {
			if err := ctx.Err(); err != nil {
				return err
			}
			xb := cols(x, 0, min(colBlock, p.p-f0))
			readCentred(xb, p.x, p.mean, f0)
			scaleColumns(xb) // correlations do not depend on it
			all := newGeneral(xb.Cols, y.Cols)
			blas64.Gemm(blas.Trans, blas.NoTrans, 1, xb, y, 0, all)
			for i := range p.folds {
				if err := p.folds[i].assign(ctx, xb, y, all, f0, best[i], fit.Folds[i].Unit[lo:hi]); err != nil {
					return err
				}
			}
		}
		for i := range p.folds {
			for j := range best[i] {
				if t.constant(p.folds[i].train, lo+j) {
					fit.Folds[i].Unit[lo+j] = -1
				}
			}
		}
		return nil
	})
}

// assign updates the best feature of each target by those in x, the first of
// which is feature f0. All correlations with one target share its standard
// deviation, which therefore does not matter.
func (f *fold) assign(ctx context.Context, x, y, all blas64.General, f0 int, best []float64, unit []int) error {
	s, err := f.cross(ctx, x, y, all)
	if err != nil {
		return err
	}
	mean := f.trainMean(x)
	square := make([]float64, x.Cols)
	low, high := make([]float64, x.Cols), make([]float64, x.Cols)
	copy(low, row(x, f.train[0]))
	copy(high, low)
	for _, i := range f.train {
		for k, v := range row(x, i) {
			d := v - mean[k]
			square[k] += float64(d * d)
			low[k], high[k] = min(low[k], v), max(high[k], v)
		}
	}
	for k := range square {
		if low[k] == high[k] {
			continue
		}
		scale := 1 / math.Sqrt(square[k])
		for j, v := range row(s, k) {
			if r := v * scale; r > best[j] {
				best[j], unit[j] = r, f0+k
			}
		}
	}
	return nil
}

// assignment predicts by the assigned features.
type assignment struct{ fit *Fit }

func (a assignment) columns(_ context.Context, dst, _ blas64.General, lo int) error {
	for f, fd := range a.fit.plan.folds {
		unit := a.fit.Folds[f].Unit[lo : lo+dst.Cols]
		for k, i := range fd.test {
			d := row(dst, a.fit.first[f]+k)
			for j, u := range unit {
				if u < 0 {
					d[j] = 0
					continue
				}
				a.fit.plan.x.Row(d[j:j+1], i, u)
				d[j] -= a.fit.plan.mean[u]
			}
		}
	}
	return nil
}
