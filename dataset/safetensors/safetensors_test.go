package safetensors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/dataset/npy"
)

// file is a .safetensors file with that header and data.
func file(header string, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

func read(b []byte, limits Limits) (*File, error) {
	return New(bytes.NewReader(b), int64(len(b)), limits)
}

func values(t *testing.T, f *File, name string) []float64 {
	t.Helper()
	a, err := f.Tensor(name)
	if err != nil {
		t.Fatal(err)
	}
	v := make([]float64, a.Rows()*a.RowLen())
	if err := a.Float64s(v, 0, a.Rows()); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestEveryType(t *testing.T) {
	// 1, -2.5 or -2 by IEEE 754 and two's complement; BF16 is the upper half of F32.
	for name, test := range map[string]struct {
		dtype npy.DType
		data  []byte
		want  float64
	}{
		"F16":  {npy.Float16, []byte{0x00, 0x3c, 0x00, 0xc1}, -2.5},
		"BF16": {npy.BFloat16, []byte{0x80, 0x3f, 0x20, 0xc0}, -2.5},
		"F32":  {npy.Float32, []byte{0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0}, -2.5},
		"F64":  {npy.Float64, []byte{0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0x04, 0xc0}, -2.5},
		"I32":  {npy.Int32, []byte{1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff}, -2},
		"I64":  {npy.Int64, []byte{1, 0, 0, 0, 0, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, -2},
		"U8":   {npy.Uint8, []byte{1, 254}, 254},
	} {
		header := fmt.Sprintf(`{"x":{"dtype":%q,"shape":[2,1],"data_offsets":[0,%d]}}`, name, len(test.data))
		f, err := read(file(header, test.data...), Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		a, err := f.Tensor("x")
		if err != nil || a.DType() != test.dtype || !slices.Equal(a.Shape(), []int{2, 1}) {
			t.Errorf("%s: %v %v, %v", name, a.DType(), a.Shape(), err)
		}
		if got := values(t, f, "x"); !slices.Equal(got, []float64{1, test.want}) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// The header lists the tensors in another order than the data, one is empty, one a single number.
var several = file(`{"b":{"dtype":"U8","shape":[],"data_offsets":[4,5]},`+
	`"__metadata__":{"format":"pt"},`+
	`"empty":{"dtype":"F32","shape":[3,0],"data_offsets":[4,4]},`+
	`"a":{"data_offsets":[0,4],"shape":[2,2],"dtype":"U8"}}   `, 1, 2, 3, 4, 5)

func TestSeveralTensors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.safetensors")
	if err := os.WriteFile(path, several, 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.Names(), []string{"a", "empty", "b"}; !slices.Equal(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
	for name, want := range map[string][]float64{"a": {1, 2, 3, 4}, "b": {5}, "empty": {}} {
		if got := values(t, f, name); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if _, err := f.Tensor("c"); err == nil {
		t.Error("a tensor that is not there")
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	a, err := f.Tensor("a")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Float64s(make([]float64, 4), 0, 2); !errors.Is(err, os.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// A file that shrinks after it was opened is an error, not a crash.
func TestFileThatShrinks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.safetensors")
	if err := os.WriteFile(path, several, 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := os.Truncate(path, int64(len(several))-1); err != nil {
		t.Fatal(err)
	}
	a, err := f.Tensor("a")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Float64s(make([]float64, 4), 0, 2); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
}

func TestOpenErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.safetensors")
	// The caller names the file: the path of a machine has no place in a published result.
	if _, err := Open(path, Limits{}); !errors.Is(err, os.ErrNotExist) || strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
	if err := os.WriteFile(path, file("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, Limits{}); err == nil || strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
}

func TestHostile(t *testing.T) {
	entry := func(fields string) string { return `{"x":{` + fields + `}}` }
	two := func(a, b string) string {
		return `{"a":{"dtype":"U8","shape":[2],"data_offsets":` + a + `},"b":{"dtype":"U8","shape":[2],"data_offsets":` + b + `}}`
	}
	length := func(n uint64) []byte { return append(binary.LittleEndian.AppendUint64(nil, n), "{}"...) }
	tests := []struct {
		name string
		data []byte
		want string // "" if it is sound
	}{
		{"sound", file(two("[0,2]", "[2,4]"), 1, 2, 3, 4), ""},
		{"no tensors", file("{}"), ""},

		{"empty", nil, "too short"},
		{"seven bytes", make([]byte, 7), "too short"},
		{"something else", []byte("PK\x03\x04 and so on"), "not a .safetensors file?"},
		{"header of 2^64-1 bytes", length(math.MaxUint64), "not a .safetensors file?"},
		{"header of 2^63 bytes", length(1 << 63), "not a .safetensors file?"},
		{"header cut", file("{}")[:9], "not a .safetensors file?"},
		{"header beyond the limit", file("{}" + strings.Repeat(" ", 1<<20)), "exceeds the limit"},
		{"empty header", file(""), "unexpected EOF"},
		{"an array", file("[]"), "[ where { is expected"},
		{"null", file("null"), "unexpected <nil>"},
		{"not UTF-8", file("{\"\xff\":{}}"), "UTF-8"},
		{"object cut", file(`{"x":{"dtype":"U8"`), "EOF"},
		{"two objects", file("{}{}"), "follows the object"},
		{"garbage", file("{}x"), "follows the object"},
		{"comma at the end", file(entry(`"dtype":"U8","shape":[1],"data_offsets":[0,1],`), 1), "invalid character '}'"},
		{"tensor twice", file(`{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"x":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}`, 1, 2), `key "x" twice`},
		{"key twice", file(entry(`"dtype":"U8","dtype":"F32"`)), `key "dtype" twice`},
		{"unknown key", file(entry(`"dtype":"U8","stride":1`)), `unknown key "stride"`},
		{"another case", file(entry(`"DType":"U8"`)), `unknown key "DType"`},
		{"no dtype", file(entry(`"shape":[1],"data_offsets":[0,1]`), 1), `dtype "" is not supported`},
		{"no shape", file(entry(`"dtype":"U8","data_offsets":[0,1]`), 1), "needs a dtype, a shape"},
		{"no offsets", file(entry(`"dtype":"U8","shape":[1]`), 1), "two data_offsets"},
		{"one offset", file(entry(`"dtype":"U8","shape":[1],"data_offsets":[0]`), 1), "two data_offsets"},
		{"three offsets", file(entry(`"dtype":"U8","shape":[1],"data_offsets":[0,1,2]`), 1), "more than 2 integers"},
		{"nine dimensions", file(entry(`"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]`), 1), "more than 8"},
		{"null in a shape", file(entry(`"dtype":"U8","shape":[null]`)), "unexpected <nil>"},
		{"text in a shape", file(entry(`"dtype":"U8","shape":["1"]`)), `unexpected "1"`},
		{"much text in a shape", file(entry(`"dtype":"U8","shape":["` + strings.Repeat("\u202e", 1e4) + `"]`)), `\u202e" at byte`},
		{"many digits in a shape", file(entry(`"dtype":"U8","shape":[` + strings.Repeat("1", 1e4) + `]`)), "1 is not an integer"},
		{"a long name", file(`{"` + strings.Repeat("x", 1e4) + `":{}}`), "needs a dtype"},
		{"fraction", file(entry(`"dtype":"U8","shape":[1.5]`)), "1.5 is not an integer"},
		{"exponent", file(entry(`"dtype":"U8","shape":[1e0]`)), "1e0 is not an integer"},
		{"beyond 64 bits", file(entry(`"dtype":"U8","shape":[9223372036854775808]`)), "not an integer of 64 bits"},
		{"arrays in a shape", file(entry(`"dtype":"U8","shape":` + strings.Repeat("[", 1e5))), "unexpected ["},
		{"unknown dtype", file(entry(`"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]`), 1), `"F8_E4M3" is not supported`},
		{"metadata is a number", file(`{"__metadata__":1}`), "unexpected 1"},
		{"number in metadata", file(`{"__metadata__":{"a":1}}`), "unexpected 1"},
		{"metadata twice", file(`{"__metadata__":{},"__metadata__":{}}`), "twice"},

		{"past the end", file(two("[0,2]", "[2,5]"), 1, 2, 3, 4), "are not in the file"},
		{"file cut", file(two("[0,2]", "[2,4]"), 1, 2, 3), "are not in the file"},
		{"negative", file(two("[-2,0]", "[0,2]"), 1, 2), "are not in the file"},
		{"backwards", file(two("[0,2]", "[4,2]"), 1, 2, 3, 4), "are not in the file"},
		{"overlap", file(two("[0,2]", "[1,3]"), 1, 2, 3), "overlap"},
		{"the same bytes", file(two("[0,2]", "[0,2]"), 1, 2), "overlap"},
		{"hole", file(two("[0,2]", "[3,5]"), 1, 2, 3, 4, 5), "bytes 2 to 3 before it belong to no tensor"},
		{"hole at the start", file(two("[1,3]", "[3,5]"), 1, 2, 3, 4, 5), "bytes 0 to 1 before it"},
		{"bytes at the end", file(two("[0,2]", "[2,4]"), 1, 2, 3, 4, 5), "after the last tensor"},
		{"shape larger than its bytes", file(entry(`"dtype":"F32","shape":[1000000],"data_offsets":[0,4]`), 1, 2, 3, 4), "needs 4000000 bytes, there are 4"},
		{"shape smaller than its bytes", file(entry(`"dtype":"U8","shape":[3],"data_offsets":[0,4]`), 1, 2, 3, 4), "needs 3 bytes, there are 4"},
		{"negative shape", file(entry(`"dtype":"U8","shape":[-2,-2],"data_offsets":[0,4]`), 1, 2, 3, 4), "negative"},
		{"overflow to 0", file(entry(`"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]`)), "overflows"},
	}
	for _, test := range tests {
		_, err := read(test.data, Limits{})
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got error %v, want %q", test.name, err, test.want)
		}
		if err != nil && (len(err.Error()) > 800 || strings.Contains(err.Error(), "\u202e")) {
			t.Errorf("%s: what the file says is in the message as it is: %q", test.name, err)
		}
	}
}

func TestReadErrorIsKept(t *testing.T) {
	broken := errors.New("the disk is on fire")
	for _, limit := range []int64{0, 8} {
		r := failing{several, limit, broken}
		if _, err := New(r, int64(len(several)), Limits{}); !errors.Is(err, broken) {
			t.Errorf("after %d bytes: %v", limit, err)
		}
	}
	// The size is larger than what is there.
	if _, err := New(bytes.NewReader(several[:20]), int64(len(several)), Limits{}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("short: %v", err)
	}
}

// failing gives data below limit and then err.
type failing struct {
	data  []byte
	limit int64
	err   error
}

func (f failing) ReadAt(p []byte, at int64) (int, error) {
	if at >= f.limit {
		return 0, f.err
	}
	return copy(p, f.data[at:f.limit]), nil
}

// FuzzNew reads arbitrary bytes; the tensors of what is accepted must be readable and cover the file.
func FuzzNew(f *testing.F) {
	f.Add(several)
	f.Add(file("{}"))
	f.Add(file(`{"x":{"dtype":"BF16","shape":[1,2],"data_offsets":[0,4]}}`, 1, 2, 3, 4))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := read(b, Limits{})
		if err != nil {
			return
		}
		size := 8 + int(binary.LittleEndian.Uint64(b))
		for _, name := range file.Names() {
			a, err := file.Tensor(name)
			if err != nil {
				t.Fatal(err)
			}
			v := make([]float64, a.Rows()*a.RowLen())
			if err := a.Float64s(v, 0, a.Rows()); err != nil && a.DType() != npy.Int64 {
				t.Fatal(err)
			}
			size += len(v) * a.DType().Size()
		}
		if size != len(b) {
			t.Fatalf("header and tensors have %d of %d bytes", size, len(b))
		}
	})
}
