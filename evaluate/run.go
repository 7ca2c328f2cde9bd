package evaluate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/systemmodel"
)

// Outcome is what became of one pair.
type Outcome struct {
	Pair    Pair
	Result  *archive.Result  // nil where Err is set
	Sidecar *archive.Sidecar // may be nil
	Err     error            // the data could not be had, or the work was cancelled; nothing is recorded
	Elapsed time.Duration
}

// Run scores the pairs on all processors and calls done for each, one call at
// a time, in no particular order. Pairs of one benchmark share what does not
// depend on the model. It returns when all are done or the context is.
func Run(ctx context.Context, a *archive.Archive, lab *Lab, pairs []Pair, done func(Outcome)) {
	groups := group(a.Root, lab.Store, newShower(a, lab, pairs), pairs)
	type task struct {
		g *benchmarkGroup
		p Pair
	}
	tasks := make(chan task)
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range min(runtime.GOMAXPROCS(0), len(pairs)) {
		wg.Go(func() {
			for t := range tasks {
				start := time.Now()
				o := t.g.score(ctx, t.p)
				o.Elapsed = time.Since(start)
				mu.Lock()
				done(o)
				mu.Unlock()
			}
		})
	}
	for _, g := range groups {
		for _, p := range g.pairs {
			tasks <- task{g, p}
		}
	}
	close(tasks)
	wg.Wait()
}

// benchmarkGroup is the pairs of one benchmark and what they share.
type benchmarkGroup struct {
	root    string
	store   *dataset.Store
	shower  *shower
	pairs   []Pair
	mu      sync.Mutex
	left    int
	ready   bool
	data    assembly.Assembly
	scorer  scorer
	failure error
}

func group(root string, store *dataset.Store, shower *shower, pairs []Pair) []*benchmarkGroup {
	var groups []*benchmarkGroup
	for _, p := range pairs {
		i := slices.IndexFunc(groups, func(g *benchmarkGroup) bool { return g.pairs[0].Benchmark == p.Benchmark })
		if i < 0 {
			groups = append(groups, &benchmarkGroup{root: root, store: store, shower: shower})
			i = len(groups) - 1
		}
		groups[i].pairs = append(groups[i].pairs, p)
		groups[i].left++
	}
	return groups
}

// prepare reads the measurements and computes the ceiling, once.
func (g *benchmarkGroup) prepare(ctx context.Context) (assembly.Assembly, scorer, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.ready {
		b := g.pairs[0].Benchmark
		g.data, g.failure = Assembly(ctx, g.store, g.root, b)
		if g.failure == nil {
			g.scorer, g.failure = metrics[b.Metric.Name].prepare(ctx, b, g.data)
		}
		g.ready = true
	}
	return g.data, g.scorer, g.failure
}

// release drops the shared data after the last pair.
func (g *benchmarkGroup) release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.left--; g.left == 0 {
		g.data, g.scorer = nil, nil
	}
}

// score scores one pair. A panic, which no response should be able to cause,
// costs this pair only.
func (g *benchmarkGroup) score(ctx context.Context, p Pair) (o Outcome) {
	defer g.release()
	defer func() {
		if r := recover(); r != nil {
			o = Outcome{Pair: p, Err: fmt.Errorf("score %s on %s: internal error: %v\n%s", p.Model.ID, p.Benchmark.ID, r, debug.Stack())}
		}
	}()
	fail := func(err error) Outcome { return Outcome{Pair: p, Err: cmp.Or(err, ctx.Err())} }
	if err := ctx.Err(); err != nil {
		return fail(err)
	}
	own, kin := trainedOn(p.Model, p.Benchmark)
	if own != "" {
		return g.record(p, archive.NotApplicable, "trained_on: "+own, nil)
	}
	data, score, err := g.prepare(ctx)
	if err != nil {
		return fail(err)
	}
	var seen *shown
	if p.Execution != nil {
		seen, err = g.shower.respond(ctx, p, data)
	} else {
		seen = &shown{}
		seen.response, err = respond(ctx, g.store, g.root, p.Benchmark, data, p.Model, &p.Model.Responses[p.Response])
	}
	if transient(err) || ctx.Err() != nil {
		return fail(err)
	}
	if err != nil {
		return g.record(p, archive.Failed, err.Error(), data)
	}
	sc, err := scored(ctx, score, seen.response)
	if err == nil {
		err = finite(sc)
	}
	if transient(err) || ctx.Err() != nil {
		return fail(err)
	}
	if err == nil && math.IsNaN(sc.Raw) {
		err = errors.New("the metric is undefined for this response")
		if n := len(sc.Warnings); n > 0 {
			err = errors.New(sc.Warnings[n-1])
		}
	}
	if err != nil {
		return g.record(p, archive.Failed, err.Error(), data)
	}
	if kin != "" {
		sc.Warn("%s", kin)
	}
	for _, w := range seen.warnings {
		sc.Warn("%s", w)
	}
	o = g.record(p, archive.Scored, "", data)
	fill(o.Result, sc)
	seen.fill(o.Result, p)
	o.Sidecar = &archive.Sidecar{Replicates: float32s(sc.Replicates), Units: float32s(sc.Units.Values)}
	return o
}

