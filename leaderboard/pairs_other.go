//go:build !amd64 || purego

package leaderboard

func raise(acc *[lanes]float32, block, w []float32) { raiseGeneric(acc, block, w) }
