package evaluate

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/scoring"
)

// TestNames: what archive lets a benchmark name is what evaluate has.
func TestNames(t *testing.T) {
	if got, want := slices.Sorted(maps.Keys(metrics)), slices.Sorted(slices.Values(archive.Metrics)); !slices.Equal(got, want) {
		t.Errorf("metrics %v, archive allows %v", got, want)
	}
	for _, r := range archive.Readers {
		if readerVersion[r] == "" {
			t.Errorf("the reader %s has no version", r)
		}
	}
	for _, formats := range archive.ResponseFormats {
		for _, f := range formats {
			if readerVersion[f] == "" {
				t.Errorf("the format %s has no version", f)
			}
		}
	}
}

// lcg is a small generator, so that the synthetic data below are the same everywhere.
type lcg uint64

func (g *lcg) next() float64 {
	*g = *g*6364136223846793005 + 1442695040888963407
	return float64(*g>>11) * 0x1p-53
}

// synthetic returns a small assembly for each kind of response, and a response to it.
func synthetic() map[string][]struct {
	data assembly.Assembly
	resp assembly.Response
} {
	g := lcg(1)
	const n, objects = 60, 20
	trials := &assembly.Trials{Subjects: []string{"s1", "s2", "s3"}, Conditions: []string{"0", "1"}, Labels: []string{"bear", "cat"}}
	choices := &assembly.Choices{ByStimulus: map[string]string{}}
	words := &assembly.ReadingTimes{}
	surprisal := &assembly.Surprisal{ByWord: map[string]float64{}}
	rec := &assembly.Recordings{Repeats: 4}
	act := &assembly.Activations{Stimuli: n, Units: 30}
	rdms := &assembly.RDMs{Subjects: []string{"s1", "s2", "s3", "s4", "s5"}}
	for i := range n {
		name := fmt.Sprintf("bear%d-cat%d", i, i)
		trials.Items = append(trials.Items, assembly.Item{Stimulus: name, Condition: i % 2, Truth: i / 2 % 2})
		choices.ByStimulus[name] = trials.Labels[int(2*g.next())]
		rec.Stimuli = append(rec.Stimuli, fmt.Sprint(i))
		if i < objects {
			rdms.Stimuli = append(rdms.Stimuli, fmt.Sprint(i))
		}
		for range act.Units {
			act.Float64 = append(act.Float64, g.next())
		}
		w := assembly.Word{Story: 1 + i/20, Index: 1 + i%20, Text: "ab" + strings.Repeat("c", i%5), Mean: 300 + 50*g.next(), SD: 40, N: 80, Log2Freq: 10 * g.next()}
		if i%10 == 9 {
			w.Text += "."
		}
		words.Words = append(words.Words, w)
		surprisal.ByWord[assembly.WordName(w.Story, w.Index)] = 10 * g.next()
	}
	words.SplitSentences()
	for range trials.Subjects {
		row := make([]int, n)
		for i := range row {
			row[i] = int(2 * g.next())
		}
		trials.Choices = append(trials.Choices, row)
	}
	for k := range 6 {
		var row []float64
		for i := range n {
			for range rec.Repeats {
				row = append(row, act.Float64[i*act.Units+k]+.3*g.next())
			}
		}
		rec.Neuroids, rec.Subject, rec.Values = append(rec.Neuroids, fmt.Sprint(k)), append(rec.Subject, []string{"a", "b", "c"}[k%3]), append(rec.Values, row)
	}
	model := &assembly.RDM{N: objects}
	for range assembly.Pairs(objects) {
		model.Upper = append(model.Upper, g.next())
	}
	for range rdms.Subjects {
		u := make([]float64, len(model.Upper))
		for p := range u {
			u[p] = model.Upper[p] + g.next()
		}
		rdms.Upper = append(rdms.Upper, u)
	}
	type pair = struct {
		data assembly.Assembly
		resp assembly.Response
	}
	return map[string][]pair{
		"choices":     {{trials, choices}},
		"surprisal":   {{words, surprisal}},
		"rdm":         {{rdms, model}},
		"activations": {{rec, act}},
	}
}

