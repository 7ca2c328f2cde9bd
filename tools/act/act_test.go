// Package act runs the workflows as they are, on this machine, with act: no
// network, no docker, and actions of our own in the place of GitHub's
// (testdata/actions).
//
// What act does not model is what GitHub must be trusted with, and what the
// policy test reads off the files: permissions, secrets, environments, and which
// event starts what.
package act

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/forge/forgetest"
)

// machine is what the runs of a test share.
type machine struct {
	t         *testing.T
	act       string            // executable
	dir       string            // folder of the test
	github    *forgetest.Server // has the repository
	clone     string            // a clone of it, to make commits in and to run act from
	artifacts string            // of the run
	pages     string            // what is deployed
	env       []string
}

// newMachine makes a repository of bsgen's sources and the demo archive.
func newMachine(t *testing.T) *machine {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	m := &machine{
		t: t, dir: dir, act: findAct(t),
		github:    forgetest.New(t, forgetest.Options{Repository: "some-lab/board", Dir: filepath.Join(dir, "server")}),
		clone:     filepath.Join(dir, "board"),
		artifacts: filepath.Join(dir, "artifacts"),
		pages:     filepath.Join(dir, "pages"),
	}
	m.env = []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + filepath.Join(dir, "home"),
		"XDG_CACHE_HOME=" + filepath.Join(dir, "home", ".cache"),
		"TMPDIR=" + os.TempDir(),
		"GOCACHE=" + output(t, root, "go", "env", "GOCACHE"),
		"GOMODCACHE=" + output(t, root, "go", "env", "GOMODCACHE"),
		"GOPROXY=off",
		"GOFLAGS=-trimpath", // so that packages compiled in one workspace serve the next
		"GOTOOLCHAIN=local",
		"GIT_CONFIG_GLOBAL=" + filepath.Join(dir, "gitconfig"),
		"GIT_CONFIG_NOSYSTEM=1",
		"GIT_PAGER=cat",
		"STUB_REPOSITORY=" + m.github.URL + "/some-lab/board.git",
		"STUB_ARTIFACTS=" + m.artifacts,
		"STUB_PAGES=" + m.pages,
		"STUB_APP_TOKEN=" + m.github.Token,
	}
	for _, d := range []string{filepath.Join(dir, "home"), m.clone} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	m.write(filepath.Join(dir, "gitconfig"), "[user]\n\tname = Maintainer\n\temail = maintainer@board.example\n[init]\n\tdefaultBranch = main\n")

	bsgen := filepath.Join(dir, "bsgen")
	m.run(root, "go", "build", "-trimpath", "-o", bsgen, "./cmd/bsgen")
	m.run(dir, bsgen, "demo", "--out", m.clone, "--no-serve")
	m.run(m.clone, "rm", "-r", "public", "results")
	m.write(filepath.Join(m.clone, "site.yaml"), "title: A board\nhosts: []\n")
	copySources(t, root, m.clone)
	m.git("init", "-q")
	m.git("add", "-A")
	m.git("commit", "-q", "-m", "the archive and the program")
	m.git("push", "-q", "--force", m.github.Git, "main")
	m.git("remote", "add", "origin", m.github.URL+"/some-lab/board.git")
	m.git("fetch", "-q", "origin")
	return m
}

// findAct builds act, or skips the test where its modules can not be had.
func findAct(t *testing.T) string {
	t.Helper()
	cmd := exec.Command("go", "tool", "-n", "act")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Skipf("act can not be built: %v %s", err, strings.TrimSpace(errs.String()))
	}
	return strings.TrimSpace(out.String())
}

// copySources copies what git tracks or would track, but for the archive.
func copySources(t *testing.T, from, to string) {
	t.Helper()
	list := output(t, from, "git", "ls-files", "--cached", "--others", "--exclude-standard")
	for file := range strings.Lines(list) {
		file = strings.TrimSuffix(file, "\n")
		top, _, _ := strings.Cut(file, "/")
		switch top {
		case "submissions", "benchmarks", "results", "boards", "content", "site.yaml":
			continue
		}
		data, err := os.ReadFile(filepath.Join(from, file))
		if os.IsNotExist(err) { // deleted, and not yet committed
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		dest := filepath.Join(to, file)
		if err := os.MkdirAll(filepath.Dir(dest), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(dest, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// workflow runs a workflow as the event would start it from the commit that the
// clone is at, and returns whether it succeeded and what it printed. Further
// arguments go to act.
func (m *machine) workflow(file, event string, payload map[string]any, further ...string) (bool, string) {
	m.t.Helper()
	for _, dir := range []string{m.artifacts, m.pages} {
		if err := os.RemoveAll(dir); err != nil {
			m.t.Fatal(err)
		}
	}
	if err := os.Mkdir(m.artifacts, 0o755); err != nil {
		m.t.Fatal(err)
	}
	data, err := json.Marshal(payload)
	if err != nil {
		m.t.Fatal(err)
	}
	eventFile := filepath.Join(m.dir, "event.json")
	m.write(eventFile, string(data))
	args := []string{
		event, "-e", eventFile, "-W", filepath.Join(".github/workflows", file), "-C", m.clone,
		"-P", "ubuntu-latest=-self-hosted", "--no-skip-checkout",
		"--no-cache-server", "--pull=false", "--action-offline-mode", "--defaultbranch", "main",
		"-s", "GITHUB_TOKEN=" + m.github.Token,
		"--env", "BSGEN_ONNXRUNTIME=none", // no model is run here, and nothing is to be installed
	}
	for _, pin := range m.pins() {
		name, _, _ := strings.Cut(strings.TrimPrefix(pin, "actions/"), "@")
		stub, err := filepath.Abs(filepath.Join("testdata/actions", name))
		if err != nil {
			m.t.Fatal(err)
		}
		args = append(args, "--local-repository", m.github.URL+"/"+pin+"="+stub)
	}
	for _, key := range []string{"GITHUB_REPOSITORY", "GITHUB_SERVER_URL", "GITHUB_API_URL", "GITHUB_GRAPHQL_URL"} {
		args = append(args, "--env", key+"="+m.github.Getenv(key))
	}
	cmd := exec.CommandContext(m.t.Context(), m.act, append(args, further...)...)
	cmd.Dir, cmd.Env = m.clone, m.env
	out, err := cmd.CombinedOutput()
	if testing.Verbose() {
		m.t.Logf("%s\n%s", file, out)
	}
	return err == nil, string(out)
}

// pins returns the actions that the workflows use.
func (m *machine) pins() []string {
	files, err := filepath.Glob(filepath.Join(m.clone, ".github/workflows/*.yml"))
	if err != nil {
		m.t.Fatal(err)
	}
	var pins []string
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			m.t.Fatal(err)
		}
		pins = append(pins, regexp.MustCompile(`actions/[\w-]+@[0-9a-f]{40}`).FindAllString(string(data), -1)...)
	}
	slices.Sort(pins)
	return slices.Compact(pins)
}

func (m *machine) git(args ...string) string {
	m.t.Helper()
	return m.run(m.clone, "git", args...)
}

func (m *machine) run(dir, name string, args ...string) string {
	m.t.Helper()
	cmd := exec.CommandContext(m.t.Context(), name, args...)
	cmd.Dir, cmd.Env = dir, m.env
	if dir != m.clone && name == "go" {
		cmd.Env = nil // to build bsgen, modules may be downloaded
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		m.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (m *machine) write(file, text string) {
	m.t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

func output(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}
