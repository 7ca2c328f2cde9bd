package site

import (
	"fmt"
	"math"
	"strconv"

	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/site/chart"
)

// ConstraintsPage is what no model of a board explains yet.
type ConstraintsPage struct {
	Chrome
	Heading string
	Facts   []Fact
	Rows    []ConstraintRow
	Raw     []ConstraintRow // benchmarks whose values are no shares of a ceiling
	Units   []ConstraintUnits
	Method  string

	Intervals bool // a row has one
	Published bool // a row's score is copied
}

// ConstraintRow is a benchmark with the model that does best.
type ConstraintRow struct {
	Title, Href, Parent string
	Bar                 HTML // the best score against the ceiling
	Best, Interval      string
	Open                string // share of the ceiling that the best model lacks
	State               string // that the ceiling is reached; "" where it is not
	Model               Link
	Models              int
}

// ConstraintUnits are the units of a benchmark that every model misses.
type ConstraintUnits struct {
	Title, Parent, Href string
	ID                  string // of the section
	Sentence            string
	Chart               *chart.Figure
	Unit                string // heading of the column of units
	Value               string // headings of the values
	Mean                string
	Rows                []ConstraintUnit
	More                string
	Find                Command // writes the stimuli with their numbers; nil where it can not
	Note                string
}

// ConstraintUnit is one unit.
type ConstraintUnit struct {
	Unit, Best, Mean string
}

// maxMissed is how many units of a benchmark the page lists.
const maxMissed = 20

func (s *site) constraintsPage(b *board) *ConstraintsPage {
	at := b.beside("constraints")
	p := &ConstraintsPage{
		Chrome:  s.boardChrome(b, at, "Constraints"),
		Heading: "What no model explains yet",
		Method:  s.anchor(at, "methods", "ceiling"),
	}
	gaps := b.Gaps()
	var values []float64
	reached := 0
	for i := range gaps {
		if c := gaps[i].Best.Cell; !math.IsNaN(gaps[i].Open) {
			values = append(values, c.Value, c.Low, c.High)
			if gaps[i].Reached() {
				reached++
			}
		}
	}
	scale := newBars(values...)
	ticks, again := scale.sharedTicks("missed")
	for i := range gaps {
		g := &gaps[i]
		row := constraintRow(g, at)
		if math.IsNaN(g.Open) {
			p.Raw = append(p.Raw, row)
			continue
		}
		p.Intervals = p.Intervals || row.Interval != ""
		p.Published = p.Published || isPublished(g.Leaf)
		bar := &markup{}
		bar.gauge(scale, g.Best.Cell, math.NaN(), math.NaN(), ticks)
		row.Bar, ticks = bar.html(), again
		p.Rows = append(p.Rows, row)
	}
	if len(p.Rows) > 0 {
		p.Facts = []Fact{
			{Value: strconv.Itoa(len(p.Rows)), After: plural(len(p.Rows), "benchmark") + " with a ceiling"},
			{Value: strconv.Itoa(reached), After: "where the best model may have reached it"},
		}
	}
	for i := range gaps {
		if u := s.constraintUnits(&gaps[i], at); u != nil {
			p.Units = append(p.Units, *u)
		}
	}
	return p
}

func constraintRow(g *leaderboard.Gap, at string) ConstraintRow {
	c := g.Best.Cell
	digits := places([]float64{c.Value})
	row := ConstraintRow{
		Title: g.Leaf.Title, Href: rel(at, benchmarkPlace(g.Leaf.ID)), Parent: g.Leaf.Parent.Title,
		Best: decimal(c.Value, digits), Interval: span(c.Low, c.High, digits-1),
		Model:  Link{Text: g.Best.Model.Name, Href: rel(at, modelPlace(g.Best.Model.ID))},
		Models: g.Models,
	}
	if math.IsNaN(g.Open) {
		return row
	}
	row.Open = strconv.Itoa(int(math.Round(100*math.Max(g.Open, 0)))) + " %"
	switch {
	case g.Open <= 0:
		row.State = "reached"
	case g.Reached():
		row.State = "ceiling within the interval"
	}
	return row
}

