package regress

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// symmetricEigen returns the eigenvalues of a symmetric matrix in ascending
// order and its eigenvectors as the rows of a matrix. It overwrites a.
//
// Three steps whose work is almost all in matrix products: Householder
// reduction to tridiagonal form in panels, divide and conquer on the
// tridiagonal matrix, and the reflections applied to its eigenvectors in
// blocks. At a thousand rows that is several times faster than the
// QL iteration of mat.EigenSym.
//
// Dongarra, Sorensen and Hammarling, "Block reduction of matrices to condensed
// forms for eigenvalue computations" (1989).
func symmetricEigen(ctx context.Context, a blas64.General) (values []float64, vectors blas64.General, err error) {
	n := a.Rows
	tri, err := tridiagonalize(ctx, a)
	if err == nil {
		vectors, err = tridiagonalEigen(ctx, tri.d, tri.e)
	}
	if err == nil {
		err = tri.backTransform(ctx, vectors)
	}
	if err != nil {
		return nil, blas64.General{}, fmt.Errorf("regress: eigenvectors of a %d x %d matrix: %w", n, n, err)
	}
	return tri.d, vectors, nil
}

// tridiagonal is A = Q T Qᵀ with T of diagonal d and off-diagonal e, and Q the
// product of the reflections I - tau_j v_j v_jᵀ for j = 0 ... n-2. Row j of v
// holds v_j, which is one at column j+1 and zero before it.
type tridiagonal struct {
	d, e, tau []float64
	v         blas64.General
}

const (
	eigenPanel = 32 // columns reduced together
	backBlock  = 96 // reflections applied together
)

// tridiagonalize reduces a, of which it reads the upper triangle and which it
// overwrites with the reflections.
func tridiagonalize(ctx context.Context, a blas64.General) (*tridiagonal, error) {
	n := a.Rows
	t := &tridiagonal{d: make([]float64, n), e: make([]float64, max(0, n-1)), tau: make([]float64, max(0, n-1)), v: a}
	// Within a panel the trailing matrix is A - VᵀW - WᵀV, applied to the one
	// row and the one product that each step needs; after it, to the matrix.
	// vw holds the rows of V above those of W, wv the other way round.
	vw, wv := newGeneral(2*eigenPanel, n), newGeneral(2*eigenPanel, n)
	coef := make([]float64, 2*eigenPanel)
	for j0 := 0; j0 < n-1; j0 += eigenPanel {
		width := min(eigenPanel, n-1-j0)
		for k := range width {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			j := j0 + k
			x := a.Data[j*a.Stride+j : j*a.Stride+n] // row j from the diagonal on
			// Row of the deflated matrix.
			for i := range k {
				axpy(-wv.Data[i*n+j], vw.Data[i*n+j:i*n+n], x)
				axpy(-vw.Data[i*n+j], wv.Data[i*n+j:i*n+n], x)
			}
			t.d[j] = x[0]
			v := x[1:]
			t.e[j], t.tau[j] = householder(v)
			copy(vw.Data[k*n+j+1:(k+1)*n], v)
			clear(vw.Data[k*n+j0 : k*n+j+1])

			// w = tau p - tau²/2 (pᵀv) v with p the deflated matrix times v.
			w := wv.Data[k*n+j+1 : (k+1)*n]
			clear(wv.Data[k*n+j0 : k*n+j+1])
			m := n - j - 1
			trailing := blas64.Symmetric{Uplo: blas.Upper, N: m, Stride: a.Stride, Data: a.Data[(j+1)*a.Stride+j+1:]}
			blas64.Symv(1, trailing, vec(v), 0, vec(w))
			if k > 0 {
				vb, wb := block(vw, 0, k, j+1, n), block(wv, 0, k, j+1, n)
				gemv(blas.NoTrans, 1, wb, v, 0, coef[:k])
				gemv(blas.Trans, -1, vb, coef[:k], 1, w)
				gemv(blas.NoTrans, 1, vb, v, 0, coef[:k])
				gemv(blas.Trans, -1, wb, coef[:k], 1, w)
			}
			blas64.Scal(t.tau[j], vec(w))
			axpy(-t.tau[j]/2*dot(w, v), v, w)
		}
		for i := range width {
			copy(vw.Data[(width+i)*n+j0:(width+i+1)*n], wv.Data[i*n+j0:(i+1)*n])
			copy(wv.Data[(width+i)*n+j0:(width+i+1)*n], vw.Data[i*n+j0:(i+1)*n])
		}
		left, right := rows(vw, 0, 2*width), rows(wv, 0, 2*width)
		for lo := j0 + width; lo < n; lo += rowBlock {
			hi := min(n, lo+rowBlock)
			err := gemm(ctx, blas.Trans, blas.NoTrans, -1, cols(left, lo, hi), cols(right, lo, n), 1, block(a, lo, hi, lo, n))
			if err != nil {
				return nil, err
			}
		}
	}
	if n > 0 {
		t.d[n-1] = a.Data[(n-1)*a.Stride+n-1]
	}
	for j := range n {
		clear(row(a, j)[:j+1])
	}
	return t, nil
}

// householder replaces x by v with v[0] = 1 such that (I - tau v vᵀ) x is beta
// in its first entry and zero elsewhere.
func householder(x []float64) (beta, tau float64) {
	alpha := x[0]
	norm := blas64.Nrm2(vec(x[1:]))
	x[0] = 1
	if norm == 0 {
		return alpha, 0
	}
	beta = -math.Copysign(math.Hypot(alpha, norm), alpha)
	blas64.Scal(1/(alpha-beta), vec(x[1:]))
	return beta, (beta - alpha) / beta
}

// backTransform turns the rows of z, eigenvectors of T, into eigenvectors of A.
func (t *tridiagonal) backTransform(ctx context.Context, z blas64.General) error {
	n := z.Rows
	// Blocks of reflections H_lo ... H_hi-1 = I - Vᵀ F V, last block first.
	for lo := (n - 2) / backBlock * backBlock; lo >= 0 && n > 1; lo -= backBlock {
		hi := min(n-1, lo+backBlock)
		// Vectors are rows, hence the transpose.
		if err := applyReflections(ctx, cols(z, lo+1, n), block(t.v, lo, hi, lo+1, n), t.tau[lo:hi], blas.Trans); err != nil {
			return err
		}
	}
	return nil
}

// blockFactor returns the upper triangular F with
// Π (I - tau_j v_j v_jᵀ) = I - Vᵀ F V, for v_j the rows of v.
// Schreiber and van Loan, "A storage-efficient WY representation" (1989).
func blockFactor(v blas64.General, tau []float64) blas64.General {
	k := v.Rows
	f, inner := newGeneral(k, k), newGeneral(k, k)
	blas64.Gemm(blas.NoTrans, blas.Trans, 1, v, v, 0, inner)
	for j := range k {
		f.Data[j*k+j] = tau[j]
		for i := range j {
			sum := 0.0
			for l := i; l < j; l++ {
				sum += float64(f.Data[i*k+l] * inner.Data[l*k+j])
			}
			f.Data[i*k+j] = -tau[j] * sum
		}
	}
	return f
}
