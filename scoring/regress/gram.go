package regress

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Gram returns the inner products of the rows of m, which it reads in blocks
// of columns. It needs memory for one n x n matrix and one block. An entry of
// m that is NaN or infinite is an error that names its row and column.
func Gram(ctx context.Context, m Matrix, opts Options) (blas64.General, error) {
	_, p := m.Dims()
	g, err := gram(ctx, opts.Workers, m, make([]float64, p))
	if err != nil {
		return blas64.General{}, fmt.Errorf("regress: Gram matrix: %w", err)
	}
	for i := range g.Rows {
		if d := g.Data[i*g.Stride+i]; math.IsNaN(d) || math.IsInf(d, 0) {
			return blas64.General{}, locate(m, "matrix")
		}
	}
	return g, nil
}

// Means returns the mean of each column of m. An entry that is NaN or infinite
// is an error that names its row and column, as is one beyond 1e150.
func Means(ctx context.Context, m Matrix, opts Options) ([]float64, error) {
	return means(ctx, opts.Workers, m, "matrix")
}

// gram returns (M - mean)(M - mean)ᵀ, reading M in blocks of columns.
func gram(ctx context.Context, workers int, m Matrix, mean []float64) (blas64.General, error) {
	n, p := m.Dims()
	const width = 4 * colBlock
	g := newGeneral(n, n)
	buf := newGeneral(n, min(p, width))
	for lo := 0; lo < p; lo += width {
		b := cols(buf, 0, min(width, p-lo))
		err := each(ctx, workers, ceilDiv(n, rowBlock), func(i int) error {
			r0, r1 := i*rowBlock, min(n, (i+1)*rowBlock)
			for r := r0; r < r1; r++ {
				dst := row(b, r)
				m.Row(dst, r, lo)
				for j := range dst {
					dst[j] -= mean[lo+j]
				}
			}
			return nil
		})
		if err == nil {
			err = addGram(ctx, workers, blas.NoTrans, 1, b, g)
		}
		if err != nil {
			return blas64.General{}, err
		}
	}
	mirror(g)
	return g, nil
}

// factorize returns F, n x r, with F Fᵀ = k for a positive semidefinite k of
// rank r: Cholesky factorisation with complete pivoting, stopped where what
// remains is rounding error. The pivots of a block are chosen and eliminated
// one by one; the rest of the matrix follows in one product.
//
// Higham, "Analysis of the Cholesky decomposition of a semi-definite matrix" (1990).
func factorize(ctx context.Context, workers int, k blas64.General) (blas64.General, error) {
	const width = 48
	n := k.Rows
	rest := newGeneral(n, n)
	copy(rest.Data, k.Data)
	diag := make([]float64, n)
	largest := 0.0
	for i := range diag {
		diag[i] = k.Data[i*k.Stride+i]
		largest = math.Max(largest, diag[i])
	}
	tol := float64(n) * epsilon / 2 * largest
	lt := newGeneral(n, n) // row r is column r of F
	done := make([]bool, n)
	r := 0
	for base := 0; base == r && r < n; base += width {
		for r < min(n, base+width) {
			pivot := -1
			best := tol
			for i, d := range diag {
				if !done[i] && d > best {
					best, pivot = d, i
				}
			}
			if pivot < 0 {
				break
			}
			l := row(lt, r)
			copy(l, row(rest, pivot))
			if r > base {
				weights := make([]float64, r-base)
				for j := range weights {
					weights[j] = lt.Data[(base+j)*n+pivot]
				}
				gemv(blas.Trans, -1, rows(lt, base, r), weights, 1, l)
			}
			scale := 1 / math.Sqrt(best)
			for i := range l {
				if done[i] {
					l[i] = 0
					continue
				}
				l[i] *= scale
				diag[i] -= float64(l[i] * l[i])
			}
			done[pivot] = true
			r++
		}
		if b := rows(lt, base, r); r < n && b.Rows == width {
			if err := multiply(ctx, workers, blas.Trans, blas.NoTrans, -1, b, b, 1, rest); err != nil {
				return blas64.General{}, err
			}
		}
	}
	if r == 0 {
		return newGeneral(n, 1), nil
	}
	return transposed(rows(lt, 0, r)), nil
}

// epsilon is the spacing of float64 numbers at 1.
const epsilon = 0x1p-52

func transposed(g blas64.General) blas64.General {
	t := newGeneral(g.Cols, g.Rows)
	for i := range g.Rows {
		for j, v := range row(g, i) {
			t.Data[j*t.Stride+i] = v
		}
	}
	return t
}
