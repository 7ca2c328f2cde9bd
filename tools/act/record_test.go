package act

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRecord runs record.yml until nothing is left to do, then with a submission
// of which one pair can not be scored, and audits what came of it.
func TestRecord(t *testing.T) {
	m := newMachine(t)
	push := map[string]any{"ref": "refs/heads/main", "repository": map[string]any{"full_name": "some-lab/board", "private": false}}
	head := func() string {
		t.Helper()
		h, err := m.github.Head("main")
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	begin := head()
	ok, out := m.workflow("record.yml", "push", push)
	if !ok {
		t.Fatal(out)
	}
	m.git("pull", "-q", "origin", "main")
	if got := m.git("log", "--format=%an: %s", begin+"..HEAD"); got != "github-actions[bot]: results: score 3 models on 2 benchmarks" {
		t.Errorf("the commits are %s\n%s", got, out)
	}
	if n := len(strings.Fields(m.git("ls-files", "results/"))); n != 12 {
		t.Errorf("%d files in results/", n)
	}
	page, err := os.ReadFile(filepath.Join(m.pages, "models", "pixels", "index.html"))
	if err != nil || !strings.Contains(string(page), head()[:7]) {
		t.Errorf("the site is not that of the results' commit: %v", err)
	}

	// Nothing is left: no job but the plan runs, and nothing is deployed.
	before := head()
	if ok, out := m.workflow("record.yml", "schedule", push); !ok || head() != before {
		t.Fatalf("with nothing to score: %s", out)
	}
	if _, err := os.Stat(m.pages); err == nil {
		t.Error("a site was deployed without a reason")
	}

	// One of two new pairs can not be scored: the other is recorded and shown. Here
	// the workflow's token may not write, and that of an app may.
	submission := filepath.Join(m.clone, "submissions", "mine")
	if err := os.CopyFS(submission, os.DirFS(filepath.Join(m.clone, "submissions", "pixels"))); err != nil {
		t.Fatal(err)
	}
	m.run(m.clone, "sed", "-i", "s/^id: pixels/id: mine/", filepath.Join(submission, "model.yaml"))
	data := filepath.Join(m.clone, "benchmarks", "Simulated.V1-rdm", "animal-1.npy")
	whole, err := os.ReadFile(data)
	if err != nil {
		t.Fatal(err)
	}
	m.write(data, string(whole[:len(whole)-1]))
	m.git("add", "-A")
	m.git("commit", "-q", "-m", "a model, and half a file (#4)")
	m.git("push", "-q", m.github.Git, "HEAD:main")
	ok, out = m.workflow("record.yml", "push", push, "-s", "GITHUB_TOKEN=may-read", "--var", "RESULTS_APP_ID=4711", "-s", "RESULTS_APP_KEY=the app's key")
	if ok || !strings.Contains(out, "1 result recorded, 1 pair without a sound result") {
		t.Errorf("half of the pairs can not be scored: succeeded: %t\n%s", ok, out)
	}
	m.git("pull", "-q", "origin", "main")
	if got := m.git("show", "--format=%(trailers:key=Bsgen-PR,valueonly)", "--name-only", "HEAD"); strings.Join(strings.Fields(got), " ") !=
		"results/mine/Simulated.orientation-error_consistency@1.bin results/mine/Simulated.orientation-error_consistency@1.json" {
		t.Errorf("the last commit is %s", got) // without a trailer: the service knows of no pull request
	}
	if _, err := os.Stat(filepath.Join(m.pages, "models", "mine", "index.html")); err != nil {
		t.Errorf("what is recorded is not shown: %v", err)
	}

	// The audit's sample needs the whole file. GitHub knows of an earlier run.
	m.write(data, string(whole))
	m.git("commit", "-q", "-a", "-m", "the whole file")
	m.git("push", "-q", m.github.Git, "HEAD:main")
	m.github.Set("", map[string]any{"default_branch": "main"})
	runs := func(heads ...string) {
		var list []any
		for _, h := range heads {
			list = append(list, map[string]any{"head_sha": h, "head_branch": "main", "status": "completed", "event": "schedule"})
		}
		m.github.Set("actions/workflows/audit.yml/runs?branch=main&per_page=100", map[string]any{"workflow_runs": list})
	}
	runs(begin, before)
	if ok, out := m.workflow("audit.yml", "schedule", push); !ok || len(m.github.Issues()) != 0 {
		t.Fatalf("the audit of what was recorded: %d issues\n%s", len(m.github.Issues()), out)
	}
	var report struct {
		Commits int `json:"commits"`
		Sample  struct {
			Reproduced []string `json:"reproduced"`
		} `json:"sample"`
	}
	text, err := os.ReadFile(filepath.Join(m.artifacts, "audit", "audit.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &report); err != nil || report.Commits != 2 || len(report.Sample.Reproduced) != 7 {
		t.Errorf("the report is %s, %v", text, err)
	}
	runs(begin, strings.Repeat("1", 40))
	if ok, out := m.workflow("audit.yml", "schedule", push); ok || len(m.github.Issues()) != 1 || !strings.Contains(m.github.Issues()[0].Body, "111111111111: this commit was the newest once") {
		t.Errorf("the audit of a history that was rewritten: succeeded: %t, %v\n%s", ok, m.github.Issues(), out)
	}
}
