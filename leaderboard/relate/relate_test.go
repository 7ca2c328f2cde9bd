package relate

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"testing"

	"github.com/bsgen/bsgen/scoring/stat"
	"github.com/bsgen/bsgen/simdblas"
	"gonum.org/v1/gonum/blas/blas64"
)

// golden is testdata/golden.json, by SciPy and NumPy.
type golden struct {
	Scores [][]*float64
	Pairs  []struct {
		I, J, N int
		R, Rho  *float64
	}
	Partial struct {
		I, J, Z, N int
		R          float64
	}
	Line struct {
		X, Y, At, Low, High []float64
		Intercept, Slope    float64
	}
	P, Q   []float64
	Orders []struct {
		R      [][]float64
		Length float64
		Order  []int
	}
	Bend struct {
		X, Y                     []float64
		At, Below, Above, Height float64
	}
}

func readGolden(t *testing.T) *golden {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	g := new(golden)
	if err := json.Unmarshal(data, g); err != nil {
		t.Fatal(err)
	}
	return g
}

func number(p *float64) float64 {
	if p == nil {
		return math.NaN()
	}
	return *p
}

func (g *golden) table() Table {
	t := Table{}
	for _, row := range g.Scores {
		var s []float64
		for _, v := range row {
			s = append(s, number(v))
		}
		t.Scores = append(t.Scores, s)
	}
	for m := range t.Scores[0] {
		t.Models = append(t.Models, fmt.Sprintf("m%02d", m))
		t.Families = append(t.Families, []string{"", "big", "big", "a", "b", "c", "d", "big"}[m%8])
	}
	return t
}

func near(a, b, tolerance float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= tolerance*math.Max(1, math.Abs(b))
}

func nearInterval(a, b Interval, tolerance float64) bool {
	return near(a.Low, b.Low, tolerance) && near(a.High, b.High, tolerance)
}

func TestPairs(t *testing.T) {
	g := readGolden(t)
	r := New(g.table())
	for _, want := range g.Pairs {
		got := r.Pair(want.J, want.I)
		if got.N != want.N || !near(got.R.Value, number(want.R), 1e-10) || !near(got.Rho, number(want.Rho), 1e-12) {
			t.Errorf("pair %d %d: n %d, r %v, rho %v; SciPy has %d, %v, %v", want.I, want.J, got.N, got.R.Value, got.Rho, want.N, number(want.R), number(want.Rho))
		}
	}
}

func TestPartial(t *testing.T) {
	g := readGolden(t)
	r := New(g.table())
	partial, plain, n := r.Partial(g.Partial.I, g.Partial.J, g.Partial.Z)
	if n != g.Partial.N || !near(partial.Value, g.Partial.R, 1e-10) {
		t.Errorf("partial r = %v of %d; by residuals %v of %d", partial.Value, n, g.Partial.R, g.Partial.N)
	}
	if !partial.Models.OK() || !partial.Families.OK() || !plain.Models.OK() {
		t.Errorf("an interval is missing: %+v %+v", partial, plain)
	}
	if e, _, n := r.Partial(0, 1, 8); n >= MinModels || !math.IsNaN(e.Value) {
		t.Errorf("a partial correlation of %d models: %v", n, e.Value)
	}
	if p := partialCorrelation(.5, 1, .5); !math.IsNaN(p) {
		t.Errorf("z is x, and yet the partial correlation is %v", p)
	}
}

