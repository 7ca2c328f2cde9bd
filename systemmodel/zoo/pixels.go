package zoo

import "github.com/bsgen/bsgen/systemmodel/onnx"

// Pixels returns the model that has learnt nothing: the image, averaged over
// squares of 7 x 7 pixels, 32 x 32 x 3 numbers in the tensor "pixels". Input
// "image": N x 3 x 224 x 224.
//
// A model that predicts a brain area no better than this explains nothing that
// needs a model of vision.
func Pixels() ([]byte, error) {
	b := builder("pixels", "the image, averaged over squares of 7 x 7 pixels")
	b.Input("image", onnx.Float32, onnx.Batch, 3, field, field)
	b.Node("AveragePool", "averaged", []string{"image"}, onnx.Ints("kernel_shape", 7, 7), onnx.Ints("strides", 7, 7))
	b.Node("Flatten", "pixels", []string{"averaged"}, onnx.Int("axis", 1))
	b.Output("pixels", onnx.Float32, onnx.Batch, 3*32*32)
	return b.Model()
}
