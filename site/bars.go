package site

import (
	"fmt"
	"math"
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
	return strings.TrimSuffix(fmt.Sprintf("%.2f", 100*math.Min(math.Max(share, 0), 1)), ".00") + "%"
}

// draw returns one score against its ceiling, with the best and the median of
// all models. The numbers stand beside it in the table.
func (s bars) draw(c *leaderboard.Cell, best, median float64) HTML {
	if math.IsNaN(c.Value) {
		return ""
	}
	value := math.Min(math.Max(c.Value, s.lo), s.hi)
	var b strings.Builder
	class := "gauge"
	if c.Published {
		class += " hollow"
	}
	fmt.Fprintf(&b, `<svg class="%s" width="100%%" height="22" aria-hidden="true">`, class)
	fmt.Fprintf(&b, `<line class="track" x1="0" x2="100%%" y1="11" y2="11"/><rect class="fill" x="%s" y="6" width="%.2f%%" height="10"/>`, s.x(math.Min(0, value)), 100*math.Abs(value)/(s.hi-s.lo))
	if !math.IsNaN(c.Low) && !math.IsNaN(c.High) {
		fmt.Fprintf(&b, `<line class="ci" x1="%s" x2="%s" y1="11" y2="11"/>`, s.x(c.Low), s.x(c.High))
	}
	for _, mark := range []struct {
		class string
		at    float64
	}{{"zero", 0}, {"ceil", 1}, {"median", median}} {
		if !math.IsNaN(mark.at) {
			fmt.Fprintf(&b, `<line class="%s" x1="%s" x2="%s" y1="2" y2="20"/>`, mark.class, s.x(mark.at), s.x(mark.at))
		}
	}
	if !math.IsNaN(best) {
		fmt.Fprintf(&b, `<circle class="best" cx="%s" cy="11" r="3.2"/>`, s.x(best))
	}
	b.WriteString(`</svg>`)
	return HTML(b.String())
}
