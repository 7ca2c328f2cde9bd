package evaluate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/dataset"
)

// readerVersion is raised by hand when a reader may give other arrays for the
// same bytes.
var readerVersion = map[string]string{
	"trials": "1", "mat-rdms": "1", "reading-times": "1", "npy": "1", // assemblies
	"csv": "1", "mat": "1", "safetensors": "1", "token-logprobs": "1", "ngram-counts": "1", "word-length": "1", // responses
}

// Assembly reads what a benchmark measured.
func Assembly(ctx context.Context, store *dataset.Store, root string, b *archive.Benchmark) (assembly.Assembly, error) {
	names := b.SourceNames()
	data := make([][]byte, len(names))
	files := make([]string, len(names))
	dir := filepath.Join(root, b.Dir)
	for i, n := range names {
		src := b.Sources[n]
		files[i] = sourceFile(src)
		var err error
		if data[i], err = store.Read(ctx, src, dir); err != nil {
			return nil, fmt.Errorf("source %s of %s: %w", n, b.ID, err)
		}
	}
	a, err := readAssembly(b, names, files, data)
	if err != nil {
		return nil, fmt.Errorf("read the data of %s: %w", b.ID, err)
	}
	if got := StimuliDigest(a); b.Stimuli.SHA256 != "" && b.Stimuli.SHA256 != got {
		return nil, fmt.Errorf("the stimuli of %s have the digest %s, its benchmark.yaml says %s", b.ID, got, b.Stimuli.SHA256)
	}
	return a, nil
}

func sourceFile(s dataset.Source) string {
	if s.File != "" {
		return s.File
	}
	return path.Base(s.URL)
}

func readAssembly(b *archive.Benchmark, names, files []string, data [][]byte) (assembly.Assembly, error) {
	spec := b.Assembly
	switch spec.Reader {
	case "trials":
		format := dataset.TrialFormat{
			Columns: spec.Columns, Labels: spec.Choices, NoAnswer: spec.NoAnswer,
			Aliases: spec.Conditions.Aliases, Exclude: spec.Conditions.Exclude,
		}
		var err error
		if format.Stimulus, err = stimulusPattern(b); err != nil {
			return nil, err
		}
		return dataset.Trials(format, files, data)
	case "mat-rdms":
		re, err := regexp.Compile(spec.NamePattern)
		if err != nil {
			return nil, fmt.Errorf("name_pattern: %w", err)
		}
		return dataset.RDMs(files[0], data[0], spec.Variable, re)
	case "reading-times":
		if len(data) != 2 {
			return nil, fmt.Errorf("the reader reading-times takes two sources, the reading times and the unigram counts; there are %d", len(data))
		}
		unigrams, err := dataset.ReadNGrams(files[1], data[1])
		if err != nil {
			return nil, err
		}
		return dataset.ReadingTimes(files[0], data[0], spec.Columns, unigrams)
	case "npy":
		return dataset.Recordings(names, files, data, spec.Dims)
	}
	return nil, fmt.Errorf("there is no reader %q", spec.Reader)
}

func stimulusPattern(b *archive.Benchmark) (*regexp.Regexp, error) {
	if b.Assembly.StimulusPattern == "" {
		return nil, nil
	}
	re, err := regexp.Compile(b.Assembly.StimulusPattern)
	if err != nil {
		return nil, fmt.Errorf("stimulus_pattern: %w", err)
	}
	return re, nil
}

