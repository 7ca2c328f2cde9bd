package site

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/leaderboard/relate"
	"github.com/bsgen/bsgen/scoring/stat"
	"github.com/bsgen/bsgen/site/chart"
)

// Field is how the models are spread at a node: where they lie between nothing
// and the ceiling, and how well the node tells them apart.
type Field struct {
	Chart     *chart.Figure // histogram of the models' scores; nil for fewer than five
	Says      []string
	Parts     []FieldPart   // of an inner node
	Papers    []Link        // of an inner node: who measured what its benchmarks ask for, with the licence
	Published bool          // they published the scores
	Related   []RelationRow // nodes that correlate most with it
	Relations string        // address of all relations of the board
	Has       FieldHas      // which columns the parts have
	Lacking   []Link        // models of the board without a value here
}

// FieldHas says which facts at least one part has.
type FieldHas struct{ Measured, Ceiling, Apart bool }

// FieldPart is a child of an inner node.
type FieldPart struct {
	Title, Href  string
	Measured     string // at a benchmark: of whom, how, with what stimuli
	Ceiling      string // of a benchmark; "" where it has none
	Weight       string // in the node's mean; "" for what is not in it
	Models       int
	Best, Median string
	Apart        string // share of pairs that are told apart
}

// field describes the models at a node; nil where none has a value.
func (b *board) field(n *leaderboard.Node, at string) *Field {
	r := b.ranks[n]
	rows := r.Ranked
	if len(rows) == 0 {
		return nil
	}
	f := &Field{}
	var values []float64
	met, reached, intervals, edge := 0, 0, false, 1.0
	if n.Benchmark != nil {
		if c := b.summaries[n].observed(); c.lower > 0 && c.lower < c.upper {
			edge = c.lower / c.upper // where the band begins
		}
	}
	for _, row := range rows {
		c := row.Cell
		values = append(values, c.Value)
		intervals = intervals || c.Low < c.High
		if c.Value >= edge {
			met++
		}
		if c.High >= edge {
			reached++
		}
	}
	slices.Sort(values)
	digits := places(values)
	if len(values) >= 5 {
		f.Chart = spread(n, rows, digits)
	}
	if len(values) > 1 {
		f.Says = append(f.Says, fmt.Sprintf("%s from %s to %s, median %s.", count(len(values), "ranked model"), decimal(values[0], digits), decimal(values[len(values)-1], digits), decimal(stat.Quantile(values, .5), digits)))
	}
	if isShare(n) && !(n.Benchmark != nil && isUnit(n.Benchmark)) {
		best, ceiling := values[len(values)-1], "the ceiling"
		if edge < 1 {
			ceiling = "the ceiling's band, which begins at " + decimal(edge, scorePlaces)
		}
		switch {
		case met > 0:
			f.Says = append(f.Says, fmt.Sprintf("Saturated: the score of %s reaches %s.", count(met, "model"), ceiling))
		case reached > 0:
			f.Says = append(f.Says, fmt.Sprintf("May be saturated: the interval of %s reaches %s.", count(reached, "model"), ceiling))
		case best > 0 && intervals:
			f.Says = append(f.Says, fmt.Sprintf("Not saturated: the best model has %.0f %% of the ceiling, and no model's interval reaches %s.", 100*best, ceiling))
		case best > 0:
			f.Says = append(f.Says, fmt.Sprintf("Not saturated: the best model has %.0f %% of the ceiling.", 100*best))
		}
	}
	if pairs, apart := r.Resolved(); pairs > 0 {
		f.Says = append(f.Says, fmt.Sprintf("These data resolve a difference in %d of %s of models (%.0f %%), adjusted for all comparisons.", apart, count(pairs, "pair"), 100*float64(apart)/float64(pairs)))
	} else if len(rows) > 1 {
		f.Says = append(f.Says, "Differences between models were not tested: the scores hold no replicates.")
	}
	if len(rows) < relate.MinModels {
		f.Says = append(f.Says, fmt.Sprintf("No correlation with other benchmarks: that takes %d models.", relate.MinModels))
	}
	for _, c := range children(b, n) {
		part := b.fieldPart(n, c, at)
		f.Has.Measured = f.Has.Measured || part.Measured != ""
		f.Has.Ceiling = f.Has.Ceiling || part.Ceiling != ""
		f.Has.Apart = f.Has.Apart || part.Apart != ""
		f.Parts = append(f.Parts, part)
	}
	f.Papers, f.Published = papers(n), isPublished(n)
	f.Relations = rel(at, b.beside("relations"))
	for _, r := range b.related().Nearest(n, nearestShown) {
		f.Related = append(f.Related, b.relationRow(&r, at))
	}
	for i, m := range b.Models {
		if c := n.At(i); c.State != leaderboard.Scored || math.IsNaN(c.Value) {
			f.Lacking = append(f.Lacking, Link{Text: m.Name, Href: rel(at, modelPlace(m.ID)), Note: lacks(c)})
		}
	}
	return f
}

// spread draws how many of a node's models score how high.
func spread(n *leaderboard.Node, rows []leaderboard.Row, digits int) *chart.Figure {
	h := chart.Histogram{
		Head:  chart.Head{ID: "spread", Title: fmt.Sprintf("How many of %d models score how high", len(rows))},
		Count: "models", Axis: "raw value", Places: digits, Height: 120,
	}
	if isShare(n) {
		h.Axis, h.From = "score, as a share of the ceiling", [2]float64{0, 1}
		h.Ceiling = &chart.Ceiling{At: 1, Lower: math.NaN(), Label: "ceiling"}
	}
	h.Caption = h.Title + "."
	h.Values, h.Names = make([]float64, 0, len(rows)), make([]string, 0, len(rows))
	for _, row := range rows {
		h.Values, h.Names = append(h.Values, row.Cell.Value), append(h.Names, row.Model.Name)
	}
	return h.Figure()
}

func (b *board) fieldPart(n, c *leaderboard.Node, at string) FieldPart {
	r := b.ranks[c]
	out := FieldPart{Title: c.Title, Href: rel(at, b.place(c)), Models: len(scored(r))}
	if c.Benchmark != nil {
		out.Measured = responsesOf(c.Benchmark)
		if text := b.summaries[c].observed().text(); text != "none" {
			out.Ceiling = text
		}
	} else {
		out.Measured = count(len(c.Leaves()), "benchmark")
	}
	if c.Counted {
		out.Weight = fraction(1 / float64(len(n.CountedChildren())))
	}
	if best, median := b.summaries[c].best, b.summaries[c].median; !math.IsNaN(best) {
		digits := places([]float64{best})
		out.Best, out.Median = decimal(best, digits), decimal(median, digits)
	}
	if pairs, apart := r.Resolved(); pairs > 0 {
		out.Apart = fmt.Sprintf("%.0f %%", 100*float64(apart)/float64(pairs))
	}
	return out
}

// papers returns where the data below an inner node are from, each source once,
// in the order of the tree.
func papers(n *leaderboard.Node) []Link {
	if n.Benchmark != nil {
		return nil
	}
	var out []Link
	for _, leaf := range n.Leaves() {
		l := cite(leaf.Benchmark.Reference)
		l.Note = "licence: " + cmp.Or(leaf.Benchmark.License, "unknown")
		if !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

// lacks says why a cell has no value.
func lacks(c *leaderboard.Cell) string {
	switch c.State {
	case leaderboard.Failed:
		return "failed"
	case leaderboard.NotApplicable:
		return "not applicable"
	case leaderboard.Scored:
		return "undefined"
	}
	return joined(", ", "not run", c.Reason)
}
