package relate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRenew: after each change of a table the renewed relations are, to the last bit,
// those that are computed anew.
func TestRenew(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const models, benchmarks = 24, 7
	table := Table{}
	for m := range models {
		table.Models, table.Families = append(table.Models, fmt.Sprint("m", m)), append(table.Families, fmt.Sprint("f", m%8))
	}
	for range benchmarks {
		row := make([]float64, models)
		for m := range row {
			row[m] = rng.Float64() + float64(m)/20
		}
		table.Scores = append(table.Scores, row)
	}
	central := []int{0, 2, 3, 5}
	score := func(b, m int, x float64) {
		table.Scores = slices.Clone(table.Scores) // the earlier relations keep theirs
		table.Scores[b] = slices.Clone(table.Scores[b])
		table.Scores[b][m] = x
	}
	was := New(table)
	was.Bootstrap(central)
	for _, c := range []struct {
		name   string
		change func()
	}{
		{"nothing", func() {}},
		{"a score", func() { score(2, 4, .9) }},
		{"one of a benchmark that is not central", func() { score(1, 4, .9) }},
		{"one is missing", func() { score(3, 4, math.NaN()) }},
		{"another beside it", func() { score(5, 6, .1) }},
		{"none is missing", func() { score(3, 4, .2) }},
		{"other central ones", func() { central = []int{0, 1, 2, 6} }},
		{"a benchmark less", func() { table.Scores = table.Scores[:6]; central = central[:3] }},
		{"another order", func() {
			table.Scores = slices.Clone(table.Scores)
			table.Scores[0], table.Scores[1] = table.Scores[1], table.Scores[0]
		}},
		{"another family", func() { table.Families = slices.Clone(table.Families); table.Families[3] = "" }},
		{"a benchmark more", func() { table.Scores = append(table.Scores, table.Scores[2]) }},
	} {
		c.change()
		now, want := Renew(was, table), New(table)
		now.Bootstrap(central)
		want.Bootstrap(central)
		for i := range table.Scores {
			for j := range i {
				if got, want := fmt.Sprint(now.Pair(i, j)), fmt.Sprint(want.Pair(i, j)); got != want {
					t.Errorf("%s: pair %d, %d is %s, want %s", c.name, i, j, got, want)
				}
			}
		}
		was = now
	}
}
