package leaderboard

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/scoring/resample"
	"github.com/bsgen/bsgen/scoring/stat"
)

// gauss returns about standard normal values: sums of twelve uniforms.
func gauss(rng *rand.Rand) float64 {
	sum := -6.0
	for range 12 {
		sum += rng.Float64()
	}
	return sum
}

// around returns n replicates of mean x and standard deviation sd.
func around(rng *rand.Rand, n int, x, sd float64) []float64 {
	out := make([]float64, n)
	for b := range out {
		out[b] = x + sd*gauss(rng)
	}
	return out
}

// summary writes a ranking as "model rank best-worst", one after another.
func summary(rows []Row) string {
	var parts []string
	for _, r := range rows {
		parts = append(parts, fmt.Sprintf("%s %d %d-%d", r.Model.ID, r.Rank, r.Best, r.Worst))
	}
	return strings.Join(parts, ", ")
}

func TestRank(t *testing.T) {
	const n = 500
	for _, c := range []struct {
		name      string
		direction string
		fill      func(f *fixture, rng *rand.Rand)
		want      string
	}{
		{"separated, and two that are identical", "higher", func(f *fixture, rng *rand.Rand) {
			f.score("best", "x", .8, around(rng, n, .8, .01)...)
			f.score("last", "x", .2, around(rng, n, .2, .01)...)
			twin := around(rng, n, .5, .01)
			f.score("twin-1", "x", .5, twin...)
			f.score("twin-2", "x", .5, twin...)
		}, "best 1 1-1, twin-1 2 2-3, twin-2 2 2-3, last 4 4-4"},
		{"lower is better", "lower", func(f *fixture, rng *rand.Rand) {
			f.score("most", "x", .8, around(rng, n, .8, .01)...)
			f.score("least", "x", .2, around(rng, n, .2, .01)...)
			f.score("middle", "x", .5, around(rng, n, .5, .01)...)
			f.score("middle-2", "x", .5, around(rng, n, .5, .01)...)
		}, "least 1 1-1, middle 2 2-3, middle-2 2 2-3, most 4 4-4"},
		{"not resolved", "higher", func(f *fixture, rng *rand.Rand) {
			f.score("a", "x", .52, around(rng, n, .52, .05)...)
			f.score("b", "x", .50, around(rng, n, .50, .05)...)
			f.score("c", "x", .49, around(rng, n, .49, .05)...)
		}, "a 1 1-3, b 2 1-3, c 3 1-3"},
		{"only the ends differ", "higher", func(f *fixture, rng *rand.Rand) {
			f.score("a", "x", .6, around(rng, n, .6, .02)...)
			f.score("b", "x", .5, around(rng, n, .5, .06)...)
			f.score("c", "x", .4, around(rng, n, .4, .02)...)
		}, "a 1 1-2, b 2 1-3, c 3 2-3"},
		{"paired: a small difference that never changes its sign", "higher", func(f *fixture, rng *rand.Rand) {
			both := around(rng, n, .5, .1)
			var shifted []float64
			for _, x := range both {
				shifted = append(shifted, x+.01+.001*gauss(rng))
			}
			f.score("a", "x", .5, both...)
			f.score("b", "x", .51, shifted...)
		}, "b 1 1-1, a 2 2-2"},
		{"no replicates", "higher", func(f *fixture, _ *rand.Rand) {
			f.score("a", "x", .9)
			f.score("b", "x", .1)
		}, "a 1 0-0, b 2 0-0"},
		{"one model without replicates", "higher", func(f *fixture, rng *rand.Rand) {
			f.score("a", "x", .9, around(rng, n, .9, .01)...)
			f.score("b", "x", .5, around(rng, n, .5, .01)...)
			f.score("c", "x", .1)
		}, "a 1 1-2, b 2 2-3, c 3 1-3"},
		{"a replicate in twenty is NaN", "higher", func(f *fixture, rng *rand.Rand) {
			f.score("a", "x", .9, holes(around(rng, n, .9, .01), 20)...)
			f.score("b", "x", .5, around(rng, n, .5, .01)...)
		}, "a 1 1-1, b 2 2-2"},
		{"a replicate in five is NaN", "higher", func(f *fixture, rng *rand.Rand) {
			f.score("a", "x", .9, holes(around(rng, n, .9, .01), 5)...)
			f.score("b", "x", .5, around(rng, n, .5, .01)...)
		}, "a 1 0-0, b 2 0-0"},
		{"replicates that never vary", "higher", func(f *fixture, _ *rand.Rand) {
			f.score("a", "x", .75, .75, .75, .75)
			f.score("b", "x", .5, .5, .5, .5)
		}, "a 1 1-2, b 2 1-2"},
		{"one model", "higher", func(f *fixture, rng *rand.Rand) {
			f.score("a", "x", .9, around(rng, n, .9, .01)...)
		}, "a 1 1-1"},
		{"no models", "higher", func(*fixture, *rand.Rand) {}, ""},
	} {
		bench := primary("x", "V1")
		bench.Direction = c.direction
		f := newFixture(t, bench)
		f.model(archive.RoleModel, "a", "b", "c", "best", "last", "twin-1", "twin-2", "most", "least", "middle", "middle-2")
		c.fill(f, rand.New(rand.NewPCG(1, 1)))
		b := f.compute()
		if got := summary(b.Rank(b.Node("x")).Ranked); got != c.want {
			t.Errorf("%s: %s; want %s", c.name, got, c.want)
		}
	}
}

