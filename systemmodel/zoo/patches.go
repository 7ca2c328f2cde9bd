package zoo

import "math"

// The published numbers: four sizes, 250 patches each, with all orientations,
// cut at random places from the C1 layer's response to images that are not the
// test's. The image of a patch and its place are drawn again for each.
const (
	patchesPerSize = 250
	patchImages    = 48
	patchImageSide = 128
	patchBand      = 1 // the band of filters 11 and 13 pixels wide
)

var patchSizes = []int{4, 8, 12, 16}

// patchSet holds patches of one size: patch x orientation x row x column.
type patchSet struct {
	size   int
	values []float64
}

func (s patchSet) length() int           { return len(hmaxTurns) * s.size * s.size }
func (s patchSet) count() int            { return len(s.values) / s.length() }
func (s patchSet) patch(i int) []float64 { return s.values[i*s.length() : (i+1)*s.length()] }

// imprint draws images and cuts so many patches of each size from C1.
func imprint(seed uint64, perSize int) []patchSet {
	draw := newRandom(seed)
	maps := make([]c1Map, patchImages)
	for i := range maps {
		maps[i] = respond(leaves(draw, patchImageSide), patchImageSide, patchBand)
	}
	sets := make([]patchSet, len(patchSizes))
	for k, size := range patchSizes {
		sets[k].size = size
		for range perSize {
			m := maps[draw.below(len(maps))]
			top, left := draw.below(m.side-size+1), draw.below(m.side-size+1)
			sets[k].values = append(sets[k].values, m.cut(top, left, size)...)
		}
	}
	return sets
}

// c1Map is a band of C1: orientation x row x column.
type c1Map struct {
	side   int
	values []float64
}

func (m c1Map) cut(top, left, size int) []float64 {
	out := make([]float64, 0, len(hmaxTurns)*size*size)
	for o := range hmaxTurns {
		for y := top; y < top+size; y++ {
			row := (o*m.side+y)*m.side + left
			out = append(out, m.values[row:row+size]...)
		}
	}
	return out
}

// respond computes a band of C1 where every filter and every window lies inside
// the image, so that no patch is one of the image's frame.
func respond(image []float64, side, band int) c1Map {
	wide := 7 + 2*(2*band+1)
	inner := side - wide + 1
	pool := c1Pool(band)
	m := c1Map{side: (inner-pool)/(pool/2) + 1}
	for _, turns := range hmaxTurns {
		best := make([]float64, inner*inner)
		for scale := 2 * band; scale < 2*band+2; scale++ {
			f := s1Filter(scale, turns)
			margin := (wide - f.size) / 2
			for i, v := range normalized(image, side, f, margin, inner) {
				best[i] = max(best[i], v)
			}
		}
		for top := range m.side {
			for left := range m.side {
				v := 0.0
				for y := top * pool / 2; y < top*pool/2+pool; y++ {
					for _, x := range best[y*inner+left*pool/2:][:pool] {
						v = max(v, x)
					}
				}
				m.values = append(m.values, v)
			}
		}
	}
	return m
}

// normalized is S1: |x * f| / ||x||, for the inner x inner filter squares whose
// corners start at (margin, margin).
func normalized(image []float64, side int, f filter, margin, inner int) []float64 {
	weights := f.weights()
	out, energy := make([]float64, inner*inner), make([]float64, inner*inner)
	for y := range inner {
		out, energy := out[y*inner:][:inner], energy[y*inner:][:inner]
		for i, w := range weights {
			source := image[(y+margin+i/f.size)*side+margin+i%f.size:][:inner]
			for x, v := range source {
				out[x] += float64(w * v)
				energy[x] += float64(v * v)
			}
		}
	}
	for i, e := range energy {
		if e == 0 {
			out[i] = 0
			continue
		}
		out[i] = math.Abs(out[i]) / math.Sqrt(e)
	}
	return out
}
