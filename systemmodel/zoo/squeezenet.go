package zoo

import (
	"strings"

	"github.com/bsgen/bsgen/systemmodel/caffe"
	"github.com/bsgen/bsgen/systemmodel/onnx"
)

// The authors of the compressed file trained the published network under names
// of their own. These are the ones of the paper and of its reference model.
var squeezeNetNames = strings.NewReplacer(
	"conv1x1_1", "squeeze1x1",
	"conv1x1_2", "expand1x1",
	"conv3x3_2", "expand3x3",
	"conv_final", "conv10",
	"pool_final", "pool10",
)

// squeezeNet makes SqueezeNet v1.0 (Iandola et al. 2016) from the weights that
// Deep Compression left of it: sources "net", compressed_SqueezeNet.net, and
// "prototxt", SqueezeNet_deploy.prototxt, of songhan/SqueezeNet-Deep-Compression.
//
// Tensors: input "data", N x 3 x 227 x 227; "conv1", "pool1", "fire2/squeeze1x1",
// "fire2/expand1x1", "fire2/expand3x3", "fire2/concat" .. "fire9/concat",
// "conv10", "pool10", N x 1000 x 1 x 1; "logits", the same as N x 1000; and
// "prob", their softmax.
func squeezeNet(sources map[string][]byte) ([]byte, error) {
	net, err := caffe.Parse(sources["prototxt"])
	if err != nil {
		return nil, err
	}
	weights, err := caffe.Decompress(net, sources["net"])
	if err != nil {
		return nil, err
	}
	b := builder("squeezenet1-0", "SqueezeNet v1.0, decoded from Deep Compression")
	last, err := net.Build(b, weights, squeezeNetNames.Replace)
	if err != nil {
		return nil, err
	}
	b.Node("Flatten", "logits", []string{last.Name}, onnx.Int("axis", 1))
	b.Node("Softmax", "prob", []string{"logits"}, onnx.Int("axis", 1))
	classes := last.Channels * last.Height * last.Width
	b.Output("logits", onnx.Float32, onnx.Batch, classes)
	b.Output("prob", onnx.Float32, onnx.Batch, classes)
	return b.Model()
}
