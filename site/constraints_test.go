package site

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestConstraints reads the page of the fixture, where the best model leaves .5
// of benchmark a and .6 of b open and exceeds the ceiling of e.
func TestConstraints(t *testing.T) {
	doc := parsePage(t, build(t, fixture(t)), "vision/constraints/index.html")
	var open []string
	for _, td := range all(doc, "td", "open") {
		open = append(open, strings.Join(strings.Fields(content(td)), " "))
	}
	if want := []string{"60 %", "50 %", "0 %reached"}; !slices.Equal(open, want) {
		t.Errorf("left open: %q, want %q, most first", open, want)
	}
}

// TestHistogram: the ends belong to the first and the last bin, NaN to none.
func TestHistogram(t *testing.T) {
	h := newHistogram([]float64{-1, 0, .1, .5, .99, 1, 2, float64(nan)}, 0, 1, 4, .5)
	if want := []int{3, 0, 1, 3}; !slices.Equal(h.bins, want) {
		t.Errorf("bins %v, want %v", h.bins, want)
	}
	doc, err := html.Parse(strings.NewReader(string(h.draw(`<b>"`))))
	if err != nil {
		t.Fatal(err)
	}
	if got := texts(all(doc, "title", "")); len(got) != 3 || got[0] != `3 <b>"s from 0.00 to 0.25` {
		t.Errorf("titles %q", got)
	}
}
