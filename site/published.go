package site

import (
	"fmt"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
)

// rolePublished is the role of a model whose scores others published.
const rolePublished = "published"

// publishedFact labels a page of published scores.
var publishedFact = Fact{Value: "published", After: "scores, copied and not computed here"}

// Published says where a number was published and what can be checked of it.
type Published struct {
	Row    int // line of the table
	Table  Link
	SHA256 string // of the table
	Remark string
}

// newPublished returns nil for a result that was computed.
func newPublished(r *archive.Result) *Published {
	if !r.Provenance.Published() {
		return nil
	}
	return &Published{
		Row:    r.Provenance.Row,
		SHA256: r.Provenance.SHA256,
		Table:  link(lastPart(r.Provenance.Source), r.Provenance.Source),
		Remark: "It can not be verified: neither the data nor the model's responses are here. The command below compares it with that table.",
	}
}

// isPublished reports whether all benchmarks at and below the node have
// published scores.
func isPublished(n *leaderboard.Node) bool {
	published, others := 0, 0
	var count func(n *leaderboard.Node)
	count = func(n *leaderboard.Node) {
		switch {
		case n.Benchmark == nil:
			for _, c := range n.Children {
				count(c)
			}
		case n.Benchmark.Published != nil:
			published++
		default:
			others++
		}
	}
	count(n)
	return published > 0 && others == 0
}

// publishedText says how a published score came about.
func publishedText(b *archive.Benchmark) string {
	s := fmt.Sprintf("The scores were published, and nothing is computed here: each is the number in the column %s of a table, below under Data. How its authors came to it is said further down.", b.Published.Score)
	if b.Published.Layer != "" {
		s += " Of the rows of a model, one for each layer, the best counts: where there are several, the layer was selected on the test data, and the result warns of it."
	}
	return s + " They have no replicates, so differences are not tested and ranks have no interval."
}

// publishedAxis names the published values on an axis.
func publishedAxis(b *archive.Benchmark) string {
	switch {
	case b.Normalize == "none":
		return "published value"
	case b.Ceiling.Name == "none" || isUnit(b):
		return "published score"
	}
	return "published score, as a share of the ceiling"
}
