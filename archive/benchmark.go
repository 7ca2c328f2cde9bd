package archive

import (
	"regexp"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/scoring"
)

// Benchmark is a stimulus set, what was measured on it, a metric, a ceiling and
// a normalisation, with a version. A benchmark that is fixed gets a new version
// and its old results stay.
type Benchmark struct {
	ID        string `yaml:"id"`
	Version   int    `yaml:"version"` // from 1; raised when a score may change
	Title     string `yaml:"title"`
	Summary   string `yaml:"summary"`   // one sentence: what a high score means
	Short     string `yaml:"short"`     // column heading; the id where empty
	Board     string `yaml:"board"`     // boards/<board>.yaml
	Parent    string `yaml:"parent"`    // a node of that board
	Dataset   string `yaml:"dataset"`   // benchmarks on the same measurement share it
	Primary   bool   `yaml:"primary"`   // false: a view, of weight 0 in means
	Direction string `yaml:"direction"` // higher (the default) or lower is better
	Replaces  string `yaml:"replaces"`  // what changed since the version before
	Selects   string `yaml:"selects"`   // a region: not a benchmark of models but of their layers, to choose one for the region; on no board

	Stimuli   Stimuli                   `yaml:"stimuli"`
	Assembly  Assembly                  `yaml:"assembly"`
	Sources   map[string]dataset.Source `yaml:"sources"`
	Metric    Metric                    `yaml:"metric"`
	Published *Published                `yaml:"published"` // scores were published: nothing is computed
	Ceiling   Ceiling                   `yaml:"ceiling"`
	Normalize string                    `yaml:"normalize"` // a rule of package scoring, or "none"
	Compat    string                    `yaml:"compat"`    // "upstream": a rule that does not fit the ceiling's scale, kept because the published benchmark has it
	Notes     []string                  `yaml:"notes"`     // what a reader must know beside the score

	License   string    `yaml:"license"`
	Reference Reference `yaml:"reference"`

	Dir     string `yaml:"-"` // benchmarks/<id>, relative to the archive's root
	Readme  []byte `yaml:"-"` // README.md, Markdown
	Samples []byte `yaml:"-"` // samples.png, some of the stimuli; nil where they are not shown
}

// Stimuli names what was shown.
type Stimuli struct {
	ID            string  `yaml:"id"`             // the name that responses refer to; the dataset where empty
	Kind          string  `yaml:"kind"`           // images, text
	SHA256        string  `yaml:"sha256"`         // of the list of names, one a line, in the order of rows without names
	Count         int     `yaml:"count"`          // how many are scored
	VisualDegrees float64 `yaml:"visual_degrees"` // width in degrees of visual angle; 0: the paper does not say
	URL           string  `yaml:"url"`            // where a person can get them

	// Where the scorer gets the images to show, which one benchmark of a
	// stimulus set may say for all of them.
	Reader   string `yaml:"reader"`   // image-zip, image-list, mat-images; empty: only recorded responses
	Source   string `yaml:"source"`   // image-zip, mat-images: name from sources
	Pattern  string `yaml:"pattern"`  // image-zip: regular expression on a file's name whose first group is the stimulus; else the name without its extension
	Variable string `yaml:"variable"` // mat-images: the array
	List     string `yaml:"list"`     // image-list: a CSV beside benchmark.yaml with columns stimulus, path, sha256, bytes
	Base     string `yaml:"base"`     // image-list: what the paths of List go on from
	Pixels   string `yaml:"pixels"`   // digest of all images of the set as decoded, as `bsgen stimuli` prints it: another decoder is an error

	// Presentation says how large a model sees the images: "degrees", placed in
	// its field of view by visual_degrees, or "full", the whole image filling
	// its field. Empty: degrees where they are known.
	Presentation string `yaml:"presentation"`
}

// Assembly says what was measured and how its files are read. Reader decides
// which of the fields below Subjects apply.
type Assembly struct {
	Reader      string   `yaml:"reader"`  // trials, mat-rdms, reading-times, npy
	Sources     []string `yaml:"sources"` // names from sources, in the reader's order
	Region      string   `yaml:"region"`
	Species     string   `yaml:"species"`
	Method      string   `yaml:"method"` // two-alternative choice, fMRI, spike counts ...
	Subjects    int      `yaml:"subjects"`
	Session     string   `yaml:"session"`     // of a recording; a model fitted to it has no score here
	Individuals []string `yaml:"individuals"` // names of the animals; a model fitted to other data of them is flagged

	// trials: one row per trial
	Columns         map[string]string `yaml:"columns"`          // subject, condition, truth, choice, stimulus -> column (case-insensitive)
	StimulusPattern string            `yaml:"stimulus_pattern"` // regular expression whose first group is the stimulus
	Choices         []string          `yaml:"choices"`          // the label set
	NoAnswer        string            `yaml:"no_answer"`        // counts as wrong
	Conditions      Conditions        `yaml:"conditions"`

	// mat-rdms: a MATLAB struct array with fields RDM and name
	Variable    string `yaml:"variable"`
	NamePattern string `yaml:"name_pattern"` // first group is the subject; RDMs of one subject are averaged

	// npy: an array of counts or rates
	Dims []string `yaml:"dims"` // neuroid, stimulus, repetition in the file's order
}

