package zoo

import (
	"math"
	"testing"
)

// The functions agree with package math to the last places, and are exact where
// filters are symmetric.
func TestExact(t *testing.T) {
	draw := newRandom(1)
	for range 20000 {
		x := draw.within(-50, 20)
		if got, want := exp(x), math.Exp(x); math.Abs(got-want) > 1e-15*want {
			t.Fatalf("exp(%v): got %v, want %v", x, got, want)
		}
		turns := draw.within(-40, 40)
		// math.Cos of a large angle loses what the reduction to one turn keeps.
		angle := 2 * math.Pi * (turns - math.Round(turns))
		if got, want := cosTurns(turns), math.Cos(angle); math.Abs(got-want) > 4e-16 {
			t.Fatalf("cosTurns(%v): got %v, want %v", turns, got, want)
		}
		if got, want := sinTurns(turns), math.Sin(angle); math.Abs(got-want) > 4e-16 {
			t.Fatalf("sinTurns(%v): got %v, want %v", turns, got, want)
		}
		if cosTurns(turns) != cosTurns(-turns) {
			t.Fatalf("cosTurns(%v) is not even", turns)
		}
	}
	for _, test := range []struct{ turns, cos, sin float64 }{{0, 1, 0}, {0.25, 0, 1}, {0.5, -1, 0}, {0.75, 0, -1}, {1, 1, 0}} {
		if cos, sin := cosTurns(test.turns), sinTurns(test.turns); cos != test.cos || sin != test.sin {
			t.Errorf("%v turns: got %v, %v, want %v, %v", test.turns, cos, sin, test.cos, test.sin)
		}
	}
	if cos, sin := cosTurns(1./8), sinTurns(1./8); cos != sin {
		t.Errorf("an eighth of a turn: %v, %v", cos, sin)
	}
}

// Draws are uniform: mean and variance within 5 standard errors.
func TestRandom(t *testing.T) {
	const n = 100000
	draw := newRandom(7)
	var sum, squares float64
	counts := make([]int, 10)
	for range n {
		x := draw.float()
		if x < 0 || x >= 1 {
			t.Fatal(x)
		}
		sum += x
		squares += (x - 0.5) * (x - 0.5)
		counts[draw.below(10)]++
	}
	if mean := sum / n; math.Abs(mean-0.5) > 5*math.Sqrt(1./12/n) {
		t.Errorf("mean %v", mean)
	}
	if v := squares / n; math.Abs(v-1./12) > 5*math.Sqrt(1./180/n) {
		t.Errorf("variance %v", v)
	}
	for i, c := range counts {
		if math.Abs(float64(c)-n/10) > 5*math.Sqrt(n*0.09) {
			t.Errorf("%d was drawn %d times of %d", i, c, n)
		}
	}
	for range 1000 {
		if x, y := draw.direction(); math.Abs(math.Hypot(x, y)-1) > 1e-15 {
			t.Fatalf("direction (%v, %v)", x, y)
		}
	}
}
