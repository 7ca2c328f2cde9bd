package neural

import (
	"context"
	"math"

	"gonum.org/v1/gonum/blas/blas64"

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
	a, err := Dissimilarities(ctx, model)
	if err != nil {
		return nil, err
	}
	b, err := Dissimilarities(ctx, brain)
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

// Dissimilarities returns the n x n matrix of 1 - Pearson correlation between
// the rows of m, NaN for a row that is constant.
func Dissimilarities(ctx context.Context, m regress.Matrix) (blas64.General, error) {
	g, err := regress.Gram(ctx, rowCentred(m), regress.Options{})
	if err != nil {
		return blas64.General{}, err
	}
	norm := make([]float64, g.Rows)
	for i := range norm {
		norm[i] = math.Sqrt(g.Data[i*g.Stride+i])
	}
	for i, u := range norm {
		r := g.Data[i*g.Stride : i*g.Stride+g.Cols]
		for j, v := range norm {
			r[j] = 1 - max(-1, min(1, r[j]/(u*v)))
		}
	}
	return g, nil
}

// shifted is a matrix less a number per row or per column.
type shifted struct {
	regress.Matrix
	row, col []float64
}

func (s shifted) Row(dst []float64, i, lo int) {
	s.Matrix.Row(dst, i, lo)
	if s.row != nil {
		for j := range dst {
			dst[j] -= s.row[i]
		}
		return
	}
	for j, m := range s.col[lo : lo+len(dst)] {
		dst[j] -= m
	}
}

// rowCentred is m less the mean of each row; a constant row becomes exactly zero.
func rowCentred(m regress.Matrix) regress.Matrix {
	n, p := m.Dims()
	s := shifted{Matrix: m, row: make([]float64, n)}
	buf := make([]float64, p)
	for i := range n {
		m.Row(buf, i, 0)
		sum := 0.0
		for _, v := range buf {
			sum += v - buf[0]
		}
		s.row[i] = buf[0] + sum/float64(p)
	}
	return s
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
