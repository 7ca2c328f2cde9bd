package act

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/forge/forgetest"
)

// TestPullRequest runs score-pr.yml and report.yml on a sound and on an unsound
// pull request, whose titles and branches are shell commands.
func TestPullRequest(t *testing.T) {
	m := newMachine(t)
	m.escalation()

	good := m.pull("good", `"; touch pwned; "$(touch pwned)`, func() {
		m.copyModel("pixels", "good")
	})
	ok, out := m.workflow("score-pr.yml", "pull_request", good.opened)
	if !ok || strings.Contains(out, "::error") {
		t.Fatalf("a sound pull request is refused\n%s", out)
	}
	page, err := os.ReadFile(filepath.Join(m.artifacts, "preview-of-the-site", "models", "good", "index.html"))
	if err != nil || !strings.Contains(string(page), "preview") {
		t.Errorf("the site is not previewed: %v", err)
	}
	if n := len(m.github.Requests()); n != 0 {
		t.Errorf("the pull request's own run asked the API %d times", n)
	}
	m.git("checkout", "-q", "main")
	if ok, out := m.workflow("report.yml", "workflow_run", good.scored("success")); !ok {
		t.Fatalf("a sound pull request is not answered\n%s", out)
	}
	m.wantAnswer(good.number, "success", "would rank", "submission", "scored")

	bad := m.pull("bad", "Add `touch pwned`", func() {
		m.copyModel("pixels", "bad")
		m.run(m.clone, "sed", "-i", "s/^name: /nmae: /", "submissions/bad/model.yaml")
	})
	if ok, out := m.workflow("score-pr.yml", "pull_request", bad.opened); ok || !strings.Contains(out, "::error file=submissions/bad/model.yaml,line=2") {
		t.Errorf("an unsound pull request: succeeded: %t\n%s", ok, out)
	}
	m.git("checkout", "-q", "main")
	if ok, out := m.workflow("report.yml", "workflow_run", bad.scored("failure")); !ok {
		t.Fatalf("an unsound pull request is not answered\n%s", out)
	}
	m.wantAnswer(bad.number, "failure", "nmae", "submission", "invalid")

	// A run that something else than a pull request started has no answer.
	other := bad.scored("success")
	other["workflow_run"].(map[string]any)["event"] = "push"
	before := len(m.github.Requests())
	if ok, out := m.workflow("report.yml", "workflow_run", other); !ok || len(m.github.Requests()) != before {
		t.Errorf("a push is answered like a pull request\n%s", out)
	}

	if err := filepath.WalkDir(m.dir, func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.Name() == "pwned" {
			t.Errorf("a title was run as a command: %s", path)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

// escalation gives the machine what a hosted runner has, where it lacks it: sudo
// without a password, and networks to be left.
func (m *machine) escalation() {
	m.t.Helper()
	if os.Getuid() != 0 {
		m.need("sudo", "-n", "true")
		m.need("sudo", "-n", "unshare", "--net", "true")
		return
	}
	m.need("unshare", "--net", "true")
	bin := filepath.Join(m.dir, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bin, "sudo"), []byte("#!/bin/sh\nexec \"$@\"\n"), 0o755); err != nil {
		m.t.Fatal(err)
	}
	for i, e := range m.env {
		if path, ok := strings.CutPrefix(e, "PATH="); ok {
			m.env[i] = "PATH=" + bin + ":" + path
		}
	}
}

// pull is a pull request with the events that it causes.
type pull struct {
	number int
	branch string
	head   string
	opened map[string]any // payload of pull_request
}

// pull opens a pull request with what change leaves in the clone, and checks its
// merge out, which GitHub runs the workflows of pull_request from.
func (m *machine) pull(name, title string, change func()) *pull {
	m.t.Helper()
	p := &pull{branch: name + "$(touch${IFS}pwned)"}
	m.git("checkout", "-q", "-b", p.branch, "main")
	change()
	m.git("add", "-A")
	m.git("commit", "-q", "-m", title)
	p.head = m.git("rev-parse", "HEAD")
	var err error
	if p.number, err = m.github.AddPull(forgetest.Pull{Title: title, Author: "some-visitor", HeadRef: p.branch, Fork: m.clone, Head: p.head}); err != nil {
		m.t.Fatal(err)
	}
	m.git("checkout", "-q", "--detach", "main")
	m.git("merge", "-q", "--no-ff", "-m", "Merge "+p.head, p.head)
	m.git("push", "-q", m.github.Git, fmt.Sprintf("HEAD:refs/pull/%d/merge", p.number))
	p.opened = map[string]any{
		"action": "opened", "number": p.number, "repository": repository(),
		"pull_request": map[string]any{
			"number": p.number, "state": "open", "title": title, "user": map[string]any{"login": "some-visitor"},
			"head": map[string]any{"sha": p.head, "ref": p.branch, "repo": map[string]any{"full_name": "some-visitor/board"}},
			"base": map[string]any{"sha": m.git("rev-parse", "main"), "ref": "main", "repo": repository()},
		},
	}
	return p
}

// scored is the event that follows the run of score-pr.yml.
func (p *pull) scored(conclusion string) map[string]any {
	return map[string]any{
		"action": "completed", "repository": repository(),
		"workflow_run": map[string]any{
			"id": 100 + p.number, "name": "score-pr", "path": ".github/workflows/score-pr.yml",
			"event": "pull_request", "conclusion": conclusion, "head_sha": p.head, "head_branch": p.branch, "pull_requests": []any{},
			"head_repository": map[string]any{"full_name": "some-visitor/board", "owner": map[string]any{"login": "some-visitor"}},
		},
	}
}

func repository() map[string]any {
	return map[string]any{"full_name": "some-lab/board", "default_branch": "main", "private": false}
}

// wantAnswer wants one comment that says a word, one check run with the
// conclusion, and the labels.
func (m *machine) wantAnswer(number int, conclusion, word string, labels ...string) {
	m.t.Helper()
	comments := m.github.Comments(number)
	if len(comments) != 1 || !strings.Contains(comments[0].Body, word) {
		m.t.Errorf("#%d is answered by %+v, want %q", number, comments, word)
	}
	head, err := m.github.PullHead(number)
	if err != nil {
		m.t.Fatal(err)
	}
	var conclusions []string
	for _, c := range m.github.Checks() {
		if c.HeadSHA == head {
			conclusions = append(conclusions, c.Conclusion)
		}
	}
	if !slices.Equal(conclusions, []string{conclusion}) {
		m.t.Errorf("#%d has check runs that say %q, want %s", number, conclusions, conclusion)
	}
	got := m.github.Labels(number)
	slices.Sort(got)
	slices.Sort(labels)
	if !slices.Equal(got, labels) {
		m.t.Errorf("#%d has the labels %q, want %q", number, got, labels)
	}
}

// copyModel submits a model with the responses of another.
func (m *machine) copyModel(from, to string) {
	m.t.Helper()
	submission := filepath.Join(m.clone, "submissions", to)
	if err := os.CopyFS(submission, os.DirFS(filepath.Join(m.clone, "submissions", from))); err != nil {
		m.t.Fatal(err)
	}
	m.run(m.clone, "sed", "-i", "s/^id: .*/id: "+to+"/", filepath.Join(submission, "model.yaml"))
}

// need skips the test where a command fails.
func (m *machine) need(name string, args ...string) {
	m.t.Helper()
	if out, err := exec.CommandContext(m.t.Context(), name, args...).CombinedOutput(); err != nil {
		m.t.Skipf("%s %s: %v %s", name, strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
}
