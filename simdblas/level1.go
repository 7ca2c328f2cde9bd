package simdblas

import "math"

// span is the number of elements that one call of a kernel runs over. The Go
// scheduler cannot interrupt assembly; this much takes it less than 1 ms.
const span = 1 << 18

// reaches reports whether x holds n > 0 elements inc apart.
func reaches(n int, x []float64, inc int) bool {
	return n > 0 && inc != 0 && (n-1)*max(inc, -inc) < len(x)
}

// gather copies n elements of x, inc apart, to dst. As BLAS has it, a negative
// inc starts at the far end.
func gather(dst, x []float64, inc int) {
	i := start(len(dst), inc)
	for j := range dst {
		dst[j] = x[i]
		i += inc
	}
}

// scatter is the reverse of gather.
func scatter(src, x []float64, inc int) {
	i := start(len(src), inc)
	for _, v := range src {
		x[i] = v
		i += inc
	}
}

func start(n, inc int) int {
	if inc < 0 {
		return (1 - n) * inc
	}
	return 0
}

// contiguous returns the n elements of x as a slice, and the handle to give
// back if that is a borrowed copy.
func contiguous(n int, x []float64, inc int) ([]float64, *[]float64) {
	if inc == 1 {
		return x[:n], nil
	}
	buf, handle := borrow(n)
	gather(buf, x, inc)
	return buf, handle
}

func release(handle *[]float64) {
	if handle != nil {
		giveBack(handle)
	}
}

// scale multiplies x by beta; zero overwrites NaN.
func scale(beta float64, x []float64) {
	switch beta {
	case 1:
	case 0:
		clear(x)
	default:
		for i := range x {
			x[i] *= beta
		}
	}
}

// Ddot returns the inner product of x and y.
func (impl Implementation) Ddot(n int, x []float64, incX int, y []float64, incY int) float64 {
	if incX == 1 && incY == 1 && 0 < n && n <= min(span, len(x), len(y)) {
		return impl.kernel().dot(x[:n], y[:n])
	}
	if !reaches(n, x, incX) || !reaches(n, y, incY) {
		return impl.Implementation.Ddot(n, x, incX, y, incY)
	}
	xs, hx := contiguous(n, x, incX)
	ys, hy := contiguous(n, y, incY)
	kn := impl.kernel()
	d := kn.dot(xs[:min(n, span)], ys)
	for i := span; i < n; i += span {
		d += kn.dot(xs[i:min(n, i+span)], ys[i:])
	}
	release(hx)
	release(hy)
	return d
}

// Daxpy computes y = alpha*x + y.
func (impl Implementation) Daxpy(n int, alpha float64, x []float64, incX int, y []float64, incY int) {
	if !reaches(n, x, incX) || !reaches(n, y, incY) || alpha == 0 {
		impl.Implementation.Daxpy(n, alpha, x, incX, y, incY)
		return
	}
	if incX == 1 && incY == 1 {
		impl.kernel().update(alpha, x[:n], y)
		return
	}
	ix, iy := start(n, incX), start(n, incY)
	for range n {
		y[iy] = math.FMA(alpha, x[ix], y[iy])
		ix += incX
		iy += incY
	}
}

// update is axpy for vectors of any length.
func (kn *kernel) update(alpha float64, x, y []float64) {
	for len(x) > span {
		kn.axpy(alpha, x[:span], y)
		x, y = x[span:], y[span:]
	}
	kn.axpy(alpha, x, y)
}

// Dnrm2 returns the Euclidean norm of x. Where the sum of squares may have
// overflowed, or lost digits to underflow, it leaves the scaling to gonum.
func (impl Implementation) Dnrm2(n int, x []float64, incX int) float64 {
	const small, large = 0x1p-900, 0x1p1000
	if reaches(n, x, incX) && incX > 0 {
		if d := impl.Ddot(n, x, incX, x, incX); d > small && d < large {
			return math.Sqrt(d)
		}
	}
	return impl.Implementation.Dnrm2(n, x, incX)
}
