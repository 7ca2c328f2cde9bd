package audit

import (
	"container/heap"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/bsgen/bsgen/archive/git"
)

// commit is a commit of the history. Its texts are clean.
type commit struct {
	hash      string
	parents   []int // indices
	tree      string
	results   string // tree of results/; "" where there is none
	author    person
	committer person
	date      string // of the author, 2006-01-02
	subject   string
}

// person is who a commit says it is by. Nothing proves it but a signature.
type person struct{ name, email string }

func (p person) String() string { return fmt.Sprintf("%s <%s>", p.name, p.email) }

// graph is the history of a commit: all commits that it descends from, children
// before parents. The first is the commit itself.
type graph struct {
	commits []commit
	index   map[string]int
}

const graphFormat = "tformat:%H%x00%P%x00%T%x00%an%x00%ae%x00%cn%x00%ce%x00%as%x00%s"

// readGraph reads the history of a commit. Prefix is the archive's folder.
func readGraph(ctx context.Context, repo git.Repository, head, prefix string) (*graph, error) {
	var g *graph
	err := repo.Stream(ctx, nil, func(r io.Reader) (err error) {
		g, err = parseGraph(r)
		return err
	}, "log", "-z", "--topo-order", "--format="+graphFormat, "--encoding=UTF-8", "--no-show-signature", "--no-notes", "--no-color", head, "--")
	if err != nil {
		return nil, err
	}
	names := make([]string, len(g.commits))
	for i := range g.commits {
		names[i] = g.commits[i].hash + ":" + prefix + "results/" // with the slash, a file has no such name
	}
	trees, err := repo.Hashes(ctx, names)
	for i := range trees {
		g.commits[i].results = trees[i]
	}
	return g, err
}

// parseGraph reads `git log -z` in graphFormat.
func parseGraph(r io.Reader) (*graph, error) {
	g := &graph{index: map[string]int{}}
	var parents []string
	f := git.NewFields(r)
	for {
		hash, err := f.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		c := commit{hash: hash}
		var of string
		for _, to := range []*string{&of, &c.tree} {
			if *to, err = f.Next(); err != nil {
				return nil, git.Unexpected(err)
			}
		}
		for _, to := range []*string{&c.author.name, &c.author.email, &c.committer.name, &c.committer.email, &c.date, &c.subject} {
			s, err := f.Next()
			if err != nil {
				return nil, git.Unexpected(err)
			}
			*to = git.Clean(s, 300)
		}
		if _, twice := g.index[hash]; twice || !git.IsHash(hash) || !git.IsHash(c.tree) {
			return nil, fmt.Errorf("git log names a commit %q", git.Clean(hash, 100))
		}
		g.index[hash] = len(g.commits)
		g.commits = append(g.commits, c)
		parents = append(parents, of)
	}
	for i := range g.commits {
		for p := range strings.FieldsSeq(parents[i]) {
			n, ok := g.index[p]
			if !ok {
				return nil, fmt.Errorf("git log leaves out the commit %.12s", git.Clean(p, 100))
			}
			if n <= i {
				return nil, fmt.Errorf("git log names the commit %.12s before its descendant", p)
			}
			g.commits[i].parents = append(g.commits[i].parents, n)
		}
	}
	return g, nil
}

// ancestors marks a commit and all that it descends from.
func (g *graph) ancestors(of int) []bool {
	seen := make([]bool, len(g.commits))
	todo := []int{of}
	seen[of] = true
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, p := range g.commits[n].parents {
			if !seen[p] {
				seen[p] = true
				todo = append(todo, p)
			}
		}
	}
	return seen
}

// bases returns the best common ancestors of two commits: those that are no
// ancestor of another one. Children come before parents, so a walk in the order
// of the indices meets a commit after all its descendants.
func (g *graph) bases(a, b int) []int {
	const left, right, stale = 1, 2, 4
	marks := map[int]int{a: left}
	marks[b] |= right
	queue := &indices{a}
	if a != b {
		heap.Push(queue, b)
	}
	live := queue.Len() // in the queue and not stale
	var found []int
	for live > 0 {
		n := heap.Pop(queue).(int)
		m := marks[n]
		if m&stale == 0 {
			live--
		}
		if m == left|right {
			found = append(found, n)
			m |= stale // what it descends from is no better
		}
		for _, p := range g.commits[n].parents {
			before, queued := marks[p]
			after := before | m
			if after == before && queued {
				continue
			}
			marks[p] = after
			switch {
			case !queued:
				heap.Push(queue, p)
				if after&stale == 0 {
					live++
				}
			case before&stale == 0 && after&stale != 0: // it is still in the queue: its index is larger
				live--
			}
		}
	}
	return found
}

// indices is a heap of the smallest.
type indices []int

func (h indices) Len() int           { return len(h) }
func (h indices) Less(i, j int) bool { return h[i] < h[j] }
func (h indices) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *indices) Push(x any)        { *h = append(*h, x.(int)) }
func (h *indices) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
