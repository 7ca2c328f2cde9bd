package regress

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/bsgen/bsgen/scoring/split"
)

// tolerance is the largest difference from scikit-learn that passes. Its own
// results differ by 4e-15 between BLAS kernels.
const tolerance = 1e-9

// lcg is the generator of the reference problems; draw gives integers from
// -1024 to 1023.
type lcg uint64

func (s *lcg) draw() int64 {
	*s = *s*6364136223846793005 + 1442695040888963407
	return int64(*s>>53) - 1024
}

// problem returns X, n x p, with features of decreasing size, and Y, n x q, a
// noisy linear function of the first k. Only integers and powers of two occur
// in it, so that every language computes the same bits.
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

// sixths is the split of the reference problems: every sixth stimulus is for test.
func sixths(n int) []split.Split {
	var s split.Split
	for i := range n {
		if i%6 == 5 {
			s.Test = append(s.Test, i)
		} else {
			s.Train = append(s.Train, i)
		}
	}
	return []split.Split{s}
}

func digest(v []float64) string {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	d := sha256.Sum256(b)
	return hex.EncodeToString(d[:])
}

// reference is the outcome of one scikit-learn estimator.
type reference struct {
	R         []float64
	Steps     []int `json:"n_iter"`
	Alpha     float64
	BestScore float64   `json:"best_score"`
	PredFirst []float64 `json:"pred_first"` // of the first target
	PredLast  []float64 `json:"pred_last"`  // of the last
}

// goldenProblem is a problem with what scikit-learn 1.2.1 makes of it:
// PLSRegression(n_components, scale=False), the same with tol=1e-28, Ridge(1),
// Ridge(100), RidgeCV(the 99 values), RidgeCV(logspace(-3, 3, 7)) and
// LinearRegression(), and scipy.stats.pearsonr per target on the test rows.
type goldenProblem struct {
	Seed       uint64
	N, P, Q, K int
	Components int       `json:"n_components"`
	XDigest    string    `json:"X_sha256"`
	YDigest    string    `json:"Y_sha256"`
	PLS        reference `json:"pls"`
	Converged  reference `json:"pls_converged"`
	Ridge1     reference `json:"ridge_1"`
	Ridge100   reference `json:"ridge_100"`
	RidgeCV99  reference `json:"ridgecv99"`
	RidgeCV7   reference `json:"ridgecv7"`
	Linear     reference
}

func readGolden(t *testing.T, name string) (g goldenProblem, x, y Matrix) {
	t.Helper()
	b, err := os.ReadFile("testdata/lcg_" + name + ".json")
	if err == nil {
		err = json.Unmarshal(b, &g)
	}
	if err != nil {
		t.Fatal(err)
	}
	xs, ys := problem(g.Seed, g.N, g.P, g.Q, g.K)
	if digest(xs) != g.XDigest || digest(ys) != g.YDigest {
		t.Fatalf("problem %s: the generated numbers are not those of the reference", name)
	}
	return g, Float64(g.N, g.P, xs), Float64(g.N, g.Q, ys)
}

// a: more stimuli than features, 25 components. b: more features than stimuli.
// c: more targets than stimuli.
func TestScikitLearn(t *testing.T) {
	for _, name := range []string{"a", "b", "c"} {
		g, x, y := readGolden(t, name)
		plan, err := NewPlan(context.Background(), x, sixths(g.N), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name   string
			method Method
			want   reference
		}{
			{"PLS", PLS{Components: g.Components}, g.PLS},
			{"converged PLS", PLS{Components: g.Components, Converged: true}, g.Converged},
			{"least squares", Linear{}, g.Linear},
			{"ridge 1", Ridge{Alpha: 1}, g.Ridge1},
			{"ridge 100", Ridge{Alpha: 100}, g.Ridge100},
			{"ridge of 99", RidgeCV{}, g.RidgeCV99},
			{"ridge of 7", RidgeCV{Alphas: []float64{1e-3, 1e-2, 1e-1, 1, 10, 100, 1000}}, g.RidgeCV7},
		} {
			t.Run(fmt.Sprint(name, " ", c.name), func(t *testing.T) {
				fit, err := plan.Fit(context.Background(), c.method, y)
				if err != nil {
					t.Fatal(err)
				}
				checkFit(t, fit, c.want)
			})
		}
	}
}

func checkFit(t *testing.T, fit *Fit, want reference) {
	t.Helper()
	got := fit.Folds[0]
	checkClose(t, "r", got.R, want.R)
	if want.Steps != nil && !slices.Equal(got.Iterations, want.Steps) {
		t.Errorf("steps %v, want %v", got.Iterations, want.Steps)
	}
	if got.Alpha != want.Alpha && want.Alpha != 0 {
		t.Errorf("alpha %v, want %v", got.Alpha, want.Alpha)
	}
	if want.BestScore != 0 && math.Abs(got.Loss+want.BestScore) > tolerance {
		t.Errorf("loss %v, want %v", got.Loss, -want.BestScore)
	}
}

func checkClose(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	worst, at := 0.0, 0
	for i, w := range want {
		d := math.Abs(got[i] - w)
		if math.IsNaN(got[i]) != math.IsNaN(w) {
			t.Errorf("%s[%d] = %v, want %v", what, i, got[i], w)
		} else if d > worst {
			worst, at = d, i
		}
	}
	if worst > tolerance {
		t.Errorf("%s differs by %.3g: [%d] = %.17g, want %.17g", what, worst, at, got[at], want[at])
	}
	t.Logf("%s: largest difference %.2g", what, worst)
}
