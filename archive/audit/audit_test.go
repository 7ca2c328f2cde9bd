package audit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/git"
)

// TestClean: submissions by people, results by the writer, the two merged, a
// submission withdrawn with its results.
func TestClean(t *testing.T) {
	r := newRepository(t)
	r.person("begin")
	r.score("a", "x", ".5")
	r.bot("score a")
	r.git("checkout", "-q", "-b", "fork", "HEAD~1")
	r.write("submissions/c/model.yaml", "id: c")
	r.person("submit c")
	r.git("checkout", "-q", "main")
	r.score("b", "x", ".6")
	r.score("b", "y", ".6")
	r.bot("score b")
	r.committed("Ada <ada@example.org>", "merge c", "merge", "-q", "--no-ff", "fork")
	r.score("a", "x", ".7")
	r.bot("score a again")
	r.remove("submissions/b", "results/b/x@1.json", "results/b/x@1.bin")
	r.person("withdraw b")
	r.remove("results/b")
	r.person("and the rest of its results")
	r.write("results/README.md", "what is here, in other words")
	r.person("explain")
	report := r.want(Options{})
	if report.Commits != 5 || report.Results != 1 || report.Head != r.git("rev-parse", "HEAD") || report.Baseline != nil || !reflect.DeepEqual(report.Writers, []string{DefaultWriter}) {
		t.Errorf("%+v", report)
	}
	r.want(Options{Writers: []string{"somebody else", "41898282+github-actions[bot]@users.noreply.github.com"}})
	r.want(Options{Writers: []string{bot}})
	report, got := r.audit(Options{Writers: []string{"Lab"}})
	if len(report.Findings) != 3 || !strings.HasPrefix(got, "writer: score a again: github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>, on 2026-01-01, is no allowed writer and changes results/a/x@1.bin, results/a/x@1.json\n") {
		t.Errorf("for other writers:\n%s", got)
	}
}

