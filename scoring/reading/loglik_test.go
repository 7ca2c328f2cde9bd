package reading

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/scoring/resample"
	"github.com/bsgen/bsgen/scoring/stat"
)

// TestDeltaLogLikelihood compares with NumPy on the text of [text]: for every
// story, numpy.linalg.lstsq with an intercept over the words of the others,
// variance = mean of their squared residuals, and the difference of
// scipy.stats.norm.logpdf over the words of the story.
func TestDeltaLogLikelihood(t *testing.T) {
	words, surprisal := text()
	for _, c := range []struct {
		skip        bool
		want        float64
		stories     []float64
		n, dropped  int
		first, last float64 // gain of the first and the last word
	}{
		{true, .06558932938343595, []float64{.09959761688119223, .004063330130048177, .09310704113906745}, 87, 18, .8910655059240433, -.6936928579462087},
		{false, .04454006274354328, []float64{.09406190319439361, -.030585367040179307, .07014365207641554}, 96, 21, .5547523666431697, -.6202869338005295},
	} {
		sc, err := DeltaLogLikelihood(words, surprisal, c.skip)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "gain", sc.Raw, c.want, 1e-12)
		if len(sc.Splits) != 3 || len(sc.Units.Values) != c.n || sc.Units.Dropped != c.dropped {
			t.Fatalf("%d stories, %d words, %d dropped; want 3, %d, %d", len(sc.Splits), len(sc.Units.Values), sc.Units.Dropped, c.n, c.dropped)
		}
		for k, want := range c.stories {
			near(t, "gain in a story", sc.Splits[k], want, 1e-12)
		}
		near(t, "gain of the first word", sc.Units.Values[0], c.first, 1e-12)
		near(t, "gain of the last word", sc.Units.Values[c.n-1], c.last, 1e-12)
		if !math.IsNaN(sc.Score) || !math.IsNaN(sc.Ceiling.Value) || sc.Rule != "none" {
			t.Errorf("score %v, ceiling %v, rule %q of a metric without a ceiling", sc.Score, sc.Ceiling.Value, sc.Rule)
		}
		if !strings.Contains(strings.Join(sc.Warnings, "\n"), "have no surprisal or no frequency") {
			t.Errorf("warnings %q", sc.Warnings)
		}
	}
}

// TestNothingToGain: a predictor that the base regression has already, alone or
// in combination, changes no prediction, to the last bit.
func TestNothingToGain(t *testing.T) {
	words, surprisal := text()
	for name, f := range map[string]func(i int) float64{
		"length":               func(i int) float64 { return float64(words.Words[i].Length()) },
		"length, other units":  func(i int) float64 { return 7 - 3*float64(words.Words[i].Length()) },
		"length and frequency": func(i int) float64 { return float64(words.Words[i].Length()) - words.Words[i].Log2Freq/2 },
		"a whole constant":     func(int) float64 { return 8 },
	} {
		for i := range surprisal {
			surprisal[i] = f(i)
		}
		sc, err := DeltaLogLikelihood(words, surprisal, true)
		if err != nil {
			t.Fatal(err)
		}
		for k, g := range sc.Units.Values {
			if g != 0 {
				t.Errorf("%s: word %d gains %v, want exactly 0", name, k, g)
				break
			}
		}
		if sc.Raw != 0 || sc.Interval.Low != 0 || sc.Interval.High != 0 {
			t.Errorf("%s: gain %v, interval %v to %v", name, sc.Raw, sc.Interval.Low, sc.Interval.High)
		}
	}
}

// TestConstantSurprisal: a constant that is not exact in binary is centred to a
// rounding error, not to 0.
func TestConstantSurprisal(t *testing.T) {
	words, surprisal := text()
	for i := range surprisal {
		surprisal[i] = .1
	}
	sc, err := DeltaLogLikelihood(words, surprisal, true)
	if err != nil {
		t.Fatal(err)
	}
	if sc.Raw != 0 {
		t.Errorf("gain %v, want exactly 0", sc.Raw)
	}
}

