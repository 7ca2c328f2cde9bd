package site

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// TestProfile: six models with the same order at two nodes, so that the third
// lies above two of five at both, and those beside it in score are most like it.
func TestProfile(t *testing.T) {
	a := fixture(t)
	for i := range 6 {
		m := &archive.Model{ID: fmt.Sprintf("p%d", i), Name: fmt.Sprintf("Model %d", i)}
		a.Models = append(a.Models, m)
		for _, b := range []string{"a", "b", "e"} {
			x := archive.Number(.1 * float64(i+1))
			r := &archive.Result{
				Schema: archive.ResultSchema, Model: m.ID, Benchmark: b, Version: 1, Status: archive.Scored, Rule: "ratio", Raw: x, Score: x, Unclipped: x,
				Ceiling: archive.ResultCeiling{Value: 1, Lower: nan, Upper: nan, Error: nan}, Error: archive.ResultError{Value: nan},
				Interval: archive.ResultInterval{Level: nan, Low: nan, High: nan}, Tolerance: 0,
			}
			if bench, ok := a.Benchmark(b); ok {
				r.Version = bench.Version
			}
			add(t, a, r, nil)
		}
	}
	doc := parsePage(t, build(t, a), "models/p2/index.html")
	said := texts(all(doc, "figure", "profile"))
	if len(said) != 1 || !strings.Contains(said[0], "above") {
		t.Fatalf("the profile says %q", said)
	}
	if n := len(all(doc, "circle", "own")); n < 2 {
		t.Errorf("%d dots of this model, want one for each node", n)
	}
	if strings.Contains(said[0], "Fewer than 5") {
		t.Errorf("the profile leaves nothing out and says %q", said)
	}
	near := strings.Join(texts(all(doc, "table", "plain")), " ")
	last := max(strings.Index(near, "Model 1"), strings.Index(near, "Model 3"))
	if next := strings.Index(near, "Model 4"); strings.Count(near, "Model ") < 3 || last > next {
		t.Errorf("most like model 2: %q; want models 1 and 3 first", near)
	}
}

// TestProfileLeavesOut: a node where few models are ranked is named below the
// profile, on the pages of those that are, and no rank is made for reference rows.
func TestProfileLeavesOut(t *testing.T) {
	a := relatedArchive(t)
	a.Boards[0].Nodes = append(a.Boards[0].Nodes, archive.Node{ID: "rare", Title: "Rare node", Parent: "mean"})
	rare := *a.Benchmarks[0]
	rare.ID, rare.Parent, rare.Dataset = "rare-one", "rare", "R"
	a.Benchmarks = append(a.Benchmarks, &rare)
	for _, m := range []string{"r03", "r04"} {
		for _, r := range a.Results[m] {
			if r.Benchmark == "a" {
				r.Benchmark = "rare-one"
				add(t, a, &r, nil)
			}
		}
	}
	out := build(t, a)
	const want = "Fewer than 5 models are ranked at Rare node."
	for model, says := range map[string]bool{"r03": true, "r05": false} {
		said := strings.Join(texts(all(parsePage(t, out, "models/"+model+"/index.html"), "figure", "profile")), " ")
		if strings.Contains(said, want) != says {
			t.Errorf("the profile of %s says %q", model, said)
		}
	}
	for model, heading := range map[string]bool{"m0": true, "m5": false} {
		table := all(parsePage(t, out, "models/"+model+"/index.html"), "table", "scores")[0]
		head := texts(all(all(table, "thead", "")[0], "th", ""))
		if slices.Contains(head, "Rank") != heading {
			t.Errorf("the headings of %s are %q", model, head)
		}
		for _, tr := range all(all(table, "tbody", "")[0], "tr", "") {
			if n := len(all(tr, "td", "")) + len(all(tr, "th", "")); n != len(head) {
				t.Errorf("%s: a row of %d cells below %d headings", model, n, len(head))
			}
		}
	}
}
