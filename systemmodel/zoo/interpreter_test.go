package zoo

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// A second opinion on the files: an interpreter that reads an ONNX model and
// computes it the plain way, loops over definitions, sums in double precision.
// It knows the operations that our models have and no others, and is independent
// of package onnx and of ONNX Runtime.

type tensor struct {
	shape []int
	data  []float32
}

func newTensor(shape ...int) tensor {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return tensor{shape, make([]float32, n)}
}

type node struct {
	op     string
	in     []string
	ints   map[string][]int
	number map[string]int
}

type interpreter struct {
	t      *testing.T
	makers map[string]node
	known  map[string]tensor
}

// interpret reads a model.
func interpret(t *testing.T, model []byte) *interpreter {
	t.Helper()
	p := &interpreter{t: t, makers: map[string]node{}, known: map[string]tensor{}}
	graph := wire(t, model)[7][0].bytes
	for _, m := range wire(t, graph)[5] {
		f := wire(t, m.bytes)
		var x tensor
		for _, d := range f[1] {
			x.shape = append(x.shape, int(d.number))
		}
		for raw := f[9][0].bytes; len(raw) > 0; raw = raw[4:] {
			x.data = append(x.data, math.Float32frombits(binary.LittleEndian.Uint32(raw)))
		}
		p.known[string(f[8][0].bytes)] = x
	}
	for _, m := range wire(t, graph)[1] {
		f := wire(t, m.bytes)
		n := node{op: string(f[4][0].bytes), ints: map[string][]int{}, number: map[string]int{}}
		for _, in := range f[1] {
			n.in = append(n.in, string(in.bytes))
		}
		for _, a := range f[5] {
			attribute := wire(t, a.bytes)
			name := string(attribute[1][0].bytes)
			for _, v := range attribute[8] {
				n.ints[name] = append(n.ints[name], int(v.number))
			}
			for _, v := range attribute[3] {
				n.number[name] = int(v.number)
			}
		}
		p.makers[string(f[2][0].bytes)] = n
	}
	return p
}

type wireValue struct {
	bytes  []byte
	number uint64
}

func wire(t *testing.T, m []byte) map[protowire.Number][]wireValue {
	t.Helper()
	out := map[protowire.Number][]wireValue{}
	for len(m) > 0 {
		num, kind, n := protowire.ConsumeTag(m)
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		m = m[n:]
		var v wireValue
		switch kind {
		case protowire.BytesType:
			v.bytes, n = protowire.ConsumeBytes(m)
		case protowire.VarintType:
			v.number, n = protowire.ConsumeVarint(m)
		default:
			t.Fatalf("field %d has wire type %d", num, kind)
		}
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		out[num] = append(out[num], v)
		m = m[n:]
	}
	return out
}

// run computes one tensor for one input, and forgets what it found on the way.
func (p *interpreter) run(input string, x tensor, want string) tensor {
	p.t.Helper()
	known := p.known
	p.known = map[string]tensor{input: x}
	for name, v := range known {
		p.known[name] = v
	}
	defer func() { p.known = known }()
	return p.get(want)
}

func (p *interpreter) get(name string) tensor {
	p.t.Helper()
	if x, ok := p.known[name]; ok {
		return x
	}
	n, ok := p.makers[name]
	if !ok {
		p.t.Fatalf("the model has no tensor %s", name)
	}
	in := make([]tensor, len(n.in))
	for i, name := range n.in {
		in[i] = p.get(name)
	}
	x := n.compute(p.t, in)
	p.known[name] = x
	return x
}

