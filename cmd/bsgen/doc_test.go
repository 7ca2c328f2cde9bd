package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/systemmodel/engine"
)

// TestDocumentation runs every bsgen command that README.md, CONTRIBUTING.md,
// content/participate.md and docs/*.md show, in their order, in a copy of this archive, and wants each to end
// well. Where a reader would fill in a scaffold, the test does. For docs/ the copy
// is a clone of a repository, in which somebody has pushed a branch.
func TestDocumentation(t *testing.T) {
	root := filepath.Join(t.TempDir(), "archive")
	for _, dir := range []string{"benchmarks", "boards", "content", "results", "submissions"} {
		if err := os.CopyFS(filepath.Join(root, dir), os.DirFS(filepath.Join("../..", dir))); err != nil {
			t.Fatal(err)
		}
	}
	site, err := os.ReadFile("../../site.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "site.yaml"), site, 0o644); err != nil {
		t.Fatal(err)
	}
	if m := os.Getenv(dataset.MirrorEnv); m != "" && !filepath.IsAbs(m) {
		abs, err := filepath.Abs(filepath.Join("../..", m))
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv(dataset.MirrorEnv, abs)
	}
	t.Chdir(root)
	commands := 0
	guides, err := filepath.Glob(filepath.Join(repository, "docs/*.md"))
	if err != nil {
		t.Fatal(err)
	}
	documents := []string{"README.md", "CONTRIBUTING.md", "content/participate.md"}
	own := len(documents)
	for _, g := range guides {
		documents = append(documents, "docs/"+filepath.Base(g))
	}
	for i, doc := range documents {
		if i == own {
			hostArchive(t)
		}
		for _, line := range shown(t, doc) {
			if i >= 2 && looksOnly.MatchString(line) {
				t.Run(line, func(t *testing.T) { runGit(t, line) })
				continue
			}
			args, ok := bsgenArgs(line)
			if !ok {
				continue
			}
			commands++
			t.Run(strings.Join(args, " "), func(t *testing.T) { runShown(t, args) })
		}
	}
	if commands < 9 {
		t.Errorf("the documents show %d commands, and used to show more", commands)
	}
}

// looksOnly are calls of git that the test runs too.
var looksOnly = regexp.MustCompile(`^git (log|show|rev-parse) [^;&|<>$]*$`)

// runGit runs a line as a shell does, and wants it to print something.
func runGit(t *testing.T, line string) {
	t.Helper()
	out, err := exec.Command("sh", "-c", line).CombinedOutput()
	if err != nil || len(out) == 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// hostArchive makes a clone of the archive at hand, whose model my-model stands on a
// branch of its own.
func hostArchive(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed: the commands in docs/ need it")
	}
	for key, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1",
		"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
		"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
		"GITHUB_ACTIONS": "", "GITHUB_REPOSITORY": "", "GITHUB_TOKEN": "", "GITHUB_API_URL": "", "GITHUB_EVENT_PATH": "", "RESULTS_KEY": "",
	} {
		t.Setenv(key, value)
	}
	// No board has scores of a model on a branch; the other scaffolds were to look at.
	for _, dir := range []string{"results/my-model", "submissions/my-network", "submissions/my-onnx"} {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	moveBaseline(t)
	origin := filepath.Join(t.TempDir(), "origin.git")
	for _, args := range [][]string{
		{"init", "-q", "-b", "main"}, {"add", "-A", "--", ".", ":!submissions/my-model", ":!public"}, {"commit", "-q", "-m", "board"},
		{"init", "-q", "--bare", "-b", "main", origin}, {"remote", "add", "origin", origin},
		{"checkout", "-q", "-b", "their-branch"}, {"add", "submissions/my-model"}, {"commit", "-q", "-m", "my model"},
		{"checkout", "-q", "main"}, {"push", "-q", "origin", "main", "their-branch"},
	} {
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, out)
		}
	}
}

// moveBaseline makes the results at hand the baseline of the archive's audit: the clone
// has none of the commits that they came with.
func moveBaseline(t *testing.T) {
	t.Helper()
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "results"}, {"write-tree", "--prefix=results/"}} {
		out, err := exec.Command("git", args...).CombinedOutput()
		if err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, out)
		}
		if args[0] != "write-tree" {
			continue
		}
		site, err := os.ReadFile("site.yaml")
		if err != nil {
			t.Fatal(err)
		}
		baseline := regexp.MustCompile(`(?m)^  baseline: [0-9a-f]+$`)
		if !baseline.Match(site) {
			t.Fatal("site.yaml names no baseline")
		}
		site = baseline.ReplaceAll(site, fmt.Appendf(nil, "  baseline: %s", bytes.TrimSpace(out)))
		if err := os.WriteFile("site.yaml", site, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// repository is the folder of the sources, before the test moves elsewhere.
var repository = func() string {
	dir, err := filepath.Abs("../..")
	if err != nil {
		panic(err)
	}
	return dir
}()

// shown returns the commands in a document's console blocks.
func shown(t *testing.T, doc string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(repository, doc))
	if err != nil {
		t.Fatal(err)
	}
	var commands []string
	for _, block := range regexp.MustCompile("(?s)```console\n(.*?)```").FindAllStringSubmatch(string(data), -1) {
		for line := range strings.Lines(block[1]) {
			if c, ok := strings.CutPrefix(strings.TrimLeft(line, " "), "$ "); ok { // in a list it is indented
				c, _, _ = strings.Cut(c, "#")
				commands = append(commands, strings.TrimSpace(c))
			}
		}
	}
	return commands
}

