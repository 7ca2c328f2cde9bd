package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/audit"
	"github.com/bsgen/bsgen/archive/git"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/forge"
	"github.com/spf13/cobra"
)

func auditCommand(g *globals) *cobra.Command {
	var f auditFlags
	c := &cobra.Command{
		Use:   "audit",
		Short: "find results that did not come about by the rules",
		Long: `audit reads the whole git history and prints every commit that breaks a rule,
as commit: what is wrong, with a hint. Results are changed by allowed writers
alone, in commits of their own; none is removed but with its submission or
benchmark; merges keep what their parents have; each file is as the scorer writes
it; commits that were the newest at an earlier audit are still in the history.
Then it scores a sample of the results again, as ` + "`bsgen verify`" + ` does with all.

site.yaml says who may write, and from which results on the rules hold, where
some were committed by hand before:

  audit:
    writers: ["github-actions[bot]"]     # authors, by name or e-mail address
    baseline: <hash>                     # git rev-parse <commit>:results
    verified: true                       # GitHub vouches for their signatures

The exit code is 1 where something is wrong, and where the sample could not be
scored. docs/audit.md says what each rule is good for.`,
		Example: "  bsgen audit\n  bsgen audit --sample 0 --since 1f0c2d3e\n  bsgen audit --sample 50 --seed '2026-11-23' --json audit.json",
		Args:    noArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return g.audit(c.Context(), &f) },
	}
	c.Flags().IntVar(&f.sample, "sample", 10, "how `many` results to score again")
	c.Flags().StringVar(&f.seed, "seed", "", "`text` that decides which (default the newest commit's hash)")
	c.Flags().StringArrayVar(&f.writers, "writer", nil, "`name` or address that may change results, instead of those of site.yaml; may be repeated")
	c.Flags().StringArrayVar(&f.since, "since", nil, "`commit` that was the newest once, as at an earlier audit; may be repeated")
	c.Flags().StringVar(&f.runs, "since-runs", "", "compare with the commits of earlier runs of this `workflow` on GitHub, such as audit.yml")
	c.Flags().StringVar(&f.json, "json", "", "write the report to a `file` too")
	c.Flags().BoolVar(&f.offline, "offline", false, "score with data that are in the cache or the mirror alone")
	c.AddCommand(auditPublishCommand(g))
	return c
}

type auditFlags struct {
	sample           int
	seed, runs, json string
	writers, since   []string
	offline          bool
}

func (g *globals) audit(ctx context.Context, f *auditFlags) error {
	if f.sample < 0 {
		return fmt.Errorf("--sample %d: a number of results", f.sample)
	}
	a, problems, err := archive.Open(g.root)
	if err != nil {
		return openHint(err)
	}
	o := audit.Options{Writers: f.writers, Baseline: a.Site.Audit.Baseline}
	if len(o.Writers) == 0 {
		o.Writers = a.Site.Audit.Writers
	}
	if bot := os.Getenv("BSGEN_BOT"); len(o.Writers) == 0 && bot != "" {
		o.Writers = []string{bot}
	}
	if o.Earlier, err = g.earlier(ctx, f); err != nil {
		return err
	}
	if a.Site.Audit.Verified {
		if os.Getenv("GITHUB_REPOSITORY") == "" {
			g.ui.Notef("bsgen: signatures were not looked at: GITHUB_REPOSITORY is not set\nhint: `GITHUB_REPOSITORY=owner/name bsgen audit` asks GitHub about them")
		} else if o.Verify, err = g.signatures(); err != nil {
			return err
		}
	}
	report, err := audit.Run(ctx, a, problems, o)
	switch {
	case errors.Is(err, audit.ErrShallow):
		return withHint(err, "`git fetch --unshallow` brings them")
	case errors.Is(err, git.ErrNone):
		return withHint(err, "an audit is about the history of a git repository; `bsgen verify` computes results again without one")
	case err != nil:
		return err
	}
	if err := g.rescore(ctx, a, report, f); err != nil {
		return err
	}
	report.Sort(nil)
	if f.json != "" {
		if err := archive.WriteFile(f.json, report.Encode()); err != nil {
			return err
		}
	}
	if err := addSummary(report.Markdown("")); err != nil {
		return err
	}
	return g.printAudit(report)
}

