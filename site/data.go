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
func full(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// stateName is a cell's state as data files write it.
func stateName(s leaderboard.State) string { return strings.ReplaceAll(string(s), " ", "_") }

// sectionNames are the sections of a table as data files write them.
var sectionNames = []string{"ranked", "partial", "reference", "unscored"}

// whole writes a place; 0 is none.
func whole(place int) string {
	if place == 0 {
		return ""
	}
	return strconv.Itoa(place)
}

// csv returns exactly what the table shows, in full precision. Models appear by
// id alone: a spreadsheet would run a name that begins with =.
func (t *table) csv() []byte {
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	head := []string{"section", "rank", "rank_best", "rank_worst", "model", "have", "of", "trained"}
	for _, c := range t.columns {
		head = append(head, c.node.ID, c.node.ID+":low", c.node.ID+":high", c.node.ID+":state", c.node.ID+":kind", c.node.ID+":warnings")
	}
	w.Write(head)
	for i, rows := range t.rows() {
		for _, r := range rows {
			line := []string{sectionNames[i], "", "", "", r.Model.ID, strconv.Itoa(r.Cell.Have), strconv.Itoa(r.Cell.Of), t.trained(r.Model)}
			for k, place := range []int{r.Rank, r.Best, r.Worst} {
				line[1+k] = whole(place)
			}
			for _, c := range t.columns {
				cell := c.node.Cell(r.Model.ID)
				line = append(line, full(cell.Value), full(cell.Low), full(cell.High), stateName(cell.State), kind(c.node), strconv.Itoa(cell.Warnings))
			}
			w.Write(line)
		}
	}
	w.Flush() // into memory: it can not fail
	return buf.Bytes()
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

func (t *table) json(commit string) ([]byte, error) {
	doc := tableJSON{Board: t.board.ID, Node: t.node.ID, Commit: commit, Columns: []columnJSON{}, Rows: []rowJSON{}}
	if t.view != nil {
		doc.View = t.view.ID
	}
	for _, c := range t.columns {
		doc.Columns = append(doc.Columns, columnJSON{c.node.ID, c.node.Title, kind(c.node), !c.apart})
	}
	for i, rows := range t.rows() {
		for _, r := range rows {
			row := rowJSON{Section: sectionNames[i], Rank: r.Rank, Best: r.Best, Worst: r.Worst, Model: r.Model.ID, Name: r.Model.Name, Trained: t.trained(r.Model)}
			for _, c := range t.columns {
				cell := c.node.Cell(r.Model.ID)
				row.Cells = append(row.Cells, cellJSON{
					State: stateName(cell.State), Reason: sentence(cell.Reason), Kind: kind(c.node),
					Value: archive.Number(cell.Value), Low: archive.Number(cell.Low), High: archive.Number(cell.High),
					Have: cell.Have, Of: cell.Of, Warnings: cell.Warnings, Stale: cell.Stale,
				})
			}
			doc.Rows = append(doc.Rows, row)
		}
	}
	return encode(doc)
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
