package site

import (
	"iter"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/site/records"
)

// meanRecord is a model at an inner node of a board's tree.
type meanRecord struct {
	Board      string         `json:"board" doc:"id of the board"`
	Node       string         `json:"node" doc:"id of the node"`
	Model      string         `json:"model" doc:"id of the model"`
	State      string         `json:"state" doc:"whether there is a mean" enum:"scored,failed,not_applicable,not_run"`
	Reason     string         `json:"reason" doc:"why there is none, or what it lacks"`
	Value      archive.Number `json:"value" doc:"unweighted mean of the children that the model has"`
	Low        archive.Number `json:"low" doc:"lower end of the 95 % interval"`
	High       archive.Number `json:"high" doc:"upper end of the 95 % interval"`
	Have       int            `json:"have" doc:"benchmarks below the node that the model has"`
	Of         int            `json:"of" doc:"benchmarks below the node that count in its mean"`
	Rank       records.Place  `json:"rank" doc:"place among the models that have all of them; the others have none"`
	Best       records.Place  `json:"rank_best" doc:"1 + the number of models that are significantly better"`
	Worst      records.Place  `json:"rank_worst" doc:"number of ranked models less those that are significantly worse"`
	Stale      bool           `json:"stale" doc:"it holds a number that waits to be scored again"`
	Snapshot   string         `json:"snapshot" doc:"commit of the archive that this file was made from; empty where unknown"`
	Strict     archive.Number `json:"strict" doc:"mean by the rule of brain-score.org: a benchmark that counts, and that the model lacks, enters as 0; none where the model lacks all"`
	StrictRank records.Place  `json:"strict_rank" doc:"place by that mean, of the models that have one, reference rows left out"`
}

// meanRows returns the rows of a board's inner nodes. A row is overwritten by the
// next.
func (s *site) meanRows(b *board) iter.Seq[*meanRecord] {
	return func(yield func(*meanRecord) bool) {
		row := new(meanRecord)
		for _, n := range b.means() {
			ranked := map[*archive.Model]leaderboard.Row{}
			for _, r := range b.ranks[n].Ranked {
				ranked[r.Model] = r
			}
			strict := map[*archive.Model]strictRow{}
			for _, r := range b.strictRows(n) {
				strict[r.model] = r
			}
			for i, m := range b.Models {
				c, r := n.At(i), ranked[m]
				*row = meanRecord{
					Board: b.ID, Node: n.ID, Model: m.ID, State: stateName(c.State), Reason: sentence(c.Reason),
					Value: archive.Number(c.Value), Low: archive.Number(c.Low), High: archive.Number(c.High), Have: c.Have, Of: c.Of,
					Rank: records.Place(r.Rank), Best: records.Place(r.Best), Worst: records.Place(r.Worst),
					Strict: none, Stale: c.Stale, Snapshot: s.opts.Commit,
				}
				if r, ok := strict[m]; ok {
					row.Strict, row.StrictRank = archive.Number(r.value), records.Place(r.rank)
				}
				if !yield(row) {
					return
				}
			}
		}
	}
}

// means returns the inner nodes that any model has a result below.
func (b *board) means() []*leaderboard.Node {
	var out []*leaderboard.Node
	for _, n := range b.all {
		if n.Benchmark == nil && b.hasScore(n) {
			out = append(out, n)
		}
	}
	return out
}
