package simdblas

import "math"

// The functions here define what every kernel computes. math.FMA rounds once
// on every platform, in hardware on arm64 and on amd64 since 2013; no other
// product is followed by a sum, so the compiler has nothing to fuse.

func gemmGeneric(kc int, alpha float64, a []float64, ars, acs int, b []float64, bs int, c []float64, ldc int) {
	var (
		s00, s01, s02, s03 float64
		s10, s11, s12, s13 float64
		s20, s21, s22, s23 float64
		s30, s31, s32, s33 float64
	)
	for p := range kc {
		b := (*[4]float64)(b[p*bs:])
		b0, b1, b2, b3 := b[0], b[1], b[2], b[3]
		a0, a1, a2, a3 := a[p*acs], a[ars+p*acs], a[2*ars+p*acs], a[3*ars+p*acs]
		s00 = math.FMA(a0, b0, s00)
		s01 = math.FMA(a0, b1, s01)
		s02 = math.FMA(a0, b2, s02)
		s03 = math.FMA(a0, b3, s03)
		s10 = math.FMA(a1, b0, s10)
		s11 = math.FMA(a1, b1, s11)
		s12 = math.FMA(a1, b2, s12)
		s13 = math.FMA(a1, b3, s13)
		s20 = math.FMA(a2, b0, s20)
		s21 = math.FMA(a2, b1, s21)
		s22 = math.FMA(a2, b2, s22)
		s23 = math.FMA(a2, b3, s23)
		s30 = math.FMA(a3, b0, s30)
		s31 = math.FMA(a3, b1, s31)
		s32 = math.FMA(a3, b2, s32)
		s33 = math.FMA(a3, b3, s33)
	}
	for i, s := range [4][4]float64{
		{s00, s01, s02, s03},
		{s10, s11, s12, s13},
		{s20, s21, s22, s23},
		{s30, s31, s32, s33},
	} {
		row := (*[4]float64)(c[i*ldc:])
		for j, v := range s {
			row[j] = math.FMA(alpha, v, row[j])
		}
	}
}

func pack4Generic(n int, src []float64, ld int, dst []float64, ds int) {
	r0, r1, r2, r3 := src[:n], src[ld:ld+n], src[2*ld:2*ld+n], src[3*ld:3*ld+n]
	for p := range n {
		*(*[4]float64)(dst[p*ds:]) = [4]float64{r0[p], r1[p], r2[p], r3[p]}
	}
}

func copy4Generic(n, w int, src []float64, ld int, dst []float64, ds int) {
	for p := range n {
		copy(dst[p*ds:], src[p*ld:][:w])
	}
}

func dotGeneric(x, y []float64) float64 {
	n := len(x)
	y = y[:n]
	var s0, s1, s2, s3, s4, s5, s6, s7 float64
	for ; len(x) >= 8; x, y = x[8:], y[8:] {
		x, y := (*[8]float64)(x), (*[8]float64)(y)
		s0 = math.FMA(x[0], y[0], s0)
		s1 = math.FMA(x[1], y[1], s1)
		s2 = math.FMA(x[2], y[2], s2)
		s3 = math.FMA(x[3], y[3], s3)
		s4 = math.FMA(x[4], y[4], s4)
		s5 = math.FMA(x[5], y[5], s5)
		s6 = math.FMA(x[6], y[6], s6)
		s7 = math.FMA(x[7], y[7], s7)
	}
	if len(x) > 0 {
		var px, py [8]float64
		copy(px[:], x)
		copy(py[:], y)
		s0 = math.FMA(px[0], py[0], s0)
		s1 = math.FMA(px[1], py[1], s1)
		s2 = math.FMA(px[2], py[2], s2)
		s3 = math.FMA(px[3], py[3], s3)
		s4 = math.FMA(px[4], py[4], s4)
		s5 = math.FMA(px[5], py[5], s5)
		s6 = math.FMA(px[6], py[6], s6)
		s7 = math.FMA(px[7], py[7], s7)
	}
	return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7))
}

func gemvGeneric(alpha float64, a []float64, lda int, x, y []float64) {
	for i, v := range y {
		y[i] = math.FMA(alpha, dotGeneric(x, a[i*lda:]), v)
	}
}

func axpyGeneric(alpha float64, x, y []float64) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] = math.FMA(alpha, v, y[i])
	}
}

func axpy2Generic(alpha float64, x []float64, beta float64, y, z []float64) {
	y, z = y[:len(x)], z[:len(x)]
	for i, v := range x {
		z[i] = math.FMA(beta, y[i], math.FMA(alpha, v, z[i]))
	}
}

func axpy4Generic(c0, c1, c2, c3 float64, a []float64, lda int, y []float64) {
	n := len(y)
	a0, a1, a2, a3 := a[:n], a[lda:lda+n], a[2*lda:2*lda+n], a[3*lda:3*lda+n]
	for i, v := range y {
		v = math.FMA(c0, a0[i], v)
		v = math.FMA(c1, a1[i], v)
		v = math.FMA(c2, a2[i], v)
		y[i] = math.FMA(c3, a3[i], v)
	}
}

func symv4Generic(c0, c1, c2, c3 float64, a []float64, lda int, x, y []float64) (d0, d1, d2, d3 float64) {
	axpy4Generic(c0, c1, c2, c3, a, lda, y[:len(x)])
	return dotGeneric(x, a), dotGeneric(x, a[lda:]), dotGeneric(x, a[2*lda:]), dotGeneric(x, a[3*lda:])
}
