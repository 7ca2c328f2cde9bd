package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"sync"
	"time"
)

// session is a child process with a model, seen from the parent.
type session struct {
	engine  *ONNXRuntime
	limits  Limits
	outputs []string
	cmd     *exec.Cmd
	dir     string   // where the child runs: empty
	in, out *os.File // to the child, from it
	stderr  head     // to be read when done is closed
	release func() bool

	version string      // of the library, once it is known
	ready   chan string // the version
	loaded  chan struct{}

	write sync.Mutex // one frame at a time

	mu       sync.Mutex
	waiting  map[uint32]chan []tensor // batches that have not come back
	last     uint32
	watchdog *time.Timer
	reason   error // why the parent stopped it
	gone     bool  // there is no process any more

	done chan struct{} // closed when the child has ended
	err  error         // why, to be read then
}

// stop ends the child for a reason. The first reason counts.
func (s *session) stop(reason error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reason == nil && !s.gone {
		s.reason = reason
		kill(s.cmd.Process)
	}
}

// late stops a child that did not load, or give a batch, in time.
func (s *session) late() {
	s.mu.Lock()
	batches := len(s.waiting)
	s.mu.Unlock()
	select {
	case <-s.loaded:
		if batches > 0 {
			s.stop(&Error{What: fmt.Sprintf("the model gave no batch in %s", s.limits.Batch), Hint: "a smaller batch takes less time"})
		}
	default:
		s.stop(&Error{What: fmt.Sprintf("the model was not loaded in %s", s.limits.Load)})
	}
}

// read takes what the child says until it ends, and then finds out why it did.
func (s *session) read() {
	said, err := s.answers()
	if said == nil && !errors.Is(err, io.EOF) {
		s.stop(fmt.Errorf("talk to the engine: %w", err))
	}
	// It ends by itself now; where it does not, it is made to.
	hurry := time.AfterFunc(5*time.Second, func() { kill(s.cmd.Process) })
	s.cmd.Wait()
	hurry.Stop()
	s.mu.Lock()
	s.gone = true
	reason := s.reason
	s.watchdog.Stop()
	s.mu.Unlock()
	if s.err = reason; reason == nil {
		s.err = s.ended(said, err)
	}
	close(s.done)
}

// answers handles frames until the last. It returns the failure that the child
// told of, or why no more frames can be read.
func (s *session) answers() (*failure, error) {
	for {
		f, err := readFrame(s.out)
		if err != nil {
			return nil, err
		}
		switch {
		case f.kind == kindReady && s.version == "":
			var r ready
			if err := readJSON(s.out, f, &r); err != nil {
				return nil, err
			}
			if s.version = clean(r.Version); s.version == "" {
				return nil, fmt.Errorf("no version: %w", errBroken)
			}
			s.ready <- s.version
		case f.kind == kindLoaded && f.size == 0 && !closed(s.loaded):
			s.mu.Lock()
			s.watchdog.Stop()
			s.mu.Unlock()
			close(s.loaded)
		case f.kind == kindResult && closed(s.loaded):
			if err := s.result(f); err != nil {
				return nil, err
			}
		case f.kind == kindFailure:
			return readFailure(s.out, f)
		default:
			return nil, fmt.Errorf("frame %d of %d bytes: %w", f.kind, f.size, errBroken)
		}
	}
}

func closed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// result reads what a batch gave and hands it to whoever waits for it.
func (s *session) result(f frame) error {
	if f.size > s.limits.Output+int64(len(s.outputs)+1)*(4+8*maxRank) {
		return fmt.Errorf("a result of %d bytes: %w", f.size, errBroken)
	}
	tensors, err := readTensors(s.out, f, len(s.outputs), func(_ int, _ []int64, n int) ([]float32, error) { return make([]float32, n), nil })
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.waiting[f.id]
	if c == nil {
		return fmt.Errorf("a result that nobody waits for: %w", errBroken)
	}
	delete(s.waiting, f.id)
	c <- tensors // it has room
	if len(s.waiting) > 0 {
		s.watchdog.Reset(s.limits.Batch)
	} else {
		s.watchdog.Stop()
	}
	return nil
}

