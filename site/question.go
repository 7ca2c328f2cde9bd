package site

import (
	"fmt"
	"math"
	"path"
	"strings"

	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/leaderboard/relate"
)

// Verdict says in words whether data agree with a claim.
type Verdict struct {
	Class string // agrees, contrary, open
	Text  string
}

func (b *board) questionPlace(i int) string {
	return path.Join(path.Dir(b.beside("relations")), "question-"+b.Board.Board.Questions[i].ID, "index.html")
}

// questionCard puts an answer in short.
func questionCard(a *leaderboard.Answer, href string) QuestionCard {
	c := QuestionCard{Title: a.Title, Href: href, Claim: a.Claim, Verdict: verdict(a), Numbers: numbersText(a)}
	if a.Claim != "" {
		c.Source = cite(a.Source)
	}
	return c
}

// verdict puts into words how the estimates stand to the claim.
func verdict(a *leaderboard.Answer) Verdict {
	what := "The relation"
	if a.Expect == "flattens" {
		what = "Whether it flattens"
	}
	switch a.Verdict {
	case leaderboard.Untestable:
		return Verdict{"open", fmt.Sprintf("Can not be tested here: %s both numbers, and %d are needed.", have(len(a.Points)), relate.MinModels)}
	case leaderboard.Agrees:
		return Verdict{"agrees", "These data agree with the claim."}
	case leaderboard.Contrary:
		return Verdict{"contrary", "These data speak against the claim."}
	case leaderboard.Dependent:
		return Verdict{"open", "These data agree with the claim only if the models count as independent. Resampling families leaves it unresolved."}
	case leaderboard.Unresolved:
		return Verdict{"open", what + " is not resolved by these data."}
	}
	decides, over := a.R.Families, "families"
	if !decides.OK() {
		decides, over = a.R.Models, "models"
	}
	switch {
	case !decides.OK():
		return Verdict{"open", "No interval can be given."}
	case decides.Excludes(0) && a.R.Value > 0:
		return Verdict{"found", "In these data one rises with the other."}
	case decides.Excludes(0):
		return Verdict{"found", "In these data one falls as the other rises."}
	}
	return Verdict{"open", fmt.Sprintf("No relation is resolved by these data. Correlations from %s remain possible (95 %% interval over %s).", span(decides.Low, decides.High, 2), over)}
}

// numbersText gives the numbers of an answer in a line.
func numbersText(a *leaderboard.Answer) string {
	if math.IsNaN(a.R.Value) {
		return ""
	}
	s := fmt.Sprintf("r = %s", decimal(a.R.Value, 2))
	if t := intervalText(a.R.Models); t != "" {
		s += ", 95 % interval " + t
	}
	if t := intervalText(a.R.Families); t != "" {
		s += " over models and " + t + " over families"
	}
	s += fmt.Sprintf("; ρ = %s; %s", decimal(a.Rho.Value, 2), count(len(a.Points), "model"))
	if a.Families < len(a.Points) {
		s += fmt.Sprintf(" of %s", families(a.Families))
	}
	if a.Split != nil {
		s += fmt.Sprintf(". Slope %s below %s and %s from there on", decimal(a.Given.Below.Value, 2), plain(a.Split.At), decimal(a.Given.Above.Value, 2))
		if t := intervalText(a.Given.Change.Families); t != "" {
			s += fmt.Sprintf(", a change of %s (%s over families)", decimal(a.Given.Change.Value, 2), t)
		}
	}
	return joined(" ", s+".", controlText(a))
}

