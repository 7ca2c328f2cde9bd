package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/systemmodel/engine"
	"github.com/spf13/cobra"
)

// pairFlags are the flags that select pairs.
type pairFlags struct{ evaluate.Filter }

func (f *pairFlags) register(c *cobra.Command, g *globals) {
	c.Flags().StringVarP(&f.Model, "model", "m", "", "only models whose id matches the `glob`")
	c.Flags().StringVarP(&f.Benchmark, "benchmark", "b", "", "only benchmarks whose id matches the `glob`")
	for flag, ids := range map[string]func(*archive.Archive) []string{"model": modelIDs, "benchmark": benchmarkIDs} {
		if err := c.RegisterFlagCompletionFunc(flag, g.complete(ids)); err != nil {
			panic(err) // the flag exists: it was made a line above
		}
	}
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
reason; it is not tried again until something changes. Data that can not be had
leave no result. The exit code is 1 where either happened in this run.`,
		Example: "  bsgen score\n  bsgen score --model 'resnet*' --benchmark 'Geirhos2021.*'\n  bsgen score --force --model alexnet",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			a, pairs, err := g.pairs(f.Filter)
			if err != nil {
				return err
			}
			all := len(pairs)
			if !force {
				pairs = slices.DeleteFunc(pairs, func(p evaluate.Pair) bool { return p.State == evaluate.Fresh })
			}
			store := dataset.NewStore(a.Site.Hosts)
			store.Offline = offline
			run := g.score(c.Context(), a, store, pairs)
			g.ui.Notef("%s, %d up to date", run, all-len(pairs))
			if err := c.Context().Err(); err != nil {
				return err
			}
			return run.err()
		},
	}
	f.register(c, g)
	c.Flags().BoolVar(&force, "force", false, "score fresh pairs again too")
	c.Flags().BoolVar(&offline, "offline", false, "use only data that are in the cache or the mirror")
	return c
}

// pairs opens the archive and lists the selected pairs. That none matches the
// patterns, or that there is none at all, is an error.
func (g *globals) pairs(f evaluate.Filter) (*archive.Archive, []evaluate.Pair, error) {
	a, problems, err := g.open()
	if err != nil {
		return nil, nil, err
	}
	pairs, err := evaluate.Pairs(a, f)
	if err == nil && len(pairs) == 0 {
		err = noPairs(a, f, problems)
	}
	return a, pairs, err
}

func noPairs(a *archive.Archive, f evaluate.Filter, problems archive.Problems) error {
	if n, err := publishedResults(a, f); n > 0 && err == nil {
		return withHint(errors.New("the scores that match were published, and there is nothing to compute"),
			"`bsgen import` reads their tables, `bsgen verify` compares")
	}
	err := errors.New("no model has a response for a benchmark")
	if f != (evaluate.Filter{}) {
		err = errors.New("no pair of model and benchmark matches")
	}
	near := append(closest(f.Model, modelIDs(a)), closest(f.Benchmark, benchmarkIDs(a))...)
	hint := meant(near) + "ids are case-sensitive; `bsgen show` lists the models, * matches any text"
	if len(problems) > 0 {
		hint = "`bsgen check` says what was left out"
	}
	return withHint(err, "%s", hint)
}

// scoring is what became of the pairs of one run.
type scoring struct {
	scored, failed, notApplicable int
	absent                        int                  // data or machine: nothing was recorded
	causes                        map[string]bool      // why they are absent
	noEngine                      *engine.Unavailable  // one of them, where models could not be run
	refused                       map[refusal][]string // benchmarks for which a response has no score
}

// refusal is a reason why a response has no score, with the line that names the
// response.
type refusal struct {
	file   string
	line   int
	status archive.Status
	reason string
}

// score runs the pairs, writes their results and reports what has no score:
// each response once. A pair that an interruption cut short counts as nothing.
func (g *globals) score(ctx context.Context, a *archive.Archive, store *dataset.Store, pairs []evaluate.Pair) *scoring {
	run := newScoring()
	done := 0
	evaluate.Run(ctx, a, evaluate.NewLab(store, a.Root), pairs, func(o evaluate.Outcome) {
		done++
		g.ui.Progressf("scoring %d of %d: %s on %s", done, len(pairs), o.Pair.Model.ID, o.Pair.Benchmark.ID)
		if o.Err != nil && ctx.Err() != nil {
			return
		}
		err := o.Err
		if err == nil {
			err = a.WriteResult(o.Result, o.Sidecar)
		}
		run.add(o, err)
		if err == nil {
			g.ui.Log().Debug("scored", "model", o.Pair.Model.ID, "benchmark", o.Pair.Benchmark.ID, "status", o.Result.Status, "elapsed", o.Elapsed)
		}
	})
	g.ui.clear()
	run.report(g.ui)
	return run
}

func newScoring() *scoring {
	return &scoring{causes: map[string]bool{}, refused: map[refusal][]string{}}
}

func (s *scoring) add(o evaluate.Outcome, err error) {
	switch {
	case err != nil:
		s.absent++
		s.causes[err.Error()] = true
		errors.As(err, &s.noEngine)
		return
	case o.Result.Status == archive.Scored:
		s.scored++
		return
	case o.Result.Status == archive.NotApplicable:
		s.notApplicable++
	default:
		s.failed++
	}
	p := o.Pair
	r := refusal{p.Model.File(), p.Line(), o.Result.Status, o.Result.Reason}
	s.refused[r] = append(s.refused[r], p.Benchmark.ID)
}

// report prints a line for each response without a score and for each cause.
func (s *scoring) report(ui *ui) {
	refused := slices.SortedFunc(maps.Keys(s.refused), func(a, b refusal) int {
		return cmp.Or(strings.Compare(a.file, b.file), cmp.Compare(a.line, b.line), strings.Compare(a.reason, b.reason))
	})
	for _, r := range refused {
		ui.Notef("%s:%d: %s on %s: %s", r.file, r.line, words(r.status), abridge(s.refused[r]), r.reason)
	}
	causes := slices.Sorted(maps.Keys(s.causes))
	for _, c := range causes[:min(len(causes), maxListed)] {
		ui.Notef("bsgen: %s", strings.ReplaceAll(c, "\nhint: ", "; "))
	}
	if n := len(causes) - maxListed; n > 0 {
		ui.Notef("bsgen: and %d more", n)
	}
}

// String counts the pairs: "3 scored, 1 failed".
func (s *scoring) String() string {
	text := fmt.Sprintf("%d scored, %d failed", s.scored, s.failed)
	if s.notApplicable > 0 {
		text += fmt.Sprintf(", %d not applicable", s.notApplicable)
	}
	return text
}

// err is what ends the command: nil where every pair has a score or needs none.
func (s *scoring) err() error {
	switch {
	case s.absent > 0:
		return withHint(found("%s could not be scored", count(s.absent, "pair")),
			"%s", absentHint(s.noEngine))
	case s.failed > 0:
		return withHint(found("%s failed", count(s.failed, "pair")),
			"the reason is recorded and the page shows it; a corrected response is scored by the next `bsgen score`")
	}
	return nil
}

// absentHint is what to do where this machine could not compute a score: for want
// of an engine, or else of data.
func absentHint(noEngine *engine.Unavailable) string {
	if noEngine != nil {
		return noEngine.Hint
	}
	return "`bsgen data pull` fetches data that are missing and resumes what broke off"
}

// abridge lists up to three benchmarks in order, and counts the others.
func abridge(ids []string) string {
	const most = 3
	slices.Sort(ids)
	if n := len(ids) - most; n > 0 {
		return fmt.Sprintf("%s: %s and %d more", count(len(ids), "benchmark"), strings.Join(ids[:most], ", "), n)
	}
	return enumerate(ids)
}

// words writes a status for people.
func words(s archive.Status) string { return strings.ReplaceAll(string(s), "_", " ") }
