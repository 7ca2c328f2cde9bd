package behavior

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/scoring/resample"
)

// fixture is the unit-test fixture of Brain-Score's error_consistency and
// accuracy_distance: nine trials, three conditions, subjects A, B, C.
func fixture() *assembly.Trials {
	t := &assembly.Trials{
		Subjects:   []string{"A", "B", "C"},
		Conditions: []string{"1", "2", "3"},
		Labels:     []string{"dog", "cat", "chair"},
	}
	for i := range 9 {
		t.Items = append(t.Items, assembly.Item{Stimulus: string(rune('a' + i)), Condition: i / 3, Truth: i % 3})
	}
	for _, answers := range []string{
		"dog cat chair cat dog dog dog dog chair",
		"cat cat chair cat dog cat chair cat cat",
		"dog cat chair dog cat chair dog cat chair",
	} {
		t.Choices = append(t.Choices, answersOf(t, answers))
	}
	return t
}

func answersOf(t *assembly.Trials, s string) []int {
	var out []int
	for _, a := range strings.Fields(s) {
		out = append(out, strings.Index("dog cat chair", a)/4)
	}
	return out
}

func TestBrainScoreFixtures(t *testing.T) {
	tr := fixture()
	for _, c := range []struct {
		name    string
		a       *Agreement
		model   int
		want    float64
		skipped int
	}{
		// brain-score/vision, metrics/error_consistency/test.py: A against all is .2;
		// per subject and condition A: NaN NaN 1, B: 0 NaN -.8, C: NaN 0 0.
		{"error consistency of A", NewErrorConsistency(tr), 0, .2, 4},
		// brain-score/vision, metrics/accuracy_distance/test.py.
		{"accuracy distance of A", NewAccuracyDistance(tr, false), 0, 20. / 27, 0},           // .74074074
		{"accuracy distance of C by condition", NewAccuracyDistance(tr, true), 2, 5. / 9, 0}, // .55555556
	} {
		sc, err := c.a.Score(tr.Choices[c.model], "ratio")
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(sc.Raw-c.want) > 1e-12 {
			t.Errorf("%s: %.12f, want %.12f", c.name, sc.Raw, c.want)
		}
		if sc.Units.Dropped != c.skipped {
			t.Errorf("%s: %d cells skipped, want %d", c.name, sc.Units.Dropped, c.skipped)
		}
		if (c.skipped > 0) != strings.Contains(strings.Join(sc.Warnings, "\n"), "0/0") {
			t.Errorf("%s: %d cells skipped, warnings %q", c.name, c.skipped, sc.Warnings)
		}
	}
}

func TestKappa(t *testing.T) {
	for _, c := range []struct {
		name          string
		n, a, b, both float64
		want          float64
	}{
		{"same errors", 10, 6, 6, 6, 1},
		{"independent", 4, 2, 2, 1, 0},         // o = e = 1/2
		{"opposite", 4, 2, 2, 0, -1},           // o = 0, e = 1/2
		{"one is always right", 4, 4, 2, 2, 0}, // o = e = 1/2
		{"both always right", 4, 4, 4, 4, math.NaN()},
		{"both always wrong", 4, 0, 0, 0, math.NaN()},
		{"no items", 0, 0, 0, 0, math.NaN()},
	} {
		got := Kappa(c.n, c.a, c.b, c.both)
		if math.IsNaN(c.want) != math.IsNaN(got) || math.Abs(got-c.want) > 1e-15 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestSignAndClip: a model that is wrong where people are right has a negative
// mean kappa, which Brain-Score makes positive; both facts must be visible.
func TestSignAndClip(t *testing.T) {
	tr := &assembly.Trials{Subjects: []string{"A", "B"}, Conditions: []string{"0"}, Labels: []string{"x", "y"}}
	for i := range 8 {
		tr.Items = append(tr.Items, assembly.Item{Stimulus: string(rune('a' + i))})
	}
	tr.Choices = [][]int{{0, 0, 0, 0, 1, 1, 1, 1}, {0, 0, 0, 1, 0, 1, 1, 1}}
	opposite := []int{1, 1, 1, 1, 0, 0, 0, 0}
	sc, err := NewErrorConsistency(tr).Score(opposite, "clipped_ratio")
	if err != nil {
		t.Fatal(err)
	}
	// kappa with A is -1, with B (6 of 8 disagree) -1/2; between A and B it is 1/2.
	if sc.Raw != .75 || sc.Details["signed_mean"] != -.75 || sc.Ceiling.Value != .5 {
		t.Errorf("raw %v, signed %v, ceiling %v", sc.Raw, sc.Details["signed_mean"], sc.Ceiling.Value)
	}
	if sc.Score != 1 || sc.Unclipped != 1.5 {
		t.Errorf("score %v, unclipped %v", sc.Score, sc.Unclipped)
	}
	all := strings.Join(sc.Warnings, "\n")
	for _, want := range []string{"negative (-0.75)", "clipped from 1.5 to 1"} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning %q in %q", want, all)
		}
	}
}