func TestTampered(t *testing.T) {
	const ada = "Ada <ada@example.org>, on 2026-01-01,"
	for _, test := range []struct {
		name string
		do   func(r *repository)
		want []string
	}{
		{"edited by a person", func(r *repository) {
			r.score("a", "x", ".9")
			r.person("polish")
		}, []string{"writer: polish: " + ada + " is no allowed writer and changes results/a/x@1.bin, results/a/x@1.json"}},
		{"edited and reverted", func(r *repository) {
			r.score("a", "x", ".9")
			r.person("polish")
			r.score("a", "x", ".5")
			r.person("undo")
		}, []string{
			"writer: undo: " + ada + " is no allowed writer and changes results/a/x@1.bin, results/a/x@1.json",
			"writer: polish: " + ada + " is no allowed writer and changes results/a/x@1.bin, results/a/x@1.json",
		}},
		{"edited on a branch", func(r *repository) {
			r.git("checkout", "-q", "-b", "fork")
			r.write("results/a/x@1.json", ".9")
			r.person("polish")
			r.git("checkout", "-q", "main")
			r.committed("Ada <ada@example.org>", "merge", "merge", "-q", "--no-ff", "fork")
		}, []string{"writer: polish: " + ada + " is no allowed writer and changes results/a/x@1.json"}},
		{"added with a submission", func(r *repository) {
			r.write("submissions/c/model.yaml", "id: c")
			r.score("c", "x", "1")
			r.person("submit c")
		}, []string{"writer: submit c: " + ada + " is no allowed writer and changes results/c/x@1.bin, results/c/x@1.json"}},
		{"a name that is not quite the writer's", func(r *repository) {
			r.score("a", "x", ".9")
			r.commit("github-actions <41898282+github-actions@users.noreply.github.com>", "score a")
		}, []string{"writer: score a: github-actions <41898282+github-actions@users.noreply.github.com>, on 2026-01-01, is no allowed writer and changes results/a/x@1.bin, results/a/x@1.json"}},
		{"committed by another one", func(r *repository) {
			r.score("a", "x", ".9")
			r.git("add", "-A")
			r.committed("Ada <ada@example.org>", "score a", "commit", "-q", "--author="+bot)
		}, []string{"writer: score a: by " + bot + ", but committed on 2026-01-01 by Ada <ada@example.org>"}},
		{"committed by GitHub", func(r *repository) {
			r.score("a", "x", ".9")
			r.git("add", "-A")
			r.committed("GitHub <noreply@github.com>", "score a", "commit", "-q", "--author="+bot)
		}, nil},
		{"the writer changes more", func(r *repository) {
			r.score("a", "x", ".9")
			r.write("benchmarks/x/benchmark.yaml", "id: x # easier")
			r.write("site.yaml", "title: mine")
			r.bot("score a")
		}, []string{"alone: score a: it changes results and also benchmarks/x/benchmark.yaml, site.yaml"}},
		{"removed by a person", func(r *repository) {
			r.remove("results/a")
			r.person("forget")
		}, []string{"writer: forget: " + ada + " is no allowed writer and changes results/a/x@1.bin, results/a/x@1.json"}},
		{"removed by the writer", func(r *repository) {
			r.remove("results/a")
			r.bot("forget")
		}, []string{"removed: forget: it removes results/a/x@1.bin, results/a/x@1.json, with submission and benchmark still there"}},
		{"removed with its benchmark", func(r *repository) {
			r.remove("results/a", "benchmarks/x")
			r.person("retire x")
		}, nil},
		{"removed with another one's submission", func(r *repository) {
			r.remove("results/a", "submissions/b")
			r.person("withdraw b")
		}, []string{"writer: withdraw b: " + ada + " is no allowed writer and changes results/a/x@1.bin, results/a/x@1.json"}},
		{"all of results, renamed", func(r *repository) {
			r.git("mv", "results", "Results")
			r.person("rename")
		}, []string{"writer: rename: " + ada + " is no allowed writer and changes results/a/x@1.bin, results/a/x@1.json"}},
		{"results became a file", func(r *repository) {
			r.remove("results")
			r.write("results", "nothing")
			r.person("rename")
		}, []string{"writer: rename: " + ada + " is no allowed writer and changes results/a/x@1.bin, results/a/x@1.json"}},
		{"another file", func(r *repository) {
			r.write("results/notes.txt", "mine")
			r.person("notes")
		}, []string{"writer: notes: " + ada + " is no allowed writer and changes results/notes.txt"}},
		{"a hostile name", func(r *repository) {
			r.score("a", "x", ".9")
			r.commit("A\x1b[1mda\u202e <ada@example.org\x1b[0m>", "polish")
		}, []string{"writer: polish: " + ada + " is no allowed writer and changes results/a/x@1.bin, results/a/x@1.json"}},
		{"a hostile path", func(r *repository) {
			r.write("results/a/\x1b[1m\nfatal: x@1.json", "1")
			r.person("polish")
		}, []string{"writer: polish: " + ada + " is no allowed writer and changes results/a/ fatal: x@1.json"}},
		{"not committed", func(r *repository) {
			r.score("a", "x", ".9")
			r.score("b", "x", ".9")
			r.remove("results/a/x@1.bin")
		}, []string{
			"uncommitted: results: not as the newest commit has it: results/a/x@1.json",
			"uncommitted: results: not committed: results/b/x@1.bin, results/b/x@1.json",
			"uncommitted: results: not there, though the newest commit has it: results/a/x@1.bin",
		}},
		{"not committed, and hidden from git status", func(r *repository) {
			r.git("update-index", "--assume-unchanged", "results/a/x@1.json")
			r.write("results/a/x@1.json", ".9")
		}, []string{"uncommitted: results: not as the newest commit has it: results/a/x@1.json"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRepository(t)
			r.person("begin")
			r.score("a", "x", ".5")
			r.bot("first scores")
			test.do(r)
			r.want(Options{}, test.want...)
		})
	}
}

// TestRoot: the first commit has no parent to be compared with.
func TestRoot(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		r := newRepository(t, "--object-format="+format)
		r.score("a", "x", ".5")
		r.person("begin")
		r.score("a", "x", ".6")
		r.bot("score a")
		r.want(Options{}, "writer: begin: Ada <ada@example.org>, on 2026-01-01, is no allowed writer and changes results/a/x@1.bin, results/a/x@1.json")
		r.write("results/a/x@1.json", ".7")
		if _, got := r.audit(Options{}); !strings.Contains(got, "\nuncommitted: ") {
			t.Errorf("%s: %s", format, got)
		}
	}
}

