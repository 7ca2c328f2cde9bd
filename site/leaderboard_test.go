package site

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
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
					if id = strings.TrimSuffix(id, "/index.html"); out[id] == nil { // a second table may name it too
						out[id] = tr
					}
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
		{"m0", 0, "1 [1–1]"},
		{"m0", colScore, "0.450! 2 warnings"},
		{"m0", colA, "0.500! 1 warning"},
		{"m0", colB, "0.400! 1 warning"},
		{"m0", colHas, "2/2"},
		{"m1", 0, "not ranked"},
		{"m1", colScore, "0.4501/2! 1 warning"}, // the mean of what it has, and how much that is
		{"m1", colB, "✕ failed: " + hostile[1]},
		{"m1", colHas, "1/2"},
		{"m2", colB, "n/a not applicable: " + hostile[1]},
		{"m3", colA, "∅ undefined! 1 warning"},
		{"m3", colB, "0.300! 1 warning"},
		{"m4", colB, "−0.100! 1 warning"},
		{"m4", colScore, "0.000! 2 warnings"},
		{"m5", 0, "not ranked"}, // a reference row
		{"m5", colScore, "0.925! 2 warnings"},
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
	for _, th := range all(all(doc, "table", "board")[0], "th", "") {
		if attr(th, "scope") == "row" {
			_, id, _ := strings.Cut(attr(all(th, "a", "")[0], "href"), "models/")
			order = append(order, strings.TrimSuffix(id, "/index.html"))
		}
	}
	// Ranked, then partial by available mean, then the reference.
	if want := []string{"m0", "m4", "m1", "m3", "m2", "m5"}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
	if folds := all(doc, "details", "fold"); !strings.Contains(strings.Join(texts(folds), " "), "1 more benchmark has no model yet") {
		t.Error("the benchmark without a model is not folded away")
	}
	if !slices.ContainsFunc(all(doc, "th", ""), func(th *html.Node) bool { return attr(th, "data-behind") != "" }) {
		t.Error("no column opens in place")
	}
	if tables, captions := all(doc, "table", ""), all(doc, "caption", ""); len(captions) != len(tables) {
		t.Errorf("%d captions of %d tables", len(captions), len(tables))
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
		{"m0", "rank", "1"}, {"m0", "errors", "0.45"}, {"m0", "a:low", "0.45"}, {"m0", "a:state", "scored"}, {"m0", "a:kind", "score"}, {"m0", "a:warnings", "1"}, {"m0", "errors:warnings", "2"}, {"m0", "trained", ""},
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
	var got bytes.Buffer
	if err := json.Compact(&got, data); err != nil {
		t.Fatal(err)
	}
	if want, err := json.Marshal(doc); err != nil || got.String() != string(want) {
		t.Errorf("json is not what its types make of it (%v):\n%s\n%s", err, &got, want)
	}
}

// TestKinds checks that a leaderboard and the scores of its board say the same,
// and that a raw value never stands unmarked where scores stand.
func TestKinds(t *testing.T) {
	dir := build(t, fixture(t))
	read := func(at string) []map[string]string {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(at)))
		if err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var out []map[string]string
		for _, l := range lines[1:] {
			row := map[string]string{}
			for i, name := range lines[0] {
				row[name] = l[i]
			}
			out = append(out, row)
		}
		return out
	}
	scores := map[string]map[string]string{}
	for _, row := range read("data/v1/boards/vision/scores.csv") {
		scores[row["model"]+" "+row["benchmark"]] = row
	}
	compared := 0
	for _, at := range []string{"vision/errors/leaderboard.csv", "vision/plain/leaderboard.csv"} {
		for _, row := range read(at) {
			for _, b := range []string{"a", "b", "e"} {
				if _, ok := row[b]; !ok {
					continue
				}
				compared++
				s := scores[row["model"]+" "+b]
				if row[b] != s[row[b+":kind"]] || row[b+":kind"] != s["kind"] || row[b+":state"] != s["state"] || (row[b+":warnings"] == "0") != (s["warnings"] == "") {
					t.Errorf("%s at %s: leaderboard %q %s %s, scores %v", row["model"], b, row[b], row[b+":kind"], row[b+":state"], s)
				}
			}
		}
	}
	if compared < 12 {
		t.Errorf("%d scores were compared", compared)
	}
	if s := scores["m2 d"]; s["kind"] != "raw" || s["raw"] != "-0.3" || s["score"] != "" {
		t.Errorf("the raw value: %v", s)
	}
	doc := boardFile[behindFile](t, dir, "vision", "behind", "IT")
	if cell := doc.cell("m2", "d"); !strings.Contains(cell, `class="n r"`) || !strings.Contains(cell, "−0.300<small>raw</small>") {
		t.Errorf("the raw value in its column: %s", cell)
	}
}

