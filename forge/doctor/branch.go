package doctor

import (
	"slices"
	"strings"

	"github.com/bsgen/bsgen/forge"
)

const rulesPage = "Settings > Rules > Rulesets"

// historyRules looks whether the default branch can be rewritten or removed, and
// by whom: the audit trail is its history.
func historyRules(in *Input, s *forge.Settings) Check {
	if noSetting(s.Rules.Err) {
		return note("this plan has no rules for a private repository: whoever may push can rewrite the results' history", "keep a clone elsewhere, which `bsgen audit` can be run in")
	}
	if !s.Rules.Known() {
		return in.unknown(s.Rules.Err)
	}
	var missing []string
	for ruleType, name := range map[string]string{"non_fast_forward": "rewritten by force-push", "deletion": "deleted"} {
		if len(rulesOf(s, ruleType)) == 0 {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	const hint = "import .github/rulesets/main-history.json: " + rulesPage
	if len(missing) > 0 {
		switch p := s.Protection; {
		case p.Known() && !p.Value.ForcePushes.Enabled && !p.Value.Deletions.Enabled:
			return ok("branch protection forbids force-push and deletion")
		case !p.Known() && !in.absent(p.Err):
			return in.unknown(p.Err)
		}
		return unsafe("the branch "+s.Repository.Value.DefaultBranch+" can be "+strings.Join(missing, " and "), hint)
	}
	passers, seen := bypass(s, append(rulesOf(s, "non_fast_forward"), rulesOf(s, "deletion")...))
	switch {
	case len(passers) > 0:
		return note("rules forbid force-push and deletion, and these may pass them: "+strings.Join(passers, ", "), "keep the rules of history in a ruleset of their own that nobody passes: .github/rulesets/main-history.json")
	case !seen:
		return Check{State: Unknown, What: "rules forbid force-push and deletion; who may pass them is told to administrators alone", Hint: tokenHint}
	}
	return ok("rules forbid force-push and deletion, for everybody")
}

// reviewRules looks whether people can change the default branch without a
// review.
func reviewRules(in *Input, s *forge.Settings) Check {
	if noSetting(s.Rules.Err) {
		return note("this plan has no rules for a private repository: whoever may push can change it without a review", "the audit tells afterwards")
	}
	if !s.Rules.Known() {
		return in.unknown(s.Rules.Err)
	}
	approvals, owners := in.reviews()
	const hint = "import .github/rulesets/main-review.json: " + rulesPage
	switch {
	case approvals < 0 && !s.Protection.Known() && !in.absent(s.Protection.Err):
		return in.unknown(s.Protection.Err)
	case approvals < 0:
		return note("whoever may push can change the branch without a review; the audit tells afterwards", hint+"; it needs a writer with a key, see the check writer")
	case approvals == 0:
		return note("pull requests are required, and no approval of them", hint)
	case !owners:
		return note("an approval is required, and not that of a code owner", hint)
	}
	rules := rulesOf(s, "pull_request")
	passers, seen := bypass(s, rules)
	people := slices.DeleteFunc(passers, func(p string) bool { return p == "DeployKey" || p == "Integration" })
	switch {
	case len(people) > 0:
		return note("an approval of a code owner is required, and people may pass it: "+strings.Join(people, ", "), rulesPage+" > Bypass list: none but the writer")
	case !seen:
		return Check{State: Unknown, What: "an approval of a code owner is required; who may pass that is told to administrators alone", Hint: tokenHint}
	case !slices.ContainsFunc(rules, func(r forge.Rule) bool { return r.Parameters.LastPush }):
		return note("an approval of a code owner is required, and commits after it are not looked at", rulesPage+" > Require approval of the most recent reviewable push")
	}
	return ok("people need the approval of a code owner, after their last push")
}

// reviews returns how many approvals a change of the default branch needs, -1
// where it needs no pull request, and whether one has to be a code owner's.
func (in *Input) reviews() (approvals int, owners bool) {
	approvals = -1
	if in.Settings == nil {
		return approvals, false
	}
	for _, r := range rulesOf(in.Settings, "pull_request") {
		approvals = max(approvals, r.Parameters.Approvals)
		owners = owners || r.Parameters.CodeOwners
	}
	if r := in.Settings.Protection.Value.Reviews; r != nil {
		approvals = max(approvals, r.Approvals)
		owners = owners || r.CodeOwners
	}
	return approvals, owners
}

// ownersRequired reports whether reviews by code owners are known to be required.
func (in *Input) ownersRequired() bool {
	_, owners := in.reviews()
	return owners
}

// actionsApp is the id of the app that workflows' checks come from on GitHub.
const actionsApp = 15368

// requiredChecks looks for required checks that a workflow makes. A pull request
// can change the workflow, and so make a check of that name which always passes.
func requiredChecks(in *Input, s *forge.Settings) Check {
	if noSetting(s.Rules.Err) {
		return ok("this plan can not require a check")
	}
	if !s.Rules.Known() {
		return in.unknown(s.Rules.Err)
	}
	var imitable []string
	for _, r := range rulesOf(s, "required_status_checks") {
		for _, c := range r.Parameters.StatusChecks {
			if c.IntegrationID == 0 || c.IntegrationID == actionsApp {
				imitable = append(imitable, c.Context)
			}
		}
	}
	if len(imitable) == 0 {
		return ok("nothing relies on a check that a pull request could imitate")
	}
	what := "a pull request that edits a workflow can imitate the required check " + strings.Join(imitable, ", ")
	if approvals, _ := in.reviews(); approvals < 1 {
		return unsafe(what+", and no person looks at it", "require an approval of a code owner, or a check that comes from an app of yours")
	}
	return note(what+"; a reviewer has to look", "code owners of .github/ see it")
}

// rulesOf returns the rules of a type that are in force on the default branch.
func rulesOf(s *forge.Settings, ruleType string) []forge.Rule {
	var rules []forge.Rule
	for _, r := range s.Rules.Value {
		if r.Type == ruleType {
			rules = append(rules, r)
		}
	}
	return rules
}

// bypass returns the kinds of actors that may pass one of the rules at any time,
// and whether all of their rulesets could be seen.
func bypass(s *forge.Settings, rules []forge.Rule) (actors []string, seen bool) {
	seen = true
	for _, r := range rules {
		set := s.Rulesets[r.RulesetID]
		if !set.Known() || set.Value.Bypass == nil {
			seen = false
			continue
		}
		for _, b := range *set.Value.Bypass {
			if b.Mode != "pull_request" {
				actors = append(actors, b.Actor)
			}
		}
	}
	slices.Sort(actors)
	return slices.Compact(actors), seen
}
