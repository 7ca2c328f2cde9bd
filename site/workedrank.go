package site

import (
	"fmt"
	"math"
)

// Worked is a rank worked out: the comparisons that its interval is counted from.
type Worked struct {
	Model    string
	Rank     string // "Rank 4 [1–19]"
	Pairs    int    // of models, tested at once
	Critical string
	Rows     []WorkedPair
	Better,  // how many models are significantly better, and worse
	Worse, Models int
	Best, Last int
}

// WorkedPair is one comparison.
type WorkedPair struct {
	Model      Link
	Score      string
	Difference string // from the model whose rank it is
	Error      string
	Ratio      string
	Verdict    string
}

// worked works out the rank that [reading] explains: the model against the
// nearest on either side that is resolved, and that is not. Nil where nothing
// was tested.
func (t *table) worked() *Worked {
	r := t.ranking
	if len(r.Ranked) < 2 || !r.Tested() {
		return nil
	}
	i, n := widest(r), len(r.Ranked)
	row := r.Ranked[i]
	place, interval := rankText(row)
	out := &Worked{
		Model: row.Model.Name, Rank: fmt.Sprintf("Rank %s [%s]", place, interval), Pairs: n * (n - 1) / 2, Critical: decimal(r.Critical, 2),
		Better: row.Best - 1, Worse: n - row.Worst, Models: n, Best: row.Best, Last: row.Worst,
	}
	sign := 1.0
	if r.Node.Benchmark != nil && r.Node.Benchmark.Direction == "lower" {
		sign = -1
	}
	digits := t.columns[0].places
	// nearest finds the first model in a direction with a verdict.
	nearest := func(step int, resolved bool) {
		for j := i + step; j >= 0 && j < n; j += step {
			if (r.Better(i, j) || r.Better(j, i)) != resolved {
				continue
			}
			d, se := r.Compare(j, i)
			if math.IsNaN(se) {
				continue
			}
			pair := WorkedPair{
				Model: Link{Text: r.Ranked[j].Model.Name, Href: rel(t.at, modelPlace(r.Ranked[j].Model.ID))},
				Score: decimal(r.Ranked[j].Cell.Value, digits), Difference: decimal(d, digits), Error: decimal(se, digits), Ratio: decimal(sign*d/se, 2),
				Verdict: "not resolved",
			}
			switch {
			case r.Better(j, i):
				pair.Verdict = "significantly better"
			case r.Better(i, j):
				pair.Verdict = "significantly worse"
			}
			out.Rows = append(out.Rows, pair)
			return
		}
	}
	nearest(-1, true)
	nearest(-1, false)
	nearest(1, false)
	nearest(1, true)
	return out
}