// The intervals by products of matrices are those of the definition, replicate
// by replicate, with and without missing scores.
func TestBootstrap(t *testing.T) {
	for _, complete := range []bool{false, true} {
		table := readGolden(t).table()
		if complete {
			for k, s := range table.Scores {
				for m := range s {
					if math.IsNaN(s[m]) {
						s[m] = float64(m % 5)
						if k == 2 {
							s[m] += 1e6 // as the others of this row
						}
					}
				}
			}
		}
		r := New(table)
		all := []int{0, 1, 2, 3, 4, 5, 6, 7, 8}
		r.Bootstrap(all)
		for i := range all {
			for j := range i {
				got := r.Pair(i, j)
				common := r.Common(i, j)
				want := unknown(math.NaN())
				if len(common) >= MinModels {
					x, y := gather(r.Scores[i], common), gather(r.Scores[j], common)
					want = r.draws.estimate(fisher, common, func(w []float64) float64 { return stat.WeightedPearson(x, y, w) })
				}
				if within := r.Pearson(common, i, j); !near(within.Value, want.Value, 1e-9) || !nearInterval(within.Families, want.Families, 1e-6) {
					t.Errorf("complete %t, pair %d %d by itself:\n%+v\nby definition\n%+v", complete, i, j, within, want)
				}
				if !near(got.R.Value, want.Value, 1e-9) || !near(got.R.P, want.P, 1e-6) || !near(got.R.FamilyP, want.FamilyP, 1e-6) ||
					!nearInterval(got.R.Models, want.Models, 1e-6) || !nearInterval(got.R.Families, want.Families, 1e-6) {
					t.Errorf("complete %t, pair %d %d:\n%+v\nby definition\n%+v", complete, i, j, got.R, want)
				}
				if got.N >= MinModels != got.R.Models.OK() || got.R.Models.Excludes(got.R.Value) {
					t.Errorf("pair %d %d: n %d, %+v", i, j, got.N, got.R)
				}
				if got.R.Models.OK() && got.R.Models.Excludes(0) != (got.R.P < .05) {
					t.Errorf("pair %d %d: interval and p disagree: %+v", i, j, got.R)
				}
			}
		}
	}
}

// Neither the number of processors nor the order of models matters.
func TestSame(t *testing.T) {
	table := readGolden(t).table()
	run := func(table Table, procs int) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		r := New(table)
		r.Bootstrap([]int{0, 1, 2, 3, 4, 5})
		return fmt.Sprintf("%.9f %.9f %.9f", r.Pair(0, 1).R, r.Spearman(r.Common(2, 3), 2, 3), r.Bend(0, 1).At)
	}
	want := run(table, 1)
	if got := run(table, 4); got != want {
		t.Errorf("four processors:\n%s\none:\n%s", got, want)
	}
	other := Table{}
	for m := len(table.Models) - 1; m >= 0; m-- {
		other.Models, other.Families = append(other.Models, table.Models[m]), append(other.Families, table.Families[m])
	}
	for _, s := range table.Scores {
		s = slices.Clone(s)
		slices.Reverse(s)
		other.Scores = append(other.Scores, s)
	}
	if got := run(other, 2); got != want {
		t.Errorf("models in reverse order:\n%s\nwas\n%s", got, want)
	}
}

// One family of half of the models that has all of the correlation: resampling
// models resolves it, resampling families does not.
func TestFamilies(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	table := Table{Scores: make([][]float64, 2)}
	for m := range 60 {
		family, shift := "", 0.0
		if m < 30 {
			family, shift = "large", 2
		}
		table.Models, table.Families = append(table.Models, fmt.Sprint(m)), append(table.Families, family)
		for k := range table.Scores {
			table.Scores[k] = append(table.Scores[k], shift+rng.NormFloat64())
		}
	}
	r := New(table)
	r.Bootstrap([]int{0, 1})
	p := r.Pair(0, 1)
	if p.Families != 31 || !p.R.Models.Excludes(0) {
		t.Errorf("%d families, %+v", p.Families, p.R)
	}
	if a, b := p.R.Models, p.R.Families; b.High-b.Low < 1.3*(a.High-a.Low) {
		t.Errorf("resampling families gives %v, no wider than models: %v", b, a)
	}
	for i := range table.Families {
		table.Families[i] = fmt.Sprint(i % 4)
	}
	r = New(table)
	r.Bootstrap([]int{0, 1})
	if p := r.Pair(0, 1); p.Families != 4 || p.R.Families.OK() || !math.IsNaN(p.R.FamilyP) {
		t.Errorf("four families were resampled: %+v", p)
	}
}

// The share of intervals that hold the true correlation. The table in the
// package's comment has more of it.
func TestCoverage(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const trials, models, families, rho = 150, 40, 10, .6
	held := [2]int{}
	table := Table{Scores: [][]float64{make([]float64, models), make([]float64, models)}}
	for m := range models {
		table.Models, table.Families = append(table.Models, fmt.Sprint(m)), append(table.Families, fmt.Sprint(m%families))
	}
	for range trials {
		var shared [2][families]float64
		for f := range families {
			shared[0][f], shared[1][f] = rng.NormFloat64(), rng.NormFloat64()
		}
		for m := range models {
			a := .8*shared[0][m%families] + .6*rng.NormFloat64()
			b := .8*shared[1][m%families] + .6*rng.NormFloat64()
			table.Scores[0][m], table.Scores[1][m] = a, rho*a+math.Sqrt(1-rho*rho)*b
		}
		r := New(table)
		r.Bootstrap([]int{0, 1})
		for k, i := range []Interval{r.Pair(0, 1).R.Models, r.Pair(0, 1).R.Families} {
			if !i.Excludes(rho) {
				held[k]++
			}
		}
	}
	if m, f := float64(held[0])/trials, float64(held[1])/trials; f < .9 || m > .85 {
		t.Errorf("families resampled, %.0f %% of intervals hold the truth; models resampled, %.0f %%", 100*f, 100*m)
	}
}

