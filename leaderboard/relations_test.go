package leaderboard

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// relatedBoard has 24 models of 8 families. V1.b follows V1.a with noise, IT.a
// is a zigzag that follows neither, IT.few has 5 models, and the second root has
// a raw benchmark that falls with V1.a. V1.b is on the stimuli of IT.a.
func relatedBoard(t *testing.T) *Board {
	shared := primary("IT.a", "IT")
	shared.Stimuli.ID = "pictures"
	v1b := primary("V1.b", "V1")
	v1b.Stimuli.ID = "pictures"
	loss := &archive.Benchmark{ID: "loss", Parent: "other", Normalize: "none", Direction: "lower"}
	f := newFixture(t, shared, primary("IT.few", "IT"), primary("V1.a", "V1"), v1b, &archive.Benchmark{ID: "V1.view", Parent: "V1"}, loss)
	f.board.Nodes = append(f.board.Nodes, archive.Node{ID: "deep", Parent: "other"})
	for i := range 24 {
		id := fmt.Sprintf("m%02d", i)
		m := &archive.Model{ID: id, Role: archive.RoleModel}
		m.Metadata.Family = fmt.Sprint("family ", i%8)
		m.Metadata.Parameters.Value = fmt.Sprint(1000 * (1 + i*7%24))
		f.a.Models = append(f.a.Models, m)
		x := float64(i) / 24
		f.score(id, "V1.a", x, x-.02, x+.02*float64(i%3), x)
		f.score(id, "V1.b", x+.1*float64(i*5%7)/7)
		f.score(id, "V1.view", x)
		f.score(id, "IT.a", float64(i*11%24)/24)
		if i < 5 {
			f.score(id, "IT.few", .5)
		}
		r := f.result(id, "loss", archive.Scored)
		r.Raw, r.Rule = archive.Number(5-x+.05*float64(i*3%5)), "none"
		f.write(r, nil)
	}
	people := &archive.Model{ID: "people", Role: archive.RoleReference}
	f.a.Models = append(f.a.Models, people)
	f.score("people", "V1.a", 100)
	f.score("people", "V1.b", -100)
	return f.compute()
}

func nodeIDs(nodes []*Node) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, n.ID)
	}
	return out
}

func TestRelations(t *testing.T) {
	b := relatedBoard(t)
	r := b.Relations(nil)
	if got, want := nodeIDs(r.Nodes), []string{"V1", "V1.a", "V1.b", "IT.a", "loss"}; !slices.Equal(got, want) {
		t.Errorf("related %v, want %v: no view, no mean that too few have", got, want)
	}
	if got, want := nodeIDs(r.Few), []string{"average", "IT", "IT.few"}; !slices.Equal(got, want) {
		t.Errorf("too few models at %v, want %v", got, want)
	}
	if r.Models != 24 || len(r.Order()) != 5 {
		t.Errorf("%d models, %v", r.Models, nodeIDs(r.Order()))
	}
	at := func(x, y string) Relation { return r.Between(b.Node(x), b.Node(y)) }
	if p := at("V1", "V1.a"); !p.Part || !math.IsNaN(p.Rate) || !math.IsNaN(p.Corrected) || p.R.Value < .9 {
		t.Errorf("a mean and its part: %+v", p)
	}
	if p := at("V1.a", "V1.b"); p.Part || p.Shared || p.N != 24 || p.Families != 8 || !p.Resolved() || p.R.Value < .9 {
		t.Errorf("benchmarks that correlate: %+v", p)
	}
	if p := at("V1.b", "IT.a"); !p.Shared || !math.IsNaN(p.Corrected) || p.Resolved() {
		t.Errorf("benchmarks on the same stimuli that do not correlate: %+v", p)
	}
	if p := at("loss", "V1.a"); p.R.Value > -.9 || !p.Resolved() {
		t.Errorf("a loss stays as it is: %+v", p)
	}
	if rel := r.Reliability[slices.Index(r.Nodes, b.Node("V1.a"))]; rel < .99 || rel >= 1 {
		t.Errorf("reliability %v of scores with replicates", rel)
	}
	if rel := r.Reliability[slices.Index(r.Nodes, b.Node("V1.b"))]; !math.IsNaN(rel) {
		t.Errorf("reliability %v of scores without replicates", rel)
	}
	near := r.Nearest(b.Node("V1.a"), 2)
	if len(near) != 2 || near[0].Part || math.Abs(near[0].R.Value) < math.Abs(near[1].R.Value) || near[0].Y.ID == "V1" {
		t.Errorf("nearest to V1.a: %+v", near)
	}
	if near := r.Nearest(b.Node("IT"), 2); near != nil {
		t.Errorf("nearest to a node that is not related: %+v", near)
	}
}

// What moves all models alike is no noise between them.
func TestErrors(t *testing.T) {
	f := newFixture(t, primary("V1.a", "V1"))
	f.model(archive.RoleModel, "a", "b")
	f.score("a", "V1.a", .5, .4, .5, .6)
	f.score("b", "V1.a", .7, .6, .7, .8)
	b := f.compute()
	if got := new(noise).errors(b.Node("V1.a"), []int{0, 1}, []float64{.5, .7}); math.Abs(got[0]) > 1e-7 || math.Abs(got[1]) > 1e-7 {
		t.Errorf("standard errors %v of models that move together", got)
	}
	if got := new(noise).errors(b.Node("V1.a"), []int{0, 1}, []float64{nan, .7}); !math.IsNaN(got[0]) {
		t.Errorf("standard errors %v of a score that does not exist", got)
	}
}

