package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/demo"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/site"
	"github.com/spf13/cobra"
)

func demoCommand(g *globals) *cobra.Command {
	var out, addr string
	var noServe bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "make, score and show a small archive of simulated data",
		Long: `demo makes an archive of simulated data, scores its three models, builds the
site and serves it. Neurons and observers are simulated, with noise of known
strength, so it is known which model must win and how high the noise ceiling is.
It needs no network and no set-up.

The archive goes to a new temporary folder, or to --out, which must be empty. It
stays there, to be tried out with the other commands.`,
		Example: "  bsgen demo\n  bsgen demo --out my-demo --no-serve",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			dir, err := makeDemo(out)
			if err != nil {
				return err
			}
			g.ui.Notef("made an archive of simulated data in %s", dir)
			g := &globals{ui: g.ui, root: dir, verbose: g.verbose}
			a, err := g.scoreDemo(c.Context())
			if err != nil {
				return err
			}
			if err := g.printScores(a); err != nil {
				return err
			}
			if err := buildSite(c.Context(), g, dir, site.Options{Out: filepath.Join(dir, "public")}, true); err != nil {
				return err
			}
			g.ui.Notef("hint: go on there: `cd %s`, then `bsgen new model my-model`, `bsgen show gabor-energy` or `bsgen serve`\nhint: without bsgen on the path, `go install ./cmd/bsgen` in its sources puts it there", dir)
			if noServe {
				return nil
			}
			g.ui.Notef("serving the site until ctrl-c:")
			return serveSite(c.Context(), g, dir, addr)
		},
	}
	c.Flags().StringVarP(&out, "out", "o", "", "`folder` to make the archive in; a temporary one where empty")
	c.Flags().BoolVar(&noServe, "no-serve", false, "end when the site is built, in public/ of the archive")
	c.Flags().StringVar(&addr, "addr", "127.0.0.1:0", "`address` on this machine to serve the site at; port 0 takes a free one")
	return c
}

// makeDemo writes the archive and returns its folder.
func makeDemo(dir string) (string, error) {
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "bsgen-demo-"); err != nil {
			return "", fmt.Errorf("make a temporary folder: %w", err)
		}
	}
	err := demo.Write(dir)
	if errors.Is(err, demo.ErrNotEmpty) {
		err = withHint(err, "name a folder that is empty or does not exist")
	}
	return dir, err
}

// scoreDemo scores every pair of the archive, from its own files alone, and
// returns the archive with the results.
func (g *globals) scoreDemo(ctx context.Context) (*archive.Archive, error) {
	a, _, err := g.open()
	if err != nil {
		return nil, err
	}
	pairs, err := evaluate.Pairs(a, evaluate.Filter{})
	if err != nil {
		return nil, err
	}
	run := g.score(ctx, a, &dataset.Store{Offline: true}, pairs)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err := run.err(); err != nil {
		return nil, err
	}
	a, _, err = g.open()
	return a, err
}

// printScores prints the ranking at the root of every board and at every
// benchmark below it.
func (g *globals) printScores(a *archive.Archive) error {
	w := g.ui.table("BENCHMARK", "RANK", "MODEL", "SCORE", "95 % INTERVAL")
	for _, ab := range a.Boards {
		b, err := leaderboard.New(a, ab)
		if err != nil {
			return fmt.Errorf("rank the models of %s: %w", ab.ID, err)
		}
		for _, root := range b.Roots {
			for _, n := range append([]*leaderboard.Node{root}, root.Leaves()...) {
				for _, r := range b.Rank(n).Ranked {
					low, high := archive.Number(r.Cell.Low), archive.Number(r.Cell.High)
					w.row(n.ID, r.Rank, r.Model.ID, number(archive.Number(r.Cell.Value)), interval(archive.ResultInterval{Low: low, High: high}))
				}
			}
		}
	}
	return w.Flush()
}
