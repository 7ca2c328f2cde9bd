package regress

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync/atomic"
	"testing"

	"github.com/bsgen/bsgen/scoring/split"
)

// endsAfter is a context that ends after it has been asked so many times.
type endsAfter struct {
	context.Context
	left atomic.Int64
}

func (c *endsAfter) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// TestCancelledAnywhere ends the context at each of the points at which a fit
// looks at it: the fit must return the context's error, not a result of half
// the work. How soon that is, [BenchmarkCancel] measures.
func TestCancelledAnywhere(t *testing.T) {
	for _, shape := range [][3]int{{60, 30, 5}, {40, 90, 60}} {
		n, p, q := shape[0], shape[1], shape[2]
		x, y := problem(8, n, p, q, 9)
		splits, err := split.Shuffle{Splits: 2, TrainSize: .9, Seed: 1}.Split(n)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []Method{PLS{Components: 4}, PLS{Components: 2, Converged: true}, Ridge{Alpha: 1}, Ridge{Alpha: 1e-30}, RidgeCV{}, Linear{}, OneToOne{}} {
			t.Run(fmt.Sprintf("%v %#v", shape, m), func(t *testing.T) {
				fit := func(asked int64) (left int64, err error) {
					ctx := &endsAfter{Context: t.Context()}
					ctx.left.Store(asked)
					plan, err := NewPlan(ctx, Float64(n, p, x), splits, Options{Workers: 1})
					if err == nil {
						_, err = plan.Fit(ctx, m, Float64(n, q, y))
					}
					return ctx.left.Load(), err
				}
				left, err := fit(math.MaxInt32)
				if err != nil {
					t.Fatal(err)
				}
				points := math.MaxInt32 - left
				for k := int64(0); k < points; k += 1 + points/50 {
					if left, err := fit(k); !errors.Is(err, context.Canceled) || left < -1 {
						t.Errorf("ended at point %d of %d: asked %d times more, error %v", k, points, -1-left, err)
					}
				}
			})
		}
	}
}
