package audit

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/bsgen/bsgen/archive/git"
)

// trees is a pair of trees to be compared.
type trees struct{ before, after string }

// changed is a file that differs between two trees; a hash is "" where the file
// is not there.
type changed struct{ path, before, after string }

// diff compares trees by one call of git. Trees that are the same differ in
// nothing.
func diff(ctx context.Context, repo git.Repository, pairs []trees) ([][]changed, error) {
	out := make([][]changed, len(pairs))
	var in strings.Builder
	var asked []int
	for i, p := range pairs {
		if p.before != p.after {
			asked = append(asked, i)
			fmt.Fprintf(&in, "%s %s\n", p.before, p.after)
		}
	}
	if len(asked) == 0 {
		return out, nil
	}
	err := repo.Stream(ctx, strings.NewReader(in.String()), func(r io.Reader) error {
		return parseDiff(r, len(asked), func(i int, c changed) { out[asked[i]] = append(out[asked[i]], c) })
	}, "diff-tree", "--stdin", "-r", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-relative")
	return out, err
}

// parseDiff reads what `git diff-tree --stdin --raw -z` says of n pairs of
// trees: before the first file of a pair a line that repeats it, then for each
// file a field and its path.
//
//	<tree> <tree> LF :<mode> <mode> <before> <after> <letter> NUL <path> NUL
func parseDiff(r io.Reader, n int, file func(pair int, c changed)) error {
	f := git.NewFields(r)
	for at := -1; ; {
		field, err := f.Next()
		if err == io.EOF && at == n-1 {
			return nil
		}
		if err != nil { // the end too: a pair was left out
			return git.Unexpected(err)
		}
		rest := field
		if !strings.HasPrefix(field, ":") {
			_, rest, _ = strings.Cut(field, "\n")
			at++
		}
		what, ok := strings.CutPrefix(rest, ":")
		parts := strings.Fields(what)
		if !ok || len(parts) != 5 || at < 0 || at >= n {
			return fmt.Errorf("git diff-tree answers %q", git.Clean(field, 200))
		}
		path, err := f.Next()
		if err != nil {
			return git.Unexpected(err)
		}
		file(at, changed{path, object(parts[2]), object(parts[3])})
	}
}

// object returns a hash, or "" for the one of zeros that stands for nothing.
func object(hash string) string {
	if strings.Trim(hash, "0") == "" {
		return ""
	}
	return hash
}

// emptyTree returns the name of the tree without files, which git knows whether
// it is stored or not, in the repository's hash function.
func emptyTree(like string) string {
	if len(like) == 64 {
		return "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"
	}
	return "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
}
