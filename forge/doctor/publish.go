package doctor

import (
	"slices"
	"strings"

	"github.com/bsgen/bsgen/forge"
)

func resultsEnvironment(in *Input, s *forge.Settings) Check {
	return environment(in, s, "results", "the job that commits results runs in it")
}

func pagesEnvironment(in *Input, s *forge.Settings) Check {
	return environment(in, s, "github-pages", "the job that publishes the site runs in it")
}

// environment looks whether only jobs of the default branch may run in an
// environment. A job names an environment freely, so one without a limit guards
// nothing, and its secrets least of all.
func environment(in *Input, s *forge.Settings, name, what string) Check {
	if !s.Environments.Known() {
		return in.unknown(s.Environments.Err)
	}
	branch := s.Repository.Value.DefaultBranch
	hint := "Settings > Environments > " + name + " > Deployment branches: selected, " + branch
	i := slices.IndexFunc(s.Environments.Value, func(e forge.Environment) bool { return e.Name == name })
	if i < 0 {
		return note("there is no environment "+name+": "+what+", without a limit", hint)
	}
	// Without rules of review, who can write to any branch can write to this one.
	bad := note
	if approvals, _ := in.reviews(); approvals > 0 {
		bad = unsafe
	}
	e := s.Environments.Value[i]
	switch {
	case e.Policy == nil:
		return bad("workflows of any branch may run in the environment "+name, hint)
	case e.Policy.Protected:
		return note("workflows of any protected branch may run in the environment "+name, hint)
	case !e.Branches.Known():
		return in.unknown(e.Branches.Err)
	}
	others := slices.DeleteFunc(slices.Clone(e.Branches.Value), func(b string) bool { return b == branch })
	if len(others) > 0 {
		return bad("in the environment "+name+" may run, beside "+branch+": "+strings.Join(others, ", "), hint)
	}
	if len(e.Branches.Value) == 0 {
		return note("no branch may run in the environment "+name, hint)
	}
	return ok("only " + branch + " may run in the environment " + name)
}

// pagesSettings compares where and to whom GitHub Pages shows the site with what
// site.yaml says. On most plans everybody can read a site, also that of a private
// repository.
func pagesSettings(in *Input, s *forge.Settings) Check {
	p, repo, site := s.Pages, s.Repository.Value, &in.Archive.Site
	closed := site.Visibility == "private" || repo.Private
	meant := site.Pages != nil && *site.Pages || site.Pages == nil && !closed
	switch {
	case in.absent(p.Err) && !meant:
		return ok("GitHub Pages is off, as site.yaml asks")
	case in.absent(p.Err):
		return note("GitHub Pages is off: the site stays an artifact of site.yml's runs", "Settings > Pages > Source: GitHub Actions; or serve what `bsgen build` writes")
	case !p.Known():
		return in.unknown(p.Err)
	}
	v := p.Value
	found := []Check{ok(v.URL + " shows the site")}
	switch {
	case closed && v.Public && !meant:
		found = append(found, unsafe("everybody can read "+v.URL+", and the board is private", "Settings > Pages > Unpublish; where everybody may read it, say pages: true in site.yaml"))
	case closed && v.Public:
		found = append(found, note("everybody can read "+v.URL+", as site.yaml allows", ""))
	case !meant:
		found = append(found, note("GitHub Pages is on, and site.yaml keeps the site from it", "Settings > Pages > Unpublish"))
	}
	if v.BuildType != "workflow" {
		found = append(found, note("Pages builds from a branch, where there is no site", "Settings > Pages > Source: GitHub Actions"))
	}
	if v.Domain != "" && v.DomainState != "verified" {
		found = append(found, note("the domain "+v.Domain+" is not verified: whoever owns it next can be served from here", "verify it in the settings of the account or organisation, under Pages"))
	}
	if !v.HTTPS {
		found = append(found, note("the site can be read without TLS", "Settings > Pages > Enforce HTTPS"))
	}
	if site.BaseURL != "" && strings.TrimSuffix(site.BaseURL, "/") != strings.TrimSuffix(v.URL, "/") {
		found = append(found, note("base_url in site.yaml is "+site.BaseURL+", and the site is at "+v.URL, "make them one"))
	}
	return all(found...)
}
