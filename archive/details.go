package archive

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
)

// Details are further numbers of a metric, such as "signed_mean", in the order
// of their names, no name twice. In JSON they are an object. There are a few in
// each of a hundred thousand results, which is why they are no map.
type Details []Detail

// Detail is a further number of a metric.
type Detail struct {
	Name  string
	Value Number
}

// Get returns the number of that name, NaN where there is none.
func (d Details) Get(name string) Number {
	i, ok := d.find(name)
	if !ok {
		return Number(math.NaN())
	}
	return d[i].Value
}

// Set adds the number, or replaces the one of that name.
func (d *Details) Set(name string, value Number) {
	i, ok := d.find(name)
	if !ok {
		*d = slices.Insert(*d, i, Detail{Name: name})
	}
	(*d)[i].Value = value
}

func (d Details) find(name string) (int, bool) {
	return slices.BinarySearchFunc(d, name, func(x Detail, name string) int { return strings.Compare(x.Name, name) })
}

// MarshalJSON implements json.Marshaler.
func (d Details) MarshalJSON() ([]byte, error) {
	byName := make(map[string]Number, len(d)) // which JSON puts in order
	for _, x := range d {
		byName[x.Name] = x.Value
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false) // that is for the encoder around it to choose
	err := enc.Encode(byName)
	return buf.Bytes(), err
}

// JSONType returns the type that is written in the same way, for schemas.
func (Details) JSONType() reflect.Type { return reflect.TypeFor[map[string]Number]() }

// UnmarshalJSON implements json.Unmarshaler.
func (d *Details) UnmarshalJSON(data []byte) error {
	var byName map[string]Number
	if err := json.Unmarshal(data, &byName); err != nil {
		var typ *json.UnmarshalTypeError
		if errors.As(err, &typ) { // which counts its place from here
			return fmt.Errorf("details: %s where an object of numbers belongs", typ.Value)
		}
		return err
	}
	*d = make(Details, 0, len(byName))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		*d = append(*d, Detail{name, byName[name]})
	}
	return nil
}
