package leaderboard

import (
	"math"
	"slices"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// units writes a scored result with these units.
func (f *fixture) units(model, benchmark, kind string, raw, score float64, rule string, ceiling float64, units ...float32) {
	f.Helper()
	r := f.result(model, benchmark, archive.Scored)
	r.Raw, r.Score, r.Unclipped, r.Rule = archive.Number(raw), archive.Number(score), archive.Number(score), rule
	r.Ceiling.Value = archive.Number(ceiling)
	r.Units = archive.ResultUnits{Kind: kind, N: len(units)}
	if err := f.a.WriteResult(r, &archive.Sidecar{Replicates: []float32{float32(score)}, Units: units}); err != nil {
		f.Fatal(err)
	}
	f.a.Results[model] = append(f.a.Results[model], *r)
}

func TestUnexplained(t *testing.T) {
	top1, v4, times := primary("top1", "IT"), primary("v4", "V1"), primary("times", "other")
	for _, b := range []*archive.Benchmark{top1, v4, times} {
		b.Normalize = "ratio"
	}
	f := newFixture(t, top1, v4, times, primary("nobody", "IT"))
	f.model(archive.RoleModel, "a", "b")
	f.model(archive.RoleReference, "people")
	nan32 := float32(nan)
	f.units("a", "top1", "image", .5, .5, "ratio", 1, 1, 0, 0, 1)
	f.units("b", "top1", "image", .25, .25, "ratio", 1, 0, 0, 1, 0)
	f.units("people", "top1", "image", 1, 1, "ratio", 1, 1, 1, 1, 1) // no model: explains nothing
	// Half of a reliability of .72 needs r = sqrt(.72 / 2) = .6.
	f.units("a", "v4", "neuroid", .5, .35, "explained_variance", .72, .61, .5, nan32, .2)
	f.units("b", "v4", "neuroid", .4, .22, "explained_variance", .72, .1, .55, nan32, .3)
	f.units("a", "times", "word", .9, 1.2, "ratio", .75, 1, 2)

	gaps := f.compute().Gaps()
	var ids []string
	for _, g := range gaps {
		ids = append(ids, g.Leaf.ID)
	}
	if want := []string{"v4", "top1", "times"}; !slices.Equal(ids, want) {
		t.Fatalf("gaps of %v, want %v, most open first", ids, want)
	}
	if g := gaps[0]; g.Best.Model.ID != "a" || !near(g.Open, .65) || g.Models != 2 || g.Reached() {
		t.Errorf("v4: %s leaves %v open, %d models, reached %t", g.Best.Model.ID, g.Open, g.Models, g.Reached())
	}
	if u := gaps[0].Units; !near(math.Round(u.Needed*1e12)/1e12, .6) || !slices.Equal(u.Missed, []int{3, 1}) || !math.IsNaN(u.Best[2]) || !near(u.Best[3], float64(float32(.3))) {
		t.Errorf("v4: %+v; want neuroids 3 and 1 missed below .6", u)
	}
	if u := gaps[1].Units; !slices.Equal(u.Missed, []int{1}) || !slices.Equal(u.Mean, []float64{.5, 0, .5, .5}) || u.Models != 2 {
		t.Errorf("top1: %+v; want image 1 missed by both models", u)
	}
	if g := gaps[2]; g.Units != nil || !g.Reached() || !near(g.Open, -.2) {
		t.Errorf("times: %+v; words are parts of one statistic, and the model exceeds the ceiling", g)
	}
}

func TestHalfWay(t *testing.T) {
	for _, c := range []struct {
		rule          string
		ceiling, want float64
	}{
		{"ratio", .6, .3},
		{"clipped_ratio", .6, .3},
		{"explained_variance", .5, .5}, // r²/.5 = .5
		{"squared_ratio", .8, .8 * math.Sqrt(.5)},
		{"ratio_sqrt", .64, .4},
		{"none", .6, nan},
		{"ratio", nan, nan},
		{"ratio", 3, nan}, // 1.5 is no correlation
	} {
		r := &archive.Result{Rule: c.rule, Ceiling: archive.ResultCeiling{Value: archive.Number(c.ceiling)}}
		if got := HalfWay(r); !(math.Abs(got-c.want) < 1e-12) && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%s of %v: half way is %v, want %v", c.rule, c.ceiling, got, c.want)
		}
	}
}
