package site

import (
	"math"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/leaderboard/relate"
)

func TestHome(t *testing.T) {
	dir := build(t, fixture(t))
	doc := parsePage(t, dir, "index.html")
	ways := all(doc, "ul", "ways")
	if len(ways) != 1 {
		t.Fatal("the front page leads nowhere")
	}
	var to []string
	for _, a := range all(ways[0], "a", "") {
		to = append(to, attr(a, "href"))
	}
	want := []string{"vision/index.html", "vision/relations/index.html", "vision/progress/index.html", "vision/constraints/index.html"}
	if got := strings.Join(to, " "); !strings.HasPrefix(got, strings.Join(want, " ")) {
		t.Errorf("the front page leads to %s", got)
	}
	if tables := all(doc, "table", "board"); len(tables) != 1 || len(all(tables[0], "th", "span")) != 1 {
		t.Error("the first models of the board have no column of intervals")
	}
	if len(all(doc, "ul", "news")) != 0 {
		t.Error("there is news without a history")
	}
}

// On narrow screens what is not a board is behind a button, which must need no script.
func TestMenu(t *testing.T) {
	doc := parsePage(t, build(t, fixture(t)), "models/index.html")
	button := all(doc, "button", "menu")
	if len(button) != 1 || !hasClass(button[0], "here") {
		t.Fatal("no button opens the menu, or it does not show that the page is in it")
	}
	menu := all(doc, "nav", "")
	for _, nav := range menu {
		if attr(nav, "id") != attr(button[0], "popovertarget") {
			continue
		}
		for _, a := range all(nav, "a", "") {
			if attr(a, "aria-current") == "page" && content(a) == "Models" {
				return
			}
		}
	}
	t.Error("the button's target is no navigation with the page in it")
}

func TestControlText(t *testing.T) {
	estimate := func(r, low, high float64) relate.Estimate {
		return relate.Estimate{Value: r, Models: relate.Interval{Low: r - .1, High: r + .1}, Families: relate.Interval{Low: low, High: high}}
	}
	weights := &archive.Quantity{Metadata: "parameters"}
	for _, test := range []struct {
		name    string
		control *archive.Quantity
		title   string
		partial relate.Estimate
		want    string
	}{
		{"none", nil, "", estimate(.5, .1, .9), ""},
		{"too few models", weights, "Number of weights, log10", relate.Estimate{Value: math.NaN()}, ""},
		{"resolved", weights, "Number of weights, log10", estimate(.5, .1, .9), "At the same number of weights r = 0.50 (0.10 to 0.90 over families; 32 models)."},
		{"not resolved", &archive.Quantity{}, "WikiText-2 loss", estimate(.5, -.1, .9), "At the same WikiText-2 loss r = 0.50 (" + minus + "0.10 to 0.90 over families; 32 models): not resolved by these data."},
	} {
		a := &leaderboard.Answer{Question: &archive.Question{Control: test.control}, Partial: test.partial, Controlled: 32}
		a.Z.Title = test.title
		if got := strings.ReplaceAll(controlText(a), "\u00a0", " "); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestMeasured: the list says of every benchmark what was measured, and where
// none of it is stated, that.
func TestMeasured(t *testing.T) {
	a := fixture(t)
	a.Benchmarks[0].Assembly.Species, a.Benchmarks[0].Assembly.Method = "human", "forced choice"
	var got []string
	for _, td := range all(parsePage(t, build(t, a), "benchmarks/index.html"), "td", "t") {
		got = append(got, content(td))
	}
	if len(got) < 3 || got[0] != "human, forced choice" || got[1] != "no people or animals stated" {
		t.Errorf("measured: %q", got)
	}
}
