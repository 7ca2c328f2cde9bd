package evaluate_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/evaluate"
)

// sharded is the demo archive with its plan run in three shards.
type sharded struct {
	demoDir
	plan *evaluate.Plan
	dir  string // of the shards
}

// TestMerge runs the shards once for all that may become of them.
func TestMerge(t *testing.T) {
	d := demoArchive(t)
	clean := sharded{d, d.plan(t), filepath.Join(t.TempDir(), "shards")}
	for i := range 3 {
		d.work(t, clean.plan, evaluate.Shard{Index: i, Count: 3}, clean.dir)
	}
	for name, test := range map[string]func(*testing.T, sharded){
		"is score": mergeIsScore, "gaps": mergeGaps, "outdated": mergeOutdated, "can not write": mergeCannotWrite,
	} {
		t.Run(name, func(t *testing.T) {
			s := clean.copy(t)
			s.root = filepath.Join(t.TempDir(), "lab")
			if err := os.CopyFS(s.root, os.DirFS(clean.root)); err != nil {
				t.Fatal(err)
			}
			test(t, s)
		})
	}
	t.Run("refuses", func(t *testing.T) { mergeRefuses(t, clean) })
}

// copy returns shards of their own for the same archive.
func (s sharded) copy(t *testing.T) sharded {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shards")
	if err := os.CopyFS(dir, os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	s.dir = dir
	return s
}

// merge surveys the folders and merges.
func (s sharded) merge(t *testing.T, partial bool, dirs ...string) (int, error) {
	t.Helper()
	survey, err := evaluate.NewSurvey(s.plan, dirs, 0)
	if err != nil {
		return 0, err
	}
	return evaluate.Merge(s.open(t), survey, partial)
}

func (s sharded) results(t *testing.T) map[string]string {
	return tree(t, filepath.Join(s.root, "results"))
}

func (s sharded) folder(i int) string { return filepath.Join(s.dir, evaluate.Shard{i, 3}.Folder()) }

// edit replaces text in a file.
func edit(t *testing.T, name, old, new string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), old) {
		t.Fatalf("%s has no %s", name, old)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(string(data), old, new, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Shards merge to what one machine writes, in whatever order they are named.
func mergeIsScore(t *testing.T, s sharded) {
	one := demoArchive(t)
	a := one.open(t)
	pairs, err := evaluate.Pairs(a, evaluate.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	evaluate.Run(t.Context(), a, &evaluate.Lab{Store: demoStore}, pairs, func(o evaluate.Outcome) {
		if err := errors.Join(o.Err, a.WriteResult(o.Result, o.Sidecar)); err != nil {
			t.Error(err)
		}
	})
	want := tree(t, filepath.Join(one.root, "results"))
	for _, dirs := range [][]string{{s.dir}, {s.folder(2), s.folder(0), s.folder(1)}, {s.dir, s.folder(1)}} {
		if err := os.RemoveAll(filepath.Join(s.root, "results")); err != nil {
			t.Fatal(err)
		}
		if n, err := s.merge(t, false, dirs...); err != nil || n != len(pairs) {
			t.Fatalf("%d merged, %v", n, err)
		}
		if got := s.results(t); !reflect.DeepEqual(got, want) {
			t.Errorf("%v: other results: %v", dirs, got)
		}
	}
	// What is merged is fresh.
	pairs, err = evaluate.Pairs(s.open(t), evaluate.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pairs {
		if p.State != evaluate.Fresh {
			t.Errorf("%s on %s is %s", p.Model.ID, p.Benchmark.ID, p.State)
		}
	}
}

func mergeGaps(t *testing.T, s sharded) {
	lost := s.plan.Select(evaluate.Shard{1, 3})
	if err := os.RemoveAll(s.folder(1)); err != nil {
		t.Fatal(err)
	}
	_, err := s.merge(t, false, s.dir)
	var gaps *evaluate.IncompleteError
	if !errors.As(err, &gaps) || gaps.Of != 3 || !slices.Equal(gaps.Shards, []int{1}) || len(gaps.Pairs) != len(lost) {
		t.Fatalf("%v", err)
	}
	for _, p := range lost {
		if !strings.Contains(err.Error(), p.String()+": missing") {
			t.Errorf("%q does not name %s", err, p)
		}
	}
	if got := s.results(t); len(got) > 0 {
		t.Errorf("written in spite of the gap: %v", got)
	}
	survey, err := evaluate.NewSurvey(s.plan, []string{s.dir}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := survey.Resubmit(); err != nil || !slices.Equal(again, []int{1}) {
		t.Errorf("to be run again: %v, %v", again, err)
	}
	if n, err := s.merge(t, true, s.dir); err != nil || n != len(s.plan.Pairs)-len(lost) {
		t.Errorf("%d merged in part, %v", n, err)
	}
}

// Whatever is not what the shards wrote is refused, and nothing is merged.
func mergeRefuses(t *testing.T, clean sharded) {
	first := clean.plan.Select(evaluate.Shard{0, 3})[0]
	result := archive.ResultPath(first.Model, first.Benchmark, first.Version)
	sidecar := archive.SidecarPath(first.Model, first.Benchmark, first.Version)
	for name, test := range map[string]struct {
		change func(t *testing.T, s sharded)
		want   string
	}{
		"another score": {func(t *testing.T, s sharded) {
			edit(t, filepath.Join(s.folder(0), result), `"score": 0.`, `"score": -0.`)
		}, "the manifest says"},
		"not as the scorer writes it": {func(t *testing.T, s sharded) {
			edit(t, filepath.Join(s.folder(0), result), "{\n", "{\n\n")
		}, "is not as the scorer writes it"},
		"half a result": {func(t *testing.T, s sharded) {
			if err := os.Truncate(filepath.Join(s.folder(0), result), 300); err != nil {
				t.Fatal(err)
			}
		}, "is damaged"},
		"no sidecar": {func(t *testing.T, s sharded) {
			if err := os.Remove(filepath.Join(s.folder(0), sidecar)); err != nil {
				t.Fatal(err)
			}
		}, "is not there"},
		"half a sidecar": {func(t *testing.T, s sharded) {
			if err := os.Truncate(filepath.Join(s.folder(0), sidecar), 1000); err != nil {
				t.Fatal(err)
			}
		}, "is not the file that the result pins"},
		"a link for a result": {func(t *testing.T, s sharded) {
			file := filepath.Join(s.folder(0), result)
			if err := errors.Join(os.Rename(file, file+".json"), os.Symlink(file+".json", file)); err != nil {
				t.Fatal(err)
			}
		}, "is not a regular file"},
		"another plan": {func(t *testing.T, s sharded) {
			edit(t, filepath.Join(s.folder(1), "manifest.json"), s.plan.Digest, strings.Repeat("0", 64))
		}, "the shard is of another plan"},
		"another key": {func(t *testing.T, s sharded) {
			edit(t, filepath.Join(s.folder(0), "manifest.json"), first.Key, strings.Repeat("0", 64))
		}, "its key is 000000000000"},
		"another shard's pairs": {func(t *testing.T, s sharded) {
			edit(t, filepath.Join(s.folder(0), "manifest.json"), `"shard": 0`, `"shard": 1`)
		}, "is no pair of shard 1/3"},
		"a path": {func(t *testing.T, s sharded) {
			edit(t, filepath.Join(s.folder(0), "manifest.json"), first.Model, "../../"+first.Model)
		}, "is no pair of shard"},
		"no manifest": {func(t *testing.T, s sharded) {
			if err := os.Truncate(filepath.Join(s.folder(0), "manifest.json"), 10); err != nil {
				t.Fatal(err)
			}
		}, "not a manifest"},
		"another number of shards": {func(t *testing.T, s sharded) {
			s.work(t, s.plan, evaluate.Shard{0, 2}, s.dir)
		}, "the others are of"},
		"two results": {func(t *testing.T, s sharded) {
			// A sound folder in every respect, but for what was computed.
			again := filepath.Join(s.dir, "again")
			if err := os.CopyFS(again, os.DirFS(s.folder(0))); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(again, result)
			before, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			edit(t, file, `"score": 0.`, `"score": -0.`)
			after, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			edit(t, filepath.Join(again, "manifest.json"), fmt.Sprintf("%x", sha256.Sum256(before)), fmt.Sprintf("%x", sha256.Sum256(after)))
		}, "the results of " + first.String() + " differ"},
	} {
		t.Run(name, func(t *testing.T) {
			s := clean.copy(t)
			test.change(t, s)
			if _, err := s.merge(t, false, s.dir); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
			if got := s.results(t); len(got) > 0 {
				t.Errorf("written all the same: %v", got)
			}
		})
	}
}

// A result whose pair has changed since the plan would be stale.
func mergeOutdated(t *testing.T, s sharded) {
	edit(t, filepath.Join(s.root, "benchmarks", "Simulated.V1-rdm", "benchmark.yaml"), "version: 1", "version: 2\nreplaces: another ceiling")
	_, err := s.merge(t, false, s.dir)
	var outdated *evaluate.OutdatedError
	if !errors.As(err, &outdated) || len(outdated.Reasons) != 3 {
		t.Errorf("%v", err)
	}
	if got := s.results(t); len(got) > 0 {
		t.Errorf("written all the same: %v", got)
	}
	if n, err := s.merge(t, true, s.dir); err != nil || n != 3 {
		t.Errorf("%d merged in part, %v", n, err)
	}
}

// A file that can not be written leaves the archive as it was: no result new,
// no temporary file.
func mergeCannotWrite(t *testing.T, s sharded) {
	last := s.plan.Pairs[len(s.plan.Pairs)-1]
	blocked := filepath.Join(s.root, "results", last.Model) // a file where a folder should be
	if err := archive.WriteFile(blocked, nil); err != nil {
		t.Fatal(err)
	}
	survey, err := evaluate.NewSurvey(s.plan, []string{s.dir}, 0)
	if err != nil {
		t.Fatal(err)
	}
	a, _, err := archive.Open(s.root) // the file is a problem of the archive
	if err != nil {
		t.Fatal(err)
	}
	if _, err := evaluate.Merge(a, survey, false); err == nil || !strings.Contains(err.Error(), "write "+blocked) {
		t.Errorf("%v", err)
	}
	if got := s.results(t); len(got) != 1 {
		t.Errorf("files beside the blocked one: %v", got)
	}
}
