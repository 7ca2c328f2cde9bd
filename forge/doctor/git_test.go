package doctor

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestParseRemote(t *testing.T) {
	for address, want := range map[string]Remote{
		"https://github.com/some-lab/board.git":           {"github.com", "some-lab/board"},
		"https://GitHub.com/some-lab/board/":              {"github.com", "some-lab/board"},
		"https://somebody:secret@github.com/some-lab/b":   {"github.com", "some-lab/b"},
		"git@github.com:some-lab/board.git":               {"github.com", "some-lab/board"},
		"github.com:some-lab/board":                       {"github.com", "some-lab/board"},
		"ssh://git@github.com:22/some-lab/board":          {"github.com", "some-lab/board"},
		"https://git.example.org:8443/some-lab/board.git": {"git.example.org:8443", "some-lab/board"},
		"https://git.example.org/group/sub/board.git":     {"git.example.org", ""},
		"git@git.example.org:board.git":                   {"git.example.org", ""},
		"/srv/git/board.git":                              {},
		"../board":                                        {},
		"file:///srv/git/board.git":                       {},
		"":                                                {},
		"::":                                              {},
	} {
		if got := ParseRemote(address); got != want {
			t.Errorf("%q: %+v, want %+v", address, got, want)
		}
	}
}

// TestReadGit reads a folder outside git, a repository, and a shallow clone.
func TestReadGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	root := t.TempDir()
	t.Setenv("GIT_CEILING_DIRECTORIES", root)
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	git := func(args ...string) {
		t.Helper()
		c := exec.Command("git", append([]string{"-c", "user.name=Ada", "-c", "user.email=ada@example.org"}, args...)...)
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, out)
		}
	}
	board, clone := filepath.Join(root, "board"), filepath.Join(root, "clone")
	if err := os.Mkdir(board, 0o755); err != nil {
		t.Fatal(err)
	}
	g := ReadGit(t.Context(), board)
	if g.Version == "" || g.Commits != 0 || g.Shallow || g.Origin != (Remote{}) {
		t.Errorf("outside git: %+v", g)
	}
	git("init", "-q", board)
	for range 3 {
		git("-C", board, "commit", "-q", "--allow-empty", "-m", "results")
	}
	git("-C", board, "remote", "add", "origin", "git@github.com:some-lab/board.git")
	if g := ReadGit(t.Context(), board); g.Commits != 3 || g.Shallow || g.Origin.Repository != "some-lab/board" {
		t.Errorf("repository: %+v", g)
	}
	git("clone", "-q", "--depth", "1", "file://"+board, clone)
	if g := ReadGit(t.Context(), clone); g.Commits != 1 || !g.Shallow || g.Origin != (Remote{}) {
		t.Errorf("shallow clone: %+v", g)
	}
	t.Setenv("PATH", "")
	if g := ReadGit(t.Context(), board); g != (Git{}) {
		t.Errorf("without git: %+v", g)
	}
}
