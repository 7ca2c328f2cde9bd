package timeline

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/history"
)

// on returns a step of a day of March 2026.
func on(day int, subject string) history.Step {
	return history.Step{Commit: history.Commit{Hash: fmt.Sprintf("%040d", day), Subject: subject}, At: time.Date(2026, 3, day, 12, 0, 0, 0, time.UTC)}
}

func benchmark(id string, version int) history.BenchmarkEdit {
	return history.BenchmarkEdit{ID: id, Version: version, Title: strings.ToUpper(id), Board: "vision", Parent: "mean", Primary: true, Normalize: "ratio"}
}

func scored(model, benchmark string, version int, score float64) history.ResultEdit {
	return history.ResultEdit{Model: model, Benchmark: benchmark, Version: version, Status: archive.Scored, Rule: "ratio", Raw: archive.Number(score / 2), Score: archive.Number(score)}
}

// begin defines a board of two benchmarks, three models and a reference row.
func begin() history.Step {
	s := on(1, "begin")
	s.Boards = []history.BoardEdit{{ID: "vision", Title: "Vision", Nodes: []archive.Node{{ID: "mean", Title: "Mean"}, {ID: "lost", Parent: "nothing"}}}, {ID: "other"}}
	s.Benchmarks = []history.BenchmarkEdit{benchmark("a", 1), benchmark("b", 1)}
	for _, m := range []string{"x", "y", "z"} {
		s.Models = append(s.Models, history.ModelEdit{ID: m, Name: "Model " + m, Role: archive.RoleModel})
	}
	s.Models = append(s.Models, history.ModelEdit{ID: "people", Name: "People", Role: archive.RoleReference})
	s.Results = []history.ResultEdit{scored("x", "a", 1, .5), scored("y", "a", 1, .4), scored("people", "a", 1, .9)}
	return s
}

// text writes a state in lines.
func text(s *State) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", s.Day(), strings.Join(s.Tags, ","))
	for _, r := range s.Rows {
		fmt.Fprintf(&b, " | %d %s %.2f %d/%d", r.Rank, r.Model, r.Value, r.Have, r.Of)
	}
	for _, c := range s.Added {
		fmt.Fprintf(&b, " +%s@%d", c.ID, c.Version)
	}
	for _, c := range s.Removed {
		fmt.Fprintf(&b, " -%s@%d", c.ID, c.Version)
	}
	for _, v := range s.Versions {
		fmt.Fprintf(&b, " %s@%d>%d", v.ID, v.Was, v.Is)
	}
	fmt.Fprintf(&b, " joined %v left %v", s.Joined, s.Left)
	for _, c := range s.Scores {
		fmt.Fprintf(&b, " %s/%s %.2f>%.2f", c.Model, c.Benchmark, c.Was.Value, c.Is.Value)
	}
	for _, m := range s.Moves {
		fmt.Fprintf(&b, " {%s %d>%d own %d tree %v by %v passed %v}", m.Model, m.WasRank, m.IsRank, len(m.Scores), m.Tree, m.PassedBy, m.Passed)
	}
	return b.String()
}

