package neural

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/bsgen/bsgen/scoring/regress"
	"github.com/bsgen/bsgen/scoring/split"
	"github.com/bsgen/bsgen/scoring/stat"
)

// Repeats are the responses to every presentation of every stimulus.
type Repeats struct {
	Neuroids, Stimuli, Repetitions int
	// Values is in the order neuroid, stimulus, repetition; NaN marks what
	// was not recorded.
	Values []float64
}

func (r *Repeats) check() {
	if len(r.Values) != r.Neuroids*r.Stimuli*r.Repetitions {
		panic(fmt.Sprintf("neural: %d numbers for %d neuroids x %d stimuli x %d repetitions", len(r.Values), r.Neuroids, r.Stimuli, r.Repetitions))
	}
}

// Mean returns the responses averaged over all repetitions, stimuli x
// neuroids; NaN where there are none.
func (r *Repeats) Mean() regress.Matrix {
	all := make([]int, r.Repetitions)
	for i := range all {
		all[i] = i
	}
	return regress.Float64(r.Stimuli, r.Neuroids, r.average(all).Data)
}

// average returns the mean over the given repetitions that were recorded.
func (r *Repeats) average(repetitions []int) blas64.General {
	r.check()
	m := blas64.General{Rows: r.Stimuli, Cols: r.Neuroids, Stride: max(1, r.Neuroids), Data: make([]float64, r.Stimuli*r.Neuroids)}
	for u := range r.Neuroids {
		for s := range r.Stimuli {
			trials := r.Values[(u*r.Stimuli+s)*r.Repetitions:][:r.Repetitions]
			sum, n := 0.0, 0
			for _, k := range repetitions {
				if v := trials[k]; !math.IsNaN(v) {
					sum += v
					n++
				}
			}
			m.Data[s*m.Stride+u] = sum / float64(n)
		}
	}
	return m
}

// InternalConsistency is the split-half reliability of the mean responses. For
// each division of the repetitions, Pearson's r between the halves' means over
// the stimuli, corrected to the full number of repetitions by Spearman and
// Brown's 2r/(1+r), per neuroid; the median over neuroids; the mean over
// divisions. A stimulus that a neuroid has no repetition of in one of the
// halves is left out for that division.
//
// Brain-Score divides the repetitions ten times: shuffled with seed 1, the first
// half the smaller one if their number is odd.
//
// The value is a reliability, a share of variance: the largest correlation that
// a perfect model can reach is its root.
func InternalConsistency(ctx context.Context, r *Repeats, halves []split.Split) (*Score, error) {
	var s Score
	for _, h := range halves {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		a, b := r.average(h.Train), r.average(h.Test)
		units := make([]float64, r.Neuroids)
		for u := range units {
			units[u] = stat.SpearmanBrown(pairedCorrelation(a, b, u))
		}
		s.Units = append(s.Units, units)
		s.Splits = append(s.Splits, stat.Median(append([]float64(nil), units...)))
	}
	return newScore(s, nil), nil
}

// pairedCorrelation is Pearson's r of column j of a and b over the rows where
// neither is NaN; NaN if one of them is constant there.
func pairedCorrelation(a, b blas64.General, j int) float64 {
	var x, y []float64
	for i := range a.Rows {
		u, v := a.Data[i*a.Stride+j], b.Data[i*b.Stride+j]
		if !math.IsNaN(u) && !math.IsNaN(v) {
			x, y = append(x, u), append(y, v)
		}
	}
	return stat.Pearson(x, y)
}
