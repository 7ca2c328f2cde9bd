package rdm

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/scoring/resample"
	"github.com/bsgen/bsgen/scoring/stat"
)

// three RDMs of five stimuli, with ties, and a model's. The numbers that the
// tests expect of them come from
//
//	R = [rankdata(s) for s in S]; pool = sum(R)
//	upper = mean([spearmanr(r, pool)[0] for r in R])
//	lower = mean([spearmanr(r, pool - r)[0] for r in R])
//	rho   = [spearmanr(M, s)[0] for s in S]
//
// with scipy.stats' rankdata and spearmanr.
func three() *assembly.RDMs {
	return &assembly.RDMs{
		Subjects: []string{"A", "B", "C"},
		Stimuli:  []string{"s1", "s2", "s3", "s4", "s5"},
		Upper: [][]float64{
			{1, 3, 2, 5, 4, 4, 7, 6, 9, 8},
			{2, 1, 3, 4, 6, 5, 5, 9, 8, 7},
			{1, 2, 9, 4, 3, 6, 7, 2, 8, 5},
		},
	}
}

func model() *assembly.RDM {
	return &assembly.RDM{N: 5, Upper: []float64{2, 2, 1, 4, 3, 6, 5, 8, 9, 7}}
}

const (
	upper = .7703252032520327
	lower = .5384948040490972
	raw   = .6432926829268294
)

var rho = []float64{.878048780487805, .8719512195121952, .17987804878048783}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > 1e-13 {
		t.Errorf("%s: %.16g, want %.16g", what, got, want)
	}
}

