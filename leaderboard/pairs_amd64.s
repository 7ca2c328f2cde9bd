//go:build amd64 && !purego

#include "textflag.h"

// Of 16 lanes: the four rows at CX taken from the two at BX, and what OP(d, g) does
// with each difference d and the group g that it belongs to.
#define TAKE(at, OP) \
	VMOVUPS at(BX), Z24 \
	VMOVUPS (at+256)(BX), Z25 \
	VMOVUPS at(CX), Z26 \
	VMOVUPS (at+256)(CX), Z27 \
	VSUBPS Z26, Z24, Z28 \
	VSUBPS Z26, Z25, Z29 \
	VSUBPS Z27, Z24, Z30 \
	VSUBPS Z27, Z25, Z31 \
	OP(Z28, Z16) \
	OP(Z29, Z17) \
	OP(Z30, Z18) \
	OP(Z31, Z19) \
	VMOVUPS (at+512)(CX), Z26 \
	VMOVUPS (at+768)(CX), Z27 \
	VSUBPS Z26, Z24, Z28 \
	VSUBPS Z26, Z25, Z29 \
	VSUBPS Z27, Z24, Z30 \
	VSUBPS Z27, Z25, Z31 \
	OP(Z28, Z20) \
	OP(Z29, Z21) \
	OP(Z30, Z22) \
	OP(Z31, Z23)

#define FIRST(d, g) VMULPS d, d, g
#define NEXT(d, g) VFMADD231PS d, d, g

// A group is done.
#define GROUP(g, sum, most) \
	VADDPS g, sum, sum \
	VPMAXUD g, most, most

// Of 16 lanes of each pair (row and column: a 0 0, b 1 0, c 0 1, d 1 1, and so on)
// one, by OP, in Y16: the first row's four columns, and the second's.
#define REDUCE(a, b, c, d, e, f, g, h, OP) \
	VSHUFF32X4 $0x44, b, a, Z16 \
	VSHUFF32X4 $0xEE, b, a, Z17 \
	VSHUFF32X4 $0x44, d, c, Z18 \
	VSHUFF32X4 $0xEE, d, c, Z19 \
	VSHUFF32X4 $0x44, f, e, Z20 \
	VSHUFF32X4 $0xEE, f, e, Z21 \
	VSHUFF32X4 $0x44, h, g, Z22 \
	VSHUFF32X4 $0xEE, h, g, Z23 \
	OP Z17, Z16, Z16 \
	OP Z19, Z18, Z18 \
	OP Z21, Z20, Z20 \
	OP Z23, Z22, Z22 \
	VSHUFF32X4 $0x88, Z18, Z16, Z24 \
	VSHUFF32X4 $0xDD, Z18, Z16, Z25 \
	VSHUFF32X4 $0x88, Z22, Z20, Z26 \
	VSHUFF32X4 $0xDD, Z22, Z20, Z27 \
	OP Z25, Z24, Z24 \
	OP Z27, Z26, Z26 \
	VUNPCKLPD Z26, Z24, Z16 \
	VUNPCKHPD Z26, Z24, Z17 \
	OP Z17, Z16, Z16 \
	VSHUFPS $0x88, Z16, Z16, Z17 \
	VSHUFPS $0xDD, Z16, Z16, Z18 \
	OP Z18, Z17, Z16 \
	VEXTRACTF64X4 $1, Z16, Y17 \
	VUNPCKLPS Y17, Y16, Y16

// func compareAVX512(squares, groups, x, y *float32, step, blocks, stride, tiles int)
//
// Z0-Z7: the sums of a tile's pairs, column by column; Z8-Z15: their largest
// groups; Z16-Z23: the groups.
TEXT ·compareAVX512(SB), NOSPLIT, $0-64
	MOVQ squares+0(FP), AX
	MOVQ groups+8(FP), SI
	MOVQ y+24(FP), DI
	MOVQ step+32(FP), R8
	MOVQ stride+48(FP), R9
	MOVQ tiles+56(FP), R10
	SHLQ $2, R8

