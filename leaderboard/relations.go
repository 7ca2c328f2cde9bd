package leaderboard

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard/relate"
	"github.com/bsgen/bsgen/parallel"
	"github.com/bsgen/bsgen/scoring/stat"
)

// Relations is how the nodes of a board relate to one another across models.
type Relations struct {
	Nodes       []*Node   // those related, in the order of the tree
	Reliability []float64 // of each across models: see [relate.Reliability]
	Few         []*Node   // nodes that have too few models in common with any other
	Models      int       // models of which a score enters
	order       []int     // see Order
	index       map[*Node]int
	stimuli     []map[string]bool // stimulus sets of each
	stats       *relate.Relations
	models      []int     // of the board, those that can enter
	rate        []float64 // adjusted p of pairs, by their place; NaN where it was not tested
}

// MaxRelated is the number of nodes up to which intervals of all pairs are
// computed; beyond it those of the nodes nearest to the roots.
const MaxRelated = 60

// Relation is how one node relates to another. Raw values stand as they are: of
// two nodes, one where lower is better, a negative r is agreement.
type Relation struct {
	X, Y *Node
	relate.Pair
	// Part is set where one of the two is in the mean of the other, which alone
	// makes them correlate.
	Part bool
	// Shared is set where benchmarks of the two were measured on the same
	// stimuli, so that their noise is not independent.
	Shared bool
	// Corrected is r corrected for attenuation; NaN where a reliability is low
	// or unknown, where the noise is shared and for a part of a mean.
	Corrected float64
	// Rate is the p-value adjusted for all pairs of the board that are not part
	// of one another, by Benjamini and Hochberg: of families where these can be
	// resampled, else of models. NaN where it was not tested.
	Rate float64
}

// Resolved reports whether the relation is one of those of which no more than
// 5 % are expected to be due to chance.
func (r *Relation) Resolved() bool { return r.Rate <= .05 }

// Relations relates the nodes of the board: inner nodes that are not equal to
// their only part, the benchmarks that count in a mean, and outside the tree of
// the overall mean also benchmarks with raw values alone. A model's mean counts
// where it is complete. Reference rows are left out. Before are the relations of
// an earlier board, whose statistics are taken where scores and replicates are the
// same still (see [Renew]); nil: there are none.
func (b *Board) Relations(before *Relations) *Relations {
	r := &Relations{index: map[*Node]int{}}
	var models []int
	t := relate.Table{}
	for i, m := range b.Models {
		if m.Role != archive.RoleReference {
			models = append(models, i)
			t.Models, t.Families = append(t.Models, m.ID), append(t.Families, m.Metadata.Family)
		}
	}
	nodes := b.related()
	scores := make([][]float64, len(nodes))
	for k, n := range nodes {
		scores[k] = make([]float64, len(models))
		for l, i := range models {
			scores[k][l] = n.cells[i].whole()
		}
	}
	some := make([]bool, len(models))
	for k, n := range nodes {
		if !hasPartner(scores, k) {
			r.Few = append(r.Few, n)
			continue
		}
		for i, v := range scores[k] {
			some[i] = some[i] || !math.IsNaN(v)
		}
		r.index[n] = len(r.Nodes)
		r.Nodes = append(r.Nodes, n)
		r.stimuli = append(r.stimuli, n.stimuli())
		t.Scores = append(t.Scores, scores[k])
	}
	for _, is := range some {
		if is {
			r.Models++
		}
	}
	r.models = models
	if before == nil {
		before = &Relations{}
	}
	r.Reliability = make([]float64, len(r.Nodes))
	parallel.Each(len(r.Nodes), func() *noise { return new(noise) }, func(w *noise, k int) {
		if r.sameNoise(k, t, before) {
			r.Reliability[k] = before.Reliability[k]
			return
		}
		r.Reliability[k] = relate.Reliability(t.Scores[k], w.errors(r.Nodes[k], models, t.Scores[k]))
	})
	r.stats = relate.Renew(before.stats, t)
	r.stats.Bootstrap(r.central())
	r.adjust()
	r.arrange()
	return r
}

// related returns the nodes that may be related, in the order of the tree.
func (b *Board) related() []*Node {
	var out []*Node
	var walk func(n *Node, first bool)
	walk = func(n *Node, first bool) {
		switch {
		case n.Benchmark == nil && len(n.CountedChildren()) > 1, n.Benchmark != nil && n.Counted,
			n.Benchmark != nil && !first && n.alone():
			out = append(out, n)
		}
		for _, c := range n.Children {
			walk(c, first)
		}
	}
	for i, root := range b.Roots {
		walk(root, i == 0)
	}
	return out
}