// earlier returns the commits that were the newest once.
func (g *globals) earlier(ctx context.Context, f *auditFlags) ([]string, error) {
	var commits []string
	repo := git.Repository{Dir: g.root}
	for _, rev := range f.since {
		hash := rev
		if !git.IsHash(rev) { // a whole hash may name what is not there any more
			out, err := repo.Output(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
			if err != nil {
				return nil, withHint(fmt.Errorf("there is no commit %q here", rev), "where it was rewritten away, name it by its whole hash")
			}
			hash = strings.TrimSpace(out)
		}
		commits = append(commits, hash)
	}
	if f.runs == "" {
		return commits, nil
	}
	hub, err := forge.NewGitHub(forge.FromEnv(os.Getenv))
	if err != nil {
		return nil, withHint(err, "GITHUB_REPOSITORY is owner/name, GITHUB_TOKEN a token with actions: read")
	}
	heads, err := hub.RunHeads(ctx, f.runs)
	if err != nil {
		return nil, withHint(found("audit: %v", err), "--since names commits without asking GitHub")
	}
	g.ui.Notef("%s of earlier runs of %s", count(len(heads), "commit"), f.runs)
	return append(commits, heads...), nil
}

// signatures returns a function that asks GitHub about commits.
func (g *globals) signatures() (func(context.Context, string, []string) (map[string]string, error), error) {
	hub, err := forge.NewGitHub(forge.FromEnv(os.Getenv))
	if err != nil {
		return nil, withHint(err, "GITHUB_REPOSITORY is owner/name, GITHUB_TOKEN a token with contents: read")
	}
	return func(ctx context.Context, head string, commits []string) (map[string]string, error) {
		prefix, err := git.Repository{Dir: g.root}.Prefix(ctx)
		if err != nil {
			return nil, err
		}
		said, err := hub.Signatures(ctx, head, prefix+"results", commits)
		if err != nil {
			return nil, err
		}
		unverified := map[string]string{}
		for _, c := range commits {
			if s, ok := said[c]; !ok {
				unverified[c] = "GitHub does not have the commit"
			} else if !s.Verified {
				unverified[c] = s.Reason
			}
		}
		return unverified, nil
	}, nil
}

// rescore computes a sample of the results that are up to date again.
func (g *globals) rescore(ctx context.Context, a *archive.Archive, report *audit.Report, f *auditFlags) error {
	pairs, err := evaluate.Pairs(a, evaluate.Filter{})
	if err != nil {
		return err
	}
	pairs = slices.DeleteFunc(pairs, func(p evaluate.Pair) bool { return p.State != evaluate.Fresh })
	for _, p := range pairs {
		stored, _ := a.Result(p.Model.ID, p.Benchmark.ID, p.Benchmark.Version)
		for _, d := range p.Inconsistent(stored) {
			report.Add(audit.Finding{Rule: "edited", Path: resultPath(p), What: fmt.Sprintf("%s is %s, and by its key %s", d.Field, d.Stored, d.Recomputed),
				Hint: "results are not edited by hand: `bsgen score --force` scores it again"})
		}
	}
	if f.sample == 0 {
		return nil
	}
	s := &audit.Sampled{Seed: f.seed, Of: len(pairs), Reproduced: []string{}, Differ: []string{}, Unread: []string{}}
	if s.Seed == "" {
		s.Seed = report.Head
	}
	report.Sample = s
	var drawn []evaluate.Pair
	for _, i := range audit.Sample(len(pairs), f.sample, s.Seed) {
		drawn = append(drawn, pairs[i])
	}
	store := dataset.NewStore(a.Site.Hosts)
	store.Offline = f.offline
	var unread []string
	done := 0
	evaluate.Run(ctx, a, evaluate.NewLab(store, a.Root), drawn, func(o evaluate.Outcome) {
		done++
		g.ui.Progressf("scoring %d of %d: %s on %s", done, len(drawn), o.Pair.Model.ID, o.Pair.Benchmark.ID)
		path := resultPath(o.Pair)
		if o.Err != nil {
			s.Unread = append(s.Unread, path)
			unread = append(unread, o.Err.Error())
			return
		}
		stored, _ := a.Result(o.Pair.Model.ID, o.Pair.Benchmark.ID, o.Pair.Benchmark.Version)
		diffs, err := evaluate.Compare(stored, o)
		if err != nil {
			diffs = []evaluate.Difference{{Field: err.Error()}}
		}
		if len(diffs) == 0 {
			s.Reproduced = append(s.Reproduced, path)
			return
		}
		s.Differ = append(s.Differ, path)
		what := fmt.Sprintf("%s is %s, and scored again %s", diffs[0].Field, diffs[0].Stored, diffs[0].Recomputed)
		if n := len(diffs) - 1; n > 0 {
			what += fmt.Sprintf("; %s more", count(n, "field"))
		}
		report.Add(audit.Finding{Rule: "score", Path: path, What: what,
			Hint: fmt.Sprintf("`bsgen verify --model %s --benchmark %s` shows all, `git log -- %s` who wrote it", o.Pair.Model.ID, o.Pair.Benchmark.ID, path)})
	})
	g.ui.clear()
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, list := range [][]string{s.Reproduced, s.Differ, s.Unread, unread} {
		slices.Sort(list)
	}
	g.listSome(slices.Compact(unread))
	return nil
}

func resultPath(p evaluate.Pair) string {
	return archive.ResultPath(p.Model.ID, p.Benchmark.ID, p.Benchmark.Version)
}

// printAudit prints the findings, and for the person what was looked at.
func (g *globals) printAudit(r *audit.Report) error {
	for _, f := range r.Findings {
		g.ui.Printf("%s\n", f)
		if f.Hint != "" {
			g.ui.Printf("  hint: %s\n", f.Hint)
		}
	}
	g.ui.Notef("%s", r)
	switch {
	case len(r.Findings) > 0:
		return found("%s", count(len(r.Findings), "finding"))
	case r.Sample != nil && len(r.Sample.Unread) > 0:
		return withHint(found("%s of the sample could not be scored again", count(len(r.Sample.Unread), "result")),
			"`bsgen data pull` fetches what is missing; --sample 0 looks at the history alone")
	}
	return nil
}
