package readout

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/bsgen/bsgen/assembly"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// DefaultC is Brain-Score's inverse strength of the penalty.
const DefaultC = 1e-3

// maxFitting bounds the numbers held for fitting: stimuli x min(stimuli, units), 2 GiB.
const maxFitting = 1 << 28

// Probabilities is a readout that says how probable each label is: multinomial
// logistic regression on standardised activations. It may be used by several goroutines.
type Probabilities struct {
	labels    []string
	standard  *standard
	weights   *mat.Dense // unit x label
	intercept []float64
}

// FitProbabilities learns the readout from activations x, stimulus x unit, and
// the label of each stimulus. Units are standardised (mean 0, standard deviation 1
// with ddof 0; constant units are only centred); then weights W and
// intercepts b minimise
//
//	|W|²/2 - c * sum over stimuli of log softmax(Wz + b)[label]
//
// The intercept is not penalised; c must be positive, [DefaultC] is Brain-Score's. These are
// scikit-learn's StandardScaler and LogisticRegression(multi_class="multinomial", C=c).
//
// Where scikit-learn stops at tol=1e-4 or after 100 steps, as for Brain-Score, we
// go on to the optimum, which is unique in the probabilities: the gradient ends
// below 1e-10 of where it began. On the problems in testdata its probabilities are within
// 3e-7 of the optimum's where C is 1e-3, and within 5e-4 where C is 10. A fit needs memory for stimuli x min(stimuli, units)
// numbers and no more, however many units there are.
//
// It is an error where there are fewer than two labels, an activation is not
// finite, the fit does not fit into 2 GiB, or ctx ends.
func FitProbabilities(ctx context.Context, x *assembly.Activations, labels []string, c float64) (*Probabilities, error) {
	if len(labels) != x.Stimuli {
		return nil, fmt.Errorf("%d labels for the activations of %d stimuli", len(labels), x.Stimuli)
	}
	if x.Units == 0 {
		return nil, errors.New("there are no activations")
	}
	if !(c > 0) || math.IsInf(c, 0) {
		return nil, fmt.Errorf("the inverse strength of the penalty is %v, not above 0", c)
	}
	p := &Probabilities{}
	truth := make([]int, len(labels))
	number := map[string]int{}
	for i, l := range labels {
		k, ok := number[l]
		if !ok {
			k = len(p.labels)
			number[l] = k
			p.labels = append(p.labels, l)
		}
		truth[i] = k
	}
	if len(p.labels) < 2 {
		return nil, fmt.Errorf("the stimuli have %d labels: two or more are needed to tell them apart", len(p.labels))
	}
	if n := x.Stimuli; n*min(n, x.Units) > maxFitting {
		return nil, fmt.Errorf("%d stimuli with %d units are too many to fit: stimuli x min(stimuli, units) is above %d", n, x.Units, maxFitting)
	}
	var err error
	if p.standard, err = fitStandard(x); err != nil {
		return nil, err
	}
	product, err := newProduct(ctx, p.standard, x)
	if err != nil {
		return nil, err
	}
	s := newSoftmax(product, truth, len(p.labels), c)
	if err := s.minimize(ctx); err != nil {
		return nil, fmt.Errorf("fit %d labels to %d stimuli: %w", len(p.labels), x.Stimuli, err)
	}
	p.intercept = s.intercept
	p.weights = mat.NewDense(x.Units, len(p.labels), nil)
	var z mat.Dense
	for lo := 0; lo < x.Units; lo += block {
		if err := errors.Join(ctx.Err(), p.standard.columns(&z, x, lo)); err != nil {
			return nil, err
		}
		_, w := z.Dims()
		p.weights.Slice(lo, lo+w, 0, len(p.labels)).(*mat.Dense).Mul(z.T(), s.dual)
	}
	return p, nil
}

// Labels returns the labels in the order of their first stimulus, which is
// that of the columns of [Probabilities.Of].
func (p *Probabilities) Labels() []string { return slices.Clone(p.labels) }

// Of returns the probability of each label for each stimulus, stimulus x label:
// rows have the sum 1. Other units than those of the fit and activations that
// are not finite are errors.
func (p *Probabilities) Of(x *assembly.Activations) ([][]float64, error) {
	if x.Units != len(p.standard.mean) {
		return nil, fmt.Errorf("activations of %d units for a readout of %d", x.Units, len(p.standard.mean))
	}
	if x.Stimuli == 0 {
		return nil, nil
	}
	k := len(p.labels)
	logits := mat.NewDense(x.Stimuli, k, nil)
	var z, part mat.Dense
	for lo := 0; lo < x.Units; lo += block {
		if err := p.standard.columns(&z, x, lo); err != nil {
			return nil, err
		}
		_, w := z.Dims()
		part.Reset()
		part.Mul(&z, p.weights.Slice(lo, lo+w, 0, k))
		logits.Add(logits, &part)
	}
	rows := make([][]float64, x.Stimuli)
	for i := range rows {
		rows[i] = logits.RawRowView(i)
		floats.Add(rows[i], p.intercept)
		softmax(rows[i])
	}
	return rows, nil
}

// softmax replaces logits by probabilities and returns log(sum(exp(logits))).
func softmax(v []float64) float64 {
	highest := floats.Max(v)
	sum := 0.0
	for i, x := range v {
		v[i] = math.Exp(x - highest)
		sum += v[i]
	}
	for i := range v {
		v[i] /= sum
	}
	return highest + math.Log(sum)
}
