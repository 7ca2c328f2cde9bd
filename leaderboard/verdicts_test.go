package leaderboard

import (
	"math/rand/v2"
	"testing"
)

// TestVerdicts holds runs, which are read by words, against the single verdicts.
func TestVerdicts(t *testing.T) {
	for _, often := range []float64{0, .01, .5, .99, 1} {
		random := rand.New(rand.NewPCG(1, 2))
		const models = 150
		v, want := newVerdicts(models), [models][models]bool{}
		for i := range models {
			for j := i + 1; j < models; j++ {
				if random.Float64() < often {
					want[i][j] = true
					v.set(i, j)
				}
			}
		}
		for i := range models {
			for j := range models {
				if got := v.better(i, j); got != want[i][j] {
					t.Fatalf("%v: %d better than %d: %t", often, i, j, got)
				}
				length := 0
				for k := j; k < models && want[i][k] == want[i][j]; k++ {
					length++
				}
				if i < j && v.run(i, j) != length {
					t.Fatalf("%v: a run of %d from %d, %d, want %d", often, v.run(i, j), i, j, length)
				}
			}
		}
	}
}
