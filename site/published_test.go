package site

import (
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// TestPublishedPages reads pages of this archive's published boards: they say
// that nothing was computed, and nothing that only computed scores have.
func TestPublishedPages(t *testing.T) {
	a, _, err := archive.Open("..")
	if err != nil {
		t.Skip("this package does not lie in an archive")
	}
	s, err := newSite(a, Options{})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := parse(s.assets)
	if err != nil {
		t.Fatal(err)
	}
	model, ok := a.Model("schrimpf-2021-gpt2-xl")
	bench, also := a.Benchmark("Schrimpf2021.Pereira2018")
	if !ok || !also {
		t.Fatal("the board is not there")
	}
	for _, tc := range []struct {
		kind, name string
		view       any
		has        []string
	}{
		{"model", "model", s.modelPage(model), []string{"<b>published</b>", "Published</b>, not computed here: line 1400 of", "precomputed-scores.csv", "It can not be verified",
			"The tables call this model <code>gpt2-xl</code>", `class="gauge hollow"`, "layer selected on the test data", "1\u202f558\u202f000\u202f000"}},
		{"benchmark", "benchmark", s.benchmarkPage(bench), []string{"<b>published</b>", "nothing is computed here", "published score, as a share of the ceiling",
			"Whether the models differ was not tested", `<span class="word">import</span>`, "selected on the very data"}},
	} {
		var m markup
		if err := render(&m, pages[tc.kind], tc.view); err != nil {
			t.Fatal(err)
		}
		page := string(m)
		for _, want := range tc.has {
			if !strings.Contains(page, want) {
				t.Errorf("%s: no %q", tc.name, want)
			}
		}
		for _, never := range []string{"recomputes to the same bytes", "Computed by", "replicates drawn", "Take part", "The metric .", "on the selection set", "Submitted by", ">none</td>"} {
			if strings.Contains(page, never) {
				t.Errorf("%s: it says %q", tc.name, never)
			}
		}
	}
	// What was computed is drawn full.
	net, ok := a.Model("resnet50")
	if !ok {
		t.Fatal("resnet50 is not there")
	}
	var m markup
	if err := render(&m, pages["model"], s.modelPage(net)); err != nil {
		t.Fatal(err)
	}
	if page := string(m); !strings.Contains(page, `class="gauge"`) || strings.Contains(page, `gauge hollow`) {
		t.Error("scores are not drawn, or as if published")
	}
}
