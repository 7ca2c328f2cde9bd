package site

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/scoring/stat"
	"golang.org/x/net/html"
)

// workedFixture has what each example needs: a score with a rule, a node of two
// parts, and three models whose differences are partly resolved.
func workedFixture(t *testing.T) *archive.Archive {
	a := fixture(t)
	a.Content["methods"] = []byte("# Methods\n\n```worked score\nelsewhere\n```\n\n```worked mean\n```\n\n```worked rank\n```\n\n```worked nonsense\nkept\n```\n")
	for i, x := range []float64{.35, .48} { // beside m0 with .45: resolved, and not
		m := []string{"m1", "m3"}[i]
		for k := range a.Results[m] {
			r := &a.Results[m][k]
			if r.Benchmark != "a" && r.Benchmark != "b" {
				continue
			}
			r.Status, r.Reason, r.Rule, r.Raw, r.Score, r.Unclipped = archive.Scored, "", "ratio", archive.Number(x/2), archive.Number(x), archive.Number(x)
			r.Provenance.Kind, r.Ceiling.Value = "computed", .5
			s := &archive.Sidecar{}
			for b := range 50 {
				s.Replicates = append(s.Replicates, float32(x+.02*float64((b*(i+2))%11-5)/5))
			}
			if err := a.WriteResult(r, s); err != nil {
				t.Fatal(err)
			}
		}
	}
	return a
}

var (
	decimals = regexp.MustCompile(`−?\d+\.\d+`)
	quotient = regexp.MustCompile(`(−?\d+\.\d+) / (\d+\.\d+) = (−?\d+\.\d+)`)
)

func numberOf(t *testing.T, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(strings.Replace(s, "−", "-", 1), 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestWorked repeats the calculations that the page shows with the numbers that it
// shows, and looks for the results in the archive.
func TestWorked(t *testing.T) {
	dir := build(t, workedFixture(t))
	doc := parsePage(t, dir, "methods/index.html")
	tables := all(doc, "table", "worked")
	if len(tables) != 3 {
		t.Fatalf("%d examples", len(tables))
	}
	rows := func(table *html.Node) map[string]string {
		out := map[string]string{}
		for _, tr := range all(table, "tr", "") {
			out[content(all(tr, "th", "")[0])] = content(all(tr, "td", "")[0])
		}
		return out
	}
	score := rows(tables[0])
	m := quotient.FindStringSubmatch(score["score"])
	if m == nil || math.Abs(numberOf(t, m[1])/numberOf(t, m[2])-numberOf(t, m[3])) > 6e-5 {
		t.Errorf("score: %v", score)
	}
	mean := rows(tables[1])
	f := decimals.FindAllString(mean["mean"], -1)
	if len(f) != 3 || math.Abs(stat.Mean([]float64{numberOf(t, f[0]), numberOf(t, f[1])})-numberOf(t, f[2])) > 6e-5 {
		t.Errorf("mean: %v", mean)
	}
	if !strings.Contains(mean["for comparison"], "1 of 2, with a mean of 0.2000") || !strings.Contains(mean["for comparison"], "it would have 0.1000") {
		t.Errorf("the model that lacks a part: %q", mean["for comparison"])
	}
	rank := rows(tables[2])
	critical, verdicts := numberOf(t, decimals.FindString(rank["c"])), 0
	for _, text := range rank {
		if m := quotient.FindStringSubmatch(text); m != nil {
			z := numberOf(t, m[1]) / numberOf(t, m[2])
			if math.Abs(z-numberOf(t, m[3])) > 6e-3 || z > critical != strings.HasSuffix(text, "significant") {
				t.Errorf("c %v: %s", critical, text)
			}
			verdicts++
		}
	}
	if verdicts != 2 {
		t.Errorf("%d comparisons: %v", verdicts, rank)
	}
	text := content(doc)
	if strings.Contains(text, "elsewhere") || !strings.Contains(text, "kept") {
		t.Error("a block stands beside its example, or an unknown one is lost")
	}
}

// TestWorkedWithoutResults: an archive that has nothing to show says so.
func TestWorkedWithoutResults(t *testing.T) {
	a := &archive.Archive{Root: t.TempDir(), Site: archive.DefaultSite, Content: map[string][]byte{"methods": []byte("# M\n\n```worked rank\n```\n")}}
	if text := content(parsePage(t, build(t, a), "methods/index.html")); !strings.Contains(text, "no results yet") {
		t.Error(text)
	}
}
