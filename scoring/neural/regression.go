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

// Regression fits a map from the model to each neuroid on the training stimuli
// and correlates its predictions with the responses to the test stimuli. The
// score of a split is the median over neuroids.
type Regression struct {
	Method regress.Method
	// Reverse predicts the model from the neuroids.
	Reverse bool
	// Fixed asks for exactly one split.
	Fixed bool
	// Soften is added to both norms of the correlation. The language metrics
	// have 1e-8, with which a constant neuroid scores 0 rather than NaN.
	Soften float64
}

const languageSoftening = 1e-8

// Score implements [Metric].
func (m Regression) Score(ctx context.Context, model, brain regress.Matrix, splits []split.Split) (*Score, error) {
	checkRows(model, brain)
	if m.Reverse {
		model, brain = brain, model
	}
	if pls, ok := m.Method.(regress.PLS); ok {
		what := "the model has %d units"
		if m.Reverse {
			what = "there are %d neuroids to predict from"
		}
		if _, p := model.Dims(); p < pls.Components {
			return nil, fmt.Errorf(what+"; PLS with %d components needs at least %d", p, pls.Components, pls.Components)
		}
	}
	plan, err := regress.NewPlan(ctx, model, splits, regress.Options{})
	if err != nil {
		return nil, err
	}
	return m.ScorePlan(ctx, plan, brain, splits)
}

// ScorePlan is Score for a plan of the predicting side that the caller shares
// between several regions or metrics; target is the side to be predicted and
// splits are those of the plan.
func (m Regression) ScorePlan(ctx context.Context, plan *regress.Plan, target regress.Matrix, splits []split.Split) (*Score, error) {
	if m.Fixed && len(splits) != 1 {
		return nil, fmt.Errorf("neural: this metric takes one fixed split, not %d", len(splits))
	}
	fit, err := plan.Fit(ctx, m.Method, target)
	if err != nil {
		return nil, err
	}
	s := Score{Fit: fit}
	for _, f := range fit.Folds {
		s.Units = append(s.Units, f.R)
		if f.Alpha != 0 {
			s.Alphas = append(s.Alphas, f.Alpha)
		}
	}
	if m.Soften != 0 {
		if s.Units, err = softened(ctx, fit, m.Soften); err != nil {
			return nil, err
		}
	}
	for _, u := range s.Units {
		s.Splits = append(s.Splits, stat.Median(append([]float64(nil), u...)))
	}
	return newScore(s, splits), nil
}

// softened returns Σxy / ((|x| + c)(|y| + c)) over centred predictions x and
// responses y, per fold and target.
func softened(ctx context.Context, fit *regress.Fit, c float64) ([][]float64, error) {
	out := make([][]float64, len(fit.Folds))
	for i := range out {
		out[i] = make([]float64, fit.Targets())
	}
	return out, fit.Each(ctx, func(lo int, folds []regress.Pairs) error {
		for i, p := range folds {
			for j := range p.Observed.Cols {
				x, cx := centredColumn(p.Predicted, j, c)
				y, cy := centredColumn(p.Observed, j, c)
				var xy, xx, yy float64
				for k, u := range x {
					xy += float64(u * y[k])
					xx += float64(u * u)
					yy += float64(y[k] * y[k])
				}
				r := xy / (math.Sqrt(xx) + cx) / (math.Sqrt(yy) + cy)
				if !(math.Abs(r) <= 1+1e-6) {
					r = math.NaN() // an overflow
				}
				out[i][lo+j] = max(-1, min(1, r))
			}
		}
		return nil
	})
}

// centredColumn returns column j less its mean, and the softening of its norm,
// both in a unit in which squares neither under- nor overflow. A column of
// equal numbers gives exactly zero.
func centredColumn(g blas64.General, j int, softening float64) ([]float64, float64) {
	c := make([]float64, g.Rows)
	for i := range c {
		c[i] = g.Data[i*g.Stride+j] - g.Data[j]
	}
	m := stat.Mean(c)
	largest := 0.0
	for i := range c {
		c[i] -= m
		largest = max(largest, math.Abs(c[i]))
	}
	scale := stat.Scale(largest)
	for i := range c {
		c[i] *= scale
	}
	return c, softening * scale
}
