package site

import (
	"math"
	"slices"
	"strconv"

	"github.com/bsgen/bsgen/scoring/stat"
)

// Strip is a small drawing of the values that a score averages.
type Strip struct {
	Drawing   HTML
	Low, High string // ends of its axis
	Kind      string // what it draws
	Facts     []Fact
	Zero      bool // there is a line at zero
}

const (
	stripWidth  = 1000 // of the view box, which is stretched to the page
	stripHeight = 56
	maxTicks    = 80 // values that are drawn one by one
	stripBins   = 50 // where there are more
)

// newStrip draws values: one line each where there are few, else how many fall
// into each of fifty equal bins. NaN is left out. It is nil where nothing is left.
func newStrip(values []float64) *Strip {
	kept, _ := stat.Finite(values)
	if len(kept) == 0 {
		return nil
	}
	slices.Sort(kept)
	n := len(kept)
	median := stat.Quantile(kept, .5)
	// Zero belongs to the picture unless it is far from all values.
	lo, hi := kept[0], kept[n-1]
	if width := hi - lo; lo > 0 && (lo < 4*width || width == 0) {
		lo = 0
	} else if hi < 0 && (-hi < 4*width || width == 0) {
		hi = 0
	}
	if hi == lo {
		hi = lo + 1
	}
	x := func(v float64) int { return int(math.Round(stripWidth * (v - lo) / (hi - lo))) }
	b := append(make([]byte, 0, 1024), `<svg class="strip" width="100%" height="56" viewBox="0 0 1000 56" preserveAspectRatio="none" aria-hidden="true">`...)
	mark := func(class string, at int) {
		b = append(append(append(b, `<path class="`...), class...), `" d="M`...)
		b = append(strconv.AppendInt(b, int64(at), 10), `,0V56"/>`...)
	}
	out := &Strip{Zero: lo <= 0 && hi >= 0}
	if out.Zero {
		mark("zero", x(0))
	}
	if n <= maxTicks {
		out.Kind = "one line for each value"
		b = append(b, `<path class="tick" d="`...)
		for _, v := range kept {
			b = append(strconv.AppendInt(append(b, 'M'), int64(x(v)), 10), `,10V46`...)
		}
	} else {
		out.Kind = "how many values lie in each of " + strconv.Itoa(stripBins) + " equal bins"
		var bins [stripBins]int
		for _, v := range kept {
			bins[min(int(float64(stripBins)*(v-lo)/(hi-lo)), stripBins-1)]++
		}
		top := slices.Max(bins[:])
		b = append(b, `<path class="bin" d="M0,56`...)
		for i, k := range bins {
			b = strconv.AppendInt(append(b, 'V'), int64(stripHeight-(stripHeight-4)*k/top), 10)
			b = strconv.AppendInt(append(b, 'H'), int64((i+1)*stripWidth/stripBins), 10)
		}
		b = append(b, `V56Z`...)
	}
	b = append(b, `"/>`...)
	mark("median", x(median))
	out.Drawing = HTML(append(b, `</svg>`...))
	digits := places(kept)
	out.Low, out.High = decimal(lo, digits), decimal(hi, digits)
	out.Facts = []Fact{{Before: "lowest", Value: decimal(kept[0], digits)}, {Before: "median", Value: decimal(median, digits)}, {Before: "highest", Value: decimal(kept[n-1], digits)}}
	return out
}
