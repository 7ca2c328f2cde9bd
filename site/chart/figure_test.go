package chart

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

var hostile = []string{
	`</script><script>alert(1)</script>`,
	`"><img src=x onerror=alert(1)>`,
	`' onmouseover='alert(1)`,
	"\u202eright to left \u202c",
	"line\u2028separator\x00&amp;",
	`{{.Title}}{b}{a|b}`,
	"javascript:alert(1)",
}

// every returns one figure of each kind in which every text and address is s.
func every(s string) []*Figure {
	nan := math.NaN()
	head := Head{ID: "f", Title: s, Caption: s}
	ceiling := &Ceiling{At: 1, Lower: .9, Label: s}
	at := time.Date(2020, 5, 1, 0, 0, 0, 0, time.UTC)
	rows := Rows{Head: head, Axis: s, Places: 3, Ceiling: ceiling, Rows: []Row{
		{Name: s, Href: s, Value: .4, Interval: Interval{.3, .5}}, {Name: s, Href: s, Value: nan, Mark: Published}}}
	bars := rows
	bars.Bars = true
	return []*Figure{
		rows.Figure(), bars.Figure(),
		Scatter{Head: head, X: s, Y: s, Groups: []string{s}, Ceiling: ceiling, Points: []Point{{Name: s, Href: s, X: .1, Y: .2, Label: true}, {Name: s, Href: s, X: nan, Y: 1}},
			Fit: &Fit{Name: s, X: []float64{0, 1}, Y: []float64{0, 1}, Low: []float64{0, .9}, High: []float64{.1, 1}}}.Figure(),
		Steps{Head: head, Y: s, Ceiling: ceiling, Lines: []Line{{Name: s, Points: []Moment{{At: at, Value: .3, Name: s, Href: s, Label: true}, {At: at.AddDate(1, 0, 0), Value: nan}}}, {Name: s}}}.Figure(),
		Histogram{Head: head, Axis: s, Count: s, Ceiling: ceiling, Values: []float64{.1, .2, nan}, Names: []string{s, s, s}}.Figure(),
		Heat{Head: head, Across: s, Rows: []Name{{s, s}}, Columns: []Name{{s, s}, {s, s}}, Cells: [][]HeatCell{{{Value: -.4, Note: s, Href: s}, {Value: nan}}}}.Figure(),
	}
}

// TestHostile: whatever the texts are, the markup has the elements and attributes
// that it has with harmless ones, and the options are JSON that does not end a script.
func TestHostile(t *testing.T) {
	shape := func(f *Figure) string {
		var b strings.Builder
		markup := string(f.Drawing) + string(f.Table)
		for _, r := range f.Rows {
			markup += string(r.Marks)
		}
		for _, k := range f.Keys {
			markup += string(k.Drawing)
		}
		doc, err := html.Parse(strings.NewReader("<body>" + markup))
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode || n.Data == "text" || n.Data == "a" || n.Data == "g" {
				continue // names are written where they fit, and linked where they lead somewhere
			}
			b.WriteString("<" + n.Data)
			for _, a := range n.Attr {
				b.WriteString(" " + a.Key)
			}
			b.WriteString(">")
		}
		for n := range doc.Descendants() {
			for _, a := range n.Attr {
				if a.Key == "href" && strings.HasPrefix(strings.ToLower(a.Val), "javascript") {
					t.Errorf("%s: an address that is a script: %q", f.Kind, a.Val)
				}
				if strings.HasPrefix(a.Key, "on") {
					t.Errorf("%s: attribute %s", f.Kind, a.Key)
				}
			}
		}
		return b.String()
	}
	plain := every("a model")
	for _, s := range hostile {
		for i, f := range every(s) {
			if got, want := shape(f), shape(plain[i]); got != want {
				t.Errorf("%s with %q: elements\n%s\nwant\n%s", f.Kind, s, got, want)
			}
			if strings.ContainsAny(string(f.Option), "<>&\u2028") || !json.Valid([]byte(f.Option)) {
				t.Errorf("%s with %q: options %s", f.Kind, s, f.Option)
			}
			if !strings.Contains(string(f.Option), "say") && !strings.Contains(string(f.Drawing), "<title>") {
				t.Errorf("%s: no point says anything", f.Kind)
			}
		}
	}
}

