package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/systemmodel/engine"
	"github.com/spf13/cobra"
)

func verifyCommand(g *globals) *cobra.Command {
	var f pairFlags
	c := &cobra.Command{
		Use:   "verify",
		Short: "recompute results and compare them with the archive",
		Long: `verify scores the selected pairs again and compares every number with the
committed result: byte for byte, or within the result's tolerance where an
inference engine ran. It writes nothing. Where something differs it prints the
field, the committed and the recomputed value, and exits with 1.

Published results were not computed here and can not be: verify compares them
with the table that they were imported from. Those of earlier versions of a
benchmark, whose definition is in git history, are skipped.`,
		Example: "  bsgen verify\n  bsgen verify --model alexnet --benchmark 'Geirhos2021.*'",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			a, pairs, transcripts, err := g.verifiable(f.Filter)
			if err != nil {
				return err
			}
			store := dataset.NewStore(a.Site.Hosts)
			total := len(pairs)
			pairs = slices.DeleteFunc(pairs, func(p evaluate.Pair) bool { return p.State == evaluate.Missing })
			var v verdict
			evaluate.Run(c.Context(), a, evaluate.NewLab(store, a.Root), pairs, func(o evaluate.Outcome) {
				v.add(a, o)
				g.ui.Progressf("verifying %d of %d: %s on %s", v.done, len(pairs), o.Pair.Model.ID, o.Pair.Benchmark.ID)
			})
			if err := c.Context().Err(); err != nil {
				return err
			}
			if transcripts > 0 {
				if err := v.transcripts(c.Context(), a, store, f.Filter, transcripts); err != nil {
					return err
				}
			}
			if n := total - len(pairs); n > 0 {
				g.ui.Notef("%s without a result: `bsgen score` makes it", count(n, "pair"))
			}
			n, err := earlier(a, f.Filter)
			if err != nil {
				return err
			}
			if n == 1 {
				g.ui.Notef("1 result of an earlier version was not recomputed")
			} else if n > 1 {
				g.ui.Notef("%d results of earlier versions were not recomputed", n)
			}
			return v.report(g.ui)
		},
	}
	f.register(c, g)
	return c
}

// verifiable lists the selected pairs, and counts the selected results that were
// published. That there is neither is an error.
func (g *globals) verifiable(f evaluate.Filter) (*archive.Archive, []evaluate.Pair, int, error) {
	a, problems, err := g.open()
	if err != nil {
		return nil, nil, 0, err
	}
	pairs, err := evaluate.Pairs(a, f)
	if err != nil {
		return nil, nil, 0, err
	}
	n, err := publishedResults(a, f)
	if err == nil && len(pairs)+n == 0 {
		err = noPairs(a, f, problems)
	}
	return a, pairs, n, err
}

// publishedResults counts the selected results that were published.
func publishedResults(a *archive.Archive, f evaluate.Filter) (n int, err error) {
	for _, m := range a.Models {
		for _, r := range a.Results[m.ID] {
			ok, err := f.Match(m.ID, r.Benchmark)
			if err != nil {
				return 0, err
			}
			if ok && r.Provenance.Published() && !old(a, &r) {
				n++
			}
		}
	}
	return n, nil
}

// transcripts compares the n published results that are selected with the tables
// that they are from.
func (v *verdict) transcripts(ctx context.Context, a *archive.Archive, store *dataset.Store, f evaluate.Filter, n int) error {
	before := v.differ
	im, err := readTables(ctx, a, store, f)
	if err != nil {
		return err
	}
	for _, p := range im.Problems {
		v.unread = append(v.unread, p.String())
	}
	for _, err := range im.Unread {
		v.unread = append(v.unread, err.Error())
	}
	for _, r := range im.Results {
		stored, ok := a.Result(r.Model, r.Benchmark, r.Version)
		if !ok { // not imported yet
			continue
		}
		name := archive.ResultPath(r.Model, r.Benchmark, r.Version)
		diffs, err := evaluate.Compare(stored, evaluate.Outcome{Result: r})
		if err != nil {
			return err
		}
		for _, d := range diffs {
			v.lines = append(v.lines, fmt.Sprintf("%s: %s: %s in the archive, published %s", name, d.Field, d.Stored, d.Recomputed))
		}
		if len(diffs) > 0 {
			v.differ++
		} else {
			v.copied++
		}
	}
	for _, r := range im.Gone {
		v.differ++
		v.lines = append(v.lines, fmt.Sprintf("%s: not in the table that it names", archive.ResultPath(r.Model, r.Benchmark, r.Version)))
	}
	v.failed += n - v.copied - (v.differ - before)
	return nil
}

