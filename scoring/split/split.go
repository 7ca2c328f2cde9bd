// Package split draws cross-validation splits index for index as scikit-learn
// draws them, so that a score computed here uses the same training and test
// stimuli as the published Python analyses.
//
// Every function is a pure function of its arguments: the seed is part of a
// benchmark, and equal arguments give equal splits on every machine.
//
// Source: scikit-learn, sklearn/model_selection/_split.py (checked against
// release 1.2.1), on NumPy's RandomState.
package split

import (
	"fmt"
	"math"
)

// Split is one division of samples into a training and a test set. The order
// of the indices is scikit-learn's and carries no meaning.
type Split struct {
	Train, Test []int
}

// Default is the cross-validation of Brain-Score: ten random 90/10 divisions
// (their test sets may overlap) drawn with seed 1.
var Default = Shuffle{Splits: 10, TrainSize: 0.9, Seed: 1}

// Shuffle describes independent random divisions of the samples. Exactly one
// of TrainSize and TestSize, each a fraction in (0, 1), must be set; the other
// set is the rest. As in scikit-learn a train size is rounded down and a test
// size rounded up.
type Shuffle struct {
	Splits    int
	TrainSize float64
	TestSize  float64
	Seed      uint32
}

// sizes returns the number of training and test samples among n.
func (s Shuffle) sizes(n int) (train, test int, err error) {
	switch {
	case s.Splits < 1:
		return 0, 0, fmt.Errorf("split: %d splits asked for, need at least 1", s.Splits)
	case s.TrainSize != 0 && s.TestSize != 0:
		return 0, 0, fmt.Errorf("split: both a train size (%g) and a test size (%g) are set", s.TrainSize, s.TestSize)
	case s.TrainSize > 0 && s.TrainSize < 1:
		train = int(math.Floor(s.TrainSize * float64(n)))
		test = n - train
	case s.TestSize > 0 && s.TestSize < 1:
		test = int(math.Ceil(s.TestSize * float64(n)))
		train = n - test
	default:
		return 0, 0, fmt.Errorf("split: train size %g and test size %g: one must lie between 0 and 1", s.TrainSize, s.TestSize)
	}
	if train < 1 || test < 1 {
		return 0, 0, fmt.Errorf("split: %d samples divide into %d for training and %d for test", n, train, test)
	}
	return train, test, nil
}

// Split divides n samples, as sklearn.model_selection.ShuffleSplit.
func (s Shuffle) Split(n int) ([]Split, error) {
	train, test, err := s.sizes(n)
	if err != nil {
		return nil, err
	}
	rng := NewRandomState(s.Seed)
	out := make([]Split, s.Splits)
	for i := range out {
		p := rng.Permutation(n)
		out[i] = Split{Test: p[:test:test], Train: p[test : test+train]}
	}
	return out, nil
}

// Stratified divides samples so that each label keeps its share in both sets,
// as sklearn.model_selection.StratifiedShuffleSplit with labels as y. Each
// label needs two samples, and each set room for every label.
func (s Shuffle) Stratified(labels []string) ([]Split, error) {
	n := len(labels)
	train, test, err := s.sizes(n)
	if err != nil {
		return nil, err
	}
	members, names := classes(labels)
	counts := make([]int, len(members))
	for c, m := range members {
		if len(m) < 2 {
			return nil, fmt.Errorf("split: label %q has one sample, stratification needs two", names[c])
		}
		counts[c] = len(m)
	}
	if k := len(members); train < k || test < k {
		return nil, fmt.Errorf("split: %d training and %d test samples cannot hold all %d labels", train, test, k)
	}
	rng := NewRandomState(s.Seed)
	out := make([]Split, s.Splits)
	for i := range out {
		inTrain := approximateMode(counts, train, rng)
		left := make([]int, len(counts))
		for c := range left {
			left[c] = counts[c] - inTrain[c]
		}
		inTest := approximateMode(left, test, rng)
		var sp Split
		for c, m := range members {
			p := rng.Permutation(len(m))
			for _, j := range p[:inTrain[c]] {
				sp.Train = append(sp.Train, m[j])
			}
			for _, j := range p[inTrain[c] : inTrain[c]+inTest[c]] {
				sp.Test = append(sp.Test, m[j])
			}
		}
		sp.Train = permuted(sp.Train, rng)
		sp.Test = permuted(sp.Test, rng)
		out[i] = sp
	}
	return out, nil
}

func permuted(s []int, rng *RandomState) []int {
	out := make([]int, len(s))
	for i, j := range rng.Permutation(len(s)) {
		out[i] = s[j]
	}
	return out
}
