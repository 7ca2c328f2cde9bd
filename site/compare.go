package site

import (
	"encoding/binary"
	"fmt"
	"math"
	"path"
	"slices"
	"strconv"

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
	Data string `json:"data"` // relative address of its cells, as a script: see [board.compareData]
}

// mostCompared is how many models the page sets side by side.
const mostCompared = 6

func compareDataPlace(board, model string) string {
	return path.Join("data", board, "compare", model+".js")
}

func (s *site) comparePage(b *board) *ComparePage {
	at := b.beside("compare")
	p := &ComparePage{
		Chrome:  s.boardChrome(b, at, "Compare"),
		Heading: "Compare models",
		Method:  s.anchor(at, "methods", "interval"),
		Data:    CompareData{Board: b.ID, Nodes: []CompareNode{}, Models: []CompareModel{}}, // lists, where they are empty too
		Most:    mostCompared,
	}
	for _, n := range b.compared() {
		p.Data.Nodes = append(p.Data.Nodes, CompareNode{
			Title: n.Title, Href: rel(at, b.place(n)), Depth: len(n.Path()), Leaf: n.Benchmark != nil,
			Counted: n.Counted, Share: isShare(n), Lower: n.Benchmark != nil && n.Benchmark.Direction == "lower", Places: b.places(n),
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
		if b.hasScore(n) && !b.repeats(n) {
			out = append(out, n)
		}
	}
	return out
}

// compareData writes a model's cells at the nodes, those of [board.compared], as a
// script that hands them over: scripts load from file:// too, where JSON does not.
func (b *board) compareData(out *markup, m *archive.Model, nodes []*leaderboard.Node) {
	*out = fmt.Appendf(*out, `bsgenCompare({"board":%q,"model":%q,"cells":[`, b.ID, m.ID)
	model := b.index[m]
	for i, n := range nodes {
		*out = appendCompared(*out.comma(i), n.At(model))
	}
	out.raw("]})\n")
}

// appendCompared writes a cell as a JSON object. Where it has no value, that is
// "state": why. Else it has "value" and, where they exist, the interval's ends "low" and
// "high", for a mean that lacks a benchmark the "coverage", as "2/3", and the
// bootstrap values, not clipped: "replicates", see [appendReplicates], which count
// from "from" in steps of "unit".
func appendCompared(b []byte, c *leaderboard.Cell) []byte {
	state := c.State.String()
	if c.State == leaderboard.Scored && math.IsNaN(c.Value) {
		state = "undefined"
	}
	if c.State != leaderboard.Scored || math.IsNaN(c.Value) {
		return append(append(append(b, `{"state":"`...), state...), `"}`...)
	}
	number := func(name string, x float64, bits int) {
		if !math.IsNaN(x) {
			b = strconv.AppendFloat(append(b, name...), x, 'g', -1, bits)
		}
	}
	number(`{"value":`, c.Value, 64)
	number(`,"low":`, c.Low, 64)
	number(`,"high":`, c.High, 64)
	if !c.Complete() {
		b = fmt.Appendf(b, `,"coverage":"%d/%d"`, c.Have, c.Of)
	}
	if values := c.Replicates(); len(values) > 0 {
		var from, unit float32
		b, from, unit = appendReplicates(append(b, `,"replicates":"`...), values)
		number(`","from":`, float64(from), 32)
		number(`,"unit":`, float64(unit), 32)
	}
	return append(b, '}')
}

// packed is how many steps the values of a cell are counted in.
const packed = 1<<12 - 2

// digits64 are the numbers below 1<<12 in two digits of base 64, whose signs are those
// of base64 (RFC 4648): the first is the low byte.
var digits64 = func() (out [1 << 12]uint16) {
	const signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for k := range out {
		out[k] = uint16(signs[k>>6]) | uint16(signs[k&63])<<8
	}
	return out
}()

// appendReplicates writes each value in two digits of base 64, as the number of steps
// from the smallest: of twelve bits a difference of 500 replicates needs no more,
// as a step is a four thousandth of their range. The last number, "//", is a value
// that does not exist. A large board has fifty million values.
func appendReplicates(b []byte, values []float32) (out []byte, from, unit float32) {
	from, top := bounds(values)
	unit = float32((float64(top) - float64(from)) / packed)
	steps := 1 / unit
	if !finite(steps) {
		steps = 0 // all are the same
	}
	at := len(b)
	b = slices.Grow(b, 2*len(values))[:at+2*len(values)]
	to := b[at:]
	step := func(v float32) float32 { return float32((v-from)*steps) + .5 }
	exists := func(k float32) bool { return k >= 0 && k < packed+1 }
	digits := func(k float32) uint64 { return uint64(digits64[int(k)&(len(digits64)-1)]) }
	for len(values) >= 4 && len(to) >= 8 { // four at once while all is well
		k0, k1, k2, k3 := step(values[0]), step(values[1]), step(values[2]), step(values[3])
		if !exists(k0) || !exists(k1) || !exists(k2) || !exists(k3) {
			break
		}
		binary.LittleEndian.PutUint64(to, digits(k0)|digits(k1)<<16|digits(k2)<<32|digits(k3)<<48)
		values, to = values[4:], to[8:]
	}
	for i, v := range values {
		k := packed + 1
		if finite(v) {
			k = min(max(int(step(v)), 0), packed)
		}
		binary.LittleEndian.PutUint16(to[2*i:], digits64[k])
	}
	return b, from, unit
}

func finite(v float32) bool { return v-v == 0 }

// bounds returns the smallest and the largest value that exist; zeros where none does.
// As whole numbers, the bits of floats have the order of these once negative ones are
// turned around: so they are compared at half the cost, and what does not exist lies
// outside.
func bounds(values []float32) (from, top float32) {
	turned := func(bits int32) int32 { return bits ^ int32(uint32(bits>>31)>>1) }
	low, high := int32(math.MaxInt32), int32(math.MinInt32)
	for _, v := range values {
		k := turned(int32(math.Float32bits(v)))
		low, high = min(low, k), max(high, k)
	}
	from, top = math.Float32frombits(uint32(turned(low))), math.Float32frombits(uint32(turned(high)))
	if finite(from) && finite(top) {
		return from, top
	}
	from, top = float32(math.Inf(1)), float32(math.Inf(-1))
	for _, v := range values {
		if finite(v) {
			from, top = min(from, v), max(top, v)
		}
	}
	if from > top {
		return 0, 0
	}
	return from, top
}
