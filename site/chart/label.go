package chart

import (
	"math"
	"slices"
	"unicode/utf8"
)

// anchor is a point whose name may be written beside it.
type anchor struct {
	x     float64 // share of the width
	y     float64 // pixels
	text  string
	first bool // before those that are not
	shown bool
}

// label says where a name stands.
type label struct {
	side int8 // 1 right, -1 left, 2 above, -2 below of its point, 3 from it on above; 0: it is left out
	wide bool // only where the page is wide
}

// Widths of a plane, in pixels.
const (
	narrowest = 140. // on a phone of 320 pixels, with wide numbers beside it
	wide      = 560. // on a wide page, at least
	widest    = 1400.
)

const (
	labelHeight = 13.
	labelGap    = 7.
	maxLabels   = 28
	maxLabel    = 40 // characters
)

// labelWidth estimates the width of a text of 12 pixels, rather too wide.
func labelWidth(s string) float64 { return 6.6 * float64(utf8.RuneCountInString(s)) }

// box is what a point or a name takes: from left to right of a place that moves
// with the width of the plane, and from top to bottom.
type box struct {
	x           float64 // share of the width
	left, right float64 // pixels
	top, bottom float64
}

// meets reports whether two boxes overlap in a plane of any width from w0 to w1.
func (a box) meets(b box, w0, w1 float64) bool {
	if a.top >= b.bottom || b.top >= a.bottom {
		return false
	}
	// They overlap where the distance of their places lies between these.
	from, to := a.left-b.right, a.right-b.left
	d0, d1 := (b.x-a.x)*w0, (b.x-a.x)*w1
	return math.Max(math.Min(d0, d1), from) < math.Min(math.Max(d0, d1), to) || d0 == d1 && from < d0 && d0 < to
}

// within reports whether a box lies in a plane of that width, and of any larger.
func (a box) within(width, height float64) bool {
	return a.x*width+a.left >= 0 && a.x*width+a.right <= width && a.top >= 0 && a.bottom <= height
}

// place chooses the names that stand without meeting another or a point: those
// that do on a phone and on every wider page, and then what more there is room for
// on wide ones. Names are tried in order, those that come first before the others,
// and each at the sides in order.
func place(anchors []anchor, height float64, sides ...int8) []label {
	out := make([]label, len(anchors))
	var order []int
	for _, first := range []bool{true, false} {
		for i, a := range anchors {
			if a.shown && a.first == first && a.text != "" && utf8.RuneCountInString(a.text) <= maxLabel {
				order = append(order, i)
			}
		}
	}
	var taken []box
	for _, a := range anchors {
		if a.shown {
			taken = append(taken, box{a.x, -4, 4, a.y - 4, a.y + 4})
		}
	}
	count := 0
	for _, least := range []float64{narrowest, wide} {
		for _, i := range order {
			if out[i].side != 0 || count >= maxLabels {
				continue
			}
			for _, side := range sides {
				b := at(anchors[i], side)
				if !b.within(least, height) || slices.ContainsFunc(taken, func(t box) bool { return b.meets(t, least, widest) }) {
					continue
				}
				out[i] = label{side, least == wide}
				taken = append(taken, b)
				count++
				break
			}
		}
	}
	return out
}

// at returns what a name takes at a side of its point.
func at(a anchor, side int8) box {
	w := labelWidth(a.text)
	b := box{a.x, -w / 2, w / 2, a.y - labelHeight/2, a.y + labelHeight/2}
	switch side {
	case 1:
		b.left, b.right = labelGap, labelGap+w
	case -1:
		b.left, b.right = -labelGap-w, -labelGap
	case 2:
		b.top, b.bottom = a.y-labelGap-labelHeight, a.y-labelGap
	case 3:
		b.left, b.right = 0, w
		b.top, b.bottom = a.y-labelGap-labelHeight, a.y-labelGap
	case -2:
		b.top, b.bottom = a.y+labelGap, a.y+labelGap+labelHeight
	}
	return b
}

// name writes a name beside its point.
func (d *drawing) name(x string, y float64, l label, text string) {
	class := map[int8]string{1: "nm r", -1: "nm l", 2: "nm", -2: "nm", 3: "nm on"}[l.side]
	if l.wide {
		class += " odd"
	}
	switch l.side {
	case 1, -1:
		y += 4
	case 2, 3:
		y -= labelGap + 2
	case -2:
		y += labelGap + 10
	}
	d.label(class, x, y, text)
}
