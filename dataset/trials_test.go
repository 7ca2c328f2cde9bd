package dataset

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/assembly"
)

var testFormat = TrialFormat{
	Columns:  map[string]string{"subject": "subj", "truth": "category", "choice": "object_response", "stimulus": "imagename"},
	Stimulus: regexp.MustCompile(`(?:^|_)((?:n0[^_]*_)?[^_]+)$`),
	Labels:   []string{"bear", "cat"},
	NoAnswer: "na",
	Aliases:  map[string]string{"1": "1.0", "inf": "none"},
	Exclude:  []string{"none"},
}

const trialHeader = "subj,Session,trial,rt,object_response,category,condition,imagename\n"

// goodTrials has two subjects, two scored images and one excluded condition.
// The column Session has a capital and the reader does not look at it.
const goodTrials = trialHeader +
	"s1,1,1,.5,bear,bear,1,0001_hp_s01_1_bear_10_n0123_77.png\n" +
	"s1,1,2,.5,na,cat,1,0002_hp_s01_1_cat_00_cat7.png\n" +
	"s1,1,3,.5,cat,cat,inf,0003_hp_s01_inf_cat_00_cat8.png\n" +
	"s2,1,1,.5,cat,bear,1,0009_hp_s02_1_bear_10_n0123_77.png\n"

func TestTrials(t *testing.T) {
	tr, err := Trials(testFormat, []string{"a.csv"}, [][]byte{[]byte(goodTrials)})
	if err != nil {
		t.Fatal(err)
	}
	if got := tr.StimulusNames(); !slices.Equal(got, []string{"cat7.png", "n0123_77.png"}) {
		t.Errorf("stimuli %q", got)
	}
	if !slices.Equal(tr.Conditions, []string{"1.0"}) || !tr.Excluded["cat8.png"] || !slices.Equal(tr.Subjects, []string{"s1", "s2"}) {
		t.Errorf("conditions %q, excluded %v, subjects %q", tr.Conditions, tr.Excluded, tr.Subjects)
	}
	want := [][]int{{assembly.NoAnswer, 0}, {assembly.NotShown, 1}}
	for s := range want {
		if !slices.Equal(tr.Choices[s], want[s]) {
			t.Errorf("choices of %s: %v, want %v", tr.Subjects[s], tr.Choices[s], want[s])
		}
	}
}

