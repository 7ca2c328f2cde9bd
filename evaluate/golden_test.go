package evaluate

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/scoring/rdm"
	"github.com/bsgen/bsgen/scoring/stat"
)

// The tests in this file score the shipped submissions on the real data and
// compare with numbers made elsewhere: by the original classes of
// bethgelab/model-vs-human, by rsatoolbox's definitions in SciPy, and by NumPy
// (testdata/golden names commit and definition). They need the data, in
// BSGEN_DATA_MIRROR or in the cache.

const root = ".."

// tolerance is the absolute difference that is allowed: other code sums in
// another order.
const tolerance = 1e-9

var real = sync.OnceValues(func() (*archive.Archive, error) {
	a, problems, err := archive.Open(root)
	if err == nil && len(problems) > 0 {
		err = errors.New(problems[0].String())
	}
	return a, err
})

// needData returns the archive and a store, or skips the test in one line.
func needData(t testing.TB) (*archive.Archive, *dataset.Store) {
	t.Helper()
	a, err := real()
	if err != nil {
		t.Fatal(err)
	}
	store := localStore(a)
	for _, b := range a.Benchmarks {
		for _, s := range b.Sources {
			if !store.Cached(s, filepath.Join(root, b.Dir)) {
				t.Skip("the data are neither in BSGEN_DATA_MIRROR nor in the cache: `bsgen data pull` fetches them")
			}
		}
	}
	return a, store
}

// needNumbers is needData for tests that look at numbers alone. The race
// detector has nothing to find there and takes minutes.
func needNumbers(t testing.TB) (*archive.Archive, *dataset.Store) {
	t.Helper()
	if underRace {
		t.Skip("numbers are compared without the race detector")
	}
	return needData(t)
}

// localStore finds data in the mirror and the cache, never on the network.
func localStore(a *archive.Archive) *dataset.Store {
	store := dataset.NewStore(a.Site.Hosts)
	store.Offline = true
	if m := store.Mirror; m != "" && !filepath.IsAbs(m) {
		store.Mirror = filepath.Join(root, m)
	}
	return store
}

func golden(t *testing.T, name string, v any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "golden", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
}

func near9(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: got %.17g, want %.17g", what, got, want)
	}
}

// watched are the models that the race detector watches being scored. They have
// every kind of response that ships.
var watched = []string{"bagnet9", "gpt3-davinci", "hmax-kriegeskorte2008", "trigram"}

// outcomes scores everything that ships, once for all tests; under the race
// detector the watched models.
var outcomes = sync.OnceValues(func() (map[string]Outcome, error) {
	a, err := real()
	if err != nil {
		return nil, err
	}
	pairs, err := Pairs(a, Filter{})
	if err != nil {
		return nil, err
	}
	if underRace {
		pairs = slices.DeleteFunc(pairs, func(p Pair) bool {
			return !slices.Contains(watched, p.Model.ID) || p.Benchmark.ID == "Kriegeskorte2008.behavior-rdm" // slow, and like humanIT
		})
	}
	got := map[string]Outcome{}
	Run(context.Background(), a, NewLab(localStore(a), root), pairs, func(o Outcome) {
		got[o.Pair.Model.ID+" "+o.Pair.Benchmark.ID] = o
	})
	return got, nil
})

// score returns the recomputed result of one pair.
func score(t *testing.T, model, benchmark string) *archive.Result {
	t.Helper()
	all, err := outcomes()
	if err != nil {
		t.Fatal(err)
	}
	o, ok := all[model+" "+benchmark]
	switch {
	case !ok:
		t.Fatalf("%s has no response for %s", model, benchmark)
	case o.Err != nil:
		t.Fatal(o.Err)
	case o.Result.Status != archive.Scored:
		t.Fatalf("%s on %s: %s: %s", model, benchmark, o.Result.Status, o.Result.Reason)
	}
	return o.Result
}

func trials(t *testing.T, a *archive.Archive, store *dataset.Store, id string) *assembly.Trials {
	t.Helper()
	b, ok := a.Benchmark(id)
	if !ok {
		t.Fatalf("there is no benchmark %s", id)
	}
	data, err := Assembly(t.Context(), store, root, b)
	if err != nil {
		t.Fatal(err)
	}
	return data.(*assembly.Trials)
}

