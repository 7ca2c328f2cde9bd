// Package systemmodel shows stimuli to models, as experiments show them to
// animals and people: a network, a way to see and a field of view become a
// system model that any benchmark with images can look at.
//
// An image is placed in the model's field of view in degrees of visual angle
// (package screen), resampled and normalised as the network was trained to have
// it (pillow, preprocess), and put through the network in a process of its own
// (engine). What tensors inside the network held is kept in a cache of bounded
// size, by everything that it depends on: a second benchmark on the same images
// runs no model. Decisions are read out by package readout.
package systemmodel

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/bsgen/bsgen/dataset/images"
	"github.com/bsgen/bsgen/dataset/npy"
	"github.com/bsgen/bsgen/systemmodel/engine"
	"github.com/bsgen/bsgen/systemmodel/onnx"
	"github.com/bsgen/bsgen/systemmodel/preprocess"
	"github.com/bsgen/bsgen/systemmodel/screen"
)

// version is raised by hand when the same model may give other activations for
// the same stimuli.
const version = "1"

// batch is how many images go through the network at a time. Values do not
// depend on it; memory does.
const batch = 8

// Model is a network and how it sees.
type Model struct {
	SHA256  string                 // of the network's file
	Network func() ([]byte, error) // reads it; not called where the cache has everything
	Tensor  string                 // input
	Input   preprocess.Input
	Degrees float64 // width of the field of view
}

// Stimuli are the images of a benchmark.
type Stimuli struct {
	Names   []string                    // in the order of the rows
	Digest  string                      // of what pins the images: bytes, and what they decode to
	Images  func() (*images.Set, error) // opens them; not called where the cache has everything
	Degrees float64                     // width that subjects saw; 0: the image fills the model's field
}

// MachineError says that this machine can not show the stimuli here and now: no
// engine, no space, data that can not be had. The model has not failed.
type MachineError struct{ Err error }

func (e *MachineError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *MachineError) Unwrap() error { return e.Err }

// Show returns, for each of the tensors, the path of an .npy file that holds
// what the model gave for the stimuli: float32, a row for each. The files are in
// the cache and may be removed by a later call, but not before release is called.
//
// Several goroutines may call it; those that want the same wait for one another.
// What the model does wrong is an [*engine.Error] or [*onnx.Error], or an error
// of placing or preprocessing; all other errors are a [*MachineError].
func (m *Model) Show(ctx context.Context, e engine.Engine, c *Cache, s Stimuli, tensors []string) (paths []string, release func(), err error) {
	base := m.key(s)
	unlock, err := c.lock(ctx, base)
	if err != nil {
		return nil, nil, err
	}
	defer unlock()
	names := make([]string, len(tensors))
	for i, t := range tensors {
		names[i] = digest(base, t)
	}
	paths, missing := c.find(names)
	if len(missing) > 0 {
		want := make([]string, len(missing))
		for k, i := range missing {
			want[k] = tensors[i]
		}
		room := c.MaxBytes() - c.size(paths)
		held, err := m.run(ctx, e, c, s, want, func(k int) string { return names[missing[k]] }, room)
		defer c.release(held)
		c.release(paths)
		if err != nil {
			return nil, nil, err
		}
		if paths, missing = c.find(names); len(missing) > 0 {
			c.release(paths)
			return nil, nil, &MachineError{fmt.Errorf("the cache %s lost what was just written to it", c.Dir)}
		}
	}
	var once sync.Once
	return paths, func() { once.Do(func() { c.release(paths) }) }, nil
}

// key digests everything that the activations depend on but the tensor.
func (m *Model) key(s Stimuli) string {
	in, err := json.Marshal(m.Input)
	if err != nil {
		panic("systemmodel: " + err.Error())
	}
	degrees := fmt.Sprint(m.Degrees, s.Degrees)
	if s.Degrees == 0 {
		degrees = "full"
	}
	return digest(version, m.SHA256, m.Tensor, string(in), degrees, s.Digest, strings.Join(s.Names, "\n"))
}

func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s,", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// run puts the stimuli through the network and the tensors into the cache, where
// they are held until the paths are released, after an error too. They may take
// room bytes.
func (m *Model) run(ctx context.Context, e engine.Engine, c *Cache, s Stimuli, tensors []string, name func(int) string, room int64) (held []string, err error) {
	if e == nil {
		return nil, &MachineError{engine.ErrUnavailable}
	}
	in, err := preprocess.New(m.Input)
	if err != nil {
		return nil, err
	}
	network, err := m.Network()
	if err != nil {
		return nil, &MachineError{err}
	}
	set, err := s.Images()
	if err != nil {
		return nil, &MachineError{err}
	}
	if len(s.Names) == 0 {
		return nil, &MachineError{errors.New("there are no stimuli to show")}
	}
	if missing := set.Missing(s.Names); len(missing) > 0 {
		return nil, &MachineError{fmt.Errorf("there is no image for %d of %d stimuli, the first is %s", len(missing), len(s.Names), missing[0])}
	}
	session, err := e.Open(ctx, network, m.Tensor, tensors, engine.Limits{})
	if err != nil {
		return nil, blame(err)
	}
	defer session.Close()
	r := runner{m: m, in: in, set: set, s: s, session: session, out: make([]output, len(tensors)), room: room}
	defer r.discard()
	for k := range r.out {
		f, err := c.create()
		if err != nil {
			return nil, &MachineError{err}
		}
		r.out[k].f = f
	}
	if err := r.all(ctx); err != nil {
		return nil, err
	}
	for k := range r.out {
		path, err := c.put(r.out[k].f, name(k))
		r.out[k].f = nil
		if err != nil {
			return held, &MachineError{err}
		}
		held = append(held, path)
	}
	if err := c.evict(); err != nil {
		return held, &MachineError{err}
	}
	return held, nil
}

