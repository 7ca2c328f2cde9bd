package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/git"
	"github.com/bsgen/bsgen/archive/history"
	"github.com/bsgen/bsgen/leaderboard/timeline"
	"github.com/bsgen/bsgen/site"
	"github.com/spf13/cobra"
)

func buildCommand(g *globals) *cobra.Command {
	var out string
	var check, scores bool
	var states int
	c := &cobra.Command{
		Use:   "build --out DIR",
		Short: "render the archive as a static site",
		Long: `build renders the archive as a folder of HTML, CSV and JSON files that any web
server can hand out and that works from a disk too. It needs no network.

The folder is replaced as a whole, at the end: an interrupted build leaves the
earlier site as it was. A folder that holds anything but an earlier site is
left alone, and so is everything while site.yaml has a problem, because it says
who may see the site. With --check every link inside the site is followed; the exit code
is 1 where one leads nowhere.

Every score has a page of its own, with the arithmetic, the values that it
averages, what went in and its history, and beside the tables lies a copy of its
result file. Of 600 models on 200 benchmarks that is 120,000 pages and as many
copies, and most of the time and of the bytes: --scores=false leaves both out,
and the links to them.

The history of a board has a page for the end of each day on which a commit
changed it and for each tag, --states of them at most: tags first, days for the
newer half, of what is older the last one of a week, month, quarter or year.

In a workflow it sets the output "pages" of the step: may the site go to GitHub
Pages? Nothing of a private board or repository does, unless site.yaml says
pages: true, because on most plans everyone can read it there.`,
		Example: "  bsgen build --out public\n  bsgen build --out public --check",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if out == "" {
				return withHint(errors.New("no folder to write to"), "name one with --out, such as --out public")
			}
			if states < 1 {
				return withHint(fmt.Errorf("--states %d", states), "it is at least 1: the board as the last commit has it")
			}
			return buildSite(c.Context(), g, g.root, site.Options{Out: out, NoScores: !scores, States: states}, check)
		},
	}
	c.Flags().StringVarP(&out, "out", "o", "", "`folder` to write")
	c.Flags().BoolVar(&scores, "scores", true, "a page and a result file for each score; --scores=false leaves them out")
	c.Flags().IntVar(&states, "states", timeline.DefaultStates, "most earlier `states` of a board that have a page")
	c.Flags().BoolVar(&check, "check", false, "follow every link inside the site")
	return c
}

// buildSite renders the archive at root, and with check follows the links in
// the site.
func buildSite(ctx context.Context, g *globals, root string, opts site.Options, check bool) error {
	start := time.Now()
	collectAt(100) // reading keeps nearly all that it makes
	a, opts, err := siteSources(ctx, g, root, opts)
	if err != nil {
		return err
	}
	collectAt(30) // boards and ranks add a quarter to what was read
	opts.Ranked = func() {
		if opts.NoScores {
			collectAt(10) // pages leave little garbage beside what was read
		} else {
			collectAt(25) // those of scores are many, and leave more
		}
	}
	report, err := site.Build(a, opts)
	if errors.Is(err, site.ErrOccupied) {
		return withHint(err, "name a new or an empty folder")
	}
	if err != nil {
		return err
	}
	g.warn(report.Warnings)
	g.ui.Notef("%s and %s in %s, %s kB, %d ms", count(report.Pages, "page"), count(report.Files-report.Pages, "other file"), opts.Out, thousands(report.Bytes), time.Since(start).Milliseconds())
	if check {
		if err := followLinks(g, opts.Out); err != nil {
			return err
		}
	}
	g.ui.Notef("hint: open %s in a browser; no server is needed", filepath.Join(opts.Out, "index.html"))
	return tellPages(ctx, g, &a.Site)
}

// followLinks follows every link in the site in the folder.
func followLinks(g *globals, out string) error {
	problems, err := site.CheckLinks(out)
	if err != nil {
		return err
	}
	for _, p := range problems {
		g.ui.Printf("%s\n", p)
	}
	if len(problems) > 0 {
		return found("%s in the site", count(len(problems), "broken link"))
	}
	g.ui.Notef("every link leads somewhere")
	return nil
}

// warn passes on what a site warns of.
func (g *globals) warn(warnings []string) {
	for _, w := range warnings {
		g.ui.Notef("bsgen: %s", w)
	}
}

// siteSources reads the archive at root, and adds to the options what a site
// says that is not in it: the commit, the history, and what is stale. Git is
// asked while the archive is read.
func siteSources(ctx context.Context, g *globals, root string, opts site.Options) (*archive.Archive, site.Options, error) {
	var asked sync.WaitGroup
	var past *history.History
	var unknown error
	asked.Go(func() { opts.Commit = snapshot(ctx, root) })
	asked.Go(func() { past, unknown = history.Read(ctx, root, history.Options{Cache: history.DefaultCache()}) })
	a, err := g.sound(archive.Open(root))
	asked.Wait()
	if err != nil {
		return nil, opts, err
	}
	if ctx.Err() != nil {
		return nil, opts, ctx.Err() // what git did not tell must not be missing from a site
	}
	if opts.Stale, err = staleKeys(a); err != nil {
		return nil, opts, err
	}
	g.noteStale(opts.Stale)
	opts.History = g.known(past, unknown)
	return a, opts, nil
}

// noteStale says how many results are stale.
func (g *globals) noteStale(stale map[string]bool) {
	if n := len(stale); n > 0 {
		g.ui.Notef("bsgen: %s stale\nhint: `bsgen score`", count(n, "result"))
	}
}

// known returns a history as far as it is known. A site can do without one, so what is
// missing is told, once, and is no error.
func (g *globals) known(past *history.History, unknown error) *history.History {
	switch {
	case unknown != nil:
		g.ui.Oncef("bsgen: %v\nhint: once the archive is committed to git, the pages show who changed each number", unknown)
	case past.Shallow:
		g.ui.Oncef("bsgen: this clone is shallow: older commits are not in it, and the pages say so\nhint: `git fetch --unshallow` brings them")
	}
	return past
}

// sound takes an archive as it was read, without what has problems. Half of the
// settings could publish what is private, so these must have none.
func (g *globals) sound(a *archive.Archive, problems archive.Problems, err error) (*archive.Archive, error) {
	if err != nil {
		return nil, openHint(err)
	}
	for _, p := range problems {
		if p.File == "site.yaml" {
			return nil, withHint(found("%s; no site is built", p), "%s", cmp.Or(p.Hint, "`bsgen check site.yaml` lists the problems"))
		}
	}
	if len(problems) > 0 {
		g.ui.Notef("bsgen: %s in the archive, left out\nhint: `bsgen check` lists them", count(len(problems), "problem"))
	}
	return a, nil
}

// archived are the paths of the files that a site is made of.
var archived = []string{"submissions", "benchmarks", "results", "boards", "content", "site.yaml"}

// snapshot returns the commit that the archive's files are in, or "" where git
// or a repository is missing or the files differ from what is committed: a page
// must not name a commit that does not hold what it shows.
func snapshot(ctx context.Context, root string) string {
	g := git.Repository{Dir: root}
	changed, err := g.Output(ctx, append([]string{"status", "--porcelain", "--"}, archived...)...)
	if err != nil || changed != "" {
		return ""
	}
	head, _, _ := g.Head(ctx) // "" with its error
	return head
}

// thousands writes a number of bytes as kB, at least one.
func thousands(bytes int64) string {
	return strconv.FormatInt((bytes+999)/1000, 10)
}
