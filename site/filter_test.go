package site

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"golang.org/x/net/html"
)

// TestFilter: a view that searches for something shows the models that match,
// ranked among themselves, without any script; the others are there and hidden.
func TestFilter(t *testing.T) {
	for _, c := range []struct {
		filter        string
		shown, hidden string // model, rank and rank among all
		says          string
	}{
		{"", "r11 1 [1–6], r10 2 [1–6], r09 3 [1–6], r08 4 [1–6]", "", ""},
		{"NOT r11", "r10 1 [1–5] all: 2 [1–6], r09 2 [1–5] all: 3 [1–6], r08 3 [1–5] all: 4 [1–6]", "r11", ""},
		{"r08 OR year:2014", "r08 1 [1–3] all: 4 [1–6]", "r11 r10 r09", ""},
		{"a:<.8", "r09 1 [1–4] all: 3 [1–6], r08 2 [1–4] all: 4 [1–6]", "r11 r10", ""},
		{"params:1011", "r11 1 all: 1 [1–6]", "r10 r09 r08", ""},
		{"nobody", "", "r11 r10 r09 r08", "No model is what this view searches for."},
		{"colour:red", "r11 1 [1–6], r10 2 [1–6], r09 3 [1–6], r08 4 [1–6]", "", "What this view searches for can not be understood: there is no field colour. It shows all models."},
	} {
		a := relatedArchive(t)
		a.Models = append(a.Models[:6:6], a.Models[6+8:]...) // of the twelve the last four
		a.Boards[0].Views = []archive.View{{ID: "front", Title: "Front", Node: "eng"}, {ID: "some", Title: "Some", Node: "errors", Columns: []string{"a", "b"}, Filter: c.filter}}
		out := build(t, a)
		doc := parsePage(t, out, "vision/some/index.html")
		var shown, hidden []string
		for _, tr := range all(all(doc, "table", "board")[0], "tr", "") {
			name := all(tr, "a", "")
			if len(name) == 0 || !strings.HasPrefix(attr(name[0], "href"), "../../models/r") {
				continue
			}
			id := strings.Split(attr(name[0], "href"), "/")[3]
			if slices.ContainsFunc(tr.Attr, func(a html.Attribute) bool { return a.Key == "hidden" }) {
				hidden = append(hidden, id)
			} else {
				shown = append(shown, strings.TrimSpace(id+" "+content(all(tr, "td", "rank")[0])))
			}
		}
		if got := strings.Join(shown, ", "); got != c.shown {
			t.Errorf("%q shows %q, want %q", c.filter, got, c.shown)
		}
		if got := strings.Join(hidden, " "); got != c.hidden {
			t.Errorf("%q hides %q, want %q", c.filter, got, c.hidden)
		}
		if got := strings.Join(texts(all(doc, "p", "notice")), " "); got != c.says {
			t.Errorf("%q says %q, want %q", c.filter, got, c.says)
		}
		csv, err := os.ReadFile(filepath.Join(out, "vision/some/leaderboard.csv"))
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range strings.Fields(c.hidden) {
			if strings.Contains(string(csv), ","+id+",") {
				t.Errorf("%q: the CSV has %s, which the table hides", c.filter, id)
			}
		}
	}
}

// TestFilterMistake: who builds a site is told of a search that can not be understood.
func TestFilterMistake(t *testing.T) {
	a := fixture(t)
	a.Boards[0].Views[1].Filter = "family:x AND"
	s, err := newSite(a, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := "board vision: view it: filter: something is missing at the end; it shows all models"
	if got := fmt.Sprint(s.warnings); got != "["+want+"]" {
		t.Errorf("warnings %s, want %s", got, want)
	}
}
