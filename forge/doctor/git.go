package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive/audit"
	"github.com/bsgen/bsgen/archive/git"
)

// Git is what is known of the git program and of the repository that the
// archive lies in.
type Git struct {
	Version string // of the program; "" where there is none
	Commits int    // of HEAD's history; 0 where there is no repository or no commit
	Shallow bool   // older commits are cut off
	Origin  Remote
}

// Remote is a repository on a server.
type Remote struct {
	Host       string // name or name:port of the server; "" where there is no remote
	Repository string // owner/name; "" where the path is not of that form
}

// ReadGit asks git about the archive in the folder. What can not be had is left
// empty.
func ReadGit(ctx context.Context, root string) Git {
	var g Git
	repository := git.Repository{Dir: root}
	ask := func(args ...string) string {
		out, err := repository.Output(ctx, args...)
		if err != nil {
			return ""
		}
		return strings.TrimSpace(out)
	}
	version, err := repository.Output(ctx, "version")
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, exec.ErrDot) {
		return g
	}
	g.Version = strings.TrimPrefix(strings.TrimSpace(version), "git version ")
	g.Commits, _ = strconv.Atoi(ask("rev-list", "--count", "HEAD"))
	g.Shallow = ask("rev-parse", "--is-shallow-repository") == "true"
	g.Origin = ParseRemote(ask("remote", "get-url", "origin"))
	return g
}

// scpLike is the short form of an SSH address: user@host:path.
var scpLike = regexp.MustCompile(`^(?:[\w.-]+@)?([\w.-]+):([^/].*)$`)

// ParseRemote reads the address of a remote: https://host/owner/name.git,
// ssh://git@host/owner/name or git@host:owner/name. User names and passwords in
// it are dropped; a local path is no remote.
func ParseRemote(address string) Remote {
	host, path := "", ""
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		host, path = u.Host, u.Path
		if u.Scheme != "https" && u.Scheme != "http" {
			host = u.Hostname() // the port is that of SSH
		}
	} else if m := scpLike.FindStringSubmatch(address); m != nil {
		host, path = m[1], m[2]
	}
	r := Remote{Host: strings.ToLower(host)}
	path = strings.TrimSuffix(strings.Trim(path, "/"), ".git")
	if owner, name, ok := strings.Cut(path, "/"); ok && owner != "" && name != "" && !strings.Contains(name, "/") {
		r.Repository = path
	}
	return r
}

func gitProgram(in *Input) Check {
	if in.Git.Version == "" {
		return note("git is not installed: numbers have no history, and pull requests can not be read", "install git")
	}
	return ok("git " + in.Git.Version)
}

func gitHistory(in *Input) Check {
	switch {
	case in.Git.Commits == 0:
		return note("the archive is in no git repository, or nothing is committed: numbers have no history", "`git init`, then commit the archive")
	case in.Git.Shallow:
		return note("this clone is shallow: older commits of the results are not in it", "`git fetch --unshallow`")
	}
	return ok(count(in.Git.Commits, "commit"))
}

// auditTrail looks whether the results came about by the rules that bsgen audit
// holds them against.
func auditTrail(in *Input) Check {
	if in.Audit == nil {
		return Check{State: Unknown, What: fmt.Sprintf("the history of the results can not be audited: %v", in.AuditErr), Hint: "`bsgen audit`, in a clone with all of the history"}
	}
	const hint = "`bsgen audit` lists them; docs/audit.md says what each is worth"
	committed := slices.DeleteFunc(slices.Clone(in.Audit.Findings), func(f audit.Finding) bool { return f.Rule == "uncommitted" })
	if n := len(committed); n > 0 {
		return unsafe(count(n, "finding")+" in the history of the results, such as "+committed[0].String(), hint)
	}
	if len(in.Audit.Findings) > 0 {
		f := in.Audit.Findings[0]
		return note("what is at hand is not what was committed: "+f.String(), f.Hint)
	}
	return ok("the results came about by the rules, written by " + strings.Join(in.Audit.Writers, ", "))
}
