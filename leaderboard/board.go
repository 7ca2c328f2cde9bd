// Package leaderboard turns results into what a leaderboard shows: means over
// the benchmark tree with their coverage, intervals and ranks.
//
// # Means
//
// A node's score is the unweighted mean of its children's. Benchmarks that no
// model has a score for, views (primary: false) and reference rows stay out of
// it. A model that lacks some children gets the mean of those it has, with its
// coverage, and no rank at that node: it is not compared with models that have
// all of them. Where it has none, the node says why if every child says the
// same or one failed: see [State].
//
// # Intervals and ranks
//
// Every result holds bootstrap replicates that drew the same units for every
// model, so a mean's replicates are the means of its children's, and the
// replicates of a difference are differences of replicates. See [Rank].
package leaderboard

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/parallel"
	"github.com/bsgen/bsgen/scoring"
)

// Board is one leaderboard with everything computed.
type Board struct {
	*archive.Board
	Roots  []*Node          // trees in display order; the first holds the overall mean
	Means  []*Node          // means beside the trees, whose children hang there
	Models []*archive.Model // models with a result on this board, by id
	from   *archive.Archive // that it was computed from
	nodes  map[string]*Node
	places map[string]int // of the models, in Models and in every node's cells

	scoresOnce sync.Once
	scores     leafScores // see [Board.leafScores]
}

// Node is a node of the benchmark tree.
type Node struct {
	ID        string
	Title     string
	Summary   string
	Benchmark *archive.Benchmark // of a leaf; nil for an inner node
	Parent    *Node
	Children  []*Node        // inner nodes in the board's order, then benchmarks by id
	Counted   bool           // enters its parent's mean: primary, normalised, and some model has a score
	cells     []Cell         // of the board's models, in their order
	places    map[string]int // the board's
	counted   []*Node        // of the children, those that are Counted
	parts     []*Node        // of the children, those that are Counted as soon as a model has a score
	leaves    int            // benchmarks that count at and below an inner node; 1 at a benchmark
	place     int            // of an inner node, from 1 in the order in which means are computed; 0 of a benchmark
}

// State says what a cell of the leaderboard holds.
type State uint8

// The states of a cell. An inner node is scored where one of its parts is; else
// it failed where a part failed, and is not applicable where all parts are.
const (
	NotRun State = iota
	Scored       // the value may be undefined (NaN)
	Failed
	NotApplicable
)

var stateNames = [...]string{NotRun: "not run", Scored: "scored", Failed: "failed", NotApplicable: "not applicable"}

// String returns the state in words.
func (s State) String() string { return stateNames[s] }

// Cell is the score of one model at one node. Values that do not exist are NaN.
// A large board has a hundred thousand.
type Cell struct {
	State     State
	Published bool // the result, or one that the mean holds, was published and not computed here
	Stale     bool // what went into the number has changed since: see [Board.MarkStale]
	clips     bool // of a benchmark: Value is clipped, reps are not
	// Reason says why there is no score. Of a benchmark whose version rose it
	// says that only an older one is scored; a mean that lacks such a benchmark
	// has this reason beside its value.
	Reason    string
	Value     float64 // the score; of a benchmark without a rule the raw value
	Low, High float64 // 95 % interval
	Have, Of  int     // benchmarks scored, of those that count below the node
	Warnings  int     // of the result, or of all results that the mean holds
	Trained   string  // the warning that the model was fitted to such data; "" for none
	Result    *archive.Result
	reps      []float32 // of Value, not clipped: for differences; those of the sidecar, not a copy
}

// Complete reports whether the model has every benchmark that counts at the node.
func (c *Cell) Complete() bool { return c.State == Scored && c.Have == c.Of }

// Replicates returns the bootstrap values of the score, not clipped; nil where
// there are none. Replicate b drew the same units for every model. The caller
// must not change them.
func (c *Cell) Replicates() []float32 { return c.reps }

// Silent reports whether there is nothing to say of the model: it was not run,
// and no older version either.
func (c *Cell) Silent() bool { return c.State == NotRun && c.Reason == "" }

// trainedPrefix begins the warning of a result whose model was fitted to other
// sessions of the measurements, or to the same individual.
const trainedPrefix = "the model was fitted to other "

var notRun = &Cell{State: NotRun, Value: math.NaN(), Low: math.NaN(), High: math.NaN()}

// New computes a board. The error joins what is wrong with sidecars; their
// scores are shown without an interval.
func New(a *archive.Archive, board *archive.Board) (*Board, error) { return Renew(nil, a, board) }

