package archive

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	runFile   = "submissions/exec/model.yaml"
	benchFile = "benchmarks/Lab2026.IT-rdm/benchmark.yaml"
)

// executed is a submission that the scorer runs.
const executed = `id: exec
name: Exec
submitter: {name: A lab}
run:
  onnx: {url: "https://data.example.org/net.onnx", sha256: "` + zeros + `", bytes: 10}
  input:
    tensor: image
    size: [4, 6]
    filter: bilinear
    scale: 1/255
    mean: [0.5, 0.5, 0.5]
    std: [1, 1, 1]
  visual_degrees: 8
  regions:
    V4: conv4
    IT: [fc6, fc7]
  commit: auto
  layers: [conv1, conv2]
  behavior:
    tensor: logits
    labels: imagenet-1k
`

// withImages is sound with an executed model and images in a zip file.
func withImages() map[string]string {
	files := maps.Clone(sound)
	maps.DeleteFunc(files, func(name, _ string) bool { return strings.HasPrefix(name, "submissions/") })
	files[runFile] = executed
	files[benchFile] = strings.Replace(files[benchFile], "assembly:\n", `stimuli:
  visual_degrees: 4
  reader: image-zip
  source: zip
assembly:
  sources: [rdms]
`, 1)
	files[benchFile] = strings.Replace(files[benchFile], "metric:", `  zip: {url: "https://data.example.org/images.zip", sha256: "`+zeros+`", bytes: 10}
metric:`, 1)
	return files
}

func TestRun(t *testing.T) {
	files := withImages()
	files[runFile] = strings.Replace(files[runFile], "  visual_degrees: 8\n", "", 1)
	a, problems, err := Open(write(t, files))
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	m, _ := a.Model("exec")
	r := m.Run
	if r.VisualDegrees != 8 || r.Input.Layout != "NCHW" || r.Input.Color != "RGB" || r.Input.Crop != "none" || r.Behavior.Softmax != "needed" {
		t.Errorf("defaults: %+v, %+v", r, r.Behavior)
	}
	if r.Input.Scale != Fraction(1/255.) {
		t.Errorf("scale %v", r.Input.Scale)
	}
	if !slices.Equal(r.Regions["V4"], Tensors{"conv4"}) || !slices.Equal(r.Regions["IT"], Tensors{"fc6", "fc7"}) {
		t.Errorf("regions %v", r.Regions)
	}
	b, ok := a.Images("Lab2026.IT")
	if !ok || b.Presented() != "degrees" {
		t.Errorf("images of %+v", b)
	}
}