// TestOptions: what the loader and ECharts rely on.
func TestOptions(t *testing.T) {
	for _, f := range every("a model") {
		var option struct {
			Animation *bool
			Aria      struct{ Enabled bool }
			Grid      []struct{ Left, Top string }
			Series    []struct {
				Type string
				Data []any
			}
			XAxis, YAxis []map[string]any
		}
		if err := json.Unmarshal([]byte(f.Option), &option); err != nil {
			t.Fatalf("%s: %v", f.Kind, err)
		}
		if option.Animation == nil || *option.Animation || !option.Aria.Enabled {
			t.Errorf("%s: animated, or not accessible: %.300s", f.Kind, f.Option)
		}
		if len(option.Grid) != 1 || len(option.Series) == 0 || len(option.XAxis) == 0 || len(option.YAxis) != 1 {
			t.Errorf("%s: %.300s", f.Kind, f.Option)
		}
		for _, bad := range []string{"function", "__f__", "NaN", "Inf", "http:", "https:"} {
			if strings.Contains(string(f.Option), bad) {
				t.Errorf("%s: %q in the options", f.Kind, bad)
			}
		}
		for _, other := range []string{"NaN", "Inf"} {
			if strings.Contains(string(f.Drawing)+string(f.Table), other) {
				t.Errorf("%s: %q in the drawing or table", f.Kind, other)
			}
		}
	}
}

// TestDeterministic: go-echarts draws ids at random; none gets out.
func TestDeterministic(t *testing.T) {
	for i, f := range every("a model") {
		if a, b := fmt.Sprint(*f), fmt.Sprint(*every("a model")[i]); a != b {
			t.Errorf("%s differs:\n%s\n%s", f.Kind, a, b)
		}
	}
}

func TestDecimal(t *testing.T) {
	for _, test := range []struct {
		x      float64
		places int
		want   string
	}{
		{.5, 3, "0.500"}, {-.5, 1, Minus + "0.5"}, {-.0001, 3, "0.000"}, {math.NaN(), 2, "none"}, {math.Inf(-1), 0, "none"}, {3, 0, "3"},
	} {
		if got := Decimal(test.x, test.places); got != test.want {
			t.Errorf("Decimal(%v, %d) = %q, want %q", test.x, test.places, got, test.want)
		}
	}
}

func TestAddress(t *testing.T) {
	for href, want := range map[string]string{
		"../models/a/index.html": "../models/a/index.html", "#x": "#x", "": "", "https://example.org/": "https://example.org/",
		"javascript:alert(1)": "", "JavaScript:alert(1)": "", "data:text/html,x": "", "a:b": "", "./a:b": "./a:b", "vbscript:x": "", "?q=a:b": "?q=a:b",
	} {
		if got := address(href); got != want {
			t.Errorf("address(%q) = %q, want %q", href, got, want)
		}
	}
}

// TestMarks: published scores are hollow, in the drawing and in the options.
func TestMarks(t *testing.T) {
	f := Rows{Places: 3, Rows: []Row{{Name: "a", Value: .4}, {Name: "b", Value: .5, Mark: Published}}}.Figure()
	if f.Rows[1].Class != "published" || !strings.Contains(string(f.Rows[1].Marks), `class="p s0 published"`) || strings.Contains(string(f.Rows[0].Marks), "published") {
		t.Errorf("rows %q", f.Rows)
	}
	if len(f.Keys) != 2 || f.Keys[1].Text != "published, not verified here" {
		t.Errorf("legend %v", f.Keys)
	}
	if !strings.Contains(string(f.Option), `"name":"published, not verified here"`) || !strings.Contains(string(f.Option), `"color":"var(--panel)","borderColor":"var(--s0)"`) {
		t.Errorf("options %s", f.Option)
	}
	if one := (Rows{Rows: []Row{{Name: "a", Value: .4}}}).Figure(); one.Keys != nil {
		t.Errorf("a legend of one mark: %v", one.Keys)
	}
}

