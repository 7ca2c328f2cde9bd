// Package reading compares a model's surprisal with how long people read each word.
package reading

import (
	"fmt"
	"math"

	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/scoring/resample"
	"github.com/bsgen/bsgen/scoring/stat"
)

// Correlation returns |r|, the absolute Pearson correlation of surprisal with
// the mean reading time of words, as Brain-Score's Futrell2018-pearsonr does;
// the detail "signed_r" keeps the sign. Words without a surprisal are dropped
// and, where skipFirst, so are the first words of sentences. Error is the
// bootstrap standard error; replicates resample sentences. A surprisal so large
// that a result overflows is an error.
func Correlation(t *assembly.ReadingTimes, surprisal []float64, skipFirst bool, ceiling scoring.Ceiling, rule string) (scoring.Score, error) {
	if err := inRange(t, surprisal); err != nil {
		return scoring.Score{}, err
	}
	var x, y []float64
	var sentence []int
	dropped := 0
	for i, w := range t.Words {
		switch {
		case skipFirst && w.First:
		case math.IsNaN(surprisal[i]):
			dropped++
		default:
			x, y = append(x, surprisal[i]), append(y, w.Mean)
			sentence = append(sentence, w.Sentence)
		}
	}
	r := stat.Pearson(x, y)
	sc := scoring.Score{
		Raw:     math.Abs(r),
		Ceiling: ceiling,
		Units:   scoring.Units{Kind: "word", Values: contributions(x, y), Dropped: dropped},
		Details: map[string]float64{"signed_r": r, "words": float64(len(x))},
	}
	if dropped > 0 {
		sc.Warn("%d words have no surprisal: dropped", dropped)
	}
	if r < 0 {
		sc.Warn("the correlation is negative (%s): Brain-Score takes its absolute value", scoring.FormatNumber(r))
	}
	if err := sc.Normalize(rule); err != nil {
		return sc, err
	}
	raws := make([]float64, resample.B)
	sc.Replicates = make([]float64, resample.B)
	weight := make([]float64, len(x))
	drawSentences(t, sentence, weight, func(b int) {
		raws[b] = math.Copysign(1, r) * stat.WeightedPearson(x, y, weight)
		sc.Replicates[b] = sc.Replicate(raws[b], ceiling.Value)
	})
	kept, _ := stat.Finite(raws)
	sc.Error = scoring.Error{Value: stat.SampleStd(kept), Kind: "bootstrap standard error over sentences"}
	sc.FinishInterval("sentences")
	return sc, nil
}

// largest is the largest surprisal that can be summed over any number of words.
const largest = 1e300

// inRange returns an error that names the first word whose surprisal is
// infinite or too large. NaN, no surprisal, is in range.
func inRange(t *assembly.ReadingTimes, surprisal []float64) error {
	for i, v := range surprisal {
		if math.Abs(v) > largest {
			w := t.Words[i]
			return fmt.Errorf("the surprisal of word %d of story %d is %g: the values are too large", w.Index, w.Story, v)
		}
	}
	return nil
}

// contributions returns each word's share in the correlation, the product of
// its two z-scores, whose mean is r.
func contributions(x, y []float64) []float64 {
	mx, my, sx, sy := stat.Mean(x), stat.Mean(y), stat.Std(x), stat.Std(y)
	out := make([]float64, len(x))
	for i := range x {
		out[i] = (x[i] - mx) / sx * ((y[i] - my) / sy)
	}
	return out
}

// drawSentences calls do for every replicate with the weight of each kept word
// set to how often its sentence was drawn.
func drawSentences(t *assembly.ReadingTimes, sentence []int, weight []float64, do func(b int)) {
	sampler := resample.New("sentences", t.Sentences)
	counts := make([]float64, len(t.Sentences))
	for b := range resample.B {
		sampler.Counts(b, counts)
		for k, s := range sentence {
			weight[k] = counts[s]
		}
		do(b)
	}
}
