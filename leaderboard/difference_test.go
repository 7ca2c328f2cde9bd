package leaderboard

import (
	"math"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// TestDifference: the interval is that of the paired difference, which is known
// far better here than either score.
func TestDifference(t *testing.T) {
	f := newFixture(t, primary("x", "V1"))
	f.model(archive.RoleModel, "a", "b", "bare", "holes")
	var low, high []float64
	for i := range 101 { // the difference is 0.1, 0.101 ... 0.2, whatever both do together
		low = append(low, float64(i%7))
		high = append(high, float64(i%7)+.1+float64(i)/1000)
	}
	f.score("a", "x", .65, high...)
	f.score("b", "x", .5, low...)
	f.score("bare", "x", .2)
	f.score("holes", "x", .2, holes(append([]float64(nil), low...), 5)...)
	n := f.compute().Node("x")
	for _, tt := range []struct {
		x, y string
		want Difference
	}{
		{"a", "b", Difference{.15, .1025, .1975, .0293001706}}, // v = .1 + numpy.arange(101)/1000; numpy.quantile(v, [.025, .975]), v.std(ddof=1)
		{"b", "a", Difference{-.15, -.1975, -.1025, .0293001706}},
		{"a", "bare", Difference{.45, nan, nan, nan}},
		{"a", "holes", Difference{.45, nan, nan, nan}},
		{"a", "nobody", Difference{nan, nan, nan, nan}},
	} {
		got := n.Difference(tt.x, tt.y)
		for i, v := range [][2]float64{{got.Value, tt.want.Value}, {got.Low, tt.want.Low}, {got.High, tt.want.High}, {got.Error, tt.want.Error}} {
			if math.IsNaN(v[0]) != math.IsNaN(v[1]) || math.Abs(v[0]-v[1]) > 1e-6 { // replicates have single precision
				t.Errorf("%s - %s, number %d: %v, want %v", tt.x, tt.y, i, v[0], v[1])
			}
		}
	}
}
