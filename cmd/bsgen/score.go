package main

import (
	"context"
	"errors"
	"slices"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/spf13/cobra"
)

// pairFlags are the flags that select pairs.
type pairFlags struct{ evaluate.Filter }

func (f *pairFlags) register(c *cobra.Command) {
	c.Flags().StringVarP(&f.Model, "model", "m", "", "only models whose id matches the `glob`")
	c.Flags().StringVarP(&f.Benchmark, "benchmark", "b", "", "only benchmarks whose id matches the `glob`")
}

func scoreCommand(g *globals) *cobra.Command {
	var f pairFlags
	var force, offline bool
	c := &cobra.Command{
		Use:   "score",
		Short: "score what is missing or stale and write the results",
		Long: `score pairs every model with every benchmark that it has a response for and
scores the pairs without a result, and those whose result is stale because the
response, the benchmark's scoring fields, its data or the metric changed. The
rest is skipped. Data that are not in the cache are downloaded and verified.

A response that can not be scored becomes a result with status failed and its
reason. Data that can not be had leave no result and exit code 1.`,
		Example: "  bsgen score\n  bsgen score --model 'resnet*' --benchmark 'Geirhos2021.*'\n  bsgen score --force --model alexnet",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			a, problems, err := g.open()
			if err != nil {
				return err
			}
			pairs, err := evaluate.Pairs(a, f.Filter)
			if err != nil {
				return err
			}
			if len(pairs) == 0 {
				return noPairs(f.Filter, problems)
			}
			all := len(pairs)
			if !force {
				pairs = slices.DeleteFunc(pairs, func(p evaluate.Pair) bool { return p.State == evaluate.Fresh })
			}
			store := dataset.NewStore(a.Site.Hosts)
			store.Offline = offline
			failed, err := g.score(c.Context(), a, store, pairs)
			g.ui.Notef("%s scored, %d up to date", count(len(pairs)-failed, "pair"), all-len(pairs))
			return err
		},
	}
	f.register(c)
	c.Flags().BoolVar(&force, "force", false, "score fresh pairs again too")
	c.Flags().BoolVar(&offline, "offline", false, "use only data that are in the cache or the mirror")
	return c
}

func noPairs(f evaluate.Filter, problems archive.Problems) error {
	err := errors.New("no model has a response for a benchmark")
	if f != (evaluate.Filter{}) {
		err = errors.New("no pair of model and benchmark matches")
	}
	hint := "ids are case-sensitive; `bsgen show` lists the models, * matches any text"
	if len(problems) > 0 {
		hint = "`bsgen check` says what was left out"
	}
	return withHint(err, "%s", hint)
}

// score runs the pairs and writes their results. It returns how many could not
// be had, and an error that ends the command with findings.
func (g *globals) score(ctx context.Context, a *archive.Archive, store *dataset.Store, pairs []evaluate.Pair) (failed int, err error) {
	r := scoringReport{ui: g.ui, total: len(pairs)}
	evaluate.Run(ctx, a, store, pairs, func(o evaluate.Outcome) {
		if o.Err == nil {
			o.Err = a.WriteResult(o.Result, o.Sidecar)
		}
		r.add(o)
	})
	return r.failed, r.end()
}

// scoringReport tells how scoring goes.
type scoringReport struct {
	ui          *ui
	total       int
	done        int
	failed      int      // pairs without a result
	unavailable []string // why
}

func (r *scoringReport) add(o evaluate.Outcome) {
	p := o.Pair
	r.done++
	r.ui.Progressf("scoring %d of %d: %s on %s", r.done, r.total, p.Model.ID, p.Benchmark.ID)
	if o.Err != nil {
		r.failed++
		r.unavailable = append(r.unavailable, o.Err.Error())
		return
	}
	if o.Result.Status != archive.Scored {
		r.ui.Notef("%s:%d: %s on %s: %s", p.Model.File(), p.Model.Line("responses", p.Response), o.Result.Status, p.Benchmark.ID, o.Result.Reason)
	}
	r.ui.Log().Debug("scored", "model", p.Model.ID, "benchmark", p.Benchmark.ID, "status", o.Result.Status, "elapsed", o.Elapsed)
}

// end lists the causes of failure and returns an error if there were any.
func (r *scoringReport) end() error {
	r.ui.clear()
	if r.failed == 0 {
		return nil
	}
	slices.Sort(r.unavailable)
	causes := slices.Compact(r.unavailable)
	for _, c := range causes[:min(len(causes), maxListed)] {
		r.ui.Notef("bsgen: %s", c)
	}
	if n := len(causes) - maxListed; n > 0 {
		r.ui.Notef("bsgen: and %d more", n)
	}
	return withHint(found("%s could not be scored", count(r.failed, "pair")),
		"`bsgen data pull` fetches data that are missing and resumes what broke off")
}
