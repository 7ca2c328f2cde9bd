package archive

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// equal compares results by what they print as: NaN is itself.
func equal(x, y *Result) bool { return fmt.Sprintf("%#v", *x) == fmt.Sprintf("%#v", *y) }

// TestCanonical: the fast decoder takes the results of this repository, and
// gives what the other one does.
func TestCanonical(t *testing.T) {
	names, _ := filepath.Glob("../results/*/*.json")
	taken := 0
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if checkCanonical(t, data) {
			taken++
		}
	}
	if len(names) < 500 || taken < len(names)*9/10 {
		t.Errorf("%d of %d results are taken", taken, len(names))
	}
}

// checkCanonical reports where the fast decoder takes what the other refuses,
// reads something else, or takes what Encode would write in another way.
func checkCanonical(t *testing.T, data []byte) bool {
	t.Helper()
	got := &Result{}
	if !decodeCanonical(data, got, newPool()) {
		return false
	}
	want, err := DecodeResult(data)
	if err != nil {
		t.Errorf("taken, but: %v\n%s", err, data)
		return true
	}
	pointers := []*SidecarRef{got.Sidecar, want.Sidecar}
	if (pointers[0] == nil) != (pointers[1] == nil) || pointers[0] != nil && fmt.Sprint(*pointers[0]) != fmt.Sprint(*pointers[1]) {
		t.Errorf("sidecar %v, want %v", pointers[0], pointers[1])
	}
	got.Sidecar, want.Sidecar = nil, nil
	if !equal(got, want) {
		t.Errorf("read %#v\nwant %#v", got, want)
	}
	got.Sidecar = pointers[0]
	if again, err := got.Encode(); err != nil || !bytes.Equal(again, data) {
		t.Errorf("taken, but not as it is written: %v\n%s", err, data)
	}
	return true
}

func FuzzCanonical(f *testing.F) {
	for _, pattern := range []string{"../results/resnet50/*.json", "../results/squeezenet1-0-deepcompression/*.json"} {
		names, _ := filepath.Glob(pattern)
		for _, name := range names[:min(len(names), 3)] {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkCanonical(t, data) })
}

func BenchmarkDecode(b *testing.B) {
	data, err := os.ReadFile("../results/resnet50/Geirhos2021.edge-error_consistency@1.json")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("canonical", func(b *testing.B) {
		var r Result
		p := newPool()
		for b.Loop() {
			decodeCanonical(data, &r, p)
		}
	})
	b.Run("json", func(b *testing.B) {
		for b.Loop() {
			r, err := DecodeResult(data)
			if err != nil {
				b.Fatal(err)
			}
			r.Encode()
		}
	})
}
