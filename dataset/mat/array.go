package mat

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Class is the MATLAB class of an array.
type Class uint8

// The classes, with the numbers they have in a file.
const (
	Cell     Class = 1
	Struct   Class = 2
	Object   Class = 3 // not supported
	Char     Class = 4
	Sparse   Class = 5 // not supported
	Double   Class = 6
	Single   Class = 7
	Int8     Class = 8
	Uint8    Class = 9
	Int16    Class = 10
	Uint16   Class = 11
	Int32    Class = 12
	Uint32   Class = 13
	Int64    Class = 14
	Uint64   Class = 15
	Function Class = 16 // a function handle; not supported
	Opaque   Class = 17 // an object of a newer kind, such as string or table; not supported
)

var classNames = [...]string{"class 0", "cell", "struct", "object", "char", "sparse", "double", "single", "int8", "uint8",
	"int16", "uint16", "int32", "uint32", "int64", "uint64", "function handle", "opaque object"}

// String is the name that MATLAB's class function gives, as far as there is one.
func (c Class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return fmt.Sprintf("class %d", int(c))
}

func (c Class) numeric() bool { return c >= Double && c <= Uint64 }

// Array is one MATLAB array. Its elements are in column-major order: element (r, c) of a matrix with R rows has the
// linear index r + c*R, and every index counts from 0.
type Array struct {
	Name    string // of the variable; empty for the elements of cells and structs
	Class   Class
	Dims    []int // at least 2
	Logical bool  // the numbers are truth values, 0 or 1
	Complex bool  // not supported by Float64s

	order    binary.ByteOrder
	typ      dataType
	data     []byte   // of numeric and char arrays, as stored
	fields   []string // of struct arrays
	children []Array  // cells, or struct elements: field f of element i is at i*len(fields)+f
}

// Len is the number of elements, the product of Dims.
func (a *Array) Len() int {
	if slices.Contains(a.Dims, 0) {
		return 0
	}
	n := 1
	for _, d := range a.Dims {
		n *= d
	}
	return n
}

// String is the text of a char array with one row, and for any other array its size and class: "1x4x2 struct".
func (a *Array) String() string {
	if a.Class == Char {
		if s, err := a.Text(); err == nil {
			return s
		}
	}
	return a.describe()
}

func (a *Array) describe() string {
	var b strings.Builder
	for i, d := range a.Dims {
		if i > 0 {
			b.WriteByte('x')
		}
		fmt.Fprint(&b, d)
	}
	b.WriteByte(' ')
	if a.Complex {
		b.WriteString("complex ")
	}
	if a.Logical {
		b.WriteString("logical")
	} else {
		b.WriteString(a.Class.String())
	}
	return b.String()
}

// Float64s returns the numbers of a numeric or logical array in column-major order. NaN and infinities are returned as
// they are. An integer beyond 2^53, which a float64 may not hold, is an error, as are complex, sparse and non-numeric
// arrays.
func (a *Array) Float64s() ([]float64, error) {
	switch {
	case a.Class == Sparse:
		return nil, fmt.Errorf("mat: a %s array is not supported\nhint: save full(x)", a.describe())
	case !a.Class.numeric():
		return nil, fmt.Errorf("mat: a %s array has no numbers", a.describe())
	case a.Complex:
		return nil, fmt.Errorf("mat: a %s array is not supported\nhint: save real(x) and imag(x)", a.describe())
	}
	v := make([]float64, a.Len())
	size := a.typ.size()
	for i := range v {
		x, ok := number(a.typ, a.order, a.data[i*size:])
		if !ok {
			return nil, fmt.Errorf("mat: element %d of a %s array is beyond 2^53, too large for a float64", i, a.describe())
		}
		v[i] = x
	}
	return v, nil
}

// number decodes one number; ok is false if it is an integer beyond 2^53.
func number(typ dataType, order binary.ByteOrder, b []byte) (x float64, ok bool) {
	const exact = 1 << 53
	switch typ {
	case typeInt8:
		return float64(int8(b[0])), true
	case typeUint8:
		return float64(b[0]), true
	case typeInt16:
		return float64(int16(order.Uint16(b))), true
	case typeUint16:
		return float64(order.Uint16(b)), true
	case typeInt32:
		return float64(int32(order.Uint32(b))), true
	case typeUint32:
		return float64(order.Uint32(b)), true
	case typeSingle:
		return float64(math.Float32frombits(order.Uint32(b))), true
	case typeDouble:
		return math.Float64frombits(order.Uint64(b)), true
	case typeInt64:
		n := int64(order.Uint64(b))
		return float64(n), -exact <= n && n <= exact
	case typeUint64:
		n := order.Uint64(b)
		return float64(n), n <= exact
	}
	panic("mat: number of " + typ.String())
}

// Cell returns element i of a cell array.
func (a *Array) Cell(i int) (*Array, error) {
	if a.Class != Cell {
		return nil, fmt.Errorf("mat: a %s array has no cells", a.describe())
	}
	if i < 0 || i >= len(a.children) {
		return nil, fmt.Errorf("mat: no cell %d in a %s array", i, a.describe())
	}
	return &a.children[i], nil
}

// Fields lists the fields of a struct array in the order of the file. It is empty for other arrays.
func (a *Array) Fields() []string { return slices.Clone(a.fields) }

// Field returns a field of element i of a struct array. A field that was never set is an empty 0x0 double array.
func (a *Array) Field(i int, name string) (*Array, error) {
	if a.Class != Struct {
		return nil, fmt.Errorf("mat: a %s array has no fields", a.describe())
	}
	if i < 0 || i >= a.Len() {
		return nil, fmt.Errorf("mat: no element %d in a %s array", i, a.describe())
	}
	f := slices.Index(a.fields, name)
	if f < 0 {
		return nil, fmt.Errorf("mat: no field %.60q, the struct has %s", name, quoteList(a.fields))
	}
	return &a.children[i*len(a.fields)+f], nil
}
