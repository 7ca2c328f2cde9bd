package chart

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"
)

// Rows is a horizontal plot: one row for each model, with its value and interval
// on a common axis, and the ceiling.
type Rows struct {
	Head
	Rows    []Row
	Axis    string     // what the values are
	Places  int        // decimals of a value
	From    [2]float64 // ends of the axis, where they hold everything
	Ceiling *Ceiling   // nil: none
	Bars    bool       // a bar from zero, instead of a point
}

// Row is a model with its value.
type Row struct {
	Name, Href string
	Value      float64 // NaN: no mark
	Interval   Interval
	Mark       Mark
	Group      int // colour: 0, or a group's number
}

// RowMarks is a row as it is printed.
type RowMarks struct {
	Name, Href, Class string
	Say               string // the values in words
	Marks             HTML
}

// Measures of the rows; templates/chart/chart.css has the same.
const (
	rowHeight = 24
	rowTop    = 26 // room for the ceiling's label
	rowBottom = 26 // room for ticks
)

// Figure draws the rows.
func (p Rows) Figure() *Figure {
	values := make([]float64, 0, 3*len(p.Rows)+1)
	for _, r := range p.Rows {
		values = append(values, r.Value)
		if r.Interval.exists() {
			values = append(values, r.Interval.Low, r.Interval.High)
		}
	}
	if p.Ceiling != nil {
		values = append(values, p.Ceiling.At)
	}
	a := fit(p.From, values...)
	f := &Figure{Head: p.Head, Kind: "rows", Unit: p.Axis, Drawing: p.axis(a), Option: p.option(a)}
	f.Rows = make([]RowMarks, 0, len(p.Rows))
	var occur [len(marks)]bool
	for _, r := range p.Rows {
		occur[r.Mark] = true
		row := RowMarks{Name: r.Name, Href: r.Href, Class: strings.TrimSpace(marks[r.Mark].class), Say: say(r.Value, r.Interval, p.Places)}
		row.Marks = p.marks(a, r)
		f.Rows = append(f.Rows, row)
	}
	f.Keys = keys(occur)
	if p.Numbers == "" {
		f.Table = p.table()
	}
	return f
}

// List writes the rows, whose names are text beside the drawing; nothing where there
// are none. There may be sixty, of which a template would make a third of the time
// that a page takes. A row that says nothing has marks that do.
func (f *Figure) List() HTML {
	if len(f.Rows) == 0 {
		return ""
	}
	d := newDrawing()
	d.add(`<ol>`)
	for i := range f.Rows {
		d.row(&f.Rows[i])
	}
	return d.add(`</ol>`).html()
}

func (d *drawing) row(r *RowMarks) {
	d.add(`<li`)
	if r.Class != "" {
		d.add(` class="`).text(r.Class).add(`"`)
	}
	d.add(`>`)
	say := func() *drawing {
		d.add(` title="`).text(r.Name).add(`: `).text(r.Say).add(`"><bdi class="name">`).text(r.Name)
		return d.add(`</bdi><span class="vh"> `).text(r.Say).add(`</span>`).add(string(r.Marks))
	}
	switch {
	case r.Say != "" && r.Href != "":
		d.add(`<a href="`).text(r.Href).add(`"`)
		say().add(`</a>`)
	case r.Say != "":
		d.add(`<span`)
		say().add(`</span>`)
	case r.Href != "":
		d.add(`<a class="name" href="`).text(r.Href).add(`"><bdi>`).text(r.Name).add(`</bdi></a>`).add(string(r.Marks))
	default:
		d.add(`<bdi class="name">`).text(r.Name).add(`</bdi>`).add(string(r.Marks))
	}
	d.add(`</li>`)
}

// axis draws what lies behind the rows.
func (p Rows) axis(a axis) HTML {
	d := newDrawing()
	bottom := rowTop + rowHeight*len(p.Rows)
	d.open("axis", bottom+rowBottom)
	if p.Ceiling.band() {
		d.rect("band", a.x(p.Ceiling.Lower), percent(a.share(p.Ceiling.At)-a.share(p.Ceiling.Lower)), rowTop-4, float64(bottom-rowTop+8))
	}
	d.upright(a, a.ticks(), rowTop-4, float64(bottom+4))
	d.ceiling(a, p.Ceiling, rowTop-4, float64(bottom+4))
	return d.add(`</svg>`).html()
}

// upright draws the lines of a horizontal axis, from top to bottom, with their
// numbers below.
func (d *drawing) upright(a axis, ticks []tick, top, bottom float64) {
	for _, t := range ticks {
		class, text := "grid", "tick"
		if t.zero {
			class = "zero"
		}
		if t.odd {
			text = "tick odd"
		}
		d.line(class, a.x(t.at), a.x(t.at), top, bottom)
		d.label(text, a.x(t.at), bottom+15, t.text)
	}
}

