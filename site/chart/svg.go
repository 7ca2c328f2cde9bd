package chart

import (
	"math"
	"strconv"
	"strings"
	"sync"
)

// drawing is SVG that is being written: by append, because a site has thousands,
// and into the room of one that is finished.
type drawing struct{ b []byte }

var drawings = sync.Pool{New: func() any { return new(drawing) }}

func newDrawing() *drawing { return drawings.Get().(*drawing) }

// html finishes the drawing.
func (d *drawing) html() HTML {
	out := HTML(d.b)
	d.b = d.b[:0]
	drawings.Put(d)
	return out
}

// add writes markup as it is.
func (d *drawing) add(s string) *drawing { d.b = append(d.b, s...); return d }

// text writes text, escaped for an element or an attribute in quotes.
func (d *drawing) text(s string) *drawing {
	start := 0
	for i := range len(s) {
		var escaped string
		switch s[i] {
		case '<':
			escaped = "&lt;"
		case '>':
			escaped = "&gt;"
		case '&':
			escaped = "&amp;"
		case '"':
			escaped = "&#34;"
		case '\'':
			escaped = "&#39;"
		case 0:
			escaped = "\uFFFD" // what a browser makes of it
		default:
			continue
		}
		d.add(s[start:i]).add(escaped)
		start = i + 1
	}
	return d.add(s[start:])
}

func (d *drawing) int(n int) *drawing { d.b = strconv.AppendInt(d.b, int64(n), 10); return d }

// px writes a length with at most one decimal.
func (d *drawing) px(x float64) *drawing {
	d.b = appendFixed(d.b, x, 1)
	return d
}

// open starts a drawing that is as wide as its place and that many pixels high.
func (d *drawing) open(class string, height int) {
	d.add(`<svg class="`).add(class).add(`" width="100%" height="`).int(height).add(`" aria-hidden="true">`)
}

// line draws from one place to another; x in per cent, y in pixels.
func (d *drawing) line(class, x1, x2 string, y1, y2 float64) {
	d.add(`<line class="`).add(class).add(`" x1="`).add(x1).add(`" x2="`).add(x2).add(`" y1="`).px(y1).add(`" y2="`).px(y2).add(`"/>`)
}

func (d *drawing) label(class, x string, y float64, text string) {
	d.add(`<text class="`).add(class).add(`" x="`).add(x).add(`" y="`).px(y).add(`">`).text(text).add(`</text>`)
}

func (d *drawing) rect(class, x, width string, y, height float64) {
	d.add(`<rect class="`).add(class).add(`" x="`).add(x).add(`" width="`).add(width).add(`" y="`).px(y).add(`" height="`).px(height).add(`"/>`)
}

// shapes are the marks that are no circle, around the origin. Groups take them in
// turn, so that colour is never all that tells them apart.
var shapes = map[string]string{
	"rect":     "M-3.8-3.8h7.6v7.6h-7.6z",
	"triangle": "M0-5 4.8 3.8h-9.6z",
	"diamond":  "M0-5.4 5.4 0 0 5.4-5.4 0z",
}

var groupSymbols = [...]string{"circle", "triangle", "rect", "diamond", "circle", "triangle"}

// groups is the number of colours.
const groups = len(groupSymbols)

// symbol returns the shape of a mark in a group, by ECharts's name.
func symbol(m Mark, group int) string {
	if s := marks[m].symbol; s != "circle" {
		return s
	}
	return groupSymbols[group%groups]
}

// mark draws a mark at a place.
func (d *drawing) mark(m Mark, group int, x, y string) {
	s := symbol(m, group)
	if s == "circle" {
		d.add(`<circle cx="`).add(x).add(`" cy="`).add(y).add(`" r="4.2"/>`)
		return
	}
	d.add(`<svg x="`).add(x).add(`" y="`).add(y).add(`" overflow="visible"><path d="`).add(shapes[s]).add(`"/></svg>`)
}

// address returns what may be linked: places of the site, and http. Anything else,
// such as javascript:, is no address.
func address(href string) string {
	for i := range len(href) {
		switch href[i] {
		case '/', '?', '#':
			return href
		case ':':
			if s := strings.ToLower(href[:i]); s == "http" || s == "https" {
				return href
			}
			return ""
		}
	}
	return href
}

// point draws a mark with its words, linked where it has an address. The links
// can not be tabbed to: hundreds of stops would stand before what follows, and
// the table has them too.
func (d *drawing) point(class string, m Mark, group int, x, y string, href, words string) {
	if href = address(href); href != "" {
		d.add(`<a class="p s`).int(group % groups).add(marks[m].class).add(class).add(`" tabindex="-1" href="`).text(href).add(`">`)
	} else {
		d.add(`<g class="p s`).int(group % groups).add(marks[m].class).add(class).add(`">`)
	}
	d.add(`<title>`).text(words).add(`</title>`)
	d.mark(m, group, x, y)
	if href != "" {
		d.add(`</a>`)
	} else {
		d.add(`</g>`)
	}
}

// stretched starts a part of a drawing whose places are shares of the width in
// thousandths: for paths, which know no per cent. Lines in it keep their width.
func (d *drawing) stretched(height int) {
	d.add(`<svg width="100%" height="`).int(height).add(`" viewBox="0 0 1000 `).int(height).add(`" preserveAspectRatio="none">`)
}

// path draws through the points, x as shares of the width, y in pixels; NaN is a
// gap. Where only one of the two changes, only that one is written.
func (d *drawing) path(class string, xs, ys []float64) {
	d.add(`<path class="`).add(class).add(`" d="`)
	drawn := false // up to the point before
	for i := range xs {
		switch missing := math.IsNaN(xs[i]) || math.IsNaN(ys[i]); {
		case missing:
			drawn = false
			continue
		case !drawn:
			d.add("M").px(1000 * xs[i]).add(" ").px(ys[i])
		case ys[i] == ys[i-1]:
			d.add("H").px(1000 * xs[i])
		case xs[i] == xs[i-1]:
			d.add("V").px(ys[i])
		default:
			d.add("L").px(1000 * xs[i]).add(" ").px(ys[i])
		}
		drawn = true
	}
	d.add(`"/>`)
}
