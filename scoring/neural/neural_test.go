package neural

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/scoring/regress"
	"github.com/bsgen/bsgen/scoring/split"
)

// lcg gives integers from -1024 to 1023, the same in every language.
type lcg uint64

func (s *lcg) draw() int64 {
	*s = *s*6364136223846793005 + 1442695040888963407
	return int64(*s>>53) - 1024
}

// problem returns X, n x p, and Y, n x q, a noisy linear function of the first
// k features, in exactly representable numbers. The references below were
// computed by NumPy 1.24.2, SciPy 1.10.1 and scikit-learn 1.2.1 on the same.
func problem(seed uint64, n, p, q, k int) (x, y []float64) {
	s := lcg(seed)
	xi := make([]int64, n*p)
	for i := range xi {
		xi[i] = s.draw()
	}
	wi := make([]int64, k*q)
	for i := range wi {
		wi[i] = s.draw() >> 4
	}
	x, y = make([]float64, n*p), make([]float64, n*q)
	for i := range xi {
		x[i] = float64(xi[i]) / float64(int64(1)<<(10+i%p/8))
	}
	for i := range y {
		sum := 64 * s.draw()
		for a := range k {
			sum += xi[i/q*p+a] * wi[a*q+i%q]
		}
		y[i] = float64(sum)/(1<<16) + float64(i%q%3)
	}
	return x, y
}

// TestWholeMatrices has n = 60, 40 features, 7 neuroids.
func TestWholeMatrices(t *testing.T) {
	x, y := problem(11, 60, 40, 7, 5)
	subsets, err := split.Shuffle{Splits: 10, TestSize: 0.9, Seed: 1}.Split(60) // ShuffleSplit(10, test_size=.9, random_state=1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		metric string
		splits []split.Split
		want   float64
	}{
		// spearmanr of the upper triangles of 1 - np.corrcoef
		{"rdm", nil, 0.3194004831427021},
		{"rdm_cv", subsets, 0.31719348744435705},
		// HSIC_1 of Song et al. on X @ X.T and Y @ Y.T
		{"cka", nil, 0.42219134412954684},
		{"cka_cv", subsets, 0.4169126769419247},
		// (HKH * HLH).sum() over the root of the same with itself
		{"cka_biased", nil, 0.48400473975332553},
	} {
		s := score(t, c.metric, regress.Float64(60, 40, x), regress.Float64(60, 7, y), c.splits)
		if !near(s.Value, c.want) {
			t.Errorf("%s = %v, want %v", c.metric, s.Value, c.want)
		}
		if self := score(t, c.metric, regress.Float64(60, 40, x), regress.Float64(60, 40, x), c.splits); !near(self.Value, 1) {
			t.Errorf("%s of the model with itself = %v", c.metric, self.Value)
		}
	}
	s := score(t, "rdm_cv", regress.Float64(60, 40, x), regress.Float64(60, 7, y), subsets)
	if want := 0.008398568361611413; !near(s.SplitError, want) { // np.std(scores)/sqrt(10)
		t.Errorf("rdm_cv error %v, want %v", s.SplitError, want)
	}
	if !math.IsNaN(s.CorrectedError) {
		t.Errorf("rdm_cv has a corrected error, %v, but fits nothing", s.CorrectedError)
	}
}

// TestUnrelated: unbiased CKA of unrelated data is near zero however many
// features there are; the plug-in estimate is not.
func TestUnrelated(t *testing.T) {
	x, z := make([]float64, 100*1000), make([]float64, 100*1000)
	g := lcg(31)
	for i := range x {
		x[i], z[i] = float64(g.draw()), float64(g.draw())
	}
	a, b := regress.Float64(100, 1000, x), regress.Float64(100, 1000, z)
	if v := score(t, "cka", a, b, nil).Value; math.Abs(v) > 0.1 {
		t.Errorf("cka of unrelated data %v", v)
	}
	if v := score(t, "cka_biased", a, b, nil).Value; v < 0.8 {
		t.Errorf("cka_biased of unrelated data %v", v)
	}
}

