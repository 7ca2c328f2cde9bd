package rdm

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/scoring/regress"
	"github.com/bsgen/bsgen/scoring/stat"
)

// FromActivations returns 1 - Pearson's r between the activations to each pair
// of stimuli, as numpy.corrcoef over rows gives it. A stimulus whose units are
// all equal has no correlation with any other and is an error, as is a value
// that is NaN or infinite.
func FromActivations(ctx context.Context, a *assembly.Activations) (*assembly.RDM, error) {
	d, err := Dissimilarities(ctx, a)
	if err != nil {
		return nil, err
	}
	upper := make([]float64, 0, assembly.Pairs(a.Stimuli))
	for i := range d.Rows {
		for j, v := range d.Data[i*d.Stride:][:d.Cols] {
			if j <= i {
				continue
			}
			if math.IsNaN(v) {
				return nil, fmt.Errorf("stimuli %d and %d have no correlation: the units of one do not vary", i+1, j+1)
			}
			upper = append(upper, v)
		}
	}
	return &assembly.RDM{N: a.Stimuli, Upper: upper}, nil
}

// FromRecordings returns the correlation RDM of each subject's neuroids,
// averaged over repetitions, in the order in which the subjects first appear.
func FromRecordings(ctx context.Context, r *assembly.Recordings) (*assembly.RDMs, error) {
	out := &assembly.RDMs{Stimuli: r.Stimuli}
	seen := map[string]bool{}
	for _, s := range r.Subject {
		if seen[s] {
			continue
		}
		seen[s] = true
		m, err := FromActivations(ctx, r.Means(s))
		if err != nil {
			return nil, fmt.Errorf("subject %s: %w", s, err)
		}
		out.Subjects = append(out.Subjects, s)
		out.Upper = append(out.Upper, m.Upper)
	}
	return out, nil
}

// Dissimilarities returns the symmetric n x n matrix of 1 - Pearson correlation
// between the rows of m, NaN for a row that is constant. An entry of m that is
// NaN or infinite is an error that names its row and column.
func Dissimilarities(ctx context.Context, m regress.Matrix) (blas64.General, error) {
	c, err := centreRows(ctx, m)
	if err != nil {
		return blas64.General{}, err
	}
	g, err := regress.Gram(ctx, c, regress.Options{})
	if err != nil {
		return blas64.General{}, err
	}
	square := make([]float64, g.Rows)
	for i := range square {
		square[i] = g.Data[i*g.Stride+i]
	}
	for i, u := range square {
		if err := ctx.Err(); err != nil {
			return blas64.General{}, err
		}
		for j := i; j < g.Cols; j++ {
			d := 1 - stat.Correlation(g.Data[i*g.Stride+j], u, square[j])
			g.Data[i*g.Stride+j], g.Data[j*g.Stride+i] = d, d
		}
	}
	return g, nil
}

// largest is the largest magnitude that can be summed over any number of units.
const largest = 1e300

// rowCentred is a matrix less the mean of each row, times a power of two for
// which the squares neither under- nor overflow.
type rowCentred struct {
	regress.Matrix
	mean, scale []float64
}

func (c rowCentred) Row(dst []float64, i, lo int) {
	c.Matrix.Row(dst, i, lo)
	for j := range dst {
		dst[j] = (dst[j] - c.mean[i]) * c.scale[i]
	}
}

// centreRows makes a constant row exactly zero.
func centreRows(ctx context.Context, m regress.Matrix) (regress.Matrix, error) {
	n, p := m.Dims()
	c := rowCentred{Matrix: m, mean: make([]float64, n), scale: make([]float64, n)}
	if p == 0 {
		return c, nil
	}
	buf := make([]float64, p)
	for i := range n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m.Row(buf, i, 0)
		sum := 0.0
		for j, v := range buf {
			if !(math.Abs(v) <= largest) {
				return nil, fmt.Errorf("row %d, column %d is %g: every entry must be a finite number of at most %g", i, j, v, largest)
			}
			sum += v - buf[0]
		}
		c.mean[i] = buf[0] + sum/float64(p)
		deviation := 0.0
		for _, v := range buf {
			deviation = max(deviation, math.Abs(v-c.mean[i]))
		}
		c.scale[i] = stat.Scale(deviation)
	}
	return c, nil
}
