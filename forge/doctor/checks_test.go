package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bsgen/bsgen/archive/audit"
	"github.com/bsgen/bsgen/forge"
)

// with makes all checks of the safe repository after a change of its settings.
func with(t *testing.T, change func(*Input)) map[string][]Check {
	t.Helper()
	in := load(t, "safe").input(t)
	change(in)
	got := map[string][]Check{}
	for _, c := range Run(in) {
		got[c.Name] = append(got[c.Name], c)
	}
	return got
}

// set decodes JSON over a setting.
func set[T any](t *testing.T, s *forge.Setting[T], text string) {
	t.Helper()
	var zero T
	s.Value, s.Err = zero, nil
	if err := json.Unmarshal([]byte(text), &s.Value); err != nil {
		t.Fatal(err)
	}
}

// TestChanged takes the safe repository and spoils one thing at a time.
func TestChanged(t *testing.T) {
	notFound := &forge.APIError{Doing: "read", Status: 404, Message: "Not Found"}
	for _, test := range []struct {
		name   string
		change func(*Input)
		check  string
		state  State
		what   string // part of it
	}{
		{"force-push by the writer", func(in *Input) {
			rs := in.Settings.Rulesets[11]
			rs.Value.Bypass = in.Settings.Rulesets[12].Value.Bypass
			in.Settings.Rulesets[11] = rs
		}, "history-rules", Note, "may pass them: DeployKey"},
		{"deletion alone is forbidden", func(in *Input) {
			in.Settings.Rules.Value = slices.DeleteFunc(in.Settings.Rules.Value, func(r forge.Rule) bool { return r.Type == "non_fast_forward" })
		}, "history-rules", Unsafe, "can be rewritten by force-push"},
		{"classic protection", func(in *Input) {
			in.Settings.Rules.Value = nil
			set(t, &in.Settings.Protection, `{"allow_force_pushes": {"enabled": false}, "allow_deletions": {"enabled": false}}`)
		}, "history-rules", OK, "branch protection"},
		{"classic protection that allows", func(in *Input) {
			in.Settings.Rules.Value = nil
			set(t, &in.Settings.Protection, `{"allow_force_pushes": {"enabled": true}, "allow_deletions": {"enabled": false}}`)
		}, "history-rules", Unsafe, "rewritten"},
		{"classic protection unseen", func(in *Input) {
			in.Settings.Rules.Value = nil
			in.Settings.Protection.Err = notFound
			in.Settings.Repository.Value.Permissions.Admin = false
		}, "history-rules", Unknown, ""},
		{"classic review blocks the writer", func(in *Input) {
			in.Settings.Rules.Value = nil
			set(t, &in.Settings.Protection, `{"required_pull_request_reviews": {"required_approving_review_count": 1, "require_code_owner_reviews": true}}`)
		}, "writer", Note, "branch protection requires pull requests"},
		{"no rules of review", func(in *Input) { in.Settings.Rules.Value = in.Settings.Rules.Value[:2] }, "review-rules", Note, "without a review"},
		{"the token may write", func(in *Input) { in.Settings.Rules.Value = in.Settings.Rules.Value[:2] }, "writer", OK, "its own token"},
		{"no approvals", func(in *Input) { in.Settings.Rules.Value[2].Parameters.Approvals = 0 }, "review-rules", Note, "no approval"},
		{"no code owners", func(in *Input) { in.Settings.Rules.Value[2].Parameters.CodeOwners = false }, "review-rules", Note, "not that of a code owner"},
		{"commits after the approval", func(in *Input) { in.Settings.Rules.Value[2].Parameters.LastPush = false }, "review-rules", Note, "commits after it"},
		{"no key that may write", func(in *Input) { in.Settings.DeployKeys.Value[0].ReadOnly = true }, "writer", Note, "none that may write"},
		{"an app", func(in *Input) {
			rs := in.Settings.Rulesets[12]
			set(t, &rs, `{"bypass_actors": [{"actor_type": "Integration", "bypass_mode": "always"}]}`)
			in.Settings.Rulesets[12] = rs
			in.Settings.ResultsSecrets.Value = []string{"RESULTS_APP_KEY"}
		}, "writer", OK, "an app"},
		{"an app without its key", func(in *Input) {
			rs := in.Settings.Rulesets[12]
			set(t, &rs, `{"bypass_actors": [{"actor_type": "Integration", "bypass_mode": "always"}]}`)
			in.Settings.Rulesets[12] = rs
		}, "writer", Note, "no secret RESULTS_APP_KEY"},
		{"a key without its secret", func(in *Input) { in.Settings.ResultsSecrets.Value = nil }, "writer", Note, "no secret RESULTS_KEY"},
		{"no environment for the secret", func(in *Input) {
			in.Settings.ResultsSecrets = forge.Setting[[]string]{Err: forge.ErrNoSetting}
		}, "writer", Note, "no secret RESULTS_KEY"},
		{"secrets unseen", func(in *Input) {
			in.Settings.ResultsSecrets = forge.Setting[[]string]{Err: &forge.APIError{Status: 403}}
		}, "writer", Unknown, "does not tell"},
		{"the key for any branch", func(in *Input) { in.Settings.Secrets.Value = []string{"RESULTS_KEY"} }, "writer", Unsafe, "any branch"},
		{"nobody passes", func(in *Input) {
			rs := in.Settings.Rulesets[12]
			set(t, &rs, `{"bypass_actors": []}`)
			in.Settings.Rulesets[12] = rs
		}, "writer", Note, "refuses results"},
		{"the key passes one ruleset of two", func(in *Input) {
			in.Settings.Rules.Value = append(in.Settings.Rules.Value, forge.Rule{Type: "update", RulesetID: 11})
		}, "writer", Note, "every one of 2 rules"},
		{"a check that nobody looks at", func(in *Input) {
			in.Settings.Rules.Value[2].Parameters.Approvals = 0
			set(t, &in.Settings.Rules, `[{"type": "required_status_checks", "parameters": {"required_status_checks": [{"context": "score"}]}}]`)
		}, "required-checks", Unsafe, "imitate the required check score"},
		{"a check of an app", func(in *Input) {
			set(t, &in.Settings.Rules, `[{"type": "required_status_checks", "parameters": {"required_status_checks": [{"context": "score", "integration_id": 7}]}}]`)
		}, "required-checks", OK, ""},
		{"Actions off", func(in *Input) { in.Settings.Actions.Value.Enabled = false }, "actions", Note, "nothing is checked"},
		{"local actions only", func(in *Input) { in.Settings.Actions.Value.Allowed = "local_only" }, "allowed-actions", Note, "actions/checkout"},
		{"a runner for one job", func(in *Input) {
			in.Settings.Repository.Value.Private = true
			in.Settings.Runners.Value = []forge.Runner{{Name: "node", Ephemeral: true}}
		}, "runners", OK, ""},
		{"forks of a private repository start nothing", func(in *Input) {
			in.Settings.Repository.Value.Private = true
			set(t, &in.Settings.PrivateForks, `{}`)
		}, "fork-approval", Note, "start no workflow"},
		{"forks of a private repository without approval", func(in *Input) {
			in.Settings.Repository.Value.Private = true
			set(t, &in.Settings.PrivateForks, `{"run_workflows_from_fork_pull_requests": true}`)
		}, "fork-approval", Note, "without approval"},
		{"protected branches", func(in *Input) {
			set(t, &in.Settings.Environments, `[{"name": "results", "deployment_branch_policy": {"protected_branches": true}}]`)
		}, "results-environment", Note, "any protected branch"},
		{"no branch at all", func(in *Input) { in.Settings.Environments.Value[1].Branches.Value = nil }, "results-environment", Note, "no branch"},
		{"pages of a private repository", func(in *Input) { in.Settings.Repository.Value.Private = true }, "pages", Unsafe, "everybody can read"},
		{"pages of a private repository, meant", func(in *Input) {
			in.Settings.Repository.Value.Private = true
			yes := true
			in.Archive.Site.Pages = &yes
		}, "pages", Note, "as site.yaml allows"},
		{"pages for members alone", func(in *Input) {
			in.Settings.Repository.Value.Private = true
			in.Settings.Pages.Value.Public = false
			yes := true
			in.Archive.Site.Pages = &yes
		}, "pages", OK, ""},
		{"pages against site.yaml", func(in *Input) {
			no := false
			in.Archive.Site.Pages = &no
		}, "pages", Note, "keeps the site from it"},
		{"another address", func(in *Input) { in.Archive.Site.BaseURL = "https://example.org/" }, "pages", Note, "base_url"},
		{"the same address", func(in *Input) { in.Archive.Site.BaseURL = "https://some-lab.github.io/board" }, "pages", OK, ""},
		{"archived", func(in *Input) { in.Settings.Repository.Value.Archived = true }, "github", Note, "archived"},
		{"secrets are found late", func(in *Input) { in.Settings.Repository.Value.Security.PushProtection.Status = "disabled" }, "secret-scanning", Note, "after they were pushed"},
		{"the original", func(in *Input) {
			in.Repository, in.Archive.Site.Title = Original, "Brain-Score archive"
		}, "site", OK, ""},
		{"shallow", func(in *Input) { in.Git.Shallow = true }, "history", Note, "shallow"},
		{"no git", func(in *Input) { in.Git = Git{} }, "git", Note, "not installed"},
		{"no commit", func(in *Input) { in.Git.Commits = 0 }, "history", Note, "no git repository"},
		{"a result changed by hand", func(in *Input) {
			in.Audit.Add(audit.Finding{Rule: "writer", Commit: "0123456789abcdef", What: "changes results and is by Mallory"})
		}, "audit", Unsafe, "1 finding in the history of the results, such as 0123456789ab: changes results and is by Mallory"},
		{"a result scored here", func(in *Input) {
			in.Audit.Add(audit.Finding{Rule: "uncommitted", Path: "results", What: "1 file is not committed"})
		}, "audit", Note, "not what was committed: results: 1 file is not committed"},
		{"half a history", func(in *Input) { in.Audit, in.AuditErr = nil, audit.ErrShallow }, "audit", Unknown, "shallow"},
		{"problems", func(in *Input) { in.Problems.Add("site.yaml", 3, "", "is odd") }, "archive", Note, "1 problem in the archive, such as site.yaml:3: is odd"},
		{"no data", func(in *Input) { in.DataAll = 3 }, "data", Note, "0 of 3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := with(t, test.change)[test.check]
			if !slices.ContainsFunc(got, func(c Check) bool { return c.State == test.state && strings.Contains(c.What, test.what) }) {
				t.Errorf("%s is %+v, want %s: ... %s", test.check, got, test.state, test.what)
			}
			for _, c := range got {
				if severity[c.State] < severity[test.state] {
					t.Errorf("%+v is more severe than %s", c, test.state)
				}
			}
		})
	}
}

