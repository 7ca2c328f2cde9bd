package browser

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/xml"
	"image/png"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// copied opens the fold of a table or chart and presses a button in it, on a page
// whose clipboard is out of reach, and returns the text that is offered instead.
func copied(t *testing.T, tab *Tab, fold, name string) string {
	t.Helper()
	eval[chromedp.Void](t, tab, `(() => {
		Object.defineProperty(navigator, "clipboard", {configurable: true, value: {writeText: () => Promise.reject(new Error("no"))}});
		const place = `+fold+`;
		place.open = true;
		[...place.querySelectorAll("button")].find(b => b.textContent === "`+name+`").click();
	})()`)
	must(t, tab.Wait(fold+`.querySelector("textarea")`))
	if selected := eval[bool](t, tab, `(() => { const a = document.activeElement; return a.tagName === "TEXTAREA" && a.selectionEnd === a.value.length; })()`); !selected {
		t.Error("the text is not selected")
	}
	return eval[string](t, tab, fold+`.querySelector("textarea").value`)
}

const boardFold = `document.querySelector(".scroll + details.copy, .scroll ~ details.copy")`

// TestCopy: a table comes out in each format as it is shown, and with the snapshot.
func TestCopy(t *testing.T) {
	s := need(t, realSite)
	tab := open(t, s.url+"vision/index.html", View{Width: 1280})
	must(t, tab.Wait(boardFold))
	shown := eval[int](t, tab, `[...document.querySelectorAll("#board tbody tr:not(.sec)")].filter(e => e.offsetHeight > 0).length`)
	columns := eval[int](t, tab, `[...document.querySelectorAll("#board thead tr:last-child th")].filter(e => e.offsetWidth > 0).length`)
	t.Run("CSV", func(t *testing.T) {
		lines, err := csv.NewReader(strings.NewReader(copied(t, tab, boardFold, "CSV"))).ReadAll()
		if err != nil || len(lines) < shown+1 || len(lines[0]) != columns {
			t.Fatalf("%d lines of %d columns, %d rows and %d columns are shown: %v", len(lines), len(lines[0]), shown, columns, err)
		}
		if !strings.Contains(strings.Join(lines[0], ","), "Model") || !strings.Contains(lines[1][0], "[") {
			t.Errorf("%q\n%q", lines[0], lines[1])
		}
	})
	t.Run("LaTeX", func(t *testing.T) {
		text := copied(t, tab, boardFold, "LaTeX")
		if !strings.Contains(text, `\toprule`) || !strings.Contains(text, `\caption{Vision`) || strings.Count(text, `\\`) < shown {
			t.Errorf("%.400s", text)
		}
		if commit := eval[string](t, tab, `document.getElementById("snapshot")?.title.slice(0, 10) ?? ""`); !strings.Contains(text, commit) {
			t.Errorf("the snapshot %s is not in the caption", commit)
		}
	})
	t.Run("Markdown", func(t *testing.T) {
		lines := strings.Split(copied(t, tab, boardFold, "Markdown"), "\n")
		for i, line := range lines[:shown] {
			if n := strings.Count(line, " | "); n != columns-1 && !strings.Contains(line, "**") {
				t.Errorf("line %d: %d columns of %d: %s", i, n+1, columns, line)
			}
		}
	})
	t.Run("BibTeX", func(t *testing.T) {
		if text := copied(t, tab, boardFold, "BibTeX"); !strings.HasPrefix(text, "@misc{") {
			t.Error(text)
		}
	})
	checkQuiet(t, s, tab)
}