// questionPage is the answer to a question at length.
func (s *site) questionPage(b *board, i int) *RelationPage {
	a, at := b.answers()[i], b.questionPlace(i)
	p := s.relationPage(b, at, a.Title)
	card := questionCard(a, "")
	p.Question, p.Caveat = &card, a.Caveat
	n := len(a.Points)
	p.Facts = relationFacts(n, a.Families)
	for _, axis := range []leaderboard.Axis{a.X, a.Y} {
		if axis.Node != nil {
			p.Facts = append(p.Facts, Fact{Value: axis.Title, After: axisNote(axis)})
		}
	}
	p.Estimate = []EstimateRow{
		estimateRow("Pearson's r", "", n, a.R, 2),
		estimateRow("Spearman's ρ", "", n, a.Rho, 2),
	}
	if sp := a.Split; sp != nil {
		at := plain(sp.At)
		for _, side := range []struct {
			where string
			leaderboard.Side
			slope relate.Estimate
		}{{"below " + at, sp.Below, a.Given.Below}, {"from " + at + " on", sp.Above, a.Given.Above}} {
			p.Estimate = append(p.Estimate,
				estimateRow("r "+side.where, "", side.N, side.R, 2),
				estimateRow("ρ "+side.where, "", side.N, side.Rho, 2),
				estimateRow("Slope "+side.where, "of a line that bends there", side.N, side.slope, 2))
		}
		p.Estimate = append(p.Estimate, estimateRow("Change of slope at "+at, "the place that the claim names", n, a.Given.Change, 2))
	}
	if a.Expect == "flattens" {
		p.Says = append(p.Says, bendText(a))
	}
	if a.Control != nil {
		p.Estimate = append(p.Estimate,
			estimateRow("r at the same "+controlName(a), "partial correlation", a.Controlled, a.Partial, 2),
			estimateRow("r where the "+controlName(a)+" is known", "", a.Controlled, a.Plain, 2))
	}
	p.X, p.Y, p.Rising = axisTitleOf(a.X), axisTitleOf(a.Y), a.X.Lower
	var points []point
	for _, q := range a.Points {
		points = append(points, point{model: q.Model, match: q.Match, x: q.X, y: q.Y, published: a.X.Published || a.Y.Published})
	}
	p.fill(at, points, a.Given)
	return p
}

// axisTitleOf names an axis.
func axisTitleOf(a leaderboard.Axis) string {
	if a.Lower {
		return a.Title + ", lower is better"
	}
	return a.Title
}

// axisNote says what a reader must know of a quantity.
func axisNote(a leaderboard.Axis) string {
	kind := "computed here"
	if a.Published {
		kind = "as published"
	}
	if a.Lower {
		kind += ", lower is better"
	}
	return kind
}

// controlName names the control within a sentence.
func controlName(a *leaderboard.Answer) string {
	if a.Control.Metadata == "" {
		return a.Z.Title
	}
	name, _, _ := strings.Cut(a.Z.Title, ",") // its scale
	return strings.ToLower(name)
}

// controlText gives the correlation at the same value of the control, and whether
// it is resolved; "" where there is none.
func controlText(a *leaderboard.Answer) string {
	if a.Control == nil || math.IsNaN(a.Partial.Value) {
		return ""
	}
	decides, over := a.Partial.Families, "families"
	if !decides.OK() {
		decides, over = a.Partial.Models, "models"
	}
	s := fmt.Sprintf("At the same %s r = %s", controlName(a), decimal(a.Partial.Value, 2))
	if !decides.OK() {
		return s + "."
	}
	s += fmt.Sprintf(" (%s over %s; %s)", intervalText(decides), over, count(a.Controlled, "model"))
	if !decides.Excludes(0) {
		s += ": not resolved by these data"
	}
	return s + "."
}

// bendText says where the data would put the bend.
func bendText(a *leaderboard.Answer) string {
	b := a.Bend
	if math.IsNaN(b.At.Value) {
		return "The data do not choose a place for a bend: too few models, or all on one line."
	}
	s := fmt.Sprintf("Where the data choose it, the line bends at %s", decimal(b.At.Value, 2))
	if t := intervalText(b.At.Families); t != "" {
		s += fmt.Sprintf(" (95 %% interval %s over families)", t)
	}
	s += fmt.Sprintf(", with %d models up to it and %d beyond, from a slope of %s to %s. ", b.Left, b.Right, decimal(b.Below.Value, 2), decimal(b.Above.Value, 2))
	if b.P < .05 {
		return s + fmt.Sprintf("A straight line would look bent so much by chance with p = %s.", rateText(b.P))
	}
	return s + fmt.Sprintf("A straight line looks bent so much by chance with p = %s, so the bend is not resolved.", rateText(b.P))
}
