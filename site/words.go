package site

import (
	"fmt"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/scoring"
)

// metricWords says what the raw value of a metric is, and what a model gives
// for it.
var metricWords = map[string]struct{ raw, kind string }{
	"error_consistency":   {"Cohen's kappa between the model and a person being right or wrong on the same images, beyond what their accuracies alone would give: (o − e) / (1 − e). One value per person and condition; those without one (0/0) are left out. The raw value is the absolute value of their mean, as on brain-score.org; the result keeps the sign.", "choices"},
	"accuracy_distance":   {"How near the model's accuracy is to a person's: 1 at the same accuracy, 0 at the far end of the scale, averaged over people. A model at chance does well wherever people are at chance.", "choices"},
	"accuracy":            {"The share of images that the model sorts into the right class.", "choices"},
	"shape_bias":          {"Of the answers that name either the shape or the texture of an image, the share that names the shape.", "choices"},
	"rdm_spearman":        {"Spearman's correlation between the model's representational dissimilarity matrix and that of each subject, averaged over subjects.", "rdm or activations"},
	"pearsonr":            {"The absolute Pearson correlation between a word's surprisal and the mean time that people take to read it.", "surprisal"},
	"delta_loglik":        {"The gain in log-likelihood per word when surprisal joins word length, log frequency, their interaction and the previous word's in a regression of reading time, cross-validated by story. In nats; zero means that surprisal adds nothing.", "surprisal"},
	"pls":                 neuralWords("Partial least squares"),
	"pls_converged":       neuralWords("Partial least squares with exact singular vectors"),
	"ridge":               neuralWords("Ridge regression with penalty 1"),
	"ridgecv":             neuralWords("Ridge regression, its penalty chosen from 99 on the training stimuli,"),
	"linear_predictivity": neuralWords("Least squares"),
	"neuron_to_neuron":    neuralWords("The single unit that correlates most with it"),
	"reverse_pls":         {"Partial least squares maps the neurons to each unit of the model, fitted on some stimuli; the raw value is the correlation of prediction and activation on the others, the median over units.", "activations"},
	"linear_pearsonr":     neuralWords("Least squares"),
	"ridge_pearsonr":      neuralWords("Ridge regression, its penalty chosen from 7 on the training stimuli,"),
	"rdm":                 {"Spearman's correlation between the dissimilarity matrix of the model's units and that of all neurons together; dissimilarity is 1 minus Pearson's correlation of two stimuli's patterns.", "activations or rdm"},
	"rdm_cv":              {"Spearman's correlation between the dissimilarity matrices of the model's units and of all neurons, averaged over random 90 % of the stimuli.", "activations"},
	"cka":                 {"Centred kernel alignment of the model's units and all neurons, linear and without bias: 1 for representations that are equal up to rotation and scale.", "activations"},
	"cka_cv":              {"Centred kernel alignment, linear and without bias, averaged over random 90 % of the stimuli.", "activations"},
	"cka_biased":          {"Centred kernel alignment, linear, in its biased form, which unrelated high-dimensional data inflate.", "activations"},
}

// metricNames are names of raw values for an axis, where the metric's own name
// is no words.
var metricNames = map[string]string{
	"cka": "centred kernel alignment", "cka_cv": "centred kernel alignment", "cka_biased": "centred kernel alignment, biased",
	"rdm": "Spearman correlation of dissimilarities", "rdm_cv": "Spearman correlation of dissimilarities", "rdm_spearman": "Spearman correlation of dissimilarities",
	"pls": "neural predictivity, PLS", "pls_converged": "neural predictivity, PLS", "ridge": "neural predictivity, ridge", "ridgecv": "neural predictivity, ridge with a chosen penalty",
	"ridge_pearsonr": "neural predictivity, ridge with a chosen penalty", "linear_predictivity": "neural predictivity, least squares", "linear_pearsonr": "neural predictivity, least squares",
	"neuron_to_neuron": "correlation of neuron and unit", "reverse_pls": "predictivity of units from neurons, PLS",
	"delta_loglik": "gain in log-likelihood per word, nats", "pearsonr": "correlation with reading time",
}

