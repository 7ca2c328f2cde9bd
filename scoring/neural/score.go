package neural

import (
	"math"

	"github.com/bsgen/bsgen/scoring/regress"
	"github.com/bsgen/bsgen/scoring/split"
	"github.com/bsgen/bsgen/scoring/stat"
)

// Score is the outcome of a metric or of a ceiling.
type Score struct {
	// Value is the mean of Splits, those that are NaN or infinite left out.
	Value float64
	// Splits holds the score of each split: for metrics over neuroids the
	// median of its Units.
	Splits []float64
	// Units holds one value per split and neuroid (for reverse_pls: per model
	// feature); nil for metrics that compare whole matrices.
	Units [][]float64
	// Skipped counts the entries of Units that are NaN.
	Skipped int

	// SplitError is Brain-Score's error: the population standard deviation of
	// the splits over the root of their number. It is too small, because the
	// splits share stimuli. NaN for a single split.
	SplitError float64
	// CorrectedError allows for the overlap: with the sample standard
	// deviation s of J splits, s √(1/J + n_test/n_train). Nadeau and Bengio,
	// "Inference for the generalization error" (2003). NaN for a single
	// split and where nothing is fitted.
	CorrectedError float64

	// Alphas holds the ridge penalty of each split, where there is one.
	Alphas []float64
	// Fit is the regression behind the score, for replicates; nil if the
	// metric does not fit.
	Fit *regress.Fit
}

// newScore fills in the statistics over splits from Splits and Units. The
// splits are those of a fit, or nil if nothing was fitted.
func newScore(s Score, fitted []split.Split) *Score {
	for _, u := range s.Units {
		for _, v := range u {
			if math.IsNaN(v) {
				s.Skipped++
			}
		}
	}
	valid, _ := stat.Finite(s.Splits)
	j := float64(len(valid))
	s.Value = stat.Mean(valid)
	s.SplitError, s.CorrectedError = math.NaN(), math.NaN()
	if len(s.Splits) < 2 || len(valid) < 1 {
		return &s
	}
	squares := 0.0
	for _, v := range valid {
		squares += float64((v - s.Value) * (v - s.Value))
	}
	s.SplitError = math.Sqrt(squares/j) / math.Sqrt(j)
	if fitted != nil && len(valid) > 1 {
		ratio := 0.0
		for _, f := range fitted {
			ratio += float64(len(f.Test)) / float64(len(f.Train))
		}
		ratio /= float64(len(fitted))
		s.CorrectedError = math.Sqrt(squares/(j-1)) * math.Sqrt(1/j+ratio)
	}
	return &s
}
