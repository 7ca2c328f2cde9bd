package chart

import (
	"encoding/json"
	"html/template"
	"math"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// Heat is a matrix of values as shades: of one colour from zero up, and of another
// below.
type Heat struct {
	Head
	Rows, Columns []Name
	Cells         [][]HeatCell // by row
	Full          float64      // the size that has the full shade; 0: 1
	Places        int
	Across        string // what the columns are, above them
}

// Name is a row or column of a matrix.
type Name struct{ Text, Href string }

// HeatCell is a value of a matrix.
type HeatCell struct {
	Value  float64 // NaN: there is none
	Note   string  // more words: n, interval
	Href   string
	Strong bool // stands out: a border
}

// Measures of the matrix; templates/chart/chart.css has the same.
const (
	cellHeight = 26
	cellLeast  = 22  // width of a cell
	heatTop    = 120 // room for the columns' names, slanted
	heatBottom = 6
)

// Figure draws the matrix.
func (h Heat) Figure() *Figure {
	if h.Full == 0 {
		h.Full = 1
	}
	f := &Figure{Head: h.Head, Kind: "heat", Over: h.Across, Drawing: h.names(), Option: h.option(), Least: cellLeast * len(h.Columns)}
	negative := false
	for i, n := range h.Rows {
		f.Rows = append(f.Rows, RowMarks{Name: n.Text, Href: n.Href, Marks: h.row(i)})
		for _, c := range h.Cells[i] {
			negative = negative || c.Value < 0
		}
	}
	f.Keys = h.scale(negative)
	if h.Numbers == "" {
		f.Table = h.table()
	}
	return f
}

// shade returns the class of a value: its size in hundredths of the full shade.
func (h Heat) shade(x float64) string {
	v := int(math.Round(100 * math.Min(math.Abs(x)/h.Full, 1)))
	class := "cell v" + strconv.Itoa(v)
	if x < 0 {
		class += " neg"
	}
	return class
}

// names draws the columns' names. A text turns around its place only in a drawing
// of its own.
func (h Heat) names() HTML {
	d := newDrawing()
	d.open("axis", heatTop+cellHeight*len(h.Rows)+heatBottom)
	for i, n := range h.Columns {
		d.add(`<svg x="`).add(percent((float64(i) + .5) / float64(len(h.Columns)))).add(`" y="`).int(heatTop - 6).add(`" overflow="visible">`)
		if n.Href != "" {
			d.add(`<a tabindex="-1" href="`).text(address(n.Href)).add(`">`)
		}
		d.add(`<text class="col">`)
		if n.Href != "" {
			d.add(`<title>`).text(n.Text).add(`</title>`)
		}
		d.text(clip(n.Text, maxColumn)).add(`</text>`)
		if n.Href != "" {
			d.add(`</a>`)
		}
		d.add(`</svg>`)
	}
	return d.add(`</svg>`).html()
}

const maxColumn = 16 // characters of a column's name

// clip shortens a text to n runes, the last of them an ellipsis.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// title names a cell.
func (h Heat) title(row, column int) string {
	return isolated(h.Rows[row].Text) + " × " + isolated(h.Columns[column].Text)
}

func (h Heat) say(c HeatCell) string {
	s := Decimal(c.Value, h.Places)
	if c.Note != "" {
		s += ", " + c.Note
	}
	return s
}

func (h Heat) row(i int) HTML {
	d := newDrawing()
	d.open("m", cellHeight)
	n := float64(len(h.Columns))
	width := percent(1 / n)
	for j, c := range h.Cells[i] {
		if math.IsNaN(c.Value) {
			continue
		}
		link := address(c.Href)
		if link != "" {
			d.add(`<a class="p" tabindex="-1" href="`).text(link).add(`">`)
		} else {
			d.add(`<g class="p">`)
		}
		d.add(`<title>`).text(h.title(i, j)).add(": ").text(h.say(c)).add(`</title>`)
		class := h.shade(c.Value)
		if c.Strong {
			class += " strong"
		}
		d.rect(class, percent(float64(j)/n), width, .5, cellHeight-1)
		if link != "" {
			d.add(`</a>`)
		} else {
			d.add(`</g>`)
		}
		// A number needs some 30 pixels: on a phone there are 200, else 700.
		if n <= 23 {
			text := "num"
			if n > 6 {
				text = "num odd"
			}
			d.label(text, percent((float64(j)+.5)/n), cellHeight/2+4, bare(Decimal(c.Value, min(h.Places, 2))))
		}
	}
	return d.add(`</svg>`).html()
}

// bare leaves out the zero before the point, which is the same in all cells.
func bare(s string) string {
	for _, sign := range []string{"", Minus} {
		if rest, ok := strings.CutPrefix(s, sign+"0."); ok {
			return sign + "." + rest
		}
	}
	return s
}

// scale is the legend: shades from the lowest to the highest value.
func (h Heat) scale(negative bool) []Key {
	lo := 0
	if negative {
		lo = -100
	}
	d := newDrawing()
	const steps = 20
	width := 120.
	d.add(`<svg class="sign" width="120" height="12" aria-hidden="true">`)
	for i := range steps + 1 {
		x := float64(lo) + float64(100-lo)*float64(i)/steps
		d.rect(h.shade(x/100*h.Full), percent(float64(i)/(steps+1)), strconv.FormatFloat(width/(steps+1)+.5, 'f', 1, 64), 0, 12)
	}
	return []Key{{Drawing: d.add(`</svg>`).html(), Text: Decimal(float64(lo)/100*h.Full, 1) + " to " + Decimal(h.Full, 1)}}
}

func (h Heat) table() HTML {
	columns := []column{{"Name", true}}
	for _, n := range h.Columns {
		columns = append(columns, column{n.Text, false})
	}
	t := newTable(h.Title, columns...)
	for i, n := range h.Rows {
		t.row(n.Text, n.Href)
		for _, c := range h.Cells[i] {
			if math.IsNaN(c.Value) {
				t.cell("none")
			} else {
				t.linked(Decimal(c.Value, h.Places), c.Href)
			}
		}
	}
	return t.end()
}

// shaded is a cell with its own colour.
type shaded struct {
	item
	Style opts.ItemStyle `json:"itemStyle"`
}

func (h Heat) option() template.JS {
	var rows, columns []string
	for _, n := range h.Rows {
		rows = append(rows, n.Text)
	}
	for _, n := range h.Columns {
		columns = append(columns, n.Text)
	}
	var cells []shaded
	at := 0
	for i := range h.Rows {
		for j, c := range h.Cells[i] {
			if math.IsNaN(c.Value) {
				continue
			}
			s := shaded{item: item{At: at, Name: h.title(i, j), Value: []json.Number{number(float64(j)), number(float64(i)), number(c.Value)}, Say: h.say(c)}}
			at++
			opacity := float32(math.Round(65*math.Min(math.Abs(c.Value)/h.Full, 1)) / 100)
			s.Style = opts.ItemStyle{Color: "var(--heat)", Opacity: &opacity}
			if c.Value < 0 {
				s.Style.Color = "var(--neg)"
			}
			if c.Strong {
				s.Style.BorderColor, s.Style.BorderWidth = "var(--mark)", 1.5
			}
			cells = append(cells, s)
		}
	}
	c := charts.NewHeatMap()
	c.SetGlobalOptions(common(h.Title, margins{strconv.Itoa(heatTop), "0", strconv.Itoa(heatBottom), "0"}, false)...)
	c.SetGlobalOptions(
		charts.WithXAxisOpts(opts.XAxis{Type: "category", Data: columns, Position: "top", AxisLine: absent, AxisTick: &opts.AxisTick{Show: opts.Bool(false)}, AxisLabel: axisLabel(false)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: rows, Inverse: opts.Bool(true), AxisLine: absent, AxisLabel: axisLabel(false)}),
	)
	c.SetXAxis(columns)
	c.AddSeries(h.Title, nil, as(cells))
	return option(c)
}
