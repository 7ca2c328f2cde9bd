package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// unroll is the number of steps over k that gemm emits in a row.
const unroll = 4

// gemm emits the update of one tile of C by mr x kc elements of A and kc x nr
// elements of B. Element (i, p) of A is at a[p*as+i], element (p, j) of B at
// b[p*bs+j].
func gemm(s isa) {
	function("gemm"+s.suffix, "func(kc int, alpha float64, a []float64, as int, b []float64, bs int, c []float64, ldc int)",
		"is kernel.gemm.")
	kc := integer("kc")
	a, as := pointer("a"), stride("as")
	b, bs := pointer("b"), stride("bs")
	c, ldc := pointer("c"), stride("ldc")
	nv := s.nr * 8 / s.bytes

	acc := make([]reg.VecVirtual, s.mr*nv)
	for i := range acc {
		acc[i] = s.zero()
	}
	// The tile of C is wanted after the loop; fetch it meanwhile.
	row := GP64()
	MOVQ(c, row)
	for i := range s.mr {
		PREFETCHT0(Mem{Base: row})
		PREFETCHT0(Mem{Base: row, Disp: s.nr*8 - 8})
		if i < s.mr-1 {
			ADDQ(ldc, row)
		}
	}

	step := func() {
		bv := make([]reg.VecVirtual, nv)
		for v := range bv {
			bv[v] = s.vec()
			VMOVUPD(Mem{Base: b, Disp: v * s.bytes}, bv[v])
		}
		for i := range s.mr {
			ai := s.vec()
			VBROADCASTSD(Mem{Base: a, Disp: 8 * i}, ai)
			for v := range bv {
				VFMADD231PD(bv[v], ai, acc[i*nv+v])
			}
		}
		ADDQ(as, a)
		ADDQ(bs, b)
	}
	n := GP64()
	MOVQ(kc, n)
	SHRQ(U8(2), n)
	JZ(LabelRef("rest"))
	Label("steps")
	for range unroll {
		step()
	}
	DECQ(n)
	JNZ(LabelRef("steps"))
	Label("rest")
	ANDQ(U8(unroll-1), kc)
	JZ(LabelRef("update"))
	Label("step")
	step()
	DECQ(kc)
	JNZ(LabelRef("step"))

	Label("update")
	alpha := s.broadcast("alpha")
	for i := range s.mr {
		for v := range nv {
			m := Mem{Base: c, Disp: v * s.bytes}
			t := s.vec()
			VMOVUPD(m, t)
			VFMADD231PD(alpha, acc[i*nv+v], t)
			VMOVUPD(t, m)
		}
		if i < s.mr-1 {
			ADDQ(ldc, c)
		}
	}
	end()
}

// pack4 emits the transposition of four rows of n elements: src[r*ld+p] goes
// to dst[p*ds+r], for n a multiple of 4.
func pack4() {
	function("pack4AVX2", "func(n int, src []float64, ld int, dst []float64, ds int)", "is kernel.pack4.")
	n, src, dst := integer("n"), pointer("src"), pointer("dst")
	ld, ds := stride("ld"), stride("ds")
	s1, s3 := add(src, ld, 1), GP64()
	s2 := add(src, ld, 2)
	LEAQ(Mem{Base: s1, Index: ld, Scale: 2}, s3)
	ds3 := add(ds, ds, 2)
	i := GP64()
	XORQ(i, i)
	JMP(LabelRef("test"))
	Label("loop")
	var in, mid [4]reg.VecVirtual
	for r, p := range []reg.Register{src, s1, s2, s3} {
		in[r] = YMM()
		VMOVUPD(Mem{Base: p, Index: i, Scale: 8}, in[r])
	}
	for r := range mid {
		mid[r] = YMM()
	}
	VUNPCKLPD(in[1], in[0], mid[0]) // 00 10 02 12
	VUNPCKHPD(in[1], in[0], mid[1]) // 01 11 03 13
	VUNPCKLPD(in[3], in[2], mid[2]) // 20 30 22 32
	VUNPCKHPD(in[3], in[2], mid[3]) // 21 31 23 33
	out := func(imm uint8, hi, lo reg.VecVirtual, m Mem) {
		v := YMM()
		VPERM2F128(U8(imm), hi, lo, v)
		VMOVUPD(v, m)
	}
	out(0x20, mid[2], mid[0], Mem{Base: dst})
	out(0x20, mid[3], mid[1], Mem{Base: dst, Index: ds, Scale: 1})
	out(0x31, mid[2], mid[0], Mem{Base: dst, Index: ds, Scale: 2})
	out(0x31, mid[3], mid[1], Mem{Base: dst, Index: ds3, Scale: 1})
	LEAQ(Mem{Base: dst, Index: ds, Scale: 4}, dst)
	ADDQ(U8(4), i)
	Label("test")
	CMPQ(i, n)
	JLT(LabelRef("loop"))
	end()
}
