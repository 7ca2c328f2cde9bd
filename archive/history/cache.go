package history

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/bsgen/bsgen/archive"
)

// DefaultCache returns $XDG_CACHE_HOME/bsgen/history (or its like in the user's
// cache folder), and "" where the user has no cache folder.
func DefaultCache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "bsgen", "history")
}

// cacheVersion is raised when the same commits would be read differently.
const cacheVersion = 2

// maxCache bounds a cache file (256 MiB: half a million changes).
const maxCache = 256 << 20

// cache is the file that holds the history of one archive: a line with the
// commit that it was read at and the SHA-256 of what follows, then JSON.
type cache struct{ file string } // "": none

// newCache names the file after the archive's folder.
func newCache(dir, root string) cache {
	full, err := filepath.Abs(root)
	if dir == "" || err != nil {
		return cache{}
	}
	sum := sha256.Sum256([]byte(full))
	return cache{filepath.Join(dir, hex.EncodeToString(sum[:16])+".json")}
}

func header(head string, data []byte) string {
	return fmt.Sprintf("bsgen history %d %s %x\n", cacheVersion, head, sha256.Sum256(data))
}

// load returns the history at a commit, or nil where the file is of another
// one, damaged, or not there.
func (c cache) load(head string) *History {
	if c.file == "" {
		return nil
	}
	f, err := os.Open(c.file)
	if err != nil {
		return nil
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxCache))
	if err != nil {
		return nil
	}
	line, rest, _ := bytes.Cut(data, []byte("\n"))
	if string(line)+"\n" != header(head, rest) {
		return nil
	}
	var h History
	if json.Unmarshal(rest, &h) != nil {
		return nil
	}
	return &h
}

// store replaces the file. It is a convenience: where it fails, the next reader
// asks git again.
func (c cache) store(h *History) {
	if c.file == "" {
		return
	}
	data, err := json.Marshal(h)
	if err != nil {
		return
	}
	archive.WriteFile(c.file, append([]byte(header(h.Head, data)), data...))
}