func TestUndefined(t *testing.T) {
	nan := math.NaN()
	constant, few, line := make([]float64, 20), make([]float64, 20), make([]float64, 20)
	var models []string
	for m := range 20 {
		models = append(models, fmt.Sprint(m))
		constant[m], few[m], line[m] = 3, nan, float64(m)
		if m < MinModels-1 {
			few[m] = float64(m)
		}
	}
	r := New(Table{Models: models, Scores: [][]float64{constant, few, line, line}})
	r.Bootstrap([]int{0, 1, 2, 3})
	for _, p := range []Pair{r.Pair(0, 2), r.Pair(1, 2)} {
		if !math.IsNaN(p.R.Value) || !math.IsNaN(p.Rho) || p.R.Models.OK() || !math.IsNaN(p.R.P) {
			t.Errorf("no relation, and yet %+v", p)
		}
	}
	if p := r.Pair(2, 3); p.R.Value != 1 || p.Rho != 1 || p.R.Models.Low < .999 || !p.R.Models.OK() {
		t.Errorf("of a benchmark with itself: %+v", p)
	}
	for _, e := range []Estimate{r.Pearson(r.Common(1, 2), 1, 2), r.Spearman(r.Common(1, 2), 1, 2)} {
		if !math.IsNaN(e.Value) || e.Models.OK() {
			t.Errorf("of too few models: %+v", e)
		}
	}
	if b := r.Bend(2, 3); !math.IsNaN(b.At.Value) {
		t.Errorf("a straight line is bent at %v", b.At.Value)
	}
	New(Table{}).Bootstrap(nil)
	New(Table{Models: models, Scores: [][]float64{line}}).Bootstrap([]int{0})
}

func TestReliability(t *testing.T) {
	nan := math.NaN()
	scores := []float64{1, 2, 3, 4, 5, 6, 7, 8, nan, 100}
	se := []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, nan}
	if got := Reliability(scores, se); !near(got, 1-1/6., 1e-12) { // the variance of 1..8 is 6
		t.Errorf("reliability %v", got)
	}
	if got := Reliability(scores[:7], se[:7]); !math.IsNaN(got) {
		t.Errorf("reliability of seven models %v", got)
	}
	if got := Disattenuate(.3, .5, .32); !near(got, .75, 1e-12) {
		t.Errorf("corrected r %v", got)
	}
	for _, rel := range []float64{.29, nan, -1} {
		if got := Disattenuate(.3, .9, rel); !math.IsNaN(got) {
			t.Errorf("with a reliability of %v r is corrected to %v", rel, got)
		}
	}
}

func TestFalseDiscoveries(t *testing.T) {
	g := readGolden(t)
	p := slices.Insert(slices.Clone(g.P), 3, math.NaN())
	want := slices.Insert(slices.Clone(g.Q), 3, math.NaN())
	for i, q := range FalseDiscoveries(p) {
		if !near(q, want[i], 1e-14) {
			t.Errorf("p %v becomes %v; NumPy has %v", p[i], q, want[i])
		}
	}
}

func TestLine(t *testing.T) {
	g := readGolden(t).Line
	l := FitLine(g.X, g.Y)
	if !near(l.Slope, g.Slope, 1e-12) || !near(l.Intercept, g.Intercept, 1e-12) {
		t.Errorf("line %v + %v x; SciPy has %v + %v x", l.Intercept, l.Slope, g.Intercept, g.Slope)
	}
	for k, x := range g.At {
		if got := l.Band(x); !near(got.Low, g.Low[k], 1e-9) || !near(got.High, g.High[k], 1e-9) {
			t.Errorf("band at %v: %v; SciPy has %v to %v", x, got, g.Low[k], g.High[k])
		}
	}
	if l := FitLine([]float64{1, 1, 1}, []float64{1, 2, 3}); !math.IsNaN(l.Slope) || l.Band(1).OK() {
		t.Errorf("a line through one x: %+v", l)
	}
}

