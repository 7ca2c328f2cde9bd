package pull

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// A pull request is what its branch did since it left the main branch, whatever
// happened there meanwhile.
func TestInspectComparesWithTheFork(t *testing.T) {
	r := newRepository(t)
	fork := r.main()
	head := r.commit("net", fork, with()...)
	base := r.commit("main", fork, file{Path: "README.md", Content: "newer\n"}, file{Path: "results/alexnet/b@1.json", Content: "{ }\n"})
	p, err := Inspect(t.Context(), r.Repository, base, head)
	if err != nil {
		t.Fatal(err)
	}
	if p.Kind != Submission || p.Model != "net" || !p.New || len(p.Problems) > 0 || p.Base != base || p.Head != head {
		t.Errorf("got %+v", p)
	}
	if want := []File{{yamlPath, p.Files[0].Blob, 8}}; !reflect.DeepEqual(p.Files, want) {
		t.Errorf("files %+v, want %+v", p.Files, want)
	}

	// The same folder changed on both sides: neither may win in silence.
	base = r.commit("main", base, file{Path: yamlPath, Content: "id: net\nname: other\n"})
	if p, err = Inspect(t.Context(), r.Repository, base, head); err != nil {
		t.Fatal(err)
	}
	compare(t, p, Submission, []string{"submissions/net: the folder has changed on the main branch"})

	// No common history.
	alien := r.commit("alien", "", with()...)
	if p, err = Inspect(t.Context(), r.Repository, base, alien); err != nil {
		t.Fatal(err)
	}
	compare(t, p, Other, []string{"submissions: the pull request has no common history"})

	for _, rev := range []string{"nowhere", "--all", "-h", "", "HEAD:README.md"} {
		if p, err := Inspect(t.Context(), r.Repository, base, rev); err == nil {
			t.Errorf("the revision %q gave %+v", rev, p)
		}
	}
}

func TestExtract(t *testing.T) {
	r := newRepository(t)
	base := r.commit("main", r.main(),
		file{Path: "submissions/net/model.yaml", Content: "id: net\nname: before\n"},
		file{Path: "submissions/net/old.npy", Content: "old"},
		file{"content/link.md", modeLink, "/etc/passwd"},
		file{"benchmarks/b/tool", modeExecutable, "tool"},
		file{Path: "cmd/main.go", Content: "package main"},
	)
	head := r.commit("net", base, with(file{Path: in("V4.npy"), Content: "\x93NUMPY\r\n"}, file{in("old.npy"), "D", ""})...)
	p, err := Inspect(t.Context(), r.Repository, base, head)
	if err != nil {
		t.Fatal(err)
	}
	if p.New || len(p.Problems) > 0 {
		t.Fatalf("got %+v", p)
	}
	dir := filepath.Join(t.TempDir(), "a", "b")
	if err := p.Extract(t.Context(), r.Repository, dir, true); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"site.yaml": "title: Board\n", "benchmarks/b/benchmark.yaml": "id: b\n", "benchmarks/b/tool": "tool",
		"submissions/README.md": "models\n", "submissions/alexnet/model.yaml": "id: alexnet\n", "results/alexnet/b@1.json": "{}\n",
		yamlPath: "id: net\n", in("V4.npy"): "\x93NUMPY\r\n",
	}
	if got := read(t, dir); !maps.Equal(got, want) {
		t.Errorf("the archive holds %q\nwant %q", got, want)
	}
	if info, err := os.Stat(filepath.Join(dir, "benchmarks/b/tool")); err != nil || info.Mode().Perm()&0o111 != 0 {
		t.Errorf("a file can be executed: %v, %v", info.Mode(), err)
	}
	if err := p.Extract(t.Context(), r.Repository, dir, true); !errors.Is(err, os.ErrExist) {
		t.Errorf("a folder that is there gave %v", err)
	}

	// Without results; and of what is unsound nothing is written.
	head = r.commit("bad", base, with(file{in("V4.npy"), modeLink, "/etc/passwd"})...)
	if p, err = Inspect(t.Context(), r.Repository, base, head); err != nil || !p.Unsound {
		t.Fatalf("got %+v, %v", p, err)
	}
	dir = filepath.Join(t.TempDir(), "unsound")
	if err := p.Extract(t.Context(), r.Repository, dir, false); err != nil {
		t.Fatal(err)
	}
	delete(want, in("V4.npy"))
	delete(want, "results/alexnet/b@1.json")
	want[yamlPath], want[in("old.npy")] = "id: net\nname: before\n", "old"
	if got := read(t, dir); !maps.Equal(got, want) {
		t.Errorf("the archive holds %q\nwant %q", got, want)
	}
}

