package neural

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/bsgen/bsgen/scoring/regress"
	"github.com/bsgen/bsgen/scoring/split"
)

// Metric compares activations with responses.
type Metric interface {
	// Score compares the rows of model (stimuli x features) with those of
	// brain (stimuli x neuroids) on the given splits. Different numbers of
	// rows are a programming error and panic.
	//
	// Metrics that fit need splits; those that compare whole matrices use
	// the test sets, or all stimuli if splits is nil.
	Score(ctx context.Context, model, brain regress.Matrix, splits []split.Split) (*Score, error)
}

// Metrics are the metrics by Brain-Score's name. The forms that end in _split
// take one fixed split; the others average over the splits that they are
// given, in Brain-Score ten random divisions ([split.Default]), and for rdm_cv
// and cka_cv ten random subsets (test size 0.9).
//
//	pls                 25 components, as scikit-learn iterates them
//	pls_converged       the same with exact singular vectors
//	ridge               penalty 1
//	ridgecv             penalty chosen from 99 on the training stimuli
//	linear_predictivity ordinary least squares
//	neuron_to_neuron    the best single model unit
//	reverse_pls         model units predicted from neuroids
//	linear_pearsonr     language: least squares, softened correlation
//	ridge_pearsonr      language: penalty chosen from 7, softened correlation
//	rdm, rdm_cv         rank correlation of dissimilarity matrices
//	cka, cka_cv         centred kernel alignment, unbiased
//	cka_biased          centred kernel alignment, plug-in estimate
var metrics = func() map[string]Metric {
	m := map[string]Metric{
		"linear_pearsonr": Regression{Method: regress.Linear{}, Soften: languageSoftening},
		"ridge_pearsonr":  Regression{Method: regress.RidgeCV{Alphas: []float64{1e-3, 1e-2, 1e-1, 1, 10, 100, 1000}}, Soften: languageSoftening},
		"rdm":             RDM{},
		"rdm_cv":          RDM{Subsets: true},
		"cka":             CKA{},
		"cka_cv":          CKA{Subsets: true},
		"cka_biased":      CKA{Biased: true},
	}
	for name, r := range map[string]Regression{
		"pls":                 {Method: regress.PLS{Components: 25}},
		"pls_converged":       {Method: regress.PLS{Components: 25, Converged: true}},
		"ridge":               {Method: regress.Ridge{Alpha: 1}},
		"ridgecv":             {Method: regress.RidgeCV{}},
		"linear_predictivity": {Method: regress.Linear{}},
		"neuron_to_neuron":    {Method: regress.OneToOne{}},
		"reverse_pls":         {Method: regress.PLS{Components: 25}, Reverse: true},
	} {
		m[name] = r
		r.Fixed = true
		m[name+"_split"] = r
	}
	return m
}()

// Lookup returns the metric of a name, as listed at [Names].
func Lookup(name string) (Metric, error) {
	m, ok := metrics[name]
	if !ok {
		return nil, fmt.Errorf("neural: no metric %q: there are %v", name, Names())
	}
	return m, nil
}

// Names returns the names of all metrics in alphabetical order.
func Names() []string { return slices.Sorted(maps.Keys(metrics)) }

func checkRows(model, brain regress.Matrix) {
	n, _ := model.Dims()
	if m, _ := brain.Dims(); m != n {
		panic(fmt.Sprintf("neural: activations for %d stimuli, responses to %d", n, m))
	}
}
