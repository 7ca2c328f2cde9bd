package site

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"testing"
)

// TestStrictColumns: the means by the rule of brain-score.org are in the tables as in
// the board's files.
func TestStrictColumns(t *testing.T) {
	dir := build(t, fixture(t))
	var got []string
	for line := range bytes.Lines(readData(t, dir, "boards/vision/means.jsonl")) {
		var row struct {
			Node, Model string
			Strict      *float64
			Rank        *int `json:"strict_rank"`
		}
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatal(err)
		}
		if row.Node != "errors" {
			continue
		}
		strict, rank := "none", 0
		if row.Strict != nil {
			strict = fmt.Sprintf("%.3f", *row.Strict)
		}
		if row.Rank != nil {
			rank = *row.Rank
		}
		got = append(got, fmt.Sprintf("%s %s %d", row.Model, strict, rank))
	}
	// m1 lacks b: (.45 + 0) / 2. m5 is a reference row.
	want := "[m0 0.450 1 m1 0.225 2 m2 0.100 4 m3 0.150 3 m4 0.000 5 m5 0.925 0]"
	if fmt.Sprint(got) != want {
		t.Errorf("%v\nwant %s", got, want)
	}
	// Who reads columns by their number finds the earlier ones where they were.
	rows, err := csv.NewReader(bytes.NewReader(readData(t, dir, "boards/vision/means.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if k := len(rows[0]); fmt.Sprint(rows[0][k-3:]) != "[snapshot strict strict_rank]" {
		t.Errorf("columns %v", rows[0])
	}
}
