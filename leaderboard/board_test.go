package leaderboard

import (
	"cmp"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/scoring/stat"
)

var nan = math.NaN()

// fixture is an archive in a temporary folder, filled result by result.
type fixture struct {
	*testing.T
	a     *archive.Archive
	board *archive.Board
}

// newFixture has one board: average over V1 and IT, and a second root, other.
func newFixture(t *testing.T, benchmarks ...*archive.Benchmark) *fixture {
	f := &fixture{T: t, a: &archive.Archive{Root: t.TempDir(), Results: map[string][]archive.Result{}}}
	f.board = &archive.Board{ID: "vision", Nodes: []archive.Node{
		{ID: "average"}, {ID: "V1", Parent: "average"}, {ID: "IT", Parent: "average"}, {ID: "other"},
	}}
	for _, b := range benchmarks {
		b.Board, b.Dataset, b.Direction = "vision", b.ID, cmp.Or(b.Direction, "higher")
		b.Version = max(b.Version, 1)
		f.a.Benchmarks = append(f.a.Benchmarks, b)
	}
	return f
}

func primary(id, parent string) *archive.Benchmark {
	return &archive.Benchmark{ID: id, Parent: parent, Primary: true}
}

func (f *fixture) model(role archive.Role, ids ...string) {
	for _, id := range ids {
		f.a.Models = append(f.a.Models, &archive.Model{ID: id, Role: role})
	}
	slices.SortFunc(f.a.Models, func(x, y *archive.Model) int { return strings.Compare(x.ID, y.ID) })
}

// result returns a result of the benchmark's version without any number.
func (f *fixture) result(model, benchmark string, status archive.Status) *archive.Result {
	n := archive.Number(nan)
	r := &archive.Result{
		Schema: archive.ResultSchema, Model: model, Benchmark: benchmark, Version: 1, Status: status, Rule: "ratio",
		Raw: n, Score: n, Unclipped: n,
		Ceiling:  archive.ResultCeiling{Value: n, Lower: n, Upper: n, Error: n},
		Error:    archive.ResultError{Value: n},
		Interval: archive.ResultInterval{Level: n, Low: n, High: n},
	}
	if b, ok := f.a.Benchmark(benchmark); ok {
		r.Version = b.Version
	}
	return r
}

func (f *fixture) write(r *archive.Result, replicates []float64) {
	f.Helper()
	s := &archive.Sidecar{}
	for _, x := range replicates {
		s.Replicates = append(s.Replicates, float32(x))
	}
	if err := f.a.WriteResult(r, s); err != nil {
		f.Fatal(err)
	}
	f.a.Results[r.Model] = append(f.a.Results[r.Model], *r)
}

// score writes a scored result with these replicates.
func (f *fixture) score(model, benchmark string, x float64, replicates ...float64) {
	f.Helper()
	r := f.result(model, benchmark, archive.Scored)
	r.Raw, r.Score, r.Unclipped = archive.Number(x/2), archive.Number(x), archive.Number(x)
	f.write(r, replicates)
}

func (f *fixture) compute() *Board {
	f.Helper()
	b, err := New(f.a, f.board)
	if err != nil {
		f.Fatal(err)
	}
	return b
}

func near(a, b float64) bool { return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) < 1e-12 }

// tree is a board on which every kind of gap occurs.
func tree(t *testing.T) *Board {
	old := primary("V1.a", "V1")
	old.Version = 2
	f := newFixture(t,
		primary("IT.a", "IT"), primary("IT.nobody", "IT"),
		old, primary("V1.b", "V1"), &archive.Benchmark{ID: "V1.view", Parent: "V1"},
		primary("x", "other"),
	)
	f.model(archive.RoleModel, "full", "half", "late", "refused", "zero", "absent")
	f.model(archive.RoleBaseline, "pixels")
	f.model(archive.RoleReference, "people")

	f.score("full", "V1.a", .2)
	f.score("full", "V1.b", .4)
	f.score("full", "V1.view", .9) // a view: seen, not counted
	f.score("full", "IT.a", .8)
	outdated := f.result("full", "V1.a", archive.Scored)
	outdated.Version, outdated.Raw, outdated.Score = 1, .99, .99
	f.write(outdated, nil)

	f.score("half", "V1.a", .6)
	failed := f.result("half", "IT.a", archive.Failed)
	failed.Reason = "the response has no row for 3 of 5 stimuli"
	f.write(failed, nil)

	f.score("late", "IT.a", .5) // nothing in V1
	f.write(f.result("refused", "V1.a", archive.NotApplicable), nil)
	for _, b := range []string{"V1.a", "V1.b", "IT.a"} {
		f.score("zero", b, 0)
		f.score("pixels", b, .1)
		f.score("people", b, 1)
	}
	f.score("people", "IT.nobody", 1) // a reference alone does not make it count
	f.score("pixels", "x", .3)
	return f.compute()
}

