package npy

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
	"testing/iotest"
)

func open64(t *testing.T, path string) (*File, []float64) {
	t.Helper()
	f, err := Open(path, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	v := make([]float64, f.Rows()*f.RowLen())
	if err := f.Float64s(v, 0, f.Rows()); err != nil {
		t.Fatal(err)
	}
	return f, v
}

// The files in testdata are written by NumPy 1.24: testdata/make.py.
func TestEveryType(t *testing.T) {
	for name, dtype := range map[string]DType{"f2": Float16, "f4": Float32, "f8": Float64, "i1": Int8, "i2": Int16,
		"i4": Int32, "i8": Int64, "u1": Uint8, "b1": Bool} {
		f, v := open64(t, "testdata/"+name+".npy")
		if f.DType() != dtype || !slices.Equal(f.Shape(), []int{2, 3, 4}) || f.Rows() != 2 || f.RowLen() != 12 {
			t.Errorf("%s: %v %v, %d rows of %d", name, f.DType(), f.Shape(), f.Rows(), f.RowLen())
		}
		for i, got := range v {
			want := float64(5 * i) // numpy.arange(24) * 5
			if dtype == Bool {
				want = min(want, 1)
			}
			if got != want {
				t.Errorf("%s: number %d is %v, want %v", name, i, got, want)
			}
		}
		second := make([]float32, 12)
		switch err := f.Float32s(second, 1, 2); dtype {
		case Float64, Int32, Int64:
			if err == nil {
				t.Errorf("%s: read as float32", name)
			}
		default:
			if err != nil || float64(second[0]) != v[12] || float64(second[11]) != v[23] {
				t.Errorf("%s: second row %v, %v", name, second, err)
			}
		}
	}
}

func TestShapes(t *testing.T) {
	tests := []struct {
		file   string
		shape  []int
		rowLen int
		want   []float64
	}{
		{"scalar", []int{}, 1, []float64{2.5}},
		{"empty", []int{3, 0}, 0, []float64{}},
		{"vector", []int{2}, 1, []float64{float64(float32(0.1)), math.Inf(-1)}},
		{"v2", []int{2, 3}, 3, []float64{0, 1, 2, 3, 4, 5}},
		{"v3", []int{2, 3}, 3, []float64{0, 1, 2, 3, 4, 5}},
	}
	for _, test := range tests {
		f, v := open64(t, "testdata/"+test.file+".npy")
		if !slices.Equal(f.Shape(), test.shape) || f.RowLen() != test.rowLen || !slices.Equal(v, test.want) {
			t.Errorf("%s: shape %v, rows of %d, %v", test.file, f.Shape(), f.RowLen(), v)
		}
	}
}

// The caller names the file: the path of a machine has no place in a published result.
func TestRefused(t *testing.T) {
	for file, want := range map[string]string{
		"fortran": "hint: numpy.save(file, numpy.ascontiguousarray(x))",
		"big":     "hint: numpy.save(file, x.astype('<f4'))",
		"object":  "pickled",
		"struct":  "structured type",
		"complex": `"<c8" is not supported`,
	} {
		path := "testdata/" + file + ".npy"
		_, err := Open(path, Limits{})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestFloat16(t *testing.T) {
	for h := range 1 << 16 {
		got := float16(uint16(h))
		sign, exponent, fraction := 1.0, h>>10&31, float64(h&1023)
		if h>>15 == 1 {
			sign = -1
		}
		var want float64 // IEEE 754-2008, section 3.4, with 5 exponent bits and bias 15
		switch {
		case exponent == 31 && fraction != 0:
			want = math.NaN()
		case exponent == 31:
			want = math.Inf(int(sign))
		case exponent == 0:
			want = math.Copysign(math.Ldexp(fraction, -24), sign)
		default:
			want = sign * math.Ldexp(1+fraction/1024, exponent-15)
		}
		if math.IsNaN(want) {
			if got == got {
				t.Fatalf("%#04x: %v, want NaN", h, got)
			}
		} else if math.Float32bits(got) != math.Float32bits(float32(want)) {
			t.Fatalf("%#04x: %v, want %v", h, got, want)
		}
	}
}

func TestBFloat16(t *testing.T) {
	// torch.tensor([1, -2.5, float('inf')]).bfloat16().view(torch.int16): 0x3f80, 0xc020, 0x7f80
	a, err := NewArray(BFloat16, []int{3}, bytes.NewReader([]byte{0x80, 0x3f, 0x20, 0xc0, 0x80, 0x7f}), 6)
	if err != nil {
		t.Fatal(err)
	}
	v := make([]float32, 3)
	if err := a.Float32s(v, 0, 3); err != nil || !slices.Equal(v, []float32{1, -2.5, float32(math.Inf(1))}) {
		t.Errorf("%v, %v", v, err)
	}
}

func TestIntegersBeyondFloat64(t *testing.T) {
	for _, n := range []int64{1<<53 + 1, -1<<53 - 1, math.MaxInt64, math.MinInt64} {
		b := binary.LittleEndian.AppendUint64(make([]byte, 8), uint64(n))
		a, err := NewArray(Int64, []int{2}, bytes.NewReader(b), 16)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Float64s(make([]float64, 2), 0, 2); err == nil || !strings.Contains(err.Error(), "number 1") {
			t.Errorf("%d: %v", n, err)
		}
	}
}

// An array several times larger than the buffer, read in ranges that do not divide it.
func TestRanges(t *testing.T) {
	const rows, cols = 300, 333
	data := make([]float32, rows*cols)
	for i := range data {
		data[i] = float32(i)
	}
	var b bytes.Buffer
	if err := Write(&b, []int{rows, 3, cols / 3}, data); err != nil {
		t.Fatal(err)
	}
	a, err := Read(&b, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range [][2]int{{0, rows}, {0, 0}, {rows, rows}, {1, 2}, {7, 291}} {
		n := (r[1] - r[0]) * cols
		v32, v64 := make([]float32, n), make([]float64, n)
		if err := errors.Join(a.Float32s(v32, r[0], r[1]), a.Float64s(v64, r[0], r[1])); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if want := r[0]*cols + i; v32[i] != float32(want) || v64[i] != float64(want) {
				t.Fatalf("rows %v: number %d is %v and %v, want %d", r, i, v32[i], v64[i], want)
			}
		}
	}
}

func TestRow(t *testing.T) {
	f, all := open64(t, "testdata/f4.npy")
	n := f.RowLen()
	for i := range f.Rows() {
		for lo := range n + 1 {
			got := make([]float64, n-lo)
			if err := f.Row(got, i, lo); err != nil || !slices.Equal(got, all[i*n+lo:(i+1)*n]) {
				t.Errorf("row %d from %d on: %v, %v", i, lo, got, err)
			}
		}
	}
	if err := f.Intact(); err != nil {
		t.Error(err)
	}
}

func TestMisusePanics(t *testing.T) {
	a, err := NewArray(Float32, []int{2, 3}, bytes.NewReader(make([]byte, 24)), 24)
	if err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]func() error{
		"before the first row": func() error { return a.Float64s(nil, -1, 0) },
		"after the last row":   func() error { return a.Float64s(make([]float64, 9), 0, 3) },
		"backwards":            func() error { return a.Float64s(nil, 1, 0) },
		"short":                func() error { return a.Float32s(make([]float32, 5), 0, 2) },
		"no such row":          func() error { return a.Row(nil, 2, 0) },
		"beyond the row":       func() error { return a.Row(make([]float64, 3), 1, 1) },
		"write another shape":  func() error { return Write(io.Discard, []int{2, 2}, make([]float32, 3)) },
		"write a negative one": func() error { return Write(io.Discard, []int{-1, -3}, make([]float32, 3)) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			_ = call()
		}()
	}
}

// numpy.save gives the same bytes as Write.
func TestWriteLikeNumPy(t *testing.T) {
	f32, f64 := make([]float32, 24), make([]float64, 24)
	for i := range f32 {
		f32[i], f64[i] = float32(5*i), float64(5*i)
	}
	var inf = float32(math.Inf(-1))
	for file, write := range map[string]func(io.Writer) error{
		"f4":     func(w io.Writer) error { return Write(w, []int{2, 3, 4}, f32) },
		"f8":     func(w io.Writer) error { return Write(w, []int{2, 3, 4}, f64) },
		"vector": func(w io.Writer) error { return Write(w, []int{2}, []float32{0.1, inf}) },
		"scalar": func(w io.Writer) error { return Write(w, nil, []float32{2.5}) },
		"empty":  func(w io.Writer) error { return Write(w, []int{3, 0}, []float64{}) },
	} {
		want, err := os.ReadFile("testdata/" + file + ".npy")
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		if err := write(&got); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s: got\n%q\nwant\n%q", file, got.Bytes(), want)
		}
	}
}

func TestHeaderIsPadded(t *testing.T) {
	for digits := range 18 {
		for _, shape := range [][]int{{0, int(math.Pow10(digits))}, {0, 1, 1, 1, 1, 1, 1, int(math.Pow10(digits))}} {
			h := formatHeader(Float32, shape)
			if len(h)%64 != 0 || !strings.HasSuffix(h, "\n") {
				t.Errorf("shape %v: %d bytes", shape, len(h))
			}
			if got, err := readHeader(strings.NewReader(h)); err != nil || !slices.Equal(got.Shape, shape) {
				t.Errorf("shape %v: read back as %v, %v", shape, got.Shape, err)
			}
		}
	}
}

// testdata/f4.npy.zst is f4.npy after: zstd -19
func TestZstandard(t *testing.T) {
	_, want := open64(t, "testdata/f4.npy")
	if f, got := open64(t, "testdata/f4.npy.zst"); !slices.Equal(got, want) || !slices.Equal(f.Shape(), []int{2, 3, 4}) {
		t.Errorf("%v %v", f.Shape(), got)
	}
}

// The spike counts of one session of Cowley et al. (2026), if the data mirror is there.
func TestRecordedResponses(t *testing.T) {
	root := os.Getenv("BSGEN_DATA_MIRROR")
	if root == "" {
		t.Skip("BSGEN_DATA_MIRROR is not set")
	}
	const dir = "cowleygroup/V4_compact_models/f4552ad9d34a466ebc66658f72a08a8e5038f1cf/data_V4_responses/responses_raw"
	path := filepath.Join(root, filepath.FromSlash(dir), "responses_210325.npy")
	if _, err := os.Stat(path); err != nil {
		t.Skip("the mirror has no responses_210325.npy")
	}
	f, v := open64(t, path)
	// a = numpy.load(path); a.shape, a[0, 0, 0], numpy.isnan(a).sum(), numpy.isnan(a[49, 639, 9])
	missing := 0
	for _, x := range v {
		if math.IsNaN(x) {
			missing++
		}
	}
	if !slices.Equal(f.Shape(), []int{50, 640, 10}) || v[0] != 6 || missing != 78000 || !math.IsNaN(v[len(v)-1]) {
		t.Errorf("shape %v: %v, %d NaN, %v", f.Shape(), v[0], missing, v[len(v)-1])
	}
}

func TestOpenRefusesAnotherLength(t *testing.T) {
	b, err := os.ReadFile("testdata/f4.npy")
	if err != nil {
		t.Fatal(err)
	}
	for _, bytes := range [][]byte{b[:len(b)-1], append(slices.Clone(b), 0)} {
		path := filepath.Join(t.TempDir(), "f4.npy")
		if err := os.WriteFile(path, bytes, 0o666); err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("shape [2 3 4] of float32 needs 96 bytes, there are %d", len(bytes)-128)
		if _, err := Open(path, Limits{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// A file that shrinks after it was opened is an error, not a crash.
func TestFileThatShrinks(t *testing.T) {
	b, err := os.ReadFile("testdata/f4.npy")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "f4.npy")
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
	f, _ := open64(t, path)
	if err := os.Truncate(path, 140); err != nil {
		t.Fatal(err)
	}
	if err := f.Float64s(make([]float64, 24), 0, 2); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
	if err := f.Intact(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("intact: %v", err)
	}
}

func TestReadErrorIsKept(t *testing.T) {
	b, err := os.ReadFile("testdata/f4.npy")
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the disk is on fire")
	for n := range len(b) {
		if _, err := Read(io.MultiReader(bytes.NewReader(b[:n]), iotest.ErrReader(broken)), Limits{}); !errors.Is(err, broken) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}
