package onnx

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// threeNodes is a model of one convolution, its ReLU and a sum over it.
func threeNodes(t testing.TB) []byte {
	t.Helper()
	b := NewBuilder("small")
	b.Input("image", Float32, Batch, 3, 8, 8)
	b.Float32s("weight", []int64{2, 3, 1, 1}, make([]float32, 6))
	b.Node("Conv", "conv1", []string{"image", "weight"})
	b.Node("Relu", "relu1", []string{"conv1"})
	b.Node("ReduceSum", "logits", []string{"relu1"})
	b.Output("logits", Float32, Batch, 2)
	model, err := b.Model()
	if err != nil {
		t.Fatal(err)
	}
	return model
}

// wrap puts a message of a graph into a model of its own.
func wrap(graph []byte) []byte { return appendMessage(appendUint(nil, 1, 8), 7, graph) }

// external is a TensorProto whose data are said to be in a file.
func external(path string) []byte {
	m := appendUint(appendUint(nil, 1, 4), 2, uint64(Float32))
	m = appendString(m, 8, "w")
	m = appendMessage(m, 13, appendString(appendString(nil, 1, "location"), 2, path))
	return appendUint(m, 14, 1)
}

// node is a NodeProto.
func node(op, out, domain string, attributes ...[]byte) []byte {
	m := appendString(appendString(nil, 2, out), 4, op)
	for _, a := range attributes {
		m = appendMessage(m, 5, a)
	}
	return appendString(m, 7, domain)
}