func TestMeans(t *testing.T) {
	b := tree(t)
	for _, c := range []struct {
		node, model string
		state       State
		value       float64
		have, of    int
	}{
		{"V1.a", "full", Scored, .2, 1, 1}, // version 2, not the .99 of version 1
		{"V1", "full", Scored, .3, 2, 2},
		{"IT", "full", Scored, .8, 1, 1},
		{"average", "full", Scored, .55, 3, 3}, // regions weigh the same, not benchmarks
		{"V1.view", "full", Scored, .9, 1, 1},
		{"V1", "half", Scored, .6, 1, 2},
		{"IT.a", "half", Failed, nan, 0, 1},
		{"average", "half", Scored, .6, 1, 3},
		{"V1", "late", NotRun, nan, 0, 0},
		{"average", "late", Scored, .5, 1, 3},
		{"V1.a", "refused", NotApplicable, nan, 0, 1},
		{"average", "refused", NotRun, nan, 0, 0},
		{"average", "zero", Scored, 0, 3, 3}, // zero is a score
		{"average", "people", Scored, 1, 3, 3},
		{"average", "pixels", Scored, .1, 3, 3}, // the second root is not in it
		{"other", "pixels", Scored, .3, 1, 1},
		{"other", "full", NotRun, nan, 0, 0},
		{"V1.b", "half", NotRun, nan, 0, 0},
		{"V1.a", "absent", NotRun, nan, 0, 0},
	} {
		got := b.Node(c.node).Cell(c.model)
		if got.State != c.state || !near(got.Value, c.value) || got.Have != c.have || got.Of != c.of {
			t.Errorf("%s of %s: %s %v, %d of %d; want %s %v, %d of %d", c.node, c.model, got.State, got.Value, got.Have, got.Of, c.state, c.value, c.have, c.of)
		}
		if complete := c.state == Scored && c.have == c.of; got.Complete() != complete {
			t.Errorf("%s of %s: complete is %t", c.node, c.model, got.Complete())
		}
	}
	if r := b.Node("IT.a").Cell("half").Reason; !strings.Contains(r, "no row") {
		t.Errorf("reason %q", r)
	}
}

// TestGaps checks what a mean says of a model that has no value in it.
func TestGaps(t *testing.T) {
	rose := primary("V1.b", "V1")
	rose.Version = 3
	f := newFixture(t, primary("IT.a", "IT"), primary("V1.a", "V1"), rose, &archive.Benchmark{ID: "V1.view", Parent: "V1"})
	f.model(archive.RoleModel, "whole", "mixed", "broken", "refused", "undefined", "old")
	for _, b := range []string{"IT.a", "V1.a", "V1.b"} {
		f.score("whole", b, .5)
	}
	put := func(model, benchmark string, status archive.Status) {
		r := f.result(model, benchmark, status)
		r.Reason = string(status) + " there"
		f.write(r, nil)
	}
	put("broken", "V1.a", archive.Failed)
	put("broken", "V1.b", archive.Failed)
	for _, b := range []string{"IT.a", "V1.a", "V1.b"} {
		put("refused", b, archive.NotApplicable)
	}
	put("mixed", "V1.a", archive.NotApplicable) // and V1.b is not run
	f.score("undefined", "V1.a", nan)
	old := f.result("old", "V1.b", archive.Scored)
	old.Version, old.Score = 2, .9
	f.write(old, nil)
	f.score("old", "V1.a", .4)
	trained := f.result("whole", "V1.view", archive.Scored)
	trained.Warnings = []string{"a", trainedPrefix + "sessions of X (1)"}
	f.write(trained, nil)

	b := f.compute()
	b.MarkStale(map[string]bool{"whole V1.a": true, "broken V1.a": true, "whole V1.view": true})
	for _, c := range []struct {
		node, model string
		state       State
		value       float64
		reason      string
	}{
		{"V1", "broken", Failed, nan, "V1.a: failed there"},
		{"average", "broken", Failed, nan, "V1.a: failed there"},
		{"V1", "refused", NotApplicable, nan, "V1.a: not_applicable there"},
		{"average", "refused", NotApplicable, nan, "V1.a: not_applicable there"},
		{"V1", "mixed", NotRun, nan, ""},
		{"V1", "undefined", Scored, nan, ""},
		{"V1.b", "old", NotRun, nan, "version 3 is not yet scored, only version 2"},
		{"V1", "old", Scored, .4, "V1.b: version 3 is not yet scored, only version 2"},
	} {
		got := b.Node(c.node).Cell(c.model)
		if got.State != c.state || !near(got.Value, c.value) || got.Reason != c.reason {
			t.Errorf("%s of %s: %s %v %q, want %s %v %q", c.node, c.model, got.State, got.Value, got.Reason, c.state, c.value, c.reason)
		}
	}
	r := b.Rank(b.Node("V1"))
	var unscored []string
	for _, row := range r.Unscored {
		unscored = append(unscored, row.Model.ID)
	}
	if want := []string{"broken", "refused", "undefined"}; !slices.Equal(unscored, want) {
		t.Errorf("without a score at V1: %v, want %v", unscored, want)
	}
	if c := b.Node("V1.view").Cell("whole"); c.Warnings != 2 || c.Trained != trained.Warnings[1] {
		t.Errorf("%d warnings, trained %q", c.Warnings, c.Trained)
	}
	for node, want := range map[string]bool{"V1.a": true, "V1": true, "average": true, "V1.b": false, "IT": false} {
		if got := b.Node(node).Cell("whole").Stale; got != want {
			t.Errorf("%s of whole: stale is %t", node, got)
		}
	}
}

