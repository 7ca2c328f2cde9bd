package leaderboard

import (
	"math"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// TestStrict: what counts and is missing, failed or not applicable enters as 0;
// what no model has, and views, stay out.
func TestStrict(t *testing.T) {
	view := primary("view", "V1")
	view.Primary = false
	f := newFixture(t, primary("a", "V1"), primary("b", "V1"), primary("c", "IT"), primary("nobody", "IT"), view)
	f.model(archive.RoleModel, "all", "failed", "half", "none", "onlyview")
	f.score("all", "a", .2)
	f.score("all", "b", .4)
	f.score("all", "c", .5)
	f.score("half", "a", .6)
	f.score("failed", "c", .8)
	f.write(f.result("failed", "a", archive.Failed), nil)
	f.write(f.result("failed", "b", archive.NotApplicable), nil)
	f.write(f.result("none", "c", archive.Failed), nil)
	f.score("onlyview", "view", .9)
	b, err := New(f.a, f.board)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		node, model string
		want        float64
	}{
		{"average", "all", .4}, // (.3 + .5) / 2
		{"V1", "all", .3},
		{"a", "all", .2},
		{"average", "half", .15}, // (.3 + 0) / 2
		{"V1", "half", .3},       // (.6 + 0) / 2
		{"IT", "half", nan},
		{"c", "half", nan},
		{"average", "failed", .4}, // (0 + .8) / 2
		{"average", "none", nan},
		{"average", "onlyview", nan},
		{"average", "unknown", nan},
		{"other", "all", nan},
	} {
		got := b.Node(tc.node).Strict(tc.model)
		if math.IsNaN(got) != math.IsNaN(tc.want) || math.Abs(got-tc.want) > 1e-12 {
			t.Errorf("strict mean of %s at %s is %v, want %v", tc.model, tc.node, got, tc.want)
		}
	}
}
