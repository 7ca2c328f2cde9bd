package site

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard/relate"
	"github.com/bsgen/bsgen/site/chart"
)

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
	n := len(points)
	xs, ys := make([]float64, 0, n), make([]float64, 0, n)
	for _, q := range points {
		xs, ys = append(xs, q.x), append(ys, q.y)
	}
	dx, dy := places(xs), places(ys)
	p.Points = make([]RelationPoint, 0, n)
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
		X:    p.X, Y: p.Y, Places: max(dx, dy), Height: 400, Points: make([]chart.Point, 0, n),
	}
	group := familyGroups(points)
	f.Groups = group.names
	worth := labelled(points, line)
	for i, q := range points {
		f.Points = append(f.Points, chart.Point{
			Name: q.model.Name, Href: p.Points[i].Href, X: q.x, Y: q.y, XInterval: q.xi, YInterval: q.yi,
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
