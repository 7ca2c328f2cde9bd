package site

import (
	"fmt"
	"math"
	"path"
	"slices"
	"strconv"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
)

// Any two nodes can be picked on a board's page of relations. The script there
// leads to the page of the two; on a board with too many pairs for a page each it
// draws the others itself, from one file of values for each node and one of the
// models' names and families. Like [boardFiles] they are scripts that call bsgen(kind, node,
// document).

// RelationPick is what the script knows.
type RelationPick struct {
	Nodes  []PickNode `json:"nodes"`            // in the order of the tree
	Models string     `json:"models,omitempty"` // address of the names; "" where every pair has a page
}

// PickNode is a node that can be picked.
type PickNode struct {
	Key    string         `json:"key"`
	Name   string         `json:"name"`
	Axis   string         `json:"axis"`             // what its values are
	Href   string         `json:"href"`             // of its page
	Values string         `json:"values,omitempty"` // address; "" where every pair has a page
	Pages  []int          `json:"pages,omitempty"`  // nodes behind this one with which it has a page
	Odd    map[int]string `json:"odd,omitempty"`    // addresses of those pages that are not "key~key/index.html"
}

// pick returns what the script on the page at the place knows.
func (b *board) pick(at string) *RelationPick {
	r := b.related()
	out := &RelationPick{}
	whole := r.everyPair()
	if !whole {
		out.Models = path.Base(b.valuesPlace(-1))
	}
	folder := path.Dir(at)
	for i, x := range r.Nodes {
		n := PickNode{Key: x.ID, Name: b.name(x), Axis: b.axis(x), Href: rel(at, b.place(x))}
		if !whole {
			n.Values = path.Base(b.valuesPlace(i))
		}
		for j := i + 1; j < len(r.Nodes); j++ {
			y := r.Nodes[j]
			place, ok := r.places[[2]*leaderboard.Node{x, y}]
			if !ok {
				continue
			}
			n.Pages = append(n.Pages, j)
			if place != path.Join(folder, x.ID+"~"+y.ID, "index.html") {
				if n.Odd == nil {
					n.Odd = map[int]string{}
				}
				n.Odd[j] = rel(at, place)
			}
		}
		out.Nodes = append(out.Nodes, n)
	}
	return out
}

// everyPair reports whether every pair of nodes that can be related has a page.
func (r *related) everyPair() bool {
	for i, x := range r.Nodes {
		for _, y := range r.Nodes[i+1:] {
			if _, ok := r.places[[2]*leaderboard.Node{x, y}]; !ok && !math.IsNaN(r.Between(x, y).R.Value) {
				return false
			}
		}
	}
	return true
}

// valuesPlace is where the values of the i-th node lie, by number because file
// systems may ignore capitals; the names of models for -1.
func (b *board) valuesPlace(i int) string {
	name := "models.js"
	if i >= 0 {
		name = fmt.Sprintf("values-%d.js", i)
	}
	return path.Join(path.Dir(b.beside("relations")), name)
}

// pickJobs adds the files of values, where the page of relations draws from them.
func (b *board) pickJobs(w *work) {
	r := b.related()
	if r.everyPair() {
		return
	}
	models := slices.DeleteFunc(slices.Clone(b.Models), func(m *archive.Model) bool { return m.Role == archive.RoleReference })
	w.file(b.valuesPlace(-1), func() ([]byte, error) {
		var doc struct {
			IDs      []string `json:"ids"`
			Names    []string `json:"names"`
			Families []int    `json:"families"` // a number for each family; a model of unknown family is one of its own
		}
		number := map[string]int{}
		for i, m := range models {
			family, ok := number[m.Metadata.Family]
			if !ok {
				family = i
				if m.Metadata.Family != "" {
					number[m.Metadata.Family] = i
				}
			}
			doc.IDs, doc.Names, doc.Families = append(doc.IDs, m.ID), append(doc.Names, m.Name), append(doc.Families, family)
		}
		return fmt.Appendf(nil, "bsgen(\"models\",%q,%s)\n", "", written(doc)), nil
	})
	for i, n := range r.Nodes {
		w.file(b.valuesPlace(i), func() ([]byte, error) {
			out := fmt.Appendf(nil, "bsgen(\"values\",%q,[", n.ID)
			for i, m := range models {
				if i > 0 {
					out = append(out, ',')
				}
				if c := n.Cell(m.ID); c.Complete() && !math.IsNaN(c.Value) {
					out = strconv.AppendFloat(out, c.Value, 'g', 6, 64)
				} else {
					out = append(out, "null"...)
				}
			}
			return append(out, "])\n"...), nil
		})
	}
}
