package leaderboard

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/scoring/stat"
)

// pairwise returns the differences of all rows in standard errors and their
// critical value, by [pairs].
func pairwise(p *pairs, rows []Row) (t [][]float64, critical float64) {
	critical = p.compare(rows)
	t = make([][]float64, len(rows))
	for i := range t {
		t[i] = make([]float64, len(rows))
		for j := range i {
			t[j][i] = (rows[j].Cell.Value - rows[i].Cell.Value) / math.Sqrt(float64(p.squares[j*p.stride+i])/float64(p.n-1))
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

// TestPairwise: the shortcuts change nothing that is shown, nor does what the memory
// held before.
func TestPairwise(t *testing.T) {
	var used pairs
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
		{"large", scaled(1e19)},
		{"small", scaled(1e-13)},
		{"tiny", scaled(1e-18)},
		{"few replicates", func(rows []Row) {
			for _, r := range rows {
				r.Cell.reps = r.Cell.reps[:77]
			}
		}},
		{"a gap at the quantile", func(rows []Row) { // the 475th of 500 largest is small, the 476th is not
			for i, r := range rows {
				for b := range r.Cell.reps {
					r.Cell.reps[b] = float32(.01 * math.Sin(float64(b*(i+1))))
				}
				for b := range 25 {
					r.Cell.reps[b] = float32(1+.1*math.Sin(float64(b+i))) * float32(i%2)
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
				got, critical := pairwise(&used, rows)
				want, wantCritical := allPairs(rows)
				if math.Abs(critical-wantCritical) > 2e-6*wantCritical {
					t.Errorf("%d rows: critical value %.9f, want %.9f", m, critical, wantCritical)
				}
				for i := range want {
					for j := range want {
						if math.Abs(got[i][j]-want[i][j]) > 2e-6*math.Abs(want[i][j]) {
							t.Fatalf("%d rows: %d and %d are %v apart, want %v", m, i, j, got[i][j], want[i][j])
						}
					}
				}
			}
		})
	}
}

// TestComparers: vector instructions give the bits of the loop, which are those of
// sums that are rounded once.
func TestComparers(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	for _, tiles := range []int{1, 2, 8} {
		for _, blocks := range []int{1, 2, 8} {
			n := tiles*columns + pairOfRows
			step, stride := n*lanes+3, tiles*columns+1
			data := make([]float32, blocks*step)
			for i := range data {
				data[i] = float32(rng.NormFloat64() * math.Exp(3*rng.NormFloat64()))
			}
			x, y := data, data[pairOfRows*lanes:]
			run := func(compare comparer) (squares, groups []float32) {
				squares, groups = make([]float32, pairOfRows*stride), make([]float32, pairOfRows*stride)
				compare(squares, groups, x, y, step, blocks, stride, tiles)
				return squares, groups
			}
			squares, groups := run(compareGeneric)
			for r := range pairOfRows {
				for c := range tiles * columns {
					var sum, most float64
					for b := range blocks {
						for l := range lanes / group {
							g := 0.0
							for k := l; k < lanes; k += lanes / group {
								d := float64(x[b*step+r*lanes+k] - y[b*step+c*lanes+k])
								g += d * d
							}
							sum, most = sum+g, max(most, g)
						}
					}
					if at := r*stride + c; math.Abs(float64(squares[at])-sum) > 1e-6*sum || math.Abs(float64(groups[at])-most) > 1e-6*most {
						t.Fatalf("%d tiles, %d blocks, rows %d and %d: %v and %v, want %v and %v", tiles, blocks, r, c, squares[at], groups[at], sum, most)
					}
				}
			}
			for k, compare := range comparers {
				if s, g := run(compare); !slices.Equal(s, squares) || !slices.Equal(g, groups) {
					t.Errorf("%d tiles, %d blocks, function %d: other bits than the loop", tiles, blocks, k)
				}
			}
		}
	}
}

// TestOutliers: where an outlier makes most of what each row varies, the quantile is far
// below 1, and all pairs are looked at again but for those computed by themselves.
func TestOutliers(t *testing.T) {
	for _, n := range []int{100, 500} {
		rng := rand.New(rand.NewPCG(7, uint64(n)))
		rows := make([]Row, 3)
		for i := range rows[:2] {
			reps := make([]float32, n)
			for b, x := range around(rng, n, 0, .01) {
				reps[b] = float32(x)
			}
			reps[i] = 1
			rows[i].Cell = &Cell{State: Scored, reps: reps}
		}
		twin := slices.Clone(rows[0].Cell.reps)
		for b, x := range around(rng, n, 0, 1e-5) {
			twin[b] += float32(x)
		}
		twin[1] += .02
		twin[9] = float32(nan)
		rows[2].Cell = &Cell{State: Scored, reps: twin}
		_, got := pairwise(new(pairs), rows)
		if _, want := allPairs(rows); math.Abs(got-want) > 2e-6*want || want > 1 {
			t.Errorf("%d replicates: critical value %v, want %v", n, got, want)
		}
	}
}

// scaled multiplies all scores and replicates.
func scaled(by float64) func(rows []Row) {
	return func(rows []Row) {
		for _, r := range rows {
			r.Cell.Value *= by
			for b := range r.Cell.reps {
				r.Cell.reps[b] *= float32(by)
			}
		}
	}
}

// TestSignificant: a difference is significant where it is larger than the critical
// value, in standard errors.
func TestSignificant(t *testing.T) {
	rows := drawn(rand.New(rand.NewPCG(6, 6)), 60, 20) // of few replicates: the error has n-1 degrees of freedom
	for i := range rows {
		rows[i].Model = &archive.Model{ID: fmt.Sprint(i)}
	}
	slices.SortFunc(rows, (&Node{}).order)
	r := &Ranking{Node: &Node{}, Ranked: rows}
	r.rank(new(pairs))
	z, critical := allPairs(rows)
	better := 0
	for i := range rows {
		for j := range rows {
			if want := z[i][j] > critical; r.Better(i, j) != want && math.Abs(z[i][j]/critical-1) > 1e-5 {
				t.Errorf("%d is %v standard errors better than %d, of %v: %v", i, z[i][j], j, critical, !want)
			} else if want {
				better++
			}
		}
	}
	if better == 0 || better == len(rows)*(len(rows)-1)/2 {
		t.Errorf("%d differences are significant", better)
	}
}

// TestSquared: what two roundings would get wrong.
func TestSquared(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 9))
	check := func(d, a float32) (wrong bool) {
		exact := new(big.Float).SetPrec(500).SetFloat64(float64(d))
		exact.Mul(exact, exact).Add(exact, new(big.Float).SetFloat64(float64(a)))
		want, _ := exact.Float32()
		if got := squared(d, a); got != want {
			t.Fatalf("%v² + %v = %v, want %v", d, a, got, want)
		}
		return float32(float64(d)*float64(d)+float64(a)) != want
	}
	for range 100000 {
		check(float32(rng.NormFloat64()), float32(math.Exp(20*rng.NormFloat64())))
	}
	wrong := 0
	for m := uint64(1 << 23); m < 1<<24; m += 1 + rng.Uint64N(64) {
		square := m * m
		half := uint64(1) << (bits.Len64(square) - 25) // of the last place of single precision
		// A bit above half-way, by less than double precision holds, or a bit below.
		if below := half - square%(2*half); below == 0 {
			if check(float32(m), 1e-9) {
				wrong++
			}
		} else if below < 1<<13 && check(float32(m), float32(below)*(1-1./(1<<22))) {
			wrong++
		}
	}
	if wrong == 0 {
		t.Error("no case has two roundings that differ from one")
	}
}

// TestRaise: vector instructions give the bits of the loop.
func TestRaise(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	const blocks, step = 3, 5 * lanes
	data := make([]float32, blocks*step)
	for i := range data {
		data[i] = float32(rng.NormFloat64())
	}
	before := make([]float32, blocks*lanes)
	for b := range before {
		before[b] = float32(rng.ExpFloat64())
	}
	x, y, w := data, data[2*lanes:], float32(1.3)
	want := slices.Clone(before)
	for b := range want {
		at := b/lanes*step + b%lanes
		want[b] = max(want[b], float32(math.Abs(float64(x[at]-y[at])))*w)
	}
	for k, raise := range raisers {
		got := slices.Clone(before)
		raise(got, x, y, w, step, blocks)
		if !slices.Equal(got, want) {
			t.Errorf("function %d: %v, want %v", k, got, want)
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
