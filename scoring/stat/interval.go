package stat

import (
	"math"
	"slices"
)

// Tails returns the quantiles q and 1-q of finite values in any order, 0 <= q <
// .5, as [Quantile] does of sorted ones; NaN for no values. It sorts x in part.
// For q = .025 it is ten times as fast as sorting.
func Tails(x []float64, q float64) (low, high float64) {
	n := len(x)
	k := int(q*float64(n-1)) + 2 // order statistics that are needed at each end
	if 4*k > n {
		slices.Sort(x)
		return Quantile(x, q), Quantile(x, 1-q)
	}
	var room [2][64]float64 // more than thousands of values need
	least, most := append(room[0][:0], x[:k]...), append(room[1][:0], x[:k]...)
	slices.Sort(least)
	for i, v := range x {
		if i < k {
			most[i] = -v
		}
	}
	slices.Sort(most) // the largest values, with the other sign, largest first
	for _, v := range x[k:] {
		if v < least[k-1] {
			insert(least, v)
		}
		if -v < most[k-1] {
			insert(most, -v)
		}
	}
	return at(least, float64(q*float64(n-1))), highest(most, n, 1-q)
}

// TailsNear returns what [Tails] does of the finite ones among values in any order,
// where each guess lies among them as its quantile does; elsewhere ok is false. It
// is one pass that changes nothing, for those who check quantiles.
func TailsNear(x []float32, q, guessLow, guessHigh float64) (low, high float64, ok bool) {
	inf := float32(math.Inf(1))
	a, b := -inf, inf // the neighbours of the low guess: not above it, above it
	c, d := -inf, inf // those of the high guess
	n, under, over := len(x), 0, 0
	for _, v := range x {
		if b < v && v < c {
			continue // as nearly all do, once some have been seen
		}
		if v-v != 0 {
			n--
			continue
		}
		if float64(v) <= guessLow {
			under++
			a = max(a, v)
		} else {
			b = min(b, v)
		}
		if float64(v) <= guessHigh {
			c = max(c, v)
		} else {
			over++
			d = min(d, v)
		}
	}
	low, lowOK := between(a, b, under, n, q)
	high, highOK := between(c, d, n-over, n, 1-q)
	return low, high, lowOK && highOK
}

// between interpolates between two neighbours among n sorted values, the upper one
// at index i, as [Quantile] does if they are those of the quantile; else ok is false.
func between(below, above float32, i, n int, q float64) (quantile float64, ok bool) {
	place := float64(q * float64(n-1))
	if i != int(place)+1 || i >= n {
		return math.NaN(), false
	}
	return float64(below) + float64((place-float64(i-1))*(float64(above)-float64(below))), true
}

// insert puts v in its place among sorted values, of which the last is dropped.
func insert(sorted []float64, v float64) {
	i := len(sorted) - 1
	for ; i > 0 && sorted[i-1] > v; i-- {
		sorted[i] = sorted[i-1]
	}
	sorted[i] = v
}

// at interpolates as [Quantile] does.
func at(sorted []float64, place float64) float64 {
	i := int(place)
	return sorted[i] + float64((place-float64(i))*(sorted[i+1]-sorted[i]))
}

// highest interpolates among the negated largest of n values.
func highest(negated []float64, n int, q float64) float64 {
	place := float64(q * float64(n-1))
	i := int(place)
	if i >= n-1 {
		return -negated[0]
	}
	below, above := -negated[n-1-i], -negated[n-2-i]
	return below + float64((place-float64(i))*(above-below))
}
