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
	"github.com/bsgen/bsgen/scoring"
)

// Board is one leaderboard with everything computed.
type Board struct {
	*archive.Board
	Roots  []*Node          // trees in display order; the first holds the overall mean
	Means  []*Node          // means beside the trees, whose children hang there
	Models []*archive.Model // models with a result on this board, by id
	nodes  map[string]*Node

	valuesOnce sync.Once
	values     [][]float64 // see [Board.leafValues]
}

// Node is a node of the benchmark tree.
type Node struct {
	ID        string
	Title     string
	Summary   string
	Benchmark *archive.Benchmark // of a leaf; nil for an inner node
	Parent    *Node
	Children  []*Node // inner nodes in the board's order, then benchmarks by id
	Counted   bool    // enters its parent's mean: primary, normalised, and some model has a score
	cells     map[string]*Cell
}

// State says what a cell of the leaderboard holds.
type State string

// The states of a cell. An inner node is scored where one of its parts is; else
// it failed where a part failed, and is not applicable where all parts are.
const (
	Scored        State = "scored" // the value may be undefined (NaN)
	Failed        State = "failed"
	NotApplicable State = "not applicable"
	NotRun        State = "not run"
)

// Cell is the score of one model at one node. Values that do not exist are NaN.
type Cell struct {
	State State
	// Reason says why there is no score. Of a benchmark whose version rose it
	// says that only an older one is scored; a mean that lacks such a benchmark
	// has this reason beside its value.
	Reason    string
	Value     float64 // the score; of a benchmark without a rule the raw value
	Low, High float64 // 95 % interval
	Have, Of  int     // benchmarks scored, of those that count below the node
	Warnings  int     // of the result, or of all results that the mean holds
	Trained   string  // the warning that the model was fitted to such data; "" for none
	Published bool    // the result, or one that the mean holds, was published and not computed here
	Stale     bool    // what went into the number has changed since: see [Board.MarkStale]
	Result    *archive.Result
	reps      []float32 // of Value, not clipped: for differences; those of the sidecar, not a copy
	shown     []float32 // of a mean, with benchmarks clipped as Value is: for intervals; nil where they are reps
	clips     bool      // of a benchmark: Value is clipped, reps are not
	units     []float32 // of the result: what its raw value averages
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
func New(a *archive.Archive, board *archive.Board) (*Board, error) {
	b := &Board{Board: board, nodes: map[string]*Node{}}
	for _, n := range board.Nodes {
		b.nodes[n.ID] = &Node{ID: n.ID, Title: n.Title, Summary: n.Summary, cells: map[string]*Cell{}}
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
	var problems []error
	seen := map[string]bool{}
	results := index(a)
	for _, bench := range a.Benchmarks {
		if bench.Board != board.ID {
			continue
		}
		parent := b.nodes[bench.Parent]
		leaf := &Node{ID: bench.ID, Title: bench.Heading(), Summary: bench.Summary, Benchmark: bench, Parent: parent, cells: map[string]*Cell{}}
		parent.Children = append(parent.Children, leaf)
		b.nodes[bench.ID] = leaf
		for _, m := range a.Models {
			cell, err := modelCell(a, m, bench, results[scored{m.ID, bench.ID, bench.Version}])
			if err != nil {
				problems = append(problems, err)
			}
			if cell == nil {
				continue
			}
			leaf.cells[m.ID] = cell
			if cell.State == Scored && m.Role != archive.RoleReference && bench.Primary && cell.Result.Score.OK() {
				leaf.Counted = true
			}
			if !seen[m.ID] {
				seen[m.ID] = true
				b.Models = append(b.Models, m)
			}
		}
	}
	slices.SortFunc(b.Models, func(x, y *archive.Model) int { return strings.Compare(x.ID, y.ID) })
	for _, root := range b.Roots {
		b.aggregate(root)
	}
	for _, n := range board.Nodes {
		node := b.nodes[n.ID]
		for _, id := range n.Mean {
			node.Children = append(node.Children, b.nodes[id])
		}
		if len(n.Mean) > 0 {
			b.aggregate(node)
		}
	}
	return b, errors.Join(problems...)
}

// Node returns the node with the id, or nil.
func (b *Board) Node(id string) *Node { return b.nodes[id] }

// Cell returns a model's cell at the node; never nil.
func (n *Node) Cell(model string) *Cell {
	if c, ok := n.cells[model]; ok {
		return c
	}
	return notRun
}

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
func (n *Node) CountedChildren() []*Node {
	var out []*Node
	for _, c := range n.Children {
		if c.Counted {
			out = append(out, c)
		}
	}
	return out
}

// Weight returns the share of the node in the mean of its root: the product of
// 1/(number of counted siblings) on the way up; 0 where it does not count.
func (n *Node) Weight() float64 {
	w := 1.0
	for at := n; at.Parent != nil; at = at.Parent {
		if !at.Counted {
			return 0
		}
		w /= float64(len(at.Parent.CountedChildren()))
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

// scored names a result.
type scored struct {
	model, benchmark string
	version          int
}

// index finds results: to look for each in the list of its model would take as
// long as there are benchmarks.
func index(a *archive.Archive) map[scored]*archive.Result {
	n := 0
	for _, m := range a.Models {
		n += len(a.Results[m.ID])
	}
	out := make(map[scored]*archive.Result, n)
	for _, m := range a.Models {
		results := a.Results[m.ID]
		for i := range results {
			out[scored{m.ID, results[i].Benchmark, results[i].Version}] = &results[i]
		}
	}
	return out
}

// modelCell returns the cell of a model at a benchmark, of whose version it has
// the result r or none; nil where it has no result of any version.
func modelCell(a *archive.Archive, m *archive.Model, bench *archive.Benchmark, r *archive.Result) (*Cell, error) {
	if r != nil {
		return leafCell(a, r)
	}
	older := 0
	for _, r := range a.Results[m.ID] {
		if r.Benchmark == bench.ID && r.Version < bench.Version {
			older = max(older, r.Version)
		}
	}
	if older == 0 {
		return nil, nil
	}
	c := *notRun
	c.Reason = fmt.Sprintf("version %d is not yet scored, only version %d", bench.Version, older)
	return &c, nil
}

func leafCell(a *archive.Archive, r *archive.Result) (*Cell, error) {
	c := &Cell{Value: math.NaN(), Low: math.NaN(), High: math.NaN(), Result: r, Of: 1, Reason: r.Reason, Warnings: len(r.Warnings), Published: r.Provenance.Kind == archive.KindPublished}
	for _, w := range r.Warnings {
		if strings.HasPrefix(w, trainedPrefix) {
			c.Trained = w
		}
	}
	switch r.Status {
	case archive.Failed:
		c.State = Failed
		return c, nil
	case archive.NotApplicable:
		c.State = NotApplicable
		return c, nil
	}
	c.State, c.Have = Scored, 1
	c.Low, c.High = float64(r.Interval.Low), float64(r.Interval.High)
	c.Value = float64(r.Score)
	if r.Rule == "none" {
		c.Value = float64(r.Raw)
	}
	s, err := a.Sidecar(r)
	if err != nil {
		return c, fmt.Errorf("replicates of %s on %s: %w", r.Model, r.Benchmark, err)
	}
	c.units = s.Units
	c.reps, c.clips = s.Replicates, scoring.Rules[r.Rule].Clips
	return c, nil
}

// MarkStale marks the results whose inputs have changed since they were scored,
// and the means that hold one. Keys are the ids of model and benchmark with a
// space between.
func (b *Board) MarkStale(stale map[string]bool) {
	var mark func(n *Node)
	mark = func(n *Node) {
		for _, c := range n.Children {
			mark(c)
		}
		for model, cell := range n.cells {
			if n.Benchmark != nil {
				cell.Stale = cell.Result != nil && stale[model+" "+n.ID]
				continue
			}
			cell.Stale = slices.ContainsFunc(n.CountedChildren(), func(c *Node) bool { return c.Cell(model).Stale })
		}
	}
	for _, n := range slices.Concat(b.Roots, b.Means) {
		mark(n)
	}
}

// order sorts cells for display: higher values first (lower, where that is
// better), ties and missing ones by id.
func order(n *Node, x, y *archive.Model) int {
	a, b := n.Cell(x.ID).Value, n.Cell(y.ID).Value
	switch {
	case math.IsNaN(a) && math.IsNaN(b):
		return strings.Compare(x.ID, y.ID)
	case math.IsNaN(a):
		return 1
	case math.IsNaN(b):
		return -1
	}
	return cmp.Or(cmp.Compare(n.sign()*b, n.sign()*a), strings.Compare(x.ID, y.ID))
}

// sign is -1 at a benchmark where lower is better, else 1.
func (n *Node) sign() float64 {
	if n.Benchmark != nil && n.Benchmark.Direction == "lower" {
		return -1
	}
	return 1
}
