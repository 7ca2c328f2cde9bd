package archive

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRenew: after each of a series of changes the watcher names the parts that
// changed, and the renewed archive is the one that Open reads.
func TestRenew(t *testing.T) {
	root := write(t, sound)
	// Files that change in less than a tick of the file system's clock are told apart
	// by their sizes alone, so every change here is one of size too.
	result := func(model string, replicates ...float32) {
		r := testResult()
		r.Model = model
		if err := (&Archive{Root: root}).WriteResult(r, &Sidecar{Replicates: replicates}); err != nil {
			t.Fatal(err)
		}
	}
	result("net", 1./3)
	result("other", 1./3)
	put := func(name, text string) {
		if err := WriteFile(filepath.Join(root, name), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	edit := func(name, from, to string) {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil || !strings.Contains(string(data), from) {
			t.Fatalf("%s: %v, or no %q", name, err, from)
		}
		put(name, strings.Replace(string(data), from, to, 1))
	}
	remove := func(name string) {
		if err := os.RemoveAll(filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	const benchmark, net = "benchmarks/Lab2026.IT-rdm/benchmark.yaml", "submissions/net/model.yaml"
	watcher := NewWatcher(root)
	a, _, err := Open(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func()
		want   string // parts
	}{
		{"nothing", func() {}, ""},
		{"prose", func() { put("content/about.md", "# About us\n") }, "content"},
		{"a page more", func() { put("content/faq.md", "# FAQ\n") }, "content"},
		{"a result", func() { result("other", 1./4, 1./4) }, "results/other"},
		{"a name", func() { edit(net, "name: Net", "name: Network") }, "submissions/net"},
		{"a mistake in a submission", func() { edit(net, "kind: rdm", "kind: rdms") }, "submissions/net"},
		{"beside a mistake", func() { put("content/about.md", "# About\n") }, "content"},
		{"the mistake mended", func() { edit(net, "kind: rdms", "kind: rdm") }, "submissions/net"},
		{"the file of a response", func() { put("submissions/net/rdm.npy", "four!") }, "submissions/net"},
		{"a benchmark", func() { edit(benchmark, "title: Objects", "title: Things") }, "benchmarks"},
		{"a mistake in a benchmark", func() { edit(benchmark, "parent: IT", "parent: V4d") }, "benchmarks"},
		{"beside it", func() { result("net", 1./5, 1./5) }, "results/net"},
		{"it mended", func() { edit(benchmark, "parent: V4d", "parent: IT") }, "benchmarks"},
		{"stimuli that submissions name", func() { edit(benchmark, "dataset: Lab2026.IT", "dataset: Lab2026.V4d") }, "benchmarks"},
		{"the name again", func() { edit(benchmark, "dataset: Lab2026.V4d", "dataset: Lab2026.IT") }, "benchmarks"},
		{"a benchmark of published scores", func() {
			edit(benchmark, "metric: {name: rdm_spearman}", "published: {url: \"https://data.example.org/t.csv\", sha256: \""+zeros+"\", bytes: 10, column: IT}")
		}, "benchmarks"},
		{"and back", func() { put(benchmark, sound[benchmark]) }, "benchmarks"},
		{"the board", func() { edit("boards/vision.yaml", "title: Average", "title: Mean") }, "boards"},
		{"no boards", func() { remove("boards") }, "boards"},
		{"boards again", func() { put("boards/vision.yaml", sound["boards/vision.yaml"]) }, "boards"},
		{"the site", func() { edit("site.yaml", "Lab board", "Our board") }, "site.yaml"},
		{"no settings", func() { remove("site.yaml") }, "site.yaml"},
		{"settings again", func() { put("site.yaml", sound["site.yaml"]) }, "site.yaml"},
		{"a damaged sidecar", func() { edit("results/net/Lab2026.IT-rdm@1.bin", "\n", "\nx") }, "results/net"},
		{"no submission", func() { remove("submissions/net") }, "submissions/net"},
		{"and no results", func() { remove("results/net") }, "results/net"},
		{"both anew", func() { put(net, sound[net]); put("submissions/net/rdm.npy", "three"); result("net", 1./3) }, "results/net submissions/net"},
	} {
		c.change()
		changed := watcher.Look()
		if got := strings.Join(changed, " "); got != c.want {
			t.Errorf("%s: changed %q, want %q", c.name, got, c.want)
		}
		before := a
		var problems Problems
		if a, problems, err = before.Renew(changed); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		opened, wanted, err := Open(root)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(problems, wanted) {
			t.Errorf("%s: problems %v, want %v", c.name, problems, wanted)
		}
		if got, want := summary(t, a), summary(t, opened); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, want)
		}
		// What did not change is the same memory, by which it is known as such.
		for _, model := range []string{"net", "other"} {
			if !slices.Contains(changed, "results/"+model) && len(a.Results[model]) > 0 && &a.Results[model][0] != &before.Results[model][0] {
				t.Errorf("%s: the results of %s were read again", c.name, model)
			}
		}
		if changes := watcher.Look(); len(changes) > 0 {
			t.Errorf("%s: then also %v", c.name, changes)
		}
	}
}

// TestWatcherInPlace: a result that is written over in its place is noticed too.
func TestWatcherInPlace(t *testing.T) {
	root := write(t, sound)
	if err := (&Archive{Root: root}).WriteResult(testResult(), &Sidecar{Replicates: []float32{1. / 3}}); err != nil {
		t.Fatal(err)
	}
	w := NewWatcher(root)
	if err := os.WriteFile(filepath.Join(root, "results/net/Lab2026.IT-rdm@1.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(w.Look(), " "); got != "results/net" {
		t.Errorf("changed %q", got)
	}
}

// summary writes what an archive holds.
func summary(t *testing.T, a *Archive) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintln(&b, a.Site.Title, a.Site.Hosts)
	for _, x := range a.Boards {
		fmt.Fprintln(&b, "board", x.ID, x.Nodes)
	}
	for _, x := range a.Benchmarks {
		fmt.Fprintln(&b, "benchmark", x.ID, x.Title, x.ScoringDigest())
	}
	for _, x := range a.Models {
		fmt.Fprintln(&b, "model", x.ID, x.Name)
		for i := range a.Results[x.ID] {
			data, err := a.Results[x.ID][i].Encode()
			if err != nil {
				t.Fatal(err)
			}
			b.Write(data)
		}
	}
	fmt.Fprintln(&b, len(a.Results), a.Content)
	return b.String()
}
