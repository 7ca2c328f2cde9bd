package simdblas

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
)

// The functions here compute the routines one element at a time by the rules
// of the package comment: slowly, and with nothing in common with the kernels.

// at returns element (i, j) of op(A).
func at(t blas.Transpose, a []float64, lda, i, j int) float64 {
	if t == blas.NoTrans {
		return a[i*lda+j]
	}
	return a[j*lda+i]
}

// inner is rule 1: beta*c plus alpha times the inner product of x and y.
func inner(alpha float64, k int, x, y func(p int) float64, beta, c float64) float64 {
	c = scaled(beta, c)
	for k0 := 0; k0 < k; k0 += 256 {
		var s float64
		for p := k0; p < min(k, k0+256); p++ {
			s = math.FMA(x(p), y(p), s)
		}
		c = math.FMA(alpha, s, c)
	}
	return c
}

func scaled(beta, c float64) float64 {
	if beta == 0 {
		return 0
	}
	return beta * c
}

// lanes is rule 2.
func lanes(n int, x, y func(i int) float64) float64 {
	var s [8]float64
	for i := range (n + 7) / 8 * 8 {
		var xi, yi float64
		if i < n {
			xi, yi = x(i), y(i)
		}
		s[i%8] = math.FMA(xi, yi, s[i%8])
	}
	return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}

// pieces is rule 2 for vectors of any length: take gets the products of the
// pieces in order.
func pieces(n int, x, y func(i int) float64, take func(d float64)) {
	for i := 0; i < n; i += 1 << 18 {
		take(lanes(min(n-i, 1<<18),
			func(j int) float64 { return x(i + j) },
			func(j int) float64 { return y(i + j) }))
	}
}

// element returns the element of a vector as BLAS numbers them.
func element(x []float64, n, inc int) func(i int) *float64 {
	first := 0
	if inc < 0 {
		first = (1 - n) * inc
	}
	return func(i int) *float64 { return &x[first+i*inc] }
}

func refGemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	for i := range m {
		for j := range n {
			x := func(p int) float64 { return at(tA, a, lda, i, p) }
			y := func(p int) float64 { return at(tB, b, ldb, p, j) }
			e := &c[i*ldc+j]
			switch {
			case alpha == 0 || k == 0:
				*e = scaled(beta, *e)
			case n == 1 && tA == blas.NoTrans, n > 1 && m == 1 && tB != blas.NoTrans:
				*e = math.FMA(alpha, lanes(k, x, y), scaled(beta, *e))
			case n == 1:
				*e = scaled(beta, *e)
				for p := range k {
					*e = math.FMA(alpha*y(p), x(p), *e)
				}
			case m == 1:
				*e = scaled(beta, *e)
				for p := range k {
					*e = math.FMA(alpha*x(p), y(p), *e)
				}
			default:
				*e = inner(alpha, k, x, y, beta, *e)
			}
		}
	}
}

// inHalf reports whether (i, j) is in the triangle ul.
func inHalf(ul blas.Uplo, i, j int) bool {
	return ul == blas.Upper && j >= i || ul == blas.Lower && j <= i
}

// symmetric returns element (i, j) of the matrix whose triangle ul is given.
func symmetric(ul blas.Uplo, a []float64, lda, i, j int) float64 {
	if inHalf(ul, i, j) {
		return a[i*lda+j]
	}
	return a[j*lda+i]
}

func refSyrk(ul blas.Uplo, tA blas.Transpose, n, k int, alpha float64, a []float64, lda int, beta float64, c []float64, ldc int) {
	for i := range n {
		for j := range n {
			if inHalf(ul, i, j) {
				c[i*ldc+j] = inner(alpha, k,
					func(p int) float64 { return at(tA, a, lda, i, p) },
					func(p int) float64 { return at(tA, a, lda, j, p) }, beta, c[i*ldc+j])
			}
		}
	}
}

func refSyr2k(ul blas.Uplo, tA blas.Transpose, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	for i := range n {
		for j := range n {
			if !inHalf(ul, i, j) {
				continue
			}
			e := &c[i*ldc+j]
			*e = inner(alpha, k,
				func(p int) float64 { return at(tA, a, lda, i, p) },
				func(p int) float64 { return at(tA, b, ldb, j, p) }, beta, *e)
			*e = inner(alpha, k,
				func(p int) float64 { return at(tA, b, ldb, i, p) },
				func(p int) float64 { return at(tA, a, lda, j, p) }, 1, *e)
		}
	}
}

