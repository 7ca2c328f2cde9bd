package pillow

import (
	"fmt"
	"math"
)

// Filter is a resampling filter.
type Filter string

// Pillow's filters that widen with the reduction, so that nothing aliases.
const (
	Box      Filter = "box"
	Bilinear Filter = "bilinear"
	Bicubic  Filter = "bicubic"
	Lanczos  Filter = "lanczos"
)

// kernel is a filter's function and where it ends.
type kernel struct {
	at      func(x float64) float64
	support float64
}

var kernels = map[Filter]kernel{
	Box: {func(x float64) float64 {
		if x > -.5 && x <= .5 {
			return 1
		}
		return 0
	}, .5},
	Bilinear: {func(x float64) float64 { return max(0, 1-math.Abs(x)) }, 1},
	// Keys' cubic with a = -1/2.
	Bicubic: {func(x float64) float64 {
		const a = -.5
		x = math.Abs(x)
		switch {
		case x < 1:
			return float64(float64(float64(float64((a+2)*x)-(a+3))*x)*x) + 1
		case x < 2:
			return float64(float64(float64(float64(x-5)*x+8)*x)-4) * a
		}
		return 0
	}, 2},
	Lanczos: {func(x float64) float64 {
		if x < -3 || x >= 3 {
			return 0
		}
		return sinc(x) * sinc(x/3)
	}, 3},
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	x *= math.Pi
	return math.Sin(x) / x
}

// precision is how many bits of fraction a weight has: 8 bits are the pixel's
// and 2 are left for the overshoot of the filters.
const precision = 32 - 8 - 2

// weights is what one pixel of the output is made of.
type weights struct {
	first int
	w     []int32 // in units of 2^-precision
}

// weigh returns the weights of each of out pixels over in pixels.
func weigh(in, out int, k kernel) []weights {
	scale := float64(in) / float64(out)
	wide := max(scale, 1)
	support := k.support * wide
	all := make([]weights, out)
	for i := range all {
		center := float64((float64(i) + .5) * scale)
		first := max(0, int(center-support+.5))
		last := min(in, int(center+support+.5))
		w := make([]float64, last-first)
		sum := 0.
		for j := range w {
			w[j] = k.at(float64(float64(j+first)-center+.5) * float64(1/wide))
			sum += w[j]
		}
		all[i] = weights{first, make([]int32, len(w))}
		for j, x := range w {
			if sum != 0 {
				x /= sum
			}
			// Half away from zero, by C's conversion to int.
			x = float64(x * (1 << precision))
			all[i].w[j] = int32(x + math.Copysign(.5, x))
		}
	}
	return all
}

// Resize returns the whole image in another size, as Image.resize does with
// the filter: along the rows first and then along the columns, each result
// rounded to 8 bits. A side that stays as it is, is not resampled.
func Resize(src *Image, w, h int, f Filter) (*Image, error) {
	k, ok := kernels[f]
	if !ok {
		return nil, fmt.Errorf("there is no resampling filter %q", f)
	}
	if err := CheckSize(w, h); err != nil {
		return nil, err
	}
	if w != src.W {
		src = along(src, weigh(src.W, w, k))
	}
	if h != src.H {
		src = down(src, weigh(src.H, h, k))
	}
	return src, nil
}

// along resamples the rows.
func along(src *Image, all []weights) *Image {
	out := New(len(all), src.H, src.C)
	c, stride := src.C, src.W*src.C
	for y := range src.H {
		row := src.Pix[y*stride : (y+1)*stride]
		to := out.Pix[y*out.W*c : (y+1)*out.W*c]
		for x, p := range all {
			for ch := range c {
				sum := int32(1 << (precision - 1))
				at := p.first*c + ch
				for _, weight := range p.w {
					sum += int32(row[at]) * weight
					at += c
				}
				to[x*c+ch] = clip(sum)
			}
		}
	}
	return out
}

// down resamples the columns, a row of the output at a time.
func down(src *Image, all []weights) *Image {
	out := New(src.W, len(all), src.C)
	stride := src.W * src.C
	sums := make([]int32, stride)
	for y, p := range all {
		for i := range sums {
			sums[i] = 1 << (precision - 1)
		}
		for j, weight := range p.w {
			row := src.Pix[(p.first+j)*stride : (p.first+j+1)*stride]
			for i, v := range row {
				sums[i] += int32(v) * weight
			}
		}
		for i, sum := range sums {
			out.Pix[y*stride+i] = clip(sum)
		}
	}
	return out
}

// clip drops the fraction and bounds the rest.
func clip(x int32) uint8 { return uint8(min(max(x>>precision, 0), 255)) }
