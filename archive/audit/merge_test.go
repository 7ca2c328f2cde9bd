package audit

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestMerges: a merge is judged by what it makes of its parents.
func TestMerges(t *testing.T) {
	const by = ": the merge by Ada <ada@example.org>, on 2026-01-01, has its own version of "
	merge := func(r *repository, args ...string) {
		r.committed("Ada <ada@example.org>", "merge", append([]string{"merge", "-q", "--no-ff"}, args...)...)
	}
	// amend changes the merge that was just made.
	amend := func(r *repository) {
		delete(r.name, r.git("rev-parse", "HEAD"))
		r.git("add", "-A")
		r.committed("Ada <ada@example.org>", "merge", "commit", "-q", "--amend")
	}
	for _, test := range []struct {
		name string
		do   func(r *repository) // on main, which has .6, with a fork at .5 that submits c
		want []string
	}{
		{"of a fork that is behind", func(r *repository) { merge(r, "fork") }, nil},
		{"into a fork that is behind", func(r *repository) {
			r.git("checkout", "-q", "fork")
			merge(r, "main")
		}, nil},
		{"that keeps the fork's older result", func(r *repository) {
			r.git("checkout", "-q", "fork")
			merge(r, "-s", "ours", "main")
		}, []string{"merge: merge" + by + "results/a/x@1.bin, results/a/x@1.json"}},
		{"that writes a third", func(r *repository) {
			merge(r, "fork")
			r.write("results/a/x@1.json", ".99")
			amend(r)
		}, []string{"merge: merge" + by + "results/a/x@1.json"}},
		{"that adds a result", func(r *repository) {
			merge(r, "fork")
			r.score("c", "x", "1")
			amend(r)
		}, []string{"merge: merge" + by + "results/c/x@1.bin, results/c/x@1.json"}},
		{"that removes a result", func(r *repository) {
			merge(r, "fork")
			r.remove("results/a/x@1.json")
			amend(r)
		}, []string{"merge: merge" + by + "results/a/x@1.json"}},
		{"of two recorders' branches", func(r *repository) {
			r.git("checkout", "-q", "fork")
			r.score("c", "x", ".4")
			r.bot("score c")
			r.git("checkout", "-q", "main")
			merge(r, "fork")
		}, nil},
		{"of two branches that changed one result", func(r *repository) {
			r.git("checkout", "-q", "fork")
			r.score("a", "x", ".61")
			r.bot("score a too")
			r.git("checkout", "-q", "main")
			merge(r, "-X", "ours", "fork")
		}, []string{"merge: merge" + by + "results/a/x@1.bin, results/a/x@1.json"}},
		{"of two branches that changed one result, by the writer", func(r *repository) {
			r.git("checkout", "-q", "fork")
			r.score("a", "x", ".61")
			r.bot("score a too")
			r.git("checkout", "-q", "main")
			r.committed(bot, "merge", "merge", "-q", "--no-ff", "-X", "ours", "fork")
		}, nil},
		{"that changes the README", func(r *repository) {
			merge(r, "fork")
			r.write("results/README.md", "other words")
			amend(r)
		}, nil},
		{"of three branches", func(r *repository) {
			r.git("checkout", "-q", "-b", "another", "fork~1")
			r.write("submissions/d/model.yaml", "id: d")
			r.person("submit d")
			r.git("checkout", "-q", "main")
			merge(r, "fork", "another")
		}, nil},
		{"of three branches, with a change", func(r *repository) {
			r.git("checkout", "-q", "-b", "another", "fork~1")
			r.write("submissions/d/model.yaml", "id: d")
			r.person("submit d")
			r.git("checkout", "-q", "main")
			merge(r, "fork", "another")
			r.write("results/a/x@1.json", ".99")
			amend(r)
		}, []string{"merge: merge" + by + "results/a/x@1.json"}},
		{"of a history of its own", func(r *repository) {
			r.git("checkout", "-q", "--orphan", "elsewhere")
			r.git("rm", "-rfq", ".")
			r.score("e", "x", ".3")
			r.bot("score e elsewhere")
			r.git("checkout", "-q", "main")
			merge(r, "--allow-unrelated-histories", "elsewhere")
		}, nil},
		{"that makes a file of results", func(r *repository) {
			merge(r, "fork")
			r.remove("results")
			r.write("results", "nothing")
			amend(r)
		}, []string{"merge: merge" + by + "results/a/x@1.bin, results/a/x@1.json"}},
		{"criss-cross", func(r *repository) {
			main, fork := r.git("rev-parse", "main"), r.git("rev-parse", "fork")
			merge(r, fork)
			r.git("checkout", "-q", "fork")
			merge(r, main)
			r.score("c", "x", ".4")
			r.bot("score c")
			r.git("checkout", "-q", "main")
			r.score("b", "x", ".4")
			r.bot("score b")
			merge(r, "fork")
		}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRepository(t)
			r.score("a", "x", ".5")
			r.bot("begin")
			baseline := r.git("rev-parse", "HEAD:results")
			r.git("checkout", "-q", "-b", "fork")
			r.write("submissions/c/model.yaml", "id: c")
			r.person("submit c")
			r.git("checkout", "-q", "main")
			r.score("a", "x", ".6")
			r.bot("score a again")
			test.do(r)
			r.want(Options{Baseline: baseline}, test.want...)
		})
	}
}

// TestBases compares the common ancestors with those that git finds, in a
// history full of merges.
func TestBases(t *testing.T) {
	r := newRepository(t)
	var hashes []string
	tree := r.git("write-tree")
	make := func(parents ...int) {
		args := []string{"commit-tree", tree, "-m", fmt.Sprint("commit ", len(hashes))}
		for _, p := range parents {
			args = append(args, "-p", hashes[p])
		}
		hashes = append(hashes, r.git(args...))
	}
	make()
	make()
	for i := 2; i < 40; i++ { // each upon one or two of the seven before it
		a, b := i-1-i*5%min(i, 7), i-1-i*3%min(i, 7)
		if a == b || i%3 == 0 {
			make(a)
		} else {
			make(a, b)
		}
	}
	tips := []string{"commit-tree", tree, "-m", "all"}
	for _, h := range hashes {
		tips = append(tips, "-p", h)
	}
	g, err := readGraph(t.Context(), repo(r), r.git(tips...), "")
	if err != nil {
		t.Fatal(err)
	}
	several := 0
	for i := 0; i < len(hashes); i++ {
		for j := i; j < len(hashes); j += 3 {
			var got []string
			for _, b := range g.bases(g.index[hashes[i]], g.index[hashes[j]]) {
				got = append(got, g.commits[b].hash)
			}
			out, _ := exec.Command("git", "-C", r.root, "merge-base", "--all", hashes[i], hashes[j]).Output() // fails where there is none
			want := strings.Fields(string(out))
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("of commits %d and %d: %v, git finds %v", i, j, got, want)
			}
			if len(want) > 1 {
				several++
			}
		}
	}
	if several == 0 {
		t.Error("no two commits have several best common ancestors")
	}
}
