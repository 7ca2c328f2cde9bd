package simdblas

import "gonum.org/v1/gonum/blas"

// operand returns the r x c matrix op(A) for A as BLAS passes it. It is not ok
// where the matrix is empty or the arguments are wrong: then gonum has little
// to do, or knows what to say.
func operand(t blas.Transpose, r, c int, a []float64, lda int) (v view, ok bool) {
	switch t {
	case blas.NoTrans:
		return view{a, lda, 1}, fits(r, c, a, lda)
	case blas.Trans, blas.ConjTrans:
		return view{a, 1, lda}, fits(c, r, a, lda)
	}
	return view{}, false
}

// fits reports whether a holds a matrix of r > 0 rows of c > 0 elements.
func fits(r, c int, a []float64, lda int) bool {
	return r > 0 && c > 0 && lda >= c && len(a) >= (r-1)*lda+c
}

func half(ul blas.Uplo) (t triangle, ok bool) {
	switch ul {
	case blas.Upper:
		return upper, true
	case blas.Lower:
		return lower, true
	}
	return whole, false
}

// Dgemm computes C = alpha*op(A)*op(B) + beta*C, where op(A) is m x k and
// op(B) is k x n.
func (impl Implementation) Dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	av, okA := operand(tA, m, k, a, lda)
	bv, okB := operand(tB, k, n, b, ldb)
	if !okA || !okB || !fits(m, n, c, ldc) || alpha == 0 {
		impl.Implementation.Dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	switch {
	case n == 1:
		rows, cols := m, k
		if tA != blas.NoTrans {
			rows, cols = k, m
		}
		impl.Dgemv(tA, rows, cols, alpha, a, lda, b, bv.rs, beta, c, ldc)
	case m == 1:
		rows, cols, t := k, n, blas.Trans
		if tB != blas.NoTrans {
			rows, cols, t = n, k, blas.NoTrans
		}
		impl.Dgemv(t, rows, cols, alpha, b, ldb, a, av.cs, beta, c, 1)
	case k <= kBlock && m*n*k <= tinyWork:
		impl.kernel().tiny(m, n, k, alpha, av, bv, beta, view{c, ldc, 1})
	default:
		g := product{impl.kernel(), whole, m, n, k, alpha, beta, av, bv, view{c, ldc, 1}}
		g.run()
	}
}

// Dsyrk computes a triangle of C = alpha*A*Aᵀ + beta*C, where A is n x k, or
// C = alpha*Aᵀ*A + beta*C, where A is k x n.
func (impl Implementation) Dsyrk(ul blas.Uplo, tA blas.Transpose, n, k int, alpha float64, a []float64, lda int, beta float64, c []float64, ldc int) {
	t, ok := half(ul)
	av, okA := operand(tA, n, k, a, lda)
	if !ok || !okA || !fits(n, n, c, ldc) || alpha == 0 {
		impl.Implementation.Dsyrk(ul, tA, n, k, alpha, a, lda, beta, c, ldc)
		return
	}
	g := product{impl.kernel(), t, n, n, k, alpha, beta, av, av.transposed(), view{c, ldc, 1}}
	g.run()
}

// Dsyr2k computes a triangle of C = alpha*A*Bᵀ + alpha*B*Aᵀ + beta*C, where A
// and B are n x k, or C = alpha*Aᵀ*B + alpha*Bᵀ*A + beta*C, where they are
// k x n.
func (impl Implementation) Dsyr2k(ul blas.Uplo, tA blas.Transpose, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	t, ok := half(ul)
	av, okA := operand(tA, n, k, a, lda)
	bv, okB := operand(tA, n, k, b, ldb)
	if !ok || !okA || !okB || !fits(n, n, c, ldc) || alpha == 0 {
		impl.Implementation.Dsyr2k(ul, tA, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	g := product{impl.kernel(), t, n, n, k, alpha, beta, av, bv.transposed(), view{c, ldc, 1}}
	g.run()
	g.a, g.b, g.beta = bv, av.transposed(), 1
	g.run()
}

// Dsymm computes C = alpha*A*B + beta*C, or C = alpha*B*A + beta*C for
// blas.Right, where A is symmetric, a triangle of it is given, and C is m x n.
func (impl Implementation) Dsymm(s blas.Side, ul blas.Uplo, m, n int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	t, ok := half(ul)
	order := m
	if s == blas.Right {
		order = n
	}
	if !ok || s != blas.Left && s != blas.Right || alpha == 0 ||
		!fits(order, order, a, lda) || !fits(m, n, b, ldb) || !fits(m, n, c, ldc) {
		impl.Implementation.Dsymm(s, ul, m, n, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	full, handle := borrow(order * order)
	defer giveBack(handle)
	for i := range order {
		lo, hi := t.columns(i, 0, order)
		copy(full[i*order+lo:], a[i*lda+lo:i*lda+hi])
		for j := lo; j < hi; j++ {
			full[j*order+i] = a[i*lda+j]
		}
	}
	if s == blas.Left {
		impl.Dgemm(blas.NoTrans, blas.NoTrans, m, n, m, alpha, full, order, b, ldb, beta, c, ldc)
	} else {
		impl.Dgemm(blas.NoTrans, blas.NoTrans, m, n, n, alpha, b, ldb, full, order, beta, c, ldc)
	}
}
