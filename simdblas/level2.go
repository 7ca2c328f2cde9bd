package simdblas

import (
	"math"

	"gonum.org/v1/gonum/blas"
)

// Sizes of the pieces that goroutines take from a matrix. No result depends on
// them.
const (
	rowsPerTask = 64  // a multiple of 4
	colsPerTask = 512 // of y, to stay in the first-level cache
)

// Dgemv computes y = alpha*A*x + beta*y, or y = alpha*Aᵀ*x + beta*y, where A
// is m x n.
func (impl Implementation) Dgemv(tA blas.Transpose, m, n int, alpha float64, a []float64, lda int, x []float64, incX int, beta float64, y []float64, incY int) {
	lenX, lenY := n, m
	if tA != blas.NoTrans {
		lenX, lenY = m, n
	}
	if _, ok := operand(tA, lenY, lenX, a, lda); !ok || alpha == 0 || !reaches(lenX, x, incX) || !reaches(lenY, y, incY) {
		impl.Implementation.Dgemv(tA, m, n, alpha, a, lda, x, incX, beta, y, incY)
		return
	}
	xs, hx := contiguous(lenX, x, incX)
	ys, hy := contiguous(lenY, y, incY)
	scale(beta, ys)
	kn := impl.kernel()
	switch small := m*n < parallelWork; {
	case tA == blas.NoTrans && small:
		kn.gemvRows(alpha, a, lda, xs, ys)
	case tA == blas.NoTrans:
		parallel(ceil(m, rowsPerTask), func(task int) {
			i := task * rowsPerTask
			for j := 0; j < n; j += span {
				kn.gemvRows(alpha, a[i*lda+j:], lda, xs[j:min(n, j+span)], ys[i:min(m, i+rowsPerTask)])
			}
		})
	case small:
		kn.gemvColumns(alpha, a, lda, xs, ys)
	default:
		parallel(ceil(n, colsPerTask), func(task int) {
			j := task * colsPerTask
			kn.gemvColumns(alpha, a[j:], lda, xs, ys[j:min(n, j+colsPerTask)])
		})
	}
	if hy != nil {
		scatter(ys, y, incY)
	}
	release(hx)
	release(hy)
}

// gemvRows sets y += alpha*A*x.
func (kn *kernel) gemvRows(alpha float64, a []float64, lda int, x, y []float64) {
	whole := len(y) &^ 3
	rows := max(8, span/max(1, len(x))&^7) // in one call: see span
	for i := 0; i < whole; i += rows {
		kn.gemv(alpha, a[i*lda:], lda, x, y[i:min(whole, i+rows)])
	}
	for i := whole; i < len(y); i++ {
		y[i] = math.FMA(alpha, kn.dot(x, a[i*lda:]), y[i])
	}
}

// gemvColumns sets y += alpha*Aᵀ*x.
func (kn *kernel) gemvColumns(alpha float64, a []float64, lda int, x, y []float64) {
	i := 0
	for ; i+4 <= len(x); i += 4 {
		kn.axpy4(alpha*x[i], alpha*x[i+1], alpha*x[i+2], alpha*x[i+3], a[i*lda:], lda, y)
	}
	for ; i < len(x); i++ {
		kn.axpy(alpha*x[i], a[i*lda:][:len(y)], y)
	}
}

// Dsymv computes y = alpha*A*x + beta*y, where A is symmetric of order n and a
// triangle of it is given. It reads every element of the triangle once, on one
// goroutine.
func (impl Implementation) Dsymv(ul blas.Uplo, n int, alpha float64, a []float64, lda int, x []float64, incX int, beta float64, y []float64, incY int) {
	t, ok := half(ul)
	if !ok || alpha == 0 || !fits(n, n, a, lda) || !reaches(n, x, incX) || !reaches(n, y, incY) {
		impl.Implementation.Dsymv(ul, n, alpha, a, lda, x, incX, beta, y, incY)
		return
	}
	xs, hx := contiguous(n, x, incX)
	ys, hy := contiguous(n, y, incY)
	scale(beta, ys)
	kn := impl.kernel()
	up := view{a, lda, 1} // whose element (r, c) is given for c >= r
	if t == lower {
		up = up.transposed()
	}
	for i := 0; i < n; i += 4 {
		rows := min(4, n-i)
		symvDiagonal(alpha, up.from(i, i), xs[i:i+rows], ys[i:i+rows])
		if t == upper {
			kn.symvRows(alpha, a[i*lda:], lda, i, rows, i+rows, n, xs, ys)
		} else {
			kn.symvRows(alpha, a[i*lda:], lda, i, rows, 0, i, xs, ys)
		}
	}
	if hy != nil {
		scatter(ys, y, incY)
	}
	release(hx)
	release(hy)
}

// symvDiagonal sets y += alpha*A*x for a block of up to four rows and columns
// on the diagonal.
func symvDiagonal(alpha float64, a view, x, y []float64) {
	for i := range y {
		var s float64
		for j, v := range x {
			r, c := min(i, j), max(i, j)
			s = math.FMA(a.data[r*a.rs+c*a.cs], v, s)
		}
		y[i] = math.FMA(alpha, s, y[i])
	}
}

