package regress

import (
	"context"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// reflections is the product of I - tau_j v_j v_jᵀ over j, the v_j being the
// rows of v, zero before column j.
type reflections struct {
	v   blas64.General
	tau []float64
}

const lqPanel = 64

// lq factorises b = L Q (k x m, k <= m, L lower triangular, Q with orthonormal
// rows) and returns L and the reflections whose product Q is the start of.
// They take the place of b.
func lq(ctx context.Context, b blas64.General) (blas64.General, *reflections, error) {
	k, m := b.Rows, b.Cols
	l := newGeneral(k, k)
	h := &reflections{v: b, tau: make([]float64, k)}
	y := make([]float64, lqPanel)
	for lo := 0; lo < k; lo += lqPanel {
		if err := ctx.Err(); err != nil {
			return l, nil, err
		}
		hi := min(k, lo+lqPanel)
		for j := lo; j < hi; j++ {
			v := row(b, j)[j:]
			copy(row(l, j)[:j], row(b, j))
			clear(row(b, j)[:j])
			l.Data[j*k+j], h.tau[j] = householder(v)
			if j+1 < hi {
				below := block(b, j+1, hi, j, m)
				gemv(blas.NoTrans, 1, below, v, 0, y[:below.Rows])
				blas64.Ger(-h.tau[j], vec(y[:below.Rows]), vec(v), below)
			}
		}
		if hi < k {
			if err := h.applyBlock(ctx, block(b, hi, k, 0, m), lo, hi, blas.NoTrans); err != nil {
				return l, nil, err
			}
		}
	}
	return l, h, nil
}

// applyBlock overwrites z with z times the product of reflections lo to hi, or
// its transpose.
func (h *reflections) applyBlock(ctx context.Context, z blas64.General, lo, hi int, t blas.Transpose) error {
	v := block(h.v, lo, hi, lo, h.v.Cols)
	return applyReflections(ctx, cols(z, lo, z.Cols), v, h.tau[lo:hi], t)
}

// applyReflections overwrites z with z (I - Vᵀ op(F) V), F the block factor.
func applyReflections(ctx context.Context, z, v blas64.General, tau []float64, t blas.Transpose) error {
	f := blockFactor(v, tau)
	zv, zvf := newGeneral(z.Rows, v.Rows), newGeneral(z.Rows, v.Rows)
	err := gemm(ctx, blas.NoTrans, blas.Trans, 1, z, v, 0, zv)
	if err == nil {
		err = gemm(ctx, blas.NoTrans, t, 1, zv, f, 0, zvf)
	}
	if err == nil {
		err = gemm(ctx, blas.NoTrans, blas.NoTrans, -1, zvf, v, 1, z)
	}
	return err
}

// times returns z Q for z with k columns.
func (h *reflections) times(ctx context.Context, z blas64.General) (blas64.General, error) {
	k, m := h.v.Rows, h.v.Cols
	out := newGeneral(z.Rows, m)
	for i := range z.Rows {
		copy(row(out, i), row(z, i))
	}
	for lo := (k - 1) / lqPanel * lqPanel; lo >= 0; lo -= lqPanel {
		if err := h.applyBlock(ctx, out, lo, min(k, lo+lqPanel), blas.Trans); err != nil {
			return out, err
		}
	}
	return out, nil
}

// timesTransposed returns z Qᵀ for z with m columns.
func (h *reflections) timesTransposed(ctx context.Context, z blas64.General) (blas64.General, error) {
	k := h.v.Rows
	out := newGeneral(z.Rows, z.Cols)
	for i := range z.Rows {
		copy(row(out, i), row(z, i))
	}
	for lo := 0; lo < k; lo += lqPanel {
		if err := h.applyBlock(ctx, out, lo, min(k, lo+lqPanel), blas.NoTrans); err != nil {
			return out, err
		}
	}
	return cols(out, 0, k), nil
}

// decomposition is B = leftᵀ op(R) right Q with orthonormal rows in left, right
// and Q and a triangular R as large as the rank of B, so that the
// pseudo-inverse of B is Qᵀ rightᵀ op(R)⁻¹ left. With full rank, left and right
// are the identity and nil.
type decomposition struct {
	q           *reflections
	left, right *blas64.General
	r           *upper
	transposed  bool // op(R) is Rᵀ
}

// decompose returns the decomposition of b, k x m with k <= m, which it
// destroys, and nil if b is zero. Directions in which B is smaller than its rounding error do not
// count. Householder reflections keep the digits that inner products of the
// rows would lose.
func decompose(ctx context.Context, b blas64.General) (*decomposition, error) {
	k := b.Rows
	l, q, err := lq(ctx, b)
	if err != nil {
		return nil, err
	}
	r := transposed(l)
	rcond := lapack64.Trcon(lapack.MaxColumnSum, blas64.Triangular{Uplo: blas.Upper, Diag: blas.NonUnit, N: k, Stride: r.Stride, Data: r.Data},
		make([]float64, 3*k), make([]int, k))
	if rcond > 100*float64(k)*epsilon {
		return &decomposition{q: q, r: newUpper(r), transposed: true}, nil
	}

	// L is singular to working precision: P L = T Q₂ with pivoting, and
	// Tᵀ = L₃ Q₃, so that B = (Q₃P)ᵀ L₃ᵀ Q₂ Q.
	t, q2, perm, err := pivotedLQ(ctx, l)
	if err != nil || t.Cols == 0 {
		return nil, err
	}
	l3, h3, err := lq(ctx, transposed(t))
	if err != nil {
		return nil, err
	}
	right, err := q2.times(ctx, identity(t.Cols))
	if err != nil {
		return nil, err
	}
	q3, err := h3.times(ctx, identity(t.Cols))
	if err != nil {
		return nil, err
	}
	left := newGeneral(t.Cols, k)
	for i := range left.Rows {
		for j, p := range perm {
			left.Data[i*k+p] = q3.Data[i*q3.Stride+j]
		}
	}
	return &decomposition{q: q, left: &left, right: &right, r: newUpper(transposed(l3))}, nil
}

func identity(n int) blas64.General {
	g := newGeneral(n, n)
	for i := range n {
		g.Data[i*n+i] = 1
	}
	return g
}

// pivotedLQ returns T (k x rank, lower trapezoidal) and the reflections of Q
// (rank x k) such that row i of T Q is row perm[i] of l, which it destroys.
func pivotedLQ(ctx context.Context, l blas64.General) (t blas64.General, q *reflections, perm []int, err error) {
	k := l.Rows
	h := &reflections{v: newGeneral(k, k), tau: make([]float64, k)}
	perm = make([]int, k)
	for i := range perm {
		perm[i] = i
	}
	y := make([]float64, k)
	rank := 0
	tol := 0.0
	for ; rank < k; rank++ {
		if err := ctx.Err(); err != nil {
			return t, q, nil, err
		}
		best, at := 0.0, rank
		for i := rank; i < k; i++ {
			if s := blas64.Nrm2(vec(row(l, i)[rank:])); s > best {
				best, at = s, i
			}
		}
		if rank == 0 {
			tol = float64(k) * epsilon * best
		}
		if best <= tol {
			break
		}
		blas64.Swap(vec(row(l, rank)), vec(row(l, at)))
		perm[rank], perm[at] = perm[at], perm[rank]
		v := row(h.v, rank)[rank:]
		copy(v, row(l, rank)[rank:])
		var beta float64
		beta, h.tau[rank] = householder(v)
		clear(row(l, rank)[rank:])
		l.Data[rank*l.Stride+rank] = beta
		if rank+1 < k {
			below := block(l, rank+1, k, rank, k)
			gemv(blas.NoTrans, 1, below, v, 0, y[:below.Rows])
			blas64.Ger(-h.tau[rank], vec(y[:below.Rows]), vec(v), below)
		}
	}
	h.v, h.tau = rows(h.v, 0, rank), h.tau[:rank]
	t = newGeneral(k, rank)
	for i := range k {
		copy(t.Data[i*rank:], row(l, i)[:rank])
	}
	return t, h, perm, nil
}

// inverse returns b times the pseudo-inverse of B, or of Bᵀ.
func (d *decomposition) inverse(ctx context.Context, b blas64.General, ofTransposed bool) (x blas64.General, err error) {
	from, to := d.right, d.left
	x = b
	if ofTransposed {
		from, to = to, from
	} else if x, err = d.q.timesTransposed(ctx, b); err != nil {
		return x, err
	}
	if x, err = multiplied(ctx, x, from, blas.Trans); err != nil {
		return x, err
	}
	if d.transposed == ofTransposed {
		err = d.r.divide(ctx, x)
	} else {
		err = d.r.divideTransposed(ctx, x)
	}
	if err != nil {
		return x, err
	}
	if x, err = multiplied(ctx, x, to, blas.NoTrans); err != nil || !ofTransposed {
		return x, err
	}
	return d.q.times(ctx, x)
}

// multiplied returns a copy of x times op(m), nil being the identity.
func multiplied(ctx context.Context, x blas64.General, m *blas64.General, t blas.Transpose) (blas64.General, error) {
	width := x.Cols
	if m != nil {
		if width = m.Cols; t == blas.Trans {
			width = m.Rows
		}
	}
	out := newGeneral(x.Rows, width)
	if m != nil {
		return out, product(ctx, blas.NoTrans, t, 1, x, *m, 0, out)
	}
	for i := range x.Rows {
		copy(row(out, i), row(x, i))
	}
	return out, nil
}
