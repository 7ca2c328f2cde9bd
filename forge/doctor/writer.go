package doctor

import (
	"fmt"
	"slices"

	"github.com/bsgen/bsgen/forge"
)

// blocking are the types of rules that refuse a direct push of results.
var blocking = []string{"pull_request", "update", "required_status_checks", "merge_queue", "required_deployments", "workflows", "code_scanning"}

// The secrets that record.yml commits with, where it does not with its own token.
const (
	keySecret = "RESULTS_KEY"     // private part of a deploy key
	appSecret = "RESULTS_APP_KEY" // private key of an app
)

// writer looks who can commit results to the default branch. The workflow's own
// token can not be on a bypass list; a deploy key and an app can. What lets them
// pass must not be for workflows of any branch to read.
func writer(in *Input, s *forge.Settings) Check {
	found := []Check{whoWrites(in, s)}
	for _, name := range []string{keySecret, appSecret} {
		if slices.Contains(s.Secrets.Value, name) {
			found = append(found, unsafe("workflows of any branch can read the secret "+name+", and so pass review", "keep it in the environment results: `gh secret set "+name+" --env results`, and `gh secret delete "+name+"`"))
		}
	}
	return all(found...)
}

func whoWrites(in *Input, s *forge.Settings) Check {
	switch {
	case noSetting(s.Rules.Err):
		return ok("record.yml can commit results with its own token")
	case !s.Rules.Known():
		return in.unknown(s.Rules.Err)
	case !s.Protection.Known() && !in.absent(s.Protection.Err):
		return in.unknown(s.Protection.Err)
	case s.Protection.Value.Reviews != nil:
		return note("branch protection requires pull requests, and record.yml commits results without one", "use rulesets, which a deploy key or an app can pass: "+rulesPage)
	}
	var rules []forge.Rule
	for _, t := range blocking {
		rules = append(rules, rulesOf(s, t)...)
	}
	if len(rules) == 0 {
		return ok("record.yml can commit results with its own token")
	}
	passers, seen := bypass(s, rules)
	every := func(actor string) bool { // passes each of the rules
		return !slices.ContainsFunc(rules, func(r forge.Rule) bool {
			one, _ := bypass(s, []forge.Rule{r})
			return !slices.Contains(one, actor)
		})
	}
	const hint = "see step 5 of docs/host-your-own.md"
	has := func(secret string) bool { return slices.Contains(s.ResultsSecrets.Value, secret) }
	key, app := every("DeployKey"), every("Integration")
	switch {
	case app && has(appSecret):
		return ok("an app can commit results past the rules for people")
	case (key || app) && !s.ResultsSecrets.Known() && !noSetting(s.ResultsSecrets.Err):
		return in.unknown(s.ResultsSecrets.Err)
	case app && !(key && has(keySecret)):
		return note("results can not be committed: the environment results has no secret "+appSecret, hint)
	case key && !has(keySecret):
		return note("results can not be committed: the environment results has no secret "+keySecret, hint)
	case key && !s.DeployKeys.Known():
		return in.unknown(s.DeployKeys.Err)
	case key && !slices.ContainsFunc(s.DeployKeys.Value, func(k forge.DeployKey) bool { return !k.ReadOnly }):
		return note("a deploy key may pass the rules, and there is none that may write: results can not be committed", hint)
	case key:
		return ok("a deploy key can commit results past the rules for people")
	case !seen:
		return Check{State: Unknown, What: "rules refuse a direct push; who may pass them is told to administrators alone", Hint: tokenHint}
	}
	what := fmt.Sprintf("the rule %s refuses results, and no deploy key or app may pass", rules[0].Type)
	if len(passers) > 0 {
		what += " every one of " + count(len(rules), "rule")
	}
	return note(what, hint)
}
