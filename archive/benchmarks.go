package archive

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"maps"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/parallel"
)

// loadBenchmarks reads the benchmarks side by side, and then checks them against
// one another.
func (a *Archive) loadBenchmarks(ps *Problems) {
	names := a.folders("benchmarks", "benchmark.yaml", ps)
	benchmarks := make([]*Benchmark, len(names))
	docs := make([]document, len(names))
	problems := make([]Problems, len(names))
	parallel.Each(len(names), parallel.None, func(_ struct{}, i int) { benchmarks[i], docs[i] = a.loadBenchmark(names[i], &problems[i]) })
	datasets := map[string]*Benchmark{}
	type declared struct{ digest, file string }
	imagesOf := map[string]declared{} // by stimulus set
	for i, b := range benchmarks {
		own, doc := problems[i], docs[i]
		if b == nil {
			*ps = append(*ps, own...)
			continue
		}
		b.Samples = a.samples(b, ps) // a benchmark can do without
		placed := b.Selects != "" || a.checkPlace(b, doc, &own)
		if b.Selects == "" {
			a.named = append(a.named, b)
		}
		shown := a.checkShown(b, doc, &own)
		if first, ok := imagesOf[b.StimulusSet()]; shown != "" && ok && first.digest != shown {
			own.Add(doc.file, doc.line("stimuli", "reader"), "copy reader and what belongs to it from there, or leave it to that benchmark", "the images of %s are not those in %s", b.StimulusSet(), first.file)
		} else if shown != "" && !ok {
			imagesOf[b.StimulusSet()] = declared{shown, doc.file}
		}
		// Benchmarks that share a data set must read the same measurements.
		if first, ok := datasets[b.Dataset]; !ok {
			if len(own) == 0 && b.Dataset != "" {
				datasets[b.Dataset] = b
			}
		} else if first.Assembly.Reader == b.Assembly.Reader && !maps.Equal(first.Sources, b.Sources) {
			own.Add(doc.file, doc.line("sources"), "copy them from there, or name another dataset", "the sources of dataset %s differ from those in %s/benchmark.yaml", b.Dataset, first.Dir)
		}
		*ps = append(*ps, own...)
		switch {
		case !placed || len(own) > 0:
		case b.Selects != "":
			a.Selections = append(a.Selections, b)
		default:
			a.Benchmarks = append(a.Benchmarks, b)
		}
	}
	slices.SortFunc(a.Selections, func(x, y *Benchmark) int { return strings.Compare(x.ID, y.ID) })
	slices.SortFunc(a.Benchmarks, func(x, y *Benchmark) int { return strings.Compare(x.ID, y.ID) })
}

// loadBenchmark reads the benchmark in the folder; nil where it is not there or
// no YAML.
func (a *Archive) loadBenchmark(name string, ps *Problems) (*Benchmark, document) {
	b := &Benchmark{Dir: "benchmarks/" + name}
	file := b.Dir + "/benchmark.yaml"
	data, err := a.read(file, maxYAML)
	if err != nil {
		ps.Add(file, 0, "every folder under benchmarks holds a benchmark.yaml", "%v", err)
		return nil, document{}
	}
	b.Readme, _ = a.read(b.Dir+"/README.md", maxYAML)
	doc, ok := decode(file, data, b, ps)
	if !ok {
		return nil, document{}
	}
	b.check(doc, a.Site.Hosts, ps)
	for n, src := range b.Sources {
		if src.File != "" && checkFile(src.File) == nil && !a.exists(b.Dir+"/"+src.File) {
			ps.Add(file, doc.line("sources", n, "file"), "put the data file beside benchmark.yaml, or name it by url", "%s is not there", src.File)
		}
	}
	return b, doc
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
