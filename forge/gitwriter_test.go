package forge_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bsgen/bsgen/forge"
	"github.com/bsgen/bsgen/forge/forgetest"
)

// bare returns a bare repository with one commit, and a writer to it.
func bare(t *testing.T) (string, *forge.GitWriter) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir := filepath.Join(t.TempDir(), "board.git")
	git(t, "", "init", "-q", "--bare", "--template=", "-b", "main", dir)
	return dir, start(t, dir)
}

func start(t *testing.T, dir string) *forge.GitWriter {
	t.Helper()
	tree := git(t, dir, "mktree", "--missing")
	first := git(t, dir, "commit-tree", tree, "-m", "start")
	git(t, dir, "update-ref", "refs/heads/main", first)
	return &forge.GitWriter{Remote: dir, Name: "bsgen-bot", Email: "bot@example.org", TempDir: t.TempDir()}
}

func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	c := exec.Command("git", args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// hook installs a script into a bare repository, whose folder it runs in.
func hook(t *testing.T, dir, name, script string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, "hooks"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "hooks", name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

// one is a commit of one file.
func one(head, path, content string) forge.Commit {
	return forge.Commit{Branch: "main", Expected: head, Headline: "results: score " + path, Body: "Bsgen-Run: 1", Files: []forge.File{{Path: path, Content: []byte(content)}}}
}

// sound fails the test unless the repository is whole, main is where it should
// be, and no temporary folder is left.
func sound(t *testing.T, dir string, w *forge.GitWriter, main string) {
	t.Helper()
	git(t, dir, "fsck", "--strict", "--no-dangling")
	if got := git(t, dir, "rev-parse", "main"); got != main {
		t.Errorf("main is at %s, not at %s", got, main)
	}
	left, err := os.ReadDir(w.TempDir)
	if err != nil || len(left) > 0 {
		t.Errorf("temporary files are left: %v, %v", left, err)
	}
}

func TestGitWriter(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) {
			dir, _ := bare(t)
			os.RemoveAll(dir)
			git(t, "", "init", "-q", "--bare", "--template=", "-b", "main", "--object-format="+format, dir)
			w := start(t, dir)
			ctx := t.Context()
			first := must(w.Head(ctx, "main"))(t)
			c := one(first, `results/a "b"/c@1.json`, "{}\n")
			c.Files = append(c.Files, forge.File{Path: "results/x.bin", Content: []byte("\x00\r\n\xff")})
			done, err := w.Commit(ctx, c)
			if err != nil || done.Verified || done.Reason == "" {
				t.Fatalf("got %+v, %v", done, err)
			}
			c = one(done.SHA, "results/x.bin", "new")
			c.Files = append(c.Files, forge.File{Path: `results/a "b"/c@1.json`, Remove: true})
			second := must(w.Commit(ctx, c))(t)
			sound(t, dir, w, second.SHA)
			if got := git(t, dir, "log", "--format=%an <%ae> %cn <%ce> %P%n%B", "-1"); got != "bsgen-bot <bot@example.org> bsgen-bot <bot@example.org> "+done.SHA+"\nresults: score results/x.bin\n\nBsgen-Run: 1" {
				t.Errorf("got %s", got)
			}
			if got := git(t, dir, "ls-tree", "-r", "main"); !strings.HasPrefix(got, "100644 blob ") || !strings.HasSuffix(got, "\tresults/x.bin") || strings.Contains(got, "\n") {
				t.Errorf("got %s", got)
			}
			if got := git(t, dir, "cat-file", "blob", done.SHA+":results/x.bin"); got != "\x00\r\n\xff" {
				t.Errorf("got %q", got)
			}
			if _, err := w.Commit(ctx, one(done.SHA, "late", "")); !errors.Is(err, forge.ErrStaleHead) {
				t.Errorf("got %v", err)
			}
			if _, err := w.Head(ctx, "other"); !errors.Is(err, forge.ErrNotFound) {
				t.Errorf("got %v", err)
			}
			late := one(done.SHA, "late", "")
			late.Branch = "other"
			if _, err := w.Commit(ctx, late); !errors.Is(err, forge.ErrNotFound) {
				t.Errorf("got %v", err)
			}
			sound(t, dir, w, second.SHA)
		})
	}
}

