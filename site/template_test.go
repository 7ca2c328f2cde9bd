package site

import (
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/jba/templatecheck"
)

// TestTemplates checks every template against the struct that it prints, the
// branches that no page takes included.
func TestTemplates(t *testing.T) {
	a, err := newAssets(archive.DefaultSite.Accent)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := parse(a)
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for kind, data := range map[string]any{
		"benchmark":  &BenchmarkPage{},
		"benchmarks": &BenchmarksPage{},
		"compare":    &ComparePage{},
		"relations":  &RelationsPage{}, "relation": &RelationPage{}, "constraints": &ConstraintsPage{},
		"data":        &DataPage{},
		"home":        &HomePage{},
		"leaderboard": &LeaderboardPage{},
		"model":       &ModelPage{},
		"models":      &ModelsPage{},
		"prose":       &ProsePage{},
		"shell":       &ShellPage{},
		"history":     &HistoryPage{}, "state": &StatePage{}, "changes": &ChangesPage{}, "progress": &ProgressPage{},
	} {
		checked++
		if err := templatecheck.CheckHTML(pages[kind].Lookup("page"), data); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	checked++
	if err := templatecheck.CheckHTML(pages["score"].Lookup("content"), &ScorePage{}); err != nil {
		t.Errorf("score: %v", err)
	}
	if len(pages) != checked {
		t.Errorf("%d kinds of page, %d are checked", len(pages), checked)
	}
}
