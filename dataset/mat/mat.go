// Package mat reads MATLAB level 5 MAT-files (what save writes with -v6 or -v7): little and big endian, plain and
// zlib-compressed, with numeric, logical, char, cell and struct arrays of any rank. Many neural data sets, such as the
// 92 object images of Kriegeskorte et al. (2008), are published in this format.
//
// A file is data from a stranger. Sizes are checked against the bytes that are there and against [Options] before
// anything is allocated, nesting is bounded, and a compressed variable may not inflate past its limit.
//
// What it does not read it names: sparse, complex and object arrays are listed with their class, and give an error when
// their values are asked for; MATLAB 4 files and MATLAB 7.3 files, which are HDF5, are refused with a hint.
//
// The layout is that of "MAT-File Format", The MathWorks, section "Level 5 MAT-File Format".
package mat

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Options bound what [Read] accepts. The zero value reads every variable under the default limits.
type Options struct {
	// Only names the variables to decode; the others are skipped without being inflated, and count towards no limit.
	// Nil means all.
	Only []string
	// MaxBytes bounds the size of all decoded variables together, after inflating. Default: 256 MiB.
	MaxBytes int64
	// MaxDepth bounds how deep cells and structs nest. Default: 32.
	MaxDepth int
	// MaxArrays bounds the number of elements of all cell and struct arrays together, where a struct counts one for each
	// field, or one if it has none, and one for each field name. Default: 262144.
	MaxArrays int
}

func (o Options) withDefaults() Options {
	if o.MaxBytes <= 0 {
		o.MaxBytes = 256 << 20
	}
	if o.MaxDepth <= 0 {
		o.MaxDepth = 32
	}
	if o.MaxArrays <= 0 {
		o.MaxArrays = 1 << 18
	}
	return o
}

// File holds the variables of one MAT-file.
type File struct {
	names []string
	vars  map[string]*Array // nil for a variable that Options.Only left out
}

// Names lists all variables in the order of the file, including those that [Options].Only left out.
func (f *File) Names() []string { return slices.Clone(f.names) }

// Var returns the variable of that name.
func (f *File) Var(name string) (*Array, error) {
	a, ok := f.vars[name]
	if !ok {
		return nil, fmt.Errorf("mat: no variable %.60q, the file has %s", name, quoteList(f.names))
	}
	if a == nil {
		return nil, fmt.Errorf("mat: variable %.60q is in the file but was not read: it is not in Options.Only", name)
	}
	return a, nil
}

const (
	headerBytes = 128
	// prefixBytes holds the flags, the dimensions (at most 32) and the name (at most 63 letters in MATLAB) of a variable,
	// which is all that is looked at of a variable that is skipped.
	prefixBytes = 1024
)

// Read reads a MAT-file up to the end of r.
func Read(r io.Reader, opts Options) (*File, error) {
	br := bufio.NewReader(r)
	var header [headerBytes]byte
	if _, err := io.ReadFull(br, header[:]); err != nil {
		return nil, fmt.Errorf("mat: reading the %d-byte header: %w", headerBytes, unexpected(err))
	}
	order, err := checkHeader(&header)
	if err != nil {
		return nil, err
	}
	d := &decoder{order: order, opts: opts.withDefaults()}
	d.arraysLeft, d.bytesLeft = d.opts.MaxArrays, d.opts.MaxBytes
	f := &File{vars: map[string]*Array{}}
	for {
		var tag [8]byte
		if _, err := io.ReadFull(br, tag[:]); err == io.EOF {
			return f, nil
		} else if err != nil {
			return nil, fmt.Errorf("mat: reading the tag of variable %d: %w", len(f.names)+1, err)
		}
		if err := d.topLevel(f, br, tag); err != nil {
			return nil, fmt.Errorf("mat: variable %d: %w", len(f.names)+1, err)
		}
	}
}

// checkHeader returns the byte order of a level 5 header, or says what the file is instead.
func checkHeader(h *[headerBytes]byte) (binary.ByteOrder, error) {
	const resave = "\nhint: in MATLAB: load it, then save(file, '-v7')"
	if bytes.HasPrefix(h[:], []byte("\x89HDF")) {
		return nil, errors.New("mat: an HDF5 file, not a MATLAB 5 file" + resave)
	}
	var order binary.ByteOrder
	switch string(h[126:]) {
	case "IM":
		order = binary.LittleEndian
	case "MI":
		order = binary.BigEndian
	default:
		if bytes.IndexByte(h[:4], 0) >= 0 {
			return nil, errors.New("mat: not a MATLAB 5 file; it could be a MATLAB 4 file" + resave)
		}
		return nil, errors.New("mat: not a MATLAB 5 file: no endian mark in its header")
	}
	switch v := order.Uint16(h[124:]); v {
	case 0x0100:
		return order, nil
	case 0x0200:
		return nil, errors.New("mat: a MATLAB 7.3 file (HDF5), which is not supported" + resave)
	default:
		return nil, fmt.Errorf("mat: unknown MAT-file version %#04x", v)
	}
}

