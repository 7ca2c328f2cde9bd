package timeline

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/history"
	"github.com/bsgen/bsgen/leaderboard"
)

// Events are what made a state another than the one before it.
type Events struct {
	Added    []Column        // benchmarks that came
	Removed  []Column        // benchmarks that went
	Versions []VersionChange // benchmarks with another version
	Joined   []string        // models that came, by id
	Left     []string        // models that went
	Scores   []ScoreChange   // by model and benchmark; of the benchmarks' versions of now
	Moves    []Move          // of ranks, the largest first
}

// VersionChange is a benchmark that has another version.
type VersionChange struct {
	ID, Title string
	Was, Is   int
}

// ScoreChange is a score that changed.
type ScoreChange struct {
	Model, Benchmark string
	Version          int
	Was, Is          Standing
	By               *history.Commit // the last that changed it
}

// Delta returns the difference; NaN where there are no two numbers.
func (c *ScoreChange) Delta() float64 { return c.Is.Value - c.Was.Value }

// Standing is what a result says.
type Standing struct {
	Status archive.Status // "" where there is no result
	Value  float64        // the score, or the raw value of a benchmark without a rule; NaN where there is none
}

var absent = Standing{"", nan}

func stand(r *archive.Result) Standing {
	s := Standing{r.Status, nan}
	if r.Status == archive.Scored {
		s.Value = float64(r.Score)
		if r.Rule == "none" {
			s.Value = float64(r.Raw)
		}
	}
	return s
}

// same compares two standings, NaN with NaN.
func (s Standing) same(o Standing) bool {
	return s.Status == o.Status && (s.Value == o.Value || math.IsNaN(s.Value) && math.IsNaN(o.Value))
}

// Move is a model whose rank changed.
type Move struct {
	Model, Name      string
	WasRank, IsRank  int // 0: not ranked
	WasValue, Value  float64
	Scores           []ScoreChange // of its own, on benchmarks below the node
	Tree             bool          // the benchmarks that count at the node are others, or in other versions
	PassedBy, Passed []string      // models, by id: those above that were not, those below that were not
}

// events compares a board with the one before it; both may be nil.
func (w *world) events(before, now *State, was, is *leaderboard.Board) Events {
	var e Events
	old, current := counted(was), counted(is)
	for id, c := range current {
		switch o, ok := old[id]; {
		case !ok:
			e.Added = append(e.Added, c)
		case o.Version != c.Version:
			e.Versions = append(e.Versions, VersionChange{id, c.Title, o.Version, c.Version})
		}
	}
	for id, c := range old {
		if _, ok := current[id]; !ok {
			e.Removed = append(e.Removed, c)
		}
	}
	byID := func(x, y Column) int { return strings.Compare(x.ID, y.ID) }
	slices.SortFunc(e.Added, byID)
	slices.SortFunc(e.Removed, byID)
	slices.SortFunc(e.Versions, func(x, y VersionChange) int { return strings.Compare(x.ID, y.ID) })
	e.Joined, e.Left = apart(members(is), members(was)), apart(members(was), members(is))
	e.Scores = merge(w.scores)
	w.scores = nil
	if before != nil {
		e.Moves = moves(before, now, was, is, &e)
	}
	return e
}

// counted returns the benchmarks of a board that have a result.
func counted(b *leaderboard.Board) map[string]Column {
	out := map[string]Column{}
	if b == nil {
		return out
	}
	for _, root := range b.Roots {
		for _, leaf := range root.Leaves() {
			for _, m := range b.Models {
				if leaf.Cell(m.ID).State != leaderboard.NotRun {
					out[leaf.ID] = Column{leaf.ID, leaf.Benchmark.Title, leaf.Benchmark.Version}
					break
				}
			}
		}
	}
	return out
}

func members(b *leaderboard.Board) []string {
	var out []string
	if b != nil {
		for _, m := range b.Models {
			out = append(out, m.ID)
		}
	}
	return out
}

// apart returns the elements of x that are not in y; both are sorted.
func apart(x, y []string) []string {
	var out []string
	for _, s := range x {
		if _, found := slices.BinarySearch(y, s); !found {
			out = append(out, s)
		}
	}
	return out
}

// merge joins changes of the same score into one, and leaves out those that
// ended where they began.
func merge(changes []ScoreChange) []ScoreChange {
	slices.SortStableFunc(changes, func(x, y ScoreChange) int {
		return cmp.Or(strings.Compare(x.Model, y.Model), strings.Compare(x.Benchmark, y.Benchmark), x.Version-y.Version)
	})
	var out []ScoreChange
	for _, c := range changes {
		if n := len(out); n > 0 && out[n-1].Model == c.Model && out[n-1].Benchmark == c.Benchmark && out[n-1].Version == c.Version {
			out[n-1].Is, out[n-1].By = c.Is, c.By
		} else {
			out = append(out, c)
		}
	}
	return slices.DeleteFunc(out, func(c ScoreChange) bool { return c.Was.same(c.Is) })
}

// moves lists the models whose rank changed, and why.
func moves(before, now *State, was, is *leaderboard.Board, e *Events) []Move {
	if is == nil || was == nil {
		return nil
	}
	below := map[string]bool{} // what counts at the node, before or now
	for _, n := range []*leaderboard.Node{was.Node(before.Node.ID), is.Node(now.Node.ID)} {
		if n == nil {
			continue
		}
		for _, leaf := range n.Leaves() {
			below[leaf.ID] = below[leaf.ID] || leaf.Counted || leaf == n
		}
	}
	tree := now.Node.ID != before.Node.ID
	for _, c := range slices.Concat(e.Added, e.Removed) {
		tree = tree || below[c.ID]
	}
	for _, v := range e.Versions {
		tree = tree || below[v.ID]
	}
	own := map[string][]ScoreChange{}
	for _, c := range e.Scores {
		if below[c.Benchmark] {
			own[c.Model] = append(own[c.Model], c)
		}
	}
	old, current := before.ranks(), now.ranks()
	rank := func(m map[string]*Row, id string) int {
		if r := m[id]; r != nil {
			return r.Rank
		}
		return 0
	}
	var ids []string
	for id := range current {
		ids = append(ids, id)
	}
	for id := range old {
		if current[id] == nil {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	var out []Move
	for _, id := range ids {
		m := Move{Model: id, WasRank: rank(old, id), IsRank: rank(current, id), WasValue: nan, Value: nan, Scores: own[id], Tree: tree}
		if m.WasRank == m.IsRank {
			continue
		}
		if r := old[id]; r != nil {
			m.Name, m.WasValue = r.Name, r.Value
		}
		if r := current[id]; r != nil {
			m.Name, m.Value = r.Name, r.Value
		}
		if m.WasRank > 0 && m.IsRank > 0 {
			for _, o := range ids {
				ow, oi := rank(old, o), rank(current, o)
				above := oi > 0 && oi < m.IsRank
				wasAbove := ow > 0 && ow < m.WasRank
				switch {
				case o == id:
				case above && !wasAbove:
					m.PassedBy = append(m.PassedBy, o)
				case wasAbove && !above:
					m.Passed = append(m.Passed, o)
				}
			}
		}
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(x, y Move) int {
		return cmp.Or(cmp.Compare(y.size(), x.size()), cmp.Compare(x.IsRank, y.IsRank))
	})
	return out
}

// size is by how many places a model moved; larger than any where it came or went.
func (m *Move) size() int {
	if m.WasRank == 0 || m.IsRank == 0 {
		return math.MaxInt
	}
	return max(m.WasRank-m.IsRank, m.IsRank-m.WasRank)
}
