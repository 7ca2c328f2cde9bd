package evaluate

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/scoring/neural"
	"github.com/bsgen/bsgen/scoring/rdm"
	"github.com/bsgen/bsgen/scoring/regress"
	"github.com/bsgen/bsgen/scoring/resample"
	"github.com/bsgen/bsgen/scoring/split"
	"github.com/bsgen/bsgen/scoring/stat"
)

// withNeural adds the metrics of package neural.
func withNeural(m map[string]metric) map[string]metric {
	for _, name := range neural.Names() {
		version := "1"
		if m, _ := neural.Lookup(name); isRegression(m) {
			// 2: no components of rounding errors beyond the rank of the
			// activations; ridge keeps its digits where features are large;
			// rules per subject have a raw value and replicates per subject.
			version = "2"
		}
		m[name] = metric{version, []string{"activations"}, neuralMetric}
	}
	// The view "rdm" compares one matrix over all neuroids; the scorer of
	// RDMs has its replicates.
	m["rdm"] = metric{"1", []string{"activations", "rdm"}, pooledRDM}
	return m
}

func isRegression(m neural.Metric) bool {
	_, ok := m.(neural.Regression)
	return ok
}

// pooledRDM compares the model's RDM with one over all neuroids of all
// subjects, as Brain-Score's metric rdm does.
func pooledRDM(ctx context.Context, b *archive.Benchmark, a assembly.Assembly) (scorer, error) {
	rec, ok := a.(*assembly.Recordings)
	if !ok {
		return nil, mismatch(b, a)
	}
	if b.Ceiling.Name != "none" {
		return nil, fmt.Errorf("one pooled RDM has no noise ceiling: say ceiling: {name: none}, or use rdm_spearman with several subjects")
	}
	m, err := rdm.FromActivations(ctx, rec.Means(""))
	if err != nil {
		return nil, err
	}
	s, err := rdm.NewSimilarity(&assembly.RDMs{Subjects: []string{"all"}, Stimuli: rec.Stimuli, Upper: [][]float64{m.Upper}}, rdm.Unbounded)
	if err != nil {
		return nil, err
	}
	return rdmScorer(s, b.Normalize), nil
}

// neuralScorer compares activations with recordings. It holds what does not
// depend on the model.
type neuralScorer struct {
	benchmark *archive.Benchmark
	metric    neural.Metric
	brain     *assembly.Activations
	splits    []split.Split
	stimuli   resample.Sampler
	ceiling   scoring.Ceiling
	subject   []string    // of each neuroid
	halves    [][]float64 // internal consistency: halving x neuroid

	// The plan of the replicates, and those of an internal consistency: one
	// list, or one of each subject for rules that normalise each by itself.
	resampling *neural.Resampling
	ceilings   [][]float64
}

func neuralMetric(ctx context.Context, b *archive.Benchmark, a assembly.Assembly) (scorer, error) {
	rec, ok := a.(*assembly.Recordings)
	if !ok {
		return nil, mismatch(b, a)
	}
	s := &neuralScorer{benchmark: b, brain: rec.Means(""), subject: rec.Subject}
	for i, v := range s.brain.Float64 {
		if math.IsNaN(v) {
			return nil, fmt.Errorf("the neuroid %s has no repetition of the stimulus %s", rec.Neuroids[i%s.brain.Units], rec.Stimuli[i/s.brain.Units])
		}
	}
	s.stimuli = resample.New("stimuli", rec.Stimuli)
	if s.perSubject() {
		s.resampling = neural.NewResamplingBySubject(s.stimuli, rec.Neuroids, rec.Subject)
	} else {
		s.resampling = neural.NewResampling(s.stimuli, resample.New("neuroids", rec.Neuroids))
	}
	var err error
	if s.metric, err = lookup(b.Metric); err != nil {
		return nil, err
	}
	if s.splits, err = divide(b.Metric, len(rec.Stimuli)); err != nil {
		return nil, err
	}
	switch b.Ceiling.Name {
	case "internal_consistency":
		err = s.consistency(ctx, rec)
	case "extrapolation":
		err = s.extrapolate(ctx, rec)
	default:
		s.ceiling, err = constant(b)
	}
	if s.perSubject() && err == nil {
		if !isRegression(s.metric) || s.reverse() || b.Ceiling.Name == "extrapolation" {
			err = fmt.Errorf("the rule %s needs a regression onto neuroids with a ceiling for each: not %s with %s", b.Normalize, b.Metric.Name, b.Ceiling.Name)
		}
	}
	return s.score, err
}

