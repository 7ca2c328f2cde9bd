package mat

import (
	"math"
	"os"
	"slices"
	"testing"
)

// testdata/scipy.mat is what scipy.io.savemat (SciPy 1.10) wrote for testdata/make.py.
func TestSciPyFile(t *testing.T) {
	r, err := os.Open("testdata/scipy.mat")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	f, err := Read(r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	describe := map[string]string{
		"f64": "2x2 double", "f32": "2x3x4 single", "i8": "1x2 int8", "u64": "1x1 uint64", "yes": "2x1 logical", "rows": "2x3 char",
		"s": "2x1 struct", "c": "1x3 cell", "z": "1x1 complex double", "sp": "3x3 sparse",
	}
	if len(f.Names()) != len(describe) {
		t.Errorf("names %q", f.Names())
	}
	for name, want := range describe {
		if got := variable(t, f, name).describe(); got != want {
			t.Errorf("%s: a %s array, want %s", name, got, want)
		}
	}

	f64, err := variable(t, f, "f64").Float64s()
	if err != nil || f64[0] != 1.5 || !math.IsNaN(f64[1]) || f64[2] != -2 || !math.IsInf(f64[3], 1) {
		t.Errorf("f64: %v, %v", f64, err)
	}
	// numpy.arange(24).reshape(2, 3, 4).ravel(order='F')
	wantFloats(t, variable(t, f, "f32"), 0, 12, 4, 16, 8, 20, 1, 13, 5, 17, 9, 21, 2, 14, 6, 18, 10, 22, 3, 15, 7, 19, 11, 23)
	wantFloats(t, variable(t, f, "i8"), -128, 127)
	wantFloats(t, variable(t, f, "yes"), 1, 0)
	if _, err := variable(t, f, "u64").Float64s(); err == nil {
		t.Error("u64: 2^63 is given as a float64")
	}
	if rows, err := variable(t, f, "rows").Rows(); err != nil || !slices.Equal(rows, []string{"abc", "de "}) {
		t.Errorf("rows: %q, %v", rows, err)
	}

	s := variable(t, f, "s")
	wantFloats(t, field(t, s, 0, "v"), 0, 3, 1, 4, 2, 5)
	wantFloats(t, field(t, field(t, s, 1, "v"), 0, "deep"), 0.5)
	if first, second := field(t, s, 0, "label").String(), field(t, s, 1, "label").String(); first != "first" || second != "" {
		t.Errorf("labels %q, %q", first, second)
	}
	c := variable(t, f, "c")
	for i, want := range []string{"1x1 uint8", "Übung", "0x2 double"} {
		if a, err := c.Cell(i); err != nil || a.String() != want {
			t.Errorf("cell %d: %v, %v, want %s", i, a, err, want)
		}
	}
}
