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

// rowBlock is the number of rows of a result that one goroutine computes:
// large enough to amortise packing. It is a constant because results may depend
// on it in the last bit.
const rowBlock = 192

// No context interrupts a call into BLAS, so products are cut into pieces of
// about pieceWork multiply-adds, some milliseconds' worth. The summed index is
// cut at multiples of pieceDepth, where simdblas rounds the sum anyway, which
// keeps the bits.
const (
	pieceWork  = 1 << 26
	pieceDepth = 256
)

// multiply computes C = alpha op(A) op(B) + beta C in blocks of rows of C.
func multiply(ctx context.Context, workers int, tA, tB blas.Transpose, alpha float64, a, b blas64.General, beta float64, c blas64.General) error {
	return each(ctx, workers, ceilDiv(c.Rows, rowBlock), func(i int) error {
		lo, hi := i*rowBlock, min(c.Rows, (i+1)*rowBlock)
		return gemm(ctx, tA, tB, alpha, opRows(a, tA, lo, hi), b, beta, rows(c, lo, hi))
	})
}

// product is multiply on the calling goroutine.
func product(ctx context.Context, tA, tB blas.Transpose, alpha float64, a, b blas64.General, beta float64, c blas64.General) error {
	return multiply(ctx, 1, tA, tB, alpha, a, b, beta, c)
}

// gemm computes C = alpha op(A) op(B) + beta C in pieces.
func gemm(ctx context.Context, tA, tB blas.Transpose, alpha float64, a, b blas64.General, beta float64, c blas64.General) error {
	depth := depthOf(a, tA)
	pieces, step := 1, max(1, depth)
	if c.Rows > 1 && c.Cols > 1 { // not a vector, whose sums must stay whole
		pieces = min(ceilDiv(c.Rows*c.Cols, pieceWork/pieceDepth), ceilDiv(c.Cols, 8))
		step = pieceSteps(c.Rows * ceilDiv(c.Cols, pieces))
	}
	for i := range pieces {
		lo, hi, scale := i*c.Cols/pieces, (i+1)*c.Cols/pieces, beta
		bc := opRows(b, transposeOf(tB), lo, hi)
		for k := 0; k == 0 || k < depth; k += step {
			if err := ctx.Err(); err != nil {
				return err
			}
			end := min(depth, k+step)
			blas64.Gemm(tA, tB, alpha, opRows(a, transposeOf(tA), k, end), opRows(bc, tB, k, end), scale, cols(c, lo, hi))
			scale = 1
		}
	}
	return nil
}

// addGram adds to the upper triangle of C (and to some entries below it)
// alpha op(A) op(A)ᵀ. Mirror completes the matrix.
func addGram(ctx context.Context, workers int, t blas.Transpose, alpha float64, a, c blas64.General) error {
	return each(ctx, workers, ceilDiv(c.Rows, rowBlock), func(i int) error {
		lo, hi := i*rowBlock, min(c.Rows, (i+1)*rowBlock)
		ar := opRows(a, t, lo, hi)
		if hi < c.Rows || hi-lo == 1 {
			return gemm(ctx, t, transposeOf(t), alpha, ar, opRows(a, t, lo, c.Rows), 1, block(c, lo, hi, lo, c.Cols))
		}
		// The last block is a triangle; it is all of a small C.
		diagonal := blas64.Symmetric{Uplo: blas.Upper, N: hi - lo, Stride: c.Stride, Data: block(c, lo, hi, lo, hi).Data}
		depth, step := depthOf(a, t), pieceSteps((hi-lo)*(hi-lo))
		for k := 0; k < depth; k += step {
			if err := ctx.Err(); err != nil {
				return err
			}
			blas64.Syrk(t, alpha, opRows(ar, transposeOf(t), k, min(depth, k+step)), 1, diagonal)
		}
		return nil
	})
}

// depthOf returns the number of columns of op(A).
func depthOf(a blas64.General, t blas.Transpose) int {
	if t == blas.Trans {
		return a.Rows
	}
	return a.Cols
}

// pieceSteps returns how many summed indices one call takes for a result of so
// many elements.
func pieceSteps(elements int) int {
	return max(1, pieceWork/(elements*pieceDepth)) * pieceDepth
}

func transposeOf(t blas.Transpose) blas.Transpose {
	if t == blas.Trans {
		return blas.NoTrans
	}
	return blas.Trans
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
