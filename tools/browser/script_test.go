package browser

import (
	"slices"
	"strconv"
	"strings"
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
	{"a group of columns opens in place, closes, and has an address", "vision/index.html", View{}, func(t *testing.T, tab *Tab) {
		const heads = `document.querySelectorAll("#board thead th").length`
		must(t, tab.Wait(`document.querySelector("#board .expand")`))
		before := eval[int](t, tab, heads)
		eval[chromedp.Void](t, tab, `document.querySelector("#board .expand").click()`)
		must(t, tab.Wait(heads+" > "+strconv.Itoa(before)))
		if got := eval[string](t, tab, `document.querySelector("#board .expand").getAttribute("aria-expanded")`); got != "true" {
			t.Errorf("aria-expanded is %q", got)
		}
		address := eval[string](t, tab, `location.href`)
		eval[chromedp.Void](t, tab, `document.querySelector("#board .expand").click()`)
		must(t, tab.Wait(heads+" === "+strconv.Itoa(before)))
		must(t, tab.Open("about:blank"))
		must(t, tab.Open(address))
		must(t, tab.Wait(heads+" > "+strconv.Itoa(before)))
	}},
	{"a column sorts both ways, back undoes it, forward does it again", "vision/index.html", View{}, func(t *testing.T, tab *Tab) {
		const (
			column = `[...document.querySelectorAll("#board thead th")].findLast(th => th.querySelector("button.sort") && th.classList.contains("n"))`
			sorted = column + `.getAttribute("aria-sort")`
			order  = `[...document.querySelectorAll("#board tbody th[scope=row]")].map(e => e.textContent).join()`
		)
		must(t, tab.Wait(column))
		first := eval[string](t, tab, order)
		eval[chromedp.Void](t, tab, column+`.querySelector("button.sort").click()`)
		must(t, tab.Wait(sorted+` === "descending"`))
		down := eval[string](t, tab, order)
		eval[chromedp.Void](t, tab, column+`.querySelector("button.sort").click()`)
		must(t, tab.Wait(sorted+` === "ascending"`))
		up := eval[string](t, tab, order)
		if first == down || down == up {
			t.Error("the order stays")
		}
		must(t, tab.Back())
		must(t, tab.Back())
		must(t, tab.Wait(order+" === "+strconv.Quote(first)))
		must(t, tab.Forward())
		must(t, tab.Wait(order+" === "+strconv.Quote(down)))
	}},
	{"search hides rows, says how many are left, and has an address", "vision/index.html", View{}, func(t *testing.T, tab *Tab) {
		const rows = `[...document.querySelectorAll("#board tbody tr:not(.sec)")].filter(e => e.offsetHeight > 0).length`
		must(t, tab.Wait(`document.querySelector("#board-find").offsetHeight > 0`))
		all := eval[int](t, tab, rows)
		eval[chromedp.Void](t, tab, `document.querySelector("#board-find").focus()`)
		must(t, tab.Press("family:resnet NOT resnet50"))
		must(t, tab.Wait(rows+` > 0 && `+rows+` < `+strconv.Itoa(all)))
		must(t, tab.Wait(`location.search + location.hash !== ""`))
		left, said := eval[int](t, tab, rows), eval[string](t, tab, `document.querySelector("#board-status").textContent`)
		if !strings.Contains(said, strconv.Itoa(left)) {
			t.Errorf("%d rows are left, the status says %q", left, said)
		}
		address := eval[string](t, tab, `location.href`)
		must(t, tab.Open("about:blank"))
		must(t, tab.Open(address))
		must(t, tab.Wait(rows+" === "+strconv.Itoa(left)))
		if got := eval[string](t, tab, `document.querySelector("#board-find").value`); got != "family:resnet NOT resnet50" {
			t.Errorf("the search field says %q", got)
		}
	}},
	{"a day that is picked shows the board as it was then", "vision/history/index.html", View{}, func(t *testing.T, tab *Tab) {
		if !eval[bool](t, tab, `!!document.querySelector("[data-days]")`) {
			t.Skip("the clone has no days to pick from")
		}
		must(t, tab.Wait(`document.querySelector("#day").offsetHeight > 0`))
		days := eval[[]string](t, tab, `JSON.parse(document.querySelector("[data-days]").textContent).map(d => d.day)`)
		eval[chromedp.Void](t, tab, `document.querySelector("#day").value = "2001-01-01"; document.querySelector("#day").min = ""; document.querySelector("[data-pick]").requestSubmit()`)
		must(t, tab.Wait(`document.querySelector("[data-pick] [role=status]").textContent.includes("`+days[0]+`")`))
		eval[chromedp.Void](t, tab, `document.querySelector("#day").value = "`+days[0]+`"; document.querySelector("[data-pick]").requestSubmit()`)
		must(t, tab.Wait(`document.querySelector("h1").textContent.includes("`+days[0]+`")`))
		if !eval[bool](t, tab, `document.querySelectorAll("table.past, .notice").length > 0`) {
			t.Error("no board of then")
		}
	}},
	{"models are chosen by name, have an address, and are removed; back and forward", "vision/compare/index.html", View{}, func(t *testing.T, tab *Tab) {
		const (
			heads = `[...document.querySelectorAll("#versus thead a")].map(a => a.textContent).join(", ")`
			shown = `!document.querySelector("#comparison").hidden`
		)
		names := eval[[]string](t, tab, `["resnet50", "vgg16-bn"].map(id => JSON.parse(document.querySelector("#compare-data").textContent).models.find(m => m.id === id).name)`)
		both := strconv.Quote(strings.Join(names, ", "))
		for _, name := range names {
			eval[chromedp.Void](t, tab, `document.querySelector("#pick-model").focus()`)
			must(t, tab.Press(name+"\r"))
			must(t, tab.Wait(`document.querySelector("#pick-model").value === ""`))
		}
		must(t, tab.Wait(shown+` && `+heads+` === `+both))
		if n := eval[int](t, tab, `document.querySelectorAll("#versus tbody td.diff").length`); n == 0 {
			t.Error("no difference is shown")
		}
		table := eval[string](t, tab, `document.querySelector("#versus").textContent`)
		address := eval[string](t, tab, `location.href`)
		if !strings.Contains(address, "#models=") {
			t.Errorf("the address is %s", address)
		}
		must(t, tab.Press("nobody's model\r"))
		must(t, tab.Wait(`document.querySelector("#compare-status").textContent.includes("No model is called")`))

		eval[chromedp.Void](t, tab, `document.querySelector("#chips li:last-child button:last-child").click()`)
		must(t, tab.Wait(`!(`+shown+`) && document.querySelectorAll("#chips li").length === 1`))
		must(t, tab.Back())
		must(t, tab.Wait(shown+` && `+heads+` === `+both))
		must(t, tab.Forward())
		must(t, tab.Wait(`!(`+shown+`)`))

		must(t, tab.Open("about:blank"))
		must(t, tab.Open(address))
		must(t, tab.Wait(shown+` && `+heads+` === `+both))
		if got := eval[string](t, tab, `document.querySelector("#versus").textContent`); got != table {
			t.Error("the address leads to another table")
		}
	}},
	{"without scripts the page to compare says so and leads to every model", "vision/compare/index.html", View{NoScript: true}, func(t *testing.T, tab *Tab) {
		if !eval[bool](t, tab, `document.querySelector("#compare-script").offsetHeight > 0 && document.querySelector("#pick").offsetHeight === 0`) {
			t.Error("it offers a form that does nothing, or does not say why there is none")
		}
		links := eval[int](t, tab, `[...document.querySelectorAll("#all-models a[href]")].filter(a => a.offsetHeight > 0).length`)
		if models := eval[int](t, tab, `JSON.parse(document.querySelector("#compare-data").textContent).models.length`); links != models {
			t.Errorf("%d links for %d models", links, models)
		}
	}},
	{"without scripts history lists every state", "vision/history/index.html", View{NoScript: true}, func(t *testing.T, tab *Tab) {
		if !eval[bool](t, tab, `!!document.querySelector("[data-days]")`) {
			t.Skip("the clone has no days to pick from")
		}
		if eval[bool](t, tab, `document.querySelector("[data-pick]").offsetHeight > 0`) {
			t.Error("it offers a form that does nothing")
		}
		missing := eval[[]string](t, tab, `JSON.parse(document.querySelector("[data-days]").textContent).map(d => d.href).filter(href => ![...document.querySelectorAll("table.states th a")].some(a => a.getAttribute("href") === href))`)
		if len(missing) > 0 {
			t.Errorf("no link to %v", missing)
		}
	}},
	{"printed, the page has no navigation and black letters on white", "vision/index.html", View{Dark: true, Print: true}, func(t *testing.T, tab *Tab) {
		if got := eval[string](t, tab, `getComputedStyle(document.body).backgroundColor`); got != "rgb(255, 255, 255)" && got != "rgba(0, 0, 0, 0)" {
			t.Errorf("printed on %s", got)
		}
		if eval[bool](t, tab, `document.querySelector("body > header nav, header nav")?.offsetHeight > 0`) {
			t.Error("the navigation is printed")
		}
	}},
	{"a leaderboard is printed without controls", "vision/index.html", View{Print: true}, printedPlain},
	{"a comparison is printed without controls", "vision/compare/index.html#models=resnet50,vgg16", View{Print: true}, printedPlain},
	{"a model is printed without controls", "models/resnet50/index.html", View{Print: true}, printedPlain},
	{"the history is printed without controls", "vision/history/index.html", View{Print: true}, printedPlain},
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

// printedPlain: what can only be pressed is not on paper. Buttons in headings have
// no box of their own, else Chromium leaves their words out on the next sheets.
func printedPlain(t *testing.T, tab *Tab) {
	left := eval[[]string](t, tab, `[...document.querySelectorAll("button, input, details.copy")].filter(e => e.getClientRects().length).map(e => e.tagName + "." + e.className + " " + e.textContent.slice(0, 20))`)
	if len(left) > 0 {
		t.Errorf("printed: %q", left)
	}
	for _, text := range eval[[]string](t, tab, `[...document.querySelectorAll("thead th")].filter(e => !e.closest("details")).map(e => e.innerText)`) {
		if text == "" {
			t.Error("a heading is printed empty")
		}
	}
}
