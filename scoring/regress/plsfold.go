package regress

import (
	"context"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// plsFold is the state of PLS on one fold's training stimuli, component by
// component.
//
// All that the power iteration needs of X and Y is their cross product
// S = X'Y, p x m. X and Y are deflated by S - Σ tt p q', where t are the
// scores, tt = t't, p = X't/tt and q = Y't/tt. S itself is left alone; the
// terms are applied to vectors. The iteration runs on the smaller of S'S
// (m x m, on v = S'w) and SS' (p x p, on the weights w themselves), which a
// rank-two update deflates.
type plsFold struct {
	method  PLS
	fold    *fold
	x       blas64.General
	targets *targets
	// rounding is the largest t't that rounding errors of x alone may give.
	rounding float64
	mean     []float64 // of x, over the training stimuli
	outside  []bool    // by stimulus: not a training stimulus

	s      blas64.General
	base   int            // components that s has been deflated by
	narrow bool           // the iteration runs on SS' rather than S'S
	g      blas64.General // of these, complete: a product with it is the inner loop
	trace0 float64        // of g before any deflation
	trace  float64        // of g when s was last deflated

	start    int       // the target the iteration starts from
	residual []float64 // that target, deflated, zero outside the training stimuli
	s0       []float64 // X'residual

	w, sw []float64 // weights of the current component and S'w (narrow: SS'w)
	v     []float64 // as long as sw, for passing use

	most       int // components that the training stimuli allow
	k          int // components found
	exhausted  bool
	steps      []int
	tt         []float64
	r, p, q, t blas64.General // one row per component
	tTest      blas64.General // scores of the test stimuli
}

func newPLSFold(ctx context.Context, m PLS, fd *fold, x blas64.General, t *targets, all blas64.General, rounding float64) (*plsFold, error) {
	f := &plsFold{method: m, fold: fd, x: x, rounding: rounding, targets: t, mean: fd.trainMean(x), outside: make([]bool, x.Rows)}
	for _, i := range fd.out {
		f.outside[i] = true
	}
	p, d := all.Rows, all.Cols
	var err error
	if f.s, err = fd.cross(ctx, x, t.reduced, all); err != nil {
		return nil, err
	}
	f.narrow = p <= d
	size := min(p, d)
	f.g = newAligned(size, size)
	if err := f.refresh(ctx); err != nil {
		return nil, err
	}
	f.trace0 = f.trace
	f.residual, f.s0 = make([]float64, x.Rows), make([]float64, p)
	f.w, f.sw, f.v = make([]float64, p), make([]float64, size), make([]float64, size)
	f.r, f.p, f.q = newGeneral(m.Components, p), newGeneral(m.Components, p), newGeneral(m.Components, d)
	f.t, f.tTest = newGeneral(m.Components, x.Rows), newGeneral(m.Components, len(fd.test))
	f.most = min(m.Components, len(fd.train)-1, p)
	f.loadStart()
	return f, nil
}

// refresh deflates s by the components found since it last was, and computes
// the iteration matrix from it. An update of the iteration matrix leaves
// errors relative to the matrix it started from; once that has shrunk by many
// digits it is time for a new one.
func (f *plsFold) refresh(ctx context.Context) error {
	f.loadings()
	for j := f.base; j < f.k; j++ {
		blas64.Ger(-f.tt[j], vec(row(f.p, j)), vec(row(f.q, j)), f.s)
	}
	f.base = f.k
	clear(f.g.Data)
	t := blas.Trans
	if f.narrow {
		t = blas.NoTrans
	}
	if err := addGram(ctx, 1, t, 1, f.s, f.g); err != nil {
		return err
	}
	mirror(f.g)
	f.trace = f.currentTrace()
	return nil
}

// loadings fills in q = S'r/tt of the components that s is not deflated by,
// where the iteration has not given them.
func (f *plsFold) loadings() {
	if !f.narrow || f.base == f.k {
		return
	}
	q := rows(f.q, f.base, f.k)
	blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, rows(f.r, f.base, f.k), f.s, 0, q)
	for j := range q.Rows {
		blas64.Scal(1/f.tt[f.base+j], vec(row(q, j)))
	}
}

func (f *plsFold) currentTrace() float64 {
	sum := 0.0
	for i := range f.g.Rows {
		sum += f.g.Data[i*f.g.Stride+i]
	}
	return sum
}

