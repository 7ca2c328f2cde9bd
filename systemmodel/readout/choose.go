// Package readout makes behaviour of activations: the label that a network
// chooses, how probable it finds each label, the odd one out of three.
//
// These are the readouts of Brain-Score (brainscore_vision.model_helpers.
// brain_transformation.behavior), so that a decision here is the decision there;
// where we differ, the comment on the function says so.
package readout

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// tie is the relative difference of means below which they are equal.
const tie = 1e-12

// Choose returns the label that a network decides for, as its index in labels.
// Values are the network's 1,000 numbers for one stimulus in the order of
// ImageNet: logits, or probabilities where it ends in a softmax itself.
//
// The probability of a label is the mean over its ImageNet classes
//
//	p(label) = 1/|classes| * sum of softmax(values)[c]
//
// (not the sum: a label with many classes has no advantage), as in Geirhos et al.
// (2018, 2021). The most probable label is chosen, the first of labels on ties;
// means that differ by less than one part in 10^12 tie, so that rounding in sums
// of unlike length does not decide.
// The softmax is computed in double precision with the maximum subtracted, so
// no finite logit overflows; Brain-Score's does not subtract it.
//
// It is an error where there are no labels, a label has no ImageNet class (see
// [Known]), there are not 1,000 values, one is not finite, or values that are said to
// be probabilities are not: negative, or with a sum more than 1 % off 1.
func Choose(values []float32, probabilities bool, labels []string) (int, error) {
	if len(labels) == 0 {
		return 0, errors.New("there is no label to choose")
	}
	if missing := Known(labels); len(missing) > 0 {
		return 0, fmt.Errorf("no ImageNet class stands for %s", strings.Join(missing, ", "))
	}
	p, err := probability(values, probabilities)
	if err != nil {
		return 0, err
	}
	best, highest := 0, -1.0
	for i, label := range labels {
		classes := indices[fold(label)]
		sum := 0.0
		for _, c := range classes {
			sum += p[c]
		}
		if mean := sum / float64(len(classes)); mean > highest*(1+tie) {
			best, highest = i, mean
		}
	}
	return best, nil
}

// probability returns the softmax of the values, or the values themselves.
func probability(values []float32, done bool) ([]float64, error) {
	if len(values) != ImageNetClasses {
		return nil, fmt.Errorf("%d numbers for a stimulus, not %d: one for each class of ImageNet", len(values), ImageNetClasses)
	}
	highest := math.Inf(-1)
	for i, v := range values {
		x := float64(v)
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, fmt.Errorf("the number for ImageNet class %d is %v", i, v)
		}
		highest = max(highest, x)
	}
	p := make([]float64, len(values))
	sum := 0.0
	for i, v := range values {
		p[i] = float64(v)
		if !done {
			p[i] = math.Exp(p[i] - highest)
		} else if v < 0 {
			return nil, fmt.Errorf("the probability of ImageNet class %d is %v: these are logits, say softmax: needed", i, v)
		}
		sum += p[i]
	}
	if done {
		if math.Abs(sum-1) > 0.01 {
			return nil, fmt.Errorf("the probabilities have the sum %.3g, not 1: say softmax: needed if these are logits", sum)
		}
		return p, nil
	}
	for i := range p {
		p[i] /= sum
	}
	return p, nil
}
