package site

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strconv"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/leaderboard/relate"
	"github.com/bsgen/bsgen/site/chart"
)

// RelationPage is one quantity against another: two nodes of a board, or a
// question.
type RelationPage struct {
	Chrome
	Heading  string
	Facts    []Fact
	Question *QuestionCard // nil for two nodes
	Caveat   string
	Figure   *chart.Figure // nil for fewer than three points
	Estimate []EstimateRow
	Says     []string // what else was computed, in sentences
	X, Y     string   // headings of the numbers
	Rising   bool     // the smallest x comes first: lower is better
	Points   []RelationPoint
	Nearest  []RelationRow // other relations of the two nodes
	Method   string
}

// EstimateRow is a statistic with its intervals.
type EstimateRow struct {
	Name, Note     string
	N              int
	Value          string
	Models, Family string
}

// RelationPoint is a model's two numbers.
type RelationPoint struct {
	Who
	X, Y string
}

func have(n int) string {
	if n == 1 {
		return "1 model has"
	}
	return count(n, "model") + " have"
}

func families(n int) string {
	if n == 1 {
		return "1 family"
	}
	return strconv.Itoa(n) + " families"
}

// plain writes a number without trailing zeros.
func plain(x float64) string { return strconv.FormatFloat(x, 'g', 4, 64) }

func estimateRow(name, note string, n int, e relate.Estimate, digits int) EstimateRow {
	row := EstimateRow{Name: name, Note: note, N: n, Value: decimal(e.Value, digits)}
	if e.Models.OK() {
		row.Models = span(e.Models.Low, e.Models.High, digits)
	}
	if e.Families.OK() {
		row.Family = span(e.Families.Low, e.Families.High, digits)
	}
	return row
}

// pairPage is two nodes against each other.
func (s *site) pairPage(b *board, pair [2]*leaderboard.Node) *RelationPage {
	x, y := pair[0], pair[1]
	at := b.related().places[pair]
	r := b.related().Between(x, y)
	p := s.relationPage(b, at, b.name(x)+" and "+b.name(y))
	p.Facts = relationFacts(r.N, r.Families)
	pearson, spearman := b.related().Estimate(x, y)
	p.Estimate = []EstimateRow{estimateRow("Pearson's r", "", r.N, pearson, 2), estimateRow("Spearman's ρ", "", r.N, spearman, 2)}
	switch {
	case r.Part:
		p.Says = append(p.Says, "One is a part of the mean of the other, which alone makes them correlate. The pair is not tested.")
	case math.IsNaN(r.Rate):
	case r.Resolved():
		p.Says = append(p.Says, fmt.Sprintf("Resolved: among all relations of the board that look as strong, a share of %s is expected to be due to chance.", rateText(r.Rate)))
	default:
		p.Says = append(p.Says, "Not resolved by these data, given how many pairs of the board are looked at.")
	}
	if r.Shared {
		p.Says = append(p.Says, "Both were measured on the same stimuli. What is odd about these stimuli moves both, which adds to the correlation, so it is not corrected for noise.")
	}
	if !math.IsNaN(r.Corrected) {
		i, j := slices.Index(b.related().Nodes, x), slices.Index(b.related().Nodes, y)
		t := fmt.Sprintf("Without noise r would be about %s: the reliability across models is %s and %s.", decimal(r.Corrected, 2), decimal(b.related().Reliability[i], 2), decimal(b.related().Reliability[j], 2))
		if math.Abs(r.Corrected) > 1 {
			t += " More than 1 is impossible: an estimate that is corrected for noise is noisier itself."
		}
		p.Says = append(p.Says, t)
	}
	p.X, p.Y, p.Rising = b.axis(x), b.axis(y), lowerBetter(x)
	points := make([]point, 0, len(b.Models))
	for i, m := range b.Models {
		cx, cy := x.At(i), y.At(i)
		if m.Role != archive.RoleReference && cx.Complete() && cy.Complete() && !math.IsNaN(cx.Value) && !math.IsNaN(cy.Value) {
			points = append(points, point{model: m, match: m, x: cx.Value, y: cy.Value, xi: chart.Interval{Low: cx.Low, High: cx.High}, yi: chart.Interval{Low: cy.Low, High: cy.High},
				published: isPublished(x) || isPublished(y)})
		}
	}
	p.fill(at, points, relate.Bend{})
	for _, n := range pair {
		for _, other := range b.related().Nearest(n, 4) {
			if other.Y != x && other.Y != y && len(p.Nearest) < 6 {
				p.Nearest = append(p.Nearest, b.relationRow(&other, at))
			}
		}
	}
	return p
}

// relationPage is what both kinds have in common.
func (s *site) relationPage(b *board, at, title string) *RelationPage {
	p := &RelationPage{
		Chrome:  s.boardChrome(b, at, title),
		Heading: title,
		Method:  s.anchor(at, "methods", "relations"),
	}
	p.Crumbs = append(p.Crumbs, Link{Text: "Relations", Href: rel(at, b.beside("relations"))})
	return p
}

func relationFacts(n, groups int) []Fact {
	f := []Fact{{Value: strconv.Itoa(n), After: plural(n, "model")}}
	if groups < n {
		f = append(f, Fact{Before: "of", Value: families(groups)})
	}
	return f
}

// lowerBetter reports whether a benchmark's value is lower for better models.
func lowerBetter(n *leaderboard.Node) bool {
	return n.Benchmark != nil && n.Benchmark.Direction == "lower"
}

// axis names a node on an axis.
func (b *board) axis(n *leaderboard.Node) string {
	name := b.name(n)
	if lowerBetter(n) {
		name += ", lower is better"
	}
	if !isShare(n) {
		name += ", raw value"
	}
	return name
}

// escape writes text into markup.
func escape(s string) string { return html.EscapeString(s) }
