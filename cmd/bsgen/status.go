package main

import (
	"fmt"
	"os"
	"strconv"
	"text/tabwriter"

	"github.com/bsgen/bsgen/evaluate"
	"github.com/spf13/cobra"
)

func statusCommand(g *globals) *cobra.Command {
	var emitArray bool
	var shards int
	c := &cobra.Command{
		Use:   "status plan folder...",
		Short: "show how far the shards of a plan are",
		Long: `status counts, for each shard of a plan, the pairs that are done, failed, damaged
and missing, and lists those that failed or are damaged. The exit code is 1
while the plan is not done.

With --emit-array it prints the shards to submit again as SLURM's --array takes
them, and nothing where all is done; the exit code is 0.`,
		Example: "  bsgen status plan.json shards\n  bsgen status --emit-array plan.json shards    # 0,3,5-7",
		Args:    planArg(-1),
		RunE: func(_ *cobra.Command, args []string) error {
			if v := os.Getenv(evaluate.ShardsEnv); shards == 0 && v != "" {
				var err error
				if shards, err = strconv.Atoi(v); err != nil {
					return fmt.Errorf("%s=%s is not a number", evaluate.ShardsEnv, v)
				}
			}
			if shards < 0 || shards > evaluate.MaxShards {
				return fmt.Errorf("%d shards: there may be 1 to %d", shards, evaluate.MaxShards)
			}
			_, survey, err := surveyShards(args, shards)
			if err != nil {
				return err
			}
			if emitArray {
				again, err := survey.Resubmit()
				if err != nil {
					return withHint(err, "say it with --shards")
				}
				if len(again) > 0 {
					g.ui.Printf("%s\n", evaluate.FormatArray(again))
				}
				return nil
			}
			left, err := g.printSurvey(survey)
			if err != nil {
				return err
			}
			if left > 0 {
				return withHint(found("%d of %s not done", left, count(len(survey.Pairs), "pair")),
					"`bsgen status --emit-array` lists the shards to run again")
			}
			g.ui.Notef("%s done", count(len(survey.Pairs), "pair"))
			return nil
		},
	}
	c.Flags().BoolVar(&emitArray, "emit-array", false, "print the shards to submit again as SLURM takes them")
	c.Flags().IntVar(&shards, "shards", 0, "`number` of shards, where none is there to tell it")
	return c
}

// printSurvey prints a line for each shard, and then one for each pair that
// needs a person. It returns how many pairs are not done.
func (g *globals) printSurvey(s *evaluate.Survey) (left int, err error) {
	all, shards := s.Tally()
	if len(s.Pairs) > 0 && len(shards) > 0 {
		w := tabwriter.NewWriter(g.ui.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "SHARD\tDONE\tFAILED\tDAMAGED\tMISSING")
		for i, t := range shards {
			fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\n", evaluate.Shard{Index: i, Count: len(shards)}, t.Done, t.Failed, t.Damaged, t.Missing)
		}
		if err := w.Flush(); err != nil {
			return 0, fmt.Errorf("print the status: %w", err)
		}
	}
	for _, p := range s.Pairs {
		if p.Reason != "" {
			g.ui.Printf("%s: %s: %s\n", p.PlanPair, p.Progress, p.Reason)
		}
	}
	return len(s.Pairs) - all.Done, nil
}