// TestBaseline: what founders committed is not held against the rules, what
// comes after it is, and commits that are copied have the same baseline.
func TestBaseline(t *testing.T) {
	r := newRepository(t)
	r.score("a", "x", ".5")
	r.person("begin")
	r.score("b", "x", ".6")
	r.write("site.yaml", "title: changed with the results")
	founded := r.person("more by hand")
	tree := r.git("rev-parse", "HEAD:results")
	r.score("a", "x", ".7")
	r.bot("score a")
	report := r.want(Options{Baseline: tree})
	if b := report.Baseline; report.Commits != 1 || report.Results != 2 || b == nil || *b != (Baseline{tree, founded, 1}) {
		t.Errorf("%+v, %+v", report, b)
	}
	// Coming back to it does not move it.
	r.score("a", "x", ".5")
	r.person("undo")
	if _, got := r.audit(Options{Baseline: tree}); !strings.HasPrefix(got, "writer: undo: Ada ") || strings.Contains(got, "\n") {
		t.Errorf("after coming back: %s", got)
	}
	r.git("reset", "-q", "--hard", "HEAD~1")
	// All commits are made again, the founders' squashed into one.
	r.git("checkout", "-q", "--orphan", "copy", founded)
	r.person("squashed")
	r.git("cherry-pick", "main")
	r.want(Options{Baseline: tree}, "writer: "+r.git("rev-parse", "HEAD")+": by "+bot+", but committed on 2026-01-01 by Ada <ada@example.org>")
	r.want(Options{Baseline: strings.Repeat("1", 40)},
		"baseline: site.yaml: no commit has the results 111111111111 that it names as the baseline",
		"writer: "+r.git("rev-parse", "HEAD")+": by "+bot+", but committed on 2026-01-01 by Ada <ada@example.org>",
		"writer: squashed: Ada <ada@example.org>, on 2026-01-01, is no allowed writer and changes results/a/x@1.bin, results/a/x@1.json, results/b/x@1.bin and 1 more")
}

// TestRewritten: who notes the newest commit finds out that the history was
// rewritten, whatever it looks like now.
func TestRewritten(t *testing.T) {
	r := newRepository(t)
	r.write("site.yaml", "audit: {writers: [Lab]}")
	begin := r.person("begin")
	r.score("a", "x", ".5")
	scored := r.bot("score a")
	r.want(Options{Earlier: []string{begin, scored, scored}})
	r.score("a", "x", ".9")
	r.git("add", "-A")
	amended := r.committed(bot, "score a again", "commit", "-q", "--amend")
	r.want(Options{})
	r.want(Options{Earlier: []string{begin}})
	gone := strings.Repeat("0", 39) + "1" // not in the clone at all
	r.want(Options{Earlier: []string{scored, amended, gone}},
		"rewritten: score a: this commit was the newest once and is not in the history any more",
		"rewritten: "+gone+": this commit was the newest once and is not in the history any more")
	// The audit's own settings are a part of the rules; how they are written is not.
	r.write("site.yaml", "title: Lab\naudit:\n  writers:\n    - Lab # us\n")
	r.person("reformat")
	r.want(Options{Earlier: []string{amended}})
	r.write("site.yaml", "audit: {writers: [Lab, Mallory]}")
	r.person("let another one in")
	r.want(Options{Earlier: []string{amended}}, "settings: score a again: site.yaml: the settings of the audit have changed since this commit")
}

// TestSignatures: commits with a writer's name are asked about, others are not.
func TestSignatures(t *testing.T) {
	r := newRepository(t)
	r.person("begin")
	r.score("a", "x", ".5")
	good := r.bot("score a")
	r.score("a", "x", ".6")
	forged := r.bot("score a again")
	r.score("a", "x", ".7")
	r.person("polish")
	var asked []string
	report := r.want(Options{Verify: func(_ context.Context, head string, commits []string) (map[string]string, error) {
		if head != r.git("rev-parse", "HEAD") {
			t.Errorf("the head is %s", head)
		}
		asked = commits
		return map[string]string{forged: "unsigned\x1b[1m", "another": "unsigned"}, nil
	}}, "writer: polish: Ada <ada@example.org>, on 2026-01-01, is no allowed writer and changes results/a/x@1.bin, results/a/x@1.json",
		"signature: score a again: it has a writer's name, and no signature that GitHub vouches for: unsigned")
	if !report.Verified || !reflect.DeepEqual(asked, []string{forged, good}) {
		t.Errorf("asked about %v", asked)
	}
	failed := errors.New("no network")
	_, err := Run(t.Context(), &archive.Archive{Root: r.root}, nil, Options{Verify: func(context.Context, string, []string) (map[string]string, error) { return nil, failed }})
	if !errors.Is(err, failed) {
		t.Errorf("not asked: %v", err)
	}
	// Without a commit to ask about nobody is asked.
	r.want(Options{Writers: []string{"Lab"}, Baseline: r.git("rev-parse", "HEAD:results"), Verify: func(context.Context, string, []string) (map[string]string, error) { return nil, failed }})
}

