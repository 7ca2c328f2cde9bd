package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/forge/forgetest"
)

// TestPipeline walks the whole way of a submission, with the commands that the
// workflows run, against a simulated GitHub over a real git repository: two pull
// requests from a fork, previews, reports, a merge, the record, the site, the
// audit and the history. Then somebody improves a number by hand.
func TestPipeline(t *testing.T) {
	p := newPipeline(t)

	// The board scores what has no results yet. Nothing is left to do then.
	first := p.record("push", 11)
	if n := p.commits("results"); n != 2 {
		t.Fatalf("%d commits have results, want those from before and one of the first record", n)
	}
	if again := p.record("schedule", 12); again != first {
		t.Errorf("a second record moved main from %s to %s", first, again)
	}

	// A good submission: the preview finds nothing, the report has scores.
	good := p.open("good-model", `Add a model"; touch pwned; "`, func(dir string) {
		p.submit(dir, "good-model", "gabor-energy")
	})
	if code, out := p.preview(good); code != exitOK {
		t.Errorf("the preview of a sound pull request: exit code %d\n%s", code, out)
	}
	preview, previewed := filepath.Join(p.work, "preview"), filepath.Join(p.work, "preview-site")
	for _, args := range [][]string{{"pr", "fetch", "--out", preview}, {"pr", "report", preview, "--preview", "--site", previewed}} {
		if code, out := p.bsgenIn(p.fork, args...); code != exitOK {
			t.Fatalf("bsgen %s: exit code %d\n%s", strings.Join(args, " "), code, out)
		}
	}
	if page := p.read(filepath.Join(previewed, "models/good-model/index.html")); !strings.Contains(page, "preview") {
		t.Error("the previewed page does not say that it is a preview")
	}
	p.report(good)
	comment := p.comment(good)
	for _, want := range []string{"good-model", "would rank", "Simulated.V1-rdm", "bsgen score"} {
		if !strings.Contains(comment, want) {
			t.Errorf("the comment does not say %q:\n%s", want, comment)
		}
	}
	p.wantLabels(good, "submission", "scored")
	p.wantCheck(good, "success", "")

	// A bad one: each of its mistakes at its line, and no score.
	bad := p.open("bad-model", "Add another model", func(dir string) {
		p.submit(dir, "bad-model", "pixels")
		file := filepath.Join(dir, "submissions/bad-model/model.yaml")
		p.write(file, strings.Replace(p.read(file), "role: baseline\n", "rôle: best\n", 1))
		p.write(filepath.Join(dir, "results/bad-model/Simulated.V1-rdm@1.json"), `{"score": 1}`)
	})
	code, out := p.preview(bad)
	if code != exitFindings || !strings.Contains(out, "::error file=submissions/bad-model/model.yaml,line=") || !strings.Contains(out, "results/bad-model") {
		t.Errorf("the preview of a bad pull request: exit code %d\n%s", code, out)
	}
	p.report(bad)
	p.wantLabels(bad, "submission", "invalid")
	p.wantCheck(bad, "failure", "submissions/bad-model/model.yaml")
	if n := p.commits("results"); n != 2 {
		t.Errorf("reports changed the results: %d commits", n)
	}

	// The good one is merged and recorded, by the bot, in a commit that says from
	// where; the site has it, the audit finds nothing, and the history tells.
	p.merge(good)
	head := p.record("push", 13)
	message := p.git(p.main, "log", "-1", "--format=%an%n%B", head)
	for _, want := range []string{"github-actions[bot]", fmt.Sprintf("Bsgen-PR: %d", good), "Bsgen-Run: 13"} {
		if !strings.Contains(message, want) {
			t.Errorf("the commit of the results does not say %q:\n%s", want, message)
		}
	}
	if changed := p.git(p.main, "diff", "--name-only", head+"^", head); slices.ContainsFunc(strings.Fields(changed), func(f string) bool { return !strings.HasPrefix(f, "results/good-model/") }) {
		t.Errorf("the record changed\n%s", changed)
	}
	p.must("build", "--out", p.site, "--check")
	pages, err := filepath.Glob(filepath.Join(p.site, "scores/good-model/*/index.html"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("the model has no pages of scores: %v", err)
	}
	for _, page := range pages {
		if text := p.read(page); !strings.Contains(text, fmt.Sprintf("pull request %d<", good)) || !strings.Contains(text, "run 13<") {
			t.Errorf("%s names neither pull request nor run", page)
		}
	}
	if _, err := os.Stat(filepath.Join(p.site, "models/bad-model")); err == nil {
		t.Error("the refused model has a page")
	}
	p.must("audit", "--sample", "1")
	told := regexp.MustCompile(fmt.Sprintf(`(?m)^\S+ +%s .* %d +13 `, head[:10], good))
	if out := p.must("history", "good-model"); !told.MatchString(out) {
		t.Errorf("the history does not name commit, pull request and run:\n%s", out)
	}

	// A number is improved by hand, in a commit that looks like any other.
	file := filepath.Join(p.main, "results/good-model/Simulated.V1-rdm@1.json")
	p.write(file, regexp.MustCompile(`"score": 0\.\d`).ReplaceAllString(p.read(file), `"score": 0.9`))
	p.git(p.main, "commit", "-qam", "results: tidy up")
	if code, out := p.bsgen("audit", "--sample", "0"); code != exitFindings || !strings.Contains(out, "results/good-model/Simulated.V1-rdm@1.json") {
		t.Errorf("the audit of an improved number: exit code %d\n%s", code, out)
	}

	// Or the history is written anew without the commit of the results, which an
	// earlier audit has seen.
	p.git(p.main, "reset", "-q", "--hard", head+"^")
	if code, out := p.bsgen("audit", "--sample", "0", "--since", head); code != exitFindings || !strings.Contains(out, head[:10]) {
		t.Errorf("the audit of a rewritten history: exit code %d\n%s", code, out)
	}
}

// pipeline is a board on the simulated GitHub, and what the runners have.
type pipeline struct {
	t      *testing.T
	github *forgetest.Server
	main   string // a clone, at main
	fork   string // a submitter's clone
	site   string
	work   string
}

// newPipeline makes a board of the demo archive, whose bot has recorded all
// models but one.
func newPipeline(t *testing.T) *pipeline {
	t.Helper()
	dir := t.TempDir()
	p := &pipeline{
		t: t, github: forgetest.New(t, forgetest.Options{Repository: "some-lab/board"}),
		main: filepath.Join(dir, "main"), fork: filepath.Join(dir, "fork"), site: filepath.Join(dir, "site"), work: filepath.Join(dir, "work"),
	}
	for key, value := range map[string]string{
		"HOME": dir, "XDG_CACHE_HOME": filepath.Join(dir, "cache"), "BSGEN_DATA_MIRROR": "",
		"GIT_CONFIG_GLOBAL": filepath.Join(dir, "gitconfig"), "GIT_CONFIG_NOSYSTEM": "1",
		"GITHUB_OUTPUT": "", "GITHUB_STEP_SUMMARY": "", "HTTPS_PROXY": "http://127.0.0.1:1", // nothing listens there
	} {
		t.Setenv(key, value)
	}
	for _, e := range p.github.Env() {
		key, value, _ := strings.Cut(e, "=")
		t.Setenv(key, value)
	}
	p.write(filepath.Join(dir, "gitconfig"), "[user]\n\tname = Somebody\n\temail = somebody@board.example\n[init]\n\tdefaultBranch = main\n")
	if err := copyDemo(p.main); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"public", "results/chance"} {
		if err := os.RemoveAll(filepath.Join(p.main, folder)); err != nil {
			t.Fatal(err)
		}
	}
	p.git(p.main, "init", "-q")
	p.git(p.main, "add", "--all", ":!results")
	p.git(p.main, "commit", "-qm", "a board")
	p.git(p.main, "add", "results")
	p.git(p.main, "-c", "user.name="+p.github.Bot, "-c", "user.email="+forgetest.BotMail, "commit", "-qm", "results: score 2 models")
	p.git(p.main, "push", "-q", "--force", p.github.Git, "main")
	p.git(p.main, "remote", "add", "origin", p.github.URL+"/some-lab/board.git")
	p.git(dir, "clone", "-q", p.github.Git, p.fork)
	if err := os.Mkdir(p.work, 0o755); err != nil {
		t.Fatal(err)
	}
	return p
}

