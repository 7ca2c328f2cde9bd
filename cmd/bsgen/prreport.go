package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/forge/report"
	"github.com/bsgen/bsgen/site"
	"github.com/spf13/cobra"
)

func prReportCommand(g *globals) *cobra.Command {
	var out, siteDir string
	var preview, unscored bool
	var limit time.Duration
	c := &cobra.Command{
		Use:   "report DIR",
		Short: "score a fetched pull request and say where the model would stand",
		Long: `report scores what ` + "`bsgen pr fetch`" + ` wrote and compares it with the board: each
score with its interval, the rank that the model would have, what changes, and
why something has no score. It opens no connection and needs no token.

It prints a summary, adds one to the page of a workflow run, and writes with
--out the JSON that ` + "`bsgen pr publish`" + ` takes. The exit code is 0 wherever a report
could be made: that the submission is unsound is the report.`,
		Example: "  bsgen pr report preview\n  bsgen pr report preview --out report.json --site public",
		Args:    oneArg("folder", "name the one that `bsgen pr fetch --out` wrote"),
		RunE: func(c *cobra.Command, args []string) error {
			why := ""
			if unscored {
				why = "scoring broke off: there was not enough memory or time, or the program failed; the log of the run says more"
			}
			r, err := report.Make(c.Context(), report.Options{
				Dir: args[0], Scorer: programVersion(), Preview: preview, Limit: limit, Unscored: why,
				Progress: func(done, total int, p evaluate.Pair) {
					g.ui.Progressf("scoring %d of %d: %s", done, total, p.Benchmark.ID)
				},
			})
			g.ui.clear()
			if errors.Is(err, os.ErrNotExist) {
				return withHint(err, "`bsgen pr fetch --out %s` makes the folder", args[0])
			}
			if err != nil {
				return err
			}
			if out != "" {
				data, err := r.Encode()
				if err != nil {
					return err
				}
				if err := archive.WriteFile(out, data); err != nil {
					return err
				}
			}
			if siteDir != "" {
				if err := g.previewSite(c.Context(), args[0], r, siteDir); err != nil {
					return err
				}
			}
			if err := addSummary(r.Markdown()); err != nil {
				return err
			}
			return printReport(g.ui, r)
		},
	}
	c.Flags().StringVarP(&out, "out", "o", "", "`file` to write the report to, as JSON")
	c.Flags().StringVar(&siteDir, "site", "", "`folder` to render the site to, as it would be")
	c.Flags().BoolVar(&preview, "preview", false, "say that the pull request's own code made the report, which is then never published")
	c.Flags().DurationVar(&limit, "limit", 0, "leave out what is not scored after so `long`, such as 20m")
	c.Flags().BoolVar(&unscored, "unscored", false, "score nothing and say that scoring broke off")
	return c
}

// programVersion returns the version of this program as go build recorded it.
func programVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// previewSite renders the archive with the new results. Who sees it is told on
// every page that it is a preview.
func (g *globals) previewSite(ctx context.Context, dir string, r *report.Report, out string) error {
	root := filepath.Join(dir, report.ScoredDir)
	if _, err := os.Stat(root); err != nil { // nothing was scored
		root = filepath.Join(dir, report.ArchiveDir)
	}
	a, _, err := archive.Open(root)
	if err != nil {
		return err
	}
	stale, err := staleKeys(a)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("commit %.10s", r.Head)
	if r.Number > 0 {
		what = fmt.Sprintf("pull request %d at %s", r.Number, what)
	}
	built, err := site.Build(a, site.Options{Out: out, Stale: stale, Preview: "This is an unofficial preview of " + what + ". Its numbers are not on the board."})
	if errors.Is(err, site.ErrOccupied) {
		return withHint(err, "name a new or an empty folder")
	}
	if err != nil {
		return err
	}
	g.ui.Notef("%s in %s", count(built.Pages, "page"), out)
	return ctx.Err()
}

// printReport prints the report for a terminal.
func printReport(u *ui, r *report.Report) error {
	u.printProblems(r.Problems)
	w := u.table()
	if len(r.Scores) > 0 {
		w = u.table("BENCHMARK", "SCORE", "95 % INTERVAL", "RANK", "TO THE BEST", "NOTES")
	}
	for i := range r.Scores {
		s := &r.Scores[i]
		if s.Status != archive.Scored {
			w.row(s.Benchmark, words(s.Status), "-", "-", "-", clip(s.Reason, 60))
			continue
		}
		toBest, notes := "-", "-"
		if s.Best != nil {
			toBest = difference(s.Best.Difference)
		}
		if s.Before != nil {
			notes = "before: " + number(s.Before.Value)
		}
		if n := len(s.Warnings); n > 0 {
			notes = count(n, "warning")
		}
		w.row(s.Benchmark, number(s.Value), interval(archive.ResultInterval{Low: s.Low, High: s.High}), s.Rank, toBest, notes)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	u.Notef("%s", r.Headline())
	return nil
}
