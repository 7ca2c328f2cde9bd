package evaluate

import (
	"context"
	"sync"

	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/systemmodel"
	"github.com/bsgen/bsgen/systemmodel/engine"
)

// Lab is what scoring works with: pinned data, and an engine that runs models.
type Lab struct {
	Store *dataset.Store

	// Engine finds the engine; it is called when the first model has to be run,
	// and once. Nil: there is none, and models that have to be run are not scored.
	Engine func(context.Context) (engine.Engine, error)
	// Activations keeps what models gave. Nil: the machine's own cache.
	Activations *systemmodel.Cache

	mu     sync.Mutex
	found  bool
	engine engine.Engine
	err    error
}

// NewLab returns a lab with the data of the store, the engine that is installed
// below the archive's root or on the machine, and the machine's cache.
func NewLab(store *dataset.Store, root string) *Lab {
	return &Lab{Store: store, Engine: func(ctx context.Context) (engine.Engine, error) { return engine.New(ctx, root) }}
}

// open returns the engine and the cache.
func (l *Lab) open(ctx context.Context) (engine.Engine, *systemmodel.Cache, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.Activations == nil {
		l.Activations = systemmodel.NewCache()
	}
	if !l.found {
		if l.Engine == nil {
			l.err = engine.ErrUnavailable
		} else {
			l.engine, l.err = l.Engine(ctx)
		}
		l.found = ctx.Err() == nil // who was cancelled did not look
	}
	return l.engine, l.Activations, l.err
}
