// Package history reads how the results of an archive came about: every
// version of every file results/<model>/<benchmark>@<version>.json that a
// commit wrote, with the commit's author, date and trailers, the numbers that
// it set and their difference from the version before.
//
// It asks the git program: `git log --raw` names commits and blobs, `git
// cat-file --batch` gives the blobs. What was read is kept in a cache file as
// long as HEAD stays the same. Nothing is fetched and nothing is written to the
// repository.
//
// # What counts
//
// All commits that HEAD descends from count, also those of merged branches, so
// no number that was ever committed is hidden. A merge changed a file where it
// differs from that of every parent. Where a merge kept one branch's file, the
// other branch's changes are still listed, and those that are newer than what
// HEAD holds are marked as set aside. A file that was renamed was removed under
// the one name and added under the other. Commits that a rewritten branch has
// left behind do not count: they are no history of HEAD.
//
// In a shallow clone the commits where it begins are left out: what they
// changed can not be known.
//
// Beside the changes there is the main line, step by step: which results,
// benchmarks, boards and models the branch held. See [Step].
//
// # Trust
//
// Commit messages, author names and old files may hold anything. Text is
// cleaned as it is read: what this package returns has no control characters,
// no escape sequences and nothing that changes the direction of writing. Sizes
// are bounded. A file that can not be read becomes a change with a note.
package history

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/git"
)

// ErrNone is the error of a place that has no history: git is missing, the
// folder is in no repository that git will read, or nothing is committed yet.
// A caller can say so and go on.
var ErrNone = git.ErrNone

// History is what the commits up to HEAD did to the results of an archive.
type History struct {
	Head    string   `json:"head"`            // hash of the commit it was read at
	Shallow bool     `json:"shallow"`         // older commits are not in this clone
	Changes []Change `json:"changes"`         // newest first: no commit comes before its descendants
	Steps   []Step   `json:"steps,omitempty"` // of the main line, oldest first
	Tags    []Tag    `json:"-"`               // of the main line, oldest first
	Aside   int      `json:"-"`               // tags of other commits: of branches, or older than a shallow clone

	once   sync.Once
	byPath map[string][]*Change

	sorted               sync.Once
	byModel, byBenchmark map[string][]*Change
}

// Commit is the commit that made a change. Its texts are clean; see the
// package's comment.
type Commit struct {
	Hash    string    `json:"commit"`
	Author  string    `json:"author"`        // name, as the commit has it
	Date    time.Time `json:"date,omitzero"` // of the author, in UTC; zero where the commit has no sensible one
	Subject string    `json:"subject"`       // first paragraph of the message
	PR      string    `json:"pr,omitempty"`  // trailer Bsgen-PR: number of the pull request
	Run     string    `json:"run,omitempty"` // trailer Bsgen-Run: number of the run that scored it
}

// Change is one version of a result file, or its removal.
type Change struct {
	Commit
	Model     string         `json:"model"`
	Benchmark string         `json:"benchmark"`
	Version   int            `json:"version"` // of the benchmark
	Removed   bool           `json:"removed,omitempty"`
	Status    archive.Status `json:"status,omitempty"` // "" where the file was removed or can not be read
	Reason    string         `json:"reason,omitempty"`
	Key       string         `json:"key,omitempty"`
	Raw       archive.Number `json:"raw"`
	Score     archive.Number `json:"score"`
	Unclipped archive.Number `json:"unclipped"`
	// Delta is the score minus that of the version before, which is the file
	// in the commit's parent; the difference of the raw values where neither
	// has a score. NaN where there is no version before, or no two numbers.
	Delta archive.Number `json:"delta"`
	// SetAside: a merge kept an older version, of another branch, and this one
	// is not what HEAD holds.
	SetAside bool   `json:"set_aside,omitempty"`
	Note     string `json:"note,omitempty"` // why the file can not be read
}

// Path returns the path of the result file, relative to the archive's root.
func (c *Change) Path() string { return archive.ResultPath(c.Model, c.Benchmark, c.Version) }

// Of returns the changes of one result, newest first. It may be called from
// several goroutines, but not before Changes is complete.
func (h *History) Of(model, benchmark string, version int) []*Change {
	h.once.Do(func() {
		h.byPath = map[string][]*Change{}
		for i := range h.Changes {
			c := &h.Changes[i]
			h.byPath[c.Path()] = append(h.byPath[c.Path()], c)
		}
	})
	return h.byPath[archive.ResultPath(model, benchmark, version)]
}

// OfModel returns the changes of a model's results, newest first, without those that
// were set aside. Nil has none. The same goes for it as for [History.Of].
func (h *History) OfModel(id string) []*Change {
	if h == nil {
		return nil
	}
	h.sort()
	return h.byModel[id]
}

