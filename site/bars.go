package site

import (
	"math"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/leaderboard"
)

// bars is the common axis of the bars in a table: 0 to a little over the
// ceiling, more where a value needs it.
type bars struct{ lo, hi float64 }

// newBars returns the axis for the values. It ends at twice the ceiling and one
// ceiling below zero, so that one odd value does not flatten all others.
func newBars(values ...float64) bars {
	b := bars{0, 1.05}
	for _, x := range values {
		if !math.IsNaN(x) {
			b.lo, b.hi = math.Min(b.lo, x), math.Max(b.hi, x)
		}
	}
	return bars{math.Max(b.lo, -1), math.Min(b.hi, 2)}
}

// x returns a place on the axis in per cent of its length.
func (s bars) x(v float64) string {
	share := (v - s.lo) / (s.hi - s.lo)
	return strings.TrimSuffix(hundredth(100*math.Min(math.Max(share, 0), 1)), ".00") + "%"
}

// hundredth writes a number with two decimals.
func hundredth(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }

// draw returns one score against its ceiling, with the best and the median of
// all models. The numbers stand beside it in the table.
func (s bars) draw(c *leaderboard.Cell, best, median float64) HTML {
	if math.IsNaN(c.Value) {
		return ""
	}
	value := math.Min(math.Max(c.Value, s.lo), s.hi)
	m := &markup{}
	class := "gauge"
	if c.Published {
		class += " hollow"
	}
	m.raw(`<svg class="`, class, `" width="100%" height="22" aria-hidden="true">`)
	m.raw(`<line class="track" x1="0" x2="100%" y1="11" y2="11"/><rect class="fill" x="`, s.x(math.Min(0, value)), `" y="6" width="`, hundredth(100*math.Abs(value)/(s.hi-s.lo)), `%" height="10"/>`)
	if !math.IsNaN(c.Low) && !math.IsNaN(c.High) {
		m.raw(`<line class="ci" x1="`, s.x(c.Low), `" x2="`, s.x(c.High), `" y1="11" y2="11"/>`)
	}
	for _, mark := range []struct {
		class string
		at    float64
	}{{"zero", 0}, {"ceil", 1}, {"median", median}} {
		if !math.IsNaN(mark.at) {
			x := s.x(mark.at)
			m.raw(`<line class="`, mark.class, `" x1="`, x, `" x2="`, x, `" y1="2" y2="20"/>`)
		}
	}
	if !math.IsNaN(best) {
		m.raw(`<circle class="best" cx="`, s.x(best), `" cy="11" r="3.2"/>`)
	}
	return m.raw(`</svg>`).html()
}
