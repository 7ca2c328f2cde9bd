package caffe

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// tiny has one of everything: a fire module over an image of 9 x 9.
const tiny = `
name: "tiny" # a comment
input: "data"
input_dim: 1
input_dim: 2
input_dim: 9
input_dim: 9
layer {
  name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
  convolution_param { num_output: 3 kernel_size: 3 stride: 2 weight_filler { type: "xavier" std: 0.01 } }
}
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
layer {
  name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1"
  pooling_param { pool: MAX kernel_size: 3 stride: 2 }
}
layer { name: "left" type: "Convolution" bottom: "pool1" top: "left" convolution_param: { num_output: 2 kernel_size: 1 } }
layer { name: "right" type: "Convolution" bottom: "pool1" top: "right" convolution_param { num_output: 4 kernel_size: 3 pad: 1 } }
layer { name: "both" type: "Concat" bottom: "left" bottom: "right" top: "both" }
layer { name: "drop" type: "Dropout" bottom: "both" top: "both" dropout_param { dropout_ratio: 0.5 } }
layer { name: "mean" type: "Pooling" bottom: "both" top: "mean" pooling_param { pool: AVE global_pooling: true } }
layer { name: "prob" type: "Softmax" bottom: "mean" top: "prob" }
`

func TestParse(t *testing.T) {
	net, err := Parse([]byte(tiny))
	if err != nil {
		t.Fatal(err)
	}
	if net.Name != "tiny" || net.Input != "data" || net.Shape != [4]int{1, 2, 9, 9} || len(net.Layers) != 9 {
		t.Errorf("got %s with input %s %v and %d layers", net.Name, net.Input, net.Shape, len(net.Layers))
	}
	tests := []struct {
		layer int
		want  Layer
	}{
		{0, Layer{Name: "conv1", Type: "Convolution", Bottom: []string{"data"}, Top: "conv1", Line: 8, Window: Window{3, 2, 0}, Outputs: 3, Inputs: 2}},
		{2, Layer{Name: "pool1", Type: "Pooling", Bottom: []string{"conv1"}, Top: "pool1", Line: 13, Window: Window{3, 2, 0}}},
		{4, Layer{Name: "right", Type: "Convolution", Bottom: []string{"pool1"}, Top: "right", Line: 18, Window: Window{3, 1, 1}, Outputs: 4, Inputs: 3}},
		{5, Layer{Name: "both", Type: "Concat", Bottom: []string{"left", "right"}, Top: "both", Line: 19}},
		{7, Layer{Name: "mean", Type: "Pooling", Bottom: []string{"both"}, Top: "mean", Line: 21, Window: Window{0, 1, 0}, Average: true, Global: true}},
	}
	for _, test := range tests {
		if got := net.Layers[test.layer]; !reflect.DeepEqual(got, test.want) {
			t.Errorf("layer %d:\n got %+v\nwant %+v", test.layer, got, test.want)
		}
	}
}

