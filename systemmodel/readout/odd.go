package readout

import (
	"errors"
	"fmt"
	"math"

	"github.com/bsgen/bsgen/assembly"
	"gonum.org/v1/gonum/floats"
)

// Similarity is how alike two stimuli are for a model.
type Similarity string

// The similarities.
const (
	Dot    Similarity = "dot"    // the product x.y, Brain-Score's default: long vectors are alike to everything
	Cosine Similarity = "cosine" // x.y / |x||y|, from -1 to 1
)

// OddOneOut returns for each triplet which of its stimuli the model finds odd,
// as the index of a row of x: the one that the most similar pair leaves over.
// Of the similarities of the pairs (i,j), (i,k), (j,k) of a triplet i, j, k
//
//	odd = triplet[2 - argmax(s_ij, s_ik, s_jk)]
//
// The first pair wins ties, so a model that tells nothing apart finds the third
// stimulus odd (Hebart et al. 2020 have the task). Brain-Score computes
// in the activations' precision, we in double, so a tie within float32's rounding may differ.
//
// It is an error where a triplet names a row that does not exist or one twice,
// an activation in it is not finite, or for the cosine is a row of zeros, which has no direction.
func OddOneOut(x *assembly.Activations, triplets [][3]int, similarity Similarity) ([]int, error) {
	if similarity != Dot && similarity != Cosine {
		return nil, fmt.Errorf("there is no similarity %q: it is dot or cosine", similarity)
	}
	if x.Units == 0 {
		return nil, errors.New("there are no activations")
	}
	var rows [3][]float64
	for i := range rows {
		rows[i] = make([]float64, x.Units)
	}
	odd := make([]int, len(triplets))
	for t, triplet := range triplets {
		if i, j, k := triplet[0], triplet[1], triplet[2]; i == j || i == k || j == k {
			return nil, fmt.Errorf("triplet %d, %v, has a stimulus twice", t, triplet)
		}
		for a, i := range triplet {
			if i < 0 || i >= x.Stimuli {
				return nil, fmt.Errorf("triplet %d, %v: there is no stimulus %d of %d", t, triplet, i, x.Stimuli)
			}
			x.Row(rows[a], i, 0)
			norm := floats.Norm(rows[a], 2)
			if math.IsNaN(norm) || math.IsInf(norm, 0) {
				return nil, fmt.Errorf("an activation of stimulus %d is not finite", i)
			}
			if similarity == Cosine {
				if norm == 0 {
					return nil, fmt.Errorf("all activations of stimulus %d are 0: it has no cosine with others", i)
				}
				floats.Scale(1/norm, rows[a])
			}
		}
		s := []float64{floats.Dot(rows[0], rows[1]), floats.Dot(rows[0], rows[2]), floats.Dot(rows[1], rows[2])}
		odd[t] = triplet[2-floats.MaxIdx(s)] // the first of equals
	}
	return odd, nil
}
