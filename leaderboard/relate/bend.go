package relate

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"github.com/bsgen/bsgen/scoring/resample"
)

// Bend is a line that changes its slope once, at a place that the data choose:
//
//	y = a + below x                    for x < At
//	y = a + below At + above (x - At)  beyond
//
// fitted by least squares (Hudson 1966). Each replicate searches the place again.
// Intervals are t times the standard deviation over replicates to either side:
// in simulations with little noise they hold the place as often as they should,
// and percentiles only in 73 %.
type Bend struct {
	N            int
	At           Estimate // place on x
	Below, Above Estimate // slopes
	Height       float64  // of the line at At
	Left, Right  int      // models up to At, and beyond
	P            float64  // that a straight line is bent so much by chance: see [Relations.Bend]
}

// Bend looks for the place where the relation of y (benchmark j) to x
// (benchmark i) changes its slope. At least a tenth of the models, and five,
// lie on each side. NaN where there are fewer than 2 [MinModels].
//
// P tests whether there is a bend at all. The place is chosen to fit well, so
// the usual F test is too easily passed (Davies 1987). Instead the residuals of
// the straight line change signs at random, all of a family together (the wild
// cluster bootstrap, Cameron, Gelbach and Miller 2008), and P is the share of
// such data whose best bend takes away as large a part of the squared error.
func (r *Relations) Bend(i, j int) Bend {
	models := r.Common(i, j)
	nan := math.NaN()
	none := Bend{N: len(models), At: unknown(nan), Below: unknown(nan), Above: unknown(nan), Height: nan, P: nan}
	if len(models) < 2*MinModels {
		return none
	}
	slices.SortFunc(models, func(a, b int) int { return cmp.Or(cmp.Compare(r.Scores[i][a], r.Scores[i][b]), cmp.Compare(r.Models[a], r.Models[b])) })
	x, y := gather(r.Scores[i], models), gather(r.Scores[j], models)
	w := make([]float64, len(x))
	for k := range w {
		w[k] = 1
	}
	search := newBender(x)
	best := search.fit(y, w)
	if math.IsNaN(best.at) {
		return none
	}
	out := none
	out.At, out.Below, out.Above, out.Height = unknown(best.at), unknown(best.below), unknown(best.above), best.height
	out.Left = sort.Search(len(x), func(k int) bool { return x[k] > best.at })
	out.Right = len(x) - out.Left
	out.P = r.bendP(search, models, y, best.gain)
	estimates := []*Estimate{&out.At, &out.Below, &out.Above}
	resampled := func(counts []uint16) (s [3]spread) {
		r.draws.each(counts, models, w, func() {
			f := search.fit(y, w)
			for k, v := range []float64{f.at, f.below, f.above} {
				s[k].add(v - estimates[k].Value)
			}
		})
		return s
	}
	for k, s := range resampled(r.draws.models) {
		e := estimates[k]
		e.Models, e.P = s.interval(linear, e.Value, len(models), Replicates)
	}
	if g := r.draws.count(models); g >= MinFamilies {
		for k, s := range resampled(r.draws.families) {
			e := estimates[k]
			e.Families, e.FamilyP = s.interval(linear, e.Value, g, Replicates)
		}
	}
	return out
}

// bendP tests the straight line against a bend with that gain.
func (r *Relations) bendP(search *bender, models []int, y []float64, gain float64) float64 {
	line := FitLine(search.x, y)
	residual, fake, w := make([]float64, len(y)), make([]float64, len(y)), make([]float64, len(y))
	for k := range y {
		residual[k], w[k] = y[k]-line.At(search.x[k]), 1
	}
	signs := resample.New("signs of residuals", r.draws.units)
	z := make([]float64, signs.Len())
	as := 0
	for b := range Replicates {
		signs.Normals(b, z)
		for k, m := range models {
			fake[k] = line.At(search.x[k]) + math.Copysign(1, z[r.draws.family[m]])*residual[k]
		}
		if search.fit(fake, w).gain >= gain {
			as++
		}
	}
	return float64(as+1) / float64(Replicates+1)
}

// bender fits bends to points of ascending x.
type bender struct {
	x          []float64
	candidates []int // the bend is at x[c]
}

// fitted is the best bend; gain is the share of the straight line's squared
// error that it takes away.
type fitted struct{ at, below, above, height, gain float64 }

// newBender takes every different x as a candidate that leaves enough points on
// either side.
func newBender(x []float64) *bender {
	b := &bender{x: x}
	side := max(5, len(x)/10)
	for c := side - 1; c < len(x)-side; c++ {
		if x[c] < x[c+1] {
			b.candidates = append(b.candidates, c)
		}
	}
	return b
}

// fit returns the bend of the smallest squared error, the first of equal ones.
// With h = max(0, x - at), centred sums over the points beyond the bend give the
// normal equations of y on x and h for every candidate in one pass.
func (b *bender) fit(y, w []float64) fitted {
	nan := math.NaN()
	none := fitted{nan, nan, nan, nan, 0}
	s := newSums(b.x, y, w)
	if !(s.xx > 0) || !(s.yy > 0) {
		return none
	}
	straight := s.yy - s.xy*s.xy/s.xx
	const rounding = 1e-12
	if !(straight > rounding*s.yy) {
		return none
	}
	best := none
	var n, sx, sy, sxx, sxy float64 // over the points beyond the candidate, centred
	at := len(b.x)
	for k := len(b.candidates) - 1; k >= 0; k-- {
		c := b.candidates[k]
		for at > c+1 {
			at--
			dx, dy := b.x[at]-s.mx, y[at]-s.my
			n += w[at]
			sx += float64(w[at] * dx)
			sy += float64(w[at] * dy)
			sxx += float64(float64(w[at]*dx) * dx)
			sxy += float64(float64(w[at]*dx) * dy)
		}
		place := b.x[c] - s.mx
		h := sx - place*n // sum of h
		hh := sxx - 2*place*sx + place*place*n - h*h/s.w
		xh := sxx - place*sx // centred x: its sum is 0
		hy := sxy - place*sy
		det := s.xx*hh - xh*xh
		if !(det > rounding*s.xx*s.xx) {
			continue
		}
		below := (s.xy*hh - hy*xh) / det
		change := (hy*s.xx - s.xy*xh) / det
		gain := (below*s.xy + change*hy - s.xy*s.xy/s.xx) / straight
		if gain >= best.gain {
			best = fitted{at: b.x[c], below: below, above: below + change, gain: gain}
			best.height = s.my + below*place - change*h/s.w
		}
	}
	return best
}