// extrapolate computes the ceiling from how well subjects predict one another
// (Schrimpf et al. 2021). It is a correlation; its band is the 95 % interval.
func (s *neuralScorer) extrapolate(ctx context.Context, rec *assembly.Recordings) error {
	var brains []regress.Matrix
	for _, name := range subjects(rec.Subject) {
		brains = append(brains, rec.Means(name))
	}
	if len(brains) < 2 {
		return fmt.Errorf("the ceiling extrapolation needs two subjects or more, there is %d", len(brains))
	}
	e, err := neural.Extrapolate(ctx, s.metric, brains, s.splits)
	if err != nil {
		return fmt.Errorf("extrapolate the ceiling: %w", err)
	}
	s.ceiling = scoring.ConstantCeiling(e.Value, scoring.Correlation)
	s.ceiling.Lower, s.ceiling.Upper = e.Lower, e.Upper
	return nil
}

// perSubject reports whether the benchmark's rule normalises each subject by
// itself.
func (s *neuralScorer) perSubject() bool { return scoring.Rules[s.benchmark.Normalize].PerSubject }

// subjects returns the subjects of the neuroids in the order in which they appear.
func subjects(of []string) []string {
	var names []string
	for _, name := range of {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// bySubject returns each subject's raw value, the mean over splits of the
// median over its neuroids, and its ceiling, likewise over the halvings; a
// neuroid whose consistency does not exist makes the ceiling NaN, as numpy's
// median does.
func (s *neuralScorer) bySubject(units [][]float64) []scoring.Subject {
	var out []scoring.Subject
	for _, name := range subjects(s.subject) {
		ceiling := s.ceiling.Value
		if s.halves != nil {
			ceiling = s.meanOfMedians(s.halves, name, true)
		}
		out = append(out, scoring.Subject{Name: name, Raw: s.meanOfMedians(units, name, false), Ceiling: ceiling})
	}
	return out
}

func (s *neuralScorer) meanOfMedians(rows [][]float64, subject string, strict bool) float64 {
	var medians []float64
	for _, row := range rows {
		var values []float64
		for k, v := range row {
			if s.subject[k] == subject {
				values = append(values, v)
			}
		}
		if strict && slices.ContainsFunc(values, math.IsNaN) {
			return math.NaN()
		}
		medians = append(medians, stat.Median(values))
	}
	return stat.Mean(medians)
}

// lookup finds the metric and sets its parameters.
func lookup(m archive.Metric) (neural.Metric, error) {
	found, err := neural.Lookup(m.Name)
	if err != nil {
		return nil, err
	}
	if m.Components == 0 {
		return found, nil
	}
	r, ok := found.(neural.Regression)
	if !ok {
		return nil, fmt.Errorf("the metric %s has no components", m.Name)
	}
	pls, ok := r.Method.(regress.PLS)
	if !ok {
		return nil, fmt.Errorf("the metric %s has no components", m.Name)
	}
	pls.Components = m.Components
	r.Method = pls
	return r, nil
}

// divide returns the cross-validation splits: for metrics that fit, random
// divisions (ten with 90 % for training and seed 1, where the benchmark says
// nothing); for those that end in _cv, random subsets of 90 %; for those that
// end in _split the first stimuli for training and the rest for testing; for
// whole matrices none.
func divide(m archive.Metric, n int) ([]split.Split, error) {
	s := split.Default
	if m.Splits > 0 {
		s.Splits = m.Splits
	}
	if m.Seed > 0 {
		s.Seed = uint32(m.Seed)
	}
	switch {
	case strings.HasSuffix(m.Name, "_split"):
		train := int(m.Train)
		if float64(train) != m.Train || train < 2 || train >= n {
			return nil, fmt.Errorf("metric.train: %g is not how many of the %d stimuli, from the first on, are trained on", m.Train, n)
		}
		return []split.Split{{Train: span(0, train), Test: span(train, n)}}, nil
	case m.Name == "cka" || m.Name == "cka_biased":
		return nil, nil
	case strings.HasSuffix(m.Name, "_cv"):
		s.TrainSize, s.TestSize = 0, .9
	case m.Train > 0:
		s.TrainSize = m.Train
	}
	return s.Split(n)
}

func span(lo, hi int) []int {
	s := make([]int, hi-lo)
	for i := range s {
		s[i] = lo + i
	}
	return s
}

// consistency computes the ceiling and its replicates.
func (s *neuralScorer) consistency(ctx context.Context, rec *assembly.Recordings) error {
	repeats := &neural.Repeats{Neuroids: len(rec.Neuroids), Stimuli: len(rec.Stimuli), Repetitions: rec.Repeats}
	for _, row := range rec.Values {
		repeats.Values = append(repeats.Values, row...)
	}
	if rec.Repeats < 2 {
		return fmt.Errorf("the ceiling internal_consistency compares repetitions with one another, and there is one of each stimulus")
	}
	c := s.benchmark.Ceiling
	halves, err := split.Shuffle{Splits: cmp.Or(c.Splits, 10), TrainSize: .5, Seed: uint32(cmp.Or(c.Seed, 1))}.Split(rec.Repeats)
	if err != nil {
		return fmt.Errorf("internal consistency: %w", err)
	}
	ic, err := neural.InternalConsistency(ctx, repeats, halves)
	if err != nil {
		return fmt.Errorf("internal consistency: %w", err)
	}
	s.ceiling = scoring.ConstantCeiling(ic.Value, scoring.Reliability)
	s.ceiling.Error = ic.SplitError
	s.halves = ic.Units
	s.ceilings, err = s.resampling.InternalConsistency(ctx, repeats, halves)
	return err
}

func (s *neuralScorer) score(ctx context.Context, resp assembly.Response) (scoring.Score, error) {
	model := resp.(*assembly.Activations)
	if err := s.fits(model); err != nil {
		return scoring.Score{}, err
	}
	got, err := s.metric.Score(ctx, model, s.brain, s.splits)
	if err != nil {
		return scoring.Score{}, err
	}
	sc := scoring.Score{
		Raw:     got.Value,
		Ceiling: s.ceiling,
		Error:   scoring.Error{Value: got.SplitError, Kind: "standard error over splits, whose test sets overlap (Brain-Score)"},
		Splits:  got.Splits,
		Units:   perTarget(s.target(), got.Units),
		Details: map[string]float64{"units_of_the_model": float64(model.Units)},
	}
	if len(got.Splits) < 2 {
		sc.Error = scoring.Error{Value: math.NaN()}
	}
	if !math.IsNaN(got.CorrectedError) {
		sc.Details["corrected_error"] = got.CorrectedError
	}
	for _, alpha := range got.Alphas {
		sc.Details["largest_alpha"] = max(sc.Details["largest_alpha"], alpha)
	}
	if got.Skipped > 0 {
		n := 0
		for _, u := range got.Units {
			n += len(u)
		}
		sc.Warn("%d of %d correlations are undefined, because a %s or its prediction does not vary: left out", got.Skipped, n, s.target())
	}
	if math.IsNaN(got.Value) {
		sc.Warn("there is no score: the activations, or the responses, do not vary")
	}
	if s.perSubject() {
		sc.Subjects = s.bySubject(got.Units)
		sc.Raw = 0
		for _, subject := range sc.Subjects {
			sc.Raw += subject.Raw / float64(len(sc.Subjects))
			sc.Details["raw_"+subject.Name], sc.Details["ceiling_"+subject.Name] = subject.Raw, subject.Ceiling
		}
	}
	if err := sc.Normalize(s.benchmark.Normalize); err != nil {
		return sc, err
	}
	return sc, s.replicate(ctx, &sc, got.Fit)
}

// scored scores a response. Activations that stay in their file are closed then;
// where the file has lost some, that is the error, whatever became of them.
func scored(ctx context.Context, score scorer, resp assembly.Response) (scoring.Score, error) {
	activations, ok := resp.(*assembly.Activations)
	if !ok {
		return score(ctx, resp)
	}
	defer activations.Close()
	sc, err := score(ctx, activations)
	if lost := activations.Err(); lost != nil {
		return sc, lost
	}
	return sc, err
}

// fits refuses activations whose fit would need more memory than there is.
func (s *neuralScorer) fits(model *assembly.Activations) error {
	r, ok := s.metric.(neural.Regression)
	if !ok {
		return nil
	}
	p, q := model.Units, s.brain.Units
	if r.Reverse {
		p, q = q, p
	}
	need := regress.EstimateMemory(r.Method, model.Stimuli, p, q, len(s.splits), runtime.GOMAXPROCS(0))
	if have := memoryShare(); need > have {
		return &MemoryError{Need: need, Have: have}
	}
	return nil
}

// reverse reports whether the units of the model are predicted from neuroids.
func (s *neuralScorer) reverse() bool {
	r, ok := s.metric.(neural.Regression)
	return ok && r.Reverse
}

// target names what is predicted.
func (s *neuralScorer) target() string {
	if s.reverse() {
		return "model unit"
	}
	return "neuroid"
}

// perTarget averages each target's values over splits; NaN where it has none.
func perTarget(kind string, units [][]float64) scoring.Units {
	out := scoring.Units{Kind: kind}
	if len(units) == 0 {
		return out
	}
	column := make([]float64, len(units))
	for k := range units[0] {
		for i := range units {
			column[i] = units[i][k]
		}
		kept, _ := stat.Finite(column)
		v := stat.Mean(kept)
		if math.IsNaN(v) {
			out.Dropped++
		}
		out.Values = append(out.Values, v)
	}
	return out
}

// replicate draws stimuli crossed with neuroids over the out-of-sample
// predictions, without fitting again; the ceiling is drawn on the same units.
// Comparisons of whole matrices have no replicates: a stimulus drawn twice is
// alike to itself, which kernels can not leave out.
func (s *neuralScorer) replicate(ctx context.Context, sc *scoring.Score, fit *regress.Fit) error {
	sc.Interval = scoring.Interval{Level: math.NaN(), Low: math.NaN(), High: math.NaN()}
	if fit == nil {
		return nil
	}
	plan, resampled := s.resampling, "stimuli x neuroids, no refit"
	switch {
	case s.reverse():
		plan, resampled = neural.NewResampling(s.stimuli, unitsOfModel(fit.Targets())), "stimuli x model units, no refit"
	case s.perSubject():
		resampled = "stimuli x neuroids of each subject, no refit"
	}
	raw, err := plan.Regression(ctx, fit)
	if err != nil {
		return err
	}
	sc.Replicates = make([]float64, len(raw[0]))
	for b := range sc.Replicates {
		var scores []float64
		for g := range raw {
			ceiling := s.ceiling.Value
			if s.ceilings != nil {
				ceiling = s.ceilings[g][b]
			}
			scores = append(scores, sc.Replicate(raw[g][b], ceiling))
		}
		sc.Replicates[b] = stat.Mean(scores)
	}
	sc.FinishInterval(resampled)
	return nil
}

// unitsOfModel returns the sampler of a model's units, which have no names but
// their indices.
func unitsOfModel(n int) resample.Sampler {
	names := make([]string, n)
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	return resample.New("neuroids", names)
}
