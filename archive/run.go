package archive

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/dataset"
	"go.yaml.in/yaml/v4"
)

// Run says how the scorer itself shows stimuli to the model: the network, what
// it takes in and which of its tensors stand for which part of the brain.
type Run struct {
	ONNX          Network            `yaml:"onnx"`
	Input         Input              `yaml:"input"`
	VisualDegrees float64            `yaml:"visual_degrees"` // width of the model's field of view; 8 where it is not said
	Regions       map[string]Tensors `yaml:"regions"`        // region -> the tensors that stand for it, by name
	Commit        string             `yaml:"commit"`         // "auto": for the regions that Regions does not name the scorer chooses among Layers, on data that it does not score on
	Layers        []string           `yaml:"layers"`         // candidate tensors, in the order in which ties are broken
	Behavior      *Readout           `yaml:"behavior"`       // how the model decides; nil: it does not
}

// Network is an ONNX file, pinned by its digest: a file of the submission, a
// download, or made of pinned sources by a recipe.
type Network struct {
	dataset.Source `yaml:",inline"`
	MadeBy         *Recipe `yaml:"made_by"`
}

// Files lists what the network is read or made from, in a fixed order.
func (n *Network) Files() []dataset.Source {
	if n.MadeBy == nil {
		return []dataset.Source{n.Source}
	}
	var all []dataset.Source
	for _, name := range slices.Sorted(maps.Keys(n.MadeBy.Sources)) {
		all = append(all, n.MadeBy.Sources[name])
	}
	return all
}

// Recipe makes an ONNX file of pinned sources, so that no copy of somebody's
// weights need be kept.
type Recipe struct {
	Recipe  string                    `yaml:"recipe"`
	Sources map[string]dataset.Source `yaml:"sources"`
}

// Recipes are the recipes that package evaluate has, with the names of their sources.
var Recipes = map[string][]string{
	"squeezenet-compressed": {"net", "prototxt"},
}

// Input says how an image becomes the network's input tensor: resized to Size
// by Filter after Crop, its colours put in order, multiplied by Scale, less
// Mean, divided by Std.
type Input struct {
	Tensor string    `yaml:"tensor"` // name of the input
	Size   []int     `yaml:"size"`   // height, width in pixels
	Layout string    `yaml:"layout"` // NCHW (the default), NHWC
	Color  string    `yaml:"color"`  // RGB (the default), BGR, grey
	Filter string    `yaml:"filter"` // box, bilinear, bicubic, lanczos, as Pillow has them; it must be said
	Crop   string    `yaml:"crop"`   // none (the default): the image is squeezed into the size; center: its shorter side is resized, then the centre cut out
	Resize int       `yaml:"resize"` // with crop center: length of the shorter side; the size where it is not said
	Scale  Fraction  `yaml:"scale"`  // 1 (the default) or 1/255
	Mean   []float64 `yaml:"mean"`   // one for each channel, in the order of Color, after Scale; 0 where there is none
	Std    []float64 `yaml:"std"`    // 1 where there is none
}

// Fraction is a number that may be written as a fraction: 1/255.
type Fraction float64

// UnmarshalYAML reads 0.5, 1 or 1/255.
func (f *Fraction) UnmarshalYAML(n *yaml.Node) error {
	above, below, ok := strings.Cut(n.Value, "/")
	a, err := strconv.ParseFloat(strings.TrimSpace(above), 64)
	b := 1.
	if ok && err == nil {
		b, err = strconv.ParseFloat(strings.TrimSpace(below), 64)
	}
	if err != nil {
		return fmt.Errorf("%q is not a number such as 1 or 1/255", n.Value)
	}
	if *f = Fraction(a / b); !(*f > 0) || math.IsInf(float64(*f), 0) {
		return fmt.Errorf("%q is not a number above zero", n.Value)
	}
	return nil
}

// Tensors is one tensor's name or a list of them, whose units are put side by side.
type Tensors []string

// UnmarshalYAML reads a name or a list of names.
func (t *Tensors) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*t = Tensors{n.Value}
		return nil
	}
	var list []string
	if err := n.Decode(&list); err != nil {
		return err
	}
	*t = list
	return nil
}

