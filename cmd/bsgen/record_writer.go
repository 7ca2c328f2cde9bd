package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/bsgen/bsgen/archive/audit"
	"github.com/bsgen/bsgen/archive/git"
	"github.com/bsgen/bsgen/forge"
)

// writer is how results get to the branch.
type writer struct {
	main  forge.Committer
	large forge.Committer  // what is too large for main; may be nil
	read  *forge.GitWriter // for fetching
	hub   *forge.GitHub    // knows pull requests; nil where there is none
	key   *forge.SSHKey    // may be nil
}

// close removes what the writer keeps in files.
func (w *writer) close() {
	if w.key != nil {
		w.key.Close()
	}
}

// writer returns the writer that flags and environment ask for.
func (g *globals) writer(ctx context.Context, f *recordFlags) (*writer, error) {
	deployKey := os.Getenv("RESULTS_KEY")
	kind := f.writer
	if kind == "" {
		kind = "git"
		if inWorkflow() && deployKey == "" {
			kind = "api"
		}
	}
	if kind != "api" && kind != "git" {
		return nil, withHint(fmt.Errorf("there is no writer %q", kind), "--writer api or --writer git")
	}
	byGit := &forge.GitWriter{}
	var err error
	if byGit.Remote, byGit.Token, err = repositoryToWrite(ctx, git.Repository{Dir: g.root}, f.remote, inWorkflow() || kind == "api"); err != nil {
		return nil, err
	}
	if byGit.Name, byGit.Email, err = authorOf(f.author); err != nil {
		return nil, err
	}
	w := &writer{main: byGit, read: byGit}
	if os.Getenv("GITHUB_REPOSITORY") == "" && kind == "git" {
		return w, nil
	}
	if w.hub, err = forge.NewGitHub(forge.FromEnv(os.Getenv)); err != nil {
		return nil, withHint(err, "GITHUB_REPOSITORY is owner/name, GITHUB_TOKEN a token that may write to it, GITHUB_API_URL the service; or --writer git")
	}
	switch {
	case kind == "api":
		w.main, w.large = w.hub, byGit
	case deployKey != "" && f.remote == "":
		bySSH := *byGit
		if bySSH.Remote, w.key, err = openKey(ctx, w.hub, deployKey); err != nil {
			return nil, withHint(err, "RESULTS_KEY is the private part of a deploy key; RESULTS_KNOWN_HOSTS the lines of known_hosts, where the service does not tell them")
		}
		bySSH.Token, bySSH.SSHCommand = "", w.key.Command
		w.main = &bySSH
	}
	return w, nil
}

// openKey returns the address of the repository by SSH and the deploy key for it.
func openKey(ctx context.Context, hub *forge.GitHub, key string) (remote string, _ *forge.SSHKey, err error) {
	server, err := url.Parse(cmp.Or(os.Getenv("GITHUB_SERVER_URL"), "https://github.com"))
	if err != nil || server.Hostname() == "" {
		return "", nil, errors.New("GITHUB_SERVER_URL names no server")
	}
	hosts := strings.FieldsFunc(os.Getenv("RESULTS_KNOWN_HOSTS"), func(r rune) bool { return r == '\n' || r == '\r' })
	if len(hosts) == 0 {
		if hosts, err = hub.KnownHosts(ctx, server.Hostname()); err != nil {
			return "", nil, err
		}
	}
	k, err := forge.NewSSHKey(key, hosts)
	return "git@" + server.Hostname() + ":" + hub.Repository() + ".git", k, err
}

// repositoryToWrite returns the repository to read and write by git, and the
// token for it: the workflow's token goes to the workflow's server alone.
func repositoryToWrite(ctx context.Context, clone git.Repository, named string, workflow bool) (remote, token string, err error) {
	server := cmp.Or(os.Getenv("GITHUB_SERVER_URL"), "https://github.com")
	repository := os.Getenv("GITHUB_REPOSITORY")
	if named == "" && workflow && repository != "" {
		return server + "/" + repository + ".git", os.Getenv("GITHUB_TOKEN"), nil
	}
	remote = cmp.Or(named, "origin")
	if !strings.ContainsAny(remote, "/:\\.") { // a name
		out, err := clone.Output(ctx, "remote", "get-url", "--", remote)
		if err != nil {
			return "", "", withHint(fmt.Errorf("there is no remote %q: %w", remote, err), "name the repository with --remote")
		}
		remote = strings.TrimSuffix(out, "\n")
	}
	if to, err := url.Parse(remote); err == nil && to.Scheme == "https" {
		if from, err := url.Parse(server); err == nil && to.Host == from.Host {
			token = os.Getenv("GITHUB_TOKEN")
		}
	}
	return remote, token, nil
}

// authorOf returns the author of commits by git: none leaves it to git.
func authorOf(named string) (name, email string, err error) {
	if named != "" {
		name, rest, ok := strings.Cut(named, " <")
		email, closed := strings.CutSuffix(rest, ">")
		if !ok || !closed || name == "" || strings.ContainsAny(email, "<> ") {
			return "", "", withHint(fmt.Errorf("the author %q is not written as name <address>", named), "--author 'Recorder <recorder@some-lab.org>'")
		}
		return name, email, nil
	}
	bot := os.Getenv("BSGEN_BOT")
	switch {
	case bot == "" && !inWorkflow():
		return "", "", nil
	case bot == "" || bot == audit.DefaultWriter:
		return audit.DefaultWriter, "41898282+" + audit.DefaultWriter + "@users.noreply.github.com", nil
	}
	return bot, bot + "@users.noreply.github.com", nil
}
