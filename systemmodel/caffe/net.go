package caffe

import "fmt"

// The limits of a network.
const (
	maxLayers   = 1024
	maxChannels = 1 << 14
	maxKernel   = 64
	maxSide     = 4096
	maxWeights  = 1 << 24 // of all layers; SqueezeNet has 1.2 million
)

// Net is a deploy network: a feed-forward graph of layers over one image.
type Net struct {
	Name   string
	Input  string // the blob that the image is
	Shape  [4]int // batch, channels, height, width, as declared
	Layers []Layer
}

// Layer is an operation with one output.
type Layer struct {
	Name   string
	Type   string // Convolution, ReLU, Pooling, Concat, Dropout or Softmax
	Bottom []string
	Top    string // the same as Bottom where the operation is in place
	Line   int

	Window  Window // of Convolution and Pooling
	Outputs int    // channels that a Convolution makes
	Inputs  int    // channels that it reads
	Average bool   // Pooling by the mean, not the maximum
	Global  bool   // Pooling over the whole image
}

// Window is a square that is moved over the image, in pixels.
type Window struct{ Kernel, Stride, Pad int }

// size counts a convolution's weights without its biases.
func (l Layer) size() int { return l.Outputs * l.Inputs * l.Window.Kernel * l.Window.Kernel }

// Parse reads a deploy network. Fields that change what the network computes
// are understood or refused; those for training (fillers) are passed over.
func Parse(prototxt []byte) (*Net, error) {
	fields, err := parseText(prototxt)
	if err != nil {
		return nil, fmt.Errorf("read Caffe network: %w", err)
	}
	net, err := parseNet(fields)
	if err != nil {
		return nil, fmt.Errorf("read Caffe network: %w", err)
	}
	return net, nil
}

func parseNet(fields []field) (*Net, error) {
	net := &Net{}
	dims := 0
	for _, f := range fields {
		var err error
		switch f.name {
		case "name":
			net.Name, err = f.text()
		case "input":
			if net.Input != "" {
				return nil, lineError(f.line, "a second input; networks with one are read")
			}
			net.Input, err = f.text()
		case "input_dim":
			if dims == len(net.Shape) {
				return nil, lineError(f.line, "more than %d input_dim", len(net.Shape))
			}
			net.Shape[dims], err = f.number(1, maxSide)
			dims++
		case "layer":
			if len(net.Layers) == maxLayers {
				return nil, lineError(f.line, "more than %d layers", maxLayers)
			}
			var l Layer
			l, err = parseLayer(f)
			net.Layers = append(net.Layers, l)
		default:
			err = lineError(f.line, "unknown field %s", f.name)
		}
		if err != nil {
			return nil, err
		}
	}
	switch {
	case net.Input == "":
		return nil, fmt.Errorf("it has no input")
	case dims != len(net.Shape):
		return nil, fmt.Errorf("it has %d input_dim, want batch, channels, height and width", dims)
	case len(net.Layers) == 0:
		return nil, fmt.Errorf("it has no layers")
	}
	return net, net.connect()
}

func parseLayer(f field) (Layer, error) {
	l := Layer{Line: f.line}
	if f.message == nil {
		return l, lineError(f.line, "layer is not a message")
	}
	var params []field
	for _, f := range f.message {
		var err error
		switch f.name {
		case "name":
			l.Name, err = f.text()
		case "type":
			l.Type, err = f.text()
		case "top":
			if l.Top != "" {
				return l, lineError(f.line, "a second top; layers with one are read")
			}
			l.Top, err = f.text()
		case "bottom":
			var bottom string
			bottom, err = f.text()
			l.Bottom = append(l.Bottom, bottom)
		default:
			params = append(params, f)
		}
		if err != nil {
			return l, err
		}
	}
	if l.Name == "" || l.Type == "" || l.Top == "" || len(l.Bottom) == 0 {
		return l, lineError(l.Line, "the layer lacks a name, a type, a bottom or a top")
	}
	if len(l.Bottom) > 1 && l.Type != "Concat" {
		return l, lineError(l.Line, "layer %s of type %s has %d bottoms", l.Name, l.Type, len(l.Bottom))
	}
	for _, p := range params {
		if err := l.parameter(p); err != nil {
			return l, err
		}
	}
	return l, l.complete()
}

