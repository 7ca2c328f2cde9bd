package archive

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// Archive is a repository's content, as far as it is sound.
type Archive struct {
	Root       string // folder
	Site       Site
	Boards     []*Board            // in the order of site.yaml, the others by id
	Benchmarks []*Benchmark        // sorted by id
	Selections []*Benchmark        // what layers are chosen by, on no board; sorted by id
	Models     []*Model            // sorted by id
	Results    map[string][]Result // by model id; each sorted by benchmark, then version
	Content    map[string][]byte   // content/<name>.md by name

	named []*Benchmark // those that parse, whether sound or not: what a submission may refer to
	parts parts        // what was read, for [Archive.Renew]
}

// Open reads the archive in the folder. Problems never hide what is sound: a
// submission, benchmark, board or result with a problem is left out and
// everything else is there. An error means that the folder could not be read.
func Open(root string) (*Archive, Problems, error) { return open(root, parts{}) }

// open reads the archive, but for the parts that are known.
func open(root string, known parts) (*Archive, Problems, error) {
	a := &Archive{Root: root, Site: DefaultSite, Results: map[string][]Result{}, Content: map[string][]byte{}}
	info, err := os.Stat(root)
	if err != nil || !info.IsDir() {
		return nil, nil, fmt.Errorf("open the archive: %s is not a folder", root)
	}
	var ps Problems
	if !a.exists("submissions") && !a.exists("benchmarks") {
		return nil, nil, fmt.Errorf("open the archive: %s has neither submissions/ nor benchmarks/", root)
	}
	if s := known.settings; s != nil {
		a.Site, a.Boards, a.Benchmarks, a.Selections, a.named = s.Site, s.Boards, s.Benchmarks, s.Selections, s.named
		a.parts.settings, ps = s, slices.Clone(s.problems)
	} else {
		a.loadSite(&ps)
		a.loadBoards(&ps)
		a.loadBenchmarks(&ps)
		a.checkMeans(&ps)
		a.checkColumns(&ps)
		a.checkQuestions(&ps)
		a.parts.settings = &settings{a.Site, a.Boards, a.Benchmarks, a.Selections, a.named, slices.Clone(ps)}
	}
	a.loadModels(known.models, &ps)
	a.loadResults(known.results, &ps)
	a.loadContent(&ps)
	return a, ps.Sort(), nil
}

// Board returns the board with the id.
func (a *Archive) Board(id string) (*Board, bool) {
	i := slices.IndexFunc(a.Boards, func(b *Board) bool { return b.ID == id })
	if i < 0 {
		return nil, false
	}
	return a.Boards[i], true
}

// Benchmark returns the benchmark with the id.
func (a *Archive) Benchmark(id string) (*Benchmark, bool) {
	i, ok := slices.BinarySearchFunc(a.Benchmarks, id, func(b *Benchmark, id string) int { return strings.Compare(b.ID, id) })
	if !ok {
		return nil, false
	}
	return a.Benchmarks[i], true
}

// Images returns the benchmark that says where the images of a stimulus set
// are: the first by id that does.
func (a *Archive) Images(stimulusSet string) (*Benchmark, bool) {
	for _, list := range [][]*Benchmark{a.Benchmarks, a.Selections} {
		i := slices.IndexFunc(list, func(b *Benchmark) bool { return b.Stimuli.Reader != "" && b.StimulusSet() == stimulusSet })
		if i >= 0 {
			return list[i], true
		}
	}
	return nil, false
}

// Selection returns what layers for the region are chosen by: the first by id.
func (a *Archive) Selection(region string) (*Benchmark, bool) {
	i := slices.IndexFunc(a.Selections, func(b *Benchmark) bool { return b.Selects == region })
	if i < 0 {
		return nil, false
	}
	return a.Selections[i], true
}

// ReadFile returns a file of a benchmark's folder, such as the list of its images.
func (a *Archive) ReadFile(b *Benchmark, name string) ([]byte, error) {
	if err := checkFile(name); err != nil {
		return nil, err
	}
	data, err := a.read(b.Dir+"/"+name, maxResponseFile)
	if err != nil {
		return nil, fmt.Errorf("%s/%s %w", b.Dir, name, err)
	}
	return data, nil
}