// alone reports whether no benchmark beside it on the same data counts in a mean.
func (n *Node) alone() bool {
	top := n
	for top.Parent != nil {
		top = top.Parent
	}
	return !slices.ContainsFunc(top.Leaves(), func(l *Node) bool { return l.Counted && l.Benchmark.Dataset == n.Benchmark.Dataset })
}

// whole returns the score, NaN where there is none or a part of the mean is
// lacking.
func (c *Cell) whole() float64 {
	if c.Complete() {
		return c.Value
	}
	return math.NaN()
}

// noise is the memory of one worker that computes standard errors.
type noise struct{ mean, diff []float64 }

// errors returns the standard errors of some models' scores, NaN where they are
// not known: the standard deviation over replicates of a model's distance from
// the mean of the models. What moves all models alike, such as hard images,
// moves no model among the others and so takes nothing from a correlation.
// Models are given by their places, and of those without a score NaN.
func (w *noise) errors(n *Node, models []int, scores []float64) []float64 {
	out := make([]float64, len(models))
	w.mean = w.mean[:0]
	count := 0.0
	for k, i := range models {
		x := n.cells[i].reps
		if math.IsNaN(scores[k]) || len(x) == 0 {
			continue
		}
		if count == 0 {
			w.mean = sized(w.mean, len(x))
			clear(w.mean)
		}
		if len(x) != len(w.mean) {
			continue
		}
		count++
		mean := w.mean[:len(x)]
		for b, v := range x {
			if v == v { // not NaN
				mean[b] += float64(v)
			}
		}
	}
	for b := range w.mean {
		w.mean[b] /= count
	}
	for k, i := range models {
		x := n.cells[i].reps
		out[k] = math.NaN()
		if math.IsNaN(scores[k]) || len(x) == 0 || len(x) != len(w.mean) {
			continue
		}
		// From the first, so that the squares lose no digits to a large mean.
		mean := w.mean[:len(x)]
		sum, sq, first := 0.0, 0.0, float64(x[0])-mean[0]
		for b, v := range x {
			d := float64(v) - mean[b] - first
			sum += d
			sq += float64(d * d)
		}
		if size := float64(len(x)); sq-sq == 0 {
			out[k] = math.Sqrt(max(0, sq-sum*sum/size) / (size - 1))
			continue
		}
		w.diff = w.diff[:0]
		for b, v := range x {
			if d := float64(v) - w.mean[b]; d-d == 0 { // neither NaN nor infinite
				w.diff = append(w.diff, d)
			}
		}
		if len(x)-len(w.diff) <= len(x)/10 {
			out[k] = stat.SampleStd(w.diff)
		}
	}
	return out
}

// central returns the nodes whose intervals are computed: all, or those of the
// levels of the tree from the roots down that have [MaxRelated] nodes or fewer
// in all. Of a level that is too large by itself it returns the first.
func (r *Relations) central() []int {
	all := make([]int, len(r.Nodes))
	for i := range all {
		all[i] = i
	}
	if len(all) <= MaxRelated {
		return all
	}
	level := func(i int) int { return len(r.Nodes[i].Path()) }
	slices.SortStableFunc(all, func(a, b int) int { return cmp.Compare(level(a), level(b)) })
	n := MaxRelated
	for n > 2 && level(all[n-1]) == level(all[n]) {
		n--
	}
	if n <= 2 {
		n = MaxRelated
	}
	return slices.Sorted(slices.Values(all[:n]))
}

// adjust computes the rates of false discoveries.
func (r *Relations) adjust() {
	p := make([]float64, 0, len(r.Nodes)*max(0, len(r.Nodes)-1)/2)
	for i := range r.Nodes {
		for j := i + 1; j < len(r.Nodes); j++ {
			tested := math.NaN()
			if !part(r.Nodes[i], r.Nodes[j]) {
				e := r.stats.Pair(i, j).R
				if tested = e.FamilyP; math.IsNaN(e.FamilyP) {
					tested = e.P
				}
			}
			p = append(p, tested)
		}
	}
	r.rate = relate.FalseDiscoveries(p)
}

// place returns the place of the pair i < j among all, row by row.
func (r *Relations) place(i, j int) int { return i*(2*len(r.Nodes)-i-1)/2 + j - i - 1 }

