package site

import (
	"fmt"
	"maps"
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

// LayerMap is how well each candidate layer does on the selection sets of regions,
// and which layers the submission names for regions that have none.
type LayerMap struct {
	Regions []string // in the order of the ventral stream
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
	out := &ModelRun{Method: s.anchor(at, "methods", "shown"), Layers: layerMap(r, s.current(m))}
	add := func(term, text, note string) {
		out.Entries = append(out.Entries, Entry{term, []Link{{Text: text, Note: note}}})
	}
	var engines []string
	results := s.Results[m.ID]
	for i := range results {
		if e := results[i].Engine.Runtime; e != "" && !slices.Contains(engines, e) {
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
func (s *site) current(m *archive.Model) []*archive.Result {
	var out []*archive.Result
	results := s.Results[m.ID]
	for i := range results {
		if b, ok := s.Benchmark(results[i].Benchmark); ok && b.Version == results[i].Version {
			out = append(out, &results[i])
		}
	}
	return out
}

// layerMap gathers the layers that results hold, each region's from the first
// result that has them: a region has one selection set. The layers that the
// submission names for other regions stand between them. Nil where nothing was compared.
func layerMap(run *archive.Run, results []*archive.Result) *LayerMap {
	compared := map[string]candidates{} // by region
	var candidateOrder []string
	for i := range results {
		chosen, ok := results[i].Chosen()
		if _, seen := compared[chosen.Region]; !ok || seen {
			continue
		}
		c := candidates{scores: map[string]float64{}, best: chosen.Tensor}
		for _, l := range results[i].Layers {
			c.scores[l.Tensor] = float64(l.Score)
			candidateOrder = append(candidateOrder, l.Tensor)
			if x := float64(l.Score); x == x {
				c.sorted = append(c.sorted, x)
			}
		}
		slices.Sort(c.sorted)
		compared[chosen.Region] = c
	}
	if len(compared) == 0 {
		return nil
	}
	all := map[string]archive.Tensors{}
	maps.Copy(all, run.Regions)
	for region := range compared {
		all[region] = candidateOrder
	}
	out := &LayerMap{Regions: regions(all)}
	seen := map[string]bool{}
	for _, region := range out.Regions {
		for _, t := range all[region] {
			if seen[t] {
				continue
			}
			seen[t] = true
			row := LayerRow{Tensor: t}
			for _, region := range out.Regions {
				if c, ok := compared[region]; ok {
					row.Cells = append(row.Cells, c.cell(t))
				} else {
					row.Cells = append(row.Cells, namedCell(slices.Contains(run.Regions[region], t)))
				}
			}
			out.Rows = append(out.Rows, row)
		}
		gap := signNotRun
		if c, ok := compared[region]; ok {
			gap = decimal(c.scores[c.best]-stat.Quantile(c.sorted, .5), scorePlaces)
		}
		out.Gaps = append(out.Gaps, gap)
	}
	return out
}

// candidates are the layers that were compared for a region.
type candidates struct {
	scores map[string]float64
	sorted []float64 // without those that are undefined
	best   string
}

// cell is shaded by where the score lies between the lowest candidate and the best:
// the candidates of a region are often near one another.
func (c candidates) cell(tensor string) Cell {
	x, ok := c.scores[tensor]
	switch {
	case !ok:
		return Cell{Class: "na", Text: signNotRun, Spoken: "not a candidate", Title: "not a candidate"}
	case x != x:
		return Cell{Class: "na", Text: signUndefined, Spoken: "undefined", Title: "the score is undefined"}
	}
	low, top, share := c.sorted[0], c.sorted[len(c.sorted)-1], 1.
	if low < top {
		share = (x - low) / (top - low)
	}
	out := Cell{Class: fmt.Sprintf("layer v%d", percent(share)), Text: decimal(x, scorePlaces)}
	if tensor == c.best {
		out.Class += " " + classChosen
		out.Sub = "chosen"
	}
	return out
}

// namedCell is of a region whose layer the submission names.
func namedCell(named bool) Cell {
	if named {
		return Cell{Class: "named", Text: "named", Title: "named by the submission, not compared with others"}
	}
	return Cell{Class: "na", Text: signNotRun, Spoken: "not compared", Title: "not compared: the submission names the layer of this region"}
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
