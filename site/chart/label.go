package chart

import "unicode/utf8"

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
	side int8 // 1 right, -1 left, 2 above, -2 below of its point; 0: it is left out
	wide bool // only where the page is wide
}

const (
	narrow      = 250. // width of the plane on a phone, in pixels
	wide        = 560. // and on a wide page, at least
	labelHeight = 13.
	labelGap    = 7.
	maxLabels   = 28
	maxLabel    = 40 // characters
)

// labelWidth estimates the width of a text of 12 pixels, rather too wide.
func labelWidth(s string) float64 { return 6.6 * float64(utf8.RuneCountInString(s)) }

type box struct{ x0, x1, y0, y1 float64 }

func (a box) meets(b box) bool { return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1 }

// place chooses the names that stand without meeting another or a point: on a
// phone, and then what more fits on a wide page. Since points only move apart as
// the page grows, what fits on a narrow one fits on all. Names are tried in order,
// those that come first before the others, and each at the sides in order.
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
	count := 0
	for _, width := range []float64{narrow, wide} {
		var taken []box
		for _, a := range anchors {
			if a.shown {
				taken = append(taken, box{a.x*width - 4, a.x*width + 4, a.y - 4, a.y + 4})
			}
		}
		for i, l := range out {
			if l.side != 0 {
				taken = append(taken, at(anchors[i], l.side, width))
			}
		}
		for _, i := range order {
			if out[i].side != 0 || count >= maxLabels {
				continue
			}
			for _, side := range sides {
				b := at(anchors[i], side, width)
				if b.x0 < 0 || b.x1 > width || b.y0 < 0 || b.y1 > height || meetsAny(b, taken) {
					continue
				}
				out[i] = label{side, width == wide}
				taken = append(taken, b)
				count++
				break
			}
		}
	}
	return out
}

func meetsAny(b box, taken []box) bool {
	for _, t := range taken {
		if b.meets(t) {
			return true
		}
	}
	return false
}

// at returns the place of a name at a side of its point.
func at(a anchor, side int8, width float64) box {
	x, w := a.x*width, labelWidth(a.text)
	b := box{x - w/2, x + w/2, a.y - labelHeight/2, a.y + labelHeight/2}
	switch side {
	case 1:
		b.x0, b.x1 = x+labelGap, x+labelGap+w
	case -1:
		b.x0, b.x1 = x-labelGap-w, x-labelGap
	case 2:
		b.y0, b.y1 = a.y-labelGap-labelHeight, a.y-labelGap
	case -2:
		b.y0, b.y1 = a.y+labelGap, a.y+labelGap+labelHeight
	}
	return b
}

// name writes a name beside its point.
func (d *drawing) name(x string, y float64, l label, text string) {
	class := map[int8]string{1: "nm r", -1: "nm l", 2: "nm", -2: "nm"}[l.side]
	if l.wide {
		class += " odd"
	}
	switch l.side {
	case 1, -1:
		y += 4
	case 2:
		y -= labelGap + 2
	case -2:
		y += labelGap + 10
	}
	d.label(class, x, y, text)
}
