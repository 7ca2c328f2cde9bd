package archive

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/scoring"
)

// ResultSchema is the version of the result files that this package writes.
const ResultSchema = 1

// Number is a float64 that JSON writes as null where it is NaN, and in the
// shortest form that reads back to the same bits elsewhere.
type Number float64

// MarshalJSON implements json.Marshaler. An infinity is an error: no metric
// may end in one.
func (n Number) MarshalJSON() ([]byte, error) {
	f := float64(n)
	if math.IsNaN(f) {
		return []byte("null"), nil
	}
	if math.IsInf(f, 0) {
		return nil, errors.New("a result can not be infinite")
	}
	return strconv.AppendFloat(nil, f, 'g', -1, 64), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *Number) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*n = Number(math.NaN())
		return nil
	}
	f, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return fmt.Errorf("%s is no number", b)
	}
	*n = Number(f)
	return nil
}

// OK reports whether the number exists.
func (n Number) OK() bool { return !math.IsNaN(float64(n)) }

// Status says what became of a (model, benchmark) pair. A pair without a file
// has not been run.
type Status string

// The states of a result.
const (
	Scored        Status = "scored"
	Failed        Status = "failed"         // with a reason
	NotApplicable Status = "not_applicable" // with a reason
)

// Result is one score, as results/<model>/<benchmark>@<version>.json holds it.
// It holds no clock time and no host name: recomputing it gives the same bytes.
type Result struct {
	Schema     int            `json:"schema"`
	Key        string         `json:"key"` // digest of everything that changes the number
	Model      string         `json:"model"`
	Benchmark  string         `json:"benchmark"`
	Version    int            `json:"version"`
	Status     Status         `json:"status"`
	Reason     string         `json:"reason,omitempty"`
	Provenance *Provenance    `json:"provenance"` // not nil in what was read or written; [Open] shares it between results: not to be changed
	Raw        Number         `json:"raw"`
	Ceiling    ResultCeiling  `json:"ceiling"`
	Rule       string         `json:"rule"`
	Score      Number         `json:"score"`
	Unclipped  Number         `json:"unclipped"`
	Error      ResultError    `json:"error"`
	Interval   ResultInterval `json:"interval"`
	Splits     []Number       `json:"splits"`
	Units      ResultUnits    `json:"units"`
	Details    Details        `json:"details"`
	Layers     []Layer        `json:"layers"`
	Engine     *Engine        `json:"engine"`    // as Provenance
	Tolerance  Number         `json:"tolerance"` // 0: recomputing gives the same bytes
	Inputs     Inputs         `json:"inputs"`
	Sidecar    *SidecarRef    `json:"sidecar"`
	Warnings   []string       `json:"warnings"`
}

// The kinds of provenance.
const (
	KindComputed  = "computed"  // by bsgen, from responses and data
	KindPublished = "published" // by others, as a number: it can not be computed again
)