// setVariable is a variable that is set for one command.
var setVariable = regexp.MustCompile(`^[A-Z_]+=(\$\([^)]*\)|\S*) `)

// elsewhere are commands that are not bsgen's. Those of gh that call GitHub's API
// are held against its description in tools/contract.
var elsewhere = regexp.MustCompile(`^(gh (api|repo fork|repo create|workflow run|run watch|secret set|variable set) |gh run watch$|git (clone|commit|push) |git push$|cd board$|go install ./cmd/bsgen$|ssh-keygen |rm results-key )`)

// bsgenArgs returns the arguments of a bsgen command. Other commands are known
// by name, so that a new one is not passed over in silence.
func bsgenArgs(line string) ([]string, bool) {
	line = setVariable.ReplaceAllString(line, "")
	fields := strings.Fields(line)
	switch {
	case fields[0] == "bsgen":
		return fields[1:], true
	case elsewhere.MatchString(line):
		return nil, false
	case strings.HasPrefix(line, "go run ./cmd/bsgen "):
		return fields[3:], true
	case line == "go test ./...", line == ".ci/run": // this very test
		return nil, false
	}
	panic("the documents show a command that the test does not know: " + line)
}

func runShown(t *testing.T, args []string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out bytes.Buffer
	errOut := &output{}
	switch args[0] {
	case "demo", "serve": // they go on until they are interrupted
		tmp := t.TempDir()
		t.Setenv("TMPDIR", tmp)
		args = append(args, "--addr", "127.0.0.1:0")
		visited := make(chan error, 1)
		errOut.word = regexp.MustCompile(`http://127\.0\.0\.1:\d+/`)
		errOut.seen = func(address string) {
			go func() {
				visited <- visit(address)
				cancel()
			}()
		}
		defer func() {
			select {
			case err := <-visited:
				if err != nil {
					t.Error(err)
				}
			default:
				t.Error("no address was printed")
			}
			// The demo leaves its archive behind, and serve nothing.
			left, _ := filepath.Glob(filepath.Join(tmp, "*"))
			if demo := args[0] == "demo"; demo != (len(left) == 1) || demo && !strings.HasPrefix(filepath.Base(left[0]), "bsgen-demo-") {
				t.Errorf("left behind: %q", left)
			}
		}()
	case "data", "verify", "score", "audit", "stimuli", "record", "import": // whatever waits for a score is scored
		if history := strings.Contains(strings.Join(args, " "), "--sample 0"); !history && os.Getenv(dataset.MirrorEnv) == "" {
			t.Skip("the data are not in BSGEN_DATA_MIRROR")
		}
		everything := args[0] == "verify" && len(args) == 1
		if underRace && everything {
			args = append(args, "--model", "alexnet")
		}
		if !strings.Contains(strings.Join(args, " "), "--sample 0") && (args[0] == "audit" || everything && !underRace) {
			useEngine(t)
		}
	}
	if code := run(ctx, args, strings.NewReader(""), io.MultiWriter(&out, errOut), errOut); code != exitOK {
		t.Errorf("exit code %d\n%s%s", code, &out, errOut.Bytes())
	}
	if args[0] == "new" && args[1] == "model" {
		fillIn(t, args[2])
	}
}

// visit looks at the front page of a site.
func visit(address string) error {
	resp, err := http.Get(address)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || !bytes.Contains(page, []byte("</html>")) {
		return fmt.Errorf("%s: %s, %v: %.200s", address, resp.Status, err, page)
	}
	return nil
}

// output is what a command writes; it calls seen with the first match of word.
type output struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	word *regexp.Regexp
	seen func(match string)
}

func (w *output) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buf.Write(p)
	if w.seen == nil {
		return len(p), nil
	}
	if match := w.word.Find(w.buf.Bytes()); match != nil {
		w.seen(string(match))
		w.seen = nil
	}
	return len(p), nil
}

// Bytes returns what has been written.
func (w *output) Bytes() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return bytes.Clone(w.buf.Bytes())
}

// fillIn makes a scaffolded model sound: AlexNet under another name.
func fillIn(t *testing.T, id string) {
	t.Helper()
	data, err := os.ReadFile("submissions/alexnet/model.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(data), "id: alexnet", "id: "+id, 1)
	if err := os.WriteFile(filepath.Join("submissions", id, "model.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// useEngine lets commands in a clone, which has no engine of its own, run models
// with that of this repository, or skips the test in one line.
func useEngine(t *testing.T) {
	t.Helper()
	if underRace {
		t.Skip("models are run without the race detector")
	}
	library, err := engine.FindLibrary("../..")
	if err != nil {
		t.Skip(err)
	}
	t.Setenv(engine.LibraryEnv, library.Path)
}
