package pull

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// repository is a bare git repository whose commits are made by git
// fast-import, so that they may hold what no work tree would.
type repository struct {
	testing.TB
	Repository
	marks int
	large map[int]string // hashes of large blobs of zeros, by size
}

func newRepository(t testing.TB) *repository {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	r := &repository{TB: t, Repository: Open(t.TempDir())}
	r.git("", "init", "-q", "--bare", "-b", "main", ".")
	r.git("", "config", "core.compression", "1") // some tests have large files
	r.git("", "config", "core.bigFileThreshold", "1m")
	return r
}

// git calls git with an input and returns what it prints.
func (r *repository) git(in string, args ...string) string {
	r.Helper()
	c := exec.Command("git", args...)
	c.Dir = r.Dir
	c.Stdin = strings.NewReader(in)
	out, err := c.CombinedOutput()
	if err != nil {
		r.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSuffix(string(out), "\n")
}

// file is an entry of a commit: the zero Mode is 100644, the mode of a gone file
// is "D". Content of more than a megabyte is zeros, whatever it says.
type file struct{ Path, Mode, Content string }

// commit adds a commit to a branch, which begins at from where it is new, and
// returns its hash.
func (r *repository) commit(branch, from string, files ...file) string {
	r.Helper()
	var in bytes.Buffer
	r.marks++
	fmt.Fprintf(&in, "commit refs/heads/%s\ncommitter Ada <ada@example.org> %d +0000\ndata 4\nwork\n", branch, 1_767_225_600+60*r.marks)
	if from != "" {
		fmt.Fprintf(&in, "from %s\n", from)
	}
	for _, f := range files {
		switch f.Mode {
		case "D":
			fmt.Fprintf(&in, "D %s\n", cQuote(f.Path))
			continue
		case modeSubmodule:
			fmt.Fprintf(&in, "M 160000 %s %s\n", strings.Repeat("1", 40), cQuote(f.Path))
			continue
		case "":
			f.Mode = modeFile
		}
		if n := len(f.Content); n > 1<<20 {
			fmt.Fprintf(&in, "M %s %s %s\n", f.Mode, r.zeros(n), cQuote(f.Path))
			continue
		}
		fmt.Fprintf(&in, "M %s inline %s\ndata %d\n%s\n", f.Mode, cQuote(f.Path), len(f.Content), f.Content)
	}
	r.git(in.String(), "fast-import", "--quiet", "--force")
	return r.git("", "rev-parse", "refs/heads/"+branch)
}

// zeros writes a blob of n zeros, once.
func (r *repository) zeros(n int) string {
	r.Helper()
	if r.large == nil {
		r.large = map[int]string{}
	}
	if r.large[n] == "" {
		r.large[n] = r.git(string(make([]byte, n)), "hash-object", "-w", "--stdin")
	}
	return r.large[n]
}

// cQuote writes a path as fast-import reads it.
func cQuote(path string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(path) {
		if c := path[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			fmt.Fprintf(&b, "\\%03o", c)
		} else {
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// rawCommit makes a commit with one file, below folders with any names at all;
// without a path it is empty.
func (r *repository) rawCommit(parent string, path []string, content string) string {
	r.Helper()
	mode, raw := modeFile, r.object("blob", content)
	for i := len(path) - 1; i >= 0; i-- {
		mode, raw = "40000", r.object("tree", mode+" "+path[i]+"\x00"+string(raw))
	}
	if len(path) == 0 {
		raw = r.object("tree", "")
	}
	args := []string{"-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit-tree", "-m", "raw", hex.EncodeToString(raw)}
	if parent != "" {
		args = append(args, "-p", parent)
	}
	return r.git("", args...)
}

// object writes an object whatever it holds, and returns its hash in bytes.
func (r *repository) object(kind, content string) []byte {
	r.Helper()
	raw, err := hex.DecodeString(r.git(content, "hash-object", "-t", kind, "-w", "--stdin", "--literally"))
	if err != nil {
		r.Fatal(err)
	}
	return raw
}

func hexOf(raw []byte) string { return hex.EncodeToString(raw) }

// main is what the main branch of the tests holds.
func (r *repository) main() string {
	return r.commit("main", "",
		file{Path: "site.yaml", Content: "title: Board\n"},
		file{Path: "README.md", Content: "board\n"},
		file{Path: ".github/workflows/ci.yml", Content: "name: ci\n"},
		file{Path: "benchmarks/b/benchmark.yaml", Content: "id: b\n"},
		file{Path: "submissions/README.md", Content: "models\n"},
		file{Path: "submissions/alexnet/model.yaml", Content: "id: alexnet\n"},
		file{Path: "results/alexnet/b@1.json", Content: "{}\n"},
	)
}

// read returns the files below a folder with their content.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if !d.Type().IsRegular() {
			t.Errorf("%s is not a regular file", name)
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		out[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