// arrange orders the nodes whose intervals are known.
func (r *Relations) arrange() {
	nodes := r.central()
	m := make([][]float64, len(nodes))
	for a, i := range nodes {
		m[a] = make([]float64, len(nodes))
		for b, j := range nodes {
			if i != j {
				m[a][b] = r.stats.Pair(i, j).R.Value
			}
		}
	}
	for _, k := range relate.Order(m) {
		r.order = append(r.order, nodes[k])
	}
}

// Order returns the nodes of the matrix, those that correlate side by side.
func (r *Relations) Order() []*Node {
	var out []*Node
	for _, i := range r.order {
		out = append(out, r.Nodes[i])
	}
	return out
}

// Has reports whether the node is related to others.
func (r *Relations) Has(n *Node) bool { _, ok := r.index[n]; return ok }

// Between returns the relation of two different nodes that are both related.
func (r *Relations) Between(x, y *Node) Relation {
	i, j := r.index[x], r.index[y]
	out := Relation{X: x, Y: y, Pair: r.stats.Pair(i, j), Part: part(x, y), Corrected: math.NaN(), Rate: r.rate[r.place(min(i, j), max(i, j))]}
	out.Shared = !out.Part && meet(r.stimuli[i], r.stimuli[j])
	if !out.Part && !out.Shared {
		out.Corrected = relate.Disattenuate(out.R.Value, r.Reliability[i], r.Reliability[j])
	}
	return out
}

// Nearest returns the k nodes that correlate most with a node, by the magnitude
// of r, without those that are a part of it or it of them. Ties keep the order
// of the tree.
func (r *Relations) Nearest(n *Node, k int) []Relation {
	i, ok := r.index[n]
	if !ok {
		return nil
	}
	var others []int
	like := make([]float64, len(r.Nodes))
	for j, other := range r.Nodes {
		if j == i || part(n, other) {
			continue
		}
		if like[j] = math.Abs(r.stats.Pair(i, j).R.Value); !math.IsNaN(like[j]) {
			others = append(others, j)
		}
	}
	slices.SortStableFunc(others, func(a, b int) int { return cmp.Compare(like[b], like[a]) })
	var out []Relation
	for _, j := range others[:min(k, len(others))] {
		out = append(out, r.Between(n, r.Nodes[j]))
	}
	return out
}

// Estimate returns r and rho of two nodes with their intervals, also where
// [Relations.Between] has none because the board has too many nodes.
func (r *Relations) Estimate(x, y *Node) (pearson, spearman relate.Estimate) {
	i, j := r.index[x], r.index[y]
	common := r.stats.Common(i, j)
	if pearson = r.stats.Pair(i, j).R; !pearson.Models.OK() {
		pearson = r.stats.Pearson(common, i, j)
	}
	return pearson, r.stats.Spearman(common, i, j)
}

// part reports whether one node is an ancestor of the other.
func part(x, y *Node) bool {
	for _, pair := range [][2]*Node{{x, y}, {y, x}} {
		for at := pair[0].Parent; at != nil; at = at.Parent {
			if at == pair[1] {
				return true
			}
		}
	}
	return false
}

// stimuli returns the stimulus sets of the benchmarks that count in the node.
func (n *Node) stimuli() map[string]bool {
	sets := map[string]bool{}
	for _, l := range n.Leaves() {
		if l.Counted || l == n {
			sets[l.Benchmark.StimulusSet()] = true
		}
	}
	return sets
}

func meet(a, b map[string]bool) bool {
	for s := range a {
		if b[s] {
			return true
		}
	}
	return false
}

// hasPartner reports whether another row has enough models in common with row k.
func hasPartner(scores [][]float64, k int) bool {
	for other := range scores {
		both := 0
		for i, v := range scores[k] {
			if other != k && !math.IsNaN(v) && !math.IsNaN(scores[other][i]) {
				both++
			}
		}
		if both >= relate.MinModels {
			return true
		}
	}
	return false
}

// parameters returns the decimal logarithm of a model's number of weights; NaN
// where it is not known.
func parameters(m *archive.Model) float64 {
	v, err := strconv.ParseFloat(strings.ReplaceAll(m.Metadata.Parameters.Value, "_", ""), 64)
	if err != nil || !(v > 0) || math.IsInf(v, 1) {
		return math.NaN()
	}
	return math.Log10(v)
}

// year returns a model's year; NaN where it is not known.
func year(m *archive.Model) float64 {
	v, err := strconv.ParseFloat(m.Metadata.Year.Value, 64)
	if err != nil || math.IsInf(v, 0) {
		return math.NaN()
	}
	return v
}
