package engine

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// LibraryEnv names the file of the library, where it is not the pinned one.
const LibraryEnv = "BSGEN_ONNXRUNTIME"

// Folder is where the library is pinned, below the root of an archive: package.json
// and the lock of npm.
const Folder = "systemmodel/engine/onnxruntime"

// installHint is what to do where there is no library.
const installHint = "`npm ci --ignore-scripts` in " + Folder + " installs it, or " + LibraryEnv + " names the file of a library (1.24 or later)"

// pinnedVersion is that of npm's onnxruntime-node in Folder, and of the library.
const pinnedVersion = "1.30.0"

// pinned has the file in that package and its SHA-256 for each machine: GOOS/GOARCH.
var pinned = map[string]struct{ path, sha256 string }{
	"linux/amd64":  {"linux/x64/libonnxruntime.so.1", "ffb75a925ba05e47b235bb66e3e3911714a80b328a9c9425539feb204aa32a23"},
	"linux/arm64":  {"linux/arm64/libonnxruntime.so.1", "1f549d46250b005580b597f4164984aaf75b3bcb9f3aeb07c7f8a8fe60b23c76"},
	"darwin/arm64": {"darwin/arm64/libonnxruntime." + pinnedVersion + ".dylib", "685d2be5dba1309c89d3a5324b7fd06a5c42f1a61bfea32d14c4cc28d072121d"},
}

// Library is a file that holds ONNX Runtime.
type Library struct {
	Path   string
	Pinned bool // its bytes are those of the pinned version
}

// FindLibrary looks for the library: at $BSGEN_ONNXRUNTIME, else where npm puts
// the pinned one below the root of an archive. The latter must have the bytes that
// were pinned. The error is an *Unavailable.
func FindLibrary(root string) (Library, error) {
	pin, known := pinned[runtime.GOOS+"/"+runtime.GOARCH]
	path, named := os.LookupEnv(LibraryEnv)
	named = named && path != ""
	if !named {
		if !known {
			return Library{}, &Unavailable{"no library is pinned for " + runtime.GOOS + "/" + runtime.GOARCH, LibraryEnv + " names the file of one (1.24 or later)"}
		}
		path = filepath.Join(root, filepath.FromSlash(Folder), "node_modules", "onnxruntime-node", "bin", "napi-v6", filepath.FromSlash(pin.path))
	}
	path, err := filepath.Abs(path) // the child runs elsewhere
	if err != nil {
		return Library{}, &Unavailable{err.Error(), installHint}
	}
	sum, err := digest(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && named:
		return Library{}, &Unavailable{fmt.Sprintf("%s names %s, which is not there", LibraryEnv, path), installHint}
	case errors.Is(err, fs.ErrNotExist):
		return Library{}, &Unavailable{"ONNX Runtime is not installed", installHint}
	case err != nil:
		return Library{}, &Unavailable{"read the library: " + err.Error(), installHint}
	case !named && sum != pin.sha256:
		return Library{}, &Unavailable{fmt.Sprintf("%s is not the file that was pinned (SHA-256 %.12s..., want %.12s...)", path, sum, pin.sha256), "remove node_modules there; " + installHint}
	}
	return Library{Path: path, Pinned: sum == pin.sha256}, nil
}

// digest is the SHA-256 of a regular file.
func digest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() {
		return "", cmp.Or(err, fmt.Errorf("%s is not a file", path))
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
