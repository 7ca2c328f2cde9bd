package record

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/git"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/forge"
)

const consistency = "*-error_consistency"

// TestRace: twenty recorders with a result each, at the same time. Every result
// lands, in a line of commits, each with its own files alone. A recorder that
// gave up is run again, as the nightly run would.
func TestRace(t *testing.T) {
	const n = 20
	l := newLab(t, n)
	base := l.head()
	all := l.survey("*", consistency)
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			for range 5 {
				report, err := l.recorder().Record(t.Context(), one(all, i))
				if errors.Is(err, forge.ErrStaleHead) {
					continue
				}
				if err != nil || report.Results != 1 || len(report.Left)+len(report.Outdated) > 0 {
					t.Errorf("recorder %d: %+v, %v", i, report, err)
				}
				return
			}
			t.Errorf("recorder %d never landed", i)
		})
	}
	close(start)
	wg.Wait()
	lines := strings.Split(l.log("%H %P", base+"..main"), "\n")
	if len(lines) != n {
		t.Fatalf("%d commits, want %d", len(lines), n)
	}
	for i, line := range lines {
		parent := base
		if i+1 < n {
			parent, _, _ = strings.Cut(lines[i+1], " ")
		}
		hash, parents, _ := strings.Cut(line, " ")
		if parents != parent {
			t.Errorf("commit %s has the parents %s, want %s", hash, parents, parent)
		}
		if files := strings.Fields(l.git("--git-dir", l.bare, "show", "--name-status", "--format=", hash)); len(files) != 4 || files[0] != "A" || files[2] != "A" {
			t.Errorf("commit %s changed %v", hash, files)
		}
	}
	if files := l.git("--git-dir", l.bare, "ls-tree", "-r", "--name-only", "main", "results/"); len(strings.Fields(files)) != 2*n {
		t.Errorf("the results are\n%s", files)
	}
}

// one returns a survey of one pair of another.
func one(s *evaluate.Survey, i int) *evaluate.Survey {
	return &evaluate.Survey{Plan: &evaluate.Plan{Pairs: s.Plan.Pairs[i : i+1]}, Pairs: s.Pairs[i : i+1]}
}

// between is a committer with somebody who comes between.
type between struct {
	forge.Committer
	before func(c forge.Commit) error // of each commit
	after  func() error
}

func (b *between) Commit(ctx context.Context, c forge.Commit) (*forge.Committed, error) {
	if b.before != nil {
		if err := b.before(c); err != nil {
			return nil, err
		}
	}
	made, err := b.Committer.Commit(ctx, c)
	if err == nil && b.after != nil {
		err = b.after()
	}
	return made, err
}

// TestStale: the branch moves twice in a row. The second time somebody records
// one of the pairs and changes the submission of another.
func TestStale(t *testing.T) {
	l := newLab(t, 4)
	mine, theirs := l.survey("*", consistency), l.survey("m01", consistency)
	r := l.recorder()
	var pauses []time.Duration
	r.Sleep = func(_ context.Context, d time.Duration) error { pauses = append(pauses, d); return nil }
	tries := 0
	r.Committer = &between{Committer: r.Committer, before: func(forge.Commit) error {
		switch tries++; tries {
		case 1:
			l.edit("site.yaml", "title:", "# moved\ntitle:")
			l.push("move")
		case 2:
			if _, err := l.recorder().Record(t.Context(), theirs); err != nil {
				return err
			}
			l.edit("submissions/m02/model.yaml", "id: m02", "id: m02\nneural_training: [{dataset: Elsewhere2026}]")
			l.push("submit m02 again")
		}
		return nil
	}}
	report, err := r.Record(t.Context(), mine)
	if err != nil || tries != 3 || len(pauses) != 2 {
		t.Fatalf("%v after %d tries and %d pauses", err, tries, len(pauses))
	}
	if report.Results != 2 || report.Recorded != 1 || len(report.Left) > 0 || report.Head != l.head() ||
		len(report.Outdated) != 1 || !strings.HasPrefix(report.Outdated[0], "m02 on Simulated.orientation-error_consistency@1: the key is ") {
		t.Errorf("%+v", report)
	}
	if got := l.log("%s", "-4"); got != "results: score 2 models on Simulated.orientation-error_consistency\nsubmit m02 again\nresults: score m01 on Simulated.orientation-error_consistency\nmove" {
		t.Errorf("commits\n%s", got)
	}
}

