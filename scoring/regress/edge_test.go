package regress

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/scoring/split"
)

// edgeCases are problems off the main road, each with the edit that makes it
// so and the splits; the reference results, made by testdata/edge.py, are from
// scikit-learn 1.2.1: PLSRegression(components, scale=False), Ridge(1.0),
// RidgeCV(the 99 values), LinearRegression(), and for one-to-one the feature
// of np.nanargmax over scipy.stats.pearsonr.
var edgeCases = map[string]struct {
	edit   func(n int, x, y []float64)
	splits func(n int) []split.Split
}{
	"one target": {},
	"constant first target, duplicated feature": {edit: func(n int, x, y []float64) {
		for i := range n {
			y[i*6] = 3
			x[i*24+5] = x[i*24+2]
		}
	}},
	"constant features": {edit: func(n int, x, _ []float64) {
		for i := range n {
			x[i*20+4], x[i*20+9] = 7, 0
		}
	}},
	"constant neuroid": {edit: func(n int, _, y []float64) {
		for i := range n {
			y[i*4+2] = 5
		}
	}},
	"few stimuli": {}, // 15 for training, 25 components
	"shuffle splits": {splits: func(n int) []split.Split { // ShuffleSplit(4, train_size=.9, random_state=1)
		s, _ := split.Shuffle{Splits: 4, TrainSize: 0.9, Seed: 1}.Split(n)
		return s
	}},
	"small training sets": {splits: func(n int) []split.Split { // ShuffleSplit(3, train_size=.4, random_state=1)
		s, _ := split.Shuffle{Splits: 3, TrainSize: 0.4, Seed: 1}.Split(n)
		return s
	}},
	"many targets, many features": {splits: fourFolds},
	"many targets, few features":  {splits: fourFolds},
}

func fourFolds(n int) []split.Split { // KFold(4)
	s, _ := split.KFold(n, 4, nil)
	return s
}

// nullable reads null as NaN.
type nullable float64

func (v *nullable) UnmarshalJSON(b []byte) error {
	f := math.NaN()
	if string(b) != "null" {
		if err := json.Unmarshal(b, &f); err != nil {
			return err
		}
	}
	*v = nullable(f)
	return nil
}