// TestGitWriterHTTP pushes by git's protocol over HTTP, which asks for the token.
func TestGitWriterHTTP(t *testing.T) {
	s, _, _ := connect(t, forgetest.Options{})
	w := &forge.GitWriter{Remote: s.URL + "/lab/board.git", Token: s.Token, Name: "b", Email: "b@example.org", TempDir: t.TempDir()}
	done, err := w.Commit(t.Context(), one(must(w.Head(t.Context(), "main"))(t), "a", "a"))
	if err != nil {
		t.Fatal(err)
	}
	sound(t, s.Git, w, done.SHA)
	w.Token = "wrong"
	if _, err := w.Commit(t.Context(), one(done.SHA, "b", "b")); err == nil || strings.Contains(err.Error(), "wrong") {
		t.Errorf("got %v", err)
	}
	w.Token, w.Remote = "secret", "http://git.example.org/board"
	if _, err := w.Head(t.Context(), "main"); err == nil || !strings.Contains(err.Error(), "by https") {
		t.Errorf("got %v", err)
	}
}

// TestGitWriterRace lets 20 writers add a file each to one branch at once.
func TestGitWriterRace(t *testing.T) {
	const writers = 20
	dir, w := bare(t)
	first := git(t, dir, "rev-parse", "main")
	var group sync.WaitGroup
	tries := make([]int, writers)
	for i := range writers {
		group.Go(func() {
			for {
				head, err := w.Head(t.Context(), "main")
				if err == nil {
					tries[i]++
					_, err = w.Commit(t.Context(), one(head, fmt.Sprintf("results/m%d/b@1.json", i), "{}\n"))
				}
				if err == nil {
					return
				}
				if !errors.Is(err, forge.ErrStaleHead) {
					t.Error(err)
					return
				}
				time.Sleep(mathrand.N(time.Duration(tries[i]) * 200 * time.Millisecond)) // fewer tries, no matter for the outcome
			}
		})
	}
	group.Wait()
	t.Logf("tries: %v", tries)
	if got := git(t, dir, "rev-list", "--count", "--min-parents=1", "--max-parents=1", first+"..main"); got != fmt.Sprint(writers) {
		t.Errorf("%s commits in a line, want %d", got, writers)
	}
	if got := strings.Count(git(t, dir, "ls-tree", "-r", "main"), "\n") + 1; got != writers {
		t.Errorf("%d files, want %d", got, writers)
	}
	sound(t, dir, w, git(t, dir, "rev-parse", "main"))
}

func TestGitWriterPaths(t *testing.T) {
	dir, w := bare(t)
	blob := git(t, dir, "hash-object", "-w", "--stdin")
	first := git(t, dir, "rev-parse", "main")
	index := "GIT_INDEX_FILE=" + filepath.Join(t.TempDir(), "index")
	for _, entry := range []string{"120000," + blob + ",link", "160000," + first + ",module", "100644," + blob + ",dir/file", "100755," + blob + ",program"} {
		c := exec.Command("git", "-C", dir, "update-index", "--add", "--cacheinfo", entry)
		c.Env = append(os.Environ(), index)
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatal(err, string(out))
		}
	}
	c := exec.Command("git", "-C", dir, "write-tree")
	c.Env = append(os.Environ(), index)
	tree := must(c.Output())(t)
	head := git(t, dir, "commit-tree", strings.TrimSpace(string(tree)), "-p", first, "-m", "entries")
	git(t, dir, "update-ref", "refs/heads/main", head)

	for path, want := range map[string]string{
		"dir": "is a folder", "link": "symbolic link", "module": "submodule", "dir/file/x": "through a file", "link/x": "through a file", "module/x": "through a file",
	} {
		if _, err := w.Commit(t.Context(), one(head, path, "x")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
	}
	gone := one(head, "gone", "")
	gone.Files[0].Remove = true
	if _, err := w.Commit(t.Context(), gone); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("got %v", err)
	}
	for _, p := range hostilePaths {
		if _, err := w.Commit(t.Context(), one(head, p, "x")); err == nil {
			t.Errorf("the path %q was taken", p)
		}
	}
	sound(t, dir, w, head)
	done := must(w.Commit(t.Context(), one(head, "program", "x")))(t)
	if got := git(t, dir, "ls-tree", "main", "program"); !strings.HasPrefix(got, "100644 ") {
		t.Errorf("got %s", got)
	}
	sound(t, dir, w, done.SHA)
}

