package mat

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// decoder decodes arrays out of bytes in memory, within what is left of the limits.
type decoder struct {
	order      binary.ByteOrder
	opts       Options
	bytesLeft  int64
	arraysLeft int
}

// array decodes the contents of one array element. The array keeps b.
func (d *decoder) array(b []byte, depth int) (Array, error) {
	if depth > d.opts.MaxDepth {
		return Array{}, fmt.Errorf("nested deeper than %d", d.opts.MaxDepth)
	}
	if len(b) == 0 { // a field or cell that was never set: []
		return Array{Class: Double, Dims: []int{0, 0}, order: d.order, typ: typeDouble}, nil
	}
	c := &cursor{b, d.order}
	a, err := c.head()
	if err != nil {
		return a, err
	}
	switch {
	case a.Class == Cell:
		a.children, err = d.children(c, a.Len(), depth)
	case a.Class == Struct:
		err = d.structArray(c, &a, depth)
	case a.Class == Char:
		a.typ, a.data, err = c.element()
	case a.Class.numeric():
		err = numbers(c, &a)
	}
	return a, err
}

// numbers reads the real part of a numeric array and leaves it as it is stored.
func numbers(c *cursor, a *Array) (err error) {
	if a.typ, a.data, err = c.element(); err != nil {
		return err
	}
	size := a.typ.size()
	if size == 0 {
		return fmt.Errorf("%v where numbers are expected", a.typ)
	}
	if len(a.data)%size != 0 || len(a.data)/size != a.Len() {
		return fmt.Errorf("a %s array has %d bytes of %d-byte numbers", a.describe(), len(a.data), size)
	}
	return nil
}

func (d *decoder) structArray(c *cursor, a *Array, depth int) error {
	var err error
	if a.fields, err = d.fieldNames(c); err != nil {
		return fmt.Errorf("field names: %w", err)
	}
	n, fields := a.Len(), len(a.fields)
	if fields == 0 { // n elements without content: nothing is stored for them, but who walks through them takes as long
		return d.claim(n)
	}
	if n > math.MaxInt/fields {
		return fmt.Errorf("%d elements with %d fields", n, fields)
	}
	a.children, err = d.children(c, n*fields, depth)
	return err
}

// fieldNames reads the length of a field name, then all names, each padded with zeros to that length.
func (d *decoder) fieldNames(c *cursor) ([]string, error) {
	v, err := c.int32s(1)
	if err != nil {
		return nil, err
	}
	letters, err := c.bytes()
	if err != nil || len(letters) == 0 {
		return nil, err
	}
	if len(v) != 1 || v[0] <= 0 || len(letters)%int(v[0]) != 0 {
		return nil, fmt.Errorf("%d letters for names of length %v", len(letters), v)
	}
	length := int(v[0])
	if err := d.claim(len(letters) / length); err != nil {
		return nil, err
	}
	var names []string
	seen := map[string]bool{}
	for ; len(letters) > 0; letters = letters[length:] {
		name := cString(letters[:length])
		if name == "" {
			return nil, errors.New("an empty name")
		}
		if seen[name] {
			return nil, fmt.Errorf("%.60q twice", name)
		}
		seen[name] = true
		names = append(names, name)
	}
	return names, nil
}

// claim takes n from what is left of Options.MaxArrays.
func (d *decoder) claim(n int) error {
	if n > d.arraysLeft {
		return fmt.Errorf("%d elements exceed what is left of the limit of %d", n, d.opts.MaxArrays)
	}
	d.arraysLeft -= n
	return nil
}

// children reads the n arrays of a cell or struct array.
func (d *decoder) children(c *cursor, n, depth int) ([]Array, error) {
	if most := len(c.b) / 8; n > most {
		return nil, fmt.Errorf("%d elements in %d bytes", n, len(c.b))
	}
	if err := d.claim(n); err != nil {
		return nil, err
	}
	arrays := make([]Array, n)
	for i := range arrays {
		typ, data, err := c.element()
		if err == nil && typ != typeMatrix {
			err = fmt.Errorf("%v where an array is expected", typ)
		}
		if err == nil {
			arrays[i], err = d.array(data, depth+1)
		}
		if err != nil {
			return nil, fmt.Errorf("element %d of %d: %w", i, n, err)
		}
	}
	return arrays, nil
}