// TestSteps: a value holds until the next, and the last until the end.
func TestSteps(t *testing.T) {
	day0 := func(n int) time.Time { return time.Unix(int64(n)*86400, 0) }
	l := Line{Points: []Moment{{At: day0(10), Value: .3}, {At: day0(15), Value: .1, Aside: true}, {At: day0(20), Value: .5}}}
	xs, ys := l.corners(day0(30))
	if got, want := fmt.Sprint(xs, ys), "[10 20 20 30] [0.3 0.3 0.5 0.5]"; got != want {
		t.Errorf("corners %s, want %s", got, want)
	}
}

// TestBins: every value is in one part, those at borders in the part above.
func TestBins(t *testing.T) {
	h := Histogram{Values: []float64{0, .1, .1, .25, .999, 1, math.NaN()}}
	a := fit([2]float64{0, 1}, h.Values...)
	n := 0
	for _, b := range h.bins(a) {
		n += b.n
		for _, v := range h.Values {
			if b.n == 0 && v >= b.lo+1e-9 && v < b.hi-1e-9 {
				t.Errorf("%v is missing from %v to %v", v, b.lo, b.hi)
			}
		}
	}
	if n != 6 {
		t.Errorf("%d values in the parts, want 6", n)
	}
	if b := (Histogram{Values: []float64{math.NaN()}}).bins(a); b != nil {
		t.Errorf("parts without values: %v", b)
	}
}

// TestLabels: names meet neither each other nor points, at both widths.
func TestLabels(t *testing.T) {
	var anchors []anchor
	for i := range 40 {
		x := .5 + .5*math.Sin(float64(i))
		anchors = append(anchors, anchor{x, 300 * (.5 + .5*math.Cos(float64(i*i))), fmt.Sprintf("model-%d", i), i == 39, true})
	}
	labels := place(anchors, 320, 1, -1, 2, -2)
	if labels[39].side == 0 || labels[39].wide {
		t.Errorf("the name that comes first has no place: %+v", labels[39])
	}
	for width := narrowest; width <= widest; width += 37 {
		placed := 0
		for i, l := range labels {
			if l.side == 0 || l.wide && width < wide {
				continue
			}
			placed++
			b := at(anchors[i], l.side)
			for k, m := range labels {
				if k != i && m.side != 0 && !(m.wide && width < wide) && b.meets(at(anchors[k], m.side), width, width) {
					t.Errorf("at %v px the names of %d and %d meet", width, i, k)
				}
			}
			for k, p := range anchors {
				if k != i && b.meets(box{p.x, -4, 4, p.y - 4, p.y + 4}, width, width) {
					t.Errorf("at %v px the name of %d covers point %d", width, i, k)
				}
			}
		}
		if placed < 5 {
			t.Errorf("at %v px %d names", width, placed)
		}
	}
}

// many returns n models.
func many(n int) (Rows, Scatter) {
	r, s := Rows{Places: 3, From: [2]float64{0, 1}, Head: Head{Numbers: "#ranked"}}, Scatter{Places: 3, X: "V1", Y: "V4"}
	for i := range n {
		x, y := .5+.5*math.Sin(float64(i)), .5+.5*math.Cos(float64(i*i))
		name, href := fmt.Sprintf("model-%d", i), fmt.Sprintf("../../models/model-%d/index.html", i)
		r.Rows = append(r.Rows, Row{Name: name, Href: href, Value: x, Interval: Interval{x - .1, x + .1}})
		s.Points = append(s.Points, Point{Name: name, Href: href, X: x, Y: y})
	}
	return r, s
}

