// Package audit finds what should not have happened to the results of an
// archive: it reads the whole history of its repository and holds every commit
// against the rules by which results come about.
//
// # The rules
//
// By name, as [Finding.Rule] has it:
//
//   - writer: a commit that changes results/ is by an allowed writer. Others may
//     remove results whose submission or benchmark is not there any more, and
//     nothing else.
//   - signature: GitHub vouches for the signature of a writer's commit; where
//     it is asked.
//   - alone: a writer's commit changes nothing but results/.
//   - removed: no result is removed as long as its submission and benchmark are
//     there. The versions of a benchmark count as one.
//   - merge: a merge has of each result what its parents have: the one's where
//     only one changed it. To keep the older of two, or to write a third, is a
//     change by the merge itself.
//   - rewritten: commits that were the newest before are still in the history.
//   - baseline: the results that stood when the rules began were committed.
//   - settings: what site.yaml says of the audit is what it said before.
//   - edited: each result is as the scorer writes it, its numbers follow from
//     one another, and its sidecar has the digest that it pins.
//   - uncommitted: the files at hand are those of the newest commit.
//
// results/README.md is no result; people write it.
//
// # Where the rules begin
//
// An archive may have results that were committed by hand, before anything
// recorded them by itself. Its site.yaml names them, by the hash that git gives
// to results/ as a whole, and the rules hold from there on. The oldest commit
// with that tree and those that it descends from are not held against the
// rules on commits. The hash stays the same where commits are copied, squashed
// or rebased, and it can stand in the very commit that has the tree.
//
// # What it proves
//
// Names of authors prove nothing: who may push may write any name. A history
// that is kept says when and beside what a number was set, and the one proof of
// a number is to compute it again: see [Sample].
package audit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/git"
)

// DefaultWriter is the author of what a GitHub workflow commits.
const DefaultWriter = "github-actions[bot]"

// Options are what the history is held against.
type Options struct {
	// Writers may change results: names, e-mail addresses, or "name <address>".
	// Empty: [DefaultWriter].
	Writers []string
	// Baseline is git's tree of results/ where the rules begin; empty: the rules
	// hold for all commits.
	Baseline string
	// Earlier are commits that were the newest once, such as those of earlier
	// audits. The newest commit must descend from them.
	Earlier []string
	// Verify returns, by hash, why a commit of a writer is not verified, with
	// nothing where it is. Nil: names are taken for what they are.
	Verify func(ctx context.Context, head string, commits []string) (map[string]string, error)
}

// Report is what an audit found.
type Report struct {
	Schema   int       `json:"schema"`
	Head     string    `json:"head"` // newest commit
	Writers  []string  `json:"writers"`
	Baseline *Baseline `json:"baseline,omitempty"`
	Earlier  []string  `json:"earlier"`          // commits that the history was compared with
	Verified bool      `json:"verified"`         // the signatures of writers' commits were looked at
	Commits  int       `json:"commits"`          // that changed results/ and were held against the rules
	Results  int       `json:"results"`          // files at Head
	Sample   *Sampled  `json:"sample,omitempty"` // results that were scored again
	Findings []Finding `json:"findings"`         // in the order of the rules, then newest commit first
}

// Baseline is where the rules begin.
type Baseline struct {
	Tree    string `json:"tree"`    // of results/
	Commit  string `json:"commit"`  // the oldest with it; "" where there is none
	Results int    `json:"results"` // at Head that are still those of the tree
}

// Sampled says what became of the results that were scored again.
type Sampled struct {
	Seed       string   `json:"seed"`
	Of         int      `json:"of"`         // results that it was drawn from
	Reproduced []string `json:"reproduced"` // paths
	Differ     []string `json:"differ"`     // paths; each has a finding with the rule "score"
	Unread     []string `json:"unread"`     // paths of those that could not be scored here
}

// Finding is something that breaks a rule.
type Finding struct {
	Rule   string `json:"rule"`
	Commit string `json:"commit,omitempty"` // hash; "" where it is no commit's
	Path   string `json:"path,omitempty"`   // file, relative to the archive, where it is one file's
	What   string `json:"what"`             // without capital and full stop
	Hint   string `json:"hint,omitempty"`
}

// String returns "commit: what is wrong", or "path: what is wrong".
func (f Finding) String() string {
	switch {
	case f.Commit != "" && f.Path != "":
		return fmt.Sprintf("%.12s: %s: %s", f.Commit, f.Path, f.What)
	case f.Commit != "":
		return fmt.Sprintf("%.12s: %s", f.Commit, f.What)
	case f.Path != "":
		return f.Path + ": " + f.What
	}
	return f.What
}

// Schema is the version of the reports that this package writes.
const Schema = 1

// ErrShallow says that the clone lacks older commits.
var ErrShallow = errors.New("this clone is shallow: older commits are not in it")

// Run audits the history of the archive, which is open, with its problems. The
// error is [git.ErrNone] where there is no history, and [ErrShallow] where it is
// cut off.
func Run(ctx context.Context, a *archive.Archive, problems archive.Problems, o Options) (*Report, error) {
	r, err := run(ctx, a, problems, o)
	if err != nil && !errors.Is(err, git.ErrNone) && !errors.Is(err, ErrShallow) {
		err = fmt.Errorf("audit results/: %w", err)
	}
	return r, err
}

