package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/dataset/images"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/spf13/cobra"
)

func stimuliCommand(g *globals) *cobra.Command {
	var out string
	var force, samples bool
	c := &cobra.Command{
		Use:   "stimuli BENCHMARK",
		Short: "write the images that a benchmark shows, for whoever records responses",
		Long: `stimuli writes the images of a benchmark, each file as it was published, and

  stimuli.csv     stimulus, file, width, height, sha256 of the file and pixels, a
                  line for each image in the order that the rows of recorded
                  responses follow; pixels is the SHA-256 of what the scorer
                  decodes: red, green and blue, 8 bits each, row by row
  stimuli.txt     the names alone: its SHA-256 is the stimuli_sha256 of model.yaml
  stimuli.sha256  the digests of all files: sha256sum -c stimuli.sha256

A run that broke off is gone on with. A folder that holds anything else is
refused without --force, and nothing is ever removed from it.

With --samples it writes benchmarks/BENCHMARK/samples.png instead: ten of the
images on one sheet, which the benchmark's page then shows. Commit it only where
the licence allows to publish them.

Images are neither placed in a model's field of view nor resized: see
content/participate.md for the lines of PyTorch that make a submission of them.`,
		Example: "  bsgen stimuli Cowley2026.V4-pls --out V4-images\n  bsgen stimuli Geirhos2021.edge-error_consistency --out edge",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return withHint(errors.New("no benchmark to write the images of"), "`bsgen stimuli BENCHMARK --out DIR`; `bsgen show` lists the benchmarks")
			}
			return noArgs(c, args[1:])
		},
		ValidArgsFunction: g.complete(benchmarkIDs),
		RunE: func(c *cobra.Command, args []string) error {
			if samples {
				if out != "" {
					return withHint(errors.New("--samples and --out do not go together"), "--samples writes one file, into the benchmark's folder")
				}
				return writeSamples(c.Context(), g, args[0])
			}
			if out == "" {
				return withHint(errors.New("--out is missing"), "name the folder to write to: `bsgen stimuli %s --out DIR`", args[0])
			}
			return writeStimuli(c.Context(), g, args[0], out, force)
		},
	}
	c.Flags().StringVar(&out, "out", "", "`folder` to write to; it need not exist")
	c.Flags().BoolVar(&force, "force", false, "write to a folder that holds other files, over those of the same name")
	c.Flags().BoolVar(&samples, "samples", false, "write ten images on one sheet for the benchmark's page")
	return c
}

// writeStimuli writes the images of a benchmark and prints what a response to
// them says in model.yaml.
func writeStimuli(ctx context.Context, g *globals, id, out string, force bool) error {
	a, b, measured, set, err := stimuli(ctx, g, id)
	if err != nil {
		return err
	}
	f, err := newStimulusFolder(out, set, measured.StimulusNames())
	if err != nil {
		return fmt.Errorf("the images of %s: %w", b.StimulusSet(), err)
	}
	if err := f.write(ctx, g.ui, force); err != nil {
		return err
	}
	pixels, err := set.Digest()
	if err != nil {
		return err
	}
	g.ui.Printf("stimuli: %s\nstimuli_sha256: %s\n", b.StimulusSet(), evaluate.StimuliDigest(measured))
	g.ui.Notef("%s, %s, in %s; %d were there", count(len(f.names), "image"), size(f.bytes), out, f.there)
	g.ui.Notef("the %s of the set decode to the pixels %s", count(len(set.Names()), "image"), pixels)
	if from, _ := a.Images(b.StimulusSet()); from.Stimuli.Pixels == "" {
		g.ui.Notef("hint: `pixels: %s` under stimuli in %s/benchmark.yaml pins them", pixels, from.Dir)
	}
	g.ui.Notef("hint: the rows of recorded responses follow %s", filepath.Join(out, "stimuli.csv"))
	return nil
}

// stimuli finds a benchmark with its images and what was measured with them.
func stimuli(ctx context.Context, g *globals, id string) (*archive.Archive, *archive.Benchmark, assembly.Assembly, *images.Set, error) {
	a, _, err := g.open()
	if err != nil {
		return nil, nil, nil, nil, err
	}
	b, ok := a.Benchmark(id)
	if i := slices.IndexFunc(a.Selections, func(s *archive.Benchmark) bool { return s.ID == id }); i >= 0 { // by whose images layers are chosen
		b, ok = a.Selections[i], true
	}
	if !ok {
		return nil, nil, nil, nil, withHint(fmt.Errorf("there is no benchmark %s", id), "%s`bsgen show` lists the benchmarks", meant(closest(id, benchmarkIDs(a))))
	}
	if _, ok := a.Images(b.StimulusSet()); !ok {
		return nil, nil, nil, nil, withHint(fmt.Errorf("no benchmark says where the images of %s are", b.StimulusSet()), "%s may say where the stimuli can be had", b.Dir+"/README.md")
	}
	store := dataset.NewStore(a.Site.Hosts)
	if err := store.CheckMirror(); err != nil {
		return nil, nil, nil, nil, err
	}
	measured, err := evaluate.Assembly(ctx, store, a.Root, b)
	if err != nil {
		return nil, nil, nil, nil, err
	}
	set, err := evaluate.Images(ctx, store, a, b.StimulusSet())
	return a, b, measured, set, err
}

// writeSamples writes the sheet that the benchmark's page shows.
func writeSamples(ctx context.Context, g *globals, id string) error {
	a, b, measured, set, err := stimuli(ctx, g, id)
	if err != nil {
		return err
	}
	sheet, err := images.DefaultSheet.Draw(set, measured.StimulusNames())
	if err != nil {
		return fmt.Errorf("the images of %s: %w", b.StimulusSet(), err)
	}
	file := b.Dir + "/samples.png"
	if err := archive.WriteFile(filepath.Join(a.Root, filepath.FromSlash(file)), sheet); err != nil {
		return err
	}
	g.ui.Notef("%s, %s; the licence of the benchmark: %s", file, size(int64(len(sheet))), b.License)
	g.ui.Notef("hint: commit it only where the licence allows to publish the images")
	return nil
}

