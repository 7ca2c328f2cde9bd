package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/audit"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/forge"
	"github.com/bsgen/bsgen/forge/doctor"
	"github.com/bsgen/bsgen/systemmodel/engine"
	"github.com/spf13/cobra"
)

func doctorCommand(g *globals) *cobra.Command {
	var repository string
	var offline, asJSON bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: "find what is unsafe or missing where the board is hosted",
		Long: `doctor reads the settings of the repository on GitHub, and the files, data and
git repository at hand, and prints for each check what it found, most severe
first: unsafe, unknown, note or ok, with what to do about it. It changes
nothing. The exit code is 1 where something is unsafe.

The repository is that of GITHUB_REPOSITORY, or of the remote origin. Most
settings are told to administrators alone: GITHUB_TOKEN is a token of one. What
it may not read is unknown, never ok. GITHUB_API_URL names the API of a GitHub
Enterprise Server.

docs/host-your-own.md goes through the checks one by one.`,
		Example: "  GITHUB_TOKEN=$(gh auth token) bsgen doctor\n  bsgen doctor --repository some-lab/board --json\n  bsgen doctor --offline",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			in, err := g.examine(c.Context(), repository, offline)
			if err != nil {
				return err
			}
			checks := doctor.Run(in)
			if asJSON {
				e := json.NewEncoder(g.ui.out)
				e.SetIndent("", "  ")
				if err := e.Encode(checks); err != nil {
					return fmt.Errorf("print the checks: %w", err)
				}
			} else {
				printChecks(g.ui, checks)
			}
			n := map[doctor.State]int{}
			for _, check := range checks {
				n[check.State]++
			}
			summary := fmt.Sprintf("%d unsafe, %d unknown, %s, %d ok", n[doctor.Unsafe], n[doctor.Unknown], count(n[doctor.Note], "note"), n[doctor.OK])
			if n[doctor.Unsafe] > 0 {
				return found("%s", summary)
			}
			g.ui.Notef("%s", summary)
			return nil
		},
	}
	c.Flags().StringVar(&repository, "repository", "", "`owner/name` on GitHub (default: GITHUB_REPOSITORY, or the remote origin)")
	c.Flags().BoolVar(&offline, "offline", false, "look at what is at hand alone")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// examine gathers what the checks look at.
func (g *globals) examine(ctx context.Context, repository string, offline bool) (*doctor.Input, error) {
	a, problems, err := archive.Open(g.root)
	if err != nil {
		return nil, openHint(err)
	}
	in := &doctor.Input{Archive: a, Problems: problems, Git: doctor.ReadGit(ctx, g.root)}
	in.Audit, in.AuditErr = audit.Run(ctx, a, problems, audit.Options{Writers: a.Site.Audit.Writers, Baseline: a.Site.Audit.Baseline})
	uses, err := dataUses(a, evaluate.Filter{})
	if err != nil {
		return nil, err
	}
	store := dataset.NewStore(a.Site.Hosts)
	in.DataAll = len(uses)
	for _, u := range uses {
		if store.Cached(u.src, u.dir) {
			in.DataHere++
		}
	}

	e, err := engine.New(ctx, g.root)
	var none *engine.Unavailable
	switch {
	case err == nil:
		in.Engine, in.OtherEngine = engineText(e), !e.Library().Pinned
	case errors.As(err, &none):
		in.NoEngine, in.NoEngineHint = none.Error(), none.Hint
	default:
		return nil, err
	}

	o := forge.FromEnv(os.Getenv)
	o.Repository = cmp.Or(repository, o.Repository)
	if o.Repository == "" {
		origin := in.Git.Origin
		// A token goes where GITHUB_API_URL says, and by default to GitHub: never to
		// a server because a remote names it.
		if origin.Host == "github.com" || o.APIURL != "" {
			o.Repository = origin.Repository
		} else if origin.Host != "" {
			in.NotRead = "the remote origin is at " + origin.Host + ", which is not GitHub"
			in.NotReadHint = "where it is a GitHub Enterprise Server: `GITHUB_API_URL=https://" + origin.Host + "/api/v3 bsgen doctor`; elsewhere see docs/host-your-own.md"
		}
	}
	in.Repository, in.Token = o.Repository, o.Token != ""
	switch {
	case offline:
		in.NotRead, in.NotReadHint = "GitHub was not asked", ""
	case o.Repository == "":
		in.NotRead = cmp.Or(in.NotRead, "no repository on GitHub is named")
		in.NotReadHint = cmp.Or(in.NotReadHint, "`bsgen doctor --repository owner/name`, or a remote origin")
	default:
		o.Attempts, o.MaxWait = 2, 10*time.Second
		gh, err := forge.NewGitHub(o)
		if err != nil {
			return nil, withHint(err, "--repository and GITHUB_REPOSITORY are of the form owner/name, GITHUB_API_URL is an https address")
		}
		in.Settings = forge.ReadSettings(ctx, gh)
	}
	return in, ctx.Err()
}

// printChecks prints the checks, those that are unknown for one reason together.
func printChecks(ui *ui, checks []doctor.Check) {
	for i, c := range checks {
		names := []string{c.Name}
		if c.State == doctor.Unknown {
			same := func(d doctor.Check) bool { return d.State == c.State && d.What == c.What }
			if slices.IndexFunc(checks, same) < i {
				continue
			}
			for _, d := range checks[i+1:] {
				if same(d) {
					names = append(names, d.Name)
				}
			}
		}
		ui.Printf("%-7s  %s: %s\n", string(c.State), strings.Join(names, ", "), c.What)
		if c.Hint != "" {
			ui.Printf("         hint: %s\n", c.Hint)
		}
	}
}
