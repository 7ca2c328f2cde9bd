package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/git"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/forge"
	"github.com/bsgen/bsgen/forge/record"
	"github.com/spf13/cobra"
)

func recordCommand(g *globals) *cobra.Command {
	var f recordFlags
	c := &cobra.Command{
		Use:   "record [plan folder...]",
		Short: "commit results to the branch, whoever else does",
		Long: `record commits to the branch what it lacks of a plan's results, which lie in the
folders of its shards. Without a plan it plans what is missing or stale on the
branch, scores that, and commits it.

It reads the newest commit of the branch, not the files at hand, and commits upon
it on condition that it still is the newest; else it looks again, up to ten
times. A pair that somebody has recorded by then is left alone, and so is one
whose submission or benchmark has changed. So any number of recorders may run, a
run that broke off is run again, and one with nothing to add adds nothing.

Each commit has the results of the submissions that one pull request brought,
nothing else, and says in its trailers from which pull request and run they come.
In a GitHub workflow commits are made through the API, for which GITHUB_TOKEN
needs contents: write, or by git with the deploy key in RESULTS_KEY, which may
pass rules that the token can not. Elsewhere they are made by git, to the remote.

It prints the hash of the branch's newest commit, which in a workflow is the
output "sha" of the step. The exit code is 1 where a pair has no sound result;
the others are committed.`,
		Example: "  bsgen record plan.json shards\n  bsgen record --model alexnet\n  bsgen record --remote https://git.some-lab.org/board.git --author 'Recorder <recorder@some-lab.org>'",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 && f.pairs.Filter != (evaluate.Filter{}) {
				return withHint(errors.New("--model and --benchmark go without a plan"), "the plan says what is recorded; `bsgen plan` takes both")
			}
			return g.record(c.Context(), args, &f)
		},
	}
	f.pairs.register(c, g)
	c.Flags().StringVar(&f.branch, "branch", "main", "`name` of the branch to commit to")
	c.Flags().StringVar(&f.writer, "writer", "", "`api` or git (default api in a GitHub workflow, else git)")
	c.Flags().StringVar(&f.remote, "remote", "", "name or `address` of the repository (default the workflow's, else origin)")
	c.Flags().StringVar(&f.author, "author", "", "`name <address>` of commits by git (default the workflow's, else as git is configured)")
	c.Flags().StringVar(&f.work, "work", "", "`folder` to score in without a plan: what breaks off goes on there")
	c.Flags().BoolVar(&f.offline, "offline", false, "score with data that are in the cache or the mirror alone")
	return c
}

// recordFlags say what is recorded, and how.
type recordFlags struct {
	pairs                                pairFlags
	branch, writer, remote, author, work string
	offline                              bool
}

func (g *globals) record(ctx context.Context, args []string, f *recordFlags) error {
	w, err := g.writer(ctx, f)
	if err != nil {
		return err
	}
	defer w.close()
	r := g.recorder(w, f.branch)
	var survey *evaluate.Survey
	if len(args) > 0 {
		_, survey, err = surveyShards(args, 0)
	} else {
		var clean func()
		survey, clean, err = g.scoreBranch(ctx, r, f)
		defer clean()
	}
	if err != nil {
		return err
	}
	report, err := r.Record(ctx, survey)
	if len(report.Outdated) > 0 {
		g.ui.Notef("%s not recorded: the branch has changed since the plan", count(len(report.Outdated), "pair"))
		g.listSome(report.Outdated)
	}
	switch {
	case errors.Is(err, forge.ErrStaleHead):
		return withHint(found("record: %v", err), "run the command again: what has landed stays")
	case ctx.Err() != nil:
		return err
	case err != nil:
		return withHint(found("record: %v", err), "whole commits have landed or none: mend the cause and run the command again to go on")
	}
	if err := setOutput("sha", report.Head); err != nil {
		return err
	}
	g.ui.Printf("%s\n", report.Head)
	if n := len(report.Left); n > 0 {
		g.listSome(report.Left)
		return withHint(found("%s recorded, %s without a sound result", count(report.Results, "result"), count(n, "pair")),
			"the next run plans them again; `bsgen status` lists the shards of this plan to run again")
	}
	g.ui.Notef("%s recorded, %d recorded before", count(report.Results, "result"), report.Recorded)
	return nil
}

