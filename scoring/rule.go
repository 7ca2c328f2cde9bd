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
	// PerSubject asks for Score.Subjects: the rule is applied to each subject's
	// raw value and ceiling, and the score is the mean. It does not follow from
	// Raw and Ceiling: as in Brain-Score, Raw is the mean of the subjects', and
	// Ceiling that of all neuroids together.
	PerSubject bool
}

// Rules holds the rules by name. A rule never changes its meaning; a changed
// rule gets a new name.
var Rules = map[string]Rule{
	// Brain-Score's rule for neural benchmarks since January 2026
	// (brain-score/vision#2169): both terms are shares of variance.
	"explained_variance": {Formula: "r^2 / c", Scales: []Scale{Reliability}, apply: func(r, c float64) float64 { return signedSquare(r) / c }},
	// Brain-Score's rule for neural benchmarks before 2026.
	"squared_ratio": {Formula: "(r / c)^2", Scales: []Scale{Correlation}, apply: func(r, c float64) float64 { return signedSquare(r / c) }},
	"ratio":         {Formula: "r / c", Scales: []Scale{Correlation, Reference, Band}, apply: func(r, c float64) float64 { return r / c }},
	// A correlation over the largest one that a reliability allows.
	"ratio_sqrt":    {Formula: "r / sqrt(c)", Scales: []Scale{Reliability}, apply: func(r, c float64) float64 { return r / math.Sqrt(c) }},
	"clipped_ratio": {Formula: "r / c, clipped to 0..1", Scales: []Scale{Correlation, Reference, Band}, Clips: true, apply: func(r, c float64) float64 { return r / c }},
	// Brain-Score's rule for benchmarks that hold a train and a test set for each
	// of several subjects (Allen2022, Papale2025 ...).
	"explained_variance_per_subject": {
		Formula: "mean over subjects of r_s^2 / c_s", Scales: []Scale{Reliability}, PerSubject: true,
		apply: func(r, c float64) float64 { return signedSquare(r) / c },
	},
	"ratio_per_subject": {
		Formula: "mean over subjects of r_s / c_s", Scales: []Scale{Correlation, Reference}, PerSubject: true,
		apply: func(r, c float64) float64 { return r / c },
	},
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
	if ru.PerSubject {
		return s.normalizeSubjects(ru)
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

// normalizeSubjects applies a rule to each subject and averages. A subject whose
// raw value or ceiling does not exist makes the score NaN, as in Brain-Score.
func (s *Score) normalizeSubjects(ru Rule) error {
	if len(s.Subjects) == 0 {
		return fmt.Errorf("normalise: the metric gives no values per subject for the rule %s", s.Rule)
	}
	sum := 0.0
	for _, subject := range s.Subjects {
		score, _ := ru.Apply(subject.Raw, subject.Ceiling)
		if math.IsNaN(score) {
			s.Warn("the subject %s has the raw value %s and the ceiling %s: the score is undefined", subject.Name, FormatNumber(subject.Raw), FormatNumber(subject.Ceiling))
		} else if subject.Raw < 0 {
			s.Warn("the raw value of the subject %s is negative: the model is anti-correlated with the data", subject.Name)
		}
		sum += score
	}
	s.Score = sum / float64(len(s.Subjects))
	s.Unclipped = s.Score
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
