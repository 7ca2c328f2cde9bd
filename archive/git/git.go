// Package git asks the git program about the objects of a repository: what a
// commit's tree holds, what stands in a blob, what `git log` says. It fetches
// nothing, writes nothing to the repository, and no replacement refs or
// settings of the user change what it reads.
//
// Commit messages, author names and paths were written by strangers. [Clean]
// makes them fit to be shown; [Fields] bounds their length.
package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// ErrNone is the error of a place that has no history: git is missing, the
// folder is in no repository that git will read, or nothing is committed yet.
var ErrNone = errors.New("no history here")

// Repository is a folder of a repository, or a bare repository.
type Repository struct {
	Dir      string
	Env      []string // what git inherits, as KEY=value; nil: the variables of this process
	Settings []string // as key=value, above all configuration files
}

// command prepares a call of git that reads objects as they are: no replacement
// refs, no fetching of what a partial clone lacks (from git 2.44 on), no
// questions, no following of a path through renames.
func (g Repository) command(ctx context.Context, args ...string) *exec.Cmd {
	all := []string{"--no-pager", "--no-replace-objects", "-c", "log.follow=false"}
	for _, s := range g.Settings {
		all = append(all, "-c", s)
	}
	c := exec.CommandContext(ctx, "git", append(all, args...)...)
	c.Dir = g.Dir
	env := g.Env
	if env == nil {
		env = os.Environ()
	}
	c.Env = append(slices.Clip(env), "LC_ALL=C", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0")
	return c
}

// Output returns what a call that says little writes. Its error has git's own
// words, cleaned.
func (g Repository) Output(ctx context.Context, args ...string) (string, error) {
	c := g.command(ctx, args...)
	said := &complaint{}
	c.Stderr = said
	out, err := c.Output()
	if err != nil {
		err = said.explain(ctx, args[0], err)
	}
	return string(out), err
}

// Stream calls git, hands what it writes to read, and waits for its end. What
// goes wrong in git explains what goes wrong in read, so it comes first.
func (g Repository) Stream(ctx context.Context, in io.Reader, read func(io.Reader) error, args ...string) error {
	c := g.command(ctx, args...)
	said := &complaint{}
	c.Stdin, c.Stderr = in, said
	out, err := c.StdoutPipe()
	if err != nil {
		return fmt.Errorf("git %s: %w", args[0], err)
	}
	if err := c.Start(); err != nil {
		return said.explain(ctx, args[0], err)
	}
	readErr := read(out)
	if readErr != nil {
		out.Close() // git ends at its next write
	}
	if err := c.Wait(); err != nil && (readErr == nil || errors.Is(readErr, io.ErrUnexpectedEOF)) {
		return said.explain(ctx, args[0], err)
	}
	return readErr
}

// Head returns the commit at HEAD and whether older ones are cut off.
// The error is [ErrNone] where there is no such commit.
func (g Repository) Head(ctx context.Context) (hash string, shallow bool, err error) {
	out, err := g.Output(ctx, "rev-parse", "--is-shallow-repository", "HEAD^{commit}")
	first, rest, _ := strings.Cut(out, "\n")
	var exit *exec.ExitError
	var said *callError
	switch {
	case err == nil:
		return strings.TrimSpace(rest), first == "true", nil
	case ctx.Err() != nil:
		return "", false, err
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, exec.ErrDot):
		return "", false, fmt.Errorf("%w: git is not installed", ErrNone)
	case errors.As(err, &exit) && first != "": // it got as far as HEAD
		return "", false, fmt.Errorf("%w: the repository has no commit yet", ErrNone)
	case errors.As(err, &said):
		return "", false, fmt.Errorf("%w: %s", ErrNone, said.said)
	}
	return "", false, err
}

// Prefix returns the path of Dir in the repository, with a slash at its end; ""
// at the top and in a bare repository.
func (g Repository) Prefix(ctx context.Context) (string, error) {
	out, err := g.Output(ctx, "rev-parse", "--show-prefix")
	return strings.TrimSuffix(out, "\n"), err
}

// Boundary returns the commits of a shallow clone whose parents are not in it;
// none where the clone is not shallow.
func (g Repository) Boundary(ctx context.Context) (map[string]bool, error) {
	out, err := g.Output(ctx, "rev-parse", "--git-path", "shallow")
	if err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(out, "\n")
	if !filepath.IsAbs(name) {
		name = filepath.Join(g.Dir, name)
	}
	data, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("find where the clone begins: %w", err)
	}
	hashes := map[string]bool{}
	for h := range strings.FieldsSeq(string(data)) {
		hashes[h] = true
	}
	return hashes, nil
}

// complaint keeps the beginning of what git writes to standard error.
type complaint struct{ buf bytes.Buffer }

func (c *complaint) Write(p []byte) (int, error) {
	c.buf.Write(p[:min(len(p), max(0, 4096-c.buf.Len()))])
	return len(p), nil
}

// explain returns the error of a call with git's own words, where it has any.
func (c *complaint) explain(ctx context.Context, command string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for line := range strings.Lines(c.buf.String()) {
		if line = strings.TrimPrefix(Clean(line, 300), "fatal: "); line != "" {
			return &callError{command, line, err}
		}
	}
	return fmt.Errorf("git %s: %w", command, err)
}

// callError is what git says about a failed call.
type callError struct {
	command, said string
	err           error
}

func (e *callError) Error() string { return "git " + e.command + ": " + e.said }
func (e *callError) Unwrap() error { return e.err }
