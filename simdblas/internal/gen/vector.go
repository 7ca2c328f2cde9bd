package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

// dot emits the inner product of x and y.
func dot(s isa) {
	function("dot"+s.suffix, "func(x, y []float64) float64", "is kernel.dot.")
	x, y, n := pointer("x"), pointer("y"), length("x")
	acc := s.lanes()
	s.loop(n, func(b block) {
		VFMADD231PD(b.load(x), b.load(y), acc[b.part])
	})
	Store(s.sum(acc), ReturnIndex(0))
	end()
}

// axpy emits y += alpha*x.
func axpy(s isa) {
	function("axpy"+s.suffix, "func(alpha float64, x, y []float64)", "is kernel.axpy.")
	x, y, n := pointer("x"), pointer("y"), length("x")
	alpha := s.broadcast("alpha")
	s.loop(n, func(b block) {
		v := b.load(y)
		VFMADD231PD(b.load(x), alpha, v)
		b.store(v, y)
	})
	end()
}

// axpy2 emits z += alpha*x and z += beta*y in one pass.
func axpy2(s isa) {
	function("axpy2"+s.suffix, "func(alpha float64, x []float64, beta float64, y, z []float64)",
		"is kernel.axpy2.")
	x, y, z, n := pointer("x"), pointer("y"), pointer("z"), length("x")
	alpha, beta := s.broadcast("alpha"), s.broadcast("beta")
	s.loop(n, func(b block) {
		v := b.load(z)
		VFMADD231PD(b.load(x), alpha, v)
		VFMADD231PD(b.load(y), beta, v)
		b.store(v, z)
	})
	end()
}

// rows returns the addresses of four rows of the matrix a, lda apart.
func rows() [4]reg.Register {
	lda := stride("lda")
	a0 := pointer("a")
	a1 := add(a0, lda, 1)
	a2 := add(a0, lda, 2)
	a3 := add(a1, lda, 2)
	return [4]reg.Register{a0, a1, a2, a3}
}

func coefficients(s isa) [4]reg.Register {
	return [4]reg.Register{s.broadcast("c0"), s.broadcast("c1"), s.broadcast("c2"), s.broadcast("c3")}
}

// axpy4 emits y += c0*a0, y += c1*a1, ... for four rows of a, in one pass.
func axpy4(s isa) {
	function("axpy4"+s.suffix, "func(c0, c1, c2, c3 float64, a []float64, lda int, y []float64)",
		"is kernel.axpy4.")
	a := rows()
	y, n := pointer("y"), length("y")
	c := coefficients(s)
	s.loop(n, func(b block) {
		v := b.load(y)
		for r := range a {
			VFMADD231PD(b.load(a[r]), c[r], v)
		}
		b.store(v, y)
	})
	end()
}

// symv4 emits axpy4 on y and dot4 with x, reading the four rows of a once.
func symv4(s isa) {
	function("symv4"+s.suffix, "func(c0, c1, c2, c3 float64, a []float64, lda int, x, y []float64) (d0, d1, d2, d3 float64)",
		"is kernel.symv4.")
	a := rows()
	x, y, n := pointer("x"), pointer("y"), length("x")
	c := coefficients(s)
	acc := [4]lanes{s.lanes(), s.lanes(), s.lanes(), s.lanes()}
	s.loop(n, func(b block) {
		xs, ys := b.load(x), b.load(y)
		for r := range a {
			v := b.load(a[r])
			VFMADD231PD(v, xs, acc[r][b.part])
			VFMADD231PD(v, c[r], ys)
		}
		b.store(ys, y)
	})
	d, err := ReturnIndex(0).Resolve() // d1 to d3 follow it
	if err != nil {
		panic(err)
	}
	VMOVUPD(s.sum4(acc), d.Addr)
	end()
}