// TestEveryMetric runs each metric with each ceiling and rule that a benchmark
// may name. It must score, or refuse the combination; it must never panic, end
// in an infinity, or leave an interval that does not hold its score.
func TestEveryMetric(t *testing.T) {
	data := synthetic()
	scored := map[string]int{}
	for name, m := range metrics {
		for _, ceiling := range []archive.Ceiling{
			{Name: "none"}, {Name: "constant", Value: .9, Scale: "reference", Source: "test"},
			{Name: "inter_subject", Scale: "reference"}, {Name: "rsa_ceiling", Scale: "band"}, {Name: "rsa_ceiling_values", Scale: "band"}, {Name: "internal_consistency", Scale: "reliability"}, {Name: "extrapolation", Scale: "correlation"},
		} {
			normalized := false
			for _, rule := range append([]string{"none"}, scoring.RuleNames()...) {
				if ceiling.Name == "none" && rule != "none" {
					continue // refused by archive
				}
				if underRace && normalized {
					continue // a rule is arithmetic on what is there: one is enough to watch
				}
				for _, kind := range m.kinds {
					for _, pair := range data[kind] {
						what := fmt.Sprintf("%s, ceiling %s, rule %s, %s", name, ceiling.Name, rule, kind)
						b := &archive.Benchmark{ID: "Test-" + name, Normalize: rule, Ceiling: ceiling, Metric: archive.Metric{Name: name}}
						if strings.Contains(name, "pls") {
							b.Metric.Components = 3
						}
						if strings.HasSuffix(name, "_split") {
							b.Metric.Train = 40
						}
						if scoring.Rules[rule].PerSubject && kind != "activations" {
							continue // refused by archive
						}
						score, err := m.prepare(context.Background(), b, pair.data)
						if err != nil {
							continue // refused, with a reason
						}
						sc, err := score(context.Background(), pair.resp)
						if err != nil {
							t.Errorf("%s: %v", what, err)
							continue
						}
						scored[name]++
						normalized = normalized || rule != "none"
						if err := finite(sc); err != nil {
							t.Errorf("%s: %v", what, err)
						}
						if rule != "none" && !math.IsNaN(sc.Raw) && sc.Ceiling.Value > 0 && math.IsNaN(sc.Score) {
							t.Errorf("%s: raw %v of %v has no score", what, sc.Raw, sc.Ceiling.Value)
						}
						defined := !math.IsNaN(sc.Score) || rule == "none"
						if len(sc.Replicates) > 0 && defined && !(sc.Interval.Low <= sc.Interval.High) {
							t.Errorf("%s: interval %v to %v", what, sc.Interval.Low, sc.Interval.High)
						}
					}
				}
			}
		}
	}
	for name := range metrics {
		if scored[name] == 0 {
			t.Errorf("%s never scored", name)
		}
	}
}

// TestReasons: what a stranger wrote into a response can not reach a terminal
// or a page as more than text.
func TestReasons(t *testing.T) {
	got := plain("a\n::error file=x::y\x1b[31mred\u202e" + strings.Repeat("z", 10000))
	if strings.ContainsAny(got, "\n\x1b\u202e") || len([]rune(got)) > maxReason {
		t.Errorf("%d runes: %q", len([]rune(got)), got[:60])
	}
}

// TestPanicCostsOnePair: whatever a metric does, the other pairs are scored.
func TestPanicCostsOnePair(t *testing.T) {
	b := &archive.Benchmark{ID: "Test-panic", Metric: archive.Metric{Name: "pearsonr"}}
	m := &archive.Model{ID: "m", Responses: []archive.Response{{Kind: "surprisal", Format: "word-length"}}}
	g := &benchmarkGroup{
		pairs: []Pair{{Model: m, Benchmark: b}}, left: 1, ready: true, data: &assembly.ReadingTimes{},
		scorer: func(context.Context, assembly.Response) (scoring.Score, error) { panic("as if") },
	}
	o := g.score(t.Context(), g.pairs[0])
	if o.Result != nil || o.Err == nil || !strings.Contains(o.Err.Error(), "internal error: as if") {
		t.Errorf("result %v, error %v", o.Result, o.Err)
	}
}

// TestPerSubject: the rule is applied to each subject by itself, then averaged,
// in the replicates too.
func TestPerSubject(t *testing.T) {
	pair := synthetic()["activations"][0]
	b := &archive.Benchmark{ID: "Test-ridge", Normalize: "explained_variance_per_subject", Metric: archive.Metric{Name: "ridge"},
		Ceiling: archive.Ceiling{Name: "internal_consistency", Scale: "reliability"}}
	score, err := metrics["ridge"].prepare(t.Context(), b, pair.data)
	if err != nil {
		t.Fatal(err)
	}
	sc, err := score(t.Context(), pair.resp)
	if err != nil {
		t.Fatal(err)
	}
	// Each subject alone, by the plain rule.
	rec, want, raw := pair.data.(*assembly.Recordings), 0.0, 0.0
	replicates := make([]float64, len(sc.Replicates))
	for _, name := range []string{"a", "b", "c"} {
		alone := *rec
		alone.Neuroids, alone.Subject, alone.Values = nil, nil, nil
		for k, s := range rec.Subject {
			if s == name {
				alone.Neuroids, alone.Subject, alone.Values = append(alone.Neuroids, rec.Neuroids[k]), append(alone.Subject, s), append(alone.Values, rec.Values[k])
			}
		}
		plain := *b
		plain.Normalize = "explained_variance"
		score, err := metrics["ridge"].prepare(t.Context(), &plain, &alone)
		if err != nil {
			t.Fatal(err)
		}
		one, err := score(t.Context(), pair.resp)
		if err != nil {
			t.Fatal(err)
		}
		want += one.Score / 3
		raw += one.Raw / 3
		for b, v := range one.Replicates {
			replicates[b] += v / 3
		}
	}
	if math.Abs(sc.Score-want) > 1e-12 || math.Abs(sc.Raw-raw) > 1e-12 || len(sc.Subjects) != 3 {
		t.Errorf("score %v, raw %v of subjects %+v, want the means %v, %v", sc.Score, sc.Raw, sc.Subjects, want, raw)
	}
	for b, v := range sc.Replicates {
		if math.Abs(v-replicates[b]) > 1e-12 {
			t.Fatalf("replicate %d is %v, want the mean %v", b, v, replicates[b])
		}
	}
	if i := sc.Interval; len(sc.Replicates) != 500 || slices.ContainsFunc(sc.Replicates, math.IsNaN) || !(i.Low < sc.Score && sc.Score < i.High) || !strings.Contains(i.Resampled, "of each subject") {
		t.Errorf("score %v in the interval %+v of %d replicates", sc.Score, i, len(sc.Replicates))
	}
}
