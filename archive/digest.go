package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

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