// submit adds a model with the responses of another, a little changed.
func (p *pipeline) submit(dir, id, like string) {
	p.t.Helper()
	to := filepath.Join(dir, "submissions", id)
	if err := os.CopyFS(to, os.DirFS(filepath.Join(dir, "submissions", like))); err != nil {
		p.t.Fatal(err)
	}
	file := filepath.Join(to, "model.yaml")
	text := strings.NewReplacer("id: "+like, "id: "+id, "role: baseline", "role: baseline").Replace(p.read(file))
	p.write(file, regexp.MustCompile(`(?m)^name: .*`).ReplaceAllString(text, "name: "+id))
}

// open makes a branch in the fork, lets change edit it, and opens the pull
// request. It returns its number.
func (p *pipeline) open(branch, title string, change func(dir string)) int {
	p.t.Helper()
	p.git(p.fork, "fetch", "-q", "origin", "main")
	p.git(p.fork, "checkout", "-q", "-B", branch, "origin/main")
	change(p.fork)
	p.git(p.fork, "add", "-A")
	p.git(p.fork, "commit", "-qm", title)
	number, err := p.github.AddPull(forgetest.Pull{Title: title, Author: "some-visitor", HeadRef: branch, Fork: p.fork, Head: branch})
	if err != nil {
		p.t.Fatal(err)
	}
	return number
}

