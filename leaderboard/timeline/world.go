package timeline

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/history"
	"github.com/bsgen/bsgen/leaderboard"
)

func parseDay(day string) (time.Time, bool) {
	at, err := time.Parse(time.DateOnly, day)
	return at, err == nil
}

// world is an archive in memory that steps change: as much of one as a board is
// computed from.
type world struct {
	id         string // of the board
	definition *history.BoardEdit
	benchmarks map[string]history.BenchmarkEdit
	models     map[string]history.ModelEdit
	results    map[string][]archive.Result // by model; each sorted by benchmark, then version
	scores     []ScoreChange               // since the last state
}

func newWorld(board string) *world {
	return &world{id: board, benchmarks: map[string]history.BenchmarkEdit{}, models: map[string]history.ModelEdit{}, results: map[string][]archive.Result{}}
}

// apply changes the world by a step.
func (w *world) apply(s *history.Step) {
	for i := range s.Boards {
		if b := &s.Boards[i]; b.ID == w.id {
			w.definition = b
			if b.Removed {
				w.definition = nil
			}
		}
	}
	for _, b := range s.Benchmarks {
		if b.Removed || b.Board != w.id {
			delete(w.benchmarks, b.ID)
		} else {
			w.benchmarks[b.ID] = b
		}
	}
	for _, m := range s.Models {
		if m.Removed {
			delete(w.models, m.ID)
		} else {
			w.models[m.ID] = m
		}
	}
	for i := range s.Results {
		w.score(&s.Results[i], &s.Commit)
	}
}

var nan = math.NaN()

// score puts a result into its place.
func (w *world) score(e *history.ResultEdit, by *history.Commit) {
	list := w.results[e.Model]
	k, found := slices.BinarySearchFunc(list, e, func(r archive.Result, e *history.ResultEdit) int {
		return cmp.Or(strings.Compare(r.Benchmark, e.Benchmark), r.Version-e.Version)
	})
	was := absent
	if found {
		was = stand(&list[k])
	}
	none := archive.Number(nan)
	r := archive.Result{
		Model: e.Model, Benchmark: e.Benchmark, Version: e.Version, Status: e.Status, Rule: e.Rule,
		Raw: e.Raw, Score: e.Score, Unclipped: e.Score, Interval: archive.ResultInterval{Low: none, High: none},
	}
	is := stand(&r)
	switch {
	case e.Removed && found:
		w.results[e.Model] = slices.Delete(list, k, k+1)
		is = absent
	case e.Removed:
		return
	case found:
		list[k] = r
	default:
		w.results[e.Model] = slices.Insert(list, k, r)
	}
	if b, ok := w.benchmarks[e.Benchmark]; ok && b.Version == e.Version {
		w.scores = append(w.scores, ScoreChange{Model: e.Model, Benchmark: e.Benchmark, Version: e.Version, Was: was, Is: is, By: by})
	}
}

// board computes the board; nil where there is none. The board is sound for as
// long as no other step is applied.
func (w *world) board() *leaderboard.Board {
	if w.definition == nil {
		return nil
	}
	a := &archive.Archive{Results: w.results}
	def := &archive.Board{ID: w.id, Title: w.definition.Title}
	known, beside := map[string]bool{}, map[string]bool{} // nodes, and those beside the tree
	for _, n := range w.definition.Nodes {
		// What an old tree has twice, or below nothing, is left out: the rules
		// for boards may have been others.
		if n.ID != "" && !known[n.ID] && (n.Parent == "" || known[n.Parent]) {
			known[n.ID] = true
			n.Title = cmp.Or(n.Title, n.ID)
			if n.Parent != "" {
				n.Mean = nil
			}
			def.Nodes = append(def.Nodes, n)
			beside[n.ID] = len(n.Mean) > 0
		}
	}
	for id, b := range w.benchmarks {
		if known[b.Parent] && !known[id] {
			a.Benchmarks = append(a.Benchmarks, &archive.Benchmark{
				ID: id, Version: b.Version, Title: cmp.Or(b.Title, id), Short: b.Short, Board: w.id, Parent: b.Parent,
				Primary: b.Primary, Direction: b.Direction, Normalize: b.Normalize,
			})
		}
	}
	for i := range def.Nodes { // the parts of a mean beside the tree hang in it
		n := &def.Nodes[i]
		n.Mean = slices.DeleteFunc(slices.Clone(n.Mean), func(id string) bool {
			b, isBenchmark := w.benchmarks[id]
			return beside[id] || !known[id] && !(isBenchmark && known[b.Parent])
		})
	}
	for id, m := range w.models {
		a.Models = append(a.Models, &archive.Model{ID: id, Name: cmp.Or(m.Name, id), Role: m.Role})
	}
	slices.SortFunc(a.Benchmarks, func(x, y *archive.Benchmark) int { return strings.Compare(x.ID, y.ID) })
	slices.SortFunc(a.Models, func(x, y *archive.Model) int { return strings.Compare(x.ID, y.ID) })
	b, _ := leaderboard.New(a, def) // no sidecar is named, so none is missing
	return b
}
