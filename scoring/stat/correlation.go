package stat

import "math"

// Pearson returns the product-moment correlation
//
//	r = sum (x-mx)(y-my) / sqrt( sum (x-mx)^2 sum (y-my)^2 )
//
// in [-1, 1]. It is NaN where either is constant, for fewer than two values,
// where a value is NaN and where values are too large to be summed. Two passes,
// so that a large mean costs no digits; the unit of x and y does not matter
// (see [Scale]).
func Pearson(x, y []float64) float64 {
	if len(x) != len(y) {
		panic("stat: lengths differ")
	}
	if len(x) < 2 || constant(x, nil) || constant(y, nil) {
		return math.NaN()
	}
	var mx, my float64 // as Mean, which would wait for each sum
	for i, v := range x {
		mx += v
		my += y[i]
	}
	mx, my = mx/float64(len(x)), my/float64(len(x))
	var sxy, sxx, syy, farx, fary float64
	for i, v := range x {
		a, b := v-mx, y[i]-my
		sxy += float64(a * b)
		sxx += float64(a * a)
		syy += float64(b * b)
		if a = math.Abs(a); a > farx {
			farx = a
		}
		if b = math.Abs(b); b > fary {
			fary = b
		}
	}
	if cx, cy := Scale(farx), Scale(fary); cx != 1 || cy != 1 {
		sxy, sxx, syy = 0, 0, 0
		for i, v := range x {
			a, b := (v-mx)*cx, (y[i]-my)*cy
			sxy += float64(a * b)
			sxx += float64(a * a)
			syy += float64(b * b)
		}
	}
	return Correlation(sxy, sxx, syy)
}

// WeightedPearson returns the correlation with value i counted w[i] times; NaN
// where the values that count are all equal or there are none, and as [Pearson].
func WeightedPearson(x, y, w []float64) float64 {
	if len(x) != len(y) || len(x) != len(w) {
		panic("stat: lengths differ")
	}
	if constant(x, w) || constant(y, w) {
		return math.NaN()
	}
	mx, my := WeightedMean(x, w), WeightedMean(y, w)
	cx, cy := Scale(deviation(x, w, mx)), Scale(deviation(y, w, my))
	var sxy, sxx, syy float64
	for i, v := range x {
		if w[i] == 0 {
			continue // it may be out of the range for which cx was chosen
		}
		a, b := (v-mx)*cx, (y[i]-my)*cy
		aw := float64(a * w[i])
		sxy += float64(aw * b)
		sxx += float64(aw * a)
		syy += float64(float64(b*b) * w[i])
	}
	return Correlation(sxy, sxx, syy)
}

// Correlation returns sxy / sqrt(sxx syy) for sums of products of centred
// values. Rounding may carry it beyond 1 by a little, which is cut off. It is
// NaN where a sum of squares is not positive or not finite and where the
// quotient is beyond 1 by more than rounding explains: such sums have under- or
// overflowed and say nothing.
func Correlation(sxy, sxx, syy float64) float64 {
	if !(sxx > 0 && sxx <= math.MaxFloat64 && syy > 0 && syy <= math.MaxFloat64) {
		return math.NaN()
	}
	r := sxy / math.Sqrt(sxx) / math.Sqrt(syy)
	if !(math.Abs(r) <= 1+1e-6) {
		return math.NaN()
	}
	return math.Max(-1, math.Min(1, r))
}

// Scale returns the power of two to multiply values by, the largest magnitude
// of which is given, so that the sum of their squares neither under- nor
// overflows: without it, numbers near 1e-160 have squares of a few bits or
// none, and a correlation divides by garbage. It is 1 from 2^-300 to 2^300, for
// 0, and for what is not finite. Multiplying by it is exact.
func Scale(largest float64) float64 {
	const low, high = 0x1p-300, 0x1p300
	if largest >= low && largest <= high || largest == 0 || !(largest <= math.MaxFloat64) {
		return 1
	}
	_, e := math.Frexp(largest)
	return math.Ldexp(1, max(-1000, min(1000, -e))) // 2^1000 brings the smallest number to 2^-74
}

// deviation returns the largest distance from m of the values whose weight is
// not 0; w nil counts all.
func deviation(x, w []float64, m float64) float64 {
	largest := 0.0
	for i, v := range x {
		if d := math.Abs(v - m); d > largest && (w == nil || w[i] != 0) {
			largest = d
		}
	}
	return largest
}

// constant reports whether the values of a weight other than 0 are all equal; w
// nil counts all. A mean that is rounded leaves a constant vector a variance of
// 1e-34 or so, which no threshold tells from a small one, so the values decide.
func constant(x, w []float64) bool {
	first := -1
	for i, v := range x {
		switch {
		case w != nil && w[i] == 0:
		case first < 0:
			first = i
		case v != x[first]:
			return false
		}
	}
	return true
}
