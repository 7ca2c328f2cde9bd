package record

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/forge"
)

// maxCommit is how many bytes of files go into one commit (10 MiB: the API takes
// them in base64, and has a limit). A single result may have more.
const maxCommit = 10 << 20

// pending is a commit to be made.
type pending struct {
	commit  forge.Commit
	pull    int // 0: none
	results int
}

// commits divides results among commits: one for each pull request, or several
// where that is too large. Results that came with none go first.
func (r *Recorder) commits(ctx context.Context, head string, a *archive.Archive, results []*archive.ResultFiles) ([]pending, error) {
	if len(results) == 0 {
		return nil, nil
	}
	models := map[string]bool{}
	for _, f := range results {
		models[f.Result.Model] = true
	}
	pulls, err := r.pulls(ctx, head, models)
	if err != nil {
		return nil, err
	}
	prefix, err := r.Clone.Prefix(ctx)
	if err != nil {
		return nil, err
	}
	byPull := map[int][]*archive.ResultFiles{}
	for _, f := range results {
		byPull[pulls[f.Result.Model]] = append(byPull[pulls[f.Result.Model]], f)
	}
	var all []pending
	for _, pull := range slices.Sorted(maps.Keys(byPull)) {
		group := byPull[pull]
		slices.SortFunc(group, func(x, y *archive.ResultFiles) int {
			return cmp.Or(strings.Compare(x.Result.Model, y.Result.Model), strings.Compare(x.Result.Benchmark, y.Result.Benchmark))
		})
		for len(group) > 0 {
			n, size := 0, 0
			for n < len(group) && (n == 0 || size+weight(group[n]) <= maxCommit) {
				size += weight(group[n])
				n++
			}
			all = append(all, pending{r.commit(a, prefix, group[:n], pull), pull, n})
			group = group[n:]
		}
	}
	return all, nil
}

func weight(f *archive.ResultFiles) int { return len(f.Data) + len(f.Sidecar) }

// commit makes one commit of results, sorted by model.
func (r *Recorder) commit(a *archive.Archive, prefix string, results []*archive.ResultFiles, pull int) forge.Commit {
	c := forge.Commit{Branch: r.Branch, Headline: headline(results), Body: body(a, results)}
	for _, f := range results {
		path := prefix + archive.ResultPath(f.Result.Model, f.Result.Benchmark, f.Result.Version)
		sidecar := prefix + archive.SidecarPath(f.Result.Model, f.Result.Benchmark, f.Result.Version)
		c.Files = append(c.Files, forge.File{Path: path, Content: f.Data})
		if f.Sidecar != nil {
			c.Files = append(c.Files, forge.File{Path: sidecar, Content: f.Sidecar})
		} else if before, ok := a.Result(f.Result.Model, f.Result.Benchmark, f.Result.Version); ok && before.Sidecar != nil {
			c.Files = append(c.Files, forge.File{Path: sidecar, Remove: true})
		}
	}
	var trailers []string
	if pull > 0 {
		trailers = append(trailers, fmt.Sprintf("Bsgen-PR: %d", pull))
	}
	if r.Run != "" {
		trailers = append(trailers, "Bsgen-Run: "+r.Run)
	}
	if len(trailers) > 0 {
		c.Body += "\n" + strings.Join(trailers, "\n") + "\n"
	}
	return c
}

// headline says which models, or how many.
func headline(results []*archive.ResultFiles) string {
	first := results[0].Result
	models, benchmarks := map[string]bool{}, map[string]bool{}
	for _, f := range results {
		models[f.Result.Model], benchmarks[f.Result.Benchmark] = true, true
	}
	who, what := first.Model, first.Benchmark
	if n := len(models); n > 1 {
		who = fmt.Sprintf("%d models", n)
	}
	if n := len(benchmarks); n > 1 {
		what = fmt.Sprintf("%d benchmarks", n)
	}
	return fmt.Sprintf("results: score %s on %s", who, what)
}

// maxBody is how many results a commit's message lists.
const maxBody = 50

// body lists the results without their numbers, which the files have: who may
// read a log need not be who may read a board.
func body(a *archive.Archive, results []*archive.ResultFiles) string {
	var b strings.Builder
	for _, f := range results[:min(len(results), maxBody)] {
		x := f.Result
		// No @: services take that for the name of a user.
		fmt.Fprintf(&b, "%s on %s, version %d: %s", x.Model, x.Benchmark, x.Version, strings.ReplaceAll(string(x.Status), "_", " "))
		if _, ok := a.Result(x.Model, x.Benchmark, x.Version); ok {
			b.WriteString(" again")
		}
		b.WriteByte('\n')
	}
	if n := len(results) - maxBody; n > 0 {
		fmt.Fprintf(&b, "and %d more\n", n)
	}
	return b.String()
}
