package evaluate_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/demo"
	"github.com/bsgen/bsgen/evaluate"
)

// demoDir is a folder with the simulated archive, without results.
type demoDir struct{ root string }

// demoFiles holds the simulated archive, which takes seconds to make under the
// race detector.
var demoFiles = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "bsgen-test-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	files := map[string][]byte{}
	err = errors.Join(demo.Write(dir), fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files[name], err = os.ReadFile(filepath.Join(dir, name))
		}
		return err
	}))
	return files, err
})

func demoArchive(t *testing.T) demoDir {
	t.Helper()
	files, err := demoFiles()
	if err != nil {
		t.Fatal(err)
	}
	d := demoDir{filepath.Join(t.TempDir(), "lab")}
	for name, data := range files {
		name = filepath.Join(d.root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, data, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func (d demoDir) open(t *testing.T) *archive.Archive {
	t.Helper()
	a, problems, err := archive.Open(d.root)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	return a
}

// plan returns the plan of everything.
func (d demoDir) plan(t *testing.T) *evaluate.Plan { return d.planOf(t, "") }

// planOf returns the plan of the benchmarks whose id matches the glob.
func (d demoDir) planOf(t *testing.T, benchmark string) *evaluate.Plan {
	t.Helper()
	a := d.open(t)
	pairs, err := evaluate.Pairs(a, evaluate.Filter{Benchmark: benchmark})
	if err != nil {
		t.Fatal(err)
	}
	return evaluate.NewPlan(a, pairs)
}

var demoStore = &dataset.Store{Offline: true} // the demo's data lie beside it

// work runs a shard and fails the test if that fails.
func (d demoDir) work(t *testing.T, p *evaluate.Plan, s evaluate.Shard, dir string) *evaluate.Work {
	t.Helper()
	w, err := evaluate.NewWork(d.open(t), p, s, dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Run(t.Context(), &evaluate.Lab{Store: demoStore}, func(evaluate.Outcome) {}); err != nil {
		t.Fatal(err)
	}
	return w
}

// tree returns the digests of the files below a folder.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		files[rel] = fmt.Sprintf("%x", sha256.Sum256(data))
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return files
}

// A run that is killed wherever it may be, and called again, ends with the tree
// of a run that was not.
func TestWorkResumes(t *testing.T) {
	d := demoArchive(t)
	p := d.planOf(t, "*-error_consistency") // which is fast
	all := evaluate.Shard{Index: 0, Count: 1}
	undisturbed := filepath.Join(t.TempDir(), "shards")
	d.work(t, p, all, undisturbed)
	want := tree(t, undisturbed)
	if n := len(p.Pairs); len(want) != 2*n+1 { // each with a sidecar, and the manifest
		t.Fatalf("%d files for %d pairs", len(want), n)
	}
	for stop := range len(p.Pairs) {
		dir := filepath.Join(t.TempDir(), "shards")
		w, err := evaluate.NewWork(d.open(t), p, all, dir)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := 0
		if stop == 0 {
			cancel()
		}
		err = w.Run(ctx, &evaluate.Lab{Store: demoStore}, func(evaluate.Outcome) {
			if done++; done == stop {
				cancel()
			}
		})
		cancel()
		if done != stop || !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped after %d, not %d: %v", done, stop, err)
		}
		// What a process that is killed in the middle of writing may leave: a
		// temporary file, and a result that the manifest does not list yet.
		unfinished := filepath.Join(w.Dir, "results", p.Pairs[0].Model, ".write-1")
		if err := archive.WriteFile(unfinished, []byte("{")); err != nil {
			t.Fatal(err)
		}
		w = d.work(t, p, all, dir)
		if w.Skipped != stop || len(w.Left) != len(p.Pairs)-stop {
			t.Errorf("stopped after %d: %d skipped, %d left", stop, w.Skipped, len(w.Left))
		}
		if got := tree(t, dir); !reflect.DeepEqual(got, want) {
			t.Errorf("stopped after %d: another tree: %v", stop, got)
		}
	}
}

// A result that is not the one that the manifest lists is scored again.
func TestWorkRepairs(t *testing.T) {
	d := demoArchive(t)
	p := d.planOf(t, "*-error_consistency")
	dir := t.TempDir()
	w := d.work(t, p, evaluate.Shard{0, 1}, dir)
	want := tree(t, dir)
	result := filepath.Join(w.Dir, archive.ResultPath(p.Pairs[0].Model, p.Pairs[0].Benchmark, 1))
	sidecar := filepath.Join(w.Dir, archive.SidecarPath(p.Pairs[1].Model, p.Pairs[1].Benchmark, 1))
	for name, damage := range map[string]func(string) error{
		result:  os.Remove,
		sidecar: func(name string) error { return os.Truncate(name, 100) },
	} {
		if err := damage(name); err != nil {
			t.Fatal(err)
		}
		if w := d.work(t, p, evaluate.Shard{0, 1}, dir); len(w.Left) != 1 {
			t.Errorf("%s: %d scored again", name, len(w.Left))
		}
		if got := tree(t, dir); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: another tree: %v", name, got)
		}
	}
}

// A pair that has changed since the plan is refused before anything is scored.
func TestWorkOutdated(t *testing.T) {
	d := demoArchive(t)
	p := d.plan(t)
	file := filepath.Join(d.root, "benchmarks", "Simulated.V1-rdm", "benchmark.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), "version: 1", "version: 2\nreplaces: another ceiling", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "shards")
	_, err = evaluate.NewWork(d.open(t), p, evaluate.Shard{0, 1}, dir)
	var outdated *evaluate.OutdatedError
	if !errors.As(err, &outdated) || len(outdated.Reasons) != 3 || !strings.Contains(err.Error(), "gabor-energy on Simulated.V1-rdm@1: the key is ") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was written: %v", err)
	}
}

// Data that can not be had are failures in the manifest, which end no other
// pair; the next run tries again.
func TestWorkFailure(t *testing.T) {
	d := demoArchive(t)
	p := d.planOf(t, "*-error_consistency")
	dir := t.TempDir()
	w, err := evaluate.NewWork(d.open(t), p, evaluate.Shard{0, 1}, dir)
	if err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(d.root, "submissions", "pixels", "orientation.csv")
	if err := os.Rename(source, source+".away"); err != nil {
		t.Fatal(err)
	}
	failed := 0
	if err := w.Run(t.Context(), &evaluate.Lab{Store: demoStore}, func(o evaluate.Outcome) {
		if o.Err != nil {
			failed++
		}
	}); err != nil || failed != 1 {
		t.Fatalf("%d failed, %v", failed, err)
	}
	s, err := evaluate.NewSurvey(p, []string{dir}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if all, _ := s.Tally(); all != (evaluate.Tally{Done: 2, Failed: 1}) {
		t.Errorf("%+v", all)
	}
	if err := os.Rename(source+".away", source); err != nil {
		t.Fatal(err)
	}
	if w := d.work(t, p, evaluate.Shard{0, 1}, dir); w.Skipped != 2 || len(w.Left) != 1 {
		t.Errorf("%d skipped, %d left", w.Skipped, len(w.Left))
	}
	if s, err = evaluate.NewSurvey(p, []string{dir}, 0); err != nil {
		t.Fatal(err)
	}
	if all, _ := s.Tally(); all != (evaluate.Tally{Done: 3}) {
		t.Errorf("%+v", all)
	}
}

// A folder that can not be written ends the work with what was written whole.
func TestWorkCannotWrite(t *testing.T) {
	d := demoArchive(t)
	p := d.planOf(t, "*-error_consistency")
	dir := t.TempDir()
	w, err := evaluate.NewWork(d.open(t), p, evaluate.Shard{0, 1}, dir)
	if err != nil {
		t.Fatal(err)
	}
	blocked := filepath.Join(w.Dir, "results", "pixels") // a file where a folder should be
	if err := archive.WriteFile(blocked, nil); err != nil {
		t.Fatal(err)
	}
	err = w.Run(t.Context(), &evaluate.Lab{Store: demoStore}, func(evaluate.Outcome) {})
	if err == nil || !strings.Contains(err.Error(), "write "+blocked) {
		t.Errorf("%v", err)
	}
	if err := os.Remove(blocked); err != nil {
		t.Fatal(err)
	}
	s, err := evaluate.NewSurvey(p, []string{dir}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if all, _ := s.Tally(); all.Damaged+all.Failed > 0 || all.Missing == 0 {
		t.Errorf("%+v", all)
	}
	d.work(t, p, evaluate.Shard{0, 1}, dir)
}

func TestWorkForeignFolder(t *testing.T) {
	d := demoArchive(t)
	p := d.planOf(t, "*-error_consistency")
	dir := t.TempDir()
	d.work(t, p, evaluate.Shard{0, 1}, dir)
	other := &evaluate.Plan{Schema: evaluate.PlanSchema, Pairs: p.Pairs[:2], Digest: archive.Digest(p.Pairs[:2])}
	if _, err := evaluate.NewWork(d.open(t), other, evaluate.Shard{0, 1}, dir); err == nil || !strings.Contains(err.Error(), "the shard is of another plan") {
		t.Errorf("%v", err)
	}
	if err := os.Rename(filepath.Join(dir, "shard-0-of-1"), filepath.Join(dir, "shard-1-of-2")); err != nil {
		t.Fatal(err)
	}
	if _, err := evaluate.NewWork(d.open(t), p, evaluate.Shard{1, 2}, dir); err == nil || !strings.Contains(err.Error(), "holds shard 0/1, not 1/2") {
		t.Errorf("%v", err)
	}
}
