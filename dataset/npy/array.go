package npy

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"
)

// DType is how the numbers of an array are stored, always in little endian.
type DType uint8

// The types. BFloat16 does not exist in .npy files; it is here for package safetensors, which shares [Array].
const (
	Float16 DType = iota + 1
	Float32
	Float64
	Int8
	Int16
	Int32
	Int64
	Uint8
	Bool
	BFloat16
)

var (
	descrs     = [...]string{Float16: "<f2", Float32: "<f4", Float64: "<f8", Int8: "|i1", Int16: "<i2", Int32: "<i4", Int64: "<i8", Uint8: "|u1", Bool: "|b1", BFloat16: ""}
	dtypeNames = [...]string{Float16: "float16", Float32: "float32", Float64: "float64", Int8: "int8", Int16: "int16", Int32: "int32", Int64: "int64", Uint8: "uint8", Bool: "bool", BFloat16: "bfloat16"}
	dtypeSizes = [...]int{Float16: 2, Float32: 4, Float64: 8, Int8: 1, Int16: 2, Int32: 4, Int64: 8, Uint8: 1, Bool: 1, BFloat16: 2}
)

// String is NumPy's name of the type.
func (t DType) String() string { return dtypeNames[t] }

// Size is the number of bytes of one number.
func (t DType) Size() int { return dtypeSizes[t] }

// Array is an array of numbers in C order that are decoded when they are read. Its rows are the elements along the first
// dimension. It may be read from several goroutines at once.
type Array struct {
	dtype  DType
	shape  []int
	rows   int
	rowLen int
	data   io.ReaderAt
}

// NewArray is an array whose numbers are the size bytes of data. It is an error if the shape has more than 8 dimensions
// or a negative one, or needs another number of bytes. If data has a method Intact() error, that is asked after reading.
func NewArray(dtype DType, shape []int, data io.ReaderAt, size int64) (*Array, error) {
	want, err := byteSize(dtype, shape)
	if err != nil {
		return nil, err
	}
	if want != size {
		return nil, fmt.Errorf("npy: shape %v of %v needs %d bytes, there are %d", shape, dtype, want, size)
	}
	a := &Array{dtype: dtype, shape: slices.Clone(shape), rows: 1, rowLen: 1, data: data}
	for i, n := range shape {
		if i == 0 {
			a.rows = n
		} else {
			a.rowLen *= n
		}
	}
	return a, nil
}

// byteSize is the size of an array. It is an error if a product of some of the dimensions overflows.
func byteSize(dtype DType, shape []int) (int64, error) {
	if len(shape) > maxRank {
		return 0, fmt.Errorf("npy: more than %d dimensions", maxRank)
	}
	size, empty := dtype.Size(), false
	for _, n := range shape {
		switch {
		case n < 0:
			return 0, fmt.Errorf("npy: shape %v is negative", shape)
		case n == 0:
			empty = true
		case n > math.MaxInt/size:
			return 0, fmt.Errorf("npy: the product of shape %v overflows", shape)
		default:
			size *= n
		}
	}
	if empty {
		return 0, nil
	}
	return int64(size), nil
}

// DType is the type in which the numbers are stored.
func (a *Array) DType() DType { return a.dtype }

// Shape is the shape; it is empty for a single number.
func (a *Array) Shape() []int { return slices.Clone(a.shape) }

// Rows is the first dimension, or 1 for a single number.
func (a *Array) Rows() int { return a.rows }

// RowLen is the product of the other dimensions: the numbers in a row.
func (a *Array) RowLen() int { return a.rowLen }

// Float64s decodes the rows lo to hi, hi excluded, into dst, which holds (hi-lo)*RowLen numbers. Every value is exact: an
// integer beyond 2^53, which a float64 may not hold, is an error. NaN and infinities are decoded as they are. It panics if
// the rows are not in the array or dst has another length.
func (a *Array) Float64s(dst []float64, lo, hi int) error {
	return decodeRows(a, dst, lo, hi)
}

// Float32s is like [Array.Float64s] for float32. It is an error for the types whose values a float32 may not hold:
// float64, int32 and int64.
func (a *Array) Float32s(dst []float32, lo, hi int) error {
	switch a.dtype {
	case Float64, Int32, Int64:
		return fmt.Errorf("npy: %v does not fit into float32", a.dtype)
	}
	return decodeRows(a, dst, lo, hi)
}

