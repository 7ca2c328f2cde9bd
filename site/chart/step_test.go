package chart

import (
	"strconv"
	"testing"
)

// TestTickStepIsShort: no step has digits that come of its computation.
func TestTickStepIsShort(t *testing.T) {
	for _, width := range []float64{.0013, .14, .7, 1, 3, 44, 1234567} {
		for _, n := range []int{4, 8} {
			if s := strconv.FormatFloat(tickStep(width, n), 'f', -1, 64); len(s) > 8 {
				t.Errorf("%v in %d steps: each is %s", width, n, s)
			}
		}
	}
}