// parameter reads convolution_param and its like, each for its type alone.
func (l *Layer) parameter(p field) error {
	owner := map[string]string{"convolution_param": "Convolution", "pooling_param": "Pooling", "dropout_param": "Dropout"}
	if owner[p.name] != l.Type || p.message == nil {
		return lineError(p.line, "unknown field %s of layer %s of type %s", p.name, l.Name, l.Type)
	}
	for _, f := range p.message {
		var err error
		switch key := l.Type + "." + f.name; key {
		case "Convolution.num_output":
			l.Outputs, err = f.number(1, maxChannels)
		case "Convolution.kernel_size", "Pooling.kernel_size":
			l.Window.Kernel, err = f.number(1, maxKernel)
		case "Convolution.stride", "Pooling.stride":
			l.Window.Stride, err = f.number(1, maxKernel)
		case "Convolution.pad", "Pooling.pad":
			l.Window.Pad, err = f.number(0, maxKernel)
		case "Convolution.weight_filler", "Convolution.bias_filler", "Dropout.dropout_ratio":
			// What training begins with.
		case "Pooling.pool":
			var word string
			if word, err = f.word(); err == nil && word != "MAX" && word != "AVE" {
				err = lineError(f.line, "pool is %s, want MAX or AVE", word)
			}
			l.Average = word == "AVE"
		case "Pooling.global_pooling":
			var word string
			if word, err = f.word(); err == nil && word != "true" && word != "false" {
				err = lineError(f.line, "global_pooling is %s, want true or false", word)
			}
			l.Global = word == "true"
		default:
			err = lineError(f.line, "unknown field %s in %s", f.name, p.name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// complete fills in Caffe's defaults and refuses what is missing.
func (l *Layer) complete() error {
	switch l.Type {
	case "Convolution", "Pooling":
		if l.Window.Stride == 0 {
			l.Window.Stride = 1
		}
		switch w := l.Window; {
		case l.Global && (w.Kernel != 0 || w.Pad != 0 || w.Stride != 1):
			return lineError(l.Line, "layer %s pools over everything and over a window", l.Name)
		case !l.Global && w.Kernel == 0:
			return lineError(l.Line, "layer %s has no kernel_size", l.Name)
		case w.Pad > 0 && w.Pad >= w.Kernel && l.Type == "Pooling":
			return lineError(l.Line, "layer %s pads by %d, not less than its kernel of %d", l.Name, w.Pad, w.Kernel)
		case l.Type == "Pooling" && l.Average && !l.Global:
			// Caffe divides by the window's part within the padded image: no net that we read needs it.
			return lineError(l.Line, "layer %s averages over a window, which is not read", l.Name)
		case l.Type == "Convolution" && l.Outputs == 0:
			return lineError(l.Line, "layer %s has no num_output", l.Name)
		}
	case "ReLU", "Concat", "Dropout", "Softmax":
	default:
		return lineError(l.Line, "layer %s has type %s, which is not read", l.Name, l.Type)
	}
	return nil
}

// connect counts channels along the graph, and bounds the weights.
func (n *Net) connect() error {
	channels := map[string]int{n.Input: n.Shape[1]}
	total := 0
	for i := range n.Layers {
		l := &n.Layers[i]
		in := 0
		for _, b := range l.Bottom {
			c, ok := channels[b]
			if !ok {
				return lineError(l.Line, "layer %s reads %s, which no layer before it makes", l.Name, b)
			}
			in += c
		}
		if in > maxChannels {
			return lineError(l.Line, "layer %s has %d channels, more than %d", l.Name, in, maxChannels)
		}
		inPlace := len(l.Bottom) == 1 && l.Bottom[0] == l.Top && (l.Type == "ReLU" || l.Type == "Dropout")
		if _, ok := channels[l.Top]; ok && !inPlace {
			return lineError(l.Line, "layer %s makes %s, which exists already", l.Name, l.Top)
		}
		channels[l.Top] = in
		if l.Type == "Convolution" {
			l.Inputs = in
			channels[l.Top] = l.Outputs
			if total += l.size(); total > maxWeights {
				return lineError(l.Line, "up to layer %s there are more than %d weights", l.Name, maxWeights)
			}
		}
	}
	return nil
}
