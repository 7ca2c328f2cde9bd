package onnx

import (
	"fmt"
	"iter"

	"google.golang.org/protobuf/encoding/protowire"
)

// field is one field of a message as it stands in the file.
type field struct {
	num   protowire.Number
	typ   protowire.Type
	bytes []byte // of a BytesType field; a part of the file, not a copy
	value uint64 // of a VarintType field
}

// fieldsOf yields the fields of a message in their order, and one error at the end
// where the bytes are none. A field that is given again is yielded again: merging,
// as protobuf wants it, is up to the caller.
func fieldsOf(b []byte) iter.Seq2[field, error] {
	return func(yield func(field, error) bool) {
		for len(b) > 0 {
			num, typ, n := protowire.ConsumeTag(b)
			if n < 0 {
				yield(field{}, protowire.ParseError(n))
				return
			}
			f := field{num: num, typ: typ}
			b = b[n:]
			switch typ {
			case protowire.BytesType:
				f.bytes, n = protowire.ConsumeBytes(b)
			case protowire.VarintType:
				f.value, n = protowire.ConsumeVarint(b)
			default:
				n = protowire.ConsumeFieldValue(num, typ, b)
			}
			if n < 0 {
				yield(field{}, fmt.Errorf("field %d: %w", num, protowire.ParseError(n)))
				return
			}
			b = b[n:]
			if !yield(f, nil) {
				return
			}
		}
	}
}

// is reports whether the field has this number and is a string, a message or
// packed numbers. With another wire type protobuf takes it for unknown.
func (f field) is(num protowire.Number) bool {
	return f.num == num && f.typ == protowire.BytesType
}

// isInt reports whether the field has this number and is an integer or enum.
func (f field) isInt(num protowire.Number) bool {
	return f.num == num && f.typ == protowire.VarintType
}

// ints appends a field of repeated integers, packed or not, to dst, which grows to
// at most limit entries; ok is false where there are more or the bytes are bad.
func (f field) ints(dst []int64, limit int) (ints []int64, ok bool) {
	if f.typ == protowire.VarintType {
		if len(dst) >= limit {
			return dst, false
		}
		return append(dst, int64(f.value)), true
	}
	for b := f.bytes; len(b) > 0; {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 || len(dst) >= limit {
			return dst, false
		}
		dst = append(dst, int64(v))
		b = b[n:]
	}
	return dst, true
}
