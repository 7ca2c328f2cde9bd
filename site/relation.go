package site

import (
	"cmp"
	"fmt"
	"html"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

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

func have(n int) string {
	if n == 1 {
		return "1 model has"
	}
	return count(n, "model") + " have"
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
	var points []point
	for _, m := range b.Models {
		cx, cy := x.Cell(m.ID), y.Cell(m.ID)
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

// point is a model with both quantities.
type point struct {
	model, match *archive.Model
	x, y         float64
	xi, yi       chart.Interval
	published    bool
}

// Rows writes the table of points.
func (p *RelationPage) Rows(points []RelationPoint) HTML {
	for i := range points {
		q := &points[i]
		p.out.raw(`<tr>`).who(&q.Who).raw(`<td>`).text(q.X).raw(`</td><td>`).text(q.Y).raw("</td></tr>\n")
	}
	return ""
}

// fill writes the figure and the table of points, those with the best x first.
// A bend at a given place is drawn instead of the straight line.
func (p *RelationPage) fill(at string, points []point, bend relate.Bend) {
	slices.SortStableFunc(points, func(a, c point) int {
		if p.Rising {
			a, c = c, a
		}
		return cmp.Compare(c.x, a.x)
	})
	var xs, ys []float64
	for _, q := range points {
		xs, ys = append(xs, q.x), append(ys, q.y)
	}
	dx, dy := places(xs), places(ys)
	for _, q := range points {
		w := newWho(at, q.model, "")
		if q.match != q.model {
			w.Meta = joined(" · ", w.Meta, "there "+q.match.ID)
		}
		p.Points = append(p.Points, RelationPoint{w, decimal(q.x, dx), decimal(q.y, dy)})
	}
	line := relate.FitLine(xs, ys)
	if math.IsNaN(line.Slope) {
		return
	}
	f := chart.Scatter{
		Head: chart.Head{ID: "plot", Title: fmt.Sprintf("%s against %s: %s", p.Y, p.X, count(len(points), "model")), Numbers: "#points"},
		X:    p.X, Y: p.Y, Places: max(dx, dy), Height: 400,
	}
	group := familyGroups(points)
	f.Groups = group.names
	worth := labelled(points, line)
	for i, q := range points {
		f.Points = append(f.Points, chart.Point{
			Name: q.model.Name, Href: rel(at, modelPlace(q.model.ID)), X: q.x, Y: q.y, XInterval: q.xi, YInterval: q.yi,
			Mark: pointMark(q), Group: group.of[q.model.Metadata.Family], Label: worth[i],
		})
	}
	f.Fit, f.Caption = fitted(line, bend, xs)
	// The line stays within the plane; its band may leave it.
	f.YFrom = [2]float64{slices.Min(f.Fit.Y), slices.Max(f.Fit.Y)}
	p.Figure = f.Figure()
}

func pointMark(q point) chart.Mark {
	switch {
	case q.published:
		return chart.Published
	case q.model.Role == archive.RoleBaseline:
		return chart.Baseline
	}
	return chart.Computed
}

// fitted returns the line to draw, with what the caption says of it.
func fitted(line relate.Line, bend relate.Bend, xs []float64) (*chart.Fit, string) {
	lo, hi := slices.Min(xs), slices.Max(xs)
	if bend.N > 0 && !math.IsNaN(bend.At.Value) {
		at, y := bend.At.Value, bend.Height
		return &chart.Fit{Name: "line that bends", X: []float64{lo, at, hi}, Y: []float64{y - bend.Below.Value*(at-lo), y, y + bend.Above.Value*(hi-at)}},
			"Line: least squares, bent at the place that the claim names."
	}
	f := &chart.Fit{Name: "least squares"}
	const steps = 24
	for i := range steps + 1 {
		x := lo + (hi-lo)*float64(i)/steps
		band := line.Band(x)
		f.X, f.Y, f.Low, f.High = append(f.X, x), append(f.Y, line.At(x)), append(f.Low, band.Low), append(f.High, band.High)
	}
	return f, "Line: least squares, with the 95 % band that it would have if the models were independent."
}

// groups of families are told apart by colour and shape.
type groups struct {
	names []string
	of    map[string]int
}

// familyGroups returns the three largest families of three models or more, the
// others together as the first group; no groups where there are none such.
func familyGroups(points []point) groups {
	size := map[string]int{}
	for _, q := range points {
		if f := q.model.Metadata.Family; f != "" {
			size[f]++
		}
	}
	names := sortedKeys(size)
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(size[b], size[a]) })
	g := groups{of: map[string]int{}}
	for _, n := range names {
		if size[n] < 3 || len(g.of) == 3 {
			break
		}
		if g.names == nil {
			g.names = []string{"other families"}
		}
		g.of[n] = len(g.names)
		g.names = append(g.names, n)
	}
	return g
}

// labelled chooses the points whose names come first: the ends of both axes and
// those farthest from the line.
func labelled(points []point, line relate.Line) map[int]bool {
	out := map[int]bool{}
	for _, by := range []func(q point) float64{
		func(q point) float64 { return q.x }, func(q point) float64 { return -q.x },
		func(q point) float64 { return q.y }, func(q point) float64 { return -q.y },
	} {
		best := 0
		for i, q := range points {
			if by(q) > by(points[best]) {
				best = i
			}
		}
		out[best] = true
	}
	order := make([]int, len(points))
	for i := range order {
		order[i] = i
	}
	far := func(i int) float64 { return math.Abs(points[i].y - line.At(points[i].x)) }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(far(b), far(a)) })
	for _, i := range order[:min(5, len(order))] {
		out[i] = true
	}
	return out
}

// escape writes text into markup.
func escape(s string) string { return html.EscapeString(s) }