// respond reads what a model gave. Its errors are the submission's, except a
// [*dataset.NotFoundError].
func respond(ctx context.Context, store *dataset.Store, root string, b *archive.Benchmark, a assembly.Assembly, m *archive.Model, r *archive.Response) (assembly.Response, error) {
	if want := StimuliDigest(a); r.StimuliSHA256 != "" && r.StimuliSHA256 != want {
		return nil, fmt.Errorf("the response was recorded for other stimuli: stimuli_sha256 is %s, those of %s have %s", r.StimuliSHA256, b.StimulusSet(), want)
	}
	names, sources := r.Files()
	if r.Kind == "activations" { // may be large: read by rows, not as a whole
		if len(sources) != 1 {
			return nil, fmt.Errorf("the response names %d files; activations are one array", len(sources))
		}
		name, err := store.Path(ctx, sources[0], filepath.Join(root, m.Dir), nil)
		if err != nil {
			return nil, err
		}
		return dataset.Activations(name, r.Format, r.Variable, len(a.StimulusNames()), memoryShare())
	}
	data := make([][]byte, len(sources))
	for i, src := range sources {
		var err error
		if data[i], err = store.Read(ctx, src, filepath.Join(root, m.Dir)); err != nil {
			return nil, err
		}
	}
	file := ""
	if len(sources) > 0 {
		file = sourceFile(sources[0])
	} else if r.Format != "word-length" {
		return nil, fmt.Errorf("the response names no file")
	}
	switch r.Format {
	case "csv":
		if r.Kind == "surprisal" {
			return dataset.Surprisal(file, data[0], r.Columns)
		}
		re, err := stimulusPattern(b)
		if err != nil {
			return nil, err
		}
		return dataset.Choices(file, data[0], r.Columns, re)
	case "mat":
		return dataset.RDM(file, data[0], r.Variable, r.Entry)
	case "npy":
		return readRDM(file, data[0], len(a.StimulusNames()))
	case "token-logprobs":
		text, err := textOf(a)
		if err != nil {
			return nil, err
		}
		return dataset.TokenSurprisal(file, data[0], r.Columns, r.Offset, text)
	case "word-length":
		text, err := textOf(a)
		if err != nil {
			return nil, err
		}
		return dataset.WordLength(text), nil
	case "ngram-counts":
		return ngramSurprisal(r, names, sources, data)
	}
	return nil, fmt.Errorf("there is no response format %q", r.Format)
}

func textOf(a assembly.Assembly) (*assembly.ReadingTimes, error) {
	t, ok := a.(*assembly.ReadingTimes)
	if !ok {
		return nil, fmt.Errorf("the benchmark has no text")
	}
	return t, nil
}

// ngramSurprisal puts the count files into the order of their n.
func ngramSurprisal(r *archive.Response, names []string, sources []dataset.Source, data [][]byte) (assembly.Response, error) {
	if r.Order < 1 || r.Order != len(sources) || !(r.Total > 0) {
		return nil, fmt.Errorf("order %d with %d files and a total of %g: give one file of counts for each order from 1, and the corpus's number of tokens", r.Order, len(sources), r.Total)
	}
	grams := make([]*dataset.NGrams, r.Order)
	for i, d := range data {
		g, err := dataset.ReadNGrams(sourceFile(sources[i]), d)
		if err != nil {
			return nil, err
		}
		if g.Order < 1 || g.Order > r.Order || grams[g.Order-1] != nil {
			return nil, fmt.Errorf("the source %s holds counts of order %d, which are not needed or given twice", names[i], g.Order)
		}
		grams[g.Order-1] = g
	}
	return dataset.NGramSurprisal(grams, r.Total), nil
}

// readRDM reads a full dissimilarity matrix.
func readRDM(file string, data []byte, stimuli int) (assembly.Response, error) {
	values, shape, err := dataset.Matrix(file, data)
	if err != nil {
		return nil, err
	}
	if shape[0] != stimuli {
		return nil, fmt.Errorf("%s has %d rows, the stimulus set has %d stimuli: one row each, in the order of the list", file, shape[0], stimuli)
	}
	upper, err := assembly.Upper(shape[0], values)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &assembly.RDM{N: shape[0], Upper: upper}, nil
}

// StimuliDigest returns the SHA-256 of the ordered list of stimuli, one name a
// line, which responses whose rows have no names refer to.
func StimuliDigest(a assembly.Assembly) string {
	sum := sha256.Sum256([]byte(strings.Join(a.StimulusNames(), "\n") + "\n"))
	return hex.EncodeToString(sum[:])
}
