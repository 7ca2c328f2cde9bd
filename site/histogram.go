package site

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// histogram counts values in bins of equal width over [lo, hi]. Values outside
// are in the first and the last bin; NaN is in none.
type histogram struct {
	lo, hi float64
	bins   []int
	mark   float64 // a line across, such as what is needed; NaN: none
}

const histogramHeight = 64

func newHistogram(values []float64, lo, hi float64, bins int, mark float64) histogram {
	h := histogram{lo, hi, make([]int, bins), mark}
	for _, v := range values {
		if !math.IsNaN(v) {
			i := int(float64(bins) * (v - lo) / (hi - lo))
			h.bins[min(max(i, 0), bins-1)]++
		}
	}
	return h
}

// draw returns the bars with a title each, for the words that go with a count
// of one ("image"). Places are shares of the width: it has no view box.
func (h histogram) draw(noun string) HTML {
	most := 1
	for _, k := range h.bins {
		most = max(most, k)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="hist" width="100%%" height="%d" aria-hidden="true">`, histogramHeight)
	width := 100 / float64(len(h.bins))
	step := (h.hi - h.lo) / float64(len(h.bins))
	for i, k := range h.bins {
		if k == 0 {
			continue
		}
		height := math.Max(2, float64(histogramHeight-2)*float64(k)/float64(most))
		fmt.Fprintf(&b, `<rect x="%.2f%%" y="%.1f" width="%.2f%%" height="%.1f"><title>%s</title></rect>`,
			float64(i)*width+.1*width, histogramHeight-height, .8*width, height,
			html.EscapeString(fmt.Sprintf("%s from %s to %s", count(k, noun), decimal(h.lo+step*float64(i), 2), decimal(h.lo+step*float64(i+1), 2))))
	}
	if !math.IsNaN(h.mark) && h.mark > h.lo && h.mark <= h.hi {
		x := 100 * (h.mark - h.lo) / (h.hi - h.lo)
		fmt.Fprintf(&b, `<line class="ceil" x1="%.2f%%" x2="%.2f%%" y1="0" y2="%d"/>`, x, x, histogramHeight)
	}
	b.WriteString(`</svg>`)
	return HTML(b.String())
}
