package chart

import (
	"cmp"
	"encoding/json"
	"html/template"
	"math"
	"strconv"
	"time"

	"github.com/go-echarts/go-echarts/v2/charts"
)

// Steps is values over time, each holding until the next: what was the best when.
// Lines are steps, because between two points nothing is known to have changed.
type Steps struct {
	Head
	Lines   []Line
	Y       string // what the values are
	YFrom   [2]float64
	Ranks   bool // the values are ranks: 1 is on top
	Places  int
	Ceiling *Ceiling
	Until   time.Time // the last values hold until then; zero: until the last point of all
	Height  int       // of the plane in pixels; 0: 260
}

// Line is one quantity over time.
type Line struct {
	Name   string
	Points []Moment // by date
}

// Moment is a value at a date, in UTC.
type Moment struct {
	At         time.Time
	Value      float64 // NaN: a gap in the line
	Name, Href string  // what brought it about, such as the model
	Mark       Mark
	Aside      bool // beside the line, such as a model that was not the best
	Label      bool // its name comes before others' where there is room
}

const stepsHeight = 260

func day(t time.Time) float64 { return float64(t.Unix()) / 86400 }

// Figure draws the steps.
func (s Steps) Figure() *Figure {
	if s.Height == 0 {
		s.Height = stepsHeight
	}
	var ys []float64
	var from, to time.Time
	var occur [len(marks)]bool
	for _, l := range s.Lines {
		for _, m := range l.Points {
			if math.IsNaN(m.Value) {
				continue
			}
			ys = append(ys, m.Value)
			occur[m.Mark] = true
			if from.IsZero() || m.At.Before(from) {
				from = m.At
			}
			if m.At.After(to) {
				to = m.At
			}
		}
	}
	if s.Ceiling != nil {
		ys = append(ys, s.Ceiling.At)
	}
	if s.Until.After(to) {
		to = s.Until
	}
	x, ticks := days(from, to)
	p := plane{x, fit(start(s.YFrom), ys...), float64(s.Height)}
	if s.Ranks {
		p.y = ranks(ys)
	}
	f := &Figure{Head: s.Head, Kind: "steps", Over: s.Y, Keys: keys(occur)}
	f.Drawing, f.Option = s.draw(p, ticks, to), s.option(p, to)
	if len(s.Lines) > 1 {
		for i, l := range s.Lines {
			f.Keys = append(f.Keys, key(Computed, i, l.Name))
		}
	}
	if s.Numbers == "" {
		f.Table = s.table()
	}
	return f
}

// corners returns the points that a line goes through: two for each step.
func (l Line) corners(to time.Time) (xs, ys []float64) {
	last := math.NaN()
	for _, m := range l.Points {
		if m.Aside {
			continue
		}
		if !math.IsNaN(last) {
			xs, ys = append(xs, day(m.At)), append(ys, last)
		}
		xs, ys = append(xs, day(m.At)), append(ys, m.Value)
		last = m.Value
	}
	if !math.IsNaN(last) {
		xs, ys = append(xs, day(to)), append(ys, last)
	}
	return xs, ys
}

func (s Steps) draw(p plane, ticks []tick, to time.Time) HTML {
	d := newDrawing()
	d.open("plane", s.Height)
	d.axes(p, ticks, p.y.ticks())
	d.level(p, s.Ceiling)
	d.stretched(s.Height)
	for i, l := range s.Lines {
		xs, ys := l.corners(to)
		d.path("step s"+strconv.Itoa(i%groups), p.shares(xs), p.pixels(ys))
	}
	d.add(`</svg>`)
	var anchors []anchor
	var all []Moment
	for i, l := range s.Lines {
		for _, m := range l.Points {
			if math.IsNaN(m.Value) {
				continue
			}
			class := ""
			if m.Aside {
				class = " aside"
			}
			x, y := p.x.x(day(m.At)), p.py(m.Value)
			d.point(class, m.Mark, i, x, pixel(y), m.Href, m.title(l, s)+": "+m.say(s.Places))
			a := anchor{p.x.share(day(m.At)), y, m.Name, m.Label, true}
			if m.Aside && !m.Label {
				a.text = ""
			}
			anchors, all = append(anchors, a), append(all, m)
		}
	}
	for i, l := range place(anchors, p.height, -1, 3, 2, -2, 1) {
		if l.side != 0 {
			d.name(p.x.x(day(all[i].At)), p.py(all[i].Value), l, all[i].Name)
		}
	}
	return d.add(`</svg>`).html()
}

