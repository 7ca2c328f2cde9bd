package forge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// GitWriter is a [Committer] that needs nothing of the service but git: for
// GitHub Enterprise without the mutation, for Gitea and GitLab, for a bare
// repository on a disk. It fetches the branch's newest commit, makes the next one
// upon it, and pushes that on condition that the branch still is where it was.
//
// Each commit is made in a temporary bare repository without files, so no work
// tree is touched, and what breaks off leaves nothing but that folder. The fields
// may not change while it is used; several goroutines may use it.
type GitWriter struct {
	Remote string // URL or folder of the repository
	Token  string // password for a remote by https; empty: as git is configured

	// SSHCommand is called in place of ssh, as [SSHKey.Command] is; empty: as git is
	// configured.
	SSHCommand string

	// Name and Email of author and committer; both empty: as git is configured.
	Name, Email string

	// TempDir is where the temporary repositories are made; empty: [os.TempDir].
	TempDir string
}

var _ Committer = (*GitWriter)(nil)

// pushTries is how often a push is tried while another one holds the branch's lock.
const pushTries = 5

// Head implements [Committer].
func (w *GitWriter) Head(ctx context.Context, branch string) (string, error) {
	doing := "read the head of " + branch
	if err := checkBranch(branch); err != nil {
		return "", fmt.Errorf("%s: %w", doing, err)
	}
	g, err := w.git(w.tempDir())
	if err != nil {
		return "", fmt.Errorf("%s: %w", doing, err)
	}
	head, err := g.head(ctx, branch)
	if err != nil {
		return "", fmt.Errorf("%s: %w", doing, err)
	}
	return head, nil
}

// Commit implements [Committer]. Files are written with mode 100644. A path that
// is a folder, a symbolic link or a submodule in the repository is refused.
func (w *GitWriter) Commit(ctx context.Context, c Commit) (*Committed, error) {
	made, err := w.commit(ctx, &c)
	if err != nil {
		return nil, fmt.Errorf("commit to %s: %w", c.Branch, err)
	}
	return &Committed{SHA: made, Reason: "made by git, which did not sign it"}, nil
}

