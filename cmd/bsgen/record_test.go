package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/forge/forgetest"
)

// hosted is the demo's archive on a simulated GitHub, and a clone of it.
type hosted struct {
	*forgetest.Server
	clone string
}

// host puts the demo's archive, without results, on main.
func host(t *testing.T) *hosted {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	h := &hosted{forgetest.New(t, forgetest.Options{}), filepath.Join(t.TempDir(), "clone")}
	for _, e := range append(h.Env(), "GITHUB_RUN_ID=345", "GITHUB_OUTPUT=", "GITHUB_STEP_SUMMARY=") {
		key, value, _ := strings.Cut(e, "=")
		t.Setenv(key, value)
	}
	files := map[string]string{}
	root := demoArchive(t)
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, name)
		rel = filepath.ToSlash(rel)
		if err != nil || d.IsDir() || strings.HasPrefix(rel, "public/") || strings.Contains(rel, "/stimuli/") || strings.HasPrefix(rel, "results/") {
			return err
		}
		data, err := os.ReadFile(name)
		files[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Commit("main", "the lab", files); err != nil {
		t.Fatal(err)
	}
	h.git(t, "clone", "-q", h.Server.Git, h.clone)
	return h
}

// git calls git in the bare repository.
func (h *hosted) git(t *testing.T, args ...string) string {
	t.Helper()
	c := exec.Command("git", args...)
	c.Dir = h.Server.Git
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", args[0], err, out)
	}
	return strings.TrimSpace(string(out))
}

