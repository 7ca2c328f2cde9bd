package main

import (
	"context"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/git"
)

// standing is how an archive's files stand to the last commit.
type standing struct {
	head  string          // "" where git or a repository is missing, or nothing is committed
	dirty map[string]bool // parts of the archive that differ from it
}

// commit returns the commit that the archive's files are in, or "" where they differ
// from it: a page must not name a commit that does not hold what it shows.
func (s standing) commit() string {
	if len(s.dirty) > 0 {
		return ""
	}
	return s.head
}

// committed are the paths of the files that a site is made of.
var committed = []string{"submissions", "benchmarks", "results", "boards", "content", "site.yaml"}

// readHead asks git for the commit alone.
func readHead(ctx context.Context, root string) standing {
	head, _, _ := git.Repository{Dir: root}.Head(ctx) // what git does not tell is not known
	return standing{head: head}
}

// after returns how the files stand after some parts have changed, and the commit has
// not.
func (s standing) after(ctx context.Context, root string, changed []string) standing {
	const most = 100 // parts, from which on git is asked about all of them
	if len(changed) > most {
		changed = committed
	}
	if s.head == "" {
		return s
	}
	asked := map[string]bool{}
	for _, part := range changed {
		asked[part] = true
	}
	out := standing{head: s.head, dirty: map[string]bool{}}
	for part := range s.dirty {
		first, _, _ := strings.Cut(part, "/")
		if !asked[part] && !asked[first] {
			out.dirty[part] = true
		}
	}
	g := git.Repository{Dir: root}
	prefix, err := g.Prefix(ctx)
	if err != nil {
		return standing{}
	}
	args := append([]string{"--literal-pathspecs", "status", "--porcelain", "--no-renames", "--untracked-files=all", "-z", "--"}, changed...)
	listed, err := g.Output(ctx, args...)
	if err != nil {
		return standing{}
	}
	for line := range strings.SplitSeq(listed, "\x00") {
		if len(line) > 3 { // two letters and a space
			out.dirty[archive.Part(strings.TrimPrefix(line[3:], prefix))] = true
		}
	}
	return out
}