// Readout says how the network's last numbers become a decision.
type Readout struct {
	Tensor  string `yaml:"tensor"`
	Labels  string `yaml:"labels"`  // imagenet-1k: 1,000 numbers in the order of the ILSVRC 2012 synsets
	Softmax string `yaml:"softmax"` // needed (the default): the tensor holds logits; done: it holds probabilities
}

// DefaultVisualDegrees is Brain-Score's width of a model's field of view.
const DefaultVisualDegrees = 8

// Bounds of what a submission may ask for.
const (
	maxSide   = 2048 // of the input, in pixels
	maxLayers = 64   // candidates for a region
)

func (r *Run) check(doc document, hosts []string, ps *Problems) {
	at := func(path ...any) int { return doc.line(append([]any{"run"}, path...)...) }
	bad := func(line int, hint, format string, args ...any) { ps.Add(doc.file, line, hint, format, args...) }
	r.ONNX.check(doc, hosts, ps)
	r.Input.check(doc, ps)
	switch {
	case r.VisualDegrees == 0:
		r.VisualDegrees = DefaultVisualDegrees
	case !(r.VisualDegrees > 0 && r.VisualDegrees <= 360):
		bad(at("visual_degrees"), "8 is customary", "visual_degrees is not between 0 and 360")
	}
	switch {
	case r.Commit != "" && r.Commit != "auto":
		bad(at("commit"), "commit: auto, or regions", "commit %q does not exist", r.Commit)
	case r.Commit == "auto" && (len(r.Layers) == 0 || len(r.Layers) > maxLayers):
		bad(at("layers"), "layers: [conv1, conv2, ...], names of tensors", "commit: auto chooses among 1 to %d layers, not %d", maxLayers, len(r.Layers))
	case r.Commit == "" && len(r.Layers) > 0:
		bad(at("layers"), "commit: auto chooses among them", "layers without commit: auto")
	case r.Commit == "" && len(r.Regions) == 0 && r.Behavior == nil:
		bad(at(), "regions: {V4: ..., IT: ...}, or behavior: {tensor: ..., labels: imagenet-1k}", "run names no tensor that stands for anything")
	}
	seen := map[string]bool{}
	for i, l := range r.Layers {
		if l == "" || seen[l] {
			bad(at("layers", i), "name each candidate once", "the layer %q is empty or stands twice", l)
		}
		seen[l] = true
	}
	for _, region := range slices.Sorted(maps.Keys(r.Regions)) {
		t := r.Regions[region]
		if len(t) == 0 || len(t) > maxLayers || slices.Contains(t, "") {
			bad(at("regions", region), "name a tensor of the network, or a list of them", "the region %s has no tensor, or too many", region)
		}
	}
	if b := r.Behavior; b != nil {
		if b.Tensor == "" {
			bad(at("behavior"), "name the tensor that holds the logits", "behavior.tensor is missing")
		}
		if b.Labels != "imagenet-1k" {
			bad(at("behavior", "labels"), "labels: imagenet-1k", "labels %q do not exist", b.Labels)
		}
		switch b.Softmax {
		case "":
			b.Softmax = "needed"
		case "needed", "done":
		default:
			bad(at("behavior", "softmax"), "needed for logits, done for probabilities", "softmax %q does not exist", b.Softmax)
		}
	}
}

