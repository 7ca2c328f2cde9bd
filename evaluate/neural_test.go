package evaluate

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/dataset/npy"
	"github.com/bsgen/bsgen/scoring"
)

// neuralScore scores activations of the synthetic recordings.
func neuralScore(t *testing.T, name string, change func(*assembly.Activations)) scoring.Score {
	t.Helper()
	pair := synthetic()["activations"][0]
	act := pair.resp.(*assembly.Activations)
	change(act)
	b := &archive.Benchmark{ID: "Test-" + name, Normalize: "none", Ceiling: archive.Ceiling{Name: "none"}, Metric: archive.Metric{Name: name}}
	if strings.Contains(name, "pls") {
		b.Metric.Components = 3
	}
	score, err := metrics[name].prepare(t.Context(), b, pair.data)
	if err != nil {
		t.Fatal(err)
	}
	sc, err := score(t.Context(), act)
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

func TestConstantActivations(t *testing.T) {
	for _, name := range []string{"cka", "cka_biased", "cka_cv", "ridge", "reverse_pls"} {
		sc := neuralScore(t, name, func(a *assembly.Activations) {
			for i := range a.Float64 {
				a.Float64[i] = .1
			}
		})
		if !math.IsNaN(sc.Raw) || !strings.Contains(strings.Join(sc.Warnings, "\n"), "there is no score: the activations") {
			t.Errorf("%s: raw %v, warnings %q", name, sc.Raw, sc.Warnings)
		}
	}
}

// TestStoredActivations: activations that are read from their file as often as
// they are needed have the scores of those in memory, by every metric, and a
// file that loses its end is no failure of the model.
func TestStoredActivations(t *testing.T) {
	pair := synthetic()["activations"][0]
	act := pair.resp.(*assembly.Activations)
	path := filepath.Join(t.TempDir(), "a.npy")
	var file bytes.Buffer
	if err := npy.Write(&file, []int{act.Stimuli, act.Units}, act.Float64); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, file.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	for name, m := range metrics {
		if m.kinds[0] != "activations" {
			continue
		}
		b := &archive.Benchmark{ID: "Test-" + name, Normalize: "none", Ceiling: archive.Ceiling{Name: "none"}, Metric: archive.Metric{Name: name}}
		if strings.Contains(name, "pls") {
			b.Metric.Components = 3
		}
		if strings.HasSuffix(name, "_split") {
			b.Metric.Train = 40
		}
		score, err := m.prepare(t.Context(), b, pair.data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := map[int64]string{}
		for _, memory := range []int64{1 << 30, 1000} {
			a, err := dataset.Activations(path, "npy", "", act.Stimuli, memory)
			if err != nil {
				t.Fatal(err)
			}
			sc, err := scored(t.Context(), score, a)
			if err != nil || (a.Stored == nil) != (memory > 1000) {
				t.Fatalf("%s: %v", name, err)
			}
			got[memory] = bits(sc)
		}
		if got[1<<30] != got[1000] {
			t.Errorf("%s: other bits where the activations stay in the file", name)
		}
		a, err := dataset.Activations(path, "npy", "", act.Stimuli, 1000)
		if err == nil {
			err = os.Truncate(path, 4000)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := scored(t.Context(), score, a); !transient(err) {
			t.Errorf("%s: of a file that lost its end: %v", name, err)
		}
		if err := os.WriteFile(path, file.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// TestUnusableRecordings: what is wrong with the measurements is said of the
// benchmark, or on the score, and never becomes a number that looks like one.
func TestUnusableRecordings(t *testing.T) {
	each := func(f func(rec *assembly.Recordings, k, i int)) func(*assembly.Recordings) {
		return func(rec *assembly.Recordings) {
			for k := range rec.Values {
				for i := range rec.Values[k] {
					f(rec, k, i)
				}
			}
		}
	}
	noise := lcg(7)
	for _, c := range []struct {
		name    string
		edit    func(*assembly.Recordings)
		refused string // by the benchmark
		warning string // else of the score
		score   bool   // whether there is one
		dropped int
	}{
		{"sound", func(*assembly.Recordings) {}, "", "", true, 0},
		{"one repetition", func(rec *assembly.Recordings) {
			for k, row := range rec.Values {
				var one []float64
				for i := 0; i < len(row); i += rec.Repeats {
					one = append(one, row[i])
				}
				rec.Values[k] = one
			}
			rec.Repeats = 1
		}, "compares repetitions with one another, and there is one", "", false, 0},
		{"a stimulus without a repetition", each(func(rec *assembly.Recordings, k, i int) {
			if k == 2 && i/rec.Repeats == 7 {
				rec.Values[k][i] = math.NaN()
			}
		}), "the neuroid 2 has no repetition of the stimulus 7", "", false, 0},
		{"a constant neuroid", each(func(rec *assembly.Recordings, k, i int) {
			if k == 2 {
				rec.Values[k][i] = 3
			}
		}), "", "10 of 60 correlations are undefined", true, 1},
		{"only constant neuroids", each(func(rec *assembly.Recordings, k, i int) { rec.Values[k][i] = 3 }), "", "there is no score", false, 6},
		// Repetitions that tend to be one another's opposite.
		{"a negative ceiling", each(func(rec *assembly.Recordings, k, i int) {
			rec.Values[k][i] = noise.next() - .5
			if i%2 == 1 {
				rec.Values[k][i] = noise.next() - .5 - rec.Values[k][i-1]
			}
		}), "", "the ceiling is -", false, 0},
	} {
		pair := synthetic()["activations"][0]
		rec := pair.data.(*assembly.Recordings)
		c.edit(rec)
		b := &archive.Benchmark{ID: "Test-ridge", Normalize: "explained_variance", Metric: archive.Metric{Name: "ridge"},
			Ceiling: archive.Ceiling{Name: "internal_consistency", Scale: "reliability"}}
		score, err := metrics["ridge"].prepare(t.Context(), b, rec)
		if c.refused != "" {
			if err == nil || !strings.Contains(err.Error(), c.refused) {
				t.Errorf("%s: error %v, want one that contains %q", c.name, err, c.refused)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		sc, err := score(t.Context(), pair.resp)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if all := strings.Join(sc.Warnings, "; "); !strings.Contains(all, c.warning) || c.warning == "" && all != "" {
			t.Errorf("%s: warnings %q, want one that contains %q", c.name, all, c.warning)
		}
		if math.IsNaN(sc.Score) == c.score || sc.Units.Dropped != c.dropped {
			t.Errorf("%s: score %v of the ceiling %v, %d neuroids dropped", c.name, sc.Score, sc.Ceiling.Value, sc.Units.Dropped)
		}
	}
}

// TestReversePLS: the targets are the units of the model, however many.
func TestReversePLS(t *testing.T) {
	once := neuralScore(t, "reverse_pls", func(*assembly.Activations) {})
	twice := neuralScore(t, "reverse_pls", func(a *assembly.Activations) {
		var v []float64
		for i := range a.Stimuli {
			row := a.Float64[i*a.Units : (i+1)*a.Units]
			v = append(append(v, row...), row...)
		}
		a.Float64, a.Units = v, 2*a.Units
	})
	if once.Units.Kind != "model unit" || len(once.Units.Values) != 30 || len(twice.Units.Values) != 60 {
		t.Errorf("%d and %d values per %s", len(once.Units.Values), len(twice.Units.Values), once.Units.Kind)
	}
	if len(once.Replicates) != len(twice.Replicates) || slices.ContainsFunc(once.Replicates, math.IsNaN) {
		t.Errorf("%d and %d replicates", len(once.Replicates), len(twice.Replicates))
	}
	if !strings.HasPrefix(once.Interval.Resampled, "stimuli x model units") {
		t.Errorf("resampled %q", once.Interval.Resampled)
	}
}
