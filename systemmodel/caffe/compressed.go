package caffe

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Weights are what a convolution learnt.
type Weights struct {
	Kernel []float32 // output x input x row x column
	Bias   []float32 // output
}

const codebookSize = 256

// Decompress reads the weights of all convolutions, by the layer's name, from a
// file of Deep Compression. The convolutions are in the order of the network:
//
//	of each convolution     count of stored weights       uint32
//	then, of each           codebook                      256 float32
//	                        biases                        float32 for each output
//	                        codes                         uint8 for each stored weight
//	                        steps                         4 bits for each, the low half of a byte first
//
// Before a stored weight lie as many zeros as its step says. A longer run of
// zeros than 15 has a stored weight in it whose code stands for 0. Numbers are
// little-endian, each list of steps fills up its last byte, and nothing follows.
func Decompress(net *Net, stream []byte) (map[string]Weights, error) {
	var layers []Layer
	for _, l := range net.Layers {
		if l.Type == "Convolution" {
			layers = append(layers, l)
		}
	}
	rest := stream
	take := func(n int) ([]byte, error) {
		if len(rest) < n {
			return nil, fmt.Errorf("the file ends: %d bytes are missing", n-len(rest))
		}
		head := rest[:n]
		rest = rest[n:]
		return head, nil
	}
	counts, err := take(4 * len(layers))
	if err != nil {
		return nil, fmt.Errorf("decompress: read the counts of %d layers: %w", len(layers), err)
	}
	out := make(map[string]Weights, len(layers))
	for i, l := range layers {
		count := binary.LittleEndian.Uint32(counts[4*i:])
		if int64(count) > int64(l.size()) {
			return nil, fmt.Errorf("decompress layer %s: %d weights are stored for %d", l.Name, count, l.size())
		}
		w, err := decompressLayer(l, int(count), take)
		if err != nil {
			return nil, fmt.Errorf("decompress layer %s: %w", l.Name, err)
		}
		if _, ok := out[l.Name]; ok {
			return nil, fmt.Errorf("decompress layer %s: a second layer of that name", l.Name)
		}
		out[l.Name] = w
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("decompress: %d bytes follow the last layer", len(rest))
	}
	return out, nil
}

func decompressLayer(l Layer, count int, take func(int) ([]byte, error)) (Weights, error) {
	var w Weights
	// Nothing is allocated before the whole of the layer is known to be there.
	body, err := take(4*codebookSize + 4*l.Outputs + count + (count+1)/2)
	if err != nil {
		return w, err
	}
	codebook, err := floats(body[:4*codebookSize])
	if err != nil {
		return w, fmt.Errorf("codebook: %w", err)
	}
	body = body[4*codebookSize:]
	if w.Bias, err = floats(body[:4*l.Outputs]); err != nil {
		return w, fmt.Errorf("biases: %w", err)
	}
	body = body[4*l.Outputs:]
	codes, steps := body[:count], body[count:]

	w.Kernel = make([]float32, l.size())
	at := -1
	for i, code := range codes {
		step := steps[i/2] & 15
		if i%2 == 1 {
			step = steps[i/2] >> 4
		}
		if at += int(step) + 1; at >= len(w.Kernel) {
			return w, fmt.Errorf("stored weight %d of %d lies at %d, behind the last of %d", i+1, count, at+1, len(w.Kernel))
		}
		w.Kernel[at] = codebook[code]
	}
	return w, nil
}

// floats reads numbers, none of which may be infinite or NaN.
func floats(raw []byte) ([]float32, error) {
	out := make([]float32, len(raw)/4)
	for i := range out {
		v := math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, fmt.Errorf("number %d of %d is %v", i+1, len(out), v)
		}
		out[i] = v
	}
	return out, nil
}