tile:
	MOVQ x+16(FP), BX
	MOVQ DI, CX
	MOVQ blocks+40(FP), DX
	VPXORD Z0, Z0, Z0
	VPXORD Z1, Z1, Z1
	VPXORD Z2, Z2, Z2
	VPXORD Z3, Z3, Z3
	VPXORD Z4, Z4, Z4
	VPXORD Z5, Z5, Z5
	VPXORD Z6, Z6, Z6
	VPXORD Z7, Z7, Z7
	VPXORD Z8, Z8, Z8
	VPXORD Z9, Z9, Z9
	VPXORD Z10, Z10, Z10
	VPXORD Z11, Z11, Z11
	VPXORD Z12, Z12, Z12
	VPXORD Z13, Z13, Z13
	VPXORD Z14, Z14, Z14
	VPXORD Z15, Z15, Z15

loop:
	TAKE(0, FIRST)
	TAKE(64, NEXT)
	TAKE(128, NEXT)
	TAKE(192, NEXT)
	GROUP(Z16, Z0, Z8)
	GROUP(Z17, Z1, Z9)
	GROUP(Z18, Z2, Z10)
	GROUP(Z19, Z3, Z11)
	GROUP(Z20, Z4, Z12)
	GROUP(Z21, Z5, Z13)
	GROUP(Z22, Z6, Z14)
	GROUP(Z23, Z7, Z15)
	ADDQ R8, BX
	ADDQ R8, CX
	DECQ DX
	JNZ  loop

	REDUCE(Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, VADDPS)
	VMOVUPS X16, (AX)
	VEXTRACTF32X4 $1, Y16, (AX)(R9*4)
	REDUCE(Z8, Z9, Z10, Z11, Z12, Z13, Z14, Z15, VPMAXUD)
	VMOVUPS X16, (SI)
	VEXTRACTF32X4 $1, Y16, (SI)(R9*4)
	ADDQ $16, AX
	ADDQ $16, SI
	ADDQ $1024, DI
	DECQ R10
	JNZ  tile

	VZEROUPPER
	RET

// func raiseAVX512(largest, x, y *float32, weight float32, step, blocks int)
//
// VRANGEPS $11 is the larger of two without their signs.
TEXT ·raiseAVX512(SB), NOSPLIT, $0-48
	MOVQ largest+0(FP), AX
	MOVQ x+8(FP), BX
	MOVQ y+16(FP), CX
	VBROADCASTSS weight+24(FP), Z0
	MOVQ step+32(FP), R8
	MOVQ blocks+40(FP), DX
	SHLQ $2, R8

loop:
	VMOVUPS (BX), Z1
	VMOVUPS 64(BX), Z2
	VMOVUPS 128(BX), Z3
	VMOVUPS 192(BX), Z4
	VSUBPS (CX), Z1, Z1
	VSUBPS 64(CX), Z2, Z2
	VSUBPS 128(CX), Z3, Z3
	VSUBPS 192(CX), Z4, Z4
	VMULPS Z0, Z1, Z1
	VMULPS Z0, Z2, Z2
	VMULPS Z0, Z3, Z3
	VMULPS Z0, Z4, Z4
	VRANGEPS $11, (AX), Z1, Z1
	VRANGEPS $11, 64(AX), Z2, Z2
	VRANGEPS $11, 128(AX), Z3, Z3
	VRANGEPS $11, 192(AX), Z4, Z4
	VMOVUPS Z1, (AX)
	VMOVUPS Z2, 64(AX)
	VMOVUPS Z3, 128(AX)
	VMOVUPS Z4, 192(AX)
	ADDQ R8, BX
	ADDQ R8, CX
	ADDQ $256, AX
	DECQ DX
	JNZ  loop

	VZEROUPPER
	RET

