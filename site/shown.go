package site

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/scoring/stat"
)

// ModelRun is how the scorer shows a model the stimuli.
type ModelRun struct {
	Entries []Entry
	Files   []Source // what the network is read or made from
	Parts   []ModelPart
	Layers  *LayerMap // nil where no layers were compared
	Method  string    // address of the section of the methods
}

// ModelPart says which tensors stand for a region or decide.
type ModelPart struct {
	Region  string
	Tensors []string
	Note    string
}

// LayerMap is how well each candidate layer does on the selection sets of regions.
type LayerMap struct {
	Regions []string
	Rows    []LayerRow
	Gaps    []string // of the chosen layer to the median one, by region
}

// LayerRow is a layer's scores in the order of the regions.
type LayerRow struct {
	Tensor string
	Cells  []Cell
}

// classChosen marks the cell of the layer that stands for the region.
const classChosen = "chosen"

// modelRun returns nil for a model that the scorer does not run.
func (s *site) modelRun(m *archive.Model, at string) *ModelRun {
	r := m.Run
	if r == nil {
		return nil
	}
	out := &ModelRun{Method: s.anchor(at, "methods", "shown"), Layers: layerMap(s.current(m))}
	add := func(term, text, note string) {
		out.Entries = append(out.Entries, Entry{term, []Link{{Text: text, Note: note}}})
	}
	var engines []string
	for _, res := range s.Results[m.ID] {
		if e := res.Engine.Runtime; e != "" && !slices.Contains(engines, e) {
			engines = append(engines, e)
		}
	}
	slices.Sort(engines)
	if len(engines) == 0 {
		engines = []string{"not run yet"}
	}
	add("Engine", strings.Join(engines, ", "), "")
	in := r.Input
	size := ""
	if len(in.Size) == 2 {
		size = fmt.Sprintf("%d × %d pixels", in.Size[1], in.Size[0])
	}
	add("Input", joined(", ", in.Tensor, size, in.Color, in.Layout), "")
	fit := "the whole image is resized to that"
	if in.Crop == "center" {
		side := in.Resize
		if side == 0 && len(in.Size) == 2 {
			side = max(in.Size[0], in.Size[1])
		}
		fit = fmt.Sprintf("the shorter side is resized to %d, the centre cut out", side)
	}
	add("Resampling", in.Filter, fit)
	add("Numbers", values(in), "")
	add("Field of view", strconv.FormatFloat(r.VisualDegrees, 'g', -1, 64)+"°", "")
	if r.ONNX.MadeBy != nil {
		add("Network", "made by the recipe "+r.ONNX.MadeBy.Recipe, "sha256 "+r.ONNX.SHA256)
		names := sortedKeys(r.ONNX.MadeBy.Sources)
		out.Files = sources(names, r.ONNX.MadeBy.Sources)
	} else {
		out.Files = sources([]string{"network"}, map[string]dataset.Source{"network": r.ONNX.Source})
	}
	for _, region := range regions(r.Regions) {
		out.Parts = append(out.Parts, ModelPart{region, r.Regions[region], "named by the submission"})
	}
	if out.Layers != nil {
		for _, region := range out.Layers.Regions {
			if _, ok := r.Regions[region]; !ok {
				out.Parts = append(out.Parts, ModelPart{region, []string{out.Layers.chosen(region)}, "the best layer on the selection set"})
			}
		}
	} else if r.Commit == "auto" {
		out.Parts = append(out.Parts, ModelPart{"other regions", r.Layers, "candidates: the best on a selection set is taken"})
	}
	if b := r.Behavior; b != nil {
		note := "logits"
		if b.Softmax == "done" {
			note = "probabilities"
		}
		out.Parts = append(out.Parts, ModelPart{"decisions", []string{b.Tensor}, note + " of " + b.Labels})
	}
	return out
}

// stream is the order of the regions along the ventral stream.
var stream = []string{"V1", "V2", "V4", "IT"}