// TestGivesUp: a branch that never stands still is left as it is.
func TestGivesUp(t *testing.T) {
	l := newLab(t, 1)
	s, head, tries := l.survey("*", consistency), l.head(), 0
	r := l.recorder()
	r.Sleep = func(context.Context, time.Duration) error { return nil }
	r.Committer = &between{Committer: r.Committer, before: func(forge.Commit) error { tries++; return forge.ErrStaleHead }}
	report, err := r.Record(t.Context(), s)
	if !errors.Is(err, forge.ErrStaleHead) || !strings.HasPrefix(err.Error(), "10 times in a row: ") || tries != 10 || l.head() != head || report.Head != head {
		t.Errorf("%v after %d tries, %+v", err, tries, report)
	}
	// An interruption ends the pause.
	ctx, cancel := context.WithCancel(t.Context())
	r = l.recorder()
	r.Committer = &between{Committer: r.Committer, before: func(forge.Commit) error { cancel(); return forge.ErrStaleHead }}
	if _, err := r.Record(ctx, s); !errors.Is(err, context.Canceled) && !errors.Is(err, forge.ErrStaleHead) {
		t.Errorf("interrupted: %v", err)
	}
}

// TestAgain: recording again changes nothing, also where the answer to the
// first time was lost.
func TestAgain(t *testing.T) {
	l := newLab(t, 2)
	s := l.survey("*", "*")
	r := l.recorder()
	r.Sleep = func(context.Context, time.Duration) error { return nil }
	lost := false
	r.Committer = &between{Committer: r.Committer, after: func() error {
		if !lost {
			lost = true
			return forge.ErrStaleHead
		}
		return nil
	}}
	report, err := r.Record(t.Context(), s)
	if err != nil || report.Results != 0 || report.Recorded != 4 || !lost {
		t.Errorf("a lost answer: %+v, %v", report, err)
	}
	head := l.head()
	report, err = l.recorder().Record(t.Context(), s)
	if err != nil || report.Results != 0 || report.Recorded != 4 || report.Head != head || l.head() != head {
		t.Errorf("again: %+v, %v", report, err)
	}
	// An empty plan needs no archive at all.
	report, err = l.recorder().Record(t.Context(), l.look(evaluate.NewPlan(nil, nil), t.TempDir()))
	if err != nil || report.Results != 0 || report.Head != head || l.head() != head {
		t.Errorf("an empty plan: %+v, %v", report, err)
	}
}

