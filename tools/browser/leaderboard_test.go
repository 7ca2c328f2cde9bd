package browser

import (
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// cells returns the text of a column of the leaderboard by model, as the page
// prints it; hidden rows are left out.
func cells(t *testing.T, tab *Tab, key string) map[string]string {
	t.Helper()
	return eval[map[string]string](t, tab, fmt.Sprintf(`(() => {
		const at = [...document.querySelectorAll("#board thead th")].findIndex(th => th.dataset.key === %q);
		const out = {};
		for (const tr of document.querySelectorAll("#board tbody tr:not(.sec)")) {
			if (tr.offsetHeight) out[tr.cells[1].querySelector("a").getAttribute("href").split("/").at(-2)] = tr.cells[at].className.replace(/ m$/, "") + ": " + tr.cells[at].textContent.trim();
		}
		return out;
	})()`, key))
}

// differ reports a difference between two columns.
func differ(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	if len(want) == 0 {
		t.Fatalf("%s: there is nothing to compare with", what)
	}
	for _, model := range slices.Sorted(maps.Keys(want)) {
		if got[model] != want[model] {
			t.Errorf("%s: %s has %q, want %q", what, model, got[model], want[model])
			return
		}
	}
}

func click(t *testing.T, tab *Tab, selector string) {
	t.Helper()
	eval[chromedp.Void](t, tab, fmt.Sprintf(`document.querySelector(%q).click()`, selector))
}

// status waits until the line that says what is shown matches.
func status(t *testing.T, tab *Tab, words string) {
	t.Helper()
	must(t, tab.Wait(fmt.Sprintf(`document.querySelector("#board-status").textContent.includes(%q)`, words)))
}

// leaderboards are cases of the leaderboard's script, on this repository's boards.
var leaderboards = []struct {
	name, at string
	view     View
	do       func(t *testing.T, s *built, tab *Tab)
}{
	{"columns that open hold the cells of their node's own page", "vision/index.html", View{}, func(t *testing.T, s *built, tab *Tab) {
		click(t, tab, `th[data-key="Geirhos2021-top1"] .expand`)
		const key = "Geirhos2021.edge-top1"
		must(t, tab.Wait(`document.querySelector('th[data-key="`+key+`"]')`))
		got := cells(t, tab, key)
		must(t, tab.Open(s.url+"vision/Geirhos2021-top1/index.html"))
		want := cells(t, tab, key)
		for model := range want {
			if got[model] == "" {
				delete(want, model) // not on the other page
			}
		}
		differ(t, "opened", got, want)
	}},
	{"groups open within groups, and close together", "vision/all/index.html#open=behavior_vision,Geirhos2021", View{}, func(t *testing.T, s *built, tab *Tab) {
		const inner = `document.querySelector('th[data-key="Geirhos2021.edge-error_consistency"]')`
		must(t, tab.Wait(inner))
		click(t, tab, `th[data-key="behavior_vision"] .expand`)
		must(t, tab.Wait("!"+inner))
		if got := eval[string](t, tab, `location.hash`); got != "" {
			t.Errorf("the address still has %s", got)
		}
		must(t, tab.Back())
		must(t, tab.Wait(inner))
		widths := eval[[]int](t, tab, `[...new Set([...document.querySelectorAll("#board tr:not(.sec)")].map(tr => tr.cells.length))]`)
		if len(widths) != 1 {
			t.Errorf("rows have %v cells", widths)
		}
	}},
	{"sorted by a column, ranks are those of its node", "vision/index.html", View{}, func(t *testing.T, s *built, tab *Tab) {
		click(t, tab, `th[data-key="Geirhos2021-top1"] .sort`)
		status(t, tab, "ranked by Accuracy")
		got := cells(t, tab, ":rank")
		must(t, tab.Open(s.url+"vision/Geirhos2021-top1/index.html"))
		differ(t, "ranks", got, cells(t, tab, ":rank"))
	}},
	{"among what is shown ranks are counted again, beside those among all", "vision/index.html", View{}, func(t *testing.T, s *built, tab *Tab) {
		before := cells(t, tab, ":rank")
		click(t, tab, "#board-find")
		eval[chromedp.Void](t, tab, `document.querySelector("#board-find").focus()`)
		must(t, tab.Press("family:vgg"))
		status(t, tab, "ranks recomputed")
		must(t, tab.Wait(`document.querySelector("#board td.rank span")`)) // the intervals
		after := cells(t, tab, ":rank")
		if len(after) < 3 || len(after) >= len(before) {
			t.Fatalf("%d rows of %d", len(after), len(before))
		}
		places := map[string]bool{}
		for model, text := range after {
			_, text, _ = strings.Cut(text, ": ")
			among, all, ok := strings.Cut(text, "all: ")
			_, was, _ := strings.Cut(before[model], ": ")
			if !ok || all != was {
				t.Errorf("%s: %q, among all it was %q", model, text, was)
			}
			var rank, best, worst int
			if _, err := fmt.Sscanf(strings.Replace(among, "–", "-", 1), "%d [%d-%d]", &rank, &best, &worst); err != nil || best > rank || rank > worst || worst > len(after) {
				t.Errorf("%s: %q is no rank with its interval among %d (%v)", model, among, len(after), err)
			}
			places[fmt.Sprint(rank)] = true
		}
		if !places["1"] {
			t.Error("no model is first among those shown")
		}
	}},
	{"what is missing counts as 0 by the rule of brain-score.org", "brainscore-2020/average/index.html", View{}, func(t *testing.T, s *built, tab *Tab) {
		click(t, tab, `[name=board-rule][value=strict]`)
		status(t, tab, "brain-score.org rule")
		must(t, tab.Wait(`document.querySelectorAll("#board tbody[data-section=ranked] tr").length > 60`))
		pairs := eval[[][]string](t, tab, `[...document.querySelectorAll("#board tbody[data-section=ranked] tr")].map(tr => [
			tr.cells[1].textContent, tr.querySelector("td.m").textContent, [...tr.cells].find(td => td.classList.contains("r"))?.firstChild.textContent ?? "none"])`)
		compared := 0
		for _, p := range pairs {
			if p[2] == "none" {
				continue
			}
			compared++
			var here, there float64
			fmt.Sscan(p[1], &here)
			fmt.Sscan(p[2], &there)
			if math.Abs(here-there) > .0015 { // of six numbers that were printed with three decimals
				t.Errorf("%s: %s, brain-score.org printed %s", p[0], p[1], p[2])
			}
		}
		if compared < 60 {
			t.Errorf("%d means were compared", compared)
		}
		before := cells(t, tab, ":rank")
		must(t, tab.Back())
		must(t, tab.Wait(`document.querySelectorAll("#board tbody[data-section=ranked] tr").length < 10`))
		must(t, tab.Forward())
		must(t, tab.Wait(`document.querySelectorAll("#board tbody[data-section=ranked] tr").length > 60`))
		differ(t, "again", cells(t, tab, ":rank"), before)
	}},
	{"a view that searches at first is the same without a script", "brainscore-2020/families/index.html", View{}, func(t *testing.T, s *built, tab *Tab) {
		must(t, tab.Wait(`!document.querySelector(".state .reset").hidden`))
		bare := open(t, s.url+"brainscore-2020/families/index.html", View{NoScript: true})
		for _, key := range []string{":rank", ":model", ":coverage"} {
			if n := len(cells(t, bare, key)); n < 20 || n > 40 {
				t.Errorf("%s: %d cells without a script", key, n)
			}
			differ(t, key, cells(t, tab, key), cells(t, bare, key))
		}
		const said = `document.querySelector("#board-status").textContent`
		if a, b := eval[string](t, tab, said), eval[string](t, bare, said); a != b {
			t.Errorf("%q with a script, %q without", a, b)
		}
	}},
	{"a view that searches at first, and can be left", "brainscore-2020/families/index.html", View{}, func(t *testing.T, s *built, tab *Tab) {
		status(t, tab, "ranks recomputed")
		for model, text := range cells(t, tab, ":model") {
			if strings.Contains(text, "MobileNet ·") {
				t.Errorf("%s is shown", model)
			}
		}
		click(t, tab, ".state .reset")
		must(t, tab.Wait(`location.hash === "#q=" && document.querySelector("#board-find").value === ""`))
		if n := len(cells(t, tab, ":model")); n < 60 {
			t.Errorf("%d rows", n)
		}
		must(t, tab.Back())
		must(t, tab.Wait(`location.hash === "" && document.querySelector("#board-find").value === "NOT family:MobileNet"`))
	}},
	{"filters, and the way back", "vision/index.html", View{}, func(t *testing.T, s *built, tab *Tab) {
		all := len(cells(t, tab, ":model"))
		click(t, tab, ".filters summary")
		click(t, tab, `[name=board-architecture]`)
		must(t, tab.Wait(`location.hash.startsWith("#architecture=")`))
		eval[chromedp.Void](t, tab, `(() => { const e = document.querySelector("[name=board-year-from]"); e.value = "2016"; e.dispatchEvent(new Event("change")); })()`)
		must(t, tab.Wait(`location.hash.includes("year=2016..")`))
		some := len(cells(t, tab, ":model"))
		if some == 0 || some >= all {
			t.Errorf("%d of %d rows", some, all)
		}
		must(t, tab.Press("\x1b"))
		if eval[string](t, tab, `document.querySelector(".filters summary").textContent`) != "Filters (2)" {
			t.Error("the button does not say how many filters there are")
		}
		click(t, tab, ".state .reset")
		must(t, tab.Wait(fmt.Sprintf(`[...document.querySelectorAll("#board tbody tr:not(.sec)")].filter(e => e.offsetHeight).length === %d`, all)))
		if got := eval[string](t, tab, `location.hash`); got != "" {
			t.Errorf("the address still has %s", got)
		}
	}},
	{"a search for nothing leads back, Escape clears it, a mistake is explained", "vision/index.html", View{}, func(t *testing.T, s *built, tab *Tab) {
		all := len(cells(t, tab, ":model"))
		eval[chromedp.Void](t, tab, `document.querySelector("#board-find").focus()`)
		must(t, tab.Press("nobody"))
		must(t, tab.Wait(`document.querySelector(".none").offsetHeight > 0`))
		click(t, tab, ".none .reset")
		must(t, tab.Wait(`document.querySelector(".none").offsetHeight === 0 && document.activeElement.id === "board-find"`))
		must(t, tab.Press("colour:red"))
		must(t, tab.Wait(`document.querySelector("#board-error").textContent.includes("there is no field colour")`))
		if got := eval[string](t, tab, `document.querySelector("#board-find").getAttribute("aria-invalid")`); got != "true" {
			t.Errorf("aria-invalid is %q", got)
		}
		must(t, tab.Press("\x1b"))
		must(t, tab.Wait(`document.querySelector("#board-find").value === "" && document.querySelector("#board-error").textContent === ""`))
		if n := len(cells(t, tab, ":model")); n != all {
			t.Errorf("%d of %d rows are back", n, all)
		}
	}},
	{"two to six models can be chosen", "vision/index.html", View{}, func(t *testing.T, s *built, tab *Tab) {
		const link = `document.querySelector(".compare")`
		if eval[bool](t, tab, link+`.hasAttribute("href")`) {
			t.Error("nothing is chosen, and there is a link")
		}
		for i := range 6 {
			eval[chromedp.Void](t, tab, fmt.Sprintf(`document.querySelectorAll(".choose")[%d].click()`, i))
		}
		must(t, tab.Wait(link+`.textContent === "Compare 6"`))
		if !eval[bool](t, tab, `document.querySelectorAll(".choose")[6].disabled`) {
			t.Error("a seventh can be chosen")
		}
		if got := eval[string](t, tab, link+`.getAttribute("href")`); strings.Count(got, ",") != 5 || !strings.HasPrefix(got, "../vision/compare/index.html#models=") {
			t.Errorf("the link is %s", got)
		}
	}},
	{"head and model stay in view on both axes", "vision/all/index.html#open=engineering_vision,Geirhos2021-top1", View{Width: 700, Height: 600}, func(t *testing.T, s *built, tab *Tab) {
		must(t, tab.Wait(`document.querySelectorAll("#board thead th").length > 12`))
		at := eval[[]float64](t, tab, `(async () => {
			const box = document.querySelector(".scroll");
			box.scrollTo(400, 500);
			await new Promise(requestAnimationFrame);
			const b = box.getBoundingClientRect(), head = document.querySelector("#board thead th:nth-child(2)").getBoundingClientRect();
			const row = [...document.querySelectorAll("#board tbody th[scope=row]")][20].getBoundingClientRect();
			return [box.scrollLeft, box.scrollTop, head.top - b.top, head.left - b.left, row.left - b.left];
		})()`)
		if at[0] < 100 || at[1] < 100 {
			t.Fatalf("it does not scroll: %v", at)
		}
		for i, what := range []string{"the head's top", "the head of the models", "a model"} {
			if at[2+i] < 0 || at[2+i] > 2 {
				t.Errorf("%s is %g px off", what, at[2+i])
			}
		}
	}},
}

func TestLeaderboard(t *testing.T) {
	s := need(t, realSite)
	for _, c := range leaderboards {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tab := open(t, s.url+c.at, c.view)
			must(t, tab.Wait(`document.querySelector("#board .sort")`))
			c.do(t, s, tab)
			checkQuiet(t, s, tab)
		})
	}
}

// TestLeaderboardFromFile: what loads on demand loads from a folder too.
func TestLeaderboardFromFile(t *testing.T) {
	s := need(t, realSite)
	tab := open(t, "file://"+filepath.ToSlash(filepath.Join(s.dir, "vision", "index.html"))+"#sort=Geirhos2021-top1&open=Geirhos2021", View{})
	must(t, tab.Wait(`document.querySelector('th[data-key="Geirhos2021.edge-error_consistency"]')`))
	status(t, tab, "ranked by Accuracy")
	click(t, tab, `th[data-key="Geirhos2021"] .expand`)
	must(t, tab.Wait(`!document.querySelector('th[data-key="Geirhos2021.edge-error_consistency"]')`))
	must(t, tab.Back())
	must(t, tab.Wait(`document.querySelector('th[data-key="Geirhos2021.edge-error_consistency"]')`))
	if faults := tab.Faults(); len(faults) > 0 {
		t.Error(faults)
	}
}
