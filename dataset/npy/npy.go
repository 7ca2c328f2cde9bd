// Package npy reads and writes NumPy's .npy files, plain or compressed with Zstandard: the format in which model
// responses are submitted (numpy.save) and several neural data sets are published.
//
// It reads versions 1 to 3 of the header, C order, little endian, and the types float16, float32, float64, int8 to int64,
// uint8 and bool, with up to 8 dimensions. Anything else, such as Fortran order or pickled objects, is refused with a hint.
//
// A file is data from a stranger. The shape in the header is compared with the bytes that are there before anything is
// allocated, and an [Array] is read in ranges of rows, so that a caller decides how much of it is in memory.
//
// The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
package npy

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/klauspost/compress/zstd"

	"github.com/bsgen/bsgen/dataset/mapped"
)

// Limits bound the memory that [Read] and [Open] use. The zero value means the defaults.
type Limits struct {
	// MaxBytes bounds the decompressed size of an array that is held in memory. Default: 2 GiB. A compressed array of
	// more than 4 GiB is refused whatever the limit is.
	MaxBytes int64
	// Check, if not nil, is called with the header before memory is allocated for the numbers or any of them is
	// decompressed. Its error ends the reading and is returned.
	Check func(Header) error
}

func (l Limits) maxBytes() int64 {
	if l.MaxBytes <= 0 {
		return 2 << 30
	}
	return l.MaxBytes
}

const (
	// maxWindow is the memory that a Zstandard frame may ask for, enough for all levels up to 20.
	maxWindow = 32 << 20
	// maxExpanded bounds what a compressed array may expand to, on any machine.
	maxExpanded = 4 << 30
)

// File is an open .npy file.
type File struct {
	*Array
	file *mapped.File
}

// Close closes the file. The array must not be read after that.
func (f *File) Close() error { return f.file.Close() }

// Open opens a .npy file, whose length must be what its shape says. The file is mapped, and the numbers stay in it until
// they are read; a file that has become shorter by then is an error. One compressed with Zstandard, which is recognised by
// its first bytes, is held in memory within the limits. Errors do not name the path.
func Open(path string, limits Limits) (*File, error) {
	r, err := mapped.Open(path)
	if err != nil {
		return nil, fmt.Errorf("npy: opening the file: %w", withoutPath(err))
	}
	a, err := open(r, limits)
	if err != nil {
		r.Close()
		return nil, err
	}
	return &File{a, r}, nil
}

func open(r *mapped.File, limits Limits) (*Array, error) {
	counted := &countingReader{r: r.Section(0, r.Size())}
	br := bufio.NewReader(counted)
	if compressed(br) {
		return Read(br, limits)
	}
	h, err := readHeader(br)
	if err != nil {
		return nil, err
	}
	if err := limits.check(h); err != nil {
		return nil, err
	}
	start := counted.n - int64(br.Buffered())
	size := r.Size() - start
	return NewArray(h.DType, h.Shape, r.Section(start, size), size)
}

func (l Limits) check(h Header) error {
	if l.Check == nil {
		return nil
	}
	return l.Check(h)
}

// compressed reports whether r starts with a Zstandard frame.
func compressed(r *bufio.Reader) bool {
	const magic = "\x28\xb5\x2f\xfd"
	start, _ := r.Peek(len(magic))
	return string(start) == magic
}

// Read reads a .npy file, or one compressed with Zstandard, up to the end of r into memory.
func Read(r io.Reader, limits Limits) (*Array, error) {
	br := bufio.NewReader(r)
	if !compressed(br) {
		return read(br, false, limits)
	}
	z, err := zstd.NewReader(br, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	defer z.Close()
	return read(z, true, limits)
}

func read(r io.Reader, compressed bool, limits Limits) (*Array, error) {
	h, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	h.Compressed = compressed
	size, err := h.Bytes()
	if err != nil {
		return nil, err
	}
	if compressed && size > maxExpanded {
		return nil, fmt.Errorf("npy: %d bytes for shape %v exceed the limit of %d for a compressed array", size, h.Shape, int64(maxExpanded))
	}
	if err := limits.check(h); err != nil {
		return nil, err
	}
	if size > limits.maxBytes() {
		return nil, fmt.Errorf("npy: %d bytes for shape %v exceed the limit of %d", size, h.Shape, limits.maxBytes())
	}
	// A compressed file, however short, may hold all that its header says: one buffer of that size. A plain one holds
	// what arrives: a large shape in the header of a short file allocates little. The byte beyond the array makes a
	// longer file an error, and zstd compare its checksum.
	room := size + 1 + bytes.MinRead
	if !compressed {
		room = min(room, 1<<20)
	}
	buf := bytes.NewBuffer(make([]byte, 0, room))
	if _, err := buf.ReadFrom(io.LimitReader(r, size+1)); err != nil {
		return nil, fmt.Errorf("npy: reading an array of shape %v: %w", h.Shape, err)
	}
	if int64(buf.Len()) > size {
		return nil, fmt.Errorf("npy: data after the %d bytes of shape %v", size, h.Shape)
	}
	return NewArray(h.DType, h.Shape, bytes.NewReader(buf.Bytes()), int64(buf.Len()))
}

// countingReader counts the bytes read through it.
type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, withoutPath(err)
}

// withoutPath takes the path out of an error of package os: messages on a file's contents are published.
func withoutPath(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}
