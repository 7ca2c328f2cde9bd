package browser

import (
	"slices"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
)

// scripts are what readers do, each on a page that is open.
var scripts = []struct {
	name string
	at   string
	view View
	do   func(t *testing.T, tab *Tab)
}{
	{"a group of columns opens and closes", "vision/index.html", View{}, func(t *testing.T, tab *Tab) {
		shown := func() int {
			return eval[int](t, tab, `[...document.querySelectorAll("thead th")].filter(e => e.offsetWidth > 0).length`)
		}
		before := shown()
		eval[chromedp.Void](t, tab, `document.querySelector("thead button, thead label, thead input").click()`)
		must(t, tab.Wait(`[...document.querySelectorAll("thead th")].filter(e => e.offsetWidth > 0).length > `+strconv.Itoa(before)))
		eval[chromedp.Void](t, tab, `document.querySelector("thead button, thead label, thead input").click()`)
		must(t, tab.Wait(`[...document.querySelectorAll("thead th")].filter(e => e.offsetWidth > 0).length === `+strconv.Itoa(before)))
	}},
	{"printed, the page has no navigation and black letters on white", "vision/index.html", View{Dark: true, Print: true}, func(t *testing.T, tab *Tab) {
		if got := eval[string](t, tab, `getComputedStyle(document.body).backgroundColor`); got != "rgb(255, 255, 255)" && got != "rgba(0, 0, 0, 0)" {
			t.Errorf("printed on %s", got)
		}
		if eval[bool](t, tab, `document.querySelector("body > header nav, header nav")?.offsetHeight > 0`) {
			t.Error("the navigation is printed")
		}
	}},
	{"without scripts every cell is there", "vision/index.html", View{NoScript: true}, func(t *testing.T, tab *Tab) {
		if n := eval[int](t, tab, `document.querySelectorAll("tbody td").length`); n < 100 {
			t.Errorf("%d cells", n)
		}
	}},
	{"dark", "index.html", View{Dark: true}, func(t *testing.T, tab *Tab) {
		if got := eval[string](t, tab, `getComputedStyle(document.documentElement).backgroundColor + getComputedStyle(document.body).backgroundColor`); !slices.Contains([]string{"rgb(14, 17, 22)rgba(0, 0, 0, 0)", "rgba(0, 0, 0, 0)rgb(14, 17, 22)", "rgb(14, 17, 22)rgb(14, 17, 22)"}, got) {
			t.Errorf("the background is %s", got)
		}
	}},
	{"with less motion nothing moves", "index.html", View{Reduced: true}, func(t *testing.T, tab *Tab) {
		moving := eval[[]string](t, tab, `[...document.querySelectorAll("*")].filter(e => {
			const s = getComputedStyle(e);
			return parseFloat(s.transitionDuration) > 0.01 || parseFloat(s.animationDuration) > 0.01;
		}).map(e => e.tagName + "." + e.className)`)
		if len(moving) > 0 {
			t.Errorf("these move: %v", moving[:min(len(moving), 5)])
		}
	}},
	{"the keyboard alone reaches every link and control, and shows where it is", "vision/index.html", View{}, func(t *testing.T, tab *Tab) {
		want := eval[int](t, tab, `[...document.querySelectorAll("a[href], button, input, select, summary, [tabindex]")].filter(e => {
			return e.tabIndex >= 0 && !e.disabled && e.checkVisibility({visibilityProperty: true});
		}).length`)
		reached, unseen := 0, []string{}
		for range want {
			must(t, tab.Press("\t"))
			at := eval[string](t, tab, `(() => {
				const e = document.activeElement;
				if (e === document.body || e.dataset.reached) return "end";
				e.dataset.reached = "1";
				for (const at of [e, e.nextElementSibling, e.parentElement]) {
					if (!at) continue;
					const s = getComputedStyle(at);
					if (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none") return "";
				}
				return e.outerHTML.slice(0, 80);
			})()`)
			if at == "end" {
				break
			}
			reached++
			if at != "" {
				unseen = append(unseen, at)
			}
		}
		if reached < want {
			t.Errorf("%d of %d reached", reached, want)
		}
		if len(unseen) > 0 {
			t.Errorf("%d without a visible focus, such as %s", len(unseen), unseen[0])
		}
	}},
}

// TestScripts: what readers do has the effect that it should, and nothing goes
// wrong on the way.
func TestScripts(t *testing.T) {
	s := need(t, realSite)
	for _, c := range scripts {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tab := open(t, s.url+c.at, c.view)
			c.do(t, tab)
			checkQuiet(t, s, tab)
		})
	}
}