func (w *GitWriter) commit(ctx context.Context, c *Commit) (string, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp(w.TempDir, "bsgen-commit-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	g, err := w.git(dir)
	if err != nil {
		return "", err
	}
	format := "sha1"
	if len(c.Expected) == 64 {
		format = "sha256"
	}
	if _, err := g.run(ctx, nil, "init", "--quiet", "--bare", "--template=", "--object-format="+format); err != nil {
		return "", err
	}
	g.env = append(g.env, "GIT_DIR="+dir)
	head, err := g.fetch(ctx, c.Branch)
	if err != nil {
		return "", err
	}
	if head != c.Expected {
		return "", ErrStaleHead
	}
	if err := g.checkFiles(ctx, c); err != nil {
		return "", err
	}
	made, err := g.make(ctx, c, w.Name, w.Email)
	if err != nil {
		return "", err
	}
	return made, g.push(ctx, c, made)
}

// Fetch brings a commit of the branch into the repository at dir, and those that
// it descends from as far as the repository goes back. It changes no branch, tag
// or file there. Nothing is asked where the commit is there already.
func (w *GitWriter) Fetch(ctx context.Context, dir, branch, commit string) error {
	doing := fmt.Sprintf("fetch commit %.12s of %s", commit, branch)
	if err := checkBranch(branch); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if !isHash(commit) {
		return fmt.Errorf("%s: that is no hash", doing)
	}
	g, err := w.git(dir)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if _, err := g.run(ctx, nil, "cat-file", "-e", commit+"^{commit}"); err == nil {
		return nil
	}
	remote, err := w.remote()
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if _, err := g.run(ctx, nil, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", remote, "refs/heads/"+branch); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if _, err := g.run(ctx, nil, "cat-file", "-e", commit+"^{commit}"); err != nil {
		return fmt.Errorf("%s: the branch does not have it any more", doing)
	}
	return nil
}

// fetch gets the newest commit of the branch with its trees, without its history,
// and without its files where the remote can leave them out.
func (g *gitCall) fetch(ctx context.Context, branch string) (string, error) {
	_, err := g.run(ctx, nil, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--depth=1", "--filter=blob:none", "origin", "+refs/heads/"+branch+":refs/base")
	switch {
	case err != nil && strings.Contains(err.Error(), "couldn't find remote ref"):
		return "", ErrNotFound
	case err != nil:
		return "", err
	}
	return g.run(ctx, nil, "rev-parse", "--verify", "--quiet", "refs/base^{commit}")
}

// checkFiles compares what is to change with what is there.
func (g *gitCall) checkFiles(ctx context.Context, c *Commit) error {
	out, err := g.run(ctx, nil, "ls-tree", "-r", "-z", "--full-tree", c.Expected)
	if err != nil {
		return err
	}
	modes, folders := map[string]string{}, map[string]bool{}
	for entry := range strings.SplitSeq(out, "\x00") { // <mode> <type> <hash>\t<path>
		meta, path, _ := strings.Cut(entry, "\t")
		modes[path], _, _ = strings.Cut(meta, " ")
		for i := range len(path) {
			if path[i] == '/' {
				folders[path[:i]] = true
			}
		}
	}
	for _, f := range c.Files {
		mode := modes[f.Path]
		switch {
		case folders[f.Path]:
			return fmt.Errorf("the path %q is a folder", f.Path)
		case mode == "120000" || mode == "160000":
			return fmt.Errorf("the path %q is a symbolic link or a submodule", f.Path)
		case f.Remove && mode == "":
			return fmt.Errorf("the path %q is to be removed and does not exist", f.Path)
		}
		for i := range len(f.Path) {
			if f.Path[i] == '/' && modes[f.Path[:i]] != "" {
				return fmt.Errorf("the path %q leads through a file", f.Path)
			}
		}
	}
	return nil
}

// make writes the commit by `git fast-import` and returns its hash.
func (g *gitCall) make(ctx context.Context, c *Commit, name, email string) (string, error) {
	who := fmt.Sprintf("%s <%s> %d +0000", name, email, time.Now().Unix())
	if name == "" && email == "" {
		var err error
		if who, err = g.run(ctx, nil, "var", "GIT_COMMITTER_IDENT"); err != nil {
			return "", err
		}
	} else if strings.ContainsAny(name+email, "<>\n\x00") {
		return "", fmt.Errorf("%q <%q> can not be an author", name, email)
	}
	message := c.Headline + "\n"
	if c.Body != "" {
		message += "\n" + strings.TrimRight(c.Body, "\n") + "\n"
	}
	var in bytes.Buffer
	fmt.Fprintf(&in, "feature done\ncommit refs/made\nmark :1\ncommitter %s\ndata %d\n%s\nfrom %s\n", who, len(message), message, c.Expected)
	for _, f := range c.Files {
		path := `"` + strings.ReplaceAll(f.Path, `"`, `\"`) + `"` // has no backslashes or controls
		if f.Remove {
			fmt.Fprintf(&in, "D %s\n", path)
			continue
		}
		fmt.Fprintf(&in, "M 100644 inline %s\ndata %d\n", path, len(f.Content))
		in.Write(f.Content)
		in.WriteByte('\n')
	}
	in.WriteString("get-mark :1\ndone\n")
	made, err := g.run(ctx, &in, "fast-import", "--quiet", "--done")
	if err == nil && !isHash(made) {
		err = fmt.Errorf("git fast-import answers %q", shorten(made))
	}
	return made, err
}

// push swaps the branch from the expected commit to the one that was made.
func (g *gitCall) push(ctx context.Context, c *Commit, made string) error {
	ref := "refs/heads/" + c.Branch
	for try := 1; ; try++ {
		out, err := g.run(ctx, nil, "push", "--porcelain", "--no-thin", "--no-verify", "--force-with-lease="+ref+":"+c.Expected, "origin", made+":"+ref)
		if err == nil || ctx.Err() != nil {
			return err
		}
		if strings.Contains(out, "(stale info)") {
			return ErrStaleHead
		}
		// The remote may have refused, or the answer was lost: it knows.
		head, headErr := g.head(ctx, c.Branch)
		switch {
		case headErr != nil:
			return fmt.Errorf("%w; whether the commit has landed is not known: %w", refusal(out, err), headErr)
		case head == made:
			return nil
		case head != c.Expected:
			return ErrStaleHead
		case try == pushTries || !locked(out, err):
			return refusal(out, err)
		}
		pause := 20 * time.Millisecond << try
		if err := sleep(ctx, pause/2+rand.N(pause)); err != nil {
			return err
		}
	}
}

// locked tells whether another push was about to move the branch.
func locked(out string, err error) bool {
	said := out + err.Error()
	return strings.Contains(said, "cannot lock ref") || strings.Contains(said, "failed to update ref") || strings.Contains(said, "failed to lock")
}

// refusal adds the line of `git push --porcelain` that says why:
//
//	!	<from>:<to>	[remote rejected] (pre-receive hook declined)
func refusal(out string, err error) error {
	for line := range strings.Lines(out) {
		if parts := strings.SplitN(line, "\t", 3); len(parts) == 3 && parts[0] == "!" {
			return fmt.Errorf("%s: %w", shorten(parts[2]), err)
		}
	}
	return err
}

// gitCall calls git in a folder, for a remote named origin.
type gitCall struct {
	dir string
	env []string
}

func (w *GitWriter) tempDir() string {
	if w.TempDir != "" {
		return w.TempDir
	}
	return os.TempDir()
}

// git prepares calls. The remote and the token are configuration in the
// environment, so no list of processes shows them and no file keeps them.
func (w *GitWriter) git(dir string) (*gitCall, error) {
	remote, err := w.remote()
	if err != nil {
		return nil, err
	}
	config := [][2]string{
		{"remote.origin.url", remote},
		{"core.hooksPath", os.DevNull}, {"core.fsync", "none"}, {"gc.auto", "0"}, {"maintenance.auto", "false"}, {"advice.fetchShowForcedUpdates", "false"},
	}
	if w.Token != "" {
		key, err := authorization(remote, w.Token)
		if err != nil {
			return nil, err
		}
		config = append(config, key)
	}
	env := gitEnv(os.Environ(), config)
	if w.SSHCommand != "" {
		env = append(env, "GIT_SSH_COMMAND="+w.SSHCommand)
	}
	return &gitCall{dir: dir, env: env}, nil
}

// remote returns the URL or the whole path of the repository.
func (w *GitWriter) remote() (string, error) {
	if w.Remote == "" {
		return "", errors.New("there is no remote")
	}
	if _, err := os.Stat(w.Remote); err == nil {
		return filepath.Abs(w.Remote)
	}
	return w.Remote, nil
}

// head asks the remote for the branch's newest commit.
func (g *gitCall) head(ctx context.Context, branch string) (string, error) {
	out, err := g.run(ctx, nil, "ls-remote", "--quiet", "origin", "refs/heads/"+branch)
	if err != nil {
		return "", err
	}
	for line := range strings.SplitSeq(out, "\n") { // <hash>\t<ref>, also of refs that end like it
		if hash, ref, _ := strings.Cut(line, "\t"); ref == "refs/heads/"+branch && isHash(hash) {
			return hash, nil
		}
	}
	return "", ErrNotFound
}

// run calls git and returns what it wrote, without the newline at the end, even
// if it failed. The error has git's own words.
func (g *gitCall) run(ctx context.Context, in *bytes.Buffer, args ...string) (string, error) {
	c := exec.CommandContext(ctx, "git", args...)
	c.Dir, c.Env = g.dir, g.env
	if in != nil {
		c.Stdin = in
	}
	c.WaitDelay = time.Minute // what git wrote is read to the end, however busy the machine is
	c.Cancel = func() error {
		c.WaitDelay = time.Second             // children may hold the pipes
		return c.Process.Signal(os.Interrupt) // git removes what is half done
	}
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	err := c.Run()
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case err != nil:
		err = fmt.Errorf("git %s: %w: %s", args[0], err, shorten(said.String()))
	}
	return strings.TrimSuffix(out.String(), "\n"), err
}