// bsgen runs a command in the clone.
func (h *hosted) bsgen(t *testing.T, code int, args ...string) (out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	if got := run(t.Context(), append([]string{"-C", h.clone}, args...), strings.NewReader(""), &o, &e); got != code {
		t.Fatalf("bsgen %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, &o, &e)
	}
	return o.String(), e.String()
}

// TestRecordByAPI: a pull request is merged and its results are recorded by the
// API, while somebody else moves the branch twice.
func TestRecordByAPI(t *testing.T) {
	h := host(t)
	fork := filepath.Join(t.TempDir(), "fork")
	h.git(t, "clone", "-q", h.Server.Git, fork)
	if err := os.CopyFS(filepath.Join(fork, "submissions", "mine"), os.DirFS(filepath.Join(fork, "submissions", "pixels"))); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(fork, "submissions", "mine", "model.yaml")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, bytes.Replace(data, []byte("id: pixels"), []byte("id: mine"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	h.git(t, "-C", fork, "add", "-A")
	h.git(t, "-C", fork, "-c", "user.name=Visitor", "-c", "user.email=visitor@example.org", "commit", "-q", "-m", "submit mine (#999)")
	number, err := h.AddPull(forgetest.Pull{Title: "mine", Fork: fork, Head: "HEAD"})
	if err != nil {
		t.Fatal(err)
	}
	merged, err := h.Merge(number)
	if err != nil {
		t.Fatal(err)
	}
	h.StaleHead(2)
	output := filepath.Join(t.TempDir(), "output")
	t.Setenv("GITHUB_OUTPUT", output)
	out, errOut := h.bsgen(t, exitOK, "record", "--benchmark", "Simulated.orientation-*")
	head, err := h.Head("main")
	if err != nil {
		t.Fatal(err)
	}
	if out != head+"\n" || !strings.Contains(errOut, fmt.Sprintf("committed 1 result as %.12s, of pull request #%d\n4 results recorded, ", head, number)) {
		t.Errorf("prints %q and %q", out, errOut)
	}
	if data, err := os.ReadFile(output); err != nil || string(data) != "sha="+head+"\n" {
		t.Errorf("the output of the step is %q, %v", data, err)
	}
	want := fmt.Sprintf("results: score mine on Simulated.orientation-error_consistency\n\nmine on Simulated.orientation-error_consistency, version 1: scored\n\nBsgen-PR: %d\nBsgen-Run: 345", number)
	if got := h.git(t, "log", "-1", "--format=%B", head); got != want {
		t.Errorf("the message is\n%s\nwant\n%s", got, want)
	}
	if got := h.git(t, "log", "-1", "--format=%an %ae, %cn", head); got != "github-actions[bot] "+forgetest.BotMail+", GitHub" {
		t.Errorf("by %s", got)
	}
	if got := strings.Fields(h.git(t, "diff", "--name-only", head+"~1", head)); len(got) != 2 {
		t.Errorf("it changes %s", got)
	}
	if h.git(t, "merge-base", merged, head) != merged || h.git(t, "rev-list", "--count", merged+".."+head) != "4" {
		t.Error("the two commits that came between are lost")
	}
	if again, _ := h.bsgen(t, exitOK, "record", "--benchmark", "Simulated.orientation-*"); again != out {
		t.Errorf("again it prints %q", again)
	}
	// The results are those that anybody computes.
	h.git(t, "-C", h.clone, "pull", "-q", h.Server.Git, "main")
	h.bsgen(t, exitOK, "verify", "--model", "mine", "--benchmark", "Simulated.orientation-*")
	if _, errOut := h.bsgen(t, exitOK, "audit", "--sample", "2"); !strings.Contains(errOut, "4 results at "+head[:12]+", 2 commits that changed them; 2 of 4 scored again ") {
		t.Errorf("the audit says %s", errOut)
	}
}

// TestRecordRefused: a token that may not write is an error with a next step,
// and nothing is lost by it.
func TestRecordRefused(t *testing.T) {
	h := host(t)
	head, err := h.Head("main")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GITHUB_TOKEN", "another")
	_, errOut := h.bsgen(t, exitFindings, "record", "--benchmark", "Simulated.orientation-*")
	now, err := h.Head("main")
	if err != nil || now != head || !strings.Contains(errOut, "bsgen: record: ") || !strings.Contains(errOut, "\nhint: ") {
		t.Errorf("the head is %s, was %s, %v\n%s", now, head, err, errOut)
	}
	t.Setenv("GITHUB_TOKEN", h.Token)
	out, _ := h.bsgen(t, exitOK, "record", "--benchmark", "Simulated.orientation-*")
	if committed := h.git(t, "rev-parse", "main"); out != committed+"\n" || committed == head {
		t.Errorf("then it prints %q", out)
	}
}

// TestRecordByKey: with a deploy key results are pushed by SSH, here through a
// program in the place of ssh that serves the repository's folder, and fetched
// with the token.
func TestRecordByKey(t *testing.T) {
	h := host(t)
	bin := t.TempDir()
	script := `#!/bin/sh
set -e
while [ $# -gt 2 ]; do shift; done
echo "$1" >"$SSH_SEEN"
exec sh -c "$(echo "$2" | sed "s#lab/board.git#$SSH_SERVES#")"
`
	if err := os.WriteFile(filepath.Join(bin, "ssh"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	seen, tmp := filepath.Join(t.TempDir(), "seen"), t.TempDir()
	for key, value := range map[string]string{
		"PATH": bin + string(filepath.ListSeparator) + os.Getenv("PATH"), "SSH_SEEN": seen, "SSH_SERVES": h.Server.Git, "TMPDIR": tmp,
		"RESULTS_KEY": "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
	} {
		t.Setenv(key, value)
	}
	h.Set("/meta", map[string]any{"installed_version": "3.19.0"}) // GitHub Enterprise Server does not tell
	if _, errOut := h.bsgen(t, exitUsage, "record"); !strings.HasPrefix(errOut, "bsgen: ") || !strings.Contains(errOut, "\nhint: RESULTS_KEY is the private part") {
		t.Errorf("without known hosts: %s", errOut)
	}
	h.Set("/meta", map[string]any{"ssh_keys": []string{"ssh-ed25519 AAAA"}})
	out, _ := h.bsgen(t, exitOK, "record", "--benchmark", "Simulated.orientation-*")
	if got := h.git(t, "log", "-1", "--format=%an %ae, %cn, %B", "main"); out != h.git(t, "rev-parse", "main")+"\n" ||
		!strings.HasPrefix(got, "github-actions[bot] "+forgetest.BotMail+", github-actions[bot], results: score 3 models") || !strings.HasSuffix(got, "Bsgen-Run: 345") {
		t.Errorf("prints %q, the commit is %s", out, got)
	}
	if data, err := os.ReadFile(seen); err != nil || string(data) != "git@127.0.0.1\n" {
		t.Errorf("ssh to %q, %v", data, err)
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	for _, r := range h.Requests() {
		if r.Method != "GET" {
			t.Errorf("the API was asked to %s %s", r.Method, r.Path)
		}
	}
}
