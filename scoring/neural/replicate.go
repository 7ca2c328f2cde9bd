package neural

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/bsgen/bsgen/scoring/regress"
	"github.com/bsgen/bsgen/scoring/resample"
	"github.com/bsgen/bsgen/scoring/split"
	"github.com/bsgen/bsgen/scoring/stat"
)

// Resampling is a plan for bootstrap replicates: in each, stimuli and neuroids
// are drawn with replacement, crossed, each by a sampler of its own. A sampler
// depends on the names of its units alone, so replicate b holds the same
// stimuli for every model and metric, and the same neuroids for all that
// predict them; a difference between models is paired.
//
// Nothing is fitted again: out-of-sample predictions are resampled, so
// replicates show the uncertainty about stimuli and neuroids of a given fit.
// Owen, "The pigeonhole bootstrap" (2007), shows that crossing the two is
// mildly conservative.
type Resampling struct {
	counts   blas64.General // replicates x stimuli: how often each was drawn
	neuroids int
	groups   []group
}

// group is neuroids that are drawn among themselves.
type group struct {
	members []int // neuroid of each place of the sampler
	sampler resample.Sampler
}

// NewResampling returns the plan for [resample.B] replicates. The neuroids are
// the targets of the fit: for reverse_pls the units of the model.
func NewResampling(stimuli, neuroids resample.Sampler) *Resampling {
	all := make([]int, neuroids.Len())
	for i := range all {
		all[i] = i
	}
	return newResampling(stimuli, []group{{all, neuroids}})
}

// NewResamplingBySubject returns the plan for replicates of each subject, whose
// neuroids are drawn among themselves: what it draws of a subject is what
// NewResampling draws of its neuroids alone. The subjects are numbered in the
// order in which they appear.
func NewResamplingBySubject(stimuli resample.Sampler, neuroids, subject []string) *Resampling {
	var groups []group
	var seen []string
	for _, name := range subject {
		if slices.Contains(seen, name) {
			continue
		}
		seen = append(seen, name)
		var g group
		var names []string
		for i, s := range subject {
			if s == name {
				g.members, names = append(g.members, i), append(names, neuroids[i])
			}
		}
		g.sampler = resample.New("neuroids", names)
		groups = append(groups, g)
	}
	return newResampling(stimuli, groups)
}

func newResampling(stimuli resample.Sampler, groups []group) *Resampling {
	r := &Resampling{counts: newGeneral(resample.B, stimuli.Len()), groups: groups}
	for _, g := range groups {
		r.neuroids += len(g.members)
	}
	for b := range r.counts.Rows {
		stimuli.Counts(b, r.counts.Data[b*r.counts.Stride:][:r.counts.Cols])
	}
	return r
}

// drawn returns the neuroids of replicate b, each as often as it was drawn.
func (g *group) drawn(b int) []int {
	counts := make([]float64, len(g.members))
	g.sampler.Counts(b, counts)
	units := make([]int, 0, len(counts))
	for k, n := range counts {
		for range int(n) {
			units = append(units, g.members[k])
		}
	}
	return units
}

// replicateMemory bounds the correlations held at once, in numbers.
const replicateMemory = 8 << 20

