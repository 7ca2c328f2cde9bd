package leaderboard

import (
	"math"
	"slices"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/parallel"
	"github.com/bsgen/bsgen/scoring/resample"
	"github.com/bsgen/bsgen/scoring/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Row is one model in a ranking.
type Row struct {
	Model *archive.Model
	Cell  *Cell
	// Rank is 1 + the number of models with a higher score, equal scores
	// sharing one; 0 for a model that is not ranked.
	Rank int
	// Best and Worst bound the rank: 1 + the number of models that are
	// significantly better, and the number of models minus those that are
	// significantly worse. Both are 0 where no two models could be compared,
	// because the results hold no replicates.
	Best, Worst int
}

// Ranking orders models at one node.
type Ranking struct {
	Node       *Node
	Ranked     []Row // models that have every benchmark that counts
	Partial    []Row // models that have some, by available mean; no rank
	References []Row // reference rows, never ranked
	Unscored   []Row // failed, not applicable, undefined, or only an older version scored
	Critical   float64
	verdicts   verdicts // between those ranked
}

// Better reports whether the i-th of the ranked models is significantly better
// than the j-th. Adjusted for all pairs, it holds for the pairs of any part of
// the models too.
func (r *Ranking) Better(i, j int) bool { return r.verdicts.better(i, j) }

// Run returns whether the i-th of the ranked models is significantly better than
// the j-th, which comes after it, and of how many from the j-th on the same holds.
func (r *Ranking) Run(i, j int) (better bool, models int) {
	return r.verdicts.better(i, j), r.verdicts.run(i, j)
}

// Compare returns by how much the score of the i-th of the ranked models is
// higher than that of the j-th, and the standard error of that difference; the
// ratio of the two is what [Ranking.Better] holds against Critical. The error is
// NaN where the two were not compared.
func (r *Ranking) Compare(i, j int) (difference, se float64) {
	a, b := r.Ranked[i].Cell, r.Ranked[j].Cell
	se = math.NaN()
	if len(a.reps) == len(b.reps) && len(a.reps) > 0 {
		diff := make([]float64, len(a.reps))
		for k := range diff {
			diff[k] = float64(a.reps[k]) - float64(b.reps[k])
		}
		if kept, dropped := stat.Finite(diff); dropped <= len(diff)/10 {
			se = stat.SampleStd(kept)
		}
	}
	return a.Value - b.Value, se
}

// Bands divides the ranked models by what is resolved. A band begins with the
// best model, and then with each that is significantly worse than the first of
// the band before. It returns the indices of the first models; nil where
// differences were not tested. Within a band two models may differ
// significantly, and across bands they need not: the intervals of the ranks say
// that of each model.
func (r *Ranking) Bands() []int {
	if !r.Tested() {
		return nil
	}
	out := []int{0}
	for i := range r.Ranked {
		if r.Better(out[len(out)-1], i) {
			out = append(out, i)
		}
	}
	return out
}

// Tested reports whether differences between models were tested: there are two
// models, and their results hold replicates.
func (r *Ranking) Tested() bool { return len(r.Ranked) > 1 && !math.IsInf(r.Critical, 1) }

// Resolved returns how many pairs of ranked models there are, and between how
// many of them the data resolve a difference: how well the node tells models
// apart. Both are 0 where differences were not tested.
func (r *Ranking) Resolved() (pairs, resolved int) {
	if !r.Tested() {
		return 0, 0
	}
	m := len(r.Ranked)
	for _, row := range r.Ranked {
		resolved += m - row.Worst // the models that are significantly worse
	}
	return m * (m - 1) / 2, resolved
}

// Rank orders the models at a node. Two models differ significantly where the
// difference of their scores is larger than c standard errors of that
// difference; the standard error is the standard deviation of the differences
// of their replicates, which are paired because both drew the same units. c is
// the 95 % quantile of the largest such ratio over all pairs among the
// replicates, centred (the max-T method of Westfall and Young 1993), so that
// with 95 % confidence not one of all the comparisons is a false alarm. Where
// a benchmark below the node has four subjects or fewer, c is widened; see
// [fewSubjects].
func (b *Board) Rank(n *Node) *Ranking {
	p := pairsPool.Get().(*pairs)
	defer pairsPool.Put(p)
	return b.rank(n, p, nil)
}

// RankAll is [Board.Rank] of many nodes, on all processors. Before are rankings of
// an earlier board by the ids of their nodes: where the ranked models have the
// same scores and replicates still (see [Renew]), they are not compared again.
func (b *Board) RankAll(nodes []*Node, before map[string]*Ranking) []*Ranking {
	out := make([]*Ranking, len(nodes))
	parallel.Each(len(nodes), func() *pairs { return &pairs{most: len(b.Models)} }, func(p *pairs, i int) { out[i] = b.rank(nodes[i], p, before[nodes[i].ID]) })
	return out
}

func (b *Board) rank(n *Node, p *pairs, before *Ranking) *Ranking {
	out := &Ranking{Node: n, Ranked: make([]Row, 0, len(b.Models))} // mostly all are
	for _, i := range b.order(before) {
		m, c := b.Models[i], &n.cells[i]
		row := Row{Model: m, Cell: c}
		switch {
		case c.Silent():
		case c.State != Scored || math.IsNaN(c.Value):
			out.Unscored = append(out.Unscored, row)
		case m.Role == archive.RoleReference:
			out.References = append(out.References, row)
		case c.Complete():
			out.Ranked = append(out.Ranked, row)
		default:
			out.Partial = append(out.Partial, row)
		}
	}
	for _, rows := range [][]Row{out.Ranked, out.Partial, out.References, out.Unscored} {
		slices.SortFunc(rows, n.order)
	}
	if !out.recall(before) {
		out.rank(p)
	}
	return out
}

func (r *Ranking) rank(p *pairs) {
	rows, sign := r.Ranked, r.Node.sign()
	for i := range rows {
		rows[i].Rank = i + 1
		if i > 0 && rows[i].Cell.Value == rows[i-1].Cell.Value {
			rows[i].Rank = rows[i-1].Rank
		}
		rows[i].Best, rows[i].Worst = 1, len(rows)
	}
	r.Critical = p.compare(rows) * r.widened()
	r.verdicts = newVerdicts(len(rows))
	if len(rows) > 1 && math.IsInf(r.Critical, 1) {
		for i := range rows {
			rows[i].Best, rows[i].Worst = 0, 0
		}
		return
	}
	values := make([]float64, len(rows))
	for i := range rows {
		values[i] = sign * rows[i].Cell.Value
	}
	// A difference in standard errors, squared, against the critical value.
	limit := r.Critical * r.Critical / float64(p.n-1)
	for i, value := range values {
		squares := p.squares[i*p.stride:][:len(values)]
		for j := i + 1; j < len(values); j++ {
			if d := value - values[j]; d*d > limit*float64(squares[j]) {
				rows[i].Worst--
				rows[j].Best++
				r.verdicts.set(i, j)
			}
		}
	}
}

// widened returns by how much the critical value of the ranking grows.
func (r *Ranking) widened() float64 {
	return fewSubjects(r.Node, len(r.Ranked)*(len(r.Ranked)-1)/2)
}

// fewSubjects returns by how much the critical value grows because a benchmark
// at or below the node has n <= 4 subjects: the standard error of their part
// then has n-1 degrees of freedom. The replicates are widened for one
// comparison already (package resample); among P comparisons the tail of t
// matters further out, by the Bonferroni quantiles
//
//	t(n-1, 1-.025/P) / z(1-.025/P)  over  t(n-1, .975) / z(.975)
//
// It is 1 where no benchmark has so few subjects. It errs on the safe side: it
// treats the standard error as if all of it came from the subjects.
func fewSubjects(n *Node, pairs int) float64 {
	few := 0
	for _, leaf := range n.Leaves() {
		s := leaf.Benchmark.Assembly.Subjects
		if (leaf.Counted || leaf == n) && s >= 2 && s <= resample.FewSubjects && (few == 0 || s < few) {
			few = s
		}
	}
	if few == 0 || pairs < 2 {
		return 1
	}
	t := distuv.StudentsT{Sigma: 1, Nu: float64(few - 1)}
	tail := 1 - .025/float64(pairs)
	return t.Quantile(tail) / distuv.UnitNormal.Quantile(tail) / (t.Quantile(.975) / distuv.UnitNormal.Quantile(.975))
}
