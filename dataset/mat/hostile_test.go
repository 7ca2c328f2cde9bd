package mat

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"
)

// nested returns a cell in a cell in a cell, n deep, without building each level from the one below.
func nested(n int) []byte {
	level := little.array(uint32(Cell), "", []int32{1, 1})
	b := make([]byte, 0, n*len(level))
	for i := range n {
		inner := (n - 1 - i) * len(level)
		binary.LittleEndian.PutUint32(level[4:], uint32(len(level)-8+inner))
		b = append(b, level...)
	}
	return b
}

func TestHostile(t *testing.T) {
	w := little
	sound := w.file(w.doubles("x", []int32{1, 2}, 1, 2))
	deflated := w.deflate(w.doubles("x", []int32{1, 100}, make([]float64, 100)...))
	damaged := bytes.Clone(deflated)
	damaged[len(damaged)-1] ^= 1 // the checksum
	one := w.doubles("", []int32{1, 1}, 1)
	patch := func(b []byte, at int, v uint32) []byte {
		b = bytes.Clone(b)
		binary.LittleEndian.PutUint32(b[at:], v)
		return b
	}
	tests := []struct {
		name string
		data []byte
		opts Options
		want string
	}{
		{"empty", nil, Options{}, "header"},
		{"short header", sound[:127], Options{}, "unexpected EOF"},
		{"not a mat file", bytes.Repeat([]byte("a"), 200), Options{}, "no endian mark"},
		{"MATLAB 4", make([]byte, 200), Options{}, "MATLAB 4"},
		{"HDF5", append([]byte("\x89HDF\r\n\x1a\n"), make([]byte, 200)...), Options{}, "HDF5"},
		{"7.3", patch(sound, 124, 'M'<<24|'I'<<16|0x0200), Options{}, "hint: in MATLAB: load it, then save(file, '-v7')"},
		{"version", patch(sound, 124, 'M'<<24|'I'<<16|0x0300), Options{}, "version 0x0300"},
		{"tag cut", sound[:132], Options{}, "tag of variable 1: unexpected EOF"},
		{"variable cut", sound[:len(sound)-1], Options{}, "unexpected EOF"},
		{"a number at the top", w.file(w.element(typeDouble, make([]byte, 8))), Options{}, "data type 9, not an array"},
		{"a compressed number", w.file(w.deflate(w.element(typeDouble, make([]byte, 8)))), Options{}, "data type 9, not an array"},
		{"twice", append(bytes.Clone(sound), sound[128:]...), Options{}, `a second variable is named "x"`},
		{"size of 4 GiB", patch(sound, 132, math.MaxUint32), Options{}, "unexpected EOF"},
		{"size of 4 GiB, long file", append(patch(sound, 132, math.MaxUint32), make([]byte, 2000)...), Options{}, "exceed what is left of the limit"},
		{"more than the limit", sound, Options{MaxBytes: 10}, "limit of 10"},
		{"more than the limit together", w.file(w.doubles("a", []int32{1, 100}, make([]float64, 100)...), w.doubles("b", []int32{1, 100}, make([]float64, 100)...)),
			Options{MaxBytes: 1000}, `variable 2: "b"`},

		{"short flags", w.file(w.element(typeMatrix, w.int32s(6))), Options{}, "array flags: too short"},
		{"only flags", w.file(w.element(typeMatrix, w.int32s(6, 0))), Options{}, "dimensions: a data element is missing"},
		{"class 0", w.file(w.array(0, "x", []int32{1, 1})), Options{}, "unknown array class 0"},
		{"class 18", w.file(w.array(18, "x", []int32{1, 1})), Options{}, "unknown array class 18"},
		{"one dimension", w.file(w.array(6, "x", []int32{1})), Options{}, "at least 2"},
		{"33 dimensions", w.file(w.array(6, "x", make([]int32, 33))), Options{}, "at most 32"},
		{"negative", w.file(w.doubles("x", []int32{-1, -1}, 1)), Options{}, "-1 is negative"},
		{"overflow", w.file(w.doubles("x", []int32{math.MaxInt32, math.MaxInt32, 4}, 1)), Options{}, "overflows"},
		{"huge", w.file(w.doubles("x", []int32{math.MaxInt32, math.MaxInt32}, 1)), Options{}, "has 8 bytes of 8-byte numbers"},
		{"too few numbers", w.file(w.doubles("x", []int32{1, 2}, 1)), Options{}, "has 8 bytes"},
		{"half a number", w.file(w.array(6, "x", []int32{1, 1}, w.element(typeDouble, make([]byte, 4)))), Options{}, "has 4 bytes"},
		{"numbers in letters", w.file(w.array(6, "x", []int32{1, 1}, w.element(typeUTF8, make([]byte, 1)))), Options{}, "where numbers are expected"},
		{"no numbers", w.file(w.array(6, "x", []int32{1, 1})), Options{}, "missing"},
		{"long small element", w.file(w.array(6, "x", []int32{1, 1}, []byte{1, 0, 5, 0, 0, 0, 0, 0})), Options{}, "small data element of 5"},
		{"element past the end", w.file(w.array(6, "x", []int32{1, 1}, w.raw(typeDouble, nil)[:4], []byte{0xff, 0xff, 0xff, 0xff})), Options{}, "4294967295 bytes where 0"},
		{"long name", w.file(w.doubles(strings.Repeat("n", 2000), []int32{1, 1}, 1)), Options{}, "array name"},
		{"name of numbers", w.file(w.element(typeMatrix, append(append(w.numbers(typeUint32, 6, 0), w.int32s(1, 1)...), w.numbers(typeDouble, 1)...))),
			Options{}, "where letters are expected"},

		{"cells that are not there", w.file(w.array(uint32(Cell), "x", []int32{math.MaxInt32, 2})), Options{}, "4294967294 elements in 0 bytes"},
		{"too many cells", w.file(w.array(uint32(Cell), "x", []int32{1, 3}, one, one, one)), Options{MaxArrays: 2}, "limit of 2"},
		{"a number in a cell", w.file(w.array(uint32(Cell), "x", []int32{1, 1}, w.numbers(typeDouble, 1))), Options{}, "element 0 of 1: data type 9"},
		{"structs that are not there", w.file(w.structs("x", []int32{math.MaxInt32, math.MaxInt32, 1}, []string{"a", "b", "c"}, one)), Options{}, "with 3 fields"},
		{"structs without fields", w.file(w.structs("x", []int32{math.MaxInt32, math.MaxInt32}, nil)), Options{}, "4611686014132420609 elements exceed"},
		{"too many fields", w.file(w.structs("x", []int32{1, 1}, []string{"a", "b", "c"}, one, one, one)), Options{MaxArrays: 2}, "field names: 3 elements"},
		{"field twice", w.file(w.structs("x", []int32{1, 1}, []string{"a", "a"}, one, one)), Options{}, `"a" twice`},
		{"empty field name", w.file(w.structs("x", []int32{1, 1}, []string{""}, one)), Options{}, "empty name"},
		{"field name length 0", w.file(w.array(uint32(Struct), "x", []int32{1, 1}, w.int32s(0), w.numbers(typeInt8, 'a'))), Options{}, "length [0]"},
		{"field name length -1", w.file(w.array(uint32(Struct), "x", []int32{1, 1}, w.int32s(-1), w.numbers(typeInt8, 'a'))), Options{}, "length [-1]"},
		{"field name length missing", w.file(w.array(uint32(Struct), "x", []int32{1, 1}, w.int32s(), w.numbers(typeInt8, 'a'))), Options{}, "length []"},
		{"too deep", w.file(w.array(uint32(Cell), "x", []int32{1, 1}, nested(40))), Options{}, "nested deeper than 32"},
		{"a million deep", w.file(w.array(uint32(Cell), "x", []int32{1, 1}, nested(1e6))), Options{}, "nested deeper than 32"},

		{"no zlib", w.file(w.raw(typeCompressed, []byte("abcdef"))), Options{}, "inflating"},
		{"empty zlib", w.file(w.raw(typeCompressed, nil)), Options{}, "inflating: unexpected EOF"},
		{"zlib cut", w.file(w.raw(typeCompressed, deflated[8:len(deflated)-8])), Options{}, "unexpected EOF"},
		{"file cut in zlib", w.file(deflated[:len(deflated)-8]), Options{}, "unexpected EOF"},
		{"checksum", w.file(damaged), Options{}, "checksum"},
		{"more inflated than said", w.file(w.deflate(append(w.doubles("x", []int32{1, 1}, 1), 0))), Options{}, "data after its"},
		{"less inflated than said", w.file(w.deflate(w.doubles("x", []int32{1, 200}, make([]float64, 200)...)[:1500])), Options{}, "unexpected EOF"},
		{"zlib in zlib", w.file(w.deflate(deflated)), Options{}, "compressed data type is data type 15"},
	}
	for _, test := range tests {
		if _, err := Read(bytes.NewReader(test.data), test.opts); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got error %v, want %q", test.name, err, test.want)
		}
	}
}

