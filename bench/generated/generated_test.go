package generated

import (
	"io/fs"
	"os"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/evaluate"
)

// TestWrite: the archive is sound, nothing in it is stale, pairs are missing and
// failed, and the same options give the same bytes.
func TestWrite(t *testing.T) {
	o := Options{Models: 12, Benchmarks: 22, Replicates: 50}
	dirs := []string{t.TempDir(), t.TempDir()}
	for _, dir := range dirs {
		if err := Write(dir, o); err != nil {
			t.Fatal(err)
		}
	}
	a, problems, err := archive.Open(dirs[0])
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	pairs, err := evaluate.Pairs(a, evaluate.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	count := map[any]int{}
	for _, p := range pairs {
		count[p.State]++
		if r, ok := a.Result(p.Model.ID, p.Benchmark.ID, 1); ok {
			count[r.Status]++
		}
	}
	if count[evaluate.Stale] > 0 || count[evaluate.Missing] == 0 || count[archive.Failed] == 0 || count[archive.Scored] < 200 {
		t.Errorf("states %v", count)
	}
	files := 0
	err = fs.WalkDir(os.DirFS(dirs[0]), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		x, err := fs.ReadFile(os.DirFS(dirs[0]), name)
		if err != nil {
			return err
		}
		if y, err := fs.ReadFile(os.DirFS(dirs[1]), name); err != nil || string(x) != string(y) {
			t.Errorf("%s differs: %v", name, err)
		}
		return nil
	})
	if err != nil || files < 2*200 {
		t.Errorf("%d files: %v", files, err)
	}
}
