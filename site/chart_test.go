package site

import (
	"encoding/json"
	"flag"
	"fmt"
	"html/template"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/bsgen/bsgen/site/chart"
	"golang.org/x/net/html"
)

// gallery keeps the page of all figures, to look at: go test ./site -run Gallery -gallery DIR
var gallery = flag.String("gallery", "", "folder for the page of all kinds of figure")

// galleryPage is a page of figures alone.
type galleryPage struct {
	Chrome
	Figures []*chart.Figure
}

// figures returns one or more of every kind, with names from strangers.
func figures() []*chart.Figure {
	nan := math.NaN()
	names := append([]string{"a model with a name of more than thirty letters", "{marker|x}{b}", "تجربة 1", "🐒"}, hostile[:]...)
	name := func(i int) string {
		if i < len(names) {
			return names[i]
		}
		return fmt.Sprintf("model-%d", i)
	}
	wave := func(i, k int) float64 { return .5 + .45*math.Sin(float64(i*k)+float64(k)/3)*math.Exp(-float64(i)/90) }
	rows := chart.Rows{
		Head: chart.Head{ID: "rows", Title: "Rows " + hostile[0], Caption: "Caption " + hostile[0]},
		Axis: "score, as a share of the ceiling", Places: 3, From: [2]float64{0, 1},
		Ceiling: &chart.Ceiling{At: 1, Lower: .9, Label: "ceiling " + hostile[0]},
	}
	scatter := chart.Scatter{
		Head: chart.Head{ID: "scatter", Title: "V1 against V4", Caption: "60 models."},
		X:    "V1, share of the ceiling", Y: "V4, share of the ceiling " + hostile[0], Places: 3,
		Groups: []string{"ResNet", "VGG", hostile[0], "DenseNet"},
		Fit:    &chart.Fit{Name: "least squares"},
	}
	for i := range 60 {
		m := []chart.Mark{chart.Computed, chart.Computed, chart.Published, chart.Baseline, chart.Reference}[i%5]
		x, y := wave(i, 7), .1+.7*wave(i, 7)+.2*wave(i, 3)
		scatter.Points = append(scatter.Points, chart.Point{Name: name(i), Href: "#" + fmt.Sprint(i), X: x, Y: y, Mark: m, Group: i % 4, Label: i < 3,
			YInterval: chart.Interval{Low: y - .03, High: y + .05}})
		if i < 20 {
			rows.Rows = append(rows.Rows, chart.Row{Name: name(i), Href: "#" + fmt.Sprint(i), Value: wave(i, 5), Mark: m, Interval: chart.Interval{Low: wave(i, 5) - .1, High: wave(i, 5) + .07}})
		}
	}
	scatter.Points = append(scatter.Points, chart.Point{Name: "lost", X: nan, Y: .4})
	rows.Rows = append(rows.Rows, chart.Row{Name: "lost", Href: "#x", Value: nan})
	for i := range 21 {
		x := float64(i) / 20
		f := scatter.Fit
		f.X, f.Y = append(f.X, x), append(f.Y, .1+.8*x)
		f.Low, f.High = append(f.Low, .05+.8*x-.1*math.Abs(x-.5)), append(f.High, .15+.8*x+.1*math.Abs(x-.5))
	}
	bars := rows
	bars.Head.ID, bars.Bars = "bars", true
	steps := chart.Steps{
		Head: chart.Head{ID: "steps", Title: "Best over the years", Caption: "Each point is a model; the line is the best until then."},
		Y:    "score, share of the ceiling", YFrom: [2]float64{0, 1}, Places: 3, Until: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
		Ceiling: &chart.Ceiling{At: 1, Lower: .93, Label: "ceiling"},
	}
	for k, line := range []string{"V4", hostile[0]} {
		l := chart.Line{Name: line}
		best := 0.
		for i := range 14 {
			v := .3 + .05*float64(k) + .04*float64(i) - .1*float64(i%3)
			l.Points = append(l.Points, chart.Moment{At: time.Date(2012+i, time.Month(1+(i*5)%12), 3, 0, 0, 0, 0, time.UTC), Value: v, Name: name(i), Href: "#x", Aside: v <= best, Mark: chart.Mark(k)})
			best = math.Max(best, v)
		}
		steps.Lines = append(steps.Lines, l)
	}
	histogram := chart.Histogram{
		Head: chart.Head{ID: "histogram", Title: "Distribution of the models", Caption: "60 models."},
		Axis: "score, share of the ceiling", Count: "models", From: [2]float64{0, 1}, Places: 3,
		Ceiling: &chart.Ceiling{At: 1, Lower: math.NaN(), Label: "ceiling"},
	}
	for i, p := range scatter.Points {
		histogram.Values, histogram.Names = append(histogram.Values, p.Y), append(histogram.Names, name(i))
	}
	heat := func(id string, n int) chart.Heat {
		h := chart.Heat{Head: chart.Head{ID: id, Title: "Correlations", Caption: "Framed: resolved."}, Places: 3}
		for i := range n {
			h.Rows = append(h.Rows, chart.Name{Text: name(i), Href: "#r"})
			var row []chart.HeatCell
			for j := range n {
				c := chart.HeatCell{Value: math.Cos(float64(i*j) / 4), Note: "n = 24", Strong: (i+j)%5 == 0}
				if j%2 == 0 {
					c.Href = "#c"
				}
				if i == j {
					c.Value = nan
				}
				row = append(row, c)
			}
			h.Cells = append(h.Cells, row)
		}
		h.Columns = h.Rows
		return h
	}
	small, large := heat("heat", 6), heat("large", 16)
	return []*chart.Figure{rows.Figure(), bars.Figure(), scatter.Figure(), steps.Figure(), histogram.Figure(), small.Figure(), large.Figure()}
}

