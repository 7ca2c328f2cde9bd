package npy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// file is a .npy file of version 1 with that header and size bytes of data.
func file(header string, size int) []byte {
	b := append([]byte(magic+"\x01\x00"), byte(len(header)), byte(len(header)>>8))
	return append(append(b, header...), make([]byte, size)...)
}

func shaped(shape string, size int) []byte {
	return file("{'descr': '<f8', 'fortran_order': False, 'shape': "+shape+"}", size)
}

func TestHostile(t *testing.T) {
	tests := []struct {
		name string
		data []byte
		want string // "" if it is sound
	}{
		{"sound", shaped("(2,)", 16), ""},
		{"double quotes, no blanks, another order", file(`{"shape":(2,),"fortran_order":False,"descr":"<f8"}`, 16), ""},
		{"Python 2", shaped("(1L, 2L)", 16), ""},

		{"empty", nil, "unexpected EOF"},
		{"something else", []byte("PK\x03\x04 and so on"), "not a .npy file"},
		{"version 4", []byte(magic + "\x04\x00\x00\x00\x00\x00"), "version 4"},
		{"header cut", shaped("(2,)", 0)[:30], "unexpected EOF"},
		{"header of 4 GiB", []byte(magic + "\x02\x00\xff\xff\xff\xff{"), "exceeds the limit"},
		{"header of 10001 bytes", file(strings.Repeat(" ", 10001), 0), "exceeds the limit"},
		{"no dictionary", file("[]", 0), "not a dictionary"},
		{"dictionary cut", file("{'descr': '<f8'", 0), "no comma"},
		{"empty dictionary", file("{}", 0), `no key "descr"`},
		{"no shape", file("{'descr': '<f8', 'fortran_order': False}", 0), `no key "shape"`},
		{"key twice", file("{'descr': '<f8', 'descr': '<f8'}", 0), "twice"},
		{"unknown key", file("{'descr': '<f8', 'x': 1}", 0), `unknown key "x"`},
		{"key without quotes", file("{descr: '<f8'}", 0), "no key at"},
		{"key without end", file("{'descr: ", 0), "no key at"},
		{"escape", file(`{'d\x65scr': '<f8'}`, 0), "no key at"},
		{"no comma", file("{'descr': '<f8' 'fortran_order': False}", 0), "no comma"},
		{"two dictionaries", file("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)} {}", 16), "after the dictionary"},
		{"order 0", file("{'fortran_order': 0}", 0), "neither True nor False"},
		{"a long type", file("{'descr': '>"+strings.Repeat("\x1b", 2000)+"'}", 0), "is not supported"},
		{"empty type", file("{'descr': ''}", 0), `type "" is not supported`},
		{"list as shape", shaped("[2]", 16), "not a tuple"},
		{"shape without end", file("{'shape': (2, ", 0), "no dimension"},
		{"shape without comma", shaped("(1 2)", 16), "no comma in the shape"},
		{"negative", shaped("(-2, -1)", 16), `no dimension at "-2`},
		{"fraction", shaped("(2.0,)", 16), "no comma in the shape"},
		{"beyond 64 bits", shaped("(99999999999999999999,)", 16), "no dimension"},
		{"overflow to 16", shaped("(4294967296, 4294967296, 2)", 16), "overflows"},
		{"overflow behind 0", shaped("(0, 4294967296, 4294967296)", 0), "overflows"},
		{"nine dimensions", shaped("(1, 1, 1, 1, 1, 1, 1, 1, 1)", 8), "more than 8 dimensions"},
		{"large", shaped("(1000000000000,)", 16), "exceed the limit"},
		{"more than there is", shaped("(1000000,)", 16), "needs 8000000 bytes, there are 16"},
		{"less than there is", shaped("(1,)", 16), "data after the 8 bytes"},
	}
	for _, test := range tests {
		_, err := Read(bytes.NewReader(test.data), Limits{})
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got error %v, want %q", test.name, err, test.want)
		}
		if err != nil && (len(err.Error()) > 500 || strings.Contains(err.Error(), "\x1b")) {
			t.Errorf("%s: what the file says is in the message as it is: %q", test.name, err)
		}
	}
	if _, err := Read(bytes.NewReader(shaped("(2,)", 16)), Limits{MaxBytes: 15}); err == nil || !strings.Contains(err.Error(), "limit of 15") {
		t.Errorf("limit: %v", err)
	}
}

func TestNewArrayErrors(t *testing.T) {
	for _, shape := range [][]int{{-2}, {-1, -2}, {0, -1}, {3}, make([]int, 9)} {
		if _, err := NewArray(Uint8, shape, bytes.NewReader(make([]byte, 2)), 2); err == nil {
			t.Errorf("shape %v of 2 bytes: no error", shape)
		}
	}
}

func compress(t *testing.T, b []byte) []byte {
	t.Helper()
	z, err := zstd.NewWriter(nil, zstd.WithEncoderCRC(true))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	return z.EncodeAll(b, nil)
}

