package audit

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive/git"
)

// merge is a merge whose parents, or whose own results, differ.
type merge struct {
	*commit
	bases   []string // results/ of the best common ancestors of the parents, "" for none
	parents []string // results/ of the parents
}

// merges holds merges against the rules: each file must be what a three-way
// merge of the parents makes of it, or the merge a writer's. Of parents with several best common
// ancestors, one of these must explain the file.
func (w *walk) merges(ctx context.Context) error {
	var suspects []merge
	for i := range w.graph.commits {
		c := &w.graph.commits[i]
		if len(c.parents) < 2 || w.exempt[i] {
			continue
		}
		m, clean := w.glance(c)
		switch {
		case clean:
		case w.writer(c.author):
			w.signed = append(w.signed, i)
		default:
			suspects = append(suspects, m)
		}
	}
	own, err := w.own(ctx, suspects)
	if err != nil {
		return err
	}
	for i, m := range suspects {
		if len(own[i]) == 0 {
			continue
		}
		w.report.Commits++
		w.add(Finding{Rule: "merge", Commit: m.hash,
			What: fmt.Sprintf("the merge by %s, on %s, has its own version of %s", m.author, m.date, list(own[i])),
			Hint: fmt.Sprintf("`git show %.12s -- results` and `git diff %.12s^2 %.12s -- results` show it; `bsgen verify` computes the results again", m.hash, m.hash, m.hash)})
	}
	return nil
}

// glance compares whole trees, which clears nearly every merge.
func (w *walk) glance(c *commit) (m merge, clean bool) {
	m = merge{commit: c}
	same := true
	for _, p := range c.parents {
		r := w.graph.commits[p].results
		m.parents = append(m.parents, r)
		same = same && r == c.results
	}
	if same {
		return m, true
	}
	bases := w.graph.bases(c.parents[0], c.parents[1])
	if len(c.parents) > 2 { // the ancestors of all: rare, so simply the bases of the first with each
		bases = nil
		for _, p := range c.parents[1:] {
			bases = append(bases, w.graph.bases(c.parents[0], p)...)
		}
	}
	for _, b := range bases {
		m.bases = append(m.bases, w.graph.commits[b].results)
	}
	if len(bases) == 0 { // histories that have nothing in common
		m.bases = []string{""}
	}
	slices.Sort(m.bases)
	m.bases = slices.Compact(m.bases)
	for _, b := range m.bases {
		if ok := three(b, m.parents, c.results); ok {
			return m, true
		}
	}
	return m, false
}

// three reports whether a version is what a three-way merge makes: the one
// that differs from the base, or the base where none does.
func three(base string, parents []string, merged string) bool {
	want := base
	for _, p := range parents {
		if p == base || p == want {
			continue
		}
		if want != base {
			return false // two that differ
		}
		want = p
	}
	return merged == want
}

// own returns, for each merge, the files that it changed itself.
func (w *walk) own(ctx context.Context, merges []merge) ([][]string, error) {
	tree := func(m merge, results string) string {
		if results == "" {
			return emptyTree(m.tree)
		}
		return results
	}
	var pairs []trees
	for _, m := range merges {
		for _, b := range m.bases {
			for _, p := range append(slices.Clone(m.parents), m.results) {
				pairs = append(pairs, trees{tree(m, b), tree(m, p)})
			}
		}
	}
	diffs, err := diff(ctx, w.repo, pairs)
	if err != nil {
		return nil, err
	}
	out := make([][]string, len(merges))
	for i, m := range merges {
		unexplained := map[string]int{} // by path: bases that do not explain it
		for range m.bases {
			n := len(m.parents) + 1
			for path, versions := range versions(diffs[:n]) {
				if path != readme && !three(versions[0], versions[1:n], versions[n]) {
					unexplained[path]++
				}
			}
			diffs = diffs[n:]
		}
		for _, path := range slices.Sorted(maps.Keys(unexplained)) {
			if unexplained[path] == len(m.bases) {
				out[i] = append(out[i], "results/"+path)
			}
		}
	}
	return out, nil
}

// versions returns, by path, the version in the base and then in each of the
// trees that were compared with it.
func versions(diffs [][]changed) map[string][]string {
	all := map[string][]string{}
	for i, files := range diffs {
		for _, f := range files {
			v := all[f.path]
			if v == nil { // where a tree does not differ, it has the base's
				v = slices.Repeat([]string{f.before}, len(diffs)+1)
			}
			v[i+1] = f.after
			all[f.path] = v
		}
	}
	return all
}

// quote makes a path fit for a line.
func quote(path string) string {
	return strings.TrimSpace(git.Clean(path, 200))
}