func TestTree(t *testing.T) {
	b := tree(t)
	if len(b.Roots) != 2 || b.Roots[0].ID != "average" || b.Roots[1].ID != "other" {
		t.Fatalf("roots %v", ids(b.Roots))
	}
	for node, want := range map[string]float64{
		"average": 1, "V1": .5, "IT": .5, "V1.a": .25, "V1.b": .25, "IT.a": .5, "x": 1,
		"V1.view": 0, "IT.nobody": 0,
	} {
		if got := b.Node(node).Weight(); got != want {
			t.Errorf("weight of %s: %v, want %v", node, got, want)
		}
	}
	if got, want := ids(b.Roots[0].Leaves()), []string{"V1.a", "V1.b", "V1.view", "IT.a", "IT.nobody"}; !slices.Equal(got, want) {
		t.Errorf("leaves %v, want %v", got, want)
	}
	if got, want := ids(b.Node("V1.a").Path()), []string{"average", "V1"}; !slices.Equal(got, want) {
		t.Errorf("path %v, want %v", got, want)
	}
	if got, want := ids(b.Node("IT").CountedChildren()), []string{"IT.a"}; !slices.Equal(got, want) {
		t.Errorf("counted children %v, want %v", got, want)
	}
	var models []string
	for _, m := range b.Models {
		models = append(models, m.ID)
	}
	// "absent" has no result; "refused" has one, though no score.
	if want := []string{"full", "half", "late", "people", "pixels", "refused", "zero"}; !slices.Equal(models, want) {
		t.Errorf("models %v, want %v", models, want)
	}
	if b.Node("no such node") != nil {
		t.Error("an unknown node is not nil")
	}
}

func ids(nodes []*Node) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, n.ID)
	}
	return out
}

// TestRawDoesNotStandForScore: a benchmark without a rule shows its raw value; a
// score that is undefined under a rule is not replaced by the raw one, which is
// on another scale.
func TestRawDoesNotStandForScore(t *testing.T) {
	f := newFixture(t, primary("V1.a", "V1"), primary("V1.b", "V1"), &archive.Benchmark{ID: "gain", Parent: "V1"})
	f.model(archive.RoleModel, "m", "n")
	f.score("m", "V1.a", .5)
	f.score("m", "V1.b", .25)
	f.score("n", "V1.b", .25)
	undefined := f.result("n", "V1.a", archive.Scored)
	undefined.Raw = .9
	f.write(undefined, nil)
	raw := f.result("n", "gain", archive.Scored)
	raw.Raw, raw.Rule = .007, "none"
	f.write(raw, nil)
	b := f.compute()
	if c := b.Node("V1").Cell("n"); c.Value != .25 || c.Have != 1 || c.Of != 2 {
		t.Errorf("V1 is %v from %d of %d; want .25 from 1 of 2", c.Value, c.Have, c.Of)
	}
	if n := b.Node("gain"); n.Cell("n").Value != .007 || n.Counted {
		t.Errorf("without a rule: value %v, counted %t", n.Cell("n").Value, n.Counted)
	}
	if r := b.Rank(b.Node("V1.a")); len(r.Ranked) != 1 || len(r.Partial) != 0 {
		t.Errorf("%d ranked and %d partial where one score is undefined", len(r.Ranked), len(r.Partial))
	}
}

