package archive

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestUnusualFiles: only regular files of bounded size are read, wherever links
// are, and the problem says what is there instead.
func TestUnusualFiles(t *testing.T) {
	const result, sidecar = "results/net/Lab2026.IT-rdm@1.json", "results/net/Lab2026.IT-rdm@1.bin"
	link := func(name string) func(root string) error { // to a file or folder of the same content
		return func(root string) error {
			full := filepath.Join(root, name)
			aside := filepath.Join(root, "aside")
			if err := os.Rename(full, aside); err != nil {
				return err
			}
			return os.Symlink(aside, full)
		}
	}
	instead := func(name string, make func(full string) error) func(root string) error {
		return func(root string) error {
			full := filepath.Join(root, name)
			if err := os.Remove(full); err != nil {
				return err
			}
			return make(full)
		}
	}
	folder := func(full string) error { return os.Mkdir(full, 0o755) }
	large := func(bytes int64) func(full string) error {
		return func(full string) error {
			if err := os.WriteFile(full, nil, 0o644); err != nil {
				return err
			}
			return os.Truncate(full, bytes)
		}
	}
	cases := []struct {
		name   string
		change func(root string) error
		want   string // "": nothing is wrong
	}{
		{"all as it should be", func(string) error { return nil }, ""},
		{"result a link", link(result), result + ": is not a regular file"},
		{"sidecar a link", link(sidecar), result + ": " + sidecar + " is not a regular file"},
		{"model's folder a link", link("results/net"), "results/net: a file where a folder is expected"},
		{"results a link", link("results"), result + ": lies behind a symbolic link"},
		{"result a folder", instead(result, folder), result + ": is not a regular file"},
		{"sidecar a folder", instead(sidecar, folder), result + ": " + sidecar + " is not a regular file"},
		{"result too large", instead(result, large(maxResult+1)), result + ": has 8388609 bytes, more than the 8388608 allowed"},
		{"sidecar too large", instead(sidecar, large(maxSidecar+1)), result + ": " + sidecar + " has 67108865 bytes, more than the 67108864 allowed"},
		{"result empty", instead(result, large(0)), result + ":1: EOF"},
		{"sidecar empty", instead(sidecar, large(0)), result + ": " + sidecar + " is not the file that the result pins by digest"},
		{"sidecar gone", instead(sidecar, func(string) error { return nil }), result + ": " + sidecar + " is not there"},
	}
	for _, name := range []string{result, sidecar} {
		for kind, make := range special {
			want := name + " is not a regular file"
			if name == result {
				want = "is not a regular file"
			}
			cases = append(cases, struct {
				name   string
				change func(root string) error
				want   string
			}{name + " " + kind, instead(name, make), result + ": " + want})
		}
	}
	for _, c := range cases {
		root := write(t, sound)
		a := &Archive{Root: root}
		if err := a.WriteResult(testResult(), &Sidecar{Replicates: []float32{1. / 3}}); err != nil {
			t.Fatal(err)
		}
		if err := c.change(root); err != nil {
			t.Logf("%s: %v", c.name, err)
			continue
		}
		_, problems, err := Open(root)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, p := range problems {
			if strings.HasPrefix(p.File, "results") {
				got = p.String()
				break
			}
		}
		if c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %v, want %q", c.name, problems, c.want)
		}
	}
}

// special makes what is neither a file nor a folder nor a link, by its kind, where
// the system has it.
var special = map[string]func(full string) error{}

// TestOpenAsRead: results that are read together are those that are read one by one.
func TestOpenAsRead(t *testing.T) {
	a, _, err := Open("..")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for model, results := range a.Results {
		if !slices.IsSortedFunc(results, func(x, y Result) int {
			return cmp.Or(strings.Compare(x.Benchmark, y.Benchmark), cmp.Compare(x.Version, y.Version))
		}) {
			t.Errorf("the results of %s are not in order", model)
		}
		for i := range results {
			r := &results[i]
			f, err := a.ReadResult(model, r.Benchmark, r.Version)
			if err != nil {
				t.Fatal(err)
			}
			if data, err := r.Encode(); err != nil || string(data) != string(f.Data) {
				t.Errorf("%s on %s: %v, not what its file holds\n%s", model, r.Benchmark, err, data)
			}
			if f.Sidecar == nil {
				continue
			}
			s, err := a.Sidecar(r)
			if err != nil {
				t.Fatal(err)
			}
			if data, _ := s.Encode(); string(data) != string(f.Sidecar) {
				t.Errorf("%s on %s: the sidecar is not what its file holds", model, r.Benchmark)
			}
			n++
		}
	}
	if n < 200 {
		t.Errorf("%d sidecars", n)
	}
}

// BenchmarkOpen opens this repository, or the archive in the folder that
// BSGEN_BENCH_ARCHIVE names.
func BenchmarkOpen(b *testing.B) {
	root := cmp.Or(os.Getenv("BSGEN_BENCH_ARCHIVE"), "..")
	b.ReportAllocs()
	var results int
	for b.Loop() {
		a, _, err := Open(root)
		if err != nil {
			b.Fatal(err)
		}
		results = 0
		for _, list := range a.Results {
			results += len(list)
		}
	}
	b.ReportMetric(float64(results), "results")
}