// TestGeirhos2021Humans compares the 17 data sets' people with the original
// analysis code: kept conditions, pooled accuracy, and the consistency between
// people, which is the ceiling.
func TestGeirhos2021Humans(t *testing.T) {
	a, store := needNumbers(t)
	var want struct {
		Aggregate map[string]float64 `json:"aggregate_over_17_datasets"`
		Datasets  map[string]struct {
			Subjects   int      `json:"num_subjects"`
			Conditions []string `json:"conditions_ood"`
			Accuracy   float64  `json:"ood_accuracy_pooled_over_kept_conditions"`
			Kappa      float64  `json:"mean_kept_conditions_human_human_error_consistency"`
			Condition  map[string]struct {
				Accuracy float64 `json:"human_accuracy_pooled"`
			} `json:"per_condition"`
		} `json:"datasets"`
	}
	golden(t, "geirhos2021_humans.json", &want)
	if len(want.Datasets) != 17 {
		t.Fatalf("%d data sets in the golden file", len(want.Datasets))
	}
	var accuracies, kappas []float64
	for name, w := range want.Datasets {
		tr := trials(t, a, store, "Geirhos2021."+name+"-error_consistency")
		if len(tr.Subjects) != w.Subjects {
			t.Errorf("%s: %d subjects, want %d", name, len(tr.Subjects), w.Subjects)
		}
		// The five sets without conditions have a single one, which the golden
		// file leaves unnamed.
		if len(tr.Conditions) != max(1, len(w.Conditions)) {
			t.Errorf("%s: conditions %v, want %v", name, tr.Conditions, w.Conditions)
		}
		right, n := make([]float64, len(tr.Conditions)), make([]float64, len(tr.Conditions))
		var all, total float64
		for _, choices := range tr.Choices {
			for i, c := range choices {
				k := tr.Items[i].Condition
				n[k]++
				total++
				if c == tr.Items[i].Truth {
					right[k]++
					all++
				}
			}
		}
		near9(t, name+" accuracy", all/total, w.Accuracy)
		for k, c := range tr.Conditions {
			if len(w.Conditions) > 0 && !slices.Contains(w.Conditions, c) {
				t.Errorf("%s: the condition %q is not one of %v", name, c, w.Conditions)
			}
			if g, ok := w.Condition[c]; ok {
				near9(t, name+" accuracy at "+c, right[k]/n[k], g.Accuracy)
			}
		}
		b, _ := a.Benchmark("Geirhos2021." + name + "-error_consistency")
		scorer, err := metrics["error_consistency"].prepare(t.Context(), b, tr)
		if err != nil {
			t.Fatal(err)
		}
		// A subject's own choices as a model's: only the ceiling is looked at.
		own := &assembly.Choices{ByStimulus: map[string]string{}}
		for _, it := range tr.Items {
			own.ByStimulus[it.Stimulus] = tr.Labels[it.Truth]
		}
		sc, err := scorer(t.Context(), own)
		if err != nil {
			t.Fatal(err)
		}
		near9(t, name+" consistency between people", sc.Ceiling.Value, w.Kappa)
		accuracies, kappas = append(accuracies, all/total), append(kappas, sc.Ceiling.Value)
	}
	near9(t, "mean accuracy", stat.Mean(accuracies), want.Aggregate["ood_accuracy_pooled_over_kept_conditions"])
	near9(t, "mean consistency", stat.Mean(kappas), want.Aggregate["mean_kept_conditions_human_human_error_consistency"])
}