// loadStart makes residual and s0 those of the first target, from f.start on,
// that is not constant over the training stimuli once deflated. scikit-learn
// looks for an entry above epsilon after it has cleared the columns that are
// below ten times that throughout. Without such a target the responses are
// exhausted.
func (f *plsFold) loadStart() {
	n := f.x.Rows
	for ; f.start < f.targets.q; f.start++ {
		if f.targets.constant(f.fold.train, f.start) {
			continue
		}
		f.targets.columns(blas64.General{Rows: n, Cols: 1, Stride: 1, Data: f.residual}, f.start)
		mean := 0.0
		for _, i := range f.fold.train {
			mean += f.residual[i]
		}
		mean /= float64(len(f.fold.train))
		for i := range f.residual {
			if f.outside[i] {
				f.residual[i] = 0
			} else {
				f.residual[i] -= mean
			}
		}
		for j := range f.k {
			t := row(f.t, j)
			axpy(-dot(t, f.residual)/f.tt[j], t, f.residual)
		}
		if f.startUsable() {
			// Zero if the target is orthogonal to all features.
			if gemv(blas.Trans, 1, f.x, f.residual, 0, f.s0); blas64.Nrm2(vec(f.s0)) > 0 {
				return
			}
		}
	}
	f.exhausted = true
}

func (f *plsFold) startUsable() bool {
	for _, v := range f.residual {
		if math.Abs(v) >= 10*epsilon {
			return true
		}
	}
	return false
}

// centreScores turns x_i'r, for the stimuli from lo on, into the scores of the
// training stimuli; those of the test stimuli are kept, all others become zero.
func (f *plsFold) centreScores(t []float64, lo int, r []float64) {
	c := dot(f.mean, r)
	for i := range t {
		t[i] -= c
	}
	if f.exhausted {
		return
	}
	for k, i := range f.fold.test {
		if lo <= i && i < lo+len(t) {
			f.tTest.Data[f.k*f.tTest.Stride+k] = t[i-lo]
		}
	}
	for i := range t {
		if f.outside[lo+i] {
			t[i] = 0
		}
	}
}

// deflate completes the component from its training scores t and X't.
func (f *plsFold) deflate(ctx context.Context, t, xt []float64) error {
	if f.exhausted {
		return nil
	}
	tt := dot(t, t)
	if !(tt > f.rounding) {
		f.steps = f.steps[:f.k]
		f.exhausted = true
		return nil
	}
	p, q, r := row(f.p, f.k), row(f.q, f.k), row(f.r, f.k)
	copy(row(f.t, f.k), t)
	for i, v := range xt {
		p[i] = v / tt
	}
	startLoading := dot(r, f.s0) / tt
	if f.narrow {
		// a = Sq = SS'w/tt; the deflated matrix is (S - tt p q')(S - tt p q')'.
		f.downdate(p, f.sw, 1/tt, tt, dot(f.w, f.sw)/(tt*tt))
	} else {
		for j, v := range f.sw {
			q[j] = v / tt
		}
		f.transposeTimes(p, f.v)
		f.downdate(q, f.v, 1, tt, dot(p, p))
	}
	f.tt = append(f.tt, tt)
	f.k++
	axpy(-tt*startLoading, p, f.s0)
	axpy(-startLoading, t, f.residual)
	if !f.startUsable() {
		f.loadStart()
	}
	if f.currentTrace() < 1e-9*f.trace {
		return f.refresh(ctx)
	}
	return nil
}

// downdate subtracts tt (a b' + b a') - tt² c b b' from g, where a is scale
// times the given vector; it overwrites a.
func (f *plsFold) downdate(b, a []float64, scale, tt, c float64) {
	for j, v := range a {
		a[j] = float64(-tt*scale*v) + float64(tt*tt*c/2*b[j])
	}
	blas64.Ger(1, vec(a), vec(b), f.g)
	blas64.Ger(1, vec(b), vec(a), f.g)
}

// predict writes the predictions for the test stimuli relative to the training
// mean, or the weights of the training responses that give them.
func (f *plsFold) predict(ctx context.Context, dst blas64.General) error {
	tTest := rows(f.tTest, 0, f.k)
	if f.k == 0 {
		return nil
	}
	if f.targets.direct {
		f.loadings()
		return product(ctx, blas.Trans, blas.NoTrans, 1, tTest, rows(f.q, 0, f.k), 0, dst)
	}
	t := rows(f.t, 0, f.k)
	for j := range f.k {
		blas64.Scal(1/f.tt[j], vec(row(t, j)))
	}
	return product(ctx, blas.Trans, blas.NoTrans, 1, tTest, t, 0, dst)
}