// holes makes every k-th value NaN.
func holes(x []float64, k int) []float64 {
	for b := 0; b < len(x); b += k {
		x[b] = nan
	}
	return x
}

// TestWhoIsRanked: models that lack a benchmark and reference rows are listed
// apart, and neither takes a rank away from the others.
func TestWhoIsRanked(t *testing.T) {
	b := tree(t)
	list := func(rows []Row) string {
		var out []string
		for _, r := range rows {
			out = append(out, fmt.Sprint(r.Model.ID, " ", r.Rank))
		}
		return strings.Join(out, ", ")
	}
	for _, c := range []struct{ node, ranked, partial, references string }{
		{"average", "full 1, pixels 2, zero 3", "half 0, late 0", "people 0"},
		{"V1", "full 1, pixels 2, zero 3", "half 0", "people 0"},
		{"IT.a", "full 1, late 2, pixels 3, zero 4", "", "people 0"},
		{"V1.view", "full 1", "", ""},
		{"IT.nobody", "", "", "people 0"},
		{"other", "pixels 1", "", ""},
	} {
		r := b.Rank(b.Node(c.node))
		if got := list(r.Ranked); got != c.ranked {
			t.Errorf("%s: ranked %s; want %s", c.node, got, c.ranked)
		}
		if got := list(r.Partial); got != c.partial {
			t.Errorf("%s: partial %s; want %s", c.node, got, c.partial)
		}
		if got := list(r.References); got != c.references {
			t.Errorf("%s: references %s; want %s", c.node, got, c.references)
		}
	}
}

// simulate makes a board of models that were measured on the same 100 units,
// with an effect that the units share, and replicates that resample the units.
// It returns the rows, the first of which has the given advantage.
func simulate(rng *rand.Rand, board, models int, advantage float64) []Row {
	const units = 100
	x := make([][]float64, models)
	for range units {
		shared := gauss(rng)
		for m := range x {
			v := shared + gauss(rng)
			if m == 0 {
				v += advantage
			}
			x[m] = append(x[m], v)
		}
	}
	names := make([]string, units)
	for u := range names {
		names[u] = fmt.Sprintf("board-%d-unit-%d", board, u)
	}
	sampler := resample.New("units", names)
	rows := make([]Row, models)
	for m := range rows {
		rows[m] = Row{Model: &archive.Model{ID: fmt.Sprint(m)}, Cell: &Cell{State: Scored, Value: stat.Mean(x[m]), reps: make([]float32, resample.B)}}
	}
	weight := make([]float64, units)
	for b := range resample.B {
		sampler.Counts(b, weight)
		for m := range rows {
			rows[m].Cell.reps[b] = float32(stat.WeightedMean(x[m], weight))
		}
	}
	slices.SortFunc(rows, func(a, b Row) int {
		if a.Cell.Value > b.Cell.Value {
			return -1
		}
		return 1
	})
	return rows
}

// TestFalseAlarms: where no model is better than another, about 5 % of boards
// may show any significant pair among all 28. 200 boards at 5 % have a standard
// error of 1.5 %; without the adjustment about half of them would show one.
func TestFalseAlarms(t *testing.T) {
	const boards, models = 200, 8
	rng := rand.New(rand.NewPCG(3, 5))
	alarms, unadjusted := 0, 0
	for k := range boards {
		r := &Ranking{Node: &Node{}, Ranked: simulate(rng, k, models, 0)}
		r.rank(new(pairs))
		for _, row := range r.Ranked {
			if row.Best > 1 || row.Worst < models {
				alarms++
				break
			}
		}
		if d, _ := pairwise(new(pairs), r.Ranked); slices.ContainsFunc(d, func(row []float64) bool { return slices.Max(row) > 1.96 }) {
			unadjusted++
		}
		if r.Critical < 2.5 || r.Critical > 3.7 {
			// scipy.stats.studentized_range.ppf(.95, 8, 1e6) / sqrt(2) = 3.03
			t.Errorf("board %d: critical value %v", k, r.Critical)
		}
	}
	t.Logf("%d of %d boards with a false alarm, %d without the adjustment", alarms, boards, unadjusted)
	if share := float64(alarms) / boards; share < .01 || share > .095 {
		t.Errorf("%d of %d boards have a false alarm, want about 5 %%", alarms, boards)
	}
	if unadjusted < boards/3 {
		t.Errorf("only %d of %d boards without the adjustment: the simulation does not need it", unadjusted, boards)
	}
}

