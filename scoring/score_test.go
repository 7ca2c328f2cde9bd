package scoring

import (
	"math"
	"strings"
	"testing"
)

func TestFinishInterval(t *testing.T) {
	// 0, .01, ..., 1 backwards: numpy.quantile(x, [.025, .975]) = [.025, .975].
	grid := func(scale, shift float64) []float64 {
		x := make([]float64, 101)
		for i := range x {
			x[i] = scale*float64(100-i)/100 + shift
		}
		return x
	}
	for _, c := range []struct {
		name       string
		rule       string
		replicates []float64
		low, high  float64
		warning    string
	}{
		{"plain", "ratio", grid(1, 0), .025, .975, ""},
		{"above one", "ratio", grid(2, 0), .05, 1.95, ""},
		{"clipped", "clipped_ratio", grid(2, -.5), 0, 1, ""},
		{"clipped on one side", "clipped_ratio", grid(1, .5), .525, 1, ""},
		{"none", "none", grid(-4, 0), -3.9, -.1, ""},
		{"some NaN", "ratio", append(grid(1, 0), nan, nan, nan), .025, .975, "3 of 104 bootstrap replicates have no value"},
		{"all NaN", "clipped_ratio", []float64{nan, nan}, nan, nan, "2 of 2"},
		{"no replicates", "ratio", nil, nan, nan, ""},
	} {
		s := Score{Rule: c.rule, Replicates: c.replicates}
		first := 0.
		if len(c.replicates) > 0 {
			first = c.replicates[0]
		}
		s.FinishInterval("images")
		got := s.Interval
		if d := math.Max(math.Abs(got.Low-c.low), math.Abs(got.High-c.high)); d > 1e-12 || math.IsNaN(c.low) != math.IsNaN(got.Low) || math.IsNaN(c.high) != math.IsNaN(got.High) {
			t.Errorf("%s: %v to %v, want %v to %v", c.name, got.Low, got.High, c.low, c.high)
		}
		if got.Level != .95 || got.Resampled != "images" || got.Method == "" {
			t.Errorf("%s: %+v", c.name, got)
		}
		if all := strings.Join(s.Warnings, "\n"); (c.warning == "") != (all == "") || !strings.Contains(all, c.warning) {
			t.Errorf("%s: warnings %q, want %q", c.name, s.Warnings, c.warning)
		}
		// Replicate b is paired with replicate b of other models: sorting in place would break that.
		if len(c.replicates) > 0 && !same(s.Replicates[0], first) {
			t.Errorf("%s: the replicates were reordered", c.name)
		}
	}
}

// TestCheckedInterval: whatever is expected, the interval is the same.
func TestCheckedInterval(t *testing.T) {
	for _, rule := range []string{"ratio", "clipped_ratio", "none"} {
		for _, shift := range []float64{-.5, 0, .3} {
			x, single := make([]float64, 500), []float32{float32(nan)}
			for i := range x {
				single = append(single, float32(math.Mod(float64(i)*.6180339887, 1)+shift))
				x[i] = float64(single[i+1])
			}
			low, high := PercentileInterval(rule, x)
			for _, expected := range [][2]float64{{low, high}, {low + 1e-9, high - 1e-9}, {.1, high}, {low, .1}, {high, low}, {nan, nan}, {0, 1}} {
				if l, h := CheckedInterval(rule, single, expected[0], expected[1]); l != low || h != high {
					t.Errorf("%s, %v expected: %v to %v, want %v to %v", rule, expected, l, h, low, high)
				}
			}
		}
	}
	if l, h := CheckedInterval("ratio", nil, 0, 1); !math.IsNaN(l) || !math.IsNaN(h) {
		t.Errorf("no replicates: %v to %v", l, h)
	}
}

func TestCeilings(t *testing.T) {
	c := ConstantCeiling(.858, Correlation)
	if c.Value != .858 || c.Scale != Correlation || !math.IsNaN(c.Lower) || !math.IsNaN(c.Upper) || !math.IsNaN(c.Error) {
		t.Errorf("constant: %+v", c)
	}
	if !math.IsNaN(NoCeiling.Value) || NoCeiling.Scale != "" {
		t.Errorf("making a constant changed NoCeiling: %+v", NoCeiling)
	}
}
