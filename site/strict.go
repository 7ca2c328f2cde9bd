package site

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
)

// strictRow is a model in the ranking by the rule of brain-score.org, which has no
// intervals: a score that is missing has no uncertainty.
type strictRow struct {
	model *archive.Model
	value float64
	rank  int // 1 + the number of models with a higher mean; 0 of a reference row
}

// strictRows ranks the models that have any benchmark below the node by the rule of
// brain-score.org, best first. Reference rows come last.
func (b *board) strictRows(n *leaderboard.Node) []strictRow {
	var out []strictRow
	r := b.ranks[n]
	for _, row := range slices.Concat(r.Ranked, r.Partial) {
		if v := n.Strict(row.Model.ID); !math.IsNaN(v) {
			out = append(out, strictRow{model: row.Model, value: v})
		}
	}
	slices.SortFunc(out, func(x, y strictRow) int {
		return cmp.Or(cmp.Compare(y.value, x.value), strings.Compare(x.model.ID, y.model.ID))
	})
	for i := range out {
		out[i].rank = i + 1
		if i > 0 && out[i-1].value == out[i].value {
			out[i].rank = out[i-1].rank
		}
	}
	for _, row := range r.References {
		out = append(out, strictRow{model: row.Model, value: n.Strict(row.Model.ID)})
	}
	return out
}

// strictFile is that ranking in a node's ranks file.
type strictFile struct {
	Ranked     []string `json:"ranked"` // best first
	Rank       []int    `json:"rank"`
	Value      []string `json:"value"` // as printed
	References []string `json:"reference,omitempty"`
	Reference  []string `json:"referenceValue,omitempty"` // values
}

func (b *board) strictFile(n *leaderboard.Node) *strictFile {
	out, digits := &strictFile{}, b.places(n)
	for _, r := range b.strictRows(n) {
		if value := decimal(r.value, digits); r.rank > 0 {
			out.Ranked, out.Rank, out.Value = append(out.Ranked, r.model.ID), append(out.Rank, r.rank), append(out.Value, value)
		} else {
			out.References, out.Reference = append(out.References, r.model.ID), append(out.Reference, value)
		}
	}
	return out
}

// markStrict notes the nodes where the rule of brain-score.org differs: some
// model lacks a benchmark.
func (b *board) markStrict() {
	b.strict = map[*leaderboard.Node]bool{}
	for _, n := range b.all {
		b.strict[n] = n.Benchmark == nil && len(b.ranks[n].Partial) > 0
	}
}
