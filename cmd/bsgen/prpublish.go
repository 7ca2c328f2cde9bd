package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"strings"

	"github.com/bsgen/bsgen/forge"
	"github.com/bsgen/bsgen/forge/pull"
	"github.com/bsgen/bsgen/forge/report"
	"github.com/spf13/cobra"
)

func prPublishCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "publish FILE",
		Short: "answer a pull request with its report",
		Long: `publish makes or updates the one comment that bsgen keeps on a pull request, adds
a check run with an annotation for each problem, and sets the labels submission,
scored, invalid and needs-rescore.

The report is checked field by field first, and the forge is asked which pull
request the event is about: where the report is of another one, or its head has
moved, nothing is written and the exit code is 1. Nothing is written to one that
is closed by now either. GITHUB_TOKEN needs pull-requests: write and checks: write.`,
		Example: "  bsgen pr publish report.json",
		Args:    oneArg("report", "name the file that `bsgen pr report --out` wrote"),
		RunE: func(c *cobra.Command, args []string) error {
			file, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			r, err := report.Decode(file)
			if err != nil {
				return err
			}
			f, err := forge.NewGitHub(forge.FromEnv(os.Getenv))
			if err != nil {
				return withHint(err, "publish runs in a workflow, which sets GITHUB_REPOSITORY and GITHUB_TOKEN")
			}
			err = concerns(c.Context(), f, r)
			if errors.Is(err, pull.ErrNone) { // closed or merged meanwhile
				g.ui.Notef("bsgen: %v", err)
				return nil
			}
			if err != nil {
				return refuseHint(err)
			}
			if err := report.Publish(c.Context(), f, r, cmp.Or(os.Getenv("BSGEN_BOT"), report.DefaultBot), runURL()); err != nil {
				return refuseHint(err)
			}
			g.ui.Notef("#%d: %s", r.Number, r.Headline())
			return nil
		},
	}
}

// concerns reports why the report is not of the pull request that the event is
// about. Without an event the report's own number is asked for.
func concerns(ctx context.Context, f forge.Reviewer, r *report.Report) error {
	e, err := forge.EventFromEnv(os.Getenv)
	switch {
	case errors.Is(err, forge.ErrNoEvent):
		return nil
	case err != nil:
		return err
	}
	p, err := pull.Resolve(ctx, f, e)
	if err != nil {
		return err
	}
	if p.Number != r.Number || p.HeadSHA != r.Head {
		return found("the report is of #%d at %.12s, the event of #%d at %.12s", r.Number, r.Head, p.Number, p.HeadSHA)
	}
	return nil
}

// refuseHint makes findings of the reasons not to publish.
func refuseHint(err error) error {
	if errors.Is(err, pull.ErrMoved) || errors.Is(err, report.ErrOutdated) {
		return withHint(found("%v", err), "nothing was written; the run of the newest commit reports on it")
	}
	return err
}

// runURL returns the page of the workflow run; "" outside of one.
func runURL() string {
	server, name, id := os.Getenv("GITHUB_SERVER_URL"), os.Getenv("GITHUB_REPOSITORY"), os.Getenv("GITHUB_RUN_ID")
	if server == "" || name == "" || id == "" {
		return ""
	}
	return strings.TrimSuffix(server, "/") + "/" + name + "/actions/runs/" + id
}
