package site

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// relatedArchive is the fixture with 12 models more that have all of a, b and e,
// of four hostile families, and questions to them.
func relatedArchive(t testing.TB) *archive.Archive {
	a := fixture(t)
	for i := range 12 {
		m := &archive.Model{ID: fmt.Sprintf("r%02d", i), Name: hostile[i%6], Role: archive.RoleModel, Dir: fmt.Sprintf("submissions/r%02d", i)}
		m.Metadata.Family = fmt.Sprint(hostile[i%5], i%5)
		m.Metadata.Parameters.Value = fmt.Sprint(1000 + i)
		a.Models = append(a.Models, m)
		for benchmark, x := range map[string]float64{"a": float64(i) / 12, "b": float64(i)/12 + .02*float64(i%2), "e": float64(i*5%12) / 12} {
			r := &archive.Result{Model: m.ID, Benchmark: benchmark, Version: 1, Status: archive.Scored, Provenance: &archive.Provenance{Kind: "computed"},
				Raw: archive.Number(x / 2), Score: archive.Number(x), Unclipped: archive.Number(x), Rule: "ratio",
				Ceiling: archive.ResultCeiling{Value: .5, Scale: "reference", Lower: nan, Upper: nan, Error: nan}, Error: archive.ResultError{Value: nan},
				Interval: archive.ResultInterval{Level: nan, Low: nan, High: nan}}
			add(t, a, r, nil)
		}
	}
	a.Boards[0].Questions = []archive.Question{
		{ID: "ab", Title: "Does b rise with a? " + hostile[0], X: archive.Quantity{Node: "a"}, Y: archive.Quantity{Node: "b"}, Claim: hostile[1], Expect: "rises",
			Source: archive.Reference{Short: hostile[0], URL: "javascript:alert(9)"}, Caveat: hostile[0], Control: &archive.Quantity{Metadata: "parameters"}},
		{ID: "ae", Title: "And e?", X: archive.Quantity{Node: "a"}, Y: archive.Quantity{Node: "e"}, Claim: "It falls.", Expect: "falls", Source: archive.Reference{Short: "S"}},
		{ID: "c", Title: "Can it be asked?", X: archive.Quantity{Node: "a"}, Y: archive.Quantity{Node: "d"}, Claim: "Yes.", Expect: "rises", Source: archive.Reference{Short: "S"}},
		{ID: "flat", Title: "Does it flatten?", X: archive.Quantity{Node: "a"}, Y: archive.Quantity{Title: "both", Mean: []string{"a", "b"}}, Claim: "Yes.", Expect: "flattens", Bend: .5, Source: archive.Reference{Short: "S"}},
	}
	return a
}

