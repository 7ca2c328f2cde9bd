package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/forge"
	"github.com/bsgen/bsgen/forge/pull"
	"github.com/bsgen/bsgen/forge/report"
	"github.com/spf13/cobra"
)

func prFetchCommand(g *globals) *cobra.Command {
	var r revisions
	var out string
	c := &cobra.Command{
		Use:   "fetch --out DIR",
		Short: "put a pull request beside the main branch, with the data to score it",
		Long: `fetch writes into a new folder the archive of the main branch with the files of
the submission over it, as far as the policy lets them, and downloads the data
that scoring it needs. ` + "`bsgen pr report`" + ` goes on from there.

In a workflow that follows another one, the pull request is the one whose push
made that run: the forge is asked for it, and its head must still be the commit
of the run. Its commits are fetched into a bare repository in the folder. Where
there is nothing to report on, the step's output "report" is false.

With --base and --head the commits are those of the repository at hand.`,
		Example: "  bsgen pr fetch --base origin/main --head HEAD --out preview",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if out == "" {
				return withHint(errors.New("no folder to write to"), "name a new one with --out, such as --out preview")
			}
			if entries, err := os.ReadDir(out); err == nil && len(entries) > 0 {
				return withHint(fmt.Errorf("the folder %s is not empty", out), "name a new one with --out")
			}
			ctx := c.Context()
			repo, p, err := g.obtain(ctx, r, out)
			if errors.Is(err, pull.ErrNone) || errors.Is(err, pull.ErrMoved) {
				g.ui.Notef("bsgen: %v", err)
				return setOutput("report", "false")
			}
			if err != nil {
				return err
			}
			dir := filepath.Join(out, report.ArchiveDir)
			if err := p.Extract(ctx, repo, dir, true); err != nil {
				return err
			}
			a, err := p.Check(dir)
			if err != nil {
				return err
			}
			if p.Kind == pull.Submission && len(p.Problems) == 0 {
				if err := g.fetchData(ctx, a, p); err != nil {
					return err
				}
			}
			if err := p.Write(out); err != nil {
				return err
			}
			g.ui.Notef("%s, %s, %s; `bsgen pr report %s` goes on", p.Kind, count(len(p.Files), "file"), count(len(p.Problems), "problem"), out)
			return setOutput("report", "true")
		},
	}
	r.register(c)
	c.Flags().StringVarP(&out, "out", "o", "", "new `folder` to write")
	return c
}

// obtain returns the pull request and the repository that has its commits.
func (g *globals) obtain(ctx context.Context, r revisions, out string) (pull.Repository, *pull.Pull, error) {
	if r != (revisions{}) {
		return g.inspect(ctx, r)
	}
	e, err := forge.EventFromEnv(os.Getenv)
	if errors.Is(err, forge.ErrNoEvent) {
		err = withHint(errors.New("no pull request is named"), "name its commits with --base and --head, such as --base origin/main --head HEAD")
	}
	if err != nil {
		return pull.Repository{}, nil, err
	}
	if e.Pull != nil {
		return g.inspect(ctx, r)
	}
	f, err := forge.NewGitHub(forge.FromEnv(os.Getenv))
	if err != nil {
		return pull.Repository{}, nil, err
	}
	pr, err := pull.Resolve(ctx, f, e)
	if err != nil {
		return pull.Repository{}, nil, err
	}
	here := pull.Open(g.root)
	base, err := here.Commit(ctx, "HEAD")
	if err != nil {
		return here, nil, inspectHint(err)
	}
	remote, err := remoteOf(ctx, here)
	if err != nil {
		return here, nil, err
	}
	bare, err := pull.Fetch(ctx, here, remote, pr.Number, pr.HeadSHA, base, filepath.Join(out, "git"))
	if err != nil {
		return here, nil, inspectHint(err)
	}
	p, err := pull.Inspect(ctx, bare, base, pr.HeadSHA)
	if err != nil {
		return bare, nil, inspectHint(err)
	}
	p.Number = pr.Number
	return bare, p, nil
}

// remoteOf returns where pull requests are fetched from: the repository that the
// workflow runs for, else the origin of the one at hand.
func remoteOf(ctx context.Context, here pull.Repository) (pull.Remote, error) {
	server, name := os.Getenv("GITHUB_SERVER_URL"), os.Getenv("GITHUB_REPOSITORY")
	if server != "" && name != "" {
		return pull.Remote{URL: strings.TrimSuffix(server, "/") + "/" + name + ".git", Token: os.Getenv("GITHUB_TOKEN")}, nil
	}
	origin, err := here.Origin(ctx)
	return pull.Remote{URL: origin}, err
}

// maxDownload bounds what is downloaded for one submission, in bytes.
const maxDownload = 4 << 30

// fetchData brings what scoring the submission reads into the cache. What can
// not be had is noted with the reason: a report without it is better than none.
func (g *globals) fetchData(ctx context.Context, a *archive.Archive, p *pull.Pull) error {
	pairs, err := evaluate.Pairs(a, evaluate.Filter{Model: p.Model})
	if err != nil {
		return err
	}
	store := dataset.NewStore(a.Site.Hosts)
	if err := store.CheckMirror(); err != nil {
		return err
	}
	seen := map[string]bool{}
	var left int64 = maxDownload
	need := func(src dataset.Source, dir string) {
		if src.File != "" || seen[src.SHA256] || ctx.Err() != nil {
			return
		}
		seen[src.SHA256] = true
		if src.Bytes > left {
			p.Missing = append(p.Missing, pull.Missing{SHA256: src.SHA256, Reason: fmt.Sprintf("%s: its %s are more than a preview downloads", src.URL, size(src.Bytes))})
			return
		}
		left -= src.Bytes
		_, err := store.Path(ctx, src, dir, func(done, total int64) {
			g.ui.Progressf("%s %s of %s %s", bar(done, total), size(done), size(total), lastPart(src.URL))
		})
		if err != nil && ctx.Err() == nil {
			g.ui.Notef("bsgen: %v", err)
			p.Missing = append(p.Missing, pull.Missing{SHA256: src.SHA256, Reason: err.Error()})
		}
	}
	for _, pair := range pairs {
		if pair.State == evaluate.Fresh {
			continue
		}
		for _, name := range pair.Benchmark.SourceNames() {
			need(pair.Benchmark.Sources[name], filepath.Join(a.Root, pair.Benchmark.Dir))
		}
		for _, src := range pair.Sources() {
			need(src, filepath.Join(a.Root, pair.Model.Dir))
		}
		shown, err := pair.Shown(store, a)
		if err != nil {
			return err
		}
		for _, s := range shown {
			need(s.Source, s.Dir)
		}
	}
	g.ui.clear()
	return ctx.Err()
}
