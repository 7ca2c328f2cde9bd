package demo

import (
	"context"
	"fmt"

	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/scoring/rdm"
	"github.com/bsgen/bsgen/scoring/stat"
)

// truthNeurons is how many neurons stand for the whole population. Eight times
// as many raise the true ceiling by .009.
const truthNeurons = 1000

// trueCeiling returns the score that the perfect model has: the mean over
// animals of Spearman's rho between the dissimilarities in what was recorded and
// those of the whole population without noise. No experiment can know it; the
// estimated band should hold it.
func trueCeiling(recorded *assembly.RDMs, images [][]float64) (float64, error) {
	truth, err := rdm.FromActivations(context.Background(), transpose(population(random(partTruth), truthNeurons, images)))
	if err != nil {
		return 0, fmt.Errorf("the population without noise: %w", err)
	}
	rho := make([]float64, len(recorded.Upper))
	for k, upper := range recorded.Upper {
		rho[k] = stat.Spearman(truth.Upper, upper)
	}
	return stat.Mean(rho), nil
}

// transpose turns neuron x image into activations, one row per image.
func transpose(rows [][]float64) *assembly.Activations {
	a := &assembly.Activations{Stimuli: len(rows[0]), Units: len(rows)}
	for i := range a.Stimuli {
		for _, row := range rows {
			a.Float64 = append(a.Float64, row[i])
		}
	}
	return a
}
