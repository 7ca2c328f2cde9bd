package leaderboard

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/scoring"
)

// Gap is what the models leave open at one benchmark.
type Gap struct {
	Leaf *Node
	Best Row // the model with the highest score, or the lowest where that is better; reference rows are no models
	// Open is the share of the ceiling that the best model lacks, 1 - score; NaN
	// for a benchmark without a rule, whose values are no shares. It is negative
	// where a model exceeds the ceiling.
	Open   float64
	Models int       // models with a score
	Units  *UnitGaps // nil where the results hold no units that can be compared
}

// Reached reports whether the interval of the best model holds the ceiling, or
// lies above it: what is open then is not resolved from nothing.
func (g *Gap) Reached() bool { return g.Best.Cell.High >= 1 || g.Best.Cell.Value >= 1 }

// UnitGaps are the units of a benchmark (images, neuroids, people), and how the
// models do on each.
type UnitGaps struct {
	Kind   string
	Models int       // models whose units could be compared
	Best   []float64 // largest value of any model, per unit in the benchmark's order; NaN where none has one
	Mean   []float64 // mean over the models that have a value; of images answered right or wrong this is the share that is right
	// Needed is the value below which a unit counts as missed: the raw value that
	// the rule turns into half of the ceiling, [HalfWay]; for images that a model
	// answers right or wrong, 1. NaN where the benchmark has no ceiling: nothing
	// says then which units are missed.
	Needed float64
	Missed []int // units whose Best is below Needed, lowest Mean first, ties in their order
}

// notComparable are units whose value is a contribution to a statistic of all
// of them together, or which are not the same for every model.
var notComparable = []string{"word", "decision for shape or texture", "model unit"}

// Gaps returns what is open at each benchmark that counts, most first; those
// whose values are no shares of a ceiling are last. Ties are ordered by id.
//
// A unit is missed where not one model reaches Needed on it. The noise of the
// single unit is not known here: an unreliable neuroid is missed by everybody.
func (b *Board) Gaps() []Gap {
	var out []Gap
	rows := make([]Row, 0, len(b.Models))
	for _, root := range b.Roots {
		for _, leaf := range root.Leaves() {
			if !leaf.Benchmark.Primary {
				continue
			}
			if g, ok := b.gap(leaf, rows); ok {
				out = append(out, g)
			}
		}
	}
	slices.SortStableFunc(out, func(x, y Gap) int {
		switch {
		case math.IsNaN(x.Open) && math.IsNaN(y.Open):
		case math.IsNaN(x.Open):
			return 1
		case math.IsNaN(y.Open):
			return -1
		}
		return cmp.Or(cmp.Compare(y.Open, x.Open), strings.Compare(x.Leaf.ID, y.Leaf.ID))
	})
	return out
}

// gap computes a benchmark's; rows is room for those of the models.
func (b *Board) gap(leaf *Node, rows []Row) (Gap, bool) {
	g := Gap{Leaf: leaf, Open: math.NaN()}
	for i, m := range b.Models {
		c := &leaf.cells[i]
		if m.Role == archive.RoleReference || c.State != Scored || math.IsNaN(c.Value) {
			continue
		}
		rows = append(rows, Row{Model: m, Cell: c})
	}
	if len(rows) == 0 {
		return g, false
	}
	slices.SortFunc(rows, leaf.order)
	g.Best, g.Models = rows[0], len(rows)
	if leaf.Benchmark.Normalize != "none" {
		g.Open = 1 - g.Best.Cell.Value
	}
	if leaf.sign() > 0 {
		g.Units = b.unitGaps(rows)
	}
	return g, true
}

// unitGaps compares the rows unit by unit; nil where there is nothing to compare.
func (b *Board) unitGaps(rows []Row) *UnitGaps {
	first := rows[0].Cell
	if first.Result == nil || slices.Contains(notComparable, first.Result.Units.Kind) {
		return nil
	}
	n := len(b.units(first))
	if n == 0 {
		return nil
	}
	u := &UnitGaps{Kind: first.Result.Units.Kind, Best: make([]float64, n), Mean: make([]float64, n)}
	count := make([]float64, n)
	for i := range u.Best {
		u.Best[i] = math.NaN()
	}
	for _, r := range rows {
		units := b.units(r.Cell)
		if len(units) != n {
			continue
		}
		u.Models++
		for i, x := range units {
			x := float64(x)
			if math.IsNaN(x) {
				continue
			}
			if !(u.Best[i] >= x) { // or there is none yet
				u.Best[i] = x
			}
			u.Mean[i] += x
			count[i]++
		}
	}
	for i := range u.Mean {
		u.Mean[i] /= count[i] // NaN where no model has a value
	}
	u.Needed = 1
	if u.Kind != "image" {
		u.Needed = HalfWay(first.Result)
	}
	for i, best := range u.Best {
		if best < u.Needed {
			u.Missed = append(u.Missed, i)
		}
	}
	slices.SortStableFunc(u.Missed, func(i, j int) int { return cmp.Compare(u.Mean[i], u.Mean[j]) })
	return u
}

// units returns what the raw value of a benchmark's cell averages; nil where that
// is not known. What is wrong with a sidecar, [New] has said.
func (b *Board) units(c *Cell) []float32 {
	if s, err := b.from.Sidecar(c.Result); err == nil {
		return s.Units
	}
	return nil
}

// HalfWay returns the raw value in [0, 1] that the result's rule turns into a
// score of one half; NaN without a rule, without a ceiling, or where half of
// the ceiling is out of reach. Every rule grows with the raw value, so the
// place is found by halving.
func HalfWay(r *archive.Result) float64 {
	rule, ok := scoring.Rules[r.Rule]
	if !ok {
		return math.NaN()
	}
	at := func(raw float64) float64 { _, u := rule.Apply(raw, float64(r.Ceiling.Value)); return u }
	if !(at(1) >= .5) {
		return math.NaN()
	}
	low, high := 0., 1.
	for range 60 {
		if mid := (low + high) / 2; at(mid) < .5 {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}
