package query

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// model is a row of the cases.
type model struct {
	ID, Name, Family string
	Year, Params, IT *float64
}

func known(name string) (Field[model], bool) {
	number := func(of func(model) *float64) (Field[model], bool) {
		return Field[model]{Number: func(m model) (float64, bool) {
			if x := of(m); x != nil {
				return *x, true
			}
			return 0, false
		}}, true
	}
	switch name {
	case "family":
		return Field[model]{Text: func(m model) (string, bool) { return m.Family, m.Family != "" }}, true
	case "year":
		return number(func(m model) *float64 { return m.Year })
	case "params":
		return number(func(m model) *float64 { return m.Params })
	case "IT.pls-1":
		return number(func(m model) *float64 { return m.IT })
	}
	return Field[model]{}, false
}

func words(m model) string { return Plain(m.Name + "\n" + m.ID) }

// TestCases: the cases that templates/leaderboard/query_test.js holds the page to.
func TestCases(t *testing.T) {
	data, err := os.ReadFile("../../templates/leaderboard/query_cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases struct {
		Models          []model
		Finds, Mistakes [][2]string
		Numbers         map[string]float64
		NoNumbers       []string
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases.Models) == 0 || len(cases.Finds) == 0 || len(cases.Mistakes) == 0 || len(cases.Numbers) == 0 {
		t.Fatalf("the file lacks cases: %+v", cases)
	}
	for _, c := range cases.Finds {
		test, err := Parse(c[0], words, known)
		if err != nil {
			t.Errorf("%s: %v", c[0], err)
			continue
		}
		var got []string
		for _, m := range cases.Models {
			if test == nil || test(m) {
				got = append(got, m.ID)
			}
		}
		if found := strings.Join(got, " "); found != c[1] {
			t.Errorf("%s finds %q, want %q", c[0], found, c[1])
		}
	}
	for _, c := range cases.Mistakes {
		if _, err := Parse(c[0], words, known); err == nil || err.Error() != c[1] {
			t.Errorf("%s: %v, want %s", c[0], err, c[1])
		}
	}
	for text, want := range cases.Numbers {
		if got, ok := Number(text); !ok || got != want {
			t.Errorf("%q is %v, %v; want %v", text, got, ok, want)
		}
	}
	for _, text := range cases.NoNumbers {
		if got, ok := Number(text); ok {
			t.Errorf("%q is %v; it is no number", text, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", `NOT (a OR -"b c") family:=x`, "year:2012..2016 params:<50M", `-"`, "((((", "a:b:c", "..", "year:..", "\u2212"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		test, err := Parse(text, words, known)
		if err != nil && test != nil {
			t.Error("both a test and an error")
		}
		if test != nil {
			test(model{Name: text})
		}
	})
}
