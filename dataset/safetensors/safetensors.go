// Package safetensors reads .safetensors files, the format in which PyTorch users save several tensors, such as the
// responses of several layers, in one file (safetensors.torch.save_file).
//
// A file is an 8-byte little-endian length, a JSON header of that length, and the numbers:
//
//	{"layer4": {"dtype": "F16", "shape": [640, 2048], "data_offsets": [0, 2621440]}, "__metadata__": {"format": "pt"}}
//
// A file is data from a stranger. The header is capped before it is read and its JSON taken strictly: no unknown,
// repeated or missing key. The tensors must cover the rest of the file without hole or overlap, as the format demands,
// and each must have the bytes that its shape needs. The numbers stay in the file until they are read.
//
// The format: https://huggingface.co/docs/safetensors
package safetensors

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/bsgen/bsgen/dataset/mapped"
	"github.com/bsgen/bsgen/dataset/npy"
)

// Limits bound what [Open] and [New] accept. The zero value means the defaults.
type Limits struct {
	// MaxHeader bounds the bytes of the header, of which a tensor takes about 100. Default: 1 MiB.
	MaxHeader int64
}

func (l Limits) maxHeader() int64 {
	if l.MaxHeader <= 0 {
		return 1 << 20
	}
	return l.MaxHeader
}

// File holds the tensors of one file.
type File struct {
	names   []string
	tensors map[string]*npy.Array
	closer  io.Closer
}

// Open opens and maps a file. It must be closed after use. Errors do not name the path.
func Open(path string, limits Limits) (*File, error) {
	r, err := mapped.Open(path)
	if err != nil {
		return nil, fmt.Errorf("safetensors: opening the file: %w", withoutPath(err))
	}
	f, err := New(r, r.Size(), limits)
	if err != nil {
		r.Close()
		return nil, err
	}
	f.closer = r
	return f, nil
}

// New reads the header of the size bytes in r. The tensors read from r.
func New(r io.ReaderAt, size int64, limits Limits) (*File, error) {
	f, err := scan(r, size, limits)
	if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	return f, nil
}

// Close closes a file that [Open] opened. Its tensors must not be read after that.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}

// Names lists the tensors in the order of their numbers in the file.
func (f *File) Names() []string { return slices.Clone(f.names) }

// Tensor returns the tensor of that name. It may be read from several goroutines at once.
func (f *File) Tensor(name string) (*npy.Array, error) {
	t, ok := f.tensors[name]
	if !ok {
		return nil, fmt.Errorf("safetensors: no tensor %.60q among the %d of the file", name, len(f.names))
	}
	return t, nil
}

func scan(r io.ReaderAt, size int64, limits Limits) (*File, error) {
	const start = 8
	if size < start {
		return nil, fmt.Errorf("a file of %d bytes is too short", size)
	}
	var prefix [start]byte
	if err := readFull(r, prefix[:], 0); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(prefix[:])
	if n > uint64(size-start) {
		return nil, fmt.Errorf("a header of %d bytes in a file of %d; not a .safetensors file?", n, size)
	}
	if n > uint64(limits.maxHeader()) {
		return nil, fmt.Errorf("a header of %d bytes exceeds the limit of %d", n, limits.maxHeader())
	}
	text := make([]byte, n)
	if err := readFull(r, text, start); err != nil {
		return nil, err
	}
	entries, err := parseHeader(text)
	if err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	return layOut(entries, r, start+int64(n), size)
}

func readFull(r io.ReaderAt, b []byte, at int64) error {
	// At the end of the data ReadAt may give all bytes and io.EOF.
	if n, err := r.ReadAt(b, at); n < len(b) {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("reading the header: %w", withoutPath(err))
	}
	return nil
}

// withoutPath takes the path out of an error of package os: messages on a file's contents are published.
func withoutPath(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// layOut checks that the entries cover the bytes from start to end, in whatever order the header lists them.
func layOut(entries []entry, r io.ReaderAt, start, end int64) (*File, error) {
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end), cmp.Compare(a.name, b.name))
	})
	f := &File{tensors: make(map[string]*npy.Array, len(entries))}
	size := end - start
	var at int64
	for _, e := range entries {
		switch {
		case e.begin < 0 || e.end < e.begin || e.end > size:
			return nil, fmt.Errorf("tensor %.60q: bytes %d to %d are not in the file, which has %d", e.name, e.begin, e.end, size)
		case e.begin < at:
			return nil, fmt.Errorf("tensor %.60q: bytes %d to %d overlap the tensor before, which ends at %d", e.name, e.begin, e.end, at)
		case e.begin > at:
			return nil, fmt.Errorf("tensor %.60q: bytes %d to %d before it belong to no tensor", e.name, at, e.begin)
		}
		n := e.end - e.begin
		array, err := npy.NewArray(e.dtype, e.shape, section(r, start+e.begin, n), n)
		if err != nil {
			return nil, fmt.Errorf("tensor %.60q: %w", e.name, err)
		}
		f.names = append(f.names, e.name)
		f.tensors[e.name] = array
		at = e.end
	}
	if at < size {
		return nil, errors.New("the file has bytes after the last tensor")
	}
	return f, nil
}

func section(r io.ReaderAt, off, n int64) io.ReaderAt {
	if f, ok := r.(*mapped.File); ok {
		return f.Section(off, n)
	}
	return io.NewSectionReader(r, off, n)
}
