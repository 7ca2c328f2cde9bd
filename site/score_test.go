package site

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/history"
)

// mainText returns the text of a page between its header and its footer.
func mainText(t testing.TB, dir, at string) string {
	t.Helper()
	return content(all(parsePage(t, dir, at), "main", "")[0])
}

// TestScorePage reads the pages of each state of a result.
func TestScorePage(t *testing.T) {
	a := fixture(t)
	r := &archive.Result{
		Model: "m0", Benchmark: "c", Version: 1, Status: archive.Scored, Provenance: &archive.Provenance{Kind: "published", Source: "javascript:alert(1)", SHA256: strings.Repeat("ab", 32), Row: 17},
		Raw: .5, Score: .5, Unclipped: .5, Rule: "none", Error: archive.ResultError{Value: nan}, Ceiling: archive.ResultCeiling{Value: nan, Lower: nan, Upper: nan, Error: nan}, Interval: archive.ResultInterval{Level: nan, Low: nan, High: nan},
	}
	add(t, a, r, nil)
	earlier := a.Results["m0"][0] // of a, version 1
	earlier.Version, earlier.Score, earlier.Unclipped = 2, .25, .25
	earlier.Units, earlier.Splits = archive.ResultUnits{Kind: "subject x condition", N: 3, Dropped: 1234}, []archive.Number{.1, .2}
	earlier.Layers = []archive.Layer{{Region: "IT", Tensor: hostile[0], Score: .4}, {Region: "IT", Tensor: "late", Score: .3}}
	earlier.Inputs = archive.Inputs{Submission: "dead", Data: map[string]string{hostile[1]: "beef"}}
	earlier.Tolerance = .001
	add(t, a, &earlier, &archive.Sidecar{Replicates: []float32{.2, .3}, Units: []float32{.2, float32(math.NaN()), .4, .6}})
	a.Benchmarks[0].Version = 2
	then, now := change("a", .5, .1, hostile[0]), change("a", .25, 0, "score version 2")
	now.Version = 2
	out := filepath.Join(t.TempDir(), "out")
	if _, err := Build(a, Options{Out: out, History: &history.History{Changes: []history.Change{now, then}}, Stale: map[string]bool{"m0 b": true}}); err != nil {
		t.Fatal(err)
	}
	if problems, err := CheckLinks(out); err != nil || len(problems) > 0 {
		t.Errorf("links: %v %v", problems, err)
	}
	for _, test := range []struct {
		at   string
		want []string
		not  []string
	}{
		{"m0/a@2", []string{"0.250 score", "3 subjects × conditions", "1234 more have no value", "median 0.400", "2 splits", "0.1000 0.2000", hostile[0] + "0.4000 chosen", "dead", hostile[1] + " a filebeef",
			"bsgen verify --model m0 --benchmark a", "within 0.001", "a@1 0.500", "score version 2", "0.250000 / 0.500000 = 0.250000", "It is a reference, not a bound"}, []string{"counts nowhere", "Published"}},
		{"m0/a@1", []string{"A number of version 1. The benchmark is now at version 2", "git worktree add ../at-0123456789 " + then.Hash, "bsgen -C ../at-0123456789 verify --model m0 --benchmark a", "+0.1000"}, []string{"rank"}},
		{"m0/b@1", []string{"What went into this number has changed", "rank 1 [1", "of 3", "Next model here", "This number is not committed yet."}, nil},
		{"m0/c@1", []string{"Published, not computed here.", "line 17", "can not be verified", strings.Repeat("ab", 32), "bsgen verify --model m0 --benchmark c", "compared with the table"}, []string{"the same bytes", "Tolerance"}},
		{"m1/b@1", []string{"failed", "The scorer could not make a score of the model's response: " + hostile[1], "What to do", "bsgen score --force --model m1 --benchmark b"}, []string{"From the raw value", "0.000"}},
		{"m2/b@1", []string{"not applicable", "There is nothing to mend."}, []string{"bsgen score"}},
		{"m2/d@1", []string{"−0.300 raw value", "The raw value stands for itself"}, []string{"Score "}},
		{"m3/a@1", []string{"undefined value", "the value is undefined: the warnings say why"}, nil},
		{"m5/a@1", []string{"A number of version 1"}, nil},
		{"m5/b@1", []string{"a reference row, never ranked"}, nil},
	} {
		text := mainText(t, out, "scores/"+test.at+"/index.html")
		for _, w := range test.want {
			if w = strings.Join(strings.Fields(w), " "); !strings.Contains(text, w) {
				t.Errorf("%s does not say %q:\n%s", test.at, w, text)
			}
		}
		for _, w := range test.not {
			if strings.Contains(text, w) {
				t.Errorf("%s says %q", test.at, w)
			}
		}
	}
	doc := parsePage(t, out, "scores/m0/a@2/index.html")
	if got, want := content(all(doc, "title", "")[0]), hostile[0]+" on Benchmark a "+hostile[1]; !strings.HasPrefix(got, want) {
		t.Errorf("title %q", got)
	}
	if n := len(all(doc, "svg", "strip")); n != 1 {
		t.Errorf("%d drawings of the units", n)
	}
	linked := false
	for _, link := range all(parsePage(t, out, "models/m0/index.html"), "a", "") {
		linked = linked || attr(link, "href") == "../../scores/m0/b@1/index.html"
	}
	if !linked {
		t.Error("the model's page does not link its scores")
	}
}

