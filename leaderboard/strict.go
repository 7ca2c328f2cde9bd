package leaderboard

import "math"

// Strict returns a model's mean at the node by the rule of brain-score.org: of
// the benchmarks that count, one that the model has no score for enters as 0,
// whatever the reason. It is the model's own value at a benchmark, and NaN where
// the model has no score at or below the node: it did not take part. A model
// that has every benchmark has the same mean by both rules.
func (n *Node) Strict(model string) float64 {
	v, ok := n.strict(model)
	if !ok {
		return math.NaN()
	}
	return v
}

// strict returns the mean, and whether the model has a score below the node.
func (n *Node) strict(model string) (mean float64, ok bool) {
	if n.Benchmark != nil {
		c := n.Cell(model)
		if c.State != Scored || math.IsNaN(c.Value) {
			return 0, false
		}
		return c.Value, true
	}
	counted := n.CountedChildren()
	for _, c := range counted {
		v, has := c.strict(model)
		mean, ok = mean+v, ok || has
	}
	return mean / float64(max(1, len(counted))), ok
}
