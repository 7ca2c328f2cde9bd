package leaderboard

import (
	"fmt"
	"math"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// TestChoiceLeavesOneOut works the ranges out by hand. Average is the mean of
// V1, which is (p + q) / 2, and IT, which is r alone:
//
//	    p   q   r   all  without p  without q  without r
//	a  .9  .1  .5   .50  .30        .70        .50
//	b  .4  .4  .5   .45  .45        .45        .40
//	c  .2  .2  .6   .40  .40        .40        .20
func TestChoiceLeavesOneOut(t *testing.T) {
	f := newFixture(t, primary("p", "V1"), primary("q", "V1"), primary("r", "IT"))
	f.model("model", "a", "b", "c")
	for model, values := range map[string][3]float64{"a": {.9, .1, .5}, "b": {.4, .4, .5}, "c": {.2, .2, .6}} {
		for i, b := range []string{"p", "q", "r"} {
			f.score(model, b, values[i])
		}
	}
	b := f.compute()
	c := b.Rank(b.Node("average")).Choice()
	if c == nil || c.Resampled || c.Benchmarks != 3 {
		t.Fatalf("%+v", c)
	}
	if got := fmt.Sprint(c.Best, c.Worst); got != "[1 1 2] [3 2 3]" {
		t.Errorf("ranges %s, want [1 1 2] [3 2 3]", got)
	}
	if c := b.Rank(b.Node("IT")).Choice(); c != nil {
		t.Errorf("one benchmark: %+v, want nil", c)
	}
	if c := b.Rank(b.Node("p")).Choice(); c != nil {
		t.Errorf("a benchmark: %+v, want nil", c)
	}
}

// TestChoiceResamples: with ten benchmarks, a model that leads by one of them
// alone loses its place where that one is not drawn, and one that is last
// everywhere never leaves the last.
func TestChoiceResamples(t *testing.T) {
	var benchmarks []*archive.Benchmark
	for i := range fewBenchmarks {
		benchmarks = append(benchmarks, primary(fmt.Sprintf("b%d", i), "V1"))
	}
	f := newFixture(t, benchmarks...)
	f.model("model", "steady", "lucky", "last")
	for i, b := range benchmarks {
		f.score("steady", b.ID, .5)
		f.score("last", b.ID, .1)
		lucky := .45
		if i == 3 {
			lucky = 1
		}
		f.score("lucky", b.ID, lucky)
	}
	board := f.compute()
	r := board.Rank(board.Node("average"))
	c := r.Choice()
	if c == nil || !c.Resampled || c.Benchmarks != fewBenchmarks {
		t.Fatalf("%+v", c)
	}
	got := map[string]string{}
	for i, row := range r.Ranked {
		got[row.Model.ID] = fmt.Sprintf("%d %d-%d", row.Rank, c.Best[i], c.Worst[i])
	}
	for model, want := range map[string]string{"lucky": "1 1-2", "steady": "2 1-2", "last": "3 3-3"} {
		if got[model] != want {
			t.Errorf("%s: %s, want %s", model, got[model], want)
		}
	}
}

// TestWeigh: shares sum to 1 whatever is drawn.
func TestWeigh(t *testing.T) {
	f := newFixture(t, primary("p", "V1"), primary("q", "V1"), primary("r", "IT"))
	f.model("model", "a")
	for _, b := range []string{"p", "q", "r"} {
		f.score("a", b, .5)
	}
	board := f.compute()
	b := newBranch(board.Node("average"), map[*Node]int{board.Node("p"): 0, board.Node("q"): 1, board.Node("r"): 2})
	for _, times := range [][]float64{{1, 1, 1}, {2, 0, 1}, {0, 0, 1}, {1, 3, 0}} {
		weights := make([]float64, len(times))
		b.weigh(1, times, weights)
		sum := 0.0
		for _, w := range weights {
			sum += w
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Errorf("%v: the shares sum to %g", times, sum)
		}
	}
}
