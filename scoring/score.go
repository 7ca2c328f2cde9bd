package scoring

import (
	"math"

	"github.com/bsgen/bsgen/scoring/stat"
)

// Score is the outcome of one metric for one model. Values that do not exist
// are NaN.
type Score struct {
	Raw       float64 // the metric's own value
	Ceiling   Ceiling
	Rule      string  // name in Rules, or "none"
	Score     float64 // Raw under the rule, as it enters means; NaN for rule none
	Unclipped float64 // Score before clipping; equal to it for rules that do not clip
	Error     Error   // the field's customary error, in units of Raw
	Interval  Interval

	Subjects []Subject          // for rules that normalise each subject by itself
	Splits   []float64          // raw value per cross-validation split, where there are any
	Units    Units              // what Raw is an average of
	Details  map[string]float64 // further numbers of this metric, by name, such as "signed_mean"
	Warnings []string

	// Replicates are bootstrap values of Unclipped, or of Raw under rule none.
	// Replicate b drew the same units for every model on the same unit set.
	Replicates []float64
}

// Ceiling is what noise in the measurements allows, or what people reach.
type Ceiling struct {
	Value float64 // NaN: there is none
	Scale Scale
	Lower float64 // of a band; NaN elsewhere
	Upper float64 // of a band; NaN elsewhere
	Error float64 // standard error where the ceiling comes from splits or from resampled people; else NaN
}

// NoCeiling is the ceiling of a measurement that allows none.
var NoCeiling = Ceiling{Value: math.NaN(), Lower: math.NaN(), Upper: math.NaN(), Error: math.NaN()}

// ConstantCeiling returns a ceiling that is a published or logical constant.
func ConstantCeiling(v float64, scale Scale) Ceiling {
	c := NoCeiling
	c.Value, c.Scale = v, scale
	return c
}

// Subject is the part of a score that comes from one subject.
type Subject struct {
	Name         string
	Raw, Ceiling float64
}

// Error is a standard error or deviation with what it is.
type Error struct {
	Value float64
	Kind  string
}

// Interval is a confidence interval on the scale of Score (of Raw under rule none).
type Interval struct {
	Level     float64 // .95
	Low, High float64
	Method    string
	Resampled string // what was resampled: "images x observers"
}

// Units are the values whose average the raw value is.
type Units struct {
	Kind    string // "subject x condition", "subject", "word"
	Values  []float64
	Dropped int // units without a value (NaN), left out of the average
}

// Level is the level of every interval.
const Level = .95

// FinishInterval fills Interval from the replicates: their 2.5 % and 97.5 %
// quantiles, clipped like the score. Replicates without a value are left out,
// with a warning.
func (s *Score) FinishInterval(resampled string) {
	kept, dropped := stat.Finite(s.Replicates)
	if dropped > 0 && !math.IsNaN(s.Raw) {
		s.Warn("%d of %d bootstrap replicates have no value", dropped, len(s.Replicates))
	}
	low, high := PercentileInterval(s.Rule, kept)
	s.Interval = Interval{
		Level:     Level,
		Low:       low,
		High:      high,
		Method:    "bootstrap percentile",
		Resampled: resampled,
	}
}

// CheckedInterval returns what [PercentileInterval] does of the finite replicates.
// It is many times as fast where that is the interval from low to high, but for
// rounding.
func CheckedInterval(rule string, replicates []float32, low, high float64) (wantLow, wantHigh float64) {
	wantLow, wantHigh, ok := stat.TailsNear(replicates, (1-Level)/2, low, high)
	if !ok {
		var finite []float64
		for _, x := range replicates {
			if x-x == 0 {
				finite = append(finite, float64(x))
			}
		}
		return PercentileInterval(rule, finite)
	}
	if Rules[rule].Clips {
		return Clip(wantLow), Clip(wantHigh)
	}
	return wantLow, wantHigh
}

// PercentileInterval returns the 2.5 % and 97.5 % quantiles of replicates, all
// of them finite, clipped like a score under the rule; NaN where there are none.
// It reorders them.
func PercentileInterval(rule string, replicates []float64) (low, high float64) {
	low, high = stat.Tails(replicates, (1-Level)/2)
	if Rules[rule].Clips {
		return Clip(low), Clip(high)
	}
	return low, high
}
