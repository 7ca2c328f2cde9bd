package forgetest

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// Commit commits files to a branch as a person would, who is not the bot, and
// returns the hash. A new branch starts at main. A content of "\x00" removes the
// file.
func (s *Server) Commit(branch, message string, files map[string]string) (string, error) {
	var changes []change
	for p, content := range files {
		c := change{path: p, content: []byte(content)}
		if content == "\x00" {
			c = change{path: p, remove: true}
		}
		changes = append(changes, c)
	}
	slices.SortFunc(changes, func(a, b change) int { return strings.Compare(a.path, b.path) })
	head, err := s.Head(branch)
	if err != nil && branch != "main" {
		if head, err = s.Head("main"); err == nil {
			_, err = s.git(nil, "update-ref", "refs/heads/"+branch, head, "")
		}
		if err != nil {
			return "", err
		}
	}
	return s.commit(branch, head, person, person, message, changes)
}

// Head returns the newest commit of a branch.
func (s *Server) Head(branch string) (string, error) {
	return s.git(nil, "rev-parse", "--verify", "-q", "refs/heads/"+branch+"^{commit}")
}

// File returns a file's content at a revision.
func (s *Server) File(revision, path string) (string, error) {
	return s.git(nil, "cat-file", "blob", revision+":"+path)
}

const person = "Maintainer <maintainer@example.org>"

type change struct {
	path    string
	content []byte
	remove  bool
}

// commit makes a commit upon expected ("" for the first) and moves the branch if
// it still is there. Each commit of a server is a second later than the one
// before, so that histories are the same in each run.
func (s *Server) commit(branch, expected, author, committer, message string, changes []change) (string, error) {
	n := s.commits.Add(1)
	when := fmt.Sprintf("%d +0000", 1_760_000_000+n)
	zero := strings.Repeat("0", 40)
	temp := fmt.Sprintf("refs/forgetest/%d", n)

	var in bytes.Buffer
	fmt.Fprintf(&in, "feature done\ncommit %s\nmark :1\nauthor %s %s\ncommitter %s %s\ndata %d\n%s\n", temp, author, when, committer, when, len(message), message)
	if expected != "" {
		fmt.Fprintf(&in, "from %s\n", expected)
	}
	for _, c := range changes {
		if c.remove {
			fmt.Fprintf(&in, "D %s\n", quote(c.path))
			continue
		}
		fmt.Fprintf(&in, "M 100644 inline %s\ndata %d\n%s\n", quote(c.path), len(c.content), c.content)
	}
	fmt.Fprintf(&in, "get-mark :1\nreset %s\nfrom %s\n\ndone\n", temp, zero)
	made, err := s.git(in.Bytes(), "fast-import", "--quiet", "--force", "--done")
	if err != nil {
		return "", err
	}
	if expected == "" {
		expected = zero
	}
	_, err = s.git(nil, "update-ref", "refs/heads/"+branch, made, expected)
	return made, err
}

// quote writes a path as fast-import reads it.
func quote(p string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(p) + `"`
}

// git runs git in the bare repository, apart from the user's configuration.
func (s *Server) git(in []byte, args ...string) (string, error) {
	c := exec.Command("git", append([]string{"-C", s.Git}, args...)...)
	c.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_DIR="+s.Git, "LC_ALL=C",
		"GIT_AUTHOR_NAME=Maintainer", "GIT_AUTHOR_EMAIL=maintainer@example.org", "GIT_COMMITTER_NAME=Maintainer", "GIT_COMMITTER_EMAIL=maintainer@example.org")
	c.Stdin = bytes.NewReader(in)
	out, err := c.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("git %s: %w: %s", args[0], err, exit.Stderr)
	}
	if args[0] != "cat-file" {
		out = bytes.TrimSpace(out)
	}
	return string(out), err
}

func (s *Server) getRef(w http.ResponseWriter, r *http.Request) {
	branch := r.PathValue("branch")
	head, err := s.Head(branch)
	if err != nil {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	reply(w, http.StatusOK, map[string]any{"ref": "refs/heads/" + branch, "object": map[string]any{"type": "commit", "sha": head}})
}
