package site

import (
	"bytes"
	"html"
	"math"

	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/site/chart"
)

// bars is the common axis of the bars in a table: 0 to a little over the
// ceiling, more where a value needs it.
type bars struct{ lo, hi float64 }

// newBars returns the axis for the values.
func newBars(values ...float64) bars {
	s := bars{0, 1.05}
	s.hold(values...)
	return s
}

// hold makes the axis reach to values. It ends at twice the ceiling and one ceiling
// below zero, so that one odd value does not flatten all others.
func (s *bars) hold(values ...float64) {
	for _, x := range values {
		if !math.IsNaN(x) {
			s.lo, s.hi = min(s.lo, max(x, -1)), max(s.hi, min(x, 2))
		}
	}
}

// x returns a place on the axis in per cent of its length.
func (s bars) x(v float64) string { return string(appendShare(nil, s.share(v))) }

// share returns a place on the axis as a share of its length.
func (s bars) share(v float64) float64 {
	return math.Min(math.Max((v-s.lo)/(s.hi-s.lo), 0), 1)
}

// appendShare writes a share in per cent, to a tenth: of the widest drawing that is
// a pixel.
func appendShare(b []byte, share float64) []byte {
	b = bytes.TrimSuffix(chart.AppendDecimal(b, 100*share, 1), []byte(".0"))
	return append(b, '%')
}

// ticks returns the lines at zero and at the ceiling.
func (s bars) ticks() string {
	m := &markup{}
	for _, line := range []struct {
		class string
		at    float64
	}{{"at0", 0}, {"at1", 1}} {
		x := s.x(line.at)
		m.raw(`<line class="`, line.class, `" x1="`, x, `" x2="`, x, `" y1="2" y2="20"/>`)
	}
	return string(*m)
}

// sharedTicks returns the lines with an id, for the first drawing of a table, and
// a reference to them for the others.
func (s bars) sharedTicks(table string) (first, again string) {
	id := html.EscapeString("ticks-" + table)
	return `<g id="` + id + `">` + s.ticks() + `</g>`, `<use href="#` + id + `"/>`
}

// gauge draws a score against its ceiling, with the best and the median of all
// models, where they are not NaN. The numbers stand beside it in the table. What
// is the same for each gauge of a table, the style sheet knows, or it is the
// ticks: those of the axis, or a reference to them.
func (m *markup) gauge(s bars, c *leaderboard.Cell, best, median float64, ticks string) {
	if math.IsNaN(c.Value) {
		return
	}
	bar := func(class string, from, to float64) {
		x, end := s.share(from), s.share(to)
		m.raw(`<rect class="`, class)
		if x > 0 {
			*m = appendShare(append(*m, `" x="`...), x)
		}
		*m = append(appendShare(append(*m, `" width="`...), end-x), `"/>`...)
	}
	m.raw(`<svg class="gauge`)
	if c.Published {
		m.raw(` hollow`)
	}
	m.raw(`" aria-hidden="true">`)
	bar("fill", math.Min(0, c.Value), math.Max(0, c.Value))
	if !math.IsNaN(c.Low) && !math.IsNaN(c.High) {
		bar("ci", c.Low, c.High)
	}
	m.raw(ticks)
	if !math.IsNaN(median) {
		*m = append(appendShare(append(*m, `<rect class="median" x="`...), s.share(median)), `"/>`...)
	}
	if !math.IsNaN(best) {
		*m = append(appendShare(append(*m, `<circle class="best" cx="`...), s.share(best)), `"/>`...)
	}
	m.raw(`</svg>`)
}
