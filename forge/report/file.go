package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/git"
	"github.com/bsgen/bsgen/forge/pull"
)

// MaxBytes bounds a report's JSON.
const MaxBytes = 1 << 20

// Encode returns the report as JSON of at most [MaxBytes]: of what is too long
// the ends of its lists are left out, and counted.
func (r *Report) Encode() ([]byte, error) {
	c := *r
	c.Schema = Schema
	for {
		data, err := json.MarshalIndent(&c, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("encode the report: %w", err)
		}
		if len(data) < MaxBytes {
			return append(data, '\n'), nil
		}
		if !c.shrink() {
			return nil, fmt.Errorf("encode the report: it has %d bytes", len(data))
		}
	}
}

// shrink leaves out half of the longest list, and reports whether there was
// anything to leave out. Texts go first, then numbers.
func (r *Report) shrink() bool {
	warnings := 0
	for i := range r.Scores {
		warnings = max(warnings, len(r.Scores[i].Warnings))
	}
	cut := func(n int) int { r.Omitted += n - n/2; return n / 2 }
	switch {
	case warnings > 1:
		r.Scores = slices.Clone(r.Scores)
		for i := range r.Scores {
			s := &r.Scores[i]
			if n := len(s.Warnings); n > 1 {
				s.Warnings = s.Warnings[:cut(n)]
			}
		}
	case len(r.Problems) > 10:
		r.Problems = r.Problems[:cut(len(r.Problems))]
	case len(r.Unanswered) > 10:
		r.Unanswered = r.Unanswered[:cut(len(r.Unanswered))]
	case len(r.Dropped) > 10:
		r.Dropped = r.Dropped[:cut(len(r.Dropped))]
	case len(r.Scores) > 10:
		r.Scores = r.Scores[:cut(len(r.Scores))]
	case len(r.Standings) > 10:
		r.Standings = r.Standings[:cut(len(r.Standings))]
	default:
		return false
	}
	return true
}

