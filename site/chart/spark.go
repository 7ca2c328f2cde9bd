package chart

import "math"

// Spark draws values in order as a line with a dot at the last, for a cell of a
// table or the end of a sentence; what it shows must be said in words beside it.
// The height is that of lo to hi, or of the values where lo is not less. NaNs are
// gaps. No values: "".
func Spark(values []float64, lo, hi float64) HTML {
	a := axis{lo: lo, hi: hi}
	if !(lo < hi) {
		f := fit(around, values...)
		a = axis{lo: f.lo, hi: f.hi}
	}
	const height = 20
	p := plane{axis{lo: 0, hi: math.Max(1, float64(len(values)-1))}, a, height - 6}
	xs, ys := make([]float64, len(values)), make([]float64, len(values))
	last := -1
	for i, v := range values {
		xs[i], ys[i] = p.x.share(float64(i)), v
		if !math.IsNaN(v) {
			ys[i] = 3 + p.py(v)
			last = i
		}
	}
	if last < 0 {
		return ""
	}
	d := newDrawing()
	d.add(`<svg class="spark" width="90" height="`).int(height).add(`" aria-hidden="true">`)
	d.stretched(height)
	d.path("fit", xs, ys)
	d.add(`</svg><circle cx="`).add(percent(xs[last])).add(`" cy="`).px(ys[last]).add(`" r="2.6"/></svg>`)
	return d.html()
}
