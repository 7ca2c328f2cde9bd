package leaderboard

import (
	"math"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard/relate"
)

// Answer is what the models of a board say to a question.
type Answer struct {
	*archive.Question
	X, Y, Z        Axis // Z is the control; its Title is "" where there is none
	Points         []Point
	Families       int
	R, Rho         relate.Estimate
	Line           relate.Line
	Bend           relate.Bend     // of a claim that the relation flattens, where the data choose the place
	Given          relate.Bend     // and at the place that the claim names
	Split          *Split          // at that place; nil: it names none
	Partial, Plain relate.Estimate // r without and with the control's influence, over the models that have it
	Controlled     int             // how many these are
	Verdict        Verdict
}

// Axis is one of the quantities of a question.
type Axis struct {
	Title     string
	Node      *Node // nil for a mean over several and for metadata
	Lower     bool  // lower is better
	Published bool  // the values were published, not computed here
}

// Point is a model with both quantities.
type Point struct {
	Model, Match *archive.Model // Match is the same network on another board, else Model
	X, Y         float64
}

// Split is a relation on both sides of a place.
type Split struct {
	At           float64
	Below, Above Side // x < At, x >= At
}

// Side is a relation among some of the models.
type Side struct {
	N      int
	R, Rho relate.Estimate
}

// Verdict says whether data agree with a claim.
type Verdict string

// The verdicts. The interval that decides resamples families; with fewer than
// five families it resamples models.
const (
	Untestable Verdict = "untestable" // too few models
	Agrees     Verdict = "agrees"     // the interval lies on the side that the claim names
	Contrary   Verdict = "contrary"   // it lies on the other side
	Dependent  Verdict = "dependent"  // only resampling models gives such an interval
	Unresolved Verdict = "unresolved" // neither does
	NoClaim    Verdict = "none"       // nothing is claimed
)

// Ask tests a question of the board. The boards are all of the archive, by id.
func (b *Board) Ask(q *archive.Question, boards map[string]*Board) *Answer {
	a := &Answer{Question: q}
	var t relate.Table
	columns := []*archive.Quantity{&q.X, &q.Y}
	if q.Control != nil {
		columns = append(columns, q.Control)
	}
	t.Scores = make([][]float64, len(columns))
	axes := []*Axis{&a.X, &a.Y, &a.Z}
	for k, v := range columns {
		*axes[k] = b.axis(v, boards)
	}
	for _, m := range b.Models {
		if m.Role == archive.RoleReference {
			continue
		}
		match := m
		t.Models, t.Families = append(t.Models, m.ID), append(t.Families, m.Metadata.Family)
		for k, v := range columns {
			x, on := b.quantity(v, m, q.Match, boards)
			t.Scores[k] = append(t.Scores[k], x)
			if on != nil && on != m {
				match = on
			}
		}
		if x, y := t.Scores[0][len(t.Models)-1], t.Scores[1][len(t.Models)-1]; !math.IsNaN(x) && !math.IsNaN(y) {
			a.Points = append(a.Points, Point{Model: m, Match: match, X: x, Y: y})
		}
	}
	stats := relate.New(t)
	common := stats.Common(0, 1)
	a.Families = stats.Pair(0, 1).Families
	a.R, a.Rho = stats.Pearson(common, 0, 1), stats.Spearman(common, 0, 1)
	var xs, ys []float64
	for _, p := range a.Points {
		xs, ys = append(xs, p.X), append(ys, p.Y)
	}
	a.Line = relate.FitLine(xs, ys)
	if q.Expect == "flattens" {
		a.Bend = stats.Bend(0, 1)
	}
	if q.Bend != 0 {
		a.Given = stats.BendAt(0, 1, q.Bend)
		a.Split = split(stats, common, q.Bend)
	}
	if q.Control != nil {
		a.Partial, a.Plain, a.Controlled = stats.Partial(0, 1, 2)
	}
	a.Verdict = a.verdict()
	return a
}

func split(stats *relate.Relations, common []int, at float64) *Split {
	var below, above []int
	for _, m := range common {
		if stats.Scores[0][m] < at {
			below = append(below, m)
		} else {
			above = append(above, m)
		}
	}
	s := &Split{At: at}
	for side, models := range map[*Side][]int{&s.Below: below, &s.Above: above} {
		side.N = len(models)
		side.R, side.Rho = stats.Pearson(models, 0, 1), stats.Spearman(models, 0, 1)
	}
	return s
}

// on returns the board that a quantity is of.
func (b *Board) on(v *archive.Quantity, boards map[string]*Board) *Board {
	if v.Board == "" {
		return b
	}
	return boards[v.Board]
}

// axis describes a quantity.
func (b *Board) axis(v *archive.Quantity, boards map[string]*Board) Axis {
	out := Axis{Title: v.Title}
	switch board := b.on(v, boards); {
	case v.Metadata == "parameters":
		out.Title = "Number of weights, log10"
	case v.Metadata == "year":
		out.Title = "Year"
	case board != nil && v.Node != "":
		n := board.Node(v.Node)
		if n == nil {
			break
		}
		out.Node = n
		if out.Title == "" {
			out.Title = n.Title
		}
		out.Lower = n.sign() < 0
		out.Published = published(n)
	case board != nil && len(v.Mean) > 0:
		if n := board.Node(v.Mean[0]); n != nil {
			out.Published = published(n)
		}
	}
	return out
}

// published reports whether values at the node were published, not computed.
func published(n *Node) bool {
	for _, l := range n.Leaves() {
		for i := range l.cells {
			if r := l.cells[i].Result; r != nil {
				return r.Provenance.Published()
			}
		}
	}
	return false
}

// quantity returns a model's value, NaN where it has none, and the model that
// has it, which on another board may have another id.
func (b *Board) quantity(v *archive.Quantity, m *archive.Model, match map[string]string, boards map[string]*Board) (float64, *archive.Model) {
	switch v.Metadata {
	case "parameters":
		return parameters(m), m
	case "year":
		return year(m), m
	}
	board := b.on(v, boards)
	if board == nil {
		return math.NaN(), nil
	}
	if board != b {
		id := m.ID
		if other, ok := match[id]; ok {
			id = other
		}
		if m = board.model(id); m == nil || m.Role == archive.RoleReference {
			return math.NaN(), nil
		}
	}
	names := v.Mean
	if v.Node != "" {
		names = []string{v.Node}
	}
	sum := 0.0
	for _, name := range names {
		n := board.Node(name)
		if n == nil {
			return math.NaN(), nil
		}
		sum += n.Cell(m.ID).whole()
	}
	return sum / float64(len(names)), m
}

// model returns a model of the board, or nil.
func (b *Board) model(id string) *archive.Model {
	if i, ok := b.places[id]; ok {
		return b.Models[i]
	}
	return nil
}

// verdict holds the estimates against what the claim expects.
func (a *Answer) verdict() Verdict {
	if math.IsNaN(a.R.Value) {
		return Untestable
	}
	switch a.Expect {
	case "rises":
		return judge(a.R, 1)
	case "falls":
		return judge(a.R, -1)
	case "flattens":
		return a.flattens()
	}
	return NoClaim
}

// judge holds an estimate against a sign.
func judge(e relate.Estimate, sign float64) Verdict {
	decides := e.Families
	if !decides.OK() {
		decides = e.Models
	}
	switch {
	case decides.Excludes(0) && e.Value*sign > 0:
		return Agrees
	case decides.Excludes(0):
		return Contrary
	case e.Models.Excludes(0):
		return Dependent
	}
	return Unresolved
}

// flattens asks whether the slope falls at the place that the claim names. Where
// it names none, there must be a bend that chance does not explain (p < .05),
// with a rise before it and less of one behind.
func (a *Answer) flattens() Verdict {
	if a.Split != nil {
		return judge(a.Given.Change, -1)
	}
	switch b := a.Bend; {
	case !(b.P < .05):
		return Unresolved
	case b.Change.Value > 0:
		return Contrary
	}
	return judge(a.Bend.Below, 1)
}
