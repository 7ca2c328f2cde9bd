package site

import (
	"fmt"
	"math"
	"strings"

	"github.com/bsgen/bsgen/leaderboard"
)

// Cell is a cell of a leaderboard as it is printed. What is missing is said by
// a sign for the eye and by words for a screen reader; it is never a zero.
type Cell struct {
	Class  string // of the td
	Text   string
	Href   string // of the score's own page; "" for none
	Spoken string // follows Text for assistive technology alone
	Sub    string // follows it, softer: coverage of a mean that lacks some, "raw"
	Mark   string // a sign that there are warnings; "" for none
	Warned string // what the sign means, for assistive technology
	Title  string // on hover: the interval, the reason
}

// The signs of what is not there.
const (
	signNotRun        = "–"
	signFailed        = "✕"
	signNotApplicable = "n/a"
	signUndefined     = "∅"
	signWarned        = "!"
)

// newCell returns the cell of a model at a node, for a column with that many
// decimals. Marks and colour are drawn where the value is a share of a ceiling.
func newCell(n *leaderboard.Node, c *leaderboard.Cell, places int) Cell {
	out := valueCell(n, c, places)
	if c.Warnings > 0 {
		out.Mark, out.Warned = signWarned, count(c.Warnings, "warning")
		out.Title = joined("; ", out.Title, out.Warned+" on the model's page")
		if c.Trained != "" {
			out.Title += ": " + c.Trained
		}
	}
	if c.Stale {
		out.Class += " stale"
		out.Sub = joined(", ", out.Sub, "stale")
		out.Title = joined("; ", "stale: being rescored", out.Title)
	}
	return out
}

func valueCell(n *leaderboard.Node, c *leaderboard.Cell, places int) Cell {
	missing := func(sign, words string) Cell {
		words = joined(": ", words, sentence(c.Reason))
		return Cell{Class: "na", Text: sign, Spoken: words, Title: words}
	}
	switch {
	case c.State == leaderboard.Failed:
		return missing(signFailed, "failed")
	case c.State == leaderboard.NotApplicable:
		return missing(signNotApplicable, "not applicable")
	case c.State != leaderboard.Scored:
		out := missing(signNotRun, "not run")
		if c.Reason != "" {
			out.Sub = "new version"
		}
		return out
	case math.IsNaN(c.Value):
		return Cell{Class: "na", Text: signUndefined, Spoken: "undefined", Title: "scored, but the value is undefined: see the warnings on the model's page"}
	}
	out := Cell{Class: "n", Text: decimal(c.Value, places)}
	if s := span(c.Low, c.High, places-1); s != "" {
		out.Title = "95 % interval " + s
	}
	if n.Benchmark == nil && !c.Complete() {
		out.Sub = fmt.Sprintf("%d/%d", c.Have, c.Of)
		out.Title = joined("; ", out.Title, fmt.Sprintf("mean of %d of %d benchmarks", c.Have, c.Of))
	}
	out.Title = joined("; ", out.Title, sentence(c.Reason))
	if !isShare(n) {
		out.Class, out.Sub = "n r", "raw"
		out.Title = joined("; ", out.Title, "raw value, not a share of a ceiling")
		return out
	}
	out.Class += fmt.Sprintf(" v%d", percent(c.Value))
	if !math.IsNaN(c.Low) && !math.IsNaN(c.High) {
		out.Class += fmt.Sprintf(" l%d h%d", percent(c.Low), percent(c.High))
	}
	if c.Value < 0 || c.Value > 1 {
		out.Class += " out"
	}
	return out
}

// sentence returns a reason without the key that results begin some with
// ("trained_on: the model was fitted to X"), also behind a benchmark's name.
func sentence(reason string) string { return strings.Replace(reason, "trained_on: ", "", 1) }

// kind names what the values of a node are: "score", or "raw" where the
// benchmark has no rule that makes a score of them.
func kind(n *leaderboard.Node) string {
	if isShare(n) {
		return "score"
	}
	return "raw"
}

// isShare reports whether the values of a node are shares of a ceiling, so that
// the scale from 0 to 1 means something for them.
func isShare(n *leaderboard.Node) bool {
	return n.Benchmark == nil || n.Benchmark.Normalize != "none"
}

// intervalCell writes the interval of the score column out.
func intervalCell(c *leaderboard.Cell, places int) Cell {
	s := span(c.Low, c.High, places-1)
	if s == "" {
		return Cell{Class: "i na", Text: signNotRun, Spoken: "no interval"}
	}
	return Cell{Class: "i", Text: s}
}

// coverageCell says how many of the benchmarks below a node a model has.
func coverageCell(c *leaderboard.Cell) Cell {
	share := 0.0
	if c.Of > 0 {
		share = float64(c.Have) / float64(c.Of)
	}
	return Cell{Class: fmt.Sprintf("c v%d", percent(share)), Text: fmt.Sprintf("%d/%d", c.Have, c.Of)}
}

// joined joins the texts that are not empty.
func joined(separator string, texts ...string) string {
	out := ""
	for _, t := range texts {
		switch {
		case t == "":
		case out == "":
			out = t
		default:
			out += separator + t
		}
	}
	return out
}
