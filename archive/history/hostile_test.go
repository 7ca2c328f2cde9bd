package history

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

var nan = archive.Number(math.NaN())

func TestNone(t *testing.T) {
	r := newRepository(t)
	r.write("results/README.md", nil)
	outside := t.TempDir()
	for _, test := range []struct {
		name, root, want string
		setup            func()
	}{
		{"no commit", r.root, "no history here: the repository has no commit yet", nil},
		{"no repository", outside, "no history here: not a git repository", nil},
		{"no git", r.root, "no history here: git is not installed", func() { t.Setenv("PATH", outside) }},
	} {
		if test.setup != nil {
			test.setup()
		}
		_, err := Read(t.Context(), test.root, Options{})
		if !errors.Is(err, ErrNone) || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
}

func TestErrors(t *testing.T) {
	r := newRepository(t)
	r.score("a", .5)
	r.commit("a")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, r.root, Options{}); !errors.Is(err, context.Canceled) || errors.Is(err, ErrNone) {
		t.Errorf("interrupted: %v", err)
	}
	if _, err := Read(t.Context(), filepath.Join(r.root, "nowhere"), Options{}); !errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrNone) {
		t.Errorf("no folder: %v", err)
	}
	tree := r.git("rev-parse", "HEAD:results")
	if err := os.Remove(objectFile(r, tree)); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(t.Context(), r.root, Options{}); err == nil || errors.Is(err, ErrNone) || !strings.HasPrefix(err.Error(), "read the history of results/: git log: ") {
		t.Errorf("without the tree: %v", err)
	}
}

func objectFile(r *repository, hash string) string {
	return filepath.Join(r.root, ".git", "objects", hash[:2], hash[2:])
}

// TestHostileCommit: whatever a commit says about itself comes out as one clean
// line. The commit is made by hand: `git commit` would clean some of it.
func TestHostileCommit(t *testing.T) {
	r := newRepository(t)
	r.score("a", .5)
	r.commit("sound")
	raw := "tree " + r.git("rev-parse", "HEAD^{tree}") + "\n" +
		"author \x1b[1mA \u2066da\x1b]0;t\x07. <a@example.org> 99999999999999999 +0000\n" +
		"committer Ada <a@example.org> 1767225660 +0000\n\n" +
		"\x1b[31mred\x1b[0m \x1b]0;title\x07\u202eevil\u202c\r\n:100644 tab\there \xff \u009b2J" + strings.Repeat("long ", 2000) +
		"\n\nBsgen-PR: 1\nBsgen-PR: \x1b[2J2\nBsgen-Run: " + strings.Repeat("9", 500) + "\n"
	name := filepath.Join(t.TempDir(), "commit")
	if err := os.WriteFile(name, []byte(raw), 0o644); err != nil {
		t.Fatal(err)
	}
	r.git("update-ref", "HEAD", r.git("hash-object", "-t", "commit", "-w", "--literally", name))
	h := r.read()
	if len(h.Changes) != 1 {
		t.Fatalf("%d changes", len(h.Changes))
	}
	c := h.Changes[0]
	if !strings.HasPrefix(c.Subject, "red evil :100644 tab here \ufffd long long") || len([]rune(c.Subject)) > 300 {
		t.Errorf("subject %q", c.Subject)
	}
	if c.Author != "A da." || c.PR != "1, 2" || len([]rune(c.Run)) > 300 || !strings.HasPrefix(c.Run, "999") || !c.Date.IsZero() {
		t.Errorf("author %q, pull request %q, run %q, date %v", c.Author, c.PR, c.Run, c.Date)
	}
}

// TestUnusualNames: only paths that an archive can hold are results.
func TestUnusualNames(t *testing.T) {
	r := newRepository(t)
	r.score("a", .5)
	for _, name := range []string{"results/README.md", "results/a/x@1.bin", "results/a/x@01.json", "results/a/new\nline@1.json", "results/a/:colon@1.json",
		"results/ü/x@1.json", "results/a/\xff@1.json", `results/a/"quoted"@1.json`, "results/a/deep/x@1.json", "results/:100644 000000 1 2 M/x@1.json"} {
		r.write(name, []byte("{}"))
	}
	r.commit("names")
	wantLines(t, r.read(), "names: a scored 0.50 -")
}

// TestUnreadable: a version that can not be read keeps its line.
func TestUnreadable(t *testing.T) {
	r := newRepository(t)
	const name = "results/a/Lab2026.IT-rdm@1.json"
	for _, v := range []struct{ message, data string }{
		{"cut", `{"schema": 1, "status": "sco`},
		{"list", `[1, 2]`},
		{"empty", ""},
		{"status", `{"status": "\u001b[31mwon", "score": 1}`},
		{"range", `{"status": "scored", "score": 1e999}`},
		{"huge", strings.Repeat(" ", maxBlob+1)},
		{"full", strings.Repeat(" ", maxBlob-len(`{"status":"scored"}`)) + `{"status":"scored"}`},
		{"later", `{"schema": 9, "status": "scored", "score": 0.25, "colour": "red"}`},
	} {
		r.write(name, []byte(v.data))
		r.commit(v.message)
	}
	if err := os.Remove(filepath.Join(r.root, name)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(r.root, name)); err != nil {
		t.Skip("symbolic links can not be made here")
	}
	r.commit("link")
	wantLines(t, r.read(),
		"link: a  - - not a regular file",
		"later: a scored 0.25 -",
		"full: a scored - -",
		"huge: a  - - 8388609 bytes, more than the 8388608 allowed",
		"range: a  - - not a result: 1e999 is no number",
		`status: a  - - not a result: the status is "\x1b[31mwon"`,
		"empty: a  - - not a result: unexpected end of JSON input",
		"list: a  - - not a result: "+jsonError(t, `[1, 2]`),
		"cut: a  - - not a result: unexpected end of JSON input",
	)
}

