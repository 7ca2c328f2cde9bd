package relate

import (
	"math"
	"slices"

	"github.com/bsgen/bsgen/parallel"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// chunks is into how many parts the replicates are divided for the processors.
// It is fixed, so that sums are added in one order whatever their number.
const chunks = 20

// Bootstrap computes the intervals and p-values of r for all pairs among some
// of the benchmarks.
//
// A replicate's correlations of all pairs come from weighted sums of products,
// which are products of matrices: with X the standardised scores (0 where there
// is none), M what exists (1 or 0) and w the draws,
//
//	n = M w M'    sum x = X w M'    sum x² = X² w M'    sum xy = X w X'
//
// so that a pair's sums run over the models that have both. Without missing
// scores all but the last are the same for every pair of a benchmark.
func (r *Relations) Bootstrap(benchmarks []int) {
	if !slices.Equal(benchmarks, r.central) {
		r.central = slices.Clone(benchmarks)
		clear(r.known)
		for k, p := range r.pairs {
			r.pairs[k].R = unknown(p.R.Value)
		}
	}
	g := newGrams(r, benchmarks)
	if len(g.pairs) == 0 || len(r.Models) == 0 {
		return
	}
	size := (r.draws.replicates() + chunks - 1) / chunks
	parts := make([][2][]spread, chunks)
	parallel.Each(chunks, g.scratch, func(s *scratch, c int) {
		for kind, counts := range [][]uint16{r.draws.models, r.draws.families} {
			parts[c][kind] = make([]spread, len(g.pairs))
			for b := c * size; b < min((c+1)*size, r.draws.replicates()); b++ {
				s.add(counts[b*len(r.Models):][:len(r.Models)], parts[c][kind])
			}
		}
	})
	for k, p := range g.pairs {
		var total [2]spread
		for _, part := range parts {
			total[0].merge(part[0][k])
			total[1].merge(part[1][k])
		}
		p.R.Models, p.R.P = total[0].interval(fisher, p.R.Value, p.N, r.draws.replicates())
		if p.Families >= MinFamilies {
			p.R.Families, p.R.FamilyP = total[1].interval(fisher, p.R.Value, p.Families, r.draws.replicates())
		}
	}
}

// grams computes correlations of all pairs of n benchmarks over m models.
type grams struct {
	n, m     int
	x, have  []float64 // n x m
	complete bool      // nothing is missing
	pairs    []*Pair
	at       []float64 // atanh of each pair's r
	i, j     []int     // of each pair
}

func newGrams(r *Relations, benchmarks []int) *grams {
	g := &grams{n: len(benchmarks), m: len(r.Models), complete: true}
	g.x, g.have = make([]float64, g.n*g.m), make([]float64, g.n*g.m)
	for k, b := range benchmarks {
		standardise(r.Scores[b], g.x[k*g.m:][:g.m], g.have[k*g.m:][:g.m])
	}
	for _, h := range g.have {
		g.complete = g.complete && h == 1
	}
	if g.complete != r.complete { // sums are rounded otherwise
		r.complete = g.complete
		clear(r.known)
	}
	for k, b := range benchmarks {
		for l := range k {
			p := r.at(benchmarks[l], b)
			if p.N < MinModels || math.IsNaN(p.R.Value) || r.known[benchmarks[l]] && r.known[b] {
				continue // none, or it has its intervals
			}
			g.pairs, g.at = append(g.pairs, p), append(g.at, atanh(p.R.Value))
			g.i, g.j = append(g.i, l), append(g.j, k)
		}
	}
	return g
}

// standardise writes the scores with mean 0 and variance 1, and 0 for those
// that do not exist, so that sums of products lose no digits to a large mean.
func standardise(scores, x, have []float64) {
	n, mean := 0.0, 0.0
	for m, v := range scores {
		if !math.IsNaN(v) {
			have[m] = 1
			n++
			mean += v
		}
	}
	mean /= n
	sq := 0.0
	for m, v := range scores {
		if have[m] == 1 {
			x[m] = v - mean
			sq += float64(x[m] * x[m])
		}
	}
	if sd := math.Sqrt(sq / n); sd > 0 && sd <= math.MaxFloat64 {
		for m := range x {
			x[m] /= sd
		}
	}
}

// scratch is one worker's memory.
type scratch struct {
	*grams
	drawn []int     // models
	root  []float64 // of their weights
	xs    []float64 // [x; x²] times the roots, 2n x m
	haves []float64 // n x m
	sums  []float64 // of x and x², 2n x n
	xy, w []float64 // n x n
}

func (g *grams) scratch() *scratch {
	return &scratch{
		grams: g, xs: make([]float64, 2*g.n*g.m), haves: make([]float64, g.n*g.m),
		sums: make([]float64, 2*g.n*g.n), xy: make([]float64, g.n*g.n), w: make([]float64, g.n*g.n),
	}
}

// add computes one replicate and adds it to the pairs' spreads.
func (s *scratch) add(counts []uint16, to []spread) {
	drawn, root, total := s.drawn[:0], s.root[:0], 0.0
	for m, c := range counts {
		if c > 0 {
			drawn, root = append(drawn, m), append(root, math.Sqrt(float64(c)))
			total += float64(c)
		}
	}
	s.drawn, s.root = drawn, root
	k := len(drawn)
	for i := range s.n {
		x, have := s.x[i*s.m:][:s.m], s.have[i*s.m:][:s.m]
		xs, x2, haves := s.xs[i*s.m:][:k], s.xs[(s.n+i)*s.m:][:k], s.haves[i*s.m:][:k]
		for c, m := range drawn {
			xs[c] = x[m] * root[c]
		}
		if s.complete {
			sum := 0.0
			for c, v := range xs {
				sum += float64(v * root[c])
			}
			s.sums[i] = sum
			continue
		}
		for c, m := range drawn {
			x2[c] = x[m] * xs[c]
			haves[c] = have[m] * root[c]
		}
	}
	matrix := func(rows int, data []float64) blas64.General {
		return blas64.General{Rows: rows, Cols: k, Stride: s.m, Data: data}
	}
	square := func(data []float64) blas64.Symmetric {
		return blas64.Symmetric{N: s.n, Stride: s.n, Data: data, Uplo: blas.Upper}
	}
	blas64.Syrk(blas.NoTrans, 1, matrix(s.n, s.xs), 0, square(s.xy))
	if !s.complete {
		blas64.Syrk(blas.NoTrans, 1, matrix(s.n, s.haves), 0, square(s.w))
		blas64.Gemm(blas.NoTrans, blas.Trans, 1, matrix(2*s.n, s.xs), matrix(s.n, s.haves), 0,
			blas64.General{Rows: 2 * s.n, Cols: s.n, Stride: s.n, Data: s.sums})
	}
	n := s.n
	for p := range s.pairs {
		i, j := s.i[p], s.j[p]
		w, x, y, xx, yy := total, s.sums[i], s.sums[j], s.xy[i*n+i], s.xy[j*n+j]
		if !s.complete {
			w, x, y, xx, yy = s.w[i*n+j], s.sums[i*n+j], s.sums[j*n+i], s.sums[(n+i)*n+j], s.sums[(n+j)*n+i]
		}
		to[p].add(atanh(correlation(w, x, y, xx, yy, s.xy[i*n+j])) - s.at[p])
	}
}

// correlation returns r from weighted sums; NaN where a variance is what
// rounding leaves of 0.
func correlation(w, x, y, xx, yy, xy float64) float64 {
	const rounding = 1e-12
	vx, vy := xx-float64(x*x)/w, yy-float64(y*y)/w
	if !(vx > rounding*xx) || !(vy > rounding*yy) {
		return math.NaN()
	}
	return max(-1, min(1, (xy-float64(x*y)/w)/math.Sqrt(vx)/math.Sqrt(vy)))
}
