package site

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/scoring"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// Worked examples: in a page of content/, a fenced block that begins with "```worked
// score" is replaced by a score of this archive, with the numbers that it comes from.
// So the text that explains a method has numbers, and they are never those of an
// older snapshot or of another lab's board. What is in the block is shown where
// Markdown is read elsewhere.

// workedKinds are the examples that there are.
var workedKinds = map[string]func(s *site, at string) string{
	"score": (*site).workedScore,
	"mean":  (*site).workedMean,
	"rank":  (*site).workedRank,
}

// workedBlock is a worked example in the tree of a text.
type workedBlock struct {
	ast.BaseBlock
	html string
}

var kindWorked = ast.NewNodeKind("Worked")

func (n *workedBlock) Kind() ast.NodeKind            { return kindWorked }
func (n *workedBlock) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// workedRenderer writes worked examples.
type workedRenderer struct{}

func (workedRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindWorked, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			w.WriteString(n.(*workedBlock).html)
		}
		return ast.WalkSkipChildren, nil
	})
}

// worked returns the example that a fenced block asks for; nil where it asks for none.
func (s *site) worked(n *ast.FencedCodeBlock, source []byte, at string) *workedBlock {
	if n.Info == nil {
		return nil
	}
	words := strings.Fields(string(n.Info.Segment.Value(source)))
	if len(words) != 2 || words[0] != "worked" {
		return nil
	}
	write, ok := workedKinds[words[1]]
	if !ok {
		return nil
	}
	text := write(s, at)
	if text == "" {
		text = "<p class=\"note\">This archive has no results yet that an example could be made of.</p>\n"
	}
	return &workedBlock{html: text}
}

// workedTable writes lines of a term and what it is, which is HTML.
func workedTable(caption string, lines [][2]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<table class=\"worked\" tabindex=\"0\"><caption>%s</caption><tbody>", caption)
	for _, l := range lines {
		fmt.Fprintf(&b, "<tr><th scope=\"row\">%s</th><td>%s</td></tr>\n", html.EscapeString(l[0]), l[1])
	}
	b.WriteString("</tbody></table>\n")
	return b.String()
}

func anchorTo(text, href string) string {
	return fmt.Sprintf("<a href=\"%s\"><bdi>%s</bdi></a>", html.EscapeString(href), html.EscapeString(text))
}

func modelLink(m *archive.Model, at string) string {
	return anchorTo(m.Name, rel(at, modelPlace(m.ID)))
}

// guard is how many more digits the numbers that go into a calculation have than
// its result, so that who repeats it on paper gets the same.
const guard = 2

// variable is a letter of a formula.
var variable = regexp.MustCompile(`\b[rc]\b`)

// workedScore works out the best score of the first benchmark, in the order of the
// boards, that has a rule and was computed here.
func (s *site) workedScore(at string) string {
	for _, b := range s.boards {
		for _, n := range b.all {
			if n.Benchmark == nil || !n.Counted || len(b.ranks[n].Ranked) == 0 {
				continue
			}
			row := b.ranks[n].Ranked[0]
			r := row.Cell.Result
			rule, ok := scoring.Rules[r.Rule]
			if !ok || rule.PerSubject || r.Provenance.Kind != "computed" || !r.Interval.Low.OK() {
				continue
			}
			digits := max(4, places([]float64{float64(r.Raw), float64(r.Score)}))
			numbers := variable.ReplaceAllStringFunc(rule.Formula, func(v string) string {
				if v == "r" {
					return decimal(float64(r.Raw), digits+guard)
				}
				return decimal(float64(r.Ceiling.Value), digits+guard)
			})
			lines := [][2]string{
				{"raw value r", decimal(float64(r.Raw), digits+guard) + " <small>" + html.EscapeString(metricName(n.Benchmark.Metric.Name)) + "</small>"},
				{"ceiling c", decimal(float64(r.Ceiling.Value), digits+guard) + " <small>" + html.EscapeString(r.Ceiling.Scale) + "</small>"},
				{"rule", "<code>" + html.EscapeString(rule.Formula) + "</code> <small>" + html.EscapeString(r.Rule) + "</small>"},
				{"score", html.EscapeString(numbers) + " = <b>" + decimal(float64(r.Score), digits) + "</b>"},
				{"95 % interval", fmt.Sprintf("%s <small>%s; resampled: %s</small>", span(float64(r.Interval.Low), float64(r.Interval.High), digits), html.EscapeString(r.Interval.Method), html.EscapeString(r.Interval.Resampled))},
			}
			return workedTable(fmt.Sprintf("%s on %s, %s", modelLink(row.Model, at), anchorTo(n.Benchmark.Title, rel(at, benchmarkPlace(n.ID))),
				anchorTo("this result", rel(at, scorePlace(r.Model, r.Benchmark, r.Version)))), lines)
		}
	}
	return ""
}

// workedMean works out the mean of the first model at the first node that has two
// parts or more, and names a model that lacks one.
func (s *site) workedMean(at string) string {
	for _, b := range s.boards {
		for _, n := range b.all {
			parts := n.CountedChildren()
			r := b.ranks[n]
			if n.Benchmark != nil || len(parts) < 2 || len(r.Ranked) == 0 || isPublished(n) {
				continue
			}
			row := r.Ranked[0]
			digits := max(4, places([]float64{row.Cell.Value}))
			var lines [][2]string
			var sum []string
			for _, p := range parts {
				v := decimal(p.Cell(row.Model.ID).Value, digits+guard)
				lines = append(lines, [2]string{p.Title, v})
				sum = append(sum, v)
			}
			lines = append(lines,
				[2]string{"mean", fmt.Sprintf("(%s) / %d = <b>%s</b>", strings.Join(sum, " + "), len(parts), decimal(row.Cell.Value, digits))},
				[2]string{"coverage", fmt.Sprintf("%d of %d benchmarks: %s is ranked", row.Cell.Have, row.Cell.Of, modelLink(row.Model, at))})
			if len(r.Partial) > 0 {
				p := r.Partial[0]
				lines = append(lines, [2]string{"for comparison", fmt.Sprintf("%s has %d of %d, with a mean of %s: it is listed below the others, without a rank. By the brain-score.org rule, where what is missing counts as 0, it would have %s.",
					modelLink(p.Model, at), p.Cell.Have, p.Cell.Of, decimal(p.Cell.Value, digits), decimal(n.Strict(p.Model.ID), digits))})
			}
			return workedTable(fmt.Sprintf("%s at %s of %s", modelLink(row.Model, at), anchorTo(n.Title, rel(at, b.nodes[n.ID])), html.EscapeString(b.Title)), lines)
		}
	}
	return ""
}

// workedRank compares the best model of a node with one that differs from it
// significantly and with one that does not.
func (s *site) workedRank(at string) string {
	for _, b := range s.boards {
		for _, n := range b.all {
			r := b.ranks[n]
			if !r.Tested() || len(r.Ranked) < 3 || n.Benchmark != nil {
				continue
			}
			first := r.Ranked[0]
			test := func(clear bool) *leaderboard.Row {
				i := slices.IndexFunc(r.Ranked, func(x leaderboard.Row) bool {
					d := n.Difference(first.Model.ID, x.Model.ID)
					return x.Model != first.Model && d.Error > 0 && (d.Value/d.Error > r.Critical) == clear
				})
				if i < 0 {
					return nil
				}
				return &r.Ranked[i]
			}
			open, clear := test(false), test(true)
			if open == nil || clear == nil {
				continue
			}
			digits := max(4, places([]float64{first.Cell.Value}))
			line := func(x *leaderboard.Row, verdict string) [2]string {
				d := n.Difference(first.Model.ID, x.Model.ID)
				return [2]string{x.Model.Name, fmt.Sprintf("%s − %s = %s; standard error %s; %s / %s = %s, %s",
					decimal(first.Cell.Value, digits+guard), decimal(x.Cell.Value, digits+guard), decimal(d.Value, digits), decimal(d.Error, digits+guard),
					decimal(d.Value, digits+guard), decimal(d.Error, digits+guard), decimal(d.Value/d.Error, 2), verdict)}
			}
			pairs := len(r.Ranked) * (len(r.Ranked) - 1) / 2
			_, interval := rankText(first)
			lines := [][2]string{
				{"c", fmt.Sprintf("%s for %s of %d models", decimal(r.Critical, 2), count(pairs, "pair"), len(r.Ranked))},
				line(open, "not more than c: <b>not resolved by these data</b>"),
				line(clear, "more than c: <b>significant</b>"),
				{"rank of " + first.Model.Name, fmt.Sprintf("1, interval %s: %d of the other %d are significantly worse", html.EscapeString(interval), len(r.Ranked)-first.Worst, len(r.Ranked)-1)},
			}
			return workedTable(fmt.Sprintf("%s and two others at %s of %s", modelLink(first.Model, at), anchorTo(n.Title, rel(at, b.nodes[n.ID])), html.EscapeString(b.Title)), lines)
		}
	}
	return ""
}