func TestInspect(t *testing.T) {
	got, err := Inspect(threeNodes(t))
	if err != nil {
		t.Fatal(err)
	}
	want := &Info{
		IR: 8, Opset: 17, Opsets: []Opset{{"", 17}}, Producer: "bsgen",
		Inputs:       []Value{{"image", Float32, []int64{-1, 3, 8, 8}}},
		Outputs:      []Value{{"logits", Float32, []int64{-1, 2}}},
		Tensors:      []Tensor{{"conv1", "Conv"}, {"relu1", "Relu"}, {"logits", "ReduceSum"}},
		Ops:          []Op{{"", "Conv", 1}, {"", "ReduceSum", 1}, {"", "Relu", 1}},
		Initializers: 1, InitializerValues: 6, LargestTensor: 6,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestInspectMerges reads a graph in two parts as protobuf does, and the inputs of
// old files, which list their constants among them.
func TestInspectMerges(t *testing.T) {
	first := appendMessage(nil, 11, valueInfo("image", Float32, []int64{1, 4}))
	first = appendMessage(first, 11, valueInfo("weight", Float32, []int64{4}))
	second := appendMessage(nil, 5, appendString(appendUint(nil, 1, 4), 8, "weight"))
	second = appendMessage(second, 1, node("Mul", "product", "ai.onnx"))
	info, err := Inspect(append(wrap(first), appendMessage(nil, 7, second)...))
	if err != nil {
		t.Fatal(err)
	}
	if len(info.Inputs) != 1 || info.Inputs[0].Name != "image" || len(info.Tensors) != 1 || info.Ops[0] != (Op{"", "Mul", 1}) {
		t.Errorf("%+v", info)
	}
}

func TestExpose(t *testing.T) {
	model := threeNodes(t)
	exposed := Expose(model, "relu1", "logits", "relu1", "conv1")
	info, err := Inspect(exposed)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, v := range info.Outputs {
		names = append(names, v.Name)
	}
	if got := strings.Join(names, " "); got != "logits relu1 conv1" {
		t.Errorf("outputs %s", got)
	}
	if again := Expose(exposed, "conv1"); len(again) != len(exposed) {
		t.Error("a tensor that is an output was added again")
	}
}

func TestCheck(t *testing.T) {
	graphOf := func(parts ...[]byte) []byte {
		var g []byte
		for _, p := range parts {
			g = append(g, p...)
		}
		return wrap(g)
	}
	in := func(field int, m []byte) []byte {
		return appendMessage(nil, 1, node("Constant", "c", "", appendMessage(nil, 5, m)))
	}
	deep := appendMessage(nil, 1, node("Relu", "x", ""))
	for range maxDepth + 1 {
		deep = appendMessage(nil, 1, node("If", "x", "", appendMessage(nil, 6, deep)))
	}
	loop := func(m []byte) []byte { // a tensor in an attribute of a node in the body of a loop
		body := in(5, m)
		return appendMessage(nil, 1, node("Loop", "l", "", appendMessage(nil, 6, body)))
	}
	sparse := appendMessage(appendMessage(nil, 1, appendString(nil, 8, "s")), 2, external("indices.bin"))
	use := Use{Input: "image", Shape: []int64{-1, 3, 8, 8}, Tensors: []string{"relu1"}}
	function := appendMessage(nil, 25, appendMessage(appendString(appendString(nil, 1, "Twice"), 10, "lab"), 7, node("Add", "y", "")))

	for _, c := range []struct {
		name  string
		model []byte
		use   Use
		want  string // of what is wrong; empty where nothing is
		hint  string
	}{
		{"sound", threeNodes(t), use, "", ""},
		{"free batch and fixed batch", threeNodes(t), Use{"image", []int64{8, 3, 8, 8}, nil}, "", ""},
		{"empty", nil, use, "no graph", ""},
		{"truncated", threeNodes(t)[:60], use, "not a readable ONNX file", "onnx.checker"},
		{"format of a runtime", append([]byte("\x1c\x00\x00\x00ORTM"), threeNodes(t)...), use, "format of ONNX Runtime", ".onnx"},
		{"wrong input", threeNodes(t), Use{"x", use.Shape, nil}, `no input "x"; it has the input "image"`, ""},
		{"wrong channels", threeNodes(t), Use{"image", []int64{-1, 1, 8, 8}, nil}, "has the shape [N 3 8 8], and gets [N 1 8 8]", "layout"},
		{"wrong rank", threeNodes(t), Use{"image", []int64{8, 3, 8}, nil}, "gets [8 3 8]", ""},
		{"unknown tensor", threeNodes(t), Use{"image", use.Shape, []string{"logits", "rleu1"}}, `no tensor "rleu1"`, "relu1"},
		{"unknown tensor, part of a name", threeNodes(t), Use{"image", use.Shape, []string{"CONV"}}, `no tensor "CONV"`, "conv1"},
		{"constant as a tensor", threeNodes(t), Use{"image", use.Shape, []string{"weight"}}, `no tensor "weight"`, ""},
		{"external initializer", graphOf(appendMessage(nil, 5, external("/etc/passwd"))), use, `the tensor "w" of the model has its data in another file`, "save_as_external_data"},
		{"external by place alone", graphOf(appendMessage(nil, 5, appendUint(nil, 14, 1))), use, "another file", ""},
		{"external by a place that is cut to 32 bits", graphOf(appendMessage(nil, 5, appendUint(nil, 14, 1<<32+1))), use, "another file", ""},
		{"external in an attribute", graphOf(in(5, external("weights.bin"))), use, "another file", ""},
		{"external in a loop", graphOf(loop(external("weights.bin"))), use, "another file", ""},
		{"external sparse initializer", graphOf(appendMessage(nil, 15, sparse)), use, "another file", ""},
		{"external in a second part", append(threeNodes(t), appendMessage(nil, 7, appendMessage(nil, 5, external("w")))...), use, "another file", ""},
		{"external in a function", append(threeNodes(t), appendMessage(nil, 25, appendMessage(nil, 7, node("Constant", "c", "", appendMessage(nil, 5, external("w")))))...), use, "another file", ""},
		{"external in training", append(threeNodes(t), appendMessage(nil, 20, appendMessage(nil, 1, appendMessage(nil, 5, external("w"))))...), use, "another file", ""},
		{"custom domain", graphOf(appendMessage(nil, 1, node("Run", "y", "com.example"))), use, `"Run" is of the domain "com.example"`, ""},
		{"custom domain in a loop", graphOf(appendMessage(nil, 1, node("Loop", "l", "", appendMessage(nil, 6, appendMessage(nil, 1, node("Run", "y", "com.example")))))), use, "com.example", ""},
		{"function of the file", append(append(threeNodes(t), appendMessage(nil, 7, appendMessage(nil, 1, node("Twice", "two", "lab")))...), function...), use, "", ""},
		{"large constant", graphOf(appendMessage(nil, 5, appendUint(appendUint(nil, 1, 1<<40), 1, 1<<40))), use, "elements, more than", ""},
		{"negative size", graphOf(appendMessage(nil, 5, appendUint(nil, 1, 1<<63))), use, "elements, more than", ""},
		{"nested too deep", wrap(deep), use, "nested deeper", ""},
		{"too many nodes", wrap([]byte(strings.Repeat("\x0a\x00", maxItems+1))), use, "more than", ""},
		{"long name", wrap(appendMessage(nil, 1, appendString(nil, 2, strings.Repeat("n", maxName+1)))), use, "a name of", ""},
		{"input of bytes", wrap(appendMessage(nil, 11, valueInfo("image", 2, []int64{1, 3, 8, 8}))), use, "elements of type uint8, not float32", "float32"},
		{"two inputs", wrap(appendMessage(appendMessage(nil, 11, valueInfo("image", 1, nil)), 11, valueInfo("mask", 1, nil))), use, `the inputs "image", "mask"`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Check(c.model, c.use)
			if c.want == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			var e *Error
			if !errors.As(err, &e) || !strings.Contains(e.What, c.want) || !strings.Contains(e.Hint, c.hint) {
				t.Errorf("got %v (%+v)", err, e)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	info := &Info{}
	for _, n := range []string{"layer1.0.relu", "layer1.1.relu", "layer2.0.relu", "layer4.1.relu", "fc", ""} {
		info.Tensors = append(info.Tensors, Tensor{Name: n})
	}
	for name, want := range map[string]string{
		"layer4.1.Relu":              "[layer4.1.relu layer1.1.relu layer1.0.relu]",
		"layer2":                     "[layer2.0.relu]",
		"zzz":                        "[]",
		"":                           "[]",
		strings.Repeat("layer", 100): "[]",
	} {
		if got := fmt.Sprint(info.nearest(name)); got != want {
			t.Errorf("%q: got %s, want %s", name, got, want)
		}
	}
}

// FuzzInspect wants neither a panic nor a hang from any bytes, and of what is
// read that exposing a tensor adds an output.
func FuzzInspect(f *testing.F) {
	f.Add(threeNodes(f), "relu1")
	f.Add(wrap(appendMessage(nil, 5, external("/etc/passwd"))), "w")
	f.Add(wrap(appendMessage(nil, 1, node("If", "x", "", appendMessage(nil, 6, appendMessage(nil, 1, node("Relu", "y", "")))))), "")
	f.Add([]byte("\x1c\x00\x00\x00ORTM"), "x")
	f.Fuzz(func(t *testing.T, model []byte, tensor string) {
		info, err := Inspect(model)
		if err != nil {
			return
		}
		Check(model, Use{Input: "image", Shape: []int64{1, 3, 2, 2}, Tensors: []string{tensor}})
		after, err := Inspect(Expose(model, tensor))
		if err != nil {
			if len(tensor) > maxName { // a bound, which it is right to keep
				return
			}
			t.Fatal(err)
		}
		if n := len(after.Outputs) - len(info.Outputs); n != 0 && n != 1 {
			t.Errorf("%d outputs were added", n)
		}
	})
}
