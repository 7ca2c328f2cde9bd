package zoo

import (
	"crypto/sha256"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// squeezeNetFile makes the network from the mirror, or skips the test.
func squeezeNetFile(t *testing.T) []byte {
	t.Helper()
	mirror := os.Getenv("BSGEN_DATA_MIRROR")
	if mirror == "" {
		t.Skip("needs BSGEN_DATA_MIRROR, a mirror of the public data")
	}
	sources := map[string][]byte{}
	for key, name := range map[string]string{"net": "compressed_SqueezeNet.net", "prototxt": "SqueezeNet_deploy.prototxt"} {
		data, err := os.ReadFile(filepath.Join(mirror, "songhan/SqueezeNet-Deep-Compression/fb13faa2cf121ced9999f8a9d538ec6c56084733", name))
		if err != nil {
			t.Fatal(err)
		}
		sources[key] = data
	}
	model, err := Make("squeezenet-compressed", sources)
	if err != nil {
		t.Fatal(err)
	}
	return model
}

// The digest is the one that the submission pins. onnx.checker and strict shape
// inference of onnx 1.12 accept the file.
func TestSqueezeNetBytes(t *testing.T) {
	const want = "faac185fbe217351efc49f9af023d33321d069c5289890b4c74c8c2b3c60d60e"
	model := squeezeNetFile(t)
	if got := fmt.Sprintf("%x", sha256.Sum256(model)); got != want {
		t.Errorf("got digest %s, want %s", got, want)
	}
}

// ONNX Runtime and the interpreter agree from the first layer to the last, with
// the sizes that Caffe gives: 111, 55 (rounded up from 54.5), 27, 13, 15.
func TestSqueezeNetInONNXRuntime(t *testing.T) {
	model := squeezeNetFile(t)
	draw := newRandom(6)
	x := newTensor(1, 3, 227, 227)
	for c, mean := range []float64{104, 117, 123} {
		for i, v := range leaves(draw, 256)[:227*227] {
			x.data[c*227*227+i] = float32(255*v - mean)
		}
	}
	names := []string{"conv1", "pool1", "fire5/concat", "pool8", "conv10", "prob"}
	sides := []int{111, 55, 27, 13, 15, 0}
	got := show(t, model, "data", names, x)
	p := interpret(t, model)
	p.known["data"] = x // kept, so that each layer is computed once
	for i, name := range names {
		want := p.get(name)
		if sides[i] != 0 && want.shape[2] != sides[i] {
			t.Errorf("%s has %d rows, want %d", name, want.shape[2], sides[i])
		}
		largest := 0.0
		for _, w := range want.data {
			largest = max(largest, math.Abs(float64(w)))
		}
		if len(got[i].Data) != len(want.data) {
			t.Fatalf("%s: %d values, want %d", name, len(got[i].Data), len(want.data))
		}
		for k, w := range want.data {
			if math.Abs(float64(got[i].Data[k]-w)) > 1e-5*largest {
				t.Fatalf("%s, unit %d: %v, want %v", name, k, got[i].Data[k], w)
			}
		}
	}
}