func TestConstantPattern(t *testing.T) {
	x, y := problem(11, 20, 10, 7, 5)
	clear(x[30:40])
	if v := score(t, "rdm", regress.Float64(20, 10, x), regress.Float64(20, 7, y), nil).Value; !math.IsNaN(v) {
		t.Errorf("rdm with a stimulus without pattern = %v, want NaN", v)
	}
}

// TestConstantActivations: what does not vary is neither like nor unlike anything.
func TestConstantActivations(t *testing.T) {
	x, y := problem(11, 20, 10, 7, 5)
	same := make([]float64, len(x))
	oneDiffers := make([]float64, len(x))
	for i := range same {
		same[i] = .1 * float64(1+i%10) // whose means over 20 stimuli round
		oneDiffers[i] = same[i]
	}
	oneDiffers[3] = 5
	splits := []split.Split{{Test: []int{1, 2, 3, 4, 5, 6, 7, 8, 9}}, {Test: []int{0, 1, 2, 3, 4, 5, 6}}}
	brain := regress.Float64(20, 7, y)
	for _, name := range []string{"cka", "cka_biased", "cka_cv"} {
		for _, pair := range [][2]regress.Matrix{{regress.Float64(20, 10, same), brain}, {brain, regress.Float64(20, 10, same)}} {
			if v := score(t, name, pair[0], pair[1], splits).Value; !math.IsNaN(v) {
				t.Errorf("%s of constant activations = %v, want NaN", name, v)
			}
		}
	}
	s := score(t, "cka_cv", regress.Float64(20, 10, oneDiffers), brain, splits)
	if !math.IsNaN(s.Splits[0]) || math.IsNaN(s.Splits[1]) {
		t.Errorf("cka_cv over a subset that is constant and one that is not: %v", s.Splits)
	}
}

// TestFewUnits: the message says which side is too small.
func TestFewUnits(t *testing.T) {
	x, y := problem(11, 60, 10, 7, 5)
	splits, err := split.Default.Split(60)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"pls":         "the model has 10 units; PLS with 25 components needs at least 25",
		"reverse_pls": "there are 7 neuroids to predict from; PLS with 25 components needs at least 25",
	} {
		_, err := metrics[name].Score(t.Context(), regress.Float64(60, 10, x), regress.Float64(60, 7, y), splits)
		if err == nil || err.Error() != want {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
}

// TestLanguage scales responses down to where the softening of the norms
// counts and makes one voxel constant: median over voxels of
// (p*t).sum(0)/((|p|+1e-8)(|t|+1e-8)), mean over ShuffleSplit(10, train_size=.9,
// random_state=1), with LinearRegression() and RidgeCV(np.logspace(-3, 3, 7)).
func TestLanguage(t *testing.T) {
	x, y := problem(9, 70, 30, 6, 7)
	for i := range y {
		y[i] *= 1e-9
		if i%6 == 3 {
			y[i] = 0.5
		}
	}
	splits, err := split.Default.Split(70)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		metric                  string
		value, error, corrected float64
	}{
		{"linear_pearsonr", 0.021967558174175644, 0.0017109139006390795, 0.0026203689574486578},
		{"ridge_pearsonr", 0.021285986638952502, 0.001646233442961433, 0.0025213068927890814},
	} {
		s := score(t, c.metric, regress.Float64(70, 30, x), regress.Float64(70, 6, y), splits)
		if !near(s.Value, c.value) || !near(s.SplitError, c.error) || !near(s.CorrectedError, c.corrected) {
			t.Errorf("%s = %v ± %v (%v), want %v ± %v (%v)", c.metric, s.Value, s.SplitError, s.CorrectedError, c.value, c.error, c.corrected)
		}
		if s.Units[0][3] != 0 {
			t.Errorf("%s of a constant voxel %v, want 0", c.metric, s.Units[0][3])
		}
	}
}

