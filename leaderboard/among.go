package leaderboard

import (
	"slices"

	"github.com/bsgen/bsgen/archive"
)

// Among returns the ranking of those models that keep says. Ranks are counted
// among them, and so are their bounds, from the verdicts of [Ranking.Better] over
// all models: with 95 % confidence none of these is a false alarm, and so it is of
// any part.
func (r *Ranking) Among(keep func(*archive.Model) bool) *Ranking {
	kept := func(rows []Row) []Row {
		return slices.DeleteFunc(slices.Clone(rows), func(row Row) bool { return !keep(row.Model) })
	}
	out := &Ranking{Node: r.Node, Critical: r.Critical, Partial: kept(r.Partial), References: kept(r.References), Unscored: kept(r.Unscored)}
	var at []int // index among all
	for i, row := range r.Ranked {
		if keep(row.Model) {
			at = append(at, i)
			out.Ranked = append(out.Ranked, row)
		}
	}
	out.verdicts = newVerdicts(len(at))
	tested := r.Tested()
	for i := range out.Ranked {
		row := &out.Ranked[i]
		row.Rank = i + 1
		if i > 0 && row.Cell.Value == out.Ranked[i-1].Cell.Value {
			row.Rank = out.Ranked[i-1].Rank
		}
		if tested {
			row.Best, row.Worst = 1, len(at)
			for j := range at {
				switch {
				case r.Better(at[i], at[j]):
					row.Worst--
					out.verdicts.set(i, j)
				case r.Better(at[j], at[i]):
					row.Best++
				}
			}
		}
	}
	return out
}
