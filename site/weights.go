package site

import (
	"fmt"

	"github.com/bsgen/bsgen/leaderboard"
)

// Weight is a line in the account of how a mean is made up: a node, how deep it
// hangs below the node that ranks, and its share of the mean.
type Weight struct {
	Link
	Depth string // class
	Share string
}

// weights returns the account of the table's mean, parents before children; nil
// where it is a single score.
func weights(t *table) []Weight {
	var out []Weight
	var walk func(n *leaderboard.Node, parts, depth int)
	walk = func(n *leaderboard.Node, parts, depth int) {
		kids := n.CountedChildren()
		for _, c := range kids {
			w := Weight{Depth: fmt.Sprintf("d%d", min(depth, 4)), Share: share(parts * len(kids))}
			w.Text, w.Href = c.Title, rel(t.at, t.board.place(c))
			out = append(out, w)
			walk(c, parts*len(kids), depth+1)
		}
	}
	walk(t.node, 1, 0)
	return out
}

// share writes one of n equal parts: "1/12, 8.3 %".
func share(n int) string {
	if n == 1 {
		return "all of it"
	}
	return fmt.Sprintf("1/%d, %s %%", n, decimal(100/float64(n), 1))
}