// preview runs what score-pr.yml does on the merge of the pull request.
func (p *pipeline) preview(number int) (int, string) {
	p.t.Helper()
	head, err := p.github.PullHead(number)
	if err != nil {
		p.t.Fatal(err)
	}
	base, err := p.github.Head("main")
	if err != nil {
		p.t.Fatal(err)
	}
	p.git(p.fork, "checkout", "-q", "--detach", head)
	p.event("pull_request", map[string]any{
		"action": "opened", "number": number,
		"pull_request": map[string]any{
			"number": number, "state": "open", "title": "a title", "user": map[string]any{"login": "some-visitor"},
			"head": map[string]any{"sha": head, "ref": "a-branch", "repo": map[string]any{"full_name": "some-visitor/board"}},
			"base": map[string]any{"sha": base, "ref": "main"},
		},
	})
	return p.bsgenIn(p.fork, "pr", "check")
}

// report runs what report.yml does after the preview.
func (p *pipeline) report(number int) {
	p.t.Helper()
	head, err := p.github.PullHead(number)
	if err != nil {
		p.t.Fatal(err)
	}
	pull := p.git(p.fork, "branch", "--points-at", head, "--format=%(refname:lstrip=2)")
	branch := strings.TrimSpace(pull[strings.LastIndex(pull, "\n")+1:])
	p.event("workflow_run", map[string]any{
		"action": "completed",
		"workflow_run": map[string]any{
			"id": 100 + number, "name": "score-pr", "path": ".github/workflows/score-pr.yml", "event": "pull_request", "conclusion": "success",
			"head_sha": head, "head_branch": branch, "pull_requests": []any{}, "html_url": p.github.URL + "/run",
			"head_repository": map[string]any{"full_name": "some-visitor/board", "owner": map[string]any{"login": "some-visitor"}},
		},
	})
	p.update()
	dir, report := filepath.Join(p.work, fmt.Sprint(number)), filepath.Join(p.work, fmt.Sprintf("%d.json", number))
	p.must("pr", "fetch", "--out", dir)
	p.bsgen("pr", "report", dir, "--out", report)
	p.must("pr", "publish", report)
}

// merge merges a pull request.
func (p *pipeline) merge(number int) {
	p.t.Helper()
	if _, err := p.github.Merge(number); err != nil {
		p.t.Fatal(err)
	}
}

