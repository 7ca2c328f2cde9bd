package dataset

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"

	"github.com/bsgen/bsgen/assembly"
)

// TrialFormat says how tables of behavioural trials are read.
type TrialFormat struct {
	Columns  map[string]string // subject, condition, truth, choice, stimulus -> column
	Stimulus *regexp.Regexp    // first group of a match in the stimulus column is the stimulus; nil: the column as it is
	Labels   []string          // the label set
	NoAnswer string            // written where a subject did not answer
	Aliases  map[string]string // condition as written -> canonical
	Exclude  []string          // canonical conditions that are not scored
}

// maxTrials bounds the number of trials of an assembly.
const maxTrials = 10_000_000

type trial struct {
	subject, stimulus string
	condition         string
	truth, choice     int
	at                string // file:line
}

// Trials reads one CSV file after the other and joins them into trials on
// common items. Every stimulus must stand in one condition with one truth, and
// a subject may see it once.
func Trials(f TrialFormat, files []string, data [][]byte) (*assembly.Trials, error) {
	label := map[string]int{}
	for i, l := range f.Labels {
		label[l] = i
	}
	if f.NoAnswer != "" {
		label[f.NoAnswer] = assembly.NoAnswer
	}
	var trials []trial
	for i, file := range files {
		more, err := readTrials(f, label, file, data[i])
		if err != nil {
			return nil, err
		}
		if trials = append(trials, more...); len(trials) > maxTrials {
			return nil, fmt.Errorf("%s: more than %d trials", file, maxTrials)
		}
	}
	return joinTrials(f, trials)
}

func readTrials(f TrialFormat, label map[string]int, file string, data []byte) ([]trial, error) {
	name := func(key string) string { return cmp.Or(f.Columns[key], key) }
	t, err := NewTable(file, data, CSV, name("subject"), name("condition"), name("truth"), name("choice"), name("stimulus"))
	if err != nil {
		return nil, err
	}
	var trials []trial
	for {
		row, line, err := t.Next()
		if err == io.EOF {
			return trials, nil
		}
		if err != nil {
			return nil, err
		}
		tr := trial{subject: row[0], condition: row[1], at: fmt.Sprintf("%s:%d", file, line)}
		if c, ok := f.Aliases[tr.condition]; ok {
			tr.condition = c
		}
		var ok bool
		if tr.truth, ok = label[row[2]]; !ok || tr.truth < 0 {
			return nil, t.Errorf(line, "the category %.60q is not in the label set", row[2])
		}
		if tr.choice, ok = label[row[3]]; !ok {
			return nil, t.Errorf(line, "the choice %.60q is not in the label set", row[3])
		}
		if tr.stimulus, ok = stimulusName(f.Stimulus, row[4]); !ok {
			return nil, t.Errorf(line, "%.60q does not match the stimulus pattern", row[4])
		}
		if tr.subject == "" {
			return nil, t.Errorf(line, "the subject is empty")
		}
		trials = append(trials, tr)
	}
}

// stimulusName extracts the stimulus from its column.
func stimulusName(re *regexp.Regexp, s string) (string, bool) {
	if re == nil {
		return s, s != ""
	}
	m := re.FindStringSubmatch(s)
	if m == nil {
		return "", false
	}
	return m[1], m[1] != ""
}

func joinTrials(f TrialFormat, trials []trial) (*assembly.Trials, error) {
	out := &assembly.Trials{Labels: f.Labels, Excluded: map[string]bool{}}
	first := map[string]trial{} // by stimulus
	conditions, subjects := map[string]bool{}, map[string]bool{}
	for _, tr := range trials {
		if slices.Contains(f.Exclude, tr.condition) {
			out.Excluded[tr.stimulus] = true
			conditions[tr.condition] = false
			continue
		}
		conditions[tr.condition], subjects[tr.subject] = true, true
		before, ok := first[tr.stimulus]
		if !ok {
			first[tr.stimulus] = tr
			continue
		}
		if before.condition != tr.condition || before.truth != tr.truth {
			return nil, fmt.Errorf("%s: the stimulus %.60q has another condition or category than at %s", tr.at, tr.stimulus, before.at)
		}
	}
	for _, c := range f.Exclude {
		if _, ok := conditions[c]; !ok {
			return nil, fmt.Errorf("the excluded condition %.60q does not occur; there are %s", c, assembly.NameList(slices.Sorted(maps.Keys(conditions)), 20))
		}
	}
	for c, kept := range conditions {
		if kept {
			out.Conditions = append(out.Conditions, c)
		}
	}
	slices.Sort(out.Conditions)
	out.Subjects = slices.Sorted(maps.Keys(subjects))
	item := map[string]int{}
	for i, name := range slices.Sorted(maps.Keys(first)) {
		if out.Excluded[name] {
			return nil, fmt.Errorf("%s: the stimulus %.60q stands in a scored and in an excluded condition", first[name].at, name)
		}
		condition, _ := slices.BinarySearch(out.Conditions, first[name].condition)
		out.Items = append(out.Items, assembly.Item{Stimulus: name, Condition: condition, Truth: first[name].truth})
		item[name] = i
	}
	if len(out.Items) == 0 {
		return nil, fmt.Errorf("there are no trials to score")
	}
	out.Choices = make([][]int, len(out.Subjects))
	for s := range out.Choices {
		out.Choices[s] = slices.Repeat([]int{assembly.NotShown}, len(out.Items))
	}
	for _, tr := range trials {
		i, ok := item[tr.stimulus]
		if !ok {
			continue
		}
		s, _ := slices.BinarySearch(out.Subjects, tr.subject)
		if out.Choices[s][i] != assembly.NotShown {
			return nil, fmt.Errorf("%s: %s sees the stimulus %.60q a second time", tr.at, assembly.Name(tr.subject), tr.stimulus)
		}
		out.Choices[s][i] = tr.choice
	}
	return out, nil
}

// Choices reads a model's choices from a CSV file with a column for the
// stimulus and one for the choice. pattern, which may be nil, is the
// benchmark's stimulus pattern; a name that it does not match stays as it is.
// Two rows for one stimulus are an error.
func Choices(file string, data []byte, columns map[string]string, pattern *regexp.Regexp) (*assembly.Choices, error) {
	t, err := NewTable(file, data, CSV, cmp.Or(columns["stimulus"], "stimulus"), cmp.Or(columns["choice"], "choice"))
	if err != nil {
		return nil, err
	}
	out := &assembly.Choices{ByStimulus: map[string]string{}}
	for {
		row, line, err := t.Next()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		name, ok := stimulusName(pattern, row[0])
		if !ok {
			name = row[0]
		}
		if _, dup := out.ByStimulus[name]; dup {
			return nil, t.Errorf(line, "a second row for the stimulus %.60q", name)
		}
		if len(out.ByStimulus) == maxTrials {
			return nil, t.Errorf(line, "more than %d rows", maxTrials)
		}
		out.ByStimulus[name] = row[1]
	}
}
