package behavior

import (
	"math"
	"strings"

	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/scoring/stat"
)

// Accuracy returns the share of items that a model answers right, pooled over
// conditions. Error is the population standard deviation of the 0/1 outcomes,
// as Brain-Score reports it. Replicates resample images within conditions.
func Accuracy(t *assembly.Trials, choices []int, ceiling scoring.Ceiling, rule string) (scoring.Score, error) {
	right := correct(t, choices)
	people := 0.0
	for s := range t.Subjects {
		n, k := 0.0, 0.0
		for i, it := range t.Items {
			if t.Choices[s][i] == assembly.NotShown {
				continue
			}
			n++
			if t.Choices[s][i] == it.Truth {
				k++
			}
		}
		people += k / n
	}
	sc := scoring.Score{
		Raw:     stat.Mean(right),
		Ceiling: ceiling,
		Error:   scoring.Error{Value: stat.Std(right), Kind: "standard deviation of the 0/1 outcomes (Brain-Score)"},
		Units:   scoring.Units{Kind: "image", Values: right},
		Details: map[string]float64{"human_accuracy": people / float64(len(t.Subjects))},
	}
	if err := sc.Normalize(rule); err != nil {
		return sc, err
	}
	replicateItems(&sc, t, func(weight []float64) float64 { return stat.WeightedMean(right, weight) })
	return sc, nil
}

// ShapeBias returns, for images whose shape and texture come from different
// classes, the share of shape decisions among decisions for either:
//
//	shape / (shape + texture)
//
// (Geirhos et al. 2019). The shape is an item's truth; the texture is the last
// part of its name, as in "airplane1-bicycle2", without digits. It is NaN where
// a model never decides for either.
func ShapeBias(t *assembly.Trials, choices []int, ceiling scoring.Ceiling, rule string) (scoring.Score, error) {
	shape, texture := make([]float64, len(t.Items)), make([]float64, len(t.Items))
	var unit []float64
	conflict := 0
	for i, it := range t.Items {
		tex := TextureOf(it.Stimulus)
		if tex == t.Labels[it.Truth] {
			continue
		}
		conflict++
		decided := ""
		if choices[i] >= 0 {
			decided = t.Labels[choices[i]]
		}
		switch decided {
		case t.Labels[it.Truth]:
			shape[i] = 1
			unit = append(unit, 1)
		case tex:
			texture[i] = 1
			unit = append(unit, 0)
		}
	}
	bias := func(weight []float64) float64 {
		var s, x float64
		for i, w := range weight {
			s += w * shape[i]
			x += w * texture[i]
		}
		return s / (s + x)
	}
	raw := bias(ones(len(t.Items)))
	sc := scoring.Score{
		Raw:     raw,
		Ceiling: ceiling,
		Error:   scoring.Error{Value: math.Sqrt(raw * (1 - raw) / float64(len(unit))), Kind: "binomial standard error over decisions"},
		Units:   scoring.Units{Kind: "decision for shape or texture", Values: unit, Dropped: conflict - len(unit)},
		Details: map[string]float64{"shape_decisions": raw * float64(len(unit)), "texture_decisions": (1 - raw) * float64(len(unit))},
	}
	if math.IsNaN(raw) {
		sc.Warn("the model never decides for shape or texture")
	}
	if err := sc.Normalize(rule); err != nil {
		return sc, err
	}
	replicateItems(&sc, t, bias)
	return sc, nil
}

// TextureOf returns the class of the texture in the name of a cue-conflict image.
func TextureOf(stimulus string) string {
	name, _, _ := strings.Cut(stimulus, ".")
	return strings.TrimRight(name[strings.LastIndexByte(name, '-')+1:], "0123456789")
}
