package stat

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// u and v are two vectors with many ties; their statistics below are SciPy 1.10.1's.
var (
	u = []float64{-3, 2, 0, -8, -8, -4, -8, -4, 7, -5, 7, 7, -1, 3, 5, 4, 2, 0, 5, -8, 0, 1, -6, -4, -2, -1, 5, -1, 3, 1, -7, -2, 0, 6, 5, 2, 6, 7, -5, 6, -7, 0, 0, -8, 7, 0, -7, 4, -6, 3}
	v = []float64{.5, -4, -8, -1, -11, -1, -7, -3, 7.5, -5.5, 6.5, 9.5, -7.5, -4.5, -2.5, 5, -1, -6, -3.5, -6, -4, .5, -2, -8, 5, 2.5, -3.5, .5, 5.5, 2.5, -4.5, 0, 1, 9, 1.5, 0, 1, 1.5, -1.5, -1, -.5, -2, -8, -12, .5, 0, 1.5, -3, -2, 2.5}
)

var nan = math.NaN()

// near reports whether got is want up to tol, NaN being equal to itself.
func near(got, want, tol float64) bool {
	return math.IsNaN(got) && math.IsNaN(want) || got == want || math.Abs(got-want) <= tol
}

func TestRanks(t *testing.T) {
	for _, c := range []struct {
		name    string
		x, want []float64
	}{
		{"none", nil, nil},
		{"one", []float64{7}, []float64{1}},
		{"descending", []float64{3, 2, 1}, []float64{3, 2, 1}},
		{"all equal", []float64{5, 5, 5, 5}, []float64{2.5, 2.5, 2.5, 2.5}},
		{"zeros of both signs are equal", []float64{0, math.Copysign(0, -1), -1}, []float64{2.5, 2.5, 1}},
		{"infinities", []float64{math.Inf(1), 0, math.Inf(-1), math.Inf(1)}, []float64{3.5, 2, 1, 3.5}},
		// scipy.stats.rankdata([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5])
		{"ties", []float64{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5}, []float64{4.5, 1.5, 6, 1.5, 8, 11, 3, 10, 8, 4.5, 8}},
		// scipy.stats.rankdata(u)
		{"u", u, []float64{16, 32, 25, 3, 3, 14, 3, 14, 48, 11.5, 48, 48, 20, 35, 40.5, 37.5, 32, 25, 40.5, 3, 25, 29.5, 9.5, 14, 17.5, 20, 40.5, 20, 35, 29.5, 7, 17.5, 25, 44, 40.5, 32, 44, 48, 11.5, 44, 7, 25, 25, 3, 48, 25, 7, 37.5, 9.5, 35}},
	} {
		if got := Ranks(nil, c.x); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	dst := make([]float64, 2)
	if got := Ranks(dst, []float64{2, 1}); &got[0] != &dst[0] || dst[0] != 2 {
		t.Error("the ranks are not in the slice that was given")
	}
}

func TestOrderKeepsTies(t *testing.T) {
	if got := Order([]float64{2, 1, 2, 1, 0}); !slices.Equal(got, []int{4, 1, 3, 0, 2}) {
		t.Errorf("%v", got)
	}
}

func TestCorrelations(t *testing.T) {
	a := []float64{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5}
	b := []float64{2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4}
	// Eighths near 1e9 are exact in float64, so nothing but the arithmetic can lose them.
	near1e9 := func(x []float64) []float64 {
		out := make([]float64, len(x))
		for i := range x {
			out[i] = 1e9 + x[i]/8
		}
		return out
	}
	c, d := []float64{0, 1, 2, 3, 4, 5, 6, 7}, []float64{1, 0, 3, 2, 5, 4, 7, 7}
	for _, k := range []struct {
		name              string
		x, y              []float64
		pearson, spearman float64 // scipy.stats.pearsonr, spearmanr
	}{
		{"u and v", u, v, .5374604160552957, .5000493559193308},
		{"ties", a, b, .09422924859889797, .1384567651467695},
		{"offset of 1e9", near1e9(c), near1e9(d), .9254843048684035, .9221722216732094},
		{"itself", a, a, 1, 1},
		{"reversed", []float64{1, 2, 3}, []float64{3, 2, 1}, -1, -1},
		{"monotonic", []float64{1, 2, 3, 4}, []float64{1, 4, 9, 100}, .8159778353068634, 1},
		{"two values", []float64{1, 2}, []float64{5, 3}, -1, -1},
		{"no values", nil, nil, nan, nan},
		{"one value", []float64{1}, []float64{2}, nan, nan},
		{"NaN", []float64{1, 2, nan}, []float64{1, 2, 3}, nan, nan},
		{"NaN in the second", []float64{1, 2, 3}, []float64{nan, 2, 3}, nan, nan},
		{"constant", []float64{2, 2, 2}, []float64{1, 2, 3}, nan, nan},
	} {
		for _, m := range []struct {
			name string
			f    func(x, y []float64) float64
			want float64
		}{{"Pearson", Pearson, k.pearson}, {"Spearman", Spearman, k.spearman}} {
			if got := m.f(k.x, k.y); !near(got, m.want, 1e-14) {
				t.Errorf("%s, %s: %.17g, want %.17g", m.name, k.name, got, m.want)
			}
			if got := m.f(k.y, k.x); !near(got, m.want, 1e-14) {
				t.Errorf("%s, %s, exchanged: %.17g, want %.17g", m.name, k.name, got, m.want)
			}
		}
	}
}

// TestConstantHasNoCorrelation: the mean of n times .1 is often not .1, so the
// computed variance of a constant is not 0.
func TestConstantHasNoCorrelation(t *testing.T) {
	for n := 2; n < 40; n++ {
		x, y, w := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range x {
			x[i], y[i], w[i] = .1, float64(i*i)*.37, float64(i%3)
		}
		for name, r := range map[string]float64{
			"Pearson": Pearson(x, y), "exchanged": Pearson(y, x),
			"weighted": WeightedPearson(x, y, w), "weighted, exchanged": WeightedPearson(y, x, w),
		} {
			if !math.IsNaN(r) {
				t.Errorf("%s, %d equal values: %v, want NaN", name, n, r)
			}
		}
	}
	// Only a value of weight 0 differs.
	if r := WeightedPearson([]float64{.1, .1, .1, 2}, []float64{1, 2, 4, 8}, []float64{1, 1, 1, 0}); !math.IsNaN(r) {
		t.Errorf("constant where the weight is not 0: %v, want NaN", r)
	}
}

func TestCorrelationStaysInRange(t *testing.T) {
	for n := 2; n < 200; n++ {
		x, y := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i] = math.Sqrt(float64(i + 1))
			y[i] = -x[i] / 3
		}
		if r := Pearson(x, x); r > 1 || r < 1-1e-15 {
			t.Errorf("%d values with themselves: %.17g", n, r)
		}
		if r := Pearson(x, y); r < -1 || r > -1+1e-14 {
			t.Errorf("%d values with their negative: %.17g", n, r)
		}
	}
}

