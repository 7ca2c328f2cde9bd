package relate

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"github.com/bsgen/bsgen/scoring/resample"
)

// Bend is a line that changes its slope once:
//
//	y = a + below x                    for x < At
//	y = a + below At + above (x - At)  beyond
//
// fitted by least squares. Where the data choose the place (Hudson 1966), each
// replicate searches it again. Intervals are t times the standard deviation over
// replicates to either side: in simulations with little noise they hold the
// place as often as they should, and percentiles only in 73 %.
type Bend struct {
	N            int
	At           Estimate // place on x; no intervals where it was given
	Below, Above Estimate // slopes
	Change       Estimate // Above less Below
	Height       float64  // of the line at At
	Left, Right  int      // models up to At, and beyond
	P            float64  // of the place that the data chose: see [Relations.Bend]
}

// Bend looks for the place where the relation of y (benchmark j) to x
// (benchmark i) changes its slope. At least a tenth of the models, and five,
// lie on each side. NaN where there are fewer than 2 [MinModels].
//
// P tests whether there is a bend at all. The place is chosen to fit well, so
// the usual F test is too easily passed (Davies 1987), and so is the interval of
// Change. Instead the residuals of the straight line change signs at random, all
// of a family together (the wild cluster bootstrap, Cameron, Gelbach and Miller
// 2008), and P is the share of such data whose best bend takes away as large a
// part of the squared error.
func (r *Relations) Bend(i, j int) Bend {
	models := r.ascending(i, j)
	x := gather(r.Scores[i], models)
	return r.bend(models, gather(r.Scores[j], models), newBender(x), true)
}

// BendAt fits a bend at a place that is known without these data. P is NaN: the
// p-values of Change test whether there is a bend.
func (r *Relations) BendAt(i, j int, at float64) Bend {
	models := r.ascending(i, j)
	x := gather(r.Scores[i], models)
	return r.bend(models, gather(r.Scores[j], models), &bender{x: x, places: []float64{at}}, false)
}

// ascending returns the models with both scores by ascending x.
func (r *Relations) ascending(i, j int) []int {
	models := r.Common(i, j)
	slices.SortFunc(models, func(a, b int) int {
		return cmp.Or(cmp.Compare(r.Scores[i][a], r.Scores[i][b]), cmp.Compare(r.Models[a], r.Models[b]))
	})
	return models
}

func (r *Relations) bend(models []int, y []float64, search *bender, chosen bool) Bend {
	nan := math.NaN()
	out := Bend{N: len(models), At: unknown(nan), Below: unknown(nan), Above: unknown(nan), Change: unknown(nan), Height: nan, P: nan}
	w := make([]float64, len(y))
	for k := range w {
		w[k] = 1
	}
	if len(models) < 2*MinModels {
		return out
	}
	best := search.fit(y, w)
	if math.IsNaN(best.at) {
		return out
	}
	estimates := []*Estimate{&out.Below, &out.Above, &out.Change, &out.At}
	for k, v := range best.values() {
		*estimates[k] = unknown(v)
	}
	if chosen {
		out.P = r.bendP(search, models, y, best.gain)
	} else {
		estimates = estimates[:3]
	}
	out.Height = best.height
	out.Left = sort.Search(len(y), func(k int) bool { return search.x[k] > best.at })
	out.Right = len(y) - out.Left
	resampled := func(counts []uint16) []spread {
		s := make([]spread, len(estimates))
		r.draws.each(counts, models, w, func() {
			v := search.fit(y, w).values()
			for k := range s {
				s[k].add(v[k] - estimates[k].Value)
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
	x      []float64
	places []float64 // where the bend may be, ascending
}

// fitted is the best bend; gain is the share of the straight line's squared
// error that it takes away.
type fitted struct{ at, below, above, height, gain float64 }

func (f fitted) values() [4]float64 { return [4]float64{f.below, f.above, f.above - f.below, f.at} }

// newBender takes every different x as a place that leaves enough points on
// either side.
func newBender(x []float64) *bender {
	b := &bender{x: x}
	side := max(5, len(x)/10)
	for c := side - 1; c < len(x)-side; c++ {
		if x[c] < x[c+1] {
			b.places = append(b.places, x[c])
		}
	}
	return b
}

// fit returns the bend of the smallest squared error, the first of equal ones.
// With h = max(0, x - at), centred sums over the points beyond the bend give the
// normal equations of y on x and h for every place in one pass.
func (b *bender) fit(y, w []float64) fitted {
	nan := math.NaN()
	best := fitted{nan, nan, nan, nan, 0}
	const rounding = 1e-12
	s := newSums(b.x, y, w)
	if !(s.xx > 0) || !(s.yy > 0) {
		return best
	}
	straight := s.yy - s.xy*s.xy/s.xx
	if !(straight > rounding*s.yy) {
		return best
	}
	var n, sx, sy, sxx, sxy float64 // over the points beyond the place, centred
	at := len(b.x)
	for k := len(b.places) - 1; k >= 0; k-- {
		for at > 0 && b.x[at-1] > b.places[k] {
			at--
			dx, dy := b.x[at]-s.mx, y[at]-s.my
			n += w[at]
			sx += float64(w[at] * dx)
			sy += float64(w[at] * dy)
			sxx += float64(float64(w[at]*dx) * dx)
			sxy += float64(float64(w[at]*dx) * dy)
		}
		place := b.places[k] - s.mx
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
		if math.IsNaN(best.at) || gain >= best.gain {
			best = fitted{at: b.places[k], below: below, above: below + change, gain: gain}
			best.height = s.my + below*place - change*h/s.w
		}
	}
	return best
}
