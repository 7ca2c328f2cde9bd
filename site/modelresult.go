package site

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/scoring"
)

// ModelResult is one result, readable: everything that the file holds.
type ModelResult struct {
	ID        string // of the section
	Title     string
	Href      string
	Score     string
	Words     bool // Score is a reason, which may break into lines; a number may not
	Entries   []Entry
	Warnings  []string
	Command   Command
	Data      string
	Page      string     // address of the score's own page; "" where there is none
	Published *Published // nil where the number was computed here
	History   ResultHistory
}

// ModelList is the results of a model in a table. What is not in it, the model's
// data file has.
type ModelList struct {
	Warned  bool // a result has a warning
	Command Command
	Data    string // address of the data file

	results []archive.Result
	head    func(r *archive.Result) string // of a row, up to the score
}

// maxWritten is how many results a page writes out where they have no pages of
// their own.
const maxWritten = 40

func (s *site) modelList(m *archive.Model, results []archive.Result, warned bool, at string) *ModelList {
	return &ModelList{
		Warned:  warned,
		Command: Command{"bsgen", "verify", "--model", m.ID},
		Data:    rel(at, dataRoot+"models/"+m.ID+".json"),
		results: results,
		head: func(r *archive.Result) string {
			if b, ok := s.Benchmark(r.Benchmark); ok && b.Version == r.Version {
				return s.listHeads()[b.ID]
			}
			return s.listHead(r, at)
		},
	}
}

// listHead begins a result's row on the page at that place.
func (s *site) listHead(r *archive.Result, at string) string {
	title, href, _ := s.resultTitle(r, at)
	m := &markup{}
	m.raw(`<tr id="`).text(resultAnchor(r)).raw(`"><th scope="row">`).link(Link{Text: title, Href: href}).raw(`</th><td`)
	return string(*m)
}

// currentHeads begins the rows of results of the current versions, which the pages of
// all models have, by benchmark.
func (s *site) currentHeads() map[string]string {
	out := make(map[string]string, len(s.Benchmarks))
	for _, b := range s.Benchmarks {
		out[b.ID] = s.listHead(&archive.Result{Benchmark: b.ID, Version: b.Version}, modelPlace("m"))
	}
	return out
}

// Listed writes the rows of the table.
func (p *ModelPage) Listed(l *ModelList) HTML {
	m := p.out
	for i := range l.results {
		r := &l.results[i]
		m.raw(l.head(r))
		if score, words := readable(r); words {
			m.raw(` class="t words">`).text(score)
		} else {
			m.raw(`>`).text(score)
		}
		if r.Provenance.Published() {
			m.raw(` <small>published</small>`)
		}
		m.raw(`</td>`)
		if l.Warned {
			m.raw(`<td class="t">`)
			for k, w := range r.Warnings {
				if k > 0 {
					m.raw(`<br>`)
				}
				m.text(w)
			}
			m.raw(`</td>`)
		}
		m.raw("</tr>\n")
	}
	return ""
}

func resultAnchor(r *archive.Result) string {
	return "r-" + r.Benchmark + "-" + strconv.Itoa(r.Version)
}

// resultTitle names a result by its benchmark, and tells whether it is of the
// current version.
func (s *site) resultTitle(r *archive.Result, at string) (title, href string, current bool) {
	title = r.Benchmark
	if b, ok := s.Benchmark(r.Benchmark); ok {
		title, href, current = b.Title, rel(at, benchmarkPlace(b.ID)), b.Version == r.Version
	}
	if !current {
		title += fmt.Sprintf(" (version %d, superseded)", r.Version)
	}
	return title, href, current
}

// readable writes a result as a number, or as words why there is none.
func readable(r *archive.Result) (text string, words bool) {
	switch {
	case r.Status == archive.Failed:
		return "failed: " + sentence(r.Reason), true
	case r.Status == archive.NotApplicable:
		return "not applicable: " + sentence(r.Reason), true
	case !r.Score.OK():
		return "raw\u00a0" + decimal(float64(r.Raw), places([]float64{float64(r.Raw)})), false
	}
	return decimal(float64(r.Score), scorePlaces), false
}

