// Package relate has the statistics of how benchmarks relate to one another
// across models: correlations with intervals, what noise takes from them, their
// order by likeness, straight and bent lines. Arrays in, numbers out.
//
// # What is resampled
//
// The unit of a correlation between two benchmarks is the model. A different
// set of models would have given another correlation, so the models are
// resampled with replacement. Models are not independent: half a board may be
// variants of one network. A second interval therefore resamples families of
// models, each with all its members (the cluster bootstrap, Cameron, Gelbach
// and Miller 2008). A model of unknown family is one of its own. Where the two
// intervals disagree, the second is the one to believe.
//
// One replicate draws the same models for every pair of benchmarks, from all
// models of the table. A pair's own number of models then varies between
// replicates, as in the Poisson bootstrap (Hanley and MacGibbon 2006).
//
// # Intervals
//
// The 95 % interval of a correlation is
//
//	tanh( atanh r ± t(k-1) sd )
//
// with sd the standard deviation of atanh r over the replicates and k the
// number of models, or of families, of the pair: the bootstrap's standard error
// on Fisher's scale, with the quantile of Student's t because few clusters make
// the normal one too short (the same authors). The p-value belongs to it: it is
// below .05 where the interval excludes 0. The shares of intervals that hold
// the true correlation, in 400 simulations each with 500 replicates:
//
//	models  families  r     percentile  BCa   this
//	10      10        .5    .87         .93   .95
//	20      20        .9    .93         .93   .94
//	69      69        .5    .93         .92   .94
//	69      6         .5    .90         .78   .96
//	69      12        .5    .91         .81   .91
//	69      25        .5    .93         .87   .90
//
// with half of the models in the first family in the last three rows and an
// intraclass correlation of .6. testdata/coverage.py makes the table.
//
// # Missing values
//
// A score that does not exist is NaN. Each pair of benchmarks uses the models
// that have both. Fewer than [MinModels] of them give no coefficient.
package relate

import (
	"math"
	"slices"

	"github.com/bsgen/bsgen/parallel"
	"github.com/bsgen/bsgen/scoring/stat"
)

// MinModels is the number of models from which on two benchmarks are related.
// With seven, the interval of r = .5 reaches from -.4 to .9.
const MinModels = 8

// MinFamilies is the number of families from which on they are resampled.
const MinFamilies = 5

// Table holds what is related: scores of models on benchmarks, or on anything
// else that models have a value of.
type Table struct {
	Models   []string    // names, which seed the draws; each once
	Families []string    // of each model; "" is unknown. Nil: all unknown
	Scores   [][]float64 // [benchmark][model]; NaN where there is none, finite elsewhere
}

// Interval is a 95 % confidence interval; NaN where there is none.
type Interval struct{ Low, High float64 }

// None is the interval that does not exist.
var None = Interval{math.NaN(), math.NaN()}

// OK reports whether the interval exists.
func (i Interval) OK() bool { return !math.IsNaN(i.Low) && !math.IsNaN(i.High) }

// Excludes reports whether the interval exists and does not hold x.
func (i Interval) Excludes(x float64) bool { return i.Low > x || i.High < x }

// Estimate is a statistic with its intervals and the two-sided p-values of its
// being 0. What could not be estimated is NaN.
type Estimate struct {
	Value    float64
	Models   Interval // resampling models
	Families Interval // resampling families of models
	P        float64  // as Models
	FamilyP  float64  // as Families
}

// Pair is the relation of two benchmarks.
type Pair struct {
	N        int      // models that have both
	Families int      // of these models
	R        Estimate // Pearson's correlation
	Rho      float64  // Spearman's
}

// Relations holds the relations of all pairs of a table's benchmarks.
type Relations struct {
	Table
	draws   *draws
	pairs   []Pair // of i < j, row by row
	rankers []*stat.Ranker

	known    []bool // benchmarks whose scores are those of an earlier table, at the same place
	central  []int  // benchmarks that [Relations.Bootstrap] was called for
	complete bool   // these have all scores
}

// New computes n, r and rho of all pairs. Intervals are [Relations.Bootstrap]'s.
// It panics where lengths differ.
func New(t Table) *Relations { return Renew(nil, t) }

