// Package timeline replays the main line of an archive's history and computes a
// board as it stood at the end of every day on which it changed, and at every
// tag: its own benchmarks in the versions of then, its own models, means and
// ranks by the rules of package leaderboard.
//
// # What is the same as on the board of today, and what is not
//
// Means, coverage and ranks come from [leaderboard.New] and [leaderboard.Board.Rank]
// themselves, fed with what the main line held. Old replicates are not read, so
// old ranks have no intervals. The rules are those of this bsgen, also for states
// that an older one rendered.
//
// # Which states are kept
//
// At most [Options.States]. The newer half of them are days. Of what is older the
// last state of each week is kept, or of each month, quarter or year: the finest
// of these that fits. Tags always count first, the newest ones where there are
// too many.
package timeline

import (
	"math"
	"slices"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/history"
	"github.com/bsgen/bsgen/leaderboard"
)

// DefaultStates is how many states are kept where Options do not say.
const DefaultStates = 40

// Options say which table of a board is followed.
type Options struct {
	States  int      // most states; 0: [DefaultStates]
	Node    string   // ranks by it; the board's first root where a state has no such node
	Columns []string // nodes and benchmarks shown, those that a state has; empty: the node's children
}

// Timeline is one board over time.
type Timeline struct {
	Board  string
	States []State // oldest first
	Grain  string  // what older states are thinned to: "week", "month", "quarter", "year"; "" for nothing left out
	Left   int     // states that are left out
	Early  int     // tags whose commit is older than the board
}

// State is the board at a time.
type State struct {
	At    time.Time // of the last commit; zero where no clock was sensible
	Tags  []string
	Start bool // the clone begins here: older commits are not known
	// Commits that changed the board since the state before, oldest first.
	Commits []*history.Step
	Node    Column // the ranking's
	Columns []Column
	Rows    []Row // ranked, then those with a part, then reference rows
	Events
	// Best is the best value at each node and benchmark among models that are
	// not reference rows and, at a node, have all of its benchmarks.
	Best map[string]Best
}

// Day returns the day of the state as 2006-01-02, or the beginning of its
// commit's hash where no clock was sensible.
func (s *State) Day() string {
	if s.At.IsZero() {
		if n := len(s.Commits); n > 0 {
			return s.Commits[n-1].Hash[:min(10, len(s.Commits[n-1].Hash))]
		}
		return "undated"
	}
	return s.At.Format(time.DateOnly)
}

// Column is a node or a benchmark.
type Column struct {
	ID, Title string
	Version   int // of a benchmark; 0 for a node
}

// Best is the best value at a node.
type Best struct {
	Value float64
	Model string
}

// Row is a model in a state.
type Row struct {
	Model, Name string
	Rank        int // 0: not ranked
	Reference   bool
	Value       float64 // NaN where there is none
	Have, Of    int
	Cells       []float64 // of the columns
}

// ranked returns the ranks of the models that have one.
func (s *State) ranks() map[string]*Row {
	out := map[string]*Row{}
	for i := range s.Rows {
		if s.Rows[i].Rank > 0 {
			out[s.Rows[i].Model] = &s.Rows[i]
		}
	}
	return out
}

// New replays a history for one board.
func New(h *history.History, board string, opts Options) *Timeline {
	if opts.States <= 0 {
		opts.States = DefaultStates
	}
	t := &Timeline{Board: board}
	touched := touching(h.Steps, board)
	marks := ends(h, touched, t)
	marks = t.thin(marks, opts.States)
	w := newWorld(board)
	var last *leaderboard.Board
	var commits []*history.Step
	for i := range h.Steps {
		if touched[i] {
			commits = append(commits, &h.Steps[i])
		}
		w.apply(&h.Steps[i])
		if len(marks) == 0 || marks[0].step != i {
			continue
		}
		now := w.board()
		s := State{At: h.Steps[i].At, Tags: marks[0].tags, Commits: commits}
		for _, c := range commits {
			s.Start = s.Start || c.Start
		}
		marks, commits = marks[1:], nil
		s.fill(now, opts)
		var before *State
		if n := len(t.States); n > 0 {
			before = &t.States[n-1]
		}
		s.Events = w.events(before, &s, last, now)
		t.States = append(t.States, s)
		last = now
	}
	return t
}

// fill reads the state's table off a board.
func (s *State) fill(b *leaderboard.Board, opts Options) {
	s.Best = map[string]Best{}
	if b == nil || len(b.Roots) == 0 {
		return
	}
	n := b.Node(opts.Node)
	if n == nil {
		n = b.Roots[0]
	}
	column := func(n *leaderboard.Node) Column {
		c := Column{ID: n.ID, Title: n.Title}
		if n.Benchmark != nil {
			c.Version = n.Benchmark.Version
		}
		return c
	}
	s.Node = column(n)
	var nodes []*leaderboard.Node
	for _, id := range opts.Columns {
		if c := b.Node(id); c != nil && c != n && !slices.Contains(nodes, c) {
			nodes = append(nodes, c)
		}
	}
	if len(opts.Columns) == 0 {
		nodes = n.CountedChildren()
	}
	for _, c := range nodes {
		s.Columns = append(s.Columns, column(c))
	}
	r := b.Rank(n)
	for _, rows := range [][]leaderboard.Row{r.Ranked, r.Partial, r.References} {
		for _, row := range rows {
			out := Row{
				Model: row.Model.ID, Name: row.Model.Name, Rank: row.Rank, Reference: row.Model.Role == archive.RoleReference,
				Value: row.Cell.Value, Have: row.Cell.Have, Of: row.Cell.Of,
			}
			for _, c := range nodes {
				out.Cells = append(out.Cells, c.Cell(row.Model.ID).Value)
			}
			s.Rows = append(s.Rows, out)
		}
	}
	var walk func(n *leaderboard.Node)
	walk = func(n *leaderboard.Node) {
		sign := 1.0
		if n.Benchmark != nil && n.Benchmark.Direction == "lower" {
			sign = -1
		}
		best := Best{Value: math.NaN()}
		for _, m := range b.Models {
			c := n.Cell(m.ID)
			if m.Role == archive.RoleReference || !c.Complete() || math.IsNaN(c.Value) {
				continue
			}
			if math.IsNaN(best.Value) || sign*c.Value > sign*best.Value {
				best = Best{c.Value, m.ID}
			}
		}
		if !math.IsNaN(best.Value) {
			s.Best[n.ID] = best
		}
		for _, c := range n.Children {
			walk(c)
		}
	}
	for _, root := range slices.Concat(b.Roots, b.Means) {
		walk(root)
	}
}
