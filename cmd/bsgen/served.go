package main

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/git"
	"github.com/bsgen/bsgen/archive/history"
	"github.com/bsgen/bsgen/site"
)

// served is a site that serve shows, with what it was made of.
type served struct {
	archive *archive.Archive
	asked   []string // see askedBy
	head    string   // commit whose history is known; "" where there is none
	opts    site.Options
	site    *site.Site
}

// openServed reads the archive and prepares its site.
func openServed(ctx context.Context, g *globals, root string) (*served, error) {
	first := &served{archive: &archive.Archive{Root: root}, opts: site.Options{Reload: "/-/reload.js"}, site: &site.Site{}}
	return first.renew(ctx, g, archived)
}

// renew reads what has changed, given by the parts of the archive since s was made,
// and prepares the site anew. Git is asked meanwhile. As long as its commit stays,
// what has changed is taken to differ from it, so that pages name none: to compare
// would take git longer than all the rest. An error leaves s as the last good one.
func (s *served) renew(ctx context.Context, g *globals, changed []string) (*served, error) {
	root := s.archive.Root
	now := &served{opts: s.opts}
	now.opts.Commit = ""
	past, unknown := s.opts.History, error(nil)
	var asked sync.WaitGroup
	asked.Go(func() {
		now.head, _, _ = git.Repository{Dir: root}.Head(ctx) // "" with its error
		if past == nil || now.head != s.head {
			now.opts.Commit = snapshot(ctx, root)
			past, unknown = history.Read(ctx, root, history.Options{Cache: history.DefaultCache()})
		}
	})
	a, err := g.sound(s.archive.Renew(changed))
	asked.Wait()
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	now.archive, now.opts.History = a, g.known(past, unknown)
	now.asked = askedBy(a)
	if now.opts.Stale, err = s.staleNow(now, changed); err != nil {
		return nil, err
	}
	g.noteStale(now.opts.Stale)
	if now.site, err = s.site.Renew(a, now.opts); err != nil {
		return nil, err
	}
	g.warn(now.site.Warnings)
	return now, nil
}

// staleNow is [staleKeys] after some parts of the archive have changed: what is known
// of models that stay, with their results, stays too, as long as the benchmarks ask for
// the same.
func (s *served) staleNow(now *served, changed []string) (map[string]bool, error) {
	a := now.archive
	if !slices.Equal(s.asked, now.asked) {
		return staleKeys(a)
	}
	of, moved := *a, map[string]bool{}
	of.Models = nil
	for _, m := range a.Models {
		if before, _ := s.archive.Model(m.ID); m != before || slices.Contains(changed, "results/"+m.ID) {
			of.Models, moved[m.ID] = append(of.Models, m), true
		}
	}
	stale, err := staleKeys(&of)
	for pair := range s.opts.Stale {
		if model, _, _ := strings.Cut(pair, " "); !moved[model] {
			stale[pair] = true
		}
	}
	return stale, err
}

// askedBy digests the benchmarks, but for what only readers look at.
func askedBy(a *archive.Archive) []string {
	var out []string
	for _, b := range slices.Concat(a.Benchmarks, a.Selections) {
		c := *b
		c.Title, c.Summary, c.Short, c.Notes, c.License, c.Reference, c.Readme, c.Samples = "", "", "", nil, "", archive.Reference{}, nil, nil
		list, _ := a.ReadFile(b, c.Stimuli.List) // which may be none
		out = append(out, archive.Digest(c)+archive.Digest(list))
	}
	return out
}
