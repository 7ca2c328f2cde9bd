package onnx

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// Type is an element type of a tensor, with the number that ONNX gives it.
type Type uint64

// The types that a [Builder] writes.
const (
	Float32 Type = 1
	Int64   Type = 7
)

// Batch, in place of a dimension, is one that the caller chooses at run time: "N".
const Batch int64 = -1

// The versions that a [Builder] declares: what ONNX Runtime 1.11 of 2022 and
// everything after it can run.
const (
	irVersion    = 8
	opsetVersion = 17
)

// maxRank bounds the dimensions of a tensor: far above any that we write, and
// it keeps the element count from overflowing in silence.
const maxRank = 8

// Builder writes an ONNX model, node by node in the order of the computation.
//
// What it writes is a function of the calls alone: no time, no version of the
// program, maps in the order of their keys. The same calls give the same bytes
// on every machine, so a generated model can be pinned by its digest.
//
// Mistakes (a tensor that does not exist yet, or exists already, data that do
// not fill their shape) are kept and returned by [Builder.Model].
type Builder struct {
	name     string
	metadata map[string]string
	nodes    [][]byte
	inits    [][]byte
	inputs   [][]byte
	outputs  [][]byte
	defined  map[string]bool
	err      error
}

// NewBuilder begins a graph of that name.
func NewBuilder(name string) *Builder {
	return &Builder{name: name, metadata: map[string]string{}, defined: map[string]bool{}}
}

// Metadata sets a key of the model's metadata_props.
func (b *Builder) Metadata(key, value string) { b.metadata[key] = value }

// Input declares an input of the graph. A dimension may be [Batch].
func (b *Builder) Input(name string, t Type, dims ...int64) {
	b.define(name)
	b.inputs = append(b.inputs, valueInfo(name, t, dims))
}

// Output declares a tensor that exists already as an output of the graph. A
// dimension may be [Batch].
func (b *Builder) Output(name string, t Type, dims ...int64) {
	b.use(name, "output")
	b.outputs = append(b.outputs, valueInfo(name, t, dims))
}