func TestAsk(t *testing.T) {
	b := relatedBoard(t)
	node := func(id string) archive.Quantity { return archive.Quantity{Node: id} }
	boards := map[string]*Board{"vision": b}
	for _, c := range []struct {
		name string
		q    archive.Question
		n    int
		want Verdict
	}{
		{"rises", archive.Question{X: node("V1.a"), Y: node("V1.b"), Expect: "rises"}, 24, Agrees},
		{"rises, but the claim is that it falls", archive.Question{X: node("V1.a"), Y: node("V1.b"), Expect: "falls"}, 24, Contrary},
		{"unrelated", archive.Question{X: node("V1.a"), Y: node("IT.a"), Expect: "rises"}, 24, Unresolved},
		{"too few models", archive.Question{X: node("V1.a"), Y: node("IT.few"), Expect: "rises"}, 5, Untestable},
		{"nothing claimed", archive.Question{X: node("V1.a"), Y: node("V1.b")}, 24, NoClaim},
		{"a straight line does not flatten", archive.Question{X: node("V1.a"), Y: node("V1.b"), Expect: "flattens", Bend: .5}, 24, Unresolved},
		{"a mean", archive.Question{X: archive.Quantity{Title: "M", Mean: []string{"V1.a", "V1.b"}}, Y: node("loss"), Expect: "falls"}, 24, Agrees},
		{"a mean that few have", archive.Question{X: archive.Quantity{Title: "M", Mean: []string{"V1.a", "IT.few"}}, Y: node("loss"), Expect: "falls"}, 5, Untestable},
		{"metadata", archive.Question{X: archive.Quantity{Metadata: "parameters"}, Y: node("V1.a")}, 24, NoClaim},
		{"a board that is gone", archive.Question{X: archive.Quantity{Board: "gone", Node: "V1.a"}, Y: node("V1.a"), Expect: "rises"}, 0, Untestable},
	} {
		a := b.Ask(&c.q, boards)
		if len(a.Points) != c.n || a.Verdict != c.want {
			t.Errorf("%s: %d models, %s; want %d, %s (%+v)", c.name, len(a.Points), a.Verdict, c.n, c.want, a.R)
		}
	}
	control := node("loss")
	a := b.Ask(&archive.Question{X: node("V1.a"), Y: node("V1.b"), Control: &control, Bend: .5}, boards)
	if a.Controlled != 24 || a.Partial.Value >= a.Plain.Value || a.Plain.Value != a.R.Value || a.Z.Title == "" && a.Z.Node == nil {
		t.Errorf("with a control: %+v of %+v", a.Partial, a.Plain)
	}
	if s := a.Split; s == nil || s.Below.N+s.Above.N != 24 || s.Below.N != 12 || !(s.Below.R.Value > .5) {
		t.Errorf("split at .5: %+v", s)
	}
}

// The same network under another id on another board.
func TestAskAcross(t *testing.T) {
	b := relatedBoard(t)
	f := newFixture(t, primary("x", "V1"))
	f.board.ID = "elsewhere"
	f.a.Benchmarks[0].Board = "elsewhere"
	match := map[string]string{}
	for i := range 12 {
		id := fmt.Sprintf("m%02d", i) // of the same name on both
		if i < 6 {
			match[id], id = "other-"+id, "other-"+id
		}
		f.model(archive.RoleModel, id)
		f.score(id, "x", float64(i))
	}
	q := archive.Question{X: archive.Quantity{Node: "V1.a"}, Y: archive.Quantity{Board: "elsewhere", Node: "x"}, Match: match, Expect: "rises"}
	a := b.Ask(&q, map[string]*Board{"vision": b, "elsewhere": f.compute()})
	if len(a.Points) != 12 || a.R.Value < .999 || a.Verdict != Agrees {
		t.Errorf("%d models, %+v, %s", len(a.Points), a.R, a.Verdict)
	}
	if p := a.Points[0]; p.Match.ID != "other-m00" || p.Model.ID != "m00" {
		t.Errorf("the first point is %s with %s", p.Model.ID, p.Match.ID)
	}
}

// Judged by families where there are five, else by models.
func TestJudge(t *testing.T) {
	f := newFixture(t, primary("V1.a", "V1"), primary("IT.a", "IT"))
	for i := range 40 {
		m := &archive.Model{ID: fmt.Sprintf("m%02d", i), Role: archive.RoleModel}
		m.Metadata.Family = "one"
		x := float64(i) / 30
		y := x
		if i >= 30 { // six families without a relation
			m.Metadata.Family = fmt.Sprint("other ", i%6)
			x, y = float64(i*7%10)/10, .5+.4*float64(i%3-1)
		}
		f.a.Models = append(f.a.Models, m)
		f.score(m.ID, "V1.a", x)
		f.score(m.ID, "IT.a", y)
	}
	b := f.compute()
	q := archive.Question{X: archive.Quantity{Node: "V1.a"}, Y: archive.Quantity{Node: "IT.a"}, Expect: "rises"}
	if a := b.Ask(&q, nil); a.Verdict != Dependent {
		t.Errorf("one family makes the relation, and the verdict is %s: %+v of %d families", a.Verdict, a.R, a.Families)
	}
	for _, m := range f.a.Models {
		m.Metadata.Family = "all"
	}
	if a := b.Ask(&q, nil); a.Verdict != Agrees || a.R.Families.OK() {
		t.Errorf("of one family: %s, %+v", a.Verdict, a.R)
	}
}
