package site

import (
	"fmt"
	"math"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
)

// ProfileRow is a model among all others at one region or kind of behaviour.
type ProfileRow struct {
	Text, Href string
	Strip      HTML // a stroke for every ranked model, a dot for this one
	Say        string
}

// minProfile is how many models must be ranked at a node to show one among them.
const minProfile = 5

// profile shows where a model lies among the ranked ones at each node that holds
// benchmarks, in the order of the tree; nil where there are fewer than two. few
// names the nodes where it is one of too few.
func (b *board) profile(m *archive.Model, at string) (out []ProfileRow, few string) {
	for _, n := range b.all {
		if n.Benchmark != nil || !holdsBenchmarks(n) {
			continue
		}
		rows := b.ranks[n].Ranked
		if len(rows) < minProfile {
			if _, ok := b.summaries[n].place[m]; ok {
				few = joined(", ", few, n.Title)
			}
			continue
		}
		below := 0
		own := n.Cell(m.ID)
		ranked := false
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, r := range rows {
			ranked = ranked || r.Model == m
			lo, hi = math.Min(lo, r.Cell.Value), math.Max(hi, r.Cell.Value)
			if r.Cell.Value < own.Value {
				below++
			}
		}
		if !ranked {
			continue
		}
		out = append(out, ProfileRow{
			Text: n.Title, Href: rel(at, b.nodes[n.ID]),
			Strip: b.strip(n, own.Value, lo, hi),
			Say:   fmt.Sprintf("above %d of %d", below, len(rows)-1),
		})
	}
	if len(out) < 2 {
		return nil, ""
	}
	return out, few
}

func holdsBenchmarks(n *leaderboard.Node) bool {
	for _, c := range n.Children {
		if c.Benchmark != nil && c.Counted {
			return true
		}
	}
	return false
}

// strip draws one model among the ranked ones of a node, whose values lie from
// lo to hi. The others are the same on every model's page, and drawn once.
func (b *board) strip(n *leaderboard.Node, own, lo, hi float64) HTML {
	if hi == lo {
		hi = lo + 1
	}
	p := bars{lo, hi}
	others, ok := b.strips.Load(n)
	if !ok {
		others = p.others(b.ranks[n].Ranked)
		b.strips.Store(n, others)
	}
	return HTML(others.(string) + `<circle class="own" cx="` + p.x(own) + `" cy="11" r="5"/></svg>`)
}

// manyModels is the number of models from which lines stand at whole per cents,
// and those that would hide behind another are not drawn.
const manyModels = 100

// others draws a line for each model.
func (s bars) others(rows []leaderboard.Row) string {
	var b strings.Builder
	b.WriteString(`<svg class="strip" width="100%" height="22" aria-hidden="true"><line class="track" x1="0" x2="100%" y1="11" y2="11"/>`)
	drawn := map[string]bool{}
	for _, r := range rows {
		x := s.x(r.Cell.Value)
		if len(rows) > manyModels {
			x = fmt.Sprintf("%.0f%%", 100*(r.Cell.Value-s.lo)/(s.hi-s.lo))
			if drawn[x] {
				continue
			}
			drawn[x] = true
		}
		fmt.Fprintf(&b, `<line class="other" x1="%s" x2="%s" y1="4" y2="18"/>`, x, x)
	}
	return b.String()
}

// NearRow is a model whose scores are like those of the page's.
type NearRow struct {
	Name, Href, Meta string
	Shared           int
	Distance         string
	Difference       string // of the means, with its interval; "" where one lacks a score of them
	Apart            string // what the interval says
}

// maxNear is how many of the nearest models a page shows.
const maxNear = 5

// near lists the models that are most like one, with the difference at the node
// that it and most of them have all of: the highest of these, nil where there is
// none.
func (b *board) near(m *archive.Model, at string) (rows []NearRow, node *leaderboard.Node) {
	nearest := b.Nearest(m.ID, maxNear)
	if len(nearest) == 0 {
		return nil, nil
	}
	most := 0 // how many of them have all of the node too
	var nodes []*leaderboard.Node
	if views := b.Views(); len(views) > 0 { // what the board ranks by goes before others
		if n := b.Node(views[0].Node); n != nil {
			nodes = append(nodes, n)
		}
	}
	for _, n := range append(nodes, b.all...) {
		k := 0
		for _, o := range nearest {
			if n.Cell(o.Model.ID).Complete() {
				k++
			}
		}
		if n.Benchmark == nil && n.Cell(m.ID).Complete() && k > most {
			node, most = n, k
		}
	}
	for _, o := range nearest {
		row := NearRow{
			Name: o.Model.Name, Href: rel(at, modelPlace(o.Model.ID)), Meta: meta(o.Model),
			Shared: o.Shared, Distance: decimal(o.Distance, scorePlaces),
		}
		if node != nil && node.Cell(o.Model.ID).Complete() {
			d := node.Difference(m.ID, o.Model.ID)
			row.Difference = delta(d.Value)
			switch {
			case math.IsNaN(d.Low):
				row.Apart = "not tested"
			case d.Low <= 0 && d.High >= 0:
				row.Apart = "not resolved by these data"
			case d.Low > 0:
				row.Apart = "this model is higher"
			default:
				row.Apart = "this model is lower"
			}
			if s := span(d.Low, d.High, scorePlaces); s != "" {
				row.Difference += " (" + s + ")"
			}
		}
		rows = append(rows, row)
	}
	return rows, node
}
