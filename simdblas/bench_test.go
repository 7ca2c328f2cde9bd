package simdblas

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// implementations are this package with every kernel, and gonum to compare
// with. GOFLAGS apart, `go test -bench . -cpu 1,2` is the command.
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