func TestTrialsErrors(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"empty", "", "a.csv:1: the file is empty"},
		{"missing column", "subj,category\ns1,bear\n", `a.csv:1: there is no column "condition"; the columns are subj, category`},
		{"category outside the labels", trialHeader + "s1,1,1,.5,bear,dog,1,x_a.png\n", `a.csv:2: the category "dog" is not in the label set`},
		{"category is no answer", trialHeader + "s1,1,1,.5,bear,na,1,x_a.png\n", `a.csv:2: the category "na" is not in the label set`},
		{"choice outside the labels", trialHeader + "s1,1,1,.5,dog,bear,1,x_a.png\n", `a.csv:2: the choice "dog" is not in the label set`},
		{"no stimulus", trialHeader + "s1,1,1,.5,bear,bear,1,x_\n", `a.csv:2: "x_" does not match the stimulus pattern`},
		{"no subject", trialHeader + ",1,1,.5,bear,bear,1,x_a.png\n", "a.csv:2: the subject is empty"},
		{"short row", trialHeader + "s1,1,1\n", "a.csv:2: wrong number of fields"},
		{"bare quote", trialHeader + "s\"1,1,1,.5,bear,bear,1,x_a.png\n", "a.csv:2: bare \" in non-quoted-field"},
		{"seen twice", goodTrials + "s2,1,2,.5,cat,bear,1,0010_hp_s02_1_bear_10_n0123_77.png\n", `a.csv:6: s2 sees the stimulus "n0123_77.png" a second time`},
		{"two categories", goodTrials + "s2,1,2,.5,cat,bear,1,x_cat7.png\n", `a.csv:6: the stimulus "cat7.png" has another condition or category than at a.csv:3`},
		{"scored and excluded", goodTrials + "s2,1,2,.5,cat,cat,1,x_cat8.png\n", `scored and in an excluded condition`},
		{"excluded condition is absent", trialHeader + "s1,1,1,.5,bear,bear,1,x_a.png\n", `the excluded condition "none" does not occur; there are 1.0`},
		{"nothing left", trialHeader + "s1,1,1,.5,bear,bear,inf,x_a.png\n", "there are no trials to score"},
	} {
		_, err := Trials(testFormat, []string{"a.csv"}, [][]byte{[]byte(c.data)})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestChoicesAlign(t *testing.T) {
	tr, err := Trials(testFormat, []string{"a.csv"}, [][]byte{[]byte(goodTrials)})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, data, want string }{
		{"in another order, with an excluded stimulus", "stimulus,choice\nn0123_77.png,bear\ncat8.png,bear\ncat7.png,cat\n", ""},
		{"upstream's long names", "stimulus,choice\n0001_hp_n0123_77.png,bear\ncat7.png,cat\n", ""},
		{"byte-order mark", "\xef\xbb\xbfStimulus,Choice\nn0123_77.png,bear\ncat7.png,cat\n", ""},
		{"only some stimuli", "stimulus,choice\ncat7.png,cat\n", "has no row for 1 of 2 stimuli: n0123_77.png"},
		{"no stimuli", "stimulus,choice\n", "has no row for 2 of 2 stimuli: cat7.png, n0123_77.png"},
		{"outside the label set", "stimulus,choice\nn0123_77.png,dog\ncat7.png,cat\n", "outside the label set on 1 of 2 stimuli: n0123_77.png (dog)"},
		{"all names differ", "stimulus,choice\ncat7,cat\nn0123_77,bear\n", `no stimulus name matches: the file has "cat7", the set "cat7.png"`},
		{"a capital", "stimulus,choice\nn0123_77.png,Bear\ncat7.png,cat\n", "n0123_77.png (Bear)\nhint: upper and lower case differ: the labels are bear, cat"},
		{"another order of the text", "stimulus,choice\nn0123_77.png,bear\ncat7.png,\u202ecat\n", `cat7.png ("\u202ecat")`},
		{"no answer", "stimulus,choice\nn0123_77.png,na\ncat7.png,cat\n", "outside the label set"},
		{"NaN", "stimulus,choice\nn0123_77.png,NaN\ncat7.png,cat\n", "outside the label set"},
		{"unknown stimulus", "stimulus,choice\nn0123_77.png,bear\ncat7.png,cat\nfish.png,cat\n", "has a row for a stimulus that the set does not have: fish.png"},
		{"twice", "stimulus,choice\ncat7.png,bear\ncat7.png,cat\n", `m.csv:3: a second row for the stimulus "cat7.png"`},
		{"missing column", "stimulus,answer\ncat7.png,bear\n", `m.csv:1: there is no column "choice"; the columns are stimulus, answer`},
	} {
		got := ""
		ch, err := Choices("m.csv", []byte(c.data), nil, testFormat.Stimulus)
		if err == nil {
			var aligned []int
			if aligned, err = tr.Align(ch); err == nil && !slices.Equal(aligned, []int{1, 0}) {
				t.Errorf("%s: aligned to %v, want cat, bear", c.name, aligned)
			}
		}
		if err != nil {
			got = err.Error()
		}
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzTrials(f *testing.F) {
	f.Add([]byte(goodTrials))
	f.Add([]byte(trialHeader))
	f.Fuzz(func(t *testing.T, data []byte) {
		tr, err := Trials(testFormat, []string{"f.csv"}, [][]byte{data})
		if err != nil {
			return
		}
		if len(tr.Choices) != len(tr.Subjects) || len(tr.Items) == 0 || !slices.IsSorted(tr.StimulusNames()) {
			t.Errorf("%d rows of choices for %d subjects, %d items", len(tr.Choices), len(tr.Subjects), len(tr.Items))
		}
	})
}

func FuzzChoices(f *testing.F) {
	f.Add([]byte("stimulus,choice\na,b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := Choices("f.csv", data, nil, testFormat.Stimulus); err == nil && c.ByStimulus == nil {
			t.Error("neither choices nor an error")
		}
	})
}
