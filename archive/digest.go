package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
)

// SHA256 is the digest of a file. In JSON it is hexadecimal in lower case.
type SHA256 [sha256.Size]byte

// String returns the digest in hexadecimal.
func (d SHA256) String() string { return hex.EncodeToString(d[:]) }

// MarshalText implements encoding.TextMarshaler.
func (d SHA256) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, d[:]), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *SHA256) UnmarshalText(text []byte) error {
	n, err := hex.Decode(d[:], text[:min(len(text), 2*len(d))])
	if err != nil || n != len(d) || len(text) != 2*len(d) || bytes.ContainsAny(text, "ABCDEF") {
		return fmt.Errorf("%.100q is no SHA-256 in hexadecimal, lower case", text)
	}
	return nil
}

// JSONType returns the type that is written in the same way, for schemas.
func (SHA256) JSONType() reflect.Type { return reflect.TypeFor[string]() }

// Digest returns the SHA-256 of a value's JSON. Maps are sorted by key, structs
// keep the order of their fields, so equal values have equal digests.
func Digest(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic("archive: digest of a value without JSON: " + err.Error())
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// ScoringDigest digests the fields of the response that change what is scored:
// not who recorded it, nor where the bytes are, but the bytes themselves.
func (r *Response) ScoringDigest() string {
	names, sources := r.Files()
	files := map[string]string{}
	for i, n := range names {
		files[n] = sources[i].SHA256
	}
	return Digest(struct {
		Stimuli, List        string
		Kind, Format, Region string
		Files                map[string]string
		Columns              map[string]string
		Variable, Entry      string
		Order, Offset        int
		Total                float64
	}{r.Stimuli, r.StimuliSHA256, r.Kind, r.Format, r.Region, files, r.Columns, r.Variable, r.Entry, r.Order, r.Offset, r.Total})
}

// ScoringDigest digests the fields of the benchmark that change a score: not
// its title, its place in the tree or its citation.
func (b *Benchmark) ScoringDigest() string {
	a := b.Assembly
	if b.Published != nil {
		return Digest(struct {
			ID        string
			Version   int
			Dataset   string
			Region    string
			Published *Published
			Ceiling   Ceiling
			Normalize string
		}{b.ID, b.Version, b.Dataset, a.Region, b.Published, b.Ceiling, b.Normalize})
	}
	return Digest(struct {
		ID            string
		Version       int
		Dataset       string
		Session       string
		Individuals   []string
		Stimuli       string
		Reader        string
		Sources       []string
		Columns       map[string]string
		Pattern       string
		Choices       []string
		NoAnswer      string
		Conditions    Conditions
		Variable      string
		NamePattern   string
		Dims          []string
		VisualDegrees float64
		Metric        Metric
		Ceiling       Ceiling
		Normalize     string
	}{b.ID, b.Version, b.Dataset, a.Session, a.Individuals, b.StimulusSet(), a.Reader, b.SourceNames(), a.Columns, a.StimulusPattern, a.Choices, a.NoAnswer,
		a.Conditions, a.Variable, a.NamePattern, a.Dims, b.Stimuli.VisualDegrees, b.Metric, b.Ceiling, b.Normalize})
}

// DataDigests returns the SHA-256, by name, of each source that scoring reads.
func (b *Benchmark) DataDigests() map[string]string {
	d := map[string]string{}
	for _, name := range b.SourceNames() {
		d[name] = b.Sources[name].SHA256
	}
	return d
}
