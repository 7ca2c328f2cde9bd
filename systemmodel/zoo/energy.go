package zoo

import (
	"fmt"

	"github.com/bsgen/bsgen/systemmodel/onnx"
)

// The filters of [GaborV1].
const (
	gaborOrientations = 8 // from upright stripes in steps of 22.5 degrees

	// gaborGrid is the side of the grid on which every frequency is read out.
	gaborGrid = 28

	// The window's deviation over the wavelength for a bandwidth of 1.4 octaves
	// at half height, the median of cells of macaque V1 (De Valois, Albrecht and
	// Thorell 1982): sqrt(ln 2 / 2) / pi * (2^1.4 + 1) / (2^1.4 - 1).
	gaborWindow = 0.41614

	// The window is longer along the stripes than across them.
	gaborAspect = 0.6

	// Filters end at this many deviations, where the window is below 5 %.
	gaborReach = 2.5
)

// gaborWavelengths are an octave apart, in pixels. At 28 pixels per degree they
// are 7, 3.5, 1.75, 0.875 and 0.4375 cycles per degree.
var gaborWavelengths = []int{4, 8, 16, 32, 64}

// GaborV1 returns an energy model of complex cells in V1 after Adelson and
// Bergen (1985): 5 spatial frequencies x 8 orientations, each the root of the
// summed squares of an even and an odd Gabor filter. Input "image": N x 1 x 224
// x 224, grey, with mid-grey at zero, which the padding continues. A grating of
// amplitude a that a filter prefers gives it an energy of a.
//
// Tensors: "energy", N x 40 x 28 x 28, channel 8 f + o for frequency f from the
// highest and orientation o; "pool.14" and "pool.7", its means over squares of
// 2 x 2 and 4 x 4.
func GaborV1() ([]byte, error) { return gaborV1(field) }

func gaborV1(side int) ([]byte, error) {
	b := builder("gabor-v1", "quadrature Gabor energy, 5 spatial frequencies x 8 orientations")
	b.Input("image", onnx.Float32, onnx.Batch, 1, int64(side), int64(side))
	var bands []string
	for _, lambda := range gaborWavelengths {
		bands = append(bands, gaborBand(b, lambda))
	}
	b.Node("Concat", "energy", bands, onnx.Int("axis", 1))
	b.Node("AveragePool", "pool.14", []string{"energy"}, square("kernel_shape", 2), square("strides", 2))
	b.Node("AveragePool", "pool.7", []string{"energy"}, square("kernel_shape", 4), square("strides", 4))
	channels, grid := int64(len(gaborWavelengths)*gaborOrientations), int64(side*gaborGrid/field)
	b.Output("energy", onnx.Float32, onnx.Batch, channels, grid, grid)
	b.Output("pool.14", onnx.Float32, onnx.Batch, channels, grid/2, grid/2)
	b.Output("pool.7", onnx.Float32, onnx.Batch, channels, grid/4, grid/4)
	return b.Model()
}

// gaborBand adds one spatial frequency. The energy is sampled four times per
// wavelength, then averaged down to the common grid.
func gaborBand(b *onnx.Builder, lambda int) string {
	name := fmt.Sprintf("energy.%02d", lambda)
	const step = field / gaborGrid
	stride := min(lambda/4, step)
	var size int
	square2 := make([]string, 2)
	for i, parity := range []string{"even", "odd"} {
		var weights []float32
		for o := range gaborOrientations {
			f := gaborFilter(lambda, o, 0.25*float64(i))
			size = f.size
			weights = float32s(weights, f.response())
		}
		conv := fmt.Sprintf("%s.%02d", parity, lambda)
		b.Float32s(conv+".weight", []int64{gaborOrientations, 1, int64(size), int64(size)}, weights)
		b.Node("Conv", conv, []string{"image", conv + ".weight"},
			square("kernel_shape", size), square("strides", stride), pads(size/2))
		square2[i] = b.Node("Mul", conv+".square", []string{conv, conv})
	}
	sum := b.Node("Add", name+".square", square2)
	if stride == step {
		return b.Node("Sqrt", name, []string{sum})
	}
	fine := b.Node("Sqrt", name+".fine", []string{sum})
	return b.Node("AveragePool", name, []string{fine}, square("kernel_shape", step/stride), square("strides", step/stride))
}

func gaborFilter(lambda, orientation int, phase float64) filter {
	sigma := float64(gaborWindow * float64(lambda))
	return filter{
		size:   2*int(float64(gaborReach*sigma)+0.5) + 1,
		lambda: float64(lambda),
		sigma:  sigma,
		aspect: gaborAspect,
		turns:  float64(orientation) / (2 * gaborOrientations),
		phase:  phase,
	}
}

// response returns the filter without its mean, scaled so that its own grating
// at an amplitude of 1 gives 1.
func (f filter) response() []float64 {
	v := f.sample()
	center(v)
	scale(v, 1/dot(v, f.wave()))
	return v
}

func square(attribute string, n int) onnx.Attribute {
	return onnx.Ints(attribute, int64(n), int64(n))
}

// pads is the same border on all four sides.
func pads(n int) onnx.Attribute {
	p := int64(n)
	return onnx.Ints("pads", p, p, p, p)
}
