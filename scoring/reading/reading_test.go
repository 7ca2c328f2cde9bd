package reading

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/scoring/resample"
	"github.com/bsgen/bsgen/scoring/stat"
)

var nan = math.NaN()

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > tol {
		t.Errorf("%s: %.16g, want %.16g", what, got, want)
	}
}

// text is three stories of forty words from a linear congruential generator
// whose draws are whole numbers, so that the same text is exact in NumPy:
//
//	s = s*6364136223846793005 + 1442695040888963407 (mod 2^64), from 5
//	draw = (s >> 53) - 1024
//
// with, in this order, length = 1 + |draw| % 9, frequency = draw/128,
// surprisal = draw/256 + length, noise = draw/16 and
// mean = 300 + 3 length - 2 frequency + 4 surprisal + noise. Sentences have
// eight words; the first word of a story has no surprisal, every thirteenth no frequency.
func text() (*assembly.ReadingTimes, []float64) {
	t := &assembly.ReadingTimes{}
	var surprisal []float64
	s := uint64(5)
	draw := func() float64 {
		s = s*6364136223846793005 + 1442695040888963407
		return float64(int(s>>53) - 1024)
	}
	for story := 1; story <= 3; story++ {
		for i := range 40 {
			length := 1 + float64(int(math.Abs(draw()))%9)
			freq := draw() / 128
			surp := draw()/256 + length
			w := assembly.Word{
				Story: story, Index: i + 1,
				Text:     strings.Repeat("a", int(length)) + ",", // a comma has no length
				Mean:     300 + 3*length - 2*freq + 4*surp + draw()/16,
				First:    i%8 == 0,
				Log2Freq: freq,
			}
			if w.First {
				t.Sentences = append(t.Sentences, assembly.WordName(story, i+1))
			}
			w.Sentence = len(t.Sentences) - 1
			if i == 0 {
				surp = nan
			}
			if i%13 == 6 {
				w.Log2Freq = nan
			}
			t.Words = append(t.Words, w)
			surprisal = append(surprisal, surp)
		}
	}
	return t, surprisal
}

func TestText(t *testing.T) {
	words, surprisal := text()
	w := words.Words[1]
	if w.Length() != 2 || w.Log2Freq != -3.859375 || surprisal[1] != 1.625 || w.Mean != 371.78125 {
		t.Errorf("the second word is %+v with surprisal %v: not the text that NumPy had", w, surprisal[1])
	}
}

var ceiling = scoring.ConstantCeiling(.858, scoring.Correlation)

func TestCorrelation(t *testing.T) {
	words, surprisal := text()
	for _, c := range []struct {
		skip    bool
		n       float64
		want    float64 // scipy.stats.pearsonr over the words kept
		dropped int
	}{
		{true, 105, .517574141770152, 0}, // the words without surprisal begin sentences
		{false, 117, .5148595465737317, 3},
	} {
		sc, err := Correlation(words, surprisal, c.skip, ceiling, "ratio")
		if err != nil {
			t.Fatal(err)
		}
		near(t, "r", sc.Raw, c.want, 1e-13)
		near(t, "signed r", sc.Details["signed_r"], c.want, 1e-13)
		near(t, "score", sc.Score, c.want/.858, 1e-13)
		if sc.Details["words"] != c.n || sc.Units.Dropped != c.dropped {
			t.Errorf("skip %t: %v words, %d dropped; want %v, %d", c.skip, sc.Details["words"], sc.Units.Dropped, c.n, c.dropped)
		}
		if (c.dropped > 0) != strings.Contains(strings.Join(sc.Warnings, "\n"), "3 words have no surprisal") {
			t.Errorf("skip %t: warnings %q", c.skip, sc.Warnings)
		}
		if !(sc.Interval.Low < sc.Score && sc.Score < sc.Interval.High) || sc.Interval.Resampled != "sentences" {
			t.Errorf("skip %t: interval %+v around %v", c.skip, sc.Interval, sc.Score)
		}
	}
}

// TestCorrelationByHand: of six words the first of each sentence is left out and
// one has no surprisal. Over x = 1, 2, 3 and y = 1, 3, 2 the sums of products
// are 1, 2 and 2, so r = 1/2.
func TestCorrelationByHand(t *testing.T) {
	words := &assembly.ReadingTimes{Sentences: []string{"1.1", "1.4"}}
	for i, mean := range []float64{900, 1, 3, 900, 900, 2} {
		words.Words = append(words.Words, assembly.Word{Story: 1, Index: i + 1, Mean: mean, First: i%3 == 0, Sentence: i / 3})
	}
	sc, err := Correlation(words, []float64{9, 1, 2, 9, nan, 3}, true, ceiling, "none")
	if err != nil {
		t.Fatal(err)
	}
	near(t, "r", sc.Raw, .5, 1e-15)
	if !math.IsNaN(sc.Score) {
		t.Errorf("score %v without a rule", sc.Score)
	}
	if _, err := Correlation(words, []float64{9, 1, 2, 9, nan, 3}, true, ceiling, "cubed"); err == nil {
		t.Error("an unknown rule is no error")
	}
}

