package readout

import (
	"fmt"
	"math"

	"github.com/bsgen/bsgen/assembly"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// block is how many units are in double precision at a time: a layer has
// hundreds of thousands, and the memory for them all at once is not there.
const block = 512

// standard brings units to mean 0 and standard deviation 1 over the fitting
// stimuli, as scikit-learn's StandardScaler does.
type standard struct {
	mean  []float64
	scale []float64 // standard deviation, ddof 0; 1 where the unit is constant
}

// fitStandard learns it. Infinite and missing activations are errors.
func fitStandard(x *assembly.Activations) (*standard, error) {
	s := &standard{mean: make([]float64, x.Units), scale: make([]float64, x.Units)}
	n := float64(x.Stimuli)
	row := make([]float64, x.Units)
	for i := range x.Stimuli {
		x.Row(row, i, 0)
		for j, v := range row {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("unit %d has the activation %v for stimulus %d", j, v, i)
			}
		}
		floats.Add(s.mean, row)
	}
	floats.Scale(1/n, s.mean)
	off := make([]float64, x.Units) // what rounding left of the sum of differences
	for i := range x.Stimuli {
		x.Row(row, i, 0)
		for j, v := range row {
			d := v - s.mean[j]
			off[j] += d
			s.scale[j] += d * d
		}
	}
	for j, m := range s.mean {
		variance := (s.scale[j] - off[j]*off[j]/n) / n
		// sklearn.preprocessing._data._is_constant_feature: no more than rounding.
		const eps = 0x1p-52
		if variance <= n*eps*variance+(n*m*eps)*(n*m*eps) {
			s.scale[j] = 1
			continue
		}
		s.scale[j] = math.Sqrt(variance)
	}
	return s, nil
}

// columns returns the standardised units from lo on, stimulus x unit, at most
// [block] of them, in z's memory.
func (s *standard) columns(z *mat.Dense, x *assembly.Activations, lo int) error {
	w := min(block, x.Units-lo)
	z.Reset()
	z.ReuseAs(x.Stimuli, w)
	for i := range x.Stimuli {
		row := z.RawRowView(i)
		x.Row(row, i, lo)
		for j := range row {
			row[j] = (row[j] - s.mean[lo+j]) / s.scale[lo+j]
			if math.IsNaN(row[j]) || math.IsInf(row[j], 0) {
				return fmt.Errorf("unit %d has no finite activation for stimulus %d", lo+j, i)
			}
		}
	}
	return nil
}