func TestStates(t *testing.T) {
	again := on(1, "the same day, again")
	again.Results = []history.ResultEdit{scored("x", "a", 1, .45), {Model: "z", Benchmark: "a", Version: 1, Status: archive.Failed, Raw: archive.Number(nan), Score: archive.Number(nan)}}
	elsewhere := on(2, "another board")
	elsewhere.Boards = []history.BoardEdit{{ID: "other", Title: "Other"}}
	elsewhere.Results = []history.ResultEdit{scored("x", "c", 1, .5)}
	join := on(3, "z is scored, y scored again")
	join.Results = []history.ResultEdit{scored("z", "a", 1, .6), scored("y", "a", 1, .5)}
	grow := on(4, "the second benchmark")
	grow.Results = []history.ResultEdit{scored("x", "b", 1, .9), scored("y", "b", 1, .1)}
	raise := on(5, "version 2 of a")
	raise.Benchmarks = []history.BenchmarkEdit{benchmark("a", 2)}
	raise.Results = []history.ResultEdit{scored("x", "a", 2, .2), scored("y", "a", 2, .8), scored("z", "a", 2, .3), scored("z", "b", 1, .3)}
	gone := on(6, "b and y go")
	gone.Benchmarks = []history.BenchmarkEdit{{ID: "b", Removed: true}}
	gone.Models = []history.ModelEdit{{ID: "y", Removed: true}}
	gone.Results = []history.ResultEdit{{Model: "y", Benchmark: "a", Version: 2, Removed: true}}
	end := on(7, "the board goes")
	end.Boards = []history.BoardEdit{{ID: "vision", Removed: true}}
	h := &history.History{
		Steps: []history.Step{begin(), again, elsewhere, join, grow, raise, gone, end},
		Tags:  []history.Tag{{Name: "before", Step: -1}, {Name: "v0", Step: 0}, {Name: "v1", Step: 2}, {Name: "v2", Step: 3}, {Name: "also-v2", Step: 3}},
	}
	tl := New(h, "vision", Options{})
	want := []string{
		"2026-03-01 v0 | 1 x 0.50 1/1 | 2 y 0.40 1/1 | 0 people 0.90 1/1 +a@1 joined [people x y] left [] people/a NaN>0.90 x/a NaN>0.50 y/a NaN>0.40",
		"2026-03-01 v1 | 1 x 0.45 1/1 | 2 y 0.40 1/1 | 0 people 0.90 1/1 joined [z] left [] x/a 0.50>0.45 z/a NaN>NaN",
		"2026-03-03 v2,also-v2 | 1 z 0.60 1/1 | 2 y 0.50 1/1 | 3 x 0.45 1/1 | 0 people 0.90 1/1 joined [] left [] y/a 0.40>0.50 z/a NaN>0.60" +
			" {z 0>1 own 1 tree false by [] passed []} {x 1>3 own 0 tree false by [y z] passed []}",
		"2026-03-04  | 1 x 0.68 2/2 | 2 y 0.30 2/2 | 0 z 0.60 1/2 | 0 people 0.90 1/2 +b@1 joined [] left [] x/b NaN>0.90 y/b NaN>0.10" +
			" {z 1>0 own 0 tree true by [] passed []} {x 3>1 own 1 tree true by [] passed [y z]}",
		"2026-03-05  | 1 x 0.55 2/2 | 2 y 0.45 2/2 | 3 z 0.30 2/2 a@1>2 joined [] left [] x/a NaN>0.20 y/a NaN>0.80 z/a NaN>0.30 z/b NaN>0.30" +
			" {z 0>3 own 2 tree true by [] passed []}",
		"2026-03-06  | 1 z 0.30 1/1 | 2 x 0.20 1/1 -b@1 joined [] left [y] y/a 0.80>NaN" +
			" {y 2>0 own 1 tree true by [] passed []} {z 3>1 own 0 tree true by [] passed [x y]} {x 1>2 own 0 tree true by [z] passed []}",
		"2026-03-07  -a@2 joined [] left [people x z]",
	}
	var got []string
	for i := range tl.States {
		got = append(got, text(&tl.States[i]))
	}
	if !slices.Equal(got, want) {
		t.Errorf("states\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if tl.Early != 1 || tl.Left != 0 {
		t.Errorf("%d early tags, %d left out", tl.Early, tl.Left)
	}
	if n := len(tl.States[1].Commits); n != 1 || tl.States[1].Commits[0].Subject != "the same day, again" {
		t.Errorf("%d commits of the second state: those of another board are not its own", n)
	}
	if b := tl.States[3].Best; b["b"] != (Best{.9, "x"}) || b["a"] != (Best{.6, "z"}) || math.Abs(b["mean"].Value-.675) > 1e-12 {
		t.Errorf("best %v", b)
	}
	if other := New(h, "other", Options{}); len(other.States) != 2 {
		t.Errorf("%d states of the other board, want 2", len(other.States))
	}
	if none := New(&history.History{}, "vision", Options{}); len(none.States) != 0 {
		t.Errorf("%d states of nothing", len(none.States))
	}
}

// TestColumns: a state shows the table that is asked for as far as it has it.
func TestColumns(t *testing.T) {
	h := &history.History{Steps: []history.Step{begin()}}
	s := New(h, "vision", Options{Node: "a", Columns: []string{"a", "mean", "unknown", "mean"}}).States[0]
	if s.Node.ID != "a" || s.Node.Version != 1 || len(s.Columns) != 1 || s.Columns[0].ID != "mean" || s.Rows[0].Cells[0] != .5 {
		t.Errorf("%+v", s)
	}
	if s = New(h, "vision", Options{Node: "unknown"}).States[0]; s.Node.ID != "mean" || len(s.Columns) != 1 || s.Columns[0].ID != "a" {
		t.Errorf("without the node: %+v", s)
	}
}

// TestMeans: a mean beside the tree is computed of the parts that hang in it, and
// what a tree may not have does not stop the rest.
func TestMeans(t *testing.T) {
	s := begin()
	s.Boards[0].Nodes = []archive.Node{
		{ID: "mean"}, {ID: "mean"}, {ID: "deep", Parent: "mean", Mean: []string{"a"}},
		{ID: "both", Mean: []string{"a", "b", "unknown", "both", "other"}},
		{ID: "other", Mean: []string{"both"}},
	}
	s.Results = append(s.Results, scored("x", "b", 1, .7))
	st := New(&history.History{Steps: []history.Step{s}}, "vision", Options{Node: "both"}).States[0]
	if got := text(&st); !strings.Contains(got, "| 1 x 0.60 2/2 | 0 y 0.40 1/2") || math.Abs(st.Best["both"].Value-.6) > 1e-12 {
		t.Errorf("%s, best %v", got, st.Best)
	}
}

// TestThin: days for the newer half, then the finest span that fits; tags first.
func TestThin(t *testing.T) {
	h := &history.History{}
	for d := range 400 {
		s := begin()
		s.At = time.Date(2026, 1, 1+d, 12, 0, 0, 0, time.UTC)
		h.Steps = append(h.Steps, s)
	}
	h.Tags = []history.Tag{{Name: "v1", Step: 5}, {Name: "v2", Step: 50}}
	for _, test := range []struct {
		n            int
		grain, first string
	}{
		{400, "", "2026-01-01"},
		{120, "week", "2026-01-04"},
		{60, "month", "2026-01-06"},
		{16, "quarter", "2026-01-06"},
		{2, "", "2026-02-20"},
	} {
		tl := New(h, "vision", Options{States: test.n})
		if len(tl.States) > test.n || tl.Left != 400-len(tl.States) {
			t.Errorf("%d states are asked for: %d, and %d left out", test.n, len(tl.States), tl.Left)
		}
		if last := tl.States[len(tl.States)-1].Day(); last != "2027-02-04" {
			t.Errorf("%d: the last state is of %s", test.n, last)
		}
		if tl.States[0].Day() != test.first || tl.Grain != test.grain {
			t.Errorf("%d: from %s by %q", test.n, tl.States[0].Day(), tl.Grain)
		}
		if test.n > 2 && test.n < 400 {
			days := 0
			for i := len(tl.States) - 1; i > 0 && tl.States[i].At.Sub(tl.States[i-1].At) == 24*time.Hour; i-- {
				days++
			}
			if days+1 < test.n/2-2 {
				t.Errorf("%d: %d days, from %s by %s", test.n, days+1, tl.States[0].Day(), tl.Grain)
			}
			// Consecutive states bring all that lies between them.
			commits := 0
			for _, s := range tl.States {
				commits += len(s.Commits)
			}
			if commits != 400 {
				t.Errorf("%d: %d commits in all", test.n, commits)
			}
		}
	}
}