// zeros reads as n zero bytes.
type zeros struct{ n int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.n == 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), z.n))
	clear(p[:n])
	z.n -= int64(n)
	return n, nil
}

// A variable of 32 MiB in 32 KiB is refused by what its tag says, and skipped without being inflated.
func TestZipBomb(t *testing.T) {
	const size = 32 << 20
	head := little.array(uint32(Uint8), "bomb", []int32{1, size}, little.raw(typeUint8, nil))
	binary.LittleEndian.PutUint32(head[4:], uint32(len(head)-8+size))
	binary.LittleEndian.PutUint32(head[len(head)-4:], size)
	bomb := little.file(little.deflateFrom(io.MultiReader(bytes.NewReader(head), &zeros{size})))

	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Read(bytes.NewReader(bomb), Options{MaxBytes: size - 1})
	f, skipped := Read(bytes.NewReader(bomb), Options{Only: []string{}})
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "limit of 33554431") {
		t.Errorf("got %v", err)
	}
	if skipped != nil || f.Names()[0] != "bomb" {
		t.Errorf("skipping: %v", skipped)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d bytes were allocated", n)
	}
}

func TestReadErrorIsKept(t *testing.T) {
	broken := errors.New("the disk is on fire")
	b := little.file(little.doubles("x", []int32{1, 2}, 1, 2))
	for n := range len(b) {
		_, err := Read(io.MultiReader(bytes.NewReader(b[:n]), failing{broken}), Options{})
		if !errors.Is(err, broken) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// A text matrix with no columns and 2^31-1 rows has no rows to allocate.
func TestEmptyTextWithHugeDims(t *testing.T) {
	for _, dims := range [][]int32{{math.MaxInt32, 0}, {0, math.MaxInt32}} {
		b := little.file(little.array(uint32(Char), "s", dims, little.element(typeUint16, []byte{1})))
		if rows, err := variable(t, read(t, b, Options{}), "s").Rows(); err != nil || len(rows) != 0 {
			t.Errorf("%d rows, %v", len(rows), err)
		}
	}
}
