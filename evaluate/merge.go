package evaluate

import (
	"fmt"
	"slices"

	"github.com/bsgen/bsgen/archive"
)

// IncompleteError says that a plan is not done.
type IncompleteError struct {
	Shards []int    // with pairs that are not done; nil where the number of shards is not known
	Of     int      // number of shards; 0 where not known
	Pairs  []string // "model on benchmark@version: missing", a line for each pair
}

func (e *IncompleteError) Error() string {
	shards := "no shard is there"
	if e.Of > 0 {
		shards = fmt.Sprintf("of %d shards these are not done: %s", e.Of, FormatArray(e.Shards))
	}
	return fmt.Sprintf("%s (%s)", shards, listed(e.Pairs))
}

// Merge writes the results that a survey found into the archive and returns how
// many they are. It is all or nothing, and the order of the folders plays no
// part. These are refused:
//
//   - files that are not those that their manifest lists;
//   - pairs that are not done ([*IncompleteError]), unless partial;
//   - pairs whose key in the archive is not the planned one any more
//     ([*OutdatedError]), unless partial: the result would be stale.
//
// With partial such pairs are left out; a new plan will have them.
func Merge(a *archive.Archive, s *Survey, partial bool) (merged int, err error) {
	gaps := &IncompleteError{Of: s.Shards}
	for _, p := range s.Pairs {
		switch p.Progress {
		case PairDamaged:
			return 0, fmt.Errorf("the result of %s is damaged: %s", p.PlanPair, p.Reason)
		case PairDone:
			continue
		}
		gaps.Pairs = append(gaps.Pairs, p.line())
		if p.Shard >= 0 {
			gaps.Shards = append(gaps.Shards, p.Shard)
		}
	}
	if len(gaps.Pairs) > 0 && !partial {
		slices.Sort(gaps.Shards)
		gaps.Shards = slices.Compact(gaps.Shards)
		return 0, gaps
	}
	_, reasons, err := match(a, s.Plan.Pairs)
	if err != nil {
		return 0, err
	}
	if len(reasons) > 0 && !partial {
		return 0, outdated(s.Plan.Pairs, reasons)
	}
	var batch archive.Batch
	defer batch.Discard()
	for i, p := range s.Pairs {
		if _, old := reasons[i]; old || p.Progress != PairDone {
			continue
		}
		f, err := readDone(p.dir, p.PlanPair, p.result) // again: it may have changed since the survey
		if err != nil {
			return 0, fmt.Errorf("the result of %s is damaged: %s: %w", p.PlanPair, p.dir, err)
		}
		if err := a.StageResult(&batch, f); err != nil {
			return 0, err
		}
		merged++
	}
	if err := batch.Commit(); err != nil {
		return 0, err
	}
	return merged, nil
}
