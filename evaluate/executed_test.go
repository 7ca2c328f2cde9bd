package evaluate_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"image"
	"image/png"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/dataset/npy"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/systemmodel"
	"github.com/bsgen/bsgen/systemmodel/engine"
	"github.com/bsgen/bsgen/systemmodel/onnx"
)

// arithmetic is an engine whose tensors are arithmetic on an image's 16 pixels.
// Its networks are text: what Open says of them.
type arithmetic struct {
	mu    sync.Mutex
	opens map[string]int // by network
}

func (e *arithmetic) engine(context.Context) (engine.Engine, error) { return e, nil }
func (e *arithmetic) Name() string                                  { return "arithmetic" }
func (e *arithmetic) Version() string                               { return "2.1" }

var tensors = map[string]func(row []float32) []float32{
	"pixels": slices.Clone[[]float32],
	"double": func(row []float32) []float32 { // the same RDM to the last bit
		out := slices.Clone(row)
		for i := range out {
			out[i] *= 2
		}
		return out
	},
	"edges": func(row []float32) []float32 {
		out := make([]float32, len(row)-1)
		for i := range out {
			out[i] = row[i+1] - row[i]
		}
		return out
	},
	"squares": func(row []float32) []float32 {
		out := slices.Clone(row)
		for i := range out {
			out[i] *= out[i] * out[i]
		}
		return out
	},
	"flat": func(row []float32) []float32 { return make([]float32, len(row)) }, // has no RDM
	"logits": func(row []float32) []float32 {
		out := make([]float32, 1000)
		out[281] = 128    // a cat
		out[294] = row[0] // a bear, if the first pixel is bright
		return out
	},
}

func (e *arithmetic) Open(_ context.Context, network []byte, _ string, outputs []string, _ engine.Limits) (engine.Session, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.opens[string(network)]++
	if string(network) == "broken" {
		return nil, &onnx.Error{What: "the file is cut off", Hint: "export it again"}
	}
	for _, o := range outputs {
		if tensors[o] == nil {
			return nil, &onnx.Error{What: "there is no tensor " + o}
		}
	}
	return calculation(outputs), nil
}

type calculation []string

func (c calculation) Close() error { return nil }
func (c calculation) Run(_ context.Context, batch []float32, shape []int64) ([]engine.Tensor, error) {
	n, size := int(shape[0]), len(batch)/int(shape[0])
	var out []engine.Tensor
	for _, name := range c {
		t := engine.Tensor{Name: name}
		for i := range n {
			t.Data = append(t.Data, tensors[name](batch[i*size:(i+1)*size])...)
		}
		t.Shape = []int64{shape[0], int64(len(t.Data) / n)}
		out = append(out, t)
	}
	return out, nil
}

// small is an archive with six images, a region V4 with a selection set, a region
// IT without, a choice between two animals, and models that are run.
type small struct {
	files map[string]string
	e     *arithmetic
	cache *systemmodel.Cache
}

const images = 6

// pixel is pixel k of image i.
func pixel(i, k int) uint8 {
	x := uint32(16*i+k+1) * 2654435761
	return uint8((x ^ x>>15) * 2246822519 >> 24)
}

