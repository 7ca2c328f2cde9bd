package neural

import (
	"context"
	"math"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/bsgen/bsgen/scoring/regress"
	"github.com/bsgen/bsgen/scoring/resample"
	"github.com/bsgen/bsgen/scoring/split"
	"github.com/bsgen/bsgen/scoring/stat"
)

// resampling draws stimuli and neuroids that are named by their numbers.
func resampling(stimuli, neuroids int) *Resampling {
	return NewResampling(resample.New("stimuli", numbers(stimuli)), resample.New("neuroids", numbers(neuroids)))
}

func numbers(n int) []string {
	s := make([]string, n)
	for i := range s {
		s[i] = strconv.Itoa(i)
	}
	return s
}

// TestReplicatesArePaired: which stimuli a replicate draws depends neither on
// how many neuroids there are nor on the metric; RDMs draw the same.
func TestReplicatesArePaired(t *testing.T) {
	few, many := resampling(40, 3), resampling(40, 500)
	if !slices.Equal(few.counts.Data, many.counts.Data) {
		t.Error("another number of neuroids draws other stimuli")
	}
	rdm := resample.New("stimuli", numbers(40)) // as package rdm
	want := make([]float64, 40)
	for b := range resample.B {
		rdm.Counts(b, want)
		if !slices.Equal(few.counts.Data[b*few.counts.Stride:][:40], want) {
			t.Errorf("replicate %d draws other stimuli than those of RDMs", b)
		}
	}
	if few.counts.Rows != resample.B || slices.Equal(few.groups[0].drawn(0), few.groups[0].drawn(1)) && slices.Equal(few.groups[0].drawn(1), few.groups[0].drawn(2)) {
		t.Errorf("%d replicates, the first three of the same neuroids %v", few.counts.Rows, few.groups[0].drawn(0))
	}
}

// TestReplicates compares with the definition: stimuli written out as often as
// they were drawn.
func TestReplicates(t *testing.T) {
	x, y := problem(5, 40, 12, 3, 5)
	splits, err := split.Default.Split(40)
	if err != nil {
		t.Fatal(err)
	}
	s := score(t, "ridge", regress.Float64(40, 12, x), regress.Float64(40, 3, y), splits)
	plan := resampling(40, 3)
	all, err := plan.Regression(context.Background(), s.Fit)
	if err != nil {
		t.Fatal(err)
	}
	got := all[0]
	for b, v := range got {
		var folds []float64
		err := s.Fit.Each(context.Background(), func(_ int, pairs []regress.Pairs) error {
			for i, p := range pairs {
				var drawn []float64
				for _, u := range plan.groups[0].drawn(b) {
					drawn = append(drawn, expandedCorrelation(plan, b, s.Fit.Test(i), p.Predicted, p.Observed, u))
				}
				if m := stat.Median(drawn); !math.IsNaN(m) {
					folds = append(folds, m)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if want := stat.Mean(folds); !near(v, want) {
			t.Errorf("replicate %d = %v, want %v", b, v, want)
		}
	}

	before := runtime.GOMAXPROCS(1)
	again, err := resampling(40, 3).Regression(context.Background(), s.Fit)
	runtime.GOMAXPROCS(before)
	if err != nil || !slices.Equal(again[0], got) {
		t.Errorf("the same plan on one processor gives %v, %v, want %v", again, err, got)
	}

	repeats := incomplete()
	halves, err := halfSplits(5)
	if err != nil {
		t.Fatal(err)
	}
	stimuli := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}
	plan = resampling(12, 3)
	if all, err = plan.InternalConsistency(context.Background(), repeats, halves); err != nil {
		t.Fatal(err)
	}
	got = all[0]
	for b, v := range got {
		var splits []float64
		for _, h := range halves {
			p, q := repeats.average(h.Train), repeats.average(h.Test)
			var drawn []float64
			for _, u := range plan.groups[0].drawn(b) {
				drawn = append(drawn, stat.SpearmanBrown(expandedCorrelation(plan, b, stimuli, p, q, u)))
			}
			splits = append(splits, stat.Median(drawn))
		}
		if want := stat.Mean(splits); !near(v, want) {
			t.Errorf("ceiling replicate %d = %v, want %v", b, v, want)
		}
	}
}

func expandedCorrelation(r *Resampling, b int, stimuli []int, x, y blas64.General, j int) float64 {
	var u, v blas64.General
	for k, i := range stimuli {
		for range int(r.counts.Data[b*r.counts.Stride+i]) {
			u.Data = append(u.Data, x.Data[k*x.Stride+j])
			v.Data = append(v.Data, y.Data[k*y.Stride+j])
		}
	}
	u.Rows, u.Cols, u.Stride = len(u.Data), 1, 1
	v.Rows, v.Cols, v.Stride = len(v.Data), 1, 1
	return pairedCorrelation(u, v, 0)
}
