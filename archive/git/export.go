package git

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// MaxExport bounds a file that [Repository.Export] writes (64 MiB). What is
// larger is left out, like what is no regular file.
const MaxExport = 64 << 20

// Export writes the regular files of a commit, at and below the paths, into a
// folder, byte for byte: no attribute, filter or setting changes a line ending,
// and nothing is checked out. Paths that would leave the folder are an error.
// Links and submodules are left out, so that whoever reads the folder finds
// nothing there.
func (g Repository) Export(ctx context.Context, commit, dir string, paths ...string) error {
	entries, err := g.Tree(ctx, commit, paths...)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	var names, hashes []string
	made := map[string]bool{".": true}
	for _, e := range entries {
		if !strings.HasPrefix(e.Mode, "100") {
			continue
		}
		name := filepath.FromSlash(e.Path)
		if !filepath.IsLocal(name) {
			return fmt.Errorf("the path %q in %.10s leaves its folder", Clean(e.Path, 200), commit)
		}
		if folder := path.Dir(e.Path); !made[folder] {
			if err := root.MkdirAll(filepath.FromSlash(folder), 0o755); err != nil {
				return err
			}
			made[folder] = true
		}
		names, hashes = append(names, name), append(hashes, e.Hash)
	}
	return g.Objects(ctx, hashes, MaxExport, func(i int, o Object) error {
		switch {
		case o.Type == "":
			return fmt.Errorf("%s is not in this clone", Clean(names[i], 200))
		case o.Data == nil:
			return nil
		}
		return root.WriteFile(names[i], o.Data, 0o644)
	})
}
