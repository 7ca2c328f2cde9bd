package leaderboard_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/bench/generated"
	"github.com/bsgen/bsgen/leaderboard"
)

// TestRenew: after each of a series of changes the renewed board says what a new
// one says, and has computed no more than what the change moves.
func TestRenew(t *testing.T) {
	root := t.TempDir()
	if err := generated.Write(root, generated.Options{Models: 12, Benchmarks: 22, Replicates: 50}); err != nil {
		t.Fatal(err)
	}
	a, problems, err := archive.Open(root)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	edit := func(name, from, to string) {
		t.Helper()
		name = filepath.Join(root, name)
		data, err := os.ReadFile(name)
		if err != nil || !strings.Contains(string(data), from) {
			t.Fatalf("%s: %v, or no %q", name, err, from)
		}
		if err := archive.WriteFile(name, []byte(strings.Replace(string(data), from, to, 1))); err != nil {
			t.Fatal(err)
		}
	}
	result := func(model, benchmark int, change func(r *archive.Result, s *archive.Sidecar)) string {
		t.Helper()
		id := generated.ModelID(model)
		r, ok := a.Result(id, generated.BenchmarkID(benchmark), 1)
		if !ok || r.Status != archive.Scored {
			t.Fatalf("%s has no score on %s", id, generated.BenchmarkID(benchmark))
		}
		s, err := a.Sidecar(r)
		if err != nil {
			t.Fatal(err)
		}
		changed, moved := *r, archive.Sidecar{Replicates: append([]float32(nil), s.Replicates...), Units: s.Units}
		change(&changed, &moved)
		if err := a.WriteResult(&changed, &moved); err != nil {
			t.Fatal(err)
		}
		return "results/" + id
	}
	model := generated.ModelID(3)
	stale := map[string]bool{}
	b := newBoard(t, nil, a, stale)
	for _, c := range []struct {
		name   string
		change func() string // returns the part
		kept   int           // models of which the means must be taken over
	}{
		{"prose", func() string { return "content" }, 12},
		{"a warning", func() string {
			return result(2, 0, func(r *archive.Result, s *archive.Sidecar) { r.Warnings = append(r.Warnings, "look out") })
		}, 11},
		{"replicates alone", func() string {
			return result(1, 1, func(_ *archive.Result, s *archive.Sidecar) { slices.Reverse(s.Replicates) }) // the interval stays
		}, 11},
		{"a failure", func() string {
			return result(4, 2, func(r *archive.Result, s *archive.Sidecar) {
				nan := archive.Number(math.NaN())
				r.Status, r.Reason, r.Raw, r.Score, r.Unclipped = archive.Failed, "it broke", nan, nan, nan
				r.Interval.Low, r.Interval.High, *s = nan, nan, archive.Sidecar{}
			})
		}, 11},
		{"stale, and then no more", func() string {
			stale[generated.ModelID(0)+" "+generated.BenchmarkID(0)] = true
			return "content"
		}, 12},
		{"no more", func() string { clear(stale); return "content" }, 12},
		{"a model's name", func() string {
			edit("submissions/"+model+"/model.yaml", "name: ", "name: New ")
			return "submissions/" + model
		}, 12},
		{"a model that is not ranked", func() string {
			edit("submissions/"+model+"/model.yaml", "name: ", "role: reference\nname: ")
			return "submissions/" + model
		}, 12},
		{"a benchmark's heading, which reasons name", func() string {
			edit("benchmarks/"+generated.BenchmarkID(2)+"/benchmark.yaml", "short: \"", "short: \"The ")
			return "benchmarks"
		}, 0},
		{"a view", func() string {
			edit("benchmarks/"+generated.BenchmarkID(2)+"/benchmark.yaml", "primary: true", "primary: false")
			return "benchmarks"
		}, 0},
	} {
		part := c.change()
		if a, problems, err = a.Renew([]string{part}); err != nil || len(problems) > 0 {
			t.Fatalf("%s: %v %v", c.name, err, problems)
		}
		before := b
		b = newBoard(t, before, a, stale)
		anew := newBoard(t, nil, a, stale)
		if got, want := b.String(), anew.String(); got != want {
			at := 0
			for got[at] == want[at] {
				at++
			}
			t.Errorf("%s: ...%.300s\nwant ...%.300s", c.name, got[max(0, at-100):], want[max(0, at-100):])
		}
		kept := 0
		for i, m := range b.Models {
			if m.ID != before.Models[i].ID {
				t.Fatalf("%s: %s instead of %s", c.name, m.ID, before.Models[i].ID)
			}
			now, was := b.Roots[0].Cell(m.ID).Replicates(), before.Roots[0].Cell(m.ID).Replicates()
			if len(now) > 0 && len(was) > 0 && &now[0] == &was[0] {
				kept++
			}
		}
		if kept != c.kept {
			t.Errorf("%s: the means of %d models were taken over, want %d", c.name, kept, c.kept)
		}
	}
}

// ranked is a board with its rankings and relations.
type ranked struct {
	*leaderboard.Board
	nodes     []*leaderboard.Node
	rankings  map[string]*leaderboard.Ranking
	relations *leaderboard.Relations
}

func newBoard(t *testing.T, before *ranked, a *archive.Archive, stale map[string]bool) *ranked {
	t.Helper()
	if before == nil {
		before = &ranked{}
	}
	board, err := leaderboard.Renew(before.Board, a, a.Boards[0])
	if err != nil {
		t.Fatal(err)
	}
	board.MarkStale(stale)
	b := &ranked{Board: board, rankings: map[string]*leaderboard.Ranking{}}
	var walk func(n *leaderboard.Node)
	walk = func(n *leaderboard.Node) {
		b.nodes = append(b.nodes, n)
		for _, c := range n.Children {
			walk(c)
		}
	}
	for _, root := range board.Roots {
		walk(root)
	}
	for i, r := range board.RankAll(b.nodes, before.rankings) {
		b.rankings[b.nodes[i].ID] = r
	}
	b.relations = board.Relations(before.relations)
	return b
}

// String writes everything that the board says.
func (b *ranked) String() string {
	var out strings.Builder
	for _, n := range b.nodes {
		r := b.rankings[n.ID]
		fmt.Fprintln(&out, n.ID, n.Title, n.Counted, n.Weight(), r.Critical)
		for _, rows := range [][]leaderboard.Row{r.Ranked, r.Partial, r.References, r.Unscored} {
			for _, row := range rows {
				c := row.Cell
				fmt.Fprintln(&out, " ", row.Model.Name, row.Rank, row.Best, row.Worst, c.State, c.Reason, c.Value, c.Low, c.High, c.Have, c.Of, c.Warnings, c.Trained, c.Stale, c.Replicates())
			}
		}
		for i := range r.Ranked {
			for j := range r.Ranked {
				fmt.Fprint(&out, r.Better(i, j), " ")
			}
		}
	}
	for i, x := range b.relations.Nodes {
		fmt.Fprintln(&out, x.ID, b.relations.Reliability[i])
		for _, y := range b.relations.Nodes[:i] {
			rel := b.relations.Between(x, y)
			fmt.Fprintln(&out, " ", y.ID, rel.Pair, rel.Part, rel.Shared, rel.Corrected, rel.Rate)
		}
	}
	fmt.Fprintln(&out, len(b.relations.Order()))
	return out.String()
}
