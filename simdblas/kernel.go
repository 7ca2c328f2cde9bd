package simdblas

// A kernel is the set of inner loops that the routines are built from. A
// matrix is passed as a slice that starts at its first element. Vectors have
// the length of x, or of y where there is no x; others may be longer. Assembly
// checks no bounds.
type kernel struct {
	name string

	// gemm adds alpha*A*B to the mr x nr tile at c, whose rows are ldc apart.
	// Element (i, p) of A, mr x kc, is a[i*ars+p*acs]; element (p, j) of B,
	// kc x nr, is b[p*bs+j]. Every element of A*B is one fma chain over p from zero, and
	// is added to c by one fma.
	gemm   func(kc int, alpha float64, a []float64, ars, acs int, b []float64, bs int, c []float64, ldc int)
	mr, nr int

	// pack4 copies four rows of n elements to columns: src[r*ld+p] goes to
	// dst[p*ds+r]. n is a multiple of 4.
	pack4 func(n int, src []float64, ld int, dst []float64, ds int)

	// copy4 copies n rows of w elements from src, ld apart, to dst, ds apart. w
	// is a multiple of 4.
	copy4 func(n, w int, src []float64, ld int, dst []float64, ds int)

	// dot returns the inner product of x and y, by eight lanes.
	dot func(x, y []float64) float64

	// gemv sets y[i] = fma(alpha, d, y[i]) for the inner product d, as dot, of x
	// and row i of a. The number of rows is a multiple of 4.
	gemv func(alpha float64, a []float64, lda int, x, y []float64)

	// axpy sets y = fma(alpha, x, y).
	axpy func(alpha float64, x, y []float64)

	// axpy2 sets z = fma(beta, y, fma(alpha, x, z)).
	axpy2 func(alpha float64, x []float64, beta float64, y, z []float64)

	// axpy4 is axpy(c0, row 0 of a, y), axpy(c1, row 1 of a, y) and so on.
	axpy4 func(c0, c1, c2, c3 float64, a []float64, lda int, y []float64)

	// symv4 is axpy4 on y, and returns the inner products of x and the four rows.
	symv4 func(c0, c1, c2, c3 float64, a []float64, lda int, x, y []float64) (d0, d1, d2, d3 float64)
}

// generic is the portable kernel and the definition of all others.
var generic = kernel{
	name: "generic",
	gemm: gemmGeneric, mr: 4, nr: 4,
	pack4: pack4Generic,
	copy4: copy4Generic,
	dot:   dotGeneric,
	gemv:  gemvGeneric,
	axpy:  axpyGeneric,
	axpy2: axpy2Generic,
	axpy4: axpy4Generic,
	symv4: symv4Generic,
}
