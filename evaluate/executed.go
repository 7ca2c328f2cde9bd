package evaluate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/dataset/images"
	"github.com/bsgen/bsgen/systemmodel"
	"github.com/bsgen/bsgen/systemmodel/engine"
	"github.com/bsgen/bsgen/systemmodel/onnx"
	"github.com/bsgen/bsgen/systemmodel/pillow"
	"github.com/bsgen/bsgen/systemmodel/preprocess"
	"github.com/bsgen/bsgen/systemmodel/readout"
	"github.com/bsgen/bsgen/systemmodel/zoo"
)

// executionVersion is raised by hand when showing the same stimuli to the same
// model may give other responses.
const executionVersion = "1"

// Execution is how the scorer itself gets a model's response: which tensors stand
// for what the benchmark measures.
type Execution struct {
	Kind      string   // activations or choices
	Tensors   []string // whose units are put side by side; of auto the candidates
	Auto      bool     // one of Tensors is chosen on the selection set of the region
	selection *archive.Benchmark
	shown     string // digest of where the images come from
}

// execution returns how a model that is run responds to the benchmark; nil where it
// can not, because there are no images, or nothing of it stands for what was
// measured.
func (k *keys) execution(r *archive.Run) *Execution {
	if r == nil || k.own.from == nil {
		return nil
	}
	b := k.b
	kinds := metrics[b.Metric.Name].kinds
	x := &Execution{shown: k.own.shown}
	switch {
	case slices.Contains(kinds, "choices"):
		if r.Behavior == nil || len(readout.Known(b.Assembly.Choices)) > 0 {
			return nil
		}
		x.Kind, x.Tensors = "choices", []string{r.Behavior.Tensor}
	case !slices.Contains(kinds, "activations"):
		return nil
	case b.Assembly.Region == "": // what people find alike is compared with what the model decides by
		if r.Behavior == nil {
			return nil
		}
		x.Kind, x.Tensors = "activations", []string{r.Behavior.Tensor}
	default:
		x.Kind, x.Tensors = "activations", r.Regions[b.Assembly.Region]
		if len(x.Tensors) == 0 && r.Commit == "auto" {
			x.Tensors, x.Auto = r.Layers, true
			x.selection, _ = k.d.a.Selection(b.Assembly.Region)
		}
		if len(x.Tensors) == 0 {
			return nil
		}
	}
	return x
}

// submission digests what of the submission the response depends on.
func (x *Execution) submission(r *archive.Run) string {
	softmax := ""
	if x.Kind == "choices" {
		softmax = r.Behavior.Softmax
	}
	return r.ScoringDigest(x.Tensors, softmax)
}

// digest digests what else the response depends on, but for the benchmark's
// scoring fields and data.
func (x *Execution) digest(d *digests, b *archive.Benchmark) string {
	selection := ""
	if x.selection != nil {
		of := d.of(x.selection)
		selection = archive.Digest([]any{of.scoring, of.data, x.selection.Presented(), of.images})
	}
	return archive.Digest([]any{executionVersion, x.Kind, x.Auto, b.Presented(), x.shown, selection})
}

// unknownSize warns where nobody knows how large the subjects saw the images.
const unknownSize = "how large the subjects saw the images is not known: the model sees each fill its field of view"

// shower shows stimuli to the models of one run, each model once to each set.
type shower struct {
	a      *archive.Archive
	lab    *Lab
	wanted map[string][]string // tensors by showing
	mu     sync.Mutex
	chosen map[string]*commitment // by model and selection
}

// newShower finds out what the pairs will ask for, so that a model that is shown
// a set for one of them is read at the tensors of all.
func newShower(a *archive.Archive, lab *Lab, pairs []Pair) *shower {
	s := &shower{a: a, lab: lab, wanted: map[string][]string{}, chosen: map[string]*commitment{}}
	for _, p := range pairs {
		if p.Execution != nil && !p.Execution.Auto {
			key := showing(p.Model, p.Benchmark)
			s.wanted[key] = systemmodel.Union(s.wanted[key], p.Execution.Tensors)
		}
	}
	return s
}

