package engine

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bsgen/bsgen/systemmodel/onnx"
	"google.golang.org/protobuf/encoding/protowire"
)

// The messages that the Builder does not write, because no model that we make has
// them: graphs in attributes, tensors elsewhere, domains.

func text(b []byte, field protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), s)
}

func number(b []byte, field protowire.Number, n uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), n)
}

func message(b []byte, field protowire.Number, parts ...[]byte) []byte {
	var all []byte
	for _, p := range parts {
		all = append(all, p...)
	}
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), all)
}

// info is a ValueInfoProto of a tensor of this element type and shape.
func info(name string, elem uint64, dims ...uint64) []byte {
	var shape []byte
	for _, d := range dims {
		shape = message(shape, 1, number(nil, 1, d))
	}
	return message(text(nil, 1, name), 2, message(nil, 1, number(nil, 1, elem), message(nil, 2, shape)))
}

// scalar is an initializer of one int64 or bool.
func scalar(name string, elem, value uint64) []byte {
	m := text(number(nil, 2, elem), 8, name)
	if elem == 7 {
		return message(m, 7, protowire.AppendVarint(nil, value))
	}
	return message(m, 5, protowire.AppendVarint(nil, value))
}

// node is a NodeProto; attributes are whole messages.
func node(op, domain string, in, out []string, attributes ...[]byte) []byte {
	var m []byte
	for _, s := range in {
		m = text(m, 1, s)
	}
	for _, s := range out {
		m = text(m, 2, s)
	}
	m = text(text(m, 4, op), 7, domain)
	for _, a := range attributes {
		m = message(m, 5, a)
	}
	return m
}

// file is a model of these parts of a graph.
func file(parts ...[]byte) []byte {
	opset := message(nil, 8, text(nil, 1, ""), number(nil, 2, 17))
	return append(message(number(nil, 1, 8), 7, append([][]byte{text(nil, 2, "hostile")}, parts...)...), opset...)
}

// endless adds to itself 2^40 times.
func endless(t testing.TB) []byte {
	body := [][]byte{
		text(nil, 2, "body"),
		message(nil, 11, info("turn", 7)), message(nil, 11, info("going", 9)), message(nil, 11, info("before", 1, 1, 1)),
		message(nil, 1, node("Identity", "", []string{"going"}, []string{"goes"})),
		message(nil, 1, node("Add", "", []string{"before", "before"}, []string{"after"})),
		message(nil, 12, info("goes", 9)), message(nil, 12, info("after", 1, 1, 1)),
	}
	loop := message(number(text(nil, 1, "body"), 20, 5), 6, body...)
	return file(
		message(nil, 11, info("image", 1, 1, 1)), message(nil, 12, info("out", 1, 1, 1)),
		message(nil, 5, scalar("turns", 7, 1<<40)), message(nil, 5, scalar("on", 9, 1)),
		message(nil, 1, node("Loop", "", []string{"turns", "on", "image"}, []string{"out"}, loop)),
	)
}

// external is a model whose constant is in another file.
func external(path string) []byte {
	w := message(text(number(number(nil, 1, 1), 2, 1), 8, "w"), 13, text(text(nil, 1, "location"), 2, path))
	return file(
		message(nil, 11, info("image", 1, 1, 1)), message(nil, 12, info("out", 1, 1, 1)),
		message(nil, 5, number(w, 14, 1)),
		message(nil, 1, node("Add", "", []string{"image", "w"}, []string{"out"})),
	)
}

// small is a builder of a model with an input [N 1 2 2] named image.
func small(name string) *onnx.Builder {
	b := onnx.NewBuilder(name)
	b.Input("image", onnx.Float32, onnx.Batch, 1, 2, 2)
	return b
}

