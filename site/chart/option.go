package chart

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"strconv"
	"sync"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"
)

// The options are those of go-echarts, as JSON: its own rendering writes names
// unescaped, ids at random and the address of another host. Colours are the names
// of custom properties, "var(--heat)"; the loader puts in what they are in the
// page, light or dark. There are no functions and no animation.

// item is a point of a series.
type item struct {
	At    int    `json:"at"` // which mark of the drawing it is, from 0
	Name  string `json:"name,omitempty"`
	Value any    `json:"value"`
	Say   string `json:"say,omitempty"` // in the tooltip, below the name; "": the title of the mark has it
}

// series is the items that are drawn with one mark in the colour of one group.
type series struct {
	mark  Mark
	group int
	items []item
}

// with adds an item to its series, which is the last where it is the first of its kind.
func with(all []series, m Mark, group int, it item) []series {
	for i := range all {
		if s := &all[i]; s.mark == m && s.group == group {
			s.items = append(s.items, it)
			return all
		}
	}
	return append(all, series{m, group, []item{it}})
}

// xy is a place. JSON has no NaN: what does not exist is null, a gap in a line.
type xy [2]float64

func (p xy) MarshalJSON() ([]byte, error) {
	b := append(make([]byte, 0, 32), '[') // room for both
	for i, v := range p {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendNumber(b, v)
	}
	return append(b, ']'), nil
}

func appendNumber(b []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, "null"...)
	}
	// Five digits are more than a screen shows.
	return strconv.AppendFloat(b, v, 'g', 5, 64)
}

// margins are what lies around the plane of a chart, in pixels: top, right,
// bottom, left. A custom property may stand for a number.
type margins struct{ top, right, bottom, left string }

// common returns the options that all charts share. With decals every series of
// filled shapes has a pattern of its own.
func common(title string, m margins, decals bool) []charts.GlobalOpts {
	colours := make(opts.Colors, groups)
	for i := range colours {
		colours[i] = fmt.Sprintf("var(--s%d)", i)
	}
	return []charts.GlobalOpts{
		charts.WithColorsOpts(colours),
		charts.WithAnimation(false),
		charts.WithAriaOpts(&opts.Aria{
			Enabled: opts.Bool(true),
			Label:   &opts.AriaLabel{Enabled: opts.Bool(true), Description: title},
			Decal:   &opts.AriaDecal{Show: opts.Bool(decals)},
		}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item", BackgroundColor: "var(--panel)", BorderColor: "var(--line)"}),
		charts.WithGridOpts(opts.Grid{Top: m.top, Right: m.right, Bottom: m.bottom, Left: m.left}),
	}
}

var (
	hair   = &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: "var(--hair)"}}
	absent = &opts.AxisLine{Show: opts.Bool(false)}
)

func axisLabel(show bool) *opts.AxisLabel {
	return &opts.AxisLabel{Show: opts.Bool(show), Color: "var(--soft)", FontSize: 12, HideOverlap: opts.Bool(true)}
}

// xAxis returns a horizontal axis with the ticks of a. What an axis is stands
// beside the chart, in the page.
func xAxis(a axis) opts.XAxis {
	return opts.XAxis{
		Type: "value", Min: number(a.lo), Max: number(a.hi), MinInterval: a.step, MaxInterval: a.step,
		SplitLine: hair, AxisLine: absent, AxisTick: &opts.AxisTick{Show: opts.Bool(false)}, AxisLabel: axisLabel(true),
	}
}

// yAxis returns a vertical axis with the ticks of a.
func yAxis(a axis) opts.YAxis {
	label := axisLabel(true)
	label.Margin = 8
	y := opts.YAxis{
		Type: "value", Min: number(a.lo), Max: number(a.hi), MinInterval: a.step, MaxInterval: a.step,
		SplitLine: hair, AxisLine: absent, AxisLabel: label,
	}
	if a.down {
		y.Inverse = opts.Bool(true)
	}
	return y
}

// number is a number of an option: rounded, so that it does not end in ...0001.
func number(v float64) json.Number {
	return json.Number(appendNumber(nil, v))
}

// as puts data of our own type into a series.
func as(data any) charts.SeriesOpts {
	return charts.WithSeriesOpts(func(s *charts.SingleSeries) { s.Data = data })
}

// marked gives a series the look of a mark in a group.
func marked(m Mark, group int) charts.SeriesOpts {
	colour := fmt.Sprintf("var(--s%d)", group%groups)
	return charts.WithSeriesOpts(func(s *charts.SingleSeries) {
		s.Symbol, s.SymbolSize = symbol(m, group), 9
		if s.Symbol == "diamond" || s.Symbol == "triangle" {
			s.SymbolSize = 11
		}
		full := float32(1)
		s.ItemStyle = &opts.ItemStyle{Color: colour, BorderColor: "var(--panel)", BorderWidth: 1.5, Opacity: &full}
		if m.hollow() {
			s.ItemStyle = &opts.ItemStyle{Color: "var(--panel)", BorderColor: colour, BorderWidth: 1.8, Opacity: &full}
		}
	})
}

// line is the series of a line without points.
func line(colour string, width float32, style string, opacity float32) charts.SeriesOpts {
	return charts.WithSeriesOpts(func(s *charts.SingleSeries) {
		s.Symbol, s.ShowSymbol = "none", opts.Bool(false)
		s.LineStyle = &opts.LineStyle{Color: colour, Width: width, Type: style, Opacity: types.Float(&opacity)}
	})
}

// ceilingLine draws the ceiling across the chart: at x, or at y where upright is false.
func ceilingLine(c *Ceiling, upright bool) charts.SeriesOpts {
	return charts.WithSeriesOpts(func(s *charts.SingleSeries) {
		var at any = opts.MarkLineNameYAxisItem{Name: c.Label, YAxis: number(c.At)}
		if upright {
			at = opts.MarkLineNameXAxisItem{Name: c.Label, XAxis: number(c.At)}
		}
		s.MarkLines = &opts.MarkLines{Data: []any{at}, MarkLineStyle: opts.MarkLineStyle{
			Symbol:    []string{"none", "none"},
			Label:     &opts.Label{Show: opts.Bool(false)}, // it stands in the drawing's text
			LineStyle: &opts.LineStyle{Color: "var(--accent)", Type: "dashed", Width: 1},
		}}
		if c.band() {
			lo, hi := map[string]any{"yAxis": number(c.Lower)}, map[string]any{"yAxis": number(c.At)}
			if upright {
				lo, hi = map[string]any{"xAxis": number(c.Lower)}, map[string]any{"xAxis": number(c.At)}
			}
			faint := float32(.09)
			s.MarkAreas = &opts.MarkAreas{Data: []any{[]any{lo, hi}}, MarkAreaStyle: opts.MarkAreaStyle{
				ItemStyle: &opts.ItemStyle{Color: "var(--accent)", Opacity: types.Float(&faint)},
			}}
		}
	})
}

var options = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// option returns a chart's options as JSON that may stand in a script element:
// encoding/json escapes <, > and &. An option that is no JSON is a mistake in this
// package.
func option(c interface {
	Validate()
	JSON() map[string]any
}) template.JS {
	c.Validate()
	m := c.JSON()
	for _, unused := range []string{"title", "legend", "toolbox"} {
		delete(m, unused)
	}
	room := options.Get().(*bytes.Buffer)
	defer options.Put(room)
	room.Reset()
	if err := json.NewEncoder(room).Encode(m); err != nil {
		panic(fmt.Sprintf("chart: %v", err))
	}
	return template.JS(bytes.TrimSuffix(room.Bytes(), []byte("\n")))
}
