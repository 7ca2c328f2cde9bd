package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/git"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/forge/pull"
)

// Names in the folder that [pull.Pull] is written to.
const (
	ArchiveDir = "archive" // the main branch with the submission, as extracted
	ScoredDir  = "scored"  // the same with the results of the submission
)

// Options of [Make].
type Options struct {
	Dir     string        // with pull.json and the archive
	Scorer  string        // version of this program
	Preview bool          // this program was built from the pull request
	Limit   time.Duration // of scoring; zero: none
	// Unscored leaves every pair absent, for this reason: scoring was tried and
	// broke off, so that nobody could say more.
	Unscored string
	// Progress is told of each pair. Nil: nobody is.
	Progress func(done, total int, p evaluate.Pair)
}

// Make scores the submission and says where it would stand. It opens no
// connection: data that are not here leave pairs absent, with the reason. The
// results go into a copy of the archive, [ScoredDir], which is made anew.
//
// What is wrong with the pull request is in the report; an error is about this
// machine, or the end of the context.
func Make(ctx context.Context, o Options) (*Report, error) {
	p, err := pull.Read(o.Dir)
	if err != nil {
		return nil, err
	}
	r := &Report{
		Schema: Schema, Number: p.Number, Head: p.Head, Base: p.Base, Kind: p.Kind, Model: p.Model, New: p.New,
		Preview: o.Preview, Scorer: o.Scorer,
	}
	r.Reproduce = r.reproduce()
	for _, problem := range p.Problems {
		r.Problems.Add(git.Clean(problem.File, maxText), problem.Line, git.Clean(problem.Hint, maxText), "%s", git.Clean(problem.Msg, maxText))
	}
	before, _, err := archive.Open(filepath.Join(o.Dir, ArchiveDir))
	if err != nil {
		return nil, err
	}
	if len(r.Problems) > 0 {
		r.Example = example(before, r)
		return r, nil
	}
	if p.Kind != pull.Submission {
		return r, nil
	}
	m, ok := before.Model(p.Model)
	if !ok {
		return nil, fmt.Errorf("%s has no sound submission %s", ArchiveDir, p.Model)
	}
	r.Name, r.Role = git.Clean(m.Name, maxTitle), string(m.Role)
	s := &run{Options: o, report: r, pull: p, before: before}
	return r, s.run(ctx)
}

// run is the scoring of one submission.
type run struct {
	Options
	report *Report
	pull   *pull.Pull
	before *archive.Archive // the main branch's results, the pull request's model
}

func (s *run) run(ctx context.Context) error {
	r := s.report
	todo, err := evaluate.Pairs(s.before, evaluate.Filter{Model: r.Model})
	if err != nil {
		return err
	}
	r.Dropped = dropped(s.before, r.Model, todo)
	all := len(todo)
	todo = slices.DeleteFunc(todo, func(p evaluate.Pair) bool { return p.State == evaluate.Fresh })
	r.Unchanged = all - len(todo)
	after, err := s.copyArchive()
	if err != nil {
		return err
	}
	limited, cancel := ctx, context.CancelFunc(func() {})
	if s.Limit > 0 {
		limited, cancel = context.WithTimeout(ctx, s.Limit)
	}
	defer cancel()
	start := time.Now()
	if err := s.score(limited, after, todo); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	r.Elapsed = seconds(time.Since(start))
	if after, _, err = archive.Open(after.Root); err != nil {
		return err
	}
	return s.compare(after)
}

// dropped lists the benchmarks with a result of the current version that has no
// response any more.
func dropped(a *archive.Archive, model string, pairs []evaluate.Pair) []string {
	answered := map[string]bool{}
	for _, p := range pairs {
		answered[p.Benchmark.ID] = true
	}
	var out []string
	for _, res := range a.Results[model] {
		if b, ok := a.Benchmark(res.Benchmark); ok && b.Version == res.Version && !answered[b.ID] && res.Provenance.Kind == archive.KindComputed {
			out = append(out, b.ID)
		}
	}
	return out
}

// copyArchive makes the archive that results are written to. Files are linked
// where the disk can do that: writers replace them and never change one.
func (s *run) copyArchive() (*archive.Archive, error) {
	from, to := filepath.Join(s.Dir, ArchiveDir), filepath.Join(s.Dir, ScoredDir)
	if err := os.RemoveAll(to); err != nil {
		return nil, err
	}
	gone := map[string]bool{}
	for _, id := range s.report.Dropped {
		b, _ := s.before.Benchmark(id)
		gone[archive.ResultPath(s.report.Model, id, b.Version)] = true
		gone[archive.SidecarPath(s.report.Model, id, b.Version)] = true
	}
	err := filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil || gone[filepath.ToSlash(rel)] {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		if os.Link(name, target) == nil {
			return nil
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o644)
	})
	if err != nil {
		return nil, fmt.Errorf("copy the archive: %w", err)
	}
	a, _, err := archive.Open(to)
	return a, err
}

// score scores the pairs and writes their results.
func (s *run) score(ctx context.Context, a *archive.Archive, pairs []evaluate.Pair) error {
	if s.Unscored != "" {
		for _, p := range pairs {
			sc := s.begin(evaluate.Outcome{Pair: p})
			sc.Status, sc.Reason = Absent, s.Unscored
			s.report.Scores = append(s.report.Scores, sc)
		}
		return nil
	}
	store := dataset.NewStore(a.Site.Hosts)
	store.Offline = true
	done := 0
	var failure error
	evaluate.Run(ctx, a, evaluate.NewLab(store, a.Root), pairs, func(o evaluate.Outcome) {
		done++
		if s.Progress != nil {
			s.Progress(done, len(pairs), o.Pair)
		}
		sc := s.begin(o)
		if o.Err != nil {
			sc.Status, sc.Reason = Absent, s.why(ctx, o.Err)
		} else if err := a.WriteResult(o.Result, o.Sidecar); err != nil {
			failure = cmp.Or(failure, err)
		}
		s.report.Scores = append(s.report.Scores, sc)
	})
	slices.SortFunc(s.report.Scores, func(x, y Score) int { return strings.Compare(x.Benchmark, y.Benchmark) })
	return failure
}

// begin makes a score of what is known without a board.
func (s *run) begin(o evaluate.Outcome) Score {
	b := o.Pair.Benchmark
	sc := Score{
		Benchmark: b.ID, Version: b.Version, Board: b.Board, Lower: b.Direction == "lower",
		Line: o.Pair.Line(), Elapsed: seconds(o.Elapsed),
		Raw: nan, Ceiling: nan, Value: nan, Low: nan, High: nan,
	}
	if o.Result != nil {
		sc.Status, sc.Reason = o.Result.Status, o.Result.Reason
		sc.Raw, sc.Ceiling = o.Result.Raw, o.Result.Ceiling.Value
		sc.Warnings = o.Result.Warnings
	}
	return sc
}

// why explains an absent pair. That data are not here is the fetch's to explain.
func (s *run) why(ctx context.Context, err error) string {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Sprintf("not scored within %v; the scores that are recorded after the merge take the time they need", s.Limit)
	}
	if source, ok := errors.AsType[*dataset.SourceError](err); ok {
		for _, m := range s.pull.Missing {
			if m.SHA256 == source.Source.SHA256 {
				return git.Clean(m.Reason, maxText)
			}
		}
	}
	first, _, _ := strings.Cut(err.Error(), "\n") // a panic has its stack behind
	return git.Clean(first, maxText)
}