// TestRunProblems: every problem of an executed model, with its line and hint.
func TestRunProblems(t *testing.T) {
	recipe := "{made_by: {recipe: squeezenet-compressed, sources: {net: SRC, prototxt: SRC}}, sha256: \"" + zeros + "\", bytes: 10}"
	recipe = strings.ReplaceAll(recipe, "SRC", `{url: "https://data.example.org/a", sha256: "`+zeros+`", bytes: 1}`)
	onnx := `{url: "https://data.example.org/net.onnx", sha256: "` + zeros + `", bytes: 10}`
	for _, c := range []struct {
		name, old, new string
		want, hint     string // "": no problem
	}{
		{"unknown key", "filter:", "fliter:", `9: unknown key "fliter"`, "filter"},
		// network
		{"no digest", `, sha256: "` + zeros + `"`, "", "5: sha256", "sha256sum"},
		{"host", "https://data.example.org", "https://evil.example.com", `5: the host "evil.example.com" is not allowed`, "site.yaml"},
		{"no file", `url: "https://data.example.org/net.onnx", `, "", "5: neither url nor file", ""},
		{"file that is not there", `url: "https://data.example.org/net.onnx"`, "file: net.onnx", "5: net.onnx is not there", "20 MB"},
		{"file in a folder", `url: "https://data.example.org/net.onnx"`, "file: ../net.onnx", `5: the path "../net.onnx" leaves`, "beside the YAML"},
		{"recipe", onnx, recipe, "", ""},
		{"unknown recipe", onnx, strings.Replace(recipe, "squeezenet-compressed", "stew", 1), `5: recipe "stew" does not exist`, "squeezenet-compressed"},
		{"other sources", onnx, strings.Replace(recipe, "prototxt:", "text:", 1), "5: the recipe squeezenet-compressed has other sources: net, text", "net, prototxt"},
		{"source of a recipe", onnx, strings.Replace(recipe, "data.example.org", "evil.example.com", 1), `5: the host "evil.example.com"`, "site.yaml"},
		{"recipe and url", onnx, strings.Replace(recipe, "{made_by", `{url: "https://data.example.org/x", made_by`, 1), "5: made_by and url or file exclude", "keep one"},
		{"recipe without a digest", onnx, strings.Replace(recipe, `, sha256: "`+zeros+`", bytes: 10}`, "}", 1), "5: sha256", "recipe makes"},
		// input
		{"no tensor", "    tensor: image\n", "", "6: input.tensor is missing", "network's input"},
		{"no size", "size: [4, 6]", "size: []", "8: size is not [height, width]", "224"},
		{"one size", "size: [4, 6]", "size: [4]", "8: size is not", ""},
		{"size 0", "size: [4, 6]", "size: [0, 6]", "8: size is not", ""},
		{"huge", "size: [4, 6]", "size: [2049, 6]", "8: size is not", ""},
		{"no filter", "    filter: bilinear\n", "", "6: filter is missing", "box, bilinear"},
		{"unknown filter", "filter: bilinear", "filter: sharp", `9: filter "sharp" does not exist`, "bicubic"},
		{"layout", "filter:", "layout: NWHC\n    filter:", `9: layout "NWHC" does not exist`, "NHWC"},
		{"color", "filter:", "color: GBR\n    filter:", `9: color "GBR" does not exist`, "BGR"},
		{"crop", "filter:", "crop: left\n    filter:", `9: crop "left" does not exist`, "center"},
		{"resize", "filter:", "crop: center\n    resize: 6\n    filter:", "", ""},
		{"resize without crop", "filter:", "resize: 6\n    filter:", "9: resize is for crop: center", ""},
		{"resize too small", "filter:", "crop: center\n    resize: 5\n    filter:", "10: resize 5 is smaller", "longer side"},
		{"resize below 0", "filter:", "crop: center\n    resize: -5\n    filter:", "10: resize is not between", "256"},
		{"scale in words", "scale: 1/255", "scale: small", `10: "small" is not a number such as`, ""},
		{"scale with a tail", "scale: 1/255", "scale: 1/255x", `10: "1/255x" is not a number such as`, ""},
		{"scale 0", "scale: 1/255", "scale: 0", `10: "0" is not a number above zero`, ""},
		{"scale by 0", "scale: 1/255", "scale: 1/0", `10: "1/0" is not a number above zero`, ""},
		{"channels", "mean: [0.5, 0.5, 0.5]", "mean: [0.5]", "11: mean has 1 numbers for 3 channels", "RGB"},
		{"channels of grey", "filter:", "color: grey\n    filter:", "12: mean has 3 numbers for 1 channels", "grey"},
		{"std 0", "std: [1, 1, 1]", "std: [1, 0, 1]", "12: std holds 0", ""},
		{"mean NaN", "mean: [0.5, 0.5, 0.5]", "mean: [0.5, .nan, 0.5]", "11: mean holds NaN", ""},
		// what stands for what
		{"degrees", "visual_degrees: 8", "visual_degrees: -1", "13: visual_degrees is not between", "8 is customary"},
		{"NaN degrees", "visual_degrees: 8", "visual_degrees: .nan", "13: visual_degrees is not between", ""},
		{"empty region", "V4: conv4", "V4: []", "15: the region V4 has no tensor", "list of them"},
		{"no name", "V4: conv4", `V4: [conv4, ""]`, "15: the region V4 has no tensor", ""},
		{"mapping for a tensor", "V4: conv4", "V4: {a: b}", "15: ", ""},
		{"region in other letters", "V4: conv4", "it: conv4", `15: the region "it" is almost one of this archive`, "did you mean IT?"},
		{"commit", "commit: auto", "commit: best", `17: commit "best" does not exist`, "auto"},
		{"no layers", "layers: [conv1, conv2]", "layers: []", "18: commit: auto chooses among", "conv1"},
		{"too many layers", "layers: [conv1, conv2]", "layers: [" + strings.Repeat("x, ", maxLayers) + "y]", "18: commit: auto chooses among 1 to 64 layers, not 65", ""},
		{"a layer twice", "layers: [conv1, conv2]", "layers: [conv1, conv1]", `18: the layer "conv1" is empty or stands twice`, "once"},
		{"layers without commit", "  commit: auto\n", "", "17: layers without commit: auto", "chooses"},
		{"nothing", executed[strings.Index(executed, "  regions:"):], "", "4: run names no tensor", "behavior"},
		{"readout without a tensor", "    tensor: logits\n", "", "19: behavior.tensor is missing", "logits"},
		{"labels", "labels: imagenet-1k", "labels: cifar", `21: labels "cifar" do not exist`, "imagenet-1k"},
		{"softmax done", "labels: imagenet-1k", "labels: imagenet-1k\n    softmax: done", "", ""},
		{"softmax", "labels: imagenet-1k", "labels: imagenet-1k\n    softmax: maybe", `22: softmax "maybe" does not exist`, "logits"},
	} {
		t.Run(c.name, func(t *testing.T) { openChanged(t, withImages(), runFile, c.old, c.new, c.want, c.hint) })
	}
}

