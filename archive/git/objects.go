package git

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Entry is a file of a tree.
type Entry struct {
	Mode string // 100644; 100755 executable, 120000 symbolic link, 160000 submodule
	Hash string
	Path string // slash separated, relative to the repository's Dir
}

// Tree returns the files of a commit or tree at and below the paths, all of
// them where no path is given, in the order of the tree.
func (g Repository) Tree(ctx context.Context, commit string, paths ...string) ([]Entry, error) {
	if strings.HasPrefix(commit, "-") { // git would take it for an option
		return nil, fmt.Errorf("git ls-tree: %q is no commit", Clean(commit, 200))
	}
	var entries []Entry
	args := append([]string{"ls-tree", "-r", "-z", commit, "--"}, paths...)
	err := g.Stream(ctx, nil, func(r io.Reader) error {
		f := NewFields(r)
		for {
			line, err := f.Next()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			what, path, ok := strings.Cut(line, "\t") // <mode> <type> <hash>\t<path>
			parts := strings.Fields(what)
			if !ok || len(parts) != 3 {
				return fmt.Errorf("git ls-tree answers %q", Clean(line, 200))
			}
			entries = append(entries, Entry{parts[0], parts[2], path})
		}
	}, args...)
	return entries, err
}

// Object is what git has under a name.
type Object struct {
	Hash string // "" where nothing has the name
	Type string // blob, tree, commit, tag; "" where nothing has the name
	Size int64
	Data []byte // of a blob that is not larger than was asked for; else nil
}

// Objects reads the objects with the names, such as a hash or "<commit>:<path>",
// and hands them to got in the order of the names. Blobs larger than max bytes
// and what is no blob come without their data. A name has no line break.
func (g Repository) Objects(ctx context.Context, names []string, max int64, got func(i int, o Object) error) error {
	return g.batch(ctx, names, "--batch", func(i int, in *bufio.Reader) error {
		o, err := readObject(in, max)
		if err != nil {
			return err
		}
		return got(i, o)
	})
}

// Hashes returns the hash of each named object, "" where nothing has the name.
func (g Repository) Hashes(ctx context.Context, names []string) ([]string, error) {
	hashes := make([]string, len(names))
	err := g.batch(ctx, names, "--batch-check=%(objectname)", func(i int, in *bufio.Reader) error {
		line, err := in.ReadString('\n')
		if err != nil {
			return Unexpected(err)
		}
		// Of what is not there git says "<name> missing", or "ambiguous".
		if line = strings.TrimSuffix(line, "\n"); IsHash(line) {
			hashes[i] = line
		}
		return nil
	})
	return hashes, err
}

// batch feeds the names to `git cat-file` and reads its answers.
func (g Repository) batch(ctx context.Context, names []string, mode string, read func(i int, in *bufio.Reader) error) error {
	if len(names) == 0 {
		return nil
	}
	for _, n := range names {
		if strings.Contains(n, "\n") {
			return fmt.Errorf("git cat-file: the name %q has a line break", n)
		}
	}
	return g.Stream(ctx, strings.NewReader(strings.Join(names, "\n")+"\n"), func(r io.Reader) error {
		in := bufio.NewReaderSize(r, 64<<10)
		for i := range names {
			if err := read(i, in); err != nil {
				return err
			}
		}
		return nil
	}, "cat-file", mode, "--buffer")
}

// readObject reads one answer of `git cat-file --batch`:
//
//	<hash> <type> <size> LF <content> LF
//	<name> missing LF
func readObject(r *bufio.Reader, max int64) (Object, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return Object{}, Unexpected(err)
	}
	parts := strings.Fields(line)
	if n := len(parts); n >= 2 && (parts[n-1] == "missing" || parts[n-1] == "ambiguous") {
		return Object{}, nil
	}
	if len(parts) != 3 {
		return Object{}, fmt.Errorf("git cat-file answers %q", Clean(line, 200))
	}
	o := Object{Hash: parts[0], Type: parts[1]}
	if o.Size, err = strconv.ParseInt(parts[2], 10, 64); err != nil || o.Size < 0 || !IsHash(o.Hash) {
		return Object{}, fmt.Errorf("git cat-file answers %q", Clean(line, 200))
	}
	if o.Size > max || o.Type != "blob" {
		if _, err := io.CopyN(io.Discard, r, o.Size); err != nil {
			return Object{}, Unexpected(err)
		}
	} else {
		o.Data = make([]byte, o.Size)
		if _, err := io.ReadFull(r, o.Data); err != nil {
			return Object{}, Unexpected(err)
		}
	}
	if _, err := r.Discard(1); err != nil {
		return Object{}, Unexpected(err)
	}
	return o, nil
}

// Present returns the hashes of all objects that are in the clone. A partial
// clone lacks some until they are asked for.
func (g Repository) Present(ctx context.Context) (map[string]bool, error) {
	here := map[string]bool{}
	err := g.Stream(ctx, nil, func(r io.Reader) error {
		names := bufio.NewScanner(r)
		for names.Scan() {
			here[names.Text()] = true
		}
		return names.Err()
	}, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)", "--unordered", "--buffer")
	return here, err
}

// IsHash reports whether s is a whole object name, in SHA-1 or SHA-256.
func IsHash(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}