// Renew is [New] for a table of which some scores have changed: what was computed
// for two benchmarks whose scores are the same stays. Nil: there is no earlier one.
func Renew(before *Relations, t Table) *Relations {
	if t.Families == nil {
		t.Families = make([]string, len(t.Models))
	}
	if len(t.Families) != len(t.Models) {
		panic("relate: lengths differ")
	}
	r := &Relations{Table: t, known: make([]bool, len(t.Scores))}
	if before != nil && slices.Equal(t.Models, before.Models) && slices.Equal(t.Families, before.Families) {
		r.draws = before.draws
	} else {
		before, r.draws = &Relations{}, newDraws(t.Models, t.Families, Replicates)
	}
	for i, s := range t.Scores {
		if len(s) != len(t.Models) {
			panic("relate: lengths differ")
		}
		if i < len(before.Scores) && slices.EqualFunc(s, before.Scores[i], func(a, b float64) bool { return a == b || a != a && b != b }) {
			r.known[i], r.rankers = true, append(r.rankers, before.rankers[i])
			continue
		}
		filled := make([]float64, len(s))
		for i, v := range s {
			if !math.IsNaN(v) {
				filled[i] = v
			}
		}
		r.rankers = append(r.rankers, stat.NewRanker(filled))
	}
	r.pairs = make([]Pair, len(t.Scores)*(len(t.Scores)-1)/2)
	parallel.Each(len(t.Scores), r.points, func(s *points, i int) {
		for j := i + 1; j < len(t.Scores); j++ {
			if r.known[i] && r.known[j] {
				*r.at(i, j) = *before.at(i, j)
			} else {
				*r.at(i, j) = s.point(i, j)
			}
		}
	})
	r.central, r.complete = before.central, before.complete
	return r
}

// Pair returns the relation of two different benchmarks, in either order.
func (r *Relations) Pair(i, j int) Pair { return *r.at(i, j) }

func (r *Relations) at(i, j int) *Pair {
	if i > j {
		i, j = j, i
	}
	n := len(r.Scores)
	if i == j || i < 0 || j >= n {
		panic("relate: no such pair")
	}
	return &r.pairs[i*(2*n-i-1)/2+j-i-1]
}

// Common returns the models that have a score on all of the benchmarks.
func (r *Relations) Common(benchmarks ...int) []int {
	var out []int
models:
	for m := range r.Models {
		for _, b := range benchmarks {
			if math.IsNaN(r.Scores[b][m]) {
				continue models
			}
		}
		out = append(out, m)
	}
	return out
}

// points is the memory of one worker.
type points struct {
	*Relations
	x, y     []float64 // of the models that have both
	w        []float64 // 1 for each of them, of all models
	rx, ry   []float64 // of all models
	seen     []int     // the pair that has last seen each family
	families int
	pair     int
}

func (r *Relations) points() *points {
	m := len(r.Models)
	return &points{Relations: r, w: make([]float64, m), rx: make([]float64, m), ry: make([]float64, m), seen: make([]int, len(r.draws.units))}
}

// point computes what needs no resampling.
func (s *points) point(i, j int) Pair {
	s.families = 0
	s.pair++
	xs, ys, w, others := s.x[:0], s.y[:0], s.w, s.Scores[j]
	for m, x := range s.Scores[i] {
		y := others[m]
		if w[m] = 0; math.IsNaN(x) || math.IsNaN(y) {
			continue
		}
		w[m] = 1
		xs, ys = append(xs, x), append(ys, y)
		if f := s.draws.family[m]; s.seen[f] != s.pair {
			s.seen[f] = s.pair
			s.families++
		}
	}
	s.x, s.y = xs, ys
	p := Pair{N: len(s.x), Families: s.families, R: unknown(math.NaN()), Rho: math.NaN()}
	if p.N < MinModels {
		return p
	}
	p.R.Value = stat.Pearson(s.x, s.y)
	s.rankers[i].Ranks(s.rx, s.w)
	s.rankers[j].Ranks(s.ry, s.w)
	p.Rho = product(s.rx, s.ry, s.w)
	return p
}

// unknown returns a value without intervals.
func unknown(value float64) Estimate {
	return Estimate{Value: value, Models: None, Families: None, P: math.NaN(), FamilyP: math.NaN()}
}

func gather(x []float64, at []int) []float64 {
	out := make([]float64, len(at))
	for k, i := range at {
		out[k] = x[i]
	}
	return out
}
