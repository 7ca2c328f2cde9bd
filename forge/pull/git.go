package pull

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive/git"
)

// Repository is a git repository of which only objects are read, never the
// work tree: no attribute, filter or hook of a commit has a say.
type Repository struct{ git.Repository }

// inherited are the variables that git gets from this process. The others,
// GIT_DIR and tokens among them, stay here.
var inherited = []string{
	"PATH", "HOME", "XDG_CONFIG_HOME", "USER", "LOGNAME", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "USERPROFILE",
	"http_proxy", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR",
	"GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CEILING_DIRECTORIES",
}

// settings keep git from running another program and from going elsewhere.
var settings = []string{
	"core.hooksPath=" + os.DevNull, "core.fsmonitor=false", "core.attributesFile=" + os.DevNull,
	"gc.auto=0", "maintenance.auto=false", "fetch.recurseSubmodules=no", "submodule.recurse=false",
	"http.followRedirects=false",
}

// Open returns the repository that a folder is, or is in. It reads nothing.
func Open(dir string) Repository {
	env := []string{"GIT_ALLOW_PROTOCOL=", "GIT_LFS_SKIP_SMUDGE=1", "GIT_ATTR_NOSYSTEM=1"}
	for _, name := range inherited {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return Repository{git.Repository{Dir: dir, Env: env, Settings: settings}}
}

// line returns what a call that writes one line writes.
func (r Repository) line(ctx context.Context, args ...string) (string, error) {
	out, err := r.Output(ctx, args...)
	if errors.Is(err, exec.ErrNotFound) {
		err = errors.New("git is not installed")
	}
	return strings.TrimSuffix(out, "\n"), err
}

// Commit returns the hash of the commit that a revision names.
func (r Repository) Commit(ctx context.Context, rev string) (string, error) {
	hash, err := r.line(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	if exitCode(err) == 1 {
		return "", fmt.Errorf("there is no commit %q in the repository", rev)
	}
	return hash, err
}

// exitCode returns the exit code of git, or -1.
func exitCode(err error) int {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	return -1
}

// errNoFork says that two commits have no common ancestor here.
var errNoFork = errors.New("no common history")

// fork returns the commit at which head left base.
func (r Repository) fork(ctx context.Context, base, head string) (string, error) {
	hash, err := r.line(ctx, "merge-base", base, head)
	if exitCode(err) == 1 {
		return "", errNoFork
	}
	return hash, err
}

// shallow reports whether the repository lacks older commits.
func (r Repository) shallow(ctx context.Context) bool {
	out, err := r.line(ctx, "rev-parse", "--is-shallow-repository")
	return err == nil && out == "true"
}

// sizes returns the size of each blob without reading it; -1 where it is not in
// the repository.
func (r Repository) sizes(ctx context.Context, hashes []string) ([]int64, error) {
	out := make([]int64, len(hashes))
	if len(hashes) == 0 {
		return out, nil
	}
	err := r.Stream(ctx, strings.NewReader(strings.Join(hashes, "\n")+"\n"), func(p io.Reader) error {
		in := bufio.NewReader(p)
		for i := range hashes {
			var err error
			if out[i], err = objectSize(in, hashes[i], "blob"); err != nil {
				return err
			}
		}
		return nil
	}, "cat-file", "--batch-check")
	return out, err
}

// objectSize reads what git cat-file says of an object before its content,
// "<hash> <kind> <size>" or "<hash> missing", and returns the size or -1.
func objectSize(in *bufio.Reader, hash, kind string) (int64, error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return 0, git.Unexpected(err)
	}
	f := strings.Fields(line)
	if len(f) == 2 && f[0] == hash && f[1] == "missing" {
		return -1, nil
	}
	if len(f) != 3 || f[0] != hash || f[1] != kind {
		return 0, fmt.Errorf("git cat-file wrote %.80q for the %s %s", line, kind, hash)
	}
	size, err := strconv.ParseInt(f[2], 10, 64)
	if err != nil || size < 0 {
		return 0, fmt.Errorf("git cat-file gives the %s %s the size %.20q", kind, hash, f[2])
	}
	return size, nil
}