// regions returns the keys in the order of the ventral stream, others sorted
// behind them.
func regions[V any](m map[string]V) []string {
	keys := sortedKeys(m)
	place := func(region string) int {
		if i := slices.Index(stream, region); i >= 0 {
			return i
		}
		return len(stream)
	}
	slices.SortStableFunc(keys, func(a, b string) int { return place(a) - place(b) })
	return keys
}

// values says what becomes of 8-bit values.
func values(in archive.Input) string {
	list := func(v []float64) string {
		var s []string
		for _, x := range v {
			s = append(s, strconv.FormatFloat(x, 'g', -1, 64))
		}
		return strings.Join(s, ", ")
	}
	out := "0 to 255"
	switch {
	case in.Scale == archive.Fraction(1/255.):
		out = "value / 255"
	case in.Scale != 1 && in.Scale != 0:
		out = "value × " + strconv.FormatFloat(float64(in.Scale), 'g', -1, 64)
	}
	if in.Mean != nil {
		out += ", less " + list(in.Mean)
	}
	if in.Std != nil {
		out += ", divided by " + list(in.Std)
	}
	return out
}

// current returns the model's results on the versions of benchmarks that count.
func (s *site) current(m *archive.Model) []archive.Result {
	return slices.DeleteFunc(slices.Clone(s.Results[m.ID]), func(r archive.Result) bool {
		b, ok := s.Benchmark(r.Benchmark)
		return !ok || b.Version != r.Version
	})
}

// layerMap gathers the layers that results hold, each region's from the first
// result that has them: a region has one selection set. Nil where there are none.
func layerMap(results []archive.Result) *LayerMap {
	scores := map[string]map[string]float64{} // region, tensor
	best := map[string]archive.Layer{}
	out := &LayerMap{}
	var tensors []string
	for i := range results {
		r := &results[i]
		chosen, ok := r.Chosen()
		if !ok || scores[chosen.Region] != nil {
			continue
		}
		region := chosen.Region
		best[region], scores[region] = chosen, map[string]float64{}
		for _, l := range r.Layers {
			scores[region][l.Tensor] = float64(l.Score)
			if !slices.Contains(tensors, l.Tensor) {
				tensors = append(tensors, l.Tensor)
			}
		}
	}
	if len(best) == 0 {
		return nil
	}
	out.Regions = regions(best)
	for _, t := range tensors {
		row := LayerRow{Tensor: t}
		for _, region := range out.Regions {
			x, ok := scores[region][t]
			row.Cells = append(row.Cells, layerCell(x, ok, best[region], t))
		}
		out.Rows = append(out.Rows, row)
	}
	for _, region := range out.Regions {
		var all []float64
		for _, x := range scores[region] {
			if x == x {
				all = append(all, x)
			}
		}
		slices.Sort(all)
		out.Gaps = append(out.Gaps, decimal(float64(best[region].Score)-stat.Quantile(all, .5), scorePlaces))
	}
	return out
}

// layerCell is shaded by the share of the region's best score.
func layerCell(x float64, ok bool, best archive.Layer, tensor string) Cell {
	switch {
	case !ok:
		return Cell{Class: "na", Text: signNotRun, Spoken: "not a candidate", Title: "not a candidate"}
	case x != x:
		return Cell{Class: "na", Text: signUndefined, Spoken: "undefined", Title: "the score is undefined"}
	}
	c := Cell{Class: "layer", Text: decimal(x, scorePlaces)}
	if top := float64(best.Score); top > 0 {
		c.Class += fmt.Sprintf(" v%d", percent(x/top))
	}
	if tensor == best.Tensor {
		c.Class += " " + classChosen
		c.Sub = "chosen"
	}
	return c
}

// chosen returns the layer that stands for the region.
func (l *LayerMap) chosen(region string) string {
	k := slices.Index(l.Regions, region)
	for _, row := range l.Rows {
		if strings.HasSuffix(row.Cells[k].Class, " "+classChosen) {
			return row.Tensor
		}
	}
	return ""
}
