package history

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// lines writes a history with one line for each change:
//
//	subject: model status score delta note
func lines(h *History) []string {
	var out []string
	number := func(n archive.Number) string {
		if !n.OK() {
			return "-"
		}
		return fmt.Sprintf("%.2f", float64(n))
	}
	for _, c := range h.Changes {
		status := string(c.Status)
		if c.Removed {
			status = "removed"
		}
		note := c.Note
		if c.SetAside {
			note += "set aside"
		}
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s: %s %s %s %s %s", c.Subject, c.Model, status, number(c.Score), number(c.Delta), note)))
	}
	return out
}

func wantLines(t *testing.T, h *History, want ...string) {
	t.Helper()
	if got := lines(h); !slices.Equal(got, want) {
		t.Errorf("history\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestRead(t *testing.T) {
	r := newRepository(t)
	r.write("README.md", nil)
	r.commit("begin")
	r.score("a", .5)
	r.score("b", .2)
	first := r.commit("score a and b\n\nWhy they are scored.\n\nBsgen-PR: 12\nBsgen-Run: 345\nReviewed-by: Eve")
	r.score("a", .6)
	r.commit("mend a", "--author=Bob <bob@example.org>")
	failed := result("a", "Lab2026.IT-rdm", 1, 0)
	failed.Status, failed.Reason, failed.Score, failed.Raw = archive.Failed, "no such layer", nan, nan
	data, err := failed.Encode()
	if err != nil {
		t.Fatal(err)
	}
	r.write(archive.ResultPath("a", "Lab2026.IT-rdm", 1), data)
	r.commit("break a")
	r.git("rm", "-q", "-r", "results/b")
	r.commit("withdraw b")
	r.score("b", .3)
	head := r.commit("b again")

	h := r.read()
	if h.Head != head || h.Shallow {
		t.Errorf("head %s, shallow %v", h.Head, h.Shallow)
	}
	wantLines(t, h,
		"b again: b scored 0.30 -",
		"withdraw b: b removed - -",
		"break a: a failed - -",
		"mend a: a scored 0.60 0.10",
		"score a and b: a scored 0.50 -",
		"score a and b: b scored 0.20 -",
	)
	c := h.Changes[4]
	if c.Hash != first || c.Author != "Ada" || c.PR != "12" || c.Run != "345" || c.Date.Unix() != int64(date(2)) || c.Raw != .25 || c.Unclipped != .5 || len(c.Key) != 64 {
		t.Errorf("%+v", c)
	}
	if c := h.Changes[3]; c.Author != "Bob" || c.PR != "" {
		t.Errorf("%+v", c)
	}
	if c := h.Changes[2]; c.Reason != "no such layer" {
		t.Errorf("%+v", c)
	}
	of := h.Of("a", "Lab2026.IT-rdm", 1)
	if len(of) != 3 || of[0].Subject != "break a" || of[2].Subject != "score a and b" {
		t.Errorf("%d changes of a", len(of))
	}
	if of := h.Of("a", "Lab2026.IT-rdm", 2); len(of) != 0 {
		t.Errorf("%d changes of another version", len(of))
	}
}

// TestDelta compares raw values where there are no scores, and nothing where
// only one version has one.
func TestDelta(t *testing.T) {
	scored := func(raw, score archive.Number) blob { return blob{status: archive.Scored, raw: raw, score: score} }
	for _, test := range []struct {
		name          string
		before, after blob
		want          archive.Number
	}{
		{"scores", scored(9, .25), scored(1, .5), .25},
		{"raw values", scored(1, nan), scored(.5, nan), -.5},
		{"a score and a raw value", scored(1, nan), scored(1, .5), nan},
		{"nothing before", blob{}, scored(1, .5), nan},
		{"failed", blob{status: archive.Failed, raw: nan, score: nan}, scored(1, .5), nan},
		{"no values", scored(nan, nan), scored(nan, nan), nan},
	} {
		got := delta(test.before, test.after)
		if got != test.want && (got.OK() || test.want.OK()) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestRename(t *testing.T) {
	r := newRepository(t)
	r.score("a", .5)
	r.commit("score a")
	r.git("mv", "results/a", "results/z")
	r.commit("rename a to z")
	wantLines(t, r.read(),
		"rename a to z: a removed - -",
		"rename a to z: z scored 0.50 -",
		"score a: a scored 0.50 -",
	)
}

// TestMerge: a merge without a conflict changes nothing; one with a conflict
// that was settled by a third number does.
func TestMerge(t *testing.T) {
	r := newRepository(t)
	r.score("a", .1)
	r.commit("base")
	r.git("checkout", "-q", "-b", "side")
	r.score("a", .2)
	r.score("b", .7)
	r.commit("side")
	r.git("checkout", "-q", "main")
	r.score("a", .3)
	r.score("c", .9)
	r.commit("main")
	r.git("merge", "-q", "--no-commit", "-s", "ours", "side")
	r.git("checkout", "side", "--", "results/b")
	r.score("a", .4)
	r.commit("merge")
	wantLines(t, r.read(),
		"merge: a scored 0.40 0.10",
		"main: a scored 0.30 0.20",
		"main: c scored 0.90 -",
		"side: a scored 0.20 0.10",
		"side: b scored 0.70 -",
		"base: a scored 0.10 -",
	)
}

// TestMergeSetsAside: the merge keeps the older of two numbers.
func TestMergeSetsAside(t *testing.T) {
	r := newRepository(t)
	r.score("a", .1)
	r.commit("base")
	r.git("checkout", "-q", "-b", "side")
	r.git("checkout", "-q", "main")
	r.score("a", .2)
	r.commit("main")
	r.git("checkout", "-q", "side")
	r.score("a", .3)
	r.score("b", .5)
	r.commit("side")
	r.git("checkout", "-q", "main")
	r.git("merge", "-q", "-s", "ours", "-m", "keep ours", "side")
	wantLines(t, r.read(),
		"side: a scored 0.30 0.20 set aside",
		"side: b scored 0.50 - set aside",
		"main: a scored 0.20 0.10",
		"base: a scored 0.10 -",
	)
}

// TestRewritten: what a force-push left behind is no history of HEAD, whatever
// the cache says.
func TestRewritten(t *testing.T) {
	r := newRepository(t)
	opts := Options{Cache: filepath.Join(t.TempDir(), "cache")}
	r.score("a", .1)
	old := r.commit("first")
	if _, err := Read(t.Context(), r.root, opts); err != nil {
		t.Fatal(err)
	}
	r.score("a", .2)
	r.commit("other", "--amend")
	h, err := Read(t.Context(), r.root, opts)
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, h, "other: a scored 0.20 -")
	if h.Changes[0].Hash == old {
		t.Error("the commit that was rewritten is still there")
	}
}

// TestShallow: a shallow clone does not make its oldest commit the author of
// everything.
func TestShallow(t *testing.T) {
	r := newRepository(t)
	for i, m := range []string{"one", "two", "three"} {
		r.score("a", .1*float64(i+1))
		r.commit(m)
	}
	clone := filepath.Join(t.TempDir(), "clone")
	runGit(t, t.TempDir(), "clone", "-q", "--depth", "2", "file://"+filepath.ToSlash(r.root), clone)
	opts := Options{Cache: filepath.Join(t.TempDir(), "cache")}
	h, err := Read(t.Context(), clone, opts)
	if err != nil {
		t.Fatal(err)
	}
	if !h.Shallow {
		t.Error("the clone is not called shallow")
	}
	wantLines(t, h, "three: a scored 0.30 0.10")
	runGit(t, clone, "fetch", "-q", "--unshallow")
	if h, err = Read(t.Context(), clone, opts); err != nil {
		t.Fatal(err)
	}
	if h.Shallow {
		t.Error("the full clone is called shallow")
	}
	wantLines(t, h, "three: a scored 0.30 0.10", "two: a scored 0.20 0.10", "one: a scored 0.10 -")
}

// TestSubfolder reads an archive that is a folder of a larger repository, from
// a path relative to the working folder, on SHA-256 object names.
func TestSubfolder(t *testing.T) {
	r := newRepository(t, "--object-format=sha256")
	r.score("outside", .1)
	r.commit("outside")
	data, err := os.ReadFile(filepath.Join(r.root, archive.ResultPath("outside", "Lab2026.IT-rdm", 1)))
	if err != nil {
		t.Fatal(err)
	}
	r.write("boards of the lab/results/inside/Lab2026.IT-rdm@1.json", data)
	r.commit("inside")
	t.Chdir(r.root)
	h, err := Read(t.Context(), "boards of the lab", Options{})
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, h, "inside: inside scored 0.10 -")
	if len(h.Changes[0].Hash) != 64 {
		t.Errorf("commit %s", h.Changes[0].Hash)
	}
}

// TestConfiguration sets what would change the output of git log.
func TestConfiguration(t *testing.T) {
	r := newRepository(t)
	r.score("a", .1)
	r.commit("Größe")
	r.git("mv", "results/a", "results/b")
	r.commit("move")
	before := lines(r.read())
	for key, value := range map[string]string{
		"log.showRoot": "false", "log.follow": "true", "log.showSignature": "true", "log.diffMerges": "separate", "log.mailmap": "true",
		"diff.renames": "copies", "diff.relative": "false", "diff.noprefix": "true", "diff.external": "false", "diff.orderFile": os.DevNull,
		"core.abbrev": "4", "core.quotePath": "true", "core.pager": "false", "color.ui": "always", "format.pretty": "fuller",
		"i18n.logOutputEncoding": "ISO-8859-1", "log.date": "relative", "notes.displayRef": "*",
	} {
		r.git("config", key, value)
	}
	if after := lines(r.read()); !slices.Equal(before, after) || len(after) != 3 {
		t.Errorf("with settings of the user\n%q, without\n%q", after, before)
	}
}