func TestMoments(t *testing.T) {
	a := []float64{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"mean", Mean(a), 4},
		{"mean of u", Mean(u), -.14},
		{"mean of none", Mean(nil), nan},
		{"mean with a NaN", Mean([]float64{1, nan}), nan},
		{"std", Std(a), 2.256304299271065},      // numpy.std(a)
		{"std of u", Std(u), 4.862139446786775}, // numpy.std(u)
		{"std of one", Std([]float64{3}), 0},    // as numpy.std
		{"std of none", Std(nil), nan},
		{"sample std", SampleStd(a), 2.3664319132398464}, // numpy.std(a, ddof=1)
		{"sample std of one", SampleStd([]float64{3}), nan},
		{"Spearman-Brown of -.3", SpearmanBrown(-.3), -.8571428571428572},
		{"Spearman-Brown of 0", SpearmanBrown(0), 0},
		{"Spearman-Brown of .25", SpearmanBrown(.25), .4},
		{"Spearman-Brown of .81", SpearmanBrown(.81), .8950276243093923},
		{"Spearman-Brown of 1", SpearmanBrown(1), 1},
	} {
		if !near(c.got, c.want, 1e-14) {
			t.Errorf("%s: %.17g, want %.17g", c.name, c.got, c.want)
		}
	}
	if want := []float64{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5}; !slices.Equal(a, want) {
		t.Errorf("the values were reordered: %v", a)
	}
	kept, dropped := Finite([]float64{nan, 1, math.Inf(1), nan, math.Inf(-1), 0})
	if !slices.Equal(kept, []float64{1, 0}) || dropped != 4 {
		t.Errorf("kept %v, dropped %d", kept, dropped)
	}
}

func TestQuantile(t *testing.T) {
	x := []float64{-3.5, -1, 0, .25, .5, 2, 7, 1000}
	for _, c := range []struct{ q, want float64 }{ // numpy.quantile(x, q)
		{0, -3.5}, {.025, -3.0625}, {.1, -1.75}, {.25, -.25}, {.5, .375}, {.6, .8}, {.975, 826.225}, {1, 1000},
	} {
		if got := Quantile(x, c.q); !near(got, c.want, 1e-12) {
			t.Errorf("%v: %.17g, want %.17g", c.q, got, c.want)
		}
	}
	if got := Quantile([]float64{4}, .3); got != 4 {
		t.Errorf("of one value: %v", got)
	}
	if got := Quantile(nil, .5); !math.IsNaN(got) {
		t.Errorf("of none: %v", got)
	}
}

func ExampleSpearman() {
	surprisal := []float64{2, 7, 4, 4}
	milliseconds := []float64{300, 900, 310, 320}
	fmt.Printf("%.3f\n", Spearman(surprisal, milliseconds))
	// Output: 0.949
}