// Provenance says whether bsgen computed the number or somebody published it.
type Provenance struct {
	Kind   string `json:"kind"` // KindComputed, KindPublished
	Source string `json:"source,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	Row    int    `json:"row,omitempty"` // line of the source, from 1
}

// Published reports whether somebody published the number. Nothing says so of nil.
func (p *Provenance) Published() bool { return p != nil && p.Kind == KindPublished }

// JSONType returns the type that is written in the same way, for schemas: there
// is no null.
func (*Provenance) JSONType() reflect.Type { return reflect.TypeFor[Provenance]() }

// ResultCeiling is a ceiling in a result file.
type ResultCeiling struct {
	Value Number `json:"value"`
	Scale string `json:"scale"`
	Lower Number `json:"lower"`
	Upper Number `json:"upper"`
	Error Number `json:"error"`
}

// ResultError is the field's customary error, in units of the raw value.
type ResultError struct {
	Value Number `json:"value"`
	Kind  string `json:"kind"`
}

// ResultInterval is a confidence interval of the score (of the raw value where
// there is no score).
type ResultInterval struct {
	Level     Number `json:"level"`
	Low       Number `json:"low"`
	High      Number `json:"high"`
	Method    string `json:"method"`
	Resampled string `json:"resampled"`
}

// ResultUnits counts what the raw value averages.
type ResultUnits struct {
	Kind    string `json:"kind"`
	N       int    `json:"n"`
	Dropped int    `json:"dropped"`
}

// Layer is the score of one candidate layer for a region.
type Layer struct {
	Region string `json:"region"`
	Tensor string `json:"tensor"`
	Score  Number `json:"score"`
}

// Chosen returns the layer that stands for the region: the one with the best
// score, the first of equal ones. It is false where layers were not compared.
func (r *Result) Chosen() (Layer, bool) {
	best := -1
	for i, l := range r.Layers {
		if l.Score.OK() && (best < 0 || l.Score > r.Layers[best].Score) {
			best = i
		}
	}
	if best < 0 {
		return Layer{}, false
	}
	return r.Layers[best], true
}

// Engine names what computed the number. Its version is raised by hand when a
// number may change.
type Engine struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Runtime string `json:"runtime,omitempty"` // what ran the model, where the scorer did: onnxruntime 1.30.0
}

// JSONType is as that of [Provenance].
func (*Engine) JSONType() reflect.Type { return reflect.TypeFor[Engine]() }

// Inputs are digests of what went in.
type Inputs struct {
	Submission string            `json:"submission"` // response-relevant fields and bytes
	Stimuli    string            `json:"stimuli"`    // the ordered list of scored stimuli
	Benchmark  string            `json:"benchmark"`  // scoring fields
	Data       map[string]string `json:"data"`       // source name -> sha256; [Open] shares it between results: not to be changed
}

// SidecarRef pins the sidecar that lies beside the result.
type SidecarRef struct {
	File   string `json:"file"`
	SHA256 SHA256 `json:"sha256"`
	Bytes  int    `json:"bytes"`

	read Sidecar // what [Open] has read and checked; empty where it has not
}

// ResultPath returns the path of a result, relative to the archive's root.
func ResultPath(model, benchmark string, version int) string {
	return "results/" + model + "/" + benchmark + "@" + strconv.Itoa(version) + ".json"
}

// ParseResultPath is the inverse of [ResultPath]; ok is false for any other path.
func ParseResultPath(name string) (model, benchmark string, version int, ok bool) {
	rest, inResults := strings.CutPrefix(name, "results/")
	model, file, inFolder := strings.Cut(rest, "/")
	stem, isJSON := strings.CutSuffix(file, ".json")
	benchmark, number, hasVersion := strings.Cut(stem, "@") // an id has no @
	version, err := strconv.Atoi(number)
	if !inResults || !inFolder || !isJSON || !hasVersion || err != nil || version < 1 ||
		CheckID(model) != nil || CheckID(benchmark) != nil || ResultPath(model, benchmark, version) != name {
		return "", "", 0, false
	}
	return model, benchmark, version, true
}

// SidecarPath returns the path of the sidecar of a result, relative to the archive's root.
func SidecarPath(model, benchmark string, version int) string {
	return strings.TrimSuffix(ResultPath(model, benchmark, version), ".json") + ".bin"
}

// Encode returns the result as it is stored: indented JSON in the order of the
// fields, ending in a newline.
func (r *Result) Encode() ([]byte, error) {
	c := *r
	c.Schema = ResultSchema
	if c.Splits == nil {
		c.Splits = []Number{}
	}
	if c.Layers == nil {
		c.Layers = []Layer{}
	}
	if c.Warnings == nil {
		c.Warnings = []string{}
	}
	if c.Inputs.Data == nil {
		c.Inputs.Data = map[string]string{}
	}
	c.complete()
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(&c); err != nil {
		return nil, fmt.Errorf("encode the result of %s on %s: %w", r.Model, r.Benchmark, err)
	}
	return buf.Bytes(), nil
}

// DecodeResult parses a result file. Unknown fields and trailing data are errors.
func DecodeResult(data []byte) (*Result, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	var r Result
	if err := dec.Decode(&r); err != nil {
		return nil, lineOf(data, dec, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, &LineError{bytes.Count(data[:dec.InputOffset()], []byte("\n")) + 1, errors.New("data after the end of the result")}
	}
	if r.Schema != ResultSchema {
		return nil, &LineError{1, fmt.Errorf("schema %d, this bsgen reads %d", r.Schema, ResultSchema)}
	}
	r.complete()
	return &r, nil
}

// complete gives a result the parts that a file lacks, empty.
func (r *Result) complete() {
	if r.Provenance == nil {
		r.Provenance = &Provenance{}
	}
	if r.Engine == nil {
		r.Engine = &Engine{}
	}
}

// LineError is an error with the line it stands on.
type LineError struct {
	Line int
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns the error without the line.
func (e *LineError) Unwrap() error { return e.Err }

// lineOf attaches to a JSON error the line where decoding stopped.
func lineOf(data []byte, dec *json.Decoder, err error) error {
	offset := dec.InputOffset()
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &typ):
		offset = typ.Offset
	}
	offset = min(max(offset, 0), int64(len(data)))
	msg := errors.New(strings.TrimPrefix(err.Error(), "json: "))
	return &LineError{bytes.Count(data[:offset], []byte("\n")) + 1, msg}
}

// consistent reports where the numbers of a computed result do not follow from
// one another: the score from the raw value, the ceiling and the rule, the
// interval from the replicates, where they have been read. It finds an edited
// score without any data.
func (r *Result) consistent() error {
	if r.Provenance.Kind != KindComputed || r.Status != Scored || scoring.Rules[r.Rule].PerSubject {
		return nil
	}
	sc := scoring.Score{Raw: float64(r.Raw), Ceiling: scoring.ConstantCeiling(float64(r.Ceiling.Value), scoring.Scale(r.Ceiling.Scale))}
	if err := sc.Normalize(r.Rule); err != nil {
		return err
	}
	if !same(sc.Score, float64(r.Score), 0) || !same(sc.Unclipped, float64(r.Unclipped), 0) {
		return fmt.Errorf("the score %v does not follow from raw, ceiling and rule, which give %v", float64(r.Score), sc.Score)
	}
	if r.Sidecar == nil || len(r.Sidecar.read.Replicates) == 0 {
		return nil
	}
	low, high := scoring.CheckedInterval(r.Rule, r.Sidecar.read.Replicates, float64(r.Interval.Low), float64(r.Interval.High))
	// The sidecar holds single precision.
	if !same(low, float64(r.Interval.Low), 1e-6) || !same(high, float64(r.Interval.High), 1e-6) {
		return fmt.Errorf("the interval %v to %v does not follow from the replicates, which give %v to %v",
			float64(r.Interval.Low), float64(r.Interval.High), low, high)
	}
	return nil
}

// same compares two numbers, NaN with NaN, within a relative tolerance.
func same(a, b, tolerance float64) bool {
	return a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= tolerance*max(1, math.Abs(a))
}
