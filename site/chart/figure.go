// Package chart makes the figures of the site. A figure is three things at once:
// a drawing in SVG that stands in the page and needs no script, the same chart as
// options of ECharts, which the loader in templates/chart draws over it when it
// comes near the screen, and its numbers as a table.
//
// The drawings have no view box: horizontal places are shares of the width, and
// heights and texts are as large as they need to be. So the same markup reads
// well on a phone and on a desk, light and dark, and on paper: colours are classes.
//
// Everything is deterministic, and every text is escaped where it is written. A
// number that is NaN is not drawn, and stands in the table as "none".
package chart

import (
	"bytes"
	"html/template"
	"math"
	"strconv"
)

// HTML is markup that this package wrote of numbers and escaped texts.
type HTML = template.HTML

// Figure is a chart as it is printed, by the template "figure".
type Figure struct {
	Head
	Kind    string      // its class, behind "chart-": rows, scatter, steps, histogram, heat
	Keys    []Key       // what the marks mean; nil where there is only one
	Drawing HTML        // the static chart
	Rows    []RowMarks  // of the kind rows, whose names are text beside the drawing
	Over    string      // above the drawing: what the vertical axis is
	Unit    string      // below it: what the horizontal axis is
	Least   int         // width in pixels that the plane needs; where there is less it scrolls. 0: it does not
	Option  template.JS // of ECharts, JSON; "" where the static chart is all
	Table   HTML        // the numbers; "" where Numbers says where they are
}

// Head is what every kind of figure is given.
type Head struct {
	ID      string // of the element; unique on its page
	Title   string // what is drawn, in a few words: the figure's name
	Caption string // below it
	Numbers string // address of a table on the page that has the numbers; then the figure has none
	Links   []Link // files with the data
}

// Link is an address with its text.
type Link struct{ Text, Href string }

// Key says what a mark means.
type Key struct {
	Drawing HTML
	Text    string
}

// Mark is the kind of thing that a point stands for. Kinds differ in shape, not
// in colour alone.
type Mark uint8

// The kinds of mark.
const (
	Computed  Mark = iota // a score that was computed here: filled
	Published             // a number from the literature, which can not be verified: hollow
	Baseline              // a baseline: a filled square
	Reference             // a reference row, not a model: a hollow diamond
)

var marks = [...]struct{ class, text, symbol string }{
	Computed:  {"", "computed here", "circle"},
	Published: {" published", "published, not verified here", "circle"},
	Baseline:  {" baseline", "baseline", "rect"},
	Reference: {" reference", "reference, not a model", "diamond"},
}

// hollow reports whether marks of this kind have the colour at their edge alone.
func (m Mark) hollow() bool { return m == Published || m == Reference }

// keys returns the legend of the marks that occur, nil where only computed ones do.
func keys(occur [len(marks)]bool) []Key {
	if occur == [len(marks)]bool{Computed: true} || occur == [len(marks)]bool{} {
		return nil
	}
	var out []Key
	for m, is := range occur {
		if is {
			out = append(out, key(Mark(m), 0, marks[m].text))
		}
	}
	return out
}

// key returns the legend of one mark in the colour of a group.
func key(m Mark, group int, text string) Key {
	d := newDrawing()
	d.add(`<svg class="sign" width="12" height="12" aria-hidden="true"><g class="p s`).int(group).add(marks[m].class).add(`">`)
	d.mark(m, group, "50%", "6")
	d.add(`</g></svg>`)
	return Key{Drawing: d.html(), Text: text}
}

// Interval is a confidence interval. It exists where Low is less than High.
type Interval struct{ Low, High float64 }

func (i Interval) exists() bool { return i.Low < i.High }

// Ceiling is a line that values are held against, and a band that ends there.
type Ceiling struct {
	At    float64
	Lower float64 // start of the band; a NaN, or At and above: none
	Label string
}

func (c *Ceiling) band() bool { return c != nil && c.Lower < c.At }

// Minus is the sign of negative numbers; the hyphen breaks lines and is too short.
const Minus = "\u2212"

// Decimal writes a number with a fixed number of decimals and a real minus sign;
// what rounds to zero has no sign. A value that does not exist is "none": NaN
// never reaches a page.
func Decimal(x float64, places int) string {
	var room [24]byte
	return string(AppendDecimal(room[:0], x, places))
}

// AppendDecimal appends what [Decimal] writes.
func AppendDecimal(b []byte, x float64, places int) []byte {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return append(b, "none"...)
	}
	at := len(b)
	if x < 0 {
		b = append(b, Minus...)
	}
	digits := len(b)
	b = appendPlaces(b, math.Abs(x), places)
	if x < 0 && len(bytes.Trim(b[digits:], "0.")) == 0 {
		b = append(b[:at], b[digits:]...)
	}
	return b
}

// appendPlaces writes x >= 0 as strconv.AppendFloat does with the verb f, in half of
// the time: as a whole number of its last place, unless x is so large, or so near to
// the middle between two of them, that its product may be rounded to the wrong side.
func appendPlaces(b []byte, x float64, places int) []byte {
	var scales = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6}
	if places < 0 || places >= len(scales) || !(x < 1e6) {
		return strconv.AppendFloat(b, x, 'f', places, 64)
	}
	scaled := x * scales[places] // below 1e12, off by less than 1e-4
	n := uint64(scaled)
	switch beyond := scaled - float64(n); {
	case beyond > .501:
		n++
	case beyond >= .499:
		return strconv.AppendFloat(b, x, 'f', places, 64)
	}
	if places == 0 {
		return strconv.AppendUint(b, n, 10)
	}
	unit := uint64(scales[places])
	b = append(strconv.AppendUint(b, n/unit, 10), '.')
	for n %= unit; unit > 1; n %= unit {
		unit /= 10
		b = append(b, byte('0'+n/unit))
	}
	return b
}

// say writes a value and its interval in words.
func say(x float64, i Interval, places int) string {
	s := Decimal(x, places)
	if i.exists() {
		s += ", 95 % interval " + Decimal(i.Low, max(0, places-1)) + " to " + Decimal(i.High, max(0, places-1))
	}
	return s
}

// isolated keeps a name of any direction from turning what stands around it.
func isolated(name string) string { return "\u2068" + name + "\u2069" }
