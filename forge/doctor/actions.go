package doctor

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/forge"
)

const actionsPage = "Settings > Actions > General"

func repository(in *Input, s *forge.Settings) Check {
	if !s.Repository.Known() {
		return in.unknown(s.Repository.Err)
	}
	r := s.Repository.Value
	visibility := "public"
	if r.Private {
		visibility = "private"
	}
	what := fmt.Sprintf("%s, %s, branch %s", r.FullName, visibility, r.DefaultBranch)
	switch {
	case r.Archived:
		return note(what+": archived, nothing can change", "unarchive it under Settings > General")
	case !in.Token:
		return note(what+", seen without a token", tokenHint)
	case !r.Permissions.Admin:
		return note(what+", seen by a token that is not an administrator's", tokenHint)
	}
	return ok(what + ", seen as an administrator")
}

// actionsOn looks whether workflows run at all: in a fork they do not until
// somebody switches them on.
func actionsOn(in *Input, s *forge.Settings) Check {
	if s.Actions.Known() && !s.Actions.Value.Enabled {
		return note("Actions are off: nothing is checked, scored or published", actionsPage+" > Allow ... actions")
	}
	if !s.Workflows.Known() {
		return in.unknown(s.Workflows.Err)
	}
	state := map[string]string{}
	for _, w := range s.Workflows.Value {
		state[w.Path] = w.State
	}
	off := map[string][]string{}
	for _, w := range Workflows {
		st, found := state[".github/workflows/"+w]
		if !found {
			st = "not on the default branch"
		}
		if st != "active" {
			off[st] = append(off[st], w)
		}
	}
	var parts []string
	for _, st := range sortedKeys(off) {
		parts = append(parts, st+": "+strings.Join(off[st], ", "))
	}
	switch {
	case len(off) > 0:
		return note(strings.Join(parts, "; "), "in the Actions tab, enable the workflows; GitHub switches them off in forks, and those on a schedule after 60 quiet days")
	case !s.Actions.Known():
		return in.unknown(s.Actions.Err)
	}
	return ok(fmt.Sprintf("on, all %d workflows active", len(Workflows)))
}

func tokenPermissions(in *Input, s *forge.Settings) Check {
	if !s.WorkflowToken.Known() {
		return in.unknown(s.WorkflowToken.Err)
	}
	t := s.WorkflowToken.Value
	const hint = actionsPage + " > Workflow permissions: read, without approving pull requests"
	found := []Check{ok("a workflow's token may read, and write where the workflow says so")}
	if t.Default != "read" {
		found = append(found, unsafe("a workflow that does not say what its token may do gets one that may write", hint))
	}
	if t.CanApprove {
		found = append(found, unsafe("workflows may approve pull requests, and so stand for a reviewer", hint))
	}
	return all(found...)
}

// forkApproval looks at who starts workflows on a pull request. Such runs have a
// token that may only read; they still use machines and time.
func forkApproval(in *Input, s *forge.Settings) Check {
	if s.Repository.Known() && s.Repository.Value.Private {
		p := s.PrivateForks
		switch {
		case !p.Known():
			return in.unknown(p.Err)
		case p.Value.Run && (p.Value.WriteTokens || p.Value.Secrets):
			return unsafe("pull requests from forks get tokens that may write, or secrets", actionsPage+" > Fork pull request workflows: neither")
		case p.Value.Run && !p.Value.Approval:
			return note("pull requests from forks start workflows without approval", actionsPage+" > Fork pull request workflows: require approval")
		case p.Value.Run:
			return ok("pull requests from forks start workflows after approval, without secrets")
		}
		return note("pull requests from forks start no workflow: who submits needs a branch in this repository", actionsPage+" > Fork pull request workflows, where that is not meant")
	}
	if !s.ForkApproval.Known() {
		return in.unknown(s.ForkApproval.Err)
	}
	hint := actionsPage + " > Approval for running fork pull request workflows: all external contributors"
	switch policy := s.ForkApproval.Value.Policy; policy {
	case "all_external_contributors":
		return ok("every outside contributor's pull request waits for a maintainer's approval to run")
	case "first_time_contributors":
		return note("after one merged pull request a contributor's next ones run without approval", hint)
	case "first_time_contributors_new_to_github":
		return note("only accounts that are new to GitHub wait for approval to run", hint)
	default:
		return Check{State: Unknown, What: fmt.Sprintf("GitHub says %q, which this version of bsgen does not know", policy)}
	}
}

func allowedActions(in *Input, s *forge.Settings) Check {
	if !s.Actions.Known() {
		return in.unknown(s.Actions.Err)
	}
	hint := actionsPage + " > Actions permissions: select those created by GitHub"
	switch s.Actions.Value.Allowed {
	case "local_only":
		return note("only actions of this repository may run: the workflows need GitHub's own, such as actions/checkout", hint)
	case "selected":
		if !s.Selected.Known() {
			return in.unknown(s.Selected.Err)
		}
		sel := s.Selected.Value
		switch {
		case !sel.GitHubOwned:
			return note("GitHub's own actions are not allowed, and the workflows need them", hint)
		case sel.Verified:
			return note("the actions of every verified creator may run", hint)
		case len(sel.Patterns) > 0:
			return note("beside GitHub's own, these actions may run: "+strings.Join(sel.Patterns, ", "), "remove what no workflow needs")
		}
		return ok("only GitHub's own actions may run")
	case "all":
		return note("any action may run", hint)
	}
	return note("Actions are off", actionsPage)
}

func shaPinning(in *Input, s *forge.Settings) Check {
	if !s.Actions.Known() {
		return in.unknown(s.Actions.Err)
	}
	switch p := s.Actions.Value.PinsNeeded; {
	case p == nil:
		return Check{State: Unknown, What: "this server does not say whether actions have to be pinned", Hint: "an older GitHub Enterprise Server can not require it; ci.yml tests the pins all the same"}
	case !*p:
		return note("an action may be named by a tag, which its owner can move", actionsPage+" > Require actions to be pinned to a full-length commit SHA")
	}
	return ok("actions have to be pinned to a commit")
}

// runners looks for machines of the owner's. On a public repository anybody's
// pull request can run there, and leave something behind.
func runners(in *Input, s *forge.Settings) Check {
	if !s.Runners.Known() {
		return in.unknown(s.Runners.Err)
	}
	rs := s.Runners.Value
	if len(rs) == 0 {
		return ok("no self-hosted runner of the repository; those of its organisation are not told")
	}
	lasting := slices.ContainsFunc(rs, func(r forge.Runner) bool { return !r.Ephemeral })
	switch {
	case !s.Repository.Value.Private:
		return unsafe(count(len(rs), "self-hosted runner")+" on a public repository: a pull request can run anything there", "Settings > Actions > Runners: remove them; score on your machines by `bsgen plan` and `bsgen run`")
	case lasting:
		return note("a self-hosted runner outlives its job, and what a job left there meets the next", "register it with --ephemeral, in a fresh machine or container")
	}
	return ok(count(len(rs), "self-hosted runner") + ", each for one job")
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
