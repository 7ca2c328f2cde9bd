//go:build amd64 && !purego

package leaderboard

import "golang.org/x/sys/cpu"

// raisers are those that this machine can run, fastest first. All give the same
// bits: a subtraction, a product and a comparison for each pair and lane.
var raisers = func() []raiser {
	x := &cpu.X86
	switch {
	case !x.HasAVX2:
		return []raiser{raiseGeneric}
	case !x.HasAVX512F || !x.HasAVX512DQ:
		return []raiser{raise2, raiseGeneric}
	}
	return []raiser{raise512, raise2, raiseGeneric}
}()

func raise512(acc *[lanes]float32, block, w []float32, stride, n int) {
	if n == 0 {
		return
	}
	_, _ = block[max(n+1, tile)*lanes-1], w[(tile-1)*stride+n-1]
	raiseAVX512(acc, &block[0], &w[0], stride, n)
}

func raise2(acc *[lanes]float32, block, w []float32, stride, n int) {
	for r := range min(tile, n) {
		w := w[r*stride+r : r*stride+n]
		_ = block[(n+1)*lanes-1]
		raiseAVX2(acc, &block[r*lanes], &block[(r+1)*lanes], &w[0], len(w))
	}
}

//go:noescape
func raiseAVX2(acc *[lanes]float32, x, y, w *float32, n int)

//go:noescape
func raiseAVX512(acc *[lanes]float32, block, w *float32, stride, n int)
