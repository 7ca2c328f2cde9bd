package leaderboard

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
)

// Neighbour is a model whose scores are like those of another.
type Neighbour struct {
	Model    *archive.Model
	Shared   int     // benchmarks that count and that both have
	Distance float64 // mean absolute difference of their scores over these
}

// minShared is the number of benchmarks that two models need to have in common
// before a distance says something about them.
const minShared = 3

// Nearest returns the k models that are most like the one given: those with the
// smallest mean absolute difference of scores over the benchmarks that count
// and that both have, three or more. Ties are ordered by id. Reference rows are
// left out. It is empty where the model has too few scores.
func (b *Board) Nearest(model string, k int) []Neighbour {
	var leaves []*Node
	for _, root := range b.Roots {
		for _, leaf := range root.Leaves() {
			if c := leaf.Cell(model); leaf.Counted && c.State == Scored && !math.IsNaN(c.Value) {
				leaves = append(leaves, leaf)
			}
		}
	}
	var out []Neighbour
	for _, m := range b.Models {
		if m.ID == model || m.Role == archive.RoleReference {
			continue
		}
		n := Neighbour{Model: m}
		for _, leaf := range leaves {
			if c := leaf.Cell(m.ID); c.State == Scored && !math.IsNaN(c.Value) {
				n.Shared++
				n.Distance += math.Abs(c.Value - leaf.Cell(model).Value)
			}
		}
		if n.Shared >= minShared {
			n.Distance /= float64(n.Shared)
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(x, y Neighbour) int {
		return cmp.Or(cmp.Compare(x.Distance, y.Distance), strings.Compare(x.Model.ID, y.Model.ID))
	})
	return out[:min(k, len(out))]
}
