package site

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/history"
	"golang.org/x/net/html"
)

// change is a version of a result of m0, as git would hold it.
func change(benchmark string, score, delta float64, subject string) history.Change {
	return history.Change{
		Commit: history.Commit{Hash: strings.Repeat("0123456789", 4), Author: hostile[0], Date: time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC), Subject: subject, PR: "12", Run: "a run"},
		Model:  "m0", Benchmark: benchmark, Version: 1, Status: archive.Scored,
		Raw: archive.Number(score) / 2, Score: archive.Number(score), Unclipped: archive.Number(score), Delta: archive.Number(delta),
	}
}

// resultSection renders an archive with a history and returns the section of a
// result of m0, and the text of the page.
func resultSection(t *testing.T, a *archive.Archive, h *history.History, benchmark string) (*html.Node, string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	if _, err := Build(a, Options{Out: out, History: h, NoScores: true}); err != nil {
		t.Fatal(err)
	}
	if problems, err := CheckLinks(out); err != nil || len(problems) > 0 {
		t.Errorf("links: %v %v", problems, err)
	}
	doc := parsePage(t, out, "models/m0/index.html")
	for _, sec := range all(doc, "section", "result") {
		if attr(sec, "id") == "r-"+benchmark+"-1" {
			return sec, content(doc)
		}
	}
	t.Fatal("the result is not on the page")
	return nil, ""
}

func TestResultHistory(t *testing.T) {
	removed := change("a", 0, 0, "withdraw")
	removed.Removed, removed.Status, removed.Score, removed.Delta, removed.Date = true, "", nan, nan, time.Time{}
	unread := change("a", 0, 0, "break")
	unread.Status, unread.Score, unread.Delta, unread.Note = "", nan, nan, "not a result: empty"
	aside := change("a", .7, .3, "elsewhere")
	aside.SetAside = true
	failed := change("a", 0, 0, "fail")
	failed.Status, failed.Score, failed.Delta = archive.NotApplicable, nan, nan
	raw := change("a", .3, 0, "raw")
	raw.Score = nan
	h := &history.History{Changes: []history.Change{
		aside, change("a", .5, -.00001, hostile[0]), change("b", .1, 0, "another benchmark"), removed, unread, failed, raw,
	}}
	a := fixture(t)
	sec, page := resultSection(t, a, h, "a")
	var got []string
	for _, tr := range all(all(sec, "table", "history")[0], "tr", "")[1:] {
		got = append(got, strings.Join(texts(append(all(tr, "th", ""), all(tr, "td", "")...)), "|"))
	}
	from := " pull request 12 run a run"
	start := "2026-03-01|0123456789|"
	who := "|" + hostile[0] + "|"
	want := []string{
		start + "0.7000|+0.3000" + who + "elsewhere" + from + " (set aside by a merge)",
		start + "0.5000|0.0000" + who + hostile[0] + from,
		"|0123456789|removed|" + who + "withdraw" + from,
		start + "unreadable|" + who + "break" + from + " (not a result: empty)",
		start + "not applicable|" + who + "fail" + from,
		start + "raw 0.1500|0" + who + "raw" + from,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("rows\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if strings.Contains(content(sec), "committed") || strings.Contains(page, "No history was available") {
		t.Error("a committed result is not taken for one")
	}
	if links := all(all(sec, "table", "history")[0], "a", ""); len(links) != 0 {
		t.Errorf("%d links without a repository", len(links))
	}

	a.Site.Repository = "https://example.org/lab/board.git/"
	sec, _ = resultSection(t, a, h, "a")
	links := all(all(sec, "table", "history")[0], "a", "")
	if len(links) != 12 || attr(links[0], "href") != "https://example.org/lab/board/commit/"+h.Changes[0].Hash || attr(links[1], "href") != "https://example.org/lab/board/pull/12" {
		t.Errorf("%d links, the first %v", len(links), links[0].Attr)
	}
}

// TestHistoryGaps: what is not known of a number's history is said.
func TestHistoryGaps(t *testing.T) {
	stale := change("a", .4, 0, "older")
	many := &history.History{}
	for i := range maxVersions + 2 {
		many.Changes = append(many.Changes, change("a", .5, 0, fmt.Sprint(i)))
	}
	for _, test := range []struct {
		name          string
		history       *history.History
		rows          int
		page, section string // texts that are there
	}{
		{"none", nil, 0, "No history was available when this page was built", ""},
		{"nothing committed", &history.History{}, 0, "", "This number is not committed yet."},
		{"shallow", &history.History{Shallow: true}, 0, "built from a shallow clone", "This number is as old as the clone's first commit, or not committed yet."},
		{"scored again", &history.History{Changes: []history.Change{stale}}, 1, "", "The number shown above is not committed yet."},
		{"many", many, maxVersions, "", "2 older versions: bsgen history m0 a"},
	} {
		sec, page := resultSection(t, fixture(t), test.history, "a")
		rows := 0
		for _, table := range all(sec, "table", "history") {
			rows += len(all(table, "tr", "")) - 1
		}
		if rows != test.rows || !strings.Contains(page, test.page) || !strings.Contains(content(sec), test.section) {
			t.Errorf("%s: %d rows, %q", test.name, rows, content(sec))
		}
		if test.page == "" && (strings.Contains(page, "No history was") || strings.Contains(page, "shallow")) {
			t.Errorf("%s: the page misses a history that is there", test.name)
		}
	}
}
