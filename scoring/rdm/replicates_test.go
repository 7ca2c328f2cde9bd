package rdm

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/scoring/resample"
	"github.com/bsgen/bsgen/scoring/stat"
)

// many returns RDMs of n subjects on m stimuli that share a structure, with
// ties, from a linear congruential generator.
func many(n, m int) *assembly.RDMs {
	data := &assembly.RDMs{}
	for i := range m {
		data.Stimuli = append(data.Stimuli, fmt.Sprintf("stimulus-%02d", i))
	}
	state := uint64(1)
	for k := range n {
		data.Subjects = append(data.Subjects, fmt.Sprintf("subject-%02d", k))
		var u []float64
		for p := range assembly.Pairs(m) {
			state = state*6364136223846793005 + 1442695040888963407
			u = append(u, float64(p%7+int(state>>61)))
		}
		data.Upper = append(data.Upper, u)
	}
	return data
}

// expanded draws replicate b the long way: it builds the matrices of the drawn
// stimuli with every copy in its own row, leaves out the pairs of a stimulus
// with its own copy, and uses the plain statistics.
func expanded(data *assembly.RDMs, model *assembly.RDM, b int, bound Bound) float64 {
	counts := make([]float64, len(data.Stimuli))
	resample.New("stimuli", data.Stimuli).Counts(b, counts)
	var drawn []int
	for i, c := range counts {
		for range int(c) {
			drawn = append(drawn, i)
		}
	}
	m := len(data.Stimuli)
	triangle := func(u []float64) []float64 {
		full := make([][]float64, m)
		for i := range full {
			full[i] = make([]float64, m)
		}
		k := 0
		for i := range m {
			for j := i + 1; j < m; j++ {
				full[i][j], full[j][i] = u[k], u[k]
				k++
			}
		}
		var out []float64
		for p, i := range drawn {
			for _, j := range drawn[p+1:] {
				if i != j {
					out = append(out, full[i][j])
				}
			}
		}
		return out
	}
	var matrices [][]float64
	for _, u := range data.Upper {
		matrices = append(matrices, triangle(u))
	}
	mean := func(x []float64) float64 {
		var rho []float64
		for _, u := range matrices {
			rho = append(rho, stat.Spearman(x, u))
		}
		return stat.Mean(rho)
	}
	raw := mean(triangle(model.Upper))
	if bound == Unbounded {
		return raw
	}
	pool := make([]float64, len(matrices[0]))
	for _, u := range matrices {
		if bound == Ranks {
			u = stat.Ranks(nil, u)
		}
		for i, r := range u {
			pool[i] += r
		}
	}
	return raw / mean(pool)
}

// TestReplicatesAreExpandedDraws compares the weighted computation with the
// long way; to it the jackknife adds what leaving each subject out does to score
// and ceiling.
func TestReplicatesAreExpandedDraws(t *testing.T) {
	for _, c := range []struct {
		subjects int
		bound    Bound
		rule     string
	}{
		{1, Unbounded, "none"}, // stimuli alone
		{3, Ranks, "ratio"},    // the ceiling drawn anew
		{6, Ranks, "ratio"},
		{6, Values, "ratio"},
		{6, Unbounded, "none"},
	} {
		data := many(c.subjects, 9)
		m := &assembly.RDM{N: 9, Upper: many(7, 9).Upper[6]}
		s := similarity(t, data, c.bound)
		sc, err := s.Score(m, c.rule)
		if err != nil {
			t.Fatal(err)
		}
		want := make([]float64, resample.B)
		for b := range want {
			want[b] = expanded(data, m, b, c.bound)
		}
		if c.subjects > 1 {
			resample.Jackknife(want, leaveOneOut(t, data, m, c.bound, c.rule), s.subjects)
		}
		for b := range want {
			if math.Abs(sc.Replicates[b]-want[b]) > 1e-12 {
				t.Errorf("%d subjects, bound %d, replicate %d: %v, expanded %v", c.subjects, c.bound, b, sc.Replicates[b], want[b])
				break
			}
		}
	}
}

// leaveOneOut returns the score without each subject.
func leaveOneOut(t *testing.T, data *assembly.RDMs, m *assembly.RDM, bound Bound, rule string) []float64 {
	t.Helper()
	loo := make([]float64, len(data.Subjects))
	for k := range loo {
		rest := &assembly.RDMs{Stimuli: data.Stimuli}
		for j := range data.Subjects {
			if j != k {
				rest.Subjects = append(rest.Subjects, data.Subjects[j])
				rest.Upper = append(rest.Upper, data.Upper[j])
			}
		}
		without, err := similarity(t, rest, bound).Score(m, rule)
		if err != nil {
			t.Fatal(err)
		}
		loo[k] = without.Unclipped
		if rule == "none" {
			loo[k] = without.Raw
		}
	}
	return loo
}

// TestDeterminism: scoring twice, one after another or at the same time, gives
// the same bits; models share one Similarity.
func TestDeterminism(t *testing.T) {
	data := many(6, 9)
	m := &assembly.RDM{N: 9, Upper: many(7, 9).Upper[6]}
	s := similarity(t, data, Ranks)
	first, err := s.Score(m, "ratio")
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	results := make(chan []float64)
	for range 4 {
		go func() {
			sc, err := s.Score(m, "ratio")
			if err != nil {
				t.Error(err)
			}
			results <- sc.Replicates
		}()
	}
	for range 4 {
		if got := <-results; !slices.Equal(got, first.Replicates) {
			t.Error("the replicates differ from those of the first time")
		}
	}
}

// TestPairedModels: a model scored on its own has the replicates that it has
// among others, and a model shifted and stretched, which keeps its ranks, has the same.
func TestPairedModels(t *testing.T) {
	data := many(6, 9)
	m := &assembly.RDM{N: 9, Upper: many(7, 9).Upper[6]}
	stretched := &assembly.RDM{N: 9}
	for _, d := range m.Upper {
		stretched.Upper = append(stretched.Upper, 3*d+10)
	}
	a, err := similarity(t, data, Ranks).Score(m, "ratio")
	if err != nil {
		t.Fatal(err)
	}
	b, err := similarity(t, data, Ranks).Score(stretched, "ratio")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a.Replicates, b.Replicates) || a.Score != b.Score {
		t.Error("ranks alone should count, but a stretched model has other replicates")
	}
}
