// Package record commits results to a branch by compare-and-swap, so that any
// number of recorders may work at a time and none undoes what another did.
//
// Before each commit a [Recorder] reads the newest tree of the branch and asks
// which of its results belong there: a pair that is recorded under its key is
// left alone, and so is one whose submission or benchmark has changed since it
// was scored. Where the branch moves in the meantime nothing is written, and it
// begins again. So a recorder that was killed is run again, and one that has
// nothing to add adds nothing.
//
// A commit holds the results of the submissions that one pull request brought,
// and no other file. The pull request and the run stand in its trailers:
//
//	Bsgen-PR: 12
//	Bsgen-Run: 3456789
package record

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/git"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/forge"
)

// Recorder commits to one branch. It may be used by one goroutine at a time.
type Recorder struct {
	Committer forge.Committer
	// Large makes the commits that are [forge.ErrTooLarge] for the Committer.
	// Nil: they are an error.
	Large  forge.Committer
	Branch string

	// Clone is where the branch's files are read, at the folder of the archive.
	Clone git.Repository
	// Fetch brings a commit of the branch into the clone. Nil: it has them all.
	Fetch func(ctx context.Context, commit string) error

	// PullOf returns the number of the merged pull request that a commit came
	// with, 0 where there is none. Nil: the commit's subject is asked, which is
	// what the service wrote there, or whoever merged.
	PullOf func(ctx context.Context, commit string) (int, error)
	// Run is the number of the workflow run, for the trailer. Empty: none.
	Run string

	Made func(Made)                       // called for each commit; may be nil
	Note func(format string, args ...any) // called for what a person may want to know; may be nil

	// Tries is how often in a row the branch may have moved before the recorder
	// gives up. Zero means 10.
	Tries int
	// Sleep waits between tries; for tests. Nil: a sleep that ends with the context.
	Sleep func(context.Context, time.Duration) error
}

// Made is a commit that was made.
type Made struct {
	forge.Committed
	Pull    int // 0: none
	Results int
}

// Report is what became of a survey's results.
type Report struct {
	Head     string   // newest commit of the branch as far as the recorder knows
	Results  int      // that were committed
	Recorded int      // that the branch had
	Outdated []string // not committed: the pair has changed, a line each
	Left     []string // not committed: there is no sound result, a line each
}

// Record commits what the branch lacks of the survey's results. The report is
// never nil and says what was done before an error.
func (r *Recorder) Record(ctx context.Context, s *evaluate.Survey) (*Report, error) {
	report := &Report{}
	for stale := 0; ; {
		start, before := time.Now(), report.Results
		err := r.try(ctx, s, report)
		if err == nil || ctx.Err() != nil || !errors.Is(err, forge.ErrStaleHead) {
			return report, err
		}
		if report.Results > before {
			stale = 0
		}
		if stale++; stale >= r.tries() {
			return report, fmt.Errorf("%d times in a row: %w", stale, err)
		}
		if err := r.sleep(ctx, backoff(stale, time.Since(start))); err != nil {
			return report, err
		}
	}
}

// try reads the branch and commits what it lacks, one commit after the other.
// The error is [forge.ErrStaleHead] where somebody came between.
func (r *Recorder) try(ctx context.Context, s *evaluate.Survey, report *Report) error {
	if len(s.Plan.Pairs) == 0 {
		head, err := r.Committer.Head(ctx, r.Branch)
		report.Head = head
		return err
	}
	return r.At(ctx, func(head string, a *archive.Archive, _ archive.Problems) error {
		report.Head = head
		due, err := s.Due(a)
		if err != nil {
			return err
		}
		report.Recorded, report.Outdated, report.Left = max(0, due.Recorded-report.Results), due.Outdated, due.Left
		commits, err := r.commits(ctx, head, a, due.Results)
		if err != nil {
			return err
		}
		for _, c := range commits {
			c.commit.Expected = report.Head
			made, err := r.Committer.Commit(ctx, c.commit)
			if errors.Is(err, forge.ErrTooLarge) && r.Large != nil {
				made, err = r.Large.Commit(ctx, c.commit)
			}
			if err != nil {
				return err
			}
			report.Head = made.SHA
			report.Results += c.results
			if r.Made != nil {
				r.Made(Made{*made, c.pull, c.results})
			}
		}
		return nil
	})
}

// parts are the paths of an archive that decide what is to be recorded.
var parts = []string{"submissions", "benchmarks", "boards", "results", "site.yaml"}

// At calls f with the newest commit of the branch and the archive that it
// holds, in a temporary folder that ends with the call, as [archive.Open] reads it.
func (r *Recorder) At(ctx context.Context, f func(head string, a *archive.Archive, problems archive.Problems) error) (err error) {
	head, err := r.Committer.Head(ctx, r.Branch)
	if err != nil {
		return err
	}
	if r.Fetch != nil {
		if err := r.Fetch(ctx, head); err != nil {
			return err
		}
	}
	dir, err := os.MkdirTemp("", "bsgen-record-")
	if err != nil {
		return fmt.Errorf("make a temporary folder: %w", err)
	}
	defer func() {
		if e := os.RemoveAll(dir); err == nil && e != nil {
			err = fmt.Errorf("remove a temporary folder: %w", e)
		}
	}()
	if err := r.Clone.Export(ctx, head, dir, parts...); err != nil {
		return fmt.Errorf("read the files of %.10s: %w", head, err)
	}
	a, problems, err := archive.Open(dir)
	if err != nil {
		return fmt.Errorf("%s at %.10s: %w", r.Branch, head, err)
	}
	return f(head, a, problems)
}

func (r *Recorder) tries() int {
	if r.Tries <= 0 {
		return 10
	}
	return r.Tries
}

func (r *Recorder) sleep(ctx context.Context, d time.Duration) error {
	if r.Sleep != nil {
		return r.Sleep(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *Recorder) note(format string, args ...any) {
	if r.Note != nil {
		r.Note(format, args...)
	}
}

// backoff draws a pause before the next try from 0 to a bound that doubles with
// each try. It starts at what the try took: where many are at it on one machine,
// or the network is slow, they need to keep out of each other's way for longer.
func backoff(stale int, took time.Duration) time.Duration {
	bound := min(max(took, 100*time.Millisecond), 10*time.Second) << min(stale-1, 5)
	return rand.N(min(bound, time.Minute))
}
