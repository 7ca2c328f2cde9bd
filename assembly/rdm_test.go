package assembly

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestUpper(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name string
		full []float64
		want []float64
		err  string
	}{
		{"plain", []float64{0, 1, 2, 1, 0, 3, 2, 3, 0}, []float64{1, 2, 3}, ""},
		{"NaN on the diagonal", []float64{nan, 1, 1, nan}, []float64{1}, ""},
		{"infinite", []float64{0, inf, inf, 0}, []float64{inf}, ""},
		{"rounding", []float64{0, 1, 1 + 1e-10, 0}, []float64{1 + 5e-11}, ""},
		{"rounding of large values", []float64{0, 4e9, 4e9 + 2, 0}, []float64{4e9 + 1}, ""},
		{"rounding on the diagonal", []float64{1e-16, .5, .5, -1e-16}, []float64{.5}, ""},
		{"not symmetric", []float64{0, 1, 1.5, 0}, nil, "1 at (1, 2), 1.5 at (2, 1)\nhint: if that is meant, r = (r + r.T) / 2"},
		{"two infinities", []float64{0, inf, -inf, 0}, nil, "not symmetric"},
		{"one infinity", []float64{0, inf, 1, 0}, nil, "not symmetric"},
		{"NaN above", []float64{0, nan, 1, 0}, nil, "stimuli 1 and 2 is NaN"},
		{"NaN below", []float64{0, 1, nan, 0}, nil, "stimuli 1 and 2 is NaN"},
		{"a similarity", []float64{1, .5, .5, 1}, nil, "the diagonal is 1: this looks like a similarity"},
		{"another diagonal", []float64{0, 1, 1, .25}, nil, "the diagonal is 0.25 at stimulus 2"},
		{"another size", []float64{0, 1}, nil, "2 values are not a matrix of"},
	} {
		n := int(math.Sqrt(float64(len(c.full))))
		got, err := Upper(n, c.full)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v, want %q", c.name, err, c.err)
			}
			continue
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
		}
	}
}