// TestCeilingError: the error of the agreement among people falls with their
// number; with four people or fewer there is none.
func TestCeilingError(t *testing.T) {
	ceiling := func(people int) scoring.Ceiling {
		tr := &assembly.Trials{Conditions: []string{"0"}, Labels: []string{"x", "y"}}
		for i := range 400 {
			tr.Items = append(tr.Items, assembly.Item{Stimulus: fmt.Sprint(i)})
		}
		r := rand.New(rand.NewPCG(1, 2))
		for s := range people {
			choices := make([]int, len(tr.Items))
			for i := range choices {
				// Odd people are right on even images and the other way round, and
				// that in half of the images; so some pairs agree and some do not.
				if r.Float64() < .5 && i%2 == s%2 {
					choices[i] = 1
				}
			}
			tr.Subjects, tr.Choices = append(tr.Subjects, fmt.Sprint(s)), append(tr.Choices, choices)
		}
		return NewErrorConsistency(tr).Ceiling()
	}
	if c := ceiling(4); !math.IsNaN(c.Error) {
		t.Errorf("four people have an error of %v", c.Error)
	}
	if few, many := ceiling(5), ceiling(12); !(many.Error > 0 && few.Error > many.Error) {
		t.Errorf("errors %v of 5 people and %v of 12", few.Error, many.Error)
	}
}

// TestReplicatesArePaired: the same model twice has the same replicates, and
// they do not depend on the order of the items.
func TestReplicatesArePaired(t *testing.T) {
	tr := fixture()
	one, err := NewErrorConsistency(tr).Score(tr.Choices[0], "ratio")
	if err != nil {
		t.Fatal(err)
	}
	if len(one.Replicates) != resample.B {
		t.Fatalf("%d replicates", len(one.Replicates))
	}
	back := fixture()
	for i, j := 0, len(back.Items)-1; i < j; i, j = i+1, j-1 {
		back.Items[i], back.Items[j] = back.Items[j], back.Items[i]
		for _, c := range back.Choices {
			c[i], c[j] = c[j], c[i]
		}
	}
	w, v := drawItems(tr), drawItems(back)
	for b := range w {
		for i, it := range tr.Items {
			for j, other := range back.Items {
				if it.Stimulus == other.Stimulus && w[b][i] != v[b][j] {
					t.Fatalf("replicate %d draws %s %v times, in another order %v times", b, it.Stimulus, w[b][i], v[b][j])
				}
			}
		}
	}
}

func TestShapeBias(t *testing.T) {
	tr := &assembly.Trials{Subjects: []string{"A"}, Conditions: []string{"0"}, Labels: []string{"bear", "cat", "oven"}}
	for _, name := range []string{"bear1-cat2", "bear2-oven11.png", "cat3-bear1", "cat1-cat2", "oven1-bear1"} {
		truth := map[string]int{"b": 0, "c": 1, "o": 2}[name[:1]]
		tr.Items = append(tr.Items, assembly.Item{Stimulus: name, Truth: truth})
	}
	tr.Choices = [][]int{{0, 0, 0, 0, 0}}
	// shape (bear), texture (oven), shape (cat), dropped (same class), neither
	sc, err := ShapeBias(tr, []int{0, 2, 1, 1, 1}, scoring.ConstantCeiling(1, scoring.Reference), "ratio")
	if err != nil {
		t.Fatal(err)
	}
	if want := 2. / 3; sc.Raw != want || sc.Units.Dropped != 1 || len(sc.Units.Values) != 3 {
		t.Errorf("bias %v of %d decisions, %d dropped; want %v of 3, 1", sc.Raw, len(sc.Units.Values), sc.Units.Dropped, want)
	}
	sc, err = ShapeBias(tr, []int{2, 1, 2, 2, 1}, scoring.ConstantCeiling(1, scoring.Reference), "ratio")
	if err != nil || !math.IsNaN(sc.Raw) || len(sc.Warnings) == 0 {
		t.Errorf("a model that never decides for either: %v, %v, %q", sc.Raw, err, sc.Warnings)
	}
}
