// Package behavior compares the choices of models and people on the same
// stimuli: error consistency, accuracy and shape bias.
package behavior

import "math"

// Kappa returns Cohen's kappa of two sequences of right and wrong,
//
//	kappa = (o - e) / (1 - e),  e = a b + (1-a)(1-b)
//
// where o is the share of items on which both are right or both wrong, and a,
// b are the accuracies (Geirhos, Meding and Wichmann 2020, eq. 1 to 3). It is
// NaN where e = 1: both all right, or both all wrong, leaves nothing to agree on.
//
// The arguments are sums over items: n items, a of them right in the one, b in
// the other, both right in both.
func Kappa(n, a, b, both float64) float64 {
	pa, pb := a/n, b/n
	o := (n - a - b + float64(2*both)) / n
	e := float64(pa*pb) + float64((1-pa)*(1-pb))
	if e == 1 {
		return math.NaN()
	}
	return (o - e) / (1 - e)
}

// AccuracyDistance returns how near a model's accuracy is to a person's,
//
//	1 - |pb - pa| / max(1 - pa, pa)
//
// in [0, 1], where pa is the person's accuracy and pb the model's: 1 at the
// same accuracy, 0 at the far end of the scale. The arguments are as for
// [Kappa], the person first; both is not used. It is not symmetric, and it
// rewards a model at chance wherever people are at chance.
func AccuracyDistance(n, a, b, _ float64) float64 {
	pa, pb := a/n, b/n
	return 1 - math.Abs(pb-pa)/math.Max(1-pa, pa)
}