// TestGallery renders every kind of figure and looks for what a name may have
// broken: in the page, in the options, in the table.
func TestGallery(t *testing.T) {
	a := fixture(t)
	s, err := newSite(a, Options{})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string][]string{"gallery": {"base", "table", "chart"}}
	pages, err := parseKinds(s.assets, kinds)
	if err != nil {
		t.Fatal(err)
	}
	page := template.Must(pages["gallery"].Parse(`{{define "content"}}<h1>Figures</h1>{{range .Figures}}{{template "figure" .}}{{end}}{{end}}`))
	dir := t.TempDir()
	if *gallery != "" {
		dir = *gallery
	}
	out, err := create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer out.discard()
	data := galleryPage{s.chrome("gallery/index.html", "Figures", ""), figures()}
	data.Fronts, data.Nav = nil, nil
	w := &work{out: out, templates: map[string]*template.Template{"gallery": page}}
	w.page("gallery/index.html", "gallery", func() any { return data })
	for at, data := range s.assets.files {
		w.file(at, func() ([]byte, error) { return data, nil })
	}
	for _, err := range []error{w.run(), out.commit()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	doc := parsePage(t, dir, "gallery/index.html")
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
		}
		if n.Data == "img" || n.Data == "script" && attr(n, "src") == "" && attr(n, "type") != "application/json" {
			t.Errorf("<%s> in a figure", n.Data)
		}
	}
	for _, f := range all(doc, "figure", "chart") {
		var option map[string]any
		for _, script := range all(f, "script", "") {
			if err := json.Unmarshal([]byte(verbatim(script)), &option); err != nil {
				t.Errorf("%s: %v", attr(f, "id"), err)
			}
		}
		drawn := 0
		for _, draw := range all(f, "div", "draw") {
			if drawn = len(all(draw, "", "p")); hasClass(f, "chart-rows") {
				drawn = len(all(draw, "li", ""))
			}
		}
		said := 0
		series, _ := option["series"].([]any)
		for _, s := range series {
			points, _ := s.(map[string]any)["data"].([]any)
			for _, p := range points {
				if p, ok := p.(map[string]any); ok && p["at"] != nil {
					if at := int(p["at"].(float64)); at >= drawn {
						t.Errorf("%s: a point belongs to mark %d of %d", attr(f, "id"), at, drawn)
					}
					said++
				}
			}
		}
		if said != drawn || said == 0 {
			t.Errorf("%s: %d points in the options, %d in the drawing", attr(f, "id"), said, drawn)
		}
		if len(all(f, "table", "")) == 0 {
			t.Errorf("%s has no table", attr(f, "id"))
		}
	}
	if text := content(doc); !strings.Contains(text, hostile[0]) {
		t.Error("a hostile name is not shown as text")
	}
}

// verbatim returns the text of a node as it is.
func verbatim(n *html.Node) string {
	if n.FirstChild == nil {
		return ""
	}
	return n.FirstChild.Data
}