// TestPower: a model that is better by 6 standard errors of the difference is
// found better than all others, with one rank to itself.
func TestPower(t *testing.T) {
	const boards, models = 50, 8
	rng := rand.New(rand.NewPCG(7, 11))
	found := 0
	for k := range boards {
		// The difference of two means of 100 units has the standard error sqrt(2/100).
		r := &Ranking{Node: &Node{}, Ranked: simulate(rng, k, models, 6*math.Sqrt(2./100))}
		r.rank(new(pairs))
		first := r.Ranked[0]
		if first.Model.ID == "0" && first.Rank == 1 && first.Best == 1 && first.Worst == 1 {
			found++
		}
		for _, row := range r.Ranked {
			if row.Best > row.Rank || row.Rank > row.Worst {
				t.Errorf("board %d: rank %d is not within %d to %d", k, row.Rank, row.Best, row.Worst)
			}
		}
	}
	t.Logf("found in %d of %d boards", found, boards)
	if found < boards*9/10 {
		t.Errorf("found in %d of %d boards", found, boards)
	}
}

// TestFewSubjects: the critical value is widened at and above benchmarks with
// two to four subjects, by
//
//	t.ppf(a, n-1) / norm.ppf(a) / (t.ppf(.975, n-1) / norm.ppf(.975)),  a = 1 - .025/P
//
// of scipy.stats, for P pairs and the fewest subjects n.
func TestFewSubjects(t *testing.T) {
	leaf := func(subjects int, counted bool) *Node {
		return &Node{Benchmark: &archive.Benchmark{Assembly: archive.Assembly{Subjects: subjects}}, Counted: counted}
	}
	for _, c := range []struct {
		name  string
		node  *Node
		pairs int
		want  float64
	}{
		{"four subjects", leaf(4, true), 21, 1.9509806497085336},
		{"a view", leaf(4, false), 6, 1.4546733804386764},
		{"the fewest below", &Node{Children: []*Node{leaf(4, true), leaf(2, true), leaf(10, true)}}, 3, 2.4606163068803766},
		{"those that do not count are not looked at", &Node{Children: []*Node{leaf(2, false), leaf(5, true)}}, 21, 1},
		{"five subjects", leaf(5, true), 21, 1},
		{"one subject", leaf(1, true), 21, 1},
		{"unknown", leaf(0, true), 21, 1},
		{"one comparison", leaf(4, true), 1, 1},
	} {
		if got := fewSubjects(c.node, c.pairs); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%s: factor %.10f, want %.10f", c.name, got, c.want)
		}
	}
}

// TestBands: a band ends where the first model is significantly worse than the
// band's first, and what is better is what the intervals count.
func TestBands(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	f := newFixture(t, primary("x", "V1"))
	f.model("model", "a", "b", "c", "d", "e")
	for _, m := range []struct {
		id    string
		x, sd float64
	}{{"a", .8, .01}, {"b", .79, .01}, {"c", .6, .01}, {"d", .59, .01}, {"e", .2, .01}} {
		f.score(m.id, "x", m.x, around(rng, 500, m.x, m.sd)...)
	}
	board := f.compute()
	r := board.Rank(board.Node("x"))
	if got := fmt.Sprint(r.Bands()); got != "[0 2 4]" {
		t.Errorf("bands begin at %s, want [0 2 4]: %s", got, summary(r.Ranked))
	}
	for i, row := range r.Ranked {
		better, worse := 0, 0
		for j := range r.Ranked {
			if r.Better(j, i) {
				better++
			}
			if r.Better(i, j) {
				worse++
			}
		}
		for j := range r.Ranked {
			if d, se := r.Compare(i, j); j != i && r.Better(i, j) != (d/se > r.Critical) {
				t.Errorf("%d and %d: difference %g, standard error %g, critical %g, better %v", i, j, d, se, r.Critical, r.Better(i, j))
			}
		}
		if row.Best != 1+better || row.Worst != len(r.Ranked)-worse {
			t.Errorf("%s: %d better and %d worse, the interval is %d-%d", row.Model.ID, better, worse, row.Best, row.Worst)
		}
	}
}