// title names a point by what brought it about, and its line where there are more.
func (m Moment) title(l Line, s Steps) string {
	if len(s.Lines) > 1 && m.Name != "" {
		return isolated(m.Name) + ", " + isolated(l.Name)
	}
	if m.Name == "" {
		return isolated(l.Name)
	}
	return isolated(m.Name)
}

func (m Moment) say(places int) string {
	return Decimal(m.Value, places) + ", " + m.At.UTC().Format(time.DateOnly)
}

func (s Steps) table() HTML {
	columns := []column{{"Date", true}, {"Name", true}, {s.Y, false}}
	if len(s.Lines) > 1 {
		columns = append(columns, column{"Line", true})
	}
	t := newTable(s.Title, append(columns, column{"Kind", true})...)
	for _, l := range s.Lines {
		for _, m := range l.Points {
			t.row(m.At.UTC().Format(time.DateOnly), "")
			t.linked(cmp.Or(m.Name, l.Name), m.Href)
			t.cell(Decimal(m.Value, s.Places))
			if len(s.Lines) > 1 {
				t.cell(l.Name)
			}
			t.cell(marks[m.Mark].text)
		}
	}
	return t.end()
}

func (s Steps) option(p plane, to time.Time) template.JS {
	c := charts.NewLine()
	c.SetGlobalOptions(common(s.Title, planeMargins, false)...)
	x := xAxis(p.x)
	x.Type, x.MinInterval, x.MaxInterval = "time", 0, 0
	x.Min, x.Max = milliseconds(p.x.lo), milliseconds(p.x.hi)
	if p.x.hi-p.x.lo <= fewest { // ECharts would write the number of the day alone
		x.AxisLabel.Formatter, x.MinInterval = "{d} {MMM}", 24*3600*1000
	}
	c.SetGlobalOptions(charts.WithXAxisOpts(x), charts.WithYAxisOpts(yAxis(p.y)))
	at := 0
	for i, l := range s.Lines {
		xs, ys := l.corners(to)
		places := make([]dated, len(xs))
		for k := range xs {
			places[k] = dated{xs[k], ys[k]}
		}
		look := []charts.SeriesOpts{as(places), line("var(--s"+strconv.Itoa(i%groups)+")", 2, "solid", 1)}
		if i == 0 && s.Ceiling != nil && !math.IsNaN(s.Ceiling.At) {
			look = append(look, ceilingLine(s.Ceiling, false))
		}
		c.AddSeries(l.Name, nil, look...)
		type kind struct {
			mark  Mark
			aside bool
		}
		items := map[kind][]item{}
		for _, m := range l.Points {
			if math.IsNaN(m.Value) {
				continue
			}
			name := m.Name
			if name == "" {
				name = l.Name
			}
			k := kind{m.Mark, m.Aside}
			items[k] = append(items[k], item{At: at, Name: name, Value: dated{day(m.At), m.Value}, Say: m.say(s.Places)})
			at++
		}
		for m := range Mark(len(marks)) {
			for _, aside := range []bool{true, false} {
				if data := items[kind{m, aside}]; data != nil {
					points := charts.NewScatter()
					points.AddSeries(l.Name, nil, as(data), marked(m, i), faint(aside))
					c.Overlap(points)
				}
			}
		}
	}
	return option(c)
}

// faint makes points beside a line less strong than those on it.
func faint(aside bool) charts.SeriesOpts {
	return charts.WithSeriesOpts(func(s *charts.SingleSeries) {
		if opacity := float32(.45); aside {
			s.ItemStyle.Opacity = &opacity
		}
	})
}

// dated is a place on an axis of time: days since 1970, written as milliseconds.
type dated xy

func (p dated) MarshalJSON() ([]byte, error) {
	b := append([]byte{'['}, milliseconds(p[0])...)
	b = appendNumber(append(b, ','), p[1])
	return append(b, ']'), nil
}

func milliseconds(day float64) json.Number {
	return json.Number(strconv.FormatInt(int64(math.Round(day*86400e3)), 10))
}
