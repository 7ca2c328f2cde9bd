package dataset

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"math"
	"runtime"
	"strings"
	"testing"
)

// matElement is a data element of a MAT-file; matFile is a file of one
// compressed array. "MAT-File Format", The MathWorks, tables 1-1 to 1-3.
func matElement(typ uint32, data []byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, typ)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	b = append(b, data...)
	return append(b, make([]byte, (8-len(data)%8)%8)...)
}

func matArray(class uint32, name string, dims [2]uint32, parts ...[]byte) []byte {
	words := func(v ...uint32) []byte {
		b, _ := binary.Append(nil, binary.LittleEndian, v)
		return b
	}
	body := append(matElement(6, words(class, 0)), matElement(5, words(dims[:]...))...)
	body = append(body, matElement(1, []byte(name))...)
	return matElement(14, append(body, bytes.Join(parts, nil)...))
}

func matFile(t *testing.T, array []byte) []byte {
	t.Helper()
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	if _, err := w.Write(array); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 124, 200)
	copy(b, "MATLAB 5.0 MAT-file")
	b = append(b, 0, 1, 'I', 'M')
	b = binary.LittleEndian.AppendUint32(b, 15)
	b = binary.LittleEndian.AppendUint32(b, uint32(z.Len()))
	return append(b, z.Bytes()...)
}

const (
	matStruct, matUint8Class = 2, 9
	matInt8, matUint8        = 1, 2
	matInt32                 = 5
)

func TestRDMRefuses(t *testing.T) {
	noFields := [][]byte{matElement(matInt32, []byte{32, 0, 0, 0}), matElement(matInt8, nil)}
	zeros := func(n int) []byte { return matElement(matUint8, make([]byte, n)) }
	for _, c := range []struct {
		name, entry string
		array       []byte
		want        string
	}{
		{"2^62 structs without fields", "it", matArray(matStruct, "v", [2]uint32{math.MaxInt32, math.MaxInt32}, noFields...), "exceed what is left of the limit"},
		{"a struct without fields", "it", matArray(matStruct, "v", [2]uint32{1, 1000}, noFields...), `m.mat: v(1): mat: no field "name"`},
		{"a large matrix", "", matArray(matUint8Class, "v", [2]uint32{8000, 8000}, zeros(64e6)), "an RDM is square with at most 5000 stimuli"},
		{"not square", "", matArray(matUint8Class, "v", [2]uint32{2, 32e6}, zeros(64e6)), "an RDM is square with at most 5000 stimuli"},
		{"many pairs", "", matArray(matUint8Class, "v", [2]uint32{1, 64e6}, zeros(64e6)), "64000000 values are not the pairs"},
		{"not pairs", "", matArray(matUint8Class, "v", [2]uint32{1, 5}, zeros(5)), "5 values are not the pairs"},
	} {
		data := matFile(t, c.array)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := RDM("m.mat", data, "v", c.entry)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		// 64 MB of bytes, read into a buffer that grows, would be 512 MB of float64 beside it.
		if n := after.TotalAlloc - before.TotalAlloc; n > 512e6 {
			t.Errorf("%s: %d bytes were allocated", c.name, n)
		}
	}
}