// TestGeirhos2021Models compares five models on three data sets with the
// original analysis code.
func TestGeirhos2021Models(t *testing.T) {
	needNumbers(t)
	var want struct {
		Datasets map[string]struct {
			Models map[string]struct {
				Accuracy  float64            `json:"ood_accuracy"`
				Kappa     float64            `json:"error_consistency"`
				PerHuman  map[string]float64 `json:"error_consistency_per_human"`
				ShapeBias map[string]float64 `json:"shape_bias"`
			} `json:"models"`
		} `json:"datasets"`
	}
	golden(t, "geirhos2021_models.json", &want)
	for name, d := range want.Datasets {
		for model, w := range d.Models {
			id := strings.ToLower(model)
			r := score(t, id, "Geirhos2021."+name+"-error_consistency")
			near9(t, id+" on "+name, float64(r.Raw), w.Kappa)
			near9(t, id+" on "+name+", signed", float64(r.Details.Get("signed_mean")), w.Kappa)
			perHuman := 0.0
			for _, k := range w.PerHuman {
				perHuman += k / float64(len(w.PerHuman))
			}
			near9(t, id+" on "+name+", mean over people", float64(r.Raw), perHuman)
			r = score(t, id, "Geirhos2021."+name+"-top1")
			near9(t, id+" accuracy on "+name, float64(r.Raw), w.Accuracy)
			if w.ShapeBias != nil {
				r = score(t, id, "Geirhos2021.cue-conflict-shape_bias")
				near9(t, id+" shape bias", float64(r.Raw), w.ShapeBias["shape-bias"])
			}
		}
	}
}

