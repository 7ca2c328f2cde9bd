package readout

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// lcg is the generator of the reference problems in testdata; draw gives
// integers from -1024 to 1023.
type lcg uint64

func (s *lcg) draw() int64 {
	*s = *s*6364136223846793005 + 1442695040888963407
	return int64(*s>>53) - 1024
}

// logits is the function of that name in testdata/choose.py.
func logits(seed uint64) []float32 {
	s := lcg(seed)
	v := make([]float32, ImageNetClasses)
	for i := range v {
		v[i] = float32(s.draw()) / 128
	}
	return v
}

func readGolden(t testing.TB, name string, v any) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
}

// TestChooseGolden compares the table with model-vs-human's, and decisions with
// SciPy's softmax, from logits and from probabilities.
func TestChooseGolden(t *testing.T) {
	var golden struct {
		Classes map[string][]int
		Choices []int
	}
	readGolden(t, "choose.json", &golden) // testdata/choose.py
	if len(golden.Classes) != 16 || len(golden.Choices) != 200 {
		t.Fatalf("%d classes, %d choices", len(golden.Classes), len(golden.Choices))
	}
	labels := Labels()
	for _, l := range labels {
		if !slices.Equal(indices[l], golden.Classes[l]) {
			t.Errorf("%s: %v, want %v", l, indices[l], golden.Classes[l])
		}
	}
	for k, want := range golden.Choices {
		v := logits(uint64(k + 1))
		if got, err := Choose(v, false, labels); err != nil || got != want {
			t.Errorf("stimulus %d: %s, want %s (%v)", k, labels[got], labels[want], err)
		}
		p, err := probability(v, false)
		if err != nil {
			t.Fatal(err)
		}
		for i := range v {
			v[i] = float32(p[i])
		}
		if got, err := Choose(v, true, labels); err != nil || got != want {
			t.Errorf("stimulus %d, from probabilities: %s, want %s (%v)", k, labels[got], labels[want], err)
		}
	}
}

func TestChoose(t *testing.T) {
	one := func(classes ...int) []float32 {
		v := make([]float32, ImageNetClasses)
		for _, c := range classes {
			v[c] = 1e30 // overflows a softmax without its maximum subtracted
		}
		return v
	}
	for name, c := range map[string]struct {
		values []float32
		labels []string
		want   int
	}{
		"large logits":             {one(766), Labels(), slices.Index(Labels(), "oven")},
		"all alike: the first":     {one(), Labels(), 0},
		"tie in another order":     {one(), []string{"truck", "airplane"}, 0},
		"the mean and not the sum": {one(404, 281, 282, 283), []string{"cat", "airplane"}, 1},
		"an overlap: cat, tiger":   {one(286), []string{"tiger", "cat"}, 1}, // 1 of 8 against 1 of 6
		"case and spaces":          {one(786), []string{"Cat", "Sewing machine"}, 1},
	} {
		if got, err := Choose(c.values, false, c.labels); err != nil || got != c.want {
			t.Errorf("%s: %d, want %d (%v)", name, got, c.want, err)
		}
	}
}

func TestChooseRefuses(t *testing.T) {
	with := func(v float64) []float32 { x := make([]float32, ImageNetClasses); x[7] = float32(v); return x }
	for name, c := range map[string]struct {
		values        []float32
		probabilities bool
		labels        []string
		want          string
	}{
		"no labels":         {with(1), false, nil, "no label"},
		"unknown label":     {with(1), false, []string{"cat", "unicorn", "grue"}, "unicorn, grue"},
		"1001 classes":      {make([]float32, 1001), false, Labels(), "1001 numbers"},
		"none":              {nil, false, Labels(), "0 numbers"},
		"NaN":               {with(math.NaN()), false, Labels(), "class 7 is NaN"},
		"infinite":          {with(math.Inf(-1)), false, Labels(), "class 7 is -Inf"},
		"NaN probability":   {with(math.NaN()), true, Labels(), "class 7 is NaN"},
		"negative":          {with(-0.5), true, Labels(), "softmax: needed"},
		"sum":               {with(3), true, Labels(), "the sum 3, not 1"},
		"probability of 0s": {with(0), true, Labels(), "the sum 0, not 1"},
	} {
		if _, err := Choose(c.values, c.probabilities, c.labels); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestLabels(t *testing.T) {
	labels := Labels()
	if len(labels) != 16 || !slices.IsSorted(labels) {
		t.Errorf("%q", labels)
	}
	if got := Known([]string{"cat", "Lamp", "Sewing Machine", "unicorn", "aeroplane"}); !slices.Equal(got, []string{"unicorn"}) {
		t.Errorf("missing: %q", got)
	}
	for label, classes := range indices {
		if len(classes) == 0 || label != fold(label) || classes[0] < 0 || classes[len(classes)-1] >= ImageNetClasses {
			t.Errorf("%q: %v", label, classes)
		}
		for i := 1; i < len(classes); i++ {
			if classes[i] <= classes[i-1] {
				t.Errorf("%q: %v is not ascending", label, classes)
			}
		}
	}
}