func refSymm(s blas.Side, ul blas.Uplo, m, n int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	order := m
	if s == blas.Right {
		order = n
	}
	full := make([]float64, order*order)
	for i := range order {
		for j := range order {
			full[i*order+j] = symmetric(ul, a, lda, i, j)
		}
	}
	if s == blas.Left {
		refGemm(blas.NoTrans, blas.NoTrans, m, n, m, alpha, full, max(1, order), b, ldb, beta, c, ldc)
	} else {
		refGemm(blas.NoTrans, blas.NoTrans, m, n, n, alpha, b, ldb, full, max(1, order), beta, c, ldc)
	}
}

func refGemv(t blas.Transpose, m, n int, alpha float64, a []float64, lda int, x []float64, incX int, beta float64, y []float64, incY int) {
	rows, cols := m, n
	if t != blas.NoTrans {
		rows, cols = n, m
	}
	if m == 0 || n == 0 {
		return
	}
	xs, ys := element(x, cols, incX), element(y, rows, incY)
	for i := range rows {
		e := ys(i)
		*e = scaled(beta, *e)
		row := func(j int) float64 { return at(t, a, lda, i, j) }
		switch {
		case alpha == 0:
		case t == blas.NoTrans:
			pieces(cols, row, func(j int) float64 { return *xs(j) }, func(d float64) { *e = math.FMA(alpha, d, *e) })
		default:
			for j := range cols {
				*e = math.FMA(alpha**xs(j), row(j), *e)
			}
		}
	}
}

// refSymv goes through the rows in fours: first the block on the diagonal, then
// the rest of the rows of the triangle, as columns and as rows.
func refSymv(ul blas.Uplo, n int, alpha float64, a []float64, lda int, x []float64, incX int, beta float64, y []float64, incY int) {
	xs, ys := element(x, n, incX), element(y, n, incY)
	for i := range n {
		*ys(i) = scaled(beta, *ys(i))
	}
	if alpha == 0 {
		return
	}
	for i0 := 0; i0 < n; i0 += 4 {
		i1 := min(n, i0+4)
		for i := i0; i < i1; i++ {
			var s float64
			for j := i0; j < i1; j++ {
				s = math.FMA(symmetric(ul, a, lda, i, j), *xs(j), s)
			}
			*ys(i) = math.FMA(alpha, s, *ys(i))
		}
		j0, j1 := i1, n
		if ul == blas.Lower {
			j0, j1 = 0, i0
		}
		if j0 == j1 {
			continue
		}
		for i := i0; i < i1; i++ {
			for j := j0; j < j1; j++ {
				*ys(j) = math.FMA(alpha**xs(i), a[i*lda+j], *ys(j))
			}
			d := lanes(j1-j0,
				func(j int) float64 { return a[i*lda+j0+j] },
				func(j int) float64 { return *xs(j0 + j) })
			*ys(i) = math.FMA(alpha, d, *ys(i))
		}
	}
}

// random returns n numbers of mixed magnitude: sums of their products round at
// every step, so that another order or an unfused step shows.
func random(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = math.Ldexp(r.NormFloat64(), r.IntN(20)-10)
	}
	return x
}

// fill returns a matrix of r rows, ld apart, of random numbers. Between the
// rows, where no routine may look or write, it holds NaN.
func fill(rng *rand.Rand, r, c, ld int) []float64 {
	if r == 0 {
		return nil
	}
	x := random(rng, (r-1)*ld+c)
	for i := range r - 1 {
		for j := c; j < ld; j++ {
			x[i*ld+j] = math.NaN()
		}
	}
	return x
}

// vector is fill for n elements inc apart.
func vector(rng *rand.Rand, n, inc int) []float64 {
	return fill(rng, n, 1, max(inc, -inc))
}

// sameBits fails the test at the first difference. All NaN are the same.
func sameBits(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: got %d elements, want %d", what, len(got), len(want))
	}
	for i, g := range got {
		w := want[i]
		if math.Float64bits(g) != math.Float64bits(w) && !(math.IsNaN(g) && math.IsNaN(w)) {
			t.Fatalf("%s: element %d is %v (%#x), want %v (%#x)", what, i, g, math.Float64bits(g), w, math.Float64bits(w))
		}
	}
}