// Renew is [New] for a board that was computed before, of which it takes the
// means of those models whose results are still the same; see
// [archive.Archive.Renew]. Nil: none was.
func Renew(before *Board, a *archive.Archive, board *archive.Board) (*Board, error) {
	b := &Board{Board: board, from: a, nodes: map[string]*Node{}, places: map[string]int{}}
	for _, n := range board.Nodes {
		b.nodes[n.ID] = &Node{ID: n.ID, Title: n.Title, Summary: n.Summary}
	}
	for _, n := range board.Nodes {
		node := b.nodes[n.ID]
		switch {
		case len(n.Mean) > 0:
			b.Means = append(b.Means, node)
			continue
		case n.Parent == "":
			b.Roots = append(b.Roots, node)
			continue
		}
		node.Parent = b.nodes[n.Parent]
		node.Parent.Children = append(node.Parent.Children, node)
	}
	leaves := map[string]*Node{}
	for _, bench := range a.Benchmarks {
		if bench.Board != board.ID {
			continue
		}
		parent := b.nodes[bench.Parent]
		leaf := &Node{ID: bench.ID, Title: bench.Heading(), Summary: bench.Summary, Benchmark: bench, Parent: parent, leaves: 1}
		parent.Children = append(parent.Children, leaf)
		b.nodes[bench.ID], leaves[bench.ID] = leaf, leaf
	}
	b.list(a, leaves)
	err := b.fill(a, leaves)
	var inner []*Node
	for _, root := range b.Roots {
		inner = root.settle(inner)
	}
	for _, n := range board.Nodes {
		node := b.nodes[n.ID]
		for _, id := range n.Mean {
			node.Children = append(node.Children, b.nodes[id])
		}
		if len(n.Mean) > 0 {
			inner = node.settle(inner)
		}
	}
	b.aggregate(inner, before)
	return b, err
}

// list finds the models with a result on the board, and gives every node room
// for their cells.
func (b *Board) list(a *archive.Archive, leaves map[string]*Node) {
	for _, m := range a.Models {
		results := a.Results[m.ID]
		for k := range results {
			if leaf := leaves[results[k].Benchmark]; leaf != nil && results[k].Version <= leaf.Benchmark.Version {
				b.Models = append(b.Models, m)
				break
			}
		}
	}
	slices.SortFunc(b.Models, func(x, y *archive.Model) int { return strings.Compare(x.ID, y.ID) })
	for i, m := range b.Models {
		b.places[m.ID] = i
	}
	for _, n := range b.nodes {
		n.places, n.cells = b.places, slices.Repeat([]Cell{*notRun}, len(b.Models))
	}
}

// fill makes the cells of the benchmarks, models side by side, and finds out which
// of these count.
func (b *Board) fill(a *archive.Archive, leaves map[string]*Node) error {
	problems := make([]map[*Node]error, len(b.Models))
	parallel.Each(len(b.Models), parallel.None, func(_ struct{}, i int) { problems[i] = b.fillModel(a, leaves, i) })
	var all []error
	for _, bench := range a.Benchmarks {
		leaf := leaves[bench.ID]
		if leaf == nil {
			continue
		}
		for i, m := range b.Models {
			c := &leaf.cells[i]
			if c.State == Scored && m.Role != archive.RoleReference && bench.Primary && c.Result.Score.OK() {
				leaf.Counted = true
				break
			}
		}
		for _, of := range problems {
			if err := of[leaf]; err != nil {
				all = append(all, err)
			}
		}
	}
	return errors.Join(all...)
}

// fillModel makes the cells of a model, and returns what is wrong with sidecars.
func (b *Board) fillModel(a *archive.Archive, leaves map[string]*Node, i int) map[*Node]error {
	var problems map[*Node]error
	results := a.Results[b.Models[i].ID]
	for k := range results {
		r := &results[k]
		leaf := leaves[r.Benchmark]
		if leaf == nil || r.Version > leaf.Benchmark.Version {
			continue
		}
		c := &leaf.cells[i]
		if now := leaf.Benchmark.Version; r.Version < now { // the newest is the last
			c.Reason = fmt.Sprintf("version %d is not yet scored, only version %d", now, r.Version)
			continue
		}
		if err := c.fill(a, r); err != nil {
			if problems == nil {
				problems = map[*Node]error{}
			}
			problems[leaf] = err
		}
	}
	return problems
}