// TestNegativeCorrelation: the absolute value is what Brain-Score reports; the
// replicates keep one side, so that the interval of a clear effect is not folded.
func TestNegativeCorrelation(t *testing.T) {
	words, surprisal := text()
	up, err := Correlation(words, surprisal, true, ceiling, "ratio")
	if err != nil {
		t.Fatal(err)
	}
	for i := range surprisal {
		surprisal[i] = -surprisal[i]
	}
	down, err := Correlation(words, surprisal, true, ceiling, "ratio")
	if err != nil {
		t.Fatal(err)
	}
	if down.Raw != up.Raw || down.Details["signed_r"] != -up.Raw {
		t.Errorf("raw %v, signed %v; want %v and its negative", down.Raw, down.Details["signed_r"], up.Raw)
	}
	if !slices.Equal(down.Replicates, up.Replicates) {
		t.Error("the replicates of the negated surprisal differ")
	}
	if !strings.Contains(strings.Join(down.Warnings, "\n"), "the correlation is negative (-0.5176)") || len(up.Warnings) != 0 {
		t.Errorf("warnings %q and %q", down.Warnings, up.Warnings)
	}
}

// TestReplicatesResampleSentences: replicate b is the correlation over the words
// of the sentences drawn, each as often as it was drawn.
func TestReplicatesResampleSentences(t *testing.T) {
	words, surprisal := text()
	sc, err := Correlation(words, surprisal, true, ceiling, "ratio")
	if err != nil {
		t.Fatal(err)
	}
	counts := make([]float64, len(words.Sentences))
	var raws []float64
	for b := range resample.B {
		resample.New("sentences", words.Sentences).Counts(b, counts)
		var x, y []float64
		for i, w := range words.Words {
			if w.First || math.IsNaN(surprisal[i]) {
				continue
			}
			for range int(counts[w.Sentence]) {
				x, y = append(x, surprisal[i]), append(y, w.Mean)
			}
		}
		r := stat.Pearson(x, y)
		raws = append(raws, r)
		if math.Abs(sc.Replicates[b]-r/.858) > 1e-13 {
			t.Fatalf("replicate %d: %v, expanded %v", b, sc.Replicates[b], r/.858)
		}
	}
	near(t, "standard error", sc.Error.Value, stat.SampleStd(raws), 1e-13)
}

func TestCorrelationOfNothing(t *testing.T) {
	words, surprisal := text()
	for name, v := range map[string]float64{"no surprisal": nan, "constant surprisal": .1} {
		for i := range surprisal {
			surprisal[i] = v
		}
		sc, err := Correlation(words, surprisal, true, ceiling, "ratio")
		if err != nil {
			t.Fatal(err)
		}
		if !math.IsNaN(sc.Raw) || !math.IsNaN(sc.Score) || !math.IsNaN(sc.Interval.High) {
			t.Errorf("%s: raw %v, score %v, interval to %v", name, sc.Raw, sc.Score, sc.Interval.High)
		}
	}
}

// TestUnitOfSurprisal: neither score depends on the unit of surprisal, whose
// squares may vanish or be infinite, and no infinity comes out.
func TestUnitOfSurprisal(t *testing.T) {
	words, surprisal := text()
	scores := func(unit float64) (correlation, gain scoring.Score, err error) {
		scaled := make([]float64, len(surprisal))
		for i, v := range surprisal {
			scaled[i] = v * unit
		}
		if correlation, err = Correlation(words, scaled, true, ceiling, "ratio"); err == nil {
			gain, err = DeltaLogLikelihood(words, scaled, true)
		}
		return correlation, gain, err
	}
	r, gain, err := scores(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range []float64{1e-300, 1e-200, 1e-162, 1e-120, 1e120, 1e155, 1e200, 1e297} {
		got, gained, err := scores(unit)
		if err != nil {
			t.Errorf("units of %g: %v", unit, err)
			continue
		}
		near(t, "r", got.Raw, r.Raw, 1e-13)
		near(t, "gain", gained.Raw, gain.Raw, 1e-12)
		for i, v := range got.Units.Values {
			near(t, "contribution", v, r.Units.Values[i], 1e-12)
		}
		for b, v := range got.Replicates {
			near(t, "replicate of r", v, r.Replicates[b], 1e-13)
			near(t, "replicate of the gain", gained.Replicates[b], gain.Replicates[b], 1e-11)
		}
	}
	for _, unit := range []float64{1e303, math.Inf(1)} {
		huge := slices.Clone(surprisal)
		huge[50] = unit
		_, err := Correlation(words, huge, true, ceiling, "ratio")
		_, gainErr := DeltaLogLikelihood(words, huge, true)
		for _, err := range []error{err, gainErr} {
			if err == nil || !strings.Contains(err.Error(), "word 11 of story 2 is") {
				t.Errorf("a surprisal of %g: error %v", unit, err)
			}
		}
	}
}

// TestExactFit: reading times that the regression gives exactly have no density.
func TestExactFit(t *testing.T) {
	words, surprisal := text()
	for i := range words.Words {
		words.Words[i].Mean = 300
	}
	if _, err := DeltaLogLikelihood(words, surprisal, true); err == nil || !strings.Contains(err.Error(), "variance is 0") {
		t.Errorf("constant reading times: error %v", err)
	}
}
