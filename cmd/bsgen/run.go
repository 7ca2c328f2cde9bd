package main

import (
	"context"
	"errors"
	"os"

	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/spf13/cobra"
)

func runCommand(g *globals) *cobra.Command {
	var shard, out string
	var shards int
	var offline bool
	c := &cobra.Command{
		Use:   "run plan",
		Short: "score one part of a plan into a folder",
		Long: `run scores the i-th of n shards of a plan into the folder shard-<i>-of-<n> below
--out: the results, and a manifest that says what is done and what failed.
Indices count from 0. The shards take about equally long, and every pair is in
exactly one.

With --shard auto the scheduler says which shard it is, by
  BSGEN_SHARD            "i/n", or "i"; for the matrix of a GitHub workflow
  SLURM_ARRAY_TASK_ID    in a job array of SLURM
  JOB_COMPLETION_INDEX   in an Indexed Job of Kubernetes
and --shards or BSGEN_SHARDS says of how many. A SLURM array without holes needs
no number.

A run that was interrupted goes on where it was when it is called again. A pair
whose response, benchmark, data or metric is not the one that was planned is
refused. The exit code is 1 where a pair could not be scored, for want of data
or of memory; calling it again tries again.`,
		Example: "  bsgen run plan.json --out shards                  # all of it\n  bsgen run plan.json --out shards --shard 0/4\n  bsgen run plan.json --out shards --shard auto",
		Args:    planArg(0),
		RunE: func(c *cobra.Command, args []string) error {
			if out == "" {
				return withHint(errors.New("no folder to write to"), "name it: `bsgen run plan.json --out shards`")
			}
			plan, err := readPlan(args[0])
			if err != nil {
				return err
			}
			s, err := whichShard(shard, shards)
			if err != nil {
				return err
			}
			a, _, err := g.open()
			if err != nil {
				return err
			}
			w, err := evaluate.NewWork(a, plan, s, out)
			var outdated *evaluate.OutdatedError
			if errors.As(err, &outdated) {
				return withHint(found("%v", err), "check out the commit that was planned, or make a new plan")
			}
			if err != nil {
				return found("%v", err)
			}
			store := dataset.NewStore(a.Site.Hosts)
			store.Offline = offline
			r, err := g.work(c.Context(), w, store)
			if err != nil {
				return err
			}
			if r.absent > 0 { // a recorded failure is a result like any other
				return r.err()
			}
			return nil
		},
	}
	c.Flags().StringVar(&shard, "shard", "0/1", "which part: `i/n`, or auto")
	c.Flags().IntVar(&shards, "shards", 0, "with --shard auto: `number` of shards; else as the scheduler says")
	c.Flags().StringVarP(&out, "out", "o", "", "`folder` for the shards' folders")
	c.Flags().BoolVar(&offline, "offline", false, "use only data that are in the cache or the mirror")
	return c
}

// work scores what is left of a shard and reports it.
func (g *globals) work(ctx context.Context, w *evaluate.Work, store *dataset.Store) (*scoring, error) {
	r, done := newScoring(), 0
	switch err := w.Run(ctx, evaluate.NewLab(store, g.root), func(o evaluate.Outcome) {
		done++
		g.ui.Progressf("scoring %d of %d: %s on %s", done, len(w.Left), o.Pair.Model.ID, o.Pair.Benchmark.ID)
		r.add(o, o.Err)
	}); {
	case ctx.Err() != nil:
		return nil, err
	case err != nil:
		return nil, withHint(found("%v", err), "what was written is whole: mend the cause and run the command again to go on")
	}
	g.ui.clear()
	r.report(g.ui)
	g.ui.Notef("%s in %s, %d done before", r, w.Dir, w.Skipped)
	return r, nil
}

// whichShard reads --shard and --shards.
func whichShard(shard string, shards int) (evaluate.Shard, error) {
	if shard != "auto" {
		if shards != 0 {
			return evaluate.Shard{}, errors.New("--shards goes with --shard auto")
		}
		s, err := evaluate.ParseShard(shard)
		return s, withHint(err, "shards count from 0: 0/4, 1/4, 2/4, 3/4")
	}
	s, err := evaluate.AutoShard(os.Getenv, shards)
	return s, withHint(err, "name it by hand with --shard i/n, or the number with --shards n or "+evaluate.ShardsEnv)
}
