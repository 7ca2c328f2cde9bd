package contract

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bsgen/bsgen/forge"
	"github.com/bsgen/bsgen/forge/forgetest"
)

// services are those whose descriptions are read: the newest, and the oldest
// GitHub Enterprise Server that the npm package has.
var services = []string{"api.github.com", "ghes-3.17"}

var loaded = map[string]func() (*Contract, error){}

func init() {
	for _, s := range services {
		loaded[s] = sync.OnceValues(func() (*Contract, error) { return Load("node_modules", s) })
	}
}

func load(t *testing.T, service string) *Contract {
	t.Helper()
	if _, err := os.Stat("node_modules/@octokit"); err != nil {
		t.Skip("tools/contract/node_modules is missing: npm ci --ignore-scripts")
	}
	c, err := loaded[service]()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestForge makes every call that package forge has, in all its forms, and holds
// each request against the descriptions.
func TestForge(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	for _, service := range services {
		t.Run(service, func(t *testing.T) {
			c := load(t, service)
			s, err := forgetest.Start(forgetest.Options{Dir: t.TempDir(), Hook: func(r *http.Request, body []byte) error {
				if err := c.Check(r, body); err != nil && !slices.Contains(absent[service], r.URL.Path) {
					t.Errorf("%s %s %.300s\n%v", r.Method, r.URL, body, err)
				}
				return nil
			}})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			opts := forge.FromEnv(s.Getenv)
			opts.Sleep = func(context.Context, time.Duration) error { return nil }
			g, err := forge.NewGitHub(opts)
			if err != nil {
				t.Fatal(err)
			}
			exercise(t, s, g)
			readSettings(t, s, g)

			asked := map[string]bool{}
			for _, r := range s.Requests() {
				asked[r.Method+" "+strings.Split(r.Path, "?")[0]] = true
			}
			t.Logf("%d requests to %d resources", len(s.Requests()), len(asked))
		})
	}
}

// TestExercise names the methods that exercise calls, so that a new one is not
// forgotten there.
func TestExercise(t *testing.T) {
	source, err := os.ReadFile("contract_test.go")
	if err != nil {
		t.Fatal(err)
	}
	quiet := []string{"Repository", "Get"} // makes no call; readSettings calls it
	for m := range reflect.TypeFor[*forge.GitHub]().Methods() {
		if !slices.Contains(quiet, m.Name) && !strings.Contains(string(source), "g."+m.Name+"(ctx") {
			t.Errorf("exercise does not call %s", m.Name)
		}
	}
}

// absent are resources that a service does not have; bsgen then says "unknown".
var absent = map[string][]string{"ghes-3.17": {
	"/repos/lab/board/actions/permissions/fork-pr-contributor-approval", "/repos/lab/board/private-vulnerability-reporting",
	"/repos/lab/board/actions/permissions/fork-pr-workflows-private-repos",
}}

// readSettings reads all settings, also those of a private repository and those
// that others lead to. The server knows none of them, and what it answers does
// not matter.
func readSettings(t *testing.T, s *forgetest.Server, g *forge.GitHub) {
	s.Set("actions/permissions", map[string]any{"enabled": true, "allowed_actions": "selected"})
	s.Set("rules/branches/main", []any{map[string]any{"type": "deletion", "ruleset_id": 7}})
	s.Set("environments", map[string]any{"environments": []any{map[string]any{
		"name": "results", "deployment_branch_policy": map[string]any{"custom_branch_policies": true},
	}}})
	forge.ReadSettings(t.Context(), g)
	s.Set("", map[string]any{"full_name": s.Repository, "private": true, "default_branch": "main"})
	forge.ReadSettings(t.Context(), g)
	for _, path := range []string{"actions/permissions/selected-actions", "rulesets/7", "environments/results/deployment-branch-policies", "actions/permissions/fork-pr-workflows-private-repos"} {
		if !slices.ContainsFunc(s.Requests(), func(r forgetest.Request) bool { return strings.HasPrefix(r.Path, "/repos/lab/board/"+path) }) {
			t.Errorf("%s was not read", path)
		}
	}
}

// exercise calls each method.
func exercise(t *testing.T, s *forgetest.Server, g *forge.GitHub) {
	t.Helper()
	ctx := t.Context()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	head, err := g.Head(ctx, "main")
	ok(err)
	n, err := s.AddPull(forgetest.Pull{Head: head, HeadRef: "feature/a"})
	ok(err)
	_, err = g.PullRequest(ctx, n)
	ok(err)
	_, err = g.PullRequestOf(ctx, "visitor", "feature/a")
	ok(err)
	for range 101 { // two pages
		s.AddComment(n, s.Bot, "x")
	}
	comments, err := g.Comments(ctx, n)
	ok(err)
	ok(g.CreateComment(ctx, n, "text"))
	ok(g.UpdateComment(ctx, comments[0].ID, "text"))
	for _, many := range []int{0, 120} {
		for _, details := range []string{"", "https://example.org/run"} {
			check := forge.Check{Name: "bsgen", HeadSHA: head, Conclusion: "failure", Title: "t", Summary: "s", DetailsURL: details}
			for i := range many {
				check.Annotations = append(check.Annotations, forge.Annotation{
					Path: "submissions/m/model.yaml", Line: i + 1, Level: []string{"notice", "warning", "failure"}[i%3], Title: []string{"", "t"}[i%2], Message: "m",
				})
			}
			ok(g.CreateCheck(ctx, check))
		}
	}
	ok(g.AddLabels(ctx, n, "submission", "needs a/look"))
	ok(g.RemoveLabel(ctx, n, "needs a/look"))
	issue, err := g.CreateIssue(ctx, forge.Issue{Title: "t", Body: "b"})
	ok(err)
	_, err = g.CreateIssue(ctx, forge.Issue{Title: "t", Body: "b", Labels: []string{"audit"}})
	ok(err)
	_, err = g.Issues(ctx, "audit")
	ok(err)
	_, err = g.Issues(ctx, "")
	ok(err)
	ok(g.UpdateIssue(ctx, forge.Issue{Number: issue, Title: "t", Body: "b"}))
	ok(g.CloseIssue(ctx, issue))
	done, err := g.Commit(ctx, forge.Commit{Branch: "main", Expected: head, Headline: "h", Body: "b", Files: []forge.File{
		{Path: "results/m/b@1.json", Content: []byte("{}")}, {Path: "results/m/empty"}, {Path: "README.md", Remove: true},
	}})
	ok(err)
	_, err = g.Commit(ctx, forge.Commit{Branch: "main", Expected: done.SHA, Headline: "h", Files: []forge.File{{Path: "results/m/empty", Remove: true}}})
	ok(err)
	s.Set("/meta", map[string]any{"ssh_keys": []string{"ssh-ed25519 AAAAC3"}})
	_, err = g.KnownHosts(ctx, "example.org")
	ok(err)
	merged, err := s.Merge(n)
	ok(err)
	_, err = g.PullRequestBehind(ctx, merged)
	ok(err)
	s.Set("", map[string]any{"default_branch": "main"})
	s.Set("actions/workflows/audit.yml/runs?branch=main&per_page=100", map[string]any{"total_count": 0, "workflow_runs": []any{}})
	_, err = g.RunHeads(ctx, "audit.yml")
	ok(err)
	s.Set("commits?page=1&path=results&per_page=100&sha="+merged, []any{})
	s.Set("commits/"+done.SHA, map[string]any{"sha": done.SHA})
	_, err = g.Signatures(ctx, merged, "results", []string{done.SHA})
	ok(err)
}

// TestFaults plants a fault in each request and expects the descriptions to
// show it: a check that can not fail proves nothing.
func TestFaults(t *testing.T) {
	const hash = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	annotations := func(n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = `{"path": "a", "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "m"}`
		}
		return `{"name": "n", "head_sha": "` + hash + `", "status": "completed", "conclusion": "failure", "output": {"title": "t", "summary": "s", "annotations": [` + strings.Join(list, ",") + `]}}`
	}
	mutation := func(query string, drop ...string) string {
		input := map[string]any{
			"branch":          map[string]string{"repositoryNameWithOwner": "lab/board", "branchName": "main"},
			"expectedHeadOid": hash,
			"message":         map[string]string{"headline": "h"},
			"fileChanges":     map[string]any{"additions": []any{map[string]string{"path": "a", "contents": base64.StdEncoding.EncodeToString([]byte("a"))}}},
		}
		for _, d := range drop {
			if name, ok := strings.CutPrefix(d, "+"); ok {
				input[name] = "x"
			} else {
				delete(input, d)
			}
		}
		data, err := json.Marshal(map[string]any{"query": query, "variables": map[string]any{"input": input}})
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	const comments, checks = "/repos/lab/board/issues/1/comments", "/repos/lab/board/check-runs"
	for _, service := range services {
		c := load(t, service)
		for _, f := range []struct{ method, path, body, want string }{
			{"POST", comments, `{"body": "b"}`, ""},
			{"POST", comments, `{}`, `property "body" is missing`},
			{"POST", comments, `{"body": 7}`, "must be a string"},
			{"POST", comments, `{"body": "b", "bodi": "c"}`, `no field "bodi"`},
			{"PUT", comments, `{"body": "b"}`, "method not allowed"},
			{"GET", comments + "?per_page=100&page=2", "", ""},
			{"GET", comments + "?sort=created", "", `no parameter "sort"`},
			{"GET", comments + "?per_page=many", "", "per_page"},
			{"GET", "/repos/lab/board/coments", "", "no matching operation"},
			{"GET", "/repos/lab/board/git/ref/heads/feature/a", "", ""},
			{"GET", "/repos/lab/board/pulls?state=opened", "", "state"},
			{"POST", checks, annotations(50), ""},
			{"POST", checks, annotations(51), "50"},
			{"POST", checks, strings.Replace(annotations(1), `"failure", "output"`, `"bad", "output"`, 1), "conclusion"},
			{"POST", checks, strings.Replace(annotations(1), `"status": "completed"`, `"status": "done"`, 1), "status"},
			{"POST", checks, strings.Replace(annotations(1), `"message": "m"`, `"text": "m"`, 1), "message"},
			{"POST", checks, strings.Replace(annotations(1), `"message": "m"`, `"message": "m", "colour": "red"`, 1), `no field "colour"`},
			{"POST", "/repos/lab/board/issues", `{"body": "b"}`, "title"},
			{"POST", "/graphql", mutation(forge.Mutation), ""},
			{"POST", "/graphql", mutation(forge.Mutation, "expectedHeadOid"), "expectedHeadOid"},
			{"POST", "/graphql", mutation(forge.Mutation, "branch"), "branch"},
			{"POST", "/graphql", mutation(forge.Mutation, "+force"), "force"},
			{"POST", "/graphql", mutation(strings.Replace(forge.Mutation, "oid", "sha", 1)), `Cannot query field "sha"`},
			{"POST", "/graphql", mutation(strings.Replace(forge.Mutation, "createCommitOnBranch", "createCommit", 1)), `Cannot query field "createCommit"`},
		} {
			r := httptest.NewRequest(f.method, f.path, strings.NewReader(f.body))
			if f.body != "" {
				r.Header.Set("Content-Type", "application/json")
			}
			err := c.Check(r, []byte(f.body))
			if (err == nil) != (f.want == "") || err != nil && !strings.Contains(err.Error(), f.want) {
				t.Errorf("%s: %s %s %.200s: got %v, want %q", service, f.method, f.path, f.body, err, f.want)
			}
		}
	}
}

// TestLock keeps addresses of a registry out of the lock file: npm then takes the
// one that it is configured for.
func TestLock(t *testing.T) {
	data, err := os.ReadFile("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct{ Version, Resolved, Integrity string }
	}
	if err := json.Unmarshal(data, &lock); err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for name, p := range lock.Packages {
		if name == "" {
			continue
		}
		names = append(names, fmt.Sprintf("%s@%s", strings.TrimPrefix(name, "node_modules/"), p.Version))
		if p.Resolved != "" || !strings.HasPrefix(p.Integrity, "sha512-") {
			t.Errorf("%s: resolved %q, integrity %q", name, p.Resolved, p.Integrity)
		}
	}
	if !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, "@octokit/openapi@") }) {
		t.Errorf("got %s", names)
	}
}
