package archive

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/dataset"
	"go.yaml.in/yaml/v4"
)

// Role says how a model takes part.
type Role string

// The roles of a model.
const (
	RoleModel     Role = "model"     // ranked; the default
	RoleBaseline  Role = "baseline"  // ranked and labelled: what anything should beat
	RoleReference Role = "reference" // shown and labelled, never ranked: not a computational model
)

// Model is a submission: who, what, and how it responds to the stimuli.
type Model struct {
	ID        string    `yaml:"id"`
	Name      string    `yaml:"name"`
	Summary   string    `yaml:"summary"` // one sentence
	Role      Role      `yaml:"role"`
	Submitter Submitter `yaml:"submitter"`

	Run            *Run             `yaml:"run"`             // the scorer shows it the stimuli
	Responses      []Response       `yaml:"responses"`       // the submitter did, and recorded what it gave
	Published      *Row             `yaml:"published"`       // its scores were published: a row of a table
	NeuralTraining []NeuralTraining `yaml:"neural_training"` // brain or behavioural data that the model was fitted to

	Metadata  Metadata  `yaml:"metadata"`
	Reference Reference `yaml:"reference"`

	Dir  string `yaml:"-"` // submissions/<id>, relative to the archive's root
	line func(path ...any) int
}

// Submitter is who answers for the submission, which need not be who built the model.
type Submitter struct {
	Name   string `yaml:"name"`
	GitHub string `yaml:"github"`
}

// Response is what a model gave for one stimulus set.
type Response struct {
	Stimuli       string `yaml:"stimuli"`        // the stimulus set's id
	StimuliSHA256 string `yaml:"stimuli_sha256"` // digest of the stimulus list, where rows follow its order
	Kind          string `yaml:"kind"`           // choices, rdm, surprisal, activations
	Format        string `yaml:"format"`         // see ResponseFormats
	Region        string `yaml:"region"`         // of activations
	Credit        string `yaml:"credit"`         // who recorded it, where not the submitter

	dataset.Source `yaml:",inline"`
	Sources        map[string]dataset.Source `yaml:"sources"` // formats of several files

	Columns  map[string]string `yaml:"columns"`      // csv: stimulus, choice, condition, story, word, surprisal
	Variable string            `yaml:"variable"`     // mat: the variable; safetensors: the tensor
	Entry    string            `yaml:"entry"`        // mat: the struct's name field; empty for a plain matrix
	Order    int               `yaml:"order"`        // ngram-counts: 1, 2, 3
	Offset   int               `yaml:"story_offset"` // token-logprobs: added to the file's story numbers
	Total    float64           `yaml:"total"`        // ngram-counts: tokens in the corpus
}

// ResponseFormats lists the formats of each kind of response; the first is the default.
var ResponseFormats = map[string][]string{
	"choices":     {"csv"},
	"rdm":         {"mat", "npy"},
	"surprisal":   {"csv", "token-logprobs", "ngram-counts", "word-length"},
	"activations": {"npy", "safetensors"},
}

// Files returns the response's sources with their names in a fixed order; a
// single file has the name "".
func (r *Response) Files() (names []string, sources []dataset.Source) {
	if len(r.Sources) == 0 {
		if r.URL == "" && r.File == "" {
			return nil, nil
		}
		return []string{""}, []dataset.Source{r.Source}
	}
	for n := range r.Sources {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		sources = append(sources, r.Sources[n])
	}
	return names, sources
}

// NeuralTraining names measurements that the model was fitted to.
type NeuralTraining struct {
	Dataset  string   `yaml:"dataset"`
	Sessions []string `yaml:"sessions"`
	Subjects []string `yaml:"subjects"`
}

// Metadata is what a reader may filter or compare by. Every field is optional:
// unknown is an answer, a guess is not.
type Metadata struct {
	Family       string `yaml:"family"`       // groups models that share an architecture
	Architecture string `yaml:"architecture"` // convolutional network, transformer, n-gram ...
	Year         Fact   `yaml:"year"`
	Parameters   Fact   `yaml:"parameters"` // number of weights
	Training     Fact   `yaml:"training"`   // data set
	Notes        string `yaml:"notes"`
}

// Fact is a value with where it is published. It is written as
// {value: 25557032, source: https://...} or as the word unknown.
type Fact struct {
	Value  string
	Source string
}

// UnmarshalYAML reads a mapping of value and source, or the scalar "unknown".
func (f *Fact) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		if n.Value == "unknown" {
			return nil
		}
		return fmt.Errorf("%q has no source: write {value: ..., source: ...}, or unknown", n.Value)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch n.Content[i].Value {
		case "value":
			f.Value = n.Content[i+1].Value
		case "source":
			f.Source = n.Content[i+1].Value
		default:
			return fmt.Errorf("unknown key %q: a fact has value and source", n.Content[i].Value)
		}
	}
	if f.Value == "" || f.Source == "" {
		return fmt.Errorf("a fact needs both value and source, or write unknown")
	}
	return nil
}

