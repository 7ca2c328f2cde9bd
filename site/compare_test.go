package site

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/leaderboard"
)

// TestCompareData: what the script is given are the cells of the board.
func TestCompareData(t *testing.T) {
	dir := build(t, fixture(t))
	doc := parsePage(t, dir, "vision/compare/index.html")
	var page CompareData
	for _, n := range all(doc, "script", "") {
		if attr(n, "id") == "compare-data" {
			if err := json.Unmarshal([]byte(content(n)), &page); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(page.Models) != 6 || len(page.Nodes) == 0 {
		t.Fatalf("%d models and %d nodes", len(page.Models), len(page.Nodes))
	}
	leaf := -1
	for i, n := range page.Nodes {
		if n.Leaf && n.Title == "b" {
			leaf = i
		}
	}
	for i, want := range []struct {
		state string
		value float64
	}{{"", .4}, {"failed", math.NaN()}, {"not applicable", math.NaN()}, {"", .3}} {
		script, err := os.ReadFile(filepath.Join(dir, "vision/compare", page.Models[i].Data))
		if err != nil {
			t.Fatal(err)
		}
		var data struct {
			Cells []struct {
				State string
				Value *float64
			}
		}
		text := strings.TrimSuffix(strings.TrimPrefix(string(script), "bsgenCompare("), ")\n")
		if err := json.Unmarshal([]byte(text), &data); err != nil {
			t.Fatal(err)
		}
		got := data.Cells[leaf]
		if got.State != want.state || (got.Value == nil) != math.IsNaN(want.value) || got.Value != nil && *got.Value != want.value {
			t.Errorf("%s: %+v, want %v", page.Models[i].ID, got, want)
		}
	}
}

// TestCompareScript runs the page's script: its differences are those of
// package leaderboard, to the digits that replicates are packed with.
func TestCompareScript(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	s, err := newSite(fixture(t), Options{Out: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	b := s.boards[0]
	type pair struct{ X, Y json.RawMessage }
	var pairs []pair
	var want []leaderboard.Difference
	for _, n := range b.all {
		for _, x := range b.Models {
			for _, y := range b.Models {
				if cx, cy := n.Cell(x.ID), n.Cell(y.ID); cx.Complete() && cy.Complete() && x != y && !math.IsNaN(cx.Value-cy.Value) {
					pairs = append(pairs, pair{appendCompared(nil, cx), appendCompared(nil, cy)})
					want = append(want, n.Difference(x.ID, y.ID))
				}
			}
		}
	}
	input, err := json.Marshal(pairs)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	script, err := os.ReadFile("../templates/compare/difference.js")
	if err != nil {
		t.Fatal(err)
	}
	main := `import {difference, verdict} from "./difference.mjs"; import {readFileSync} from "fs";
const pairs = JSON.parse(readFileSync(0));
console.log(JSON.stringify(pairs.map(p => { const d = difference(p.X, p.Y); return {...d, verdict: verdict(d)}; })));`
	for name, data := range map[string][]byte{"difference.mjs": script, "main.mjs": []byte(main)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(node, filepath.Join(dir, "main.mjs"))
	cmd.Stdin, cmd.Stderr = strings.NewReader(string(input)), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got []struct {
		Value     float64
		Low, High *float64
		Verdict   *int
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	tested := 0
	for i, w := range want {
		g := got[i]
		if math.Abs(g.Value-w.Value) > 1e-12 || (g.Low == nil) != math.IsNaN(w.Low) {
			t.Errorf("pair %d: %+v, want %+v", i, g, w)
			continue
		}
		if g.Low == nil {
			continue
		}
		tested++
		if math.Abs(*g.Low-w.Low) > 1e-4 || math.Abs(*g.High-w.High) > 1e-4 {
			t.Errorf("pair %d: %v to %v, want %v to %v", i, *g.Low, *g.High, w.Low, w.High)
		}
		verdict := 0
		if w.Low > 0 {
			verdict = 1
		} else if w.High < 0 {
			verdict = -1
		}
		if *g.Verdict != verdict {
			t.Errorf("pair %d: verdict %d, want %d", i, *g.Verdict, verdict)
		}
	}
	if tested == 0 {
		t.Error("no pair has an interval: nothing was compared")
	}
}

// TestReplicates: the smallest and the largest are exact, NaN stays NaN, and
// nothing else is further off than half a step.
func TestReplicates(t *testing.T) {
	none, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		values     []float32
		text       string
		from, unit float32
	}{
		{[]float32{none, -.5, .5, 0, -.25}, "//" + "AA" + "/+" + "f/" + "QA", -.5, 1. / packed},
		{[]float32{2, 2, inf}, "AAAA//", 2, 0},
		{[]float32{none, -inf}, "////", 0, 0},
		{[]float32{1e-30, 0}, "/+AA", 0, 1e-30 / packed},
		{nil, "", 0, 0},
	} {
		if text, from, unit := appendReplicates(nil, c.values); string(text) != c.text || from != c.from || unit != c.unit {
			t.Errorf("%v: %q from %v in steps of %v, want %q, %v, %v", c.values, text, from, unit, c.text, c.from, c.unit)
		}
	}
}
