package regress

import (
	"context"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// rotation finds the weights of the next component and writes to r the
// rotation that gives its scores from the undeflated features; zero once
// nothing is left to explain.
func (f *plsFold) rotation(ctx context.Context, r []float64) error {
	clear(r)
	// Below 1e-26 of its initial square, S is its own rounding error.
	if f.k == f.most || f.trace0 == 0 || f.currentTrace() <= 1e-26*f.trace0 {
		f.exhausted = true
	}
	if f.exhausted {
		return nil
	}
	steps, err := f.weights(ctx)
	if err != nil {
		return err
	}
	f.steps = append(f.steps, steps)
	rk := row(f.r, f.k)
	copy(rk, f.w)
	for j := range f.k {
		axpy(-dot(row(f.p, j), f.w), row(f.r, j), rk)
	}
	copy(r, rk)
	return nil
}

// weights sets w, of unit length, and sw.
func (f *plsFold) weights(ctx context.Context) (steps int, err error) {
	switch {
	case f.targets.q == 1:
		steps = 1
		copy(f.w, f.s0)
		normalize(f.w)
		f.sw[0] = math.Sqrt(f.g.Data[0]) // S'w = |S|
		if f.narrow {
			f.sw[0] = f.g.Data[0] * f.w[0] // one feature
		}
	case f.method.Converged:
		err = f.singularVector(ctx)
	case f.narrow:
		steps, err = f.powerNarrow(ctx)
	default:
		steps, err = f.powerWide(ctx)
	}
	return steps, err
}

// powerNarrow iterates w <- SS'w / |SS'w|.
func (f *plsFold) powerNarrow(ctx context.Context) (steps int, err error) {
	copy(f.w, f.s0)
	normalize(f.w)
	for steps = 2; ; steps++ {
		if err := f.pause(ctx, steps); err != nil {
			return steps, err
		}
		gemv(blas.NoTrans, 1, f.g, f.w, 0, f.sw)
		scale := 1 / math.Sqrt(dot(f.sw, f.sw))
		change := 0.0
		for j, v := range f.sw {
			u := v * scale
			e := u - f.w[j]
			change += float64(e * e)
			f.w[j] = u
		}
		if change < plsTolerance || steps == plsMaxSteps {
			break
		}
	}
	gemv(blas.NoTrans, 1, f.g, f.w, 0, f.sw)
	return steps, nil
}

// pause reports whether the context has ended; in small problems, where a step
// takes less than a microsecond, only now and then.
func (f *plsFold) pause(ctx context.Context, steps int) error {
	const small = 128
	if f.g.Rows < small && steps%64 != 0 {
		return nil
	}
	return ctx.Err()
}

// powerWide makes the same steps on v = S'w. With |Sv|² = v'Gv, the new weights
// are Sv/|Sv|, and the old and new weights enclose the cosine v'v/|Sv|, so that
// the squared change is 2 - 2v'v/|Sv|.
func (f *plsFold) powerWide(ctx context.Context) (steps int, err error) {
	v := f.v
	if f.targets.direct && f.g.Data[f.start*f.g.Stride+f.start] > 1e-9*f.trace {
		// s0 is a column of S, so that S's0 is one of G.
		copy(v, row(f.g, f.start))
		blas64.Scal(1/math.Sqrt(v[f.start]), vec(v))
	} else {
		copy(f.w, f.s0)
		normalize(f.w)
		f.transposeTimes(f.w, v)
	}
	var norm float64
	for steps = 2; ; steps++ {
		if err := f.pause(ctx, steps); err != nil {
			return steps, err
		}
		gemv(blas.NoTrans, 1, f.g, v, 0, f.sw)
		norm = math.Sqrt(dot(v, f.sw))
		if 2-2*dot(v, v)/norm < plsTolerance || steps == plsMaxSteps {
			break
		}
		scale := 1 / norm
		for j, g := range f.sw {
			v[j] = g * scale
		}
	}
	f.fromWide(v)
	return steps, nil
}

// fromWide sets w to Sv/|Sv| and sw to S'w, which is Gv/|Sv| with Gv in sw.
func (f *plsFold) fromWide(v []float64) {
	gemv(blas.NoTrans, 1, f.s, v, 0, f.w)
	for j := f.base; j < f.k; j++ {
		axpy(-f.tt[j]*dot(row(f.q, j), v), row(f.p, j), f.w)
	}
	norm := normalize(f.w)
	blas64.Scal(1/norm, vec(f.sw))
}

// transposeTimes sets v to S'x for the deflated S.
func (f *plsFold) transposeTimes(x, v []float64) {
	gemv(blas.Trans, 1, f.s, x, 0, v)
	for j := f.base; j < f.k; j++ {
		axpy(-f.tt[j]*dot(row(f.p, j), x), row(f.q, j), v)
	}
}

// singularVector sets w to the exact first left singular vector of S.
func (f *plsFold) singularVector(ctx context.Context) error {
	d := f.g.Rows
	full := newGeneral(d, d)
	for i := range d {
		copy(row(full, i), row(f.g, i))
	}
	_, vectors, err := symmetricEigen(ctx, full)
	if err != nil {
		return err
	}
	last := row(vectors, d-1)
	gemv(blas.NoTrans, 1, f.g, last, 0, f.sw)
	if !f.narrow {
		f.fromWide(last)
		return nil
	}
	copy(f.w, last)
	return nil
}

// normalize scales x to unit length and returns the length it had.
func normalize(x []float64) float64 {
	norm := math.Sqrt(dot(x, x))
	blas64.Scal(1/norm, vec(x))
	return norm
}