// TestNeverOK asks with settings that are all unknown, for each reason: nothing
// of GitHub's may be ok.
func TestNeverOK(t *testing.T) {
	files := map[string]bool{}
	for _, c := range local {
		files[c.name] = true
	}
	for name, err := range map[string]error{
		"403":         &forge.APIError{Status: 403, Message: "Resource not accessible by integration", Needs: "administration=read"},
		"404":         &forge.APIError{Status: 404, Message: "Not Found"},
		"401":         &forge.APIError{Status: 401, Message: "Bad credentials"},
		"502":         &forge.APIError{Status: 502},
		"rate limit":  &forge.RateLimitError{Until: time.Unix(0, 0)},
		"interrupted": context.Canceled,
		"garbage":     errors.New("invalid character"),
	} {
		for _, token := range []bool{true, false} {
			in := load(t, "safe").input(t)
			in.Token = token
			*in.Settings = forge.Settings{
				Repository: forge.Setting[forge.RepositorySettings]{Err: err},
				Actions:    forge.Setting[forge.ActionsPolicy]{Err: err}, Selected: forge.Setting[forge.SelectedActions]{Err: err},
				WorkflowToken: forge.Setting[forge.WorkflowToken]{Err: err}, ForkApproval: forge.Setting[forge.ForkApproval]{Err: err},
				PrivateForks: forge.Setting[forge.PrivateForks]{Err: err}, Runners: forge.Setting[[]forge.Runner]{Err: err},
				Workflows: forge.Setting[[]forge.Workflow]{Err: err}, Rules: forge.Setting[[]forge.Rule]{Err: err},
				Protection: forge.Setting[forge.BranchProtection]{Err: err}, DeployKeys: forge.Setting[[]forge.DeployKey]{Err: err},
				Secrets: forge.Setting[[]string]{Err: err}, ResultsSecrets: forge.Setting[[]string]{Err: err},
				Environments: forge.Setting[[]forge.Environment]{Err: err}, Pages: forge.Setting[forge.Pages]{Err: err},
				CodeOwnersErrors: forge.Setting[[]forge.CodeOwnersError]{Err: err}, Alerts: forge.Setting[bool]{Err: err},
				SecurityUpdates: forge.Setting[forge.SecurityUpdates]{Err: err}, PrivateReports: forge.Setting[bool]{Err: err},
				Labels: forge.Setting[[]string]{Err: err},
			}
			for _, c := range Run(in) {
				if !files[c.Name] && c.State != Unknown {
					t.Errorf("%s, token %t: %+v", name, token, c)
				}
			}
		}
	}
}

