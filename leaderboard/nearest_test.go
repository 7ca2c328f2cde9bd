package leaderboard

import (
	"testing"

	"github.com/bsgen/bsgen/archive"
)

func TestNearest(t *testing.T) {
	f := newFixture(t, primary("a", "V1"), primary("b", "V1"), primary("c", "IT"), primary("d", "IT"))
	f.model(archive.RoleModel, "x", "near", "far", "few", "tied")
	f.model(archive.RoleReference, "people")
	for model, scores := range map[string][]float64{
		"x": {.1, .2, .3, .4}, "near": {.1, .2, .3, .8}, "tied": {.2, .1, .4, .3}, "far": {.9, .9, .9, .9}, "few": {.1, .2}, "people": {.1, .2, .3, .4},
	} {
		for i, s := range scores {
			f.score(model, string("abcd"[i]), s)
		}
	}
	b := f.compute()
	got := b.Nearest("x", 2)
	if len(got) != 2 || got[0].Model.ID != "near" || got[1].Model.ID != "tied" || !near(got[0].Distance, .1) || got[0].Shared != 4 {
		t.Errorf("nearest to x: %+v", got)
	}
	if got := b.Nearest("x", 9); len(got) != 3 {
		t.Errorf("%d models are near x; want 3: people are no model, and few shares two benchmarks only", len(got))
	}
	if got := b.Nearest("few", 3); len(got) != 0 {
		t.Errorf("few has two scores and still has neighbours: %+v", got)
	}
}
