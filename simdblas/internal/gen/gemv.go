package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// gemv emits y += alpha*A*x for a multiple of four rows. As many rows as the
// registers hold are done together: the additions of one wait for each other,
// those of several do not, and all share the loads of x.
func gemv(s isa) {
	function("gemv"+s.suffix, "func(alpha float64, a []float64, lda int, x, y []float64)", "is kernel.gemv.")
	a, x, y := pointer("a"), pointer("x"), pointer("y")
	left := length("y")
	lda := stride("lda")
	lda3 := add(lda, lda, 2)
	alpha := YMM()
	VBROADCASTSD(parameter("alpha"), alpha)
	for _, rows := range s.gemvRows {
		group, fewer := fmt.Sprint("group", rows), fmt.Sprint("fewer", rows)
		Label(group)
		CMPQ(left, U8(rows))
		JLT(LabelRef(fewer))
		acc := s.dots(rows, a, lda, lda3, x)
		for r := 0; r < rows; r += 4 {
			four := Mem{Base: y, Disp: 8 * r}
			v := YMM()
			VMOVUPD(four, v)
			VFMADD231PD(s.sum4([4]lanes(acc[r:])), alpha, v)
			VMOVUPD(v, four)
			LEAQ(Mem{Base: a, Index: lda, Scale: 4}, a)
		}
		ADDQ(U8(8*rows), y)
		SUBQ(U8(rows), left)
		JMP(LabelRef(group))
		Label(fewer)
	}
	end()
}

// dots emits the inner products of the slice at x and four or eight rows of a,
// whose distance is lda bytes, a third of lda3.
func (s isa) dots(rows int, a, lda, lda3, x reg.Register) []lanes {
	acc := make([]lanes, rows)
	for r := range acc {
		acc[r] = s.lanes()
	}
	at := func(p reg.Register) reg.GPVirtual {
		q := GP64()
		MOVQ(p, q)
		return q
	}
	xs := at(x)
	base := []reg.GPVirtual{at(a)} // of rows 0 to 3, and of 4 to 7
	if rows == 8 {
		base = append(base, add(a, lda, 4))
	}
	step := func(mask func(part int) reg.Register) {
		for part := range 64 / s.bytes {
			b := block{isa: s, part: part}
			if mask != nil {
				b.mask = mask(part)
			}
			v := b.loadFrom(Mem{Base: xs, Disp: part * s.bytes})
			for r := range acc {
				row := Mem{Base: base[r/4], Disp: part * s.bytes}
				switch r % 4 {
				case 1:
					row.Index, row.Scale = lda, 1
				case 2:
					row.Index, row.Scale = lda, 2
				case 3:
					row.Index, row.Scale = lda3, 1
				}
				VFMADD231PD(b.loadFrom(row), v, acc[r][part])
			}
		}
	}
	block, rest, done := fmt.Sprint("block", rows), fmt.Sprint("rest", rows), fmt.Sprint("done", rows)
	n, blocks := length("x"), GP64()
	MOVQ(n, blocks)
	SHRQ(U8(3), blocks)
	JZ(LabelRef(rest))
	Label(block)
	step(nil)
	for _, p := range append(base, xs) {
		ADDQ(U8(64), p)
	}
	DECQ(blocks)
	JNZ(LabelRef(block))
	Label(rest)
	ANDQ(U8(7), n)
	JZ(LabelRef(done))
	step(s.masks(n))
	Label(done)
	return acc
}