// TestArithmetic: the line that is written is the rule with the numbers in it.
func TestArithmetic(t *testing.T) {
	for _, test := range []struct {
		rule                           string
		raw, ceiling, score, unclipped archive.Number
		want                           string
	}{
		{"explained_variance", .5, .8, .3125, .3125, "0.500000² / 0.800000 = 0.312500"},
		{"explained_variance", -.5, .8, -.3125, -.3125, "−0.500000² / 0.800000 = −0.312500"},
		{"squared_ratio", -.4, .8, -.25, -.25, "−(0.400000 / 0.800000)² = −0.250000"},
		{"ratio", -.4, .8, -.5, -.5, "−0.400000 / 0.800000 = −0.500000"},
		{"ratio_sqrt", .4, .64, .5, .5, "0.400000 / √0.640000 = 0.500000"},
		{"clipped_ratio", .9, .6, 1, 1.5, "0.900000 / 0.600000 = 1.500000, clipped to 1.000000"},
		{"ratio_per_subject", .9, .6, .7, .7, "0.700000"},
	} {
		got := arithmetic(&archive.Result{Rule: test.rule, Raw: test.raw, Ceiling: archive.ResultCeiling{Value: test.ceiling}, Score: test.score, Unclipped: test.unclipped})
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.rule, got, test.want)
		}
	}
}

// TestNoScores: without score pages nothing links to them.
func TestNoScores(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	if _, err := Build(fixture(t), Options{Out: out, NoScores: true}); err != nil {
		t.Fatal(err)
	}
	if problems, err := CheckLinks(out); err != nil || len(problems) > 0 {
		t.Errorf("links: %v %v", problems, err)
	}
	if pages, _ := filepath.Glob(filepath.Join(out, "scores", "*")); len(pages) != 0 {
		t.Errorf("%d folders of scores", len(pages))
	}
	if _, err := os.Stat(filepath.Join(out, dataRoot, "results")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there are copies of results: %v", err)
	}
}

func TestStrip(t *testing.T) {
	nan := math.NaN()
	many := make([]float64, 1000)
	for i := range many {
		many[i] = float64(i%10)/10 - .2
	}
	for _, test := range []struct {
		name      string
		values    []float64
		low, high string
		zero      bool
		mark      string
	}{
		{"zero is near", []float64{.2, .4, nan}, "0.000", "0.400", true, "M500,10V46M1000,10V46"},
		{"zero is far", []float64{.9, .92}, "0.900", "0.920", false, "M0,10V46M1000,10V46"},
		{"below zero", []float64{-.5, -.2}, "−0.500", "0.000", true, "M0,10V46M600,10V46"},
		{"one", []float64{.5}, "0.000", "0.500", true, "M1000,10V46"},
		{"nothing but zero", []float64{0, 0}, "0.000", "1.000", true, "M0,10V46M0,10V46"},
		{"many", many, "−0.200", "0.700", true, `class="bin"`},
	} {
		s := newStrip(test.values)
		if s.Low != test.low || s.High != test.high || s.Zero != test.zero || !strings.Contains(string(s.Drawing), test.mark) {
			t.Errorf("%s: %s to %s, zero %v: %s", test.name, s.Low, s.High, s.Zero, s.Drawing)
		}
	}
	if newStrip([]float64{nan}) != nil {
		t.Error("a drawing of nothing")
	}
}

// TestManyResults: a model with many results and no score pages lists them.
func TestManyResults(t *testing.T) {
	a := fixture(t)
	first := a.Results["m0"][0]
	for v := first.Version + 1; len(a.Results["m0"]) <= maxWritten; v++ {
		r := first
		r.Version, r.Warnings = v, []string{hostile[0]}
		a.Results["m0"] = append(a.Results["m0"], r)
	}
	out := filepath.Join(t.TempDir(), "out")
	if _, err := Build(a, Options{Out: out, NoScores: true}); err != nil {
		t.Fatal(err)
	}
	if problems, err := CheckLinks(out); err != nil || len(problems) > 0 {
		t.Errorf("links: %v %v", problems, err)
	}
	doc := parsePage(t, out, "models/m0/index.html")
	rows := all(all(doc, "table", "list")[0], "tr", "")
	if len(rows) != 1+len(a.Results["m0"]) || len(all(doc, "section", "result")) > 0 {
		t.Errorf("%d rows, %d results", len(rows), len(a.Results["m0"]))
	}
	last := rows[len(rows)-1]
	if attr(last, "id") == "" || !strings.Contains(content(last), "superseded") || !strings.Contains(content(last), hostile[0]) {
		t.Errorf("the last row says %q", content(last))
	}
	if !strings.Contains(content(doc), "bsgen verify --model m0") {
		t.Error("the page does not say how to get the numbers again")
	}
}
