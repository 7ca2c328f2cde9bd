package mat

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
)

func read(t *testing.T, b []byte, opts Options) *File {
	t.Helper()
	f, err := Read(bytes.NewReader(b), opts)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func variable(t *testing.T, f *File, name string) *Array {
	t.Helper()
	a, err := f.Var(name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func field(t *testing.T, a *Array, i int, name string) *Array {
	t.Helper()
	x, err := a.Field(i, name)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func wantFloats(t *testing.T, a *Array, want ...float64) {
	t.Helper()
	got, err := a.Float64s()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", a.describe(), got, want)
	}
}

// every names the two byte orders, with and without compression.
var every = []struct {
	name string
	w    writer
	pack func(writer, []byte) []byte
}{
	{"little", little, func(_ writer, b []byte) []byte { return b }},
	{"big", big, func(_ writer, b []byte) []byte { return b }},
	{"little deflated", little, writer.deflate},
	{"big deflated", big, writer.deflate},
}

func TestNumbersOfEveryTypeAndClass(t *testing.T) {
	types := map[dataType][]float64{
		typeInt8:   {-128, 0, 127, 1},
		typeUint8:  {0, 255, 7, 1},
		typeInt16:  {-32768, 32767, 2, 1},
		typeUint16: {65535, 0, 256, 1},
		typeInt32:  {math.MinInt32, math.MaxInt32, 5, 1},
		typeUint32: {math.MaxUint32, 0, 5, 1},
		typeSingle: {0.5, -1.25, math.Inf(1), 1},
		typeDouble: {0.1, -1e300, math.Inf(-1), 1},
		typeInt64:  {-1 << 53, 1 << 53, -3, 1},
		typeUint64: {1 << 53, 0, 3, 1},
	}
	for _, e := range every {
		for typ, want := range types {
			for class := Double; class <= Uint64; class++ {
				b := e.w.array(uint32(class), "x", []int32{2, 1, 2}, e.w.numbers(typ, want...))
				a := variable(t, read(t, e.w.file(e.pack(e.w, b)), Options{}), "x")
				if a.Class != class || !slices.Equal(a.Dims, []int{2, 1, 2}) || a.Len() != 4 {
					t.Fatalf("%s %v: got a %s array", e.name, typ, a.describe())
				}
				wantFloats(t, a, want...)
			}
		}
	}
}

func TestIntegersBeyondFloat64(t *testing.T) {
	for typ, v := range map[dataType]float64{typeInt64: -1 << 54, typeUint64: 1 << 54} {
		b := little.file(little.array(uint32(Int64), "x", []int32{1, 1}, little.numbers(typ, v)))
		if _, err := variable(t, read(t, b, Options{}), "x").Float64s(); err == nil {
			t.Errorf("%v: no error", typ)
		}
	}
}

func TestStructCellText(t *testing.T) {
	for _, e := range every {
		w := e.w
		s := w.structs("RDMs", []int32{1, 2}, []string{"RDM", "name"},
			w.doubles("", []int32{2, 2}, 0, 1, 2, 0), w.text("", "monkey IT"),
			w.element(typeMatrix, nil), w.text("", ""))
		c := w.array(uint32(Cell), "labels", []int32{2, 1}, w.text("", "face"), s)
		small := w.array(uint32(Uint8)|logicalFlag, "yes", []int32{1, 3}, w.small(typeUint8, []byte{1, 0, 1}))
		f := read(t, w.file(e.pack(w, s), e.pack(w, c), e.pack(w, small)), Options{})

		if got, want := f.Names(), []string{"RDMs", "labels", "yes"}; !slices.Equal(got, want) {
			t.Fatalf("%s: names %q, want %q", e.name, got, want)
		}
		rdms := variable(t, f, "RDMs")
		if got, want := rdms.Fields(), []string{"RDM", "name"}; !slices.Equal(got, want) {
			t.Fatalf("fields %q, want %q", got, want)
		}
		wantFloats(t, field(t, rdms, 0, "RDM"), 0, 1, 2, 0)
		if got := field(t, rdms, 0, "name").String(); got != "monkey IT" {
			t.Errorf("name %q", got)
		}
		unset := field(t, rdms, 1, "RDM")
		if unset.describe() != "0x0 double" {
			t.Errorf("unset field: a %s array", unset.describe())
		}
		wantFloats(t, unset)
		if got, err := field(t, rdms, 1, "name").Text(); got != "" || err != nil {
			t.Errorf("empty name: %q, %v", got, err)
		}

		labels := variable(t, f, "labels")
		face, err := labels.Cell(0)
		if err != nil || face.String() != "face" {
			t.Errorf("labels{1}: %v, %v", face, err)
		}
		nested, err := labels.Cell(1)
		if err != nil || nested.String() != "1x2 struct" {
			t.Errorf("labels{2}: %v, %v", nested, err)
		}
		yes := variable(t, f, "yes")
		if yes.String() != "1x3 logical" || !yes.Logical {
			t.Errorf("yes is a %s array", yes)
		}
		wantFloats(t, yes, 1, 0, 1)
	}
}

func TestAccessErrors(t *testing.T) {
	w := little
	f := read(t, w.file(
		w.doubles("x", []int32{1, 1}, 1),
		w.text("text", "a"),
		w.array(uint32(Cell), "cell", []int32{1, 1}, w.text("", "a")),
		w.structs("st", []int32{1, 1}, []string{"f"}, w.text("", "a")),
		w.array(uint32(Double)|complexFlag, "z", []int32{1, 1}, w.numbers(typeDouble, 1), w.numbers(typeDouble, 2)),
		w.array(uint32(Sparse), "sp", []int32{3, 3}, w.int32s(0)),
		w.array(uint32(Char), "page", []int32{1, 1, 2}, w.numbers(typeUint16, 65, 66)),
		w.array(uint32(Char), "list", []int32{2, 1}, w.numbers(typeUint16, 65, 66)),
	), Options{})
	get := func(name string) *Array { return variable(t, f, name) }
	tests := []struct {
		call func() (any, error)
		want string
	}{
		{func() (any, error) { return f.Var("y") }, `no variable "y", the file has "x", "text"`},
		{func() (any, error) { return get("text").Float64s() }, "a 1x1 char array has no numbers"},
		{func() (any, error) { return get("z").Float64s() }, "a 1x1 complex double array is not supported"},
		{func() (any, error) { return get("sp").Float64s() }, "hint: save full(x)"},
		{func() (any, error) { return get("x").Text() }, "a 1x1 double array has no text"},
		{func() (any, error) { return get("page").Text() }, "not a list of texts"},
		{func() (any, error) { return get("list").Text() }, "several rows"},
		{func() (any, error) { return get("x").Cell(0) }, "no cells"},
		{func() (any, error) { return get("cell").Cell(1) }, "no cell 1 in a 1x1 cell array"},
		{func() (any, error) { return get("cell").Cell(-1) }, "no cell -1"},
		{func() (any, error) { return get("x").Field(0, "f") }, "no fields"},
		{func() (any, error) { return get("st").Field(1, "f") }, "no element 1 in a 1x1 struct array"},
		{func() (any, error) { return get("st").Field(0, "g") }, `no field "g", the struct has "f"`},
	}
	for _, test := range tests {
		if _, err := test.call(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got %v, want %q", err, test.want)
		}
	}
	if rows, err := get("list").Rows(); err != nil || !slices.Equal(rows, []string{"A", "B"}) {
		t.Errorf("list: %q, %v", rows, err)
	}
}

func TestOnly(t *testing.T) {
	w := little
	large := w.deflate(w.doubles("large", []int32{1, 100}, make([]float64, 100)...))
	f := read(t, w.file(large, w.doubles("x", []int32{1, 1}, 7), large[:0], w.doubles("y", []int32{1, 1}, 8)),
		Options{Only: []string{"y"}, MaxBytes: 100})
	if got, want := f.Names(), []string{"large", "x", "y"}; !slices.Equal(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
	wantFloats(t, variable(t, f, "y"), 8)
	if _, err := f.Var("large"); err == nil || !strings.Contains(err.Error(), "Options.Only") {
		t.Errorf("skipped variable: %v", err)
	}
}

// A letter outside the basic plane is two UTF-16 units for MATLAB and one letter for SciPy.
func TestTextEncodings(t *testing.T) {
	const want = "né𝄞"
	utf16le := []byte{'n', 0, 0xe9, 0, 0x34, 0xd8, 0x1e, 0xdd}
	tests := []struct {
		typ  dataType
		n    int32
		data []byte
		want string
	}{
		{typeUTF8, 3, []byte(want), want},
		{typeUTF8, 4, []byte(want), want},
		{typeUTF16, 4, utf16le, want},
		{typeUint16, 4, utf16le, want},
		{typeUTF32, 3, []byte{'n', 0, 0, 0, 0xe9, 0, 0, 0, 0x1e, 0xd1, 1, 0}, want},
		{typeUint8, 2, []byte{'n', 0xe9}, "né"},
		{typeUint16, 1, []byte{0x34, 0xd8}, "\ufffd"}, // half a pair
		{typeUTF8, 1, []byte{0xff}, "\ufffd"},
	}
	for _, test := range tests {
		b := little.file(little.array(uint32(Char), "s", []int32{1, test.n}, little.element(test.typ, test.data)))
		if got, err := variable(t, read(t, b, Options{}), "s").Text(); err != nil || got != test.want {
			t.Errorf("%v, %d letters: got %q, %v, want %q", test.typ, test.n, got, err, test.want)
		}
	}
	b := little.file(little.array(uint32(Char), "s", []int32{1, 5}, little.element(typeUTF8, []byte(want))))
	if _, err := variable(t, read(t, b, Options{}), "s").Text(); err == nil {
		t.Error("5 letters that are 3 or 4: no error")
	}
}

func TestSubsystemDataIsSkipped(t *testing.T) {
	w := little
	f := read(t, w.file(w.doubles("x", []int32{1, 1}, 7), w.array(uint32(Uint8), "", []int32{1, 1}, w.small(typeUint8, []byte{1}))), Options{})
	if got := f.Names(); !slices.Equal(got, []string{"x"}) {
		t.Errorf("names %q", got)
	}
}
