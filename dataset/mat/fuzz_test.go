package mat

import (
	"bytes"
	"os"
	"testing"
)

// FuzzRead reads arbitrary bytes and then everything that was accepted.
func FuzzRead(f *testing.F) {
	for _, e := range every {
		w := e.w
		f.Add(w.file(
			e.pack(w, w.structs("s", []int32{1, 1}, []string{"a", "b"}, w.doubles("", []int32{1, 2}, 1, 2), w.text("", "b"))),
			e.pack(w, w.array(uint32(Cell), "c", []int32{1, 2}, w.text("", "text"), w.array(uint32(Uint8), "", []int32{1, 1}, w.small(typeUint8, []byte{1})))),
			e.pack(w, w.array(uint32(Sparse), "sp", []int32{1, 1}, w.int32s(0))),
		))
	}
	scipy, err := os.ReadFile("testdata/scipy.mat")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(scipy)
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := Read(bytes.NewReader(b), Options{MaxBytes: 1 << 20, MaxArrays: 1 << 12})
		if err != nil {
			return
		}
		for _, name := range file.Names() {
			a, err := file.Var(name)
			if err != nil {
				t.Fatal(err)
			}
			visit(t, a)
		}
	})
}

func visit(t *testing.T, a *Array) {
	if v, err := a.Float64s(); err == nil && len(v) != a.Len() {
		t.Fatalf("%d numbers in a %s array", len(v), a.describe())
	}
	if rows, err := a.Rows(); err == nil && a.Len() > 0 && len(rows) != a.Dims[0] {
		t.Fatalf("%d rows in a %s array", len(rows), a.describe())
	}
	_ = a.String()
	if a.Class == Cell {
		for i := range a.Len() {
			c, err := a.Cell(i)
			if err != nil {
				t.Fatal(err)
			}
			visit(t, c)
		}
	}
	for _, name := range a.Fields() {
		for i := range a.Len() {
			f, err := a.Field(i, name)
			if err != nil {
				t.Fatal(err)
			}
			visit(t, f)
		}
	}
}
