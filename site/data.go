package site

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
)

// full writes a number so that it reads back to the same bits; what does not
// exist is empty.
func full(x float64) string { return string(*new(markup).full(x)) }

// full writes what the function of that name returns.
func (m *markup) full(x float64) *markup {
	if x-x == 0 { // neither NaN nor infinite
		*m = strconv.AppendFloat(*m, x, 'g', -1, 64)
	}
	return m
}

// stateName is a cell's state as data files write it.
func stateName(s leaderboard.State) string {
	if s == leaderboard.Scored {
		return "scored" // of nearly all
	}
	return strings.ReplaceAll(s.String(), " ", "_")
}

// sectionNames are the sections of a table as data files write them.
var sectionNames = []string{"ranked", "partial", "reference", "unscored"}

// whole writes a place; 0 is none.
func whole(place int) string {
	if place == 0 {
		return ""
	}
	return strconv.Itoa(place)
}

// csv writes exactly what the table shows, in full precision. Models appear by
// id alone: a spreadsheet would run a name that begins with =. Of a large table the
// cells, which have no texts that need quotes, are appended.
func (t *table) csv(m *markup) error {
	w := csv.NewWriter(m)
	head := []string{"section", "rank", "rank_best", "rank_worst", "model", "have", "of", "trained"}
	for _, c := range t.columns {
		head = append(head, c.node.ID, c.node.ID+":low", c.node.ID+":high", c.node.ID+":state", c.node.ID+":kind", c.node.ID+":warnings")
	}
	w.Write(head)
	line := make([]string, 8)
	for i, rows := range t.rows() {
		for _, r := range rows {
			model := t.board.index[r.Model]
			line = append(line[:0], sectionNames[i], "", "", "", r.Model.ID, strconv.Itoa(r.Cell.Have), strconv.Itoa(r.Cell.Of), t.trained(r.Model))
			for k, place := range []int{r.Rank, r.Best, r.Worst} {
				line[1+k] = whole(place)
			}
			w.Write(line)
			w.Flush()
			*m = bytes.TrimSuffix(*m, []byte("\n"))
			for _, c := range t.columns {
				cell := c.node.At(model)
				m.raw(`,`).full(cell.Value).raw(`,`).full(cell.Low).raw(`,`).full(cell.High)
				m.raw(`,`, stateName(cell.State), `,`, kind(c.node), `,`).int(cell.Warnings)
			}
			m.raw("\n")
		}
	}
	w.Flush()
	return w.Error()
}

// tableJSON is a leaderboard as leaderboard.json holds it.
type tableJSON struct {
	Board   string       `json:"board"`
	Node    string       `json:"node"`
	View    string       `json:"view,omitempty"`
	Commit  string       `json:"commit,omitempty"`
	Columns []columnJSON `json:"columns"` // in the order of the cells
	Rows    []rowJSON    `json:"rows"`
}

type columnJSON struct {
	Node   string `json:"node"`
	Title  string `json:"title"`
	Kind   string `json:"kind"`    // of the values: score, or raw where the benchmark has no rule
	InMean bool   `json:"in_mean"` // of the table's node
}

type rowJSON struct {
	Section string     `json:"section"` // ranked, partial, reference, unscored
	Rank    int        `json:"rank,omitempty"`
	Best    int        `json:"rank_best,omitempty"`
	Worst   int        `json:"rank_worst,omitempty"`
	Model   string     `json:"model"`
	Name    string     `json:"name"`
	Trained string     `json:"trained,omitempty"` // warning that the model was fitted to such data
	Cells   []cellJSON `json:"cells"`
}

type cellJSON struct {
	State    string         `json:"state"`
	Reason   string         `json:"reason,omitempty"`
	Kind     string         `json:"kind"` // score, raw
	Value    archive.Number `json:"value"`
	Low      archive.Number `json:"low"`
	High     archive.Number `json:"high"`
	Have     int            `json:"have"`
	Of       int            `json:"of"`
	Warnings int            `json:"warnings"`
	Stale    bool           `json:"stale,omitempty"`
}

// json writes the table, a row to a line. A large one has 15,000 cells: these are
// appended, the rest is what encoding/json makes of the types above.
func (t *table) json(m *markup, commit string) error {
	doc := tableJSON{Board: t.board.ID, Node: t.node.ID, Commit: commit, Columns: []columnJSON{}, Rows: []rowJSON{}}
	if t.view != nil {
		doc.View = t.view.ID
	}
	for _, c := range t.columns {
		doc.Columns = append(doc.Columns, columnJSON{c.node.ID, c.node.Title, kind(c.node), !c.apart})
	}
	// open writes a document up to the elements of its last field, an empty list.
	open := func(doc any) error {
		data, err := json.Marshal(doc)
		*m = append(*m, bytes.TrimSuffix(data, []byte("]}"))...)
		return err
	}
	if err := open(doc); err != nil {
		return err
	}
	separator := "\n"
	for i, rows := range t.rows() {
		for _, r := range rows {
			m.raw(separator)
			separator = ",\n"
			err := open(rowJSON{Section: sectionNames[i], Rank: r.Rank, Best: r.Best, Worst: r.Worst, Model: r.Model.ID, Name: r.Model.Name, Trained: t.trained(r.Model), Cells: []cellJSON{}})
			if err != nil {
				return err
			}
			model := t.board.index[r.Model]
			for k, c := range t.columns {
				m.comma(k).cellJSON(c.node, c.node.At(model))
			}
			m.raw(`]}`)
		}
	}
	m.raw("\n]}\n")
	return nil
}

// cellJSON writes a cell as the type of that name.
func (m *markup) cellJSON(n *leaderboard.Node, c *leaderboard.Cell) {
	number := func(name string, x float64) {
		if m.raw(name); math.IsNaN(x) {
			m.raw(`null`)
		} else {
			*m = strconv.AppendFloat(*m, x, 'g', -1, 64)
		}
	}
	m.raw(`{"state":"`, stateName(c.State), `"`)
	if c.Reason != "" {
		m.raw(`,"reason":`).quoted(sentence(c.Reason))
	}
	m.raw(`,"kind":"`, kind(n), `"`)
	number(`,"value":`, c.Value)
	number(`,"low":`, c.Low)
	number(`,"high":`, c.High)
	m.raw(`,"have":`).int(c.Have).raw(`,"of":`).int(c.Of).raw(`,"warnings":`).int(c.Warnings)
	if c.Stale {
		m.raw(`,"stale":true`)
	}
	m.raw(`}`)
}

func encode(doc any) ([]byte, error) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetIndent("", " ")
	if err := e.Encode(doc); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