func TestParseMistakes(t *testing.T) {
	replace := func(old, new string) string {
		if !strings.Contains(tiny, old) {
			t.Fatalf("the network has no %q", old)
		}
		return strings.Replace(tiny, old, new, 1)
	}
	conv := `layer { name: "c" type: "Convolution" bottom: "data" top: "c" convolution_param { num_output: 16384 kernel_size: 64 } }`
	tests := []struct{ name, text, want string }{
		{"empty", "", "it has no input"},
		{"no layers", `input: "data" input_dim: 1 input_dim: 1 input_dim: 1 input_dim: 1`, "it has no layers"},
		{"three dims", replace("input_dim: 9", ""), "it has 3 input_dim"},
		{"five dims", replace("input_dim: 9", "input_dim: 9 input_dim: 9"), "line 7: more than 4 input_dim"},
		{"huge image", replace("input_dim: 9", "input_dim: 99999"), `line 6: input_dim is "99999", not a whole number from 1 to 4096`},
		{"two inputs", replace(`input: "data"`, `input: "data" input: "more"`), "line 3: a second input"},
		{"unknown field", replace("input_dim: 1", "force_backward: true"), "line 4: unknown field force_backward"},
		{"unknown type", replace(`"ReLU"`, `"LRN"`), "line 12: layer relu1 has type LRN, which is not read"},
		{"unknown parameter", replace("stride: 2 weight_filler", "group: 2 weight_filler"), "line 10: unknown field group in convolution_param"},
		{"parameter of another type", replace("pooling_param", "convolution_param"), "line 15: unknown field convolution_param of layer pool1 of type Pooling"},
		{"stochastic pooling", replace("pool: MAX", "pool: STOCHASTIC"), "line 15: pool is STOCHASTIC, want MAX or AVE"},
		{"average in windows", replace("pool: MAX", "pool: AVE"), "line 13: layer pool1 averages over a window"},
		{"global and a window", replace("global_pooling: true", "global_pooling: true kernel_size: 3"), "line 21: layer mean pools over everything and over a window"},
		{"global is maybe", replace("global_pooling: true", "global_pooling: maybe"), "line 21: global_pooling is maybe, want true or false"},
		{"no kernel", replace("num_output: 2 kernel_size: 1", "num_output: 2"), "line 17: layer left has no kernel_size"},
		{"no outputs", replace("num_output: 2 ", ""), "line 17: layer left has no num_output"},
		{"name without quotes", replace(`name: "relu1"`, "name: relu1"), "line 12: name is not a text in quotes"},
		{"number in quotes", replace("num_output: 3", `num_output: "3"`), "line 10: num_output is not a plain value"},
		{"negative", replace("stride: 2", "stride: -2"), `stride is "-2", not a whole number`},
		{"two bottoms", replace(`bottom: "conv1" top: "conv1"`, `bottom: "conv1" bottom: "data" top: "conv1"`), "layer relu1 of type ReLU has 2 bottoms"},
		{"two tops", replace(`top: "conv1"`, `top: "conv1" top: "x"`), "line 9: a second top"},
		{"no top", replace(`bottom: "left" bottom: "right" top: "both"`, `bottom: "left"`), "line 19: the layer lacks"},
		{"unknown blob", replace(`bottom: "right"`, `bottom: "wrong"`), "line 19: layer both reads wrong, which no layer before it makes"},
		{"made twice", replace(`top: "right"`, `top: "left"`), "line 18: layer right makes left, which exists already"},
		{"too many weights", replace("layer {", conv+" layer {"), "more than 16777216 weights"},
		{"not closed", strings.TrimSuffix(tiny, "}\n"), "the message of line 22 is not closed"},
		{"closed too often", tiny + "}", `"}" closes nothing`},
		{"no value", replace(`name: "tiny"`, "name:"), `line 3: ":" stands where a name is expected`},
		{"value missing at the end", "input:", "input has no value"},
		{"neither", replace(`name: "tiny"`, "name tiny"), "line 2: name has neither a value nor a message"},
		{"open quote", replace(`"tiny"`, `"tiny`), `line 2: a quoted text holds '\n'`},
		{"escape", replace(`"tiny"`, `"t\\x69ny"`), `line 2: a quoted text holds '\\'`},
		{"strange character", replace("# a comment", "; a comment"), "line 2: unexpected character ';'"},
		{"number as a name", replace("input_dim: 1", "1: 1"), `line 4: "1" stands where a name is expected`},
		{"empty name", replace(`"tiny"`, `""`), "line 2: name is not a text in quotes"},
		{"quoted name", replace("input_dim: 1", `"input_dim": 1`), `line 4: "input_dim" stands where a name is expected`},
		{"deep", strings.Repeat("a{", 100000), "messages are more than 8 deep"},
		{"long", strings.Repeat("#", maxText+1), "it has 1048577 bytes; at most 1048576 are read"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			net, err := Parse([]byte(test.text))
			if err == nil {
				t.Fatalf("got %+v", net)
			}
			if !strings.HasPrefix(err.Error(), "read Caffe network: ") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %q, want %q in it", err, test.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(tiny))
	f.Add([]byte(`layer { name: "x`))
	f.Add([]byte("a:{b:{}}"))
	if text, err := os.ReadFile(upstream("SqueezeNet_deploy.prototxt")); err == nil {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		net, err := Parse(text)
		if err != nil {
			return
		}
		total := 0
		for _, l := range net.Layers {
			total += l.size()
		}
		if total > maxWeights {
			t.Errorf("%d weights", total)
		}
	})
}
