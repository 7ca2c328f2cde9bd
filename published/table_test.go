package published

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// wide is how a table with a column for each benchmark is read, long one with a
// row for each layer.
var (
	wide = &archive.Published{Model: "# name", Score: "V1", Missing: []string{"nan"}}
	long = &archive.Published{Model: "model", Score: "score", Error: "error", Layer: "layer", Where: map[string]string{"benchmark": "A"}, Ignore: "-untrained$"}
)

func TestEntries(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		how        *archive.Published
		models     []string
		want       map[string][]entry
	}{
		{"spaces, no value, the order of columns", "# name, V4, V1\r\nalexnet,.5,.213\r\nvgg,.6, nan\r\n\"a, b\",, -1e-3\r\n", wide,
			[]string{"alexnet", "vgg", "a, b"},
			map[string][]entry{"alexnet": {{2, .213, nan, ""}}, "a, b": {{4, -.001, nan, ""}}}},
		{"byte-order mark, layers, other benchmarks", "\ufefflayer,benchmark,model,score,error\n" +
			"l0,A,net,.1,.01\nl0,B,net,.9,.01\nl1,A,net,.3,\nl1,A,net-untrained,.8,\nl2,A,net,,0\nx,A,empty,,\n", long,
			[]string{"net", "empty"},
			map[string][]entry{"net": {{2, .1, .01, "l0"}, {4, .3, nan, "l1"}}}},
		{"lines count within quotes", "# name,V1\n\"two\nlines\",1\nb,2\n", wide, []string{"two\nlines", "b"},
			map[string][]entry{"two\nlines": {{2, 1, nan, ""}}, "b": {{4, 2, nan, ""}}}},
	} {
		var ps archive.Problems
		table := parseTable("t.csv", []byte(tc.text), &ps)
		if table == nil {
			t.Errorf("%s: %v", tc.name, ps)
			continue
		}
		got := table.entries(tc.how, &ps)
		if len(ps) > 0 || !slices.Equal(got.models, tc.models) || len(got.byModel) != len(tc.want) {
			t.Errorf("%s: %+v, %v", tc.name, got, ps)
		}
		for model, want := range tc.want {
			if !slices.EqualFunc(got.byModel[model], want, equal) {
				t.Errorf("%s: %s has %+v, want %+v", tc.name, model, got.byModel[model], want)
			}
		}
	}
}

func equal(a, b entry) bool {
	return a.line == b.line && a.layer == b.layer && a.score == b.score && (a.error == b.error || !a.error.OK() && !b.error.OK())
}

// TestProblems plants each mistake and wants its line.
func TestProblems(t *testing.T) {
	head := "layer,benchmark,model,score,error\n"
	for _, tc := range []struct {
		name, text string
		how        *archive.Published
		want       []string
	}{
		{"empty", "", wide, []string{"t.csv:1: the table is empty"}},
		{"unknown column", "# name,V2\na,1\n", wide, []string{`t.csv:1: there is no column "V1"`}},
		{"two columns of a name", "# name,V1,V1\na,1,2\n", wide, []string{`t.csv:1: two columns are named "V1"`}},
		{"too few cells", "# name,V1\na\nb,1,2\nc,3\n", wide, []string{"t.csv:2: 1 cells in a table of 2 columns", "t.csv:3: 3 cells in a table of 2 columns"}},
		{"quotes", "# name,V1\na,1\n\"b,2\n", wide, []string{`t.csv:3: not valid CSV: extraneous or missing " in quoted-field`}},
		{"no number", "# name,V1\na,fast\nb,inf\nc,0x1p3\nd,1e999\ne,NaN\nf,1_0\n", wide, []string{
			`t.csv:2: "fast" in the column V1 is no number`, `t.csv:3: "inf" in the column V1 is no number`, `t.csv:4: "0x1p3" in the column V1 is no number`,
			`t.csv:5: "1e999" in the column V1 is no number`, `t.csv:6: "NaN" in the column V1 is no number`, `t.csv:7: "1_0" in the column V1 is no number`}},
		{"a model twice", "# name,V1\na,1\nb,1\na,1\n", wide, []string{"t.csv:4: a stands twice (first on line 2)"}},
		{"a layer twice", head + "x,A,a,1,\nx,A,a,1,\n", long, []string{"t.csv:3: a x stands twice (first on line 2)"}},
		{"negative error", head + "x,A,a,1,-1\n", long, []string{"t.csv:2: the error -1 is negative"}},
		{"no model", head + "x,A,,1,\n", long, []string{"t.csv:2: the cell of the model is empty"}},
		{"no rows", head + "x,B,a,1,\n", long, []string{`t.csv: no row is of this benchmark (benchmark is "A")`}},
	} {
		var ps archive.Problems
		if table := parseTable("t.csv", []byte(tc.text), &ps); table != nil {
			table.entries(tc.how, &ps)
		}
		var got []string
		for _, p := range ps.Sort() {
			got = append(got, p.String())
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s:\n%s\nwant\n%s", tc.name, strings.Join(got, "\n"), strings.Join(tc.want, "\n"))
		}
	}
}

// FuzzTable: no table makes the reader fail or gives a score that is no finite
// number, and what has a score stands in the file.
func FuzzTable(f *testing.F) {
	for _, seed := range []string{"# name,V1\na,1\n", "\ufeff# name , V1\r\n\"a\"\"b\", .5e-3 \r\n", "# name,V1\n\"", "# name,V1\na,nan\na,2\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var ps archive.Problems
		table := parseTable("t.csv", data, &ps)
		if table == nil {
			if len(ps) == 0 {
				t.Fatal("no table and no problem")
			}
			return
		}
		lines := strings.Count(string(data), "\n") + 1
		for model, es := range table.entries(wide, &ps).byModel {
			for _, e := range es {
				if math.IsNaN(float64(e.score)) || math.IsInf(float64(e.score), 0) || e.line < 2 || e.line > lines || model == "" {
					t.Fatalf("%q: %+v in %d lines", model, e, lines)
				}
			}
		}
	})
}
