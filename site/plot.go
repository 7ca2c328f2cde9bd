package site

import (
	"fmt"
	"html"
	"math"
	"strings"

	"github.com/bsgen/bsgen/leaderboard"
)

// plot is a horizontal dot plot: one row per model, its value and interval on a
// common axis, with the ceiling.
//
// The SVG has no view box. Its rows are as high as text needs, its horizontal
// places are shares of the width, and the style sheet decides how much of the
// width the names get, so the same drawing reads well on a phone and on a desk.
type plot struct {
	title, desc string
	axis        string
	rows        []plotRow
	ceiling     *plotCeiling
	places      int
	lo, hi      float64 // of the axis
}

type plotRow struct {
	name, href, class string
	value, low, high  float64
}

// plotCeiling is a line, and a band from lower to the line where a lower bound
// exists.
type plotCeiling struct {
	at, lower float64
	label     string
}

const (
	plotRowHeight = 22
	plotTop       = 26 // room for the ceiling's label
	plotBottom    = 44 // room for ticks and the axis title
)

// fit chooses the axis: 0 to 1 where that holds everything, else as much more
// as is needed, up to the next tick.
func (p *plot) fit(share bool) {
	lo, hi := 0.0, 0.0
	if share {
		hi = 1
	}
	take := func(x float64) {
		if !math.IsNaN(x) {
			lo, hi = math.Min(lo, x), math.Max(hi, x)
		}
	}
	for _, r := range p.rows {
		take(r.value)
		take(r.low)
		take(r.high)
	}
	if p.ceiling != nil {
		take(p.ceiling.at)
	}
	if hi == lo {
		hi = lo + 1
	}
	step := tickStep(hi - lo)
	p.lo = step * math.Floor(lo/step+1e-9)
	p.hi = step * math.Ceil(hi/step-1e-9)
}

// tickStep returns a round distance that gives four to eight ticks.
func tickStep(width float64) float64 {
	step := math.Pow10(int(math.Floor(math.Log10(width))))
	for _, f := range []float64{.1, .2, .5, 1, 2} {
		if width/(step*f) <= 8 {
			return step * f
		}
	}
	return step * 2
}

// x returns a place on the axis in per cent of its length.
func (p *plot) x(v float64) string {
	share := (v - p.lo) / (p.hi - p.lo)
	return strings.TrimSuffix(fmt.Sprintf("%.2f", 100*math.Min(math.Max(share, 0), 1)), ".00") + "%"
}

// svg draws the plot. Everything in it is a number or escaped.
func (p *plot) svg(id string) HTML {
	var b strings.Builder
	bottom := plotTop + plotRowHeight*len(p.rows)
	fmt.Fprintf(&b, `<svg class="plot" width="100%%" height="%d" role="group" aria-labelledby="%s-t %s-d"><title id="%s-t">%s</title><desc id="%s-d">%s</desc>`,
		bottom+plotBottom, id, id, id, html.EscapeString(p.title), id, html.EscapeString(p.desc))
	fmt.Fprintf(&b, `<svg class="area" x="184" width="70%%" height="%d">`, bottom+plotBottom)
	if c := p.ceiling; c != nil {
		if !math.IsNaN(c.lower) {
			lower := p.x(c.lower)
			fmt.Fprintf(&b, `<rect class="band" x="%s" y="%d" width="%.2f%%" height="%d"/>`, lower, plotTop-4, 100*(c.at-c.lower)/(p.hi-p.lo), bottom-plotTop+8)
		}
	}
	step := tickStep(p.hi - p.lo)
	digits := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	for i := 0; ; i++ {
		v := p.lo + step*float64(i)
		if v > p.hi+step/2 {
			break
		}
		class := "grid"
		if math.Abs(v) < step/2 {
			class = "zero"
		}
		fmt.Fprintf(&b, `<line class="%s" x1="%s" x2="%s" y1="%d" y2="%d"/><text class="tick" x="%s" y="%d">%s</text>`, class, p.x(v), p.x(v), plotTop-4, bottom+4, p.x(v), bottom+19, decimal(v, digits))
	}
	if c := p.ceiling; c != nil {
		fmt.Fprintf(&b, `<line class="ceil" x1="%s" x2="%s" y1="%d" y2="%d"/><text class="lab" x="%s" y="%d">%s</text>`, p.x(c.at), p.x(c.at), plotTop-4, bottom+4, p.x(c.at), plotTop-11, html.EscapeString(c.label))
	}
	fmt.Fprintf(&b, `<text class="axis" x="50%%" y="%d">%s</text></svg>`, bottom+37, html.EscapeString(p.axis))
	for i, r := range p.rows {
		p.row(&b, r, plotTop+plotRowHeight*i)
	}
	b.WriteString("</svg>")
	return HTML(b.String())
}