// TestCopyHostile: what a cell says can neither run in a spreadsheet nor break out of
// LaTeX or Markdown.
func TestCopyHostile(t *testing.T) {
	s := need(t, realSite)
	tab := open(t, s.url+"vision/index.html", View{Width: 1280})
	must(t, tab.Wait(boardFold))
	eval[chromedp.Void](t, tab, `(() => {
		const names = document.querySelectorAll("#board tbody th[scope=row] a bdi");
		names[0].textContent = "=cmd|' /C x'!A1";
		names[1].textContent = "\\input{x} $a_b^2$ 5% & #{~}";
		names[2].textContent = "a | b, \"c\" `+"`d`"+` [e](f) <g>";
		names[3].textContent = "\u202Egnp";
	})()`)
	lines, err := csv.NewReader(strings.NewReader(copied(t, tab, boardFold, "CSV"))).ReadAll()
	if err != nil || lines[1][1] != `'=cmd|' /C x'!A1` || lines[3][1] != "a | b, \"c\" `d` [e](f) <g>" {
		t.Errorf("%q, %v", lines[1:4], err)
	}
	text := copied(t, tab, boardFold, "LaTeX")
	if want := `\textbackslash{}input\{x\} \$a\_b\textasciicircum{}2\$ 5\% \& \#\{\textasciitilde{}\}`; !strings.Contains(text, want) || strings.Contains(text, "\u202e") {
		t.Errorf("LaTeX: %.900s", text)
	}
	text = copied(t, tab, boardFold, "Markdown")
	if want := "a \\| b, \"c\" \\`d\\` \\[e\\](f) \\<g\\>"; !strings.Contains(text, want) {
		t.Errorf("Markdown: %.900s", text)
	}
}

// TestSave: a chart is saved as an SVG that stands on its own, with its caption, and
// as a PNG that is not empty; in light colours also from a dark page.
func TestSave(t *testing.T) {
	s := need(t, realSite)
	tab := open(t, s.url+"benchmarks/Cowley2026.V4-pls/index.html", View{Width: 1280, Dark: true})
	const fold = `document.querySelector("figure.chart details.copy:last-child")`
	must(t, tab.Wait(fold))
	eval[chromedp.Void](t, tab, `(() => {
		window.saved = {};
		URL.createObjectURL = blob => {
			const read = new FileReader();
			read.onload = () => { saved[blob.type] = read.result.split(",")[1]; };
			read.readAsDataURL(blob);
			return "#";
		};
		HTMLAnchorElement.prototype.click = () => {};
		const place = `+fold+`;
		place.open = true;
		place.querySelectorAll("button")[0].click();
		place.querySelectorAll("button")[1].click();
	})()`)
	must(t, tab.Wait(`saved["image/svg+xml"] && saved["image/png"]`))
	get := func(kind string) []byte {
		data, err := base64.StdEncoding.DecodeString(eval[string](t, tab, `saved["`+kind+`"]`))
		must(t, err)
		return data
	}
	svg := get("image/svg+xml")
	if err := xml.Unmarshal(svg, new(struct{})); err != nil {
		t.Error(err)
	}
	for _, part := range []string{"snapshot", "Gabor energy", "<circle", "rgb(255, 255, 255)"} {
		if !bytes.Contains(svg, []byte(part)) {
			t.Errorf("the SVG has no %s", part)
		}
	}
	for _, part := range []string{"var(", "class=", "light-dark", "color-mix", "oklab"} {
		if bytes.Contains(svg, []byte(part)) {
			t.Errorf("the SVG needs a style sheet or a browser: %s", part)
		}
	}
	img, err := png.Decode(bytes.NewReader(get("image/png")))
	must(t, err)
	dark := 0
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if r, _, _, _ := img.At(x, y).RGBA(); r < 0x6000 {
				dark++
			}
		}
	}
	if all := img.Bounds().Dx() * img.Bounds().Dy(); img.Bounds().Dx() < 1000 || dark == 0 || dark > all/4 {
		t.Errorf("a picture of %v, %d of %d pixels are dark", img.Bounds(), dark, all)
	}
	checkQuiet(t, s, tab)
}

// TestAddress: lines of code name the site by the page's own address.
func TestAddress(t *testing.T) {
	s := need(t, realSite)
	tab := open(t, s.url+"data/index.html", View{})
	must(t, tab.Wait(`!document.querySelector("main pre").textContent.includes("https://SITE/")`))
	if code := eval[string](t, tab, `document.querySelector("main pre").textContent`); !strings.Contains(code, `base = "`+s.url+`data/v1/"`) {
		t.Error(code)
	}
}
