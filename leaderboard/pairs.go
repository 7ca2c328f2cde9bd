package leaderboard

import (
	"math"
	"slices"
	"sync"

	"github.com/bsgen/bsgen/scoring/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// pairs compares every two rows of a ranking. It is memory that is used again
// for the next one: 4 MB for 600 rows.
//
// Of m rows with n replicates there are m²/2 pairs with n values each: for 600
// models 90 million values at every node of a board. They are looked at once, in
// single precision, for the sum of squares of each pair and for its largest group of
// them ([comparer]); few pairs have a group so large that it can matter for the
// critical value, and only these are looked at again ([pairs.raise]). Where single
// precision would cancel, because two rows differ by less than a hundredth of what
// each of them varies, and where replicates are missing, a pair is computed by itself
// ([pair]). The results are those of computing all pairs so to six digits, and the
// same bits on every processor.
type pairs struct {
	most int // rows that there is room for from the start; 0: as many as there are
	m, n int

	squares []float32 // of the differences of two rows, less their mean: their sum, row by row above the diagonal; +Inf where they were not compared, never vary, or are out of the range of single precision: standard deviations below 1e-20 or above 1e17
	groups  []float32 // of each pair the largest group of these squares; -1 where it was computed by itself
	stride  int       // of a row of squares and groups: m, up to whole tiles
	rows    int       // of a block: m and some of zeros
	blocks  []float32 // of each run of lanes replicates: those of all rows, less their means, side by side

	variance []float32 // of each row, times n-1
	tiny     []float32 // what rounding leaves of a sum of squares that is 0, by row; +Inf where replicates are missing
	compared bool      // two rows have replicates in common
	largest  []float32 // per replicate, of the distances from the mean in standard errors, of the pairs that were looked at again; n, up to whole blocks
	exact    []float64 // the same, of those computed by themselves
	kept     []float64 // for [pair] and [pairs.quantile]
}

var pairsPool = sync.Pool{New: func() any { return new(pairs) }}

// compare compares the rows, and returns the critical value of the largest difference
// in standard errors, +Inf where no two rows have replicates in common.
func (p *pairs) compare(rows []Row) (critical float64) {
	p.m, p.n, p.compared = len(rows), 0, false
	for _, r := range rows {
		p.n = max(p.n, len(r.Cell.reps))
	}
	m, n := p.m, p.n
	if p.squares == nil {
		most := max(m, p.most)
		size := wholeTiles(most) * wholeTiles(most)
		p.squares, p.groups, p.blocks = make([]float32, size), make([]float32, size), make([]float32, blockCount(n)*lanes*(most+columns))
	}
	p.stride = wholeTiles(m)
	p.squares, p.groups = sized(p.squares, p.stride*p.stride), sized(p.groups, p.stride*p.stride)
	p.largest, p.exact, p.kept = sized(p.largest, blockCount(n)*lanes), sized(p.exact, n), sized(p.kept, n)
	if m < 2 || n == 0 {
		return math.Inf(1)
	}
	p.centre(rows)
	p.all()
	p.apart(rows)
	if !p.compared {
		return math.Inf(1)
	}
	return p.raise()
}

// wholeTiles is m, rounded up to whole tiles.
func wholeTiles(m int) int { return (m + columns - 1) / columns * columns }

// blockCount is that of n replicates.
func blockCount(n int) int { return (n + lanes - 1) / lanes }

// centre takes the mean from each row that has all replicates, and makes the
// blocks.
func (p *pairs) centre(rows []Row) {
	m, n := p.m, p.n
	p.variance, p.tiny = sized(p.variance, m), sized(p.tiny, m)
	p.rows = m + columns
	p.blocks = sized(p.blocks, blockCount(n)*lanes*p.rows)
	for i, r := range rows {
		reps := r.Cell.reps
		mean := sum(reps) / float64(n)
		if len(reps) != n || mean-mean != 0 { // one that is NaN or infinite makes the mean so
			p.variance[i], p.tiny[i] = p.fill(i, nil, 0), float32(math.Inf(1))
			continue
		}
		least := rounding * size(reps)
		p.variance[i], p.tiny[i] = p.fill(i, reps, mean), float32(least*least*float64(n))
	}
	for i := m; i < p.rows; i++ {
		p.fill(i, nil, 0)
	}
}

// fill makes a row of the blocks, and returns the sum of its squares.
func (p *pairs) fill(i int, reps []float32, mean float64) (variance float32) {
	for b := range blockCount(p.n) {
		block := (*[lanes]float32)(p.blocks[(b*p.rows+i)*lanes:])
		in := reps[min(b*lanes, len(reps)):min((b+1)*lanes, len(reps))]
		for l, x := range in {
			block[l] = float32(float64(x) - mean)
		}
		clear(block[len(in):])
		variance += squares(block)
	}
	return variance
}

// sum adds up x, by four sums that a processor can work on at once.
func sum(x []float32) float64 {
	var s0, s1, s2, s3 float64
	for ; len(x) >= 4; x = x[4:] {
		s0, s1, s2, s3 = s0+float64(x[0]), s1+float64(x[1]), s2+float64(x[2]), s3+float64(x[3])
	}
	for _, v := range x {
		s0 += float64(v)
	}
	return (s0 + s1) + (s2 + s3)
}

// squares adds up the squares in a block likewise.
func squares(x *[lanes]float32) float32 {
	var s0, s1, s2, s3 float32
	for l := 0; l < lanes; l += 4 {
		s0, s1, s2, s3 = s0+float32(x[l]*x[l]), s1+float32(x[l+1]*x[l+1]), s2+float32(x[l+2]*x[l+2]), s3+float32(x[l+3]*x[l+3])
	}
	return (s0 + s1) + (s2 + s3)
}

// all compares all pairs.
func (p *pairs) all() {
	for from := 0; from < p.m; from += together {
		to := min(from+together, p.m)
		for i := 0; i < to; i += pairOfRows {
			j := max(i/columns*columns, from)
			at := i*p.stride + j
			comparers[0](p.squares[at:], p.groups[at:], p.blocks[i*lanes:], p.blocks[j*lanes:], p.rows*lanes, blockCount(p.n), p.stride, (to-j+columns-1)/columns)
		}
	}
}

// apart computes the pairs by themselves for which [pairs.all] is not exact enough.
func (p *pairs) apart(rows []Row) {
	clear(p.exact)
	for i, vi := range p.variance {
		at := i*p.stride + i + 1
		squares := p.squares[at:][:p.m-i-1]
		for k, vj := range p.variance[i+1:] {
			square := squares[k]
			if square > 1e-4*(vi+vj) && square > p.tiny[i] && square > p.tiny[i+1+k] {
				p.compared = true
				continue
			}
			sd, ok := pair(rows[i].Cell.reps, rows[i+1+k].Cell.reps, p.exact, p.kept)
			square = float32(sd * sd * float64(p.n-1))
			if !(square > 0) {
				square = float32(math.Inf(1))
			}
			squares[k], p.groups[at+k] = square, -1
			p.compared = p.compared || ok
		}
	}
}

// raise returns the critical value, the 95 % quantile over the replicates of the
// largest difference in standard errors. A pair can matter for it only if its largest
// group of squares reaches it. So the pairs are looked at again, those with the largest
// groups first, until the quantile of those is larger than what any other can have.
func (p *pairs) raise() float64 {
	scale := 1 / float64(p.n-1)
	clear(p.largest)
	bound := math.Inf(1)
	// Where to begin: what Bonferroni's correction gives is often a little more.
	next := distuv.UnitNormal.Quantile(1 - .025/float64(p.m*(p.m-1)/2))
	for {
		// A part in 10,000 is for the rounding of sums of squares.
		from, below := float32(next*next*scale*(1-1e-4)), float32(bound*bound*scale*(1-1e-4))
		for i := range p.m {
			at := i*p.stride + i + 1
			groups, squares := p.groups[at:][:p.m-i-1], p.squares[at:][:p.m-i-1]
			for k, group := range groups {
				if group >= from*squares[k] && group < below*squares[k] {
					weight := float32(1 / math.Sqrt(float64(squares[k])*scale))
					raisers[0](p.largest, p.blocks[i*lanes:], p.blocks[(i+1+k)*lanes:], weight, p.rows*lanes, blockCount(p.n))
				}
			}
		}
		critical, least := p.quantile()
		if least >= next {
			return critical
		}
		bound, next = next, .95*next
		if next < 1 {
			next = 0 // all that are left
		}
	}
}

// quantile returns the 95 % quantile of the largest differences so far, and the
// smaller of the two that it lies between.
func (p *pairs) quantile() (value, least float64) {
	for b, exact := range p.exact {
		p.kept[b] = max(exact, float64(p.largest[b]))
	}
	slices.Sort(p.kept)
	return stat.Quantile(p.kept, .95), p.kept[int(.95*float64(p.n-1))]
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
