package safetensors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/bsgen/bsgen/dataset/npy"
)

// entry is what the header says of one tensor; begin and end count from the end of the header.
type entry struct {
	name       string
	dtype      npy.DType
	shape      []int
	begin, end int64
}

// maxRank is the limit of npy.NewArray.
const maxRank = 8

var dtypes = map[string]npy.DType{
	"F16": npy.Float16, "BF16": npy.BFloat16, "F32": npy.Float32, "F64": npy.Float64,
	"I32": npy.Int32, "I64": npy.Int64, "U8": npy.Uint8,
}

// parseHeader reads tokens: json.Unmarshal would take the last of repeated keys, keys in another case, and null as 0.
func parseHeader(text []byte) ([]entry, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("not valid UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var entries []entry
	err := object(dec, func(name string) error {
		if name == "__metadata__" {
			return object(dec, func(string) error {
				_, err := next[string](dec)
				return err
			})
		}
		e, err := parseEntry(dec)
		if err != nil {
			return fmt.Errorf("tensor %.60q: %w", name, err)
		}
		e.name = name
		entries = append(entries, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("something follows the object")
	}
	return entries, nil
}

func parseEntry(dec *json.Decoder) (e entry, err error) {
	var dtype string
	var offsets []int64
	err = object(dec, func(key string) (err error) {
		switch key {
		case "dtype":
			dtype, err = next[string](dec)
		case "shape":
			var shape []int64
			shape, err = integers(dec, maxRank)
			e.shape = make([]int, len(shape))
			for i, n := range shape {
				if e.shape[i] = int(n); int64(e.shape[i]) != n {
					err = fmt.Errorf("shape %v is too large", shape)
				}
			}
		case "data_offsets":
			offsets, err = integers(dec, 2)
		default:
			err = fmt.Errorf("unknown key %.60q", key)
		}
		return err
	})
	if err != nil {
		return e, err
	}
	if e.shape == nil || len(offsets) != 2 {
		return e, errors.New("needs a dtype, a shape and two data_offsets")
	}
	e.begin, e.end = offsets[0], offsets[1]
	var ok bool
	if e.dtype, ok = dtypes[dtype]; !ok {
		return e, fmt.Errorf("dtype %.60q is not supported\nhint: save x.float()", dtype)
	}
	return e, nil
}

// object calls member for each key of a JSON object, none of which may repeat; member reads the value.
func object(dec *json.Decoder, member func(key string) error) error {
	if err := delimiter(dec, '{'); err != nil {
		return err
	}
	seen := map[string]bool{}
	for dec.More() {
		key, err := next[string](dec)
		if err != nil {
			return err
		}
		if seen[key] {
			return fmt.Errorf("key %.60q twice", key)
		}
		seen[key] = true
		if err := member(key); err != nil {
			return err
		}
	}
	return delimiter(dec, '}')
}

// integers reads an array of at most limit integers.
func integers(dec *json.Decoder, limit int) ([]int64, error) {
	if err := delimiter(dec, '['); err != nil {
		return nil, err
	}
	v := []int64{}
	for dec.More() {
		if len(v) == limit {
			return nil, fmt.Errorf("more than %d integers", limit)
		}
		number, err := next[json.Number](dec)
		if err != nil {
			return nil, err
		}
		n, err := number.Int64()
		if err != nil {
			return nil, fmt.Errorf("%.60s is not an integer of 64 bits", number)
		}
		v = append(v, n)
	}
	return v, delimiter(dec, ']')
}

func delimiter(dec *json.Decoder, want json.Delim) error {
	got, err := next[json.Delim](dec)
	if err == nil && got != want {
		err = fmt.Errorf("%v where %v is expected", got, want)
	}
	return err
}

// next reads a token of one kind.
func next[T string | json.Number | json.Delim](dec *json.Decoder) (T, error) {
	token, err := dec.Token()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	v, ok := token.(T)
	if err == nil && !ok {
		format := "unexpected %.60v at byte %d"
		if _, text := token.(string); text {
			format = "unexpected %.60q at byte %d"
		}
		err = fmt.Errorf(format, token, dec.InputOffset())
	}
	return v, err
}