// Conditions canonicalises and selects the conditions of behavioural trials.
type Conditions struct {
	Aliases map[string]string `yaml:"aliases"` // as written in the file -> canonical
	Exclude []string          `yaml:"exclude"` // canonical names that are not scored
}

// Metric names a metric and its parameters. Zero parameters mean the metric's
// documented default.
type Metric struct {
	Name       string  `yaml:"name" json:"name"`
	Components int     `yaml:"components" json:"components,omitempty"`
	Splits     int     `yaml:"splits" json:"splits,omitempty"`
	Train      float64 `yaml:"train" json:"train,omitempty"` // share of the stimuli; for metrics ending in _split how many of the first are trained on
	Seed       int     `yaml:"seed" json:"seed,omitempty"`
	Exclude    string  `yaml:"exclude" json:"exclude,omitempty"` // sentence-initial: words left out
}

// Ceiling names how the ceiling comes about.
type Ceiling struct {
	Name   string  `yaml:"name" json:"name"` // inter_subject, rsa_ceiling, rsa_ceiling_values, constant, internal_consistency, none
	Value  float64 `yaml:"value" json:"value,omitempty"`
	Scale  string  `yaml:"scale" json:"scale,omitempty"` // reliability, correlation, reference, band
	Splits int     `yaml:"splits" json:"splits,omitempty"`
	Seed   int     `yaml:"seed" json:"seed,omitempty"`
	Source string  `yaml:"source" json:"-"` // of a constant
}

// Reference is a citation.
type Reference struct {
	Short  string `yaml:"short"` // Author et al., year
	URL    string `yaml:"url"`
	BibTeX string `yaml:"bibtex"`
}

// StimulusSet returns the id that responses refer to.
func (b *Benchmark) StimulusSet() string {
	if b.Stimuli.ID != "" {
		return b.Stimuli.ID
	}
	return b.Dataset
}

// Heading returns the column heading.
func (b *Benchmark) Heading() string {
	if b.Short != "" {
		return b.Short
	}
	return b.ID
}

