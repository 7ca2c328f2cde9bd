package main

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// TestStanding: pages name the commit as long as the archive's files are those of the
// commit, wherever in the repository the archive lies.
func TestStanding(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	for _, folder := range []string{"", "boards/own"} {
		top := t.TempDir()
		root := filepath.Join(top, folder)
		git := func(args ...string) {
			t.Helper()
			c := exec.Command("git", append([]string{"-C", top, "-c", "user.name=lab", "-c", "user.email=lab@example.org"}, args...)...)
			if out, err := c.CombinedOutput(); err != nil {
				t.Fatalf("git %v: %v: %s", args, err, out)
			}
		}
		put := func(name, text string) {
			t.Helper()
			if err := archive.WriteFile(filepath.Join(root, name), []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		if s := readHead(t.Context(), root).after(t.Context(), root, committed); s.commit() != "" {
			t.Errorf("%q: %v without a repository", folder, s)
		}
		put("submissions/net/model.yaml", "id: net\n")
		put("content/about.md", "# About\n")
		git("init", "-q")
		git("add", "-A")
		git("commit", "-q", "-m", "first")
		s := readHead(t.Context(), root).after(t.Context(), root, committed)
		if s.commit() == "" || len(s.dirty) > 0 {
			t.Errorf("%q: %v after a commit", folder, s)
		}
		for _, c := range []struct {
			name   string
			change func()
			part   string
			dirty  []string
		}{
			{"edited", func() { put("content/about.md", "# About us\n") }, "content", []string{"content"}},
			{"added", func() { put("submissions/other/model.yaml", "id: other\n") }, "submissions/other", []string{"content", "submissions/other"}},
			{"undone", func() { put("content/about.md", "# About\n") }, "content", []string{"submissions/other"}},
			{"removed again", func() { os.RemoveAll(filepath.Join(root, "submissions/other")) }, "submissions/other", nil},
			{"removed", func() { os.RemoveAll(filepath.Join(root, "submissions/net")) }, "submissions/net", []string{"submissions/net"}},
			{"all at once", func() { put("site.yaml", "title: Lab\n") }, "", []string{"site.yaml", "submissions/net"}},
		} {
			c.change()
			changed := []string{c.part}
			if c.part == "" {
				changed = make([]string, 200) // too many to be asked about one by one
				for i := range changed {
					changed[i] = "submissions/net"
				}
			}
			s = s.after(t.Context(), root, changed)
			if got := slices.Sorted(maps.Keys(s.dirty)); !slices.Equal(got, c.dirty) || (s.commit() == "") != (len(c.dirty) > 0) {
				t.Errorf("%q, %s: %v differ, commit %q, want %v", folder, c.name, got, s.commit(), c.dirty)
			}
		}
	}
}
