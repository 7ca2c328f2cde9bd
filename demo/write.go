package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"image/png"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/dataset/npy"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/scoring/rdm"
)

// The prose and the YAML of the archive are templates, laid out as they will
// lie in the archive.
//
//go:embed files
var templates embed.FS

// ErrNotEmpty says that the folder to write to holds something.
var ErrNotEmpty = errors.New("the folder is not empty")

// Write writes the archive into a folder, which it makes if there is none. The
// folder must be empty; if it is not, the error is [ErrNotEmpty] and nothing is
// touched.
func Write(dir string) error {
	if entries, err := os.ReadDir(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("write the demo: %w", err)
	} else if len(entries) > 0 {
		return fmt.Errorf("write the demo to %s: %w", dir, ErrNotEmpty)
	}
	files, err := simulate()
	if err != nil {
		return fmt.Errorf("write the demo: %w", err)
	}
	if err := files.render(templates); err != nil {
		return fmt.Errorf("write the demo: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(files.data)) {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return fmt.Errorf("write the demo: %w", err)
		}
		if err := os.WriteFile(full, files.data[name], 0o644); err != nil {
			return fmt.Errorf("write the demo: %w", err)
		}
	}
	return nil
}

// Where the archive keeps its files.
const (
	neuralDir   = "benchmarks/Simulated.V1-rdm"
	behaviorDir = "benchmarks/Simulated.orientation-error_consistency"
)

// files are the files of the archive by path, and the figures that its prose states.
type files struct {
	data    map[string][]byte
	encoder png.Encoder

	Images, Trials                int
	Animals, Neurons, Repetitions int
	Observers                     int
	Degrees                       int
	Subjects                      []string // names of the animals
	ObserverNames                 []string
	StimuliSHA256                 string
	TrueCeiling                   float64
	TruthNeurons                  int
}

// simulate makes every file that holds data.
func simulate() (*files, error) {
	f := &files{
		data:    map[string][]byte{},
		encoder: png.Encoder{BufferPool: &reuse{}},
		Animals: animals, Neurons: neurons, Repetitions: repetitions,
		Observers: observers, Degrees: degrees, TruthNeurons: truthNeurons,
	}
	if err := f.neural(); err != nil {
		return nil, err
	}
	if err := f.behavior(); err != nil {
		return nil, err
	}
	return f, nil
}

// neural makes the images, recordings and activations of the neural benchmark.
func (f *files) neural() error {
	pictures := images()
	f.Images = len(pictures)
	seen := make([][]float64, len(pictures))
	for i, p := range pictures {
		seen[i] = p.contrasts()
		if err := f.picture(neuralDir, fmt.Sprintf("%04d", i+1), p); err != nil {
			return err
		}
	}
	var sources []string
	var data [][]byte
	for _, a := range record(seen) {
		name := a.name + ".npy"
		if err := f.array(neuralDir+"/"+name, []int{neurons, len(pictures), repetitions}, a.counts); err != nil {
			return err
		}
		f.Subjects = append(f.Subjects, a.name)
		sources, data = append(sources, name), append(data, f.data[neuralDir+"/"+name])
	}
	recordings, err := dataset.Recordings(f.Subjects, sources, data, []string{"neuroid", "stimulus", "repetition"})
	if err != nil {
		return err
	}
	f.StimuliSHA256 = evaluate.StimuliDigest(recordings)
	recorded, err := rdm.FromRecordings(context.Background(), recordings)
	if err != nil {
		return err
	}
	if f.TrueCeiling, err = trueCeiling(recorded, seen); err != nil {
		return err
	}
	for _, m := range models {
		units, values := m.activations(seen)
		if err := f.array("submissions/"+m.id+"/V1.npy", []int{len(pictures), units}, values); err != nil {
			return err
		}
	}
	return nil
}

// behavior makes the images, observers' trials and choices of the behavioural
// benchmark.
func (f *files) behavior() error {
	trials := task()
	f.Trials = len(trials)
	seen := make([][]float64, len(trials))
	for i, t := range trials {
		seen[i] = t.image.contrasts()
		if err := f.picture(behaviorDir, t.name, t.image); err != nil {
			return err
		}
	}
	order := random(partOrder)
	for k, choices := range observe(trials, seen) {
		name := fmt.Sprintf("observer-%d", k+1)
		data, err := observerCSV(order, name, trials, choices)
		if err != nil {
			return err
		}
		f.ObserverNames = append(f.ObserverNames, name)
		f.data[behaviorDir+"/"+name+".csv"] = data
	}
	for _, m := range models {
		data, err := choicesCSV(trials, m.choices(seen))
		if err != nil {
			return err
		}
		f.data["submissions/"+m.id+"/orientation.csv"] = data
	}
	return nil
}

func (f *files) picture(dir, name string, p *picture) error {
	data, err := p.encode(&f.encoder)
	f.data[dir+"/stimuli/"+name+".png"] = data
	return err
}

func (f *files) array(name string, shape []int, values []float32) error {
	var buf bytes.Buffer
	err := npy.Write(&buf, shape, values)
	f.data[name] = buf.Bytes()
	return err
}

// render executes the templates, which may ask for the digest of a data file
// beside them.
func (f *files) render(tree fs.FS) error {
	return fs.WalkDir(tree, "files", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		target := strings.TrimPrefix(name, "files/")
		digest := func(file string) (string, error) {
			data, ok := f.data[path.Join(path.Dir(target), file)]
			if !ok {
				return "", fmt.Errorf("there is no data file %s", file)
			}
			sum := sha256.Sum256(data)
			return hex.EncodeToString(sum[:]), nil
		}
		t, err := template.New(target).Funcs(template.FuncMap{"sha256": digest}).Parse(string(text))
		if err != nil {
			return err
		}
		var buf bytes.Buffer
		if err := t.Execute(&buf, f); err != nil {
			return err
		}
		f.data[target] = buf.Bytes()
		return nil
	})
}
