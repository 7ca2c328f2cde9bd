//go:build unix

package main

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/simdblas"
	"gonum.org/v1/gonum/blas/blas64"
)

// BenchmarkServe changes a file of this repository's archive, in a clone, and
// asks for a page that shows it and that was open before: what serve does between
// the moment when it sees a change and the page. Before it lies the wait for the
// next look, which is reported too, and is half of that on average. On a machine
// that has other things to do, the time of the processors is what tells.
//
//	go test -run - -bench Serve ./cmd/bsgen
//
// BSGEN_SERVE names another archive, such as one of bench/site; it is written to.
func BenchmarkServe(b *testing.B) {
	root := os.Getenv("BSGEN_SERVE")
	if root == "" {
		root = filepath.Join(b.TempDir(), "archive")
		if out, err := exec.Command("git", "clone", "-q", filepath.Join("..", ".."), root).CombinedOutput(); err != nil {
			b.Skipf("no clone: %v: %s", err, out)
		}
	}
	defer blas64.Use(blas64.Implementation())
	simdblas.Use() // as bsgen does
	g := &globals{ui: &ui{out: io.Discard, err: io.Discard, screen: io.Discard}, root: root}
	a, _, err := archive.Open(root)
	if err != nil {
		b.Fatal(err)
	}
	if len(a.Models) == 0 || len(a.Boards) == 0 {
		b.Skip("no model or no board in the archive")
	}
	watcher := archive.NewWatcher(root)
	now, err := openServed(b.Context(), g, root)
	if err != nil {
		b.Fatal(err)
	}
	m, front := a.Models[0], "/"+a.Boards[0].ID+"/index.html"
	scored := slices.IndexFunc(a.Results[m.ID], func(r archive.Result) bool { return r.Status == archive.Scored })
	if scored < 0 {
		b.Skip("the first model has no score")
	}
	r := a.Results[m.ID][scored]
	bench, _ := a.Benchmark(r.Benchmark)
	sidecar, err := a.Sidecar(&r)
	if err != nil {
		b.Fatal(err)
	}
	// append adds a line to a file, as an editor does.
	write := func(file string) func(n int) error {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			b.Fatal(err)
		}
		return func(n int) error {
			return os.WriteFile(filepath.Join(root, file), fmt.Appendf(text[:len(text):len(text)], "\n# %d\n", n), 0o644)
		}
	}
	// score replaces a result, by a failure and back, as the scorer does: the model
	// leaves the means above, and returns.
	score := func(n int) error {
		if n%2 == 0 {
			back := r
			return a.WriteResult(&back, sidecar)
		}
		failed, nan := r, archive.Number(math.NaN())
		failed.Status, failed.Reason, failed.Raw, failed.Score, failed.Unclipped = archive.Failed, "it was measured", nan, nan, nan
		failed.Interval.Low, failed.Interval.High = nan, nan
		return a.WriteResult(&failed, nil)
	}
	modelPage, benchmarkPage := "/models/"+m.ID+"/index.html", "/benchmarks/"+bench.ID+"/index.html"
	pages := []struct {
		name, page string
		change     func(n int) error
	}{
		{"model", modelPage, write(m.File())},
		{"leaderboard", front, write(m.File())},
		{"home", "/index.html", write(m.File())},
		{"benchmark", benchmarkPage, write(bench.Dir + "/benchmark.yaml")},
		{"result/model", modelPage, score},
		{"result/leaderboard", front, score},
		{"result/benchmark", benchmarkPage, score},
	}
	if a.Content["methods"] != nil {
		pages = append(pages, pages[0])
		pages[len(pages)-1].name, pages[len(pages)-1].page, pages[len(pages)-1].change = "content", "/methods/index.html", write("content/methods.md")
	}
	for _, p := range pages {
		b.Run(p.name, func(b *testing.B) {
			ask := func() {
				w := httptest.NewRecorder()
				now.site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, p.page, nil))
				if w.Code != http.StatusOK {
					b.Fatalf("%s: %d %s", p.page, w.Code, w.Body)
				}
			}
			ask() // it is open in a browser
			var used, pause time.Duration
			n := 0
			for b.Loop() {
				b.StopTimer()
				n++
				if err := p.change(n); err != nil {
					b.Fatal(err)
				}
				before := processors(b)
				b.StartTimer()
				var changed []string
				changed, pause = look(watcher)
				if now, err = now.renew(b.Context(), g, changed); err != nil {
					b.Fatal(err)
				}
				ask()
				used += processors(b) - before
			}
			b.ReportMetric(float64(used.Microseconds())/1000/float64(n), "cpu-ms/op")
			b.ReportMetric(float64(pause.Milliseconds()), "pause-ms")
		})
	}
}

// processors is what this process and the ones that it started have used.
func processors(b *testing.B) time.Duration {
	b.Helper()
	var own, children syscall.Rusage
	for who, u := range map[int]*syscall.Rusage{syscall.RUSAGE_SELF: &own, syscall.RUSAGE_CHILDREN: &children} {
		if err := syscall.Getrusage(who, u); err != nil {
			b.Fatal(err)
		}
	}
	return time.Duration(own.Utime.Nano() + own.Stime.Nano() + children.Utime.Nano() + children.Stime.Nano())
}
