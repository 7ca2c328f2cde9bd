package browser

import (
	"path/filepath"
	"testing"

	"github.com/bsgen/bsgen/bench/generated"
)

// kinds are the kinds of page, each by one page of this repository's board. A
// new kind of page is a line here.
var kinds = []struct{ name, at string }{
	{"home", "index.html"},
	{"leaderboard", "vision/index.html"},
	{"leaderboard of a node", "vision/V4/index.html"},
	{"leaderboard of the other board", "language/index.html"},
	{"benchmarks", "benchmarks/index.html"},
	{"benchmark", "benchmarks/Geirhos2021.edge-error_consistency/index.html"},
	{"benchmark with layers", "benchmarks/Cowley2026.V4-pls/index.html"},
	{"models", "models/index.html"},
	{"model", "models/resnet50/index.html"},
	{"model that is run", "models/squeezenet1-0-deepcompression/index.html"},
	{"score", "scores/resnet50/Geirhos2021.edge-error_consistency@1/index.html"},
	{"compare", "vision/compare/index.html"},
	{"constraints", "vision/constraints/index.html"},
	{"relations", "schrimpf-2021/relations/index.html"},
	{"relation", "schrimpf-2021/relations/Schrimpf2021.Pereira2018~Schrimpf2021.wikitext-2/index.html"},
	{"question", "brainscore-2020/relations/question-imagenet-brain/index.html"},
	{"leaderboard of published scores", "schrimpf-2021/index.html"},
	{"view with a filter", "brainscore-2020/families/index.html"},
	{"history", "vision/history/index.html"},
	{"changes", "vision/changes/index.html"},
	{"changes of all boards", "changes/index.html"},
	{"progress", "vision/progress/index.html"},
	{"progress of published scores", "brainscore-2020/progress/index.html"},
	{"published score", "scores/brainscore-2020-alexnet/BrainScore2020.V4@1/index.html"},
	{"data", "data/index.html"},
	{"prose", "methods/index.html"},
	{"questions", "faq/index.html"},
	{"lost", "404.html"},
}

// views are the ways in which every kind of page is looked at. Motion is reduced:
// axe-core would see colours on their way from light to dark.
var views = []View{
	{Width: 1280, Reduced: true}, {Width: 1280, Reduced: true, Dark: true},
	{Width: 320, Reduced: true}, {Width: 320, Reduced: true, Dark: true},
}

// TestPages: on every kind of page axe-core finds nothing, nothing is written to
// the console, nothing is asked for from elsewhere, and nobody scrolls sideways.
func TestPages(t *testing.T) {
	s := need(t, realSite)
	axe, err := Axe()
	if err != nil {
		t.Skip(err)
	}
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			tab := open(t, s.url+k.at, views[0])
			for _, v := range views {
				must(t, tab.View(v))
				checkFits(t, tab)
				found, err := tab.Violations(axe)
				must(t, err)
				for _, f := range found[:min(len(found), 8)] {
					t.Errorf("%s: %s", v, f)
				}
				if len(found) > 8 {
					t.Errorf("%s: and %d more", v, len(found)-8)
				}
			}
			checkQuiet(t, s, tab)
		})
	}
}

// TestState: the same of an earlier state of the board, whose address is a day.
func TestState(t *testing.T) {
	s := need(t, realSite)
	axe, err := Axe()
	if err != nil {
		t.Skip(err)
	}
	tab := open(t, s.url+"vision/history/index.html", views[0])
	day := eval[string](t, tab, `document.querySelector("table.states th[scope=row] a")?.href || ""`)
	if day == "" {
		t.Skip("the clone has no history")
	}
	must(t, tab.Open(day))
	for _, v := range views {
		must(t, tab.View(v))
		checkFits(t, tab)
		found, err := tab.Violations(axe)
		must(t, err)
		for _, f := range found[:min(len(found), 8)] {
			t.Errorf("%s: %s", v, f)
		}
	}
	checkQuiet(t, s, tab)
}

// TestFile: every kind of page works from a disk: its style is there, its
// scripts run, and nothing is missing.
func TestFile(t *testing.T) {
	s := need(t, realSite)
	for _, k := range kinds {
		if k.name == "lost" {
			continue // its links are those of a server's root
		}
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			tab := open(t, "file://"+filepath.ToSlash(s.dir)+"/"+k.at, View{})
			for _, f := range tab.Faults() {
				t.Error(f)
			}
			if font := eval[string](t, tab, `getComputedStyle(document.body).fontFamily`); font == "" || font == `"Times New Roman"` {
				t.Errorf("the page has no style: %s", font)
			}
		})
	}
}

// The budgets, compressed: a page, a leaderboard of 600 models and 20 groups of
// columns, and scripts before a chart is drawn.
const (
	pageBudget        = 80 << 10
	leaderboardBudget = 150 << 10
	scriptBudget      = 40 << 10
)

// largeKinds are the kinds of page that grow with a board, each by one page of [largeSite].
var largeKinds = []struct {
	name, at string
	budget   int
}{
	{"leaderboard", "generated/index.html", leaderboardBudget},
	{"home", "index.html", pageBudget},
	{"benchmarks", "benchmarks/index.html", pageBudget},
	{"benchmark", "benchmarks/" + generated.BenchmarkID(0) + "/index.html", pageBudget},
	{"models", "models/index.html", pageBudget},
	{"model", "models/" + generated.ModelID(0) + "/index.html", pageBudget},
	{"compare", "generated/compare/index.html", pageBudget},
	{"constraints", "generated/constraints/index.html", pageBudget},
	{"relations", "generated/relations/index.html", pageBudget},
	{"relation", "generated/relations/" + generated.BenchmarkID(14) + "~" + generated.BenchmarkID(19) + "/index.html", pageBudget},
	{"history", "generated/history/index.html", pageBudget},
	{"changes", "generated/changes/index.html", pageBudget},
	{"progress", "generated/progress/index.html", pageBudget},
	{"data", "data/index.html", pageBudget},
}

// TestBudgets: what pages load at first.
func TestBudgets(t *testing.T) {
	check := func(site func() (*built, error), name, at string, budget int) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := need(t, site)
			tab := open(t, s.url+at, View{})
			all, scripts := weigh(t, s, tab)
			t.Logf("%s: %d kB, scripts %d kB", name, all>>10, scripts>>10)
			if all > budget {
				t.Errorf("%d bytes compressed, the budget is %d", all, budget)
			}
			if scripts > scriptBudget {
				t.Errorf("%d bytes of scripts compressed, the budget is %d", scripts, scriptBudget)
			}
		})
	}
	for _, k := range kinds {
		check(realSite, k.name, k.at, pageBudget)
	}
	for _, k := range largeKinds {
		check(largeSite, "large "+k.name, k.at, k.budget)
	}
}
