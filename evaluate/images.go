package evaluate

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/dataset/images"
)

// Images opens the images of a stimulus set, whose places one of its benchmarks
// gives. They are fetched and verified first: their files, and where the benchmark
// pins it what they decode to.
func Images(ctx context.Context, store *dataset.Store, a *archive.Archive, stimulusSet string) (*images.Set, error) {
	b, ok := a.Images(stimulusSet)
	if !ok {
		return nil, fmt.Errorf("no benchmark says where the images of %s are", stimulusSet)
	}
	set, err := openImages(ctx, store, a, b)
	if err == nil {
		err = checkPixels(set, b)
	}
	if err != nil {
		return nil, fmt.Errorf("the images of %s: %w", stimulusSet, err)
	}
	return set, nil
}

// checkPixels compares what the images decode to with what the benchmark pins. The
// pin is a check and no part of a key: whoever changes it because images decode
// otherwise, and scores with them, raises executionVersion.
func checkPixels(set *images.Set, b *archive.Benchmark) error {
	if b.Stimuli.Pixels == "" {
		return nil
	}
	got, err := set.Digest()
	if err == nil && got != b.Stimuli.Pixels {
		err = fmt.Errorf("they decode to the pixels %s, but %s/benchmark.yaml pins %s\nhint: build bsgen with the Go version of go.mod, whose JPEG decoder they were pinned with; if a source, pattern or list in it was changed, leave stimuli.pixels away, and `bsgen stimuli %s --out DIR` prints the new one", got, b.Dir, b.Stimuli.Pixels, b.ID)
	}
	return err
}

func openImages(ctx context.Context, store *dataset.Store, a *archive.Archive, b *archive.Benchmark) (*images.Set, error) {
	s := b.Stimuli
	dir := filepath.Join(a.Root, b.Dir)
	switch s.Reader {
	case "image-list":
		entries, err := imageList(store, a, b)
		if err != nil {
			return nil, err
		}
		return images.Files(entries, func(e images.Entry) (string, error) { return store.Path(ctx, e.Source, dir, nil) })
	case "image-zip":
		name, err := store.Path(ctx, b.Sources[s.Source], dir, nil)
		if err != nil {
			return nil, err
		}
		f, err := os.Open(name) // closed when the set is no longer reachable
		if err != nil {
			return nil, err
		}
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		var pattern *regexp.Regexp
		if s.Pattern != "" {
			if pattern, err = regexp.Compile(s.Pattern); err != nil {
				return nil, fmt.Errorf("pattern: %w", err)
			}
		}
		return images.Zip(f, info.Size(), pattern)
	case "mat-images":
		data, err := store.Read(ctx, b.Sources[s.Source], dir)
		if err != nil {
			return nil, err
		}
		return images.Mat(data, s.Variable)
	}
	return nil, fmt.Errorf("there is no reader of images %q", s.Reader)
}

func imageList(store *dataset.Store, a *archive.Archive, b *archive.Benchmark) ([]images.Entry, error) {
	data, err := a.ReadFile(b, b.Stimuli.List)
	if err != nil {
		return nil, err
	}
	return images.List(b.Stimuli.List, data, b.Stimuli.Base, store.Hosts)
}

// ImageSources lists the files that the images of a stimulus set are in.
func ImageSources(store *dataset.Store, a *archive.Archive, b *archive.Benchmark) ([]dataset.Source, error) {
	switch b.Stimuli.Reader {
	case "":
		return nil, nil
	case "image-list":
		entries, err := imageList(store, a, b)
		var all []dataset.Source
		for _, e := range entries {
			all = append(all, e.Source)
		}
		return all, err
	}
	return []dataset.Source{b.Sources[b.Stimuli.Source]}, nil
}

// imagesDigest digests where the images come from: the pinned bytes and how they
// are read.
func imagesDigest(a *archive.Archive, b *archive.Benchmark) string {
	s := b.Stimuli
	list, _ := a.ReadFile(b, s.List) // a list that can not be read is an error when it is
	pixels := ""                     // whatever is pinned: see checkPixels
	return archive.Digest([]string{s.Reader, b.Sources[s.Source].SHA256, s.Pattern, s.Variable, pixels, string(bytes.TrimSpace(list))})
}
