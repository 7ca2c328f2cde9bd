package archive

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// each calls do for 0 to n-1 on all processors, and passes what worker made for
// the processor.
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

// none is for workers that need nothing of their own.
func none() struct{} { return struct{}{} }
