package onnx

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// small is a model with one of everything that a Builder writes.
func small() *Builder {
	b := NewBuilder("small")
	b.Metadata("source", "here")
	b.Metadata("author", "bsgen")
	b.Metadata("licence", "none")
	b.Input("image", Float32, Batch, 3, 4, 4)
	b.Float32s("weights", []int64{1, 3, 1, 1}, []float32{0.25, -1, 3})
	b.Int64s("shape", []int64{2}, []int64{0, -1})
	x := b.Node("Conv", "conv", []string{"image", "weights", ""}, Ints("kernel_shape", 1, 1), String("auto_pad", "VALID"))
	x = b.Node("LeakyRelu", "leaky", []string{x}, Float("alpha", 0.5))
	x = b.Node("Reshape", "flat", []string{x, "shape"}, Int("allowzero", 0))
	b.Output(x, Float32, Batch, 16)
	return b
}

// The digest was taken from a file that onnx.checker.check_model(full_check=True)
// and strict shape inference of onnx 1.12 (Debian python3-onnx) accept, and that
// onnx.helper.printable_graph prints as the calls in small say.
func TestBuilderBytes(t *testing.T) {
	const want = "c4ff90559acf7d72b03edbdb31091c2e481b59ec9e20671de6fb902475295a4b"
	model, err := small().Model()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(model)
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("digest of the small model: got %s, want %s", got, want)
	}
	for range 20 { // metadata is a map
		again, err := small().Model()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(model, again) {
			t.Fatal("the same calls gave other bytes")
		}
	}
}

// What the file declares can be read back field by field, in the order of the
// specification's numbers.
func TestBuilderFields(t *testing.T) {
	model, err := small().Model()
	if err != nil {
		t.Fatal(err)
	}
	top := fields(t, model)
	if got := top[2]; len(got) != 1 || string(got[0]) != "bsgen" {
		t.Errorf("producer_name: got %q", got)
	}
	var keys []string
	for _, m := range top[14] {
		keys = append(keys, string(fields(t, m)[1][0]))
	}
	if got := strings.Join(keys, " "); got != "author licence source" {
		t.Errorf("keys of the metadata: got %s, want them sorted", got)
	}
	graph := fields(t, top[7][0])
	var ops []string
	for _, m := range graph[1] {
		node := fields(t, m)
		ops = append(ops, string(node[4][0])+"="+string(node[2][0]))
	}
	if got, want := strings.Join(ops, " "), "Conv=conv LeakyRelu=leaky Reshape=flat"; got != want {
		t.Errorf("nodes: got %s, want %s", got, want)
	}
	weights := fields(t, graph[5][0])
	if got, want := weights[9][0], []byte{0, 0, 0x80, 0x3e, 0, 0, 0x80, 0xbf, 0, 0, 0x40, 0x40}; !bytes.Equal(got, want) {
		t.Errorf("raw data of the weights: got % x, want % x", got, want)
	}
}

func TestBuilderMistakes(t *testing.T) {
	tests := []struct {
		name  string
		build func(b *Builder)
		want  string
	}{
		{"no output", func(b *Builder) {}, "it has no output"},
		{"unknown output", func(b *Builder) { b.Output("y", Float32, 1) }, `output uses tensor "y", which does not exist before it`},
		{"unknown input", func(b *Builder) { b.Node("Relu", "y", []string{"z"}) }, `node y uses tensor "z", which does not exist before it`},
		{"loop", func(b *Builder) { b.Node("Relu", "y", []string{"y"}) }, `node y uses tensor "y", which does not exist before it`},
		{"twice", func(b *Builder) { b.Node("Relu", "x", []string{"x"}) }, "tensor x is made twice"},
		{"no name", func(b *Builder) { b.Node("Relu", "", []string{"x"}) }, "a tensor has no name"},
		{"too few values", func(b *Builder) { b.Float32s("w", []int64{2, 2}, make([]float32, 3)) }, "constant w has 3 values for shape [2 2]"},
		{"negative", func(b *Builder) { b.Int64s("w", []int64{-2, -2}, make([]int64, 4)) }, "constant w has shape [-2 -2]"},
		{"overflow", func(b *Builder) { b.Int64s("w", []int64{1 << 31, 1 << 31, 4}, nil) }, "constant w has shape [2147483648 2147483648 4]"},
		{"product", func(b *Builder) { b.Int64s("w", []int64{1 << 20, 1 << 20}, nil) }, "more than 2^31 values"},
		{"the first counts", func(b *Builder) { b.Node("Relu", "y", []string{"z"}); b.Output("q", Float32) }, "node y"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := NewBuilder("broken")
			b.Input("x", Float32, 1)
			test.build(b)
			model, err := b.Model()
			if err == nil || model != nil {
				t.Fatalf("got %d bytes and error %v", len(model), err)
			}
			if !strings.HasPrefix(err.Error(), "build ONNX model broken: ") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %q, want %q in it", err, test.want)
			}
		})
	}
}

// fields divides a message into its fields; numbers are left out.
func fields(t *testing.T, m []byte) map[protowire.Number][][]byte {
	t.Helper()
	out := map[protowire.Number][][]byte{}
	for len(m) > 0 {
		num, kind, n := protowire.ConsumeTag(m)
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		m = m[n:]
		n = protowire.ConsumeFieldValue(num, kind, m)
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		if kind == protowire.BytesType {
			v, _ := protowire.ConsumeBytes(m)
			out[num] = append(out[num], v)
		}
		m = m[n:]
	}
	return out
}
