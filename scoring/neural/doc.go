// Package neural compares model activations with recorded neural responses:
// the metrics of Brain-Score under its names, their ceilings, and bootstrap
// replicates of both. It sees arrays only: activations are stimuli x features,
// responses stimuli x neuroids (units, sites, voxels), rows in the same order.
//
// Missing values: an activation or a mean response that is NaN is an error. A
// neuroid without a correlation, because its response or its prediction does
// not vary, has NaN there; medians over neuroids skip NaN, as Brain-Score's do,
// and every score counts how many it skipped.
//
// Source: brain-score/vision and brain-score/language on GitHub, their metrics
// regression_correlation, rdm, cka and internal_consistency, linear_pearsonr
// and ridge_pearsonr.
package neural
