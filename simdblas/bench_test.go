package simdblas

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// implementations are this package with every kernel, and gonum to compare
// with. Set GOMAXPROCS in the environment rather than by -cpu, which testing
// applies only after the first measurement of a b.Loop.
func implementations() map[string]blas.Float64 {
	all := map[string]blas.Float64{"gonum": gonum.Implementation{}}
	for _, name := range Kernels() {
		impl, err := New(name)
		if err != nil {
			panic(err)
		}
		all[name] = impl
	}
	return all
}

// bench runs f with every implementation and reports billions of
// multiplications and additions per second.
func bench(b *testing.B, shape string, flops int, f func(impl blas.Float64)) {
	all := implementations()
	for _, name := range append(Kernels(), "gonum") {
		b.Run(fmt.Sprintf("%s/%s", shape, name), func(b *testing.B) {
			for b.Loop() {
				f(all[name])
			}
			b.ReportMetric(float64(flops)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOPS")
		})
	}
}

func normal(n int) []float64 {
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

func BenchmarkDgemm(b *testing.B) {
	for _, s := range []struct {
		tA, tB  blas.Transpose
		m, n, k int
	}{
		{blas.NoTrans, blas.NoTrans, 1536, 1536, 1536},
		{blas.NoTrans, blas.Trans, 1536, 1536, 1536},
		{blas.Trans, blas.NoTrans, 1536, 1536, 1536},
		{blas.NoTrans, blas.NoTrans, 345, 345, 345},
		{blas.NoTrans, blas.NoTrans, 64, 64, 64},
		{blas.NoTrans, blas.NoTrans, 16, 16, 16},
		{blas.NoTrans, blas.NoTrans, 4, 4, 4},
		{blas.NoTrans, blas.NoTrans, 3200, 10, 1000},
		{blas.Trans, blas.NoTrans, 1000, 10, 3200},
		{blas.NoTrans, blas.NoTrans, 10, 1000, 3200},
		{blas.NoTrans, blas.NoTrans, 2, 1000, 1000},
	} {
		lda, ldb := s.k, s.n
		if s.tA != blas.NoTrans {
			lda = s.m
		}
		if s.tB != blas.NoTrans {
			ldb = s.k
		}
		x, y, c := normal(s.m*s.k), normal(s.k*s.n), make([]float64, s.m*s.n)
		bench(b, fmt.Sprintf("%c%c/%dx%dx%d", s.tA, s.tB, s.m, s.n, s.k), 2*s.m*s.n*s.k, func(impl blas.Float64) {
			impl.Dgemm(s.tA, s.tB, s.m, s.n, s.k, 1, x, lda, y, ldb, 0, c, s.n)
		})
	}
}

func BenchmarkDsyrk(b *testing.B) {
	for _, s := range [][2]int{{345, 768}, {1000, 1000}} {
		n, k := s[0], s[1]
		x, c := normal(n*k), make([]float64, n*n)
		bench(b, fmt.Sprintf("%dx%d", n, k), n*n*k, func(impl blas.Float64) {
			impl.Dsyrk(blas.Upper, blas.NoTrans, n, k, 1, x, k, 0, c, n)
		})
	}
}

func BenchmarkDsyr2k(b *testing.B) {
	const n, k = 1000, 32 // as the tridiagonal reduction of LAPACK calls it
	x, y, c := normal(n*k), normal(n*k), make([]float64, n*n)
	bench(b, fmt.Sprintf("%dx%d", n, k), 2*n*n*k, func(impl blas.Float64) {
		impl.Dsyr2k(blas.Lower, blas.NoTrans, n, k, -1, x, k, y, k, 1, c, n)
	})
}

func BenchmarkDsymm(b *testing.B) {
	const n, m = 500, 100
	x, y, c := normal(n*n), normal(n*m), make([]float64, n*m)
	bench(b, fmt.Sprintf("%dx%d", n, m), 2*n*n*m, func(impl blas.Float64) {
		impl.Dsymm(blas.Left, blas.Upper, n, m, 1, x, n, y, m, 0, c, m)
	})
}

func BenchmarkDgemv(b *testing.B) {
	for _, t := range []blas.Transpose{blas.NoTrans, blas.Trans} {
		for _, s := range [][2]int{{10, 10}, {100, 100}, {384, 384}, {3200, 1000}} {
			m, n := s[0], s[1]
			a, x, y := normal(m*n), normal(max(m, n)), make([]float64, max(m, n))
			bench(b, fmt.Sprintf("%c/%dx%d", t, m, n), 2*m*n, func(impl blas.Float64) {
				impl.Dgemv(t, m, n, 1, a, n, x, 1, 0, y, 1)
			})
		}
	}
}

func BenchmarkDsymv(b *testing.B) {
	for _, n := range []int{10, 100, 384, 1000} {
		a, x, y := normal(n*n), normal(n), make([]float64, n)
		for _, ul := range []blas.Uplo{blas.Upper, blas.Lower} {
			bench(b, fmt.Sprintf("%c/%d", ul, n), 2*n*n, func(impl blas.Float64) {
				impl.Dsymv(ul, n, 1, a, n, x, 1, 0, y, 1)
			})
		}
	}
}

func BenchmarkRankUpdates(b *testing.B) {
	for _, n := range []int{10, 100, 384, 1000} {
		a, x, y := make([]float64, n*n), normal(n), normal(n)
		bench(b, fmt.Sprintf("Dger/%d", n), 2*n*n, func(impl blas.Float64) {
			impl.Dger(n, n, 1e-9, x, 1, y, 1, a, n)
		})
		bench(b, fmt.Sprintf("Dsyr/%d", n), n*n, func(impl blas.Float64) {
			impl.Dsyr(blas.Upper, n, 1e-9, x, 1, a, n)
		})
		bench(b, fmt.Sprintf("Dsyr2/%d", n), 2*n*n, func(impl blas.Float64) {
			impl.Dsyr2(blas.Upper, n, 1e-9, x, 1, y, 1, a, n)
		})
	}
}

func BenchmarkVectors(b *testing.B) {
	var sink float64
	for _, n := range []int{4, 30, 1000, 100000} {
		x, y := normal(n), normal(n)
		bench(b, fmt.Sprintf("Ddot/%d", n), 2*n, func(impl blas.Float64) { sink += impl.Ddot(n, x, 1, y, 1) })
		bench(b, fmt.Sprintf("Daxpy/%d", n), 2*n, func(impl blas.Float64) { impl.Daxpy(n, 1e-9, x, 1, y, 1) })
		bench(b, fmt.Sprintf("Dnrm2/%d", n), 2*n, func(impl blas.Float64) { sink += impl.Dnrm2(n, x, 1) })
	}
}