// jsonError is what this Go's JSON package says, without its name.
func jsonError(t *testing.T, data string) string {
	return strings.TrimPrefix(decode([]byte(data)).note, "not a result: ")
}

// TestDamaged: objects that are missing, or that git dies of, cost their own
// line and no other; such a reading is not cached, for it may be mended.
func TestDamaged(t *testing.T) {
	for _, test := range []struct {
		name, note string
		damage     func(r *repository, hash string)
	}{
		{"missing", "not in this clone", func(r *repository, hash string) {
			if err := os.Remove(objectFile(r, hash)); err != nil {
				t.Fatal(err)
			}
		}},
		{"packed and damaged", "damaged in this clone", func(r *repository, hash string) {
			r.git("-c", "core.looseCompression=0", "-c", "core.compression=0", "-c", "pack.depth=0", "repack", "-q", "-a", "-d", "-F", "--depth=0", "--window=0")
			packs, err := filepath.Glob(filepath.Join(r.root, ".git", "objects", "pack", "*.pack"))
			if err != nil || len(packs) != 1 {
				t.Fatal(packs, err)
			}
			data, err := os.ReadFile(packs[0])
			if err != nil {
				t.Fatal(err)
			}
			at := bytes.Index(data, []byte(`"model": "b"`))
			if at < 0 {
				t.Fatal("the blob is not in the pack as it is")
			}
			data[at] ^= 0xff // the checksum of the zlib stream is wrong now
			os.Chmod(packs[0], 0o644)
			if err := os.WriteFile(packs[0], data, 0o644); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRepository(t)
			for _, m := range []string{"a", "b", "c"} {
				r.score(m, .5)
				r.commit("score " + m)
			}
			test.damage(r, r.git("rev-parse", "HEAD:results/b/Lab2026.IT-rdm@1.json"))
			cache := filepath.Join(t.TempDir(), "cache")
			h, err := Read(t.Context(), r.root, Options{Cache: cache})
			if err != nil {
				t.Fatal(err)
			}
			wantLines(t, h, "score c: c scored 0.50 -", "score b: b  - - "+test.note, "score a: a scored 0.50 -")
			if _, err := os.Stat(cache); err == nil {
				t.Error("an incomplete history was cached")
			}
		})
	}
}

// TestPartial: a clone without blobs keeps the commits, and nothing is fetched.
func TestPartial(t *testing.T) {
	r := newRepository(t)
	r.git("config", "uploadpack.allowFilter", "true")
	for i := range maxDeaths + 2 { // more than could be found out one by one
		r.score("a", float64(i)/100)
		r.commit("score")
	}
	clone := filepath.Join(t.TempDir(), "clone")
	runGit(t, t.TempDir(), "clone", "-q", "--filter=blob:none", "file://"+filepath.ToSlash(r.root), clone)
	if err := os.RemoveAll(r.root); err != nil { // an old git would fetch
		t.Fatal(err)
	}
	h, err := Read(t.Context(), clone, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"score: a scored 0.17 -"} // checked out, so it is there
	for range maxDeaths + 1 {
		want = append(want, "score: a  - - not in this clone")
	}
	wantLines(t, h, want...)
}

// TestReplaced: replacement refs would let a clone show another history.
func TestReplaced(t *testing.T) {
	r := newRepository(t)
	r.score("a", .5)
	first := r.commit("true")
	r.score("a", .9)
	other := r.commit("false", "--amend")
	r.git("reset", "-q", "--hard", first)
	r.git("replace", first, other)
	wantLines(t, r.read(), "true: a scored 0.50 -")
}

// TestAncientGit: a git that knows none of the options is an error with its words.
func TestAncientGit(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no shell to play git")
	}
	r := newRepository(t)
	r.score("a", .5)
	r.commit("a")
	head := r.git("rev-parse", "HEAD")
	bin := t.TempDir()
	script := "#!/bin/sh\ncase \"$*\" in *rev-parse*) echo false; echo " + head + ";; *) printf 'usage: \\033[31mold git' >&2; exit 129;; esac\n"
	if err := os.WriteFile(filepath.Join(bin, "git"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	_, err := Read(t.Context(), r.root, Options{})
	if err == nil || err.Error() != "read the history of results/: git log: usage: old git" {
		t.Errorf("error %v", err)
	}
}
