package evaluate

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
)

// Progress says what became of a pair of a plan.
type Progress string

// The progress of a pair.
const (
	PairDone    Progress = "done"
	PairFailed  Progress = "failed"  // could not be scored then and there; running its shard tries again
	PairDamaged Progress = "damaged" // its files are not those that the manifest lists
	PairMissing Progress = "missing" // no shard folder has it
)

// PairProgress is a pair of a plan and what became of it.
type PairProgress struct {
	PlanPair
	Shard    int // -1 where the number of shards is not known
	Progress Progress
	Reason   string // of failed and damaged

	dir    string // shard folder that has it
	result outcome
}

// Survey is what shard folders hold of a plan.
type Survey struct {
	Plan   *Plan
	Shards int // how many the plan was divided into; 0: not known, since there is no folder
	Pairs  []PairProgress
}

// NewSurvey looks for shard folders in and below the given folders and reads
// every file in them. Shards is how many shards there are; 0 takes the number
// from the folders. A shard may be there several times, where a task was run
// twice.
//
// It is an error if folders are of another plan, of divisions into different
// numbers of shards, or have different results for the same pair. Nothing of
// this proves that a result was computed: manifests find accidents. `bsgen
// verify` finds forgeries.
func NewSurvey(p *Plan, dirs []string, shards int) (*Survey, error) {
	s := &Survey{Plan: p, Shards: shards}
	index := map[pairID]*PairProgress{}
	s.Pairs = make([]PairProgress, len(p.Pairs))
	for i, pair := range p.Pairs {
		s.Pairs[i] = PairProgress{PlanPair: pair, Shard: -1, Progress: PairMissing}
		index[pair.id()] = &s.Pairs[i]
	}
	folders, err := shardFolders(dirs)
	if err != nil {
		return nil, err
	}
	for _, dir := range folders {
		shard, outcomes, err := readManifest(dir, p)
		if err != nil {
			return nil, err
		}
		if s.Shards == 0 {
			s.Shards = shard.Count
		}
		if shard.Count != s.Shards {
			return nil, fmt.Errorf("%s is one of %d shards, the others are of %d: every pair is in one shard only where the number is the same", dir, shard.Count, s.Shards)
		}
		for _, pair := range p.Pairs {
			o, ok := outcomes[pair.id()]
			if !ok {
				continue
			}
			if err := index[pair.id()].add(dir, o); err != nil {
				return nil, err
			}
		}
	}
	if s.Shards > 0 {
		for i, shard := range p.divide(s.Shards) {
			s.Pairs[i].Shard = shard
		}
	}
	return s, nil
}

// add takes note of what a shard folder has of the pair. What is damaged in one
// folder is damaged, and what is done in one is not failed.
func (p *PairProgress) add(dir string, o outcome) error {
	if o.failure != "" {
		if p.Progress == PairMissing {
			p.Progress, p.Reason = PairFailed, o.failure
		}
		return nil
	}
	if p.dir != "" && p.result != o {
		return fmt.Errorf("the results of %s differ: %s lists the SHA-256 %.12s, %s lists %.12s", p.PlanPair, p.dir, p.result.sha256, dir, o.sha256)
	}
	p.dir, p.result = dir, o
	if _, err := readDone(dir, p.PlanPair, o); err != nil {
		p.Progress, p.Reason = PairDamaged, fmt.Sprintf("%s: %v", dir, err)
	} else if p.Progress != PairDamaged {
		p.Progress, p.Reason = PairDone, ""
	}
	return nil
}

// shardFolders finds the folders that have a manifest, sorted by path.
func shardFolders(dirs []string) ([]string, error) {
	var folders []string
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && d.Name() == manifestName {
				folders = append(folders, filepath.Dir(name))
				return filepath.SkipDir
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("look for shards: %w", err)
		}
	}
	slices.Sort(folders)
	return slices.Compact(folders), nil
}

// Tally counts pairs by their progress.
type Tally struct{ Done, Failed, Damaged, Missing int }

// Tally returns the count of all pairs, and of each shard's, of which there
// are none where the number of shards is not known.
func (s *Survey) Tally() (all Tally, shards []Tally) {
	shards = make([]Tally, s.Shards)
	for _, p := range s.Pairs {
		all.add(p.Progress)
		if p.Shard >= 0 {
			shards[p.Shard].add(p.Progress)
		}
	}
	return all, shards
}

func (t *Tally) add(p Progress) {
	switch p {
	case PairDone:
		t.Done++
	case PairFailed:
		t.Failed++
	case PairDamaged:
		t.Damaged++
	case PairMissing:
		t.Missing++
	}
}

// Resubmit returns the shards that have pairs that are not done, ascending. It
// is an error where the number of shards is not known and something is to do.
func (s *Survey) Resubmit() ([]int, error) {
	var shards []int
	for _, p := range s.Pairs {
		if p.Progress == PairDone {
			continue
		}
		if p.Shard < 0 {
			return nil, errors.New("there is no shard folder, so it is not known how many shards there are")
		}
		shards = append(shards, p.Shard)
	}
	slices.Sort(shards)
	return slices.Compact(shards), nil
}
