package main

import (
	"os"
	"path/filepath"

	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/forge/pull"
	"github.com/spf13/cobra"
)

func prCheckCommand(g *globals) *cobra.Command {
	var r revisions
	c := &cobra.Command{
		Use:   "check",
		Short: "find what keeps a pull request from being scored",
		Long: `check compares two commits, applies the policy for the paths that a submission
may change, and checks the submission as it would stand on the main branch. It
prints each problem as file:line: message with a hint, and in a workflow as an
annotation. It reads commits only, never the work tree, and needs no network.

A pull request that touches no submission has nothing to check. The exit code is
1 where there are problems.`,
		Example: "  bsgen pr check\n  bsgen pr check --base upstream/main --head my-model",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			repo, p, err := g.inspect(c.Context(), r)
			if err != nil {
				return err
			}
			responses, benchmarks := 0, 0
			if p.Kind == pull.Submission && !p.Unsound {
				temp, err := os.MkdirTemp("", "bsgen-")
				if err != nil {
					return err
				}
				defer os.RemoveAll(temp)
				dir := filepath.Join(temp, "archive")
				if err := p.Extract(c.Context(), repo, dir, false); err != nil {
					return err
				}
				a, err := p.Check(dir)
				if err != nil {
					return err
				}
				pairs, err := evaluate.Pairs(a, evaluate.Filter{Model: p.Model})
				if err != nil {
					return err
				}
				benchmarks = len(pairs)
				if m, ok := a.Model(p.Model); ok {
					responses = len(m.Responses)
				}
			}
			g.ui.printProblems(p.Problems)
			switch {
			case len(p.Problems) > 0:
				return withHint(found("%s found", count(len(p.Problems), "problem")), "commit the corrections and run the command again")
			case p.Kind == pull.Other:
				g.ui.Notef("not a submission: no file below submissions/ is changed between %.10s and %.10s", p.Base, p.Head)
			case p.Kind == pull.Removal:
				g.ui.Notef("no problems: the pull request removes %s", p.Model)
			default:
				g.ui.Notef("no problems in %s: %s, %s, scored on %s", p.Model, count(len(p.Files), "file"), count(responses, "response"), count(benchmarks, "benchmark"))
			}
			return nil
		},
	}
	r.register(c)
	return c
}
