package site

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/bsgen/bsgen/parallel"
)

// marker is the file by which a folder is known as a site that may be replaced.
const marker = ".bsgen-site"

const markerText = "`bsgen build` wrote this folder and replaces it as a whole. Files added by hand are lost.\n"

// output is a site that is being written, beside the folder that it will replace.
type output struct {
	final   string
	dir     string   // "" once it is in place
	folders sync.Map // that exist
	pages   atomic.Int64
	files   atomic.Int64
	bytes   atomic.Int64
}

// create makes the folder to write into, or says why the final one may not be
// replaced.
func create(final string) (*output, error) {
	final, err := resolve(final)
	if err != nil {
		return nil, err
	}
	if err := replaceable(final); err != nil {
		return nil, err
	}
	parent := filepath.Dir(final)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(parent, "."+filepath.Base(final)+"-*")
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	o := &output{final: final, dir: dir}
	return o, os.WriteFile(filepath.Join(dir, marker), []byte(markerText), 0o644)
}

// resolve returns the folder that a name means: where it is a symbolic link, the
// site goes to what the link names, and the link stays.
func resolve(name string) (string, error) {
	name, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	to, err := filepath.EvalSymlinks(name)
	if err == nil {
		return to, nil
	}
	if _, lerr := os.Lstat(name); lerr == nil {
		return "", fmt.Errorf("%s is a link that leads nowhere: %w", name, ErrOccupied)
	}
	return name, nil // it is to be made
}

// replaceable reports why a folder must be left alone: it is none, or holds files
// and no marker.
func replaceable(dir string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file: %w", dir, ErrOccupied)
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, marker)); err != nil {
		return fmt.Errorf("%s holds files that are not an earlier site: %w", dir, ErrOccupied)
	}
	return nil
}

// ErrOccupied is the error of a folder that holds something other than an
// earlier site.
var ErrOccupied = errors.New("it is left alone")

// file writes one file. Different files may be written at the same time.
func (o *output) file(at string, data []byte) error {
	f, err := o.create(at)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// create makes an empty file, and its folder where that is missing.
func (o *output) create(at string) (io.WriteCloser, error) {
	name := filepath.Join(o.dir, filepath.FromSlash(at))
	folder := filepath.Dir(name)
	if _, made := o.folders.Load(folder); !made {
		err := os.Mkdir(folder, 0o755) // mostly the parent is there: one call, not four
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrExist) {
			err = os.MkdirAll(folder, 0o755)
		}
		if err != nil {
			return nil, err
		}
		o.folders.Store(folder, true)
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	o.files.Add(1)
	if strings.HasSuffix(at, ".html") {
		o.pages.Add(1)
	}
	return &outputFile{f, o}, nil
}

// outputFile is a file that is being written, whose bytes are counted.
type outputFile struct {
	io.WriteCloser
	to *output
}

func (f *outputFile) Write(p []byte) (int, error) {
	n, err := f.WriteCloser.Write(p)
	f.to.bytes.Add(int64(n))
	return n, err
}

// commit puts the site in its place. Between the two renames there is no site
// for the blink of an eye; there is never half of one.
func (o *output) commit() error {
	old := o.dir + ".old"
	err := os.Rename(o.final, old)
	if errors.Is(err, syscall.EBUSY) {
		return fmt.Errorf("%s is a mount point, which can not be replaced as a whole: %w", o.final, ErrOccupied)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("move the earlier site aside: %w", err)
	}
	if err := os.Rename(o.dir, o.final); err != nil {
		return errors.Join(fmt.Errorf("put the new site in its place: %w", err), os.Rename(old, o.final))
	}
	o.dir = ""
	return removeAll(old)
}

// removeAll is [os.RemoveAll] on all processors: what lies two folders deep, and then
// the rest. Freeing what a large site takes is a thirtieth of building it.
func removeAll(dir string) error {
	var parts []string
	folders, _ := os.ReadDir(dir) // what this and the next miss is left to the end
	for _, f := range folders {
		if !f.IsDir() { // what a link leads to is not the site's
			continue
		}
		entries, _ := os.ReadDir(filepath.Join(dir, f.Name()))
		for _, e := range entries {
			parts = append(parts, filepath.Join(dir, f.Name(), e.Name()))
		}
	}
	parallel.Each(len(parts), parallel.None, func(_ struct{}, i int) { os.RemoveAll(parts[i]) })
	return os.RemoveAll(dir)
}

// discard removes what was written, unless it is in its place.
func (o *output) discard() {
	if o.dir != "" {
		os.RemoveAll(o.dir)
	}
}
