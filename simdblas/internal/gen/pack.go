package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

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

// copy4 emits the copy of n rows of w elements, for w a multiple of 4.
func copy4() {
	function("copy4AVX2", "func(n, w int, src []float64, ld int, dst []float64, ds int)", "is kernel.copy4.")
	n, w, src, dst := integer("n"), integer("w"), pointer("src"), pointer("dst")
	ld, ds := stride("ld"), stride("ds")
	TESTQ(w, w)
	JZ(LabelRef("done"))
	i := GP64()
	JMP(LabelRef("test"))
	Label("row")
	XORQ(i, i)
	Label("column")
	v := YMM()
	VMOVUPD(Mem{Base: src, Index: i, Scale: 8}, v)
	VMOVUPD(v, Mem{Base: dst, Index: i, Scale: 8})
	ADDQ(U8(4), i)
	CMPQ(i, w)
	JLT(LabelRef("column"))
	ADDQ(ld, src)
	ADDQ(ds, dst)
	DECQ(n)
	Label("test")
	TESTQ(n, n)
	JNZ(LabelRef("row"))
	Label("done")
	end()
}
