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
	"strings"
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
	What  string   // "has no row for", "has a row for", ...
	Names []string // the stimuli concerned
	Of    int      // how many stimuli there are
}

// Error names the number of stimuli and the first few.
func (e *MismatchError) Error() string {
	show := e.Names
	if len(show) > 3 {
		show = show[:3]
	}
	more := ""
	if n := len(e.Names) - len(show); n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return fmt.Sprintf("the response %s %d of %d stimuli: %s%s", e.What, len(e.Names), e.Of, strings.Join(show, ", "), more)
}
