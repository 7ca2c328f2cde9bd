package forgetest_test

import (
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/forge/forgetest"
)

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	c := exec.Command("git", args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// TestGit clones from the server, pushes to it with the token, and fetches the
// head of a pull request that came from a fork.
func TestGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	s := forgetest.New(t, forgetest.Options{})
	fork := filepath.Join(t.TempDir(), "fork")
	url := s.Getenv("GITHUB_SERVER_URL") + "/lab/board"
	git(t, "", "clone", "-q", url, fork)
	if err := os.WriteFile(filepath.Join(fork, "new"), []byte("new\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	git(t, fork, "add", "new")
	git(t, fork, "commit", "-qm", "new")
	head := git(t, fork, "rev-parse", "HEAD")

	n, err := s.AddPull(forgetest.Pull{Fork: fork, Head: "main"})
	if err != nil {
		t.Fatal(err)
	}
	bare := t.TempDir()
	git(t, bare, "init", "-q", "--bare")
	git(t, bare, "fetch", "-q", "--depth=1", url+".git", "refs/pull/1/head")
	if got := git(t, bare, "rev-parse", "FETCH_HEAD"); n != 1 || got != head {
		t.Errorf("pull request %d is at %s, want %s", n, got, head)
	}

	push := func(token string) error {
		with := strings.Replace(url, "http://", "http://x-access-token:"+token+"@", 1)
		c := exec.Command("git", "-C", fork, "push", "-q", with, "main")
		c.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=true", "GIT_CONFIG_GLOBAL="+os.DevNull)
		return c.Run()
	}
	if push("wrong") == nil {
		t.Error("pushed with a wrong token")
	}
	if err := push(s.Token); err != nil {
		t.Error(err)
	}
	if got, err := s.Head("main"); got != head {
		t.Errorf("main is at %s, %v", got, err)
	}
}

// TestHook sees requests as api.github.com would have them, and its errors fail
// the test.
func TestHook(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	var seen []string
	s, err := forgetest.Start(forgetest.Options{Dir: t.TempDir(), Hook: func(r *http.Request, body []byte) error {
		seen = append(seen, r.Method+" "+r.URL.RequestURI()+" "+string(body))
		if strings.Contains(string(body), "bad") {
			return errors.New("that is bad")
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	post := func(path, body string) int {
		t.Helper()
		r, err := http.Post(s.URL+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		return r.StatusCode
	}
	if got := post("/api/v3/repos/lab/board/issues/1/labels", `{}`); got != http.StatusUnauthorized || s.Err() != nil {
		t.Errorf("got %d, %v", got, s.Err())
	}
	if got := post("/api/graphql", `bad`); got != http.StatusBadRequest || s.Err() == nil {
		t.Errorf("got %d, %v", got, s.Err())
	}
	want := []string{"POST /repos/lab/board/issues/1/labels {}", "POST /graphql bad"}
	if strings.Join(seen, "|") != strings.Join(want, "|") {
		t.Errorf("the hook saw %q", seen)
	}
}
