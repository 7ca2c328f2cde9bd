package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/spf13/cobra"
)

func dataCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "data",
		Short: "list, fetch and verify the pinned data files",
		Long: `Benchmarks and submissions pin their data files by SHA-256. data shows where
each file is, downloads what is missing, and checks what is there.

Files are cached in $XDG_CACHE_HOME/bsgen, named by their digest. A folder in
BSGEN_DATA_MIRROR, laid out <owner>/<repo>/<commit>/<path>, or an https address
laid out so, is read instead of raw.githubusercontent.com.`,
		Example: "  bsgen data list\n  bsgen data pull --benchmark 'Geirhos2021.edge*'\n  bsgen data verify",
		Args:    noArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(
		dataAction(g, "list", "show every data file and where it is", listData),
		dataAction(g, "pull", "download what is missing; an interrupted download is resumed", pullData),
		dataAction(g, "verify", "compare every data file at hand with its digest", verifyData),
	)
	return c
}

// use is one pinned file and who needs it.
type use struct {
	src   dataset.Source
	dir   string // folder of a source with File
	users []string
}

func (u use) name() string { return cmp.Or(u.src.File, u.src.URL) }

func dataAction(g *globals, name, short string, do func(context.Context, *globals, *dataset.Store, []use) error) *cobra.Command {
	var f pairFlags
	c := &cobra.Command{
		Use:     name,
		Short:   short,
		Example: fmt.Sprintf("  bsgen data %s\n  bsgen data %s --benchmark 'Kriegeskorte2008.*'", name, name),
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			a, _, err := g.open()
			if err != nil {
				return err
			}
			uses, err := dataUses(a, f.Filter)
			if err != nil {
				return err
			}
			if len(uses) == 0 {
				return withHint(errors.New("no data file matches"), "ids are case-sensitive; * matches any text")
			}
			store := dataset.NewStore(a.Site.Hosts)
			if err := store.CheckMirror(); err != nil {
				return err
			}
			return do(c.Context(), g, store, uses)
		},
	}
	f.register(c, g)
	return c
}

// dataUses collects the files of the selected benchmarks and models, each once.
func dataUses(a *archive.Archive, f evaluate.Filter) ([]use, error) {
	var uses []use
	index := map[string]int{}
	add := func(src dataset.Source, dir, user string) {
		key := src.SHA256 + dir + src.File
		i, ok := index[key]
		if !ok {
			i = len(uses)
			index[key] = i
			uses = append(uses, use{src: src, dir: dir})
		}
		if !slices.Contains(uses[i].users, user) {
			uses[i].users = append(uses[i].users, user)
		}
	}
	store := dataset.NewStore(a.Site.Hosts)
	for _, b := range slices.Concat(a.Benchmarks, a.Selections) {
		ok, err := (evaluate.Filter{Benchmark: f.Benchmark}).Match("", b.ID)
		if err != nil {
			return nil, err
		}
		if !ok || f.Model != "" && f.Benchmark == "" {
			continue
		}
		for _, n := range slices.Sorted(maps.Keys(b.Sources)) {
			add(b.Sources[n], folder(a.Root, b.Dir, b.Sources[n]), b.ID)
		}
		images, err := evaluate.ImageSources(store, a, b)
		if err != nil {
			return nil, err
		}
		for _, s := range images {
			add(s, folder(a.Root, b.Dir, s), b.ID)
		}
	}
	for _, m := range a.Models {
		ok, err := (evaluate.Filter{Model: f.Model}).Match(m.ID, "")
		if err != nil {
			return nil, err
		}
		if !ok || f.Benchmark != "" && f.Model == "" {
			continue
		}
		for _, s := range m.Sources() {
			add(s, folder(a.Root, m.Dir, s), m.ID)
		}
	}
	return uses, nil
}

func folder(root, dir string, s dataset.Source) string {
	if s.File == "" {
		return ""
	}
	return filepath.Join(root, dir)
}

func listData(_ context.Context, g *globals, store *dataset.Store, uses []use) error {
	var total, here int64
	for _, u := range uses {
		state := "missing"
		if store.Cached(u.src, u.dir) {
			state = "here"
			here += u.src.Bytes
		}
		total += u.src.Bytes
		users := u.users[0]
		if n := len(u.users) - 1; n > 0 {
			users += fmt.Sprintf(" and %d more", n)
		}
		g.ui.Printf("%-8s %9s  %s  (%s)\n", state, size(u.src.Bytes), u.name(), users)
	}
	g.ui.Notef("%s, %s, of which %s are here", count(len(uses), "file"), size(total), size(here))
	return nil
}

// maxUnreached is after how many failed connections a host is given up.
const maxUnreached = 3

func pullData(ctx context.Context, g *globals, store *dataset.Store, uses []use) error {
	failed := 0
	unreached, skipped := map[string]int{}, map[string]int{} // by host
	var fetched int64
	for i, u := range uses {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		host := hostOf(u.src)
		if unreached[host] >= maxUnreached && !store.Cached(u.src, u.dir) {
			skipped[host]++
			failed++
			continue
		}
		_, err := store.Path(ctx, u.src, u.dir, func(done, total int64) {
			g.ui.Progressf("%d of %d %s %s of %s %s", i+1, len(uses), bar(done, total), size(done), size(total), lastPart(u.name()))
			if unreached[host] = 0; done == total {
				fetched += total
			}
		})
		if err != nil {
			failed++
			g.ui.Notef("bsgen: %v", err)
		}
		if _, ok := errors.AsType[net.Error](err); ok {
			unreached[host]++
		}
	}
	g.ui.clear()
	for _, host := range slices.Sorted(maps.Keys(skipped)) {
		g.ui.Notef("bsgen: %s, or the mirror in its place, can not be reached: %s not tried", host, count(skipped[host], "more file"))
	}
	if failed > 0 {
		g.ui.Notef("hint: run the command again to resume; BSGEN_DATA_MIRROR names a folder or https address that has the files")
		return found("%s could not be fetched", count(failed, "file"))
	}
	g.ui.Notef("%s verified, %s downloaded", count(len(uses), "file"), size(fetched))
	return nil
}

// hostOf returns the host that a source is downloaded from; "" for a file.
func hostOf(s dataset.Source) string {
	u, err := url.Parse(s.URL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

func verifyData(ctx context.Context, g *globals, store *dataset.Store, uses []use) error {
	store.Offline = true
	bad, absent := 0, 0
	for i, u := range uses {
		g.ui.Progressf("verifying %d of %d", i+1, len(uses))
		_, err := store.Path(ctx, u.src, u.dir, nil)
		var missing *dataset.NotFoundError
		switch {
		case errors.As(err, &missing):
			absent++
		case err != nil:
			bad++
			g.ui.Printf("%s: %v\n", u.name(), err)
		}
	}
	g.ui.clear()
	if bad > 0 {
		return found("%s not what the archive pins", count(bad, "file"))
	}
	g.ui.Notef("%s verified, %d not here", count(len(uses)-absent, "file"), absent)
	if absent > 0 {
		g.ui.Notef("hint: `bsgen data pull` fetches what is not here")
	}
	return nil
}

// bar draws how much of a download is done.
func bar(done, total int64) string {
	const width = 24
	n := 0
	if total > 0 {
		n = int(width * min(max(done, 0), total) / total)
	}
	return "[" + strings.Repeat("=", n) + strings.Repeat(" ", width-n) + "]"
}

func lastPart(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }

// size writes a number of bytes in SI units.
func size(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d B", n)
}
