package pull

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Remote is a repository that pull requests are fetched from.
type Remote struct {
	URL   string // https; http and file, which take no token, for tests and closed networks
	Token string // for https; may be empty
}

// Origin returns the remote of the name origin, as the repository knows it.
func (r Repository) Origin(ctx context.Context) (string, error) {
	out, err := r.line(ctx, "remote", "get-url", "origin")
	if err != nil {
		return "", errors.New("the repository has no remote of the name origin")
	}
	return out, nil
}

// ErrMoved says that the pull request's head is another commit by now.
var ErrMoved = errors.New("the head of the pull request has moved")

// ErrShallow says that older commits are missing, so that nobody can tell where
// a branch began.
var ErrShallow = errors.New("the clone is shallow: where the pull request began is not in it")

// Fetch makes a bare repository in a new folder that holds the commits of a
// pull request and, by reference, those of the repository r, whose commit base
// it keeps. Blobs above [MaxFile] are left out where the server can do that: of
// a file that is too large, its size is enough to know.
//
// The error is [ErrMoved] where the head is not the commit that was expected.
func Fetch(ctx context.Context, r Repository, remote Remote, number int, head, base, dir string) (Repository, error) {
	bare, err := r.reference(ctx, base, dir)
	if err != nil {
		return bare, err
	}
	env, err := remote.environment()
	if err != nil {
		return bare, err
	}
	const ref = "refs/pull/head"
	fetcher := bare
	fetcher.Env = append(slices.Clip(bare.Env), env...)
	_, err = fetcher.line(ctx, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance",
		"--filter=blob:limit="+strconv.Itoa(MaxFile+1), "--end-of-options",
		remote.URL, "+refs/pull/"+strconv.Itoa(number)+"/head:"+ref)
	if err != nil {
		return bare, fmt.Errorf("fetch pull request %d: %w", number, err)
	}
	// From here on what is not there is missing, and no reason to ask the server.
	if err := bare.forgetPromises(ctx); err != nil {
		return bare, err
	}
	got, err := bare.Commit(ctx, ref)
	if err != nil {
		return bare, err
	}
	if got != head {
		return bare, fmt.Errorf("%w to %.12s, from %.12s", ErrMoved, got, head)
	}
	return bare, nil
}

// reference makes a bare repository that reads the objects of r where they are.
func (r Repository) reference(ctx context.Context, base, dir string) (Repository, error) {
	if r.shallow(ctx) {
		return Repository{}, ErrShallow
	}
	objects, err := r.line(ctx, "rev-parse", "--git-path", "objects")
	if err != nil {
		return Repository{}, err
	}
	if !filepath.IsAbs(objects) {
		objects = filepath.Join(r.Dir, objects)
	}
	if objects, err = filepath.Abs(objects); err != nil {
		return Repository{}, err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return Repository{}, err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return Repository{}, fmt.Errorf("make a repository to fetch into: %w", err)
	}
	bare := Open(dir)
	format, err := r.line(ctx, "rev-parse", "--show-object-format")
	if err != nil {
		return bare, err
	}
	if _, err := bare.line(ctx, "init", "--quiet", "--bare", "--template=", "--object-format="+format, "."); err != nil {
		return bare, err
	}
	info := filepath.Join(dir, "objects", "info")
	if err := os.MkdirAll(info, 0o755); err != nil {
		return bare, err
	}
	if strings.ContainsAny(objects, "\n\"") {
		return bare, fmt.Errorf("the path %q can not be read by reference", objects)
	}
	if err := os.WriteFile(filepath.Join(info, "alternates"), []byte(objects+"\n"), 0o644); err != nil {
		return bare, err
	}
	_, err = bare.line(ctx, "update-ref", "refs/heads/main", base)
	return bare, err
}

// forgetPromises makes an ordinary repository of one that was fetched in part.
func (r Repository) forgetPromises(ctx context.Context) error {
	out, err := r.line(ctx, "config", "--local", "--name-only", "--list")
	if err != nil {
		return err
	}
	for name := range strings.Lines(out) {
		name = strings.TrimSuffix(name, "\n")
		if name == "extensions.partialclone" || strings.HasPrefix(name, "remote.") {
			if _, err := r.line(ctx, "config", "--local", "--unset-all", name); err != nil {
				return err
			}
		}
	}
	return nil
}

// environment allows git the one protocol of the remote and gives it the token,
// which so stands in no list of processes, and goes to this address alone.
func (r Remote) environment() ([]string, error) {
	u, err := url.Parse(r.URL)
	if err == nil && filepath.IsAbs(r.URL) {
		u.Scheme = "file"
	}
	if err != nil || u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "file" || strings.Contains(r.URL, "::") {
		return nil, fmt.Errorf("pull requests are fetched by https, not from %.80q", r.URL)
	}
	env := []string{"GIT_ALLOW_PROTOCOL=" + u.Scheme}
	if r.Token == "" || u.Scheme != "https" { // a token is not sent in the clear
		return env, nil
	}
	return append(env,
		"GIT_CONFIG_COUNT=1",
		"GIT_CONFIG_KEY_0=http.https://"+u.Host+"/.extraHeader",
		"GIT_CONFIG_VALUE_0=Authorization: Basic "+base64.StdEncoding.EncodeToString([]byte("x-access-token:"+r.Token)),
	), nil
}
