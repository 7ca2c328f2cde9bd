// Package generated writes an archive of any size, to measure and to test with.
//
// Nothing in it is a measurement, and its title says so: scores are drawn from
// a seed. Its form is that of a real board: models that the scorer runs, a tree
// of twenty groups under three parents, results with 500 replicates and the keys
// that the scorer would give them, so that none is stale; one pair in
// sixteen is not run, one in forty failed. The same options give the same bytes.
package generated

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"text/template"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/scoring/resample"
)

// Options say how large the archive is.
type Options struct {
	Models     int // from 1
	Benchmarks int // from 1; they go to the groups in turn
	Replicates int // of each result; resample.B (500) where 0
}

// Large is the board that the site's speed is measured on: some larger than
// brain-score.org was in 2026.
var Large = Options{Models: 600, Benchmarks: 200}

// ErrNotEmpty says that the folder to write to holds something.
var ErrNotEmpty = errors.New("the folder is not empty")

// group is an inner node of the tree whose children are benchmarks.
type group struct {
	ID, Title, Parent, Region, Metric string
}

// groups are the twenty parents of benchmarks.
var groups = func() []group {
	var out []group
	for _, region := range []string{"V1", "V2", "V4", "IT"} {
		for _, method := range []string{"spikes", "fMRI", "ECoG"} {
			out = append(out, group{region + "-" + method, region + " " + method, "neural", region, "pls"})
		}
	}
	for _, task := range []string{"objects", "distortions", "silhouettes", "textures", "scenes", "faces"} {
		out = append(out, group{"errors-" + task, "Errors, " + task, "behavior", "", "error_consistency"})
	}
	for _, task := range []string{"clean", "distorted"} {
		out = append(out, group{"accuracy-" + task, "Accuracy, " + task, "engineering", "", "accuracy"})
	}
	return out
}()

// Groups returns the ids of the groups, in the order of their columns.
func Groups() []string {
	var out []string
	for _, g := range groups {
		out = append(out, g.ID)
	}
	return out
}

// BenchmarkID returns the id of a benchmark, 0 <= i.
func BenchmarkID(i int) string {
	return fmt.Sprintf("Generated%02d.%s-%s", i/len(groups)+1, groups[i%len(groups)].ID, groups[i%len(groups)].Metric)
}

// ModelID returns the id of a model, 0 <= i.
func ModelID(i int) string { return fmt.Sprintf("%s-%03d", families[i%len(families)].id, i+1) }

var families = []struct{ id, name, architecture string }{
	{"convnet", "ConvNet", "convolutional network"},
	{"resnet", "ResNet", "convolutional network"},
	{"vit", "ViT", "transformer"},
	{"mixer", "Mixer", "multilayer perceptron"},
	{"recurrent", "Recurrent", "recurrent network"},
}

// Write writes the archive into a folder, which it makes if there is none. The
// folder must be empty; if it is not, the error is [ErrNotEmpty].
func Write(dir string, o Options) error {
	if o.Models < 1 || o.Benchmarks < 1 {
		return fmt.Errorf("generate an archive: %d models and %d benchmarks", o.Models, o.Benchmarks)
	}
	if o.Replicates == 0 {
		o.Replicates = resample.B
	}
	if entries, err := os.ReadDir(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("generate an archive: %w", err)
	} else if len(entries) > 0 {
		return fmt.Errorf("generate an archive in %s: %w", dir, ErrNotEmpty)
	}
	if err := writeTexts(dir, o); err != nil {
		return fmt.Errorf("generate an archive: %w", err)
	}
	a, problems, err := archive.Open(dir)
	if err == nil && len(problems) > 0 {
		err = fmt.Errorf("it has problems: %s", problems[0])
	}
	if err != nil {
		return fmt.Errorf("generate an archive: %w", err)
	}
	pairs, err := evaluate.Pairs(a, evaluate.Filter{})
	if err != nil {
		return fmt.Errorf("generate an archive: %w", err)
	}
	if len(pairs) != o.Models*o.Benchmarks {
		return fmt.Errorf("generate an archive: %d pairs, want %d", len(pairs), o.Models*o.Benchmarks)
	}
	if err := writeResults(a, pairs, o); err != nil {
		return fmt.Errorf("generate an archive: %w", err)
	}
	return nil
}

// writeTexts writes what people would: site.yaml, board, benchmarks, models, prose.
func writeTexts(dir string, o Options) error {
	write := func(name string, t *template.Template, data any) error {
		var buf bytes.Buffer
		if err := t.Execute(&buf, data); err != nil {
			return err
		}
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return err
		}
		return os.WriteFile(full, buf.Bytes(), 0o644)
	}
	if err := errors.Join(
		write("site.yaml", siteText, o),
		write("boards/generated.yaml", boardText, groups),
		write("content/methods.md", methodsText, nil),
	); err != nil {
		return err
	}
	for i := range o.Benchmarks {
		g := groups[i%len(groups)]
		id := BenchmarkID(i)
		data := struct {
			Title, Region, Metric      string
			ID, Group, Dataset, Digest string
			N, Degrees                 int
		}{g.Title, g.Region, g.Metric, id, g.ID, strings.TrimSuffix(id, "-"+g.Metric), digest(id), i/len(groups) + 1, 2 + i%7}
		if err := errors.Join(
			write("benchmarks/"+id+"/benchmark.yaml", benchmarkText, data),
			write("benchmarks/"+id+"/README.md", readmeText, data),
		); err != nil {
			return err
		}
	}
	for i := range o.Models {
		f := families[i%len(families)]
		data := struct {
			ID, Name, Family, Architecture, Digest string
			Year, Parameters                       int
		}{ModelID(i), fmt.Sprintf("%s %d", f.name, i+1), f.name, f.architecture, digest(ModelID(i)), 2012 + i%14, (i%97 + 1) * 731_000}
		if err := write("submissions/"+data.ID+"/model.yaml", modelText, data); err != nil {
			return err
		}
	}
	return nil
}

