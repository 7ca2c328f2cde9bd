package audit

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
)

// readme is the one file in results/ that people write.
const readme = "README.md"

// plain holds the commits that are no merges against the rules.
func (w *walk) plain(ctx context.Context) error {
	var at []int
	var pairs []trees
	for i, c := range w.graph.commits {
		before, was := emptyTree(c.tree), ""
		if len(c.parents) == 1 {
			before, was = w.graph.commits[c.parents[0]].tree, w.graph.commits[c.parents[0]].results
		}
		if len(c.parents) < 2 && !w.exempt[i] && c.results != was {
			at, pairs = append(at, i), append(pairs, trees{before, c.tree})
		}
	}
	diffs, err := diff(ctx, w.repo, pairs)
	if err != nil {
		return err
	}
	changes := make([]change, len(at))
	for i, n := range at {
		changes[i] = w.split(&w.graph.commits[n], diffs[i])
		if w.writer(w.graph.commits[n].author) {
			w.signed = append(w.signed, n)
		}
	}
	gone, err := w.withdrawn(ctx, changes)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if len(c.written)+len(c.removed) == 0 {
			continue
		}
		w.report.Commits++
		w.judge(c, gone)
	}
	return nil
}

// change is what a commit did, by paths from the archive's folder.
type change struct {
	*commit
	written []string // below results/: added or modified
	removed []string // below results/
	others  []string // elsewhere in the repository
}

func (w *walk) split(c *commit, files []changed) change {
	ch := change{commit: c}
	for _, f := range files {
		name, inside := strings.CutPrefix(f.path, w.prefix+"results/")
		switch {
		case !inside:
			ch.others = append(ch.others, f.path)
		case name == readme:
		case f.after == "":
			ch.removed = append(ch.removed, "results/"+name)
		default:
			ch.written = append(ch.written, "results/"+name)
		}
	}
	return ch
}

// judge holds one commit against the rules. Gone tells of a result's path
// whether its submission or benchmark was not there after the commit.
func (w *walk) judge(c change, gone func(commit, path string) bool) {
	var early []string // removed too early
	for _, p := range c.removed {
		if !gone(c.hash, p) {
			early = append(early, p)
		}
	}
	switch {
	case w.writer(c.author):
		if !w.writer(c.committer) && !service(c.committer) {
			w.add(Finding{Rule: "writer", Commit: c.hash, What: fmt.Sprintf("by %s, but committed on %s by %s", c.author, c.date, c.committer),
				Hint: "a writer's commit was copied or changed; `git show` prints it, `bsgen verify` computes its numbers again"})
		}
		if len(c.others) > 0 {
			w.add(Finding{Rule: "alone", Commit: c.hash, What: fmt.Sprintf("it changes results and also %s", list(c.others)),
				Hint: "a writer's commit holds results alone"})
		}
	case len(c.written) > 0 || len(early) > 0:
		w.add(Finding{Rule: "writer", Commit: c.hash,
			What: fmt.Sprintf("%s, on %s, is no allowed writer and changes %s", c.author, c.date, list(append(slices.Clone(c.written), early...))),
			Hint: "results are recorded, not committed by hand; `bsgen verify` computes them again"})
		return // that it removed some is said
	}
	if len(early) > 0 {
		w.add(Finding{Rule: "removed", Commit: c.hash, What: "it removes " + list(early) + ", with submission and benchmark still there",
			Hint: fmt.Sprintf("`git checkout %.12s~ -- results` brings them back; or remove the submission too", c.hash)})
	}
}

// service reports whether the committer is GitHub itself, as for all that is
// committed by its API or its pages.
func service(p person) bool { return p.name == "GitHub" || p.name == "GitHub Enterprise" }

// withdrawn asks git whether the submissions and benchmarks of removed results
// were there after the commits.
func (w *walk) withdrawn(ctx context.Context, changes []change) (func(commit, path string) bool, error) {
	owners := func(commit, name string) []string {
		model, benchmark := subject(name)
		return []string{
			commit + ":" + w.prefix + "submissions/" + model + "/model.yaml",
			commit + ":" + w.prefix + "benchmarks/" + benchmark + "/benchmark.yaml",
		}
	}
	ask := map[string]bool{}
	for _, c := range changes {
		for _, p := range c.removed {
			for _, o := range owners(c.hash, p) {
				ask[o] = true
			}
		}
	}
	names := slices.Sorted(maps.Keys(ask))
	hashes, err := w.repo.Hashes(ctx, names)
	if err != nil {
		return nil, err
	}
	there := map[string]bool{}
	for i, h := range hashes {
		there[names[i]] = h != ""
	}
	return func(commit, name string) bool {
		return slices.ContainsFunc(owners(commit, name), func(o string) bool { return !there[o] })
	}, nil
}

// subject returns model and benchmark of a result or sidecar; a file that is
// neither has none that is there.
func subject(name string) (model, benchmark string) {
	model, benchmark, _, ok := archive.ParseResultPath(strings.TrimSuffix(name, path.Ext(name)) + ".json")
	if !ok {
		return "-", "-"
	}
	return model, benchmark
}

// list names the first few paths and counts the others.
func list(paths []string) string {
	const most = 3
	shown := make([]string, 0, most)
	for _, p := range paths[:min(len(paths), most)] {
		shown = append(shown, quote(p))
	}
	s := strings.Join(shown, ", ")
	if n := len(paths) - most; n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	return s
}
