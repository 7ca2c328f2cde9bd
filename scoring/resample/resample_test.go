package resample

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/bsgen/bsgen/scoring/stat"
)

func counts(s Sampler, b int) []float64 {
	dst := make([]float64, s.Len())
	s.Counts(b, dst)
	return dst
}

func normals(s Sampler, b int) []float64 {
	dst := make([]float64, s.Len())
	s.Normals(b, dst)
	return dst
}

var letters = []string{"a", "b", "c", "d", "e", "f", "g"}

// TestFirstReplicates holds the generator still. If it fails, every replicate
// in every archive changes with it: intervals of old and new results are no
// longer paired, and all of them must be scored again.
func TestFirstReplicates(t *testing.T) {
	s := New("stimuli", letters)
	for b, want := range map[int][]float64{
		0:   {3, 0, 0, 1, 1, 2, 0},
		1:   {1, 1, 0, 0, 2, 2, 1},
		2:   {1, 2, 0, 0, 1, 0, 3},
		499: {0, 1, 2, 0, 2, 1, 1},
	} {
		if got := counts(s, b); !slices.Equal(got, want) {
			t.Errorf("replicate %d: %v, want %v", b, got, want)
		}
	}
	want := []float64{0.1617678537215138, -0.26724973219863424, -1.601161651224372, -0.913977237400712, 2.0202222960621428, -2.1831301754663643, 0.15551899687242254}
	if got := normals(s, 0); !slices.Equal(got, want) {
		t.Errorf("normals of replicate 0: %v, want %v", got, want)
	}
}

func TestCountsSumToUnits(t *testing.T) {
	for _, n := range []int{1, 2, 7, 100} {
		names := make([]string, n)
		for i := range names {
			names[i] = fmt.Sprint(i)
		}
		s := New("k", names)
		if s.Len() != n {
			t.Fatalf("%d units, want %d", s.Len(), n)
		}
		dst := make([]float64, n)
		for b := range 100 {
			for i := range dst {
				dst[i] = 9 // what a buffer holds must not matter
			}
			s.Counts(b, dst)
			sum := 0.0
			for _, c := range dst {
				sum += c
			}
			if sum != float64(n) || slices.Min(dst) < 0 {
				t.Fatalf("n = %d, replicate %d: %v", n, b, dst)
			}
		}
	}
}

// TestOrderOfNamesDoesNotMatter: two benchmarks may list the same units differently.
func TestOrderOfNamesDoesNotMatter(t *testing.T) {
	shuffled := []string{"d", "a", "g", "f", "c", "b", "e"}
	s, v := New("k", letters), New("k", shuffled)
	for b := range 50 {
		c, d := counts(s, b), counts(v, b)
		z, y := normals(s, b), normals(v, b)
		for i, name := range letters {
			j := slices.Index(shuffled, name)
			if c[i] != d[j] || z[i] != y[j] {
				t.Fatalf("replicate %d draws %s %v times (%v), in another order %v times (%v)", b, name, c[i], z[i], d[j], y[j])
			}
		}
	}
}

func TestSeed(t *testing.T) {
	base := New("stimuli", letters)
	for name, other := range map[string]Sampler{
		"another kind":         New("subjects", letters),
		"one name differs":     New("stimuli", []string{"a", "b", "c", "d", "e", "f", "h"}),
		"a name moved its end": New("stimuli", []string{"a", "bc", "", "d", "e", "f", "g"}),
		"a name with a quote":  New("stimuli", []string{"a\"\n\"b", "c", "d", "e", "f", "g", ""}),
	} {
		same := 0
		for b := range 50 {
			if slices.Equal(counts(base, b), counts(other, b)) {
				same++
			}
		}
		// Two draws of 7 from 7 agree with a probability of 1/803.
		if same > 2 {
			t.Errorf("%s: %d of 50 replicates are the same", name, same)
		}
	}
}

