package chart

import (
	"html/template"
	"math"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"
)

// Scatter is one quantity against another, a point for each model.
type Scatter struct {
	Head
	Points       []Point
	X, Y         string // what the axes are
	XFrom, YFrom [2]float64
	Places       int
	Groups       []string // names of the groups; nil: there is one, without a name
	Fit          *Fit
	Ceiling      *Ceiling // of Y
	Height       int      // of the plane in pixels; 0: 320
}

// Point is a model in a scatter.
type Point struct {
	Name, Href string
	X, Y       float64 // either NaN: not drawn; the table has it
	XInterval  Interval
	YInterval  Interval
	Mark       Mark
	Group      int  // index in Groups
	Label      bool // its name comes before others' where there is room
}

// Fit is a line through the points with its band: one value for each of X, in
// order. Low and High may be nil.
type Fit struct {
	Name      string
	X, Y      []float64
	Low, High []float64
}

// Measures of a plane with two axes; templates/chart/chart.css has the same.
const (
	planeHeight = 320
	planeTop    = 18
	planeRight  = 18
	planeBottom = 26
	planeLeft   = 46
)

// plane maps to the pixels of a drawing.
type plane struct {
	x, y   axis
	height float64
}

func (p plane) py(v float64) float64 { return float64(p.height * (1 - p.y.share(v))) }

// axes draws the lines of a plane and their numbers.
func (d *drawing) axes(p plane, xs, ys []tick) {
	for _, t := range xs {
		class, text := "grid", "tick"
		if t.zero {
			class = "zero"
		}
		if t.odd {
			text = "tick odd"
		}
		d.line(class, p.x.x(t.at), p.x.x(t.at), 0, p.height)
		d.label(text, p.x.x(t.at), p.height+18, t.text)
	}
	for _, t := range ys {
		class := "grid"
		if t.zero {
			class = "zero"
		}
		d.line(class, "0", "100%", p.py(t.at), p.py(t.at))
		d.label("tick y", "-8", p.py(t.at)+4, t.text)
	}
}

// level draws a ceiling of y, with its label above the line's right end.
func (d *drawing) level(p plane, c *Ceiling) {
	if c == nil || math.IsNaN(c.At) {
		return
	}
	at := p.py(c.At)
	if c.band() {
		d.rect("band", "0", "100%", at, p.py(c.Lower)-at)
	}
	d.line("ceil", "0", "100%", at, at)
	d.label("lab end", "100%", at-5, c.Label)
}

// Figure draws the scatter.
func (s Scatter) Figure() *Figure {
	if s.Height == 0 {
		s.Height = planeHeight
	}
	xs, ys := make([]float64, 0, 3*len(s.Points)+1), make([]float64, 0, 3*len(s.Points)+1)
	for _, p := range s.Points {
		if p.shown() {
			xs, ys = append(xs, p.X), append(ys, p.Y)
			if p.XInterval.exists() {
				xs = append(xs, p.XInterval.Low, p.XInterval.High)
			}
			if p.YInterval.exists() {
				ys = append(ys, p.YInterval.Low, p.YInterval.High)
			}
		}
	}
	if s.Ceiling != nil {
		ys = append(ys, s.Ceiling.At)
	}
	p := plane{fit(start(s.XFrom), xs...), fit(start(s.YFrom), ys...), float64(s.Height)}
	f := &Figure{Head: s.Head, Kind: "scatter", Over: s.Y, Unit: s.X}
	anchors := make([]anchor, len(s.Points))
	for i, pt := range s.Points {
		if pt.shown() {
			anchors[i] = anchor{p.x.share(pt.X), p.py(pt.Y), pt.Name, pt.Label, true}
		}
	}
	labels := place(anchors, p.height, 1, -1, 2, -2)
	f.Drawing = s.draw(p, labels)
	f.Option = s.option(p)
	var occur [len(marks)]bool
	for _, pt := range s.Points {
		occur[pt.Mark] = occur[pt.Mark] || pt.shown()
	}
	f.Keys = keys(occur)
	for g, name := range s.Groups {
		f.Keys = append(f.Keys, key(Computed, g, name))
	}
	if s.Numbers == "" {
		f.Table = s.table()
	}
	return f
}

// start returns the ends that an axis has before it sees a value: none where they
// are not given.
func start(from [2]float64) [2]float64 {
	if from == [2]float64{} {
		return around
	}
	return from
}

func (p Point) shown() bool { return !math.IsNaN(p.X) && !math.IsNaN(p.Y) }

func (s Scatter) draw(p plane, labels []label) HTML {
	d := newDrawing()
	d.open("plane", s.Height)
	d.axes(p, p.x.ticks(), p.y.ticks())
	d.level(p, s.Ceiling)
	if f := s.Fit; f != nil {
		d.stretched(s.Height)
		if f.Low != nil && f.High != nil {
			x, y := outline(f)
			d.path("band", p.shares(x), p.pixels(y))
		}
		d.path("fit", p.shares(f.X), p.pixels(f.Y))
		d.add(`</svg>`)
	}
	d.crosses(p, s.Points)
	for _, pt := range s.Points {
		if pt.shown() {
			d.point("", pt.Mark, pt.Group, p.x.x(pt.X), pixel(p.py(pt.Y)), pt.Href, isolated(pt.Name)+": "+s.say(pt))
		}
	}
	for i, l := range labels {
		if l.side != 0 {
			d.name(p.x.x(s.Points[i].X), p.py(s.Points[i].Y), l, s.Points[i].Name)
		}
	}
	return d.add(`</svg>`).html()
}

