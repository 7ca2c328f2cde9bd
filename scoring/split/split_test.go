package split

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// golden holds what NumPy 1.24.2 and scikit-learn 1.2.1 return; each field's
// call stands at its use below.
var golden struct {
	Uint32                  []uint32        `json:"uint32"`
	RandomSample            []float64       `json:"random_sample"`
	Permutation10           [][]int         `json:"permutation10"`
	Choice                  []int           `json:"choice"`
	ChoiceReplacement       []int           `json:"choice_replacement"`
	Shuffle                 map[int][]Split `json:"shuffle"`
	ShuffleTest             []Split         `json:"shuffle_test"`
	Half                    []Split         `json:"half"`
	Stratified              []Split         `json:"stratified"`
	KFold                   [][]int         `json:"kfold"`
	KFoldShuffled           [][]int         `json:"kfold_shuffled"`
	StratifiedKFold         [][]int         `json:"stratified_kfold"`
	StratifiedKFoldShuffled [][]int         `json:"stratified_kfold_shuffled"`
	GroupKFold              [][]int         `json:"group_kfold"`
	GroupKFoldShuffled      [][]int         `json:"group_kfold_shuffled"`
	Argsort                 map[int][]int   `json:"argsort"`
}

func TestMain(m *testing.M) {
	b, err := os.ReadFile("testdata/sklearn.json")
	if err == nil {
		err = json.Unmarshal(b, &golden)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "reading the reference splits:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// labels137 are the labels obj0 ... obj8, unequally frequent.
func labels137() []string {
	l := make([]string, 137)
	for i := range l {
		l[i] = "obj0"
		if i%5 != 0 {
			l[i] = fmt.Sprintf("obj%d", i*7%9)
		}
	}
	return l
}

// groups150 are 31 groups with many ties in size.
func groups150() []string {
	g := make([]string, 150)
	for i := range g {
		g[i] = fmt.Sprintf("g%02d", i*i%61%43)
	}
	return g
}

func TestRandomState(t *testing.T) {
	r := NewRandomState(1) // RandomState(1).randint(0, 2**32, 10, dtype=uint32)
	for i, want := range golden.Uint32 {
		if got := r.Uint32(); got != want {
			t.Fatalf("word %d = %d, want %d", i, got, want)
		}
	}
	r = NewRandomState(1) // RandomState(1).random_sample(5)
	for i, want := range golden.RandomSample {
		if got := r.Float64(); got != want {
			t.Errorf("sample %d = %v, want %v", i, got, want)
		}
	}
	r = NewRandomState(1) // RandomState(1).permutation(10), three times
	for i, want := range golden.Permutation10 {
		if got := r.Permutation(10); !slices.Equal(got, want) {
			t.Errorf("permutation %d = %v, want %v", i, got, want)
		}
	}
	r = NewRandomState(0) // r.choice(30, 12, replace=False), then r.choice(30, 12)
	if got := r.Choice(30, 12); !slices.Equal(got, golden.Choice) {
		t.Errorf("Choice = %v, want %v", got, golden.Choice)
	}
	if got := r.ChoiceWithReplacement(30, 12); !slices.Equal(got, golden.ChoiceReplacement) {
		t.Errorf("ChoiceWithReplacement = %v, want %v", got, golden.ChoiceReplacement)
	}
}

func TestShuffle(t *testing.T) {
	for n, want := range golden.Shuffle { // ShuffleSplit(3, train_size=.9, random_state=1)
		checkSplits(t, fmt.Sprint("n=", n), want)(Shuffle{Splits: 3, TrainSize: 0.9, Seed: 1}.Split(n))
	}
	// ShuffleSplit(3, test_size=.9, random_state=1), n = 33
	checkSplits(t, "test size", golden.ShuffleTest)(Shuffle{Splits: 3, TestSize: 0.9, Seed: 1}.Split(33))
	// ShuffleSplit(10, train_size=.5, random_state=1), n = 28
	checkSplits(t, "half", golden.Half)(Shuffle{Splits: 10, TrainSize: 0.5, Seed: 1}.Split(28))
	// StratifiedShuffleSplit(4, train_size=.9, random_state=1)
	checkSplits(t, "stratified", golden.Stratified)(Shuffle{Splits: 4, TrainSize: 0.9, Seed: 1}.Stratified(labels137()))
}

// TestStratifiedEqualClasses has only tied fractions: a, b, c, a, b, c, ... (30 samples),
// StratifiedShuffleSplit(10, train_size=.9, random_state=1) of scikit-learn 1.2.1.
func TestStratifiedEqualClasses(t *testing.T) {
	labels := strings.Split(strings.Repeat("abc", 10), "")
	got, err := Default.Stratified(labels)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]int{{8, 22, 15}, {11, 9, 22}, {22, 27, 29}, {29, 13, 21}, {6, 28, 11}, {23, 19, 21}, {1, 14, 21}, {28, 6, 26}, {0, 4, 14}, {13, 3, 8}}
	checkTests(t, "equal classes", want)(got, nil)
}

func TestFolds(t *testing.T) {
	seed := func(s uint32) *uint32 { return &s }
	checkTests(t, "KFold(5)", golden.KFold)(KFold(23, 5, nil))
	checkTests(t, "KFold(5, shuffle=True, random_state=1)", golden.KFoldShuffled)(KFold(23, 5, seed(1)))
	checkTests(t, "StratifiedKFold(5)", golden.StratifiedKFold)(StratifiedKFold(labels137(), 5, nil))
	checkTests(t, "StratifiedKFold(5, shuffle=True, random_state=1)", golden.StratifiedKFoldShuffled)(StratifiedKFold(labels137(), 5, seed(1)))
	checkTests(t, "GroupKFold(4)", golden.GroupKFold)(GroupKFold(groups150(), 4))
	// np.array_split(RandomState(1234).permutation(np.unique(groups)), 10),
	// which is GroupKFold(10, shuffle=True, random_state=1234) of scikit-learn 1.6.
	checkTests(t, "shuffled GroupKFold(10)", golden.GroupKFoldShuffled)(ShuffledGroupKFold(groups150(), 10, 1234))
}

// TestArgsort has ties only, up to the size that is not partitioned, just above
// it, and in many partitions: numpy.argsort(v).
func TestArgsort(t *testing.T) {
	for n, want := range golden.Argsort {
		v := make([]int, n)
		for i := range v {
			v[i] = i * i % 61 % 7
		}
		if got := argsort(v); !slices.Equal(got, want) {
			t.Errorf("argsort of %d = %v\nwant %v", n, got, want)
		}
	}
}

func checkSplits(t *testing.T, name string, want []Split) func([]Split, error) {
	return func(got []Split, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		if len(got) != len(want) {
			t.Fatalf("%s: %d splits, want %d", name, len(got), len(want))
		}
		for i := range want {
			if !slices.Equal(got[i].Test, want[i].Test) {
				t.Errorf("%s: split %d: test %v, want %v", name, i, got[i].Test, want[i].Test)
			}
			if !slices.Equal(got[i].Train, want[i].Train) {
				t.Errorf("%s: split %d: train %v, want %v", name, i, got[i].Train, want[i].Train)
			}
		}
	}
}

func checkTests(t *testing.T, name string, want [][]int) func([]Split, error) {
	return func(got []Split, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		if len(got) != len(want) {
			t.Fatalf("%s: %d splits, want %d", name, len(got), len(want))
		}
		for i := range want {
			if !slices.Equal(got[i].Test, want[i]) {
				t.Errorf("%s: split %d: test %v, want %v", name, i, got[i].Test, want[i])
			}
			n := len(got[i].Test) + len(got[i].Train)
			all := slices.Concat(got[i].Test, got[i].Train)
			slices.Sort(all)
			if len(slices.Compact(all)) != n {
				t.Errorf("%s: split %d: training and test overlap", name, i)
			}
		}
	}
}

func TestErrors(t *testing.T) {
	one := func(_ []Split, err error) error { return err }
	for _, c := range []struct {
		err  error
		want string
	}{
		{one(Shuffle{TrainSize: 0.9}.Split(10)), "at least 1"},
		{one(Shuffle{Splits: 1}.Split(10)), "must lie between 0 and 1"},
		{one(Shuffle{Splits: 1, TrainSize: 0.5, TestSize: 0.5}.Split(10)), "both"},
		{one(Shuffle{Splits: 1, TrainSize: 0.9}.Split(1)), "0 for training"},
		{one(Default.Stratified([]string{"a", "a", "b"})), `label "b" has one sample`},
		{one(Default.Stratified([]string{"a", "a", "b", "b"})), "cannot hold all 2 labels"},
		{one(KFold(3, 4, nil)), "4 folds of 3 samples"},
		{one(StratifiedKFold([]string{"a", "b", "c"}, 2, nil)), "no label has more than 1"},
		{one(GroupKFold([]string{"a", "a", "b"}, 3)), "3 folds of 2 groups"},
		{one(ShuffledGroupKFold([]string{"a"}, 2, 0)), "2 folds of 1 groups"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("error %v, want one containing %q", c.err, c.want)
		}
	}
}

func ExampleShuffle_Split() {
	splits, err := Default.Split(20)
	if err != nil {
		panic(err)
	}
	fmt.Println(splits[0].Test, splits[1].Test)
	// Output: [3 16] [15 8]
}
