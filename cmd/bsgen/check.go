package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/published"
	"github.com/spf13/cobra"
)

func checkCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "check [path...]",
		Short: "find mistakes in submissions, benchmarks, results and boards",
		Long: `check reads the whole archive and prints every problem as file:line: message,
with a hint, and every result that is stale. With paths it prints only the
problems of those files or folders; a file of a submission or a benchmark stands
for its folder. It needs no network and no data. The exit code is 1 where there
are problems.`,
		Example: "  bsgen check\n  bsgen check submissions/my-model",
		RunE: func(_ *cobra.Command, args []string) error {
			paths, err := archivePaths(g.root, args)
			if err != nil {
				return err
			}
			a, problems, err := archive.Open(g.root)
			if err != nil {
				return openHint(err)
			}
			stale, err := staleResults(a)
			if err != nil {
				return err
			}
			n := 0
			for _, p := range append(problems, stale...).Sort() {
				if !below(p.File, paths) {
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
			parts := tally(a, paths)
			if len(parts) == 0 {
				return withHint(fmt.Errorf("nothing to check in %s", strings.Join(args, " and ")),
					"submissions, benchmarks, results, boards, content and site.yaml are checked")
			}
			g.ui.Notef("no problems in %s", enumerate(parts))
			return nil
		},
	}
}

// archivePaths returns the paths of a command line relative to the archive,
// slash separated. A path starts where the command runs or in the archive.
func archivePaths(root string, args []string) ([]string, error) {
	base, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	paths := make([]string, 0, len(args))
next:
	for _, arg := range args {
		for _, candidate := range []string{arg, filepath.Join(root, arg)} {
			full, err := filepath.Abs(candidate)
			if err != nil {
				return nil, err
			}
			rel, err := filepath.Rel(base, full)
			if err != nil || !filepath.IsLocal(rel) {
				continue
			}
			if _, err := os.Lstat(full); err == nil {
				paths = append(paths, owner(filepath.ToSlash(rel)))
				continue next
			}
		}
		return nil, withHint(fmt.Errorf("%s is not in the archive", arg), "name a file or folder of it, such as submissions/my-model")
	}
	return paths, nil
}

// owner returns the folder of the submission or benchmark that a file is of:
// its problems are reported at the YAML file there.
func owner(name string) string {
	parts := strings.Split(name, "/")
	if len(parts) > 2 && (parts[0] == "submissions" || parts[0] == "benchmarks") {
		return parts[0] + "/" + parts[1]
	}
	return name
}

// below reports whether an archive's file is one of the paths or inside one.
// Without paths, every file is.
func below(file string, paths []string) bool {
	for _, p := range paths {
		if p == "." || file == p || strings.HasPrefix(file, p+"/") {
			return true
		}
	}
	return len(paths) == 0
}

// tally counts what the archive has below the paths: without paths all kinds,
// with paths those that there are.
func tally(a *archive.Archive, paths []string) []string {
	var models, benchmarks, results, boards, pages int
	add := func(n *int, file string) {
		if below(file, paths) {
			*n++
		}
	}
	for _, m := range a.Models {
		add(&models, m.Dir)
	}
	for _, b := range a.Benchmarks {
		add(&benchmarks, b.Dir)
	}
	for _, rs := range a.Results {
		for _, r := range rs {
			add(&results, archive.ResultPath(r.Model, r.Benchmark, r.Version))
		}
	}
	for _, b := range a.Boards {
		add(&boards, b.File)
	}
	for name := range a.Content {
		add(&pages, "content/"+name+".md")
	}
	var parts []string
	for _, kind := range []struct {
		n     int
		noun  string
		extra bool // named only where a path asks for it
	}{{models, "model", false}, {benchmarks, "benchmark", false}, {results, "result", false}, {boards, "board", false}, {pages, "page", true}} {
		if kind.n > 0 && len(paths) > 0 || len(paths) == 0 && !kind.extra {
			parts = append(parts, count(kind.n, kind.noun))
		}
	}
	if slices.Contains(paths, "site.yaml") {
		parts = append(parts, "site.yaml")
	}
	return parts
}

// enumerate joins parts as a sentence does: a, b and c.
func enumerate(parts []string) string {
	if n := len(parts) - 1; n > 0 {
		return strings.Join(parts[:n], ", ") + " and " + parts[n]
	}
	return strings.Join(parts, "")
}

// staleResults reports the results whose response, benchmark or data changed
// since they were scored.
func staleResults(a *archive.Archive) (archive.Problems, error) {
	pairs, err := stalePairs(a)
	var ps archive.Problems
	for _, p := range pairs {
		ps.Add(archive.ResultPath(p.Model.ID, p.Benchmark.ID, p.Benchmark.Version), 0, "`bsgen score`",
			"stale: the response, the benchmark or its data changed since it was scored")
	}
	for _, r := range published.Stale(a) {
		ps.Add(archive.ResultPath(r.Model, r.Benchmark, r.Version), 0, "`bsgen import`",
			"stale: its table, the columns or the model's row changed since it was imported")
	}
	return ps, err
}

// stalePairs lists the pairs whose result is stale.
func stalePairs(a *archive.Archive) ([]evaluate.Pair, error) {
	return evaluate.Pairs(a, evaluate.Filter{State: evaluate.Stale})
}

// staleKeys holds "<model> <benchmark>" for each pair whose result is stale.
func staleKeys(a *archive.Archive) (map[string]bool, error) {
	pairs, err := stalePairs(a)
	keys := map[string]bool{}
	for _, p := range pairs {
		keys[p.Model.ID+" "+p.Benchmark.ID] = true
	}
	for _, r := range published.Stale(a) {
		keys[r.Model+" "+r.Benchmark] = true
	}
	return keys, err
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
