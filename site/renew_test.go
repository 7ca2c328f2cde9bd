package site

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/bench/generated"
)

// TestRenew: after each of a series of changes every file of the renewed site has
// the bytes of one that is opened anew, whichever pages were asked for before.
func TestRenew(t *testing.T) {
	root := t.TempDir()
	if err := generated.Write(root, generated.Options{Models: 9, Benchmarks: 8, Replicates: 40}); err != nil {
		t.Fatal(err)
	}
	edit := func(name, from, to string) func() {
		return func() {
			t.Helper()
			full := filepath.Join(root, name)
			data, err := os.ReadFile(full)
			if err != nil || !strings.Contains(string(data), from) {
				t.Fatalf("%s: %v, or no %q", name, err, from)
			}
			if err := archive.WriteFile(full, []byte(strings.Replace(string(data), from, to, 1))); err != nil {
				t.Fatal(err)
			}
		}
	}
	a, problems, err := archive.Open(root)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	model, benchmark := "submissions/"+generated.ModelID(0)+"/model.yaml", "benchmarks/"+generated.BenchmarkID(0)+"/benchmark.yaml"
	result := func() {
		t.Helper()
		r := a.Results[generated.ModelID(1)][slices.IndexFunc(a.Results[generated.ModelID(1)], func(r archive.Result) bool { return r.Status == archive.Scored })]
		s, err := a.Sidecar(&r)
		if err != nil {
			t.Fatal(err)
		}
		moved := archive.Sidecar{Replicates: slices.Clone(s.Replicates), Units: s.Units}
		slices.Reverse(moved.Replicates) // the interval stays
		if err := a.WriteResult(&r, &moved); err != nil {
			t.Fatal(err)
		}
	}
	opts := Options{Reload: "/-/reload.js", Stale: map[string]bool{}}
	s, err := Open(a, opts)
	if err != nil {
		t.Fatal(err)
	}
	watcher := archive.NewWatcher(root)
	for _, c := range []struct {
		name   string
		change func()
		ask    string // page of the site before, so that it has something to hand on
	}{
		{"prose", edit("content/methods.md", "#", "# How\n\n#"), "generated/index.html"},
		{"a result", result, "generated/relations/index.html"},
		{"a name", edit(model, "name: ", "name: Very "), "models/index.html"},
		{"a model that is not ranked", edit(model, "name: ", "role: reference\nname: "), "generated/index.html"},
		{"a heading", edit(benchmark, `short: "`, `short: "The `), "index.html"},
		{"a view", edit(benchmark, "primary: true", "primary: false"), "generated/relations/index.html"},
		{"the accent", edit("site.yaml", "title: ", "accent: {light: \"#0a5c36\", dark: \"#7fd1ae\"}\ntitle: "), "generated/index.html"},
		{"a stale result", func() { opts.Stale = map[string]bool{generated.ModelID(2) + " " + generated.BenchmarkID(3): true} }, "generated/index.html"},
		{"a column less", edit("boards/generated.yaml", "    title: All\n", "    title: Everything\n"), "generated/index.html"},
	} {
		if _, err := s.File(c.ask); err != nil {
			t.Fatalf("before %s: %v", c.name, err)
		}
		c.change()
		if a, problems, err = a.Renew(watcher.Look()); err != nil || len(problems) > 0 {
			t.Fatalf("%s: %v %v", c.name, err, problems)
		}
		if s, err = s.Renew(a, opts); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		fresh, _, err := archive.Open(root)
		if err != nil {
			t.Fatal(err)
		}
		anew, err := Open(fresh, opts)
		if err != nil {
			t.Fatal(err)
		}
		places, err := anew.Places()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Places(); err != nil || !slices.Equal(got, places) {
			t.Errorf("%s: %d places, %v, want %d", c.name, len(got), err, len(places))
		}
		for _, at := range places {
			want, err := anew.File(at)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := s.File(at); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %s differs, %v", c.name, at, err)
			}
		}
		// For the next change, one of which nothing was asked.
		if s, err = s.Renew(a, opts); err != nil {
			t.Fatal(err)
		}
	}
}