// constraintUnits says which units of a benchmark every model misses; nil where
// its results hold no units that can be compared, or fewer than two models have
// them.
func (s *site) constraintUnits(g *leaderboard.Gap, at string) *ConstraintUnits {
	u := g.Units
	if u == nil || u.Models < 2 || len(u.Best) < 2 {
		return nil
	}
	b := g.Leaf.Benchmark
	noun := unitNoun(u.Kind)
	out := &ConstraintUnits{
		Title: g.Leaf.Title, Parent: g.Leaf.Parent.Title, Href: rel(at, benchmarkPlace(b.ID)), ID: "units-" + b.ID,
		Unit: upper(noun), Value: "Best of all models", Mean: "Mean of all models",
	}
	images := u.Kind == "image"
	h := chart.Histogram{Head: chart.Head{ID: "chart-" + b.ID}, Count: noun + "s", Places: scorePlaces, Height: 110}
	switch {
	case images:
		rarely := 0
		for _, x := range u.Mean {
			if x < .1 {
				rarely++
			}
		}
		out.Sentence = fmt.Sprintf("%s of %d %ss: no model of %d answers right. %s: fewer than one model in ten.", grouped(strconv.Itoa(len(u.Missed))), len(u.Best), noun, u.Models, grouped(strconv.Itoa(rarely)))
		if h := g.Best.Cell.Result.Details.Get("human_accuracy"); h.OK() {
			out.Sentence += fmt.Sprintf(" People answer %.0f %% of all images right.", 100*float64(h))
		}
		out.Mean = "Models right"
		h.Title = fmt.Sprintf("How many %ss are answered right by which share of %d models", noun, u.Models)
		h.Axis, h.Values, h.From = "share of models that answer right", u.Mean, [2]float64{0, 1}
	default:
		h.Title = fmt.Sprintf("How many %ss the best of %d models fits how well", noun, u.Models)
		h.Axis, h.Values, h.From = "raw value of the best model", u.Best, [2]float64{0, .1}
		h.Ceiling = &chart.Ceiling{At: u.Needed, Lower: math.NaN(), Label: "half of the ceiling"}
		if math.IsNaN(u.Needed) {
			return nil
		}
		out.Sentence = fmt.Sprintf("%d of %d %ss: no model of %d comes half way to the ceiling (raw value %s, the dashed line).", len(u.Missed), len(u.Best), noun, u.Models, decimal(u.Needed, scorePlaces))
	}
	h.Caption = h.Title + "."
	out.Chart = h.Figure()
	for _, i := range u.Missed[:min(len(u.Missed), maxMissed)] {
		row := ConstraintUnit{Unit: fmt.Sprintf("%s %d", noun, i+1), Best: decimal(u.Best[i], scorePlaces), Mean: decimal(u.Mean[i], scorePlaces)}
		if images {
			row.Best, row.Mean = "wrong", fmt.Sprintf("0 of %d", u.Models)
		}
		out.Rows = append(out.Rows, row)
	}
	if u.Kind == "subject x condition" {
		out.Note = "A pair is one person in one condition."
	}
	if more := len(u.Missed) - len(out.Rows); more > 0 {
		out.More = fmt.Sprintf("%s more are missed; the units of every result are in its sidecar.", grouped(strconv.Itoa(more)))
	}
	if images {
		if _, ok := s.Archive.Images(b.StimulusSet()); ok && len(u.Missed) > 0 {
			out.Find = Command{"bsgen", "stimuli", b.ID, "--out", "stimuli"}
		}
	} else if u.Kind == "neuroid" {
		out.Note = "A neuroid is a neuron, a recording site or a voxel. How noisy a single one is, is not known here: one that repeats itself badly is missed by every model."
	}
	return out
}

// unitNoun names one unit of a kind.
func unitNoun(kind string) string {
	switch kind {
	case "subject x condition":
		return "pair" // of a person and a condition
	case "":
		return "unit"
	}
	return kind
}
