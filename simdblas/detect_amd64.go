//go:build amd64 && !purego

package simdblas

import "golang.org/x/sys/cpu"

// kernels are those that this machine can run, fastest first. Package cpu
// knows what the operating system saves of the registers, and obeys GODEBUG.
var kernels = func() []*kernel {
	avx2 := &kernel{
		name: "avx2",
		gemm: gemmAVX2, mr: 4, nr: 12,
		pack4: pack4AVX2,
		copy4: copy4AVX2,
		dot:   dotAVX2,
		gemv:  gemvAVX2,
		axpy:  axpyAVX2,
		axpy2: axpy2AVX2,
		axpy4: axpy4AVX2,
		symv4: symv4AVX2,
	}
	avx512 := &kernel{
		name: "avx512",
		gemm: gemmAVX512, mr: 12, nr: 16,
		pack4: pack4AVX2,
		copy4: copy4AVX2,
		dot:   dotAVX512,
		gemv:  gemvAVX512,
		axpy:  axpyAVX512,
		axpy2: axpy2AVX512,
		axpy4: axpy4AVX512,
		symv4: symv4AVX512,
	}
	x := &cpu.X86
	switch {
	case !x.HasAVX2 || !x.HasFMA:
		return []*kernel{&generic}
	case !x.HasAVX512F || !x.HasBMI2:
		return []*kernel{avx2, &generic}
	}
	return []*kernel{avx512, avx2, &generic}
}()