func digest(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// writeResults writes the results of all pairs, models side by side. Files are
// not synced: what is lost is generated again.
func writeResults(a *archive.Archive, pairs []evaluate.Pair, o Options) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	errs := make([]error, workers)
	for w := range workers {
		wg.Go(func() {
			for errs[w] == nil {
				i := int(next.Add(1)) - 1
				if i >= len(pairs) {
					return
				}
				errs[w] = writeResult(a, pairs[i], i/o.Models, i%o.Models, o)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// writeResult draws a result: an ability of the model, the same everywhere, and
// one of its own at the group; replicates with an effect of the units that all
// models share, which is what pairing takes away.
func writeResult(a *archive.Archive, p evaluate.Pair, bench, model int, o Options) error {
	own := rand.New(rand.NewPCG(uint64(bench)+1, uint64(model)+1))
	ability := rand.New(rand.NewPCG(7, uint64(model))).NormFloat64()
	fit := rand.New(rand.NewPCG(uint64(bench%len(groups))+100, uint64(model))).NormFloat64()
	r := &archive.Result{
		Key: p.Key, Model: p.Model.ID, Benchmark: p.Benchmark.ID, Version: p.Benchmark.Version, Status: archive.Scored,
		Provenance: &archive.Provenance{Kind: "computed"},
		Units:      archive.ResultUnits{Kind: "neuroid", N: 120},
		Engine:     &archive.Engine{Name: "bsgen " + p.Benchmark.Metric.Name, Version: "1", Runtime: "onnxruntime 1.30.0"},
		Tolerance:  1e-4,
		Inputs:     archive.Inputs{Submission: digest(p.Model.ID + " run"), Stimuli: digest(p.Benchmark.Dataset), Benchmark: p.Benchmark.ScoringDigest(), Data: p.Benchmark.DataDigests()},
	}
	nan := archive.Number(math.NaN())
	r.Ceiling.Lower, r.Ceiling.Upper, r.Ceiling.Error = nan, nan, nan
	s := scoring.Score{Ceiling: scoring.ConstantCeiling(.5+.4*rand.New(rand.NewPCG(11, uint64(bench))).Float64(), scoring.Scale(p.Benchmark.Ceiling.Scale))}
	s.Raw = s.Ceiling.Value * (.5 + .08*ability + .06*fit + .04*own.NormFloat64())
	switch own.IntN(80) {
	case 0, 1, 2, 3, 4:
		return nil // not run
	case 5, 6:
		r.Status, r.Reason = archive.Failed, "the model gave 3 values that are no numbers"
		s.Raw = math.NaN()
	}
	if err := s.Normalize(p.Benchmark.Normalize); err != nil {
		return err
	}
	r.Raw, r.Rule = archive.Number(s.Raw), p.Benchmark.Normalize
	r.Ceiling.Value, r.Ceiling.Scale = archive.Number(s.Ceiling.Value), p.Benchmark.Ceiling.Scale
	r.Score, r.Unclipped = archive.Number(s.Score), archive.Number(s.Unclipped)
	r.Error, r.Interval = archive.ResultError{Value: nan}, archive.ResultInterval{Level: nan, Low: nan, High: nan}
	sidecar := &archive.Sidecar{}
	if r.Status == archive.Scored {
		shared := rand.New(rand.NewPCG(13, uint64(bench)))
		spread := .01 + .02*own.Float64()
		for range o.Replicates {
			raw := s.Raw + s.Ceiling.Value*(.03*shared.NormFloat64()+spread*own.NormFloat64())
			sidecar.Replicates = append(sidecar.Replicates, float32(s.Replicate(raw, s.Ceiling.Value)))
		}
		for _, x := range sidecar.Replicates {
			s.Replicates = append(s.Replicates, float64(x))
		}
		s.FinishInterval("stimuli x neuroids")
		r.Interval = archive.ResultInterval{Level: archive.Number(s.Interval.Level), Low: archive.Number(s.Interval.Low), High: archive.Number(s.Interval.High), Method: s.Interval.Method, Resampled: s.Interval.Resampled}
		r.Error = archive.ResultError{Value: archive.Number(.01 + .01*own.Float64()), Kind: "standard error over splits (Brain-Score)"}
		for range p.Benchmark.Metric.Splits {
			r.Splits = append(r.Splits, archive.Number(s.Raw+.01*own.NormFloat64()))
		}
		r.Details = archive.Details{{Name: "median", Value: archive.Number(s.Raw)}, {Name: "share_positive", Value: archive.Number(.8 + .2*own.Float64())}}
		if own.IntN(10) == 0 {
			r.Warnings = []string{"4 of 120 neuroids have no ceiling and are left out"}
		}
	}
	data, bin, err := archive.EncodePair(r, sidecar)
	if err != nil {
		return err
	}
	name := filepath.Join(a.Root, archive.ResultPath(r.Model, r.Benchmark, r.Version))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	if bin != nil {
		if err := os.WriteFile(filepath.Join(a.Root, archive.SidecarPath(r.Model, r.Benchmark, r.Version)), bin, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(name, data, 0o644)
}
