package dataset

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"

	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/dataset/npy"
	"github.com/bsgen/bsgen/dataset/safetensors"
)

// TooLargeError says that an array does not fit into the memory that may be used.
type TooLargeError struct {
	File       string
	Need, Have int64 // bytes
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%s needs %.1f GB of memory, and %.1f GB may be used", e.File, float64(e.Need)/1e9, float64(e.Have)/1e9)
}

// Activations reads a model's activations in the format npy (plain or
// compressed with Zstandard) or safetensors (with the name of the tensor): one
// row for each of n stimuli, further dimensions flattened to units. Numbers
// stay float32 where they were recorded so. A value that is NaN or infinite and
// another number of rows are errors. An array that needs more than memory bytes
// stays in its file, which must be closed, or, compressed, is a
// [*TooLargeError]. Rows and memory are looked at before the numbers are. A file
// that can not be read is a [*SourceError].
func Activations(path, format, tensor string, n int, memory int64) (*assembly.Activations, error) {
	name := filepath.Base(path)
	var refused error
	large := false
	check := func(h npy.Header) error {
		refused = fits(name, h, n, memory)
		if _, ok := errors.AsType[*TooLargeError](refused); ok && !h.Compressed {
			large, refused = true, nil
		}
		return refused
	}
	a, done, err := openArray(path, format, tensor, npy.Limits{MaxBytes: memory, Check: check})
	if refused != nil {
		return nil, refused
	}
	if err != nil {
		return nil, readError(name, err)
	}
	out := &assembly.Activations{Stimuli: n, Units: a.RowLen()}
	switch {
	case large:
		out.Stored = &stored{array: a, name: name, done: done}
	case width(a.DType()) == 8:
		out.Float64 = make([]float64, n*out.Units)
		err = a.Float64s(out.Float64, 0, n)
	default:
		out.Float32 = make([]float32, n*out.Units)
		err = a.Float32s(out.Float32, 0, n)
	}
	if err == nil {
		err = allFinite(out, func(dst []float64, i, lo int) error {
			if large {
				return a.Row(dst, i, lo)
			}
			out.Row(dst, i, lo)
			return nil
		})
	}
	if err == nil && large {
		err = a.Intact()
	}
	if err != nil || !large {
		done()
	}
	if err != nil {
		return nil, readError(name, err)
	}
	return out, nil
}

// allFinite returns the error that names the first value that is not.
func allFinite(a *assembly.Activations, read func(dst []float64, i, lo int) error) error {
	row := make([]float64, min(a.Units, 1<<16))
	for i := range a.Stimuli {
		for lo := 0; lo < a.Units; lo += len(row) {
			part := row[:min(len(row), a.Units-lo)]
			if err := read(part, i, lo); err != nil {
				return err
			}
			for k, v := range part {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					return fmt.Errorf("stimulus %d, unit %d is %v", i+1, lo+k+1, v)
				}
			}
		}
	}
	return nil
}

// stored implements [assembly.Stored].
type stored struct {
	array  *npy.Array
	name   string
	done   func() error
	failed atomic.Pointer[error] // the first
}

func (s *stored) Row(dst []float64, i, lo int) {
	err := s.array.Row(dst, i, lo)
	if err == nil {
		return
	}
	s.failed.CompareAndSwap(nil, &err)
	for k := range dst {
		dst[k] = math.NaN()
	}
}

// Err makes it an error of the machine: the same values were read before.
func (s *stored) Err() error {
	err := s.array.Intact()
	if first := s.failed.Load(); first != nil {
		err = *first
	}
	if err == nil {
		return nil
	}
	return &SourceError{Source{File: s.name}, fmt.Errorf("read %s again: %w", s.name, err)}
}

func (s *stored) Close() error { return s.done() }

// fits reports why an array is not one row of numbers for each of n stimuli in
// at most memory bytes.
func fits(name string, h npy.Header, n int, memory int64) error {
	stored, err := h.Bytes()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(h.Shape) < 2 || slices.Contains(h.Shape[1:], 0) {
		return fmt.Errorf("%s: the shape is %v, not stimuli x units", name, h.Shape)
	}
	if h.Shape[0] != n {
		return fmt.Errorf("%s has %d rows, the stimulus set has %d stimuli: one row each, in the order of the list", name, h.Shape[0], n)
	}
	need := int64(math.MaxInt64)
	if numbers := stored / int64(h.DType.Size()); numbers < math.MaxInt64/16 {
		need = numbers * width(h.DType)
		if h.Compressed { // the numbers as they are stored are in memory too
			need += stored
		}
	}
	if need > memory {
		return &TooLargeError{name, need, memory}
	}
	return nil
}

// width is the number of bytes of a number in memory.
func width(t npy.DType) int64 {
	switch t {
	case npy.Float64, npy.Int32, npy.Int64:
		return 8
	}
	return 4
}

// readError names the file. What the operating system reports is not about the
// file's contents.
func readError(name string, err error) error {
	if _, ok := errors.AsType[syscall.Errno](err); ok {
		return &SourceError{Source{File: name}, fmt.Errorf("read %s: %w", name, err)}
	}
	return fmt.Errorf("%s: %w", name, err)
}

// openArray opens the array of a file; done closes it.
func openArray(path, format, tensor string, limits npy.Limits) (a *npy.Array, done func() error, err error) {
	if format != "safetensors" {
		f, err := npy.Open(path, limits)
		if err != nil {
			return nil, nil, err
		}
		return f.Array, f.Close, nil
	}
	f, err := safetensors.Open(path, safetensors.Limits{})
	if err != nil {
		return nil, nil, err
	}
	if tensor == "" {
		f.Close()
		return nil, nil, fmt.Errorf("name the tensor with variable: there are %s", assembly.NameList(f.Names(), 20))
	}
	if a, err = f.Tensor(tensor); err == nil {
		err = limits.Check(npy.Header{DType: a.DType(), Shape: a.Shape()})
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return a, f.Close, nil
}
