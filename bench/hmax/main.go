// Command hmax scores HMAX with several sets of patches, as the submission
// hmax-imprint is scored with those of seed 1, and prints how far the scores
// spread: what of a difference to another model may come from the draw.
//
// Nothing is written to the archive. It needs the public data and ONNX Runtime;
// what the models gave stays in the cache of activations.
package main

import (
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/scoring/stat"
	"github.com/bsgen/bsgen/simdblas"
	"github.com/bsgen/bsgen/systemmodel/engine"
	"github.com/bsgen/bsgen/systemmodel/zoo"
)

const submission = "hmax-imprint"

func main() {
	engine.ServeIfChild()
	simdblas.Use()
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "hmax:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	root := flag.String("C", ".", "root of the archive")
	seeds := flag.Uint64("seeds", 5, "draw patches with the seeds from 1 to this")
	benchmark := flag.String("b", "Cowley2026.V4-pls", "only benchmarks whose id matches the `glob`")
	flag.Parse()
	abs, err := filepath.Abs(*root)
	if err != nil {
		return err
	}
	a, problems, err := archive.Open(abs)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		fmt.Fprintf(os.Stderr, "hmax: %d problems in the archive, the first: %v\n", len(problems), problems[0])
	}
	lab := evaluate.NewLab(dataset.NewStore(a.Site.Hosts), abs)
	scores := map[string][]float64{} // by benchmark
	for seed := range *seeds {
		outcomes, err := score(ctx, a, lab, seed+1, *benchmark)
		if err != nil {
			return fmt.Errorf("seed %d: %w", seed+1, err)
		}
		for _, o := range outcomes {
			if o.Err != nil || o.Result.Status != archive.Scored {
				return fmt.Errorf("seed %d on %s: %v %+v", seed+1, o.Pair.Benchmark.ID, o.Err, o.Result)
			}
			fmt.Printf("seed %d  %-28s raw %.4f  score %.4f\n", seed+1, o.Pair.Benchmark.ID, o.Result.Raw, o.Result.Score)
			scores[o.Pair.Benchmark.ID] = append(scores[o.Pair.Benchmark.ID], float64(o.Result.Score))
		}
	}
	for _, b := range a.Benchmarks {
		if s := scores[b.ID]; len(s) > 1 {
			fmt.Printf("%-36s scores %.4f to %.4f, mean %.4f, standard deviation %.4f\n", b.ID, slices.Min(s), slices.Max(s), stat.Mean(s), stat.SampleStd(s))
		}
	}
	return nil
}

// score scores the submission with the patches of a seed.
func score(ctx context.Context, a *archive.Archive, lab *evaluate.Lab, seed uint64, benchmark string) ([]evaluate.Outcome, error) {
	network, err := zoo.HMAX(seed)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "bench-hmax-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "model.onnx"), network, 0o644); err != nil {
		return nil, err
	}
	pairs, err := evaluate.Pairs(a, evaluate.Filter{Model: submission, Benchmark: benchmark})
	if err != nil {
		return nil, err
	}
	if len(pairs) == 0 {
		return nil, fmt.Errorf("%s has no pair with a benchmark that matches %q", submission, benchmark)
	}
	m, r := *pairs[0].Model, *pairs[0].Model.Run
	if m.Dir, err = filepath.Rel(a.Root, dir); err != nil {
		return nil, err
	}
	r.ONNX.Source = dataset.Source{File: "model.onnx", SHA256: fmt.Sprintf("%x", sha256.Sum256(network)), Bytes: int64(len(network))}
	m.Run = &r
	for i := range pairs {
		pairs[i].Model = &m
	}
	var all []evaluate.Outcome
	evaluate.Run(ctx, a, lab, pairs, func(o evaluate.Outcome) { all = append(all, o) })
	slices.SortFunc(all, func(x, y evaluate.Outcome) int { return strings.Compare(x.Pair.Benchmark.ID, y.Pair.Benchmark.ID) })
	return all, nil
}
