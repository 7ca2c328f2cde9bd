// Package parallel runs the parts of a computation on all processors.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls do for 0 to n-1 on all processors, in no order, and returns when all
// calls have. Each processor has a worker of its own: the memory that one call
// leaves to the next.
func Each[W any](n int, worker func() W, do func(w W, i int)) {
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

// None is for workers that need nothing of their own.
func None() struct{} { return struct{}{} }
