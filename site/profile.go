package site

import (
	"math"
	"slices"
	"strconv"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
)

// profileNode is where the ranked models lie at a region or kind of behaviour. It is
// the same on the pages of all models, and drawn once.
type profileNode struct {
	*nodeSummary
	node   *leaderboard.Node
	head   string // markup before the dot of a model
	scale  bars   // from the lowest to the highest
	values []float64
}

// ProfileRow is a model among all others at one of these.
type ProfileRow struct {
	*profileNode
	own float64
}

// minProfile is how many models must be ranked at a node to show one among them.
const minProfile = 5

// profileNodes returns the nodes that hold benchmarks and rank models, in the order of
// the tree.
func (b *board) profileNodes() []profileNode {
	var out []profileNode
	for _, n := range b.all {
		if n.Benchmark != nil || !holdsBenchmarks(n) || len(b.ranks[n].Ranked) == 0 {
			continue
		}
		p := profileNode{nodeSummary: b.summaries[n], node: n}
		for _, r := range p.ranked {
			p.values = append(p.values, r.Cell.Value)
		}
		slices.Sort(p.values)
		p.scale = bars{p.values[0], p.values[len(p.values)-1]}
		if p.scale.lo == p.scale.hi {
			p.scale.hi++
		}
		m := (&markup{}).raw(`<li><a href="`).text(rel(modelPlace("m"), b.nodes[n.ID])).raw(`">`).text(n.Title).raw(`</a>`)
		p.scale.strokes(m, p.values)
		p.head = string(*m)
		out = append(out, p)
	}
	return out
}

// profile shows where a model lies among the ranked ones at each of these nodes; nil
// where there are fewer than two. few names the nodes where it is one of too few. The
// place is that of the model on the board.
func (b *board) profile(m *archive.Model, place int) (out []ProfileRow, few string) {
	nodes := b.profiles()
	for i := range nodes {
		switch p := &nodes[i]; {
		case p.place[place] < 0:
		case len(p.ranked) < minProfile:
			few = joined(", ", few, p.node.Title)
		default:
			out = append(out, ProfileRow{p, p.node.At(place).Value})
		}
	}
	if len(out) < 2 {
		return nil, ""
	}
	return out, few
}

// Strips writes rows of a profile: a stroke for every ranked model, a dot for this one.
func (p *ModelPage) Strips(rows []ProfileRow) HTML {
	for _, r := range rows {
		below, _ := slices.BinarySearch(r.values, r.own)
		*p.out = append(appendShare(append(*p.out, r.head+`<circle class="own" cx="`...), r.scale.share(r.own)), `" cy="11" r="5"/></svg><span>above `...)
		p.out.int(below).raw(` of `).int(len(r.values) - 1).raw(`</span></li>`)
	}
	return ""
}

func holdsBenchmarks(n *leaderboard.Node) bool {
	for _, c := range n.Children {
		if c.Benchmark != nil && c.Counted {
			return true
		}
	}
	return false
}

// manyModels is the number of models from which strokes stand at whole per cents.
const manyModels = 100

// strokes begins a drawing with a stroke for each of the values. They are in a plane
// of their own, which is a hundred wide and stretched: they stand at tenths, at whole
// numbers where they are many. Those that would hide behind another are left out.
func (s bars) strokes(m *markup, values []float64) {
	m.raw(`<svg class="strip" width="100%" height="22" aria-hidden="true"><line class="track" x1="0" x2="100%" y1="11" y2="11"/>` +
		`<svg viewBox="0 0 100 22" preserveAspectRatio="none"><path class="other" d="`)
	fine := 10.
	if len(values) > manyModels {
		fine = 1
	}
	last := -1.
	for _, v := range values {
		if x := math.Round(fine*100*s.share(v)) / fine; x != last {
			last = x
			m.raw(`M`)
			*m = strconv.AppendFloat(*m, x, 'f', -1, 64)
			m.raw(` 4v14`)
		}
	}
	m.raw(`"/></svg>`)
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
		if n.Benchmark != nil || !n.Cell(m.ID).Complete() {
			continue
		}
		k := 0
		for _, o := range nearest {
			if n.Cell(o.Model.ID).Complete() {
				k++
			}
		}
		if k > most {
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