// TestGitWriterBreaks breaks a push at each of its stages.
func TestGitWriterBreaks(t *testing.T) {
	big := make([]byte, 1<<20)
	rand.Read(big)
	for _, c := range []struct {
		name, hook, script string
		env                []string
		lands              bool
		err                string
	}{
		{name: "refused", hook: "pre-receive", script: "echo nobody may >&2; exit 1", err: "[remote rejected] (pre-receive hook declined)"},
		{name: "server dies before", hook: "pre-receive", script: "kill -9 $PPID", err: "git push: exit status"},
		{name: "answer lost", hook: "post-receive", script: "kill -9 $PPID", lands: true},
		{name: "branch locked for a while", hook: "pre-receive", script: "echo x >>tries; test $(wc -l <tries) -lt 3 || rm -f refs/heads/main.lock", lands: true},
		{name: "branch locked for ever", hook: "pre-receive", script: "exit 0", err: "cannot lock ref"},
		{name: "server's disk is full", env: []string{"remote.origin.receivepack", "ulimit -f 64; git-receive-pack"}, err: "git push: exit status"},
		{name: "hooks are the remote's own", hook: "pre-receive", script: "exit 1", env: []string{"core.hooksPath", os.DevNull}, err: "declined"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, w := bare(t)
			head := git(t, dir, "rev-parse", "main")
			if c.hook != "" {
				hook(t, dir, c.hook, c.script)
			}
			if strings.HasPrefix(c.name, "branch locked") {
				if err := os.WriteFile(filepath.Join(dir, "refs/heads/main.lock"), nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if c.env != nil {
				t.Setenv("GIT_CONFIG_COUNT", "1")
				t.Setenv("GIT_CONFIG_KEY_0", c.env[0])
				t.Setenv("GIT_CONFIG_VALUE_0", c.env[1])
			}
			done, err := w.Commit(t.Context(), one(head, "results/m/b@1.bin", string(big)))
			if c.lands {
				if err != nil {
					t.Fatal(err)
				}
				head = done.SHA
			} else if err == nil || !strings.Contains(err.Error(), c.err) || errors.Is(err, forge.ErrStaleHead) {
				t.Fatalf("got %v, want %q", err, c.err)
			}
			os.RemoveAll(filepath.Join(dir, "hooks"))
			os.Remove(filepath.Join(dir, "refs/heads/main.lock"))
			os.Unsetenv("GIT_CONFIG_COUNT")
			sound(t, dir, w, head)
			sound(t, dir, w, must(w.Commit(t.Context(), one(head, "next", "x")))(t).SHA)
		})
	}
}

// TestGitWriterFullDisk lets no file here grow beyond 64 KiB.
func TestGitWriterFullDisk(t *testing.T) {
	dir, w := bare(t)
	program := must(exec.LookPath("git"))(t)
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "git"), []byte("#!/bin/sh\nulimit -f 128\nexec "+program+" \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	big := make([]byte, 1<<20)
	rand.Read(big)
	head := git(t, dir, "rev-parse", "main")
	path := os.Getenv("PATH")
	t.Setenv("PATH", bin+string(os.PathListSeparator)+path)
	if _, err := w.Commit(t.Context(), one(head, "big", string(big))); err == nil || !strings.Contains(err.Error(), "fast-import") {
		t.Errorf("got %v", err)
	}
	sound(t, dir, w, head)
	t.Setenv("PATH", path)
	done := must(w.Commit(t.Context(), one(head, "big", string(big))))(t)
	sound(t, dir, w, done.SHA)
}

// TestGitWriterCancel ends the program in the middle of a push.
func TestGitWriterCancel(t *testing.T) {
	dir, w := bare(t)
	head := git(t, dir, "rev-parse", "main")
	hook(t, dir, "pre-receive", "touch arrived; while ! test -e leave; do sleep 0.01; done; exit 1")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(filepath.Join(dir, "arrived")); err == nil {
				cancel()
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	_, err := w.Commit(ctx, one(head, "a", "x"))
	if err := os.WriteFile(filepath.Join(dir, "leave"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	sound(t, dir, w, head)
	os.RemoveAll(filepath.Join(dir, "hooks"))
	sound(t, dir, w, must(w.Commit(t.Context(), one(head, "a", "x")))(t).SHA)
}

// TestGitWriterInHook calls git from where its variables point elsewhere.
func TestGitWriterInHook(t *testing.T) {
	dir, w := bare(t)
	other, _ := bare(t)
	head := git(t, dir, "rev-parse", "main")
	t.Setenv("GIT_DIR", other)
	t.Setenv("GIT_OBJECT_DIRECTORY", filepath.Join(other, "objects"))
	t.Setenv("GIT_INDEX_FILE", filepath.Join(other, "index"))
	w.Name, w.Email = "", ""
	t.Setenv("GIT_COMMITTER_NAME", "Configured")
	t.Setenv("GIT_COMMITTER_EMAIL", "c@example.org")
	done := must(w.Commit(t.Context(), one(head, "a", "x")))(t)
	for _, k := range []string{"GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE"} {
		os.Unsetenv(k)
	}
	sound(t, dir, w, done.SHA)
	if got := git(t, dir, "log", "-1", "--format=%cn"); got != "Configured" {
		t.Errorf("got %s", got)
	}
}

// TestGitWriterFetch: a clone gets a commit that it lacks, also a shallow one
// and by http, and nothing else in it changes.
func TestGitWriterFetch(t *testing.T) {
	s := forgetest.New(t, forgetest.Options{})
	if _, err := s.Commit("main", "more", map[string]string{"more": "1"}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, depth := range map[string]string{"whole": "--no-single-branch", "shallow": "--depth=1"} {
		git(t, "", "clone", "-q", depth, "file://"+s.Git, filepath.Join(dir, name))
	}
	between, err := s.Commit("main", "between", map[string]string{"between": "1"})
	if err != nil {
		t.Fatal(err)
	}
	newest, err := s.Commit("main", "newest", map[string]string{"newest": "1"})
	if err != nil {
		t.Fatal(err)
	}
	w := &forge.GitWriter{Remote: s.URL + "/" + s.Repository + ".git", Token: s.Token}
	for _, name := range []string{"whole", "shallow"} {
		clone := filepath.Join(dir, name)
		before := git(t, clone, "for-each-ref") + git(t, clone, "status", "--porcelain")
		if err := w.Fetch(t.Context(), clone, "main", between); err != nil {
			t.Fatal(err)
		}
		if got := git(t, clone, "show", newest+":newest") + git(t, clone, "show", between+":between"); got != "11" {
			t.Errorf("%s: the files hold %q", name, got)
		}
		if after := git(t, clone, "for-each-ref") + git(t, clone, "status", "--porcelain"); after != before {
			t.Errorf("%s: the clone has changed: %s", name, after)
		}
		if _, err := os.Stat(filepath.Join(clone, ".git", "FETCH_HEAD")); err == nil {
			t.Errorf("%s: FETCH_HEAD was written", name)
		}
		// What is there is not asked for, whatever became of the service.
		if err := (&forge.GitWriter{Remote: "http://127.0.0.1:1/"}).Fetch(t.Context(), clone, "main", newest); err != nil {
			t.Error(err)
		}
	}
	gone := strings.Repeat("1", 40)
	for commit, want := range map[string]string{
		gone:     "fetch commit 111111111111 of main: the branch does not have it any more",
		"--help": "fetch commit --help of main: that is no hash",
	} {
		if err := w.Fetch(t.Context(), filepath.Join(dir, "whole"), "main", commit); err == nil || err.Error() != want {
			t.Errorf("%s: %v", commit, err)
		}
	}
	if err := w.Fetch(t.Context(), filepath.Join(dir, "whole"), "nowhere", gone); err == nil || !strings.HasPrefix(err.Error(), "fetch commit 111111111111 of nowhere: git fetch: ") {
		t.Errorf("no such branch: %v", err)
	}
}
