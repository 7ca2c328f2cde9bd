package site

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// ranksFile and behindFile are what the files hold, and nothing else.
type ranksFile struct {
	Ranked     []string    `json:"ranked"` // best first
	Rank       []int       `json:"rank"`
	Best       []int       `json:"best"`
	Worst      []int       `json:"worst"`
	Better     [][]int     `json:"better"`
	Partial    []string    `json:"partial"`
	References []string    `json:"reference"`
	Unscored   []string    `json:"unscored"`
	Strict     *strictFile `json:"strict"`
}

type behindFile struct {
	Models  []string     `json:"models"`
	Columns []behindNode `json:"columns"`
}

// boardFile reads what a board's script may ask for.
func boardFile[T any](t *testing.T, dir, board, kind, node string) T {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "assets", board, node+"."+kind+".*.js"))
	if err != nil || len(names) != 1 {
		t.Fatalf("%s of %s: %v, %v", kind, node, names, err)
	}
	data, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	call, ok := strings.CutPrefix(string(data), fmt.Sprintf("bsgen(%q,%q,", kind, node))
	if !ok {
		t.Fatalf("%s begins with %.60s", names[0], data)
	}
	var out T
	in := json.NewDecoder(strings.NewReader(strings.TrimSuffix(call, ")\n")))
	in.DisallowUnknownFields()
	if err := in.Decode(&out); err != nil {
		t.Fatalf("%s: %v", names[0], err)
	}
	return out
}

func (f behindFile) cell(model, key string) string {
	for _, c := range f.Columns {
		if c.Key == key {
			return c.Cells[slices.Index(f.Models, model)]
		}
	}
	return ""
}

// TestBehind checks the columns that open in place against the cells that the
// page of their node prints.
func TestBehind(t *testing.T) {
	dir := build(t, fixture(t))
	doc := boardFile[behindFile](t, dir, "vision", "behind", "errors")
	for _, test := range []struct{ model, key, want string }{
		{"m0", "a", `0.500 5 5 !1`},
		{"m3", "a", `<td class="na" title="scored, but the value is undefined: see the warnings on the model&#39;s page">∅<span class="vh"> undefined</span><sup class="warned" aria-hidden="true">!</sup><span class="vh"> 1 warning</span></td>`},
	} {
		if got := doc.cell(test.model, test.key); got != test.want {
			t.Errorf("%s at %s: %s, want %s", test.model, test.key, got, test.want)
		}
	}
	for n := range parseFragment(t, strings.Join(doc.Columns[1].Cells, "")).Descendants() {
		if n.Data == "script" || slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return strings.HasPrefix(a.Key, "on") }) {
			t.Errorf("a name became markup: <%s>", n.Data)
		}
	}
}

func parseFragment(t *testing.T, cells string) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader("<table><tr>" + cells + "</tr></table>"))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestRanksFile: the verdicts in a ranks file are those of the ranking, and give
// the intervals that it says.
func TestRanksFile(t *testing.T) {
	doc := boardFile[ranksFile](t, build(t, fixture(t)), "vision", "ranks", "errors")
	if fmt.Sprint(doc.Ranked, doc.Rank, doc.Best, doc.Worst, doc.Partial, doc.References) != "[m0 m4] [1 2] [1 2] [1 2] [m1 m3 m2] [m5]" {
		t.Errorf("%+v", doc)
	}
	if fmt.Sprint(doc.Better) != "[[0] []]" {
		t.Errorf("significant: %v, want m0 better than m4", doc.Better)
	}
	// m1 lacks b: (.45 + 0) / 2.
	s := doc.Strict
	if s == nil || fmt.Sprint(s.Ranked, s.Rank, s.Value, s.References, s.Reference) != "[m0 m1 m3 m2 m4] [1 2 3 4 5] [0.450 0.225 0.150 0.100 0.000] [m5] [0.925]" {
		t.Errorf("by the rule of brain-score.org: %+v", s)
	}
}

func TestRuns(t *testing.T) {
	for _, test := range []struct {
		bits string
		want string
	}{
		{"", "[]"}, {"0", "[]"}, {"1", "[0]"}, {"000", "[]"}, {"0011", "[2]"}, {"0010111", "[2,1,1]"}, {"1100", "[0,2]"},
	} {
		got := appendRuns(nil, len(test.bits), func(i int) (bool, int) {
			rest := test.bits[i:]
			return rest[0] == '1', len(rest) - len(strings.TrimLeft(rest, rest[:1]))
		})
		if string(got) != test.want {
			t.Errorf("%s: %s, want %s", test.bits, got, test.want)
		}
	}
}

func TestHundredths(t *testing.T) {
	for text, want := range map[string]int{"0.434": 43, "0.435": 44, "0.4349": 44, "0.005": 1, "0.004": 0, "1.200": 100, "−0.100": 0, "1.000": 100, "none": 0} {
		if got := hundredths(text); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}
