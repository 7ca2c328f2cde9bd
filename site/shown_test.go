package site

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
)

// executed makes the fixture's first model one that the scorer runs, with layers
// compared for two regions.
func executed(t testing.TB) *archive.Archive {
	t.Helper()
	a := fixture(t)
	m := a.Models[0]
	m.Run = &archive.Run{
		ONNX:          archive.Network{Source: dataset.Source{URL: "https://example.org/net.onnx", SHA256: strings.Repeat("2", 64), Bytes: 1234567}},
		Input:         archive.Input{Tensor: "image", Size: []int{224, 192}, Layout: "NCHW", Color: "RGB", Filter: "bilinear", Crop: "center", Resize: 256, Scale: archive.Fraction(1 / 255.), Mean: []float64{.485, .456, .406}, Std: []float64{.25, .5, 1}},
		VisualDegrees: 8, Commit: "auto", Layers: []string{"conv1", "fire2/concat", "fire5/concat", hostile[0], "flat"},
		Regions:  map[string]archive.Tensors{"V1": {"conv1", "relu1"}},
		Behavior: &archive.Readout{Tensor: "prob", Labels: "imagenet-1k", Softmax: "done"},
	}
	layers := func(result int, region string, scores ...float64) {
		r := &a.Results["m0"][result]
		for i, l := range m.Run.Layers {
			r.Layers = append(r.Layers, archive.Layer{Region: region, Tensor: l, Score: archive.Number(scores[i])})
		}
		r.Engine.Runtime, r.Tolerance = "onnxruntime 1.30.0", 1e-3
	}
	layers(0, "V4", .1, .3, .5, .5, math.NaN())
	layers(1, "IT", .4, .2, .05, -.1, .3)
	return a
}

func TestLayerMap(t *testing.T) {
	a := executed(t)
	page := parsePage(t, build(t, a), "models/m0/index.html")
	table := all(page, "table", "layers")
	if len(table) != 1 {
		t.Fatalf("%d tables of layers", len(table))
	}
	if got := texts(all(table[0], "th", "")); !slices.Equal(got[:4], []string{"Layer", "V1", "V4", "IT"}) || got[8] != hostile[0] {
		t.Errorf("headings %q", got)
	}
	var rows []string
	for _, tr := range all(table[0], "tr", "")[1:] {
		rows = append(rows, strings.Join(texts(all(tr, "td", "")), " | "))
	}
	want := []string{
		"named | 0.100 | 0.400chosen", "named | – not a candidate | – not a candidate", "– not compared | 0.300 | 0.200", "– not compared | 0.500chosen | 0.050",
		"– not compared | 0.500 | −0.100", "– not compared | ∅ undefined | 0.300", "– | 0.100 | 0.200",
	}
	if !slices.Equal(rows, want) {
		t.Errorf("rows\n%q, want\n%q", rows, want)
	}
	cells := all(table[0], "td", "")
	for i, want := range map[int]string{0: "named", 1: "layer v0", 2: "layer v100 chosen", 7: "layer v50", 8: "layer v60", 14: "layer v0"} {
		if got := attr(cells[i], "class"); got != want {
			t.Errorf("cell %d has the class %q, want %q", i, got, want)
		}
	}
}

// TestModelRun: the page says how the scorer runs the model.
func TestModelRun(t *testing.T) {
	a := executed(t)
	dir := build(t, a)
	page := parsePage(t, dir, "models/m0/index.html")
	run := all(page, "section", "shown")
	if len(run) != 1 {
		t.Fatalf("%d sections", len(run))
	}
	text := content(run[0])
	for _, want := range []string{
		"onnxruntime 1.30.0", "192 × 224 pixels, RGB, NCHW", "the shorter side is resized to 256, the centre cut out",
		"value / 255, less 0.485, 0.456, 0.406, divided by 0.25, 0.5, 1", "8°", "net.onnx", "1 234 567 bytes", strings.Repeat("2", 64),
		"conv1 + relu1", "probabilities of imagenet-1k", "the best layer on the selection set",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %q", want, text)
		}
	}
	bare := filepath.Join(t.TempDir(), "out") // a site without pages of scores says it all here
	if _, err := Build(a, Options{Out: bare, NoScores: true}); err != nil {
		t.Fatal(err)
	}
	whole := content(parsePage(t, bare, "models/m0/index.html"))
	for _, want := range []string{"Layer for V4fire5/concat 0.500 on the selection set, the best of 5", "Model run byonnxruntime 1.30.0", "recomputes within 0.001"} {
		if !strings.Contains(whole, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if run := all(parsePage(t, dir, "models/m1/index.html"), "section", "shown"); len(run) != 0 {
		t.Error("a model that is not run has the section")
	}
}

// TestMadeBy: a network that is made names what it is made from.
func TestMadeBy(t *testing.T) {
	a := executed(t)
	a.Results["m0"] = nil
	r := a.Models[0].Run
	r.ONNX = archive.Network{Source: dataset.Source{SHA256: strings.Repeat("3", 64)}, MadeBy: &archive.Recipe{Recipe: "stew", Sources: map[string]dataset.Source{
		"net": {URL: "https://example.org/weights.net", SHA256: strings.Repeat("4", 64)}}}}
	r.Input.Crop, r.Input.Scale, r.Input.Std = "none", 1, nil
	text := content(all(parsePage(t, build(t, a), "models/m0/index.html"), "section", "shown")[0])
	for _, want := range []string{"made by the recipe stew", strings.Repeat("3", 64), "weights.net", "not run yet", "the whole image is resized", "0 to 255, less 0.485", "candidates"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %q", want, text)
		}
	}
}