// SourceNames returns the names of the sources in reading order: those that the
// assembly lists, else all of them sorted.
func (b *Benchmark) SourceNames() []string {
	if len(b.Assembly.Sources) > 0 {
		return b.Assembly.Sources
	}
	names := make([]string, 0, len(b.Sources))
	for n := range b.Sources {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Presented returns how an executed model sees the stimuli: degrees or full.
func (b *Benchmark) Presented() string {
	switch {
	case b.Stimuli.Presentation != "":
		return b.Stimuli.Presentation
	case b.Stimuli.VisualDegrees > 0:
		return "degrees"
	}
	return "full"
}

// ImageReaders are the readers of images that package evaluate has.
var ImageReaders = []string{"image-zip", "image-list", "mat-images"}

// checkStimuli reports what the reader of images needs and the benchmark does
// not say.
func (b *Benchmark) checkStimuli(bad func(hint, format string, path []any, args ...any), hosts []string) {
	s := b.Stimuli
	if p := s.Presentation; p != "" && p != "full" && p != "degrees" {
		bad("full or degrees", "presentation %q does not exist", []any{"stimuli", "presentation"}, p)
	}
	if s.Presentation == "degrees" && !(s.VisualDegrees > 0) {
		bad("visual_degrees: the width that the paper states", "presentation in degrees needs visual_degrees", []any{"stimuli", "presentation"})
	}
	need := func(ok bool, key, hint string) {
		if !ok {
			bad(hint, "the reader %s needs %s", []any{"stimuli", key}, s.Reader, key)
		}
	}
	if s.Pixels != "" && (s.Reader == "" || len(s.Pixels) != 64 || strings.Trim(s.Pixels, "0123456789abcdef") != "") {
		bad("`bsgen stimuli "+b.ID+" --out DIR` prints it, where a reader of images is named", "pixels is not 64 hexadecimal digits beside a reader", []any{"stimuli", "pixels"})
	}
	switch s.Reader {
	case "":
		return
	case "image-zip", "mat-images":
		_, ok := b.Sources[s.Source]
		need(ok, "source", "name one of the keys under sources")
		need(s.Reader != "mat-images" || s.Variable != "", "variable", "name the array that holds the images")
	case "image-list":
		need(checkFile(s.List) == nil, "list", "a CSV beside benchmark.yaml with columns stimulus, path, sha256, bytes")
		if err := dataset.CheckURL(s.Base, hosts); err != nil || !strings.HasSuffix(s.Base, "/") {
			bad("an https address that ends in /, to which the paths of the list are added", "base is no address of a folder", []any{"stimuli", "base"})
		}
	default:
		bad("one of "+strings.Join(ImageReaders, ", "), "reader %q does not exist", []any{"stimuli", "reader"}, s.Reader)
	}
}

// Readers are the assembly readers that package evaluate has.
var Readers = []string{"trials", "mat-rdms", "reading-times", "npy"}

// Metrics are the metrics that package evaluate has, by Brain-Score's names
// where it has one.
var Metrics = []string{"error_consistency", "accuracy", "accuracy_distance", "shape_bias", "rdm_spearman", "pearsonr", "delta_loglik",
	"pls", "pls_converged", "ridge", "ridgecv", "linear_predictivity", "neuron_to_neuron", "reverse_pls",
	"pls_split", "pls_converged_split", "ridge_split", "ridgecv_split", "linear_predictivity_split", "neuron_to_neuron_split", "reverse_pls_split",
	"linear_pearsonr", "ridge_pearsonr", "rdm", "rdm_cv", "cka", "cka_cv", "cka_biased"}

// ceilings are the ways to a ceiling.
var ceilings = []string{"inter_subject", "rsa_ceiling", "rsa_ceiling_values", "internal_consistency", "extrapolation", "constant", "none"}

func (b *Benchmark) check(doc document, hosts []string, ps *Problems) {
	bad := func(hint, format string, path []any, args ...any) {
		ps.Add(doc.file, doc.line(path...), hint, format, args...)
	}
	at := func(path ...any) []any { return path }
	if err := CheckID(b.ID); err != nil {
		bad("name the folder and the id alike, such as Author2026.area-metric", "%v", at("id"), err)
	} else if want := strings.TrimPrefix(b.Dir, "benchmarks/"); b.ID != want {
		bad("rename one of the two", "id %q stands in the folder %q", at("id"), b.ID, want)
	}
	if b.Version < 1 {
		bad("start with version: 1", "version %d is below 1", at("version"), b.Version)
	}
	if b.Version > 1 && b.Replaces == "" {
		bad("say in one sentence what changed and why, for readers of the scores", "version %d has no replaces", at("version"), b.Version)
	}
	for key, v := range map[string]string{"title": b.Title, "board": b.Board, "parent": b.Parent, "dataset": b.Dataset, "license": b.License, "normalize": b.Normalize} {
		if v == "" && !(b.Selects != "" && (key == "board" || key == "parent")) {
			bad("see `bsgen new benchmark` for what belongs there", "%s is missing", at(key), key)
		}
	}
	if b.Dataset != "" {
		if err := CheckID(b.Dataset); err != nil {
			bad("", "dataset: %v", at("dataset"), err)
		}
	}
	oneOf := func(what, got string, known []string, path ...any) {
		if !slices.Contains(known, got) {
			hint := "known: " + strings.Join(known, ", ")
			if near := nearest(got, known); near != "" {
				hint = "did you mean " + near + "?"
			}
			bad(hint, "%s %q does not exist", path, what, got)
		}
	}
	if b.Direction == "" {
		b.Direction = "higher"
	}
	oneOf("direction", b.Direction, []string{"higher", "lower"}, "direction")
	if b.Primary && b.Direction == "lower" {
		bad("make it a view with primary: false", "a benchmark where lower is better can not count in means, where higher is", at("direction"))
	}
	if b.Published != nil {
		b.checkPublished(bad)
	} else {
		oneOf("reader", b.Assembly.Reader, Readers, "assembly", "reader")
		b.checkReader(bad)
		b.checkStimuli(bad, hosts)
		oneOf("metric", b.Metric.Name, Metrics, "metric", "name")
		oneOf("ceiling", b.Ceiling.Name, ceilings, "ceiling", "name")
		b.checkRule(bad)
	}
	for _, name := range b.Assembly.Sources {
		if _, ok := b.Sources[name]; !ok {
			bad("name one of the keys under sources", "assembly reads %q, which sources does not have", at("assembly", "sources"), name)
		}
	}
	if len(b.Sources) == 0 {
		bad("pin each data file by url, sha256 and bytes", "there are no sources", at("sources"))
	}
	for name, s := range b.Sources {
		checkSource(doc, s, hosts, ps, "sources", name)
	}
	for _, re := range []struct{ section, key, v string }{
		{"assembly", "stimulus_pattern", b.Assembly.StimulusPattern}, {"assembly", "name_pattern", b.Assembly.NamePattern}, {"stimuli", "pattern", b.Stimuli.Pattern},
	} {
		if re.v == "" {
			continue
		}
		if r, err := regexp.Compile(re.v); err != nil {
			bad("Go's regular expressions: https://pkg.go.dev/regexp/syntax", "%s does not compile: %v", at(re.section, re.key), re.key, err)
		} else if r.NumSubexp() < 1 {
			bad("put parentheses around the part that is the name", "%s has no group", at(re.section, re.key), re.key)
		}
	}
	if len(b.Readme) == 0 {
		ps.Add(b.Dir+"/README.md", 0, "write what was measured, how, its licence and whom to cite", "the benchmark has no README.md")
	}
}

// checkReader reports what the reader needs and the assembly does not say.
func (b *Benchmark) checkReader(bad func(hint, format string, path []any, args ...any)) {
	a := b.Assembly
	need := func(ok bool, key, hint string) {
		if !ok {
			bad(hint, "the reader %s needs %s", []any{"assembly", key}, a.Reader, key)
		}
	}
	switch a.Reader {
	case "trials":
		need(len(a.Choices) > 1, "choices", "list the labels that subjects choose from, as the files write them")
	case "mat-rdms":
		need(a.Variable != "", "variable", "name the struct array that holds the matrices")
		need(a.NamePattern != "", "name_pattern", "a regular expression whose first group is the subject")
	case "npy":
		need(len(a.Dims) == 2 || len(a.Dims) == 3, "dims", "dims: [neuroid, stimulus, repetition], in the file's order; [neuroid, stimulus] for means over repetitions")
	case "reading-times":
		need(len(a.Sources) == 2, "sources", "name the reading times, then the unigram counts")
	}
}

// checkRule refuses a rule that does not fit the ceiling's scale.
func (b *Benchmark) checkRule(bad func(hint, format string, path []any, args ...any)) {
	if b.Normalize == "none" {
		if b.Primary {
			bad("make it a view with primary: false, or give it a ceiling and a rule", "a benchmark without a normalised score can not count in means", []any{"normalize"})
		}
		return
	}
	rule, ok := scoring.Rules[b.Normalize]
	if b.Normalize != "" && !ok {
		bad("known: none, "+strings.Join(scoring.RuleNames(), ", "), "rule %q does not exist", []any{"normalize"}, b.Normalize)
	}
	if !ok {
		return
	}
	scale := scoring.Scale(b.Ceiling.Scale)
	switch {
	case rule.PerSubject && b.Assembly.Reader != "npy":
		bad("it is for recordings of several animals (reader: npy)", "the rule %s needs values per subject", []any{"normalize"}, b.Normalize)
	case b.Ceiling.Name == "none":
		bad("say normalize: none", "the rule %s needs a ceiling", []any{"normalize"}, b.Normalize)
	case !slices.Contains(rule.Scales, scale) && b.Compat != "upstream":
		bad("choose a rule for that scale, or say compat: upstream where the published benchmark does so", "the rule %s does not fit a ceiling of scale %q", []any{"normalize"}, b.Normalize, scale)
	}
	if b.Ceiling.Name == "constant" && b.Ceiling.Source == "" {
		bad("say where the number is published", "a constant ceiling has no source", []any{"ceiling"})
	}
}

// checkSource adds the source's problem, if it has one, at the key that has it.
func checkSource(doc document, s dataset.Source, hosts []string, ps *Problems, path ...any) {
	err := s.Check(hosts)
	if err == nil && s.File != "" {
		err = checkFile(s.File)
	}
	if err == nil {
		return
	}
	key, hint := "", ""
	switch msg := err.Error(); {
	case strings.HasPrefix(msg, "sha256"):
		key, hint = "sha256", "sha256sum prints it"
	case strings.HasPrefix(msg, "bytes"):
		key, hint = "bytes", "`wc -c` prints the size"
	case strings.Contains(msg, "names the address"):
		key, hint = "url", "files come from public hosts, by name"
	case strings.Contains(msg, "host"):
		key, hint = "url", "a maintainer can add a host to site.yaml under hosts"
	case strings.Contains(msg, "URL"):
		key = "url"
	case strings.Contains(msg, "path"):
		key, hint = "file", "put the file beside the YAML and name it without a folder"
	}
	if key != "" {
		path = append(slices.Clone(path), key)
	}
	ps.Add(doc.file, doc.line(path...), hint, "%v", err)
}