// showing names a stimulus set as a model sees it.
func showing(m *archive.Model, b *archive.Benchmark) string {
	return fmt.Sprintf("%s %s %s %g", m.ID, b.StimulusSet(), b.Presented(), b.Stimuli.VisualDegrees)
}

// shown is what showing the stimuli gave.
type shown struct {
	response assembly.Response
	layers   []archive.Layer
	gap      float64 // of the chosen layer to the median one; where layers were compared
	warnings []string
	runtime  string
}

// respond shows the model the benchmark's stimuli.
func (s *shower) respond(ctx context.Context, p Pair, data assembly.Assembly) (*shown, error) {
	x := p.Execution
	e, cache, err := s.lab.open(ctx)
	if err != nil {
		return nil, &systemmodel.MachineError{Err: err}
	}
	out := &shown{runtime: e.Name() + " " + e.Version()}
	tensors := x.Tensors
	if x.Auto {
		c, err := s.commit(ctx, e, cache, p)
		if err != nil {
			return nil, err
		}
		tensors, out.layers, out.gap = []string{c.best}, c.layers, c.gap
	}
	if p.Benchmark.Presented() == "full" && p.Benchmark.Stimuli.Presentation == "" {
		out.warnings = append(out.warnings, unknownSize)
	}
	acts, err := s.activations(ctx, e, cache, p.Model, p.Benchmark, data.StimulusNames(), tensors)
	if err != nil {
		return nil, err
	}
	if x.Kind == "activations" {
		out.response = acts
		return out, nil
	}
	defer acts.Close()
	out.response, err = choices(acts, data, p.Benchmark.Assembly.Choices, p.Model.Run.Behavior)
	return out, err
}

// activations returns what the tensors held, side by side.
func (s *shower) activations(ctx context.Context, e engine.Engine, cache *systemmodel.Cache, m *archive.Model, b *archive.Benchmark, names, tensors []string) (*assembly.Activations, error) {
	model := s.model(ctx, m)
	stimuli, err := s.stimuli(ctx, b, names)
	if err != nil {
		return nil, err
	}
	s.want(m, b, tensors)
	s.mu.Lock()
	want := s.wanted[showing(m, b)]
	s.mu.Unlock()
	paths, release, err := model.Show(ctx, e, cache, stimuli, want)
	if err != nil && ctx.Err() == nil && len(want) > len(tensors) {
		// What is wrong with a tensor that another benchmark asks for is no reason here.
		want = systemmodel.Union(nil, tensors)
		paths, release, err = model.Show(ctx, e, cache, stimuli, want)
	}
	if err != nil {
		return nil, explainTensor(err)
	}
	defer release()
	var parts []*assembly.Activations
	for _, t := range tensors {
		i, _ := slices.BinarySearch(want, t)
		part, err := dataset.Activations(paths[i], "npy", "", len(names), memoryShare())
		if err != nil { // the engine gives finite numbers, and the file is ours
			for _, p := range parts {
				p.Close()
			}
			return nil, &systemmodel.MachineError{Err: fmt.Errorf("read the activations of %s: %w", t, err)}
		}
		parts = append(parts, part)
	}
	return assembly.Join(parts), nil
}

// explainTensor adds the hint of an error that lies in the model.
func explainTensor(err error) error {
	var byCheck *onnx.Error
	var byEngine *engine.Error
	hint := ""
	if errors.As(err, &byCheck) {
		hint = byCheck.Hint
	} else if errors.As(err, &byEngine) {
		hint = byEngine.Hint
	}
	if hint == "" {
		return err
	}
	return fmt.Errorf("%w\nhint: %s", err, hint)
}

