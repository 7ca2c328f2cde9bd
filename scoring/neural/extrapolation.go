package neural

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/bsgen/bsgen/scoring/regress"
	"github.com/bsgen/bsgen/scoring/split"
	"github.com/bsgen/bsgen/scoring/stat"
)

// Extrapolation is a ceiling from how well subjects predict each other,
// extrapolated to infinitely many.
type Extrapolation struct {
	// Value, Lower and Upper are the medians over neuroids of those below.
	Value, Lower, Upper float64
	// Units, UnitLower and UnitUpper hold, per neuroid of all subjects in
	// order, the asymptote and the 95 % interval of the curve where it has
	// become flat; NaN where a neuroid could not be predicted.
	Units, UnitLower, UnitUpper []float64
}

// Extrapolate predicts each subject's neuroids from those of n-1 others, for
// every subset of n = 2 ... S subjects, by the given metric on the given splits.
// Per neuroid, the scores for each n, one per subset and split, are resampled 100
// times (those of a subset with an undefined one are left out), and a curve
// v0 (1 - exp(-n/τ)) with 0 <= v0 <= 1 and τ > 0 is fitted by least squares to
// their means; the ceiling is the median v0. The interval spans the 2.5th to
// 97.5th percentile of the curves at the first n after which their median grows
// by less than 0.0005.
//
// The work grows as S 2^(S-1) fits; more than twelve subjects are an error.
// Each subject's matrix is stimuli x neuroids.
//
// Schrimpf et al., "The neural architecture of language" (2021), ceiling
// estimation; brain-score/language, ExtrapolationCeiling, whose use of the
// random generator is repeated.
func Extrapolate(ctx context.Context, m Metric, subjects []regress.Matrix, splits []split.Split) (*Extrapolation, error) {
	s := len(subjects)
	if s < 2 || s > 12 {
		return nil, fmt.Errorf("neural: extrapolation over %d subjects: possible are 2 to 12", s)
	}
	// scores[u][k] are the scores of neuroid u from subsets of k+2 subjects,
	// subset by subset, split by split.
	first := make([]int, s+1)
	for i, x := range subjects {
		_, q := x.Dims()
		first[i+1] = first[i] + q
	}
	scores := make([][][]float64, first[s])
	for u := range scores {
		scores[u] = make([][]float64, s-1)
	}
	for size := 2; size <= s; size++ {
		for _, subset := range subsets(s, size) {
			for _, target := range subset {
				var others []regress.Matrix
				for _, o := range subset {
					if o != target {
						others = append(others, subjects[o])
					}
				}
				score, err := m.Score(ctx, beside(others), subjects[target], splits)
				if err != nil {
					return nil, fmt.Errorf("predicting subject %d from %d others: %w", target, size-1, err)
				}
				if len(score.Units) == 0 {
					return nil, fmt.Errorf("neural: extrapolation needs a metric with a score per neuroid")
				}
				for u := first[target]; u < first[target+1]; u++ {
					if v := column(score.Units, u-first[target]); !slices.ContainsFunc(v, math.IsNaN) {
						scores[u][size-2] = append(scores[u][size-2], v...)
					}
				}
			}
		}
	}
	e := &Extrapolation{
		Units: make([]float64, len(scores)), UnitLower: make([]float64, len(scores)), UnitUpper: make([]float64, len(scores)),
	}
	curve := newGrowth(s)
	err := inParallel(ctx, len(scores), func(u int) {
		e.Units[u], e.UnitLower[u], e.UnitUpper[u] = curve.extrapolate(scores[u])
	})
	if err != nil {
		return nil, err
	}
	e.Value = stat.Median(slices.Clone(e.Units))
	e.Lower = stat.Median(slices.Clone(e.UnitLower))
	e.Upper = stat.Median(slices.Clone(e.UnitUpper))
	return e, nil
}

func column(rows [][]float64, k int) []float64 {
	c := make([]float64, len(rows))
	for i, row := range rows {
		c[i] = row[k]
	}
	return c
}

// subsets returns the subsets of 0 ... n-1 of a size, in lexicographic order.
func subsets(n, size int) [][]int {
	var out [][]int
	var grow func(from int, head []int)
	grow = func(from int, head []int) {
		if len(head) == size {
			out = append(out, slices.Clone(head))
			return
		}
		for i := from; i < n; i++ {
			grow(i+1, append(head, i))
		}
	}
	grow(0, nil)
	return out
}

// joined is several matrices side by side.
type joined []regress.Matrix

func beside(m []regress.Matrix) regress.Matrix {
	if len(m) == 1 {
		return m[0]
	}
	return joined(m)
}

func (j joined) Dims() (rows, cols int) {
	for _, m := range j {
		r, c := m.Dims()
		rows = r
		cols += c
	}
	return rows, cols
}

