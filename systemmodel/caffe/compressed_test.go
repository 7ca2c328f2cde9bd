package caffe

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// compress is the opposite of Decompress. Zeros are not stored where the steps
// reach over them.
func compress(net *Net, weights map[string]Weights, codebook []float32) []byte {
	var counts, bodies []byte
	for _, l := range net.Layers {
		if l.Type != "Convolution" {
			continue
		}
		w := weights[l.Name]
		var codes, steps []byte
		gap := 0
		for _, v := range w.Kernel {
			if v == 0 && gap < 15 {
				gap++
				continue
			}
			codes = append(codes, byte(slices.Index(codebook, v)))
			steps = append(steps, byte(gap))
			gap = 0
		}
		counts = binary.LittleEndian.AppendUint32(counts, uint32(len(codes)))
		for _, v := range slices.Concat(codebook, w.Bias) {
			bodies = binary.LittleEndian.AppendUint32(bodies, math.Float32bits(v))
		}
		bodies = append(bodies, codes...)
		for i := 0; i < len(steps); i += 2 {
			b := steps[i]
			if i+1 < len(steps) {
				b |= steps[i+1] << 4
			}
			bodies = append(bodies, b)
		}
	}
	return append(counts, bodies...)
}

// sparse draws weights of which most are zero, in long runs too.
func sparse(net *Net, draw *rand.Rand) (map[string]Weights, []float32) {
	codebook := make([]float32, codebookSize) // the first is 0
	for i := 1; i < len(codebook); i++ {
		codebook[i] = float32(i) - 100.5
	}
	weights := map[string]Weights{}
	for _, l := range net.Layers {
		if l.Type != "Convolution" {
			continue
		}
		w := Weights{make([]float32, l.size()), make([]float32, l.Outputs)}
		for i := draw.IntN(5); i < len(w.Kernel); i += 1 + draw.IntN(40) {
			w.Kernel[i] = codebook[draw.IntN(codebookSize)]
		}
		for i := range w.Bias {
			w.Bias[i] = draw.Float32()
		}
		weights[l.Name] = w
	}
	return weights, codebook
}

func tinyNet(t testing.TB) *Net {
	t.Helper()
	net, err := Parse([]byte(tiny))
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func TestDecompress(t *testing.T) {
	net := tinyNet(t)
	for seed := range uint64(50) {
		want, codebook := sparse(net, rand.New(rand.NewPCG(seed, 0)))
		got, err := Decompress(net, compress(net, want, codebook))
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(want) {
			t.Fatalf("got %d layers, want %d", len(got), len(want))
		}
		for name, w := range want {
			if !slices.Equal(got[name].Kernel, w.Kernel) || !slices.Equal(got[name].Bias, w.Bias) {
				t.Errorf("seed %d, layer %s:\n got %v\nwant %v", seed, name, got[name], w)
			}
		}
	}
}

func TestDecompressMistakes(t *testing.T) {
	net := tinyNet(t)
	weights, codebook := sparse(net, rand.New(rand.NewPCG(1, 0)))
	sound := compress(net, weights, codebook)
	first := int(binary.LittleEndian.Uint32(sound))
	edit := func(f func(b []byte) []byte) []byte { return f(slices.Clone(sound)) }
	const body = 4 * 3 // behind the counts of three convolutions

	tests := []struct {
		name   string
		stream []byte
		want   string
	}{
		{"empty", nil, "read the counts of 3 layers: the file ends: 12 bytes are missing"},
		{"counts only", sound[:body], "layer conv1: the file ends"},
		{"one byte short", sound[:len(sound)-1], "layer right: the file ends: 1 bytes are missing"},
		{"one byte long", append(slices.Clone(sound), 0), "1 bytes follow the last layer"},
		{"count beyond the layer", edit(func(b []byte) []byte { b[3] = 0xff; return b }), "layer conv1: 4278190084 weights are stored for 54"},
		{"count of another layer", edit(func(b []byte) []byte { b[0]++; return b }), ""},
		{"steps beyond the layer", edit(func(b []byte) []byte {
			steps := b[body+4*codebookSize+4*3+first:]
			for i := range (first + 1) / 2 {
				steps[i] = 0xff
			}
			return b
		}), "behind the last of 54"},
		{"NaN in the codebook", edit(func(b []byte) []byte { copy(b[body+8:], []byte{0, 0, 0xc0, 0x7f}); return b }), "layer conv1: codebook: number 3 of 256 is NaN"},
		{"infinite bias", edit(func(b []byte) []byte { copy(b[body+4*codebookSize:], []byte{0, 0, 0x80, 0xff}); return b }), "layer conv1: biases: number 1 of 3 is -Inf"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Decompress(net, test.stream)
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.HasPrefix(err.Error(), "decompress") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %q, want %q in it", err, test.want)
			}
		})
	}
}

func FuzzDecompress(f *testing.F) {
	net := tinyNet(f)
	for seed := range uint64(3) {
		weights, codebook := sparse(net, rand.New(rand.NewPCG(seed, 0)))
		f.Add(compress(net, weights, codebook))
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		weights, err := Decompress(net, stream)
		if err != nil {
			return
		}
		for name, w := range weights {
			for _, v := range slices.Concat(w.Kernel, w.Bias) {
				if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
					t.Errorf("layer %s has %v", name, v)
				}
			}
		}
	})
}

// upstream is where the data mirror has a file of the authors.
func upstream(name string) string {
	return filepath.Join(os.Getenv("BSGEN_DATA_MIRROR"),
		"songhan/SqueezeNet-Deep-Compression/fb13faa2cf121ced9999f8a9d538ec6c56084733", name)
}

// The digest is of what NumPy 1.24 made of the file by the same description:
// kernel and biases of each layer in order, little-endian. There, as here, each
// of the 6,162 codes 0 stands behind a step of 15, so none is a weight.
func TestDecompressSqueezeNet(t *testing.T) {
	const want = "5760c45770e3dd678a28d737d89dad7ea9138e3c5f8d3ec581db56431fe6f920"
	if os.Getenv("BSGEN_DATA_MIRROR") == "" {
		t.Skip("needs BSGEN_DATA_MIRROR, a mirror of the public data")
	}
	text, err := os.ReadFile(upstream("SqueezeNet_deploy.prototxt"))
	if err != nil {
		t.Fatal(err)
	}
	stream, err := os.ReadFile(upstream("compressed_SqueezeNet.net"))
	if err != nil {
		t.Fatal(err)
	}
	net, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	weights, err := Decompress(net, stream)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	parameters := 0
	for _, l := range net.Layers {
		w := weights[l.Name]
		parameters += len(w.Kernel) + len(w.Bias)
		binary.Write(sum, binary.LittleEndian, w.Kernel)
		binary.Write(sum, binary.LittleEndian, w.Bias)
	}
	if parameters != 1248424 { // as torchvision counts those of squeezenet1_0
		t.Errorf("got %d parameters, want 1248424", parameters)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		t.Errorf("digest of the weights: got %s, want %s", got, want)
	}
}
