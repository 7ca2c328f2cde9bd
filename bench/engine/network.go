//go:build cgo && (linux || darwin)

package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/bsgen/bsgen/systemmodel/onnx"
)

// resnet18 is the network of He et al. (2016, https://arxiv.org/abs/1512.03385) with
// 18 layers on images of 224 x 224, batch normalization folded into the
// convolutions, and seeded random weights, which take as long as trained ones.
func resnet18() ([]byte, error) {
	rng := rand.New(rand.NewPCG(1, 1))
	b := onnx.NewBuilder("resnet18")
	b.Input("image", onnx.Float32, onnx.Batch, 3, 224, 224)
	weights := func(name string, dims ...int64) string {
		n := int64(1)
		for _, d := range dims {
			n *= d
		}
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(rng.NormFloat64() * math.Sqrt(2*float64(dims[0])/float64(n)))
		}
		return b.Float32s(name, dims, v)
	}
	conv := func(name, in string, from, to, size, stride int64) string {
		w, bias := weights(name+".weight", to, from, size, size), weights(name+".bias", to)
		return b.Node("Conv", name, []string{in, w, bias}, onnx.Ints("strides", stride, stride),
			onnx.Ints("pads", size/2, size/2, size/2, size/2))
	}
	x := b.Node("Relu", "relu", []string{conv("conv1", "image", 3, 64, 7, 2)})
	x = b.Node("MaxPool", "maxpool", []string{x}, onnx.Ints("kernel_shape", 3, 3), onnx.Ints("strides", 2, 2), onnx.Ints("pads", 1, 1, 1, 1))
	from := int64(64)
	for stage, to := range []int64{64, 128, 256, 512} {
		for block := range 2 {
			name := fmt.Sprintf("layer%d.%d", stage+1, block)
			stride, skip := int64(1), x
			if block == 0 && stage > 0 {
				stride = 2
				skip = conv(name+".downsample", x, from, to, 1, 2)
			}
			y := b.Node("Relu", name+".relu1", []string{conv(name+".conv1", x, from, to, 3, stride)})
			y = conv(name+".conv2", y, to, to, 3, 1)
			x = b.Node("Relu", name, []string{b.Node("Add", name+".sum", []string{y, skip})})
			from = to
		}
	}
	x = b.Node("Flatten", "features", []string{b.Node("GlobalAveragePool", "avgpool", []string{x})})
	b.Node("MatMul", "logits", []string{x, weights("fc", 512, 1000)})
	b.Output("logits", onnx.Float32, onnx.Batch, 1000)
	return b.Model()
}