// stimulusFolder is a folder of images for somebody who records responses to
// them with a program of their own.
type stimulusFolder struct {
	dir   string
	set   *images.Set
	names []string // of the stimuli, in the order that responses follow
	plain bool     // the names will do for files

	bytes int64 // of the images
	there int   // images that an earlier run had written
}

func newStimulusFolder(dir string, set *images.Set, names []string) (*stimulusFolder, error) {
	if missing := set.Missing(names); len(missing) > 0 {
		return nil, fmt.Errorf("%d of %d stimuli have no image, the first is %s", len(missing), len(names), assembly.Name(missing[0]))
	}
	f := &stimulusFolder{dir: dir, set: set, names: names}
	f.choose()
	return f, nil
}

// choose finds out whether the names will do for files.
func (f *stimulusFolder) choose() {
	f.plain = true
	seen := map[string]bool{}
	for _, n := range f.names {
		lower := strings.ToLower(n) // some file systems do not tell case apart
		if i := slices.IndexFunc(imageExtensions, func(ext string) bool { return strings.HasSuffix(lower, ext) }); i >= 0 {
			lower = strings.TrimSuffix(lower, imageExtensions[i])
		}
		if !plainName.MatchString(n) || seen[lower] {
			f.plain = false
		}
		seen[lower] = true
	}
}

// imageExtensions are those that files keep.
var imageExtensions = []string{".png", ".jpg", ".jpeg", ".gif"}

// plainName is a stimulus that every file system takes as a file's name.
var plainName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$`)

// file returns where image i is written, with slashes: under its name, or its
// place where the set has names that will not do for files.
func (f *stimulusFolder) file(i int, ext string) string {
	if !slices.Contains(imageExtensions, ext) {
		ext = "" // whoever opens it goes by the content
	}
	name := fmt.Sprintf("%06d", i+1)
	if f.plain {
		name = strings.TrimSuffix(f.names[i], ext)
	}
	return "images/" + name + ext
}

// write writes what is not there. The tables come last, so they stand for a folder
// that is whole.
func (f *stimulusFolder) write(ctx context.Context, ui *ui, force bool) error {
	strange, err := f.strangers()
	if err != nil {
		return err
	}
	if len(strange) > 0 && !force {
		return withHint(fmt.Errorf("%s holds other files, such as %s: nothing was written", f.dir, strange[0]), "choose a new folder, or write into it with --force")
	}
	if len(strange) == 0 {
		if err := archive.RemoveUnfinished(f.dir); err != nil {
			return err
		}
	}
	var table, sums bytes.Buffer
	rows := csv.NewWriter(&table)
	rows.Write([]string{"stimulus", "file", "width", "height", "sha256", "pixels"})
	for i, name := range f.names {
		if err := ctx.Err(); err != nil {
			return err
		}
		data, ext, err := f.set.File(name)
		if err != nil {
			return err
		}
		m, err := images.Decode(data)
		if err != nil {
			return fmt.Errorf("image %s: %w", assembly.Name(name), err)
		}
		file := f.file(i, ext)
		if err := f.put(file, data, force); err != nil {
			return err
		}
		f.bytes += int64(len(data))
		sum := fmt.Sprintf("%x", sha256.Sum256(data))
		rows.Write([]string{name, file, strconv.Itoa(m.W), strconv.Itoa(m.H), sum, images.Pixels(m)})
		fmt.Fprintf(&sums, "%s  %s\n", sum, file)
		ui.Progressf("%d of %d images", i+1, len(f.names))
	}
	rows.Flush()
	list := []byte(strings.Join(f.names, "\n") + "\n")
	head := fmt.Sprintf("%x  stimuli.txt\n%x  stimuli.csv\n", sha256.Sum256(list), sha256.Sum256(table.Bytes()))
	there := f.there
	for _, t := range []struct {
		name string
		data []byte
	}{{"stimuli.txt", list}, {"stimuli.csv", table.Bytes()}, {"stimuli.sha256", append([]byte(head), sums.Bytes()...)}} {
		if err := f.put(t.name, t.data, force); err != nil {
			return err
		}
	}
	f.there = there
	return nil
}

// put writes a file, unless it is there already. Another file of that name is
// overwritten with force only.
func (f *stimulusFolder) put(name string, data []byte, force bool) error {
	full := filepath.Join(f.dir, filepath.FromSlash(name))
	old, err := os.ReadFile(full)
	switch {
	case err == nil && bytes.Equal(old, data):
		f.there++
		return nil
	case err == nil && !force:
		return withHint(fmt.Errorf("%s is there with other content", full), "choose a new folder, or overwrite it with --force")
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return err
	}
	return archive.WriteFile(full, data)
}

// strangers returns what the folder holds that a run before would not have
// written.
func (f *stimulusFolder) strangers() ([]string, error) {
	mine := map[string]bool{"images": true, "stimuli.csv": true, "stimuli.txt": true, "stimuli.sha256": true}
	for i := range f.names {
		for _, ext := range append([]string{""}, imageExtensions...) {
			mine[f.file(i, ext)] = true
		}
	}
	var strange []string
	for _, sub := range []string{"", "images/"} {
		entries, err := os.ReadDir(filepath.Join(f.dir, sub))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !mine[sub+e.Name()] && !strings.HasPrefix(e.Name(), ".write-") {
				strange = append(strange, sub+e.Name())
			}
		}
	}
	slices.Sort(strange)
	return strange, nil
}