// load hands over the model and waits until it is loaded.
func (s *session) load(ctx context.Context, model []byte) error {
	if err := writeFrame(s.in, kindModel, 0, model); err != nil {
		s.hung(err)
		return s.err
	}
	select {
	case <-s.loaded:
		s.release()
		return nil
	case <-s.done:
		return s.err
	}
}

// hung waits for the end of a child that takes no more, and sees to it.
func (s *session) hung(err error) {
	select {
	case <-s.done:
	case <-time.After(5 * time.Second):
		s.stop(fmt.Errorf("talk to the engine: %w", err))
		<-s.done
	}
}

// Run implements Session.
func (s *session) Run(ctx context.Context, batch []float32, shape []int64) ([]Tensor, error) {
	if n := volume(shape); n != int64(len(batch)) || n == 0 || len(shape) > maxRank {
		return nil, fmt.Errorf("run a model: %d values for a batch of shape %v", len(batch), shape)
	}
	defer context.AfterFunc(ctx, func() { s.stop(ctx.Err()) })()
	came := make(chan []tensor, 1)
	s.mu.Lock()
	s.last++
	id := s.last
	s.waiting[id] = came
	if len(s.waiting) == 1 {
		s.watchdog.Reset(s.limits.Batch)
	}
	s.mu.Unlock()

	s.write.Lock()
	err := writeFrame(s.in, kindBatch, id, tensorParts(tensor{shape, batch})...)
	s.write.Unlock()
	if err != nil {
		s.hung(err)
		return nil, s.err
	}
	select {
	case tensors := <-came:
		return s.finish(tensors, shape[0])
	case <-s.done:
		return nil, s.err
	}
}

// finish looks at what came: one row for each image, and numbers.
func (s *session) finish(tensors []tensor, images int64) ([]Tensor, error) {
	out := make([]Tensor, len(tensors))
	for i, t := range tensors {
		name := s.outputs[i]
		if len(t.shape) == 0 || t.shape[0] != images {
			return nil, &Error{What: fmt.Sprintf("the tensor %q has the shape %v for a batch of %d: its first size is not the number of images", name, t.shape, images),
				Hint: "name a tensor that keeps the batch apart"}
		}
		if at := notFinite(t.data); at >= 0 {
			return nil, &Error{What: fmt.Sprintf("the tensor %q holds %v", name, t.data[at]),
				Hint: "`scale`, `mean` and `std` of the input may not be those of the model; or the exported model computes in float16"}
		}
		out[i] = Tensor{name, t.shape, t.data}
	}
	return out, nil
}

// notFinite returns the index of the first value that is NaN or infinite, or -1.
func notFinite(v []float32) int {
	const block = 1024
	for from := 0; from < len(v); from += block {
		b := v[from:min(from+block, len(v))]
		zero := float32(0)
		for _, x := range b {
			zero += x - x // NaN where x is not finite, and then for good
		}
		if zero == 0 {
			continue
		}
		for i, x := range b {
			if x-x != 0 {
				return from + i
			}
		}
	}
	return -1
}

// volume multiplies the sizes of a shape; it is 0 where one is, or too large.
func volume(shape []int64) int64 {
	n := int64(1)
	for _, d := range shape {
		if d <= 0 || n > math.MaxInt32/d {
			return 0
		}
		n *= d
	}
	return n
}

// errClosed is what batches get that are under way when a session is closed.
var errClosed = errors.New("the session was closed")

// Close implements Session.
func (s *session) Close() error {
	s.stop(errClosed)
	<-s.done
	s.release()
	s.in.Close()
	s.out.Close()
	return os.RemoveAll(s.dir)
}