// Node returns the node with the id, or nil.
func (b *Board) Node(id string) *Node { return b.nodes[id] }

// Cell returns a model's cell at the node; never nil.
func (n *Node) Cell(model string) *Cell {
	if i, ok := n.places[model]; ok {
		return &n.cells[i]
	}
	return notRun
}

// At returns the cell of the i-th of the board's models.
func (n *Node) At(i int) *Cell { return &n.cells[i] }

// Leaves returns the benchmarks at and below the node.
func (n *Node) Leaves() []*Node {
	if n.Benchmark != nil {
		return []*Node{n}
	}
	var out []*Node
	for _, c := range n.Children {
		out = append(out, c.Leaves()...)
	}
	return out
}

// CountedChildren returns the children that enter the node's mean.
func (n *Node) CountedChildren() []*Node { return slices.Clone(n.counted) }

// Weight returns the share of the node in the mean of its root: the product of
// 1/(number of counted siblings) on the way up; 0 where it does not count.
func (n *Node) Weight() float64 {
	w := 1.0
	for at := n; at.Parent != nil; at = at.Parent {
		if !at.Counted {
			return 0
		}
		w /= float64(len(at.Parent.counted))
	}
	return w
}

// Path returns the ancestors from the root down, without the node itself.
func (n *Node) Path() []*Node {
	var path []*Node
	for at := n.Parent; at != nil; at = at.Parent {
		path = append(path, at)
	}
	slices.Reverse(path)
	return path
}

// fill makes the cell of a result.
func (c *Cell) fill(a *archive.Archive, r *archive.Result) error {
	*c = Cell{Value: math.NaN(), Low: math.NaN(), High: math.NaN(), Result: r, Of: 1, Reason: r.Reason, Warnings: len(r.Warnings), Published: r.Provenance.Published()}
	for _, w := range r.Warnings {
		if strings.HasPrefix(w, trainedPrefix) {
			c.Trained = w
		}
	}
	switch r.Status {
	case archive.Failed:
		c.State = Failed
		return nil
	case archive.NotApplicable:
		c.State = NotApplicable
		return nil
	}
	c.State, c.Have = Scored, 1
	c.Low, c.High = float64(r.Interval.Low), float64(r.Interval.High)
	c.Value = float64(r.Score)
	if r.Rule == "none" {
		c.Value = float64(r.Raw)
	}
	s, err := a.Sidecar(r)
	if err != nil {
		return fmt.Errorf("replicates of %s on %s: %w", r.Model, r.Benchmark, err)
	}
	c.reps, c.clips = s.Replicates, scoring.Rules[r.Rule].Clips
	return nil
}

// MarkStale marks the results whose inputs have changed since they were scored,
// and the means that hold one. Keys are the ids of model and benchmark with a
// space between; those that are false do not count.
func (b *Board) MarkStale(stale map[string]bool) {
	if len(stale) == 0 {
		return
	}
	for pair, is := range stale {
		model, benchmark, _ := strings.Cut(pair, " ")
		i, known := b.places[model]
		if leaf := b.nodes[benchmark]; is && known && leaf != nil && leaf.Benchmark != nil {
			leaf.cells[i].Stale = leaf.cells[i].Result != nil
		}
	}
	var mark func(n *Node)
	mark = func(n *Node) {
		if n.Benchmark != nil {
			return
		}
		for _, c := range n.Children {
			mark(c)
		}
		for i := range n.cells {
			cell := &n.cells[i]
			cell.Stale = !cell.Silent() && slices.ContainsFunc(n.counted, func(c *Node) bool { return c.cells[i].Stale })
		}
	}
	for _, n := range slices.Concat(b.Roots, b.Means) {
		mark(n)
	}
}

// order sorts rows for display: higher values first (lower, where that is
// better), ties and missing ones by id.
func (n *Node) order(x, y Row) int {
	a, b := x.Cell.Value, y.Cell.Value
	switch {
	case math.IsNaN(a) && math.IsNaN(b):
		return strings.Compare(x.Model.ID, y.Model.ID)
	case math.IsNaN(a):
		return 1
	case math.IsNaN(b):
		return -1
	}
	return cmp.Or(cmp.Compare(n.sign()*b, n.sign()*a), strings.Compare(x.Model.ID, y.Model.ID))
}

// sign is -1 at a benchmark where lower is better, else 1.
func (n *Node) sign() float64 {
	if n.Benchmark != nil && n.Benchmark.Direction == "lower" {
		return -1
	}
	return 1
}
