package main

import (
	"path/filepath"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/spf13/cobra"
)

func checkCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "check [path...]",
		Short: "find mistakes in submissions, benchmarks, results and boards",
		Long: `check reads the whole archive and prints every problem as file:line: message,
with a hint. With paths it prints only the problems of those files or folders.
It needs no network. The exit code is 1 where there are problems.`,
		Example: "  bsgen check\n  bsgen check submissions/my-model",
		RunE: func(_ *cobra.Command, args []string) error {
			a, problems, err := archive.Open(g.root)
			if err != nil {
				return openHint(err)
			}
			n := 0
			for _, p := range problems {
				if len(args) > 0 && !below(g.root, p.File, args) {
					continue
				}
				n++
				g.ui.Printf("%s\n", p)
				if p.Hint != "" {
					g.ui.Printf("  hint: %s\n", p.Hint)
				}
			}
			if n > 0 {
				return found("%s found", count(n, "problem"))
			}
			results := 0
			for _, rs := range a.Results {
				results += len(rs)
			}
			g.ui.Notef("no problems in %s, %s, %s and %s", count(len(a.Models), "model"), count(len(a.Benchmarks), "benchmark"), count(results, "result"), count(len(a.Boards), "board"))
			return nil
		},
	}
}

// below reports whether an archive's file is one of the paths or inside one.
func below(root, file string, paths []string) bool {
	full := filepath.Join(root, filepath.FromSlash(file))
	for _, p := range paths {
		p = filepath.Clean(p)
		for _, f := range []string{full, filepath.FromSlash(file)} {
			if rel, err := filepath.Rel(p, f); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
				return true
			}
		}
	}
	return false
}

// open reads the archive. Its problems are counted on standard error and do not
// stop the command: what is sound is worked with.
func (g *globals) open() (*archive.Archive, archive.Problems, error) {
	a, problems, err := archive.Open(g.root)
	if err != nil {
		return nil, nil, openHint(err)
	}
	if len(problems) > 0 {
		g.ui.Notef("bsgen: %s in the archive, left out\nhint: `bsgen check` lists them", count(len(problems), "problem"))
	}
	return a, problems, nil
}

func openHint(err error) error {
	return withHint(err, "run bsgen in the archive's folder, or name it with -C; `bsgen demo` makes one")
}