func (j joined) Row(dst []float64, i, lo int) {
	for _, m := range j {
		_, c := m.Dims()
		if lo < c && len(dst) > 0 {
			n := min(len(dst), c-lo)
			m.Row(dst[:n], i, lo)
			dst = dst[n:]
			lo = 0
		} else {
			lo -= c
		}
	}
}

// growth fits v0 (1 - exp(-n/τ)) at n = 2 ... s.
type growth struct {
	s     int
	tau   []float64   // a grid, evenly spaced in its logarithm
	basis [][]float64 // 1 - exp(-n/τ) at each
}

const (
	bootstraps   = 100
	flatGrowth   = 0.0005
	curveLength  = 1000
	tauPerDecade = 24
)

func newGrowth(s int) *growth {
	g := &growth{s: s}
	ratio := math.Sqrt(math.Sqrt(math.Sqrt(10))) // 10^(1/8)
	third := math.Cbrt(ratio)                    // 10^(1/24)
	tau := 0.01
	for range 6*tauPerDecade + 1 {
		g.tau = append(g.tau, tau)
		g.basis = append(g.basis, g.at(tau))
		tau *= third
	}
	return g
}

func (g *growth) at(tau float64) []float64 {
	b := make([]float64, g.s-1)
	for k := range b {
		b[k] = 1 - expNegative(-float64(k+2)/tau)
	}
	return b
}

// fit returns the parameters with the least squared error over the given n - 2.
func (g *growth) fit(at []int, v []float64) (v0, tau float64) {
	loss := func(basis []float64) (v0, sum float64) {
		var bv, bb float64
		for i, k := range at {
			bv += float64(basis[k] * v[i])
			bb += float64(basis[k] * basis[k])
		}
		if bb > 0 {
			v0 = max(0, min(1, bv/bb))
		}
		for i, k := range at {
			d := v[i] - float64(v0*basis[k])
			sum += float64(d * d)
		}
		return v0, sum
	}
	best, least := 0, math.Inf(1)
	for i, b := range g.basis {
		if _, l := loss(b); l < least {
			best, least = i, l
		}
	}
	// Golden section within the neighbouring grid points.
	const golden = 0.6180339887498949
	lo, hi := g.tau[max(0, best-1)], g.tau[min(len(g.tau)-1, best+1)]
	for range 60 {
		step := float64(golden * (hi - lo))
		a, b := hi-step, lo+step
		_, la := loss(g.at(a))
		_, lb := loss(g.at(b))
		if la <= lb {
			hi = b
		} else {
			lo = a
		}
	}
	tau = (lo + hi) / 2
	v0, l := loss(g.at(tau))
	if l > least {
		tau = g.tau[best]
		v0, _ = loss(g.basis[best])
	}
	return v0, tau
}

// extrapolate returns the asymptote and its interval for one neuroid's scores.
func (g *growth) extrapolate(scores [][]float64) (value, lower, upper float64) {
	var at []int
	for k, v := range scores {
		if len(v) > 0 {
			at = append(at, k)
		}
	}
	if len(at) < 2 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	rng := split.NewRandomState(0)
	v0, tau := make([]float64, bootstraps), make([]float64, bootstraps)
	means := make([]float64, len(at))
	for b := range v0 {
		for i, k := range at {
			sum := 0.0
			for _, j := range rng.ChoiceWithReplacement(len(scores[k]), len(scores[k])) {
				sum += scores[k][j]
			}
			means[i] = sum / float64(len(scores[k]))
		}
		v0[b], tau[b] = g.fit(at, means)
	}
	curve := make([]float64, bootstraps)
	height := func(n int) float64 {
		for b := range curve {
			curve[b] = v0[b] * (1 - expNegative(-float64(n)/tau[b]))
		}
		return stat.Median(curve) // which leaves them reordered
	}
	last := height(0)
	for n := range curveLength - 1 {
		next := height(n + 1)
		if next-last < flatGrowth {
			height(n)
			break
		}
		last = next
	}
	slices.Sort(curve)
	return stat.Median(v0), stat.Quantile(curve, 0.025), stat.Quantile(curve, 0.975)
}

// expNegative is exp(x) for x <= 0. It is written out because math.Exp differs
// in the last bit between processors.
func expNegative(x float64) float64 {
	if x < -745 {
		return 0
	}
	const (
		ln2High = 6.93147180369123816490e-01 // 21 bits short of ln 2, so that k ln2High is exact
		ln2Low  = 1.90821492927058770002e-10
	)
	k := math.Floor(x/math.Ln2 + 0.5)
	r := (x - float64(k*ln2High)) - float64(k*ln2Low)
	sum := 1.0
	for i := 14; i > 0; i-- { // Taylor's series, Horner's rule: |r| < 0.35
		sum = 1 + float64(r*sum)/float64(i)
	}
	return math.Ldexp(sum, int(k))
}
