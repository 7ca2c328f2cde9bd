package archive

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// files lists what lies below a folder.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, name)
			names = append(names, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestBatch(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"old", "gone"} {
		if err := WriteFile(at(name), []byte("before")); err != nil {
			t.Fatal(err)
		}
	}
	var b Batch
	stage := func() {
		b.Remove(at("gone"))
		b.Remove(at("never there"))
		for _, name := range []string{"old", "new/file"} {
			if err := b.Put(at(name), []byte("after")); err != nil {
				t.Fatal(err)
			}
		}
	}
	// A change that can not be made, since "old" is no folder, and none is.
	stage()
	if err := b.Put(at("old/file"), nil); err == nil {
		t.Error("wrote below a file")
	}
	b.Discard()
	if got := files(t, dir); !slices.Equal(got, []string{"gone", "old"}) {
		t.Errorf("after discarding: %v", got)
	}
	if data, err := os.ReadFile(at("old")); string(data) != "before" {
		t.Errorf("changed to %q, %v", data, err)
	}
	stage()
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	b.Discard() // of nothing
	if got := files(t, dir); !slices.Equal(got, []string{"new/file", "old"}) {
		t.Errorf("after the commit: %v", got)
	}
	if data, err := os.ReadFile(at("old")); string(data) != "after" {
		t.Errorf("still %q, %v", data, err)
	}
}

func TestRemoveUnfinished(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a/.write-123", ".write-4", "a/b.json", ".hidden"} {
		if err := WriteFile(filepath.Join(dir, name), nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := RemoveUnfinished(dir); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); !slices.Equal(got, []string{".hidden", "a/b.json"}) {
		t.Errorf("left: %v", got)
	}
	if err := RemoveUnfinished(filepath.Join(dir, "nowhere")); err != nil {
		t.Error(err)
	}
}

// A result that has no replicates any more loses its sidecar, and what is
// written is what ReadResult gives.
func TestReadResult(t *testing.T) {
	a := &Archive{Root: t.TempDir()}
	r := &Result{Model: "net", Benchmark: "B", Version: 1, Status: Scored, Raw: 0.5}
	if err := a.WriteResult(r, &Sidecar{Replicates: []float32{1, 2}}); err != nil {
		t.Fatal(err)
	}
	f, err := a.ReadResult("net", "B", 1)
	if err != nil || f.Result.Raw != 0.5 || len(f.Sidecar) != f.Result.Sidecar.Bytes {
		t.Fatalf("%+v, %v", f, err)
	}
	if err := a.WriteResult(r, nil); err != nil {
		t.Fatal(err)
	}
	if got := files(t, a.Root); !slices.Equal(got, []string{"results/net/B@1.json"}) {
		t.Errorf("%v", got)
	}
	if f, err = a.ReadResult("net", "B", 1); err != nil || f.Sidecar != nil {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err := a.ReadResult("net", "B", 2); err == nil || err.Error() != "results/net/B@2.json is not there" {
		t.Errorf("%v", err)
	}
}