// TestGeirhos2021Table compares all 25 models with the original analysis code, to
// six decimals: accuracy and error consistency as means over cue-conflict, edge
// and silhouette, and shape bias.
func TestGeirhos2021Table(t *testing.T) {
	needNumbers(t)
	data, err := os.ReadFile(filepath.Join("testdata", "golden", "geirhos2021_models.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(data)), "\n")[1:]
	if len(rows) != 25 {
		t.Fatalf("%d models in the table", len(rows))
	}
	for _, row := range rows {
		fields := strings.Split(row, "\t")
		id := fields[0]
		mean := func(metric string) float64 {
			sum := 0.0
			for _, set := range []string{"cue-conflict", "edge", "silhouette"} {
				sum += float64(score(t, id, "Geirhos2021."+set+metric).Raw)
			}
			return sum / 3
		}
		got := []float64{mean("-top1"), mean("-error_consistency"), float64(score(t, id, "Geirhos2021.cue-conflict-shape_bias").Raw)}
		for i, text := range fields[1:] {
			want, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(got[i]-want) > .5000001e-6 {
				t.Errorf("%s, column %d: %.9f, want %s", id, i+2, got[i], text)
			}
		}
	}
}

// TestPublishedShapeBias: the table in the README of rgeirhos/texture-vs-shape,
// to its four decimals.
func TestPublishedShapeBias(t *testing.T) {
	needNumbers(t)
	for id, want := range map[string]float64{
		"resnet50":                       .2139,
		"resnet50-trained-on-sin":        .8137,
		"resnet50-trained-on-sin-and-in": .3465,
		"resnet50-trained-on-sin-and-in-then-finetuned-on-in": .2054,
	} {
		r := score(t, id, "Geirhos2021.cue-conflict-shape_bias")
		if math.Abs(float64(r.Raw)-want) > .00005 {
			t.Errorf("%s: shape bias %.6f, published is %.4f", id, float64(r.Raw), want)
		}
	}
}

// TestPublishedAccuracies: observer_accuracies.tex of
// wichmann-lab/error-consistency, people and models, to its two decimals.
func TestPublishedAccuracies(t *testing.T) {
	a, store := needNumbers(t)
	if store.Mirror == "" {
		t.Skip("the table is read from BSGEN_DATA_MIRROR, which is not set")
	}
	names, err := filepath.Glob(filepath.Join(store.Mirror, "wichmann-lab/error-consistency/*/documentation/observer_accuracies.tex"))
	if err != nil || len(names) != 1 {
		t.Fatalf("observer_accuracies.tex: %v, %v", names, err)
	}
	tex, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`(?m)^\s*\d+ & (\S+) & (\S+) & (\S+) & (\S+) \\\\`).FindAllStringSubmatch(string(tex), -1)
	if len(row) != 27 {
		t.Fatalf("%d rows in the table, want 10 people and 17 models", len(row))
	}
	for k, name := range []string{"cue-conflict", "edge", "silhouette"} {
		tr := trials(t, a, store, "Geirhos2021."+name+"-error_consistency")
		for _, m := range row {
			want, err := strconv.ParseFloat(m[2+k], 64)
			if err != nil {
				t.Fatal(err)
			}
			var got float64
			if strings.HasPrefix(m[1], "subject-") {
				s := int(m[1][8]-'0')*10 + int(m[1][9]-'0') - 1
				for i, c := range tr.Choices[s] {
					if c == tr.Items[i].Truth {
						got += 1 / float64(len(tr.Items))
					}
				}
			} else {
				got = float64(score(t, m[1], "Geirhos2021."+name+"-top1").Raw)
			}
			// R rounds half to even: .145 prints as .14 or .15.
			if math.Abs(got-want) > .0050001 {
				t.Errorf("%s on %s: accuracy %.4f, published is %.2f", m[1], name, got, want)
			}
		}
	}
}

func TestKriegeskorte2008(t *testing.T) {
	a, store := needNumbers(t)
	var want struct {
		Monkey map[string]float64            `json:"monkeyIT_vs_humanIT"`
		Models map[string]map[string]float64 `json:"models"`
		Human  map[string]map[string]float64 `json:"humanIT_subject_noise_ceiling_session_avg"`
		Behav  map[string]map[string]float64 `json:"behaviour_noise_ceiling"`
	}
	golden(t, "kriegeskorte2008_92.json", &want)
	const human, behaviour, monkey = "Kriegeskorte2008.humanIT-rdm", "Kriegeskorte2008.behavior-rdm", "Kriegeskorte2008.monkeyIT-rdm"
	for id, name := range map[string]string{
		"hmax-kriegeskorte2008": "model HMAX", "v1-kriegeskorte2008": "model V1", "animacy-kriegeskorte2008": "model animacy",
	} {
		w := want.Models[name]
		r := score(t, id, human)
		near9(t, id+" human IT", float64(r.Raw), w["mean_spearman_4_human_subjects"])
		near9(t, "human IT ceiling, upper", float64(r.Ceiling.Upper), want.Human["spearman"]["upper"])
		near9(t, "human IT ceiling, lower", float64(r.Ceiling.Lower), want.Human["spearman"]["lower"])
		near9(t, id+" score", float64(r.Score), w["mean_spearman_4_human_subjects"]/want.Human["spearman"]["upper"])
		r = score(t, id, behaviour)
		near9(t, id+" behaviour", float64(r.Raw), w["mean_spearman_16_behaviour"])
		near9(t, "behaviour ceiling, upper", float64(r.Ceiling.Upper), want.Behav["spearman"]["upper"])
		near9(t, "behaviour ceiling, lower", float64(r.Ceiling.Lower), want.Behav["spearman"]["lower"])
		r = score(t, id, monkey)
		near9(t, id+" monkey IT", float64(r.Raw), w["spearman_monkeyIT"])
		if r.Score.OK() || r.Ceiling.Value.OK() {
			t.Errorf("%s: one pooled RDM has no ceiling and so no score, got %v of %v", id, r.Score, r.Ceiling.Value)
		}
	}
	// Monkey IT is data, not a model: compare it with the human matrices here.
	load := func(id string) *assembly.RDMs {
		b, _ := a.Benchmark(id)
		data, err := Assembly(t.Context(), store, root, b)
		if err != nil {
			t.Fatal(err)
		}
		return data.(*assembly.RDMs)
	}
	s, err := rdm.NewSimilarity(load(human), rdm.Ranks)
	if err != nil {
		t.Fatal(err)
	}
	m := load(monkey)
	sc, err := s.Score(&assembly.RDM{N: 92, Upper: m.Upper[0]}, "ratio")
	if err != nil {
		t.Fatal(err)
	}
	near9(t, "monkey IT on human IT", sc.Raw, want.Models["model monkeyIT"]["mean_spearman_4_human_subjects"])
	// The paper's r = .49 is with the pooled human matrix of its figure 1, which
	// stands beside the monkey's.
	b, _ := a.Benchmark(monkey)
	src := b.Sources[b.SourceNames()[0]]
	data, err := store.Read(t.Context(), src, filepath.Join(root, b.Dir))
	if err != nil {
		t.Fatal(err)
	}
	pooled, err := dataset.RDMs("supplement", data, "RDMs_mIT_hIT_fig1", regexp.MustCompile(`^(hIT)visStim`))
	if err != nil {
		t.Fatal(err)
	}
	r := stat.Pearson(m.Upper[0], pooled.Upper[0])
	near9(t, "monkey IT and human IT, Pearson", r, want.Monkey["pearson"])
	if math.Abs(r-.49) > .005 {
		t.Errorf("monkey IT and human IT: r = %.4f, published is .49", r)
	}
	near9(t, "monkey IT and human IT, Spearman", stat.Spearman(m.Upper[0], pooled.Upper[0]), want.Monkey["spearman"])
}

func TestNaturalStories(t *testing.T) {
	a, store := needNumbers(t)
	type compared struct {
		N int     `json:"n"`
		R float64 `json:"pearson_r"`
	}
	var want struct {
		Words     int     `json:"n_words"`
		Sentences int     `json:"n_sentences"`
		MeanRT    float64 `json:"mean_of_word_mean_RT_ms"`
		GPT3      struct {
			All  compared `json:"all_words"`
			Excl compared `json:"excluding_sentence_initial_words_as_brainscore"`
		} `json:"gpt3_vs_meanRT"`
		Length struct {
			Excl compared `json:"excl_first"`
		} `json:"word_length_vs_meanRT"`
		Reliability struct {
			Excl struct {
				Value float64 `json:"reliability"`
			} `json:"excl_first"`
		} `json:"analytic_reliability"`
	}
	golden(t, "naturalstories_futrell2018.json", &want)
	const id = "Futrell2018-pearsonr"
	r := score(t, "gpt3-davinci", id)
	near9(t, "GPT-3", float64(r.Raw), want.GPT3.Excl.R)
	near9(t, "GPT-3 over the published ceiling", float64(r.Score), want.GPT3.Excl.R/.858)
	if n := int(r.Details.Get("words")); n != want.GPT3.Excl.N {
		t.Errorf("GPT-3: %d words, want %d", n, want.GPT3.Excl.N)
	}
	near9(t, "word length", float64(score(t, "word-length", id).Raw), want.Length.Excl.R)

	b, _ := a.Benchmark(id)
	data, err := Assembly(t.Context(), store, root, b)
	if err != nil {
		t.Fatal(err)
	}
	text := data.(*assembly.ReadingTimes)
	if len(text.Words) != want.Words || len(text.Sentences) != want.Sentences {
		t.Errorf("%d words in %d sentences, want %d in %d", len(text.Words), len(text.Sentences), want.Words, want.Sentences)
	}
	var mean, means, noise []float64
	for _, w := range text.Words {
		mean = append(mean, w.Mean)
		if !w.First {
			means, noise = append(means, w.Mean), append(noise, w.SD*w.SD/float64(w.N))
		}
	}
	near9(t, "mean reading time", stat.Mean(mean), want.MeanRT)
	sd := stat.SampleStd(means)
	near9(t, "analytic reliability", 1-stat.Mean(noise)/(sd*sd), want.Reliability.Excl.Value)
}

// TestShippedResults recomputes every committed result and wants the same bytes.
func TestShippedResults(t *testing.T) {
	a, _ := needData(t)
	all, err := outcomes()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 200 && !underRace {
		t.Fatalf("%d pairs, want all 25 CNNs, the RDM models and the language models", len(all))
	}
	for pair, o := range all {
		if o.Err != nil {
			t.Error(o.Err)
			continue
		}
		stored, ok := a.Result(o.Result.Model, o.Result.Benchmark, o.Result.Version)
		if !ok {
			t.Errorf("%s has no result: run bsgen score", pair)
			continue
		}
		diffs, err := Compare(stored, o)
		if err != nil {
			t.Error(err)
		}
		for _, d := range diffs {
			t.Errorf("%s: %s is %s in the archive, recomputed %s", pair, d.Field, d.Stored, d.Recomputed)
		}
	}
}

// BenchmarkScoreArchive scores everything that ships, replicates included,
// from local data. Run it with -benchmem and /usr/bin/time for the peak memory.
func BenchmarkScoreArchive(b *testing.B) {
	a, store := needData(b)
	pairs, err := Pairs(a, Filter{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		Run(b.Context(), a, &Lab{Store: store}, pairs, func(o Outcome) {
			if o.Err != nil {
				b.Fatal(o.Err)
			}
		})
	}
	b.ReportMetric(float64(len(pairs)), "pairs/op")
}
