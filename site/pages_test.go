package site

import (
	"math"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// texts returns the texts of elements.
func texts(nodes []*html.Node) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, content(n))
	}
	return out
}

// TestLabelEvery checks which ticks keep their label on a narrow page.
func TestLabelEvery(t *testing.T) {
	for steps, want := range []int{1, 1, 2, 3, 2, 5, 2, 7, 2} {
		if got := labelEvery(steps); got != want {
			t.Errorf("%d steps: every %d, want %d", steps, got, want)
		}
		if steps > 0 && steps%labelEvery(steps) != 0 {
			t.Errorf("%d steps: the last tick has no label", steps)
		}
	}
}

func TestModelPage(t *testing.T) {
	a := fixture(t)
	old := a.Results["m0"][0]
	a.Benchmarks[0].Version, a.Benchmarks[0].Replaces = 2, "trials counted twice"
	dir := build(t, a)
	doc := parsePage(t, dir, "models/m0/index.html")
	var first *html.Node
	for _, sec := range all(doc, "section", "result") {
		if attr(sec, "id") == "r-a-1" {
			first = sec
		}
	}
	if first == nil {
		t.Fatal("the result is not on the page")
	}
	if h := content(all(first, "h3", "")[0]); !strings.Contains(h, "(version 1, superseded)") || !strings.Contains(h, "0.500") {
		t.Errorf("heading %q", h)
	}
	if len(all(first, "pre", "")) != 0 {
		t.Error("a superseded result has a command that would recompute another version")
	}
	if got := texts(all(first, "ul", "warn")); len(got) != 1 || got[0] != old.Warnings[0] {
		t.Errorf("warnings %q", got)
	}
	var commands []string
	for _, pre := range all(doc, "pre", "") {
		commands = append(commands, content(pre))
	}
	if !strings.Contains(strings.Join(commands, "\n"), "bsgen verify --model m0 --benchmark b") {
		t.Errorf("commands %q", commands)
	}
	text := content(doc)
	for _, want := range []string{"1 234 567", "recomputes to the same bytes", "unknown", "Recorded by"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	failed := content(parsePage(t, dir, "models/m1/index.html"))
	if words := all(parsePage(t, dir, "models/m1/index.html"), "span", "words"); len(words) != 1 {
		t.Errorf("%d reasons may break into lines, want 1", len(words))
	}
	if !strings.Contains(failed, "failed: "+hostile[1]) {
		t.Error("the reason of a failure is not on the page")
	}
	if reference := content(parsePage(t, dir, "models/m5/index.html")); !strings.Contains(reference, "never ranked") {
		t.Error("a reference row is not called one")
	}
}

func TestBenchmarkPage(t *testing.T) {
	dir := build(t, fixture(t))
	doc := parsePage(t, dir, "benchmarks/b/index.html")
	if got, want := texts(all(doc, "tr", "sec")), []string{"Reference rows, not models", "Without a score"}; strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("sections %q, want %q", got, want)
	}
	table := rows(t, doc)
	for model, want := range map[string]string{"m0": "0.400", "m4": "−0.100", "m1": "✕ failed: " + hostile[1], "m2": "n/a not applicable: " + hostile[1], "m5": "0.950"} {
		if tr := table[model]; tr == nil || !strings.Contains(content(tr), want) {
			t.Errorf("%s: %v, want %q in it", model, tr, want)
		}
	}
	// Four ranked and the reference row; a value on the axis is a circle.
	if n := len(all(doc, "circle", "pt")); n != 4 {
		t.Errorf("%d dots, want 4: m0, m3, m4 and the reference", n)
	}
	text := content(doc)
	for _, want := range []string{"score = r / c", "agreement among subjects", "weight in Mean 1/2", "bsgen verify --benchmark b", "of the kind choices"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if raw := content(parsePage(t, dir, "benchmarks/d/index.html")); !strings.Contains(raw, "Raw value") || !strings.Contains(raw, "−0.300") || strings.Contains(raw, "score = ") {
		t.Error("a benchmark without a rule does not show raw values")
	}
	if none := content(parsePage(t, dir, "benchmarks/c/index.html")); !strings.Contains(none, "No model has a score here yet") {
		t.Error("a benchmark without models does not say so")
	}
}

func TestPlotAxis(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		rows   []plotRow
		share  bool
		lo, hi float64
	}{
		{[]plotRow{{value: .3, low: .2, high: .4}}, true, 0, 1},
		{[]plotRow{{value: .3, low: -.05, high: .4}}, true, -.2, 1},
		{[]plotRow{{value: 1.1, low: nan, high: nan}}, true, 0, 1.2},
		{[]plotRow{{value: .008, low: .002, high: .014}}, false, 0, .014},
		{[]plotRow{{value: 0, low: nan, high: nan}}, false, 0, 1},
		{nil, false, 0, 1},
	} {
		p := plot{rows: test.rows}
		p.fit(test.share)
		if math.Abs(p.lo-test.lo) > 1e-9 || math.Abs(p.hi-test.hi) > 1e-9 {
			t.Errorf("%v: axis %v to %v, want %v to %v", test.rows, p.lo, p.hi, test.lo, test.hi)
		}
		if n := (p.hi - p.lo) / tickStep(p.hi-p.lo); n < 3 || n > 8.001 {
			t.Errorf("%v: %v ticks", test.rows, n)
		}
	}
}

// TestBenchmarkImages: the command that writes the images stands where some
// benchmark on the same stimuli says where they are.
func TestBenchmarkImages(t *testing.T) {
	a := fixture(t)
	a.Benchmarks[0].Stimuli.Reader = "image-zip"
	for _, b := range a.Benchmarks[2:] {
		b.Dataset = "without"
	}
	dir := build(t, a)
	for _, b := range a.Benchmarks {
		page := content(parsePage(t, dir, "benchmarks/"+b.ID+"/index.html"))
		got := strings.Contains(page, "bsgen stimuli "+b.ID+" --out stimuli")
		if want := b.Dataset == "D"; got != want {
			t.Errorf("%s: the command stands there: %v, want %v", b.ID, got, want)
		}
	}
}
