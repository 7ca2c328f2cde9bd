package regress

import (
	"context"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// upper is an upper triangular matrix R with its diagonal blocks inverted, so
// that dividing by it is done by matrix products. Below the diagonal its
// matrix holds anything.
type upper struct {
	r       blas64.General
	inverse []blas64.General // of the diagonal blocks
}

const triangleBlock = 64

// newUpper prepares r, upper triangular with no zero on its diagonal.
func newUpper(r blas64.General) *upper {
	u := &upper{r: r}
	for lo := 0; lo < r.Rows; lo += triangleBlock {
		hi := min(r.Rows, lo+triangleBlock)
		u.inverse = append(u.inverse, inverted(block(r, lo, hi, lo, hi)))
	}
	return u
}

// choleskyFactor returns R with RᵀR = a, of which it reads the upper triangle
// and which it overwrites. It reports false if a is not positive definite to
// working precision.
func choleskyFactor(ctx context.Context, workers int, a blas64.General) (*upper, bool, error) {
	n := a.Rows
	c := &upper{r: a}
	for lo := 0; lo < n; lo += triangleBlock {
		hi := min(n, lo+triangleBlock)
		diagonal := block(a, lo, hi, lo, hi)
		if !factorSmall(diagonal) {
			return nil, false, nil
		}
		inv := inverted(diagonal)
		c.inverse = append(c.inverse, inv)
		if hi == n {
			break
		}
		right := block(a, lo, hi, hi, n)
		panel := newGeneral(hi-lo, n-hi)
		if err := gemm(ctx, blas.Trans, blas.NoTrans, 1, inv, right, 0, panel); err != nil {
			return nil, false, err
		}
		for i := range panel.Rows {
			copy(row(right, i), row(panel, i))
		}
		if err := addGram(ctx, workers, blas.Trans, -1, panel, block(a, hi, n, hi, n)); err != nil {
			return nil, false, err
		}
	}
	return c, true, nil
}

// factorSmall overwrites the upper triangle of a with its Cholesky factor.
func factorSmall(a blas64.General) bool {
	for j := range a.Rows {
		rj := row(a, j)
		for k := range j {
			axpy(-a.Data[k*a.Stride+j], row(a, k)[j:], rj[j:])
		}
		if !(rj[j] > 0) {
			return false
		}
		blas64.Scal(1/math.Sqrt(rj[j]), vec(rj[j:]))
	}
	return true
}

// inverted returns R⁻¹ for a small upper triangular R.
func inverted(r blas64.General) blas64.General {
	n := r.Rows
	inv := newGeneral(n, n)
	for i := range n {
		// Row i of R⁻¹ from R⁻¹R = I, entry by entry.
		x := row(inv, i)
		x[i] = 1 / r.Data[i*r.Stride+i]
		for j := i + 1; j < n; j++ {
			sum := 0.0
			for k := i; k < j; k++ {
				sum += float64(x[k] * r.Data[k*r.Stride+j])
			}
			x[j] = -sum / r.Data[j*r.Stride+j]
		}
	}
	return inv
}

// divide overwrites b with b R⁻¹.
func (u *upper) divide(ctx context.Context, b blas64.General) error {
	n := u.r.Rows
	for k := range u.inverse {
		lo, hi := k*triangleBlock, min(n, (k+1)*triangleBlock)
		if lo > 0 {
			err := product(ctx, blas.NoTrans, blas.NoTrans, -1, cols(b, 0, lo), block(u.r, 0, lo, lo, hi), 1, cols(b, lo, hi))
			if err != nil {
				return err
			}
		}
		if err := timesInPlace(ctx, cols(b, lo, hi), blas.NoTrans, u.inverse[k]); err != nil {
			return err
		}
	}
	return nil
}

// divideTransposed overwrites b with b R⁻ᵀ.
func (u *upper) divideTransposed(ctx context.Context, b blas64.General) error {
	n := u.r.Rows
	for k := len(u.inverse) - 1; k >= 0; k-- {
		lo, hi := k*triangleBlock, min(n, (k+1)*triangleBlock)
		if hi < n {
			err := product(ctx, blas.NoTrans, blas.Trans, -1, cols(b, hi, n), block(u.r, lo, hi, hi, n), 1, cols(b, lo, hi))
			if err != nil {
				return err
			}
		}
		if err := timesInPlace(ctx, cols(b, lo, hi), blas.Trans, u.inverse[k]); err != nil {
			return err
		}
	}
	return nil
}

// timesInPlace overwrites b with b op(a), a square.
func timesInPlace(ctx context.Context, b blas64.General, t blas.Transpose, a blas64.General) error {
	c := newGeneral(b.Rows, b.Cols)
	err := gemm(ctx, blas.NoTrans, t, 1, b, a, 0, c)
	for i := range b.Rows {
		copy(row(b, i), row(c, i))
	}
	return err
}
