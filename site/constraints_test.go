package site

import (
	"slices"
	"strings"
	"testing"
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
