package reading

import (
	"fmt"
	"math"
	"slices"

	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/scoring/resample"
	"github.com/bsgen/bsgen/scoring/stat"
)

// DeltaLogLikelihood returns what surprisal adds to the prediction of reading
// times beyond word length and frequency: the mean over words of
//
//	log N(y; full) - log N(y; base)      in nats per word
//
// for words of a story that neither regression was fitted to (Goodkind and
// Bicknell 2018; Wilcox et al. 2020). The base regression has length, log2
// frequency and their product, each of the word and of the word before; the
// full one also has the surprisal of both. N is normal with the variance of
// the training residuals. Both see the same words: not first in a sentence
// (where skipFirst) or story, with a frequency and a surprisal, and so the
// word before.
//
// It is an error if the words outside of some story are too few to fit to, if
// they are fitted without a residual, which has no density, and if values are so
// large that this is infinite. The unit of surprisal does not matter.
//
// A negative value means that surprisal made prediction worse. There is no
// ceiling: use the rule "none". Replicates resample sentences, without
// refitting.
func DeltaLogLikelihood(t *assembly.ReadingTimes, surprisal []float64, skipFirst bool) (scoring.Score, error) {
	if err := inRange(t, surprisal); err != nil {
		return scoring.Score{}, err
	}
	unit := unitOf(surprisal)
	var rows []sample
	dropped := 0
	for i, w := range t.Words {
		if i == 0 || t.Words[i-1].Story != w.Story || skipFirst && w.First {
			continue
		}
		p := t.Words[i-1]
		s := sample{story: w.Story, sentence: w.Sentence, y: w.Mean,
			base: []float64{
				float64(w.Length()), w.Log2Freq, float64(w.Length()) * w.Log2Freq,
				float64(p.Length()), p.Log2Freq, float64(p.Length()) * p.Log2Freq,
			},
			extra: []float64{surprisal[i] * unit, surprisal[i-1] * unit},
		}
		if slices.ContainsFunc(append(slices.Clone(s.base), s.extra...), math.IsNaN) {
			dropped++
			continue
		}
		rows = append(rows, s)
	}
	gains := make([]float64, len(rows))
	var stories []int
	for _, r := range rows {
		if !slices.Contains(stories, r.story) {
			stories = append(stories, r.story)
		}
	}
	for _, story := range stories {
		left := 0
		for _, r := range rows {
			if r.story != story {
				left++
			}
		}
		if left <= parameters {
			return scoring.Score{}, fmt.Errorf("%d words outside of story %d have a surprisal and a frequency: too few to fit %d coefficients", left, story, parameters)
		}
		base, full := fit(rows, story, false), fit(rows, story, true)
		for _, m := range []model{base, full} {
			if !(m.variance > 0) || math.IsInf(m.variance, 0) {
				return scoring.Score{}, fmt.Errorf("without story %d the residuals' variance is %g: the reading times are all explained, or the values are too large", story, m.variance)
			}
		}
		for k, r := range rows {
			if r.story == story {
				gains[k] = full.logDensity(r) - base.logDensity(r)
			}
		}
	}
	sentence := make([]int, len(rows))
	for k, r := range rows {
		sentence[k] = r.sentence
	}
	sc := scoring.Score{
		Raw:     stat.Mean(gains),
		Ceiling: scoring.NoCeiling,
		Units:   scoring.Units{Kind: "word", Values: gains, Dropped: dropped},
		Details: map[string]float64{"words": float64(len(rows)), "stories": float64(len(stories))},
	}
	for _, story := range stories {
		sc.Splits = append(sc.Splits, storyMean(rows, gains, story))
	}
	if dropped > 0 {
		sc.Warn("%d words have no surprisal or no frequency, or the word before has none: dropped", dropped)
	}
	if err := sc.Normalize("none"); err != nil {
		return sc, err
	}
	sc.Replicates = make([]float64, resample.B)
	weight := make([]float64, len(rows))
	drawSentences(t, sentence, weight, func(b int) { sc.Replicates[b] = stat.WeightedMean(gains, weight) })
	sc.Error = scoring.Error{Value: stat.SampleStd(sc.Replicates), Kind: "bootstrap standard error over sentences"}
	sc.FinishInterval("sentences")
	return sc, nil
}

// unitOf returns the power of two that brings extreme values into the range in
// which their squares neither under- nor overflow; see [stat.Scale]. Predictions
// do not depend on it.
func unitOf(surprisal []float64) float64 {
	top := 0.0
	for _, v := range surprisal {
		if d := math.Abs(v); d > top { // not NaN
			top = d
		}
	}
	return stat.Scale(top)
}

// parameters is the number of coefficients of the full regression: six
// predictors of the base, two surprisals and the intercept.
const parameters = 9

type sample struct {
	story, sentence int
	y               float64
	base, extra     []float64
}

func (s sample) predictors(full bool) []float64 {
	if full {
		return append(slices.Clone(s.base), s.extra...)
	}
	return s.base
}

func storyMean(rows []sample, gains []float64, story int) float64 {
	var sum, n float64
	for k, r := range rows {
		if r.story == story {
			sum, n = sum+gains[k], n+1
		}
	}
	return sum / n
}

// model is a fitted normal regression.
type model struct {
	full     bool
	mean     float64
	centre   []float64
	coef     []float64
	variance float64
}

// fit regresses y on the predictors by least squares over all stories but one.
func fit(rows []sample, leftOut int, full bool) model {
	var x [][]float64 // predictor -> value per row
	var y []float64
	for _, r := range rows {
		if r.story == leftOut {
			continue
		}
		y = append(y, r.y)
		for j, v := range r.predictors(full) {
			if j == len(x) {
				x = append(x, nil)
			}
			x[j] = append(x[j], v)
		}
	}
	m := model{full: full, mean: stat.Mean(y)}
	for i := range y {
		y[i] -= m.mean
	}
	for _, col := range x {
		c := stat.Mean(col)
		if slices.Min(col) == slices.Max(col) {
			c = col[0] // a mean that is rounded would leave a predictor of 1e-17
		}
		m.centre = append(m.centre, c)
		for i := range col {
			col[i] -= c
		}
	}
	m.coef = leastSquares(x, y)
	rss := 0.0
	for i, v := range y {
		for j, b := range m.coef {
			v -= float64(b * x[j][i])
		}
		rss += float64(v * v)
	}
	m.variance = rss / float64(len(y))
	return m
}

func (m model) logDensity(s sample) float64 {
	e := s.y - m.mean
	for j, v := range s.predictors(m.full) {
		e -= float64(m.coef[j] * (v - m.centre[j]))
	}
	return -(math.Log(2*math.Pi*m.variance) + float64(e*e)/m.variance) / 2
}