// openChanged opens the files after a change to one of them and looks for a
// problem; want begins with its line.
func openChanged(t *testing.T, files map[string]string, file, old, new, want, hint string) *Archive {
	t.Helper()
	if !strings.Contains(files[file], old) {
		t.Fatalf("%q is not in %s", old, file)
	}
	files[file] = strings.Replace(files[file], old, new, 1)
	a, problems, err := Open(write(t, files))
	if err != nil {
		t.Fatal(err)
	}
	if want == "" {
		if len(problems) > 0 {
			t.Errorf("want no problem, got %v", problems)
		}
		return a
	}
	if !slices.ContainsFunc(problems, func(p Problem) bool {
		return strings.HasPrefix(p.String(), file+":"+want) && strings.Contains(p.Hint, hint)
	}) {
		t.Errorf("want %q with the hint %q; got:", want, hint)
		for _, p := range problems {
			t.Errorf("  %s\n    hint: %s", p, p.Hint)
		}
	}
	return a
}

// TestStimuliProblems: every problem of where a benchmark's images are.
func TestStimuliProblems(t *testing.T) {
	for _, c := range []struct{ name, old, new, want, hint string }{
		{"full", "visual_degrees: 4", "presentation: full", "", ""},
		{"presentation", "visual_degrees: 4", "presentation: half", `9: presentation "half" does not exist`, "degrees"},
		{"degrees without degrees", "visual_degrees: 4", "presentation: degrees", "9: presentation in degrees needs visual_degrees", "paper"},
		{"unknown reader", "reader: image-zip", "reader: image-tar", `10: reader "image-tar" does not exist`, "image-list"},
		{"no source", "  source: zip\n", "", "8: the reader image-zip needs source", "sources"},
		{"unknown source", "source: zip", "source: zap", "11: the reader image-zip needs source", ""},
		{"no variable", "reader: image-zip", "reader: mat-images", "8: the reader mat-images needs variable", "array"},
		{"variable", "reader: image-zip", "reader: mat-images\n  variable: images", "", ""},
		{"pattern", "source: zip", "source: zip\n  pattern: '('", "12: pattern does not compile", "regexp"},
		{"pattern without a group", "source: zip", "source: zip\n  pattern: 'a'", "12: pattern has no group", "parentheses"},
		{"list", "reader: image-zip\n  source: zip", "reader: image-list\n  list: stimuli.csv\n  base: https://data.example.org/i/", "", ""},
		{"no list", "reader: image-zip\n  source: zip", "reader: image-list\n  base: https://data.example.org/i/", "8: the reader image-list needs list", "CSV"},
		{"list elsewhere", "reader: image-zip\n  source: zip", "reader: image-list\n  list: ../x.csv\n  base: https://data.example.org/i/", "11: the reader image-list needs list", "CSV"},
		{"list that is not there", "reader: image-zip\n  source: zip", "reader: image-list\n  list: x.csv\n  base: https://data.example.org/i/", "11: benchmarks/Lab2026.IT-rdm/x.csv is not there", "CSV"},
		{"no base", "reader: image-zip\n  source: zip", "reader: image-list\n  list: stimuli.csv", "8: base is no address", "https"},
		{"pixels", "source: zip", "source: zip\n  pixels: \"" + zeros + "\"", "", ""},
		{"pixels cut off", "source: zip", "source: zip\n  pixels: abc", "12: pixels is not 64 hexadecimal digits", "bsgen stimuli"},
		{"base of a file", "reader: image-zip\n  source: zip", "reader: image-list\n  list: stimuli.csv\n  base: https://data.example.org/i", "12: base is no address", "ends in /"},
		{"base on another host", "reader: image-zip\n  source: zip", "reader: image-list\n  list: stimuli.csv\n  base: https://evil.example.com/i/", "12: base is no address", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := withImages()
			files["benchmarks/Lab2026.IT-rdm/stimuli.csv"] = "stimulus,path,sha256,bytes\n"
			openChanged(t, files, benchFile, c.old, c.new, c.want, c.hint)
		})
	}
}

