package regress

import (
	"context"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// cholesky is A = Rᵀ R for a positive definite matrix, with R upper triangular
// in blocks. The inverses of the diagonal blocks take the place of those
// blocks, so that everything but them is done by matrix products.
type cholesky struct {
	r       blas64.General
	inverse []blas64.General
}

const choleskyBlock = 64

// newCholesky factorises a, of which it reads the upper triangle and which it
// overwrites. It reports false if a is not positive definite to working
// precision.
func newCholesky(ctx context.Context, workers int, a blas64.General) (*cholesky, bool, error) {
	n := a.Rows
	c := &cholesky{r: a}
	for lo := 0; lo < n; lo += choleskyBlock {
		hi := min(n, lo+choleskyBlock)
		inv, ok := invertedFactor(block(a, lo, hi, lo, hi))
		if !ok {
			return nil, false, nil
		}
		c.inverse = append(c.inverse, inv)
		if hi == n {
			break
		}
		right := block(a, lo, hi, hi, n)
		panel := newGeneral(hi-lo, n-hi)
		blas64.Gemm(blas.Trans, blas.NoTrans, 1, inv, right, 0, panel)
		for i := range panel.Rows {
			copy(row(right, i), row(panel, i))
		}
		if err := addGram(ctx, workers, blas.Trans, -1, panel, block(a, hi, n, hi, n)); err != nil {
			return nil, false, err
		}
	}
	return c, true, nil
}

// invertedFactor returns R⁻¹ for the factor A = RᵀR of a small matrix.
func invertedFactor(a blas64.General) (inv blas64.General, ok bool) {
	n := a.Rows
	for j := range n {
		rj := row(a, j)
		for k := range j {
			axpy(-a.Data[k*a.Stride+j], row(a, k)[j:], rj[j:])
		}
		if !(rj[j] > 0) {
			return inv, false
		}
		blas64.Scal(1/math.Sqrt(rj[j]), vec(rj[j:]))
	}
	// Rows of R⁻¹ from R⁻¹R = I, column by column.
	inv = newGeneral(n, n)
	for i := range n {
		x := row(inv, i)
		x[i] = 1 / a.Data[i*a.Stride+i]
		for j := i + 1; j < n; j++ {
			sum := 0.0
			for k := i; k < j; k++ {
				sum += float64(x[k] * a.Data[k*a.Stride+j])
			}
			x[j] = -sum / a.Data[j*a.Stride+j]
		}
	}
	return inv, true
}

// solve overwrites b with b A⁻¹.
func (c *cholesky) solve(ctx context.Context, b blas64.General) error {
	n := c.r.Rows
	line := newGeneral(b.Rows, choleskyBlock)
	times := func(t blas.Transpose, k, lo, hi int) {
		dst, src := cols(b, lo, hi), cols(line, 0, hi-lo)
		for i := range dst.Rows {
			copy(row(src, i), row(dst, i))
		}
		blas64.Gemm(blas.NoTrans, t, 1, src, c.inverse[k], 0, dst)
	}
	for k := range c.inverse { // b <- b R⁻¹
		if err := ctx.Err(); err != nil {
			return err
		}
		lo, hi := k*choleskyBlock, min(n, (k+1)*choleskyBlock)
		if lo > 0 {
			blas64.Gemm(blas.NoTrans, blas.NoTrans, -1, cols(b, 0, lo), block(c.r, 0, lo, lo, hi), 1, cols(b, lo, hi))
		}
		times(blas.NoTrans, k, lo, hi)
	}
	for k := len(c.inverse) - 1; k >= 0; k-- { // b <- b R⁻ᵀ
		if err := ctx.Err(); err != nil {
			return err
		}
		lo, hi := k*choleskyBlock, min(n, (k+1)*choleskyBlock)
		if hi < n {
			blas64.Gemm(blas.NoTrans, blas.Trans, -1, cols(b, hi, n), block(c.r, lo, hi, hi, n), 1, cols(b, lo, hi))
		}
		times(blas.Trans, k, lo, hi)
	}
	return nil
}
