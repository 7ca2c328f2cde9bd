// Package regress fits linear maps from model activations to measured
// responses and correlates their out-of-sample predictions with the data:
// partial least squares, ridge with a given or a cross-validated penalty,
// ordinary least squares and one-to-one assignment, each with the numbers
// scikit-learn gives.
//
// A [Plan] belongs to one activation matrix and one list of splits. What
// depends on these alone, such as the Gram matrix, is computed once and shared
// by all methods and all targets. Fit then treats all folds and all targets
// together, in three steps:
//
//  1. Reduce. All methods here are invariant to rotations of the features, and
//     they see the targets only through inner products: with more features (or
//     targets) than stimuli the n x n Gram matrix, or a factor of it, replaces
//     them. Fold statistics are the full ones minus the left-out rows.
//  2. Solve each fold in that small space.
//  3. Predict and correlate in blocks of targets, so that predictions are
//     never stored whole.
//
// The arithmetic is float64 throughout and runs in gonum's blas64; registering
// a faster implementation with blas64.Use speeds everything up. Work is divided
// over outputs and in blocks of constant size, so results do not depend on
// GOMAXPROCS as long as those of the registered implementation do not.
package regress
