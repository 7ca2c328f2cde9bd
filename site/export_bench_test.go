//go:build unix

package site

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkExport writes the data of 600 models on 200 benchmarks.
func BenchmarkExport(b *testing.B) {
	a := large(b, 600, 200)
	s, err := newSite(a, Options{Commit: strings.Repeat("c", 40), NoScores: true})
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	b.ReportAllocs()
	var bytes int64
	var cost time.Duration
	for b.Loop() {
		out, err := create(filepath.Join(dir, "out"))
		if err != nil {
			b.Fatal(err)
		}
		before := processorTime(b)
		if _, err := newExport(s, out).jobs(&work{out: out})(); err != nil {
			b.Fatal(err)
		}
		cost += processorTime(b) - before
		bytes = out.bytes.Load()
		out.discard()
	}
	b.ReportMetric(float64(bytes)/1e6, "MB")
	b.ReportMetric(cost.Seconds()/float64(b.N), "cpu-s/op")
}
