package site

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// rows returns the body rows of a page's table by the file that they link to.
func rows(t *testing.T, doc *html.Node) map[string]*html.Node {
	t.Helper()
	out := map[string]*html.Node{}
	for _, body := range all(doc, "tbody", "") {
		for _, tr := range all(body, "tr", "") {
			for _, a := range all(tr, "a", "") {
				if _, id, ok := strings.Cut(attr(a, "href"), "models/"); ok {
					out[strings.TrimSuffix(id, "/index.html")] = tr
					break
				}
			}
		}
	}
	return out
}

// TestStates checks that what is missing never looks like a number.
func TestStates(t *testing.T) {
	doc := parsePage(t, build(t, fixture(t)), "vision/errors/index.html")
	table := rows(t, doc)
	// Columns: rank, model, Errors, its interval, a, b, coverage.
	const colScore, colInterval, colA, colB, colHas = 2, 3, 4, 5, 6
	for _, test := range []struct {
		model  string
		column int
		want   string
	}{
		{"m0", 0, "11–1"}, // rank 1, interval 1–1
		{"m0", colScore, "0.450"},
		{"m0", colA, "0.500"},
		{"m0", colB, "0.400"},
		{"m0", colHas, "2/2"},
		{"m1", 0, "not ranked"},
		{"m1", colScore, "0.4501/2"}, // the mean of what it has, and how much that is
		{"m1", colB, "✕ failed: " + hostile[1]},
		{"m1", colHas, "1/2"},
		{"m2", colB, "n/a not applicable: " + hostile[1]},
		{"m3", colA, "∅ undefined"},
		{"m3", colB, "0.300"},
		{"m4", colB, "−0.100"},
		{"m4", colScore, "0.000"},
		{"m5", 0, "not ranked"}, // a reference row
		{"m5", colScore, "0.925"},
	} {
		tr := table[test.model]
		if tr == nil {
			t.Fatalf("no row for %s", test.model)
		}
		var cells []*html.Node
		for c := range tr.ChildNodes() {
			if c.Type == html.ElementNode {
				cells = append(cells, c)
			}
		}
		if got := content(cells[test.column]); got != test.want {
			t.Errorf("%s column %d: %q, want %q", test.model, test.column, got, test.want)
		}
	}
}

func TestSections(t *testing.T) {
	doc := parsePage(t, build(t, fixture(t)), "vision/index.html")
	var titles []string
	for _, tr := range all(doc, "tr", "sec") {
		titles = append(titles, content(tr))
	}
	if len(titles) != 2 || !strings.HasPrefix(titles[0], "Not ranked here: lacks a benchmark") || !strings.HasPrefix(titles[1], "Reference rows") {
		t.Errorf("sections %q", titles)
	}
	var order []string
	for _, th := range all(doc, "th", "") {
		if attr(th, "scope") == "row" {
			_, id, _ := strings.Cut(attr(all(th, "a", "")[0], "href"), "models/")
			order = append(order, strings.TrimSuffix(id, "/index.html"))
		}
	}
	// Ranked, then partial by available mean, then the reference.
	if want := []string{"m0", "m4", "m1", "m3", "m2", "m5"}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
	if folds := all(doc, "details", "fold"); len(folds) == 0 || !strings.Contains(content(folds[0]), "1 more benchmark has no model yet") {
		t.Error("the benchmark without a model is not folded away")
	}
	if n := len(all(doc, "input", "")); n == 0 {
		t.Error("no column opens in place")
	}
	if th := all(doc, "caption", ""); len(th) != 1 {
		t.Errorf("%d captions", len(th))
	}
	for _, th := range all(doc, "th", "") {
		if attr(th, "scope") == "" {
			t.Errorf("a heading without scope: %s", content(th))
		}
	}
}

func TestNotices(t *testing.T) {
	dir := build(t, fixture(t))
	for at, want := range map[string]string{
		"empty/index.html":          "No model has a score here yet.",
		"vision/IT-node/index.html": "No benchmark here counts in a mean, so there is nothing to rank by. Each ranks the models on its own page.",
		"vision/errors/index.html":  "",
	} {
		var got string
		if n := all(parsePage(t, dir, at), "p", "notice"); len(n) > 0 {
			got = content(n[0])
		}
		if got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
}

// TestTableFiles checks that CSV and JSON say what the page says.
func TestTableFiles(t *testing.T) {
	dir := build(t, fixture(t))
	f, err := os.Open(filepath.Join(dir, "vision", "errors", "leaderboard.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	head := lines[0]
	at := func(model, column string) string {
		for _, l := range lines[1:] {
			if l[slices.Index(head, "model")] == model {
				return l[slices.Index(head, column)]
			}
		}
		t.Fatalf("no line for %s", model)
		return ""
	}
	for _, test := range [][3]string{
		{"m0", "rank", "1"}, {"m0", "errors", "0.45"}, {"m0", "a:low", "0.45"}, {"m0", "a:state", "scored"},
		{"m1", "rank", ""}, {"m1", "section", "partial"}, {"m1", "b", ""}, {"m1", "b:state", "failed"},
		{"m2", "b:state", "not_applicable"}, {"m3", "a", ""}, {"m3", "a:state", "scored"}, {"m5", "section", "reference"},
	} {
		if got := at(test[0], test[1]); got != test[2] {
			t.Errorf("csv %s %s: %q, want %q", test[0], test[1], got, test[2])
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "vision", "errors", "leaderboard.json"))
	if err != nil {
		t.Fatal(err)
	}
	var doc tableJSON
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Rows) != len(lines)-1 || doc.Rows[0].Name != hostile[0] || len(doc.Rows[0].Cells) != len(doc.Columns) {
		t.Errorf("json has %d rows, csv %d; first %q", len(doc.Rows), len(lines)-1, doc.Rows[0].Name)
	}
}

func TestScores(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(build(t, fixture(t)), "data", "vision", "scores.json"))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct{ Scores []scoreJSON }
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	states := map[string]int{}
	for _, s := range doc.Scores {
		states[s.State]++
		if s.Benchmark == "c" {
			t.Error("a benchmark without any result is listed")
		}
	}
	// 4 benchmarks with results x 6 models: 13 scored, one failed, one not applicable.
	if states["scored"] != 13 || states["failed"] != 1 || states["not_applicable"] != 1 || states["not_run"] != 9 {
		t.Errorf("states %v", states)
	}
}
