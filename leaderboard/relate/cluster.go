package relate

import (
	"math"
	"slices"
)

// Order arranges benchmarks so that those with high correlations stand side by
// side. They are joined by average linkage (Sokal and Michener 1958) on the
// distance 1 - r; among the orders of the leaves that the tree allows it
// returns one with the smallest sum of distances between neighbours (Bar-Joseph,
// Gifford and Jaakkola 2001). An r that is NaN counts as 0. Of equal distances
// the first pair is joined, and the lower index comes first, so the result
// depends on nothing but r. r is square and symmetric; the diagonal is not read.
func Order(r [][]float64) []int {
	n := len(r)
	d := make([][]float64, n)
	for i := range d {
		d[i] = make([]float64, n)
		for j := range d[i] {
			if d[i][j] = 1 - r[i][j]; math.IsNaN(r[i][j]) {
				d[i][j] = 1
			}
		}
	}
	if n == 0 {
		return nil
	}
	root := join(d)
	return root.order(d)
}

// tree is a cluster: a leaf, or two clusters.
type tree struct {
	leaves      []int
	left, right *tree
	// cost[i][j] is the smallest sum of distances between neighbours of an
	// order that begins with leaf i and ends with leaf j.
	cost map[[2]int]float64
}

// join builds the tree.
func join(d [][]float64) *tree {
	var active []*tree
	between := map[[2]*tree]float64{} // mean distance
	for i := range d {
		leaf := &tree{leaves: []int{i}, cost: map[[2]int]float64{{i, i}: 0}}
		for _, other := range active {
			between[[2]*tree{other, leaf}] = d[other.leaves[0]][i]
		}
		active = append(active, leaf)
	}
	at := func(a, b *tree) float64 {
		if v, ok := between[[2]*tree{a, b}]; ok {
			return v
		}
		return between[[2]*tree{b, a}]
	}
	for len(active) > 1 {
		a, b, least := 0, 1, math.Inf(1)
		for i := range active {
			for j := i + 1; j < len(active); j++ {
				if v := at(active[i], active[j]); v < least {
					a, b, least = i, j, v
				}
			}
		}
		x, y := active[a], active[b]
		t := &tree{leaves: append(slices.Clone(x.leaves), y.leaves...), left: x, right: y}
		active = slices.Delete(active, b, b+1)
		active[a] = t
		nx, ny := float64(len(x.leaves)), float64(len(y.leaves))
		for _, other := range active {
			if other != t {
				between[[2]*tree{t, other}] = (nx*at(x, other) + ny*at(y, other)) / (nx + ny)
			}
		}
	}
	return active[0]
}

// order finds the best order from the bottom up, then reads it off.
func (t *tree) order(d [][]float64) []int {
	t.fill(d)
	if t.left == nil {
		return t.leaves
	}
	first, last, least := 0, 0, math.Inf(1)
	ends := slices.Sorted(slices.Values(t.leaves))
	for _, i := range ends {
		for _, j := range ends {
			if c, ok := t.cost[[2]int{i, j}]; ok && c < least {
				first, last, least = i, j, c
			}
		}
	}
	return t.read(d, first, last)
}

// ends returns which leaves may stand at the end away from leaf i: those of the
// other branch.
func (t *tree) ends(i int) []int {
	if t.left == nil {
		return t.leaves
	}
	if slices.Contains(t.left.leaves, i) {
		return t.right.leaves
	}
	return t.left.leaves
}

// fill computes the costs. An order of the leaves of both branches begins with
// i, leaves its branch at m, enters the other at k and ends with j.
func (t *tree) fill(d [][]float64) {
	if t.left == nil {
		return
	}
	t.left.fill(d)
	t.right.fill(d)
	t.cost = map[[2]int]float64{}
	for _, i := range t.left.leaves {
		// from[k]: the cheapest way from i through the left branch to k.
		from := map[int]float64{}
		for _, k := range t.right.leaves {
			from[k] = math.Inf(1)
			for _, m := range t.left.ends(i) {
				from[k] = math.Min(from[k], t.left.cost[[2]int{i, m}]+d[m][k])
			}
		}
		for _, j := range t.right.leaves {
			least := math.Inf(1)
			for _, k := range t.right.ends(j) {
				least = math.Min(least, from[k]+t.right.cost[[2]int{k, j}])
			}
			t.cost[[2]int{i, j}], t.cost[[2]int{j, i}] = least, least
		}
	}
}

// read returns the order from i to j.
func (t *tree) read(d [][]float64, i, j int) []int {
	if t.left == nil {
		return t.leaves
	}
	a, b := t.left, t.right
	if slices.Contains(b.leaves, i) {
		a, b = b, a
	}
	m, k, least := -1, -1, math.Inf(1)
	for _, x := range sorted(a.ends(i)) {
		for _, y := range sorted(b.ends(j)) {
			if c := a.cost[[2]int{i, x}] + d[x][y] + b.cost[[2]int{y, j}]; c < least {
				m, k, least = x, y, c
			}
		}
	}
	return append(slices.Clone(a.read(d, i, m)), b.read(d, k, j)...)
}

func sorted(x []int) []int { return slices.Sorted(slices.Values(x)) }
