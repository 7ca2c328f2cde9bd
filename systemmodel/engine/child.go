package engine

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"sync"
)

// childArg is the hidden subcommand that makes a program the child.
const childArg = "engine-child"

// The ends of the pipes in the child.
const (
	childIn  = 3
	childOut = 4
)

// ServeIfChild runs the engine and exits where the program was started as the
// child of one, and returns at once where it was not. A program that opens an
// engine, a test's TestMain among them, calls it before anything else.
func ServeIfChild() {
	if len(os.Args) == 2 && os.Args[1] == childArg {
		os.Exit(serve(os.NewFile(childIn, "requests"), os.NewFile(childOut, "answers")))
	}
}

// model is a loaded model in the child.
type model interface {
	// newSlot returns room for a batch; slots are used by one goroutine at a time.
	newSlot() slot
}

// slot is the room for one batch and what comes of it. It is used again, so that
// the memory of a session is that of its slots.
type slot interface {
	input(shape []int64, n int) ([]float32, error) // where to read the batch to
	run() ([]tensor, error)                        // valid until the next call of input
}

// serve is the life of the child. Whatever is wrong is said in a failure frame, as
// far as it can be.
func serve(in, out *os.File) int {
	debug.SetTraceback("none") // the first line is what a crash is known by
	c := &child{in: in, out: out}
	if err := c.run(); err != nil {
		c.fail(0, err)
		fmt.Fprintf(os.Stderr, "bsgen: %s, which bsgen starts to run a model: %v\n", childArg, err)
		return 1
	}
	return 0
}

type child struct {
	in, out *os.File
	setup   setup
	write   sync.Mutex
}

// errMissing is wrapped by errors of loading the library.
var errMissing = errors.New("the library can not be loaded")

// fail says why it ends.
func (c *child) fail(id uint32, err error) {
	c.write.Lock()
	defer c.write.Unlock()
	text, reason := err.Error(), failed
	switch {
	case errors.Is(err, errMissing):
		reason = noLibrary
	case wantsMemory(text):
		reason = noMemory
	}
	writeFrame(c.out, kindFailure, id, []byte{reason}, []byte(text[:min(len(text), maxText/2)]))
}

// wantsMemory reports whether a message of a library or of the Go runtime is about
// memory that can not be had.
func wantsMemory(text string) bool {
	for _, s := range []string{"bad_alloc", "bad allocation", "Available memory of", "Failed to allocate memory", "out of memory", "cannot allocate memory", "Cannot allocate memory"} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

// expect reads the header of a frame of this kind.
func (c *child) expect(k kind, limit int64) (frame, error) {
	f, err := readFrame(c.in)
	if err == nil && (f.kind != k || f.size > limit) {
		err = fmt.Errorf("frame %d of %d bytes: %w", f.kind, f.size, errBroken)
	}
	return f, err
}

func (c *child) run() error {
	f, err := c.expect(kindSetup, maxText)
	if err != nil {
		return err
	}
	if err := readJSON(c.in, f, &c.setup); err != nil {
		return err
	}
	if err := limitSelf(c.setup.Memory, c.setup.CPUSeconds); err != nil {
		return fmt.Errorf("%w: limit the process: %w", errMissing, err)
	}
	version, err := loadLibrary(c.setup.Library)
	if err != nil {
		return fmt.Errorf("%w: %w", errMissing, err)
	}
	if err := writeJSON(c.out, kindReady, 0, ready{version}); err != nil {
		return err
	}
	if len(c.setup.Outputs) == 0 {
		return nil
	}
	if err := closeDoors(); err != nil {
		return fmt.Errorf("%w: limit the process: %w", errMissing, err)
	}
	if f, err = c.expect(kindModel, 2<<30); err != nil {
		return err
	}
	bytes := make([]byte, f.size)
	if _, err := io.ReadFull(c.in, bytes); err != nil {
		return err
	}
	m, err := loadModel(bytes, c.setup)
	if err != nil {
		return err
	}
	bytes = nil
	debug.FreeOSMemory()
	if err := writeFrame(c.out, kindLoaded, 0); err != nil {
		return err
	}
	return c.batches(m)
}

// batches computes until the parent closes its end. There is one slot more than
// batches computed at once: the next is read meanwhile, and then no more.
func (c *child) batches(m model) error {
	free := make(chan slot, c.setup.Parallel+1)
	for range c.setup.Parallel + 1 {
		free <- m.newSlot()
	}
	turns := make(chan struct{}, c.setup.Parallel)
	for {
		s := <-free
		f, err := c.expect(kindBatch, 1<<32)
		if err == io.EOF {
			return nil // running batches are of no use to anybody
		}
		if err != nil {
			return err
		}
		if _, err := readTensors(c.in, f, 1, func(_ int, shape []int64, n int) ([]float32, error) { return s.input(shape, n) }); err != nil {
			return err
		}
		turns <- struct{}{}
		go func() {
			out, err := s.run()
			<-turns
			if err == nil {
				err = c.answer(f.id, out)
			}
			if err != nil {
				c.fail(f.id, err)
				os.Exit(1)
			}
			free <- s
		}()
	}
}

// answer writes the tensors of a batch.
func (c *child) answer(id uint32, out []tensor) error {
	size := int64(0)
	for _, t := range out {
		size += 4 * int64(len(t.data))
	}
	if size > c.setup.Output {
		return fmt.Errorf("a batch gives %d bytes, more than %d", size, c.setup.Output)
	}
	c.write.Lock()
	defer c.write.Unlock()
	return writeFrame(c.out, kindResult, id, tensorParts(out...)...)
}