// Model returns the model with the id.
func (a *Archive) Model(id string) (*Model, bool) {
	i, ok := slices.BinarySearchFunc(a.Models, id, func(m *Model, id string) int { return strings.Compare(m.ID, id) })
	if !ok {
		return nil, false
	}
	return a.Models[i], true
}

// Result returns the result of a model on a benchmark's version.
func (a *Archive) Result(model, benchmark string, version int) (*Result, bool) {
	results := a.Results[model]
	if len(results) < 16 { // a few are compared as they are
		for i := range results {
			if r := &results[i]; r.Benchmark == benchmark && r.Version == version {
				return r, true
			}
		}
		return nil, false
	}
	i, ok := sort.Find(len(results), func(i int) int { // a result is too large to be passed around
		r := &results[i]
		return cmp.Or(strings.Compare(benchmark, r.Benchmark), cmp.Compare(version, r.Version))
	})
	if !ok {
		return nil, false
	}
	return &results[i], true
}

// Sidecar returns the sidecar of a result: what [Open] read, or read now and
// checked against its digest. A result without one gives an empty sidecar. The
// caller must not change it.
func (a *Archive) Sidecar(r *Result) (*Sidecar, error) {
	switch {
	case r.Sidecar == nil:
		return &Sidecar{}, nil
	case !r.Sidecar.read.empty():
		return &r.Sidecar.read, nil
	}
	name := SidecarPath(r.Model, r.Benchmark, r.Version)
	data, err := a.read(name, maxSidecar)
	if err != nil {
		return nil, fmt.Errorf("%s %w", name, err)
	}
	if r.Sidecar.SHA256 != sha256.Sum256(data) {
		return nil, fmt.Errorf("%s is not the file that the result pins by digest", name)
	}
	return DecodeSidecar(data)
}

func (a *Archive) loadSite(ps *Problems) {
	data, err := a.read("site.yaml", maxYAML)
	if err == errNotThere {
		return
	}
	if err != nil {
		ps.Add("site.yaml", 0, "", "%v", err)
		return
	}
	a.Site.Visibility = "private" // until it is known to be wanted otherwise
	site := DefaultSite
	doc, ok := decode("site.yaml", data, &site, ps)
	if !ok {
		return
	}
	before := len(*ps)
	site.check(doc, ps)
	if len(*ps) == before {
		a.Site = site
	}
}

func (a *Archive) loadBoards(ps *Problems) {
	names, _ := filepath.Glob(filepath.Join(a.Root, "boards", "*.yaml"))
	slices.Sort(names)
	for _, full := range names {
		b := &Board{File: "boards/" + filepath.Base(full)}
		data, err := a.read(b.File, maxYAML)
		if err != nil {
			ps.Add(b.File, 0, "", "%v", err)
			continue
		}
		before := len(*ps)
		if doc, ok := decode(b.File, data, b, ps); ok {
			b.check(doc, ps)
		}
		if len(*ps) == before {
			a.Boards = append(a.Boards, b)
		}
	}
	place := func(b *Board) int {
		if i := slices.Index(a.Site.Boards, b.ID); i >= 0 {
			return i
		}
		return len(a.Site.Boards)
	}
	slices.SortFunc(a.Boards, func(x, y *Board) int {
		return cmp.Or(cmp.Compare(place(x), place(y)), strings.Compare(x.ID, y.ID))
	})
	for i, id := range a.Site.Boards {
		if !a.exists("boards/" + id + ".yaml") {
			ps.Add("site.yaml", a.Site.line("boards", i), "add boards/"+id+".yaml, or remove it from the list", "there is no board %q", id)
		}
	}
}

func (a *Archive) loadContent(ps *Problems) {
	names, _ := filepath.Glob(filepath.Join(a.Root, "content", "*.md"))
	for _, full := range names {
		name := "content/" + filepath.Base(full)
		data, err := a.read(name, maxYAML)
		if err != nil {
			ps.Add(name, 0, "", "%v", err)
			continue
		}
		a.Content[strings.TrimSuffix(filepath.Base(full), ".md")] = data
	}
}
