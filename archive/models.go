package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/parallel"
)

// loadModels reads the submissions that are not known from before, side by side.
func (a *Archive) loadModels(before modelParts, ps *Problems) {
	names := a.folders("submissions", "model.yaml", ps)
	known := a.referable()
	if !reflect.DeepEqual(known, before.checked) {
		before.models = nil // they may have other problems now
	}
	models := make([]modelPart, len(names))
	parallel.Each(len(names), parallel.None, func(_ struct{}, i int) {
		m, ok := before.models[names[i]]
		if !ok {
			m.model = a.loadModel(names[i], known, &m.problems)
		}
		models[i] = m
	})
	a.parts.models = modelParts{known, make(map[string]modelPart, len(names))}
	for i, m := range models {
		a.parts.models.models[names[i]] = m
		*ps = append(*ps, m.problems...)
		if len(m.problems) == 0 {
			a.Models = append(a.Models, m.model)
		}
	}
	slices.SortFunc(a.Models, func(x, y *Model) int { return strings.Compare(x.ID, y.ID) })
	a.checkRows(ps)
}

// referable is what a submission may refer to.
type referable struct {
	sets     map[string]bool     // of stimuli
	regions  map[string][]string // measured on a stimulus set; sorted
	all      []string            // regions; sorted
	datasets map[string]bool
	hosts    []string // of addresses
}

func (a *Archive) referable() referable {
	r := referable{map[string]bool{}, map[string][]string{}, nil, map[string]bool{}, a.Site.Hosts}
	for _, b := range a.named {
		if b.Published != nil { // nobody can respond to it
			continue
		}
		set, region := b.StimulusSet(), b.Assembly.Region
		r.sets[set], r.datasets[b.Dataset] = true, true
		r.regions[set] = append(r.regions[set], region)
		r.all = append(r.all, region)
	}
	for set, regions := range r.regions {
		slices.Sort(regions)
		r.regions[set] = slices.Compact(regions)
	}
	slices.Sort(r.all)
	r.all = slices.Compact(r.all)
	return r
}

// loadModel reads the submission in the folder. It is nil or half of one where
// there are problems.
func (a *Archive) loadModel(name string, known referable, ps *Problems) *Model {
	m := &Model{Dir: "submissions/" + name}
	data, err := a.read(m.File(), maxYAML)
	if err != nil {
		ps.Add(m.File(), 0, "every folder under submissions holds a model.yaml", "%v", err)
		return nil
	}
	doc, ok := decode(m.File(), data, m, ps)
	if !ok {
		return nil
	}
	m.check(doc, known.hosts, ps)
	for i, t := range m.NeuralTraining {
		if near := almost(t.Dataset, known.datasets); near != "" {
			ps.Add(m.File(), doc.line("neural_training", i, "dataset"), "did you mean "+near+"? data that no benchmark here has may be named too", "the dataset %q is almost one of this archive", t.Dataset)
		}
	}
	for i, r := range m.Responses {
		if r.Stimuli != "" && !known.sets[r.Stimuli] {
			hint := "`bsgen data list` names the stimulus sets"
			if near := nearest(r.Stimuli, slices.Sorted(maps.Keys(known.sets))); near != "" {
				hint = "did you mean " + near + "?"
			}
			ps.Add(m.File(), doc.line("responses", i, "stimuli"), hint, "no benchmark has the stimuli %q", r.Stimuli)
		}
		if measured := known.regions[r.Stimuli]; r.Kind == "activations" && r.Region != "" && len(measured) > 0 && !slices.Contains(measured, r.Region) {
			ps.Add(m.File(), doc.line("responses", i, "region"), "measured there: "+strings.Join(measured, ", "), "no benchmark on %s measures the region %q", r.Stimuli, r.Region)
		}
		a.checkFiles(m, doc, i, ps)
	}
	if m.Run != nil {
		a.checkFile(m, m.Run.ONNX.Source, doc, []any{"run", "onnx"}, ps)
		for _, region := range slices.Sorted(maps.Keys(m.Run.Regions)) {
			for _, measured := range known.all {
				if region != measured && strings.EqualFold(region, measured) {
					ps.Add(m.File(), doc.line("run", "regions", region), "did you mean "+measured+"?", "the region %q is almost one of this archive", region)
				}
			}
		}
	}
	return m
}

// almost returns the name that s was probably meant to be, or "" where s is one
// of the names or like none of them.
func almost(s string, names map[string]bool) string {
	if names[s] {
		return ""
	}
	sorted := slices.Sorted(maps.Keys(names))
	for _, n := range sorted {
		if strings.EqualFold(n, s) {
			return n
		}
	}
	return nearest(s, sorted)
}

// checkFiles reports response files that are not there, are no regular files,
// or are not what their digest says.
func (a *Archive) checkFiles(m *Model, doc document, i int, ps *Problems) {
	names, sources := m.Responses[i].Files()
	for k, s := range sources {
		at := []any{"responses", i}
		if names[k] != "" {
			at = append(at, "sources", names[k])
		}
		a.checkFile(m, s, doc, at, ps)
	}
}

// checkFile reports a file of the submission that is not what the source at the
// path in its YAML says.
func (a *Archive) checkFile(m *Model, s dataset.Source, doc document, at []any, ps *Problems) {
	if s.File == "" || checkFile(s.File) != nil {
		return
	}
	data, err := a.read(m.Dir+"/"+s.File, maxResponseFile)
	if err != nil {
		ps.Add(m.File(), doc.line(append(at, "file")...), "commit the file beside model.yaml; larger than 20 MB: host it and name it by url", "%s %v", s.File, err)
		return
	}
	sum := sha256.Sum256(data)
	if hex.EncodeToString(sum[:]) != s.SHA256 {
		ps.Add(m.File(), doc.line(append(at, "sha256")...), "the file changed, or the digest is another file's: `sha256sum "+s.File+"`", "%s has the digest %s", s.File, hex.EncodeToString(sum[:]))
	}
}

// maxResponseFile bounds a response that is committed to git (20 MB).
const maxResponseFile = 20 << 20
