package dataset

import (
	"fmt"
	"math"
	"path/filepath"

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
// compressed with Zstandard) or safetensors (with the name of the tensor): one row for each of n stimuli, further
// dimensions flattened to units. Numbers stay float32 where they were recorded
// so. A value that is NaN or infinite, another number of rows, and an array of
// more than memory bytes are errors.
func Activations(path, format, tensor string, n int, memory int64) (*assembly.Activations, error) {
	name := filepath.Base(path)
	a, done, err := openArray(path, format, tensor, memory)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer done()
	if shape := a.Shape(); len(shape) < 2 || a.RowLen() == 0 {
		return nil, fmt.Errorf("%s: the shape is %v, not stimuli x units", name, shape)
	}
	if a.Rows() != n {
		return nil, fmt.Errorf("%s has %d rows, the stimulus set has %d stimuli: one row each, in the order of the list", name, a.Rows(), n)
	}
	out := &assembly.Activations{Stimuli: n, Units: a.RowLen()}
	size := int64(8)
	wide := a.DType() == npy.Float64 || a.DType() == npy.Int32 || a.DType() == npy.Int64
	if !wide {
		size = 4
	}
	if int64(n) > memory/size/int64(out.Units) {
		return nil, &TooLargeError{name, size * int64(n) * int64(out.Units), memory}
	}
	if wide {
		out.Float64 = make([]float64, n*out.Units)
		err = a.Float64s(out.Float64, 0, n)
	} else {
		out.Float32 = make([]float32, n*out.Units)
		err = a.Float32s(out.Float32, 0, n)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	row := make([]float64, out.Units)
	for i := range n {
		out.Row(row, i, 0)
		for k, v := range row {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("%s: stimulus %d, unit %d is %v", name, i+1, k+1, v)
			}
		}
	}
	return out, nil
}

// openArray opens the array of a file; done closes it.
func openArray(path, format, tensor string, memory int64) (a *npy.Array, done func() error, err error) {
	if format != "safetensors" {
		f, err := npy.Open(path, npy.Limits{MaxBytes: memory})
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
	if a, err = f.Tensor(tensor); err != nil {
		f.Close()
		return nil, nil, err
	}
	return a, f.Close, nil
}
