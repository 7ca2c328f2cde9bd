package caffe

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/systemmodel/onnx"
)

func TestBuild(t *testing.T) {
	net := tinyNet(t)
	weights, _ := sparse(net, rand.New(rand.NewPCG(1, 0)))
	b := onnx.NewBuilder("tiny")
	last, err := net.Build(b, weights, func(name string) string { return strings.Replace(name, "both", "fire/concat", 1) })
	if err != nil {
		t.Fatal(err)
	}
	if want := (Blob{"prob", 6, 1, 1}); last != want {
		t.Errorf("last blob: got %v, want %v", last, want)
	}
	for _, name := range []string{"conv1.linear", "conv1", "pool1", "left", "right", "fire/concat", "mean", "prob"} {
		b.Output(name, onnx.Float32, onnx.Batch) // an unknown one is a mistake
	}
	if _, err := b.Model(); err != nil {
		t.Error(err)
	}
}

// Pooling rounds up, unless the window would begin in the padding behind.
func TestWindow(t *testing.T) {
	tests := []struct {
		side   int64
		window Window
		up     bool
		want   int64
	}{
		{227, Window{7, 2, 0}, false, 111}, // SqueezeNet's conv1, pool1, pool4, pool8
		{111, Window{3, 2, 0}, true, 55},
		{55, Window{3, 2, 0}, true, 27},
		{27, Window{3, 2, 0}, true, 13},
		{13, Window{1, 1, 1}, false, 15}, // its conv10
		{112, Window{3, 2, 0}, true, 56},
		{112, Window{3, 2, 0}, false, 55},
		{4, Window{2, 3, 1}, true, 2}, // rounding up would start at 5, where the image has ended
		{1, Window{1, 1, 0}, true, 1},
	}
	for _, test := range tests {
		var out Blob
		in := Blob{Height: test.side, Width: test.side}
		if err := test.window.over(in, &out, test.up); err != nil {
			t.Fatal(err)
		}
		if out.Height != test.want || out.Width != test.want {
			t.Errorf("%+v over %d, up %v: got %d x %d, want %d", test.window, test.side, test.up, out.Height, out.Width, test.want)
		}
	}
}

func TestBuildMistakes(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"a window too large", "kernel_size: 3 stride: 2 }", "kernel_size: 5 stride: 2 }", "build layer pool1: a window of 5 does not fit into 4 x 4"},
		{"sizes that differ", "kernel_size: 3 pad: 1", "kernel_size: 1 pad: 1", "build layer both: left is 2 x 2, right is 4 x 4"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			net, err := Parse([]byte(strings.Replace(tiny, test.old, test.new, 1)))
			if err != nil {
				t.Fatal(err)
			}
			weights, _ := sparse(net, rand.New(rand.NewPCG(1, 0)))
			if _, err := net.Build(onnx.NewBuilder("tiny"), weights, nil); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want %q", err, test.want)
			}
			delete(weights, "conv1")
			if _, err := net.Build(onnx.NewBuilder("tiny"), weights, nil); err == nil || !strings.Contains(err.Error(), "build layer conv1: 0 weights and 0 biases, want 54 and 3") {
				t.Errorf("without weights: got error %v", err)
			}
		})
	}
}