// Decode parses a report and checks it; see [Report.Validate]. Unknown fields,
// data behind the end and more than [MaxBytes] are errors.
func Decode(in io.Reader) (*Report, error) {
	data, err := io.ReadAll(io.LimitReader(in, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read the report: %w", err)
	}
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("read the report: it has more than %d bytes", MaxBytes)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var r Report
	if err := d.Decode(&r); err != nil {
		return nil, fmt.Errorf("read the report: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("read the report: something follows its end")
	}
	if err := r.Validate(); err != nil {
		return nil, fmt.Errorf("read the report: %w", err)
	}
	return &r, nil
}

// Limits of a sound report.
const (
	maxList  = 10_000 // of a list
	maxBytes = 8000   // of a text: a reason and an example have less
)

// Validate reports the first thing in the report that [Make] would not write.
func (r *Report) Validate() error {
	switch {
	case r.Schema != Schema:
		return fmt.Errorf("schema %d, this bsgen reads %d", r.Schema, Schema)
	case r.Number < 0 || r.Number > math.MaxInt32:
		return fmt.Errorf("the number %d", r.Number)
	case !git.IsHash(r.Head), !git.IsHash(r.Base):
		return fmt.Errorf("head %.80q or base %.80q is no commit", r.Head, r.Base)
	case r.Kind != pull.Submission && r.Kind != pull.Removal && r.Kind != pull.Other:
		return fmt.Errorf("the kind %.80q does not exist", r.Kind)
	case r.Model != "" && archive.CheckID(r.Model) != nil:
		return archive.CheckID(r.Model)
	case r.Model == "" && len(r.Scores)+len(r.Standings) > 0:
		return errors.New("there are scores of no model")
	case !slices.Contains([]string{"", string(archive.RoleModel), string(archive.RoleBaseline), string(archive.RoleReference)}, r.Role):
		return fmt.Errorf("the role %.80q does not exist", r.Role)
	case r.Unchanged < 0 || r.Omitted < 0:
		return errors.New("a count is negative")
	case !(r.Elapsed >= 0 && r.Elapsed <= 1e9):
		return fmt.Errorf("the time %v", r.Elapsed)
	case !slices.Equal(r.Reproduce, r.reproduce()):
		return fmt.Errorf("the commands %.200q are not those of this report", r.Reproduce)
	case len(r.Standings)+len(r.Scores)+len(r.Dropped)+len(r.Unanswered)+len(r.Problems) > maxList:
		return errors.New("a list is too long")
	}
	if err := checkTexts(r.Name, r.Scorer, r.Example.File, r.Example.Text); err != nil {
		return err
	}
	for _, id := range append(slices.Clone(r.Dropped), r.Unanswered...) {
		if err := archive.CheckID(id); err != nil {
			return err
		}
	}
	for _, p := range r.Problems {
		if p.Line < 0 || p.File == "" || p.Msg == "" {
			return fmt.Errorf("the problem %.200q has no place or no message", p)
		}
		if err := checkTexts(p.File, p.Msg, p.Hint); err != nil {
			return err
		}
	}
	for i := range r.Scores {
		if err := r.Scores[i].validate(); err != nil {
			return fmt.Errorf("score %d: %w", i, err)
		}
	}
	for i := range r.Standings {
		if err := r.Standings[i].validate(); err != nil {
			return fmt.Errorf("standing %d: %w", i, err)
		}
	}
	return nil
}

func (s *Score) validate() error {
	for _, id := range []string{s.Benchmark, s.Board} {
		if err := archive.CheckID(id); err != nil {
			return err
		}
	}
	switch {
	case s.Version < 1 || s.Line < 0 || !(s.Elapsed >= 0 && s.Elapsed <= 1e9):
		return fmt.Errorf("version %d, line %d, time %v", s.Version, s.Line, s.Elapsed)
	case !known(s.Status):
		return fmt.Errorf("the status %.80q does not exist", s.Status)
	case len(s.Warnings) > maxList:
		return errors.New("too many warnings")
	}
	if s.Best != nil {
		if err := archive.CheckID(s.Best.Model); err != nil {
			return err
		}
		if err := checkNumbers(s.Best.Value, s.Best.Difference, s.Best.Low, s.Best.High); err != nil {
			return err
		}
	}
	return errors.Join(checkTexts(append(slices.Clone(s.Warnings), s.Reason)...), s.Rank.validate(), s.Before.validate(),
		checkNumbers(s.Raw, s.Ceiling, s.Value, s.Low, s.High))
}

func (s *Standing) validate() error {
	for _, id := range []string{s.Board, s.Node} {
		if err := archive.CheckID(id); err != nil {
			return err
		}
	}
	if s.Have < 0 || s.Of < s.Have {
		return fmt.Errorf("%d benchmarks of %d", s.Have, s.Of)
	}
	return errors.Join(checkTexts(s.Title), s.Rank.validate(), s.Before.validate(), checkNumbers(s.Value, s.Low, s.High))
}

func (b *Before) validate() error {
	if b == nil {
		return nil
	}
	if !known(b.Status) {
		return fmt.Errorf("the status %.80q does not exist", b.Status)
	}
	return errors.Join(b.Rank.validate(), checkNumbers(b.Value))
}

func (r Rank) validate() error {
	sound := 1 <= r.Rank && r.Rank <= r.Of && r.Of < 1<<20 && (r.Best == 0 && r.Worst == 0 || 1 <= r.Best && r.Best <= r.Worst && r.Worst <= r.Of)
	if r != (Rank{}) && !sound {
		return fmt.Errorf("the rank %d, %d to %d of %d", r.Rank, r.Best, r.Worst, r.Of)
	}
	return nil
}

func known(s archive.Status) bool {
	return s == archive.Scored || s == archive.Failed || s == archive.NotApplicable || s == Absent
}

// checkNumbers refuses infinities; what does not exist is null.
func checkNumbers(numbers ...archive.Number) error {
	for _, n := range numbers {
		if math.IsInf(float64(n), 0) {
			return errors.New("a number is infinite")
		}
	}
	return nil
}

func checkTexts(texts ...string) error {
	for _, s := range texts {
		if len(s) > maxBytes || strings.ContainsRune(s, 0) {
			return fmt.Errorf("the text %.80q is too long or holds a zero", s)
		}
	}
	return nil
}