func run(ctx context.Context, a *archive.Archive, problems archive.Problems, o Options) (*Report, error) {
	repo := git.Repository{Dir: a.Root}
	head, shallow, err := repo.Head(ctx)
	if err != nil {
		return nil, err
	}
	if shallow {
		return nil, ErrShallow
	}
	prefix, err := repo.Prefix(ctx)
	if err != nil {
		return nil, err
	}
	g, err := readGraph(ctx, repo, head, prefix)
	if err != nil {
		return nil, err
	}
	if len(o.Writers) == 0 {
		o.Writers = []string{DefaultWriter}
	}
	w := &walk{Options: o, repo: repo, graph: g, prefix: prefix,
		report: &Report{Schema: Schema, Head: head, Writers: o.Writers, Earlier: []string{}, Findings: []Finding{}}}
	for _, step := range []func(context.Context) error{w.baseline, w.earlier, w.plain, w.merges, w.signatures, w.files} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	for _, p := range problems {
		if strings.HasPrefix(p.File, "results/") {
			w.add(Finding{Rule: "edited", Path: p.File, What: p.Msg, Hint: p.Hint})
		}
	}
	w.report.Sort(func(hash string) int { return g.index[hash] })
	return w.report, nil
}

// rules is the order of the findings.
var rules = []string{"rewritten", "baseline", "settings", "writer", "signature", "alone", "removed", "merge", "edited", "uncommitted", "score"}

// Sort orders the findings by rule, then commit as age has it, then path. A nil
// age leaves commits as they are.
func (r *Report) Sort(age func(hash string) int) {
	slices.SortStableFunc(r.Findings, func(x, y Finding) int {
		c := cmp.Compare(slices.Index(rules, x.Rule), slices.Index(rules, y.Rule))
		if c == 0 && age != nil {
			c = cmp.Compare(age(x.Commit), age(y.Commit))
		}
		if c == 0 && x.Commit == y.Commit {
			c = cmp.Or(strings.Compare(x.Path, y.Path), strings.Compare(x.What, y.What))
		}
		return c
	})
}

// walk is an audit on its way.
type walk struct {
	Options
	repo   git.Repository
	graph  *graph
	prefix string // of the archive in the repository, with a slash at its end
	exempt []bool // commits that are not held against the rules
	signed []int  // commits of writers, which should be signed
	report *Report
}

func (w *walk) add(f Finding) { w.report.Add(f) }

// writer reports whether a person is an allowed writer.
func (w *walk) writer(p person) bool {
	return slices.ContainsFunc(w.Writers, func(s string) bool { return s == p.name || s == p.email || s == p.String() })
}

// baseline finds where the rules begin.
func (w *walk) baseline(context.Context) error {
	w.exempt = make([]bool, len(w.graph.commits))
	if w.Baseline == "" {
		return nil
	}
	b := &Baseline{Tree: w.Baseline}
	w.report.Baseline = b
	for i := len(w.graph.commits) - 1; i >= 0; i-- { // parents come first
		if c := w.graph.commits[i]; c.results == w.Baseline {
			b.Commit, w.exempt = c.hash, w.graph.ancestors(i)
			return nil
		}
	}
	w.add(Finding{Rule: "baseline", Path: "site.yaml", What: fmt.Sprintf("no commit has the results %.12s that it names as the baseline", w.Baseline),
		Hint: "a history that was rewritten does not have them any more; `git rev-parse <commit>:results` prints those of a commit"})
	return nil
}

// signatures asks whether the writers' commits are theirs.
func (w *walk) signatures(ctx context.Context) error {
	if w.Verify == nil {
		return nil
	}
	w.report.Verified = true
	hashes := make([]string, 0, len(w.signed))
	for _, i := range w.signed {
		hashes = append(hashes, w.graph.commits[i].hash)
	}
	if len(hashes) == 0 {
		return nil
	}
	why, err := w.Verify(ctx, w.report.Head, hashes)
	if err != nil {
		return err
	}
	for _, h := range hashes {
		if reason, unverified := why[h]; unverified {
			w.add(Finding{Rule: "signature", Commit: h, What: "it has a writer's name, and no signature that GitHub vouches for: " + git.Clean(reason, 100),
				Hint: "anybody who may push can commit under any name; `bsgen verify` computes its numbers again"})
		}
	}
	return nil
}

// earlier looks for commits that were the newest once.
func (w *walk) earlier(ctx context.Context) error {
	now, err := w.settings(ctx, w.report.Head)
	if err != nil {
		return err
	}
	for _, e := range w.Earlier {
		if slices.Contains(w.report.Earlier, e) {
			continue
		}
		w.report.Earlier = append(w.report.Earlier, e)
		if _, ok := w.graph.index[e]; !ok {
			w.add(Finding{Rule: "rewritten", Commit: e, What: "this commit was the newest once and is not in the history any more",
				Hint: "somebody rewrote the branch: a clone from before still has it, with what was taken away"})
			continue
		}
		then, err := w.settings(ctx, e)
		if err != nil {
			return err
		}
		if then != now {
			w.add(Finding{Rule: "settings", Commit: e, Path: "site.yaml", What: "the settings of the audit have changed since this commit",
				Hint: fmt.Sprintf("`git diff %.12s -- site.yaml` shows how; say in the pull request why", e)})
		}
	}
	return nil
}

// settings returns the audit's settings at a commit, in one text.
func (w *walk) settings(ctx context.Context, hash string) (text string, err error) {
	const max = 1 << 20 // as reading an archive allows
	err = w.repo.Objects(ctx, []string{hash + ":" + w.prefix + "site.yaml"}, max, func(_ int, o git.Object) error {
		text = archive.AuditSettings(o.Data)
		return nil
	})
	return text, err
}