// TestHostile runs models that mean no good, or that are no models. Each is an error
// of the model with a reason, and a sound model runs after it.
func TestHostile(t *testing.T) {
	e := runtimeOrSkip(t)
	sound := network(t, 16)
	random := make([]byte, 4096)
	rng := rand.NewChaCha8([32]byte{1})
	rng.Read(random)

	huge := small("huge") // 100 GB
	huge.Int64s("size", []int64{2}, []int64{1, 25_000_000_000})
	huge.Node("ConstantOfShape", "zeros", []string{"size"})
	huge.Node("ReduceSum", "sum", []string{"zeros"})
	huge.Node("Add", "out", []string{"image", "sum"})
	huge.Output("out", onnx.Float32, onnx.Batch, 1, 2, 2)

	resize := small("resize") // 2 x 2 to 200,000 x 200,000: 160 GB
	resize.Float32s("scales", []int64{4}, []float32{1, 1, 100_000, 100_000})
	resize.Node("Resize", "out", []string{"image", "", "scales"}, onnx.String("mode", "nearest"))
	resize.Output("out", onnx.Float32)

	large := small("large") // 16 MB, which fit into the memory, and not into the output
	large.Float32s("scales", []int64{4}, []float32{1, 1, 1_000, 1_000})
	large.Node("Resize", "out", []string{"image", "", "scales"}, onnx.String("mode", "nearest"))
	large.Output("out", onnx.Float32)

	roots := small("roots")
	roots.Node("Relu", "fine", []string{"image"})
	roots.Node("Sqrt", "roots", []string{"image"})
	roots.Output("roots", onnx.Float32, onnx.Batch, 1, 2, 2)

	infinite := small("infinite")
	infinite.Node("Exp", "exp", []string{"image"})
	infinite.Node("Exp", "exp2", []string{"exp"})
	infinite.Output("exp2", onnx.Float32, onnx.Batch, 1, 2, 2)

	whole := small("whole")
	whole.Node("Shape", "shape", []string{"image"})
	whole.Node("Identity", "out", []string{"image"})
	whole.Output("out", onnx.Float32, onnx.Batch, 1, 2, 2)

	mixed := small("mixed")
	mixed.Node("GlobalAveragePool", "pool", []string{"image"})
	mixed.Node("Transpose", "turned", []string{"image"}, onnx.Ints("perm", 2, 0, 1, 3))
	mixed.Output("turned", onnx.Float32)

	custom := file(message(nil, 11, info("image", 1, 1, 1)), message(nil, 12, info("out", 1, 1, 1)),
		message(nil, 1, node("Run", "com.example", []string{"image"}, []string{"out"})))
	lacking := file(message(nil, 11, info("image", 1, 1, 1)), message(nil, 12, info("out", 1, 1, 1)),
		message(nil, 1, node("Cortex", "", []string{"image"}, []string{"out"})))

	short := quick
	short.Batch = 300 * time.Millisecond
	frugal := quick
	frugal.CPU, frugal.Parallel = time.Second, 1

	little := quick
	little.Output = 1 << 20

	one, four := []int64{1, 1}, []int64{1, 1, 2, 2}
	for _, c := range []struct {
		name   string
		model  []byte
		input  string
		tensor string
		shape  []int64
		limits Limits
		want   string
	}{
		{"empty", nil, "image", "logits", four, quick, "no graph"},
		{"truncated", sound[:len(sound)/2], "image", "logits", four, quick, "not a readable ONNX file"},
		{"random", random, "image", "logits", four, quick, "not a readable ONNX file"},
		{"wrong input", sound, "images", "logits", four, quick, `no input "images"; it has the input "image"`},
		{"unknown layer", sound, "image", "Relu1", four, quick, `no tensor "Relu1"`}, // and the nearest names: TestUnknownLayer
		{"wrong shape", sound, "image", "logits", []int64{1, 3, 8, 8}, quick, "ONNX Runtime " + e.Version() + ": "},
		{"wrong rank", sound, "image", "logits", []int64{4}, quick, "ONNX Runtime " + e.Version() + ": "},
		{"operator that there is not", lacking, "image", "out", one, quick, "Cortex"},
		{"custom domain", custom, "image", "out", one, quick, `"Run" is of the domain "com.example"`},
		{"NaN", build(t, roots), "image", "roots", four, quick, `the tensor "roots" holds NaN`},
		{"infinity", build(t, infinite), "image", "exp2", four, quick, `the tensor "exp2" holds +Inf`},
		{"whole numbers", build(t, whole), "image", "shape", four, quick, `the tensor "shape" does not hold float32`},
		{"batch in another place", build(t, mixed), "image", "turned", four, quick, "its first size is not the number of images"},
		{"endless, by the clock", endless(t), "image", "out", one, short, "the model gave no batch in 300ms"},
		{"endless, by processor time", endless(t), "image", "out", one, frugal, "the model took more processor time than its limit of 1s"},
		{"100 GB", build(t, huge), "image", "out", four, quick, "the model wants more memory than its limit"},
		{"huge Resize", build(t, resize), "image", "out", four, quick, "the model wants more memory than its limit"},
		{"output beyond the limit", build(t, large), "image", "out", four, little, "a batch gives 16000000 bytes, more than 1048576"},
		{"external data", external("/etc/passwd"), "image", "out", one, quick, `the tensor "w" of the model has its data in another file`},
		{"external data beside", external("weights.bin"), "image", "out", one, quick, `the tensor "w" of the model has its data in another file`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if raceEnabled && strings.Contains(c.want, "memory") {
				t.Skip("skipped: the race detector wants more memory than any limit")
			}
			err := try(e, c.model, c.input, c.tensor, c.shape, c.limits)
			var ours *Error
			var file *onnx.Error
			if !errors.As(err, &ours) && !errors.As(err, &file) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %T %v", err, err)
			}
			if err != nil && (len(err.Error()) > 600 || strings.ContainsAny(err.Error(), "\n\x1b")) {
				t.Errorf("not fit for a result: %q", err)
			}
		})
	}
	if err := try(e, sound, "image", "logits", []int64{2, 3, 16, 16}, quick); err != nil {
		t.Errorf("a sound model, after all of them: %v", err)
	}
}