// Row decodes len(dst) numbers of row i, from number lo on, like [Array.Float64s]. It panics if they are not in the row.
// After the last row, ask [Array.Intact].
func (a *Array) Row(dst []float64, i, lo int) error {
	if i < 0 || i >= a.rows || lo < 0 || len(dst) > a.rowLen-lo {
		panic(fmt.Sprintf("npy: numbers %d to %d of row %d of %d x %d", lo, lo+len(dst), i, a.rows, a.rowLen))
	}
	return decodeAt(a, dst, i*a.rowLen+lo)
}

// Intact returns an error if the file that the numbers are in has become shorter: what was read of it is not to be used.
func (a *Array) Intact() error {
	data, ok := a.data.(interface{ Intact() error })
	if !ok {
		return nil
	}
	if err := data.Intact(); err != nil {
		return fmt.Errorf("npy: %w", withoutPath(err))
	}
	return nil
}

// bufferBytes is how much is read at once, a multiple of every type's size that stays in the processor's cache.
const bufferBytes = 64 << 10

func decodeRows[T float32 | float64](a *Array, dst []T, lo, hi int) error {
	if lo < 0 || hi < lo || hi > a.rows {
		panic(fmt.Sprintf("npy: rows %d to %d of %d", lo, hi, a.rows))
	}
	if len(dst) != (hi-lo)*a.rowLen {
		panic(fmt.Sprintf("npy: %d numbers for %d rows of %d", len(dst), hi-lo, a.rowLen))
	}
	if err := decodeAt(a, dst, lo*a.rowLen); err != nil {
		return err
	}
	return a.Intact()
}

var buffers = sync.Pool{New: func() any { return new([bufferBytes]byte) }}

// decodeAt decodes numbers from number at on.
func decodeAt[T float32 | float64](a *Array, dst []T, at int) error {
	size := a.dtype.Size()
	buf := buffers.Get().(*[bufferBytes]byte)
	defer buffers.Put(buf)
	for len(dst) > 0 {
		n := min(len(dst), bufferBytes/size)
		part := buf[:n*size]
		// At the end of the data ReadAt may give all bytes and io.EOF.
		if got, err := a.data.ReadAt(part, int64(at)*int64(size)); got < len(part) {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return fmt.Errorf("npy: reading row %d: %w", at/max(1, a.rowLen), withoutPath(err))
		}
		if bad := decode(dst[:n], a.dtype, part); bad >= 0 {
			return fmt.Errorf("npy: number %d, an integer beyond 2^53, does not fit into a float64", at+bad)
		}
		dst, at = dst[n:], at+n
	}
	return nil
}

// decode decodes len(dst) numbers of b. It returns the index of an integer beyond 2^53, or -1.
func decode[T float32 | float64](dst []T, dtype DType, b []byte) int {
	le := binary.LittleEndian
	switch dtype {
	case Float16:
		for i := range dst {
			dst[i] = T(float16(le.Uint16(b[2*i:])))
		}
	case BFloat16: // the upper half of a float32
		for i := range dst {
			dst[i] = T(math.Float32frombits(uint32(le.Uint16(b[2*i:])) << 16))
		}
	case Float32:
		for i := range dst {
			dst[i] = T(math.Float32frombits(le.Uint32(b[4*i:])))
		}
	case Float64:
		for i := range dst {
			dst[i] = T(math.Float64frombits(le.Uint64(b[8*i:])))
		}
	case Int8:
		for i := range dst {
			dst[i] = T(int8(b[i]))
		}
	case Int16:
		for i := range dst {
			dst[i] = T(int16(le.Uint16(b[2*i:])))
		}
	case Int32:
		for i := range dst {
			dst[i] = T(int32(le.Uint32(b[4*i:])))
		}
	case Int64:
		const exact = 1 << 53
		for i := range dst {
			n := int64(le.Uint64(b[8*i:]))
			if n < -exact || n > exact {
				return i
			}
			dst[i] = T(n)
		}
	case Uint8:
		for i := range dst {
			dst[i] = T(b[i])
		}
	case Bool:
		for i := range dst {
			dst[i] = 0
			if b[i] != 0 {
				dst[i] = 1
			}
		}
	default:
		panic(fmt.Sprintf("npy: decoding type %d", dtype))
	}
	return -1
}

// float16 is the value of an IEEE 754 binary16: 1 sign bit, 5 exponent bits with bias 15, 10 fraction bits.
func float16(h uint16) float32 {
	sign := uint32(h>>15) << 31
	exponent := uint32(h>>10) & 0x1f
	fraction := uint32(h) & 0x3ff
	switch exponent {
	case 0: // zero and subnormals, fraction * 2^-24, which is exact
		return math.Float32frombits(sign | math.Float32bits(float32(fraction)/(1<<24)))
	case 0x1f: // infinities and NaN
		return math.Float32frombits(sign | 0xff<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}
