package leaderboard

import "math"

// Strict returns a model's mean at the node by the rule of brain-score.org: of
// the benchmarks that count, one that the model has no score for enters as 0,
// whatever the reason. It is the model's own value at a benchmark, and NaN where
// the model has no score at or below the node: it did not take part. A model
// that has every benchmark has the same mean by both rules.
func (n *Node) Strict(model string) float64 {
	if i, ok := n.places[model]; ok {
		if v, ok := n.strict(i); ok {
			return v
		}
	}
	return math.NaN()
}

// strict returns the mean of the i-th model, and whether it has a score below
// the node.
func (n *Node) strict(i int) (mean float64, ok bool) {
	if n.Benchmark != nil {
		c := &n.cells[i]
		if c.State != Scored || math.IsNaN(c.Value) {
			return 0, false
		}
		return c.Value, true
	}
	for _, c := range n.counted {
		v, has := c.strict(i)
		mean, ok = mean+v, ok || has
	}
	return mean / float64(max(1, len(n.counted))), ok
}
