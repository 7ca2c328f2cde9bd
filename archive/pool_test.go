package archive

import (
	"slices"
	"strings"
	"testing"
)

// TestArena: pieces are zero, not nil, of the length asked for, and do not overlap.
func TestArena(t *testing.T) {
	var a arena[int]
	var all [][]int
	for i := range 3000 {
		n := i % 50
		if i%100 == 99 {
			n = 1 << 15 // more than an array has
		}
		x := a.take(n)
		if x == nil || len(x) != n || cap(x) != n || slices.ContainsFunc(x, func(v int) bool { return v != 0 }) {
			t.Fatalf("piece %d: %d of %d values, nil %t", i, len(x), n, x == nil)
		}
		for k := range x {
			x[k] = i
		}
		all = append(all, x)
	}
	for i, x := range all {
		if slices.ContainsFunc(x, func(v int) bool { return v != i }) {
			t.Fatalf("piece %d was changed", i)
		}
	}
	if k := a.keep([]int{1, 2}); !slices.Equal(k, []int{1, 2}) {
		t.Error(k)
	}
}

func TestTextArena(t *testing.T) {
	var a textArena
	var all []string
	text := func(i int) string { return strings.Repeat(string(rune('a'+i%26)), i*i%700) }
	for i := range 3000 {
		all = append(all, a.keep([]byte(text(i))))
	}
	for i, s := range all {
		if s != text(i) {
			t.Fatalf("text %d is %q", i, s)
		}
	}
}