// TestRandomAccess: a replicate does not depend on which were drawn before it.
func TestRandomAccess(t *testing.T) {
	s := New("k", letters)
	var forward [B][]float64
	for b := range forward {
		forward[b] = counts(s, b)
	}
	for b := B - 1; b >= 0; b -= 7 {
		if got := counts(New("k", letters), b); !slices.Equal(got, forward[b]) {
			t.Fatalf("replicate %d: %v, in sequence %v", b, got, forward[b])
		}
	}
	distinct := map[string]bool{}
	for _, c := range forward {
		distinct[fmt.Sprint(c)] = true
	}
	// 500 draws of 7 from 7 are expected to give 382 of the 1716 possible counts.
	if d := len(distinct); d < 350 || d > 415 {
		t.Errorf("%d distinct replicates of %d", len(distinct), B)
	}
}

// moments returns the means and the covariance matrix over n replicates.
func moments(n, units int, draw func(b int) []float64) (mean []float64, cov [][]float64) {
	mean, cov = make([]float64, units), make([][]float64, units)
	for i := range cov {
		cov[i] = make([]float64, units)
	}
	for b := range n {
		x := draw(b)
		for i := range x {
			mean[i] += x[i] / float64(n)
			for j := range x {
				cov[i][j] += x[i] * x[j] / float64(n)
			}
		}
	}
	for i := range cov {
		for j := range cov {
			cov[i][j] -= mean[i] * mean[j]
		}
	}
	return mean, cov
}

// TestDistribution compares both draws with theory. The draws are fixed, so
// these are no chances to take: five standard errors of 20000 replicates catch
// a wrong generator and nothing else.
func TestDistribution(t *testing.T) {
	const n = 20000
	for _, c := range []struct {
		name                     string
		draw                     func(Sampler, int) []float64
		mean, variance, together float64
	}{
		// Multinomial with equal chances: variance 1 - 1/7, covariance -1/7.
		{"counts", counts, 1, 1 - 1./7, -1. / 7},
		{"normals", normals, 0, 1, 0},
	} {
		s := New("distribution", letters)
		mean, cov := moments(n, len(letters), func(b int) []float64 { return c.draw(s, b) })
		for i := range mean {
			if d := math.Abs(mean[i] - c.mean); d > 5/math.Sqrt(n) {
				t.Errorf("%s: mean of unit %d is %v", c.name, i, mean[i])
			}
			for j := range cov[i] {
				want, tol := c.together, 5/math.Sqrt(n)
				if i == j {
					want, tol = c.variance, 5*math.Sqrt(2./n)
				}
				if d := math.Abs(cov[i][j] - want); d > tol {
					t.Errorf("%s: covariance of units %d and %d is %v, want %v", c.name, i, j, cov[i][j], want)
				}
			}
		}
	}
}

// TestNormalTails: the interval of the jackknife reads the 2.5 % tails.
func TestNormalTails(t *testing.T) {
	s := New("tails", letters)
	var all []float64
	for b := range 20000 {
		all = append(all, normals(s, b)...)
	}
	slices.Sort(all)
	for _, q := range []float64{.025, .975} {
		// Twelve uniforms less six have the 97.5 % quantile 1.953 (the Irwin-Hall
		// distribution), the normal 1.960; of 140000 draws its standard error is .007.
		if got := math.Abs(stat.Quantile(all, q)); math.Abs(got-z975) > .025 {
			t.Errorf("quantile %v: %v, want about %v", q, got, z975)
		}
	}
}