// neuralWords describes a metric that maps a model's units to neurons.
func neuralWords(method string) struct{ raw, kind string } {
	return struct{ raw, kind string }{method + " maps the model's units to each neuron, fitted on some stimuli. The raw value is Pearson's correlation of prediction and response on the other stimuli, the median over neurons.", "activations"}
}

// metricText says how the raw value comes about.
func metricText(b *archive.Benchmark) string {
	if b.Published != nil {
		return publishedText(b)
	}
	m := b.Metric
	s := metricWords[strings.TrimSuffix(m.Name, "_split")].raw
	if s == "" {
		s = "The metric " + m.Name + "."
	}
	if m.Components > 0 {
		s += fmt.Sprintf(" %d components.", m.Components)
	}
	if m.Splits > 0 {
		s += fmt.Sprintf(" Mean over %d splits", m.Splits)
		if m.Train > 0 {
			s += fmt.Sprintf(", each fitted on %.0f %% of the stimuli", 100*m.Train)
		}
		s += "."
	} else if strings.HasSuffix(m.Name, "_split") {
		s += fmt.Sprintf(" It is fitted on the first %.0f stimuli.", m.Train)
	}
	if m.Exclude == "sentence-initial" {
		s += " The first word of each sentence is left out."
	}
	return s
}

// ceilingText says where the ceiling comes from.
func ceilingText(b *archive.Benchmark) string {
	c := b.Ceiling
	switch c.Name {
	case "none":
		if b.Normalize == archive.PublishedRule {
			return "The table names no ceiling: its numbers are normalised already."
		}
		return "There is no ceiling: the raw value stands for itself and counts in no mean."
	case "inter_subject":
		return "What " + peopleOrSubjects(b) + " reach among themselves: the same comparison between every two of them, averaged."
	case "rsa_ceiling":
		return "The noise ceiling of Nili et al. (2014): the true model would lie between how well each subject's matrix agrees with the mean of the others (lower bound) and with the mean of all (upper bound), each matrix rank-transformed first."
	case "rsa_ceiling_values":
		return "The noise ceiling as Brain-Score computes it: the true model would lie between how well each subject's matrix agrees with the mean of the others (lower bound) and with the mean of all (upper bound), the matrices averaged as they are."
	case "internal_consistency":
		return "Internal consistency: the repetitions are halved at random, the halves' mean responses are correlated over stimuli and corrected to the full number of repetitions (Spearman and Brown); the median over neurons, the mean over the halvings."
	case "constant":
		return fmt.Sprintf("A constant, %s. Source: %s.", decimal(c.Value, scorePlaces), c.Source)
	}
	return "The ceiling " + c.Name + "."
}

// peopleOrSubjects names those who were measured.
func peopleOrSubjects(b *archive.Benchmark) string {
	if b.Assembly.Species == "human" {
		return "people"
	}
	return "subjects"
}

// scaleWords says what kind of quantity a ceiling is.
var scaleWords = map[scoring.Scale]string{
	scoring.Reliability: "It is a reliability, the share of variance that is not noise. The largest correlation that a perfect model can reach is its root.",
	scoring.Correlation: "It bounds a correlation.",
	scoring.Reference:   "It is a reference, not a bound: a model may exceed it.",
	scoring.Band:        "It is a band: a score of 1 is the upper bound. With few subjects the upper bound is inflated.",
}

// ruleText says how the raw value becomes the score.
func ruleText(b *archive.Benchmark) string {
	rule, ok := scoring.Rules[b.Normalize]
	if !ok {
		return ""
	}
	s := "score = " + rule.Formula + ", where r is the raw value and c the ceiling."
	if b.Compat == "upstream" {
		s += " This rule does not fit the scale of the ceiling; it is kept because the published benchmark uses it."
	}
	return s
}
