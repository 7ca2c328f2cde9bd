package evaluate

import (
	"fmt"
	"path"

	"github.com/bsgen/bsgen/archive"
)

// State says whether a pair needs scoring.
type State string

// The states of a pair.
const (
	Fresh   State = "fresh"   // the result's key is the current one
	Stale   State = "stale"   // something that changes the number has changed
	Missing State = "missing" // there is no result
)

// Pair is a model with a benchmark that it has a response for.
type Pair struct {
	Model     *archive.Model
	Benchmark *archive.Benchmark
	Response  int // index into Model.Responses
	Key       string
	State     State
}

// Filter selects pairs by glob patterns on the ids; an empty pattern selects all.
type Filter struct {
	Model, Benchmark string
}

// Match reports whether the filter selects the pair, or why a pattern is malformed.
func (f Filter) Match(model, benchmark string) (bool, error) {
	for _, p := range []struct{ glob, id string }{{f.Model, model}, {f.Benchmark, benchmark}} {
		if p.glob == "" {
			continue
		}
		ok, err := path.Match(p.glob, p.id)
		if err != nil {
			return false, fmt.Errorf("the pattern %q is malformed: %w", p.glob, err)
		}
		if !ok {
			return false, nil
		}
	}
	return true, nil
}

// Pairs lists the selected pairs, by benchmark and then model, with their state.
func Pairs(a *archive.Archive, f Filter) ([]Pair, error) {
	var pairs []Pair
	for _, b := range a.Benchmarks {
		for _, m := range a.Models {
			ok, err := f.Match(m.ID, b.ID)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
			for i := range m.Responses {
				if !Accepts(b, &m.Responses[i]) {
					continue
				}
				p := Pair{Model: m, Benchmark: b, Response: i, State: Missing}
				p.Key = p.key()
				if r, ok := a.Result(m.ID, b.ID, b.Version); ok {
					p.State = Stale
					if r.Key == p.Key {
						p.State = Fresh
					}
				}
				pairs = append(pairs, p)
				break
			}
		}
	}
	return pairs, nil
}

// key digests everything that changes the pair's number.
func (p Pair) key() string {
	r := &p.Model.Responses[p.Response]
	return archive.Digest(struct {
		Schema     int
		Model      string
		Response   string
		Training   []archive.NeuralTraining
		Benchmark  string
		Data       map[string]string
		Metric     string
		Assembly   string
		ResponseBy string
	}{
		archive.ResultSchema, p.Model.ID, r.ScoringDigest(), p.Model.NeuralTraining,
		p.Benchmark.ScoringDigest(), p.Benchmark.DataDigests(),
		metrics[p.Benchmark.Metric.Name].version, readerVersion[p.Benchmark.Assembly.Reader], readerVersion[r.Format],
	})
}