func TestEdgeCases(t *testing.T) {
	var golden struct {
		Cases map[string]struct {
			Seed       uint64
			N, P, Q, K int
			Components int `json:"n_components"`
			Folds      map[string][]struct {
				R         []nullable // of the first eight targets
				Steps     []int      `json:"n_iter"`
				Alpha     float64
				BestScore float64 `json:"best_score"`
			}
		}
	}
	b, err := os.ReadFile("testdata/edge.json")
	if err == nil {
		err = json.Unmarshal(b, &golden)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(golden.Cases) != len(edgeCases) {
		t.Fatalf("%d reference cases for %d", len(golden.Cases), len(edgeCases))
	}
	for name, c := range edgeCases {
		g := golden.Cases[name]
		x, y := problem(g.Seed, g.N, g.P, g.Q, g.K)
		if c.edit != nil {
			c.edit(g.N, x, y)
		}
		splits := sixths(g.N)
		if c.splits != nil {
			splits = c.splits(g.N)
		}
		plan, err := NewPlan(context.Background(), Float64(g.N, g.P, x), splits, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for method, m := range map[string]Method{
			"pls": PLS{Components: g.Components}, "ridge": Ridge{Alpha: 1}, "ridgecv": RidgeCV{}, "linear": Linear{}, "onetoone": OneToOne{},
		} {
			t.Run(name+"/"+method, func(t *testing.T) {
				fit, err := plan.Fit(context.Background(), m, Float64(g.N, g.Q, y))
				if err != nil {
					t.Fatal(err)
				}
				if len(g.Folds[method]) != len(splits) {
					t.Fatalf("%d reference folds for %d splits", len(g.Folds[method]), len(splits))
				}
				for i, want := range g.Folds[method] {
					got := fit.Folds[i]
					r := make([]float64, len(want.R))
					for j, v := range want.R {
						r[j] = float64(v)
					}
					checkClose(t, "r", got.R[:len(r)], r)
					if method == "pls" && !slices.Equal(got.Iterations, want.Steps) {
						t.Errorf("split %d: steps %v, want %v", i, got.Iterations, want.Steps)
					}
					if method == "ridgecv" && (got.Alpha != want.Alpha || math.Abs(got.Loss+want.BestScore) > tolerance) {
						t.Errorf("split %d: alpha %v, loss %v, want %v, %v", i, got.Alpha, got.Loss, want.Alpha, -want.BestScore)
					}
				}
			})
		}
	}
}

// TestPredictions correlates the pairs that Each gives, which must be R, and
// checks the fixed split against the same split among others.
func TestPredictions(t *testing.T) {
	x, y := problem(3, 60, 20, 300, 8)
	splits, err := split.Default.Split(60)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	all, err := NewPlan(ctx, Float64(60, 20, x), splits, Options{})
	if err != nil {
		t.Fatal(err)
	}
	one, err := NewPlan(ctx, Float64(60, 20, x), splits[3:4], Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []Method{PLS{Components: 5}, Ridge{Alpha: 1}, RidgeCV{}, Linear{}, OneToOne{}} {
		fit, err := all.Fit(ctx, m, Float64(60, 300, y))
		if err != nil {
			t.Fatal(err)
		}
		err = fit.Each(ctx, func(lo int, folds []Pairs) error {
			for i, p := range folds {
				r := make([]float64, p.Observed.Cols)
				pearson(r, p.Predicted, p.Observed)
				if !slices.Equal(r, fit.Folds[i].R[lo:lo+len(r)]) {
					t.Errorf("%T: split %d: pairs from target %d do not give R", m, i, lo)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		fixed, err := one.Fit(ctx, m, Float64(60, 300, y))
		if err != nil {
			t.Fatal(err)
		}
		checkClose(t, "fixed split", fixed.Folds[0].R, fit.Folds[3].R)
	}
}

// TestFloat32 holds the same numbers in both types; they are small integers
// over a power of two.
func TestFloat32(t *testing.T) {
	x, y := problem(1, 40, 60, 5, 5)
	narrow := make([]float32, len(x))
	for i, v := range x {
		narrow[i] = float32(v)
	}
	fit := func(m Matrix) []float64 {
		plan, err := NewPlan(context.Background(), m, sixths(40), Options{})
		if err != nil {
			t.Fatal(err)
		}
		f, err := plan.Fit(context.Background(), PLS{Components: 5}, Float64(40, 5, y))
		if err != nil {
			t.Fatal(err)
		}
		return f.Folds[0].R
	}
	if a, b := fit(Float64(40, 60, x)), fit(Float32(40, 60, narrow)); !slices.Equal(a, b) {
		t.Errorf("r of float32 activations %v, of float64 %v", b, a)
	}
}

// TestDeterministic asks for identical bits from one and from several
// goroutines, over shapes that take every path.
func TestDeterministic(t *testing.T) {
	for _, shape := range [][3]int{{300, 40, 30}, {90, 400, 300}, {250, 20, 700}} {
		n, p, q := shape[0], shape[1], shape[2]
		x, y := problem(5, n, p, q, 10)
		splits, err := split.Shuffle{Splits: 3, TrainSize: 0.9, Seed: 1}.Split(n)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []Method{PLS{Components: 6}, PLS{Components: 3, Converged: true}, Ridge{Alpha: 1}, RidgeCV{}, Linear{}, OneToOne{}} {
			var first [][]float64
			for _, procs := range []int{1, 2, 5} {
				before := runtime.GOMAXPROCS(procs)
				plan, err := NewPlan(context.Background(), Float64(n, p, x), splits, Options{})
				var fit *Fit
				if err == nil {
					fit, err = plan.Fit(context.Background(), m, Float64(n, q, y))
				}
				runtime.GOMAXPROCS(before)
				if err != nil {
					t.Fatal(err)
				}
				var r [][]float64
				for _, f := range fit.Folds {
					r = append(r, f.R)
				}
				if first == nil {
					first = r
				} else if !reflect.DeepEqual(r, first) {
					t.Errorf("%v %#v: GOMAXPROCS=%d changes the result", shape, m, procs)
				}
			}
		}
	}
}

func TestErrors(t *testing.T) {
	x, y := problem(1, 30, 12, 4, 5)
	ctx := context.Background()
	with := func(v []float64, i int, to float64) []float64 {
		c := slices.Clone(v)
		c[i] = to
		return c
	}
	times := func(v []float64, by float64) []float64 {
		c := slices.Clone(v)
		for i := range c {
			c[i] *= by
		}
		return c
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	for _, c := range []struct {
		name   string
		ctx    context.Context
		x, y   []float64
		splits []split.Split
		method Method
		want   string
	}{
		{"more components than features", ctx, x, y, sixths(30), PLS{Components: 13}, "13 components asked for, possible are 1 to 12"},
		{"no components", ctx, x, y, sixths(30), PLS{}, "0 components"},
		{"alpha 0", ctx, x, y, sixths(30), Ridge{}, "alpha is 0, must be positive"},
		{"alpha NaN", ctx, x, y, sixths(30), RidgeCV{Alphas: []float64{1, math.NaN()}}, "alpha 1 is NaN"},
		{"no alphas", ctx, x, y, sixths(30), RidgeCV{Alphas: []float64{}}, "no alphas"},
		{"NaN activation", ctx, with(x, 7*12+5, math.NaN()), y, sixths(30), Linear{}, "activations: row 7, column 5 is NaN"},
		{"infinite response", ctx, x, with(y, 9*4+3, math.Inf(-1)), sixths(30), Linear{}, "responses: row 9, column 3 is -Inf"},
		{"huge activation", ctx, with(x, 7*12+5, -1e200), y, sixths(30), Ridge{Alpha: 1}, "activations: row 7, column 5 is -1e+200: too large"},
		{"huge response", ctx, x, with(y, 9*4+3, 1e151), sixths(30), Ridge{Alpha: 1}, "responses: row 9, column 3 is 1e+151: too large"},
		{"tiny activations", ctx, times(x, 1e-155), y, sixths(30), Linear{}, "activations: no number exceeds"},
		{"no splits", ctx, x, y, nil, Linear{}, "no splits"},
		{"index out of range", ctx, x, y, []split.Split{{Train: []int{0, 1}, Test: []int{30}}}, Linear{}, "split 0: stimulus index 30"},
		{"overlap", ctx, x, y, []split.Split{{Train: []int{0, 1}, Test: []int{1}}}, Linear{}, "stimulus 1 occurs twice"},
		{"no test stimuli", ctx, x, y, []split.Split{{Train: []int{0, 1}}}, Linear{}, "2 training and 0 test"},
		{"cancelled", cancelled, x, y, sixths(30), Linear{}, context.Canceled.Error()},
	} {
		plan, err := NewPlan(c.ctx, Float64(30, 12, c.x), c.splits, Options{})
		if err == nil {
			_, err = plan.Fit(c.ctx, c.method, Float64(30, 4, c.y))
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one containing %q", c.name, err, c.want)
		}
	}
}

// TestCancelled ends the context inside each method: reads of the responses
// trip it.
func TestCancelled(t *testing.T) {
	x, y := problem(1, 60, 20, 4, 5)
	for _, m := range []Method{PLS{Components: 5}, Ridge{Alpha: 1}, RidgeCV{}, Linear{}, OneToOne{}} {
		ctx, cancel := context.WithCancel(context.Background())
		plan, err := NewPlan(ctx, Float64(60, 20, x), sixths(60), Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = plan.Fit(ctx, m, tripwire{Float64(60, 4, y), cancel})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%T: error %v, want %v", m, err, context.Canceled)
		}
	}
}

type tripwire struct {
	Matrix
	cancel func()
}

func (w tripwire) Row(dst []float64, i, lo int) {
	w.cancel()
	w.Matrix.Row(dst, i, lo)
}

// TestDegenerate has nothing to fit, in every way; correlations are NaN where
// nothing varies and numbers elsewhere.
func TestDegenerate(t *testing.T) {
	constant := func(n int) []float64 { return make([]float64, n) }
	varied := func(n int) []float64 {
		s := lcg(n)
		v := make([]float64, n)
		for i := range v {
			v[i] = float64(s.draw())
		}
		return v
	}
	for _, c := range []struct {
		name    string
		n, p, q int
		x, y    func(n int) []float64
		train   int
		nan     bool
	}{
		{"constant responses", 20, 8, 3, varied, constant, 15, true},
		{"constant responses, many", 20, 30, 40, varied, constant, 15, true},
		{"constant activations", 20, 8, 3, constant, varied, 15, true},
		{"constant activations, many", 20, 30, 40, constant, varied, 15, true},
		{"one feature, one target", 20, 1, 1, varied, varied, 15, false},
		{"one feature, many targets", 20, 1, 30, varied, varied, 15, false},
		{"two training stimuli", 20, 5, 4, varied, varied, 2, false},
		{"two training stimuli, many features", 20, 50, 40, varied, varied, 2, false},
		{"one test stimulus", 20, 5, 4, varied, varied, 19, true},
	} {
		s := split.Split{}
		for i := range c.n {
			if i < c.train {
				s.Train = append(s.Train, i)
			} else {
				s.Test = append(s.Test, i)
			}
		}
		plan, err := NewPlan(context.Background(), Float64(c.n, c.p, c.x(c.n*c.p)), []split.Split{s}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []Method{PLS{Components: 1}, PLS{Components: 1, Converged: true}, Ridge{Alpha: 1}, Ridge{Alpha: 1e-30}, RidgeCV{}, Linear{}, OneToOne{}} {
			fit, err := plan.Fit(context.Background(), m, Float64(c.n, c.q, c.y(c.n*c.q)))
			if err != nil {
				t.Errorf("%s: %#v: %v", c.name, m, err)
				continue
			}
			for j, r := range fit.Folds[0].R {
				if math.IsNaN(r) != c.nan {
					t.Errorf("%s: %#v: r of target %d is %v", c.name, m, j, r)
					break
				}
			}
		}
	}
}
