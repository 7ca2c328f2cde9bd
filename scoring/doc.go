// Package scoring turns a comparison of a model with brains or behaviour into a
// score: a raw value, a ceiling, the rule that relates them, an interval, and
// warnings.
//
// The package and those below it see arrays; they know no files, no git and no
// HTML. scoring itself holds what every metric ends in ([Score], [Ceiling],
// [Rule]); the metrics live in packages named for what they compare:
//
//	scoring/stat      ranks, correlations, quantiles, with an explicit policy for ties and NaN
//	scoring/resample  which units a bootstrap replicate draws
//	scoring/behavior  choices: error consistency, accuracy, shape bias
//	scoring/neural    activations and neural responses: regression, CKA, RDMs, ceilings
//	scoring/rdm       representational dissimilarity matrices
//	scoring/reading   reading times and surprisal
//	scoring/regress   cross-validated fits: PLS, ridge, least squares, one to one
//	scoring/split     which stimuli train and which test, as scikit-learn divides them
//
// # Determinism
//
// The same input gives the same bytes for any GOMAXPROCS and on every amd64
// machine: sums run in a fixed order, no multiply-add is left to the compiler
// where the result is stored, and functions whose assembly differs between
// CPUs (math.Exp, math.Pow) are not used.
package scoring
