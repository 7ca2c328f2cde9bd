package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Setting is one of a repository's settings, or why it is not known.
type Setting[T any] struct {
	Value T
	// Err is an [*APIError] where the service refused: by 403, or by 404, which
	// stands for "not yours to see" as well as for "not there". [ErrNoSetting]
	// where the repository can not have it.
	Err error
}

// Known reports whether the setting was read.
func (s Setting[T]) Known() bool { return s.Err == nil }

// ErrNoSetting is the error of a setting that the repository can not have: it is
// public, or private, or on a plan without it.
var ErrNoSetting = errors.New("the repository has no such setting")

// Settings are those of a repository that decide who may change what and who
// sees what. Each comes from a call of its own, as far as the token may read it.
type Settings struct {
	Repository Setting[RepositorySettings]

	Actions       Setting[ActionsPolicy]
	Selected      Setting[SelectedActions] // where Actions says "selected"
	WorkflowToken Setting[WorkflowToken]
	ForkApproval  Setting[ForkApproval]
	PrivateForks  Setting[PrivateForks] // of a private repository
	Runners       Setting[[]Runner]
	Workflows     Setting[[]Workflow]

	Rules      Setting[[]Rule]            // in force on the default branch
	Rulesets   map[int64]Setting[Ruleset] // those that Rules come from
	Protection Setting[BranchProtection]  // classic, of the default branch
	DeployKeys Setting[[]DeployKey]

	Secrets        Setting[[]string] // names of those that workflows of any branch can read
	ResultsSecrets Setting[[]string] // names of those of the environment results

	Environments Setting[[]Environment]
	Pages        Setting[Pages]

	CodeOwnersErrors Setting[[]CodeOwnersError]
	Alerts           Setting[bool] // Dependabot alerts
	SecurityUpdates  Setting[SecurityUpdates]
	PrivateReports   Setting[bool] // vulnerabilities can be reported in private
	Labels           Setting[[]string]
}

// RepositorySettings is the repository itself.
type RepositorySettings struct {
	FullName      string `json:"full_name"`
	Private       bool   `json:"private"`
	Fork          bool   `json:"fork"`
	Archived      bool   `json:"archived"`
	DefaultBranch string `json:"default_branch"`
	HasIssues     bool   `json:"has_issues"`
	Permissions   struct {
		Admin bool `json:"admin"` // false also where there is no token
	} `json:"permissions"`
	// Security is nil where the token may not see it.
	Security *struct {
		SecretScanning Status `json:"secret_scanning"`
		PushProtection Status `json:"secret_scanning_push_protection"`
	} `json:"security_and_analysis"`
}

// Status is how GitHub spells a feature that is on or off.
type Status struct {
	Status string `json:"status"` // enabled or disabled; "" where the plan does not have it
}

// ActionsPolicy says whether workflows run, and with which actions.
type ActionsPolicy struct {
	Enabled    bool   `json:"enabled"`
	Allowed    string `json:"allowed_actions"`      // all, local_only, selected
	PinsNeeded *bool  `json:"sha_pinning_required"` // nil where the service does not know it
}

// SelectedActions are the actions that may be used.
type SelectedActions struct {
	GitHubOwned bool     `json:"github_owned_allowed"`
	Verified    bool     `json:"verified_allowed"` // of any verified creator
	Patterns    []string `json:"patterns_allowed"`
}

// WorkflowToken is what a workflow's token may do where the workflow does not
// say it.
type WorkflowToken struct {
	Default    string `json:"default_workflow_permissions"` // read or write
	CanApprove bool   `json:"can_approve_pull_request_reviews"`
}

// ForkApproval says whose pull requests start workflows only after a maintainer
// agrees.
type ForkApproval struct {
	Policy string `json:"approval_policy"` // first_time_contributors_new_to_github, first_time_contributors, all_external_contributors
}

// PrivateForks says what pull requests from forks of a private repository start.
type PrivateForks struct {
	Run         bool `json:"run_workflows_from_fork_pull_requests"`
	WriteTokens bool `json:"send_write_tokens_to_workflows"`
	Secrets     bool `json:"send_secrets_and_variables"`
	Approval    bool `json:"require_approval_for_fork_pr_workflows"`
}

// Runner is a machine of the owner's that runs workflows.
type Runner struct {
	Name      string `json:"name"`
	Ephemeral bool   `json:"ephemeral"` // for one job alone
}

// Workflow is a workflow that GitHub has found.
type Workflow struct {
	Path  string `json:"path"`
	State string `json:"state"` // active, disabled_fork, disabled_inactivity, disabled_manually, deleted
}

