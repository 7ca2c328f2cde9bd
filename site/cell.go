package site

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
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
	Title  string // on hover, where there is more to say than the rest of the cell does: see told

	marked       bool   // a value on the scale is drawn
	at           int    // that value, in hundredths
	drawn        bool   // its interval is too
	below, above int    // how far it reaches from the value, in hundredths
	also         string // classes behind those of the drawing, each with a space before it
}

// HTML returns the cell as markup. Tables have thousands of cells, and the time
// that a template takes for them is felt.
func (c Cell) HTML() HTML { return HTML(c.append(nil)) }

func (c Cell) append(b []byte) []byte {
	esc := template.HTMLEscapeString
	wrap := func(open, text, end string) {
		if text != "" {
			b = append(append(append(b, open...), esc(text)...), end...)
		}
	}
	mark := func(class string, hundredths int) { b = strconv.AppendInt(append(b, class...), int64(hundredths), 10) }
	b = append(append(b, `<td class="`...), c.Class...)
	if c.marked {
		mark(" v", c.at)
	}
	if c.drawn {
		mark(" a", c.below)
		mark(" b", c.above)
	}
	b = append(append(b, c.also...), '"')
	wrap(` title="`, c.Title, `"`)
	b = append(b, '>')
	if c.Href != "" {
		b = append(append(append(append(append(b, `<a href="`...), esc(c.Href)...), `">`...), esc(c.Text)...), "</a>"...)
	} else {
		b = append(b, esc(c.Text)...)
	}
	wrap("<small>", c.Sub, "</small>")
	wrap(`<span class="vh"> `, c.Spoken, "</span>")
	wrap(`<sup class="warned" aria-hidden="true">`, c.Mark, "</sup>")
	wrap(`<span class="vh"> `, c.Warned, "</span>")
	return append(b, "</td>"...)
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
		if c.Trained != "" {
			out.Title = joined("; ", out.told(c, places), out.Warned+" on the model's page: "+c.Trained)
		}
	}
	if c.Stale {
		out.Title = joined("; ", "stale: being rescored", out.told(c, places))
		out.also += " stale"
		out.Sub = joined(", ", out.Sub, "stale")
	}
	return out
}

// told is the title of a cell that needs one. Most need none: what the interval,
// the coverage and the warnings are, the script of the page reads off the cell,
// because thousands of titles weigh more than all the scores.
func (c Cell) told(of *leaderboard.Cell, places int) string {
	if c.Title != "" || of.State != leaderboard.Scored {
		return c.Title
	}
	interval := span(of.Low, of.High, places-1)
	if interval != "" {
		interval = "95 % interval " + interval
	}
	if strings.Contains(c.Sub, "/") {
		interval = joined("; ", interval, fmt.Sprintf("mean of %d of %d benchmarks", of.Have, of.Of))
	}
	return interval
}

func valueCell(n *leaderboard.Node, c *leaderboard.Cell, places int) Cell {
	missing := func(sign, words string) Cell {
		out := Cell{Class: "na", Text: sign, Spoken: joined(": ", words, sentence(c.Reason))}
		if c.Reason != "" {
			out.Title = out.Spoken
		}
		return out
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
	if n.Benchmark == nil && !c.Complete() {
		out.Sub = ratio(c.Have, c.Of)
	}
	if c.Reason != "" {
		out.Title = joined("; ", out.told(c, places), sentence(c.Reason))
	}
	if !isShare(n) {
		out.Class, out.Title = "n r", joined("; ", out.told(c, places), "raw value, not a share of a ceiling")
		out.Sub = "raw"
		return out
	}
	out.marked, out.at = true, hundredths(out.Text)
	out.drawn = !math.IsNaN(c.Low) && !math.IsNaN(c.High)
	if out.drawn {
		out.below, out.above = max(0, out.at-percent(c.Low)), max(0, percent(c.High)-out.at)
	}
	if c.Value < 0 || c.Value > 1 {
		out.also = " out"
	}
	// The classes can not say where an interval leaves the scale, nor its ends in
	// more decimals.
	if out.drawn && (places != scorePlaces || c.Low < 0 || c.High > 1) {
		out.Title = out.told(c, places)
	}
	return out
}

// hundredths returns a printed score as a whole number of hundredths, limited to
// 0..100, halves up: the script rounds the same way.
func hundredths(text string) int {
	x, err := strconv.ParseFloat(strings.Replace(text, minus, "-", 1), 64)
	if err != nil {
		return 0
	}
	thousandths := int(math.Round(1000 * x))
	return min(max((thousandths+5)/10, 0), 100)
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
	return Cell{Class: "c", marked: true, at: percent(share), Text: ratio(c.Have, c.Of)}
}

func ratio(have, of int) string { return strconv.Itoa(have) + "/" + strconv.Itoa(of) }

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
