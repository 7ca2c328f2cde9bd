package evaluate

import (
	"fmt"

	"github.com/bsgen/bsgen/archive"
)

// Due is what a survey's results are to an archive: those that it lacks, and
// why it does not take the others.
type Due struct {
	Results  []*archive.ResultFiles // to be added to the archive, in the plan's order
	Recorded int                    // pairs whose result the archive has under the planned key
	Outdated []string               // pairs whose key in the archive is not the planned one any more
	Left     []string               // pairs without a sound result
}

// Due compares the survey with an archive, which may have moved on since the
// plan was made: somebody else may have added results, and submissions and
// benchmarks may have changed. It writes nothing. Where [Merge] is all or nothing,
// this takes each pair for itself. Outdated and Left have a line for each pair:
// "model on benchmark@version: why".
func (s *Survey) Due(a *archive.Archive) (*Due, error) {
	pairs, reasons, err := match(a, s.Plan.Pairs)
	if err != nil {
		return nil, err
	}
	d := &Due{}
	for i, p := range s.Pairs {
		why, outdated := reasons[i]
		switch {
		case outdated:
			d.Outdated = append(d.Outdated, why)
			continue
		case pairs[i].State == Fresh:
			d.Recorded++
			continue
		case p.Progress != PairDone:
			d.Left = append(d.Left, p.line())
			continue
		}
		f, err := readDone(p.dir, p.PlanPair, p.result) // again: it may have changed since the survey
		if err != nil {
			d.Left = append(d.Left, fmt.Sprintf("%s: %s: %s: %v", p.PlanPair, PairDamaged, p.dir, err))
			continue
		}
		d.Results = append(d.Results, f)
	}
	return d, nil
}

// line says what became of the pair: "model on benchmark@version: missing".
func (p PairProgress) line() string {
	line := fmt.Sprintf("%s: %s", p.PlanPair, p.Progress)
	if p.Reason != "" {
		line += ": " + p.Reason
	}
	return line
}
