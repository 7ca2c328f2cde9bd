package audit

import (
	"bytes"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive/git"
)

func repo(r *repository) git.Repository { return git.Repository{Dir: r.root} }

const (
	hashA = "587be6b4c3f93f93c489c0111bba5596147a26cb"
	hashB = "00750edc07d6415dcc07ae0351e9397b0222b7ba"
	zero  = "0000000000000000000000000000000000000000"
)

// line is a commit as git log writes it.
func line(hash, parents string) string {
	return hash + "\x00" + parents + "\x00" + hashA + "\x00Ada\x00ada@example.org\x00Ada\x00ada@example.org\x002026-01-01\x00subject\x00"
}

// FuzzGraph: no log makes the parser panic or give parents that come first.
func FuzzGraph(f *testing.F) {
	f.Add([]byte(line(hashA, hashB) + line(hashB, "")))
	f.Add([]byte(line(hashA, hashA)))
	f.Add([]byte(line(hashA, "") + line(hashA, "")))
	f.Add([]byte("\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := parseGraph(bytes.NewReader(data))
		if err != nil {
			return
		}
		for i, c := range g.commits {
			for _, p := range c.parents {
				if p <= i || p >= len(g.commits) {
					t.Errorf("commit %d of %d has the parent %d", i, len(g.commits), p)
				}
			}
		}
	})
}

func TestGraphRefuses(t *testing.T) {
	for name, data := range map[string]string{
		"cut":                 line(hashA, "")[:60],
		"no hash":             line("abc", ""),
		"twice":               line(hashA, "") + line(hashA, ""),
		"parents first":       line(hashB, "") + line(hashA, hashB),
		"a parent left out":   line(hashA, hashB),
		"its own parent":      line(hashA, hashA),
		"one line after it":   line(hashA, "") + "\n",
		"hash in capitals":    line(strings.ToUpper(hashA), ""),
		"a hash that is long": line(hashA+"00", ""),
	} {
		if g, err := parseGraph(strings.NewReader(data)); err == nil {
			t.Errorf("%s: %+v", name, g.commits)
		}
	}
}

// FuzzDiff: no answer makes the parser panic or name a pair that was not asked for.
func FuzzDiff(f *testing.F) {
	one := ":100644 100644 " + hashA + " " + hashB + " M\x00a\x00"
	f.Add([]byte(hashA + " " + hashB + "\n" + one + one + hashB + " " + hashA + "\n" + one))
	f.Add([]byte(one))
	f.Add([]byte("\n:\x00"))
	f.Add([]byte(hashA + " " + hashB + "\n:100644 000000 " + hashA + " " + zero + " D\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		last := 0
		_ = parseDiff(bytes.NewReader(data), 3, func(i int, c changed) {
			if i < last || i >= 3 {
				t.Errorf("pair %d after %d", i, last)
			}
			last = i
		})
	})
}

// TestDiff: git's answers for pairs of all kinds, with unusual names.
func TestDiff(t *testing.T) {
	r := newRepository(t)
	r.write("a\nb", "1")
	r.write(":100644 x", "1")
	r.person("one")
	one := r.git("rev-parse", "HEAD^{tree}")
	r.write("a\nb", "2")
	r.remove(":100644 x")
	r.write("c/\xff", "1")
	r.person("two")
	two := r.git("rev-parse", "HEAD^{tree}")
	empty := emptyTree(one)
	got, err := diff(t.Context(), repo(r), []trees{{one, one}, {one, two}, {two, two}, {two, one}, {empty, one}})
	if err != nil {
		t.Fatal(err)
	}
	var names [5]string
	for i, files := range got {
		for _, f := range files {
			letter := "M"
			switch {
			case f.before == "":
				letter = "A"
			case f.after == "":
				letter = "D"
			}
			names[i] += letter + f.path + ";"
		}
	}
	if names[0]+names[2] != "" || names[1] != "D:100644 x;Ma\nb;Ac/\xff;" || names[3] != "A:100644 x;Ma\nb;Dc/\xff;" || strings.Count(names[4], ";") != 7 {
		t.Errorf("%q", names)
	}
	if _, err := diff(t.Context(), repo(r), []trees{{one, strings.Repeat("1", 40)}}); err == nil {
		t.Error("a tree that is not there was compared")
	}
}
