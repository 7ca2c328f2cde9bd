//go:build amd64 && !purego

package leaderboard

import (
	"slices"

	"golang.org/x/sys/cpu"
)

// comparers and raisers are those that this machine can run, fastest first. All give
// the same bits.
var comparers, raisers = func() ([]comparer, []raiser) {
	comparers, raisers := []comparer{compareGeneric}, []raiser{raiseGeneric}
	x := &cpu.X86
	if x.HasAVX2 && x.HasFMA {
		comparers, raisers = append(comparers, compare2), append(raisers, raise2)
		if x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512VL {
			comparers, raisers = append(comparers, compare512), append(raisers, raise512)
		}
	}
	slices.Reverse(comparers)
	slices.Reverse(raisers)
	return comparers, raisers
}()

func compare512(squares, groups, x, y []float32, step, blocks, stride, tiles int) {
	within(squares, groups, x, y, step, blocks, stride, tiles)
	compareAVX512(&squares[0], &groups[0], &x[0], &y[0], step, blocks, stride, tiles)
}

func compare2(squares, groups, x, y []float32, step, blocks, stride, tiles int) {
	within(squares, groups, x, y, step, blocks, stride, tiles)
	for r := range pairOfRows {
		for c := 0; c < tiles*columns; c += 2 {
			compareAVX2(&squares[r*stride+c], &groups[r*stride+c], &x[r*lanes], &y[c*lanes], step, blocks)
		}
	}
}

// within panics where a comparer would leave its slices, or has nothing to do.
func within(squares, groups, x, y []float32, step, blocks, stride, tiles int) {
	out, last := stride+tiles*columns-1, (blocks-1)*step-1
	_, _ = squares[out], groups[out]
	_, _ = x[last+pairOfRows*lanes], y[last+tiles*columns*lanes]
	_, _ = squares[tiles-1], x[(blocks-1)*lanes]
}

func raise512(largest, x, y []float32, weight float32, step, blocks int) {
	last := (blocks-1)*step + lanes - 1
	_, _, _ = largest[blocks*lanes-1], x[last], y[last]
	raiseAVX512(&largest[0], &x[0], &y[0], weight, step, blocks)
}

func raise2(largest, x, y []float32, weight float32, step, blocks int) {
	last := (blocks-1)*step + lanes - 1
	_, _, _ = largest[blocks*lanes-1], x[last], y[last]
	raiseAVX2(&largest[0], &x[0], &y[0], weight, step, blocks)
}

//go:noescape
func compareAVX2(squares, groups, x, y *float32, step, blocks int)

//go:noescape
func compareAVX512(squares, groups, x, y *float32, step, blocks, stride, tiles int)

//go:noescape
func raiseAVX2(largest, x, y *float32, weight float32, step, blocks int)

//go:noescape
func raiseAVX512(largest, x, y *float32, weight float32, step, blocks int)