func TestNames(t *testing.T) {
	names := slices.Sorted(slices.Values(Names()))
	if len(names) != len(local)+len(hosted) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("%q", names)
	}
}

// TestOwners reads patterns of CODEOWNERS as GitHub does, as far as whole
// folders go: the last line that takes one in counts.
func TestOwners(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"* @a":                           "@a",
		"* @a\n/results/ @b @c":          "@b @c",
		"/results/ @b\n* @a":             "@a",
		"results @a":                     "@a",
		"/results/** @a":                 "@a",
		"* @a\n/results/":                "",
		"/results/* @a":                  "", // not below its subfolders
		"/results/x/ @a":                 "",
		"*.json @a":                      "",
		"# /results/ @a":                 "",
		"/results/ @a # @b":              "@a",
		"* @a\n/results/alexnet/* @else": "@a",
	} {
		if got := strings.Join(parseOwners(text)["results"], " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestEngineAtHand: a machine without an engine is no danger, and is told what to do.
func TestEngineAtHand(t *testing.T) {
	c := engineAtHand(&Input{NoEngine: "it is not installed", NoEngineHint: "install it"})
	if c.State != Note || c.Hint != "install it" || c.What != "it is not installed; models that are recorded can be scored, executable ones can not" {
		t.Errorf("%+v", c)
	}
	if c := engineAtHand(&Input{Engine: "onnxruntime 1.24.0, not the pinned one", OtherEngine: true}); c.State != Note || !strings.Contains(c.Hint, "BSGEN_ONNXRUNTIME") {
		t.Errorf("another version: %+v", c)
	}
	if c := engineAtHand(&Input{Engine: "onnxruntime 1.30.0, as pinned"}); c.State != OK {
		t.Errorf("the pinned one: %+v", c)
	}
}
