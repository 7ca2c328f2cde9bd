package leaderboard

import (
	"math"
	"slices"

	"github.com/bsgen/bsgen/scoring/stat"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// pairwise returns the difference of every two rows in standard errors, and the
// critical value of the largest of them, +Inf where no two rows have replicates
// in common. Rows without replicates, or whose difference never varies, compare
// as 0: not resolved.
//
// Of m rows with n replicates there are m²/2 pairs with n values each: for 600
// models 90 million values at every node of a board. The standard errors come
// from one matrix product, var(x-y) = var(x) + var(y) - 2 cov(x, y), and the
// largest values from [largestOf], in single precision. Where that would cancel,
// because two rows differ by less than a hundredth of what each of them varies,
// and where replicates are missing, a pair is computed by itself ([pair]). The
// results are those of computing all pairs so to six digits and more.
func pairwise(rows []Row) (t [][]float64, critical float64) {
	m, n := len(rows), 0
	t = make([][]float64, m)
	all := make([]float64, m*m)
	for i, r := range rows {
		t[i] = all[i*m : (i+1)*m]
		n = max(n, len(r.Cell.reps))
	}
	if m < 2 || n == 0 {
		return t, math.Inf(1)
	}
	largest := make([]float64, n)
	compared := false
	one := func(i, j int) {
		sd, ok := pair(rows[i].Cell.reps, rows[j].Cell.reps, largest)
		compared = compared || ok
		if sd > 0 {
			t[i][j] = (rows[i].Cell.Value - rows[j].Cell.Value) / sd
			t[j][i] = -t[i][j]
		}
	}
	var whole []int // rows whose replicates are all there
	for i, r := range rows {
		if isWhole(r.Cell.reps, n) {
			whole = append(whole, i)
			continue
		}
		for j := range i {
			one(j, i)
		}
		for j := i + 1; j < m; j++ {
			if isWhole(rows[j].Cell.reps, n) {
				one(i, j)
			}
		}
	}
	if len(whole) > 1 {
		compared = true
		k := len(whole)
		centred := make([]float64, k*n)
		for a, i := range whole {
			row := centred[a*n : (a+1)*n]
			for b, x := range rows[i].Cell.reps {
				row[b] = float64(x)
			}
			mean := stat.Mean(row)
			for b := range row {
				row[b] -= mean
			}
		}
		product := make([]float64, k*k)
		blas64.Syrk(blas.NoTrans, 1, blas64.General{Rows: k, Cols: n, Stride: n, Data: centred},
			0, blas64.Symmetric{Uplo: blas.Upper, N: k, Stride: k, Data: product})
		weight := make([]float32, k*k) // 1 / standard error; 0 for pairs that are computed by themselves
		for a, i := range whole {
			for c := a + 1; c < k; c++ {
				j, both := whole[c], product[a*k+a]+product[c*k+c]
				square := both - 2*product[a*k+c]
				sd := math.Sqrt(square / float64(n-1))
				if !(square > 1e-4*both) || !varies(sd, rows[i].Cell.reps, rows[j].Cell.reps) {
					one(i, j)
					continue
				}
				weight[a*k+c] = float32(1 / sd)
				t[i][j] = (rows[i].Cell.Value - rows[j].Cell.Value) / sd
				t[j][i] = -t[i][j]
			}
		}
		for b, z := range largestOf(centred, weight, k, n) {
			largest[b] = max(largest[b], float64(z))
		}
	}
	if !compared {
		return t, math.Inf(1)
	}
	slices.Sort(largest)
	return t, stat.Quantile(largest, .95)
}

// isWhole reports whether there are n replicates and all of them exist.
func isWhole(reps []float32, n int) bool {
	if len(reps) != n {
		return false
	}
	for _, x := range reps {
		if x-x != 0 { // NaN or infinite
			return false
		}
	}
	return true
}

// pair returns the standard deviation of x-y over the replicates that exist, and
// whether they can be compared: as many of each, of which at most a tenth is
// missing. It raises largest, per replicate, to the distance from their mean in
// standard deviations, where they vary.
func pair(x, y []float32, largest []float64) (sd float64, ok bool) {
	n := len(largest)
	if len(x) != n || len(y) != n {
		return 0, false
	}
	diff := make([]float64, n)
	for b := range diff {
		diff[b] = float64(x[b]) - float64(y[b])
	}
	kept, dropped := stat.Finite(diff)
	mean, sd := stat.Mean(kept), stat.SampleStd(kept)
	if dropped > n/10 {
		return 0, false
	}
	if !varies(sd, x, y) {
		return 0, true
	}
	for b, d := range diff {
		if z := math.Abs(d-mean) / sd; z > largest[b] {
			largest[b] = z
		}
	}
	return sd, true
}

// varies reports whether the standard deviation of a difference is more than
// what rounding leaves where values like those of x and y never vary.
func varies(sd float64, x, y []float32) bool { return sd > 1e-12*max(size(x), size(y)) }

// size is the first value that there is, without its sign; 0 where there is none.
func size(x []float32) float64 {
	for _, v := range x {
		if v-v == 0 {
			return math.Abs(float64(v))
		}
	}
	return 0
}

// lanes is the number of replicates that [raise] takes at a time.
const lanes = 32

// largestOf returns, for each of the n columns of the k rows of x, the largest
// |x_i - x_j| w_ij over all i < j. Weights are a k by k matrix.
func largestOf(x []float64, weight []float32, k, n int) []float32 {
	out := make([]float32, 0, n+lanes)
	block := make([]float32, k*lanes) // of all rows, side by side
	for from := 0; from < n; from += lanes {
		clear(block)
		for i := range k {
			for l, v := range x[i*n+from : i*n+min(from+lanes, n)] {
				block[i*lanes+l] = float32(v)
			}
		}
		var acc [lanes]float32
		for i := range k - 1 {
			raise(&acc, block[i*lanes:], weight[i*k+i+1:(i+1)*k])
		}
		out = append(out, acc[:]...)
	}
	return out[:n]
}

// raiseGeneric raises acc, lane by lane, to |x_0 - x_j| w[j-1] for all rows j of
// block behind the first.
func raiseGeneric(acc *[lanes]float32, block, w []float32) {
	x := (*[lanes]float32)(block)
	for j, w := range w {
		y := (*[lanes]float32)(block[(j+1)*lanes:])
		for l := range acc {
			d := x[l] - y[l]
			if d < 0 {
				d = -d
			}
			if z := d * w; z > acc[l] {
				acc[l] = z
			}
		}
	}
}
