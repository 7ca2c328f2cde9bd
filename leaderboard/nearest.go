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
	own, ok := b.places[model]
	if !ok || k < 1 {
		return nil
	}
	s := b.leafScores()
	var out []Neighbour
	for i, m := range b.Models {
		if i == own || m.Role == archive.RoleReference {
			continue
		}
		n := Neighbour{Model: m}
		n.Shared, n.Distance = s.between(own, i)
		if n.Shared < minShared || len(out) == k && n.compare(out[k-1]) > 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(out, n, Neighbour.compare)
		out = slices.Insert(out[:min(len(out), k-1)], at, n)
	}
	return out
}

// compare orders neighbours of one model, the nearest first.
func (n Neighbour) compare(other Neighbour) int {
	return cmp.Or(cmp.Compare(n.Distance, other.Distance), strings.Compare(n.Model.ID, other.Model.ID))
}

// leafScores are the scores of all models at the benchmarks that count.
type leafScores struct {
	leaves int
	value  []float64 // models x leaves; 0 where there is none
	have   []float64 // 1 where there is one, else 0
}

// between returns at how many benchmarks two models have a score, and the mean
// absolute difference there; NaN at none. Missing scores are multiplied by 0:
// to branch at each would take five times as long.
func (s *leafScores) between(i, j int) (shared int, distance float64) {
	x, y := s.value[i*s.leaves:][:s.leaves], s.value[j*s.leaves:][:s.leaves]
	hx, hy := s.have[i*s.leaves:][:s.leaves], s.have[j*s.leaves:][:s.leaves]
	count, sum := 0., 0.
	for l := range x {
		both := hx[l] * hy[l]
		count += both
		sum += float64(math.Abs(x[l]-y[l]) * both)
	}
	return int(count), sum / count
}

// leafScores collects them once.
func (b *Board) leafScores() *leafScores {
	b.scoresOnce.Do(func() {
		var leaves []*Node
		for _, root := range b.Roots {
			for _, leaf := range root.Leaves() {
				if leaf.Counted {
					leaves = append(leaves, leaf)
				}
			}
		}
		size := len(b.Models) * len(leaves)
		s := leafScores{len(leaves), make([]float64, size), make([]float64, size)}
		for l, leaf := range leaves {
			for i := range leaf.cells {
				if v := leaf.cells[i].Value; !math.IsNaN(v) { // it is scored
					s.value[i*s.leaves+l], s.have[i*s.leaves+l] = v, 1
				}
			}
		}
		b.scores = s
	})
	return &b.scores
}
