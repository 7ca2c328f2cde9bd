package main

import (
	"errors"

	"github.com/bsgen/bsgen/evaluate"
	"github.com/spf13/cobra"
)

func mergeCommand(g *globals) *cobra.Command {
	var partial bool
	c := &cobra.Command{
		Use:   "merge plan folder...",
		Short: "put the results of a plan's shards into the archive",
		Long: `merge looks for shards in and below the folders, reads and checks every file in
them, and writes the results into the archive: all of them or, where something
is not sound, none. It refuses shards of another plan, files that are not those
that their manifest lists, a pair with two different results, pairs that are
missing or failed, and pairs that have changed in the archive since the plan.

With --partial it leaves out what is missing, failed or changed, merges the rest
and ends with exit code 1: the next plan has what is left.`,
		Example: "  bsgen merge plan.json shards\n  bsgen merge plan.json node1/shards node2/shards\n  bsgen merge --partial plan.json shards",
		Args:    planArg(-1),
		RunE: func(_ *cobra.Command, args []string) error {
			plan, survey, err := surveyShards(args, 0)
			if err != nil {
				return err
			}
			a, _, err := g.open()
			if err != nil {
				return err
			}
			n, err := evaluate.Merge(a, survey, partial)
			var incomplete *evaluate.IncompleteError
			var outdated *evaluate.OutdatedError
			switch {
			case errors.As(err, &incomplete):
				return withHint(found("%v", err), "run those shards again; `bsgen status` lists them, --partial merges what is there")
			case errors.As(err, &outdated):
				return withHint(found("%v", err), "check out the commit that was planned, or merge the others with --partial")
			case err != nil:
				return found("merge: %v", err)
			}
			g.ui.Notef("%s merged", count(n, "result"))
			if left := len(plan.Pairs) - n; left > 0 {
				return withHint(found("%s left out", count(left, "pair")), "`bsgen plan` plans them again")
			}
			return nil
		},
	}
	c.Flags().BoolVar(&partial, "partial", false, "merge what is done and leave out the rest")
	return c
}

// surveyShards reads the plan and looks into the folders that the arguments
// name. An empty plan has no shards, so the folders need not exist.
func surveyShards(args []string, shards int) (*evaluate.Plan, *evaluate.Survey, error) {
	plan, err := readPlan(args[0])
	if err != nil {
		return nil, nil, err
	}
	dirs := args[1:]
	switch {
	case len(plan.Pairs) == 0:
		dirs = nil
	case len(dirs) == 0:
		return nil, nil, withHint(errors.New("no folder with shards is named"), "name the --out of `bsgen run`")
	}
	survey, err := evaluate.NewSurvey(plan, dirs, shards)
	if err != nil {
		return nil, nil, found("%v", err)
	}
	return plan, survey, nil
}
