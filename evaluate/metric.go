package evaluate

import (
	"context"
	"fmt"
	"slices"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/scoring/behavior"
	"github.com/bsgen/bsgen/scoring/rdm"
	"github.com/bsgen/bsgen/scoring/reading"
)

// scorer scores one response on a benchmark that was prepared.
type scorer func(context.Context, assembly.Response) (scoring.Score, error)

// metric connects a metric's name with what it needs and how it is computed.
type metric struct {
	// version is raised by hand when the same input may give another number.
	version string
	kinds   []string // kinds of response it accepts
	prepare prepareFunc
}

// prepareFunc does what does not depend on the model: ceilings, their replicates.
type prepareFunc func(context.Context, *archive.Benchmark, assembly.Assembly) (scorer, error)

var metrics = withNeural(map[string]metric{
	"error_consistency": {"1", []string{"choices"}, trialMetric(errorConsistency)},
	"accuracy_distance": {"1", []string{"choices"}, trialMetric(accuracyDistance)},
	"accuracy":          {"1", []string{"choices"}, trialMetric(accuracy)},
	"shape_bias":        {"1", []string{"choices"}, trialMetric(shapeBias)},
	"rdm_spearman":      {"1", []string{"rdm", "activations"}, rdmSpearman},
	"pearsonr":          {"1", []string{"surprisal"}, readingMetric(correlation)},
	"delta_loglik":      {"1", []string{"surprisal"}, readingMetric(deltaLogLikelihood)},
})

// Accepts reports whether the benchmark's metric can score the response. Where a
// benchmark says that images are placed in degrees, only the scorer can see to it,
// and no recorded response is taken.
func Accepts(b *archive.Benchmark, r *archive.Response) bool {
	if b.Stimuli.Presentation == "degrees" {
		return false
	}
	if r.Stimuli != b.StimulusSet() || !slices.Contains(metrics[b.Metric.Name].kinds, r.Kind) {
		return false
	}
	return r.Kind != "activations" || r.Region == b.Assembly.Region
}

// constant returns the benchmark's ceiling where that is a constant or none.
func constant(b *archive.Benchmark) (scoring.Ceiling, error) {
	switch b.Ceiling.Name {
	case "constant":
		return scoring.ConstantCeiling(b.Ceiling.Value, scoring.Scale(b.Ceiling.Scale)), nil
	case "none":
		return scoring.NoCeiling, nil
	}
	return scoring.NoCeiling, fmt.Errorf("the metric %s has no ceiling %s", b.Metric.Name, b.Ceiling.Name)
}

func mismatch(b *archive.Benchmark, a assembly.Assembly) error {
	return fmt.Errorf("the metric %s can not use what the reader %s gives (%T)", b.Metric.Name, b.Assembly.Reader, a)
}

// trialScorer scores a model's choices, one label index per item.
type trialScorer func(choices []int) (scoring.Score, error)

func trialMetric(build func(*archive.Benchmark, *assembly.Trials) (trialScorer, error)) prepareFunc {
	return func(_ context.Context, b *archive.Benchmark, a assembly.Assembly) (scorer, error) {
		t, ok := a.(*assembly.Trials)
		if !ok {
			return nil, mismatch(b, a)
		}
		score, err := build(b, t)
		if err != nil {
			return nil, err
		}
		return func(_ context.Context, r assembly.Response) (scoring.Score, error) {
			choices, err := t.Align(r.(*assembly.Choices))
			if err != nil {
				return scoring.Score{}, err
			}
			return score(choices)
		}, nil
	}
}

func errorConsistency(b *archive.Benchmark, t *assembly.Trials) (trialScorer, error) {
	if b.Ceiling.Name != "inter_subject" || len(t.Subjects) < 2 {
		return nil, fmt.Errorf("error consistency needs the ceiling inter_subject and two subjects or more")
	}
	c := behavior.NewErrorConsistency(t)
	return func(choices []int) (scoring.Score, error) { return c.Score(choices, b.Normalize) }, nil
}

