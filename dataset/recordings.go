package dataset

import (
	"bytes"
	"fmt"
	"math"
	"slices"

	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/dataset/npy"
)

// maxArray bounds an array that is read whole (1 GiB of float64).
const maxArray = 1 << 27

// Recordings reads one .npy array for each subject, with the dimensions
// neuroid, stimulus and repetition in the order that dims gives; without
// repetition the numbers are means over them. NaN is a
// missing repetition; an infinity is an error. All subjects saw the same
// stimuli, which are named by their position from 1.
func Recordings(subjects, files []string, data [][]byte, dims []string) (*assembly.Recordings, error) {
	rank := len(dims)
	if rank == 2 && !slices.Contains(dims, "repetition") { // means over the repetitions: one of each
		dims = append(slices.Clone(dims), "repetition")
	}
	axis := [3]int{slices.Index(dims, "neuroid"), slices.Index(dims, "stimulus"), slices.Index(dims, "repetition")}
	if len(dims) != 3 || slices.Contains(axis[:], -1) {
		return nil, fmt.Errorf("dims %v: name neuroid, stimulus and repetition in the file's order", dims)
	}
	out := &assembly.Recordings{}
	for k, subject := range subjects {
		values, shape, err := array(files[k], data[k], rank, maxArray)
		if err != nil {
			return nil, err
		}
		if rank == 2 {
			shape = append(slices.Clone(shape), 1)
		}
		n, s, r := shape[axis[0]], shape[axis[1]], shape[axis[2]]
		if out.Stimuli == nil {
			out.Repeats = r
			for i := range s {
				out.Stimuli = append(out.Stimuli, fmt.Sprintf("%04d", i+1))
			}
		}
		if s != len(out.Stimuli) || r != out.Repeats {
			return nil, fmt.Errorf("%s: %d stimuli x %d repetitions, the subjects before have %d x %d", files[k], s, r, len(out.Stimuli), out.Repeats)
		}
		stride := [3]int{shape[1] * shape[2], shape[2], 1}
		for i := range n {
			row := make([]float64, 0, s*r)
			for j := range s {
				for l := range r {
					v := values[i*stride[axis[0]]+j*stride[axis[1]]+l*stride[axis[2]]]
					if math.IsInf(v, 0) {
						return nil, fmt.Errorf("%s: neuroid %d, stimulus %d, repetition %d is %v", files[k], i+1, j+1, l+1, v)
					}
					row = append(row, v)
				}
			}
			out.Neuroids = append(out.Neuroids, fmt.Sprintf("%s-%d", subject, i+1))
			out.Subject = append(out.Subject, subject)
			out.Values = append(out.Values, row)
		}
	}
	return out, nil
}

// Matrix reads the .npy array of a square matrix whole, row by row.
func Matrix(file string, data []byte) ([]float64, []int, error) {
	return array(file, data, 2, maxRDM*maxRDM)
}

// array reads an array of so many dimensions and at most so many numbers.
func array(file string, data []byte, rank int, most int64) ([]float64, []int, error) {
	a, err := npy.Read(bytes.NewReader(data), npy.Limits{Check: func(h npy.Header) error {
		if rank == 2 && len(h.Shape) == 1 {
			return fmt.Errorf("the shape is %v, not a matrix\nhint: scipy.spatial.distance.squareform(r) makes the matrix of a vector of pairs", h.Shape)
		}
		if len(h.Shape) != rank || slices.Contains(h.Shape, 0) {
			return fmt.Errorf("the shape is %v, not %d dimensions of one or more", h.Shape, rank)
		}
		if size, err := h.Bytes(); err != nil {
			return err
		} else if size/int64(h.DType.Size()) > most {
			return fmt.Errorf("more than %d numbers", most)
		}
		return nil
	}})
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", file, err)
	}
	shape := a.Shape()
	values := make([]float64, a.Rows()*a.RowLen())
	if err := a.Float64s(values, 0, a.Rows()); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", file, err)
	}
	return values, shape, nil
}