func newSmall(t *testing.T) *small {
	t.Helper()
	var z bytes.Buffer
	w := zip.NewWriter(&z)
	counts := make([]float64, 16*images)
	trials := "subject,condition,truth,choice,stimulus\n"
	for i := range images {
		m := image.NewGray(image.Rect(0, 0, 4, 4))
		for k := range m.Pix {
			m.Pix[k] = pixel(i, k)
			counts[k*images+i] = float64(pixel(i, k))
		}
		name := fmt.Sprintf("%04d", i+1)
		f, err := w.Create("set/" + name + ".png")
		if err == nil {
			err = png.Encode(f, m)
		}
		if err != nil {
			t.Fatal(err)
		}
		truth := []string{"bear", "cat", "cat"}[i%3]
		for _, subject := range []string{"one", "two"} {
			trials += fmt.Sprintf("%s,plain,%s,%s,%s\n", subject, truth, truth, name)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var neurons bytes.Buffer
	if err := npy.Write(&neurons, []int{16, images}, counts); err != nil {
		t.Fatal(err)
	}
	s := &small{e: &arithmetic{opens: map[string]int{}}, cache: &systemmodel.Cache{Dir: t.TempDir()}}
	s.files = map[string]string{
		"site.yaml":          "title: Small\nhosts: [data.example.org]\n",
		"boards/vision.yaml": "id: vision\ntitle: Vision\nnodes: [{id: average, title: Average}]\nviews: [{id: all, title: All, node: average}]\n",
	}
	benchmark := func(id, extra, data, file string) {
		dir := "benchmarks/" + id + "/"
		s.files[dir+"README.md"] = "# " + id + "\n"
		s.files[dir+"images.zip"], s.files[dir+file] = z.String(), data
		s.files[dir+"benchmark.yaml"] = fmt.Sprintf(`id: %s
version: 1
title: Small
license: CC0
normalize: none
ceiling: {name: none}
stimuli: {reader: image-zip, source: images, presentation: full}
sources:
  images: {file: images.zip, sha256: "%x", bytes: %d}
  data: {file: %s, sha256: "%x", bytes: %d}
`, id, sha256.Sum256(z.Bytes()), z.Len(), file, sha256.Sum256([]byte(data)), len(data)) + extra
	}
	neural := func(region string) string {
		return "dataset: Data." + region + "\nmetric: {name: rdm}\nassembly: {reader: npy, sources: [data], dims: [neuroid, stimulus], region: " + region + "}\n"
	}
	benchmark("Small.V4", neural("V4")+"board: vision\nparent: average\n", neurons.String(), "neurons.npy")
	benchmark("Small.IT", neural("IT")+"board: vision\nparent: average\n", neurons.String(), "neurons.npy")
	benchmark("Small.selection", strings.Replace(neural("V4"), "Data.V4", "Data.selection", 1)+"selects: V4\n", neurons.String(), "neurons.npy")
	benchmark("Small.choice", `dataset: Data.choice
board: vision
parent: average
metric: {name: accuracy}
assembly:
  reader: trials
  sources: [data]
  columns: {subject: subject, condition: condition, truth: truth, choice: choice, stimulus: stimulus}
  choices: [bear, cat]
`, trials, "trials.csv")
	return s
}

// model adds a model that is run; run goes on where onnx and input end.
func (s *small) model(id, network, run string) {
	dir := "submissions/" + id + "/"
	s.files[dir+"model.onnx"] = network
	s.files[dir+"model.yaml"] = fmt.Sprintf(`id: %s
name: Model
submitter: {name: A lab}
run:
  onnx: {file: model.onnx, sha256: "%x", bytes: %d}
  input: {tensor: image, size: [4, 4], color: grey, filter: box}
`, id, sha256.Sum256([]byte(network)), len(network)) + run
}

func (s *small) open(t *testing.T) *archive.Archive {
	t.Helper()
	root := t.TempDir()
	for name, text := range s.files {
		if err := archive.WriteFile(filepath.Join(root, name), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	a, problems, err := archive.Open(root)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	return a
}

// run scores everything; outcomes are named by model and benchmark.
func (s *small) run(t *testing.T) map[string]evaluate.Outcome {
	t.Helper()
	return runAll(t, s.open(t), &evaluate.Lab{Store: &dataset.Store{Offline: true}, Engine: s.e.engine, Activations: s.cache})
}

func runAll(t *testing.T, a *archive.Archive, lab *evaluate.Lab) map[string]evaluate.Outcome {
	t.Helper()
	pairs, err := evaluate.Pairs(a, evaluate.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]evaluate.Outcome{}
	evaluate.Run(t.Context(), a, lab, pairs, func(o evaluate.Outcome) { out[o.Pair.Model.ID+" "+o.Pair.Benchmark.ID] = o })
	return out
}

// recorded returns the result of an outcome that must have one.
func recorded(t *testing.T, all map[string]evaluate.Outcome, name string, status archive.Status) *archive.Result {
	t.Helper()
	o, ok := all[name]
	switch {
	case !ok:
		t.Fatalf("%s was not scored; there are %v", name, slices.Sorted(maps.Keys(all)))
	case o.Err != nil:
		t.Fatalf("%s: %v", name, o.Err)
	case o.Result.Status != status:
		t.Fatalf("%s: %s %s, want %s", name, o.Result.Status, o.Result.Reason, status)
	}
	return o.Result
}

// TestExecuted: a model that is run is compared with neurons and with choices.
func TestExecuted(t *testing.T) {
	s := newSmall(t)
	s.model("net", "network", "  regions: {V4: pixels, IT: [edges, squares]}\n  behavior: {tensor: logits, labels: imagenet-1k}\n")
	all := s.run(t)
	if len(all) != 3 {
		t.Errorf("%d outcomes: %v", len(all), slices.Sorted(maps.Keys(all)))
	}
	v4 := recorded(t, all, "net Small.V4", archive.Scored)
	if math.Abs(float64(v4.Raw)-1) > 1e-9 { // the neurons fire as the pixels are bright
		t.Errorf("V4: %v, want 1", v4.Raw)
	}
	if it := recorded(t, all, "net Small.IT", archive.Scored); !(it.Raw < .999) {
		t.Errorf("IT: %v", it.Raw)
	}
	if v4.Engine.Runtime != "arithmetic 2.1" || v4.Tolerance != 1e-3 || len(v4.Layers) != 0 || v4.Inputs.Data["images shown"] == "" {
		t.Errorf("%+v, tolerance %v, layers %v, data %v", v4.Engine, v4.Tolerance, v4.Layers, v4.Inputs.Data)
	}
	right := 0
	for i := range images {
		if (pixel(i, 0) > 128) == (i%3 == 0) {
			right++
		}
	}
	choice := recorded(t, all, "net Small.choice", archive.Scored)
	if want := float64(right) / images; math.Abs(float64(choice.Raw)-want) > 1e-12 || right == 0 || right == images {
		t.Errorf("accuracy %v, want %v", choice.Raw, want)
	}
	if choice.Tolerance != .02 {
		t.Errorf("tolerance of a decision %v", choice.Tolerance)
	}
	s.e.opens = map[string]int{}
	again := s.run(t)
	if len(s.e.opens) != 0 {
		t.Errorf("the second time the cache should have it: %v", s.e.opens)
	}
	for name, o := range all {
		one, err := o.Result.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if two, err := recorded(t, again, name, archive.Scored).Encode(); err != nil || !bytes.Equal(one, two) {
			t.Errorf("%s: another result the second time (%v)", name, err)
		}
	}
}

// TestUnknownSize: where nobody knows how large the images were, the result says so.
func TestUnknownSize(t *testing.T) {
	s := newSmall(t)
	s.model("net", "network", "  regions: {V4: pixels, IT: pixels}\n")
	edit := "benchmarks/Small.IT/benchmark.yaml"
	s.files[edit] = strings.Replace(s.files[edit], ", presentation: full", "", 1)
	all := s.run(t)
	if w := recorded(t, all, "net Small.IT", archive.Scored).Warnings; !slices.ContainsFunc(w, func(w string) bool { return strings.Contains(w, "how large the subjects saw") }) {
		t.Errorf("warnings %q", w)
	}
	if w := recorded(t, all, "net Small.V4", archive.Scored).Warnings; slices.ContainsFunc(w, func(w string) bool { return strings.Contains(w, "how large") }) {
		t.Errorf("warnings %q where the presentation is stated", w)
	}
}

// TestRecordedFirst: where a model brings a response of its own, it is not run.
func TestRecordedFirst(t *testing.T) {
	s := newSmall(t)
	s.model("net", "network", "  regions: {V4: pixels, IT: pixels}\n")
	csv := "stimulus,choice\n"
	for i := range images {
		csv += fmt.Sprintf("%04d,cat\n", i+1)
	}
	s.files["submissions/net/choices.csv"] = csv
	s.files["submissions/net/model.yaml"] += fmt.Sprintf("  behavior: {tensor: logits, labels: imagenet-1k}\nresponses:\n  - {stimuli: Data.choice, kind: choices, format: csv, columns: {stimulus: stimulus, choice: choice}, file: choices.csv, sha256: \"%x\"}\n", sha256.Sum256([]byte(csv)))
	all := s.run(t)
	r := recorded(t, all, "net Small.choice", archive.Scored)
	if math.Abs(float64(r.Raw)-4./6) > 1e-12 || r.Engine.Runtime != "" || r.Tolerance != 0 {
		t.Errorf("raw %v by %q, tolerance %v: want the recorded response's", r.Raw, r.Engine.Runtime, r.Tolerance)
	}
	if r := recorded(t, all, "net Small.V4", archive.Scored); r.Engine.Runtime == "" {
		t.Error("V4 has no recorded response and was not run")
	}
}

// TestCommit: the layer that scores best on the selection set stands for the
// region, of equal ones the first, and the result holds them all.
func TestCommit(t *testing.T) {
	s := newSmall(t)
	s.model("net", "network", "  commit: auto\n  layers: [edges, double, pixels, flat, squares]\n")
	all := s.run(t)
	r := recorded(t, all, "net Small.V4", archive.Scored)
	var names []string
	var scores []float64
	for _, l := range r.Layers {
		names, scores = append(names, l.Tensor), append(scores, float64(l.Score))
		if l.Region != "V4" {
			t.Errorf("%+v is of no region V4", l)
		}
	}
	if !slices.Equal(names, []string{"edges", "double", "pixels", "flat", "squares"}) {
		t.Fatalf("layers %v", names)
	}
	if scores[1] != scores[2] || !(scores[1] > scores[0]) || !(scores[1] > scores[4]) || !math.IsNaN(scores[3]) {
		t.Fatalf("scores %v: the fixture wants double and pixels to tie for the best, and flat to have none", scores)
	}
	want := scores[1] - (scores[1]+max(scores[0], scores[4]))/2 // a layer without a score plays no part
	if got := float64(r.Details.Get("layer_gap_to_median")); math.Abs(got-want) > 1e-12 {
		t.Errorf("gap %v, want %v", got, want)
	}
	if l, ok := r.Chosen(); !ok || l.Tensor != "double" {
		t.Errorf("%+v was chosen, want the first of the best", l)
	}
	it := recorded(t, all, "net Small.IT", archive.Failed)
	if !strings.Contains(it.Reason, "commit: auto can not choose a layer for IT: there is no selection set") || len(it.Layers) != 0 {
		t.Errorf("IT: %s, layers %v", it.Reason, it.Layers)
	}
}

// TestOtherPixels: images that decode to other pixels than are pinned are shown to
// no model, and nothing is recorded.
func TestOtherPixels(t *testing.T) {
	s := newSmall(t)
	s.model("net", "network", "  regions: {V4: pixels, IT: pixels}\n")
	const file = "benchmarks/Small.IT/benchmark.yaml"
	s.files[file] = strings.Replace(s.files[file], "presentation: full", "presentation: full, pixels: "+strings.Repeat("0", 64), 1)
	all := s.run(t)
	o := all["net Small.IT"]
	if o.Result != nil || o.Err == nil || !strings.Contains(o.Err.Error(), "they decode to the pixels ") || !strings.Contains(o.Err.Error(), "\nhint: build bsgen with the Go version") {
		t.Errorf("%+v, %v", o.Result, o.Err)
	}
	recorded(t, all, "net Small.V4", archive.Scored)
}

// TestNoEngine: without an engine nothing is recorded, and the error says what to do.
func TestNoEngine(t *testing.T) {
	s := newSmall(t)
	s.model("net", "network", "  regions: {V4: pixels}\n")
	a := s.open(t)
	for name, find := range map[string]func(context.Context) (engine.Engine, error){
		"none": nil,
		"not found": func(context.Context) (engine.Engine, error) {
			return nil, &engine.Unavailable{Why: "no library", Hint: "install it"}
		},
	} {
		o := runAll(t, a, &evaluate.Lab{Store: &dataset.Store{Offline: true}, Engine: find, Activations: s.cache})["net Small.V4"]
		if o.Result != nil || o.Err == nil || !strings.Contains(o.Err.Error(), "no engine to run models with") {
			t.Errorf("%s: %+v, %v", name, o.Result, o.Err)
		}
	}
}

// TestRejected: a model that can not be run is a failed result with its reason;
// other models, and its own other regions, go on.
func TestRejected(t *testing.T) {
	s := newSmall(t)
	s.model("broken", "broken", "  regions: {V4: pixels}\n")
	s.model("half", "half", "  regions: {V4: pixels}\n  behavior: {tensor: nowhere, labels: imagenet-1k}\n")
	s.model("same", "same", "  regions: {V4: pixels}\n  behavior: {tensor: nowhere, labels: imagenet-1k}\n")
	s.files["benchmarks/Small.choice/benchmark.yaml"] = strings.Replace(s.files["benchmarks/Small.choice/benchmark.yaml"], "presentation: full", "id: Data.V4, presentation: full", 1)
	s.model("net", "network", "  regions: {V4: pixels}\n")
	all := s.run(t)
	if r := recorded(t, all, "broken Small.V4", archive.Failed); r.Reason != "the file is cut off; export it again" {
		t.Errorf("reason %q", r.Reason)
	}
	recorded(t, all, "net Small.V4", archive.Scored)
	for _, id := range []string{"half", "same"} {
		recorded(t, all, id+" Small.V4", archive.Scored)
		if r := recorded(t, all, id+" Small.choice", archive.Failed); r.Reason != "there is no tensor nowhere" {
			t.Errorf("reason %q", r.Reason)
		}
	}
}

// TestExecutedKeys: what changes a number changes the key, and titles do not.
func TestExecutedKeys(t *testing.T) {
	key := func(change func(s *small)) string {
		t.Helper()
		s := newSmall(t)
		s.model("net", "network", "  regions: {V4: pixels}\n")
		change(s)
		pairs, err := evaluate.Pairs(s.open(t), evaluate.Filter{Benchmark: "Small.V4"})
		if err != nil || len(pairs) != 1 {
			t.Fatal(err, pairs)
		}
		return pairs[0].Key
	}
	replace := func(file, old, new string) func(*small) {
		return func(s *small) {
			if !strings.Contains(s.files[file], old) {
				t.Fatalf("%q is not in %s", old, file)
			}
			s.files[file] = strings.Replace(s.files[file], old, new, 1)
		}
	}
	const model, bench = "submissions/net/model.yaml", "benchmarks/Small.V4/benchmark.yaml"
	plain := key(func(*small) {})
	for name, c := range map[string]struct {
		change func(*small)
		same   bool
	}{
		"network":      {func(s *small) { s.model("net", "other", "  regions: {V4: pixels}\n") }, false},
		"tensor":       {replace(model, "V4: pixels", "V4: edges"), false},
		"another's":    {replace(model, "V4: pixels", "V4: pixels, IT: edges"), true},
		"filter":       {replace(model, "filter: box", "filter: bilinear"), false},
		"default":      {replace(model, "filter: box", "filter: box, layout: NCHW"), true},
		"field":        {replace(model, "  regions", "  visual_degrees: 4\n  regions"), false},
		"presentation": {replace(bench, "presentation: full", "presentation: degrees, visual_degrees: 8"), false},
		"pin":          {replace(bench, "presentation: full", "presentation: full, pixels: "+strings.Repeat("0", 64)), true},
		"title":        {replace(bench, "title: Small", "title: Large"), true},
		"name":         {replace(model, "name: Model", "name: Network"), true},
	} {
		if got := key(c.change); (got == plain) != c.same {
			t.Errorf("%s: the key stays %t, want %t", name, got == plain, c.same)
		}
	}
	auto := key(func(s *small) { s.model("net", "network", "  commit: auto\n  layers: [pixels]\n") })
	other := key(func(s *small) {
		s.model("net", "network", "  commit: auto\n  layers: [pixels]\n")
		replace("benchmarks/Small.selection/benchmark.yaml", "metric: {name: rdm}", "metric: {name: cka}")(s)
	})
	if auto == plain || auto == other {
		t.Error("how the layer is chosen plays no part in the key")
	}
}

// TestCompareTolerance: a result of an engine may differ by its tolerance.
func TestCompareTolerance(t *testing.T) {
	s := newSmall(t)
	s.model("net", "network", "  regions: {V4: squares}\n")
	o := s.run(t)["net Small.V4"]
	r := recorded(t, map[string]evaluate.Outcome{"": o}, "", archive.Scored)
	for by, want := range map[float64]int{0: 0, 5e-4: 0, 2e-3: 1} {
		stored := *r
		stored.Raw += archive.Number(by)
		diffs, err := evaluate.Compare(&stored, o)
		if err != nil {
			t.Fatal(err)
		}
		diffs = slices.DeleteFunc(diffs, func(d evaluate.Difference) bool { return d.Field == "sidecar" && by == 0 })
		if len(diffs) != want || want == 1 && diffs[0].Field != "raw" {
			t.Errorf("%v off: %v", by, diffs)
		}
	}
}
