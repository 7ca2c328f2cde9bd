package relate

import (
	"math"
	"slices"

	"github.com/bsgen/bsgen/scoring/stat"
)

// FalseDiscoveries returns the adjusted p-values of Benjamini and Hochberg
// (1995): those of at most q mark findings of which a share q is expected to be
// false. It holds where the tests are independent or positively dependent. NaN
// stays NaN and does not count as a test.
func FalseDiscoveries(p []float64) []float64 {
	out := slices.Clone(p)
	var order []int
	for _, i := range stat.Order(p) {
		if !math.IsNaN(p[i]) {
			order = append(order, i)
		}
	}
	least := 1.0
	for k := len(order) - 1; k >= 0; k-- {
		i := order[k]
		least = math.Min(least, p[i]*float64(len(order))/float64(k+1))
		out[i] = least
	}
	return out
}