// TestGainReplicates: replicate b is the mean gain over the words of the
// sentences drawn, each as often as it was drawn; nothing is fitted anew.
func TestGainReplicates(t *testing.T) {
	words, surprisal := text()
	sc, err := DeltaLogLikelihood(words, surprisal, true)
	if err != nil {
		t.Fatal(err)
	}
	var sentence []int
	for i, w := range words.Words {
		if i == 0 || w.First || words.Words[i-1].Story != w.Story {
			continue
		}
		p := words.Words[i-1]
		if !math.IsNaN(w.Log2Freq + p.Log2Freq + surprisal[i] + surprisal[i-1]) {
			sentence = append(sentence, w.Sentence)
		}
	}
	counts := make([]float64, len(words.Sentences))
	for b := range resample.B {
		resample.New("sentences", words.Sentences).Counts(b, counts)
		var drawn []float64
		for k, s := range sentence {
			for range int(counts[s]) {
				drawn = append(drawn, sc.Units.Values[k])
			}
		}
		if want := stat.Mean(drawn); math.Abs(sc.Replicates[b]-want) > 1e-13 {
			t.Fatalf("replicate %d: %v, expanded %v", b, sc.Replicates[b], want)
		}
	}
}

// TestTooFewWords: surprisals of one story, or of a handful of words elsewhere,
// leave nothing to fit to. A perfect fit would claim a variance of 0.
func TestTooFewWords(t *testing.T) {
	for _, c := range []struct {
		elsewhere int // words of stories 2 and 3 that keep their surprisal
		ok        bool
	}{{0, false}, {5, false}, {40, true}} {
		words, surprisal := text()
		for i := range surprisal {
			if i >= 40+c.elsewhere {
				surprisal[i] = nan
			}
		}
		sc, err := DeltaLogLikelihood(words, surprisal, true)
		switch {
		case c.ok && (err != nil || math.IsNaN(sc.Raw) || len(sc.Splits) != 2):
			t.Errorf("%d words elsewhere: gain %v over %d stories, %v", c.elsewhere, sc.Raw, len(sc.Splits), err)
		case !c.ok && (err == nil || !strings.Contains(err.Error(), "too few to fit")):
			t.Errorf("%d words elsewhere: gain %v, error %v", c.elsewhere, sc.Raw, err)
		}
	}
}

func columns(rows [][]float64) [][]float64 {
	cols := make([][]float64, len(rows[0]))
	for _, r := range rows {
		for j, v := range r {
			cols[j] = append(cols[j], v)
		}
	}
	return cols
}

func TestLeastSquares(t *testing.T) {
	a := [][]float64{{2, 1, -1}, {1, 3, 2}, {0, -1, 4}, {5, 2, 1}, {-2, 0, 3}, {1, 1, 1}, {4, -3, 0}, {-1, 2, -2}}
	y := []float64{3, -1, 2, 7, 0, 1, 9, -4}
	// numpy.linalg.lstsq(a, y, rcond=None)[0]
	want := []float64{1.574109720885467, -.8671799807507217, .4403272377285853}
	x := columns(a)
	for j, b := range leastSquares(x, y) {
		near(t, "coefficient", b, want[j], 1e-14)
	}
	if !slices.Equal(x[0], columns(a)[0]) {
		t.Error("the predictors were changed")
	}
	// 2 x0 - x1 in between adds nothing: coefficient 0, the others as before.
	between := [][]float64{x[0], x[1], nil, x[2]}
	for i := range y {
		between[2] = append(between[2], 2*x[0][i]-x[1][i])
	}
	got := leastSquares(between, y)
	for j, w := range []float64{want[0], want[1], 0, want[2]} {
		near(t, "coefficient beside a collinear predictor", got[j], w, 1e-14)
	}
	if got[2] != 0 {
		t.Errorf("the collinear predictor has the coefficient %v, want exactly 0", got[2])
	}
	if got := leastSquares([][]float64{make([]float64, 8)}, y); got[0] != 0 {
		t.Errorf("a predictor of zeros has the coefficient %v", got[0])
	}
	if got := leastSquares(nil, y); len(got) != 0 {
		t.Errorf("no predictors, coefficients %v", got)
	}
	// Columns that differ by a millionth need the second orthogonalisation: with
	// one, the coefficients 1, 2, 3 come out wrong by .005.
	const e = 0x1p-20
	nearly := [][]float64{{3, 1, 4, 1, 5, 9, 2, 6}, nil, nil}
	exact := make([]float64, len(y))
	for i, v := range nearly[0] {
		nearly[1] = append(nearly[1], v+e*[]float64{2, 7, 1, 8, 2, 8, 1, 8}[i])
		nearly[2] = append(nearly[2], v+e*[]float64{1, 4, 1, 4, 2, 1, 3, 5}[i])
		exact[i] = v + 2*nearly[1][i] + 3*nearly[2][i]
	}
	for j, b := range leastSquares(nearly, exact) {
		near(t, "coefficient of nearly collinear predictors", b, float64(j+1), 1e-8)
	}
}