func accuracyDistance(b *archive.Benchmark, t *assembly.Trials) (trialScorer, error) {
	if b.Ceiling.Name != "inter_subject" || len(t.Subjects) < 2 {
		return nil, fmt.Errorf("accuracy distance needs the ceiling inter_subject and two subjects or more")
	}
	c := behavior.NewAccuracyDistance(t, false)
	return func(choices []int) (scoring.Score, error) { return c.Score(choices, b.Normalize) }, nil
}

func accuracy(b *archive.Benchmark, t *assembly.Trials) (trialScorer, error) {
	ceiling, err := constant(b)
	return func(choices []int) (scoring.Score, error) { return behavior.Accuracy(t, choices, ceiling, b.Normalize) }, err
}

func shapeBias(b *archive.Benchmark, t *assembly.Trials) (trialScorer, error) {
	ceiling, err := constant(b)
	return func(choices []int) (scoring.Score, error) {
		return behavior.ShapeBias(t, choices, ceiling, b.Normalize)
	}, err
}

func rdmSpearman(ctx context.Context, b *archive.Benchmark, a assembly.Assembly) (scorer, error) {
	var data *assembly.RDMs
	switch a := a.(type) {
	case *assembly.RDMs:
		data = a
	case *assembly.Recordings:
		var err error
		if data, err = rdm.FromRecordings(ctx, a); err != nil {
			return nil, err
		}
	default:
		return nil, mismatch(b, a)
	}
	if scoring.Rules[b.Normalize].PerSubject {
		return nil, fmt.Errorf("the rule %s is for regressions onto neuroids", b.Normalize)
	}
	bound, ok := map[string]rdm.Bound{"none": rdm.Unbounded, "rsa_ceiling": rdm.Ranks, "rsa_ceiling_values": rdm.Values}[b.Ceiling.Name]
	if !ok {
		return nil, fmt.Errorf("the ceiling of RDMs is rsa_ceiling, rsa_ceiling_values or none, not %s", b.Ceiling.Name)
	}
	s, err := rdm.NewSimilarity(data, bound)
	if err != nil {
		return nil, err
	}
	return rdmScorer(s, b.Normalize), nil
}

// rdmScorer scores a model's RDM, or that of its activations.
func rdmScorer(s *rdm.Similarity, rule string) scorer {
	return func(ctx context.Context, r assembly.Response) (scoring.Score, error) {
		switch r := r.(type) {
		case *assembly.RDM:
			return s.Score(r, rule)
		case *assembly.Activations:
			m, err := rdm.FromActivations(ctx, r)
			if err != nil {
				return scoring.Score{}, err
			}
			return s.Score(m, rule)
		}
		panic("evaluate: a response of another kind than the metric accepts")
	}
}

// readingScorer scores a model's surprisal, one value per word.
type readingScorer func(surprisal []float64) (scoring.Score, error)

func readingMetric(build func(*archive.Benchmark, *assembly.ReadingTimes) (readingScorer, error)) prepareFunc {
	return func(_ context.Context, b *archive.Benchmark, a assembly.Assembly) (scorer, error) {
		t, ok := a.(*assembly.ReadingTimes)
		if !ok {
			return nil, mismatch(b, a)
		}
		score, err := build(b, t)
		if err != nil {
			return nil, err
		}
		return func(_ context.Context, r assembly.Response) (scoring.Score, error) {
			s := r.(*assembly.Surprisal)
			values, err := t.Align(s)
			if err != nil {
				return scoring.Score{}, err
			}
			sc, err := score(values)
			sc.Warnings = append(sc.Warnings, s.Notes...)
			return sc, err
		}, nil
	}
}

const sentenceInitial = "sentence-initial"

func correlation(b *archive.Benchmark, t *assembly.ReadingTimes) (readingScorer, error) {
	ceiling, err := constant(b)
	return func(s []float64) (scoring.Score, error) {
		return reading.Correlation(t, s, b.Metric.Exclude == sentenceInitial, ceiling, b.Normalize)
	}, err
}

func deltaLogLikelihood(b *archive.Benchmark, t *assembly.ReadingTimes) (readingScorer, error) {
	if b.Normalize != "none" {
		return nil, fmt.Errorf("delta_loglik has no ceiling: say normalize: none")
	}
	return func(s []float64) (scoring.Score, error) {
		return reading.DeltaLogLikelihood(t, s, b.Metric.Exclude == sentenceInitial)
	}, nil
}
