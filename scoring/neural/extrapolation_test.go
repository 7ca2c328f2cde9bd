package neural

import (
	"context"
	"math"
	"testing"

	"github.com/bsgen/bsgen/scoring/regress"
	"github.com/bsgen/bsgen/scoring/split"
)

// scipy.optimize.curve_fit(v, n, y, bounds=([0, -inf], [1, inf]), xtol=1e-14,
// ftol=1e-14, gtol=1e-14), SciPy 1.10.1, v(n) = v0 (1 - exp(-n/tau)).
func TestGrowth(t *testing.T) {
	for _, c := range []struct {
		y       []float64
		v0, tau float64
	}{
		{[]float64{.12, .16, .19, .2}, 0.24912414235784144, 2.9457735578446105},
		{[]float64{.3, .31, .335}, 0.3319948731375738, 0.8958299552470766},
		{[]float64{.05, .09, .1, .13, .145}, 0.403504349118864, 13.282835676868107},
	} {
		g := newGrowth(len(c.y) + 1)
		at := make([]int, len(c.y))
		for i := range at {
			at[i] = i
		}
		// A minimum is flat: its place is known to the root of epsilon.
		if v0, tau := g.fit(at, c.y); math.Abs(v0-c.v0) > 1e-6*c.v0 || math.Abs(tau-c.tau) > 1e-6*c.tau {
			t.Errorf("%v: v0 %v, tau %v, want %v, %v", c.y, v0, tau, c.v0, c.tau)
		}
	}
	for x := 0.0; x > -745; x -= 0.37 {
		if got, want := expNegative(x), math.Exp(x); math.Abs(got-want) > 4e-16*want {
			t.Errorf("exp(%v) = %v, want %v", x, got, want)
		}
	}
}

// TestExtrapolateNeuroid: 100 times np.mean(rng.choice(s, len(s))) of each list
// with rng = RandomState(0), fitted as in TestGrowth; np.median(v0), and
// np.percentile(v, [2.5, 97.5]) where np.diff(np.median(v, 0)) first falls
// below 0.0005. NumPy 1.24.2, SciPy 1.10.1.
func TestExtrapolateNeuroid(t *testing.T) {
	var scores [][]float64
	for k, n := range []int{30, 30, 10} {
		var s []float64
		for j := range n {
			s = append(s, .05+.04*float64(k)+float64((j*7+k*3)%11)/100)
		}
		scores = append(scores, s)
	}
	value, lower, upper := newGrowth(4).extrapolate(scores)
	for i, c := range [][2]float64{{value, 0.39217051276160186}, {lower, 0.23208627582357844}, {upper, 0.8088910297079671}} {
		if math.Abs(c[0]-c[1]) > 1e-6 {
			t.Errorf("%d: %v, want %v", i, c[0], c[1])
		}
	}
}

// TestExtrapolate: subjects that share a signal predict each other better the
// more there are, and the ceiling lies above all of these scores.
func TestExtrapolate(t *testing.T) {
	const n, units, people = 80, 4, 4
	signal, _ := problem(1, n, units, 1, 1)
	var subjects []regress.Matrix
	for s := range people {
		noise, _ := problem(uint64(100+s), n, units, 1, 1)
		for i := range noise {
			noise[i] += signal[i]
		}
		subjects = append(subjects, regress.Float64(n, units, noise))
	}
	splits, err := split.Default.Split(n)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Lookup("ridge_pearsonr")
	if err != nil {
		t.Fatal(err)
	}
	e, err := Extrapolate(context.Background(), m, subjects, splits)
	if err != nil {
		t.Fatal(err)
	}
	most, err := m.Score(context.Background(), beside(subjects[1:]), subjects[0], splits)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Units) != people*units || !(e.Lower <= e.Value && e.Value <= e.Upper+0.01) {
		t.Errorf("%d units, ceiling %v in [%v, %v]", len(e.Units), e.Value, e.Lower, e.Upper)
	}
	if e.Value < most.Value-0.05 || e.Value > 1 {
		t.Errorf("ceiling %v, but three subjects predict one at %v", e.Value, most.Value)
	}
	if _, err := Extrapolate(context.Background(), m, subjects[:1], splits); err == nil {
		t.Error("one subject was extrapolated")
	}
}
