package leaderboard

import (
	"math"

	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/scoring/stat"
)

// Difference is how much more one model has than another, with the 95 %
// interval of the paired difference. It compares two models that somebody chose
// to compare; the ranks of [Board.Rank] compare all of them.
type Difference struct {
	Value     float64 // NaN where one of the two has no score
	Low, High float64 // NaN where the two have no replicates in common
	// Error is the standard error of the difference: the standard deviation of
	// those of the replicates, by which [Board.Rank] divides. NaN as above.
	Error float64
}

// Difference returns the score of model x at the node minus that of y. The
// interval is that of the differences of their replicates, which drew the same
// units for both, before they are clipped.
func (n *Node) Difference(x, y string) Difference {
	a, b := n.Cell(x), n.Cell(y)
	d := Difference{a.Value - b.Value, math.NaN(), math.NaN(), math.NaN()}
	if len(a.reps) == 0 || len(a.reps) != len(b.reps) || math.IsNaN(d.Value) {
		return d
	}
	kept := make([]float64, 0, 512) // mostly enough, and no garbage
	for i := range a.reps {
		if x := float64(a.reps[i]) - float64(b.reps[i]); x-x == 0 { // neither NaN nor infinite
			kept = append(kept, x)
		}
	}
	if len(a.reps)-len(kept) > len(a.reps)/10 { // as pairwise does
		return d
	}
	d.Error = stat.SampleStd(kept)
	d.Low, d.High = stat.Tails(kept, (1-scoring.Level)/2)
	return d
}
