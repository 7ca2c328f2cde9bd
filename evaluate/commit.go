package evaluate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/scoring/stat"
	"github.com/bsgen/bsgen/systemmodel"
	"github.com/bsgen/bsgen/systemmodel/engine"
)

// commitment is the layer that a model commits to a region, as Brain-Score does:
// the one that scores best on a selection set, which no benchmark scores on.
type commitment struct {
	once   sync.Once
	best   string
	layers []archive.Layer // all candidates in the submission's order
	gap    float64         // of the best to the median candidate
	err    error
}

// commit chooses among the candidate layers of the pair's model, once for each
// model and region. Every candidate is scored with the metric of the selection
// set, raw: a ceiling is the same for all. Ties go to the first.
func (s *shower) commit(ctx context.Context, e engine.Engine, cache *systemmodel.Cache, p Pair) (*commitment, error) {
	region := p.Benchmark.Assembly.Region
	if p.Execution.selection == nil {
		return nil, fmt.Errorf("commit: auto can not choose a layer for %s: there is no selection set, and layers are not chosen on the images they are scored on\nhint: name the tensor under regions", region)
	}
	s.mu.Lock()
	key := p.Model.ID + " " + region
	c, ok := s.chosen[key]
	if !ok {
		c = &commitment{}
		s.chosen[key] = c
	}
	s.mu.Unlock()
	c.once.Do(func() { c.err = s.choose(ctx, e, cache, p, c) })
	return c, c.err
}

func (s *shower) choose(ctx context.Context, e engine.Engine, cache *systemmodel.Cache, p Pair, c *commitment) error {
	b := p.Execution.selection
	data, err := Assembly(ctx, s.lab.Store, s.a.Root, b)
	if err != nil {
		return &systemmodel.MachineError{Err: err}
	}
	rec, ok := data.(*assembly.Recordings)
	if !ok {
		return &systemmodel.MachineError{Err: mismatch(b, data)}
	}
	m, err := lookup(b.Metric)
	if err != nil {
		return &systemmodel.MachineError{Err: err}
	}
	splits, err := divide(b.Metric, len(rec.Stimuli))
	if err != nil {
		return &systemmodel.MachineError{Err: err}
	}
	s.want(p.Model, b, p.Execution.Tensors)
	brain := rec.Means("")
	scorer := neuralScorer{benchmark: b, metric: m, brain: brain, splits: splits}
	best := math.Inf(-1)
	var scores []float64
	for _, layer := range p.Execution.Tensors {
		acts, err := s.activations(ctx, e, cache, p.Model, b, rec.Stimuli, []string{layer})
		if err != nil {
			return err
		}
		if err := scorer.fits(acts); err != nil {
			acts.Close()
			return fmt.Errorf("the layer %s: %w", layer, err)
		}
		got, err := m.Score(ctx, acts, brain, splits)
		err = errors.Join(err, acts.Err(), acts.Close())
		if err != nil {
			return fmt.Errorf("score the layer %s on %s: %w", layer, b.ID, err)
		}
		if got.Value > best { // NaN never is
			best, c.best = got.Value, layer
		}
		scores = append(scores, got.Value)
		c.layers = append(c.layers, archive.Layer{Region: b.Selects, Tensor: layer, Score: archive.Number(got.Value)})
	}
	if c.best == "" {
		return fmt.Errorf("commit: auto can not choose a layer for %s: no candidate has a score on %s", b.Selects, b.ID)
	}
	c.gap = best - stat.Median(slices.DeleteFunc(scores, math.IsNaN))
	return nil
}

// want adds tensors to what a showing reads.
func (s *shower) want(m *archive.Model, b *archive.Benchmark, tensors []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := showing(m, b)
	s.wanted[key] = systemmodel.Union(s.wanted[key], tensors)
}
