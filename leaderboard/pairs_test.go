package leaderboard

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/scoring/stat"
)

// pairwise returns the differences of all rows in standard errors and their
// critical value, by [pairs].
func pairwise(rows []Row) (t [][]float64, critical float64) {
	var p pairs
	critical = p.compare(rows)
	t = make([][]float64, len(rows))
	for i := range t {
		t[i] = make([]float64, len(rows))
		for j := range i {
			t[j][i] = (rows[j].Cell.Value - rows[i].Cell.Value) / p.se[j*len(rows)+i]
			t[i][j] = -t[j][i]
		}
	}
	return t, critical
}

// allPairs is [pairwise] without any of its shortcuts.
func allPairs(rows []Row) (t [][]float64, critical float64) {
	n := 0
	for _, r := range rows {
		n = max(n, len(r.Cell.reps))
	}
	t = make([][]float64, len(rows))
	for i := range t {
		t[i] = make([]float64, len(rows))
	}
	largest, compared := make([]float64, n), false
	for i := range rows {
		for j := i + 1; j < len(rows); j++ {
			sd, ok := pair(rows[i].Cell.reps, rows[j].Cell.reps, largest, nil)
			compared = compared || ok
			if sd > 0 {
				t[i][j] = (rows[i].Cell.Value - rows[j].Cell.Value) / sd
				t[j][i] = -t[i][j]
			}
		}
	}
	if !compared {
		return t, math.Inf(1)
	}
	slices.Sort(largest)
	return t, stat.Quantile(largest, .95)
}

// drawn returns m rows with n replicates around values that differ little, with
// an effect that all share.
func drawn(rng *rand.Rand, m, n int) []Row {
	shared := around(rng, n, 0, .03)
	rows := make([]Row, m)
	for i := range rows {
		value := .5 + .1*rng.NormFloat64()
		reps := make([]float32, n)
		for b, x := range around(rng, n, value, .005+.03*rng.Float64()) {
			reps[b] = float32(x + shared[b])
		}
		rows[i].Cell = &Cell{State: Scored, Value: value, reps: reps}
	}
	return rows
}

// TestPairwise: the shortcuts change nothing that is shown.
func TestPairwise(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(rows []Row)
	}{
		{"as they are", func([]Row) {}},
		{"missing replicates", func(rows []Row) {
			for b := range rows[3].Cell.reps {
				if b%20 == 0 {
					rows[3].Cell.reps[b] = float32(nan)
				}
				if b%4 == 0 {
					rows[5].Cell.reps[b] = float32(nan)
				}
			}
			rows[7].Cell.reps[0] = float32(math.Inf(1))
			rows[9].Cell.reps = nil
			rows[11].Cell.reps = rows[11].Cell.reps[:100]
		}},
		{"twins", func(rows []Row) {
			rows[4].Cell.reps = rows[2].Cell.reps
			for k, scale := range []float64{1e-9, 1e-5, 1e-3, 1e-2, .1} {
				twin := slices.Clone(rows[2].Cell.reps)
				for b := range twin {
					twin[b] += float32(scale * .03 * math.Sin(float64(b)))
				}
				rows[20+k].Cell.reps = twin
			}
		}},
		{"far from zero", func(rows []Row) {
			for _, r := range rows {
				for b := range r.Cell.reps {
					r.Cell.reps[b] += 1e3
				}
			}
		}},
		{"never varies", func(rows []Row) {
			for _, r := range rows[:5] {
				for b := range r.Cell.reps {
					r.Cell.reps[b] = float32(r.Cell.Value)
				}
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for seed, m := range []int{2, 3, 31, 90} {
				rows := drawn(rand.New(rand.NewPCG(5, uint64(seed))), m, 500)
				if m > 30 {
					c.change(rows)
				}
				got, critical := pairwise(rows)
				want, wantCritical := allPairs(rows)
				if math.Abs(critical-wantCritical) > 2e-6*wantCritical {
					t.Errorf("%d rows: critical value %.9f, want %.9f", m, critical, wantCritical)
				}
				for i := range want {
					for j := range want {
						if math.Abs(got[i][j]-want[i][j]) > 1e-9*math.Abs(want[i][j]) {
							t.Fatalf("%d rows: %d and %d are %v apart, want %v", m, i, j, got[i][j], want[i][j])
						}
					}
				}
			}
		})
	}
}

// TestRaise: vector instructions give the bits of the loop.
func TestRaise(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	for _, n := range []int{0, 1, 2, 3, 4, 5, 17} {
		block, w := make([]float32, (n+1+tile)*lanes), make([]float32, (n+1+tile)*(n+1))
		for i := range block {
			block[i] = float32(rng.NormFloat64())
		}
		for r := range tile {
			for j := r + 1; j <= n; j++ {
				w[r*(n+1)+j-1] = float32(rng.ExpFloat64())
			}
		}
		var want [lanes]float32
		for r := range tile {
			for j := r + 1; j <= n; j++ {
				for l := range want {
					d := block[r*lanes+l] - block[j*lanes+l]
					want[l] = max(want[l], float32(math.Abs(float64(d)))*w[r*(n+1)+j-1])
				}
			}
		}
		for k, raise := range raisers {
			var got [lanes]float32
			raise(&got, block, w, n+1, n)
			if got != want {
				t.Errorf("%d rows, function %d: %v, want %v", n, k, got, want)
			}
		}
	}
}

func BenchmarkRank(b *testing.B) {
	for _, m := range []int{50, 600} {
		rows := drawn(rand.New(rand.NewPCG(5, 5)), m, 500)
		for i := range rows {
			rows[i].Model = &archive.Model{ID: fmt.Sprint(i)}
		}
		slices.SortFunc(rows, (&Node{}).order)
		b.Run(fmt.Sprint(m), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				(&Ranking{Node: &Node{}, Ranked: rows}).rank(new(pairs))
			}
		})
	}
}
