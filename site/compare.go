package site

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"path"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
)

// ComparePage sets models of a board side by side. Which ones, a script takes
// from the address; without it the page lists the models, whose own pages say
// which others are most like them.
type ComparePage struct {
	Chrome
	Heading string
	Models  []Link
	Data    CompareData
	Method  string
	Most    int // models that can be compared at a time
}

// CompareData is what the script needs before it loads a model.
type CompareData struct {
	Board  string         `json:"board"`
	Nodes  []CompareNode  `json:"nodes"`
	Models []CompareModel `json:"models"`
}

// CompareNode is a node of the tree, parents before children.
type CompareNode struct {
	Title   string `json:"title"`
	Href    string `json:"href"`
	Depth   int    `json:"depth"`
	Leaf    bool   `json:"leaf"`
	Counted bool   `json:"counted"` // enters a mean
	Share   bool   `json:"share"`   // of a ceiling; else a raw value
	Lower   bool   `json:"lower"`   // is better
	Places  int    `json:"places"`
}

// CompareModel is a model that can be chosen.
type CompareModel struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Href string `json:"href"`
	Data string `json:"data"` // relative address of its [CompareCells], as a script
}

// CompareCell is a model at a node. In place of NaN a field is left out.
type CompareCell struct {
	State    string   `json:"state"` // empty: scored
	Value    *float64 `json:"value,omitempty"`
	Low      *float64 `json:"low,omitempty"`
	High     *float64 `json:"high,omitempty"`
	Coverage string   `json:"coverage,omitempty"` // "2/3", of a mean that lacks a benchmark
	// Replicates are the bootstrap values, not clipped, as little-endian int16 in
	// base64, in units of Unit; -32768 is NaN. They differ from those of the
	// result by half a unit at most, 1/65534 of the largest.
	Replicates string  `json:"replicates,omitempty"`
	Unit       float64 `json:"unit,omitempty"`
}

// mostCompared is how many models the page sets side by side.
const mostCompared = 6

func compareDataPlace(board, model string) string {
	return path.Join("data", board, "compare", model+".js")
}

func (s *site) comparePage(b *board) *ComparePage {
	at := b.beside("compare")
	p := &ComparePage{
		Chrome:  s.chrome(at, "Compare · "+b.Title, b.front()),
		Heading: "Compare models",
		Method:  s.anchor(at, "methods", "interval"),
		Data:    CompareData{Board: b.ID, Nodes: []CompareNode{}, Models: []CompareModel{}}, // lists, where they are empty too
		Most:    mostCompared,
	}
	p.Crumbs = []Link{{Text: b.Title, Href: rel(at, b.front())}}
	for _, n := range b.compared() {
		var values []float64
		for _, m := range b.Models {
			values = append(values, n.Cell(m.ID).Value)
		}
		p.Data.Nodes = append(p.Data.Nodes, CompareNode{
			Title: n.Title, Href: rel(at, b.place(n)), Depth: len(n.Path()), Leaf: n.Benchmark != nil,
			Counted: n.Counted, Share: isShare(n), Lower: n.Benchmark != nil && n.Benchmark.Direction == "lower", Places: places(values),
		})
	}
	for _, m := range b.Models {
		p.Models = append(p.Models, Link{Text: m.Name, Href: rel(at, modelPlace(m.ID))})
		p.Data.Models = append(p.Data.Models, CompareModel{m.ID, m.Name, rel(at, modelPlace(m.ID)), rel(at, compareDataPlace(b.ID, m.ID))})
	}
	return p
}

// compared returns the nodes that hold a score, parents first, without those
// that repeat their only child.
func (b *board) compared() []*leaderboard.Node {
	var out []*leaderboard.Node
	for _, n := range b.all {
		repeats := n.Benchmark == nil && len(n.CountedChildren()) == 1 && len(children(b, n)) == 1
		if b.hasScore(n) && !repeats {
			out = append(out, n)
		}
	}
	return out
}

// compareData returns a model's cells at the nodes, those of [board.compared], as a
// script that hands them over: scripts load from file:// too, where JSON does not.
func (b *board) compareData(m *archive.Model, nodes []*leaderboard.Node) ([]byte, error) {
	cells := make([]CompareCell, 0, len(nodes))
	for _, n := range nodes {
		cells = append(cells, compareCell(n.Cell(m.ID)))
	}
	text, err := json.Marshal(struct {
		Board string        `json:"board"`
		Model string        `json:"model"`
		Cells []CompareCell `json:"cells"`
	}{b.ID, m.ID, cells})
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "bsgenCompare(%s)\n", text), nil
}

func compareCell(c *leaderboard.Cell) CompareCell {
	out := CompareCell{}
	if c.State != leaderboard.Scored {
		out.State = string(c.State)
		return out
	}
	if math.IsNaN(c.Value) {
		out.State = "undefined"
		return out
	}
	number := func(x float64) *float64 {
		if math.IsNaN(x) {
			return nil
		}
		return &x
	}
	out.Value, out.Low, out.High = number(c.Value), number(c.Low), number(c.High)
	if !c.Complete() {
		out.Coverage = fmt.Sprintf("%d/%d", c.Have, c.Of)
	}
	out.Replicates, out.Unit = packReplicates(c.Replicates())
	return out
}

// packReplicates writes values as whole multiples of a unit.
func packReplicates(values []float32) (text string, unit float64) {
	top := 0.0
	for _, v := range values {
		if x := float64(v); !math.IsNaN(x) {
			top = math.Max(top, math.Abs(x))
		}
	}
	if len(values) == 0 {
		return "", 0
	}
	unit = top / math.MaxInt16
	if top == 0 {
		unit = 1
	}
	data := make([]byte, 0, 2*len(values))
	for _, v := range values {
		k := int16(math.MinInt16)
		if x := float64(v); !math.IsNaN(x) {
			k = int16(math.Round(x / unit))
		}
		data = binary.LittleEndian.AppendUint16(data, uint16(k))
	}
	return base64.StdEncoding.EncodeToString(data), unit
}
