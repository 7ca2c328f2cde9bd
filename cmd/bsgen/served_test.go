package main

import (
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/bench/generated"
)

// TestServedStale: after each of a series of changes serve knows which results are
// stale as if it had read the whole archive.
func TestServedStale(t *testing.T) {
	root := t.TempDir()
	if err := generated.Write(root, generated.Options{Models: 5, Benchmarks: 21, Replicates: 20}); err != nil {
		t.Fatal(err)
	}
	g := &globals{ui: &ui{out: io.Discard, err: io.Discard, screen: io.Discard}, root: root}
	watcher := archive.NewWatcher(root)
	now, err := openServed(t.Context(), g, root)
	if err != nil {
		t.Fatal(err)
	}
	model, benchmark := "submissions/"+generated.ModelID(0)+"/model.yaml", "benchmarks/"+generated.BenchmarkID(0)+"/benchmark.yaml"
	for _, c := range []struct {
		name, file, from, to string
		stale                bool // some result is, behind the change
	}{
		{"prose", "content/methods.md", "#", "##", false},
		{"how a model is shown images", model, "visual_degrees: ", "visual_degrees: 1", true},
		{"prose beside it", "content/methods.md", "##", "#", true},
		{"a benchmark's title", benchmark, "title: ", "title: The ", true},
		{"as it was", model, "visual_degrees: 1", "visual_degrees: ", false},
		{"a benchmark's ceiling", benchmark, "splits: ", "splits: 1", true},
		{"another model", "submissions/" + generated.ModelID(1) + "/model.yaml", "name: ", "name: Very ", true},
		{"the ceiling as it was", benchmark, "splits: 1", "splits: ", false},
	} {
		full := filepath.Join(root, c.file)
		data, err := os.ReadFile(full)
		if err != nil || !strings.Contains(string(data), c.from) {
			t.Fatalf("%s: %v, or no %q", c.name, err, c.from)
		}
		if err := archive.WriteFile(full, []byte(strings.Replace(string(data), c.from, c.to, 1))); err != nil {
			t.Fatal(err)
		}
		if now, err = now.renew(t.Context(), g, watcher.Look()); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		fresh, problems, err := archive.Open(root)
		if err != nil || len(problems) > 0 {
			t.Fatalf("%s: %v %v", c.name, err, problems)
		}
		want, err := staleKeys(fresh)
		if err != nil {
			t.Fatal(err)
		}
		if !maps.Equal(now.opts.Stale, want) || (len(want) > 0) != c.stale {
			t.Errorf("%s: %v, want %v, some: %v", c.name, now.opts.Stale, want, c.stale)
		}
	}
}
