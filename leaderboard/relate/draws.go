package relate

import (
	"math"
	"slices"

	"github.com/bsgen/bsgen/scoring/resample"
	"gonum.org/v1/gonum/stat/distuv"
)

// Replicates is how many times models, and how many times families, are drawn.
const Replicates = 1000

// draws holds how often each replicate draws each model.
type draws struct {
	models, families []uint16 // [replicate][model]
	family           []int    // of each model, its place in units
	units            []string // names of families, sorted
}

// newDraws draws models and families. The names of what is drawn seed it, as in
// package resample, so the draws do not depend on the order of the models.
func newDraws(models, families []string, replicates int) *draws {
	names := make([]string, len(models))
	for i, f := range families {
		names[i] = "family " + f
		if f == "" {
			names[i] = "model " + models[i]
		}
	}
	units := slices.Compact(slices.Sorted(slices.Values(names)))
	d := &draws{family: make([]int, len(models)), units: units}
	for i, n := range names {
		d.family[i], _ = slices.BinarySearch(units, n)
	}
	own := make([]int, len(models))
	for i := range own {
		own[i] = i
	}
	d.models = counts(resample.New("models", models), own, replicates)
	d.families = counts(resample.New("families of models", units), d.family, replicates)
	return d
}

// counts returns [replicate][model] how often the model's unit is drawn.
func counts(s resample.Sampler, unit []int, replicates int) []uint16 {
	out := make([]uint16, replicates*len(unit))
	drawn := make([]float64, s.Len())
	for b := range replicates {
		s.Counts(b, drawn)
		row := out[b*len(unit):][:len(unit)]
		for m, u := range unit {
			row[m] = uint16(min(drawn[u], math.MaxUint16))
		}
	}
	return out
}

// scale is how a statistic is transformed before its standard error is taken.
type scale struct{ to, from func(float64) float64 }

var (
	fisher = scale{atanh, math.Tanh} // correlations
	linear = scale{same, same}       // slopes
)

func same(x float64) float64 { return x }

// atanh is finite at 1 and -1, which replicates of few different models reach.
func atanh(r float64) float64 {
	const top = 1 - 1e-6
	return math.Atanh(max(-top, min(top, r)))
}

// spread gathers replicates of a transformed statistic.
type spread struct {
	n       int     // replicates that have a value
	sum, sq float64 // of their distances from the estimate
}

func (s *spread) add(distance float64) {
	if math.IsNaN(distance) {
		return
	}
	s.n++
	s.sum += distance
	s.sq += float64(distance * distance)
}

func (s *spread) merge(o spread) { s.n, s.sum, s.sq = s.n+o.n, s.sum+o.sum, s.sq+o.sq }

// interval returns the interval of a value and the p-value of its being 0, for
// that many units. Replicates without a value, such as of models that are all
// alike, may be a tenth of all.
func (s spread) interval(sc scale, value float64, units, replicates int) (Interval, float64) {
	if math.IsNaN(value) || units < 2 || s.n < 2 || s.n < replicates-replicates/10 {
		return None, math.NaN()
	}
	n := float64(s.n)
	sd := math.Sqrt(math.Max(0, s.sq-s.sum*s.sum/n) / (n - 1))
	at := sc.to(value)
	if sd == 0 {
		return Interval{value, value}, pointP(value)
	}
	t := distuv.StudentsT{Sigma: 1, Nu: float64(units - 1)}
	half := t.Quantile(.975) * sd
	return Interval{sc.from(at - half), sc.from(at + half)}, 2 * t.CDF(-math.Abs(at)/sd)
}

func pointP(value float64) float64 {
	if value == 0 {
		return 1
	}
	return 0
}

// estimate resamples a statistic of some models. f gets how often each of them
// is drawn, in their order, and must not keep it; NaN is no value.
func (d *draws) estimate(sc scale, models []int, f func(w []float64) float64) Estimate {
	w := make([]float64, len(models))
	for k := range w {
		w[k] = 1
	}
	e := unknown(f(w))
	if math.IsNaN(e.Value) {
		return e
	}
	at := sc.to(e.Value)
	run := func(counts []uint16) spread {
		var s spread
		d.each(counts, models, w, func() { s.add(sc.to(f(w)) - at) })
		return s
	}
	e.Models, e.P = run(d.models).interval(sc, e.Value, len(models), d.replicates())
	if g := d.count(models); g >= MinFamilies {
		e.Families, e.FamilyP = run(d.families).interval(sc, e.Value, g, d.replicates())
	}
	return e
}

// each fills w with each replicate's draws of some models and calls f.
func (d *draws) each(counts []uint16, models []int, w []float64, f func()) {
	all := len(d.family)
	for b := range d.replicates() {
		row := counts[b*all:][:all]
		for k, m := range models {
			w[k] = float64(row[m])
		}
		f()
	}
}

func (d *draws) replicates() int {
	if len(d.family) == 0 {
		return 0
	}
	return len(d.models) / len(d.family)
}

// count returns the number of families of some models.
func (d *draws) count(models []int) int {
	seen := make([]bool, len(d.family))
	n := 0
	for _, m := range models {
		if !seen[d.family[m]] {
			seen[d.family[m]] = true
			n++
		}
	}
	return n
}
