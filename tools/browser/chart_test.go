package browser

import (
	"fmt"
	"testing"

	"github.com/bsgen/bsgen/bench/generated"
	"github.com/chromedp/chromedp"
)

// TestPointSays: a point of a large scatter shows its numbers when it has the
// focus, though only the title of its mark has them.
func TestPointSays(t *testing.T) {
	s := need(t, largeSite)
	at := fmt.Sprintf("generated/relations/%s~%s/index.html", generated.BenchmarkID(6), generated.BenchmarkID(12))
	tab := open(t, s.url+at, View{})
	const mark = `document.querySelector(".chart-scatter a.p")`
	said := eval[string](t, tab, mark+`.querySelector("title").textContent.replace(/[\u2068\u2069]/g, "").replace(": ", "")`)
	eval[chromedp.Void](t, tab, `document.querySelector(".chart-scatter").scrollIntoView()`)
	must(t, tab.Wait(`document.querySelector(".chart-scatter.is-live")`))
	eval[chromedp.Void](t, tab, mark+`.focus()`)
	must(t, tab.Wait(fmt.Sprintf(`document.querySelector(".chart-scatter .tip")?.textContent === %q`, said)))
	checkQuiet(t, s, tab)
}
