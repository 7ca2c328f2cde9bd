package zoo

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The files are the same on every machine. These digests were found on amd64,
// with and without fused multiplication (GOAMD64=v3), and on arm64.
func TestGeneratedBytes(t *testing.T) {
	want := map[string]string{
		"pixels":       "58d8232c9b3cf81522725186283093c1bfdd2dce0b051ad6d92bfa0fc486bd51",
		"gabor-v1":     "ee2a8dd843f6a708686f17f373d4719c7a31e10b6b9a89b713bd031af882d423",
		"hmax-imprint": "fb19736d1d58e10fc252566a2bf3bf2eeae8d5c82f4b8807092a36b1a1ea1fb0",
	}
	for _, m := range All() {
		t.Run(m.ID, func(t *testing.T) {
			if raceDetector && m.ID == "hmax-imprint" {
				t.Skip("slow under the race detector")
			}
			model, err := m.Model()
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprintf("%x", sha256.Sum256(model)); got != want[m.ID] {
				t.Errorf("got digest %s, want %s; did something change that may change scores?", got, want[m.ID])
			}
			committed, err := os.ReadFile(filepath.Join("../../submissions", m.ID, "model.onnx"))
			if err != nil || !bytes.Equal(model, committed) {
				t.Errorf("the committed file is another (%v); run go generate", err)
			}
			if len(model) > 3<<20 {
				t.Errorf("it has %d bytes, much for a file in git", len(model))
			}
		})
	}
}

func TestMakeMistakes(t *testing.T) {
	tests := []struct {
		recipe  string
		sources map[string][]byte
		want    string
	}{
		{"alexnet", nil, `unknown recipe "alexnet"; there is squeezenet-compressed`},
		{"squeezenet-compressed", nil, "recipe squeezenet-compressed has sources , wants net, prototxt"},
		{"squeezenet-compressed", map[string][]byte{"net": nil, "prototxt": nil, "x": nil}, "has sources net, prototxt, x, wants net, prototxt"},
		{"squeezenet-compressed", map[string][]byte{"net": nil, "prototxt": nil}, "recipe squeezenet-compressed: read Caffe network: it has no input"},
	}
	for _, test := range tests {
		model, err := Make(test.recipe, test.sources)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %d bytes and error %v, want %q", test.recipe, len(model), err, test.want)
		}
	}
}