// BenchmarkDrawing is the static drawing alone; BenchmarkFigure has options and table too.
func BenchmarkDrawing(b *testing.B) {
	for _, n := range []int{20, 60, 600} {
		rows, scatter := many(n)
		a := fit(rows.From)
		b.Run(fmt.Sprintf("rows=%d", n), func(b *testing.B) {
			for b.Loop() {
				rows.axis(a)
				for _, r := range rows.Rows {
					rows.marks(a, r)
				}
			}
		})
		p := plane{a, a, planeHeight}
		labels := make([]label, n)
		b.Run(fmt.Sprintf("scatter=%d", n), func(b *testing.B) {
			for b.Loop() {
				scatter.Height = planeHeight
				scatter.draw(p, labels)
			}
		})
	}
}

func BenchmarkFigure(b *testing.B) {
	for _, n := range []int{60, 600} {
		rows, scatter := many(n)
		b.Run(fmt.Sprintf("rows=%d", n), func(b *testing.B) {
			for b.Loop() {
				rows.Figure()
			}
		})
		b.Run(fmt.Sprintf("scatter=%d", n), func(b *testing.B) {
			for b.Loop() {
				scatter.Figure()
			}
		})
	}
}

// TestEmpty: figures of nothing are drawn, with axes and without a mark.
func TestEmpty(t *testing.T) {
	nan := math.NaN()
	for _, f := range []*Figure{
		Rows{}.Figure(), Scatter{}.Figure(), Steps{}.Figure(), Histogram{}.Figure(), Heat{}.Figure(),
		Scatter{Points: []Point{{X: nan, Y: nan}}}.Figure(), Histogram{Values: []float64{nan}}.Figure(),
		Steps{Lines: []Line{{Points: []Moment{{Value: nan}}}}}.Figure(), Rows{Rows: []Row{{Value: nan}}, Ceiling: &Ceiling{At: nan}}.Figure(),
	} {
		for _, s := range []string{string(f.Drawing), string(f.Option)} {
			if s == "" || strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
				t.Errorf("%s: %s", f.Kind, s)
			}
		}
	}
}

// TestSpark: a gap begins a new line; nothing is drawn of nothing.
func TestSpark(t *testing.T) {
	if s := Spark([]float64{math.NaN()}, 0, 1); s != "" {
		t.Errorf("of no value: %s", s)
	}
	s := string(Spark([]float64{0, .5, math.NaN(), 1}, 0, 1))
	if want := `d="M0 17L333.3 10M1000 3"`; !strings.Contains(s, want) {
		t.Errorf("%s, want %s in it", s, want)
	}
}

// TestAppendPlaces holds it against strconv, near the middles above all.
func TestAppendPlaces(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	check := func(x float64) {
		for places := -1; places <= 8; places++ {
			if got, want := string(appendPlaces(nil, x, places)), strconv.FormatFloat(x, 'f', places, 64); got != want {
				t.Fatalf("%v with %d decimals: %s, want %s", x, places, got, want)
			}
		}
	}
	for _, x := range []float64{0, .5, 1.5, 2.5, .05, .25, .005, .0005, 1.005, 999999.9999995, 999999.5, 1e6, 1e21, math.SmallestNonzeroFloat64, .9999999, 9.5} {
		check(x)
	}
	for range 20000 {
		x := r.Float64() * math.Pow(10, float64(r.IntN(10)-3))
		check(x)
		check(math.Nextafter(math.Round(x*1000)/1000+.0005, x))
		check(float64(r.IntN(20000)) / 200)
	}
}

func BenchmarkAppendDecimal(b *testing.B) {
	var room [32]byte
	x := .1
	for b.Loop() {
		AppendDecimal(room[:0], x, 3)
		x += 1e-4
	}
}