// finite reports a score with an infinite number, which a result can not hold.
func finite(sc scoring.Score) error {
	numbers := []float64{sc.Raw, sc.Score, sc.Unclipped, sc.Error.Value, sc.Interval.Low, sc.Interval.High, sc.Ceiling.Value}
	numbers = append(numbers, sc.Splits...)
	for _, v := range sc.Details {
		numbers = append(numbers, v)
	}
	if slices.ContainsFunc(numbers, func(x float64) bool { return math.IsInf(x, 0) }) {
		return errors.New("the numbers of the response are too large to compute with")
	}
	return nil
}

// maxReason bounds a reason, which quotes names from the response.
const maxReason = 500

// plain makes text from a stranger fit for a result file, a terminal and a
// page: one line, printable characters, bounded.
func plain(s string) string {
	s = strings.ReplaceAll(s, "\nhint: ", "; ")
	out := []rune(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, strings.Join(strings.Fields(s), " ")))
	if len(out) > maxReason {
		return string(out[:maxReason-1]) + "…"
	}
	return string(out)
}

// transient reports whether an error is about this machine and this moment, not
// about what the response holds: the pinned bytes could not be had, or do not
// fit into memory. Then nothing is recorded, and a result that is there stays.
func transient(err error) bool {
	var source *dataset.SourceError
	var large *dataset.TooLargeError
	var memory *MemoryError
	var machine *systemmodel.MachineError
	return errors.As(err, &source) || errors.As(err, &large) || errors.As(err, &memory) || errors.As(err, &machine)
}

// trainedOn says whether the model was fitted to the benchmark's own
// measurements, which makes a score meaningless, or to others of the same
// individuals, which a reader must know.
func trainedOn(m *archive.Model, b *archive.Benchmark) (own, kin string) {
	session, individuals := b.Assembly.Session, b.Assembly.Individuals
	for _, t := range m.NeuralTraining {
		if t.Dataset == b.Dataset && (session == "" || len(t.Sessions) == 0 || slices.Contains(t.Sessions, session)) {
			return "the model was fitted to " + b.Dataset, ""
		}
		for _, who := range t.Subjects {
			if slices.Contains(individuals, who) {
				kin = fmt.Sprintf("the model was fitted to other recordings of the same individual (%s: %s)", t.Dataset, who)
			}
		}
		if t.Dataset == b.Dataset && kin == "" {
			kin = fmt.Sprintf("the model was fitted to other sessions of %s (%s)", t.Dataset, strings.Join(t.Sessions, ", "))
		}
	}
	return "", kin
}

// inputs are the digests of what goes into the pair's result, but for the
// stimuli, which stand in the data.
func (p Pair) inputs() archive.Inputs {
	in := archive.Inputs{
		Submission: p.submission(),
		Benchmark:  p.Benchmark.ScoringDigest(),
		Data:       p.Benchmark.DataDigests(),
	}
	if p.Execution != nil {
		in.Data["images shown"] = p.Execution.shown
	}
	return in
}

// record makes a result with everything but the numbers.
func (g *benchmarkGroup) record(p Pair, status archive.Status, reason string, data assembly.Assembly) Outcome {
	nan := archive.Number(math.NaN())
	b := p.Benchmark
	r := &archive.Result{
		Schema: archive.ResultSchema, Key: p.Key, Model: p.Model.ID, Benchmark: b.ID, Version: b.Version,
		Status: status, Reason: plain(reason),
		Provenance: &archive.Provenance{Kind: archive.KindComputed},
		Raw:        nan, Score: nan, Unclipped: nan, Rule: b.Normalize,
		Ceiling:   archive.ResultCeiling{Value: nan, Scale: b.Ceiling.Scale, Lower: nan, Upper: nan, Error: nan},
		Error:     archive.ResultError{Value: nan},
		Interval:  archive.ResultInterval{Level: nan, Low: nan, High: nan},
		Engine:    &archive.Engine{Name: "bsgen " + b.Metric.Name, Version: metrics[b.Metric.Name].version},
		Tolerance: 0,
		Inputs:    p.inputs(),
	}
	if data != nil {
		r.Inputs.Stimuli = StimuliDigest(data)
	}
	return Outcome{Pair: p, Result: r}
}

// fill writes the numbers of a score into a result.
func fill(r *archive.Result, sc scoring.Score) {
	n := func(x float64) archive.Number { return archive.Number(x) }
	r.Raw, r.Score, r.Unclipped, r.Rule = n(sc.Raw), n(sc.Score), n(sc.Unclipped), sc.Rule
	r.Ceiling = archive.ResultCeiling{Value: n(sc.Ceiling.Value), Scale: string(sc.Ceiling.Scale), Lower: n(sc.Ceiling.Lower), Upper: n(sc.Ceiling.Upper), Error: n(sc.Ceiling.Error)}
	r.Error = archive.ResultError{Value: n(sc.Error.Value), Kind: sc.Error.Kind}
	r.Interval = archive.ResultInterval{Level: n(sc.Interval.Level), Low: n(sc.Interval.Low), High: n(sc.Interval.High), Method: sc.Interval.Method, Resampled: sc.Interval.Resampled}
	for _, s := range sc.Splits {
		r.Splits = append(r.Splits, n(s))
	}
	r.Units = archive.ResultUnits{Kind: sc.Units.Kind, N: len(sc.Units.Values), Dropped: sc.Units.Dropped}
	for k, v := range sc.Details {
		r.Details.Set(k, n(v))
	}
	for _, w := range sc.Warnings {
		r.Warnings = append(r.Warnings, plain(w))
	}
}

func float32s(x []float64) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		if out[i] = float32(v); math.IsInf(float64(out[i]), 0) {
			out[i] = float32(math.NaN())
		}
	}
	return out
}