// TestFlags checks the marks of results that a reader must not take at face value.
func TestFlags(t *testing.T) {
	a := fixture(t)
	const warning = "the model was fitted to other sessions of D (1)"
	a.Results["m0"][0].Warnings = append(a.Results["m0"][0].Warnings, warning)
	a.Results["m2"][2].Reason = "trained_on: the model was fitted to D"
	for _, b := range a.Benchmarks {
		if b.ID == "e" {
			b.Version = 2 // the results of version 1 remain
		}
	}
	out := filepath.Join(t.TempDir(), "out")
	if _, err := Build(a, Options{Out: out, Stale: map[string]bool{"m4 a": true}}); err != nil {
		t.Fatal(err)
	}
	scores, err := os.ReadFile(filepath.Join(out, "data", "v1", "boards", "vision", "scores.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(scores), ",true,"); n != 1 {
		t.Errorf("%d stale scores in scores.csv, want 1", n)
	}
	table := rows(t, parsePage(t, out, "vision/errors/index.html"))
	flag := all(table["m0"], "a", "flag")
	if len(flag) != 1 || attr(flag[0], "title") != warning || attr(flag[0], "href") != "../../models/m0/index.html#results" || content(flag[0]) == "" {
		t.Error("a model fitted to such data has no flag")
	}
	if len(all(table["m4"], "a", "flag")) != 0 {
		t.Error("a model that was fitted to nothing is flagged")
	}
	if n := len(all(table["m4"], "td", "stale")); n != 2 { // a, and the mean of errors
		t.Errorf("%d stale cells, want 2", n)
	}
	if n := len(all(table["m0"], "td", "stale")); n != 0 {
		t.Errorf("%d cells of another model are stale", n)
	}
	if text := content(table["m2"]); strings.Contains(text, "trained_on") || !strings.Contains(text, "not applicable: the model was fitted to D") {
		t.Errorf("the reason of m2: %q", text)
	}
	doc := parsePage(t, out, "vision/plain/index.html")
	if text := content(doc); !strings.Contains(text, "e: version 2 is not yet scored, only version 1") || !strings.Contains(text, "Without a score here") {
		t.Error("a version that is not yet scored is not said to be")
	}
}

// TestUntested checks that ranks without replicates claim nothing.
func TestUntested(t *testing.T) {
	a := fixture(t)
	for model := range a.Results {
		for i := range a.Results[model] {
			r := &a.Results[model][i]
			r.Interval.Low, r.Interval.High, r.Sidecar = nan, nan, nil
			if err := a.WriteResult(r, &archive.Sidecar{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	dir := build(t, a)
	for _, at := range []string{"vision/errors/index.html", "benchmarks/a/index.html"} {
		text := content(parsePage(t, dir, at))
		if !strings.Contains(text, untested) || strings.Contains(text, "ay be the best") || strings.Contains(text, "bars 95 %") {
			t.Errorf("%s does not say that differences were not tested", at)
		}
	}
}

func TestScores(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(build(t, fixture(t)), "data", "v1", "boards", "vision", "scores.json"))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct{ Scores []scoreRecord }
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

// TestViewsAndNodes: a view that shows all of a node is the node's page; one that
// leaves out a part of it, or some models, is not.
func TestViewsAndNodes(t *testing.T) {
	views := []archive.View{
		{ID: "front", Title: "Front", Node: "eng"},
		{ID: "whole", Title: "Whole", Node: "errors", Columns: []string{"a", "b", "e"}},
		{ID: "part", Title: "Part", Node: "errors", Columns: []string{"a", "e"}},
		{ID: "some", Title: "Some", Node: "errors", Filter: "m0"},
	}
	for _, test := range []struct {
		name  string
		views []archive.View
		at    string
		own   bool // the node's page is no view's
	}{
		{"all parts and more", views, "vision/whole/index.html", false},
		{"a part is missing", slices.Delete(slices.Clone(views), 1, 2), "vision/errors/index.html", true},
		{"the front page", views[1:], "vision/index.html", false},
	} {
		a := fixture(t)
		a.Boards[0].Views = test.views
		out := build(t, a)
		if _, err := os.Stat(filepath.Join(out, "vision/errors/index.html")); (err == nil) != test.own {
			t.Errorf("%s: a page of the node's own: %v", test.name, err == nil)
		}
		if doc := parsePage(t, out, test.at); len(all(doc, "section", "field")) != 1 {
			t.Errorf("%s: %s does not say how the models are spread", test.name, test.at)
		}
		links := all(parsePage(t, out, "benchmarks/index.html"), "a", "")
		if !slices.ContainsFunc(links, func(a *html.Node) bool { return attr(a, "href") == "../"+test.at }) {
			t.Errorf("%s: the list of benchmarks does not lead to %s", test.name, test.at)
		}
	}
}
