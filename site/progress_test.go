package site

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
	"golang.org/x/net/html"
)

// bests returns the rows of a table of bests: name, then cells, with * where the
// value rose.
func bests(table *html.Node) map[string]string {
	out := map[string]string{}
	for _, tr := range all(table, "tr", "")[1:] {
		line := ""
		for _, td := range all(tr, "td", "") {
			line += "|" + content(td)
			if hasClass(td, "rose") {
				line += "*"
			}
		}
		out[content(all(tr, "th", "")[0])] = line
	}
	return out
}

func TestProgress(t *testing.T) {
	a := fixture(t)
	for i, year := range []string{"2014", "unknown", "2012", "2013", "2013", "2010"} { // m5 is a reference row
		a.Models[i].Metadata.Year = archive.Fact{Value: strings.TrimPrefix(year, "unknown"), Source: "paper"}
	}
	out := buildWith(t, a, Options{History: replayed(a)})
	doc := parsePage(t, out, "vision/progress/index.html")
	tables := all(doc, "table", "best")
	if len(tables) != 2 {
		t.Fatalf("%d tables", len(tables))
	}
	if got, want := texts(all(all(tables[0], "thead", "")[0], "th", "")), []string{"Benchmark", "2012", "2013", "2014", "Best model", "Left to the ceiling"}; !slices.Equal(got, want) {
		t.Errorf("columns %q", got)
	}
	name := func(i int) string { return strings.Join(strings.Fields(hostile[i]), " ") }
	years := bests(tables[0])
	for row, want := range map[string]string{
		"a":      "|0.200 by " + name(2) + "*|0.200|0.500 by " + name(0) + "*|" + name(0) + "|0.500", // m4 of 2013 has .1, m3 nothing
		"b":      "||0.300 by " + name(3) + "*|0.400 by " + name(0) + "*|" + name(0) + "|0.600",
		"Errors": "||0.000 by " + name(4) + "*|0.450 by " + name(0) + "*|" + name(0) + "|0.550", // the mean of those that have both
	} {
		if years[row] != want {
			t.Errorf("%s: %q, want %q", row, years[row], want)
		}
	}
	if d := years["d"]; !strings.Contains(d, "raw|") || !strings.HasSuffix(d, "raw|") {
		t.Errorf("a raw value: %q", d)
	}
	history := bests(tables[1])
	if got, want := history["e"], "|1.150 by "+name(4)+"*|1.200 by "+name(4)+"*|1.200|"+name(4)+"|0.000"; got != want {
		t.Errorf("by the history: %q, want %q", got, want)
	}
	if text := content(doc); !strings.Contains(text, "1 model without a known year is left out.") {
		t.Error("the page does not say that a model is left out")
	}
	if n := len(all(doc, "figure", "chart-steps")); n != 2 {
		t.Errorf("%d charts", n)
	}
	if none := mainText(t, buildWith(t, fixture(t), Options{}), "empty/progress/index.html"); !strings.Contains(none, "No model here has a known year.") || !strings.Contains(none, "No history was available") {
		t.Errorf("an empty board: %s", none)
	}
}

// TestExtend: better values make a record, lower ones where lower is better;
// without that every other value does. Of one time the last stays.
// TestNoProgress: where all is of one time there is nothing to draw, which the
// page says, and the table stands.
func TestNoProgress(t *testing.T) {
	a := fixture(t) // all models are of 2014
	h := replayed(a)
	h.Steps, h.Tags = h.Steps[:1], nil
	doc := parsePage(t, buildWith(t, a, Options{History: h}), "vision/progress/index.html")
	if n := len(all(doc, "figure", "")); n != 0 {
		t.Errorf("%d charts of a single time", n)
	}
	if n := len(all(doc, "table", "best")); n != 2 {
		t.Errorf("%d tables", n)
	}
	want := []string{"All models with a known year are of one year: there is no progress to draw.", "The board has one state so far: there is no progress to draw."}
	if got := texts(all(doc, "p", "notice")); !slices.Equal(got, want) {
		t.Errorf("notices %q", got)
	}
}

func TestExtend(t *testing.T) {
	at := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }
	values := []record{{at(1), .5, "a"}, {at(2), .4, "b"}, {at(3), .6, "c"}, {at(3), .7, "d"}, {at(4), .7, "e"}, {at(5), .1, "f"}}
	for _, test := range []struct {
		direction string
		better    bool
		want      string
	}{{"higher", true, "ad"}, {"lower", true, "abf"}, {"higher", false, "abdef"}} {
		var list []record
		for _, r := range values {
			list = extend(&leaderboard.Node{Benchmark: &archive.Benchmark{Direction: test.direction}}, list, r, test.better)
		}
		got := ""
		for _, r := range list {
			got += r.model
		}
		if got != test.want {
			t.Errorf("%s, only better %v: %s, want %s", test.direction, test.better, got, test.want)
		}
	}
}

func TestEvenly(t *testing.T) {
	for _, test := range []struct {
		n, k int
		want []int
	}{{0, 8, nil}, {1, 8, []int{0}}, {3, 8, []int{0, 1, 2}}, {10, 4, []int{1, 4, 6, 9}}, {100, 2, []int{49, 99}}} {
		if got := evenly(test.n, test.k); !slices.Equal(got, test.want) {
			t.Errorf("%d of %d: %v, want %v", test.k, test.n, got, test.want)
		}
	}
}