// TestImagesAgree: benchmarks on one stimulus set say the same of its images, or
// leave it to one of them.
func TestImagesAgree(t *testing.T) {
	const two = "benchmarks/Lab2026.IT-two/benchmark.yaml"
	for _, c := range []struct{ name, old, new, want string }{
		{"the same", "primary: true", "primary: true", ""},
		{"one says nothing", "  reader: image-zip\n  source: zip\n", "", ""},
		{"shown in another size", "visual_degrees: 4", "visual_degrees: 8", ""},
		{"another reader", "reader: image-zip", "reader: mat-images\n  variable: x", "10: the images of Lab2026.IT are not those in " + benchFile},
		{"another source", "source: zip", "source: rdms\n  pattern: (x)", "10: the images of Lab2026.IT are not"},
		{"other pixels", "source: zip", "source: zip\n  pixels: \"" + zeros + "\"", "10: the images of Lab2026.IT are not"},
		{"another stimulus set", "source: zip", "source: zip\n  id: Others\n  pixels: \"" + zeros + "\"", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := withImages()
			files["benchmarks/Lab2026.IT-two/README.md"] = "# Two\n"
			files[two] = strings.Replace(files[benchFile], "id: Lab2026.IT-rdm", "id: Lab2026.IT-two", 1)
			openChanged(t, files, two, c.old, c.new, c.want, "")
		})
	}
}

// TestSelections: a benchmark of layers is on no board and gets no results.
func TestSelections(t *testing.T) {
	files := withImages()
	a := openChanged(t, files, benchFile, "board: vision\nparent: IT\n", "selects: IT\n", "", "")
	b, ok := a.Selection("IT")
	if len(a.Benchmarks) != 0 || !ok || b.ID != "Lab2026.IT-rdm" {
		t.Errorf("%d benchmarks, selection %v", len(a.Benchmarks), b)
	}
	if from, ok := a.Images("Lab2026.IT"); !ok || from != b {
		t.Errorf("the images of a selection set: %v", from)
	}
	if _, ok := a.Selection("V4"); ok {
		t.Error("a selection set for V4")
	}
}

// TestReadFile: only files in the benchmark's own folder are read.
func TestReadFile(t *testing.T) {
	files := withImages()
	files["benchmarks/Lab2026.IT-rdm/stimuli.csv"] = "a,b\n"
	files["benchmarks/Lab2026.IT-rdm/deep/x.csv"] = "x\n"
	a, _, err := Open(write(t, files))
	if err != nil {
		t.Fatal(err)
	}
	b := a.Benchmarks[0]
	if data, err := a.ReadFile(b, "stimuli.csv"); err != nil || string(data) != "a,b\n" {
		t.Errorf("%q, %v", data, err)
	}
	for _, name := range []string{"", ".", "..", "../../site.yaml", "/etc/passwd", filepath.Join(a.Root, "site.yaml"), "none.csv", "deep"} {
		if data, err := a.ReadFile(b, name); err == nil {
			t.Errorf("%q is read: %q", name, data)
		}
	}
}

// TestRunDigest: what changes a response changes its digest, and where the bytes
// are does not.
func TestRunDigest(t *testing.T) {
	a, _, err := Open(write(t, withImages()))
	if err != nil {
		t.Fatal(err)
	}
	m, _ := a.Model("exec")
	r := *m.Run
	digest := r.ScoringDigest([]string{"conv4"}, "")
	moved := r
	moved.ONNX.URL = "https://data.example.org/elsewhere"
	if moved.ScoringDigest([]string{"conv4"}, "") != digest {
		t.Error("the address plays a part")
	}
	other := r
	other.ONNX.SHA256 = "1"
	field := r
	field.VisualDegrees = 4
	input := r
	input.Input.Filter = "box"
	for what, got := range map[string]string{
		"network": other.ScoringDigest([]string{"conv4"}, ""), "field of view": field.ScoringDigest([]string{"conv4"}, ""),
		"input": input.ScoringDigest([]string{"conv4"}, ""), "tensor": r.ScoringDigest([]string{"conv5"}, ""), "softmax": r.ScoringDigest([]string{"conv4"}, "done"),
	} {
		if got == digest {
			t.Errorf("the %s plays no part", what)
		}
	}
}