// modelResult writes out everything that a result says.
func (s *site) modelResult(r *archive.Result, at string) ModelResult {
	out := ModelResult{
		ID:       resultAnchor(r),
		Warnings: r.Warnings,
		Command:  Command{"bsgen", "verify", "--model", r.Model, "--benchmark", r.Benchmark},
		Data:     s.resultHref(at, r),
		Page:     s.scoreHref(at, r),
	}
	if out.Page == "" {
		out.History = s.resultHistory(r, maxVersions)
	}
	current := false
	if out.Title, out.Href, current = s.resultTitle(r, at); !current {
		out.Command = nil
	}
	out.Published = newPublished(r)
	out.Score, out.Words = readable(r)
	values := []float64{float64(r.Raw), float64(r.Score)}
	digits := max(places(values), 4)
	add := func(term, text, note string) {
		if text != "" && text != "none" {
			out.Entries = append(out.Entries, Entry{term, []Link{{Text: text, Note: note}}})
		}
	}
	if out.Page != "" {
		return out // which has the rest
	}
	add("Raw value", decimal(float64(r.Raw), digits), "")
	add("Ceiling", decimal(float64(r.Ceiling.Value), digits), joined(", ", r.Ceiling.Scale, span(float64(r.Ceiling.Lower), float64(r.Ceiling.Upper), digits)))
	if rule, ok := scoring.Rules[r.Rule]; ok {
		add("Rule", rule.Formula, r.Rule)
	} else if r.Rule == archive.PublishedRule {
		add("Rule", "as published", "")
	} else {
		add("Rule", "no normalisation", "")
	}
	add("Score", decimal(float64(r.Score), digits), "")
	if r.Unclipped.OK() && r.Unclipped != r.Score {
		add("Before clipping", decimal(float64(r.Unclipped), digits), "")
	}
	add("95 % interval", span(float64(r.Interval.Low), float64(r.Interval.High), digits), joined(", ", r.Interval.Method, "resampling "+r.Interval.Resampled))
	add("Error", decimal(float64(r.Error.Value), digits), r.Error.Kind)
	if r.Units.N > 0 {
		note := ""
		if r.Units.Dropped > 0 {
			note = fmt.Sprintf("%d more without a value", r.Units.Dropped)
		}
		add("Averages over", count(r.Units.N, r.Units.Kind), note)
	}
	for _, d := range r.Details {
		add(upper(strings.ReplaceAll(d.Name, "_", " ")), number(float64(d.Value)), "")
	}
	if l, ok := r.Chosen(); ok {
		on := "on the selection set"
		if out.Published != nil {
			on = "on the test data"
		}
		add(joined(" for ", "Layer", l.Region), l.Tensor, fmt.Sprintf("%s %s, the best of %d", decimal(float64(l.Score), scorePlaces), on, len(r.Layers)))
	}
	add("Model run by", r.Engine.Runtime, "by the scorer, from the stimuli")
	if out.Published != nil {
		add("Copied by", joined(" ", r.Engine.Name, r.Engine.Version), "")
	} else {
		add("Computed by", joined(" ", r.Engine.Name, r.Engine.Version), tolerance(r))
	}
	add("Key", r.Key, "digest of everything that changes the number")
	return out
}

func tolerance(r *archive.Result) string {
	if !(float64(r.Tolerance) > 0) {
		return "recomputes to the same bytes"
	}
	return "recomputes within " + full(float64(r.Tolerance))
}

// number writes a count as a whole number and anything else to four decimals.
func number(x float64) string {
	if x == math.Trunc(x) && math.Abs(x) < 1e15 {
		return grouped(decimal(x, 0))
	}
	return decimal(x, max(4, places([]float64{x})))
}
