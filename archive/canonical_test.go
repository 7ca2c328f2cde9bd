package archive

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// printed writes a result out with what it points to, so that NaN is itself.
func printed(r *Result) string {
	c := *r
	c.Provenance, c.Engine, c.Sidecar = nil, nil, nil
	return fmt.Sprintf("%#v %#v %#v %+v", c, r.Provenance, r.Engine, r.Sidecar)
}

// TestCanonical: the fast decoder takes the results of this repository, and
// gives what the other one does.
func TestCanonical(t *testing.T) {
	names, _ := filepath.Glob("../results/*/*.json")
	taken, pool := 0, newPool() // one for all, as an archive is read
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if checkCanonical(t, data, pool) {
			taken++
		}
	}
	if len(names) < 500 || taken < len(names)*9/10 {
		t.Errorf("%d of %d results are taken", taken, len(names))
	}
}

// checkCanonical reports where the fast decoder takes what the other refuses,
// reads something else, or takes what Encode would write in another way.
func checkCanonical(t *testing.T, data []byte, pool *pool) bool {
	t.Helper()
	got := &Result{}
	if !decodeCanonical(data, got, pool) {
		return false
	}
	want, err := DecodeResult(data)
	if err != nil {
		t.Errorf("taken, but: %v\n%s", err, data)
		return true
	}
	if got, want := printed(got), printed(want); got != want {
		t.Errorf("read %s\nwant %s", got, want)
	}
	if again, err := got.Encode(); err != nil || !bytes.Equal(again, data) {
		t.Errorf("taken, but not as it is written: %v\n%s", err, data)
	}
	return true
}

// TestNotCanonical: what is near to how a result is written is left to the other decoder.
func TestNotCanonical(t *testing.T) {
	r := testResult()
	r.Warnings = nil // it has a line separator, which JSON escapes
	plain, _, err := EncodePair(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	pool := newPool()
	if !checkCanonical(t, plain, pool) {
		t.Fatalf("not taken:\n%s", plain)
	}
	for _, c := range [][2]string{
		{`"raw": 0.1`, `"raw": `},
		{`"raw": 0.1`, `"raw": 0.10`},
		{`"raw": 0.1`, `"raw": 1e-1`},
		{`"unclipped": 0.3333333333333333`, `"unclipped": `},
		{`"unclipped": 0.3333333333333333`, `"unclipped": 0.33333333333333331`},
		{`"upper": 0.30000000000000004`, `"upper": 0.30000000000000005`},
		{`"scale": "band"`, `"scale":  "band"`},
		{`"lower": 1e-07`, `"lower": 0.0000001`},
		{`"rule": "ratio"`, `"rule": "ratio `},
		{`"rule": "ratio"`, `"rule": ratio"`},
		{"\n}\n", "\n}"},
	} {
		changed := bytes.Replace(plain, []byte(c[0]), []byte(c[1]), 1)
		if bytes.Equal(changed, plain) {
			t.Errorf("there is no %s in\n%s", c[0], plain)
		}
		if checkCanonical(t, changed, pool) {
			t.Errorf("taken with %q", c[1])
		}
	}
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
	f.Fuzz(func(t *testing.T, data []byte) {
		pool := newPool()
		checkCanonical(t, data, pool)
		checkCanonical(t, data, pool) // with what it shares in the pool
	})
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