// Rule is a rule in force on a branch.
type Rule struct {
	Type       string         `json:"type"`
	RulesetID  int64          `json:"ruleset_id"`
	Source     string         `json:"ruleset_source"`
	Parameters RuleParameters `json:"parameters"`
}

// RuleParameters are those of pull_request and required_status_checks.
type RuleParameters struct {
	Approvals    int  `json:"required_approving_review_count"`
	CodeOwners   bool `json:"require_code_owner_review"`
	LastPush     bool `json:"require_last_push_approval"`
	StatusChecks []struct {
		Context       string `json:"context"`
		IntegrationID int64  `json:"integration_id"` // of the app that it must come from; 0: any
	} `json:"required_status_checks"`
}

// Ruleset is a ruleset and who may pass it.
type Ruleset struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Bypass *[]struct {
		Actor string `json:"actor_type"`  // Integration, OrganizationAdmin, RepositoryRole, Team, DeployKey, User
		Mode  string `json:"bypass_mode"` // always, pull_request, exempt
	} `json:"bypass_actors"` // nil where the token may not see it
}

// BranchProtection is classic branch protection.
type BranchProtection struct {
	ForcePushes Enabled `json:"allow_force_pushes"`
	Deletions   Enabled `json:"allow_deletions"`
	Reviews     *struct {
		Approvals  int  `json:"required_approving_review_count"`
		CodeOwners bool `json:"require_code_owner_reviews"`
	} `json:"required_pull_request_reviews"`
}

// Enabled is how classic branch protection spells yes and no.
type Enabled struct {
	Enabled bool `json:"enabled"`
}

// DeployKey is an SSH key to the repository.
type DeployKey struct {
	Title    string `json:"title"`
	ReadOnly bool   `json:"read_only"`
}

// Environment is an environment that jobs name.
type Environment struct {
	Name   string `json:"name"`
	Policy *struct {
		Protected bool `json:"protected_branches"`
		Custom    bool `json:"custom_branch_policies"`
	} `json:"deployment_branch_policy"` // nil: any branch
	// Branches are the patterns of a custom policy.
	Branches Setting[[]string] `json:"-"`
}

// Pages is where GitHub Pages serves the site.
type Pages struct {
	URL         string `json:"html_url"`
	BuildType   string `json:"build_type"` // workflow, or legacy: from a branch
	Public      bool   `json:"public"`
	Domain      string `json:"cname"`
	DomainState string `json:"protected_domain_state"` // verified, pending, unverified
	HTTPS       bool   `json:"https_enforced"`
}

// CodeOwnersError is a line of CODEOWNERS that GitHub passes over.
type CodeOwnersError struct {
	Line int    `json:"line"`
	Kind string `json:"kind"`
	Path string `json:"path"`
}

// SecurityUpdates are pull requests of Dependabot for known vulnerabilities.
type SecurityUpdates struct {
	Enabled bool `json:"enabled"`
	Paused  bool `json:"paused"`
}

// maxRulesets bounds how many rulesets are looked at.
const maxRulesets = 20

// ReadSettings reads the repository's settings, by some twenty calls that change
// nothing. What can not be read is an error in its place; where the service can
// not be reached, in all places, after one try.
func ReadSettings(ctx context.Context, g *GitHub) *Settings {
	r := &settingsReader{ctx: ctx, g: g}
	s := &Settings{Rulesets: map[int64]Setting[Ruleset]{}}
	s.Repository = read[RepositorySettings](r, "")
	repo := s.Repository.Value
	if err := s.Repository.Err; err != nil {
		r.down = err // 404 here is 404 everywhere
	}
	s.Actions = read[ActionsPolicy](r, "actions/permissions")
	s.Selected = readIf[SelectedActions](r, "actions/permissions/selected-actions", s.Actions.Err, s.Actions.Value.Allowed == "selected")
	s.WorkflowToken = read[WorkflowToken](r, "actions/permissions/workflow")
	s.ForkApproval = readIf[ForkApproval](r, "actions/permissions/fork-pr-contributor-approval", nil, !repo.Private)
	s.PrivateForks = readIf[PrivateForks](r, "actions/permissions/fork-pr-workflows-private-repos", nil, repo.Private)
	s.Runners = readList(r, "actions/runners", func(l struct{ Runners []Runner }) []Runner { return l.Runners })
	s.Workflows = readList(r, "actions/workflows", func(l struct{ Workflows []Workflow }) []Workflow { return l.Workflows })

	branch := url.PathEscape(repo.DefaultBranch)
	s.Rules = readList(r, "rules/branches/"+branch, func(l []Rule) []Rule { return l })
	for _, rule := range s.Rules.Value {
		if _, seen := s.Rulesets[rule.RulesetID]; !seen && len(s.Rulesets) < maxRulesets {
			s.Rulesets[rule.RulesetID] = read[Ruleset](r, fmt.Sprint("rulesets/", rule.RulesetID))
		}
	}
	s.Protection = read[BranchProtection](r, "branches/"+branch+"/protection")
	s.DeployKeys = readList(r, "keys", func(l []DeployKey) []DeployKey { return l })

	s.Secrets = readList(r, "actions/secrets", secretNames)
	s.ResultsSecrets.Err = ErrNoSetting
	s.Environments = readList(r, "environments", func(l struct{ Environments []Environment }) []Environment { return l.Environments })
	for i := range s.Environments.Value {
		e := &s.Environments.Value[i]
		if e.Name == "results" {
			s.ResultsSecrets = readList(r, "environments/results/secrets", secretNames)
		}
		e.Branches.Err = ErrNoSetting
		if e.Policy != nil && e.Policy.Custom {
			e.Branches = readList(r, "environments/"+url.PathEscape(e.Name)+"/deployment-branch-policies", policyNames)
		}
	}
	s.Pages = read[Pages](r, "pages")

	owners := read[struct{ Errors []CodeOwnersError }](r, "codeowners/errors")
	s.CodeOwnersErrors = Setting[[]CodeOwnersError]{owners.Value.Errors, owners.Err}
	s.Alerts = read[bool](r, "vulnerability-alerts") // 204, or 404
	s.Alerts.Value = s.Alerts.Known()
	s.SecurityUpdates = read[SecurityUpdates](r, "automated-security-fixes")
	reports := readIf[Enabled](r, "private-vulnerability-reporting", nil, !repo.Private)
	s.PrivateReports = Setting[bool]{reports.Value.Enabled, reports.Err}
	s.Labels = readList(r, "labels", func(l []struct{ Name string }) []string {
		names := make([]string, len(l))
		for i := range l {
			names[i] = l[i].Name
		}
		slices.Sort(names)
		return names
	})
	return s
}

type secrets struct {
	Secrets []struct{ Name string } `json:"secrets"`
}

// secretNames returns the names of secrets; GitHub tells nobody what they are.
func secretNames(l secrets) []string {
	names := make([]string, len(l.Secrets))
	for i := range l.Secrets {
		names[i] = l.Secrets[i].Name
	}
	slices.Sort(names)
	return names
}

type branchPolicies struct {
	Policies []struct {
		Name, Type string
	} `json:"branch_policies"`
}

// policyNames returns the patterns of branches, and those of tags as tag:pattern.
func policyNames(l branchPolicies) []string {
	names := make([]string, len(l.Policies))
	for i, p := range l.Policies {
		names[i] = p.Name
		if p.Type == "tag" {
			names[i] = "tag:" + p.Name
		}
	}
	slices.Sort(names)
	return names
}

type settingsReader struct {
	ctx  context.Context
	g    *GitHub
	down error // why nothing more is tried
}

// read reads one setting.
func read[T any](r *settingsReader, path string) (s Setting[T]) {
	if r.down != nil {
		return Setting[T]{Err: r.down}
	}
	var into any = &s.Value
	if _, none := into.(*bool); none { // the status is the answer
		into = nil
	}
	s.Err = r.g.Get(r.ctx, path, into)
	var refused *APIError
	if errors.As(s.Err, &refused) && refused.Status == http.StatusForbidden && strings.HasPrefix(refused.Message, "Upgrade to ") {
		s.Err = ErrNoSetting // "Upgrade to GitHub Pro or make this repository public to enable this feature."
	}
	var lost *url.Error
	var limit *RateLimitError
	if errors.As(s.Err, &lost) || errors.As(s.Err, &limit) {
		r.down = s.Err
	}
	return s
}

// readIf reads a setting where the condition, which may be unknown, holds.
func readIf[T any](r *settingsReader, path string, unknown error, condition bool) Setting[T] {
	switch {
	case unknown != nil:
		return Setting[T]{Err: unknown}
	case r.down == nil && !condition:
		return Setting[T]{Err: ErrNoSetting}
	}
	return read[T](r, path)
}

// readList reads the first hundred entries of a list: more of them do not change
// what is said.
func readList[T, L any](r *settingsReader, path string, entries func(L) []T) Setting[[]T] {
	s := read[L](r, path+"?per_page=100")
	if s.Err != nil {
		return Setting[[]T]{Err: s.Err}
	}
	return Setting[[]T]{Value: entries(s.Value)}
}
