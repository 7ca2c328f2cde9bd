package evaluate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"sync"

	"github.com/bsgen/bsgen/archive"
)

// A pair's key digests everything that changes the pair's number. It is the
// [archive.Digest] of a struct with the fields of responseFields and then those
// of benchmarkFields. A hundred thousand pairs are made of a few thousand such
// parts, so each part is made once, and a key is one SHA-256 over two of them.

// responseFields are what a key holds of the model.
type responseFields struct {
	Schema   int
	Model    string
	Response string
	Training []archive.NeuralTraining
}

// benchmarkFields are what a key holds of the benchmark, and of how it asks the model.
type benchmarkFields struct {
	Benchmark  string
	Data       map[string]string
	Metric     string
	Assembly   string
	ResponseBy string
}

// keys makes the keys of a benchmark's pairs.
type keys struct {
	d     *digests
	b     *archive.Benchmark
	own   benchmarkDigests
	parts map[asked][]byte // JSON of benchmarkFields
	buf   []byte
}

// asked is in what the pairs of one benchmark differ but for the model.
type asked struct {
	format string // of a recorded response
	kind   string // of an [Execution], and whether it chooses among layers
	auto   bool
}

func newKeys(d *digests, b *archive.Benchmark) *keys {
	return &keys{d: d, b: b, own: d.of(b), parts: map[asked][]byte{}}
}

// of returns the key of a pair, which lacks one, in hexadecimal.
func (k *keys) of(p Pair) (text [2 * sha256.Size]byte) {
	var how asked
	if p.Execution != nil {
		how = asked{kind: p.Execution.Kind, auto: p.Execution.Auto}
	} else {
		how = asked{format: p.Model.Responses[p.Response].Format}
	}
	part, ok := k.parts[how]
	if !ok {
		by := readerVersion[how.format]
		if p.Execution != nil {
			by = p.Execution.digest(k.d, k.b)
		}
		part = toJSON(benchmarkFields{k.own.scoring, k.own.data, metrics[k.b.Metric.Name].version, readerVersion[k.b.Assembly.Reader], by})
		k.parts[how] = part
	}
	response := k.d.response(p)
	k.buf = append(k.buf[:0], response[:len(response)-1]...) // all but the }
	k.buf = append(k.buf, ',')
	k.buf = append(k.buf, part[1:]...)
	sum := sha256.Sum256(k.buf)
	hex.Encode(text[:], sum[:])
	return text
}

// digests keeps what the keys of many pairs have in common.
type digests struct {
	a          *archive.Archive
	mu         sync.Mutex
	benchmarks map[*archive.Benchmark]benchmarkDigests
	responses  map[answer][]byte // JSON of responseFields
}

func newDigests(a *archive.Archive) *digests {
	return &digests{a: a, benchmarks: map[*archive.Benchmark]benchmarkDigests{}, responses: map[answer][]byte{}}
}

// answer is what of a model responds: a recorded response, or the tensors that
// stand for a region or for decisions.
type answer struct {
	model    *archive.Model
	response int
	kind     string
	region   string
}

// response returns the JSON of the pair's responseFields.
func (d *digests) response(p Pair) []byte {
	key := answer{model: p.Model, response: p.Response}
	if p.Execution != nil {
		key.kind, key.region = p.Execution.Kind, p.Benchmark.Assembly.Region
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	part, ok := d.responses[key]
	if !ok {
		part = toJSON(responseFields{archive.ResultSchema, p.Model.ID, p.submission(), p.Model.NeuralTraining})
		d.responses[key] = part
	}
	return part
}

// benchmarkDigests are digests of a benchmark, or of what layers are chosen by.
type benchmarkDigests struct {
	scoring string
	data    map[string]string
	images  string             // where it says itself where they come from
	from    *archive.Benchmark // that says where its images come from; nil: none does
	shown   string             // the images of that
}

func (d *digests) of(b *archive.Benchmark) benchmarkDigests {
	d.mu.Lock()
	of, ok := d.benchmarks[b]
	d.mu.Unlock()
	if ok {
		return of
	}
	of = benchmarkDigests{scoring: b.ScoringDigest(), data: b.DataDigests(), images: imagesDigest(d.a, b)}
	of.from, _ = d.a.Images(b.StimulusSet())
	switch of.from {
	case nil:
	case b:
		of.shown = of.images
	default: // from has its own
		of.shown = d.of(of.from).images
	}
	d.mu.Lock()
	d.benchmarks[b] = of
	d.mu.Unlock()
	return of
}

// toJSON returns the JSON of a struct of texts.
func toJSON(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic("evaluate: a key's part without JSON: " + err.Error())
	}
	return data
}
