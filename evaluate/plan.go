package evaluate

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
)

// State says whether a pair needs scoring.
type State string

// The states of a pair.
const (
	Fresh   State = "fresh"   // the result's key is the current one
	Stale   State = "stale"   // something that changes the number has changed
	Missing State = "missing" // there is no result
)

// Pair is a model with a benchmark that it has a response for, or that it can be
// shown the stimuli of. A recorded response goes first.
type Pair struct {
	Model     *archive.Model
	Benchmark *archive.Benchmark
	Response  int        // index into Model.Responses; -1 where there is an Execution
	Execution *Execution // nil: the response is recorded
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
		if b.Published != nil { // nothing to compute: see package published
			continue
		}
		for _, m := range a.Models {
			ok, err := f.Match(m.ID, b.ID)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
			p := Pair{Model: m, Benchmark: b, State: Missing}
			p.Response = slices.IndexFunc(m.Responses, func(r archive.Response) bool { return Accepts(b, &r) })
			if p.Response < 0 {
				if p.Execution = execution(a, b, m.Run); p.Execution == nil {
					continue
				}
			}
			p.Key = p.key(a)
			if r, ok := a.Result(m.ID, b.ID, b.Version); ok {
				p.State = Stale
				if r.Key == p.Key {
					p.State = Fresh
				}
			}
			pairs = append(pairs, p)
		}
	}
	return pairs, nil
}

// Line returns the line of model.yaml that the response is from.
func (p Pair) Line() int {
	if p.Execution != nil {
		return p.Model.Line("run")
	}
	return p.Model.Line("responses", p.Response)
}

// Sources lists the files that the response is in, or the network.
func (p Pair) Sources() []dataset.Source {
	if p.Execution == nil {
		_, sources := p.Model.Responses[p.Response].Files()
		return sources
	}
	return p.Model.Run.ONNX.Files()
}

// Shown lists the files that showing the model its stimuli needs, and those that
// its layers are chosen by, with the folders that name them.
func (p Pair) Shown(store *dataset.Store, a *archive.Archive) ([]Needed, error) {
	if p.Execution == nil {
		return nil, nil
	}
	var all []Needed
	sets := []*archive.Benchmark{p.Benchmark}
	if s := p.Execution.selection; s != nil {
		sets = append(sets, s)
		for _, n := range s.SourceNames() {
			all = append(all, Needed{s.Sources[n], filepath.Join(a.Root, s.Dir)})
		}
	}
	for _, b := range sets {
		from, ok := a.Images(b.StimulusSet())
		if !ok {
			continue
		}
		sources, err := ImageSources(store, a, from)
		if err != nil {
			return nil, err
		}
		for _, s := range sources {
			all = append(all, Needed{s, filepath.Join(a.Root, from.Dir)})
		}
	}
	return all, nil
}

// Needed is a file, and the folder of what names it.
type Needed struct {
	dataset.Source
	Dir string
}

// submission digests what of the submission changes the response.
func (p Pair) submission() string {
	if p.Execution != nil {
		return p.Execution.submission(p.Model.Run)
	}
	return p.Model.Responses[p.Response].ScoringDigest()
}

// key digests everything that changes the pair's number.
func (p Pair) key(a *archive.Archive) string {
	by := ""
	if p.Execution != nil {
		by = p.Execution.digest(a, p.Benchmark)
	} else {
		by = readerVersion[p.Model.Responses[p.Response].Format]
	}
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
		archive.ResultSchema, p.Model.ID, p.submission(), p.Model.NeuralTraining,
		p.Benchmark.ScoringDigest(), p.Benchmark.DataDigests(),
		metrics[p.Benchmark.Metric.Name].version, readerVersion[p.Benchmark.Assembly.Reader], by,
	})
}
