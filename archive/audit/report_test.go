package audit

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// full is a report with all there may be, some of it from strangers.
func full() *Report {
	return &Report{
		Schema: Schema, Head: hashA, Writers: []string{DefaultWriter}, Baseline: &Baseline{Tree: hashB, Commit: hashB, Results: 3},
		Earlier: []string{hashB}, Commits: 2, Results: 5,
		Sample: &Sampled{Seed: "a `seed`", Of: 5, Reproduced: []string{"results/a/x@1.json"}, Differ: []string{"results/b/x@1.json"}, Unread: []string{"results/c/x@1.json"}},
		Findings: []Finding{
			{Rule: "writer", Commit: hashA, What: "@somebody `![x](https://example.org/x.png)` <script>, on 2026-01-01, is no allowed writer", Hint: "`git show` prints it"},
			{Rule: "score", Path: "results/b/x@1.json", What: "score is 0.9, and scored again 0.5"},
		},
	}
}

func TestReport(t *testing.T) {
	r := full()
	data := r.Encode()
	again, err := DecodeReport(data)
	if err != nil || !reflect.DeepEqual(again, r) {
		t.Errorf("%+v, %v", again, err)
	}
	for name, text := range map[string]string{
		"nothing":     "",
		"a list":      "[]",
		"cut":         string(data[:len(data)-10]),
		"more":        string(data) + "{}",
		"a new field": strings.Replace(string(data), `"schema": 1,`, `"schema": 1, "colour": "red",`, 1),
		"schema":      strings.Replace(string(data), `"schema": 1,`, `"schema": 2,`, 1),
		"head":        strings.Replace(string(data), `"head": "`, `"head": "x`, 1),
		"rule":        strings.Replace(string(data), `"rule": "writer"`, `"rule": "<b>"`, 1),
		"large":       string(data) + strings.Repeat(" ", MaxReport),
	} {
		if r, err := DecodeReport([]byte(text)); err == nil {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if got := r.String(); got != "5 results at 587be6b4c3f9, 2 commits that changed them since 00750edc07d6; 3 results from before; compared with 1 earlier commit; 2 of 5 scored again with the seed a `seed`, 1 reproduced" {
		t.Error(got)
	}
}

func TestMarkdown(t *testing.T) {
	const want = "**`bsgen audit` found 2 things that should not be.**\n\n" +
		"``5 results at 587be6b4c3f9, 2 commits that changed them since 00750edc07d6; 3 results from before; compared with 1 earlier commit; 2 of 5 scored again with the seed a `seed`, 1 reproduced``\n\n" +
		"- writer: ``587be6b4c3f9: @somebody `![x](https://example.org/x.png)` <script>, on 2026-01-01, is no allowed writer``\n" +
		"  `hint: 'git show' prints it`\n" +
		"- score: `results/b/x@1.json: score is 0.9, and scored again 0.5`\n" +
		"- not scored again: `results/c/x@1.json`\n" +
		"\nThe run: https://example.org/runs/1\n" +
		"\n`docs/audit.md` says what each rule is good for, and how to check any number yourself.\n"
	if got := full().Markdown("https://example.org/runs/1"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	clean := &Report{Schema: Schema, Head: hashA}
	if got := clean.Markdown(""); !strings.HasPrefix(got, "**`bsgen audit` found nothing.**\n") || !clean.Clean() {
		t.Error(got)
	}
	clean.Sample = &Sampled{Of: 1, Unread: []string{"results/a/x@1.json"}}
	if got := clean.Markdown(""); !strings.HasPrefix(got, "**`bsgen audit` could not score 1 result of its sample again.**\n") || clean.Clean() {
		t.Error(got)
	}
	// However much there is, GitHub takes it, and the text says what is left out.
	for i := range 10_000 {
		clean.Add(Finding{Rule: "writer", Commit: hashA, What: fmt.Sprintf("%d \x1b[1m\n- @everybody %s", i, strings.Repeat("é`", 100)), Hint: "h"})
	}
	got := clean.Markdown("")
	if len(got) > 65_000 || strings.Contains(got, "\x1b") || strings.Contains(got, "\n- @") {
		t.Errorf("%d bytes:\n%.500s", len(got), got)
	}
	if shown := strings.Count(got, "\n- writer: "); !strings.Contains(got, fmt.Sprintf("\n- and %d more; ", 10_001-shown)) || shown < 50 {
		t.Errorf("%d findings are shown", shown)
	}
}

// FuzzReport: no bytes make the parser panic or give what can not be printed.
func FuzzReport(f *testing.F) {
	f.Add(full().Encode())
	f.Add([]byte(`{"schema":1,"head":"` + hashA + `","findings":[{"rule":"merge","what":"` + "`" + `"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := DecodeReport(data)
		if err != nil {
			return
		}
		if got := r.Markdown(""); len(got) > 65_000 || strings.Contains(got, "\x1b") {
			t.Errorf("%q", got)
		}
	})
}

func TestCode(t *testing.T) {
	for in, want := range map[string]string{
		"plain":  "`plain`",
		"a`b":    "``a`b``",
		"a``b`c": "```a``b`c```",
		"`a`":    "`` `a` ``",
		"":       "` `",
		"a\nb":   "`a b`",
	} {
		if got := code(in); got != want && !(in == "" && got == "`  `") {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
