package archive

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// tempPrefix begins the names of files that are being written.
const tempPrefix = ".write-"

// Batch is a set of changes to files that happen together or not at all. Put
// writes each file to a temporary name in its folder and syncs it; Commit
// renames them all. So a full disk or a folder that can not be written shows
// before anything has changed, and a reader never sees a file half-written. A
// machine that stops within Commit leaves some files new and the others old.
//
// The zero value is an empty batch. Discard what is not committed:
//
//	var b Batch
//	defer b.Discard()
type Batch struct{ changes []change }

// change is a file to be renamed to name, or removed where temp is empty.
type change struct{ temp, name string }

// Put stages the new content of a file. Folders are made as needed.
func (b *Batch) Put(name string, data []byte) (err error) {
	dir := filepath.Dir(name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	f, err := os.CreateTemp(dir, tempPrefix+"*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			err = fmt.Errorf("write %s: %w", name, err)
		}
	}()
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	b.changes = append(b.changes, change{f.Name(), name})
	return nil
}

// Remove stages the removal of a file, which need not exist.
func (b *Batch) Remove(name string) { b.changes = append(b.changes, change{"", name}) }

// Commit makes the changes in the order in which they were staged.
func (b *Batch) Commit() error {
	for len(b.changes) > 0 {
		c := b.changes[0]
		if c.temp == "" {
			if err := os.Remove(c.name); err != nil && !os.IsNotExist(err) {
				return err
			}
		} else if err := os.Rename(c.temp, c.name); err != nil {
			return fmt.Errorf("write %s: %w", c.name, err)
		}
		b.changes = b.changes[1:]
	}
	return nil
}

// Discard drops the changes that are not committed.
func (b *Batch) Discard() {
	for _, c := range b.changes {
		if c.temp != "" {
			os.Remove(c.temp)
		}
	}
	b.changes = nil
}

// WriteFile writes a file so that a reader sees the old content or the new one
// and nothing between, even if the machine stops in the middle: to a temporary
// name in the same folder, synced, then renamed. Folders are made as needed.
func WriteFile(name string, data []byte) error {
	var b Batch
	defer b.Discard()
	if err := b.Put(name, data); err != nil {
		return err
	}
	return b.Commit()
}

// RemoveUnfinished removes the temporary files below a folder that writers
// left who were killed. No other process may be writing there; the folder need
// not exist.
func RemoveUnfinished(dir string) error {
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() || !strings.HasPrefix(d.Name(), tempPrefix) {
			return err
		}
		return os.Remove(name)
	})
}

// WriteResult writes a result and its sidecar, the sidecar first: a result
// never pins a file that is not there. It sets the result's Sidecar field.
// A result without replicates and units has no sidecar.
func (a *Archive) WriteResult(r *Result, s *Sidecar) error {
	data, sidecar, err := EncodePair(r, s)
	if err != nil {
		return err
	}
	var b Batch
	defer b.Discard()
	if err := a.StageResult(&b, &ResultFiles{Result: r, Data: data, Sidecar: sidecar}); err != nil {
		return err
	}
	return b.Commit()
}

// StageResult stages the files of a result in the archive; see [Archive.WriteResult].
func (a *Archive) StageResult(b *Batch, f *ResultFiles) error {
	r := f.Result
	bin := filepath.Join(a.Root, SidecarPath(r.Model, r.Benchmark, r.Version))
	if f.Sidecar != nil {
		if err := b.Put(bin, f.Sidecar); err != nil {
			return err
		}
	}
	if err := b.Put(filepath.Join(a.Root, ResultPath(r.Model, r.Benchmark, r.Version)), f.Data); err != nil {
		return err
	}
	if f.Sidecar == nil {
		b.Remove(bin)
	}
	return nil
}

// EncodePair returns the bytes of a result and of its sidecar, which is nil
// where there are neither replicates nor units. It sets the result's Sidecar field,
// and Provenance and Engine where there are none.
func EncodePair(r *Result, s *Sidecar) (result, sidecar []byte, err error) {
	r.Sidecar = nil
	r.complete()
	if s != nil && !s.empty() {
		var digest SHA256
		sidecar, digest = s.Encode()
		r.Sidecar = &SidecarRef{
			File:   filepath.Base(SidecarPath(r.Model, r.Benchmark, r.Version)),
			SHA256: digest,
			Bytes:  len(sidecar),
		}
	}
	result, err = r.Encode()
	return result, sidecar, err
}