// OfBenchmark is [History.OfModel] for a benchmark, in all its versions.
func (h *History) OfBenchmark(id string) []*Change {
	if h == nil {
		return nil
	}
	h.sort()
	return h.byBenchmark[id]
}

func (h *History) sort() {
	h.sorted.Do(func() {
		h.byModel, h.byBenchmark = map[string][]*Change{}, map[string][]*Change{}
		for i := range h.Changes {
			if c := &h.Changes[i]; !c.SetAside {
				h.byModel[c.Model] = append(h.byModel[c.Model], c)
				h.byBenchmark[c.Benchmark] = append(h.byBenchmark[c.Benchmark], c)
			}
		}
	})
}

// Options say how to read. The zero value reads everything from git each time.
type Options struct {
	// Cache is a folder for what was read, such as [DefaultCache]: one file for
	// each archive, replaced when HEAD moves. A cache that is damaged or can
	// not be written is passed over. Empty: none.
	Cache string
}

// Read returns the history of the archive at root, which may be any folder of a
// repository. The error is [ErrNone] where there is none, and something else
// where git failed in the middle.
func Read(ctx context.Context, root string, opts Options) (*History, error) {
	h, err := read(ctx, reader{git.Repository{Dir: root}}, newCache(opts.Cache, root))
	if err != nil && !errors.Is(err, ErrNone) {
		err = fmt.Errorf("read the history of results/: %w", err)
	}
	return h, err
}

func read(ctx context.Context, g reader, cache cache) (*History, error) {
	head, shallow, err := g.Head(ctx)
	if err != nil {
		return nil, err
	}
	if h := cache.load(head); h != nil && !shallow {
		h.Tags, h.Aside, err = g.tags(ctx, head, h.Steps) // tags move without HEAD
		return h, err
	}
	h, complete, err := g.read(ctx, head, shallow)
	if err != nil {
		return nil, err
	}
	// A shallow clone may be deepened and a missing blob be fetched with HEAD
	// where it is: that is not cached.
	if complete && !shallow {
		cache.store(h)
	}
	return h, nil
}

// reader reads the history of an archive from its repository.
type reader struct{ git.Repository }

// read asks git. It is complete if git could give every blob.
func (g reader) read(ctx context.Context, head string, shallow bool) (h *History, complete bool, err error) {
	boundary := map[string]bool{}
	if shallow {
		if boundary, err = g.Boundary(ctx); err != nil {
			return nil, false, err
		}
	}
	entries, err := g.log(ctx, head, boundary)
	if err != nil {
		return nil, false, err
	}
	tree, err := g.Tree(ctx, head, "results/")
	if err != nil {
		return nil, false, err
	}
	current := map[string]string{} // blob by path
	for _, f := range tree {
		current[f.Path] = f.Hash
	}
	steps, line, err := g.line(ctx, head, boundary)
	if err != nil {
		return nil, false, err
	}
	blobs, err := g.blobs(ctx, entries, line)
	if err != nil {
		return nil, false, err
	}
	h = &History{Head: head, Shallow: shallow, Changes: make([]Change, len(entries)), Steps: steps}
	if complete, err = g.fillSteps(ctx, steps, line, blobs); err != nil {
		return nil, false, err
	}
	if h.Tags, h.Aside, err = g.tags(ctx, head, steps); err != nil {
		return nil, false, err
	}
	settled := map[string]bool{} // paths whose version at HEAD has come
	for i, e := range entries {
		c := &h.Changes[i]
		c.Commit, c.Model, c.Benchmark, c.Version = *e.commit, e.model, e.benchmark, e.version
		nan := archive.Number(math.NaN())
		c.Raw, c.Score, c.Unclipped, c.Delta = nan, nan, nan, nan
		switch {
		case e.blob == "":
			c.Removed = true
		case !e.regular:
			c.Note = "not a regular file"
		default:
			b := blobs[e.blob]
			complete = complete && !b.lost
			b.fill(c)
			c.Delta = delta(blobs[e.before], b)
		}
		if path := c.Path(); !settled[path] {
			settled[path] = e.blob == current[path]
			c.SetAside = !settled[path]
		}
	}
	return h, complete, nil
}

// delta returns the difference between two versions of a file. The zero blob
// stands for a version that does not exist.
func delta(before, after blob) archive.Number {
	switch {
	case before.status != archive.Scored || after.status != archive.Scored:
	case before.score.OK() && after.score.OK():
		return after.score - before.score
	case !before.score.OK() && !after.score.OK():
		return after.raw - before.raw // NaN where one is
	}
	return archive.Number(math.NaN())
}
