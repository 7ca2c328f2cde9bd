package forge_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/forge"
	"github.com/bsgen/bsgen/forge/forgetest"
)

func TestCommit(t *testing.T) {
	for _, unsigned := range []bool{false, true} {
		s, g, _ := connect(t, forgetest.Options{Unsigned: unsigned})
		ctx := t.Context()
		head := must(g.Head(ctx, "main"))(t)
		done, err := g.Commit(ctx, forge.Commit{
			Branch: "main", Expected: head, Headline: "results: score m", Body: "Bsgen-PR: 7\nBsgen-Run: 99",
			Files: []forge.File{{Path: "results/m/b@1.json", Content: []byte("{}\n")}, {Path: "results/m/b@1.bin", Content: []byte{0, 1, 255, '\n'}}, {Path: "README.md", Remove: true}, {Path: "empty"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if want := map[bool]string{true: "not signed"}[unsigned]; done.Verified == unsigned || done.Reason != want {
			t.Errorf("got %+v", done)
		}
		if now := must(s.Head("main"))(t); now != done.SHA || now != must(g.Head(ctx, "main"))(t) {
			t.Errorf("main is at %s, the commit is %s", now, done.SHA)
		}
		if got := must(s.File("main", "results/m/b@1.bin"))(t); got != "\x00\x01\xff\n" {
			t.Errorf("got %q", got)
		}
		if _, err := s.File("main", "README.md"); err == nil {
			t.Error("the file was not removed")
		}
	}
}

func TestCommitStale(t *testing.T) {
	s, g, _ := connect(t, forgetest.Options{})
	ctx := t.Context()
	s.StaleHead(2)
	c := forge.Commit{Branch: "main", Headline: "results: score m", Files: []forge.File{{Path: "results/m/b@1.json", Content: []byte("{}\n")}}}
	for i := range 3 {
		c.Expected = must(g.Head(ctx, "main"))(t)
		_, err := g.Commit(ctx, c)
		if got := errors.Is(err, forge.ErrStaleHead); got != (i < 2) || !got && err != nil {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	if _, err := s.File("main", "results/m/b@1.json"); err != nil {
		t.Error(err)
	}
}

// TestCommitLost loses the answer to a commit that was made: the second call
// finds the branch moved, and the file is there once.
func TestCommitLost(t *testing.T) {
	s, g, pauses := connect(t, forgetest.Options{})
	s.Fail(forgetest.Fault{Path: "/graphql", Lost: true})
	head := must(s.Head("main"))(t)
	_, err := g.Commit(t.Context(), forge.Commit{Branch: "main", Expected: head, Headline: "x", Files: []forge.File{{Path: "a", Content: []byte("a")}}})
	if !errors.Is(err, forge.ErrStaleHead) || len(*pauses) != 1 {
		t.Errorf("got %v after %v", err, *pauses)
	}
	if got := must(s.File("main", "a"))(t); got != "a" {
		t.Errorf("got %q", got)
	}
}

func TestCommitRefused(t *testing.T) {
	s, g, _ := connect(t, forgetest.Options{})
	head := must(s.Head("main"))(t)
	file := func(p string) forge.Commit {
		return forge.Commit{Branch: "main", Expected: head, Headline: "x", Files: []forge.File{{Path: p}}}
	}
	with := func(f func(*forge.Commit)) forge.Commit { c := file("a"); f(&c); return c }
	cases := map[string]forge.Commit{
		"no hash":      with(func(c *forge.Commit) { c.Expected = "HEAD" }),
		"not one line": with(func(c *forge.Commit) { c.Headline = "a\nb" }),
		"no files":     with(func(c *forge.Commit) { c.Files = nil }),
		"given twice": with(func(c *forge.Commit) {
			c.Files = append(c.Files, forge.File{Path: "b"}, forge.File{Path: "a", Remove: true})
		}),
		"file and a folder":   with(func(c *forge.Commit) { c.Files = append(c.Files, forge.File{Path: "a-b"}, forge.File{Path: "a/b"}) }),
		"too large":           with(func(c *forge.Commit) { c.Files[0].Content = make([]byte, forge.MaxCommitBytes*3/4+1) }),
		"not text":            with(func(c *forge.Commit) { c.Body = "\xff" }),
		"does not exist":      with(func(c *forge.Commit) { c.Files[0].Remove = true }),
		"No ref with":         with(func(c *forge.Commit) { c.Branch = "other" }),
		"that bsgen does not": with(func(c *forge.Commit) { c.Branch = "--force" }),
	}
	for want, c := range cases {
		if _, err := g.Commit(t.Context(), c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	for _, p := range hostilePaths {
		if _, err := g.Commit(t.Context(), file(p)); err == nil {
			t.Errorf("the path %q was taken", p)
		}
	}
	for _, b := range []string{"", "-x", "a..b", "a/", "/a", "a//b", "a/.b", "a.lock", "a.lock/b", "a b", "a:b", "a~1", "a^", "@{-1}", "a?x=1", "refs\\x"} {
		if _, err := g.Head(t.Context(), b); err == nil {
			t.Errorf("the branch %q was taken", b)
		}
	}
	if now := must(s.Head("main"))(t); now != head {
		t.Error("main has moved")
	}
}

var hostilePaths = []string{
	"", "/etc/passwd", "..", "../x", "a/../b", "a/./b", "./a", "a//b", "a/", ".git/config", "a/.GIT/hooks/x", "git~1/x", ".gitmodules", "a/.gitattributes",
	"a\\b", "c:x", "a\nb", "a\x00b", "a\xffb", "a\u200b.git", "a\u202eb", ".git./x", ".git ", "a. /b", strings.Repeat("a", 256), strings.Repeat("a/", 600) + "a",
}
