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
	of := b.leafValues()
	own := slices.IndexFunc(b.Models, func(m *archive.Model) bool { return m.ID == model })
	if own < 0 {
		return nil
	}
	var out []Neighbour
	for i, m := range b.Models {
		if i == own || m.Role == archive.RoleReference {
			continue
		}
		n := Neighbour{Model: m}
		for l, v := range of[i] {
			if d := math.Abs(v - of[own][l]); !math.IsNaN(d) {
				n.Shared++
				n.Distance += d
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

// leafValues returns the scores of each model at the benchmarks that count, NaN
// where there is none.
func (b *Board) leafValues() [][]float64 {
	b.valuesOnce.Do(func() {
		var leaves []*Node
		for _, root := range b.Roots {
			for _, leaf := range root.Leaves() {
				if leaf.Counted {
					leaves = append(leaves, leaf)
				}
			}
		}
		for i := range b.Models {
			row := make([]float64, len(leaves))
			for l, leaf := range leaves {
				row[l] = leaf.cells[i].Value // NaN unless it is scored
			}
			b.values = append(b.values, row)
		}
	})
	return b.values
}
