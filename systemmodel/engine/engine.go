// Package engine runs a model on batches of images: bytes of an ONNX file and
// float32 in, float32 out.
//
// The model is a stranger's, and so is what an engine makes of it. An engine is
// therefore a library in a child process that limits itself before it sees the
// model: memory, processor time, no files, no connections, an empty environment.
// A model that crashes, loops or wants too much ends the child and is an *Error;
// the program goes on.
package engine

import (
	"context"
	"errors"
	"time"
)

// Engine opens models.
type Engine interface {
	// Open loads a model, which takes images at the input named and is read at the
	// tensors named, outputs of the model or tensors inside it. It refuses what
	// onnx.Check refuses. Errors are an *onnx.Error or *Error where the model is to
	// blame, and others where trying again may help.
	Open(ctx context.Context, model []byte, input string, outputs []string, limits Limits) (Session, error)
	// Name is what results call the engine: "onnxruntime".
	Name() string
	// Version is that of the library, such as "1.30.0".
	Version() string
}

// Session is a model that has been loaded.
type Session interface {
	// Run shows the model a batch and returns the tensors in the order of Open.
	// The batch is in row-major order; the first size of its shape is the number of
	// images, and so it is of each tensor that comes back. Values are finite: NaN
	// and infinity are an *Error that names the tensor.
	//
	// Run may be called by several goroutines: as many batches as Limits.Parallel
	// are computed at once, and the next is handed over meanwhile, so that a caller
	// with one goroutine more than that keeps the engine busy while it prepares
	// images. The batch may be used again when Run has returned. After an error the
	// session is done for.
	//
	// The values do not depend on the size of the batch, nor on Parallel.
	Run(ctx context.Context, batch []float32, shape []int64) ([]Tensor, error)
	// Close ends the session, and whatever runs in it.
	Close() error
}

// Tensor is what a model gives for a batch.
type Tensor struct {
	Name  string
	Shape []int64   // the first size is the number of images
	Data  []float32 // row-major
}

// Limits bound what a session may use. The zero value is the default of each.
type Limits struct {
	Memory   int64         // bytes of constants and tensors; default 2 GiB, and 1 GiB for each batch computed at once. The child process gets twice that and 1 GiB
	Output   int64         // bytes that one batch may give; default 512 MiB
	Load     time.Duration // until the model is loaded; default 2 minutes
	Batch    time.Duration // without a batch coming back; default 5 minutes
	CPU      time.Duration // of processor time in all; default 6 hours, at least 1 s
	Parallel int           // batches computed at once, each by one thread; default GOMAXPROCS
}

// Error is a model that can not be run, for a reason that lies in the model: the
// same would happen again.
type Error struct {
	What string // no capital, no full stop; without addresses, times or paths
	Hint string // may be empty
}

func (e *Error) Error() string { return e.What }

// ErrUnavailable is wrapped by errors that say why no engine can be had. They lie
// in the machine, not in a model: such a model has not failed, it has not run.
var ErrUnavailable = errors.New("no engine to run models with")

// Unavailable says why there is no engine, and what to do. It wraps ErrUnavailable.
type Unavailable struct {
	Why, Hint string
}

func (u *Unavailable) Error() string { return ErrUnavailable.Error() + ": " + u.Why }

// Unwrap makes it an ErrUnavailable.
func (u *Unavailable) Unwrap() error { return ErrUnavailable }

// Tolerance is how far the same tensor may lie apart on two machines, relative to
// its largest magnitude: kernels for different processors add in another order. On
// one machine values are the same bits every time. Between ONNX Runtime's blocked
// kernels and its plain ones, which add as differently, the tensors of the models
// that ship lie apart by at most 1.4e-5 (`go run ./bench/engine -kernels`): this is
// seven times as much.
const Tolerance = 1e-4
