package leaderboard

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// each calls do for 0 to n-1 on all processors, each of which has a worker of
// its own: the memory that one call leaves to the next.
func each[W any](n int, worker func() W, do func(w W, i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			w := worker()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(w, i)
			}
		})
	}
	wg.Wait()
}

// sized returns a slice of that length, with whatever its memory holds.
func sized[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }
