package pull

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive/git"
)

// archivePaths are the parts of the main branch that an archive consists of.
var archivePaths = []string{"benchmarks", "boards", "content", "results", "site.yaml", "submissions"}

// Extract writes the archive of the main branch into a new folder, and in it
// the submission as the pull request has it. Without results the folder is
// enough to check a submission. Of a pull request that is unsound, or touches
// no model, the archive of the main branch is all there is.
//
// Only regular files are written, each below the folder; of the submission only
// the Files that the policy passed.
func (p *Pull) Extract(ctx context.Context, r Repository, dir string, results bool) error {
	paths := archivePaths
	if !results {
		paths = slices.DeleteFunc(slices.Clone(paths), func(s string) bool { return s == "results" })
	}
	entries, err := r.files(ctx, p.Base, paths)
	if err != nil {
		return fmt.Errorf("list the files of the main branch: %w", err)
	}
	var files []File
	for _, e := range entries {
		own := p.Model != "" && strings.HasPrefix(e.Path, "submissions/"+p.Model+"/")
		if own && !p.Unsound || e.Mode != modeFile && e.Mode != modeExecutable {
			continue // the archive refuses links anyway
		}
		files = append(files, File{Path: e.Path, Blob: e.Hash, Bytes: -1})
	}
	if !p.Unsound {
		files = append(files, p.Files...)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return fmt.Errorf("extract the pull request: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("extract the pull request: %w", err)
	}
	defer root.Close()
	return r.write(ctx, root, files)
}

// files lists what is at and below the paths in a commit of the main branch.
func (r Repository) files(ctx context.Context, commit string, paths []string) ([]entry, error) {
	root, err := r.root(ctx, commit)
	if err != nil {
		return nil, err
	}
	var out []entry
	err = r.trees(ctx, maxEntries, func(t *trees) error {
		for _, path := range paths {
			at, err := t.find(root, path)
			if err != nil {
				return err
			}
			entries, err := t.list(at, maxEntries)
			if err != nil {
				return err
			}
			out = append(out, entries...)
		}
		return nil
	})
	return out, err
}

// write writes blobs as files below the root.
func (r Repository) write(ctx context.Context, root *os.Root, files []File) error {
	made := map[string]bool{".": true}
	return r.Objects(ctx, hashesOf(files), maxBlob, func(i int, o git.Object) error {
		f := files[i]
		name := filepath.FromSlash(f.Path)
		switch {
		case o.Type != "blob":
			return fmt.Errorf("extract %s: its content is not in the repository", quotePath(f.Path))
		case f.Bytes >= 0 && o.Size != f.Bytes, o.Size > maxBlob:
			return fmt.Errorf("extract %s: it has %d bytes", quotePath(f.Path), o.Size)
		case !filepath.IsLocal(name):
			return fmt.Errorf("extract %s: the path leaves the folder", quotePath(f.Path))
		}
		if d := path.Dir(f.Path); !made[d] {
			if err := root.MkdirAll(filepath.FromSlash(d), 0o755); err != nil {
				return fmt.Errorf("extract %s: %w", quotePath(f.Path), err)
			}
			made[d] = true
		}
		out, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return fmt.Errorf("extract %s: %w", quotePath(f.Path), err)
		}
		_, err = out.Write(o.Data)
		if err := errors.Join(err, out.Close()); err != nil {
			return fmt.Errorf("extract %s: %w", quotePath(f.Path), err)
		}
		return nil
	})
}