// The list of files is checked again where they are written: whatever pull.json
// might say, nothing lands outside the folder or over another file.
func TestExtractStaysInside(t *testing.T) {
	r := newRepository(t)
	base := r.main()
	blob := r.git("x", "hash-object", "-w", "--stdin")
	missing := strings.Repeat("7", 40)
	for name, f := range map[string]File{
		"up":       {"../x", blob, 1},
		"absolute": {"/x", blob, 1},
		"size":     {"submissions/net/x", blob, 2},
		"twice":    {"site.yaml", blob, 1},
		"missing":  {"submissions/net/x", missing, 1},
	} {
		p := &Pull{Base: base, Model: "net", Files: []File{f}}
		parent := t.TempDir()
		if err := p.Extract(t.Context(), r.Repository, filepath.Join(parent, "archive"), true); err == nil {
			t.Errorf("%s: %s was written", name, f.Path)
		}
		if _, err := os.Lstat(filepath.Join(parent, "x")); err == nil {
			t.Errorf("%s: a file lies outside the folder", name)
		}
	}
}

// Neither attributes and filters of the commit, nor the environment of who runs
// bsgen, have a say in what is read.
func TestCleanEnvironment(t *testing.T) {
	r := newRepository(t)
	marker := filepath.Join(t.TempDir(), "marker")
	for _, setting := range []string{"filter.evil.smudge", "filter.evil.process", "diff.external", "core.fsmonitor", "core.sshCommand", "core.pager"} {
		r.git("", "config", setting, "touch "+marker)
	}
	hooks := t.TempDir()
	for _, hook := range []string{"reference-transaction", "post-checkout", "post-index-change"} {
		if err := os.WriteFile(filepath.Join(hooks, hook), []byte("#!/bin/sh\ntouch "+marker+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	base := r.commit("main", r.main(), file{Path: ".gitattributes", Content: "* filter=evil diff=evil text eol=crlf ident\n"})
	head := r.commit("net", base, with(file{Path: in("notes.txt"), Content: "$Id$\nline\n"})...)
	r.git("", "config", "core.hooksPath", hooks)
	t.Setenv("GIT_DIR", t.TempDir())
	t.Setenv("GIT_EXTERNAL_DIFF", "touch "+marker)
	t.Setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", "/nowhere")
	t.Setenv("GITHUB_TOKEN", "secret")
	p, err := Inspect(t.Context(), r.Repository, base, head)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "archive")
	if err := p.Extract(t.Context(), r.Repository, dir, true); err != nil {
		t.Fatal(err)
	}
	if got := read(t, dir)[in("notes.txt")]; got != "$Id$\nline\n" {
		t.Errorf("the file was filtered: %q", got)
	}
	os.Unsetenv("GIT_DIR")
	if _, err := Fetch(t.Context(), r.Repository, Remote{URL: bareRemote(t, r, head)}, 7, head, base, filepath.Join(t.TempDir(), "git")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(marker); err == nil {
		t.Error("git ran a program that a setting names")
	}
	for _, v := range r.Env {
		if strings.HasPrefix(v, "GITHUB_") || strings.HasPrefix(v, "GIT_DIR=") {
			t.Errorf("git gets %s", v)
		}
	}
}

// bareRemote makes a repository with the head as that of pull request 7.
func bareRemote(t *testing.T, r *repository, head string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "remote.git")
	r.git("", "-c", "core.hooksPath="+os.DevNull, "clone", "-q", "--bare", "--no-hardlinks", r.Dir, dir)
	remote := &repository{TB: t, Repository: Open(dir)}
	remote.git("", "update-ref", "refs/pull/7/head", head)
	remote.git("", "config", "uploadpack.allowFilter", "true")
	remote.git("", "config", "uploadpack.allowAnySHA1InWant", "true")
	return dir
}

func TestFetch(t *testing.T) {
	r := newRepository(t)
	base := r.main()
	head := r.commit("net", base, with(file{Path: in("V4.npy"), Content: "data"}, file{Path: in("huge.npy"), Content: strings.Repeat("\x00", MaxFile+2)})...)
	remote := Remote{URL: "file://" + bareRemote(t, r, head), Token: "secret"}

	// The repository that runs bsgen has the main branch only.
	here := &repository{TB: t, Repository: Open(t.TempDir())}
	here.git("", "init", "-q", "-b", "main", ".")
	here.git("", "pull", "-q", "--no-tags", r.Dir, "main")
	bare, err := Fetch(t.Context(), here.Repository, remote, 7, head, base, filepath.Join(t.TempDir(), "a", "git"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := Inspect(t.Context(), bare, base, head)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, p, Submission, []string{in("huge.npy") + ": the file is larger than the 20 MB allowed"})
	if c, err := os.ReadFile(filepath.Join(bare.Dir, "config")); err != nil || strings.Contains(string(c), "promisor") || strings.Contains(string(c), "secret") {
		t.Errorf("the configuration is %s, %v", c, err)
	}
	if out := here.git("", "for-each-ref", "--format=%(refname)"); out != "refs/heads/main" {
		t.Errorf("the repository has the refs %s", out)
	}

	if _, err := Fetch(t.Context(), here.Repository, remote, 7, base, base, filepath.Join(t.TempDir(), "git")); !errors.Is(err, ErrMoved) {
		t.Errorf("another head gave %v", err)
	}
	if _, err := Fetch(t.Context(), here.Repository, remote, 8, head, base, filepath.Join(t.TempDir(), "git")); err == nil || errors.Is(err, ErrMoved) {
		t.Errorf("a number without a pull request gave %v", err)
	}
	for _, url := range []string{"ext::sh -c true", "-uorigin", "ssh://git@example.org/x", "git@example.org:x", "ftp://example.org/x", ""} {
		if _, err := Fetch(t.Context(), here.Repository, Remote{URL: url}, 7, head, base, filepath.Join(t.TempDir(), "git")); err == nil || !strings.Contains(err.Error(), "fetched by https") {
			t.Errorf("the remote %q gave %v", url, err)
		}
	}

	shallow := &repository{TB: t, Repository: Open(filepath.Join(t.TempDir(), "shallow"))}
	r.commit("main", base, file{Path: "README.md", Content: "newer"})
	r.git("", "clone", "-q", "--depth", "1", "file://"+r.Dir, shallow.Dir)
	if _, err := Fetch(t.Context(), shallow.Repository, remote, 7, head, base, filepath.Join(t.TempDir(), "git")); !errors.Is(err, ErrShallow) {
		t.Errorf("a shallow clone gave %v", err)
	}
	if _, err := Inspect(t.Context(), shallow.Repository, "HEAD", "HEAD"); err != nil {
		t.Errorf("a commit with itself gave %v", err)
	}
}

func TestRemoteToken(t *testing.T) {
	env, err := Remote{URL: "https://forge.example/lab/board", Token: "secret"}.environment()
	want := []string{"GIT_ALLOW_PROTOCOL=https", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=http.https://forge.example/.extraHeader",
		"GIT_CONFIG_VALUE_0=Authorization: Basic eC1hY2Nlc3MtdG9rZW46c2VjcmV0"} // printf x-access-token:secret | base64
	if err != nil || !slices.Equal(env, want) {
		t.Errorf("got %q, %v", env, err)
	}
	if env, err = (Remote{URL: "http://127.0.0.1/lab/board", Token: "secret"}).environment(); err != nil || len(env) != 1 {
		t.Errorf("without encryption the token goes into %q, %v", env, err)
	}
}

// bomb makes a tree that ten trees deep holds 10^10 files, from eleven objects.
func (r *repository) bomb() []byte {
	raw := r.object("blob", "x")
	mode := modeFile
	for range 10 {
		var tree strings.Builder
		for i := range 10 {
			fmt.Fprintf(&tree, "%s %c\x00%s", mode, 'a'+i, raw)
		}
		mode, raw = "40000", r.object("tree", tree.String())
	}
	return raw
}

// TestBombs: what is small to send and large to unpack is refused unread.
func TestBombs(t *testing.T) {
	r := newRepository(t)
	base := r.rawCommit("", nil, "")
	tree := r.bomb()
	for _, path := range [][]string{{"submissions", "net"}, {"submissions"}, {"src"}} {
		raw := tree
		for _, name := range slices.Backward(path) {
			raw = r.object("tree", "40000 "+name+"\x00"+string(raw))
		}
		head := r.git("", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit-tree", "-m", "bomb", "-p", base, fmt.Sprintf("%x", raw))
		p, err := Inspect(t.Context(), r.Repository, base, head)
		if err != nil {
			t.Fatal(err)
		}
		if path[0] == "src" { // not our business, and not looked at
			compare(t, p, Other, nil)
			continue
		}
		compare(t, p, Submission, []string{"submissions: the pull request changes more than 2000 files"})
	}
}

func TestPullFile(t *testing.T) {
	hash := strings.Repeat("0a", 20)
	p := &Pull{Schema: Schema, Number: 7, Head: hash, Base: hash, Kind: Submission, Model: "net", New: true, Files: []File{{yamlPath, hash, 8}}, Missing: []Missing{{hash, "why"}}}
	p.Problems.Add(yamlPath, 3, "hint", "what %s", "is wrong")
	dir := t.TempDir()
	if err := p.Write(dir); err != nil {
		t.Fatal(err)
	}
	if got, err := Read(dir); err != nil || !reflect.DeepEqual(got, p) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, p)
	}
	good, _ := os.ReadFile(filepath.Join(dir, FileName))
	for name, edit := range map[string][2]string{
		"unknown field": {`"number"`, `"nombre"`},
		"schema":        {`"schema": 1`, `"schema": 2`},
		"head":          {`"head": "0a`, `"head": "zz`},
		"model":         {`"model": "net"`, `"model": "../net"`},
		"type":          {`"number": 7`, `"number": "7"`},
	} {
		bad := strings.Replace(string(good), edit[0], edit[1], 1)
		if err := os.WriteFile(filepath.Join(dir, FileName), []byte(bad), 0o644); err != nil {
			t.Fatal(err)
		}
		if p, err := Read(dir); err == nil {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, FileName), make([]byte, maxJSON+1), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Errorf("a large file gave %v", err)
	}
}

// FuzzBadName: a name that passes is safe on every system and in every page.
func FuzzBadName(f *testing.F) {
	for _, s := range []string{"model.yaml", "..", "a\u202eb", "\xff", "-x", "nul.txt", "a b", "git~1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		what, hint := badName(name)
		if what != "" {
			if hint == "" || strings.ContainsAny(what, "\x00\n\r\x1b") || len(what) > 300 {
				t.Errorf("%q: %q, hint %q", name, what, hint)
			}
			return
		}
		if !filepath.IsLocal(name) || len(name) > MaxName || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-") != "" {
			t.Errorf("%q passes", name)
		}
	})
}

func TestWithoutGit(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := exec.LookPath("git"); err == nil {
		t.Skip("git is found without PATH")
	}
	if _, err := Inspect(t.Context(), Open(t.TempDir()), "a", "b"); err == nil || err.Error() != "git is not installed" {
		t.Errorf("got %v", err)
	}
}
