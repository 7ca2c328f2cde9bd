package stat

import (
	"math"
	"slices"
	"testing"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		v    []float64
		want float64
	}{
		{nil, nan}, {[]float64{nan}, nan}, {[]float64{2}, 2}, {[]float64{nan, 3, 1}, 2},
		{[]float64{5, 1, 4, 2, 3}, 3}, {[]float64{1, 1, 1, 9}, 1}, {[]float64{math.Inf(1), 0, math.Inf(-1)}, 0},
		{[]float64{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5}, 4}, {[]float64{3, 1, 4, 1, 5, 9, 2, 6, 5, 3}, 3.5},
	} {
		if got := Median(slices.Clone(c.v)); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("median of %v is %v, want %v", c.v, got, c.want)
		}
	}
}
