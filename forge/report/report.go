package report

import (
	"fmt"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/forge/pull"
)

// Schema is the version of the JSON.
const Schema = 1

// Report is what there is to say about a pull request.
type Report struct {
	Schema  int       `json:"schema"`
	Number  int       `json:"number"`  // of the pull request; 0: not of a forge
	Head    string    `json:"head"`    // commit that was scored
	Base    string    `json:"base"`    // commit of the main branch that it is compared with
	Preview bool      `json:"preview"` // made by the pull request's own code
	Kind    pull.Kind `json:"kind"`
	Model   string    `json:"model"` // id; "" where there is none
	Name    string    `json:"name"`
	New     bool      `json:"new"`
	Role    string    `json:"role"`

	Standings  []Standing       `json:"standings"`  // where the model would stand, by board from the root down
	Scores     []Score          `json:"scores"`     // what was scored, by benchmark
	Unchanged  int              `json:"unchanged"`  // results that stay as they are
	Dropped    []string         `json:"dropped"`    // benchmarks that the model has no response for any more
	Unanswered []string         `json:"unanswered"` // benchmarks that count on its boards, and that it has no response for
	Problems   archive.Problems `json:"problems"`
	Example    Example          `json:"example"` // how it is done, where there are problems

	Scorer    string   `json:"scorer"`    // version of bsgen
	Elapsed   float64  `json:"elapsed"`   // seconds that scoring took
	Reproduce []string `json:"reproduce"` // command lines
	Omitted   int      `json:"omitted"`   // list items left out to keep the report small
}

// Absent is the status of a pair that could not be scored for a reason that is
// not the submission's: nothing would be recorded.
const Absent archive.Status = "absent"

// Score is one benchmark's. Numbers that do not exist are NaN, null in JSON.
type Score struct {
	Benchmark string         `json:"benchmark"`
	Version   int            `json:"version"`
	Board     string         `json:"board"`
	Status    archive.Status `json:"status"`
	Reason    string         `json:"reason"`
	Line      int            `json:"line"` // of the response in model.yaml
	Lower     bool           `json:"lower_is_better"`

	Raw     archive.Number `json:"raw"`
	Ceiling archive.Number `json:"ceiling"`
	Value   archive.Number `json:"value"` // the score; where there is no rule for one, the raw value
	Low     archive.Number `json:"low"`   // 95 % interval of Value
	High    archive.Number `json:"high"`

	Rank     Rank     `json:"rank"`
	Best     *Rival   `json:"best"`   // of the other models; nil where there is none
	Before   *Before  `json:"before"` // nil where there was no result
	Warnings []string `json:"warnings"`
	Elapsed  float64  `json:"elapsed"` // seconds
}

// Rank is a place among the models that are ranked; the zero value is none.
type Rank struct {
	Rank  int `json:"rank"`
	Best  int `json:"best"` // 95 % interval; 0 where nothing could be compared
	Worst int `json:"worst"`
	Of    int `json:"of"`
}

// Rival is the best of the other models, and the paired difference to it.
type Rival struct {
	Model      string         `json:"model"`
	Value      archive.Number `json:"value"`
	Difference archive.Number `json:"difference"` // of the submitted model minus this one
	Low        archive.Number `json:"low"`        // 95 % interval of it
	High       archive.Number `json:"high"`
}

// Before is what the main branch has.
type Before struct {
	Status archive.Status `json:"status"`
	Value  archive.Number `json:"value"`
	Rank   Rank           `json:"rank"`
}

// Standing is the mean of a model at an inner node of a board.
type Standing struct {
	Board  string         `json:"board"`
	Node   string         `json:"node"`
	Title  string         `json:"title"` // "Vision / Object errors"
	Value  archive.Number `json:"value"`
	Low    archive.Number `json:"low"`
	High   archive.Number `json:"high"`
	Have   int            `json:"have"` // benchmarks scored
	Of     int            `json:"of"`   // benchmarks that count
	Rank   Rank           `json:"rank"`
	Before *Before        `json:"before"`
}

// Example is text from a sound submission.
type Example struct {
	File string `json:"file"`
	Text string `json:"text"`
}

// Verdict is the report in a word.
type Verdict string

// The verdicts, from bad to good.
const (
	Invalid    Verdict = "invalid"    // the submission has problems and was not scored
	Failed     Verdict = "failed"     // a response can not be scored
	Incomplete Verdict = "incomplete" // a score is missing, and not by the submission's fault
	Scored     Verdict = "scored"
	Removed    Verdict = "removed" // the pull request removes a model
	Unrelated  Verdict = "unrelated"
)

// Verdict returns the verdict.
func (r *Report) Verdict() Verdict {
	switch {
	case len(r.Problems) > 0:
		return Invalid
	case r.Kind == pull.Other:
		return Unrelated
	case r.Kind == pull.Removal:
		return Removed
	case r.count(archive.Failed) > 0:
		return Failed
	case r.count(Absent) > 0:
		return Incomplete
	}
	return Scored
}

// count returns the number of scores with the status.
func (r *Report) count(s archive.Status) int {
	n := 0
	for i := range r.Scores {
		if r.Scores[i].Status == s {
			n++
		}
	}
	return n
}

// reproduce returns the commands that give the same report.
func (r *Report) reproduce() []string {
	if r.Kind != pull.Submission || r.Model == "" {
		return nil
	}
	dir := "preview"
	var lines []string
	if r.Number > 0 {
		dir = fmt.Sprintf("pull-%d", r.Number)
		lines = append(lines, fmt.Sprintf("git fetch origin main pull/%d/head", r.Number))
	}
	return append(lines,
		fmt.Sprintf("bsgen pr fetch --base %s --head %s --out %s", r.Base, r.Head, dir),
		"bsgen pr report "+dir)
}

// seconds rounds a duration for the report.
func seconds(d time.Duration) float64 {
	return float64(d.Round(10*time.Millisecond)) / float64(time.Second)
}
