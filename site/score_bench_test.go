//go:build unix

package site

import (
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// BenchmarkScorePages writes the score pages of 60 models on 50 benchmarks, each
// with replicates, 100 units and two commits, and reports pages per second, and
// what one costs of all processors' time, the system's for its file included. Of
// a larger archive there are more of them; what one costs is the same. On a
// machine that has other things to do the cost is what tells.
//
//	go test -run - -bench ScorePages ./site
func BenchmarkScorePages(b *testing.B) {
	a, h := manyScores(b, 60, 50)
	s, err := newSite(a, Options{History: h})
	if err != nil {
		b.Fatal(err)
	}
	pages := 0
	var took, cost time.Duration
	for b.Loop() {
		out, err := create(filepath.Join(b.TempDir(), "out"))
		if err != nil {
			b.Fatal(err)
		}
		sets, err := parse(s.assets)
		if err != nil {
			b.Fatal(err)
		}
		start, before := time.Now(), processorTime(b)
		w := &work{out: out, templates: sets}
		s.scoreJobs(w)
		if err := w.run(); err != nil {
			b.Fatal(err)
		}
		took += time.Since(start)
		cost += processorTime(b) - before
		pages += int(out.pages.Load())
		b.ReportMetric(float64(out.bytes.Load())/float64(out.pages.Load()), "B/page")
		out.discard()
	}
	b.ReportMetric(float64(pages)/took.Seconds(), "pages/s")
	b.ReportMetric(float64(cost.Microseconds())/float64(pages), "cpu-us/page")
	b.ReportMetric(float64(runtime.GOMAXPROCS(0)), "procs")
}

// processorTime is what the process has used of all processors, in its own code
// and in the system's.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
