package site

import (
	"fmt"
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
	near := strings.Join(texts(all(doc, "table", "plain")), " ")
	last := max(strings.Index(near, "Model 1"), strings.Index(near, "Model 3"))
	if next := strings.Index(near, "Model 4"); strings.Count(near, "Model ") < 3 || last > next {
		t.Errorf("most like model 2: %q; want models 1 and 3 first", near)
	}
}
