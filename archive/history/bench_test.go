package history

import (
	"bufio"
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// BenchmarkRead reads 10,000 commits, each of one result and its sidecar, of
// 100 models on 50 benchmarks: every result has two versions. "cached" is what
// a second reader at the same HEAD pays.
//
//	go test -run - -bench Read ./archive/history
func BenchmarkRead(b *testing.B) {
	needGit(b)
	root := b.TempDir()
	generate(b, root, 10_000, 100, 50)
	b.Run("git", func(b *testing.B) {
		for b.Loop() {
			benchRead(b, root, Options{})
		}
	})
	b.Run("cached", func(b *testing.B) {
		opts := Options{Cache: filepath.Join(b.TempDir(), "cache")}
		benchRead(b, root, opts)
		for b.Loop() {
			benchRead(b, root, opts)
		}
	})
}

func benchRead(b *testing.B, root string, opts Options) {
	h, err := Read(b.Context(), root, opts)
	if err != nil {
		b.Fatal(err)
	}
	if len(h.Changes) != 10_000 {
		b.Fatalf("%d changes", len(h.Changes))
	}
}

// generate writes a repository through `git fast-import`.
func generate(b *testing.B, root string, commits, models, benchmarks int) {
	b.Helper()
	runGit(b, root, "init", "-q", "-b", "main")
	c := exec.Command("git", "-C", root, "fast-import", "--quiet")
	in, err := c.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(in, 1<<20)
	data := func(d []byte) { fmt.Fprintf(w, "data %d\n%s\n", len(d), d) }
	for i := range commits {
		r := result(fmt.Sprintf("model-%02d", i%models), fmt.Sprintf("Lab2026.benchmark-%02d", i/models%benchmarks), 1, float64(i)/float64(commits))
		side := &archive.Sidecar{Replicates: make([]float32, 500)}
		for k := range side.Replicates {
			side.Replicates[k] = float32(i+k) / float32(commits)
		}
		text, bin, err := archive.EncodePair(r, side)
		if err != nil {
			b.Fatal(err)
		}
		fmt.Fprintf(w, "commit refs/heads/main\ncommitter Recorder <recorder@example.org> %d +0000\n", 1_750_000_000+60*i)
		data(fmt.Appendf(nil, "results: score %s on %s\n\nBsgen-PR: %d\nBsgen-Run: %d\n", r.Model, r.Benchmark, i/50+1, 1000+i))
		fmt.Fprintf(w, "M 100644 inline %s\n", archive.ResultPath(r.Model, r.Benchmark, 1))
		data(text)
		fmt.Fprintf(w, "M 100644 inline %s\n", archive.SidecarPath(r.Model, r.Benchmark, 1))
		data(bin)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	in.Close()
	if err := c.Wait(); err != nil {
		b.Fatal(err)
	}
}
