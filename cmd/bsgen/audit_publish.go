package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive/audit"
	"github.com/bsgen/bsgen/forge"
	"github.com/spf13/cobra"
)

func auditPublishCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "publish file",
		Short: "open, update or close the issue about an audit",
		Long: `publish reads the report that ` + "`bsgen audit --json`" + ` wrote and, where it found
something, opens an issue in GITHUB_REPOSITORY or updates the one that is open.
Where nothing was found it closes that. It knows its issue by a mark in the text
and by its author, which is BSGEN_BOT (github-actions[bot] where that is not
set). GITHUB_TOKEN needs issues: write.`,
		Example: "  bsgen audit publish audit.json",
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return withHint(errors.New("no report is named"), "`bsgen audit --json audit.json` writes one")
			case len(args) > 1:
				return noArgs(c, args[1:])
			}
			report, err := readReport(args[0])
			if err != nil {
				return withHint(fmt.Errorf("%s: %w", args[0], err), "`bsgen audit --json audit.json` writes one")
			}
			hub, err := forge.NewGitHub(forge.FromEnv(os.Getenv))
			if err != nil {
				return withHint(err, "GITHUB_REPOSITORY is owner/name, GITHUB_TOKEN a token with issues: write")
			}
			done, err := publishAudit(c.Context(), hub, report, runAddress(hub.Repository()))
			if err != nil {
				return withHint(found("publish the audit: %v", err), "run the command again; the report stays as it is")
			}
			g.ui.Notef("%s", done)
			return nil
		},
	}
}

func readReport(name string) (*audit.Report, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, audit.MaxReport+1))
	if err != nil {
		return nil, err
	}
	return audit.DecodeReport(data)
}

// runAddress returns the address of the workflow's run; "" outside of one.
func runAddress(repository string) string {
	id := os.Getenv("GITHUB_RUN_ID")
	if id == "" || strings.Trim(id, "0123456789") != "" {
		return ""
	}
	return cmp.Or(os.Getenv("GITHUB_SERVER_URL"), "https://github.com") + "/" + repository + "/actions/runs/" + id
}

// auditMark begins the issue's text. Anybody can write it; nobody can write it
// as the bot.
const auditMark = "<!-- bsgen audit -->\n"

// publishAudit brings the issue in line with the report and says what it did.
func publishAudit(ctx context.Context, t forge.Tracker, r *audit.Report, run string) (string, error) {
	bot := cmp.Or(os.Getenv("BSGEN_BOT"), audit.DefaultWriter)
	open, err := t.Issues(ctx, "")
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(open, func(i forge.Issue) bool { return i.Author == bot && strings.HasPrefix(i.Body, auditMark) })
	issue := forge.Issue{Title: auditTitle(r), Body: auditMark + r.Markdown(run)}
	switch {
	case r.Clean() && i < 0:
		return "nothing was found, and no issue is open", nil
	case i < 0:
		n, err := t.CreateIssue(ctx, issue)
		return fmt.Sprintf("opened issue #%d", n), err
	}
	issue.Number = open[i].Number
	if r.Clean() {
		issue.Title = open[i].Title
	}
	if err := t.UpdateIssue(ctx, issue); err != nil {
		return "", err
	}
	if !r.Clean() {
		return fmt.Sprintf("updated issue #%d", issue.Number), nil
	}
	return fmt.Sprintf("closed issue #%d", issue.Number), t.CloseIssue(ctx, issue.Number)
}

func auditTitle(r *audit.Report) string {
	switch n := len(r.Findings); n {
	case 0:
		return "Audit of results/: the sample could not be scored again"
	case 1:
		return "Audit of results/: 1 finding"
	default:
		return fmt.Sprintf("Audit of results/: %d findings", n)
	}
}