func TestOrder(t *testing.T) {
	for _, g := range readGolden(t).Orders {
		got := Order(g.R)
		length := 0.0
		for i := 1; i < len(got); i++ {
			length += 1 - g.R[got[i-1]][got[i]]
		}
		if back := slices.Clone(g.Order); !near(length, g.Length, 1e-9) {
			t.Errorf("order %v of length %v; trying all, %v of %v", got, length, g.Order, g.Length)
		} else if slices.Reverse(back); !slices.Equal(got, g.Order) && !slices.Equal(got, back) {
			t.Errorf("order %v; trying all, %v", got, g.Order)
		}
	}
	nan := math.NaN()
	r := [][]float64{{1, nan, .9, .1}, {nan, 1, nan, .8}, {.9, nan, 1, nan}, {.1, .8, nan, 1}}
	if got := Order(r); !slices.Equal(got, []int{1, 3, 0, 2}) {
		t.Errorf("with gaps: %v", got)
	}
	for n := range 3 {
		flat := make([][]float64, n)
		for i := range flat {
			flat[i] = make([]float64, n)
		}
		if got := Order(flat); len(got) != n {
			t.Errorf("of %d: %v", n, got)
		}
	}
}

func TestBend(t *testing.T) {
	g := readGolden(t).Bend
	table := Table{Scores: [][]float64{g.X, g.Y, make([]float64, len(g.X))}}
	rng := rand.New(rand.NewPCG(5, 6))
	for m := range g.X {
		table.Models = append(table.Models, fmt.Sprint(m))
		table.Families = append(table.Families, fmt.Sprint(m%12))
		table.Scores[2][m] = 2*g.X[m] + .1*rng.NormFloat64()
	}
	r := New(table)
	b := r.Bend(0, 1)
	if !near(b.At.Value, g.At, 1e-12) || !near(b.Below.Value, g.Below, 1e-9) || !near(b.Above.Value, g.Above, 1e-9) || !near(b.Height, g.Height, 1e-9) {
		t.Errorf("bend %+v; NumPy has %+v", b, g)
	}
	if b.At.Models.Excludes(.6) || b.Above.Models.Excludes(0) || b.Below.Families.Excludes(2) || b.P > .002 || b.Left+b.Right != 60 {
		t.Errorf("the truth is a bend at .6 from a slope of 2 to 0; %+v", b)
	}
	given := r.BendAt(0, 1, g.At)
	if !near(given.Below.Value, g.Below, 1e-9) || !near(given.Above.Value, g.Above, 1e-9) || given.At.Models.OK() || !math.IsNaN(given.P) ||
		!near(given.Change.Value, g.Above-g.Below, 1e-9) || !given.Change.Families.Excludes(0) || given.Change.Families.Excludes(-2) {
		t.Errorf("the bend at the place that fits best: %+v", given)
	}
	if b := r.BendAt(0, 1, 9); !math.IsNaN(b.Below.Value) {
		t.Errorf("a bend beyond all points: %+v", b)
	}
	if straight := r.Bend(0, 2); straight.P < .05 {
		t.Errorf("a straight line with noise is bent, p = %v", straight.P)
	}
}

// A board of 60 nodes and 600 models: points, then 1000 draws of models and 1000
// of families, for 1770 pairs.
func BenchmarkMatrix(b *testing.B) {
	defer blas64.Use(blas64.Implementation())
	simdblas.Use() // as bsgen does
	for _, missing := range []float64{0, .2} {
		b.Run(fmt.Sprintf("60x600,missing=%v", missing), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(8, 9))
			table := Table{}
			var all []int
			for i := range 60 {
				all = append(all, i)
				table.Scores = append(table.Scores, make([]float64, 600))
			}
			for m := range 600 {
				table.Models, table.Families = append(table.Models, fmt.Sprint(m)), append(table.Families, fmt.Sprint(m%80))
				shared := rng.NormFloat64()
				for i := range all {
					table.Scores[i][m] = shared + rng.NormFloat64()
					if rng.Float64() < missing {
						table.Scores[i][m] = math.NaN()
					}
				}
			}
			for b.Loop() {
				New(table).Bootstrap(all)
			}
		})
	}
}
