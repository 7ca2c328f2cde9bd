package leaderboard

import "slices"

// sized returns a slice of that length, with whatever its memory holds.
func sized[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }
