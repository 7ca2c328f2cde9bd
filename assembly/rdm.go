package assembly

import (
	"fmt"
	"math"
)

// RDMs are representational dissimilarity matrices of several subjects on the
// same stimuli.
type RDMs struct {
	Subjects []string
	Stimuli  []string
	Upper    [][]float64 // subject x pair: strict upper triangles, row by row
}

// StimulusNames implements [Assembly].
func (r *RDMs) StimulusNames() []string { return r.Stimuli }

// RDM is a model's dissimilarity matrix.
type RDM struct {
	N     int
	Upper []float64 // N(N-1)/2 dissimilarities, row by row
}

func (*RDM) response() {}

// Pairs returns the number of pairs of n stimuli.
func Pairs(n int) int { return n * (n - 1) / 2 }

// Upper returns the strict upper triangle of an n x n matrix given row by row
// (or, as it must be symmetric, column by column). Where the two halves differ
// by no more than rounding (1e-8, relative to values above 1), as those of 1 -
// numpy.corrcoef(x) do, their mean is taken. A matrix that is less symmetric,
// has NaN off its diagonal, or anything but 0 (to 1e-6) or NaN on it is an error.
func Upper(n int, full []float64) ([]float64, error) {
	if len(full) != n*n {
		return nil, fmt.Errorf("%d values are not a matrix of %d x %d", len(full), n, n)
	}
	upper := make([]float64, 0, Pairs(n))
	for i := range n {
		switch d := full[i*n+i]; {
		case math.Abs(d-1) <= 1e-6:
			return nil, fmt.Errorf("the diagonal is 1: this looks like a similarity; a dissimilarity matrix has 0 there (1 - r)")
		case math.Abs(d) > 1e-6:
			return nil, fmt.Errorf("the diagonal is %v at stimulus %d; a dissimilarity matrix has 0 there", d, i+1)
		}
		for j := i + 1; j < n; j++ {
			v, w := full[i*n+j], full[j*n+i]
			if math.IsNaN(v) || math.IsNaN(w) {
				return nil, fmt.Errorf("the dissimilarity of stimuli %d and %d is NaN", i+1, j+1)
			}
			if v != w {
				if !closeTo(v, w) {
					return nil, fmt.Errorf("the matrix is not symmetric: %v at (%d, %d), %v at (%d, %d)\nhint: if that is meant, r = (r + r.T) / 2", v, i+1, j+1, w, j+1, i+1)
				}
				v += (w - v) / 2
			}
			upper = append(upper, v)
		}
	}
	return upper, nil
}

// closeTo reports whether two numbers differ by no more than rounding.
func closeTo(v, w float64) bool {
	d := math.Abs(v - w)
	return d <= 1e-8*max(1, math.Abs(v), math.Abs(w)) && !math.IsInf(d, 0)
}