// blame keeps an error that lies in the model and makes others the machine's.
func blame(err error) error {
	_, byEngine := errors.AsType[*engine.Error](err)
	_, byCheck := errors.AsType[*onnx.Error](err)
	if byEngine || byCheck {
		return err
	}
	return &MachineError{err}
}

// runner shows one set of stimuli.
type runner struct {
	m       *Model
	in      *preprocess.Input
	set     *images.Set
	s       Stimuli
	session engine.Session
	out     []output
	room    int64 // bytes of all outputs

	once sync.Once // the first batch that is through says how large the outputs are
	err  error
}

// output is where a tensor goes.
type output struct {
	f    *os.File
	w    *npy.WriterAt
	cols int
}

func (r *runner) discard() {
	for k := range r.out {
		if f := r.out[k].f; f != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}
}

// all shows every batch. One goroutine more than the session computes batches
// at once prepares images, so that the session never waits for them.
func (r *runner) all(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) + 1 {
		wg.Go(func() {
			buf := make([]float32, batch*r.in.Len())
			for ctx.Err() == nil {
				lo := int(next.Add(batch)) - batch
				if lo >= len(r.s.Names) {
					return
				}
				if err := r.batch(ctx, lo, min(lo+batch, len(r.s.Names)), buf); err != nil {
					cancel(err)
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// batch shows the stimuli lo to hi.
func (r *runner) batch(ctx context.Context, lo, hi int, buf []float32) error {
	size := r.in.Len()
	buf = buf[:(hi-lo)*size]
	for i := lo; i < hi; i++ {
		m, err := r.set.Image(r.s.Names[i])
		if err != nil {
			return &MachineError{err}
		}
		if r.s.Degrees > 0 {
			if m, err = screen.Place(m, r.s.Degrees, r.m.Degrees); err != nil {
				return err
			}
		}
		if err := r.in.Tensor(buf[(i-lo)*size:(i-lo+1)*size], m); err != nil {
			return fmt.Errorf("the stimulus %s: %w", r.s.Names[i], err)
		}
	}
	tensors, err := r.session.Run(ctx, buf, r.in.Shape(hi-lo))
	if err != nil {
		return blame(err)
	}
	for _, t := range tensors {
		if len(t.Shape) == 0 || t.Shape[0] != int64(hi-lo) || len(t.Data) == 0 || len(t.Data)%(hi-lo) != 0 {
			return &engine.Error{What: fmt.Sprintf("the tensor %s has the shape %v for %d images: its first size must be theirs", t.Name, t.Shape, hi-lo)}
		}
	}
	r.once.Do(func() { r.err = r.begin(tensors, hi-lo) })
	if r.err != nil {
		return r.err
	}
	for k, t := range tensors {
		o := &r.out[k]
		if cols := len(t.Data) / (hi - lo); cols != o.cols {
			return &engine.Error{What: fmt.Sprintf("the tensor %s has another number of units for some images than for others", t.Name)}
		}
		if err := o.w.Rows(lo, t.Data); err != nil {
			return &MachineError{err}
		}
	}
	return nil
}

// begin makes room for as many units as the tensors have for n images.
func (r *runner) begin(tensors []engine.Tensor, n int) error {
	var need, most int64
	largest := ""
	for k, t := range tensors {
		r.out[k].cols = len(t.Data) / n
		size := 4 * int64(r.out[k].cols) * int64(len(r.s.Names))
		if need += size; size > most {
			most, largest = size, t.Name
		}
	}
	if need > r.room {
		return &MachineError{fmt.Errorf("the activations of %d tensors for %d images would take %.3g GB, %.3g GB of them %s, and the cache has room for %.3g GB (%s sets how many bytes it may hold)",
			len(tensors), len(r.s.Names), float64(need)/1e9, float64(most)/1e9, largest, float64(r.room)/1e9, MaxBytesEnv)}
	}
	for k := range r.out {
		var err error
		if r.out[k].w, err = npy.NewWriterAt(r.out[k].f, len(r.s.Names), r.out[k].cols); err != nil {
			return &MachineError{err}
		}
	}
	return nil
}

// Union returns the strings of both lists, sorted, each once.
func Union(a, b []string) []string {
	all := append(slices.Clone(a), b...)
	slices.Sort(all)
	return slices.Compact(all)
}
