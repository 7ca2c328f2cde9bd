package archive

import (
	"fmt"
	"os"
	"path/filepath"
)

// WriteFile writes a file so that a reader sees the old content or the new one
// and nothing between, even if the machine stops in the middle: to a temporary
// name in the same folder, synced, then renamed. Folders are made as needed.
func WriteFile(name string, data []byte) (err error) {
	dir := filepath.Dir(name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	f, err := os.CreateTemp(dir, ".write-*")
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
	return os.Rename(f.Name(), name)
}

// WriteResult writes a result and its sidecar, the sidecar first: a result
// never pins a file that is not there. It sets the result's Sidecar field.
// A result without replicates and units has no sidecar.
func (a *Archive) WriteResult(r *Result, s *Sidecar) error {
	data, sidecar, err := EncodePair(r, s)
	if err != nil {
		return err
	}
	bin := filepath.Join(a.Root, SidecarPath(r.Model, r.Benchmark, r.Version))
	if sidecar != nil {
		if err := WriteFile(bin, sidecar); err != nil {
			return err
		}
	} else if err := os.Remove(bin); err != nil && !os.IsNotExist(err) {
		return err
	}
	return WriteFile(filepath.Join(a.Root, ResultPath(r.Model, r.Benchmark, r.Version)), data)
}

// EncodePair returns the bytes of a result and of its sidecar, which is nil
// where there are neither replicates nor units. It sets the result's Sidecar field.
func EncodePair(r *Result, s *Sidecar) (result, sidecar []byte, err error) {
	r.Sidecar = nil
	if s != nil && len(s.Replicates)+len(s.Units) > 0 {
		var digest string
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
