package evaluate

import (
	"fmt"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

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

// Filter selects pairs by glob patterns on the ids, and by state; what is empty
// selects all.
type Filter struct {
	Model, Benchmark string
	State            State
}

// Match reports whether the filter's patterns select the pair, or why one is malformed.
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
	lists := make([][]Pair, len(a.Benchmarks))
	errs := make([]error, len(a.Benchmarks))
	d := newDigests(a)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(len(lists), runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(lists); i = int(next.Add(1)) - 1 {
				lists[i], errs[i] = pairsOf(a.Benchmarks[i], f, d)
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return slices.Concat(lists...), nil
}

// pairsOf lists the pairs of one benchmark.
func pairsOf(b *archive.Benchmark, f Filter, d *digests) ([]Pair, error) {
	if b.Published != nil { // nothing to compute: see package published
		return nil, nil
	}
	var pairs []Pair
	var k *keys // once there is a pair
	for _, m := range d.a.Models {
		ok, err := f.Match(m.ID, b.ID)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if k == nil {
			k, pairs = newKeys(d, b), make([]Pair, 0, len(d.a.Models))
		}
		p := Pair{Model: m, Benchmark: b, State: Missing}
		p.Response = slices.IndexFunc(m.Responses, func(r archive.Response) bool { return Accepts(b, &r) })
		if p.Response < 0 {
			if p.Execution = k.execution(m.Run); p.Execution == nil {
				continue
			}
		}
		key := k.of(p)
		if r, ok := d.a.Result(m.ID, b.ID, b.Version); ok {
			p.State = Stale
			if r.Key == string(key[:]) {
				p.State, p.Key = Fresh, r.Key
			}
		}
		if p.State != Fresh {
			p.Key = string(key[:])
		}
		if f.State == "" || f.State == p.State {
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
