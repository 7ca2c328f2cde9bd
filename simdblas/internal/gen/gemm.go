package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// unroll is the number of steps over k that gemm emits in a row.
const unroll = 4

// gemm emits the update of one tile of C by mr x kc elements of A and kc x nr
// elements of B.
func gemm(s isa) {
	function("gemm"+s.suffix,
		"func(kc int, alpha float64, a []float64, ars, acs int, b []float64, bs int, c []float64, ldc int)",
		"is kernel.gemm.")
	kc := integer("kc")
	ars, acs := stride("ars"), stride("acs")
	b, bs := pointer("b"), stride("bs")
	c, ldc := pointer("c"), stride("ldc")
	nv := s.nr * 8 / s.bytes

	// Row i of A is row i%4 from a[i/4] on, which an address can hold.
	ars3 := add(ars, ars, 2)
	a := []reg.Register{pointer("a")}
	for i := 4; i < s.mr; i += 4 {
		a = append(a, add(a[len(a)-1], ars, 4))
	}
	element := func(i int) Mem {
		m := Mem{Base: a[i/4]}
		switch i % 4 {
		case 1:
			m.Index, m.Scale = ars, 1
		case 2:
			m.Index, m.Scale = ars, 2
		case 3:
			m.Index, m.Scale = ars3, 1
		}
		return m
	}

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
			VBROADCASTSD(element(i), ai)
			for v := range bv {
				VFMADD231PD(bv[v], ai, acc[i*nv+v])
			}
		}
		for _, p := range a {
			ADDQ(acs, p)
		}
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
