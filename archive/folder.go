package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

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