// recorder returns a recorder that commits by the writer and says what it does.
func (g *globals) recorder(w *writer, branch string) *record.Recorder {
	r := &record.Recorder{
		Committer: w.main, Large: w.large, Branch: branch, Run: os.Getenv("GITHUB_RUN_ID"),
		Clone: git.Repository{Dir: g.root},
		Fetch: func(ctx context.Context, commit string) error { return w.read.Fetch(ctx, g.root, branch, commit) },
		Note:  func(format string, args ...any) { g.ui.Notef("bsgen: "+format, args...) },
		Made: func(m record.Made) {
			text := fmt.Sprintf("committed %s as %.12s", count(m.Results, "result"), m.SHA)
			if m.Pull > 0 {
				text += fmt.Sprintf(", of pull request #%d", m.Pull)
			}
			if w.large != nil && !m.Verified { // by the API, which signs
				text += ": " + m.Reason
			}
			g.ui.Notef("%s", text)
		},
	}
	if w.hub == nil {
		return r
	}
	r.PullOf = func(ctx context.Context, commit string) (int, error) {
		p, err := w.hub.PullRequestBehind(ctx, commit)
		if errors.Is(err, forge.ErrNotFound) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		return p.Number, nil
	}
	return r
}

// listSome prints lines for the person, and counts those that are too many.
func (g *globals) listSome(lines []string) {
	for _, l := range lines[:min(len(lines), maxListed)] {
		g.ui.Notef("bsgen: %s", l)
	}
	if n := len(lines) - maxListed; n > 0 {
		g.ui.Notef("bsgen: and %d more", n)
	}
}

// scoreBranch scores what is missing or stale on the branch into a folder.
// What it returns is called when the folder is not needed any more.
func (g *globals) scoreBranch(ctx context.Context, r *record.Recorder, f *recordFlags) (survey *evaluate.Survey, clean func(), err error) {
	clean = func() {}
	dir := f.work
	if dir == "" {
		if dir, err = os.MkdirTemp("", "bsgen-work-"); err != nil {
			return nil, clean, fmt.Errorf("make a temporary folder: %w", err)
		}
		clean = func() { os.RemoveAll(dir) }
	}
	err = r.At(ctx, func(head string, a *archive.Archive, problems archive.Problems) error {
		pairs, err := evaluate.Pairs(a, f.pairs.Filter)
		if err != nil {
			return err
		}
		if len(pairs) == 0 && f.pairs.Filter != (evaluate.Filter{}) {
			return noPairs(a, f.pairs.Filter, problems)
		}
		if len(problems) > 0 {
			g.ui.Notef("bsgen: %s at %.12s, left out\nhint: `bsgen check` lists them", count(len(problems), "problem"), head)
		}
		all := len(pairs)
		pairs = slices.DeleteFunc(pairs, func(p evaluate.Pair) bool { return p.State == evaluate.Fresh })
		g.ui.Notef("%s to score at %.12s, %d up to date", count(len(pairs), "pair"), head, all-len(pairs))
		plan := evaluate.NewPlan(a, pairs)
		if len(pairs) == 0 {
			survey, err = evaluate.NewSurvey(plan, nil, 1)
			return err
		}
		w, err := evaluate.NewWork(a, plan, evaluate.Shard{Index: 0, Count: 1}, dir)
		if err != nil {
			return withHint(found("%v", err), "name another folder for --work, or remove this one")
		}
		store := dataset.NewStore(a.Site.Hosts)
		store.Offline = f.offline
		if _, err := g.work(ctx, w, store); err != nil {
			return err
		}
		survey, err = evaluate.NewSurvey(plan, []string{dir}, 1)
		return err
	})
	var said *hinted
	if err != nil && !errors.As(err, &said) && ctx.Err() == nil {
		err = withHint(found("record: %v", err), "nothing was committed: mend the cause and run the command again")
	}
	return survey, clean, err
}