// Of 8 lanes: a row at SI taken from the one at DI, and what OP(d, g) does with it.
#define TAKE2(at, OP) \
	VMOVUPS at(DI), Y12 \
	VSUBPS at(SI), Y12, Y13 \
	VSUBPS (at+256)(SI), Y12, Y14 \
	OP(Y13, Y8) \
	OP(Y14, Y9) \
	VMOVUPS (at+32)(DI), Y12 \
	VSUBPS (at+32)(SI), Y12, Y13 \
	VSUBPS (at+288)(SI), Y12, Y14 \
	OP(Y13, Y10) \
	OP(Y14, Y11)

// func compareAVX2(squares, groups, x, y *float32, step, blocks int)
//
// One row of x, two of y. Y0-Y3: their sums, lanes 0 to 7 of both and then 8 to
// 15; Y4-Y7: their largest groups; Y8-Y11: the groups.
TEXT ·compareAVX2(SB), NOSPLIT, $0-48
	MOVQ squares+0(FP), AX
	MOVQ groups+8(FP), BX
	MOVQ x+16(FP), DI
	MOVQ y+24(FP), SI
	MOVQ step+32(FP), R8
	MOVQ blocks+40(FP), DX
	SHLQ $2, R8
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7

loop:
	TAKE2(0, FIRST)
	TAKE2(64, NEXT)
	TAKE2(128, NEXT)
	TAKE2(192, NEXT)
	GROUP(Y8, Y0, Y4)
	GROUP(Y9, Y1, Y5)
	GROUP(Y10, Y2, Y6)
	GROUP(Y11, Y3, Y7)
	ADDQ R8, DI
	ADDQ R8, SI
	DECQ DX
	JNZ  loop

	VADDPS Y2, Y0, Y0
	VADDPS Y3, Y1, Y1
	VPMAXUD Y6, Y4, Y4
	VPMAXUD Y7, Y5, Y5
	VEXTRACTF128 $1, Y0, X2
	VEXTRACTF128 $1, Y1, X3
	VEXTRACTF128 $1, Y4, X6
	VEXTRACTF128 $1, Y5, X7
	VADDPS X2, X0, X0
	VADDPS X3, X1, X1
	VPMAXUD X6, X4, X4
	VPMAXUD X7, X5, X5
	VUNPCKLPD X1, X0, X2
	VUNPCKHPD X1, X0, X3
	VUNPCKLPD X5, X4, X6
	VUNPCKHPD X5, X4, X7
	VADDPS X3, X2, X2
	VPMAXUD X7, X6, X6
	VSHUFPS $0x88, X2, X2, X0
	VSHUFPS $0xDD, X2, X2, X1
	VSHUFPS $0x88, X6, X6, X4
	VSHUFPS $0xDD, X6, X6, X5
	VADDPS X1, X0, X0
	VPMAXUD X5, X4, X4
	VMOVLPS X0, (AX)
	VMOVLPS X4, (BX)
	VZEROUPPER
	RET

// func raiseAVX2(largest, x, y *float32, weight float32, step, blocks int)
TEXT ·raiseAVX2(SB), NOSPLIT, $0-48
	MOVQ largest+0(FP), AX
	MOVQ x+8(FP), BX
	MOVQ y+16(FP), CX
	VBROADCASTSS weight+24(FP), Y0
	MOVQ step+32(FP), R8
	MOVQ blocks+40(FP), DX
	SHLQ $2, R8
	SUBQ $256, R8
	VPCMPEQD Y1, Y1, Y1 // all bits but the sign
	VPSRLD $1, Y1, Y1

block:
	MOVQ $8, DI

loop:
	VMOVUPS (BX), Y2
	VSUBPS (CX), Y2, Y2
	VMULPS Y0, Y2, Y2
	VANDPS Y1, Y2, Y2
	VMAXPS (AX), Y2, Y2
	VMOVUPS Y2, (AX)
	ADDQ $32, AX
	ADDQ $32, BX
	ADDQ $32, CX
	DECQ DI
	JNZ  loop
	ADDQ R8, BX
	ADDQ R8, CX
	DECQ DX
	JNZ  block

	VZEROUPPER
	RET