// Float32s adds a constant: values in row-major order, as many as the
// dimensions multiply to. It returns the name, to be used in place.
func (b *Builder) Float32s(name string, dims []int64, values []float32) string {
	raw := make([]byte, 0, 4*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return b.constant(name, Float32, dims, len(values), raw)
}

// Int64s adds a constant of whole numbers, like [Builder.Float32s].
func (b *Builder) Int64s(name string, dims []int64, values []int64) string {
	raw := make([]byte, 0, 8*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return b.constant(name, Int64, dims, len(values), raw)
}

// Node adds an operation with one output, named output as the node itself is.
// An empty input name is an optional input that is left out. It returns output.
func (b *Builder) Node(op, output string, inputs []string, attributes ...Attribute) string {
	for _, in := range inputs {
		if in != "" {
			b.use(in, "node "+output)
		}
	}
	b.define(output)
	var m []byte
	for _, in := range inputs {
		m = appendString(m, 1, in)
	}
	m = appendString(m, 2, output)
	m = appendString(m, 3, output)
	m = appendString(m, 4, op)
	for _, a := range attributes {
		m = appendMessage(m, 5, a.message)
	}
	b.nodes = append(b.nodes, m)
	return output
}

// Model returns the file, or the first mistake that was made.
func (b *Builder) Model() ([]byte, error) {
	if b.err == nil && len(b.outputs) == 0 {
		b.fail("it has no output")
	}
	if b.err != nil {
		return nil, b.err
	}
	var graph []byte
	for _, m := range b.nodes {
		graph = appendMessage(graph, 1, m)
	}
	graph = appendString(graph, 2, b.name)
	for _, m := range b.inits {
		graph = appendMessage(graph, 5, m)
	}
	for _, m := range b.inputs {
		graph = appendMessage(graph, 11, m)
	}
	for _, m := range b.outputs {
		graph = appendMessage(graph, 12, m)
	}

	model := appendUint(nil, 1, irVersion)
	model = appendString(model, 2, "bsgen")
	model = appendMessage(model, 7, graph)
	model = appendMessage(model, 8, appendUint(appendString(nil, 1, ""), 2, opsetVersion))
	for _, key := range slices.Sorted(maps.Keys(b.metadata)) {
		model = appendMessage(model, 14, appendString(appendString(nil, 1, key), 2, b.metadata[key]))
	}
	return model, nil
}

func (b *Builder) constant(name string, t Type, dims []int64, have int, raw []byte) string {
	b.define(name)
	want := int64(1)
	for _, d := range dims {
		if d < 0 || d > math.MaxInt32 || len(dims) > maxRank {
			b.fail("constant %s has shape %v", name, dims)
			return name
		}
		if want *= d; want > math.MaxInt32 {
			b.fail("constant %s has shape %v, more than 2^31 values", name, dims)
			return name
		}
	}
	if want != int64(have) {
		b.fail("constant %s has %d values for shape %v", name, have, dims)
	}
	var m []byte
	for _, d := range dims {
		m = appendUint(m, 1, uint64(d))
	}
	m = appendUint(m, 2, uint64(t))
	m = appendString(m, 8, name)
	b.inits = append(b.inits, appendMessage(m, 9, raw))
	return name
}

func (b *Builder) define(name string) {
	switch {
	case name == "":
		b.fail("a tensor has no name")
	case b.defined[name]:
		b.fail("tensor %s is made twice", name)
	}
	b.defined[name] = true
}

func (b *Builder) use(name, by string) {
	if !b.defined[name] {
		b.fail("%s uses tensor %q, which does not exist before it", by, name)
	}
}

func (b *Builder) fail(format string, args ...any) {
	if b.err == nil {
		b.err = fmt.Errorf("build ONNX model %s: "+format, append([]any{b.name}, args...)...)
	}
}

// Attribute is a named parameter of a node.
type Attribute struct{ message []byte }

// Int is an attribute with one whole number.
func Int(name string, v int64) Attribute {
	return attribute(name, 2, appendUint(nil, 3, uint64(v)))
}

// Ints is an attribute with a list of whole numbers.
func Ints(name string, values ...int64) Attribute {
	var m []byte
	for _, v := range values {
		m = appendUint(m, 8, uint64(v))
	}
	return attribute(name, 7, m)
}

// Float is an attribute with one number.
func Float(name string, v float32) Attribute {
	m := protowire.AppendTag(nil, 2, protowire.Fixed32Type)
	return attribute(name, 1, protowire.AppendFixed32(m, math.Float32bits(v)))
}

// String is an attribute with a text.
func String(name, v string) Attribute {
	return attribute(name, 3, appendString(nil, 4, v))
}

// attribute wraps the field that holds the value in an AttributeProto, whose
// type number says which field that is.
func attribute(name string, kind uint64, value []byte) Attribute {
	m := appendString(nil, 1, name)
	m = append(m, value...)
	return Attribute{appendUint(m, 20, kind)}
}

// valueInfo is a ValueInfoProto: a name with element type and shape.
func valueInfo(name string, t Type, dims []int64) []byte {
	var shape []byte
	for _, d := range dims {
		if d == Batch {
			shape = appendMessage(shape, 1, appendString(nil, 2, "N"))
		} else {
			shape = appendMessage(shape, 1, appendUint(nil, 1, uint64(d)))
		}
	}
	tensor := appendMessage(appendUint(nil, 1, uint64(t)), 2, shape)
	return appendMessage(appendString(nil, 1, name), 2, appendMessage(nil, 1, tensor))
}

func appendUint(b []byte, field protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
}

func appendString(b []byte, field protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), s)
}

func appendMessage(b []byte, field protowire.Number, m []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), m)
}
