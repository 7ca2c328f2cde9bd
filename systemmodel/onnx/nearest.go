package onnx

import (
	"cmp"
	"slices"
	"strings"
)

// nearest returns up to three names of tensors that come nearest to a name: those
// that hold it or that it holds, then by edit distance; a tie goes to the graph's
// order. Names that have little in common are left out.
func (in *Info) nearest(name string) []string {
	type near struct {
		name string
		far  int
	}
	if len(name) > 128 {
		return nil
	}
	lower := strings.ToLower(name)
	var found []near
	for i, t := range in.Tensors {
		if i == 10_000 { // time is bounded too
			break
		}
		if len(t.Name) > 128 {
			continue
		}
		other := strings.ToLower(t.Name)
		far := 2 + distance(lower, other)
		switch {
		case other == "" || lower == "":
			continue
		case strings.Contains(other, lower) || strings.Contains(lower, other):
			far = min(far, 2)
		}
		if far > 2+max(len(lower), len(other))/2 {
			continue
		}
		found = append(found, near{t.Name, far})
	}
	slices.SortStableFunc(found, func(a, b near) int { return cmp.Compare(a.far, b.far) })
	var names []string
	for _, n := range found[:min(3, len(found))] {
		names = append(names, n.name)
	}
	return names
}

// distance is Levenshtein's: insertions, deletions and substitutions of bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substitute := diagonal
			if a[i] != b[j] {
				substitute++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitute, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
