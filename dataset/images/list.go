package images

import (
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/systemmodel/pillow"
)

// Entry is a line of a list: an image and where its file is.
type Entry struct {
	Name string
	Path string
	dataset.Source
}

// List reads a CSV of images with the columns stimulus, path, sha256 and bytes. An
// image's file is at base, which ends in a slash, followed by the path. Names and
// paths that stand twice, paths that leave the folder and sources that may not be
// fetched are errors with their line.
func List(name string, data []byte, base string, hosts []string) ([]Entry, error) {
	t, err := dataset.NewTable(name, data, dataset.CSV, "stimulus", "path", "sha256", "bytes")
	if err != nil {
		return nil, err
	}
	var entries []Entry
	seen := map[string]int{}
	for {
		row, line, err := t.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		e := Entry{Name: row[0], Path: row[1], Source: dataset.Source{URL: base + row[1], SHA256: row[2]}}
		if e.Bytes, err = strconv.ParseInt(row[3], 10, 64); err != nil || e.Bytes < 1 || e.Bytes > MaxFile {
			return nil, t.Errorf(line, "%q is no size of 1 to %d bytes", row[3], int64(MaxFile))
		}
		if !cleanPath(e.Path) {
			return nil, t.Errorf(line, "the path %s is not one of letters, digits and ._- that stays in its folder", assembly.Name(e.Path))
		}
		if err := e.Check(hosts); err != nil {
			return nil, t.Errorf(line, "%v", err)
		}
		for _, key := range []string{"stimulus\x00" + e.Name, "path\x00" + e.Path} {
			if first, ok := seen[key]; ok {
				what, name, _ := strings.Cut(key, "\x00")
				return nil, t.Errorf(line, "the %s %s stands on line %d already", what, assembly.Name(name), first)
			}
			seen[key] = line
		}
		if entries = append(entries, e); len(entries) > MaxImages {
			return nil, t.Errorf(line, "more than %d images", MaxImages)
		}
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("%s lists no image", name)
	}
	return entries, nil
}

// cleanPath reports whether a path means the same to every server.
func cleanPath(p string) bool {
	return p != "" && p != "." && path.Clean(p) == p && !path.IsAbs(p) && p != ".." && !strings.HasPrefix(p, "../") &&
		strings.Trim(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/") == ""
}

// Files returns the images of a list. local gives the path of an image's verified
// file on this machine.
func Files(entries []Entry, local func(Entry) (string, error)) (*Set, error) {
	files := map[string]file{}
	for _, e := range entries {
		name, err := local(e)
		if err != nil {
			return nil, err
		}
		files[e.Name] = onDisk{name, strings.ToLower(path.Ext(e.Path))}
	}
	return newSet(files)
}

// onDisk is a file on this machine.
type onDisk struct{ path, ext string }

func (f onDisk) bytes() ([]byte, string, error) {
	info, err := os.Stat(f.path)
	if err == nil && info.Size() > MaxFile {
		err = fmt.Errorf("the file has %d bytes, more than the %d allowed", info.Size(), int64(MaxFile))
	}
	if err != nil {
		return nil, "", err
	}
	data, err := os.ReadFile(f.path)
	return data, f.ext, err
}

func (f onDisk) decode() (*pillow.Image, error) { return decodeFile(f) }
