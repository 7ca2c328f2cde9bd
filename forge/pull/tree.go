package pull

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"

	"github.com/bsgen/bsgen/archive/git"
)

// Trees are read one by one and compared here. git's own programs compare or
// list trees as a whole first, which of a few kilobytes can make 10^10 paths.

// entry is a path in the tree of a commit.
type entry struct {
	Mode string // octal digits, as they stand in the tree; "" of an entry that is not there
	Hash string
	Path string // from the root; in one tree just the name
}

// The modes of entries that git knows.
const (
	modeFile       = "100644"
	modeExecutable = "100755"
	modeLink       = "120000"
	modeSubmodule  = "160000"
	modeTree       = "40000"
)

// isTree reports whether the entry is a folder.
func (e entry) isTree() bool { return strings.TrimLeft(e.Mode, "0") == modeTree }

// gone reports whether there is no such entry.
func (e entry) gone() bool { return e.Mode == "" }

// Errors of trees that nobody needs to look at further.
var (
	errTooMany  = errors.New("too many entries")
	errLongPath = fmt.Errorf("a path is longer than %d bytes", maxPath)
)

// trees reads the tree objects of a repository.
type trees struct {
	in   io.Writer
	out  *bufio.Reader
	left int // how many more may be read
}

// trees calls use with a reader of tree objects, of at most limit of them.
func (r Repository) trees(ctx context.Context, limit int, use func(*trees) error) error {
	in, names := io.Pipe()
	err := r.Stream(ctx, in, func(out io.Reader) error {
		defer names.Close()
		return use(&trees{names, bufio.NewReader(out), limit})
	}, "cat-file", "--batch")
	if errors.Is(err, exec.ErrNotFound) {
		err = errors.New("git is not installed")
	}
	return err
}

// read returns the entries of a tree, with their names as paths; none of the
// tree "".
func (t *trees) read(hash string) ([]entry, error) {
	if hash == "" {
		return nil, nil
	}
	if t.left--; t.left < 0 {
		return nil, errTooMany
	}
	if _, err := io.WriteString(t.in, hash+"\n"); err != nil {
		return nil, err
	}
	size, err := objectSize(t.out, hash, "tree")
	switch {
	case err != nil:
		return nil, err
	case size < 0:
		return nil, fmt.Errorf("the tree %s is not in the repository", hash)
	case size > maxTree:
		if _, err := io.CopyN(io.Discard, t.out, size+1); err != nil {
			return nil, git.Unexpected(err)
		}
		return nil, errTooMany
	}
	data := make([]byte, size+1) // and a newline
	if _, err := io.ReadFull(t.out, data); err != nil {
		return nil, git.Unexpected(err)
	}
	return parseTree(data[:size], len(hash)/2)
}

// parseTree parses a tree object: "<mode> <name>", NUL, the hash in bytes.
func parseTree(data []byte, hashSize int) ([]entry, error) {
	var out []entry
	for len(data) > 0 {
		head, rest, ok := bytes.Cut(data, []byte{0})
		mode, name, ok2 := bytes.Cut(head, []byte{' '})
		if !ok || !ok2 || len(rest) < hashSize || len(mode) == 0 {
			return nil, errors.New("a tree of the commit is damaged")
		}
		out = append(out, entry{string(mode), hex.EncodeToString(rest[:hashSize]), string(name)})
		data = rest[hashSize:]
	}
	return out, nil
}

// root returns the tree of a commit.
func (r Repository) root(ctx context.Context, commit string) (entry, error) {
	hash, err := r.line(ctx, "rev-parse", "--verify", "--end-of-options", commit+"^{tree}")
	return entry{Mode: modeTree, Hash: hash}, err
}

// find returns the entry at a path below a tree, which may be gone.
func (t *trees) find(root entry, path string) (entry, error) {
	at := root
	for name := range strings.SplitSeq(path, "/") {
		if !at.isTree() {
			return entry{Path: path}, nil
		}
		entries, err := t.read(at.Hash)
		if err != nil {
			return entry{}, err
		}
		at = entry{}
		for _, e := range entries {
			if e.Path == name {
				at = e
			}
		}
	}
	at.Path = path
	return at, nil
}

// compare calls f with each path below two entries of one path that is not the
// same in both: with what was there and what is. A folder is what is in it.
func (t *trees) compare(was, is entry, f func(was, is entry) error) error {
	if was.Mode == is.Mode && was.Hash == is.Hash {
		return nil
	}
	path := is.Path
	if is.gone() {
		path = was.Path
	}
	if len(path) > maxPath {
		return errLongPath
	}
	if !was.isTree() && !is.isTree() {
		return f(was, is)
	}
	var before, after entry // as folders; what is none is a change of its own
	if was.isTree() {
		before = was
	} else if !was.gone() {
		if err := f(was, entry{Path: path}); err != nil {
			return err
		}
	}
	if is.isTree() {
		after = is
	} else if !is.gone() {
		if err := f(entry{Path: path}, is); err != nil {
			return err
		}
	}
	olds, err := t.read(before.Hash)
	if err != nil {
		return err
	}
	news, err := t.read(after.Hash)
	if err != nil {
		return err
	}
	prefix := path
	if prefix != "" {
		prefix += "/"
	}
	old := make(map[string]entry, len(olds))
	for _, e := range olds {
		old[e.Path] = entry{e.Mode, e.Hash, prefix + e.Path}
	}
	for _, e := range news {
		e := entry{e.Mode, e.Hash, prefix + e.Path}
		name := e.Path[len(prefix):]
		was, ok := old[name]
		if !ok {
			was = entry{Path: e.Path}
		}
		delete(old, name)
		if err := t.compare(was, e, f); err != nil {
			return err
		}
	}
	for _, e := range olds {
		if e, ok := old[e.Path]; ok {
			if err := t.compare(e, entry{Path: e.Path}, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// list returns what is below an entry, at most limit files.
func (t *trees) list(e entry, limit int) ([]entry, error) {
	var out []entry
	err := t.compare(entry{Path: e.Path}, e, func(_, is entry) error {
		if len(out) == limit {
			return errTooMany
		}
		out = append(out, is)
		return nil
	})
	return out, err
}