// crosses draws the intervals of all points as one path: of hundreds of points, an
// element for each would be a third of the drawing.
func (d *drawing) crosses(p plane, points []Point) {
	xs, ys := make([]float64, 0, 6*len(points)), make([]float64, 0, 6*len(points))
	for _, pt := range points {
		if !pt.shown() {
			continue
		}
		x, y, gap := p.x.share(pt.X), p.py(pt.Y), math.NaN()
		if v := pt.XInterval; v.exists() {
			xs, ys = append(xs, p.x.share(v.Low), p.x.share(v.High), gap), append(ys, y, y, gap)
		}
		if v := pt.YInterval; v.exists() {
			xs, ys = append(xs, x, x, gap), append(ys, p.py(v.Low), p.py(v.High), gap)
		}
	}
	if len(xs) > 0 {
		d.stretched(int(p.height))
		d.path("ci", xs, ys)
		d.add(`</svg>`)
	}
}

// pixel writes a height.
func pixel(y float64) string {
	var room [24]byte
	return string(appendFixed(room[:0], y, 1))
}

func (p plane) shares(xs []float64) []float64 {
	out := make([]float64, len(xs))
	for i, x := range xs {
		out[i] = p.x.share(x)
		if math.IsNaN(x) {
			out[i] = x
		}
	}
	return out
}

func (p plane) pixels(ys []float64) []float64 {
	out := make([]float64, len(ys))
	for i, y := range ys {
		out[i] = p.py(y)
		if math.IsNaN(y) {
			out[i] = y
		}
	}
	return out
}

// outline goes around the band of a fit: along its top, and back below.
func outline(f *Fit) (xs, ys []float64) {
	xs, ys = append(xs, f.X...), append(ys, f.High...)
	for i := len(f.X) - 1; i >= 0; i-- {
		xs, ys = append(xs, f.X[i]), append(ys, f.Low[i])
	}
	return append(xs, f.X[0]), append(ys, f.High[0])
}

func (s Scatter) say(p Point) string {
	return short(s.X) + " " + say(p.X, p.XInterval, s.Places) + "; " + short(s.Y) + " " + say(p.Y, p.YInterval, s.Places)
}

// short is the name of an axis up to its comma: what follows is its unit.
func short(axis string) string {
	for i, r := range axis {
		if r == ',' {
			return axis[:i]
		}
	}
	return axis
}

func (s Scatter) table() HTML {
	columns := []column{{"Name", true}, {s.X, false}, {s.Y, false}, {"Kind", true}}
	if s.Groups != nil {
		columns = append(columns, column{"Group", true})
	}
	t := newTable(s.Title, columns...)
	for _, p := range s.Points {
		t.row(p.Name, p.Href)
		t.cell(Decimal(p.X, s.Places))
		t.cell(Decimal(p.Y, s.Places))
		t.cell(marks[p.Mark].text)
		if s.Groups != nil {
			t.cell(s.Groups[p.Group])
		}
	}
	return t.end()
}

func (s Scatter) option(p plane) template.JS {
	var all []series
	ci := make([]xy, 0, 6*len(s.Points))
	gap := xy{math.NaN(), math.NaN()}
	at := 0
	for _, pt := range s.Points {
		if !pt.shown() {
			continue
		}
		all = with(all, pt.Mark, pt.Group, item{At: at, Name: pt.Name, Value: xy{pt.X, pt.Y}}) // the loader finds what it says in the mark's title
		at++
		if v := pt.XInterval; v.exists() {
			ci = append(ci, xy{v.Low, pt.Y}, xy{v.High, pt.Y}, gap)
		}
		if v := pt.YInterval; v.exists() {
			ci = append(ci, xy{pt.X, v.Low}, xy{pt.X, v.High}, gap)
		}
	}
	c := charts.NewScatter()
	c.SetGlobalOptions(common(s.Title, planeMargins, false)...)
	c.SetGlobalOptions(charts.WithXAxisOpts(xAxis(p.x)), charts.WithYAxisOpts(yAxis(p.y)))
	add := func(name string, data any, look charts.SeriesOpts, more ...charts.SeriesOpts) {
		l := charts.NewLine()
		l.AddSeries(name, nil, append([]charts.SeriesOpts{as(data), look}, more...)...)
		c.Overlap(l)
	}
	if f := s.Fit; f != nil && len(f.X) > 0 {
		if f.Low != nil && f.High != nil {
			xs, ys := outline(f)
			faint := float32(.12)
			add("band", pairs(xs, ys), line("var(--heat)", 0, "solid", 0),
				charts.WithAreaStyleOpts(opts.AreaStyle{Color: "var(--heat)", Opacity: types.Float(&faint), Origin: "start"}))
		}
		add(f.Name, pairs(f.X, f.Y), line("var(--heat)", 1.5, "solid", .8))
	}
	if len(ci) > 0 {
		c.Overlap(intervals(ci, line("var(--soft)", 1, "solid", .45)))
	}
	for i, k := range all {
		look := []charts.SeriesOpts{as(k.items), marked(k.mark, k.group)}
		if i == 0 && s.Ceiling != nil && !math.IsNaN(s.Ceiling.At) {
			look = append(look, ceilingLine(s.Ceiling, false))
		}
		name := marks[k.mark].text
		if s.Groups != nil {
			name = s.Groups[k.group]
		}
		c.AddSeries(name, nil, look...)
	}
	return option(c)
}

var planeMargins = margins{strconv.Itoa(planeTop), strconv.Itoa(planeRight), strconv.Itoa(planeBottom), strconv.Itoa(planeLeft)}

func pairs(xs, ys []float64) []xy {
	out := make([]xy, len(xs))
	for i := range xs {
		out[i] = xy{xs[i], ys[i]}
	}
	return out
}