func (p *plot) row(b *strings.Builder, r plotRow, top int) {
	middle := plotRowHeight / 2
	say := r.name + ": " + decimal(r.value, p.places)
	if s := span(r.low, r.high, p.places-1); s != "" {
		say += ", 95 % interval " + s
	}
	fmt.Fprintf(b, `<a class="%s" href="%s"><title>%s</title><svg y="%d" width="100%%" height="%d"><rect class="hit" width="100%%" height="100%%"/><text class="name" y="%d">%s</text>`,
		strings.TrimSpace("row "+r.class), html.EscapeString(r.href), html.EscapeString(say), top, plotRowHeight, middle+4, splitName(r.name))
	b.WriteString(`<svg class="area" x="184" width="70%" height="100%">`)
	if !math.IsNaN(r.low) && !math.IsNaN(r.high) {
		fmt.Fprintf(b, `<line class="ci" x1="%s" x2="%s" y1="%d" y2="%d"/>`, p.x(r.low), p.x(r.high), middle, middle)
	}
	fmt.Fprintf(b, `<circle class="pt" cx="%s" cy="%d" r="4.2"/></svg></svg></a>`, p.x(r.value), middle)
}

// The lengths of a name in a plot, in characters, on a desk and on a phone.
const (
	nameLong  = 25
	nameShort = 17
)

// splitName returns a name as escaped text that a style sheet can shorten: what
// is too long for a phone is in a part of its own.
func splitName(name string) string {
	name = clip(name, nameLong)
	r := []rune(name)
	if len(r) <= nameShort {
		return html.EscapeString(name)
	}
	cut := nameShort - 1
	return html.EscapeString(string(r[:cut])) + `<tspan class="more">` + html.EscapeString(string(r[cut:])) + `</tspan><tspan class="less">…</tspan>`
}

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

// draw returns one score against its ceiling, with the best and the median of
// all models. The numbers stand beside it in the table.
func (s bars) draw(c *leaderboard.Cell, best, median float64) HTML {
	if math.IsNaN(c.Value) {
		return ""
	}
	p := plot{lo: s.lo, hi: s.hi}
	value := math.Min(math.Max(c.Value, s.lo), s.hi)
	var b strings.Builder
	b.WriteString(`<svg class="bar" width="100%" height="22" aria-hidden="true">`)
	fmt.Fprintf(&b, `<line class="track" x1="0" x2="100%%" y1="11" y2="11"/><rect class="fill" x="%s" y="6" width="%.2f%%" height="10"/>`, p.x(math.Min(0, value)), 100*math.Abs(value)/(p.hi-p.lo))
	if !math.IsNaN(c.Low) && !math.IsNaN(c.High) {
		fmt.Fprintf(&b, `<line class="ci" x1="%s" x2="%s" y1="11" y2="11"/>`, p.x(c.Low), p.x(c.High))
	}
	for _, mark := range []struct {
		class string
		at    float64
	}{{"zero", 0}, {"ceil", 1}, {"median", median}} {
		if !math.IsNaN(mark.at) {
			fmt.Fprintf(&b, `<line class="%s" x1="%s" x2="%s" y1="2" y2="20"/>`, mark.class, p.x(mark.at), p.x(mark.at))
		}
	}
	if !math.IsNaN(best) {
		fmt.Fprintf(&b, `<circle class="best" cx="%s" cy="11" r="3.2"/>`, p.x(best))
	}
	b.WriteString(`</svg>`)
	return HTML(b.String())
}
