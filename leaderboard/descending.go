package leaderboard

import (
	"cmp"
	"math"
	"slices"
)

// descending orders lists of one length, again and again. Values are dealt out to
// ranges of equal width, twice as many as there are values, and what is left to do
// within these is mostly little: a sort by comparison alone takes some times as long.
// It is what is left where many values share a range, because one lies far from all.
type descending struct {
	places []int // in order
	in     []int // the range of each value
	ends   []int // of each range, in places
}

func newDescending(n int) *descending {
	return &descending{make([]int, n), make([]int, n), make([]int, 2*n+1)}
}

// order returns the places of the values, the largest first, equal ones in any order
// and NaN last. The next call overwrites it.
func (d *descending) order(values []float64) []int {
	top := slices.Max(values)
	width := top - slices.Min(values)
	scale := float64(len(d.ends)-1) / width
	if !(scale > 0 && scale <= math.MaxFloat64) || !d.deal(values, top, scale) { // all are one, or some are no finite numbers
		for i := range d.places {
			d.places[i] = i
		}
		slices.SortFunc(d.places, func(x, y int) int { return cmp.Compare(values[y], values[x]) })
	}
	return d.places
}

// crowd is how many values in one range are too many to insert.
const crowd = 64

// deal reports whether it ordered the values.
func (d *descending) deal(values []float64, top, scale float64) bool {
	clear(d.ends)
	for i, x := range values {
		in := min(int((top-x)*scale), len(d.ends)-1)
		d.in[i] = in
		d.ends[in]++
	}
	if slices.Max(d.ends) > crowd {
		return false
	}
	end := 0
	for k, n := range d.ends {
		end += n
		d.ends[k] = end
	}
	for i, in := range d.in {
		d.ends[in]--
		d.places[d.ends[in]] = i
	}
	for k := 1; k < len(d.places); k++ { // insertion: nothing is far from its place
		i := d.places[k]
		at := k
		for ; at > 0 && values[d.places[at-1]] < values[i]; at-- {
			d.places[at] = d.places[at-1]
		}
		d.places[at] = i
	}
	return true
}