// TestNone: what is no history, or half of one, is not called clean.
func TestNone(t *testing.T) {
	r := newRepository(t)
	run := func(root string) error {
		_, err := Run(t.Context(), &archive.Archive{Root: root}, nil, Options{})
		return err
	}
	if err := run(r.root); !errors.Is(err, git.ErrNone) {
		t.Errorf("without a commit: %v", err)
	}
	r.person("begin")
	r.person("more")
	shallow := filepath.Join(t.TempDir(), "shallow")
	r.git("clone", "-q", "--depth=1", "file://"+r.root, shallow)
	if err := run(shallow); !errors.Is(err, ErrShallow) {
		t.Errorf("shallow: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, &archive.Archive{Root: r.root}, nil, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	tree := r.git("rev-parse", "HEAD^{tree}")
	if err := os.Remove(filepath.Join(r.root, ".git", "objects", tree[:2], tree[2:])); err != nil {
		t.Fatal(err)
	}
	if err := run(r.root); err == nil || !strings.HasPrefix(err.Error(), "audit results/: ") {
		t.Errorf("damaged: %v", err)
	}
}

// TestFolder: the archive may be a folder of the repository, whatever else is in it.
func TestFolder(t *testing.T) {
	r := newRepository(t)
	r.score("a", "x", ".5")
	r.git("init", "-q") // the commits below are of the folder above
	outer := t.TempDir()
	if err := os.Rename(filepath.Join(r.root, ".git"), filepath.Join(outer, ".git")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(r.root, filepath.Join(outer, "board")); err != nil {
		t.Fatal(err)
	}
	r.root = filepath.Join(outer, "board")
	r.write("../results/mine.txt", "no result of this archive")
	r.person("begin")
	tree := r.git("rev-parse", "HEAD:board/results")
	r.score("a", "x", ".6")
	r.write("../paper.tex", "text")
	r.bot("score a")
	r.remove("submissions/b")
	r.want(Options{Baseline: tree}, "alone: score a: it changes results and also paper.tex")
}

// TestProblems: what is wrong with the files themselves is passed on.
func TestProblems(t *testing.T) {
	r := newRepository(t)
	r.person("begin")
	var ps archive.Problems
	ps.Add("results/a/x@1.json", 3, "score it again", "the file is not as the scorer writes it")
	ps.Add("submissions/a/model.yaml", 1, "", "not the audit's business")
	report, err := Run(t.Context(), &archive.Archive{Root: r.root}, ps, Options{})
	if err != nil || len(report.Findings) != 1 || report.Findings[0] != (Finding{"edited", "", "results/a/x@1.json", "the file is not as the scorer writes it", "score it again"}) {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestSample(t *testing.T) {
	one, again, other := Sample(1000, 20, "seed"), Sample(1000, 20, "seed"), Sample(1000, 20, "seed 2")
	if !reflect.DeepEqual(one, again) || reflect.DeepEqual(one, other) || len(one) != 20 {
		t.Errorf("%v, %v, %v", one, again, other)
	}
	for i, n := range one {
		if n < 0 || n >= 1000 || i > 0 && one[i-1] >= n {
			t.Errorf("%v", one)
		}
	}
	if got := fmt.Sprint(Sample(3, 20, "seed"), Sample(0, 20, "seed"), Sample(3, 0, "seed")); got != "[0 1 2] [] []" {
		t.Error(got)
	}
	// Every result is drawn some day.
	drawn := map[int]bool{}
	for i := range 200 {
		for _, n := range Sample(50, 5, fmt.Sprint(i)) {
			drawn[n] = true
		}
	}
	if len(drawn) != 50 {
		t.Errorf("%d of 50 were ever drawn", len(drawn))
	}
}
