// Command gen writes the AVX2 and AVX-512 kernels of package simdblas as Go
// assembly. It is a module of its own so that the module that uses the kernels
// does not depend on the assembler library.
//
// A kernel is written once, for eight float64 lanes: one ZMM register, or two
// YMM registers. Both do the same operations in the same order, so they give
// the same bits.
//
// Run it with `go generate` in package simdblas.
package main

import . "github.com/mmcloughlin/avo/build"

func main() {
	ConstraintExpr("amd64")
	ConstraintExpr("!purego")
	pack4()
	copy4()
	for _, s := range []isa{avx512, avx2} {
		gemm(s)
		dot(s)
		gemv(s)
		axpy(s)
		axpy2(s)
		axpy4(s)
		symv4(s)
	}
	Generate()
}
