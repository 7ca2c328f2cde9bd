package relate

import (
	"math"

	"github.com/bsgen/bsgen/scoring/stat"
)

// Pearson returns r of two benchmarks over some of the models, which all have a
// score on both, with intervals. Fewer than [MinModels] give NaN.
func (r *Relations) Pearson(models []int, i, j int) Estimate {
	if len(models) < MinModels {
		return unknown(math.NaN())
	}
	return r.draws.estimate(fisher, models, weighted(gather(r.Scores[i], models), gather(r.Scores[j], models)))
}

// Spearman returns rho as [Relations.Pearson] returns r. Each replicate ranks its
// models anew.
func (r *Relations) Spearman(models []int, i, j int) Estimate {
	if len(models) < MinModels {
		return unknown(math.NaN())
	}
	x, y := stat.NewRanker(gather(r.Scores[i], models)), stat.NewRanker(gather(r.Scores[j], models))
	rx, ry := make([]float64, len(models)), make([]float64, len(models))
	return r.draws.estimate(fisher, models, func(w []float64) float64 {
		x.Ranks(rx, w)
		y.Ranks(ry, w)
		return product(rx, ry, w)
	})
}

// weighted returns the correlation of x and y as a function of how often each
// pair counts. It standardises both first, so that one pass loses no digits.
func weighted(x, y []float64) func(w []float64) float64 {
	have := make([]float64, len(x))
	zx, zy := make([]float64, len(x)), make([]float64, len(x))
	standardise(x, zx, have)
	standardise(y, zy, have)
	return func(w []float64) float64 { return product(zx, zy, w) }
}

// product returns the weighted correlation of numbers of moderate size. What has the
// weight 0 must be finite too: to leave it out at a branch would take twice as long.
func product(x, y, w []float64) float64 {
	var n, sx, sy, sxx, syy, sxy float64
	y, w = y[:len(x)], w[:len(x)]
	for k, c := range w {
		a, b := float64(c*x[k]), float64(c*y[k])
		n += c
		sx += a
		sy += b
		sxx += float64(a * x[k])
		syy += float64(b * y[k])
		sxy += float64(a * y[k])
	}
	return correlation(n, sx, sy, sxx, syy, sxy)
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
	xy, xz, yz := weighted(a, b), weighted(a, c), weighted(b, c)
	partial = r.draws.estimate(fisher, common, func(w []float64) float64 { return partialCorrelation(xy(w), xz(w), yz(w)) })
	return partial, r.draws.estimate(fisher, common, xy), len(common)
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
