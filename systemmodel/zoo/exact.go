package zoo

import (
	"math"
	"math/rand/v2"
)

// A generated model is pinned by its digest, so the arithmetic here must give
// the same bits on every machine. Addition, multiplication, division and square
// root do, as IEEE 754 rounds them, unless the compiler fuses x*y + z into one
// rounding, which it may on arm64 and others. An explicit conversion of the
// product, float64(x*y) + z, forbids that (Go specification, "Floating-point
// operators"). The functions of package math other than Sqrt, Abs, Round and
// Ldexp promise no bits; those that a filter needs are below.

// The logarithm of 2, whole and in two parts: hi has few enough bits that its
// product with a small whole number is exact.
const (
	ln2   = 0.693147180559945309417232121458176568
	ln2Hi = 6.93147180369123816490e-01
	ln2Lo = 1.90821492927058770002e-10
)

// exp returns e^x within 2 units in the last place, for |x| below 700.
func exp(x float64) float64 {
	k := math.Round(x / ln2)
	r := x - float64(k*ln2Hi) - float64(k*ln2Lo) // |r| <= ln2/2
	sum := 1.0
	for i := 15; i >= 1; i-- {
		sum = 1 + float64(r*sum)/float64(i)
	}
	return math.Ldexp(sum, int(k))
}

// cosTurns returns cos(2 pi t) within 2e-16. Quarters of a turn are exact, and
// the symmetries of the cosine hold bit for bit.
func cosTurns(t float64) float64 {
	t = math.Abs(t - math.Round(t)) // in [0, 1/2]
	sign := 1.0
	if t > 0.25 {
		t, sign = 0.5-t, -1
	}
	if t > 0.125 {
		return sign * taylor(0.25-t, 1)
	}
	return sign * taylor(t, 0)
}

// sinTurns returns sin(2 pi t), like [cosTurns].
func sinTurns(t float64) float64 { return cosTurns(t - math.Round(t) - 0.25) }

// taylor sums the series of the cosine (from = 0) or sine (from = 1) of 2 pi t,
// for t in [0, 1/8].
func taylor(t float64, from int) float64 {
	a := float64(2*math.Pi) * t
	square := a * a
	sum := 1.0
	for i := from + 20; i > from; i -= 2 {
		sum = 1 - float64(square*sum)/float64(i*(i-1))
	}
	if from == 1 {
		return a * sum
	}
	return sum
}

// random draws numbers that are the same on every machine and in every version
// of Go: PCG is specified, and what is derived from it is derived here.
type random struct{ pcg *rand.PCG }

func newRandom(seed uint64) random { return random{rand.NewPCG(seed, 0x6d7569727669)} }

// float is uniform in [0, 1).
func (r random) float() float64 { return float64(r.pcg.Uint64()>>11) / (1 << 53) }

// within is uniform in [lo, hi).
func (r random) within(lo, hi float64) float64 { return lo + float64((hi-lo)*r.float()) }

// below is uniform in 0 .. n-1, for n far below 2^32: what the multiplication
// leaves uneven is less than n in 2^53.
func (r random) below(n int) int { return int(float64(n) * r.float()) }

// direction is a unit vector, uniform in angle.
func (r random) direction() (x, y float64) {
	for {
		x, y = r.within(-1, 1), r.within(-1, 1)
		if d := float64(x*x) + float64(y*y); d > 0.01 && d <= 1 {
			n := math.Sqrt(d)
			return x / n, y / n
		}
	}
}
