package archive

import (
	"maps"
	"strings"
	"testing"
)

const publishedBenchmark = `id: Lab2020.V1
version: 1
title: V1 as published
board: vision
parent: average
dataset: Lab2020.V1
primary: true
sources:
  table: {file: table.csv, sha256: "` + zeros + `", bytes: 10}
published:
  model: name
  score: V1
normalize: published
license: none stated
`

// TestPublished finds what a published benchmark and its models can not say.
func TestPublished(t *testing.T) {
	base := maps.Clone(sound)
	delete(base, "submissions/net/model.yaml")
	delete(base, "submissions/net/rdm.npy")
	base["benchmarks/Lab2020.V1/README.md"] = "# V1\n"
	base["benchmarks/Lab2020.V1/table.csv"] = "name,V1\n"
	base["benchmarks/Lab2020.V1/benchmark.yaml"] = publishedBenchmark
	base["submissions/vision-net/model.yaml"] = "id: vision-net\nname: Net\npublished: {board: vision, row: net}\n"
	replace := func(old, new string) string { return strings.Replace(publishedBenchmark, old, new, 1) }
	for _, tc := range []struct{ name, file, text, want string }{
		{"sound", "", "", ""},
		{"no column", "benchmarks/Lab2020.V1/benchmark.yaml", replace("  score: V1\n", ""), "benchmark.yaml:10: published.score is missing"},
		{"error without a kind", "benchmarks/Lab2020.V1/benchmark.yaml", replace("score: V1", "score: V1\n  error: sem"), "published.error has no error_kind"},
		{"a pattern", "benchmarks/Lab2020.V1/benchmark.yaml", replace("score: V1", "score: V1\n  ignore: '('"), "ignore does not compile"},
		{"a metric", "benchmarks/Lab2020.V1/benchmark.yaml", publishedBenchmark + "metric: {name: pls}\n", "metric has no meaning where scores are published"},
		{"a reader", "benchmarks/Lab2020.V1/benchmark.yaml", publishedBenchmark + "assembly: {reader: npy}\n", "no reader reads"},
		{"a computed ceiling", "benchmarks/Lab2020.V1/benchmark.yaml", publishedBenchmark + "ceiling: {name: internal_consistency}\n", "the ceiling of published scores is not computed here"},
		{"another rule", "benchmarks/Lab2020.V1/benchmark.yaml", replace("normalize: published", "normalize: ratio"), "published scores are not normalised again by the rule ratio"},
		{"raw in a mean", "benchmarks/Lab2020.V1/benchmark.yaml", replace("normalize: published", "normalize: none"), "can not count in means"},
		{"the rule without a table", "benchmarks/Lab2026.IT-rdm/benchmark.yaml", strings.Replace(sound["benchmarks/Lab2026.IT-rdm/benchmark.yaml"], "normalize: ratio", "normalize: published", 1), `rule "published" does not exist`},
		{"a row without a name", "submissions/vision-net/model.yaml", "id: vision-net\nname: Net\npublished: {board: vision}\n", "model.yaml:3: published needs board and row"},
		{"no such board", "submissions/vision-net/model.yaml", "id: vision-net\nname: Net\npublished: {board: touch, row: net}\n", `there is no board "touch"`},
		{"a row twice", "submissions/net-2/model.yaml", "id: net-2\nname: Net\npublished: {board: vision, row: net}\n", `submissions/net-2/model.yaml stands for the row "net" too`},
		{"a response to it", "submissions/other/model.yaml", strings.ReplaceAll(sound["submissions/other/model.yaml"], "Lab2026.IT", "Lab2020.V1"), `no benchmark has the stimuli "Lab2020.V1"`},
	} {
		files := maps.Clone(base)
		if tc.file != "" {
			files[tc.file] = tc.text
		}
		_, ps, err := Open(write(t, files))
		if err != nil {
			t.Fatal(err)
		}
		if tc.want == "" && len(ps) > 0 {
			t.Errorf("%s: %v", tc.name, ps)
		}
		found := tc.want == ""
		for _, p := range ps {
			found = found || strings.Contains(p.String(), tc.want)
		}
		if !found {
			t.Errorf("%s: no problem has %q: %v", tc.name, tc.want, ps)
		}
	}
}

// TestKindsDoNotMix: no benchmark has computed and published results.
func TestKindsDoNotMix(t *testing.T) {
	for _, kind := range []string{KindComputed, KindPublished} {
		r := testResult()
		r.Provenance.Kind = kind
		data, _, err := EncodePair(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		files := maps.Clone(sound)
		files["results/net/Lab2026.IT-rdm@1.json"] = string(data)
		a, ps, err := Open(write(t, files))
		if err != nil {
			t.Fatal(err)
		}
		mixed := len(ps) > 0 && strings.Contains(ps[0].String(), "a published result of a benchmark whose scores are computed")
		if _, there := a.Result("net", "Lab2026.IT-rdm", 1); there == mixed || mixed != (kind == KindPublished) {
			t.Errorf("a %s result of a computed benchmark: %v", kind, ps)
		}
	}
}
