package evaluate

import (
	"cmp"
	"os"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// wholeKey digests a pair's fields in one piece.
func wholeKey(a *archive.Archive, p Pair) string {
	by := ""
	if p.Execution != nil {
		by = p.Execution.digest(newDigests(a), p.Benchmark)
	} else {
		by = readerVersion[p.Model.Responses[p.Response].Format]
	}
	return archive.Digest(struct {
		Schema     int
		Model      string
		Response   string
		Training   []archive.NeuralTraining
		Benchmark  string
		Data       map[string]string
		Metric     string
		Assembly   string
		ResponseBy string
	}{
		archive.ResultSchema, p.Model.ID, p.submission(), p.Model.NeuralTraining,
		p.Benchmark.ScoringDigest(), p.Benchmark.DataDigests(),
		metrics[p.Benchmark.Metric.Name].version, readerVersion[p.Benchmark.Assembly.Reader], by,
	})
}

// TestKeys: keys that are put together of parts are those of the whole, and
// most are those that the results of this repository have.
func TestKeys(t *testing.T) {
	a, _, err := archive.Open("..")
	if err != nil {
		t.Fatal(err)
	}
	pairs, err := Pairs(a, Filter{})
	if err != nil {
		t.Fatal(err)
	}
	recorded, executed, fresh := 0, 0, 0
	for _, p := range pairs {
		if want := wholeKey(a, p); p.Key != want {
			t.Fatalf("%s on %s: key %s, want %s", p.Model.ID, p.Benchmark.ID, p.Key, want)
		}
		if p.Execution == nil {
			recorded++
		} else {
			executed++
		}
		if p.State == Fresh {
			fresh++
		}
	}
	if executed < 20 || recorded < 100 || fresh < len(pairs)/2 {
		t.Errorf("of %d pairs %d are recorded, %d are executed, %d are fresh", len(pairs), recorded, executed, fresh)
	}
}

// BenchmarkPairs lists the pairs of this repository, or of the archive in the
// folder that BSGEN_BENCH_ARCHIVE names.
func BenchmarkPairs(b *testing.B) {
	a, _, err := archive.Open(cmp.Or(os.Getenv("BSGEN_BENCH_ARCHIVE"), ".."))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		pairs, err := Pairs(a, Filter{})
		if err != nil {
			b.Fatal(err)
		}
		n = len(pairs)
	}
	b.ReportMetric(float64(n), "pairs")
}