// Regression returns the score of each replicate: per split the correlation
// over its test stimuli, each weighted by how often it was drawn, the median
// over the neuroids drawn, and the mean over splits. A correlation that the
// draw leaves undefined is skipped. There is one list of replicates, or one for
// each subject. The plan must have been made for the stimuli and targets of the
// fit; another number of targets panics.
func (r *Resampling) Regression(ctx context.Context, fit *regress.Fit) ([][]float64, error) {
	folds, q := len(fit.Folds), fit.Targets()
	if q != r.neuroids {
		panic(fmt.Sprintf("neural: replicates of %d neuroids, fit to %d targets", r.neuroids, q))
	}
	out := r.results()
	step := max(1, replicateMemory/(folds*q))
	for lo := 0; lo < r.counts.Rows; lo += step {
		hi := min(r.counts.Rows, lo+step)
		corr := make([]blas64.General, folds)
		for i := range corr {
			corr[i] = newGeneral(hi-lo, q)
		}
		err := fit.Each(ctx, func(j0 int, pairs []regress.Pairs) error {
			for i, p := range pairs {
				weights := r.weights(lo, hi, fit.Test(i))
				err := weightedCorrelations(ctx, weights, p.Predicted, p.Observed, columns(corr[i], j0, j0+p.Observed.Cols))
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if err := r.summarize(ctx, lo, hi, corr, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// results returns room for the replicates of each group.
func (r *Resampling) results() [][]float64 {
	out := make([][]float64, len(r.groups))
	for i := range out {
		out[i] = make([]float64, r.counts.Rows)
	}
	return out
}

// InternalConsistency returns the ceiling of each replicate, over the same
// stimuli and neuroids as Regression's.
func (r *Resampling) InternalConsistency(ctx context.Context, repeats *Repeats, halves []split.Split) ([][]float64, error) {
	q := repeats.Neuroids
	all := make([]int, repeats.Stimuli)
	for i := range all {
		all[i] = i
	}
	out := r.results()
	type means struct{ a, b blas64.General }
	half := make([]means, len(halves))
	for i, h := range halves {
		half[i] = means{repeats.average(h.Train), repeats.average(h.Test)}
	}
	const width = 256 // neuroids at a time
	step := max(1, replicateMemory/(len(halves)*q))
	for lo := 0; lo < r.counts.Rows; lo += step {
		hi := min(r.counts.Rows, lo+step)
		weights := r.weights(lo, hi, all)
		corr := make([]blas64.General, len(halves))
		for i, h := range half {
			corr[i] = newGeneral(hi-lo, q)
			for j := 0; j < q; j += width {
				k := min(q, j+width)
				if err := weightedCorrelations(ctx, weights, columns(h.a, j, k), columns(h.b, j, k), columns(corr[i], j, k)); err != nil {
					return nil, err
				}
			}
			for j, v := range corr[i].Data {
				corr[i].Data[j] = stat.SpearmanBrown(v)
			}
		}
		if err := r.summarize(ctx, lo, hi, corr, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// weights returns how often replicates lo to hi drew each of the stimuli.
func (r *Resampling) weights(lo, hi int, stimuli []int) blas64.General {
	w := newGeneral(hi-lo, len(stimuli))
	for b := lo; b < hi; b++ {
		for k, i := range stimuli {
			w.Data[(b-lo)*w.Stride+k] = r.counts.Data[b*r.counts.Stride+i]
		}
	}
	return w
}

// summarize sets replicates lo to hi of out to the mean over splits of the
// median over the neuroids that the replicate drew of a group.
func (r *Resampling) summarize(ctx context.Context, lo, hi int, corr []blas64.General, out [][]float64) error {
	return inParallel(ctx, hi-lo, func(b int) {
		for g, replicates := range out {
			units := r.groups[g].drawn(lo + b)
			drawn := make([]float64, len(units))
			sum, n := 0.0, 0
			for _, c := range corr {
				for k, u := range units {
					drawn[k] = c.Data[b*c.Stride+u]
				}
				if m := stat.Median(drawn); !math.IsNaN(m) && !math.IsInf(m, 0) { // Spearman and Brown's of -1 is infinite
					sum += m
					n++
				}
			}
			replicates[lo+b] = sum / float64(n)
		}
	})
}

// weightedCorrelations sets each entry of out, weights x columns, to Pearson's r
// of a column of x and y under a row of weights, NaN if one of them does not
// vary there. Rows where either is NaN have no weight.
//
// All weightings are one product of the weights with the columns' moments.
func weightedCorrelations(ctx context.Context, weights, x, y, out blas64.General) error {
	w := x.Cols
	mx, my := pairedMeans(x, y)
	cx, cy := columnScales(x, mx), columnScales(y, my)
	moments := newGeneral(x.Rows, 6*w)
	for i := range x.Rows {
		xi, yi := x.Data[i*x.Stride:][:w], y.Data[i*y.Stride:][:w]
		m := moments.Data[i*moments.Stride:][:6*w]
		present, us, vs, uus, vvs, uvs := m[:w], m[w:2*w], m[2*w:3*w], m[3*w:4*w], m[4*w:5*w], m[5*w:]
		for j, u := range xi {
			u = (u - mx[j]) * cx[j]
			v := (yi[j] - my[j]) * cy[j]
			if math.IsNaN(u) || math.IsNaN(v) {
				continue
			}
			present[j], us[j], vs[j] = 1, u, v
			uus[j], vvs[j], uvs[j] = u*u, v*v, u*v
		}
	}
	sums := newGeneral(weights.Rows, 6*w)
	// In pieces between which the context is looked at, none of a single row,
	// which would be summed in another order.
	const rows = 64
	pieces := max(1, weights.Rows/rows)
	for i := range pieces {
		if err := ctx.Err(); err != nil {
			return err
		}
		lo, hi := i*weights.Rows/pieces, (i+1)*weights.Rows/pieces
		blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, rowsOf(weights, lo, hi), moments, 0, rowsOf(sums, lo, hi))
	}
	for b := range weights.Rows {
		s := sums.Data[b*sums.Stride:][:6*w]
		count, us, vs, uus, vvs, uvs := s[:w], s[w:2*w], s[2*w:3*w], s[3*w:4*w], s[4*w:5*w], s[5*w:]
		r := out.Data[b*out.Stride:][:w]
		for j := range r {
			n, u, v := count[j], us[j], vs[j]
			uu := uus[j] - float64(u*u)/n
			vv := vvs[j] - float64(v*v)/n
			uv := uvs[j] - float64(u*v)/n
			// What rounding leaves of a constant column is no variance.
			if !(uu > 1e-13*uus[j]) || !(vv > 1e-13*vvs[j]) {
				r[j] = math.NaN()
				continue
			}
			r[j] = stat.Correlation(uv, uu, vv)
		}
	}
	return nil
}

// pairedMeans returns the column means over the rows where neither is NaN.
func pairedMeans(x, y blas64.General) (mx, my []float64) {
	mx, my = make([]float64, x.Cols), make([]float64, x.Cols)
	count := make([]float64, x.Cols)
	for i := range x.Rows {
		yi := y.Data[i*y.Stride:]
		for j, u := range x.Data[i*x.Stride:][:x.Cols] {
			if v := yi[j]; !math.IsNaN(u) && !math.IsNaN(v) {
				mx[j] += u
				my[j] += v
				count[j]++
			}
		}
	}
	for j, n := range count {
		mx[j] /= n
		my[j] /= n
	}
	return mx, my
}

// columnScales returns the factor of each column, less its mean, for which the
// squares of its numbers neither under- nor overflow; see [stat.Scale].
func columnScales(g blas64.General, mean []float64) []float64 {
	scale := make([]float64, g.Cols)
	for i := range g.Rows {
		for j, v := range g.Data[i*g.Stride:][:g.Cols] {
			if d := math.Abs(v - mean[j]); d > scale[j] {
				scale[j] = d
			}
		}
	}
	for j, largest := range scale {
		scale[j] = stat.Scale(largest)
	}
	return scale
}

// inParallel calls f(0) ... f(n-1) on all processors; f writes to places of its own.
func inParallel(ctx context.Context, n int, f func(i int)) error {
	var wg sync.WaitGroup
	workers := min(n, runtime.GOMAXPROCS(0))
	for k := range workers {
		wg.Go(func() {
			for i := k; i < n && ctx.Err() == nil; i += workers {
				f(i)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

func newGeneral(r, c int) blas64.General {
	return blas64.General{Rows: r, Cols: c, Stride: max(1, c), Data: make([]float64, r*c)}
}

func rowsOf(g blas64.General, lo, hi int) blas64.General {
	return blas64.General{Rows: hi - lo, Cols: g.Cols, Stride: g.Stride, Data: g.Data[lo*g.Stride : (hi-1)*g.Stride+g.Cols]}
}

func columns(g blas64.General, lo, hi int) blas64.General {
	return blas64.General{Rows: g.Rows, Cols: hi - lo, Stride: g.Stride, Data: g.Data[lo : (g.Rows-1)*g.Stride+hi]}
}