func TestRelationsPage(t *testing.T) {
	dir := build(t, relatedArchive(t))
	doc := parsePage(t, dir, "vision/relations/index.html")
	var verdicts []string
	for _, p := range all(doc, "p", "verdict") {
		verdicts = append(verdicts, content(p))
	}
	want := []string{
		"These data agree with the claim.",
		"The relation is not resolved by these data.",
		"Can not be tested here: 1 model has both numbers, and 8 are needed.",
		"Whether it flattens is not resolved by these data.",
	}
	if fmt.Sprint(verdicts) != fmt.Sprint(want) {
		t.Errorf("verdicts %q, want %q", verdicts, want)
	}
	matrix := all(doc, "table", "matrix")
	if len(matrix) != 1 {
		t.Fatal("no matrix")
	}
	// Errors is a mean of a and b; IT and its only view count in nothing.
	cells := all(matrix[0], "td", "")
	if got := len(cells); got != 1+16 {
		t.Errorf("%d cells, want 16 of four nodes and a corner", got)
	}
	strong := 0
	for _, td := range cells[1:] {
		text := content(td)
		switch {
		case hasClass(td, "dg") != (text == ""):
			t.Errorf("a cell of class %q says %q", attr(td, "class"), text)
		case strings.HasPrefix(attr(td, "class"), "p") && strings.HasPrefix(text, minus), strings.HasPrefix(attr(td, "class"), "n") && !strings.HasPrefix(text, minus):
			t.Errorf("%q has the shade %q", text, attr(td, "class"))
		case len(all(td, "b", "")) > 0:
			strong++
			if len(all(td, "a", "")) != 1 {
				t.Errorf("%q leads nowhere", text)
			}
		}
	}
	if strong != 2 {
		t.Errorf("%d cells are resolved, want a with b, twice", strong)
	}
	file, err := os.Open(filepath.Join(dir, "vision/relations/relations.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) != 1+6 {
		t.Errorf("the CSV has %d rows, %v; want a head and six pairs", len(rows), err)
	}
	empty := parsePage(t, dir, "empty/relations/index.html")
	if n := all(empty, "p", "notice"); len(n) != 1 || len(all(empty, "table", "")) != 0 {
		t.Errorf("the page of a board without scores: %q", texts(n))
	}
}

func TestRelationPages(t *testing.T) {
	a := relatedArchive(t)
	dir := build(t, a)
	doc := parsePage(t, dir, "vision/relations/a~b/index.html")
	table := all(doc, "table", "relations")[0]
	var statistics []string
	for _, th := range all(table, "th", "") {
		if attr(th, "scope") == "row" {
			statistics = append(statistics, content(th))
		}
	}
	if fmt.Sprint(statistics) != "[Pearson's r Spearman's ρ]" {
		t.Errorf("statistics %q", statistics)
	}
	for _, td := range all(table, "td", "i") {
		if text := content(td); text != "none" && !strings.Contains(text, " to ") {
			t.Errorf("an interval is %q", text)
		}
	}
	// 12 models, and m0 and m4 of the fixture.
	if got := len(all(all(doc, "table", "scores")[0], "tr", "")); got != 1+14 {
		t.Errorf("%d rows of models", got)
	}
	if got := len(all(doc, "a", "p")); got != 14 {
		t.Errorf("%d points lead to a model", got)
	}
	question := parsePage(t, dir, "vision/relations/question-ab/index.html")
	text := content(question)
	for _, want := range []string{hostile[1], "partial correlation", "These data agree with the claim."} {
		if !strings.Contains(text, want) {
			t.Errorf("the question's page does not say %q", want)
		}
	}
	if !strings.Contains(content(parsePage(t, dir, "vision/relations/question-flat/index.html")), "Change of slope at 0.5") {
		t.Error("the page does not test the place that the claim names")
	}
	// Every benchmark names those that it correlates with.
	if got := content(parsePage(t, dir, "benchmarks/a/index.html")); !strings.Contains(got, "Benchmarks that correlate most") {
		t.Error("the benchmark's page does not name what it correlates with")
	}
}

func TestCorrelationText(t *testing.T) {
	for r, want := range map[float64][2]string{
		.614: {".61", "p6"}, -.04: {minus + ".04", "p0"}, -.051: {minus + ".05", "n1"}, 1: {"1.00", "p10"}, -1: {minus + "1.00", "n10"}, 0: {".00", "p0"}, .999: {"1.00", "p10"},
	} {
		if got := [2]string{correlationText(r), correlationClass(r)}; got != want {
			t.Errorf("%v is written %q, want %q", r, got, want)
		}
	}
	for p, want := range map[float64]string{math.NaN(): "", .0004: "< 0.001", .0213: "0.021", .094: "0.094", .0999: "0.10", .5: "0.50"} {
		if got := rateText(p); got != want {
			t.Errorf("p = %v is written %q, want %q", p, got, want)
		}
	}
}

// TestBestFirst: the table of a relation begins with the best x, which is the
// smallest of a benchmark where lower is better.
func TestBestFirst(t *testing.T) {
	for direction, want := range map[string]string{"higher": "descending", "lower": "ascending"} {
		a := relatedArchive(t)
		for _, b := range a.Benchmarks {
			if b.ID == "a" {
				b.Direction = direction
			}
		}
		out := build(t, a)
		for _, at := range []string{"a~b", "question-ab"} {
			table := all(parsePage(t, out, "vision/relations/"+at+"/index.html"), "table", "scores")[0]
			if got := attr(all(table, "th", "")[1], "aria-sort"); got != want {
				t.Errorf("%s: sorted %s where %s is better", at, got, direction)
			}
			var xs []float64
			for _, tr := range all(table, "tr", "")[1:] {
				x, err := strconv.ParseFloat(strings.Replace(content(all(tr, "td", "")[0]), minus, "-", 1), 64)
				if err != nil {
					t.Fatal(err)
				}
				xs = append(xs, x)
			}
			if direction == "higher" {
				slices.Reverse(xs)
			}
			if !slices.IsSorted(xs) || len(xs) < 12 {
				t.Errorf("%s, %s is better: %v", at, direction, xs)
			}
		}
	}
}

// TestPick: any two nodes can be picked, and every page of two is at the address
// that the script makes of them.
func TestPick(t *testing.T) {
	a := relatedArchive(t)
	other := *a.Benchmarks[0]
	other.ID = "A" // file systems ignore that it is another
	a.Benchmarks = append(a.Benchmarks, &other)
	for _, m := range a.Models {
		for _, r := range slices.Clone(a.Results[m.ID]) {
			if r.Benchmark == "a" {
				r.Benchmark = "A"
				add(t, a, &r, nil)
			}
		}
	}
	out := build(t, a)
	doc := parsePage(t, out, "vision/relations/index.html")
	var data RelationPick
	for _, script := range all(doc, "script", "") {
		if attr(script, "id") == "any-data" {
			if err := json.Unmarshal([]byte(script.FirstChild.Data), &data); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(data.Nodes) < 5 || data.Models != "" {
		t.Fatalf("the page knows %+v", data)
	}
	if got := len(all(all(doc, "form", "pair")[0], "option", "")); got != 2*len(data.Nodes) {
		t.Errorf("%d options", got)
	}
	pages, odd := 0, 0
	for i, x := range data.Nodes {
		for _, j := range x.Pages {
			at := x.Odd[j]
			if odd += len(at); at == "" {
				at = x.Key + "~" + data.Nodes[j].Key + "/index.html"
			}
			pages++
			heading := content(all(parsePage(t, filepath.Join(out, "vision/relations"), at), "h1", "")[0])
			if want := strings.Join(strings.Fields(x.Name+" and "+data.Nodes[j].Name), " "); heading != want || j <= i {
				t.Errorf("%s is the page of %q, want %q", at, heading, want)
			}
		}
	}
	have, err := filepath.Glob(filepath.Join(out, "vision/relations/*~*/index.html"))
	if err != nil || pages != len(have) || odd == 0 {
		t.Errorf("%d of %d pages can be picked, %d odd, %v", pages, len(have), odd, err)
	}
}