// TestUnknownLayer: who misspells a layer is told the nearest names.
func TestUnknownLayer(t *testing.T) {
	e := runtimeOrSkip(t)
	err := try(e, network(t, 16), "image", "Relu1", []int64{1, 3, 16, 16}, quick)
	var file *onnx.Error
	if !errors.As(err, &file) || !strings.Contains(file.Hint, "relu") {
		t.Errorf("%+v", err)
	}
}

// try opens a model and shows it one batch.
func try(e Engine, model []byte, input, tensor string, shape []int64, limits Limits) error {
	s, err := e.Open(context.Background(), model, input, []string{tensor}, limits)
	if err != nil {
		return err
	}
	defer s.Close()
	n := int64(1)
	for _, d := range shape {
		n *= d
	}
	batch := values(int(n), 5)
	batch[0] = -10
	batch[n-1] = 10
	_, err = s.Run(context.Background(), batch, shape)
	return err
}

// TestNoFiles gives the library what onnx.Check would refuse: where the check were
// wrong, the child still could not open the file, be it in its folder or not.
func TestNoFiles(t *testing.T) {
	e := runtimeOrSkip(t)
	beside := filepath.Join(t.TempDir(), "weights.bin")
	if err := os.WriteFile(beside, make([]byte, 4), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/etc/passwd", beside, "weights.bin"} {
		set := setup{Library: e.library.Path, Memory: quick.Memory, Output: quick.Output, CPUSeconds: 20, Parallel: 1, Input: "image", Outputs: []string{"out"}}
		s, err := e.start(t.Context(), set, quick.withDefaults())
		if err != nil {
			t.Fatal(err)
		}
		if path == "weights.bin" {
			if err := os.WriteFile(filepath.Join(s.dir, path), make([]byte, 4), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		err = s.load(t.Context(), external(path))
		var ours *Error
		if !errors.As(err, &ours) {
			t.Errorf("%s: got %T %v", filepath.Base(path), err, err)
		}
		s.Close()
	}
}
