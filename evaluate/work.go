package evaluate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/bsgen/bsgen/archive"
)

// Work is a shard of a plan and the folder that its results go to:
//
//	<folder>/manifest.json                                 what is done, what failed
//	<folder>/results/<model>/<benchmark>@<version>.json    as in an archive, with sidecars
//
// Only one process may work in a folder. Whatever ends it, the folder holds
// whole files, and running the shard again goes on and ends with the same tree.
type Work struct {
	Dir     string // the shard's folder
	Skipped int    // pairs that were done before
	Left    []Pair // to be scored

	archive  *archive.Archive
	plan     *Plan
	shard    Shard
	pairs    []PlanPair
	outcomes map[pairID]outcome
}

// NewWork opens the shard's folder below dir, or makes it, and finds what is
// left to do: a pair is done where the manifest lists it, and its files are
// those that the manifest and the planned key say. Pairs that failed are left.
//
// A pair of the shard whose key in the archive is not the planned one is an
// [*OutdatedError]: its result would be another than was asked for. A folder
// that holds work for another plan is an error.
func NewWork(a *archive.Archive, p *Plan, s Shard, dir string) (*Work, error) {
	w := &Work{Dir: filepath.Join(dir, s.Folder()), archive: a, plan: p, shard: s, pairs: p.Select(s)}
	pairs, reasons, err := match(a, w.pairs)
	if err != nil {
		return nil, err
	}
	if len(reasons) > 0 {
		return nil, outdated(w.pairs, reasons)
	}
	found, before, err := readManifest(w.Dir, p)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case found != s:
		return nil, fmt.Errorf("%s holds shard %s, not %s", w.Dir, found, s)
	}
	if err := archive.RemoveUnfinished(w.Dir); err != nil {
		return nil, err
	}
	w.outcomes = map[pairID]outcome{}
	for i, planned := range w.pairs {
		if o, ok := before[planned.id()]; ok && o.failure == "" {
			if _, err := readDone(w.Dir, planned, o); err == nil {
				w.outcomes[planned.id()] = o
				w.Skipped++
				continue
			}
		}
		w.Left = append(w.Left, pairs[i])
	}
	var b archive.Batch
	defer b.Discard()
	if err := w.stageManifest(&b); err != nil {
		return nil, err
	}
	return w, b.Commit()
}

// Run scores what is left and calls done for each pair as [Run] does, when its
// result is in the folder. A pair that can not be scored here and now is
// recorded as a failure, and the others go on. A file that can not be written
// ends the work: the next could not be either.
func (w *Work) Run(ctx context.Context, lab *Lab, done func(Outcome)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	Run(ctx, w.archive, lab, w.Left, func(o Outcome) {
		if ctx.Err() != nil {
			return // what was being scored then is left for the next run
		}
		if err := w.record(&o); err != nil {
			cancel(err)
			return
		}
		done(o)
	})
	return context.Cause(ctx)
}

// record writes the outcome and the manifest that lists it. A result that has
// no encoding becomes a failure.
func (w *Work) record(o *Outcome) error {
	var b archive.Batch
	defer b.Discard()
	id := o.Pair.id()
	if o.Err == nil {
		data, sidecar, err := archive.EncodePair(o.Result, o.Sidecar)
		if o.Err = err; err == nil {
			w.outcomes[id] = outcome{sha256: digest(data)}
			files := &archive.ResultFiles{Result: o.Result, Data: data, Sidecar: sidecar}
			if err := (&archive.Archive{Root: w.Dir}).StageResult(&b, files); err != nil {
				return err
			}
		}
	}
	if o.Err != nil {
		w.outcomes[id] = outcome{failure: o.Err.Error()}
	}
	if err := w.stageManifest(&b); err != nil {
		return err
	}
	return b.Commit()
}

func (w *Work) stageManifest(b *archive.Batch) error {
	return b.Put(filepath.Join(w.Dir, manifestName), encodeManifest(w.plan, w.shard, w.pairs, w.outcomes))
}