// record runs what record.yml does, and returns the commit that main is at then.
func (p *pipeline) record(event string, run int) string {
	p.t.Helper()
	p.update()
	head := p.git(p.main, "rev-parse", "HEAD")
	p.event(event, map[string]any{"ref": "refs/heads/main", "before": head, "after": head, "schedule": "17 3 * * *"})
	p.t.Setenv("GITHUB_RUN_ID", fmt.Sprint(run))
	out := strings.TrimSpace(p.must("record"))
	made := out[strings.LastIndex(out, "\n")+1:]
	if now, err := p.github.Head("main"); err != nil || made != now {
		p.t.Errorf("record printed %q, and main is at %s (%v)", made, now, err)
	}
	p.update()
	return made
}

// update brings the clone to main, as a checkout does.
func (p *pipeline) update() {
	p.t.Helper()
	p.git(p.main, "fetch", "-q", "origin", "main")
	p.git(p.main, "checkout", "-q", "-B", "main", "FETCH_HEAD")
}

// event writes the event of a workflow.
func (p *pipeline) event(name string, payload map[string]any) {
	p.t.Helper()
	payload["repository"] = map[string]any{"full_name": "some-lab/board", "default_branch": "main", "private": false}
	data, err := json.Marshal(payload)
	if err != nil {
		p.t.Fatal(err)
	}
	file := filepath.Join(p.work, "event.json")
	p.write(file, string(data))
	p.t.Setenv("GITHUB_EVENT_NAME", name)
	p.t.Setenv("GITHUB_EVENT_PATH", file)
}

// commits counts the commits of main that changed a folder.
func (p *pipeline) commits(folder string) int {
	p.t.Helper()
	p.update()
	return len(strings.Fields(p.git(p.main, "log", "--format=%h", "--", folder)))
}

// comment returns the only comment of the bot.
func (p *pipeline) comment(number int) string {
	p.t.Helper()
	comments := p.github.Comments(number)
	if len(comments) != 1 || comments[0].Author != p.github.Bot {
		p.t.Fatalf("the comments are %+v", comments)
	}
	return comments[0].Body
}

func (p *pipeline) wantLabels(number int, want ...string) {
	p.t.Helper()
	got := p.github.Labels(number)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		p.t.Errorf("#%d has the labels %q, want %q", number, got, want)
	}
}

// wantCheck wants the newest check run to be of the pull request's head, with an
// annotation at the path.
func (p *pipeline) wantCheck(number int, conclusion, path string) {
	p.t.Helper()
	checks := p.github.Checks()
	head, err := p.github.PullHead(number)
	if err != nil || len(checks) == 0 {
		p.t.Fatal(checks, err)
	}
	c := checks[len(checks)-1]
	if c.HeadSHA != head || c.Conclusion != conclusion {
		p.t.Errorf("#%d has the check %+v", number, c)
	}
	for _, a := range c.Annotations {
		if a.Path == path {
			return
		}
	}
	if path != "" {
		p.t.Errorf("#%d has no annotation at %s: %+v", number, path, c.Annotations)
	}
}

// must runs bsgen at main and returns what it printed to standard output.
func (p *pipeline) must(args ...string) string {
	p.t.Helper()
	var out, errs bytes.Buffer
	if code := run(p.t.Context(), append([]string{"-C", p.main}, args...), strings.NewReader(""), &out, &errs); code != exitOK {
		p.t.Fatalf("bsgen %s: exit code %d\n%s%s", strings.Join(args, " "), code, &out, &errs)
	}
	return out.String()
}

// bsgen runs bsgen at main and returns all that it printed.
func (p *pipeline) bsgen(args ...string) (int, string) {
	p.t.Helper()
	return p.bsgenIn(p.main, args...)
}

func (p *pipeline) bsgenIn(dir string, args ...string) (int, string) {
	p.t.Helper()
	var out bytes.Buffer
	code := run(p.t.Context(), append([]string{"-C", dir}, args...), strings.NewReader(""), &out, &out)
	return code, out.String()
}

func (p *pipeline) git(dir string, args ...string) string {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), "git", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (p *pipeline) read(file string) string {
	p.t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(data)
}

func (p *pipeline) write(file, text string) {
	p.t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}
