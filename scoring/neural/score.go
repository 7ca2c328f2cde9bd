package neural

import (
	"math"
	"slices"

	"github.com/bsgen/bsgen/scoring/regress"
	"github.com/bsgen/bsgen/scoring/split"
)

// Score is the outcome of a metric or of a ceiling.
type Score struct {
	// Value is the mean of Splits, those that are NaN left out.
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
	valid := slices.DeleteFunc(slices.Clone(s.Splits), math.IsNaN)
	j := float64(len(valid))
	s.Value = mean(valid)
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

// mean returns the mean of v, NaN if v is empty.
func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// median returns the median of the entries of v that are not NaN, the mean of
// the middle two if their number is even, and NaN if there are none. It
// reorders v.
func median(v []float64) float64 {
	n := 0
	for _, x := range v {
		if !math.IsNaN(x) {
			v[n] = x
			n++
		}
	}
	v = v[:n]
	if n == 0 {
		return math.NaN()
	}
	upper := selectNth(v, n/2)
	if n%2 == 1 {
		return upper
	}
	return (slices.Max(v[:n/2]) + upper) / 2
}

// selectNth returns the k-th smallest entry and moves smaller ones before it.
// Hoare, "Algorithm 65: find" (1961).
func selectNth(v []float64, k int) float64 {
	lo, hi := 0, len(v)-1
	for lo < hi {
		pivot := v[lo+(hi-lo)/2]
		i, j := lo, hi
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for pivot < v[j] {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		if k <= j {
			hi = j
		} else if k >= i {
			lo = i
		} else {
			break
		}
	}
	return v[k]
}
