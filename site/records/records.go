// Package records writes rows of a struct type as CSV, JSON and JSON Lines, and
// describes them by a JSON Schema. The struct is the one place that says which
// columns there are: a field's json tag is the name of its column, its doc tag
// says what it holds, and its enum tag lists the values that it may have.
//
// Fields are strings, lists of strings, booleans, whole numbers, numbers of kind
// float64, of which NaN does not exist, and [Place]. What does not exist is null in
// JSON and an empty field in CSV; every column is in every row.
package records

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// Place is a whole number from 1, such as a rank. 0 is none.
type Place int

// MarshalJSON implements json.Marshaler.
func (p Place) MarshalJSON() ([]byte, error) {
	if p == 0 {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, int64(p), 10), nil
}

// Column is one column of a table.
type Column struct {
	Name   string
	Type   string // string, list, boolean, integer, number
	Doc    string
	Values []string // that it may have; nil: any
	index  int
	key    string // what stands before the value in JSON
}

// Type writes rows of one struct type. It may be used by several goroutines.
type Type struct {
	Columns []Column
	rows    reflect.Type
}

// Of returns the type for rows of T. It panics where T is no struct of the kinds of
// field that the package knows: a programming error.
func Of[T any]() *Type {
	t := reflect.TypeFor[T]()
	out := &Type{rows: t}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		c := Column{Name: name, Doc: f.Tag.Get("doc"), index: i, key: `,"` + name + `":`}
		if i == 0 {
			c.key = "{" + c.key[1:]
		}
		if v := f.Tag.Get("enum"); v != "" {
			c.Values = strings.Split(v, ",")
		}
		switch f.Type.Kind() {
		case reflect.String:
			c.Type = "string"
		case reflect.Bool:
			c.Type = "boolean"
		case reflect.Int:
			c.Type = "integer"
		case reflect.Float64:
			c.Type = "number"
		case reflect.Slice:
			c.Type = "list"
		}
		if name == "" || c.Doc == "" || c.Type == "" || c.Type == "list" && f.Type.Elem().Kind() != reflect.String {
			panic(fmt.Sprintf("records: %s.%s can not be a column", t, f.Name))
		}
		out.Columns = append(out.Columns, c)
	}
	return out
}

// value returns the struct that a pointer to a row leads to.
func (t *Type) value(row any) reflect.Value {
	v := reflect.ValueOf(row).Elem()
	if v.Type() != t.rows {
		panic(fmt.Sprintf("records: a row of %s among those of %s", v.Type(), t.rows))
	}
	return v
}

// list returns a list of strings, without a copy of its header on the heap.
func list(f reflect.Value) []string { return *f.Addr().Interface().(*[]string) }

var placeType = reflect.TypeFor[Place]()

// AppendHeader appends the names of the columns as the first record of a CSV file.
func (t *Type) AppendHeader(b []byte) []byte {
	for i, c := range t.Columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, c.Name...)
	}
	return append(b, "\r\n"...)
}

// Append appends a row, given by its address, to JSON, as [Type.AppendJSON] does, and
// to CSV, as a record of RFC 4180: numbers, which take the longest, are written out
// once. They have all the digits that it takes to read back the same bits. A list is
// joined by "; ". A text that a spreadsheet would run as a formula, because it begins
// with =, +, -, @, a tab or a carriage return, has an apostrophe in front.
func (t *Type) Append(asJSON, asCSV []byte, row any) (json, csv []byte, err error) {
	v := t.value(row)
	for i := range t.Columns {
		if i > 0 {
			asCSV = append(asCSV, ',')
		}
		c := &t.Columns[i]
		f := v.Field(c.index)
		from := len(asJSON) + len(c.key)
		if asJSON, err = c.appendJSON(asJSON, f); err != nil {
			return asJSON, asCSV, err
		}
		switch f.Kind() {
		case reflect.String:
			asCSV = appendText(asCSV, f.String())
		case reflect.Slice:
			asCSV = appendText(asCSV, strings.Join(list(f), "; "))
		default:
			if value := asJSON[from:]; string(value) != "null" {
				asCSV = append(asCSV, value...)
			}
		}
	}
	return append(asJSON, '}'), append(asCSV, "\r\n"...), nil
}

func appendText(b []byte, s string) []byte {
	if s == "" {
		return b
	}
	formula := strings.IndexByte("=+-@\t\r", s[0]) >= 0
	if !formula && plain(s, &inCSV) && s[0] != ' ' && s[len(s)-1] != ' ' {
		return append(b, s...)
	}
	b = append(b, '"')
	if formula {
		b = append(b, '\'')
	}
	for i := range len(s) {
		if s[i] == '"' {
			b = append(b, '"')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}

// AppendJSON appends a row, given by its address, as a JSON object in one line,
// without the end of the line. It is what encoding/json writes, sooner. An infinite
// number is an error, as it is there.
func (t *Type) AppendJSON(b []byte, row any) (out []byte, err error) {
	v := t.value(row)
	for i := range t.Columns {
		c := &t.Columns[i]
		if b, err = c.appendJSON(b, v.Field(c.index)); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

// appendJSON appends the column's key with a row's value.
func (c *Column) appendJSON(b []byte, f reflect.Value) ([]byte, error) {
	b = append(b, c.key...)
	switch f.Kind() {
	case reflect.String:
		b = AppendString(b, f.String())
	case reflect.Bool:
		b = strconv.AppendBool(b, f.Bool())
	case reflect.Int:
		if f.Int() == 0 && f.Type() == placeType {
			b = append(b, "null"...)
		} else {
			b = strconv.AppendInt(b, f.Int(), 10)
		}
	case reflect.Float64:
		switch x := f.Float(); {
		case math.IsInf(x, 0):
			return b, fmt.Errorf("%s is infinite", c.Name)
		case math.IsNaN(x):
			b = append(b, "null"...)
		default:
			b = strconv.AppendFloat(b, x, 'g', -1, 64)
		}
	case reflect.Slice:
		b = append(b, '[')
		for k, s := range list(f) {
			if k > 0 {
				b = append(b, ',')
			}
			b = AppendString(b, s)
		}
		b = append(b, ']')
	}
	return b, nil
}

// AppendString appends a string of JSON, as encoding/json writes it.
func AppendString(b []byte, s string) []byte {
	if !plain(s, &inJSON) {
		quoted, err := json.Marshal(s)
		if err != nil {
			panic(err) // a string can always be written
		}
		return append(b, quoted...)
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// The bytes that stand for themselves: in a field of CSV without quotes, and in a
// string of JSON that encoding/json writes.
var (
	inCSV  = bytesBut(0, 0xff, ",\"\r\n")
	inJSON = bytesBut(' ', '~', `"\<>&`)
)

// bytesBut returns the set of the bytes from first to last less some.
func bytesBut(first, last byte, less string) (set [256]bool) {
	for c := range set {
		set[c] = byte(c) >= first && byte(c) <= last && strings.IndexByte(less, byte(c)) < 0
	}
	return set
}

// plain reports whether all bytes are of the set.
func plain(s string, set *[256]bool) bool {
	for i := range len(s) {
		if !set[s[i]] {
			return false
		}
	}
	return true
}
