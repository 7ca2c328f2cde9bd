package caffe

import (
	"fmt"

	"github.com/bsgen/bsgen/systemmodel/onnx"
)

// A Blob is a tensor of the network: images x channels x height x width.
type Blob struct {
	Name                    string
	Channels, Height, Width int64
}

// Build adds the network with its weights to a model, and returns its last blob
// for the caller to declare an output or to go on from.
//
// A tensor has the name of the blob, as rename gives it (nil: as it is), in the
// state in which the layers in place leave it: "conv1" is behind its ReLU,
// "conv1.linear" before it. The batch is free. Pooling rounds the size of its
// output up, as Caffe does. Dropout does nothing and is left out.
func (n *Net) Build(b *onnx.Builder, weights map[string]Weights, rename func(string) string) (Blob, error) {
	if rename == nil {
		rename = func(name string) string { return name }
	}
	input := Blob{rename(n.Input), int64(n.Shape[1]), int64(n.Shape[2]), int64(n.Shape[3])}
	b.Input(input.Name, onnx.Float32, onnx.Batch, input.Channels, input.Height, input.Width)

	rectified := map[string]bool{}
	for _, l := range n.Layers {
		rectified[l.Top] = l.Type == "ReLU" && l.Bottom[0] == l.Top || rectified[l.Top]
	}
	blobs := map[string]Blob{n.Input: input}
	var last Blob
	for _, l := range n.Layers {
		var in []Blob
		for _, name := range l.Bottom {
			in = append(in, blobs[name])
		}
		out := in[0]
		out.Name = rename(l.Top)
		if rectified[l.Top] && l.Type != "ReLU" && l.Type != "Dropout" {
			out.Name += ".linear"
		}
		var err error
		switch l.Type {
		case "Convolution":
			err = l.convolution(b, in[0], &out, weights[l.Name], rename(l.Name))
		case "Pooling":
			err = l.pooling(b, in[0], &out)
		case "Concat":
			err = l.concat(b, in, &out)
		case "ReLU":
			b.Node("Relu", out.Name, []string{in[0].Name})
		case "Softmax":
			b.Node("Softmax", out.Name, []string{in[0].Name}, onnx.Int("axis", 1))
		case "Dropout":
			out = in[0]
		}
		if err != nil {
			return Blob{}, fmt.Errorf("build layer %s: %w", l.Name, err)
		}
		blobs[l.Top], last = out, out
	}
	return last, nil
}

func (l Layer) convolution(b *onnx.Builder, in Blob, out *Blob, w Weights, name string) error {
	if len(w.Kernel) != l.size() || len(w.Bias) != l.Outputs {
		return fmt.Errorf("%d weights and %d biases, want %d and %d", len(w.Kernel), len(w.Bias), l.size(), l.Outputs)
	}
	out.Channels = int64(l.Outputs)
	if err := l.Window.over(in, out, false); err != nil {
		return err
	}
	k := int64(l.Window.Kernel)
	b.Float32s(name+".weight", []int64{out.Channels, in.Channels, k, k}, w.Kernel)
	b.Float32s(name+".bias", []int64{out.Channels}, w.Bias)
	b.Node("Conv", out.Name, []string{in.Name, name + ".weight", name + ".bias"}, l.Window.attributes()...)
	return nil
}

func (l Layer) pooling(b *onnx.Builder, in Blob, out *Blob) error {
	if l.Global {
		out.Height, out.Width = 1, 1
		op := "GlobalMaxPool"
		if l.Average {
			op = "GlobalAveragePool"
		}
		b.Node(op, out.Name, []string{in.Name})
		return nil
	}
	if err := l.Window.over(in, out, true); err != nil {
		return err
	}
	b.Node("MaxPool", out.Name, []string{in.Name}, append(l.Window.attributes(), onnx.Int("ceil_mode", 1))...)
	return nil
}

func (l Layer) concat(b *onnx.Builder, in []Blob, out *Blob) error {
	out.Channels = 0
	var names []string
	for _, blob := range in {
		if blob.Height != out.Height || blob.Width != out.Width {
			return fmt.Errorf("%s is %d x %d, %s is %d x %d", in[0].Name, out.Height, out.Width, blob.Name, blob.Height, blob.Width)
		}
		out.Channels += blob.Channels
		names = append(names, blob.Name)
	}
	b.Node("Concat", out.Name, names, onnx.Int("axis", 1))
	return nil
}

// over computes the size of what a window moved over in gives.
func (w Window) over(in Blob, out *Blob, up bool) error {
	side := func(n int64) int64 {
		room := n + 2*int64(w.Pad) - int64(w.Kernel)
		steps := room / int64(w.Stride)
		if up && room%int64(w.Stride) != 0 {
			steps++
			// Caffe, like ONNX, takes no window that begins in the padding behind the image.
			if steps*int64(w.Stride) >= n+int64(w.Pad) {
				steps--
			}
		}
		return steps + 1
	}
	if int64(w.Kernel) > min(in.Height, in.Width)+2*int64(w.Pad) {
		return fmt.Errorf("a window of %d does not fit into %d x %d padded by %d", w.Kernel, in.Height, in.Width, w.Pad)
	}
	out.Height, out.Width = side(in.Height), side(in.Width)
	return nil
}

func (w Window) attributes() []onnx.Attribute {
	k, s, p := int64(w.Kernel), int64(w.Stride), int64(w.Pad)
	return []onnx.Attribute{onnx.Ints("kernel_shape", k, k), onnx.Ints("strides", s, s), onnx.Ints("pads", p, p, p, p)}
}
