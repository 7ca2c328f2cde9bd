package dataset

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/dataset/npy"
	"github.com/klauspost/compress/zstd"
)

func TestActivations(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	array := func(shape []int, values ...float32) []byte {
		var buf bytes.Buffer
		if err := npy.Write(&buf, shape, values); err != nil {
			t.Fatal(err)
		}
		return buf.Bytes()
	}
	tensors := func(name string, values ...float32) []byte {
		header := fmt.Sprintf(`{"%s":{"dtype":"F32","shape":[2,%d],"data_offsets":[0,%d]}}`, name, len(values)/2, 4*len(values))
		buf := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
		buf = append(buf, header...)
		for _, v := range values {
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
		}
		return buf
	}
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	for _, c := range []struct {
		name, format, tensor string
		data                 []byte
		units                int
		want                 string
	}{
		{"plain", "npy", "", array([]int{2, 3}, 1, 2, 3, 4, 5, 6), 3, ""},
		{"a map per stimulus", "npy", "", array([]int{2, 1, 2, 2}, 1, 2, 3, 4, 5, 6, 7, 8), 4, ""},
		{"safetensors", "safetensors", "v4", tensors("v4", 1, 2, 3, 4, 5, 6), 3, ""},
		{"a tensor that is not there", "safetensors", "it", tensors("v4", 1, 2), 0, "it"},
		{"no tensor named", "safetensors", "", tensors("v4", 1, 2), 0, `name the tensor with variable: there are v4`},
		{"another number of rows", "npy", "", array([]int{3, 1}, 1, 2, 3), 0, "has 3 rows, the stimulus set has 2"},
		{"a vector", "npy", "", array([]int{2}, 1, 2), 0, "the shape is [2], not stimuli x units"},
		{"no units", "npy", "", array([]int{2, 0}), 0, "the shape is [2 0]"},
		{"NaN", "npy", "", array([]int{2, 2}, 1, 2, nan, 4), 0, "stimulus 2, unit 1 is NaN"},
		{"infinite", "npy", "", array([]int{2, 2}, 1, inf, 3, 4), 0, "stimulus 1, unit 2 is -Inf"},
		{"cut off", "npy", "", array([]int{2, 3}, 1, 2, 3, 4, 5, 6)[:140], 0, "needs 24 bytes, there are 12"},
		{"not an array", "npy", "", []byte("rows,units\n1,2\n"), 0, "npy"},
	} {
		path := put("a", c.data)
		a, err := Activations(path, c.format, c.tensor, 2, 1<<20)
		if (c.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
			continue
		}
		if err != nil {
			continue
		}
		row := make([]float64, 2)
		if a.Row(row, 1, a.Units-2); a.Units != c.units || a.Float32 == nil || row[1] != float64(2*c.units) {
			t.Errorf("%s: %d units, the last two of stimulus 2 are %v", c.name, a.Units, row)
		}
	}
	// A compressed file needs the memory twice, and what it lacks is looked at before it is expanded.
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	bomb := put("bomb", z.EncodeAll(array([]int{2, 4 << 20}, make([]float32, 8<<20)...), nil))
	for _, c := range []struct {
		name   string
		n      int
		memory int64
		want   string
	}{
		{"another number of rows", 3, 1 << 40, "bomb has 2 rows, the stimulus set has 3"},
		{"more than the memory", 2, 64<<20 - 1, "bomb needs 0.1 GB of memory"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Activations(bomb, "npy", "", c.n, c.memory)
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; err == nil || !strings.HasPrefix(err.Error(), c.want) || n > 24<<20 {
			t.Errorf("%s: %v, %d bytes were allocated", c.name, err, n)
		}
		var large *TooLargeError
		if errors.As(err, &large) != (c.n == 2) {
			t.Errorf("%s: %T", c.name, err)
		}
	}
	var source *SourceError
	if _, err := Activations(filepath.Join(dir, "absent"), "npy", "", 2, 1<<20); !errors.As(err, &source) || strings.Contains(err.Error(), dir) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// TestStoredActivations: what does not fit into memory is read from the file,
// in both formats, and has the same values and the same errors.
func TestStoredActivations(t *testing.T) {
	dir := t.TempDir()
	const units = 70_000 // read in two pieces
	values := make([]float32, 2*units)
	for i := range values {
		values[i] = float32(i)
	}
	var b bytes.Buffer
	if err := npy.Write(&b, []int{2, units}, values); err != nil {
		t.Fatal(err)
	}
	header := fmt.Sprintf(`{"a":{"dtype":"F32","shape":[2,%d],"data_offsets":[0,%d]}}`, units, 8*units)
	tensor := append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)
	tensor = append(tensor, b.Bytes()[b.Len()-8*units:]...)
	for format, data := range map[string][]byte{"npy": b.Bytes(), "safetensors": tensor} {
		path := filepath.Join(dir, "a."+format)
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		a, err := Activations(path, format, "a", 2, 8*units-1)
		if err != nil {
			t.Fatal(err)
		}
		if a.Float32 != nil || a.Stored == nil {
			t.Errorf("%s: more than the memory allows is in it", format)
		}
		row := make([]float64, 3)
		if a.Row(row, 1, units-3); !slices.Equal(row, []float64{2*units - 3, 2*units - 2, 2*units - 1}) || a.Err() != nil {
			t.Errorf("%s: %v, %v", format, row, a.Err())
		}
		// The file loses its end while it is used.
		if err := os.Truncate(path, int64(len(data)-4096)); err != nil {
			t.Fatal(err)
		}
		a.Row(row, 1, units-3)
		var source *SourceError
		if err := a.Err(); !errors.As(err, &source) || strings.Contains(err.Error(), dir) {
			t.Errorf("%s: a file that lost its end: %v", format, err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
	b.Reset()
	values[units+1] = float32(math.NaN())
	if err := npy.Write(&b, []int{2, units}, values); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "nan.npy")
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Activations(path, "npy", "", 2, 1000); err == nil || err.Error() != "nan.npy: stimulus 2, unit 2 is NaN" {
		t.Errorf("NaN: %v", err)
	}
}