func similarity(t *testing.T, data *assembly.RDMs, bound Bound) *Similarity {
	t.Helper()
	s, err := NewSimilarity(data, bound)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestFromActivations(t *testing.T) {
	a := &assembly.Activations{Stimuli: 4, Units: 5, Float64: []float64{
		1, 4, 2, 8, 5,
		7, 1, 0, 3, 3,
		2, 2, 9, 1, 6,
		1, 5, 2, 7, 6,
	}}
	m, err := FromActivations(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	// (1 - numpy.corrcoef(a))[numpy.triu_indices(4, 1)]
	want := []float64{1.2041241452319316, 1.3768673314407158, .0477834185908923, 1.5220095414383312, 1.280757238313942, 1.3132898842763308}
	if m.N != 4 || len(m.Upper) != len(want) {
		t.Fatalf("%d stimuli, %d pairs", m.N, len(m.Upper))
	}
	for i := range want {
		near(t, fmt.Sprint("pair ", i), m.Upper[i], want[i])
	}
	for v, want := range map[float64]string{
		.1:           "1 and 3", // its mean over five units rounds
		math.NaN():   "row 2, column 0 is NaN",
		math.Inf(-1): "row 2, column 0 is -Inf",
		1e301:        "row 2, column 0 is 1e+301",
	} {
		b := *a
		b.Float64 = slices.Clone(a.Float64)
		for i := range 5 {
			b.Float64[10+i] = v
		}
		if _, err := FromActivations(t.Context(), &b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the third stimulus has %v everywhere: error %v", v, err)
		}
	}
}

// TestFromActivationsUnit: the unit of the activations does not matter, and the
// end of the context is noticed.
func TestFromActivationsUnit(t *testing.T) {
	a := &assembly.Activations{Stimuli: 3, Units: 4, Float64: []float64{1, 4, 2, 8, 7, 1, 0, 3, 2, 2, 9, 1}}
	want, err := FromActivations(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range []float64{0x1p-1000, 0x1p-530, 0x1p530, 0x1p980} { // powers of two: nothing is rounded
		b := *a
		b.Float64 = slices.Clone(a.Float64)
		for i := range b.Float64 {
			b.Float64[i] *= unit
		}
		got, err := FromActivations(t.Context(), &b)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range got.Upper {
			near(t, fmt.Sprintf("pair %d in units of %g", i, unit), v, want.Upper[i])
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := FromActivations(ctx, a); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: %v", err)
	}
}

// TestFromRecordings: neuroids of two animals stand mixed, a missing repetition
// is left out of the mean.
func TestFromRecordings(t *testing.T) {
	nan := math.NaN()
	r := &assembly.Recordings{
		Stimuli:  []string{"x", "y", "z"},
		Neuroids: []string{"n1", "n2", "n3", "n4", "n5", "n6"},
		Subject:  []string{"M", "K", "M", "K", "M", "K"},
		Repeats:  2,
		Values: [][]float64{ // neuroid x (stimulus, repetition)
			{0, 2, 7, 7, 2, nan},
			{1, 1, 2, 2, 4, 4},
			{4, 4, 0, 2, 1, 3},
			{5, 5, 0, 2, 3, 3},
			{nan, 2, 0, 0, 9, 9},
			{2, 2, 8, 8, 1, 3},
		},
	}
	got, err := FromRecordings(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Subjects, []string{"M", "K"}) || !slices.Equal(got.Stimuli, r.Stimuli) {
		t.Fatalf("subjects %v, stimuli %v", got.Subjects, got.Stimuli)
	}
	for k, means := range [][]float64{
		{1, 4, 2, 7, 1, 0, 2, 2, 9},
		{1, 5, 2, 2, 1, 8, 4, 3, 2},
	} {
		want, err := FromActivations(t.Context(), &assembly.Activations{Stimuli: 3, Units: 3, Float64: means})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Upper[k], want.Upper) {
			t.Errorf("%s: %v, want %v", got.Subjects[k], got.Upper[k], want.Upper)
		}
	}
	for _, v := range r.Values {
		v[0], v[1] = nan, nan // the first stimulus was never shown
	}
	if _, err := FromRecordings(t.Context(), r); err == nil || !strings.Contains(err.Error(), "subject M") {
		t.Errorf("a stimulus without repetitions: %v", err)
	}
}

func TestScore(t *testing.T) {
	sc, err := similarity(t, three(), Ranks).Score(model(), "ratio")
	if err != nil {
		t.Fatal(err)
	}
	near(t, "raw", sc.Raw, raw)
	for k, want := range rho {
		near(t, "rho of subject "+three().Subjects[k], sc.Units.Values[k], want)
	}
	near(t, "upper bound", sc.Ceiling.Upper, upper)
	near(t, "ceiling", sc.Ceiling.Value, upper)
	near(t, "lower bound", sc.Ceiling.Lower, lower)
	near(t, "score", sc.Score, raw/upper)
	near(t, "standard error", sc.Error.Value, .23171400289883468) // numpy.std(rho, ddof=1) / sqrt(3)
	if sc.Ceiling.Scale != scoring.Band {
		t.Errorf("scale %q", sc.Ceiling.Scale)
	}
	// The second warning: a draw of five stimuli may hold two or fewer distinct
	// ones, whose single dissimilarity has no correlation.
	if len(sc.Warnings) != 2 || !strings.Contains(sc.Warnings[0], "with 3 subjects the upper bound of the noise ceiling is inflated") {
		t.Errorf("warnings %q", sc.Warnings)
	}
	if want := "stimuli; jackknife over subjects, t quantile"; sc.Interval.Resampled != want {
		t.Errorf("resampled %q, want %q", sc.Interval.Resampled, want)
	}
	if len(sc.Replicates) != resample.B || !(sc.Interval.Low < sc.Score && sc.Score < sc.Interval.High) {
		t.Errorf("%d replicates, interval %v to %v around %v", len(sc.Replicates), sc.Interval.Low, sc.Interval.High, sc.Score)
	}
}

// TestScoreOfASubject: a subject as a model correlates 1 with itself, and the
// mean of all ranks reaches the upper bound.
func TestScoreOfASubject(t *testing.T) {
	s, data := similarity(t, three(), Ranks), three()
	sc, err := s.Score(&assembly.RDM{N: 5, Upper: data.Upper[1]}, "ratio")
	if err != nil {
		t.Fatal(err)
	}
	near(t, "rho of B with itself", sc.Units.Values[1], 1)
	pool := make([]float64, len(data.Upper[0]))
	for _, u := range data.Upper {
		for i, r := range stat.Ranks(nil, u) {
			pool[i] += r
		}
	}
	sc, err = s.Score(&assembly.RDM{N: 5, Upper: pool}, "ratio")
	if err != nil {
		t.Fatal(err)
	}
	near(t, "score of the pooled ranks", sc.Score, 1)
}

// TestBoundOfValues: the average is of the matrices as they are, so that those
// of large numbers count for more.
//
//	upper = mean([spearmanr(s, mean(S))[0] for s in S])
//	lower = mean([spearmanr(s, mean(others))[0] for s in S])
func TestBoundOfValues(t *testing.T) {
	data := three()
	for i, v := range data.Upper[0] {
		data.Upper[0][i] = v * v
		data.Upper[2][i] *= 3
	}
	sc, err := similarity(t, data, Values).Score(model(), "ratio")
	if err != nil {
		t.Fatal(err)
	}
	near(t, "upper bound", sc.Ceiling.Upper, .755829225975547)
	near(t, "lower bound", sc.Ceiling.Lower, .5425703491245142)
	near(t, "raw", sc.Raw, raw)
	near(t, "score", sc.Score, raw/.755829225975547)
}

func TestScoreEdges(t *testing.T) {
	one := three()
	one.Subjects, one.Upper = one.Subjects[:1], one.Upper[:1]
	if _, err := NewSimilarity(one, Ranks); err == nil || !strings.Contains(err.Error(), "two subjects") {
		t.Errorf("a band of one subject: %v", err)
	}
	sc, err := similarity(t, one, Unbounded).Score(model(), "none")
	if err != nil {
		t.Fatal(err)
	}
	near(t, "raw of one subject", sc.Raw, rho[0])
	for what, x := range map[string]float64{"score": sc.Score, "ceiling": sc.Ceiling.Value, "standard error": sc.Error.Value} {
		if !math.IsNaN(x) {
			t.Errorf("one subject without a band: %s %v, want NaN", what, x)
		}
	}
	if sc.Interval.Resampled != "stimuli" || strings.Contains(strings.Join(sc.Warnings, "\n"), "noise ceiling") {
		t.Errorf("resampled %q, warnings %q", sc.Interval.Resampled, sc.Warnings)
	}

	s := similarity(t, three(), Ranks)
	constant := &assembly.RDM{N: 5, Upper: []float64{.1, .1, .1, .1, .1, .1, .1, .1, .1, .1}}
	sc, err = s.Score(constant, "ratio")
	if err != nil {
		t.Fatal(err)
	}
	if !math.IsNaN(sc.Raw) || !math.IsNaN(sc.Score) || !math.IsNaN(sc.Interval.Low) {
		t.Errorf("constant model: raw %v, score %v, interval from %v", sc.Raw, sc.Score, sc.Interval.Low)
	}
	if all := strings.Join(sc.Warnings, "\n"); !strings.Contains(all, "all dissimilarities of the model, or of a subject, are equal") || strings.Contains(all, "replicates") {
		t.Errorf("constant model: warnings %q", sc.Warnings)
	}

	if _, err := s.Score(&assembly.RDM{N: 4, Upper: make([]float64, 6)}, "ratio"); err == nil || !strings.Contains(err.Error(), "4 stimuli, the stimulus set has 5") {
		t.Errorf("a matrix of four stimuli: %v", err)
	}
	if _, err := s.Score(model(), "cubed"); err == nil {
		t.Error("an unknown rule is no error")
	}
}
