package assembly

import (
	"fmt"
	"math"
	"slices"
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
// (or, as it must be symmetric, column by column). A matrix that is not
// symmetric or has NaN off its diagonal is an error; the diagonal is not looked at.
func Upper(n int, full []float64) ([]float64, error) {
	if len(full) != n*n {
		return nil, fmt.Errorf("%d values are not a matrix of %d x %d", len(full), n, n)
	}
	upper := make([]float64, 0, Pairs(n))
	for i := range n {
		for j := i + 1; j < n; j++ {
			v := full[i*n+j]
			if math.IsNaN(v) {
				return nil, fmt.Errorf("the dissimilarity of stimuli %d and %d is NaN", i+1, j+1)
			}
			if v != full[j*n+i] {
				return nil, fmt.Errorf("the matrix is not symmetric at (%d, %d)", i+1, j+1)
			}
			upper = append(upper, v)
		}
	}
	return upper, nil
}

func sorted(s []string) []string {
	slices.Sort(s)
	return s
}
