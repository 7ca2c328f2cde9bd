package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// protocol is how a scaffolded benchmark scores: the values of metric, ceiling
// and normalize in its YAML, each with a comment.
type protocol struct {
	Metric, Ceiling, Normalize string
	Primary                    bool // false where there is no normalised score to average
}

// protocols are the protocols of each reader by the suffix that ids end in, by
// Brain-Score's habit of <what>-<metric>; "" is the reader's default.
var protocols = map[string]map[string]protocol{
	"trials": {
		"":                  errorConsistency,
		"error_consistency": errorConsistency,
		"accuracy_distance": {"{name: accuracy_distance}",
			"{name: inter_subject, scale: reference} # how close people come to each other",
			"ratio # raw / ceiling; none has no score", true},
		"accuracy":   accuracy,
		"top1":       accuracy,
		"shape_bias": {"{name: shape_bias}", constantOne + "a fraction is at most 1}", "ratio # raw / ceiling", true},
	},
	"mat-rdms": {"": dissimilarity, "rdm": dissimilarity, "rdm_spearman": dissimilarity},
	"reading-times": {
		"":         readingTimes,
		"pearsonr": readingTimes,
		"delta_loglik": {"{name: delta_loglik, exclude: sentence-initial}",
			"{name: none} # what surprisal adds to length and frequency has no bound that is known",
			"none # a view, beside a primary benchmark", false},
	},
	"npy": {
		"":                    fitted("pls, components: 25"),
		"pls":                 fitted("pls, components: 25"),
		"pls_converged":       fitted("pls_converged, components: 25"),
		"reverse_pls":         fitted("reverse_pls, components: 25"),
		"ridge":               fitted("ridge"),
		"ridgecv":             fitted("ridgecv"),
		"linear":              fitted("linear_predictivity"),
		"linear_predictivity": fitted("linear_predictivity"),
		"linear_pearsonr":     fitted("linear_pearsonr"),
		"ridge_pearsonr":      fitted("ridge_pearsonr"),
		"neuron_to_neuron":    fitted("neuron_to_neuron"),
		"rdm":                 dissimilarity,
		"rdm_spearman":        dissimilarity,
		"rdm_cv":              view("rdm_cv, splits: 10, seed: 1"),
		"cka":                 view("cka"),
		"cka_cv":              view("cka_cv, splits: 10, seed: 1"),
		"cka_biased":          view("cka_biased"),
	},
}

const constantOne = "{name: constant, value: 1, scale: reference, source: "

var (
	errorConsistency = protocol{"{name: error_consistency} # or accuracy, shape_bias; these two take a constant ceiling",
		"{name: inter_subject, scale: reference} # the consistency between people, which a model may exceed",
		"clipped_ratio # raw / ceiling within 0 and 1; ratio does not clip, none has no score", true}
	accuracy      = protocol{"{name: accuracy}", constantOne + "an accuracy is at most 1}", "ratio # raw / ceiling", true}
	dissimilarity = protocol{"{name: rdm_spearman} # of dissimilarity matrices, one per subject",
		"{name: rsa_ceiling, scale: band} # of one subject: {name: none}, normalize: none and primary: false",
		"ratio # raw / upper bound of the band", true}
	readingTimes = protocol{"{name: pearsonr, exclude: sentence-initial} # or delta_loglik, which has no ceiling",
		"{name: constant, value: 1, scale: correlation, source: } # <- the largest r that noise allows, and who says so",
		"ratio # raw / ceiling", true}
)

// fitted is the protocol of a metric that fits a map from units to neurons:
// Brain-Score's ten divisions with 90 % for training.
func fitted(metric string) protocol {
	return protocol{fmt.Sprintf("{name: %s, splits: 10, train: 0.9, seed: 1}", metric),
		"{name: internal_consistency, splits: 10, seed: 1, scale: reliability} # from repetitions",
		"explained_variance # r^2 / reliability", true}
}

// view is the protocol of a metric without a ceiling.
func view(metric string) protocol {
	return protocol{"{name: " + metric + "}", "{name: none}", "none # a view, beside a primary benchmark", false}
}

// chooseProtocol returns the protocol that an id's suffix names, else the
// reader's default. A suffix that belongs to another reader is an error.
func chooseProtocol(id, reader string) (protocol, error) {
	suffix := id[strings.LastIndex(id, "-")+1:]
	if p, ok := protocols[reader][suffix]; ok {
		return p, nil
	}
	var others []string
	for _, r := range slices.Sorted(maps.Keys(protocols)) {
		if _, ok := protocols[r][suffix]; ok {
			others = append(others, "--reader "+r)
		}
	}
	if len(others) > 0 {
		return protocol{}, withHint(fmt.Errorf("the reader %s has no metric %s, which the id ends in", reader, suffix), "%s", strings.Join(others, " or "))
	}
	return protocols[reader][""], nil
}