// ceiling draws an upright ceiling with its label above.
func (d *drawing) ceiling(a axis, c *Ceiling, top, bottom float64) {
	if c == nil || math.IsNaN(c.At) {
		return
	}
	d.line("ceil", a.x(c.At), a.x(c.At), top, bottom)
	class := "lab"
	switch s := a.share(c.At); {
	case s > .8: // near the edge: the label ends at the line
		class = "lab end"
	case s < .2:
		class = "lab start"
	}
	d.label(class, a.x(c.At), top-7, c.Label)
}

// marks draws one row's value and interval.
func (p Rows) marks(a axis, r Row) HTML {
	d := newDrawing()
	middle := rowHeight / 2.
	d.open("m", rowHeight)
	group := `<g class="p s`
	d.add(group).int(r.Group % groups).add(marks[r.Mark].class).add(`">`)
	if p.Bars && !math.IsNaN(r.Value) {
		zero := a.share(math.Max(a.lo, 0))
		v := a.share(r.Value)
		d.rect("fill", percent(math.Min(zero, v)), percent(math.Abs(v-zero)), 4, rowHeight-8)
	}
	if r.Interval.exists() {
		d.line("ci", a.x(r.Interval.Low), a.x(r.Interval.High), middle, middle)
	}
	if !p.Bars && !math.IsNaN(r.Value) {
		d.mark(r.Mark, r.Group, a.x(r.Value), "11")
	}
	return d.add(`</g></svg>`).html()
}

func (p Rows) table() HTML {
	t := newTable(p.Title, column{"Name", true}, column{"Value", false}, column{"95 % from", false}, column{"to", false}, column{"Kind", true})
	for _, r := range p.Rows {
		t.row(r.Name, r.Href)
		t.cell(Decimal(r.Value, p.Places))
		low, high := math.NaN(), math.NaN()
		if r.Interval.exists() {
			low, high = r.Interval.Low, r.Interval.High
		}
		t.cell(Decimal(low, p.Places))
		t.cell(Decimal(high, p.Places))
		t.cell(marks[r.Mark].text)
	}
	return t.end()
}

// option has a series for the intervals, a line with gaps, and one for each kind
// of mark; all rows are in each, so that an index means the same row everywhere.
func (p Rows) option(a axis) template.JS {
	var names []string
	var ci []xy
	var all []series
	gap := xy{math.NaN(), math.NaN()}
	for i, r := range p.Rows {
		names = append(names, r.Name)
		all = with(all, r.Mark, r.Group, item{At: i, Name: r.Name, Value: xy{r.Value, float64(i)}, Say: say(r.Value, r.Interval, p.Places)})
		if r.Interval.exists() {
			ci = append(ci, xy{r.Interval.Low, float64(i)}, xy{r.Interval.High, float64(i)}, gap)
		}
	}
	c := charts.NewScatter()
	c.SetGlobalOptions(common(p.Title, margins{"26", "8", "26", "8"}, p.Bars && len(all) > 1)...)
	c.SetGlobalOptions(
		charts.WithXAxisOpts(xAxis(a)),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: names, Inverse: opts.Bool(true), AxisLine: absent, AxisLabel: axisLabel(false), SplitLine: &opts.SplitLine{Show: opts.Bool(false)}}),
	)
	if len(ci) > 0 && !p.Bars {
		c.Overlap(intervals(ci, line("var(--heat)", 3, "solid", .45)))
	}
	for i, k := range all {
		look := []charts.SeriesOpts{as(k.items)}
		if i == 0 && p.Ceiling != nil && !math.IsNaN(p.Ceiling.At) {
			look = append(look, ceilingLine(p.Ceiling, true))
		}
		if p.Bars {
			b := charts.NewBar()
			b.AddSeries(marks[k.mark].text, nil, append(look, barred(k.mark, k.group))...)
			c.Overlap(b)
		} else {
			c.AddSeries(marks[k.mark].text, nil, append(look, marked(k.mark, k.group))...)
		}
	}
	if len(ci) > 0 && p.Bars {
		c.Overlap(intervals(ci, line("var(--ink)", 2, "solid", 1)))
	}
	return option(c)
}

// intervals returns the series of intervals: pairs of ends, with gaps between.
func intervals(ends []xy, look charts.SeriesOpts) *charts.Line {
	l := charts.NewLine()
	l.AddSeries("95 % interval", nil, as(ends), look)
	return l
}

// barred gives a series of bars the look of a mark in a group. All series lie on
// one another: each has its own rows.
func barred(m Mark, group int) charts.SeriesOpts {
	colour, opacity := fmt.Sprintf("var(--s%d)", group%groups), float32(.6)
	return charts.WithSeriesOpts(func(s *charts.SingleSeries) {
		s.BarWidth, s.BarGap = "14", "-100%"
		s.ItemStyle = &opts.ItemStyle{Color: colour, Opacity: types.Float(&opacity)}
		if m.hollow() {
			s.ItemStyle = &opts.ItemStyle{Color: "var(--panel)", BorderColor: colour, BorderWidth: 1.5}
		}
	})
}
