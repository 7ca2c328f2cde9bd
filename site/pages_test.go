package site

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/bsgen/bsgen/archive"
)

// texts returns the texts of elements.
func texts(nodes []*html.Node) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, content(n))
	}
	return out
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
	for _, want := range []string{"unknown", "Recorded by"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(text, "recomputes to the same bytes") || len(all(doc, "section", "result")) != len(all(doc, "a", "whole")) {
		t.Error("what each score's own page says is said again, or there is no link to it")
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
	// Three are ranked, and there is a reference row; it and the baseline are no circles.
	var marks, circles int
	for _, p := range all(doc, "g", "p") {
		if !inside(p, "ol") {
			continue // the legend
		}
		circles += len(all(p, "circle", ""))
		marks += len(all(p, "circle", "")) + len(all(p, "path", ""))
	}
	if marks != 4 || circles != 2 {
		t.Errorf("%d marks, %d of them circles; want 4 and 2: m0, m3, m4 (one of them a baseline) and the reference", marks, circles)
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

// TestBenchmarkImages: the command that writes the images stands where some
// benchmark on the same stimuli says where they are.
// TestTwins: a model's page leads to the same network on another board.
func TestTwins(t *testing.T) {
	a := fixture(t)
	a.Boards[0].Questions = []archive.Question{{
		ID: "q", Title: "Q", X: archive.Quantity{Node: "a"}, Y: archive.Quantity{Node: "b"},
		Match: map[string]string{"m0": "m4", "m1": "gone"},
	}}
	dir := build(t, a)
	for model, want := range map[string]string{"m0": "../../models/m4/index.html", "m4": "../../models/m0/index.html", "m1": ""} {
		got := ""
		for _, div := range all(parsePage(t, dir, "models/"+model+"/index.html"), "div", "") {
			if terms := all(div, "dt", ""); len(terms) == 1 && content(terms[0]) == "Same network" {
				got = attr(all(div, "a", "")[0], "href")
			}
		}
		if got != want {
			t.Errorf("%s leads to %q, want %q", model, got, want)
		}
	}
}

func TestSaturation(t *testing.T) {
	a := fixture(t)
	for i := range a.Results["m0"] {
		if r := &a.Results["m0"][i]; r.Benchmark == "a" { // a band from .8 on
			r.Ceiling.Lower, r.Ceiling.Upper = .4, .5
		}
	}
	dir := build(t, a)
	for benchmark, want := range map[string]string{
		"a": "Not saturated: the best model has 50 % of the ceiling, and no model's interval reaches the ceiling's band, which begins at 0.800.",
		"b": "Not saturated: the best model has 40 % of the ceiling, and no model's interval reaches the ceiling.",
		"e": "Saturated: the score of 1 model reaches the ceiling.",
	} {
		if got := content(parsePage(t, dir, "benchmarks/"+benchmark+"/index.html")); !strings.Contains(got, want) {
			t.Errorf("%s: the page does not say %q", benchmark, want)
		}
	}
}

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