// TestNames scores a model with itself, by every metric, which must be 1.
func TestNames(t *testing.T) {
	x, _ := problem(2, 50, 30, 1, 1)
	m := regress.Float64(50, 30, x)
	splits, err := split.Default.Split(50)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Names() {
		s := splits
		if strings.HasSuffix(name, "_split") {
			s = splits[:1]
		}
		got := score(t, name, m, m, s)
		// Ridge shrinks, and PLS leaves five of thirty components.
		if got.Value < 0.9 || got.Value > 1 {
			t.Errorf("%s of the model with itself = %v", name, got.Value)
		}
		if _, ok := metrics[name].(Regression); ok && len(got.Units) != len(s) {
			t.Errorf("%s: units for %d splits, want %d", name, len(got.Units), len(s))
		}
	}
	if _, err := Lookup("plss"); err == nil || !strings.Contains(err.Error(), `no metric "plss"`) {
		t.Errorf("unknown metric: error %v", err)
	}
	if _, err := metrics["pls_split"].Score(context.Background(), m, m, splits); err == nil || !strings.Contains(err.Error(), "one fixed split, not 10") {
		t.Errorf("ten splits for a fixed one: error %v", err)
	}
}

// TestSkipped: a neuroid that never varies is NaN, counted and left out.
func TestSkipped(t *testing.T) {
	x, y := problem(9, 70, 30, 5, 7)
	for i := 2; i < len(y); i += 5 {
		y[i] = 1
	}
	splits, err := split.Default.Split(70)
	if err != nil {
		t.Fatal(err)
	}
	s := score(t, "ridge", regress.Float64(70, 30, x), regress.Float64(70, 5, y), splits)
	if s.Skipped != 10 || !math.IsNaN(s.Units[4][2]) {
		t.Errorf("skipped %d, unit %v; want 10, NaN", s.Skipped, s.Units[4][2])
	}
	u := slices.DeleteFunc(slices.Clone(s.Units[0]), math.IsNaN)
	slices.Sort(u)
	if want := (u[1] + u[2]) / 2; s.Splits[0] != want {
		t.Errorf("median %v, want %v of the other four", s.Splits[0], want)
	}
}

// incomplete are repeats with gaps; neuroid 2 saw stimulus 4 once.
func incomplete() *Repeats {
	x, y := problem(21, 12, 15, 3, 5)
	r := &Repeats{Neuroids: 3, Stimuli: 12, Repetitions: 5}
	for u := range 3 {
		for s := range 12 {
			for k := range 5 {
				v := y[s*3+u] + x[s*15+(u*5+k)%15]/2
				if (s*7+k*3+u)%11 == 0 && s%3 != 0 || u == 2 && s == 4 {
					v = math.NaN()
				}
				if u == 2 && s == 4 && k == 0 {
					v = 1
				}
				r.Values = append(r.Values, v)
			}
		}
	}
	return r
}

// halfSplits divides repetitions as Brain-Score does.
func halfSplits(repetitions int) ([]split.Split, error) {
	return split.Shuffle{Splits: 10, TrainSize: 0.5, Seed: 1}.Split(repetitions)
}

// Reference: np.nanmean of the halves of ShuffleSplit(10, train_size=.5,
// random_state=1), np.corrcoef over the stimuli where both are finite,
// 2r/(1+r), np.median, np.mean; np.std/sqrt(10).
func TestInternalConsistency(t *testing.T) {
	r := incomplete()
	halves, err := halfSplits(5)
	if err != nil {
		t.Fatal(err)
	}
	s, err := InternalConsistency(context.Background(), r, halves)
	if err != nil {
		t.Fatal(err)
	}
	if !near(s.Value, 0.9889183044217456) || !near(s.SplitError, 0.0008701927748738034) {
		t.Errorf("%v ± %v, want 0.9889183044217456 ± 0.0008701927748738034", s.Value, s.SplitError)
	}
	for u, want := range []float64{0.9829992626771704, 0.9752881309431018, 0.9967752876715305} {
		if !near(s.Units[0][u], want) {
			t.Errorf("neuroid %d: %v, want %v", u, s.Units[0][u], want)
		}
	}
}

func ExampleLookup() {
	x, y := problem(1, 60, 40, 7, 5)
	model, brain := regress.Float64(60, 40, x), regress.Float64(60, 7, y)
	splits, err := split.Default.Split(60)
	if err != nil {
		panic(err)
	}
	metric, err := Lookup("pls")
	if err != nil {
		panic(err)
	}
	s, err := metric.Score(context.Background(), model, brain, splits)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.4f ± %.4f over %d splits\n", s.Value, s.SplitError, len(s.Splits))
	// Output: 0.3170 ± 0.0620 over 10 splits
}
