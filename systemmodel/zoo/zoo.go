// Package zoo makes the models that bsgen ships: baselines written down in
// closed form, and trained networks decoded from where their authors published
// them. Each is an ONNX file that is a function of nothing but this code and, in
// the second case, of pinned bytes.
//
// What [Pixels], [GaborV1] and [HMAX] give is committed beside the manifest that
// pins it (submissions/<id>/model.onnx); `go generate` writes the same bytes on
// every machine. What [Make] gives is made anew wherever it is needed, so that
// nobody's weights are committed.
package zoo

import "github.com/bsgen/bsgen/systemmodel/onnx"

//go:generate go run ./generate -out ../../submissions

// field is the side of the models' input in pixels. Their manifests let it
// stand for 8 degrees: 28 pixels each.
const field = 224

// A Generated is a model that is made from nothing.
type Generated struct {
	ID    string // of its submission
	Model func() ([]byte, error)
}

// All lists the generated models that are submissions, in the order of what
// they know about vision.
func All() []Generated {
	return []Generated{
		{"pixels", Pixels},
		{"gabor-v1", GaborV1},
		{"hmax-imprint", func() ([]byte, error) { return HMAX(1) }},
	}
}

// builder begins a model that says what it is.
func builder(id, description string) *onnx.Builder {
	b := onnx.NewBuilder(id)
	b.Metadata("description", description)
	b.Metadata("generator", "bsgen systemmodel/zoo")
	return b
}
