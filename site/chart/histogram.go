package chart

import (
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// Histogram is how many models, units or images have values in each part of an axis.
type Histogram struct {
	Head
	Values  []float64 // NaNs are counted in the caption's words by the caller, and left out
	Names   []string  // of the values, for the bins' words; nil: none
	Axis    string    // what the values are
	Count   string    // what is counted, in the plural: "models"
	From    [2]float64
	Places  int
	Ceiling *Ceiling
	Height  int // of the plane in pixels; 0: 180
}

const (
	histogramHeight = 180
	maxBins         = 50 // of the whole axis
)

type bin struct {
	lo, hi float64
	names  []string // isolated
	n      int
}

// bins divides the axis into parts of equal, round width: about the root of the
// number of values over where these lie, at most thirty. A value at a border belongs to the
// part above, the axis's last to the last part.
func (h Histogram) bins(a axis) []bin {
	v := make([]float64, 0, len(h.Values))
	for _, x := range h.Values {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			v = append(v, x)
		}
	}
	if len(v) == 0 {
		return nil
	}
	width := a.step
	spread := slices.Max(v) - slices.Min(v)
	want := math.Min(1.3*math.Sqrt(float64(len(v))), 30)
	for _, f := range []float64{.5, .2, .1, .05} {
		if spread/width >= want || (a.hi-a.lo)/(a.step*f) > maxBins {
			break
		}
		width = a.step * f
	}
	n := int(math.Round((a.hi - a.lo) / width))
	out := make([]bin, n)
	for i := range out {
		out[i].lo, out[i].hi = a.lo+width*float64(i), a.lo+width*float64(i+1)
	}
	at := func(x float64) *bin { return &out[min(max(int(math.Floor((x-a.lo)/width+1e-9)), 0), n-1)] }
	for _, x := range v {
		at(x).n++
	}
	if h.Names == nil {
		return out
	}
	for i := range out {
		out[i].names = make([]string, 0, out[i].n)
	}
	for i, x := range h.Values {
		if i < len(h.Names) && !math.IsNaN(x) && !math.IsInf(x, 0) {
			b := at(x)
			b.names = append(b.names, isolated(h.Names[i]))
		}
	}
	return out
}

// Figure draws the histogram.
func (h Histogram) Figure() *Figure {
	if h.Height == 0 {
		h.Height = histogramHeight
	}
	values := slices.Clone(h.Values)
	if h.Ceiling != nil {
		values = append(values, h.Ceiling.At)
	}
	a := fit(start(h.From), values...)
	bins := h.bins(a)
	top := 0.
	for _, b := range bins {
		top = math.Max(top, float64(b.n))
	}
	y := axis{lo: 0, hi: math.Max(1, top)}.divided(max(2, h.Height/24))
	if y.step < 1 { // counts are whole
		y = axis{lo: 0, hi: math.Max(1, math.Ceil(top)), step: 1}
	}
	p := plane{a, y, float64(h.Height)}
	f := &Figure{Head: h.Head, Kind: "histogram", Over: h.Count, Unit: h.Axis}
	f.Drawing, f.Option = h.draw(p, bins), h.option(p, bins)
	if h.Numbers == "" {
		f.Table = h.table(bins, a)
	}
	return f
}

// name writes a bin's ends.
func (h Histogram) name(b bin, a axis) string {
	digits := max(a.digits, int(math.Ceil(-math.Log10(b.hi-b.lo)-1e-9)))
	return Decimal(b.lo, digits) + " to " + Decimal(b.hi, digits)
}

const maxNames = 6 // of a bin, in words

func (h Histogram) say(b bin) string {
	noun := h.Count
	if b.n == 1 {
		noun = strings.TrimSuffix(noun, "s")
	}
	s := strconv.Itoa(b.n) + " " + noun
	if len(b.names) > 0 {
		s += ": " + strings.Join(b.names[:min(len(b.names), maxNames)], ", ")
		if len(b.names) > maxNames {
			s += " …"
		}
	}
	return s
}

func (h Histogram) draw(p plane, bins []bin) HTML {
	d := newDrawing()
	d.open("plane", h.Height)
	d.axes(p, p.x.ticks(), p.y.ticks())
	if h.Ceiling.band() {
		d.rect("band", p.x.x(h.Ceiling.Lower), percent(p.x.share(h.Ceiling.At)-p.x.share(h.Ceiling.Lower)), 0, p.height)
	}
	for _, b := range bins {
		if b.n == 0 {
			continue
		}
		d.add(`<g class="p s0"><title>`).text(h.name(b, p.x)).add(": ").text(h.say(b)).add(`</title>`)
		y := p.py(float64(b.n))
		d.rect("fill", p.x.x(b.lo), percent(p.x.share(b.hi)-p.x.share(b.lo)), y, p.height-y)
		d.add(`</g>`)
	}
	if c := h.Ceiling; c != nil && !math.IsNaN(c.At) {
		d.ceiling(p.x, c, 0, p.height)
	}
	return d.add(`</svg>`).html()
}

func (h Histogram) table(bins []bin, a axis) HTML {
	columns := []column{{h.Axis, true}, {"Number of " + h.Count, false}}
	if h.Names != nil {
		columns = append(columns, column{"Which", true})
	}
	t := newTable(h.Title, columns...)
	for _, b := range bins {
		if b.n == 0 {
			continue
		}
		t.row(h.name(b, a), "")
		t.cell(strconv.Itoa(b.n))
		if h.Names != nil {
			t.cell(b.names...)
		}
	}
	return t.end()
}

func (h Histogram) option(p plane, bins []bin) template.JS {
	c := charts.NewBar()
	c.SetGlobalOptions(common(h.Title, planeMargins, false)...)
	// Bars stand on parts of the axis: one series of categories, behind which an
	// axis of values has the numbers.
	hidden := opts.XAxis{Type: "category", Show: opts.Bool(false)}
	c.SetGlobalOptions(charts.WithXAxisOpts(xAxis(p.x)), charts.WithYAxisOpts(yAxis(p.y)))
	c.ExtendXAxis(hidden)
	var items []any
	var names []string
	at := 0
	for _, b := range bins {
		names = append(names, h.name(b, p.x))
		if b.n == 0 {
			items = append(items, nil)
			continue
		}
		items = append(items, item{At: at, Name: h.name(b, p.x), Value: b.n, Say: h.say(b)})
		at++
	}
	c.XAxisList[1].Data = names
	faint := float32(.75)
	c.AddSeries(h.Count, nil, as(items), charts.WithSeriesOpts(func(s *charts.SingleSeries) {
		s.XAxisIndex = 1
		s.BarCategoryGap = "4%"
		s.ItemStyle = &opts.ItemStyle{Color: "var(--s0)", Opacity: &faint}
	}))
	if h.Ceiling != nil && !math.IsNaN(h.Ceiling.At) {
		l := charts.NewLine()
		l.AddSeries(h.Ceiling.Label, nil, as([]xy{}), line("var(--accent)", 1, "dashed", 1), ceilingLine(h.Ceiling, true))
		c.Overlap(l)
	}
	return option(c)
}
