package simdblas

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// parallelWork is the number of multiply-adds below which starting goroutines
// costs more than it gains. Callers look at it before they make a closure,
// which for small matrices costs too much already.
const parallelWork = 1 << 18

// parallel calls task(0) ... task(n-1) on up to GOMAXPROCS goroutines, the
// caller's among them, and returns when all are done. The tasks must write
// different outputs.
func parallel(n int, task func(i int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers <= 1 {
		for i := range n {
			task(i)
		}
		return
	}
	var next atomic.Int64
	drain := func() {
		for {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			task(i)
		}
	}
	var wg sync.WaitGroup
	for range workers - 1 {
		wg.Go(drain)
	}
	drain()
	wg.Wait()
}

// scratch holds buffers that calls reuse.
var scratch = sync.Pool{New: func() any { return new([]float64) }}

// borrow returns a buffer of n elements with arbitrary contents, and the handle
// by which to give it back to scratch.
func borrow(n int) ([]float64, *[]float64) {
	p := scratch.Get().(*[]float64)
	if cap(*p) < n {
		*p = make([]float64, n)
	}
	return (*p)[:n], p
}

func giveBack(p *[]float64) { scratch.Put(p) }
