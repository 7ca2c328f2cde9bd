package leaderboard

import (
	"math"
	"slices"
	"sync"

	"github.com/bsgen/bsgen/scoring/stat"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// pairs compares every two rows of a ranking. It is memory that is used again
// for the next one: 8 MB for 600 rows.
//
// Of m rows with n replicates there are m²/2 pairs with n values each: for 600
// models 90 million values at every node of a board. The standard errors come
// from one matrix product, var(x-y) = var(x) + var(y) - 2 cov(x, y), and the
// largest values from [pairs.raise], in single precision. Where that would cancel,
// because two rows differ by less than a hundredth of what each of them varies,
// and where replicates are missing, a pair is computed by itself ([pair]).
// The results are those of computing all pairs so to six digits and more.
type pairs struct {
	most int // rows that there is room for from the start; 0: as many as there are
	m, n int
	// se holds the standard errors of differences, m x m above the diagonal;
	// +Inf where two rows were not compared or their difference never varies.
	se       []float64
	largest  []float64 // per replicate, of the distances from the mean in standard errors
	compared bool      // two rows have replicates in common

	centred  []float64 // m x n; zeros where replicates are missing
	weight   []float32 // m x m and tile-1 rows: 1/se above the diagonal; 0 elsewhere and for pairs that are computed by themselves
	variance []float64 // of each row, times n-1
	tiny     []float64 // what rounding leaves of a row's standard errors that are 0; +Inf where replicates are missing
	kept     []float64 // for [pair]
	rows     int       // of a block: m and tile of zeros
	blocks   []float32 // of each run of lanes replicates: those of all rows, rounded, side by side
	acc      [lanes]float32
}

var pairsPool = sync.Pool{New: func() any { return new(pairs) }}

// compare fills se and returns the critical value of the largest difference in
// standard errors, +Inf where no two rows have replicates in common.
func (p *pairs) compare(rows []Row) (critical float64) {
	p.m, p.n, p.compared = len(rows), 0, false
	for _, r := range rows {
		p.n = max(p.n, len(r.Cell.reps))
	}
	m, n := p.m, p.n
	if p.se == nil {
		most := max(m, p.most)
		p.se, p.weight = make([]float64, most*most), make([]float32, (most+tile-1)*most)
		p.centred, p.blocks = make([]float64, most*n), make([]float32, blockSize(most, n))
	}
	p.se = sized(p.se, m*m)
	if m < 2 || n == 0 {
		return math.Inf(1)
	}
	p.centre(rows)
	for from, beta := 0, 0.; from < n; from, beta = from+productColumns, 1 {
		part := blas64.General{Rows: m, Cols: min(productColumns, n-from), Stride: n, Data: p.centred[from:]}
		blas64.Syrk(blas.NoTrans, 1, part, beta, blas64.Symmetric{Uplo: blas.Upper, N: m, Stride: m, Data: p.se})
	}
	p.errors(rows)
	p.raise()
	if !p.compared {
		return math.Inf(1)
	}
	slices.Sort(p.largest)
	return stat.Quantile(p.largest, .95)
}

// centre takes the mean from each row that has all replicates, and makes the
// blocks.
func (p *pairs) centre(rows []Row) {
	m, n := p.m, p.n
	p.centred, p.tiny = sized(p.centred, m*n), sized(p.tiny, m)
	p.rows = m + tile
	p.blocks = sized(p.blocks, blockSize(m, n))
	clear(p.blocks)
	for i, r := range rows {
		reps := r.Cell.reps
		row := p.centred[i*n:][:n]
		p.tiny[i] = rounding * size(reps)
		sum := 0.0
		for _, x := range reps {
			sum += float64(x)
		}
		if len(reps) != n || sum-sum != 0 { // one that is NaN or infinite makes the sum so
			clear(row)
			p.tiny[i] = math.Inf(1)
			continue
		}
		mean := sum / float64(n)
		for from := 0; from < n; from += lanes {
			in := reps[from:min(from+lanes, n)]
			out, block := row[from:][:len(in)], p.blocks[from*p.rows+i*lanes:][:len(in)]
			for l, x := range in {
				d := float64(x) - mean
				out[l], block[l] = d, float32(d)
			}
		}
	}
}

// blockSize is that of the blocks of m rows with n replicates.
func blockSize(m, n int) int { return (n + lanes - 1) / lanes * (m + tile) * lanes }

// errors turns the products in se into standard errors.
func (p *pairs) errors(rows []Row) {
	m := p.m
	p.weight, p.variance, p.largest, p.kept = sized(p.weight, (m+tile-1)*m), sized(p.variance, m), sized(p.largest, p.n), sized(p.kept, p.n)
	clear(p.largest)
	clear(p.weight[m*m:])
	for i := range m {
		p.variance[i] = p.se[i*m+i]
	}
	scale := 1 / float64(p.n-1)
	for i, vi := range p.variance {
		clear(p.weight[i*m:][:i+1])
		se, weight := p.se[i*m:][i+1:m], p.weight[i*m:][i+1:m]
		for k, vj := range p.variance[i+1:] {
			square := vi + vj - 2*se[k] // as yet a product
			sd := math.Sqrt(square * scale)
			if square > 1e-4*(vi+vj) && sd > p.tiny[i] && sd > p.tiny[i+1+k] {
				se[k], weight[k], p.compared = sd, float32(1/sd), true
				continue
			}
			sd, ok := pair(rows[i].Cell.reps, rows[i+1+k].Cell.reps, p.largest, p.kept)
			if !(sd > 0) {
				sd = math.Inf(1)
			}
			se[k], weight[k] = sd, 0
			p.compared = p.compared || ok
		}
	}
}

// pair returns the standard deviation of x-y over the replicates that exist, and
// whether they can be compared: as many of each, of which at most a tenth is
// missing. It raises largest, per replicate, to the distance from their mean in
// standard deviations, where they vary. Kept is memory for their differences.
func pair(x, y []float32, largest, kept []float64) (sd float64, ok bool) {
	n := len(largest)
	if len(x) != n || len(y) != n {
		return 0, false
	}
	kept = kept[:0]
	for b := range largest {
		if d := float64(x[b]) - float64(y[b]); d-d == 0 { // neither NaN nor infinite
			kept = append(kept, d)
		}
	}
	if n-len(kept) > n/10 {
		return 0, false
	}
	mean, sd := stat.Mean(kept), stat.SampleStd(kept)
	if !(sd > rounding*max(size(x), size(y))) {
		return 0, true
	}
	for b := range largest {
		if z := math.Abs(float64(x[b])-float64(y[b])-mean) / sd; z > largest[b] {
			largest[b] = z
		}
	}
	return sd, true
}

// rounding is what it leaves of the standard deviation of a difference that
// never varies, as a part of the two values.
const rounding = 1e-12

// size is the first value that there is, without its sign; 0 where there is none.
func size(x []float32) float64 {
	for _, v := range x {
		if v-v == 0 {
			return math.Abs(float64(v))
		}
	}
	return 0
}

const (
	productColumns = 256 // replicates in one matrix product, which copies them

	lanes = 32 // replicates that a [raiser] takes at a time
	tile  = 4  // rows that it compares with all that follow
)

// raise raises largest to |x_i - x_j| / se_ij for all pairs that have a weight.
func (p *pairs) raise() {
	for from := 0; from < p.n; from += lanes {
		block := p.blocks[from*p.rows:][:p.rows*lanes]
		clear(p.acc[:])
		for i := 0; i < p.m-1; i += tile {
			raisers[0](&p.acc, block[i*lanes:], p.weight[i*p.m+i+1:], p.m, p.m-i-1)
		}
		for l, z := range p.acc[:min(lanes, p.n-from)] {
			p.largest[from+l] = max(p.largest[from+l], float64(z))
		}
	}
}

// A raiser raises acc, lane by lane, to |x_r - x_j| w_rj, where x_r is one of the
// first [tile] rows of block, x_j one of the n rows behind the first of all, and
// w_rj = w[r*stride+j-1]. Weights are 0 where j <= r.
type raiser func(acc *[lanes]float32, block, w []float32, stride, n int)

func raiseGeneric(acc *[lanes]float32, block, w []float32, stride, n int) {
	for r := range min(tile, n) {
		x := (*[lanes]float32)(block[r*lanes:])
		for j := r + 1; j <= n; j++ {
			y, w := (*[lanes]float32)(block[j*lanes:]), w[r*stride+j-1]
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
}
