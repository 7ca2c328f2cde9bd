package neural

import (
	"context"
	"fmt"
	"testing"

	"github.com/bsgen/bsgen/scoring/regress"
	"github.com/bsgen/bsgen/scoring/split"
)

func BenchmarkReplicates(b *testing.B) {
	for _, size := range [][3]int{{640, 100, 50}, {3200, 100, 168}, {384, 100, 13553}} {
		n, p, q := size[0], size[1], size[2]
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s := lcg(1)
			x, y := make([]float64, n*p), make([]float64, n*q)
			for i := range x {
				x[i] = float64(s.draw())
			}
			for i := range y {
				y[i] = float64(s.draw()) + x[i/q*p+i%q%p]
			}
			splits, err := split.Default.Split(n)
			if err != nil {
				b.Fatal(err)
			}
			m, err := Lookup("ridge")
			if err != nil {
				b.Fatal(err)
			}
			score, err := m.Score(context.Background(), regress.Float64(n, p, x), regress.Float64(n, q, y), splits)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := resampling(n, q).Regression(context.Background(), score.Fit); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