// earlier counts the selected results of benchmark versions that are no longer
// the current one.
func earlier(a *archive.Archive, f evaluate.Filter) (n int, err error) {
	for _, m := range a.Models {
		for _, r := range a.Results[m.ID] {
			ok, err := f.Match(m.ID, r.Benchmark)
			if err != nil {
				return 0, err
			}
			if ok && old(a, &r) {
				n++
			}
		}
	}
	return n, nil
}

// old reports whether a result is of an earlier version of its benchmark.
func old(a *archive.Archive, r *archive.Result) bool {
	b, ok := a.Benchmark(r.Benchmark)
	return ok && r.Version < b.Version
}

// verdict collects what verifying found.
type verdict struct {
	done, same, differ int
	lines              []string // a line for every difference
	unread             []string // why results could not be recomputed
	failed             int
	copied             int                 // published results that are as their table says
	noEngine           *engine.Unavailable // why, where models could not be run
}

func (v *verdict) add(a *archive.Archive, o evaluate.Outcome) {
	v.done++
	if o.Err != nil {
		v.failed++
		v.unread = append(v.unread, o.Err.Error())
		errors.As(o.Err, &v.noEngine)
		return
	}
	name := archive.ResultPath(o.Pair.Model.ID, o.Pair.Benchmark.ID, o.Pair.Benchmark.Version)
	stored, _ := a.Result(o.Pair.Model.ID, o.Pair.Benchmark.ID, o.Pair.Benchmark.Version)
	before := len(v.lines)
	if _, err := a.Sidecar(stored); err != nil {
		v.lines = append(v.lines, fmt.Sprintf("%s: %v", name, err))
	}
	diffs, err := evaluate.Compare(stored, o)
	if err != nil {
		v.lines = append(v.lines, fmt.Sprintf("%s: %v", name, err))
	}
	for _, d := range diffs {
		v.lines = append(v.lines, fmt.Sprintf("%s: %s: %s in the archive, recomputed %s", name, d.Field, d.Stored, d.Recomputed))
	}
	if len(v.lines) > before {
		v.differ++
	} else {
		v.same++
	}
}

func (v *verdict) report(ui *ui) error {
	ui.clear()
	slices.Sort(v.lines)
	for _, l := range v.lines {
		ui.Printf("%s\n", l)
	}
	slices.Sort(v.unread)
	v.unread = slices.Compact(v.unread)
	for _, l := range v.unread[:min(len(v.unread), maxListed)] {
		ui.Notef("bsgen: %s", l)
	}
	if n := len(v.unread) - maxListed; n > 0 {
		ui.Notef("bsgen: and %d more", n)
	}
	if v.copied > 0 {
		ui.Notef("%s compared with the table and the same; nobody can compute them again here", count(v.copied, "published result"))
	}
	switch {
	case v.done == 0 && v.differ+v.failed == 0:
		return nil
	case v.differ > 0:
		return withHint(found("%s not reproduced, %d reproduced", count(v.differ, "result"), v.same),
			"a changed response or benchmark makes a result stale: `bsgen score`; otherwise `git log -- results/` shows who wrote it")
	case v.failed > 0:
		return withHint(found("%s could not be recomputed, %d reproduced", count(v.failed, "result"), v.same+v.copied),
			"%s", absentHint(v.noEngine))
	}
	ui.Notef("%s reproduced", count(v.same, "result"))
	return nil
}

// maxListed is how many causes a command lists before it only counts them.
const maxListed = 10