func (n node) compute(t *testing.T, in []tensor) tensor {
	t.Helper()
	each := func(f func(x float64) float64) tensor {
		out := newTensor(in[0].shape...)
		for i, x := range in[0].data {
			out.data[i] = float32(f(float64(x)))
		}
		return out
	}
	fold := func(f func(a, b float64) float64) tensor {
		out := in[0]
		for _, b := range in[1:] {
			out = broadcast(out, b, f)
		}
		return out
	}
	rows := func(f func(row []float32) float32) tensor { // over the image of each channel
		c := in[0].shape[1]
		out := newTensor(1, c, 1, 1)
		for i := range c {
			out.data[i] = f(in[0].data[i*len(in[0].data)/c:][:len(in[0].data)/c])
		}
		return out
	}
	switch n.op {
	case "Abs":
		return each(math.Abs)
	case "Sqrt":
		return each(math.Sqrt)
	case "Exp":
		return each(math.Exp)
	case "Relu":
		return each(func(x float64) float64 { return max(x, 0) })
	case "Add":
		return fold(func(a, b float64) float64 { return a + b })
	case "Sub":
		return fold(func(a, b float64) float64 { return a - b })
	case "Mul":
		return fold(func(a, b float64) float64 { return a * b })
	case "Div":
		return fold(func(a, b float64) float64 { return a / b })
	case "Max":
		return fold(math.Max)
	case "Min":
		return fold(math.Min)
	case "GlobalMaxPool":
		return rows(slices.Max[[]float32])
	case "GlobalAveragePool":
		return rows(func(row []float32) float32 {
			sum := 0.0
			for _, x := range row {
				sum += float64(x)
			}
			return float32(sum / float64(len(row)))
		})
	case "Flatten":
		return tensor{[]int{1, len(in[0].data)}, in[0].data}
	case "Concat": // along the channels of one image: one after the other
		out := tensor{shape: slices.Clone(in[0].shape)}
		out.shape[1] = 0
		for _, x := range in {
			out.shape[1] += x.shape[1]
			out.data = append(out.data, x.data...)
		}
		return out
	case "Softmax":
		out, sum := newTensor(in[0].shape...), 0.0
		top := float64(slices.Max(in[0].data))
		for _, x := range in[0].data {
			sum += math.Exp(float64(x) - top)
		}
		for i, x := range in[0].data {
			out.data[i] = float32(math.Exp(float64(x)-top) / sum)
		}
		return out
	case "Conv", "MaxPool", "AveragePool":
		return n.window(in)
	}
	t.Fatalf("operation %s is not interpreted", n.op)
	return tensor{}
}

// window moves a kernel over the image.
func (n node) window(in []tensor) tensor {
	x, kernel := in[0], n.ints["kernel_shape"]
	strides, pads := n.ints["strides"], n.ints["pads"]
	if strides == nil {
		strides = []int{1, 1}
	}
	if pads == nil {
		pads = []int{0, 0, 0, 0}
	}
	channels, height, width := x.shape[1], x.shape[2], x.shape[3]
	side := func(i, n_ int) int {
		room := n_ + pads[i] + pads[i+2] - kernel[i]
		steps := room / strides[i]
		if n.number["ceil_mode"] == 1 && room%strides[i] != 0 {
			steps++
		}
		return steps + 1
	}
	outputs := channels
	if n.op == "Conv" {
		outputs = in[1].shape[0]
	}
	out := newTensor(1, outputs, side(0, height), side(1, width))
	rows, columns := out.shape[2], out.shape[3]
	for o := range outputs {
		for top := range rows {
			for left := range columns {
				sum, best := 0.0, math.Inf(-1)
				if n.op == "Conv" && len(in) > 2 {
					sum = float64(in[2].data[o])
				}
				for c := range channels {
					if n.op != "Conv" && c != o {
						continue
					}
					for i := range kernel[0] {
						y := top*strides[0] - pads[0] + i
						if y < 0 || y >= height {
							continue
						}
						first := left*strides[1] - pads[1]
						lo, hi := max(0, -first), min(kernel[1], width-first)
						if lo >= hi {
							continue
						}
						row := x.data[(c*height+y)*width+first+lo : (c*height+y)*width+first+hi]
						switch n.op {
						case "Conv":
							weights := in[1].data[((o*channels+c)*kernel[0]+i)*kernel[1]+lo:]
							for j, v := range row {
								sum += float64(v) * float64(weights[j])
							}
						case "MaxPool":
							best = max(best, float64(slices.Max(row)))
						case "AveragePool":
							for _, v := range row {
								sum += float64(v)
							}
						}
					}
				}
				value := sum
				switch n.op {
				case "MaxPool":
					value = best
				case "AveragePool": // never padded in our models
					value = sum / float64(kernel[0]*kernel[1])
				}
				out.data[(o*rows+top)*columns+left] = float32(value)
			}
		}
	}
	return out
}

// broadcast applies f to all pairs: equal shapes, a scalar, or one channel for all.
func broadcast(a, b tensor, f func(a, b float64) float64) tensor {
	out := newTensor(a.shape...)
	for i, x := range a.data {
		j := i
		switch {
		case len(b.data) == 1:
			j = 0
		case len(b.shape) == 4 && b.shape[1] == 1 && a.shape[1] != 1:
			j = i % (a.shape[2] * a.shape[3])
		case !slices.Equal(a.shape, b.shape):
			panic(fmt.Sprintf("shapes %v and %v", a.shape, b.shape))
		}
		out.data[i] = float32(f(float64(x), float64(b.data[j])))
	}
	return out
}
