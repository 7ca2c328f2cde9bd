package leaderboard

import (
	"math"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// TestBrainScore2020 holds the strict mean of this repository's board against
// the average that brain-score.org printed. Its six parts were printed with
// three decimals, and so was it: they agree where they differ by less than
// .0005 for the parts and .0005 for the average.
func TestBrainScore2020(t *testing.T) {
	a, _, err := archive.Open("..")
	if err != nil {
		t.Fatal(err)
	}
	board, ok := a.Board("brainscore-2020")
	if !ok {
		t.Fatal("the board is not there")
	}
	b, err := New(a, board)
	if err != nil {
		t.Fatal(err)
	}
	root, printed := b.Node("average_2020"), b.Node("BrainScore2020.average")
	n, largest := 0, 0.0
	for _, m := range b.Models {
		got, want := root.Strict(m.ID), printed.Cell(m.ID).Value
		d := math.Abs(got - want)
		if !(d < .001) {
			t.Errorf("%s: strict mean %.4f, printed %.3f", m.ID, got, want)
		}
		n, largest = n+1, max(largest, d)
	}
	if n != 69 {
		t.Errorf("%d models, want 69", n)
	}
	t.Logf("%d models, largest deviation %.6f", n, largest)
	// What the site counted as 0 has no result: the other mean leaves it out.
	if c := root.Cell("brainscore-2020-alexnet"); c.Have != 5 || c.Of != 6 || math.Abs(c.Value-.3892) > 1e-9 {
		t.Errorf("the mean of AlexNet is %v of %d of %d, want .3892 of 5 of 6", c.Value, c.Have, c.Of)
	}
}
