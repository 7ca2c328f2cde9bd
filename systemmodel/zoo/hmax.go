package zoo

import (
	"fmt"

	"github.com/bsgen/bsgen/systemmodel/onnx"
)

// The model of Serre, Wolf, Bileschi, Riesenhuber and Poggio, "Robust Object
// Recognition with Cortex-like Mechanisms", IEEE PAMI 29 (2007), with the
// parameters of its table 1.
//
// All layers follow the code that Brain-Score registers as hmax
// (brainscore_vision/models/hmax, by M. van Vliet) down to borders and the order
// of orientations, and give its numbers. The S2 patches of that model are a
// file that is not to be had; ours are cut anew (patches.go), hence another name.

// hmaxTurns are the directions of the waves in the order of S1's channels:
// level stripes, rising, upright, falling.
var hmaxTurns = []float64{2. / 8, 1. / 8, 0, 3. / 8}

const (
	hmaxBands  = 8
	hmaxAspect = 0.3
)

// s1Filter is the filter of scale 0 .. 15 that prefers direction turns. The
// wavelengths are 2 size / (4 - scale / 20), which the paper's table has rounded
// to a decimal; the window's deviation is 0.8 wavelengths.
func s1Filter(scale int, turns float64) filter {
	size := 7 + 2*scale
	lambda := float64(2*size) / (4 - float64(scale)/20)
	return filter{size: size, lambda: lambda, sigma: 0.8 * lambda, aspect: hmaxAspect, turns: turns, round: true}
}

// weights returns the filter as S1 has it: no mean over the square, unit norm.
func (f filter) weights() []float64 {
	v := f.sample()
	center(v)
	unit(v)
	return v
}

// c1Pool is the side of the window over which band 0 .. 7 takes the maximum, in
// steps of half of it.
func c1Pool(band int) int { return 8 + 2*band }

// HMAX returns the model with the patches that the seed draws. Input "image": N
// x 1 x 224 x 224, grey, from 0 to 1.
//
//	S1   |x * g| / ||x||, the norm over the filter's square; 16 sizes, 4 orientations
//	C1   the maximum over the two sizes of a band, then over n x n in steps of n/2
//	S2   exp(-||x - p||^2 / 2) for each patch p and each place of each band
//	C2   the maximum over places and bands
//
// The exponential is taken after the maxima, with which it commutes.
//
// Tensors: "s1.07" .. "s1.37", N x 4 x 224 x 224; "c1.1" .. "c1.8", N x 4 x
// (448/n + 1)^2; "c1", all of them in one row; "c2.4", "c2.8", "c2.12", "c2.16",
// N x 250, by the size of their patches; "c2", N x 1000; "c2.4.nearest" and so on
// have the logarithm: minus half of the squared distance to the nearest place.
func HMAX(seed uint64) ([]byte, error) {
	return hmax(field, seed, imprint(seed, patchesPerSize))
}

func hmax(side int, seed uint64, patches []patchSet) ([]byte, error) {
	b := builder("hmax-imprint", "HMAX after Serre et al. (2007), S2 patches imprinted from procedural images")
	b.Metadata("seed", fmt.Sprint(seed))
	b.Input("image", onnx.Float32, onnx.Batch, 1, int64(side), int64(side))
	b.Float32s("tiny", nil, []float32{1e-12})
	b.Float32s("zero", nil, []float32{0})
	b.Node("Mul", "image.square", []string{"image", "image"})

	var c1, flat []string
	units := int64(0)
	for band := range hmaxBands {
		scales := []string{s1(b, 2*band), s1(b, 2*band+1)}
		name := fmt.Sprintf("c1.%d", band+1)
		n := c1Pool(band)
		b.Node("Max", name+".scales", scales)
		b.Node("MaxPool", name, []string{name + ".scales"}, square("kernel_shape", n), square("strides", n/2), pads(n/2))
		c1 = append(c1, name)
		flat = append(flat, b.Node("Flatten", name+".flat", []string{name}, onnx.Int("axis", 1)))
		places := int64(side/(n/2) + 1)
		units += int64(len(hmaxTurns)) * places * places
	}
	b.Node("Concat", "c1", flat, onnx.Int("axis", 1))
	b.Output("c1", onnx.Float32, onnx.Batch, units)

	var c2 []string
	total := 0
	for _, set := range patches {
		c2 = append(c2, s2c2(b, c1, set))
		total += set.count()
	}
	b.Node("Concat", "c2", c2, onnx.Int("axis", 1))
	for i, set := range patches {
		b.Output(c2[i], onnx.Float32, onnx.Batch, int64(set.count()))
	}
	b.Output("c2", onnx.Float32, onnx.Batch, int64(total))
	return b.Model()
}