func TestHostileZstandard(t *testing.T) {
	sound := compress(t, shaped("(100,)", 800))
	damaged := bytes.Clone(sound)
	damaged[len(damaged)-1] ^= 1 // the checksum
	// RFC 8878, 3.1.1.1: no content size, window descriptor 0xa8: 2^(10+21) bytes = 2 GiB.
	window := append([]byte("\x28\xb5\x2f\xfd\x00\xa8"), sound[6:]...)
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"cut":                    {sound[:len(sound)-5], "unexpected EOF"},
		"checksum":               {damaged, "CRC"},
		"window of 2 GiB":        {window, "window size"},
		"more data":              {compress(t, shaped("(100,)", 801)), "data after the 800 bytes"},
		"less data":              {compress(t, shaped("(100,)", 799)), "there are 799"},
		"5 GiB":                  {compress(t, shaped("(671088640,)", 800)), "limit of 4294967296 for a compressed array"},
		"large shape":            {compress(t, shaped("(1000000000000,)", 800)), "exceed the limit"},
		"compressed twice":       {compress(t, sound), "not a .npy file"},
		"nothing but a magic":    {sound[:4], "EOF"},
		"garbage after the data": {append(bytes.Clone(sound), "garbage"...), "magic"},
	} {
		if _, err := Read(bytes.NewReader(test.data), Limits{}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got error %v, want %q", name, err, test.want)
		}
	}
	if _, err := Read(bytes.NewReader(sound), Limits{}); err != nil {
		t.Error(err)
	}
}

// The numbers are not decompressed if the caller does not want an array of that header.
func TestCheckComesBeforeTheNumbers(t *testing.T) {
	const size = 64 << 20
	unwanted := errors.New("three rows are not what we want")
	for _, compressed := range []bool{false, true} {
		b := shaped("(3, 2796202)", 3*2796202*8)
		if compressed {
			b = compress(t, b)
		}
		path := filepath.Join(t.TempDir(), "a.npy")
		if err := os.WriteFile(path, b, 0o666); err != nil {
			t.Fatal(err)
		}
		limits := Limits{Check: func(h Header) error {
			if n, err := h.Bytes(); n != 3*2796202*8 || err != nil || h.DType != Float64 || h.Shape[0] != 3 || h.Compressed != compressed {
				t.Errorf("header %v", h)
			}
			return unwanted
		}}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, readErr := Read(bytes.NewReader(b), limits)
		_, openErr := Open(path, limits)
		runtime.ReadMemStats(&after)
		if readErr != unwanted || openErr != unwanted {
			t.Errorf("compressed %v: %v, %v", compressed, readErr, openErr)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > size/2 {
			t.Errorf("compressed %v: %d bytes were allocated", compressed, n)
		}
	}
}

// A compressed array is read into one buffer of its size.
func TestCompressedIsAllocatedOnce(t *testing.T) {
	const size = 128 << 20
	b := compress(t, shaped("(16777216,)", size))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Read(bytes.NewReader(b), Limits{})
	runtime.ReadMemStats(&after)
	// The window of this frame is 8 MiB.
	if n := after.TotalAlloc - before.TotalAlloc; err != nil || n > size+32<<20 {
		t.Errorf("%v, %d bytes were allocated", err, n)
	}
}

// 64 MiB of zeros behind a shape of one number are not inflated.
func TestZipBomb(t *testing.T) {
	bomb := compress(t, shaped("(1,)", 64<<20))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Read(bytes.NewReader(bomb), Limits{})
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "data after the 8 bytes") {
		t.Errorf("got %v", err)
	}
	// The window of this frame is 8 MiB.
	if n := after.TotalAlloc - before.TotalAlloc; n > 32<<20 {
		t.Errorf("%d bytes were allocated", n)
	}
}

// FuzzRead reads arbitrary bytes; what is accepted must be consistent and readable.
func FuzzRead(f *testing.F) {
	f.Add(shaped("(2,)", 16))
	f.Add(shaped("(2L, 0, 1)", 0))
	f.Add(file(`{"shape":(),"fortran_order":False,"descr":"<f2"}`, 2))
	f.Add([]byte(magic + "\x02\x00\x10\x00\x00\x00{'descr': '>f4'}"))
	z, err := zstd.NewWriter(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(z.EncodeAll(shaped("(100,)", 800), nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := Read(bytes.NewReader(b), Limits{MaxBytes: 1 << 20})
		if err != nil {
			return
		}
		v := make([]float64, a.Rows()*a.RowLen())
		if err := a.Float64s(v, 0, a.Rows()); err != nil && a.DType() != Int64 {
			t.Fatal(err)
		}
		if a.DType() != Float64 {
			return
		}
		var out bytes.Buffer
		if err := Write(&out, a.Shape(), v); err != nil {
			t.Fatal(err)
		}
		again, err := Read(&out, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		w := make([]float64, len(v))
		if err := again.Float64s(w, 0, again.Rows()); err != nil {
			t.Fatal(err)
		}
		if x, y := bits(v), bits(w); !bytes.Equal(x, y) {
			t.Fatalf("written and read back: %v, want %v", w, v)
		}
	})
}

// bits tells NaNs apart.
func bits(v []float64) []byte {
	b, err := binary.Append(nil, binary.LittleEndian, v)
	if err != nil {
		panic(err)
	}
	return b
}