// Sources lists the files that the model's responses are in, and its network.
func (m *Model) Sources() []dataset.Source {
	var all []dataset.Source
	if m.Run != nil {
		all = m.Run.ONNX.Files()
	}
	for i := range m.Responses {
		_, sources := m.Responses[i].Files()
		all = append(all, sources...)
	}
	return all
}

// Line returns the line in model.yaml of the value at a path of keys and indices.
func (m *Model) Line(path ...any) int {
	if m.line == nil {
		return 0
	}
	return m.line(path...)
}

// File returns the path of the submission's YAML, relative to the archive's root.
func (m *Model) File() string { return m.Dir + "/model.yaml" }

func (m *Model) check(doc document, hosts []string, ps *Problems) {
	m.line = doc.later()
	if err := CheckID(m.ID); err != nil {
		ps.Add(doc.file, doc.line("id"), "name the folder and the id alike, in lower case", "%v", err)
	} else if m.ID != strings.ToLower(m.ID) {
		ps.Add(doc.file, doc.line("id"), "model ids are lower case: "+strings.ToLower(m.ID), "the id %q has capitals", m.ID)
	} else if want := strings.TrimPrefix(m.Dir, "submissions/"); m.ID != want {
		ps.Add(doc.file, doc.line("id"), "rename one of the two", "id %q stands in the folder %q", m.ID, want)
	}
	if m.Name == "" {
		ps.Add(doc.file, max(1, doc.line("name")), "how the leaderboard should call the model", "name is missing")
	}
	if p := m.Published; p != nil && (p.Board == "" || p.Name == "") {
		ps.Add(doc.file, doc.line("published"), "published: {board: ..., row: the model's name in the board's table}", "published needs board and row")
	} else if m.Submitter.Name == "" && p == nil {
		ps.Add(doc.file, max(1, doc.line("submitter")), "submitter: {name: ..., github: ...}", "submitter.name is missing")
	}
	switch m.Role {
	case "":
		m.Role = RoleModel
	case RoleModel, RoleBaseline, RoleReference:
	default:
		ps.Add(doc.file, doc.line("role"), "one of model, baseline, reference", "role %q does not exist", m.Role)
	}
	if m.Run != nil {
		m.Run.check(doc, hosts, ps)
	} else if len(m.Responses) == 0 && m.Published == nil {
		ps.Add(doc.file, max(1, doc.line("responses")), "list a recorded response, or say under run how to show it stimuli", "the model responds to nothing")
	}
	seen := map[string]int{}
	for i := range m.Responses {
		r := &m.Responses[i]
		r.check(doc, i, hosts, ps)
		key := r.Stimuli + "\x00" + r.Kind + "\x00" + r.Region
		if first, ok := seen[key]; ok {
			ps.Add(doc.file, doc.line("responses", i), "keep one of them", "the responses to %s of kind %s stand twice (first on line %d)", r.Stimuli, r.Kind, doc.line("responses", first))
		}
		seen[key] = i
	}
}

func (r *Response) check(doc document, i int, hosts []string, ps *Problems) {
	at := func(path ...any) int { return doc.line(append([]any{"responses", i}, path...)...) }
	if r.Stimuli == "" {
		ps.Add(doc.file, at(), "name the stimulus set, as a benchmark's page gives it", "stimuli is missing")
	}
	formats, ok := ResponseFormats[r.Kind]
	if !ok {
		ps.Add(doc.file, at("kind"), "one of choices, rdm, surprisal, activations", "kind %q does not exist", r.Kind)
		return
	}
	if r.Format == "" {
		r.Format = formats[0]
	} else if !slices.Contains(formats, r.Format) {
		ps.Add(doc.file, at("format"), "for "+r.Kind+": "+strings.Join(formats, ", "), "format %q does not exist", r.Format)
	}
	if r.Kind == "activations" && r.Region == "" {
		ps.Add(doc.file, at(), "region: V4, or whichever region a benchmark on these stimuli measures", "region is missing: activations are of a region")
	}
	if r.StimuliSHA256 != "" && len(r.StimuliSHA256) != 64 {
		ps.Add(doc.file, at("stimuli_sha256"), "the benchmark's page gives it", "stimuli_sha256 is not 64 hexadecimal digits")
	}
	if r.Format == "word-length" { // computed from the text, which the benchmark holds
		if _, sources := r.Files(); len(sources) > 0 {
			ps.Add(doc.file, at(), "remove url, file and sources", "the format word-length reads no file")
		}
		return
	}
	if len(r.Sources) > 0 && (r.URL != "" || r.File != "") {
		ps.Add(doc.file, at("sources"), "put every file under sources, or have a single one", "sources and a single file exclude each other")
	}
	if len(r.Sources) == 0 {
		checkSource(doc, r.Source, hosts, ps, "responses", i)
	}
	for name, s := range r.Sources {
		checkSource(doc, s, hosts, ps, "responses", i, "sources", name)
	}
}