// TestMeanIntervals: replicate b of a mean is the mean of replicates b, clipped
// where the benchmark's rule clips.
func TestMeanIntervals(t *testing.T) {
	const n = 200
	f := newFixture(t, primary("IT.a", "IT"), primary("V1.a", "V1"))
	f.model(archive.RoleModel, "m", "n")
	var a, c, mean []float64
	for b := range n {
		x := float64(b) / n
		a, c = append(a, x), append(c, 2*x) // go together; the second passes 1
		mean = append(mean, (float64(float32(x))+math.Min(1, float64(float32(2*x))))/2)
	}
	f.score("m", "IT.a", .5, a...)
	clips := f.result("m", "V1.a", archive.Scored)
	clips.Raw, clips.Score, clips.Unclipped, clips.Rule = .9, .9, .9, "clipped_ratio"
	f.write(clips, c)
	f.score("n", "IT.a", .5, a...)
	f.score("n", "V1.a", .5) // has no replicates
	b := f.compute()

	slices.Sort(mean)
	got := b.Node("average").Cell("m")
	if low, high := stat.Quantile(mean, .025), stat.Quantile(mean, .975); !near(got.Low, low) || !near(got.High, high) {
		t.Errorf("interval %v to %v, want %v to %v", got.Low, got.High, low, high)
	}
	if !near(got.Value, .7) {
		t.Errorf("mean %v, want .7", got.Value)
	}
	if got := b.Node("average").Cell("n"); !near(got.Value, .5) || !math.IsNaN(got.Low) || !math.IsNaN(got.High) {
		t.Errorf("where a part has no replicates: %v, interval %v to %v; want .5 without", got.Value, got.Low, got.High)
	}
}

// TestBrokenSidecar: it is reported, and costs the interval, not the score.
func TestBrokenSidecar(t *testing.T) {
	f := newFixture(t, primary("IT.a", "IT"))
	f.model(archive.RoleModel, "m", "n")
	f.score("m", "IT.a", .5, .4, .5, .6)
	f.score("n", "IT.a", .7, .6, .7, .8)
	name := filepath.Join(f.a.Root, archive.SidecarPath("m", "IT.a", 1))
	if err := os.WriteFile(name, []byte("changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	b, err := New(f.a, f.board)
	if err == nil || !strings.Contains(err.Error(), "m on IT.a") {
		t.Errorf("error %v", err)
	}
	if c := b.Node("average").Cell("m"); c.Value != .5 || !math.IsNaN(c.Low) {
		t.Errorf("score %v, interval from %v", c.Value, c.Low)
	}
	if c := b.Node("average").Cell("n"); !near(c.Value, .7) || math.IsNaN(c.Low) {
		t.Errorf("the other model: score %v, interval from %v", c.Value, c.Low)
	}
}

// TestMeanBesideTheTree: a mean of what hangs elsewhere ranks models that have
// all of it, and counts nowhere.
func TestMeanBesideTheTree(t *testing.T) {
	f := newFixture(t, primary("a", "V1"), primary("b", "V1"), primary("c", "IT"))
	f.board.Nodes = append(f.board.Nodes, archive.Node{ID: "some", Mean: []string{"a", "IT"}})
	f.model(archive.RoleModel, "x", "y")
	f.score("x", "a", .2)
	f.score("x", "c", .6)
	f.score("y", "a", .4)
	f.score("y", "b", .1)
	b := f.compute()
	some := b.Node("some")
	if c := some.Cell("x"); !c.Complete() || !near(c.Value, .4) {
		t.Errorf("x has %+v at the mean of a and IT, want .4 of both", c)
	}
	if r := b.Rank(some); len(r.Ranked) != 1 || len(r.Partial) != 1 {
		t.Errorf("%d ranked and %d below, want x above y", len(r.Ranked), len(r.Partial))
	}
	if c := b.Node("average").Cell("x"); c.Complete() || !near(c.Value, .4) || c.Of != 3 {
		t.Errorf("the tree's own mean has changed: %+v", c)
	}
	if len(b.Roots) != 2 || some.Weight() != 1 || b.Node("a").Parent.ID != "V1" {
		t.Error("the mean has a place in the tree")
	}
}
