package regress

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/bsgen/bsgen/scoring/split"
)

// BenchmarkCancel cancels a fit at points spread over its duration and reports
// the longest time, in ms, from there until it has returned.
func BenchmarkCancel(b *testing.B) {
	const points = 25
	for _, size := range []struct {
		name    string
		n, p, q int
	}{{"S1", 135, 1000, 102}, {"S2", 3200, 1000, 168}, {"S3", 384, 768, 13553}} {
		problem := sync.OnceValues(func() (x, y Matrix) { return benchmarkProblem(size.n, size.p, size.q) })
		splits, err := split.Default.Split(size.n)
		if err != nil {
			b.Fatal(err)
		}
		fit := func(ctx context.Context, m Method) error {
			x, y := problem()
			plan, err := NewPlan(ctx, x, splits, Options{})
			if err == nil {
				_, err = plan.Fit(ctx, m, y)
			}
			return err
		}
		for name, m := range map[string]Method{
			"pls": PLS{Components: 25}, "converged": PLS{Components: 3, Converged: true}, "ridge": Ridge{Alpha: 1},
			"ridgecv": RidgeCV{}, "linear": Linear{}, "onetoone": OneToOne{},
		} {
			b.Run(fmt.Sprintf("%s/%s", size.name, name), func(b *testing.B) {
				problem()
				start := time.Now()
				if err := fit(b.Context(), m); err != nil {
					b.Fatal(err)
				}
				whole := time.Since(start)
				worst := time.Duration(0)
				for b.Loop() {
					for k := range points {
						ctx, cancel := context.WithCancel(b.Context())
						cancelled := make(chan time.Time, 1)
						timer := time.AfterFunc(whole*time.Duration(k)/points, func() {
							cancelled <- time.Now()
							cancel()
						})
						err := fit(ctx, m)
						now := time.Now()
						if !errors.Is(err, context.Canceled) {
							timer.Stop() // it had ended
						} else {
							worst = max(worst, now.Sub(<-cancelled))
						}
						cancel()
					}
				}
				b.ReportMetric(float64(worst.Microseconds())/1000, "worst-ms")
			})
		}
	}
}