// s1 adds the filters of one size. Where the window has no energy, the filter
// has no response either, and 0 over a tiny number is the 0 over 1 of the paper.
func s1(b *onnx.Builder, scale int) string {
	size := s1Filter(scale, 0).size
	name := fmt.Sprintf("s1.%02d", size)
	var weights []float32
	for _, turns := range hmaxTurns {
		weights = float32s(weights, s1Filter(scale, turns).weights())
	}
	k, p := int64(size), int64(size/2)
	b.Float32s(name+".weight", []int64{int64(len(hmaxTurns)), 1, k, k}, weights)
	b.Float32s(name+".column", []int64{1, 1, k, 1}, repeat(1, size))
	b.Float32s(name+".row", []int64{1, 1, 1, k}, repeat(1, size))

	b.Node("Conv", name+".linear", []string{"image", name + ".weight"}, square("kernel_shape", size), pads(size/2))
	b.Node("Abs", name+".rectified", []string{name + ".linear"})
	b.Node("Conv", name+".columns", []string{"image.square", name + ".column"}, onnx.Ints("kernel_shape", k, 1), onnx.Ints("pads", p, 0, p, 0))
	b.Node("Conv", name+".energy", []string{name + ".columns", name + ".row"}, onnx.Ints("kernel_shape", 1, k), onnx.Ints("pads", 0, p, 0, p))
	b.Node("Sqrt", name+".norm", []string{name + ".energy"})
	b.Node("Max", name+".divisor", []string{name + ".norm", "tiny"})
	return b.Node("Div", name, []string{name + ".rectified", name + ".divisor"})
}

// s2c2 adds the units of one patch size, and returns the tensor of their maxima.
//
// -||x - p||^2 / 2 = x.p - ||p||^2 / 2 - ||x||^2 / 2: the first two terms are a
// convolution with a bias, the third is one for all patches. Its rounding can
// leave the sum above zero, where it ends.
func s2c2(b *onnx.Builder, c1 []string, set patchSet) string {
	n := set.size
	name := fmt.Sprintf("c2.%d", n)
	count, channels := int64(set.count()), int64(len(hmaxTurns))
	weights := make([]float32, 0, len(set.values))
	bias := make([]float32, 0, set.count())
	for i := range set.count() {
		rounded := float32s(nil, set.patch(i))
		norm := 0.0
		for _, w := range rounded {
			norm += float64(float64(w) * float64(w))
		}
		weights = append(weights, rounded...)
		bias = append(bias, float32(-norm/2))
	}
	b.Float32s(name+".patches", []int64{count, channels, int64(n), int64(n)}, weights)
	b.Float32s(name+".bias", []int64{count}, bias)
	b.Float32s(name+".half", []int64{1, channels, int64(n), int64(n)}, repeat(0.5, int(channels)*n*n))

	var maxima []string
	for i, x := range c1 {
		s2 := fmt.Sprintf("s2.%d.%d", n, i+1)
		b.Node("Conv", s2+".match", []string{x, name + ".patches", name + ".bias"}, square("kernel_shape", n), pads(n/2))
		b.Node("Mul", s2+".square", []string{x, x})
		b.Node("Conv", s2+".energy", []string{s2 + ".square", name + ".half"}, square("kernel_shape", n), pads(n/2))
		b.Node("Sub", s2, []string{s2 + ".match", s2 + ".energy"})
		maxima = append(maxima, b.Node("GlobalMaxPool", s2+".max", []string{s2}))
	}
	b.Node("Max", name+".max", maxima)
	b.Node("Min", name+".nearest", []string{name + ".max", "zero"})
	b.Node("Exp", name+".tuned", []string{name + ".nearest"})
	return b.Node("Flatten", name, []string{name + ".tuned"}, onnx.Int("axis", 1))
}

func repeat(x float32, n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = x
	}
	return v
}
