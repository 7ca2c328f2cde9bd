package relate

import (
	"math"

	"github.com/bsgen/bsgen/scoring/stat"
)

// Spearman returns rho of two benchmarks with its intervals. Each replicate
// ranks its models anew.
func (r *Relations) Spearman(i, j int) Estimate {
	common := r.Common(i, j)
	if len(common) < MinModels {
		return unknown(math.NaN())
	}
	return r.spearman(common, i, j)
}

// Within returns r and rho of two benchmarks over some of the models, which all
// have a score on both, with intervals. Fewer than [MinModels] give NaN.
func (r *Relations) Within(models []int, i, j int) (pearson, spearman Estimate) {
	if len(models) < MinModels {
		return unknown(math.NaN()), unknown(math.NaN())
	}
	x, y := gather(r.Scores[i], models), gather(r.Scores[j], models)
	return r.draws.estimate(fisher, models, func(w []float64) float64 { return stat.WeightedPearson(x, y, w) }), r.spearman(models, i, j)
}

func (r *Relations) spearman(models []int, i, j int) Estimate {
	x, y := stat.NewRanker(gather(r.Scores[i], models)), stat.NewRanker(gather(r.Scores[j], models))
	rx, ry := make([]float64, len(models)), make([]float64, len(models))
	return r.draws.estimate(fisher, models, func(w []float64) float64 {
		x.Ranks(rx, w)
		y.Ranks(ry, w)
		return stat.WeightedPearson(rx, ry, w)
	})
}

// Partial returns the correlation of two benchmarks with the linear influence
// of a third variable taken out of both,
//
//	(r_xy - r_xz r_yz) / sqrt( (1 - r_xz²)(1 - r_yz²) )
//
// over the models that have all three, and the plain correlation over the same
// models. NaN for fewer than [MinModels] and where z determines x or y.
func (r *Relations) Partial(i, j, z int) (partial, plain Estimate, n int) {
	common := r.Common(i, j, z)
	if len(common) < MinModels {
		return unknown(math.NaN()), unknown(math.NaN()), len(common)
	}
	a, b, c := gather(r.Scores[i], common), gather(r.Scores[j], common), gather(r.Scores[z], common)
	partial = r.draws.estimate(fisher, common, func(w []float64) float64 {
		return partialCorrelation(stat.WeightedPearson(a, b, w), stat.WeightedPearson(a, c, w), stat.WeightedPearson(b, c, w))
	})
	plain = r.draws.estimate(fisher, common, func(w []float64) float64 { return stat.WeightedPearson(a, b, w) })
	return partial, plain, len(common)
}

func partialCorrelation(xy, xz, yz float64) float64 {
	const rounding = 1e-12
	left := float64(1-xz*xz) * float64(1-yz*yz)
	if !(left > rounding) {
		return math.NaN()
	}
	return math.Max(-1, math.Min(1, (xy-float64(xz*yz))/math.Sqrt(left)))
}

// Reliability returns the share of the variance of scores across models that is
// not noise,
//
//	1 - mean(se²) / variance(scores)
//
// with the variance's divisor n-1, over the models that have both a score and a
// standard error. It is NaN for fewer than [MinModels] of them and for scores
// that do not vary, and negative where noise explains more than there is.
func Reliability(scores, se []float64) float64 {
	if len(scores) != len(se) {
		panic("relate: lengths differ")
	}
	var values []float64
	noise := 0.0
	for i, v := range scores {
		if !math.IsNaN(v) && !math.IsNaN(se[i]) {
			values = append(values, v)
			noise += float64(se[i] * se[i])
		}
	}
	sd := stat.SampleStd(values)
	if len(values) < MinModels || !(sd > 0) {
		return math.NaN()
	}
	return 1 - noise/float64(len(values))/(sd*sd)
}

// MinReliability is the reliability below which no correlation is corrected:
// its root is what is divided by, and its own error would decide the result.
const MinReliability = .3

// Disattenuate returns the correlation that two benchmarks would have without
// noise, r / sqrt(reliability of x times that of y) (Spearman 1904). It is NaN
// where a reliability is below [MinReliability] or unknown. It assumes that the
// noise of the two is independent, and it can exceed 1.
func Disattenuate(r, x, y float64) float64 {
	if !(x >= MinReliability) || !(y >= MinReliability) {
		return math.NaN()
	}
	return r / math.Sqrt(x*y)
}
