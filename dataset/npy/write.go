package npy

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// Write writes a .npy file of version 1. Its bytes depend on nothing but shape and data, and the numbers start at a
// multiple of 64 bytes, as in NumPy's own files. It panics if data does not have the shape.
func Write[T float32 | float64](w io.Writer, shape []int, data []T) error {
	dtype := Float32
	if _, ok := any(data).([]float64); ok {
		dtype = Float64
	}
	if size, err := byteSize(dtype, shape); err != nil || size != int64(len(data)*dtype.Size()) {
		panic(fmt.Sprintf("npy: writing %d numbers in shape %v", len(data), shape))
	}
	if _, err := io.WriteString(w, formatHeader(dtype, shape)); err != nil {
		return fmt.Errorf("npy: writing the header: %w", err)
	}
	buf := make([]byte, 0, min(len(data)*dtype.Size(), bufferBytes))
	for len(data) > 0 {
		n := min(len(data), cap(buf)/dtype.Size())
		buf, _ = binary.Append(buf[:0], binary.LittleEndian, data[:n])
		if _, err := w.Write(buf); err != nil {
			return fmt.Errorf("npy: writing: %w", err)
		}
		data = data[n:]
	}
	return nil
}

func formatHeader(dtype DType, shape []int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "{'descr': '%s', 'fortran_order': False, 'shape': (", descrs[dtype])
	for i, n := range shape {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%d", n)
		if i < len(shape)-1 || len(shape) == 1 {
			b.WriteByte(',')
		}
	}
	b.WriteString("), }")
	const start = len(magic) + 4 // magic, version, length
	pad := 63 - (start+b.Len())%64
	return magic + "\x01\x00" + string(binary.LittleEndian.AppendUint16(nil, uint16(b.Len()+pad+1))) +
		b.String() + strings.Repeat(" ", pad) + "\n"
}

// WriterAt writes the rows of a float32 matrix in any order. The file is a
// matrix once every row is written.
type WriterAt struct {
	w      io.WriterAt
	offset int64
	cols   int
}

// NewWriterAt writes the header of a matrix of that many rows and columns.
func NewWriterAt(w io.WriterAt, rows, cols int) (*WriterAt, error) {
	if _, err := byteSize(Float32, []int{rows, cols}); err != nil {
		return nil, err
	}
	header := formatHeader(Float32, []int{rows, cols})
	if _, err := w.WriteAt([]byte(header), 0); err != nil {
		return nil, fmt.Errorf("npy: writing the header: %w", err)
	}
	return &WriterAt{w, int64(len(header)), cols}, nil
}

// Rows writes whole rows from row lo on. It may be called from several
// goroutines at once.
func (w *WriterAt) Rows(lo int, data []float32) error {
	if len(data)%w.cols != 0 {
		panic(fmt.Sprintf("npy: writing %d numbers into rows of %d", len(data), w.cols))
	}
	buf, _ := binary.Append(make([]byte, 0, 4*len(data)), binary.LittleEndian, data)
	if _, err := w.w.WriteAt(buf, w.offset+4*int64(lo)*int64(w.cols)); err != nil {
		return fmt.Errorf("npy: writing: %w", err)
	}
	return nil
}