// model returns the system model of a submission, whose file is read when it is needed.
func (s *shower) model(ctx context.Context, m *archive.Model) *systemmodel.Model {
	r := m.Run
	return &systemmodel.Model{
		SHA256:  r.ONNX.SHA256,
		Network: func() ([]byte, error) { return Network(ctx, s.lab.Store, s.a, m) },
		Tensor:  r.Input.Tensor,
		Input: preprocess.Input{
			H: r.Input.Size[0], W: r.Input.Size[1], Filter: pillow.Filter(r.Input.Filter),
			Center: r.Input.Crop == "center", Resize: r.Input.Resize, NHWC: r.Input.Layout == "NHWC",
			Color: preprocess.Color(r.Input.Color), Scale: float64(r.Input.Scale), Mean: r.Input.Mean, Std: r.Input.Std,
		},
		Degrees: r.VisualDegrees,
	}
}

// Network returns the bytes of a model's ONNX file, made by its recipe where it has one.
func Network(ctx context.Context, store *dataset.Store, a *archive.Archive, m *archive.Model) ([]byte, error) {
	n := m.Run.ONNX
	dir := filepath.Join(a.Root, m.Dir)
	if n.MadeBy == nil {
		name, err := store.Path(ctx, n.Source, dir, nil)
		if err != nil {
			return nil, err
		}
		return os.ReadFile(name)
	}
	sources := map[string][]byte{}
	for name, src := range n.MadeBy.Sources {
		var err error
		if sources[name], err = store.Read(ctx, src, dir); err != nil {
			return nil, err
		}
	}
	data, err := zoo.Make(n.MadeBy.Recipe, sources)
	if err != nil {
		return nil, fmt.Errorf("make the network by the recipe %s: %w", n.MadeBy.Recipe, err)
	}
	if got := digest(data); got != n.SHA256 {
		return nil, fmt.Errorf("the recipe %s makes a file with the SHA-256 %s, model.yaml has %s", n.MadeBy.Recipe, got, n.SHA256)
	}
	return data, nil
}

func (s *shower) stimuli(ctx context.Context, b *archive.Benchmark, names []string) (systemmodel.Stimuli, error) {
	from, ok := s.a.Images(b.StimulusSet())
	if !ok {
		return systemmodel.Stimuli{}, &systemmodel.MachineError{Err: fmt.Errorf("no benchmark says where the images of %s are", b.StimulusSet())}
	}
	// What was kept before the pixels were pinned, or by another pin, was not checked by this one.
	out := systemmodel.Stimuli{Names: names, Digest: archive.Digest([]string{imagesDigest(s.a, from), from.Stimuli.Pixels})}
	if b.Presented() == "degrees" {
		out.Degrees = b.Stimuli.VisualDegrees
	}
	out.Images = func() (*images.Set, error) { return Images(ctx, s.lab.Store, s.a, b.StimulusSet()) }
	return out, nil
}

// choices reads a decision for each stimulus out of what the readout tensor held.
func choices(acts *assembly.Activations, data assembly.Assembly, labels []string, r *archive.Readout) (assembly.Response, error) {
	row := make([]float64, acts.Units)
	values := make([]float32, acts.Units)
	out := &assembly.Choices{ByStimulus: map[string]string{}}
	for i, name := range data.StimulusNames() {
		acts.Row(row, i, 0)
		for k, v := range row {
			values[k] = float32(v)
		}
		k, err := readout.Choose(values, r.Softmax == "done", labels)
		if err != nil {
			return nil, fmt.Errorf("read a decision out of %s: %w", r.Tensor, err)
		}
		out.ByStimulus[name] = labels[k]
	}
	return out, nil
}

// fill writes what showing the stimuli brought into the result.
func (s *shown) fill(r *archive.Result, p Pair) {
	if p.Execution == nil {
		return
	}
	r.Engine.Runtime = s.runtime
	r.Tolerance = p.Execution.tolerance()
	r.Layers = s.layers
	if s.layers != nil {
		r.Details.Set("layer_gap_to_median", archive.Number(s.gap))
	}
}

// tolerance is how far a number may lie from the stored one where an engine ran.
// Activations differ by [engine.Tolerance] of their size between processors,
// scores by less; a decision is taken or not, and one in a hundred may tip.
func (x *Execution) tolerance() archive.Number {
	if x.Kind == "choices" {
		return .02
	}
	return archive.Number(cmp.Or(10*engine.Tolerance, 1e-3))
}
