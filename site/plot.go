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
// The drawings have no view box: horizontal places are shares of the width, and
// heights and names are as large as text needs to be. So the same page reads
// well on a phone and on a desk, without a script.
type plot struct {
	title   string
	axis    string
	rows    []plotRow
	ceiling *plotCeiling
	places  int
	lo, hi  float64 // of the axis
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
	plotBottom    = 26 // room for ticks
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

// Plot is a plot as it is printed: the axis as one drawing behind a list of
// models with a drawing each.
type Plot struct {
	Title string
	Axis  HTML
	Unit  string // below the axis: what its numbers are
	Rows  []PlotRow
}

// PlotRow is a model in a plot.
type PlotRow struct {
	Name, Href, Class string
	Say               string // the values in words
	Marks             HTML
}

// draw returns the plot to print. Everything in its markup is a number or escaped.
func (p *plot) draw() *Plot {
	out := &Plot{Title: p.title, Axis: p.drawAxis(), Unit: p.axis}
	for _, r := range p.rows {
		row := PlotRow{Name: r.name, Href: r.href, Class: r.class, Say: decimal(r.value, p.places)}
		if s := span(r.low, r.high, p.places-1); s != "" {
			row.Say += ", 95 % interval " + s
		}
		row.Marks = p.marks(r)
		out.Rows = append(out.Rows, row)
	}
	return out
}

func (p *plot) drawAxis() HTML {
	var b strings.Builder
	bottom := plotTop + plotRowHeight*len(p.rows)
	fmt.Fprintf(&b, `<svg class="axis" width="100%%" height="%d" aria-hidden="true">`, bottom+plotBottom)
	if c := p.ceiling; c != nil && !math.IsNaN(c.lower) {
		fmt.Fprintf(&b, `<rect class="band" x="%s" y="%d" width="%.2f%%" height="%d"/>`, p.x(c.lower), plotTop-4, 100*(c.at-c.lower)/(p.hi-p.lo), bottom-plotTop+8)
	}
	line := func(class string, at float64) {
		fmt.Fprintf(&b, `<line class="%s" x1="%s" x2="%s" y1="%d" y2="%d"/>`, class, p.x(at), p.x(at), plotTop-4, bottom+4)
	}
	label := func(class string, at float64, y int, text string) {
		fmt.Fprintf(&b, `<text class="%s" x="%s" y="%d">%s</text>`, class, p.x(at), y, html.EscapeString(text))
	}
	step := tickStep(p.hi - p.lo)
	digits := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	last := int(math.Round((p.hi - p.lo) / step))
	every := labelEvery(last)
	for i := range last + 1 {
		v := p.lo + step*float64(i)
		class := "grid"
		if math.Abs(v) < step/2 {
			class = "zero"
		}
		line(class, v)
		class = "tick"
		if i%every != 0 && math.Abs(v) >= step/2 {
			class = "tick odd" // left out where it is narrow
		}
		label(class, v, bottom+19, decimal(v, digits))
	}
	if c := p.ceiling; c != nil {
		line("ceil", c.at)
		class := "lab"
		if c.at > p.lo+.8*(p.hi-p.lo) {
			class = "lab end" // near the edge: the label ends at the line
		}
		label(class, c.at, plotTop-11, c.label)
	}
	b.WriteString(`</svg>`)
	return HTML(b.String())
}

// labelEvery returns how many ticks apart labels stand on a narrow page so that
// both ends of an axis of n steps have one: the smallest divisor of n over 1.
func labelEvery(n int) int {
	for d := 2; d < n; d++ {
		if n%d == 0 {
			return d
		}
	}
	return max(n, 1)
}

// marks draws one model's value and interval.
func (p *plot) marks(r plotRow) HTML {
	var b strings.Builder
	middle := plotRowHeight / 2
	fmt.Fprintf(&b, `<svg width="100%%" height="%d" aria-hidden="true">`, plotRowHeight)
	if !math.IsNaN(r.low) && !math.IsNaN(r.high) {
		fmt.Fprintf(&b, `<line class="ci" x1="%s" x2="%s" y1="%d" y2="%d"/>`, p.x(r.low), p.x(r.high), middle, middle)
	}
	fmt.Fprintf(&b, `<circle class="pt" cx="%s" cy="%d" r="4.2"/></svg>`, p.x(r.value), middle)
	return HTML(b.String())
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
	b.WriteString(`<svg class="gauge" width="100%" height="22" aria-hidden="true">`)
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
