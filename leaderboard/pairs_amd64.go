//go:build amd64 && !purego

package leaderboard

import "golang.org/x/sys/cpu"

// raise is [raiseGeneric] in vector instructions, where the processor has them.
// Both give the same bits: a subtraction, a product and a comparison each.
func raise(acc *[lanes]float32, block, w []float32) {
	if len(w) == 0 {
		return
	}
	if !cpu.X86.HasAVX2 {
		raiseGeneric(acc, block, w)
		return
	}
	_ = block[(len(w)+1)*lanes-1]
	raiseAVX2(acc, &block[0], &w[0], len(w))
}

//go:noescape
func raiseAVX2(acc *[lanes]float32, block, w *float32, n int)
