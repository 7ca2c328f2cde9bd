package assembly

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Special values of a choice.
const (
	NoAnswer = -1 // shown, and answered outside the label set or not at all: wrong
	NotShown = -2 // this subject did not see the item
)

// Trials are the choices of several subjects on the same items.
type Trials struct {
	Subjects   []string
	Conditions []string
	Labels     []string
	Items      []Item          // sorted by stimulus
	Choices    [][]int         // subject x item: index into Labels, or NoAnswer, or NotShown
	Excluded   map[string]bool // stimuli shown in conditions that are not scored
}

// Item is one stimulus in its condition.
type Item struct {
	Stimulus  string
	Condition int // index into Trials.Conditions
	Truth     int // index into Trials.Labels
}

// StimulusNames implements [Assembly].
func (t *Trials) StimulusNames() []string {
	names := make([]string, len(t.Items))
	for i, it := range t.Items {
		names[i] = it.Stimulus
	}
	return names
}

// Choices are what a model answered, by stimulus.
type Choices struct {
	ByStimulus map[string]string
}

func (*Choices) response() {}

// Align returns the model's choice for every item as an index into Labels. A
// stimulus without a row, a row for a stimulus that the set does not have, and
// an answer outside the label set are errors; rows for excluded stimuli are
// passed over.
func (t *Trials) Align(c *Choices) ([]int, error) {
	label := map[string]int{}
	for i, l := range t.Labels {
		label[l] = i
	}
	rest := maps.Clone(c.ByStimulus)
	out := make([]int, len(t.Items))
	var missing, outside, answers []string
	for i, it := range t.Items {
		answer, ok := rest[it.Stimulus]
		if !ok {
			missing = append(missing, it.Stimulus)
			continue
		}
		delete(rest, it.Stimulus)
		if out[i], ok = label[answer]; !ok {
			outside, answers = append(outside, it.Stimulus), append(answers, answer)
		}
	}
	var unknown []string
	for name := range rest {
		if !t.Excluded[name] {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	if len(outside) > 0 && len(missing) == 0 {
		return nil, &MismatchError{
			What:  fmt.Sprintf("the response answers outside the label set on %d of %d stimuli", len(outside), len(t.Items)),
			Names: outside, Answers: answers, Hint: t.labelHint(answers),
		}
	}
	if err := compare("stimulus", missing, unknown, len(t.Items)); err != nil {
		return nil, err
	}
	return out, nil
}

// labelHint lists the labels, and says so where an answer differs from one of
// them in nothing but capitals.
func (t *Trials) labelHint(answers []string) string {
	list := "the labels are " + NameList(t.Labels, 20)
	for _, a := range answers {
		if slices.ContainsFunc(t.Labels, func(l string) bool { return strings.EqualFold(l, a) }) {
			return "upper and lower case differ: " + list
		}
	}
	return list
}
