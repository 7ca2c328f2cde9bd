package regress

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// each calls f(0) ... f(n-1), on several goroutines where workers allow, and
// returns the error of the lowest index that failed. No call starts after ctx
// has ended. Calls must write to disjoint places.
func each(ctx context.Context, workers, n int, f func(i int) error) error {
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = min(workers, n)
	errs := make([]error, n)
	var next atomic.Int64
	var failed atomic.Bool
	work := func() {
		for !failed.Load() {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			err := ctx.Err()
			if err == nil {
				err = f(i)
			}
			if err != nil {
				errs[i] = err
				failed.Store(true)
			}
		}
	}
	var wg sync.WaitGroup
	for range workers - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// rowBlock is the number of rows of a result computed by one call into BLAS:
// large enough to amortise packing, small enough to notice a cancelled
// context. It is a constant because results may depend on it in the last bit.
const rowBlock = 192

// multiply computes C = alpha op(A) op(B) + beta C in blocks of rows of C.
func multiply(ctx context.Context, workers int, tA, tB blas.Transpose, alpha float64, a, b blas64.General, beta float64, c blas64.General) error {
	return each(ctx, workers, ceilDiv(c.Rows, rowBlock), func(i int) error {
		lo, hi := i*rowBlock, min(c.Rows, (i+1)*rowBlock)
		blas64.Gemm(tA, tB, alpha, opRows(a, tA, lo, hi), b, beta, rows(c, lo, hi))
		return nil
	})
}

// product is multiply on the calling goroutine.
func product(ctx context.Context, tA, tB blas.Transpose, alpha float64, a, b blas64.General, beta float64, c blas64.General) error {
	return multiply(ctx, 1, tA, tB, alpha, a, b, beta, c)
}

// addGram adds to the upper triangle of C alpha op(A) op(A)ᵀ. Mirror completes
// the matrix.
func addGram(ctx context.Context, workers int, t blas.Transpose, alpha float64, a, c blas64.General) error {
	other := blas.Trans
	if t == blas.Trans {
		other = blas.NoTrans
	}
	return each(ctx, workers, ceilDiv(c.Rows, rowBlock), func(i int) error {
		lo, hi := i*rowBlock, min(c.Rows, (i+1)*rowBlock)
		diagonal := blas64.Symmetric{Uplo: blas.Upper, N: hi - lo, Stride: c.Stride, Data: block(c, lo, hi, lo, hi).Data}
		blas64.Syrk(t, alpha, opRows(a, t, lo, hi), 1, diagonal)
		if hi < c.Rows {
			blas64.Gemm(t, other, alpha, opRows(a, t, lo, hi), opRows(a, t, hi, c.Rows), 1, block(c, lo, hi, hi, c.Cols))
		}
		return nil
	})
}

// mirror copies the upper triangle of a square matrix to the lower, in tiles
// that fit the cache.
func mirror(c blas64.General) {
	const tile = 32
	for i0 := 0; i0 < c.Rows; i0 += tile {
		for j0 := i0; j0 < c.Rows; j0 += tile {
			for i := i0; i < min(i0+tile, c.Rows); i++ {
				for j := max(j0, i+1); j < min(j0+tile, c.Rows); j++ {
					c.Data[j*c.Stride+i] = c.Data[i*c.Stride+j]
				}
			}
		}
	}
}

func newGeneral(r, c int) blas64.General {
	return blas64.General{Rows: r, Cols: c, Stride: max(1, c), Data: make([]float64, r*c)}
}

// newAligned is newGeneral with rows whose distance is a multiple of a cache
// line, so that no vector of eight numbers lies across two.
func newAligned(r, c int) blas64.General {
	stride := max(8, (c+7)&^7)
	return blas64.General{Rows: r, Cols: c, Stride: stride, Data: make([]float64, r*stride)}
}

// rows, cols and block are views; opRows views rows of op(A).
func rows(g blas64.General, lo, hi int) blas64.General { return block(g, lo, hi, 0, g.Cols) }
func cols(g blas64.General, lo, hi int) blas64.General { return block(g, 0, g.Rows, lo, hi) }

func block(g blas64.General, r0, r1, c0, c1 int) blas64.General {
	v := blas64.General{Rows: r1 - r0, Cols: c1 - c0, Stride: g.Stride}
	if v.Rows > 0 && v.Cols > 0 {
		v.Data = g.Data[r0*g.Stride+c0 : (r1-1)*g.Stride+c1]
	}
	return v
}

func opRows(g blas64.General, t blas.Transpose, lo, hi int) blas64.General {
	if t == blas.Trans {
		return cols(g, lo, hi)
	}
	return rows(g, lo, hi)
}

func row(g blas64.General, i int) []float64 {
	return g.Data[i*g.Stride : i*g.Stride+g.Cols]
}

func vec(x []float64) blas64.Vector { return blas64.Vector{N: len(x), Inc: 1, Data: x} }

func dot(x, y []float64) float64 { return blas64.Dot(vec(x), vec(y)) }

// axpy adds a x to y.
func axpy(a float64, x, y []float64) { blas64.Axpy(a, vec(x), vec(y)) }

// gemv computes y = alpha op(A) x + beta y.
func gemv(t blas.Transpose, alpha float64, a blas64.General, x []float64, beta float64, y []float64) {
	if a.Rows == 0 || a.Cols == 0 {
		if beta == 0 {
			clear(y)
		}
		return
	}
	blas64.Gemv(t, alpha, a, vec(x), beta, vec(y))
}

// gather copies the given rows of g.
func gather(g blas64.General, idx []int) blas64.General {
	out := newGeneral(len(idx), g.Cols)
	for k, i := range idx {
		copy(row(out, k), row(g, i))
	}
	return out
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }
