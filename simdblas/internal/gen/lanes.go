package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// An isa is an instruction set that kernels are generated for.
type isa struct {
	suffix string // of the names of its functions
	bytes  int    // in a vector register
	mr, nr int    // tile of C that the gemm kernel holds in registers

	gemvRows []int // that the gemv kernel does together, most first
}

// The tiles use all registers: mr*nr/width accumulators, nr/width vectors of
// B, and the rest for the broadcast element of A. Both sides of a tile are
// multiples of 4, which pack4 transposes at a time.
var (
	avx512 = isa{suffix: "AVX512", bytes: 64, mr: 12, nr: 16, gemvRows: []int{8, 4}}
	avx2   = isa{suffix: "AVX2", bytes: 32, mr: 4, nr: 12, gemvRows: []int{4}}
)

// vec allocates a vector register.
func (s isa) vec() reg.VecVirtual {
	if s.bytes == 64 {
		return ZMM()
	}
	return YMM()
}

// zero allocates a vector of zeros.
func (s isa) zero() reg.VecVirtual {
	v := s.vec()
	if s.bytes == 64 {
		VPXORQ(v, v, v)
	} else {
		VXORPD(v, v, v)
	}
	return v
}

// broadcast returns a vector with the float64 parameter name in every lane.
func (s isa) broadcast(name string) reg.VecVirtual {
	v := s.vec()
	VBROADCASTSD(parameter(name), v)
	return v
}

// parameter returns where the parameter name is.
func parameter(name string) Mem {
	p, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return p.Addr
}

// lanes are eight float64 accumulators, the lowest in the first register.
type lanes []reg.VecVirtual

func (s isa) lanes() lanes {
	l := make(lanes, 64/s.bytes)
	for i := range l {
		l[i] = s.zero()
	}
	return l
}

// sum reduces l by the fixed tree
//
//	((l0+l4)+(l2+l6)) + ((l1+l5)+(l3+l7))
//
// to the lowest lane of the returned register. It clobbers l.
func (s isa) sum(l lanes) reg.Register {
	low, high := YMM(), YMM()
	if s.bytes == 64 {
		VEXTRACTF64X4(U8(0), l[0], low)
		VEXTRACTF64X4(U8(1), l[0], high)
	} else {
		low, high = l[0], l[1]
	}
	VADDPD(high, low, low)
	x, y := XMM(), XMM()
	VEXTRACTF128(U8(0), low, x)
	VEXTRACTF128(U8(1), low, y)
	VADDPD(y, x, x)
	VHADDPD(x, x, x)
	return x
}

// sum4 reduces four of them at once, to the lanes of the returned register. It
// clobbers them.
func (s isa) sum4(l [4]lanes) reg.Register {
	var four [4]reg.Register // l0+l4, l1+l5, l2+l6, l3+l7
	high := YMM()
	for r := range four {
		four[r] = l[r][0].AsY()
		if s.bytes == 64 {
			VEXTRACTF64X4(U8(1), l[r][0], high)
			VADDPD(high, four[r], four[r])
		} else {
			VADDPD(l[r][1], four[r], four[r])
		}
	}
	// (l0+l4)+(l2+l6) and (l1+l5)+(l3+l7) of rows 0 and 2, and of 1 and 3.
	for r := range 2 {
		VPERM2F128(U8(0x31), four[r+2], four[r], high)
		VINSERTF128(U8(1), l[r+2][0].AsX(), four[r], four[r])
		VADDPD(high, four[r], four[r])
	}
	VHADDPD(four[1], four[0], four[0])
	return four[0]
}

// A block is the part of eight consecutive elements of a slice that fits one
// vector register. Of an incomplete block at the end of a slice, the missing
// elements load as zero and are not stored.
type block struct {
	isa
	part  int          // of the lanes that this register holds
	index reg.Register // of the element in lane 0
	mask  reg.Register // nil where the block is complete
}

func (b block) at(p reg.Register) Mem {
	return Mem{Base: p, Index: b.index, Scale: 8, Disp: b.part * b.bytes}
}

// load returns the block of the slice at p.
func (b block) load(p reg.Register) reg.VecVirtual { return b.loadFrom(b.at(p)) }

// loadFrom returns the block in memory.
func (b block) loadFrom(m Mem) reg.VecVirtual {
	v := b.vec()
	switch {
	case b.mask == nil:
		VMOVUPD(m, v)
	case b.bytes == 64:
		VMOVUPD_Z(m, b.mask, v)
	default:
		VMASKMOVPD(m, b.mask, v)
	}
	return v
}

// store writes the block of the slice at p.
func (b block) store(v reg.VecVirtual, p reg.Register) {
	switch {
	case b.mask == nil:
		VMOVUPD(v, b.at(p))
	case b.bytes == 64:
		VMOVUPD(v, b.mask, b.at(p))
	default:
		VMASKMOVPD(v, b.mask, b.at(p))
	}
}

// loop emits body for all blocks of n elements. It clobbers n.
func (s isa) loop(n reg.GPVirtual, body func(b block)) {
	i, blocks := GP64(), GP64()
	XORQ(i, i)
	MOVQ(n, blocks)
	SHRQ(U8(3), blocks)
	JZ(LabelRef("rest"))
	Label("block")
	for part := range 64 / s.bytes {
		body(block{isa: s, part: part, index: i})
	}
	ADDQ(U8(8), i)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	Label("rest")
	ANDQ(U8(7), n)
	JZ(LabelRef("done"))
	mask := s.masks(n)
	for part := range 64 / s.bytes {
		body(block{isa: s, part: part, index: i, mask: mask(part)})
	}
	Label("done")
}

// masks returns the masks of an incomplete block of r elements. It clobbers r.
func (s isa) masks(r reg.GPVirtual) func(part int) reg.Register {
	if s.bytes == 64 {
		bits := GP64()
		MOVQ(I32(-1), bits)
		BZHIQ(r, bits, bits)
		k := K()
		KMOVW(bits.As32(), k)
		return func(int) reg.Register { return k }
	}
	// A window of {-1 x 8, 0 x 8} that starts r before the zeros.
	table := GP64()
	LEAQ(maskTable(), table)
	NEGQ(r)
	return func(part int) reg.Register {
		v := YMM()
		VMOVUPD(Mem{Base: table, Index: r, Scale: 8, Disp: 64 + part*32}, v)
		return v
	}
}

var maskTable = func() func() Mem {
	var m Mem
	return func() Mem {
		if m.Base == nil {
			m = GLOBL("laneMasks", 8|16) // RODATA|NOPTR
			for i := range 8 {
				DATA(8*i, U64(1<<64-1))
			}
			for i := 8; i < 16; i++ {
				DATA(8*i, U64(0))
			}
		}
		return m
	}
}()

func pointer(name string) reg.GPVirtual { return Load(Param(name).Base(), GP64()).(reg.GPVirtual) }

func integer(name string) reg.GPVirtual { return Load(Param(name), GP64()).(reg.GPVirtual) }

func length(name string) reg.GPVirtual { return Load(Param(name).Len(), GP64()).(reg.GPVirtual) }

// stride loads the parameter name, a number of elements, as a number of bytes.
func stride(name string) reg.GPVirtual {
	r := integer(name)
	SHLQ(U8(3), r)
	return r
}

// add returns a register with p + d.
func add(p reg.Register, d reg.Register, scale uint8) reg.GPVirtual {
	r := GP64()
	LEAQ(Mem{Base: p, Index: d, Scale: scale}, r)
	return r
}

// function starts a kernel without a stack frame.
func function(name, signature, doc string) {
	TEXT(name, 4, signature) // NOSPLIT
	Pragma("noescape")
	Doc(name + " " + doc)
}

func end() {
	VZEROUPPER()
	RET()
}
