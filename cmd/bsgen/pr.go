package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/forge"
	"github.com/bsgen/bsgen/forge/pull"
	"github.com/spf13/cobra"
)

func prCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "pr",
		Short: "check, score and answer a pull request that submits a model",
		Long: `A submission arrives as a pull request with one folder below submissions/. These
commands read it as data, from git's objects: nothing of it is checked out, and
nothing is run.

check needs no network. fetch, report and publish are three steps because they
need three kinds of trust: fetch downloads, report scores without a network or a
token, publish has a token and sees nothing but the report.`,
		Example: "  bsgen pr check\n  bsgen pr fetch --base origin/main --head HEAD --out preview\n  bsgen pr report preview",
		Args:    noArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(prCheckCommand(g), prFetchCommand(g), prReportCommand(g), prPublishCommand(g))
	return c
}

// revisions are the flags that name the two ends of a pull request.
type revisions struct{ base, head string }

func (r *revisions) register(c *cobra.Command) {
	c.Flags().StringVar(&r.base, "base", "", "`revision` of the main branch (default that of the event, or origin/main)")
	c.Flags().StringVar(&r.head, "head", "", "`revision` that is to be merged (default that of the event, or HEAD)")
}

// inspect compares the two revisions and applies the policy. What is not named
// is what the event of a workflow says, or origin/main and HEAD.
func (g *globals) inspect(ctx context.Context, r revisions) (pull.Repository, *pull.Pull, error) {
	repo := pull.Open(g.root)
	number := 0
	e, err := forge.EventFromEnv(os.Getenv)
	switch {
	case errors.Is(err, forge.ErrNoEvent):
	case err != nil && (r.base == "" || r.head == ""):
		return repo, nil, err
	case err == nil && e.Pull != nil:
		number = e.Pull.Number
		if r.base == "" {
			r.base = e.Pull.BaseSHA
		}
		if r.head == "" {
			r.head = e.Pull.HeadSHA
		}
	}
	if r.base == "" {
		r.base = "origin/main"
	}
	if r.head == "" {
		r.head = "HEAD"
	}
	p, err := pull.Inspect(ctx, repo, r.base, r.head)
	if err != nil {
		return repo, nil, inspectHint(err)
	}
	p.Number = number
	return repo, p, nil
}

func inspectHint(err error) error {
	if errors.Is(err, pull.ErrShallow) {
		return withHint(err, "`git fetch --unshallow`; in a workflow, fetch-depth: 0")
	}
	return withHint(err, "run bsgen in the repository, and name the commits with --base and --head; `git fetch origin` brings the newest")
}

// printProblems prints problems with their hints, and in a workflow the
// annotations of them.
func (u *ui) printProblems(problems archive.Problems) {
	for _, p := range problems {
		u.Printf("%s\n", p)
		if p.Hint != "" {
			u.Printf("  hint: %s\n", p.Hint)
		}
	}
	if inWorkflow() {
		u.annotate(problems)
	}
}

// oneArg wants one argument and says what it is.
func oneArg(what, hint string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return withHint(fmt.Errorf("no %s is named", what), "%s", hint)
		case 1:
			return nil
		}
		return noArgs(c, args[1:])
	}
}