func (n *Network) check(doc document, hosts []string, ps *Problems) {
	path := []any{"run", "onnx"}
	if n.MadeBy == nil {
		checkSource(doc, n.Source, hosts, ps, path...)
		return
	}
	at := func(p ...any) int { return doc.line(append(append(path, "made_by"), p...)...) }
	if n.URL != "" || n.File != "" {
		ps.Add(doc.file, doc.line(path...), "keep one of them", "made_by and url or file exclude each other")
	}
	pinned := dataset.Source{File: "made.onnx", SHA256: n.SHA256, Bytes: n.Bytes}
	if err := pinned.Check(hosts); err != nil {
		ps.Add(doc.file, doc.line(append(path, "sha256")...), "the digest of the file that the recipe makes", "%v", err)
	}
	want, ok := Recipes[n.MadeBy.Recipe]
	if !ok {
		ps.Add(doc.file, at("recipe"), "known: "+strings.Join(slices.Sorted(maps.Keys(Recipes)), ", "), "recipe %q does not exist", n.MadeBy.Recipe)
		return
	}
	if got := slices.Sorted(maps.Keys(n.MadeBy.Sources)); !slices.Equal(got, want) {
		ps.Add(doc.file, at("sources"), "it takes "+strings.Join(want, ", "), "the recipe %s has other sources: %s", n.MadeBy.Recipe, strings.Join(got, ", "))
	}
	for name, s := range n.MadeBy.Sources {
		checkSource(doc, s, hosts, ps, "run", "onnx", "made_by", "sources", name)
	}
}

// Channels returns how many channels the network takes in.
func (in *Input) Channels() int {
	if in.Color == "grey" {
		return 1
	}
	return 3
}

func (in *Input) check(doc document, ps *Problems) {
	at := func(path ...any) int { return doc.line(append([]any{"run", "input"}, path...)...) }
	choose := func(key string, v *string, fallback string, known ...string) {
		if *v == "" && fallback != "" {
			*v = fallback
			return
		}
		if !slices.Contains(known, *v) {
			what := fmt.Sprintf("%s %q does not exist", key, *v)
			if *v == "" {
				what = key + " is missing"
			}
			ps.Add(doc.file, at(key), "one of "+strings.Join(known, ", "), "%s", what)
		}
	}
	if in.Tensor == "" {
		ps.Add(doc.file, at(), "tensor: the name of the network's input", "input.tensor is missing")
	}
	if len(in.Size) != 2 || slices.Min(append([]int{1}, in.Size...)) < 1 || slices.Max(append([]int{1}, in.Size...)) > maxSide {
		ps.Add(doc.file, at("size"), "size: [224, 224]", "size is not [height, width] of 1 to %d pixels", maxSide)
	}
	choose("layout", &in.Layout, "NCHW", "NCHW", "NHWC")
	choose("color", &in.Color, "RGB", "RGB", "BGR", "grey")
	choose("filter", &in.Filter, "", "box", "bilinear", "bicubic", "lanczos")
	choose("crop", &in.Crop, "none", "none", "center")
	switch {
	case in.Resize != 0 && in.Crop != "center":
		ps.Add(doc.file, at("resize"), "crop: center, or leave it out", "resize is for crop: center")
	case in.Resize < 0 || in.Resize > 2*maxSide:
		ps.Add(doc.file, at("resize"), "256 is customary", "resize is not between 1 and %d pixels", 2*maxSide)
	case in.Resize != 0 && len(in.Size) == 2 && in.Resize < slices.Max(in.Size):
		ps.Add(doc.file, at("resize"), "at least the longer side of size", "resize %d is smaller than what is cut out", in.Resize)
	}
	if in.Scale == 0 {
		in.Scale = 1
	}
	for _, x := range []struct {
		key string
		v   []float64
	}{{"mean", in.Mean}, {"std", in.Std}} {
		if x.v == nil {
			continue
		}
		if len(x.v) != in.Channels() {
			ps.Add(doc.file, at(x.key), "one number for each channel of "+in.Color, "%s has %d numbers for %d channels", x.key, len(x.v), in.Channels())
		}
		for i, v := range x.v {
			if math.IsNaN(v) || math.IsInf(v, 0) || x.key == "std" && !(v > 0) {
				ps.Add(doc.file, at(x.key, i), "", "%s holds %v", x.key, v)
			}
		}
	}
}

// ScoringDigest digests the fields that change what the model responds with
// where the tensors are its answer: not where the bytes are, but the bytes.
// Softmax is that of the readout where the answer is a decision, else empty.
func (r *Run) ScoringDigest(tensors []string, softmax string) string {
	return Digest(struct {
		SHA256        string
		Input         Input
		VisualDegrees float64
		Tensors       []string
		Softmax       string
	}{r.ONNX.SHA256, r.Input, r.VisualDegrees, tensors, softmax})
}
