package split

import (
	"fmt"
	"slices"
)

// KFold divides n samples into folds that are each the test set once, as
// sklearn.model_selection.KFold: without a seed contiguous blocks, with one
// (shuffle=True, random_state=*seed) random ones. The first n mod folds folds
// hold one sample more. Indices are ascending.
func KFold(n, folds int, seed *uint32) ([]Split, error) {
	if err := checkFolds(folds, n, "samples"); err != nil {
		return nil, err
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	if seed != nil {
		NewRandomState(*seed).Shuffle(order)
	}
	foldOf := make([]int, n)
	for f, block := range blocks(order, folds) {
		for _, i := range block {
			foldOf[i] = f
		}
	}
	return byFold(foldOf, folds), nil
}

// StratifiedKFold is KFold with each label spread evenly over the folds, as
// sklearn.model_selection.StratifiedKFold. Some label must have at least as
// many samples as there are folds.
func StratifiedKFold(labels []string, folds int, seed *uint32) ([]Split, error) {
	if err := checkFolds(folds, len(labels), "samples"); err != nil {
		return nil, err
	}
	// Classes are numbered by first appearance, so that renaming them does
	// not change the folds.
	number := map[string]int{}
	var members [][]int
	for i, l := range labels {
		c, ok := number[l]
		if !ok {
			c = len(members)
			number[l] = c
			members = append(members, nil)
		}
		members[c] = append(members[c], i)
	}
	largest := 0
	for _, m := range members {
		largest = max(largest, len(m))
	}
	if folds > largest {
		return nil, fmt.Errorf("split: %d folds, but no label has more than %d samples", folds, largest)
	}
	var rng *RandomState
	if seed != nil {
		rng = NewRandomState(*seed)
	}
	// Deal the samples, sorted by class, over the folds in turn: class c gives
	// fold f as many samples as it was dealt.
	foldOf := make([]int, len(labels))
	dealt := 0
	for _, m := range members {
		share := make([]int, folds)
		for range m {
			share[dealt%folds]++
			dealt++
		}
		var assigned []int
		for f, k := range share {
			for range k {
				assigned = append(assigned, f)
			}
		}
		if rng != nil {
			rng.Shuffle(assigned)
		}
		for k, i := range m {
			foldOf[i] = assigned[k]
		}
	}
	return byFold(foldOf, folds), nil
}

// GroupKFold divides samples so that no group is in two folds, as
// sklearn.model_selection.GroupKFold with groups as strings: the groups,
// largest first, go one by one to the fold that is smallest so far.
//
// Groups of equal size are ordered as NumPy's introsort leaves them; NumPy
// 1.25 and later order them differently on CPUs with AVX-512.
func GroupKFold(groups []string, folds int) ([]Split, error) {
	members, _ := classes(groups)
	if err := checkFolds(folds, len(members), "groups"); err != nil {
		return nil, err
	}
	sizes := make([]int, len(members))
	for g, m := range members {
		sizes[g] = len(m)
	}
	load := make([]int, folds)
	foldOf := make([]int, len(groups))
	for _, g := range slices.Backward(argsort(sizes)) {
		lightest := 0
		for f, l := range load {
			if l < load[lightest] {
				lightest = f
			}
		}
		load[lightest] += sizes[g]
		for _, i := range members[g] {
			foldOf[i] = lightest
		}
	}
	return byFold(foldOf, folds), nil
}

// ShuffledGroupKFold divides samples so that no group is in two folds, as
// GroupKFold(shuffle=True, random_state=seed) of scikit-learn 1.6 and later:
// the sorted groups are permuted and cut into folds of nearly equally many
// groups, whatever their sizes.
func ShuffledGroupKFold(groups []string, folds int, seed uint32) ([]Split, error) {
	members, _ := classes(groups)
	if err := checkFolds(folds, len(members), "groups"); err != nil {
		return nil, err
	}
	order := NewRandomState(seed).Permutation(len(members))
	foldOf := make([]int, len(groups))
	for f, block := range blocks(order, folds) {
		for _, g := range block {
			for _, i := range members[g] {
				foldOf[i] = f
			}
		}
	}
	return byFold(foldOf, folds), nil
}

func checkFolds(folds, n int, what string) error {
	if folds < 2 || folds > n {
		return fmt.Errorf("split: %d folds of %d %s: need between 2 and %[2]d folds", folds, n, what)
	}
	return nil
}

// blocks cuts s into k contiguous parts, the first len(s) mod k one longer.
func blocks(s []int, k int) [][]int {
	out := make([][]int, k)
	size, longer := len(s)/k, len(s)%k
	for i := range out {
		m := size
		if i < longer {
			m++
		}
		out[i], s = s[:m], s[m:]
	}
	return out
}

// byFold turns the fold of each sample into splits with ascending indices.
func byFold(foldOf []int, folds int) []Split {
	out := make([]Split, folds)
	for i, f := range foldOf {
		for g := range out {
			if g == f {
				out[g].Test = append(out[g].Test, i)
			} else {
				out[g].Train = append(out[g].Train, i)
			}
		}
	}
	return out
}
