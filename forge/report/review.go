package report

import (
	"fmt"
	"slices"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/forge"
	"github.com/bsgen/bsgen/forge/pull"
)

// CheckName is the name of the check run.
const CheckName = "bsgen report"

// The labels that bsgen sets and takes away. Others are not touched.
const (
	LabelSubmission = "submission"
	LabelScored     = "scored"        // each response has its score
	LabelInvalid    = "invalid"       // something in it has to be changed first
	LabelRescore    = "needs-rescore" // a score is missing, and not by its fault
)

var allLabels = []string{LabelSubmission, LabelScored, LabelInvalid, LabelRescore}

// Labels returns the labels that the pull request should have of those that
// bsgen sets.
func (r *Report) Labels() []string {
	switch r.Verdict() {
	case Invalid:
		if r.Kind == pull.Other {
			return []string{LabelInvalid}
		}
		return []string{LabelSubmission, LabelInvalid}
	case Failed:
		return []string{LabelSubmission, LabelInvalid}
	case Incomplete:
		return []string{LabelSubmission, LabelRescore}
	case Scored:
		return []string{LabelSubmission, LabelScored}
	case Removed:
		return []string{LabelSubmission}
	}
	return nil
}

// relabel returns which labels to add to those that are there, and which to
// remove.
func (r *Report) relabel(there []string) (add, remove []string) {
	want := r.Labels()
	for _, l := range allLabels {
		switch {
		case slices.Contains(want, l) && !slices.Contains(there, l):
			add = append(add, l)
		case !slices.Contains(want, l) && slices.Contains(there, l):
			remove = append(remove, l)
		}
	}
	return add, remove
}

// maxAnnotations bounds the annotations of a check run: four requests.
const maxAnnotations = 4 * forge.MaxAnnotations

// Annotations returns the problems, the failures and the warnings, each at its
// line. Beyond a limit the last one says how many more there are.
func (r *Report) Annotations() []forge.Annotation {
	var out []forge.Annotation
	add := func(level, file string, line int, title, message string) {
		out = append(out, forge.Annotation{Path: clean(file, maxText), Line: max(line, 1), Level: level, Title: clean(title, maxTitle), Message: message})
	}
	for _, p := range r.Problems {
		message := clean(p.Msg, maxText)
		if p.Hint != "" {
			message += "\nhint: " + clean(p.Hint, maxText)
		}
		add("failure", p.File, p.Line, "", message)
	}
	yaml := fmt.Sprintf("submissions/%s/model.yaml", r.Model)
	for i := range r.Scores {
		s := &r.Scores[i]
		switch s.Status {
		case archive.Failed:
			add("failure", yaml, s.Line, s.Benchmark, clean(s.Reason, maxText))
		case Absent:
			add("notice", yaml, s.Line, s.Benchmark, "not computed here: "+clean(s.Reason, maxText))
		}
		for _, text := range s.Warnings {
			add("warning", yaml, s.Line, s.Benchmark, clean(text, maxText))
		}
	}
	if n := len(out) - maxAnnotations; n > 0 {
		out = out[:maxAnnotations]
		last := &out[maxAnnotations-1]
		last.Title, last.Message = "", fmt.Sprintf("and %d more", n+1)
	}
	return out
}

// Check returns the check run of the report.
func (r *Report) Check(details string) forge.Check {
	conclusion := "neutral"
	switch r.Verdict() {
	case Scored:
		conclusion = "success"
	case Invalid, Failed:
		conclusion = "failure"
	}
	return forge.Check{
		Name: CheckName, HeadSHA: r.Head, Conclusion: conclusion, DetailsURL: details,
		Title: clean(r.Headline(), 2*maxTitle), Summary: r.Markdown(), Annotations: r.Annotations(),
	}
}