// TestKilled: a recorder that ends between two commits is run again, and the
// results are those of one that was not disturbed.
func TestKilled(t *testing.T) {
	l := newLab(t, 3)
	for _, id := range []string{"m00", "m01"} {
		l.edit("submissions/"+id+"/model.yaml", "name: Pixels", "name: "+id)
		l.push("name " + id + " (#1" + id[2:] + ")")
	}
	s := l.survey("*", "*")
	undisturbed, killed := l.recorder(), l.recorder()
	base := l.head()
	if _, err := undisturbed.Record(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	want := l.tree()
	for at := 1; at <= 3; at++ {
		l.git("--git-dir", l.bare, "update-ref", "refs/heads/main", base)
		ctx, kill := context.WithCancel(t.Context())
		n := 0
		killed.Committer = &between{Committer: plumbing{l.bare}, before: func(forge.Commit) error {
			if n++; n == at {
				kill()
				return ctx.Err()
			}
			return nil
		}}
		report, err := killed.Record(ctx, s)
		if !errors.Is(err, context.Canceled) || report.Results != 2*(at-1) || l.tree() == want {
			t.Errorf("killed at commit %d: %+v, %v", at, report, err)
		}
		report, err = l.recorder().Record(t.Context(), s)
		if err != nil || report.Recorded != 2*(at-1) || report.Results != 6-2*(at-1) {
			t.Errorf("after it: %+v, %v", report, err)
		}
		if got := l.tree(); got != want {
			t.Errorf("killed at commit %d: the tree is %s, want %s", at, got, want)
		}
	}
}

// TestPartial: what is not sound costs its own pair only.
func TestPartial(t *testing.T) {
	l := newLab(t, 3)
	a, _, err := archive.Open(l.work)
	if err != nil {
		t.Fatal(err)
	}
	whole := l.survey("*", "*")
	// The shard of another machine has one pair damaged, and one is not there.
	dir := t.TempDir()
	w, err := evaluate.NewWork(a, whole.Plan, evaluate.Shard{Index: 0, Count: 2}, dir)
	if err != nil {
		t.Fatal(err)
	}
	scored := 0
	if err := w.Run(t.Context(), &evaluate.Lab{Store: demoStore}, func(evaluate.Outcome) { scored++ }); err != nil {
		t.Fatal(err)
	}
	damaged := w.Left[0]
	name := filepath.Join(w.Dir, archive.ResultPath(damaged.Model.ID, damaged.Benchmark.ID, damaged.Benchmark.Version))
	if err := os.Truncate(name, 10); err != nil {
		t.Fatal(err)
	}
	report, err := l.recorder().Record(t.Context(), l.look(whole.Plan, dir))
	if err != nil || report.Results != scored-1 || len(report.Left) != 6-scored+1 {
		t.Errorf("%+v, %v", report, err)
	}
	all := strings.Join(report.Left, "\n")
	if !strings.Contains(all, damaged.Model.ID+" on "+damaged.Benchmark.ID+"@1: damaged: ") || !strings.Contains(all, "@1: missing") {
		t.Errorf("left are\n%s", all)
	}
}

// TestFetch: a clone that lacks the newest commits asks for them, and a
// problem with that is one with the whole.
func TestFetch(t *testing.T) {
	l := newLab(t, 1)
	s := l.survey("*", consistency)
	clone := filepath.Join(t.TempDir(), "clone")
	l.git("clone", "-q", l.bare, clone)
	l.edit("site.yaml", "title:", "# moved\ntitle:")
	l.push("move")
	r := l.recorder()
	r.Clone = git.Repository{Dir: clone}
	head := l.head()
	if _, err := r.Record(t.Context(), s); err == nil || l.head() != head {
		t.Errorf("without the commit: %v", err)
	}
	r.Fetch = func(context.Context, string) error { return errors.New("no network") }
	if _, err := r.Record(t.Context(), s); err == nil || err.Error() != "no network" || l.head() != head {
		t.Errorf("without a network: %v", err)
	}
	r.Fetch = func(_ context.Context, commit string) error {
		l.git("-C", clone, "fetch", "-q", "origin", commit)
		return nil
	}
	if report, err := r.Record(t.Context(), s); err != nil || report.Results != 1 || report.Head != l.head() {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestLarge: what the one committer refuses for its size goes to the other.
func TestLarge(t *testing.T) {
	l := newLab(t, 1)
	s := l.survey("*", consistency)
	r := l.recorder()
	r.Committer = &between{Committer: r.Committer, before: func(forge.Commit) error { return forge.ErrTooLarge }}
	if _, err := r.Record(t.Context(), s); !errors.Is(err, forge.ErrTooLarge) {
		t.Errorf("without another: %v", err)
	}
	r.Large = plumbing{l.bare}
	if report, err := r.Record(t.Context(), s); err != nil || report.Results != 1 || report.Head != l.head() {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestBackoff(t *testing.T) {
	for range 100 {
		for stale, most := range []time.Duration{1: time.Second, 2: 2 * time.Second, 9: 32 * time.Second} {
			if most == 0 {
				continue
			}
			if d := backoff(stale, time.Second); d < 0 || d >= most {
				t.Fatalf("%v after %d tries", d, stale)
			}
		}
		if d := backoff(9, time.Hour); d >= time.Minute {
			t.Fatalf("%v after a slow try", d)
		}
		if d := backoff(1, 0); d >= 100*time.Millisecond {
			t.Fatalf("%v after a quick try", d)
		}
	}
}
