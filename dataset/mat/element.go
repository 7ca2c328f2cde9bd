package mat

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// dataType says how the numbers of one data element are stored. It is independent of the class of the array: MATLAB
// stores a double array of small integers as uint8.
type dataType uint32

const (
	typeInt8       dataType = 1
	typeUint8      dataType = 2
	typeInt16      dataType = 3
	typeUint16     dataType = 4
	typeInt32      dataType = 5
	typeUint32     dataType = 6
	typeSingle     dataType = 7
	typeDouble     dataType = 9
	typeInt64      dataType = 12
	typeUint64     dataType = 13
	typeMatrix     dataType = 14
	typeCompressed dataType = 15
	typeUTF8       dataType = 16
	typeUTF16      dataType = 17
	typeUTF32      dataType = 18
)

func (t dataType) String() string { return fmt.Sprintf("data type %d", uint32(t)) }

// size is the number of bytes of one number, or 0 if the type does not hold numbers.
func (t dataType) size() int {
	switch t {
	case typeInt8, typeUint8:
		return 1
	case typeInt16, typeUint16:
		return 2
	case typeInt32, typeUint32, typeSingle:
		return 4
	case typeDouble, typeInt64, typeUint64:
		return 8
	}
	return 0
}

// cursor walks over the data elements in b.
type cursor struct {
	b     []byte
	order binary.ByteOrder
}

// element returns the next data element; data is a part of b.
func (c *cursor) element() (typ dataType, data []byte, err error) {
	if len(c.b) < 8 {
		return 0, nil, fmt.Errorf("a data element is missing: %d bytes left", len(c.b))
	}
	word := c.order.Uint32(c.b)
	if n := word >> 16; n != 0 { // small data element: the size shares the word with the type, the data is in the tag
		if n > 4 {
			return 0, nil, fmt.Errorf("a small data element of %d bytes", n)
		}
		data, c.b = c.b[4:4+n], c.b[8:]
		return dataType(word & 0xffff), data, nil
	}
	n := uint64(c.order.Uint32(c.b[4:]))
	rest := c.b[8:]
	if n > uint64(len(rest)) {
		return 0, nil, fmt.Errorf("a data element of %d bytes where %d are left", n, len(rest))
	}
	// Elements are padded to 8 bytes; some writers leave the padding of the last one out.
	c.b = rest[min((n+7)&^7, uint64(len(rest))):]
	return dataType(word), rest[:n], nil
}

// int32s reads an element of at most limit 32-bit integers.
func (c *cursor) int32s(limit int) ([]int32, error) {
	typ, data, err := c.element()
	if err != nil {
		return nil, err
	}
	if typ != typeInt32 && typ != typeUint32 || len(data)%4 != 0 {
		return nil, fmt.Errorf("%d bytes of %v where 32-bit integers are expected", len(data), typ)
	}
	if len(data)/4 > limit {
		return nil, fmt.Errorf("%d integers where at most %d are expected", len(data)/4, limit)
	}
	v := make([]int32, len(data)/4)
	for i := range v {
		v[i] = int32(c.order.Uint32(data[4*i:]))
	}
	return v, nil
}

// bytes reads an element of single-byte letters.
func (c *cursor) bytes() ([]byte, error) {
	typ, data, err := c.element()
	if err != nil {
		return nil, err
	}
	if typ != typeInt8 && typ != typeUint8 && typ != typeUTF8 {
		return nil, fmt.Errorf("%v where letters are expected", typ)
	}
	return data, nil
}

const maxDims = 32

// head reads what every array starts with: flags, dimensions, name.
func (c *cursor) head() (a Array, err error) {
	flags, err := c.int32s(2)
	if err != nil {
		return a, fmt.Errorf("array flags: %w", err)
	}
	if len(flags) != 2 {
		return a, errors.New("array flags: too short")
	}
	a = Array{
		Class:   Class(flags[0] & 0xff),
		Logical: flags[0]&0x0200 != 0,
		Complex: flags[0]&0x0800 != 0,
		order:   c.order,
	}
	if a.Class < Cell || a.Class > Opaque {
		return a, fmt.Errorf("unknown array class %d", int(a.Class))
	}
	if a.Class == Opaque { // has a name, but no dimensions
		a.Dims = []int{1, 1}
	} else if a.Dims, err = c.dims(); err != nil {
		return a, fmt.Errorf("dimensions: %w", err)
	}
	name, err := c.bytes()
	if err != nil {
		return a, fmt.Errorf("array name: %w", err)
	}
	a.Name = string(name)
	return a, nil
}

// dims reads the dimensions, whose product is sure to fit an int.
func (c *cursor) dims() ([]int, error) {
	v, err := c.int32s(maxDims)
	if err != nil {
		return nil, err
	}
	if len(v) < 2 {
		return nil, fmt.Errorf("%d where at least 2 are expected", len(v))
	}
	dims := make([]int, len(v))
	empty := false
	for i, n := range v {
		if n < 0 {
			return nil, fmt.Errorf("%d is negative", n)
		}
		dims[i] = int(n)
		empty = empty || n == 0
	}
	if empty {
		return dims, nil
	}
	product := 1
	for _, n := range dims {
		if n > math.MaxInt/product {
			return nil, fmt.Errorf("the product of %v overflows", dims)
		}
		product *= n
	}
	return dims, nil
}
