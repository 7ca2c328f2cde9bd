package scoring

import (
	"fmt"
	"math"
	"slices"
)

// Scale says what kind of quantity a ceiling is, and so which rules fit it.
type Scale string

// The scales of a ceiling.
const (
	// Reliability is a Spearman-Brown corrected split-half correlation: the
	// share of variance that is not noise. The largest correlation that a
	// perfect model can reach is its square root.
	Reliability Scale = "reliability"
	// Correlation is a bound on a correlation itself.
	Correlation Scale = "correlation"
	// Reference is what people or animals reach among themselves. A model may exceed it.
	Reference Scale = "reference"
	// Band is the noise ceiling of RDMs: the true model lies between a lower
	// and an upper bound (Nili et al. 2014, PLoS Comput Biol 10(4):e1003553).
	Band Scale = "band"
)

// Rule normalises a raw value r by a ceiling c.
type Rule struct {
	Formula string  // as a person writes it
	Scales  []Scale // the scales it fits
	Clips   bool    // to [0, 1]
	apply   func(r, c float64) float64
}

// Rules holds the rules by name. A rule never changes its meaning; a changed
// rule gets a new name.
var Rules = map[string]Rule{
	// Brain-Score's rule for neural benchmarks since January 2026
	// (brain-score/vision#2169): both terms are shares of variance.
	"explained_variance": {"r^2 / c", []Scale{Reliability}, false, func(r, c float64) float64 { return signedSquare(r) / c }},
	// Brain-Score's rule for neural benchmarks before 2026.
	"squared_ratio": {"(r / c)^2", []Scale{Correlation}, false, func(r, c float64) float64 { return signedSquare(r / c) }},
	"ratio":         {"r / c", []Scale{Correlation, Reference, Band}, false, func(r, c float64) float64 { return r / c }},
	// A correlation over the largest one that a reliability allows.
	"ratio_sqrt":    {"r / sqrt(c)", []Scale{Reliability}, false, func(r, c float64) float64 { return r / math.Sqrt(c) }},
	"clipped_ratio": {"r / c, clipped to 0..1", []Scale{Correlation, Reference, Band}, true, func(r, c float64) float64 { return r / c }},
}

// RuleNames returns the names of the rules, sorted.
func RuleNames() []string {
	names := make([]string, 0, len(Rules))
	for n := range Rules {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// signedSquare keeps the sign, so that a model that is anti-correlated with
// the data can not look good because the rule squares.
func signedSquare(x float64) float64 { return x * math.Abs(x) }

// Apply returns the normalised value and the value before clipping. A ceiling
// that is not positive gives NaN: there is nothing to explain.
func (ru Rule) Apply(raw, ceiling float64) (score, unclipped float64) {
	if !(ceiling > 0) || math.IsInf(ceiling, 0) {
		return math.NaN(), math.NaN()
	}
	u := ru.apply(raw, ceiling)
	if ru.Clips {
		return Clip(u), u
	}
	return u, u
}

// Replicate returns what a replicate of the score holds: the raw value under
// the rule and before clipping, or the raw value itself under the rule "none".
func (s *Score) Replicate(raw, ceiling float64) float64 {
	if s.Rule == "none" {
		return raw
	}
	_, unclipped := Rules[s.Rule].Apply(raw, ceiling)
	return unclipped
}

// Clip limits x to [0, 1]. NaN stays NaN.
func Clip(x float64) float64 { return math.Min(math.Max(x, 0), 1) }

// Normalize fills Rule, Score and Unclipped from Raw and Ceiling, and warns
// wherever the rule clipped, the ceiling is unusable or a negative raw value
// would be hidden. The rule "none" leaves Score and Unclipped NaN.
func (s *Score) Normalize(rule string) error {
	s.Rule = rule
	s.Score, s.Unclipped = math.NaN(), math.NaN()
	if rule == "none" {
		return nil
	}
	ru, ok := Rules[rule]
	if !ok {
		return fmt.Errorf("normalise: there is no rule %q", rule)
	}
	s.Score, s.Unclipped = ru.Apply(s.Raw, s.Ceiling.Value)
	switch {
	case math.IsNaN(s.Raw):
	case math.IsNaN(s.Score):
		s.Warn("the ceiling is %s: the score is undefined", FormatNumber(s.Ceiling.Value))
	case s.Score != s.Unclipped:
		s.Warn("clipped from %s to %s", FormatNumber(s.Unclipped), FormatNumber(s.Score))
	case s.Raw < 0:
		s.Warn("the raw value is negative: the model is anti-correlated with the data")
	}
	return nil
}

// Warn appends a warning.
func (s *Score) Warn(format string, args ...any) {
	s.Warnings = append(s.Warnings, fmt.Sprintf(format, args...))
}

// FormatNumber writes a number for people: four significant digits, and "none" for NaN.
func FormatNumber(x float64) string {
	if math.IsNaN(x) {
		return "none"
	}
	return fmt.Sprintf("%.4g", x)
}
