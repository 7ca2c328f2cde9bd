package engine

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"unsafe"
)

// Parent and child talk in frames: a header of 16 bytes, little-endian, and a
// payload of the length that it states. Neither believes the other: a kind that is
// not expected, or a length beyond what can be meant, ends the session.
//
//	parent                         child
//	setup  JSON of setup       →
//	                           ←   ready   JSON of ready: the library is there
//	model  bytes               →
//	                           ←   loaded
//	batch  tensors, with id    →
//	                           ←   result  tensors, with that id
//	                           ←   failure a byte and a text, instead of any of these
//
// Tensors are a count (uint32), and for each of them its rank (uint32), its sizes
// (int64) and its values (float32), as the machine holds them: both ends are one
// program.
type kind uint32

const (
	kindSetup kind = iota + 1
	kindReady
	kindModel
	kindLoaded
	kindBatch
	kindResult
	kindFailure
)

const (
	headerBytes = 16
	maxText     = 1 << 20 // bytes of JSON
	maxRank     = 16
)

// setup is what the child must know before it loads the library.
type setup struct {
	Library    string
	Memory     int64
	Output     int64
	CPUSeconds int64
	Parallel   int
	Input      string
	Outputs    []string // none asks for the version alone
}

// ready tells of the library.
type ready struct{ Version string }

// failure is why the child ends.
type failure struct {
	reason byte
	what   string
}

const (
	failed    byte = iota
	noLibrary      // it can not be loaded
	noMemory       // more of it than the limit was wanted
)

// readFailure reads the payload of a failure.
func readFailure(r io.Reader, f frame) (*failure, error) {
	if f.size < 1 || f.size > maxText {
		return nil, fmt.Errorf("a failure of %d bytes: %w", f.size, errBroken)
	}
	text := make([]byte, f.size)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, err
	}
	return &failure{text[0], string(text[1:])}, nil
}

// frame is the header of a frame.
type frame struct {
	kind kind
	id   uint32
	size int64 // of the payload
}

// readFrame reads a header. io.EOF is the end between two frames.
func readFrame(r io.Reader) (frame, error) {
	var h [headerBytes]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return frame{}, err
	}
	f := frame{kind: kind(binary.LittleEndian.Uint32(h[:])), id: binary.LittleEndian.Uint32(h[4:])}
	size := binary.LittleEndian.Uint64(h[8:])
	if size > math.MaxInt64 {
		return f, fmt.Errorf("a frame of %d bytes", size)
	}
	f.size = int64(size)
	return f, nil
}

// writeFrame writes a header and a payload in parts.
func writeFrame(w io.Writer, k kind, id uint32, parts ...[]byte) error {
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	h := make([]byte, 0, headerBytes)
	h = binary.LittleEndian.AppendUint32(h, uint32(k))
	h = binary.LittleEndian.AppendUint32(h, id)
	h = binary.LittleEndian.AppendUint64(h, uint64(size))
	for _, p := range append([][]byte{h}, parts...) {
		if len(p) > 0 {
			if _, err := w.Write(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeJSON writes a frame that holds JSON.
func writeJSON(w io.Writer, k kind, id uint32, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return writeFrame(w, k, id, text)
}

// readJSON reads the payload of a frame into v.
func readJSON(r io.Reader, f frame, v any) error {
	if f.size > maxText {
		return fmt.Errorf("a message of %d bytes", f.size)
	}
	text := make([]byte, f.size)
	if _, err := io.ReadFull(r, text); err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}

// tensor is a shape with its values.
type tensor struct {
	shape []int64
	data  []float32
}

// tensorParts encodes tensors as parts of a payload; values are not copied.
func tensorParts(tensors ...tensor) [][]byte {
	parts := [][]byte{binary.LittleEndian.AppendUint32(nil, uint32(len(tensors)))}
	for _, t := range tensors {
		h := binary.LittleEndian.AppendUint32(nil, uint32(len(t.shape)))
		for _, d := range t.shape {
			h = binary.LittleEndian.AppendUint64(h, uint64(d))
		}
		parts = append(parts, h, raw(t.data))
	}
	return parts
}

// readTensors reads a payload of count tensors. The room for the values of tensor i
// comes from alloc, which is called when it is known that the payload can hold
// them; it returns n values.
func readTensors(r io.Reader, f frame, count int, alloc func(i int, shape []int64, n int) ([]float32, error)) ([]tensor, error) {
	p := payload{r, f.size}
	if n, err := p.uint32(); err != nil || int(n) != count {
		return nil, fmt.Errorf("%d tensors, want %d (%w)", n, count, orBroken(err))
	}
	out := make([]tensor, count)
	for i := range out {
		rank, err := p.uint32()
		if err != nil || rank > maxRank {
			return nil, fmt.Errorf("tensor of %d dimensions (%w)", rank, orBroken(err))
		}
		shape := make([]int64, rank)
		n := int64(1)
		for j := range shape {
			d, err := p.uint64()
			if err != nil || d > math.MaxInt32 {
				return nil, fmt.Errorf("tensor of size %d (%w)", d, orBroken(err))
			}
			shape[j], n = int64(d), min(n*int64(d), math.MaxInt32) // which can not overflow
		}
		if n > p.left/4 {
			return nil, fmt.Errorf("tensor of shape %v: %w", shape, errBroken)
		}
		data, err := alloc(i, shape, int(n))
		if err != nil {
			return nil, err
		}
		if err := p.full(raw(data)); err != nil {
			return nil, err
		}
		out[i] = tensor{shape, data}
	}
	if p.left != 0 {
		return nil, fmt.Errorf("%d bytes after the tensors: %w", p.left, errBroken)
	}
	return out, nil
}

// errBroken is a message that no honest end sends.
var errBroken = fmt.Errorf("broken message")

func orBroken(err error) error {
	if err == nil {
		return errBroken
	}
	return err
}

// payload reads what a frame holds, and no byte more.
type payload struct {
	r    io.Reader
	left int64
}

func (p *payload) full(b []byte) error {
	if int64(len(b)) > p.left {
		return io.ErrUnexpectedEOF
	}
	p.left -= int64(len(b))
	_, err := io.ReadFull(p.r, b)
	return err
}

func (p *payload) uint32() (uint32, error) {
	var b [4]byte
	err := p.full(b[:])
	return binary.LittleEndian.Uint32(b[:]), err
}

func (p *payload) uint64() (uint64, error) {
	var b [8]byte
	err := p.full(b[:])
	return binary.LittleEndian.Uint64(b[:]), err
}

// raw is the memory of values.
func raw(v []float32) []byte {
	if len(v) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), 4*len(v))
}
