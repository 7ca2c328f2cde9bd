package report

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/forge/pull"
)

var update = flag.Bool("update", false, "accept what the tests get as golden")

// golden compares with a file in testdata. What differs is left beside it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	want, err := os.ReadFile(file)
	if err == nil && string(want) == got {
		os.Remove(file + ".got")
		return
	}
	if !*update {
		file += ".got"
		t.Errorf("%s is not what the test gets, which is in %s; -update accepts it", name, file)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Hashes of no commit.
var (
	headSHA = strings.Repeat("1a", 20)
	baseSHA = strings.Repeat("2b", 20)
)

// submission is a report of a new model with three scores; edit changes it.
func submission(edit func(*Report)) *Report {
	r := &Report{
		Schema: Schema, Number: 12, Head: headSHA, Base: baseSHA, Kind: pull.Submission, Model: "some-net", Name: "Some net", New: true, Role: "model",
		Scorer: "v1.2.3", Elapsed: 12.34,
		Standings: []Standing{
			{Board: "vision", Node: "average", Title: "Vision / Average", Value: .41, Low: .38, High: .44, Have: 2, Of: 5},
			{Board: "vision", Node: "errors", Title: "Vision / Object errors", Value: .41, Low: .38, High: .44, Have: 2, Of: 2, Rank: Rank{7, 4, 11, 31}},
		},
		Scores: []Score{
			score("Lab2026.edge-error_consistency", .4123, Rank{7, 4, 11, 31}),
			score("Lab2026.edge-top1", .6, Rank{1, 1, 2, 31}),
			score("Lab2026.reading-delta_loglik", .00123, Rank{3, 0, 0, 9}),
		},
		Unanswered: []string{"Lab2026.it-rdm", "Lab2026.v4-pls"},
	}
	if edit != nil {
		edit(r)
	}
	r.Reproduce = r.reproduce()
	return r
}

func score(benchmark string, value archive.Number, rank Rank) Score {
	return Score{
		Benchmark: benchmark, Version: 1, Board: "vision", Status: archive.Scored, Line: 6,
		Raw: value, Ceiling: 1, Value: value, Low: value * .9, High: value * 1.1, Rank: rank,
		Best: &Rival{"best-net", .5, value - .5, value - .6, value - .4}, Elapsed: 1.5,
	}
}

// hostile is text that a submission might hold to make a comment do something.
const hostile = "@somebody #1 ![x](https://evil.example/i.png) [x](javascript:x) <img src=x onerror=y> <!-- bsgen:report --> `a``b` ```\n| c | d |\n\u202e*e* **f** ~~g~~ www.evil.example mail@evil.example &#64;you \x1b[31m\\"

// cases are reports of every verdict.
func cases() map[string]*Report {
	return map[string]*Report{
		"new": submission(nil),
		"changed": submission(func(r *Report) {
			r.New, r.Unchanged, r.Dropped = false, 4, []string{"Lab2026.silhouette-top1"}
			r.Scores[0].Before = &Before{archive.Scored, .4, Rank{8, 5, 12, 31}}
			r.Scores[1].Before = &Before{archive.Failed, nan, Rank{}}
			r.Standings[1].Before = &Before{archive.Scored, .402, Rank{8, 5, 12, 31}}
			r.Unanswered = nil
		}),
		"unchanged": submission(func(r *Report) {
			r.New, r.Unchanged, r.Scores = false, 3, nil
		}),
		"unranked": submission(func(r *Report) {
			r.Standings = r.Standings[:1]
			r.Scores = r.Scores[:1]
			r.Scores[0].Rank, r.Scores[0].Best = Rank{}, nil
		}),
		"reference": submission(func(r *Report) {
			r.Role = string(archive.RoleReference)
			r.Standings[1].Rank, r.Scores = Rank{}, r.Scores[:1]
			r.Scores[0].Rank, r.Scores[0].Lower = Rank{}, true
		}),
		"failed": submission(func(r *Report) {
			r.Scores[0] = Score{Benchmark: "Lab2026.edge-error_consistency", Version: 1, Board: "vision", Status: archive.Failed, Line: 9,
				Reason: "answers outside the label set on 1 of 8 stimuli: " + hostile, Raw: nan, Ceiling: nan, Value: nan, Low: nan, High: nan}
			r.Scores[1].Warnings = []string{"2 of 500 bootstrap replicates have no value", hostile}
			r.Scores[2].Warnings = []string{"2 of 500 bootstrap replicates have no value"}
		}),
		"incomplete": submission(func(r *Report) {
			r.Scores[0] = Score{Benchmark: "Lab2026.edge-error_consistency", Version: 1, Board: "vision", Status: Absent, Line: 9,
				Reason: "https://raw.example/x.csv is not available: the server answers 503", Raw: nan, Ceiling: nan, Value: nan, Low: nan, High: nan}
			r.Scores[1] = Score{Benchmark: "Lab2026.edge-top1", Version: 1, Board: "vision", Status: archive.NotApplicable, Line: 9,
				Reason: "trained_on: the model was fitted to Lab2026.edge", Raw: nan, Ceiling: nan, Value: nan, Low: nan, High: nan}
		}),
		"invalid": submission(func(r *Report) {
			r.Standings, r.Scores, r.Unanswered, r.Name = nil, nil, nil, hostile
			r.Problems.Add("submissions/some-net/model.yaml", 7, `did you mean "stimuli"?`, "unknown key %q", "stimulus")
			r.Problems.Add("submissions/some-net/model.yaml", 12, "", "the text holds %s", hostile)
			r.Problems.Add(hostile, 0, hostile, "%s", hostile)
			r.Example = Example{"submissions/alexnet/model.yaml", "id: alexnet\nresponses:\n  - stimuli: Lab2026.edge\n    kind: choices\n```"}
		}),
		"policy": submission(func(r *Report) {
			r.Standings, r.Scores, r.Unanswered = nil, nil, nil
			r.Problems.Add("results/some-net/x@1.json", 0, "undo the change", "results are written by the scorer alone")
			r.Example = Example{"", "submissions/some-net/model.yaml\nsubmissions/some-net/V4.npy"}
		}),
		"nameless": submission(func(r *Report) {
			r.Standings, r.Scores, r.Unanswered, r.Model, r.Name, r.Role = nil, nil, nil, "", "", ""
			r.Problems.Add("submissions", 0, "one pull request for each model", "the pull request changes 2 submissions: a, b")
		}),
		"removed": submission(func(r *Report) {
			r.Kind, r.New, r.Standings, r.Scores, r.Unanswered = pull.Removal, false, nil, nil, nil
		}),
		"unrelated": submission(func(r *Report) {
			r.Kind, r.Model, r.Name, r.Role, r.New, r.Standings, r.Scores, r.Unanswered = pull.Other, "", "", "", false, nil, nil, nil
		}),
		"results": submission(func(r *Report) {
			r.Kind, r.Model, r.Name, r.Role, r.New, r.Standings, r.Scores, r.Unanswered = pull.Other, "", "", "", false, nil, nil, nil
			r.Problems.Add("results/alexnet/x@1.json", 0, "undo the change", "results are written by the scorer alone")
		}),
		"preview": submission(func(r *Report) { r.Preview, r.Number = true, 0 }),
		"titles": submission(func(r *Report) {
			for i := range r.Standings {
				r.Standings[i].Title = hostile[:100]
			}
		}),
	}
}

// large is a report whose every list is long and whose every text is hostile.
func large(n int) *Report {
	return submission(func(r *Report) {
		r.Standings, r.Scores, r.Unanswered = nil, nil, nil
		for i := range n {
			s := score(fmt.Sprintf("Lab2026.benchmark-%d", i), .5, Rank{1, 1, 1, 1})
			s.Warnings = []string{fmt.Sprint(i, strings.Repeat(hostile, 3)), fmt.Sprint(i, " ", i)}
			r.Scores = append(r.Scores, s)
			f := Score{Benchmark: fmt.Sprintf("Lab2026.failure-%d", i), Version: 1, Board: "vision", Status: archive.Failed, Line: 9, Reason: fmt.Sprint(i, hostile),
				Raw: nan, Ceiling: nan, Value: nan, Low: nan, High: nan}
			r.Scores = append(r.Scores, f)
			r.Standings = append(r.Standings, Standing{Board: "vision", Node: fmt.Sprintf("node-%d", i), Title: hostile, Value: .5, Have: 1, Of: 1})
			r.Unanswered = append(r.Unanswered, fmt.Sprintf("Lab2026.unanswered-%d", i))
			r.Dropped = append(r.Dropped, fmt.Sprintf("Lab2026.dropped-%d", i))
		}
	})
}
