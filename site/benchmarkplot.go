package site

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/site/chart"
)

// maxPlot is the number of rows that the figure draws; the table has them all.
const maxPlot = 60

func (p *BenchmarkPage) plot(n *leaderboard.Node, r *leaderboard.Ranking, c observed, digits int, at string) {
	b := n.Benchmark
	rows := scored(r)
	total := len(rows)
	if total == 0 && len(r.References) == 0 {
		return
	}
	rows = rows[:min(len(rows), maxPlot)]
	share := !p.Raw
	f := chart.Rows{
		Head:   chart.Head{ID: "plot", Title: fmt.Sprintf("%s of %s", p.Unit, count(total, "model")), Numbers: "#ranked"},
		Axis:   axisTitle(b),
		Places: digits,
	}
	if share {
		f.From = [2]float64{0, 1}
	}
	add := func(row leaderboard.Row) {
		f.Rows = append(f.Rows, chart.Row{
			Name: row.Model.Name, Href: rel(at, modelPlace(row.Model.ID)), Mark: mark(row),
			Value: row.Cell.Value, Interval: chart.Interval{Low: row.Cell.Low, High: row.Cell.High},
		})
	}
	for _, row := range rows {
		add(row)
	}
	for _, row := range r.References {
		if len(f.Rows) < maxPlot && !math.IsNaN(row.Cell.Value) {
			add(row)
		}
	}
	p.List = cmp.Or(c.stimuli, p.List)
	if share && !isUnit(b) && b.Ceiling.Name != "none" && !math.IsNaN(c.value) {
		f.Ceiling = &chart.Ceiling{At: 1, Lower: math.NaN(), Label: ceilingLabel(b)}
		if c.upper > 0 && !math.IsNaN(c.lower) {
			f.Ceiling.Lower = c.lower / c.upper
		}
	}
	how := "Marks are scores"
	if p.Raw {
		how = "Marks are raw values"
	}
	hasInterval := slices.ContainsFunc(f.Rows, func(r chart.Row) bool { return r.Interval.Low < r.Interval.High })
	switch {
	case !hasInterval:
		f.Caption = how + "; they have no intervals."
	case c.resampled == "":
		f.Caption = how + ", bars 95 % intervals."
	default:
		f.Caption = how + ", bars 95 % intervals, resampling " + strings.ReplaceAll(c.resampled, " x ", " × ") + "."
	}
	if total > maxPlot {
		f.Caption += fmt.Sprintf(" The first %d of %d; the table has them all.", maxPlot, total)
	}
	p.Plot = f.Figure()
}

// mark returns how a row is drawn.
func mark(row leaderboard.Row) chart.Mark {
	switch {
	case row.Model.Role == archive.RoleReference:
		return chart.Reference
	case row.Cell.Result != nil && row.Cell.Result.Provenance.Published():
		return chart.Published
	case row.Model.Role == archive.RoleBaseline:
		return chart.Baseline
	}
	return chart.Computed
}

func axisTitle(b *archive.Benchmark) string {
	if b.Published != nil {
		return publishedAxis(b)
	}
	if b.Normalize == "none" {
		return metricName(b.Metric.Name) + ", raw value"
	}
	if isUnit(b) {
		return metricName(b.Metric.Name)
	}
	return "score, as a share of the " + ceilingLabel(b)
}

// isUnit reports whether the ceiling is 1, the largest value that the metric
// can have: the score is the raw value, and the ceiling says nothing.
func isUnit(b *archive.Benchmark) bool { return b.Ceiling.Name == "constant" && b.Ceiling.Value == 1 }

// ceilingLabel names the ceiling in a chart.
func ceilingLabel(b *archive.Benchmark) string {
	switch {
	case b.Ceiling.Name == "inter_subject":
		return "agreement among " + peopleOrSubjects(b)
	case b.Ceiling.Scale == string(scoring.Band):
		return "noise ceiling"
	case b.Ceiling.Scale == string(scoring.Reference):
		return "reference"
	}
	return "ceiling"
}