// topLevel reads or skips the variable that follows tag.
func (d *decoder) topLevel(f *File, r io.Reader, tag [8]byte) error {
	typ, size := dataType(d.order.Uint32(tag[:])), int64(d.order.Uint32(tag[4:]))
	section := &io.LimitedReader{R: r, N: size}
	var err error
	switch typ {
	case typeMatrix:
		err = d.variable(f, section, size)
	case typeCompressed:
		err = d.compressed(f, section)
	default:
		err = fmt.Errorf("its data type is %v, not an array", typ)
	}
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, section); err != nil {
		return err
	}
	if section.N > 0 {
		return fmt.Errorf("the file ends %d bytes early: %w", section.N, io.ErrUnexpectedEOF)
	}
	return nil
}

// compressed inflates one array. Its zlib checksum is verified unless the variable is skipped.
func (d *decoder) compressed(f *File, r io.Reader) error {
	z, err := zlib.NewReader(r)
	if err != nil {
		return fmt.Errorf("inflating: %w", unexpected(err))
	}
	var tag [8]byte
	if _, err := io.ReadFull(z, tag[:]); err != nil {
		return fmt.Errorf("inflating: %w", unexpected(err))
	}
	if typ := dataType(d.order.Uint32(tag[:])); typ != typeMatrix {
		return fmt.Errorf("its compressed data type is %v, not an array", typ)
	}
	return d.variable(f, z, int64(d.order.Uint32(tag[4:])))
}

// variable reads an array of size bytes from r into f, or only its name if it is not wanted.
func (d *decoder) variable(f *File, r io.Reader, size int64) error {
	br := bufio.NewReaderSize(r, prefixBytes)
	prefix, err := br.Peek(int(min(size, prefixBytes)))
	if err != nil {
		return fmt.Errorf("reading its header: %w", unexpected(err))
	}
	head, err := (&cursor{prefix, d.order}).head()
	if err != nil {
		return err
	}
	name := head.Name
	if name == "" { // the subsystem data that MATLAB appends for objects and function handles
		return nil
	}
	if _, ok := f.vars[name]; ok {
		return fmt.Errorf("a second variable is named %.60q", name)
	}
	var a *Array
	if d.opts.Only == nil || slices.Contains(d.opts.Only, name) {
		if a, err = d.body(br, size); err != nil {
			return fmt.Errorf("%.60q: %w", name, err)
		}
	}
	f.names = append(f.names, name)
	f.vars[name] = a
	return nil
}

// body reads and decodes an array of exactly size bytes.
func (d *decoder) body(r io.Reader, size int64) (*Array, error) {
	if size > d.bytesLeft {
		return nil, fmt.Errorf("%d bytes exceed what is left of the limit of %d", size, d.opts.MaxBytes)
	}
	d.bytesLeft -= size
	// ReadAll grows with the bytes that arrive: a large size in the tag of a short file allocates nothing.
	b, err := io.ReadAll(io.LimitReader(r, size))
	if err != nil {
		return nil, unexpected(err)
	}
	if int64(len(b)) < size {
		return nil, fmt.Errorf("%d of %d bytes: %w", len(b), size, io.ErrUnexpectedEOF)
	}
	// Reading to the end makes zlib compare the checksum.
	if n, err := io.ReadFull(r, make([]byte, 1)); n > 0 {
		return nil, fmt.Errorf("data after its %d bytes", size)
	} else if err != io.EOF {
		return nil, err
	}
	a, err := d.array(b, 0)
	return &a, err
}

// unexpected turns the end of the input into an error: it is only called where more bytes must follow.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// quoteList prints the first names of a list.
func quoteList(names []string) string {
	const most = 20
	var b strings.Builder
	for i, n := range names {
		if i == most {
			fmt.Fprintf(&b, " and %d more", len(names)-most)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%.60q", n)
	}
	if b.Len() == 0 {
		return "none"
	}
	return b.String()
}