// symvRows adds the products of the given rows, from row i on, with columns
// j0..j1, and those of the same elements across the diagonal.
func (kn *kernel) symvRows(alpha float64, a []float64, lda, i, rows, j0, j1 int, x, y []float64) {
	if j0 == j1 {
		return
	}
	xj, yj := x[j0:j1], y[j0:j1]
	if rows == 4 {
		d0, d1, d2, d3 := kn.symv4(alpha*x[i], alpha*x[i+1], alpha*x[i+2], alpha*x[i+3], a[j0:], lda, xj, yj)
		y[i] = math.FMA(alpha, d0, y[i])
		y[i+1] = math.FMA(alpha, d1, y[i+1])
		y[i+2] = math.FMA(alpha, d2, y[i+2])
		y[i+3] = math.FMA(alpha, d3, y[i+3])
		return
	}
	for r := range rows {
		row := a[r*lda+j0:][:j1-j0]
		kn.axpy(alpha*x[i+r], row, yj)
		y[i+r] = math.FMA(alpha, kn.dot(row, xj), y[i+r])
	}
}

// Dger computes A += alpha*x*yᵀ, where A is m x n.
func (impl Implementation) Dger(m, n int, alpha float64, x []float64, incX int, y []float64, incY int, a []float64, lda int) {
	if alpha == 0 || !fits(m, n, a, lda) || !reaches(m, x, incX) || !reaches(n, y, incY) {
		impl.Implementation.Dger(m, n, alpha, x, incX, y, incY, a, lda)
		return
	}
	xs, hx := contiguous(m, x, incX)
	ys, hy := contiguous(n, y, incY)
	kn := impl.kernel()
	if m*n < parallelWork {
		kn.gerRows(alpha, xs, ys, a, lda)
	} else {
		parallel(ceil(m, rowsPerTask), func(task int) {
			i := task * rowsPerTask
			kn.gerRows(alpha, xs[i:min(m, i+rowsPerTask)], ys, a[i*lda:], lda)
		})
	}
	release(hx)
	release(hy)
}

// gerRows sets A += alpha*x*yᵀ.
func (kn *kernel) gerRows(alpha float64, x, y, a []float64, lda int) {
	for i, v := range x {
		kn.update(alpha*v, y, a[i*lda:][:len(y)])
	}
}

// Dsyr computes a triangle of A += alpha*x*xᵀ, where A is n x n.
func (impl Implementation) Dsyr(ul blas.Uplo, n int, alpha float64, x []float64, incX int, a []float64, lda int) {
	t, ok := half(ul)
	if !ok || alpha == 0 || !fits(n, n, a, lda) || !reaches(n, x, incX) {
		impl.Implementation.Dsyr(ul, n, alpha, x, incX, a, lda)
		return
	}
	xs, hx := contiguous(n, x, incX)
	kn := impl.kernel()
	if n*n < parallelWork {
		kn.syrRows(t, 0, n, alpha, xs, a, lda)
	} else {
		parallel(ceil(n, rowsPerTask), func(task int) {
			i := task * rowsPerTask
			kn.syrRows(t, i, min(n, i+rowsPerTask), alpha, xs, a, lda)
		})
	}
	release(hx)
}

// syrRows sets rows i0..i1 of A += alpha*x*xᵀ.
func (kn *kernel) syrRows(t triangle, i0, i1 int, alpha float64, x, a []float64, lda int) {
	for i := i0; i < i1; i++ {
		lo, hi := t.columns(i, 0, len(x))
		kn.axpy(alpha*x[i], x[lo:hi], a[i*lda:][lo:hi])
	}
}

// Dsyr2 computes a triangle of A += alpha*x*yᵀ + alpha*y*xᵀ, where A is n x n.
func (impl Implementation) Dsyr2(ul blas.Uplo, n int, alpha float64, x []float64, incX int, y []float64, incY int, a []float64, lda int) {
	t, ok := half(ul)
	if !ok || alpha == 0 || !fits(n, n, a, lda) || !reaches(n, x, incX) || !reaches(n, y, incY) {
		impl.Implementation.Dsyr2(ul, n, alpha, x, incX, y, incY, a, lda)
		return
	}
	xs, hx := contiguous(n, x, incX)
	ys, hy := contiguous(n, y, incY)
	kn := impl.kernel()
	if n*n < parallelWork {
		kn.syr2Rows(t, 0, n, alpha, xs, ys, a, lda)
	} else {
		parallel(ceil(n, rowsPerTask), func(task int) {
			i := task * rowsPerTask
			kn.syr2Rows(t, i, min(n, i+rowsPerTask), alpha, xs, ys, a, lda)
		})
	}
	release(hx)
	release(hy)
}

// syr2Rows sets rows i0..i1 of A += alpha*x*yᵀ + alpha*y*xᵀ.
func (kn *kernel) syr2Rows(t triangle, i0, i1 int, alpha float64, x, y, a []float64, lda int) {
	for i := i0; i < i1; i++ {
		lo, hi := t.columns(i, 0, len(x))
		kn.axpy2(alpha*x[i], y[lo:hi], alpha*y[i], x[lo:hi], a[i*lda:][lo:hi])
	}
}
