package browser

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// pickPair chooses two nodes on a page of relations by their ids.
func pickPair(t *testing.T, tab *Tab, x, y string) {
	t.Helper()
	must(t, tab.Wait(`!document.querySelector("#any").hidden`))
	eval[chromedp.Void](t, tab, `(() => {
		const f = document.querySelector("#any form");
		f.x.value = `+strconv.Quote(x)+`;
		f.y.value = `+strconv.Quote(y)+`;
		f.requestSubmit();
	})()`)
}

// TestPickPage: on a board whose pairs all have pages, two that are picked lead to theirs.
func TestPickPage(t *testing.T) {
	s := need(t, realSite)
	tab := open(t, s.url+"schrimpf-2021/relations/index.html", View{})
	pickPair(t, tab, "Schrimpf2021.wikitext-2", "Schrimpf2021.Pereira2018")
	must(t, tab.Wait(`document.querySelector("h1").textContent === "Pereira and WikiText-2 loss"`))
	checkQuiet(t, s, tab)
}

// TestPickDrawn: on a board with too many pairs for a page each, one without a page
// is drawn, with the numbers that the CSV has of it.
func TestPickDrawn(t *testing.T) {
	s := need(t, largeSite)
	const at = "generated/relations/"
	file, err := os.Open(filepath.Join(s.dir, filepath.FromSlash(at), "relations.csv"))
	must(t, err)
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	must(t, err)
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	var pair []string
	for _, row := range rows[1:] {
		x, y := row[column["x"]], row[column["y"]]
		_, err := os.Stat(filepath.Join(s.dir, filepath.FromSlash(at), x+"~"+y))
		if n, _ := strconv.Atoi(row[column["n"]]); err != nil && n >= 8 && row[column["r"]] != "" {
			pair = row
			break
		}
	}
	if pair == nil {
		t.Fatal("every pair has a page")
	}
	number := func(name string) string {
		v, err := strconv.ParseFloat(pair[column[name]], 64)
		must(t, err)
		return strings.Replace(strconv.FormatFloat(v, 'f', 2, 64), "-", "−", 1)
	}
	tab := open(t, s.url+at+"index.html", views[0])
	pickPair(t, tab, pair[column["x"]], pair[column["y"]])
	must(t, tab.Wait(`document.querySelector("#any svg.pairs circle")?.getClientRects().length`))
	said := eval[string](t, tab, `document.querySelector("#any [role=status]").textContent`)
	if want := pair[column["n"]] + " models, r = " + number("r") + ", ρ = " + number("rho") + "."; !strings.Contains(said, want) {
		t.Errorf("the page says %q, the CSV %q", said, want)
	}
	around := regexp.MustCompile(`interval of r: (\S+) to (\S+) by models, (\S+) to (\S+) by their (\d+) families`).FindStringSubmatch(strings.ReplaceAll(said, "−", "-"))
	if around == nil || around[5] != pair[column["families"]] {
		t.Fatalf("the page says %q of %s families", said, pair[column["families"]])
	}
	r, err := strconv.ParseFloat(pair[column["r"]], 64)
	must(t, err)
	for k := 1; k < 5; k += 2 {
		low, errLow := strconv.ParseFloat(around[k], 64)
		high, errHigh := strconv.ParseFloat(around[k+1], 64)
		if errLow != nil || errHigh != nil || !(low < r && r < high) {
			t.Errorf("r = %v lies between %s and %s", r, around[k], around[k+1])
		}
	}
	if n := eval[int](t, tab, `document.querySelectorAll("#any svg.pairs a").length`); strconv.Itoa(n) != pair[column["n"]] {
		t.Errorf("%d points of %s models", n, pair[column["n"]])
	}
	eval[chromedp.Void](t, tab, `document.querySelector("#any details").open = true`)
	if n := eval[int](t, tab, `document.querySelectorAll("#any tbody tr").length`); strconv.Itoa(n) != pair[column["n"]] {
		t.Errorf("%d rows of %s models", n, pair[column["n"]])
	}
	if n := eval[int](t, tab, `document.querySelectorAll("#any details.copy").length`); n != 2 {
		t.Errorf("%d of the drawing and its table can be copied", n)
	}
	axe, err := Axe()
	if err != nil {
		t.Log(err)
	} else {
		for _, v := range views {
			must(t, tab.View(v))
			checkFits(t, tab)
			found, err := tab.Violations(axe)
			must(t, err)
			for _, f := range found[:min(len(found), 5)] {
				t.Errorf("%s: %s", v, f)
			}
		}
	}
	address := eval[string](t, tab, `location.href`)
	must(t, tab.Back())
	must(t, tab.Wait(`document.querySelector("#any figure").hidden`))
	must(t, tab.Open("about:blank"))
	must(t, tab.Open(address))
	must(t, tab.Wait(`document.querySelector("#any svg.pairs circle")?.getClientRects().length`))
	checkQuiet(t, s, tab)
	if picture := os.Getenv("BSGEN_PICTURE"); picture != "" {
		must(t, tab.Settle())
		eval[chromedp.Void](t, tab, `document.querySelector("#any").scrollIntoView()`)
		data, err := tab.Picture()
		must(t, err)
		must(t, os.WriteFile(picture, data, 0o644))
	}
}
