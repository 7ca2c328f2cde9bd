package archive

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/dataset"
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
}

// Open reads the archive in the folder. Problems never hide what is sound: a
// submission, benchmark, board or result with a problem is left out and
// everything else is there. An error means that the folder could not be read.
func Open(root string) (*Archive, Problems, error) {
	a := &Archive{Root: root, Site: DefaultSite, Results: map[string][]Result{}, Content: map[string][]byte{}}
	info, err := os.Stat(root)
	if err != nil || !info.IsDir() {
		return nil, nil, fmt.Errorf("open the archive: %s is not a folder", root)
	}
	var ps Problems
	if !a.exists("submissions") && !a.exists("benchmarks") {
		return nil, nil, fmt.Errorf("open the archive: %s has neither submissions/ nor benchmarks/", root)
	}
	a.loadSite(&ps)
	a.loadBoards(&ps)
	a.loadBenchmarks(&ps)
	a.checkMeans(&ps)
	a.checkColumns(&ps)
	a.checkQuestions(&ps)
	a.loadModels(&ps)
	a.loadResults(&ps)
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
	i, ok := slices.BinarySearchFunc(results, version, func(r Result, version int) int {
		return cmp.Or(strings.Compare(r.Benchmark, benchmark), cmp.Compare(r.Version, version))
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
	case r.side != nil:
		return r.side, nil
	}
	name := SidecarPath(r.Model, r.Benchmark, r.Version)
	data, err := a.read(name, maxSidecar)
	if err != nil {
		return nil, fmt.Errorf("%s %w", name, err)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != r.Sidecar.SHA256 {
		return nil, fmt.Errorf("%s is not the file that the result pins by digest", name)
	}
	return DecodeSidecar(data)
}

func (a *Archive) exists(name string) bool {
	_, err := os.Stat(filepath.Join(a.Root, name))
	return err == nil
}

// read returns a regular file of the archive. Symbolic links are refused: they
// could point anywhere. Its errors go on from the file's name: "is not there".
func (a *Archive) read(name string, limit int64) ([]byte, error) {
	full := a.Root
	for part := range strings.SplitSeq(path.Dir(name), "/") {
		full = filepath.Join(full, part)
		if info, err := os.Lstat(full); err == nil && info.Mode()&fs.ModeSymlink != 0 && part != "." {
			return nil, errors.New("lies behind a symbolic link")
		}
	}
	full = filepath.Join(a.Root, filepath.FromSlash(name))
	info, err := os.Lstat(full)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNotThere
	}
	if err != nil {
		return nil, fmt.Errorf("can not be read: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("is not a regular file")
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("has %d bytes, more than the %d allowed", info.Size(), limit)
	}
	data, err := os.ReadFile(full)
	if err != nil {
		return nil, fmt.Errorf("can not be read: %w", err)
	}
	return data, nil
}

var errNotThere = errors.New("is not there")

// folders lists the entries of a folder of folders, and complains about
// anything else in it but a README.
func (a *Archive) folders(dir, want string, ps *Problems) []string {
	entries, err := os.ReadDir(filepath.Join(a.Root, dir))
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			ps.Add(dir, 0, "", "can not be read: %v", err)
		}
		return nil
	}
	var names []string
	spelled := map[string][]string{} // by lower case
	for _, e := range entries {
		name := e.Name()
		if !e.IsDir() {
			if name != "README.md" && !strings.HasPrefix(name, ".") {
				ps.Add(path.Join(dir, name), 0, "it belongs into a folder of its own: "+dir+"/<id>/"+want, "a file where a folder is expected")
			}
			continue
		}
		names = append(names, name)
		spelled[strings.ToLower(name)] = append(spelled[strings.ToLower(name)], name)
	}
	return slices.DeleteFunc(names, func(name string) bool {
		same := spelled[strings.ToLower(name)]
		keep := same[0]
		if slices.Contains(same, strings.ToLower(name)) {
			keep = strings.ToLower(name)
		}
		if name != keep {
			ps.Add(path.Join(dir, name), 0, "rename one: some file systems ignore case", "differs from %s only in capitals", keep)
		}
		return name != keep
	})
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

func (a *Archive) loadBenchmarks(ps *Problems) {
	type seen struct {
		b    *Benchmark
		file string
	}
	datasets := map[string]seen{}
	type declared struct{ digest, file string }
	imagesOf := map[string]declared{} // by stimulus set
	for _, name := range a.folders("benchmarks", "benchmark.yaml", ps) {
		b := &Benchmark{Dir: "benchmarks/" + name}
		file := b.Dir + "/benchmark.yaml"
		data, err := a.read(file, maxYAML)
		if err != nil {
			ps.Add(file, 0, "every folder under benchmarks holds a benchmark.yaml", "%v", err)
			continue
		}
		b.Readme, _ = a.read(b.Dir+"/README.md", maxYAML)
		b.Samples = a.samples(b, ps)
		before := len(*ps)
		doc, ok := decode(file, data, b, ps)
		if !ok {
			continue
		}
		b.check(doc, a.Site.Hosts, ps)
		placed := b.Selects != "" || a.checkPlace(b, doc, ps)
		for n, src := range b.Sources {
			if src.File != "" && checkFile(src.File) == nil && !a.exists(b.Dir+"/"+src.File) {
				ps.Add(file, doc.line("sources", n, "file"), "put the data file beside benchmark.yaml, or name it by url", "%s is not there", src.File)
			}
		}
		if b.Selects == "" {
			a.named = append(a.named, b)
		}
		shown := a.checkShown(b, doc, ps)
		if first, ok := imagesOf[b.StimulusSet()]; shown != "" && ok && first.digest != shown {
			ps.Add(file, doc.line("stimuli", "reader"), "copy reader and what belongs to it from there, or leave it to that benchmark", "the images of %s are not those in %s", b.StimulusSet(), first.file)
		} else if shown != "" && !ok {
			imagesOf[b.StimulusSet()] = declared{shown, file}
		}
		// Benchmarks that share a data set must read the same measurements.
		if first, ok := datasets[b.Dataset]; !ok {
			if len(*ps) == before && b.Dataset != "" {
				datasets[b.Dataset] = seen{b, file}
			}
		} else if first.b.Assembly.Reader == b.Assembly.Reader && !maps.Equal(first.b.Sources, b.Sources) {
			ps.Add(file, doc.line("sources"), "copy them from there, or name another dataset", "the sources of dataset %s differ from those in %s", b.Dataset, first.file)
		}
		switch {
		case !placed || len(*ps) > before:
		case b.Selects != "":
			a.Selections = append(a.Selections, b)
		default:
			a.Benchmarks = append(a.Benchmarks, b)
		}
	}
	slices.SortFunc(a.Selections, func(x, y *Benchmark) int { return strings.Compare(x.ID, y.ID) })
	slices.SortFunc(a.Benchmarks, func(x, y *Benchmark) int { return strings.Compare(x.ID, y.ID) })
}

// checkShown reports a list of images that can not be read, and returns a digest
// of what the benchmark says of its images; "" where it says nothing.
func (a *Archive) checkShown(b *Benchmark, doc document, ps *Problems) string {
	s := b.Stimuli
	if s.Reader == "" {
		return ""
	}
	list := ""
	if s.Reader == "image-list" && checkFile(s.List) == nil {
		data, err := a.ReadFile(b, s.List)
		if err != nil {
			ps.Add(doc.file, doc.line("stimuli", "list"), "a CSV beside benchmark.yaml with columns stimulus, path, sha256, bytes", "%v", err)
			return ""
		}
		list = string(data)
	}
	return Digest([]string{s.Reader, b.Sources[s.Source].SHA256, s.Pattern, s.Variable, s.Base, s.Pixels, list})
}

// checkPlace reports a benchmark whose board or parent does not exist, and says
// whether it has a place. A board with a problem of its own is that problem
// only, not one for each of its benchmarks.
func (a *Archive) checkPlace(b *Benchmark, doc document, ps *Problems) bool {
	if b.Board == "" || b.Parent == "" {
		return false
	}
	board, ok := a.Board(b.Board)
	if !ok {
		if !a.exists("boards/" + b.Board + ".yaml") {
			ps.Add(doc.file, doc.line("board"), "add boards/"+b.Board+".yaml, or name a board that exists", "board %q does not exist", b.Board)
		}
		return false
	}
	if _, ok := board.Node(b.ID); ok {
		ps.Add(doc.file, doc.line("id"), "rename the node in "+board.File, "the id %q is that of a node of the board %s", b.ID, b.Board)
	}
	if _, ok := board.Node(b.Parent); !ok {
		ps.Add(doc.file, doc.line("parent"), "add it to "+board.File+", or name a node that exists", "the board %s has no node %q", b.Board, b.Parent)
	}
	return true
}

func (a *Archive) loadModels(ps *Problems) {
	sets, regions, datasets := map[string]bool{}, map[string][]string{}, map[string]bool{}
	for _, b := range a.named {
		if b.Published != nil { // nobody can respond to it
			continue
		}
		sets[b.StimulusSet()], datasets[b.Dataset] = true, true
		regions[b.StimulusSet()] = append(regions[b.StimulusSet()], b.Assembly.Region)
	}
	brain := slices.Concat(slices.Collect(maps.Values(regions))...)
	slices.Sort(brain)
	brain = slices.Compact(brain)
	for _, name := range a.folders("submissions", "model.yaml", ps) {
		m := &Model{Dir: "submissions/" + name}
		data, err := a.read(m.File(), maxYAML)
		if err != nil {
			ps.Add(m.File(), 0, "every folder under submissions holds a model.yaml", "%v", err)
			continue
		}
		before := len(*ps)
		doc, ok := decode(m.File(), data, m, ps)
		if !ok {
			continue
		}
		m.check(doc, a.Site.Hosts, ps)
		for i, t := range m.NeuralTraining {
			if near := almost(t.Dataset, datasets); near != "" {
				ps.Add(m.File(), doc.line("neural_training", i, "dataset"), "did you mean "+near+"? data that no benchmark here has may be named too", "the dataset %q is almost one of this archive", t.Dataset)
			}
		}
		for i, r := range m.Responses {
			if r.Stimuli != "" && !sets[r.Stimuli] {
				hint := "`bsgen data list` names the stimulus sets"
				if near := nearest(r.Stimuli, slices.Sorted(maps.Keys(sets))); near != "" {
					hint = "did you mean " + near + "?"
				}
				ps.Add(m.File(), doc.line("responses", i, "stimuli"), hint, "no benchmark has the stimuli %q", r.Stimuli)
			}
			if measured := regions[r.Stimuli]; r.Kind == "activations" && r.Region != "" && len(measured) > 0 && !slices.Contains(measured, r.Region) {
				slices.Sort(measured)
				ps.Add(m.File(), doc.line("responses", i, "region"), "measured there: "+strings.Join(slices.Compact(measured), ", "), "no benchmark on %s measures the region %q", r.Stimuli, r.Region)
			}
			a.checkFiles(m, doc, i, ps)
		}
		if m.Run != nil {
			a.checkFile(m, m.Run.ONNX.Source, doc, []any{"run", "onnx"}, ps)
			for _, region := range slices.Sorted(maps.Keys(m.Run.Regions)) {
				for _, known := range brain {
					if region != known && strings.EqualFold(region, known) {
						ps.Add(m.File(), doc.line("run", "regions", region), "did you mean "+known+"?", "the region %q is almost one of this archive", region)
					}
				}
			}
		}
		if len(*ps) == before {
			a.Models = append(a.Models, m)
		}
	}
	slices.SortFunc(a.Models, func(x, y *Model) int { return strings.Compare(x.ID, y.ID) })
	a.checkRows(ps)
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

// maxSamples bounds samples.png: a page is for reading on a phone too.
const maxSamples = 512 << 10

// samples reads the picture of some stimuli; nil where there is none.
func (a *Archive) samples(b *Benchmark, ps *Problems) []byte {
	file := b.Dir + "/samples.png"
	data, err := a.read(file, maxSamples)
	if errors.Is(err, errNotThere) {
		return nil
	}
	if err == nil {
		var c image.Config
		if c, err = png.DecodeConfig(bytes.NewReader(data)); err == nil && (c.Width > 2000 || c.Height > 2000) {
			err = fmt.Errorf("has %d x %d pixels, more than 2000 a side", c.Width, c.Height)
		}
	}
	if err != nil {
		ps.Add(file, 0, "`bsgen stimuli "+b.Dir[len("benchmarks/"):]+" --samples` makes it again", "%v", err)
		return nil
	}
	return data
}
