package archive

import (
	"regexp"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/dataset"
)

// Published says that the scores of a benchmark were published and where in the
// table they stand, which is the one file under sources. Nothing is computed:
// package published reads them.
//
// A table has one row per model and a column per benchmark, or, with Where, one
// row per score. A model may have several rows where Layer names a column: its
// score is the largest.
type Published struct {
	Model     string            `yaml:"model" json:"model"`               // column of the model's name
	Score     string            `yaml:"score" json:"score"`               // column of the score
	Error     string            `yaml:"error" json:"error,omitempty"`     // column of its error; "" for none
	ErrorKind string            `yaml:"error_kind" json:"kind,omitempty"` // what the error is
	Layer     string            `yaml:"layer" json:"layer,omitempty"`     // column of the layer that a row is of
	Where     map[string]string `yaml:"where" json:"where,omitempty"`     // column -> what it must hold in the rows of this benchmark
	Ignore    string            `yaml:"ignore" json:"ignore,omitempty"`   // regular expression on names of models that are left out
	Missing   []string          `yaml:"missing" json:"missing,omitempty"` // what stands where there is no value, beside the empty cell
}

// PublishedRule is what normalises a published benchmark whose authors divided
// by the ceiling, or whose scale ends at 1: the number stands as it is. The other
// rule is none, for values in units of their own.
const PublishedRule = "published"

// Row ties a model to its rows in the tables of a board.
type Row struct {
	Board string `yaml:"board"`
	Name  string `yaml:"row"` // the model's name as the tables write it
}

// Table returns the source that holds the scores of a published benchmark.
func (b *Benchmark) Table() dataset.Source { return b.Sources[b.SourceNames()[0]] }

// checkPublished reports what reading the table needs and the benchmark does
// not say, and what has no meaning where nothing is computed.
func (b *Benchmark) checkPublished(bad func(hint, format string, path []any, args ...any)) {
	p := b.Published
	at := func(path ...any) []any { return append([]any{"published"}, path...) }
	for _, need := range []struct{ key, v string }{{"model", p.Model}, {"score", p.Score}} {
		if need.v == "" {
			bad("name the column as the table's first line writes it", "published.%s is missing", at(need.key), need.key)
		}
	}
	if p.Error != "" && p.ErrorKind == "" {
		bad("what the column holds: standard error over subjects, or whatever the paper says", "published.error has no error_kind", at("error"))
	}
	if p.Ignore != "" {
		if _, err := regexp.Compile(p.Ignore); err != nil {
			bad("Go's regular expressions: https://pkg.go.dev/regexp/syntax", "ignore does not compile: %v", at("ignore"), err)
		}
	}
	if len(b.Sources) != 1 {
		bad("pin the table by url, sha256 and bytes", "a published benchmark has one source, the table, not %d", []any{"sources"}, len(b.Sources))
	}
	for key, set := range map[string]bool{"metric": b.Metric != (Metric{}), "stimuli": b.Stimuli != (Stimuli{}), "selects": b.Selects != ""} {
		if set {
			bad("remove it, and say in README.md how the authors did it", "%s has no meaning where scores are published", []any{key}, key)
		}
	}
	if b.Assembly.Reader != "" {
		bad("remove it; region, species, method and subjects may stay", "no reader reads what published scores were computed from", []any{"assembly", "reader"})
	}
	switch b.Ceiling.Name {
	case "":
		b.Ceiling.Name = "none"
	case "none":
	case "constant":
		if b.Ceiling.Source == "" {
			bad("say where the number is published", "a constant ceiling has no source", []any{"ceiling"})
		}
	default:
		bad("constant, with its source; or none", "the ceiling of published scores is not computed here", []any{"ceiling", "name"})
	}
	switch {
	case b.Normalize == "none" && b.Primary:
		bad("make it a view with primary: false, or say normalize: "+PublishedRule+" where the scale ends at 1", "a benchmark without a normalised score can not count in means", []any{"normalize"})
	case b.Normalize != "none" && b.Normalize != PublishedRule && b.Normalize != "":
		bad(PublishedRule+" where the table's numbers are normalised, or none", "published scores are not normalised again by the rule %s", []any{"normalize"}, b.Normalize)
	}
}

// checkRows leaves out models that stand for a row of another model, or of a
// board that does not exist.
func (a *Archive) checkRows(ps *Problems) {
	first := map[Row]*Model{}
	a.Models = slices.DeleteFunc(a.Models, func(m *Model) bool {
		if m.Published == nil {
			return false
		}
		if _, ok := a.Board(m.Published.Board); !ok && !a.exists("boards/"+m.Published.Board+".yaml") {
			ps.Add(m.File(), m.Line("published", "board"), "name one of boards/", "there is no board %q", m.Published.Board)
			return true
		}
		if other, ok := first[*m.Published]; ok {
			ps.Add(m.File(), m.Line("published", "row"), "keep one of them", "%s stands for the row %q too", other.File(), m.Published.Name)
			return true
		}
		first[*m.Published] = m
		return false
	})
}

// kindOf is the provenance that the results of a benchmark have.
func (b *Benchmark) kindOf() string {
	if b.Published != nil {
		return KindPublished
	}
	return KindComputed
}

// otherKind says why a result can not be one of the benchmark; "" where it can.
func (b *Benchmark) otherKind(r *Result) string {
	if r.Version != b.Version || r.Provenance.Kind == b.kindOf() {
		return ""
	}
	return strings.Join([]string{"a", r.Provenance.Kind, "result of a benchmark whose scores are", b.kindOf()}, " ")
}
