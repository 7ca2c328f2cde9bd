// Package assembly holds the labelled arrays that the rest of bsgen speaks:
// what was measured in animals and people, and what models responded.
//
// An assembly is a measurement on a stimulus set: behavioural [Trials], a set
// of representational dissimilarity matrices ([RDMs]), [ReadingTimes] or
// [Recordings]. A response is a model's side of the same: [Choices], an [RDM],
// [Surprisal] or [Activations]. Rows are matched by the name of the stimulus,
// never by position, except where a file has no names; then its length and the
// digest of the stimulus list must agree.
package assembly

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Assembly is one of [*Trials], [*RDMs], [*ReadingTimes] and [*Recordings].
type Assembly interface {
	// StimulusNames returns the scored stimuli in their canonical order.
	StimulusNames() []string
}

// Response is one of [*Choices], [*RDM], [*Surprisal] and [*Activations].
type Response interface{ response() }

// MismatchError says that a response does not fit the stimulus set.
type MismatchError struct {
	What    string   // "the response has no row for 3 of 160 stimuli"
	Names   []string // the stimuli concerned, as the file or the set has them
	Answers []string // what was answered on each of Names; nil where that is not the point
	Hint    string   // how to mend it; may be empty
}

// Error names the first few of the stimuli.
func (e *MismatchError) Error() string {
	const most = 3
	msg := e.What
	for i, name := range e.Names {
		if i == most {
			msg += fmt.Sprintf(" and %d more", len(e.Names)-most)
			break
		}
		sep := ", "
		if i == 0 {
			sep = ": "
		}
		msg += sep + Name(name)
		if e.Answers != nil {
			msg += " (" + Name(e.Answers[i]) + ")"
		}
	}
	if e.Hint != "" {
		msg += "\nhint: " + e.Hint
	}
	return msg
}

// compare returns the mismatch between the names that the set misses in the
// file and those that only the file has, both sorted; nil if there is none.
// noun is what the names are of, total how many the set has.
func compare(noun string, missing, unknown []string, total int) error {
	switch {
	case len(missing) == total && len(unknown) > 0:
		return &MismatchError{What: fmt.Sprintf("no %s name matches: the file has %.60q, the set %.60q", noun, unknown[0], missing[0])}
	case len(missing) > 0:
		return &MismatchError{What: fmt.Sprintf("the response has no row for %d of %d stimuli", len(missing), total), Names: missing}
	case len(unknown) > 0:
		what := fmt.Sprintf("the response has rows for %d stimuli that the set does not have", len(unknown))
		if len(unknown) == 1 {
			what = "the response has a row for a stimulus that the set does not have"
		}
		return &MismatchError{What: what, Names: unknown}
	}
	return nil
}

// maxName is how many characters of a name are shown.
const maxName = 60

// Name returns a name out of a stranger's file as a message may show it: as it
// is where it is short and every character can be seen, else quoted, and cut
// after 60 characters.
func Name(s string) string {
	if utf8.RuneCountInString(s) > maxName {
		return fmt.Sprintf("%.*q...", maxName, s)
	}
	if s == "" || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return strconv.Quote(s)
	}
	return s
}

// NameList joins the first most of the names for a message, each as [Name]
// shows it.
func NameList(names []string, most int) string {
	var b strings.Builder
	for i, s := range names {
		if i == most {
			fmt.Fprintf(&b, " and %d more", len(names)-most)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(Name(s))
	}
	return b.String()
}
