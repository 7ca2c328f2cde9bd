package doctor

import (
	"slices"
	"strings"

	"github.com/bsgen/bsgen/forge"
)

const securityPage = "Settings > Advanced Security"

// formLabels are the labels that the issue forms give; GitHub leaves out those
// that do not exist.
var formLabels = []string{"benchmark", "bug", "score-dispute"}

func issues(in *Input, s *forge.Settings) Check {
	if !s.Repository.Known() {
		return in.unknown(s.Repository.Err)
	}
	if !s.Repository.Value.HasIssues {
		return note("issues are off, as in every new fork: the audit can not report, and scores can not be disputed", "Settings > General > Features > Issues")
	}
	if !s.Labels.Known() {
		return in.unknown(s.Labels.Err)
	}
	missing := slices.DeleteFunc(slices.Clone(formLabels), func(l string) bool { return slices.Contains(s.Labels.Value, l) })
	if len(missing) > 0 {
		return note("the issue forms give labels that do not exist: "+strings.Join(missing, ", "), "`gh label create "+missing[0]+"`")
	}
	return ok("on, with the labels of the forms")
}

func dependabot(in *Input, s *forge.Settings) Check {
	hint := securityPage + " > Dependabot"
	switch {
	case in.absent(s.Alerts.Err):
		return note("nobody is told of known vulnerabilities in what bsgen is built from", hint)
	case !s.Alerts.Known():
		return in.unknown(s.Alerts.Err)
	case in.absent(s.SecurityUpdates.Err) || s.SecurityUpdates.Known() && !s.SecurityUpdates.Value.Enabled:
		return note("vulnerabilities are told, and updates against them not proposed", hint)
	case !s.SecurityUpdates.Known():
		return in.unknown(s.SecurityUpdates.Err)
	case s.SecurityUpdates.Value.Paused:
		return note("security updates are paused", hint)
	}
	return ok("vulnerabilities are told, and updates proposed")
}

func secretScanning(in *Input, s *forge.Settings) Check {
	if !s.Repository.Known() {
		return in.unknown(s.Repository.Err)
	}
	sec := s.Repository.Value.Security
	switch {
	case sec == nil:
		return Check{State: Unknown, What: "which security features are on is told to administrators alone", Hint: tokenHint}
	case sec.SecretScanning.Status != "enabled":
		return note("commits are not searched for secrets", securityPage+" > Secret protection; on private repositories it is part of a plan")
	case sec.PushProtection.Status != "enabled":
		return note("secrets are found after they were pushed", securityPage+" > Push protection")
	}
	return ok("a push with a secret is refused")
}

func privateReports(in *Input, s *forge.Settings) Check {
	switch r := s.PrivateReports; {
	case noSetting(r.Err):
		return ok("the repository is private, and so are its issues")
	case !r.Known():
		return in.unknown(r.Err)
	case !r.Value:
		return note("a vulnerability can only be reported in public", securityPage+" > Private vulnerability reporting")
	}
	return ok("vulnerabilities can be reported in private")
}
