package neural

import (
	"context"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/bsgen/bsgen/scoring/rdm"
	"github.com/bsgen/bsgen/scoring/regress"
	"github.com/bsgen/bsgen/scoring/split"
	"github.com/bsgen/bsgen/scoring/stat"
)

// RDM compares representational dissimilarity matrices: 1 minus the Pearson
// correlation of two stimuli's patterns over features or neuroids. The score
// is Spearman's rank correlation of the two matrices' strict upper triangles.
// A stimulus whose pattern is constant has no correlations and makes the score
// NaN.
//
// Kriegeskorte, Mur and Bandettini, "Representational similarity analysis" (2008).
type RDM struct {
	// Subsets asks for splits and scores each test set alone.
	Subsets bool
}

// Score implements [Metric].
func (m RDM) Score(ctx context.Context, model, brain regress.Matrix, splits []split.Split) (*Score, error) {
	checkRows(model, brain)
	a, err := rdm.Dissimilarities(ctx, model)
	if err != nil {
		return nil, err
	}
	b, err := rdm.Dissimilarities(ctx, brain)
	if err != nil {
		return nil, err
	}
	return overSubsets(ctx, a.Rows, m.Subsets, splits, func(stimuli []int) float64 {
		return stat.Spearman(triangle(a, stimuli), triangle(b, stimuli))
	})
}

// overSubsets scores all stimuli, or the test set of each split.
func overSubsets(ctx context.Context, n int, subsets bool, splits []split.Split, score func(stimuli []int) float64) (*Score, error) {
	var s Score
	if !subsets {
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		splits = []split.Split{{Test: all}}
	}
	for _, sp := range splits {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s.Splits = append(s.Splits, score(sp.Test))
	}
	return newScore(s, nil), nil
}

// triangle returns the strict upper triangle over the given stimuli, row by row.
func triangle(g blas64.General, stimuli []int) []float64 {
	n := len(stimuli)
	t := make([]float64, 0, n*(n-1)/2)
	for a, i := range stimuli {
		for _, j := range stimuli[a+1:] {
			t = append(t, g.Data[i*g.Stride+j])
		}
	}
	return t
}
