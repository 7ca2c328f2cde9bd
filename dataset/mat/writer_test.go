package mat

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"math"
)

// writer makes MAT-files for the tests, in either byte order. It writes what it is told, sound or not.
type writer struct{ order binary.AppendByteOrder }

var (
	little = writer{binary.LittleEndian}
	big    = writer{binary.BigEndian}
)

func (w writer) file(elements ...[]byte) []byte {
	b := bytes.Repeat([]byte(" "), 124)
	copy(b, "MATLAB 5.0 MAT-file, written by a test")
	b = w.order.AppendUint16(b, 0x0100)
	b = w.order.AppendUint16(b, 'M'<<8|'I')
	return append(b, bytes.Join(elements, nil)...)
}

// element writes a padded data element.
func (w writer) element(typ dataType, data []byte) []byte {
	b := w.order.AppendUint32(nil, uint32(typ))
	b = w.order.AppendUint32(b, uint32(len(data)))
	b = append(b, data...)
	for len(b)%8 != 0 {
		b = append(b, 0)
	}
	return b
}

// small writes a small data element: data of at most 4 bytes.
func (w writer) small(typ dataType, data []byte) []byte {
	b := w.order.AppendUint32(nil, uint32(len(data))<<16|uint32(typ))
	return append(append(b, data...), make([]byte, 4-len(data))...)
}

func (w writer) int32s(v ...int32) []byte {
	var b []byte
	for _, x := range v {
		b = w.order.AppendUint32(b, uint32(x))
	}
	return w.element(typeInt32, b)
}

const (
	logicalFlag = 0x0200
	complexFlag = 0x0800
)

// array writes an array of the class in the low byte of flags.
func (w writer) array(flags uint32, name string, dims []int32, parts ...[]byte) []byte {
	b := w.element(typeUint32, w.order.AppendUint32(w.order.AppendUint32(nil, flags), 0))
	b = append(b, w.int32s(dims...)...)
	if n := len(name); n > 0 && n <= 4 {
		b = append(b, w.small(typeInt8, []byte(name))...)
	} else {
		b = append(b, w.element(typeInt8, []byte(name))...)
	}
	return w.element(typeMatrix, append(b, bytes.Join(parts, nil)...))
}

func (w writer) doubles(name string, dims []int32, v ...float64) []byte {
	return w.array(uint32(Double), name, dims, w.numbers(typeDouble, v...))
}

// numbers writes v in the data type typ.
func (w writer) numbers(typ dataType, v ...float64) []byte {
	var b []byte
	for _, x := range v {
		switch typ {
		case typeInt8:
			b = append(b, byte(int8(x)))
		case typeUint8:
			b = append(b, byte(x))
		case typeInt16:
			b = w.order.AppendUint16(b, uint16(int16(x)))
		case typeUint16:
			b = w.order.AppendUint16(b, uint16(x))
		case typeInt32:
			b = w.order.AppendUint32(b, uint32(int32(x)))
		case typeUint32:
			b = w.order.AppendUint32(b, uint32(x))
		case typeSingle:
			b = w.order.AppendUint32(b, math.Float32bits(float32(x)))
		case typeDouble:
			b = w.order.AppendUint64(b, math.Float64bits(x))
		case typeInt64:
			b = w.order.AppendUint64(b, uint64(int64(x)))
		case typeUint64:
			b = w.order.AppendUint64(b, uint64(x))
		}
	}
	return w.element(typ, b)
}

// text writes a char array of one row.
func (w writer) text(name, s string) []byte {
	var b []byte
	for _, c := range []byte(s) {
		b = w.order.AppendUint16(b, uint16(c))
	}
	return w.array(uint32(Char), name, []int32{1, int32(len(s))}, w.element(typeUint16, b))
}

// structs writes a struct array; parts are the fields of element 0, then those of element 1, and so on.
func (w writer) structs(name string, dims []int32, fields []string, parts ...[]byte) []byte {
	const length = 32
	letters := make([]byte, length*len(fields))
	for i, f := range fields {
		copy(letters[i*length:], f)
	}
	head := [][]byte{w.small(typeInt32, w.order.AppendUint32(nil, length)), w.element(typeInt8, letters)}
	return w.array(uint32(Struct), name, dims, append(head, parts...)...)
}

// deflate wraps an element the way save does.
func (w writer) deflate(element []byte) []byte { return w.deflateFrom(bytes.NewReader(element)) }

func (w writer) deflateFrom(r io.Reader) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := io.Copy(z, r); err != nil {
		panic(err)
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return w.raw(typeCompressed, b.Bytes())
}

// raw writes an element without padding.
func (w writer) raw(typ dataType, data []byte) []byte {
	b := w.order.AppendUint32(nil, uint32(typ))
	b = w.order.AppendUint32(b, uint32(len(data)))
	return append(b, data...)
}
