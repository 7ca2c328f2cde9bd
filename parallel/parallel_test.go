package parallel_test

import (
	"testing"

	"github.com/bsgen/bsgen/parallel"
)

// TestEach: every index is done once, and a worker is used by one call at a time.
func TestEach(t *testing.T) {
	for _, n := range []int{0, 1, 1000} {
		done := make([]int, n)
		parallel.Each(n, func() *int { return new(int) }, func(calls *int, i int) {
			*calls++ // a race, if two calls shared it
			done[i]++
		})
		for i, times := range done {
			if times != 1 {
				t.Errorf("%d of %d was done %d times", i, n, times)
			}
		}
	}
}
