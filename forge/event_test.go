package forge

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const (
	hashA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	hashB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	repo  = `"repository": {"full_name": "lab/board", "default_branch": "main", "private": true}, "sender": {"login": "visitor"}`
	pull  = `"pull_request": {"number": 7, "state": "open", "title": "\"; rm -rf /", "user": {"login": "visitor"},
		"head": {"sha": "` + hashA + `", "ref": "my-model", "user": {"login": "visitor"}, "repo": {"full_name": "visitor/board"}},
		"base": {"sha": "` + hashB + `", "ref": "main"}, "labels": [{"name": "submission"}], "merged": false}`
)

func TestReadEvent(t *testing.T) {
	common := Event{Repository: "lab/board", DefaultBranch: "main", Private: true, Sender: "visitor"}
	with := func(f func(e *Event)) *Event { e := common; f(&e); return &e }
	wantPull := &PullRequest{
		Number: 7, Open: true, Title: `"; rm -rf /`, Author: "visitor", HeadSHA: hashA, HeadRef: "my-model", HeadRepo: "visitor/board",
		BaseSHA: hashB, BaseRef: "main", Labels: []string{"submission"},
	}
	for _, c := range []struct {
		name, json string
		want       *Event
		err        string
	}{
		{name: "pull_request", json: `{"action": "opened", "number": 7, ` + pull + `, ` + repo + `, "unknown": [1]}`,
			want: with(func(e *Event) { e.Name, e.Action, e.Pull = "pull_request", "opened", wantPull })},
		{name: "pull_request", json: `{` + strings.Replace(pull, `"repo": {"full_name": "visitor/board"}`, `"repo": null`, 1) + `, ` + repo + `}`,
			want: with(func(e *Event) { e.Name = "pull_request"; p := *wantPull; p.HeadRepo = ""; e.Pull = &p })},
		{name: "workflow_run", json: `{"action": "completed", ` + repo + `, "workflow_run": {"id": 99, "run_attempt": 2, "name": "score", "path": ".github/workflows/score-pr.yml",
			"event": "pull_request", "conclusion": "success", "head_sha": "` + hashA + `", "head_branch": "my-model", "html_url": "https://example.org/run",
			"pull_requests": [], "head_repository": {"full_name": "visitor/board", "owner": {"login": "visitor"}}}}`,
			want: with(func(e *Event) {
				e.Name, e.Action = "workflow_run", "completed"
				e.Run = &Run{ID: 99, Attempt: 2, Name: "score", Path: ".github/workflows/score-pr.yml", Event: "pull_request", Conclusion: "success",
					HeadSHA: hashA, HeadBranch: "my-model", HeadRepo: "visitor/board", HeadOwner: "visitor", URL: "https://example.org/run"}
			})},
		{name: "push", json: `{"ref": "refs/heads/main", "before": "` + hashA + `", "after": "` + hashB + `", "forced": true, ` + repo + `}`,
			want: with(func(e *Event) {
				e.Name, e.Push = "push", &Push{Ref: "refs/heads/main", Before: hashA, After: hashB, Forced: true}
			})},
		{name: "schedule", json: `{"schedule": "5 3 * * *", ` + repo + `}`,
			want: with(func(e *Event) { e.Name, e.Schedule = "schedule", "5 3 * * *" })},
		{name: "schedule", json: `{"schedule": "5 3 * * *"}`, want: &Event{Name: "schedule", Schedule: "5 3 * * *"}},
		{name: "workflow_dispatch", json: `{"ref": "refs/heads/main", "inputs": {"models": "a*", "force": true, "none": null}, ` + repo + `}`,
			want: with(func(e *Event) {
				e.Name, e.Ref, e.Inputs = "workflow_dispatch", "refs/heads/main", map[string]string{"models": "a*", "force": "true", "none": ""}
			})},
		{name: "workflow_dispatch", json: `{"ref": "refs/heads/main", "inputs": {"models": ["a"]}, ` + repo + `}`, err: `the input "models" is no text`},
		{name: "issue_comment", json: `{` + repo + `}`, err: "does not handle"},
		{name: "push", json: `{` + repo + `}`, err: "ref, before or after is missing"},
		{name: "pull_request", json: `{` + repo + `}`, err: "no pull_request"},
		{name: "pull_request", json: `{` + strings.Replace(pull, hashA, "main", 1) + `,` + repo + `}`, err: `head "main"`},
		{name: "pull_request", json: `{` + strings.Replace(pull, `"number": 7`, `"number": -7`, 1) + `,` + repo + `}`, err: "no number"},
		{name: "workflow_run", json: `{` + repo + `, "workflow_run": {"id": 1, "event": "push", "head_sha": "HEAD"}}`, err: `head_sha "HEAD"`},
		{name: "workflow_run", json: `{` + repo + `}`, err: "no workflow_run"},
		{name: "push", json: `{"repository": {"full_name": "../board"}}`, err: "not of the form owner/name"},
		{name: "push", json: `{`, err: "unexpected end"},
		{name: "push", json: `{"pad": "` + strings.Repeat("x", MaxEvent) + `"}`, err: "more than the"},
	} {
		got, err := ReadEvent(c.name, strings.NewReader(c.json))
		switch {
		case c.err != "":
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s %.80s: got error %v, want %q", c.name, c.json, err, c.err)
			}
		case err != nil:
			t.Errorf("%s %.80s: %v", c.name, c.json, err)
		case !reflect.DeepEqual(got, c.want):
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestEventFromEnv(t *testing.T) {
	path := filepath.Join(t.TempDir(), "event.json")
	if err := os.WriteFile(path, []byte(`{"schedule": "5 3 * * *", `+repo+`}`), 0o644); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"GITHUB_EVENT_NAME": "schedule", "GITHUB_EVENT_PATH": path}
	e, err := EventFromEnv(func(k string) string { return env[k] })
	if err != nil || e.Schedule != "5 3 * * *" {
		t.Errorf("got %+v, %v", e, err)
	}
	if _, err := EventFromEnv(func(string) string { return "" }); !errors.Is(err, ErrNoEvent) {
		t.Errorf("got %v", err)
	}
}

func FuzzReadEvent(f *testing.F) {
	f.Add("pull_request", []byte(`{`+pull+`, `+repo+`}`))
	f.Add("workflow_run", []byte(`{"workflow_run": {"id": 1, "event": "push", "head_sha": "`+hashA+`"}, `+repo+`}`))
	f.Add("push", []byte(`{"ref": "refs/heads/main", "before": "`+hashA+`", "after": "`+hashB+`", `+repo+`}`))
	f.Add("workflow_dispatch", []byte(`{"inputs": {"a": 1}, `+repo+`}`))
	f.Add("schedule", []byte(`{`+repo+`}`))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		e, err := ReadEvent(name, strings.NewReader(string(data)))
		if err != nil {
			return
		}
		if _, _, err := splitRepository(e.Repository); err != nil {
			t.Error(err)
		}
		if e.Pull != nil && (e.Pull.Number <= 0 || !isHash(e.Pull.HeadSHA)) || e.Run != nil && !isHash(e.Run.HeadSHA) {
			t.Errorf("%+v", e)
		}
	})
}
