package archive

import (
	"bytes"
	"crypto/sha256"
	"fmt"
)

// maxResult is the size above which a result file is refused unread (8 MiB).
const maxResult = 8 << 20

// ResultFiles is a result as its files hold it.
type ResultFiles struct {
	Result  *Result
	Data    []byte // of the JSON file
	Sidecar []byte // nil where there is none
}

// ReadResult reads the files of one result and checks them: the JSON is what
// [Result.Encode] writes, stands in its place, and the sidecar is the one that
// it pins. The archive need not be open: &Archive{Root: folder} will do.
func (a *Archive) ReadResult(model, benchmark string, version int) (*ResultFiles, error) {
	name := ResultPath(model, benchmark, version)
	data, err := a.read(name, maxResult)
	if err != nil {
		return nil, fmt.Errorf("%s %w", name, err)
	}
	r, err := DecodeResult(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if r.Model != model || r.Benchmark != benchmark || r.Version != version {
		return nil, fmt.Errorf("%s is the result of %s on %s@%d", name, r.Model, r.Benchmark, r.Version)
	}
	if canonical, err := r.Encode(); err != nil || !bytes.Equal(canonical, data) {
		return nil, fmt.Errorf("%s is not as the scorer writes it", name)
	}
	f := &ResultFiles{Result: r, Data: data}
	if r.Sidecar == nil {
		return f, nil
	}
	name = SidecarPath(model, benchmark, version)
	if f.Sidecar, err = a.read(name, maxSidecar); err != nil {
		return nil, fmt.Errorf("%s %w", name, err)
	}
	if r.Sidecar.SHA256 != sha256.Sum256(f.Sidecar) {
		return nil, fmt.Errorf("%s is not the file that the result pins by digest", name)
	}
	return f, nil
}