// TestJackknife: what it adds must be the jackknife variance
// (n-1)/n sum (loo - mean)^2, times (t/1.96)^2.
func TestJackknife(t *testing.T) {
	for _, c := range []struct {
		loo []float64
		// Jackknife variance by hand: {1, 3}: 1/2 (1 + 1) = 1.
		// {1, 2, 6}: 2/3 (4 + 1 + 9) = 28/3. {0, 0, 0, 4}: 3/4 (1 + 1 + 1 + 9) = 9.
		variance float64
		t        float64 // scipy.stats.t.ppf(.975, n-1)
	}{
		{[]float64{1, 3}, 1, 12.706204736174698},
		{[]float64{1, 2, 6}, 28. / 3, 4.302652729749464},
		{[]float64{0, 0, 0, 4}, 9, 3.182446305283708},
	} {
		subjects := New("subjects", letters[:len(c.loo)])
		x := make([]float64, 20000)
		for b := range x {
			x[b] = 10
		}
		Jackknife(x, c.loo, subjects)
		want := math.Sqrt(c.variance) * c.t / 1.959963984540054
		if got := stat.Std(x); math.Abs(got/want-1) > .02 {
			t.Errorf("%v: standard deviation %v, want %v", c.loo, got, want)
		}
		if m := stat.Mean(x); math.Abs(m-10) > 5*want/math.Sqrt(float64(len(x))) {
			t.Errorf("%v: the mean moved to %v", c.loo, m)
		}
		// Exactly, in terms of the normals drawn: the shift of replicate 3.
		z, mean, shift := normals(subjects, 3), stat.Mean(c.loo), 0.0
		for s, v := range c.loo {
			shift += z[s] * (v - mean)
		}
		n := float64(len(c.loo))
		shift *= math.Sqrt((n-1)/n) * c.t / 1.959963984540054
		if got := x[3] - 10; math.Abs(got-shift) > 1e-12 {
			t.Errorf("%v: replicate 3 moved by %v, want %v", c.loo, got, shift)
		}
	}
	same := []float64{1, 2, 3}
	Jackknife(same, []float64{.25, .25, .25}, New("subjects", letters[:3]))
	if !slices.Equal(same, []float64{1, 2, 3}) {
		t.Errorf("subjects who agree moved the replicates to %v", same)
	}
}

// TestJackknifeIsPaired: the shift is linear in loo, so a difference between
// two models moves as the jackknife of the difference does.
func TestJackknifeIsPaired(t *testing.T) {
	subjects := New("subjects", letters[:3])
	a, b, d := make([]float64, B), make([]float64, B), make([]float64, B)
	Jackknife(a, []float64{.5, .75, .25}, subjects)
	Jackknife(b, []float64{.5, .25, .75}, subjects)
	Jackknife(d, []float64{0, .5, -.5}, subjects)
	for i := range d {
		if math.Abs(a[i]-b[i]-d[i]) > 1e-12 {
			t.Fatalf("replicate %d: %v - %v is not %v", i, a[i], b[i], d[i])
		}
	}
}

// TestTQuantile: the table ends at 30 degrees of freedom; the expansion goes on
// from there. scipy.stats.t.ppf(.975, [1, 30, 31, 60, 1000]).
func TestTQuantile(t *testing.T) {
	for df, want := range map[int]float64{1: 12.7062047362, 30: 2.0422724563, 31: 2.0395134464, 60: 2.0002978220, 1000: 1.9623390808} {
		if got := tQuantile(df); math.Abs(got-want) > 1e-4 {
			t.Errorf("%d degrees of freedom: %.10f, want %.10f", df, got, want)
		}
	}
}

func TestMisuse(t *testing.T) {
	for name, f := range map[string]func(){
		"counts of another length":  func() { New("k", letters).Counts(0, make([]float64, 3)) },
		"normals of another length": func() { New("k", letters).Normals(0, make([]float64, 3)) },
		"jackknife of one":          func() { Jackknife(nil, []float64{1}, New("k", letters[:1])) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

func ExampleSampler_Counts() {
	stimuli := New("stimuli", []string{"bear", "cat", "dog", "oven"})
	counts := make([]float64, stimuli.Len())
	for b := range 3 {
		stimuli.Counts(b, counts)
		fmt.Println(counts)
	}
	// Output:
	// [2 1 1 0]
	// [1 3 0 0]
	// [0 1 0 3]
}
