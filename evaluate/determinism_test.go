package evaluate

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/simdblas"
	"gonum.org/v1/gonum/blas/blas64"
)

// TestSameBits: the numbers of every neural metric, replicates included, are
// the same bits for each kernel that this machine has, the portable one among
// them, and for 1, 2 and 8 processors.
func TestSameBits(t *testing.T) {
	pair := synthetic()["activations"][0]
	defer blas64.Use(blas64.Implementation())
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for name, m := range metrics {
		if m.kinds[0] != "activations" {
			continue
		}
		b := &archive.Benchmark{ID: "Test-" + name, Normalize: "none", Ceiling: archive.Ceiling{Name: "none"}, Metric: archive.Metric{Name: name, Train: .8}}
		if _, err := divide(b.Metric, 60); err != nil { // a form with one fixed split
			b.Metric.Train = 40
		}
		if r, err := lookup(archive.Metric{Name: name, Components: 3}); err == nil && r != nil {
			b.Metric.Components = 3
		}
		want := ""
		for _, kernel := range simdblas.Kernels() {
			impl, err := simdblas.New(kernel)
			if err != nil {
				t.Fatal(err)
			}
			blas64.Use(impl)
			for _, procs := range []int{1, 2, 8} {
				runtime.GOMAXPROCS(procs)
				score, err := m.prepare(context.Background(), b, pair.data)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				sc, err := score(context.Background(), pair.resp)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				got := bits(sc)
				if want == "" {
					want = got
				}
				if got != want {
					t.Errorf("%s: other bits with the kernel %s on %d processors", name, kernel, procs)
				}
			}
		}
	}
}

// bits writes the numbers of a score so that any difference shows.
func bits(sc scoring.Score) string {
	s := ""
	for _, list := range [][]float64{{sc.Raw, sc.Error.Value}, sc.Splits, sc.Units.Values, sc.Replicates} {
		for _, x := range list {
			s += fmt.Sprintf("%x ", math.Float64bits(x))
		}
		s += "\n"
	}
	return s
}
