package site

import (
	"math"
	"runtime"
	"testing"
)

// largePages are pages and files of an archive, one of each kind that a large board has
// many of or that holds a large table. Each returns what writes it.
func largePages(t testing.TB, models, benchmarks int) map[string]func() func(m *markup) error {
	a := large(t, models, benchmarks)
	s, w, err := prepare(a, Options{NoScores: true}, nowhere{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	page := func(kind string, model func() any) func() func(m *markup) error {
		return func() func(m *markup) error {
			data := model()
			return func(m *markup) error { return render(m, w.templates[kind], data) }
		}
	}
	s.boards[0].related() // which the first page would wait for
	table := s.tables(s.boards[0])[0]
	return map[string]func() func(m *markup) error{
		"model":       page("model", func() any { return s.modelPage(a.Models[0]) }),
		"benchmark":   page("benchmark", func() any { return s.benchmarkPage(a.Benchmarks[0]) }),
		"leaderboard": page("leaderboard", func() any { return s.leaderboardPage(table) }),
		"csv":         func() func(m *markup) error { return table.csv },
		"json":        func() func(m *markup) error { return func(m *markup) error { return table.json(m, "") } },
	}
}

// BenchmarkPages makes a page or a file of each kind, of 600 models on 200 benchmarks.
func BenchmarkPages(b *testing.B) {
	pages := largePages(b, 600, 200)
	for _, name := range sortedKeys(pages) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			m := &markup{}
			for b.Loop() {
				*m = (*m)[:0]
				if err := pages[name]()(m); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(*m)), "bytes/page")
		})
	}
}

// TestPagesLeaveLittle: to write a page leaves less for the garbage collector than three
// copies of it, since it goes into a buffer that is used again. The least of several
// times counts: pools forget, now and then, and more often in tests for races.
func TestPagesLeaveLittle(t *testing.T) {
	for name, page := range largePages(t, 200, 100) {
		m := &markup{}
		least := uint64(math.MaxUint64)
		for range 5 {
			*m = (*m)[:0]
			write := page()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if err := write(m); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			least = min(least, after.TotalAlloc-before.TotalAlloc)
		}
		if least > 3*uint64(len(*m)) {
			t.Errorf("%s: %d bytes of garbage for a page of %d", name, least, len(*m))
		}
	}
}

// BenchmarkReplicates packs 500 values.
func BenchmarkReplicates(b *testing.B) {
	values := make([]float32, 500)
	for i := range values {
		values[i] = float32(.4 + .05*math.Sin(float64(i)))
	}
	b.ReportAllocs()
	var out []byte
	for b.Loop() {
		out, _, _ = appendReplicates(out[:0], values)
	}
}
