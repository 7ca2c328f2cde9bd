package regress

import (
	"context"
	"fmt"
	"math"
	"sync"
	"testing"

	"github.com/bsgen/bsgen/scoring/split"
)

// benchmarkProblem has features with the power-law spectrum of activations
// (the k-th falls as k^-0.7; a rotation would change nothing) and responses
// that are linear in them plus as much noise. Its random numbers are sums of
// uniform ones.
func benchmarkProblem(n, p, q int) (x, y Matrix) {
	rng := split.NewRandomState(1)
	normal := func() float64 {
		return (rng.Float64() + rng.Float64() + rng.Float64() + rng.Float64() - 2) * math.Sqrt(3)
	}
	xs, ys := newGeneral(n, p), newGeneral(n, q)
	r := min(n, p)
	w := newGeneral(r, q)
	for i := range xs.Data {
		xs.Data[i] = normal() * math.Pow(float64(i%p+1), -0.7)
	}
	for i := range w.Data {
		w.Data[i] = normal()
	}
	for i := range n {
		gemv('T', 1, w, row(xs, i)[:r], 0, row(ys, i))
		for j := range q {
			row(ys, i)[j] += 1.5 * normal()
		}
	}
	return Float64(n, p, xs.Data), Float64(n, q, ys.Data)
}

func BenchmarkFit(b *testing.B) {
	for _, size := range []struct {
		name    string
		n, p, q int
	}{{"S1", 135, 1000, 102}, {"S2", 3200, 1000, 168}, {"S3", 384, 768, 13553}} {
		problem := sync.OnceValues(func() (x, y Matrix) { return benchmarkProblem(size.n, size.p, size.q) })
		splits, err := split.Default.Split(size.n)
		if err != nil {
			b.Fatal(err)
		}
		for name, m := range map[string]Method{"pls": PLS{Components: 25}, "ridge": Ridge{Alpha: 1}, "ridgecv": RidgeCV{}, "linear": Linear{}} {
			b.Run(fmt.Sprintf("%s/%s", size.name, name), func(b *testing.B) {
				x, y := problem()
				steps := 0
				for b.Loop() {
					plan, err := NewPlan(context.Background(), x, splits, Options{})
					if err != nil {
						b.Fatal(err)
					}
					fit, err := plan.Fit(context.Background(), m, y)
					if err != nil {
						b.Fatal(err)
					}
					steps = 0
					for _, f := range fit.Folds {
						for _, k := range f.Iterations {
							steps += k
						}
					}
				}
				if steps > 0 {
					b.ReportMetric(float64(steps), "steps/op")
				}
			})
		}
	}
}
