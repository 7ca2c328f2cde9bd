package engine

import (
	"bytes"
	"errors"
	"io"
	"math"
	"slices"
	"testing"
)

func alloc(_ int, _ []int64, n int) ([]float32, error) { return make([]float32, n), nil }

func TestTensorsThereAndBack(t *testing.T) {
	sent := []tensor{{[]int64{2, 3}, []float32{1, -2, 3, float32(math.Inf(1)), 0, 6}}, {[]int64{1}, []float32{7}}, {[]int64{4, 0}, nil}}
	var b bytes.Buffer
	if err := writeFrame(&b, kindResult, 9, tensorParts(sent...)...); err != nil {
		t.Fatal(err)
	}
	f, err := readFrame(&b)
	if err != nil || f.kind != kindResult || f.id != 9 || f.size != int64(b.Len()) {
		t.Fatalf("%+v %v", f, err)
	}
	got, err := readTensors(&b, f, len(sent), alloc)
	if err != nil {
		t.Fatal(err)
	}
	for i := range sent {
		if !slices.Equal(got[i].shape, sent[i].shape) || !slices.Equal(got[i].data, sent[i].data) {
			t.Errorf("got %v, want %v", got[i], sent[i])
		}
	}
}

// FuzzFrame reads what a child that was taken over may say: no panic, and no room
// for more values than there are bytes.
func FuzzFrame(f *testing.F) {
	var b bytes.Buffer
	writeFrame(&b, kindResult, 1, tensorParts(tensor{[]int64{1, 2}, []float32{1, 2}}, tensor{[]int64{1}, []float32{3}})...)
	f.Add(b.Bytes(), uint8(2))
	f.Add(bytes.Repeat([]byte{0xff}, 64), uint8(1))
	f.Fuzz(func(t *testing.T, b []byte, count uint8) {
		r := bytes.NewReader(b)
		h, err := readFrame(r)
		if err != nil {
			return
		}
		h.size = min(h.size, 1<<20) // the limit that a session sets
		room := 0
		tensors, err := readTensors(r, h, int(count), func(_ int, _ []int64, n int) ([]float32, error) {
			if room += 4 * n; room > 1<<20 {
				t.Fatalf("room for %d bytes", room)
			}
			return make([]float32, n), nil
		})
		if err == nil && len(tensors) != int(count) {
			t.Errorf("%d tensors, want %d", len(tensors), count)
		}
		r.Reset(b)
		if h, err = readFrame(r); err == nil {
			if said, err := readFailure(r, h); err == nil && int64(len(said.what)) != h.size-1 {
				t.Error("a failure of another length")
			}
		}
	})
}

func TestReadFrameEnds(t *testing.T) {
	if _, err := readFrame(bytes.NewReader(nil)); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
	if _, err := readFrame(bytes.NewReader(make([]byte, 5))); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("inside a header: %v", err)
	}
}

func TestNotFinite(t *testing.T) {
	v := make([]float32, 5000)
	if at := notFinite(v); at != -1 {
		t.Errorf("finite: %d", at)
	}
	for _, i := range []int{0, 1023, 1024, 4999} {
		for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			w := slices.Clone(v)
			w[i] = float32(x)
			if at := notFinite(w); at != i {
				t.Errorf("%v at %d: got %d", x, i, at)
			}
		}
	}
	v[3], v[4] = math.MaxFloat32, math.MaxFloat32 // their sum is none of our business
	if at := notFinite(v); at != -1 {
		t.Errorf("large: %d", at)
	}
}
