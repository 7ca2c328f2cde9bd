package regress

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas/blas64"
)

// Matrix is a table of numbers read in pieces of rows: stimuli x features for
// activations, stimuli x neuroids for measured responses. Reading is safe from
// several goroutines, and the numbers do not change while a [Plan] or [Fit]
// that was given the matrix is in use.
type Matrix interface {
	// Dims returns the number of rows and columns.
	Dims() (rows, cols int)
	// Row copies the len(dst) numbers of row i that start at column lo.
	Row(dst []float64, i, lo int)
}

// Float64 is a row-major matrix of float64 that shares data. It panics unless
// data holds rows x cols numbers.
func Float64(rows, cols int, data []float64) Matrix { return newDense(rows, cols, data) }

// Float32 is a row-major matrix of float32 that shares data; numbers are
// widened as they are read. It panics unless data holds rows x cols numbers.
func Float32(rows, cols int, data []float32) Matrix { return newDense(rows, cols, data) }

type dense[T float32 | float64] struct {
	rows, cols int
	data       []T
}

func newDense[T float32 | float64](rows, cols int, data []T) dense[T] {
	if rows < 0 || cols < 0 || len(data) != rows*cols {
		panic(fmt.Sprintf("regress: %d numbers for a %d x %d matrix", len(data), rows, cols))
	}
	return dense[T]{rows, cols, data}
}

func (d dense[T]) Dims() (int, int) { return d.rows, d.cols }

func (d dense[T]) Row(dst []float64, i, lo int) {
	src := d.data[i*d.cols+lo : i*d.cols+lo+len(dst)]
	if same, ok := any(src).([]float64); ok {
		copy(dst, same)
		return
	}
	for j, v := range src {
		dst[j] = float64(v)
	}
}

// colBlock is the number of columns treated together: a block of it for a few
// hundred stimuli stays in the second-level cache.
const colBlock = 256

// Products of entries must neither be infinite nor vanish, so the largest
// magnitude of a matrix is at most tooLarge and, unless all are 0, at least
// tooSmall.
const tooLarge, tooSmall = 1e150, 1e-150

// means returns the mean of each column, or an error that names the first
// entry that is NaN, infinite or too large.
func means(ctx context.Context, workers int, m Matrix, what string) ([]float64, error) {
	n, p := m.Dims()
	mean := make([]float64, p)
	largest := make([]float64, ceilDiv(p, 4*colBlock))
	err := each(ctx, workers, len(largest), func(b int) error {
		lo := b * 4 * colBlock
		sum := mean[lo:min(p, lo+4*colBlock)]
		buf := make([]float64, len(sum))
		for i := range n {
			m.Row(buf, i, lo)
			for j, v := range buf {
				sum[j] += v
				largest[b] = max(largest[b], math.Abs(v))
			}
		}
		if !(largest[b] <= tooLarge) {
			return locate(m, what)
		}
		for j, s := range sum {
			sum[j] = s / float64(n)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if top := slices.Max(append(largest, 0)); top > 0 && top < tooSmall {
		return nil, fmt.Errorf("regress: %s: no number exceeds %g, whose square can not be represented: the numbers must be scaled up", what, top)
	}
	return mean, nil
}

// locate returns the error that names the first entry that is not finite or
// too large.
func locate(m Matrix, what string) error {
	n, p := m.Dims()
	buf := make([]float64, p)
	for i := range n {
		m.Row(buf, i, 0)
		for j, v := range buf {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("regress: %s: row %d, column %d is %g: every entry must be a finite number", what, i, j, v)
			}
			if math.Abs(v) > tooLarge {
				return fmt.Errorf("regress: %s: row %d, column %d is %g: too large, at most %g can be computed with", what, i, j, v, tooLarge)
			}
		}
	}
	return fmt.Errorf("regress: %s: the numbers are too large to be summed", what)
}

// readCentred fills dst with the columns of m from lo on, minus their means.
func readCentred(dst blas64.General, m Matrix, mean []float64, lo int) {
	mu := mean[lo : lo+dst.Cols]
	for i := range dst.Rows {
		r := row(dst, i)
		m.Row(r, i, lo)
		for j, c := range mu {
			r[j] -= c
		}
	}
}
