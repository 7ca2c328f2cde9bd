package site

import (
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/history"
	"golang.org/x/net/html"
)

// replayed returns a history that ends in the archive as it is: one step with
// everything, one day before it one without the model m0, and before that one
// with other scores and an older version of the benchmark a.
func replayed(a *archive.Archive) *history.History {
	commit := func(n int) history.Step {
		return history.Step{
			Commit: history.Commit{Hash: strings.Repeat(fmt.Sprint(n), 40), Author: hostile[1], Subject: hostile[0], PR: "12", Run: "345", Date: time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC)},
			At:     time.Date(2026, 3, n, 12, 0, 0, 0, time.UTC),
		}
	}
	first, second, third := commit(1), commit(2), commit(3)
	for _, b := range a.Boards {
		first.Boards = append(first.Boards, history.BoardEdit{ID: b.ID, Title: b.Title, Nodes: b.Nodes})
	}
	for _, b := range a.Benchmarks {
		e := history.BenchmarkEdit{ID: b.ID, Version: b.Version, Title: b.Title, Short: b.Short, Board: b.Board, Parent: b.Parent, Primary: b.Primary, Direction: b.Direction, Normalize: b.Normalize}
		if b.ID == "a" {
			second.Benchmarks = append(second.Benchmarks, e)
			e.Version = 7
		}
		first.Benchmarks = append(first.Benchmarks, e)
	}
	h := &history.History{Head: third.Hash}
	for _, m := range a.Models {
		first.Models = append(first.Models, history.ModelEdit{ID: m.ID, Name: m.Name, Role: m.Role})
		for _, r := range a.Results[m.ID] {
			e := history.ResultEdit{Model: r.Model, Benchmark: r.Benchmark, Version: r.Version, Status: r.Status, Rule: r.Rule, Raw: r.Raw, Score: r.Score}
			step := &second
			if m.ID == "m0" {
				step = &third
			}
			step.Results = append(step.Results, e)
			h.Changes = append(h.Changes, history.Change{Commit: step.Commit, Model: r.Model, Benchmark: r.Benchmark, Version: r.Version, Status: r.Status, Key: r.Key, Raw: r.Raw, Score: r.Score, Unclipped: r.Unclipped, Delta: nan})
			if r.Status == archive.Scored && m.ID != "m0" {
				e.Score -= .05
				if r.Benchmark == "a" {
					e.Version = 7
				}
				first.Results = append(first.Results, e)
			}
		}
	}
	h.Steps = []history.Step{first, second, third}
	h.Tags = []history.Tag{{Name: "v1/beta", Step: 1}, {Name: hostile[0], Step: 0}, {Name: "2026-03-03", Step: 0}}
	return h
}

func buildWith(t testing.TB, a *archive.Archive, opts Options) string {
	t.Helper()
	opts.Out = filepath.Join(t.TempDir(), "out")
	if _, err := Build(a, opts); err != nil {
		t.Fatal(err)
	}
	if problems, err := CheckLinks(opts.Out); err != nil || len(problems) > 0 {
		t.Errorf("links: %v %v", problems, err)
	}
	return opts.Out
}

// pastRows returns the rows of a state's table.
func pastRows(t *testing.T, doc *html.Node) []string {
	t.Helper()
	tables := all(doc, "table", "past")
	if len(tables) != 1 {
		t.Fatalf("%d tables", len(tables))
	}
	var out []string
	for _, tr := range all(tables[0], "tr", "")[1:] {
		out = append(out, strings.Join(texts(all(tr, "td", "")), "|"))
	}
	return out
}

// TestNewestState: the board that the history ends in is the board of today.
func TestNewestState(t *testing.T) {
	a := fixture(t)
	out := buildWith(t, a, Options{History: replayed(a)})
	past := parsePage(t, out, "vision/history/2026-03-03/index.html")
	s, err := newSite(a, Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := s.boards[0]
	r := b.ranks[b.Node("errors")]
	var want []string
	for _, row := range r.Ranked {
		want = append(want, fmt.Sprintf("%d|%s|%d/%d", row.Rank, decimal(row.Cell.Value, scorePlaces), row.Cell.Have, row.Cell.Of))
	}
	var got []string
	for _, line := range pastRows(t, past) {
		f := strings.Split(line, "|")
		if len(f) > 3 && f[0] != "" {
			got = append(got, f[0]+"|"+f[1]+"|"+f[3])
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the newest state\n%s\nthe board\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	names := texts(all(all(past, "table", "past")[0], "th", ""))
	if text := strings.Join(names, "\n"); !strings.Contains(text, hostile[0]) || !strings.Contains(text, "Reference rows, not models") {
		t.Errorf("headings %q", names)
	}
}

func TestTimeMachine(t *testing.T) {
	a := fixture(t)
	a.Site.Repository = "https://example.org/lab/board"
	out := buildWith(t, a, Options{History: replayed(a)})
	list := mainText(t, out, "vision/history/index.html")
	for _, want := range []string{"2026-03-03", "2026-03-02 v1/beta", "The board begins: ", "1 new version of benchmarks", hostile[0]} {
		if !strings.Contains(list, want) {
			t.Errorf("the list does not say %q:\n%s", want, list)
		}
	}
	// The day keeps its address though a tag is named like it; a tag without a
	// usable name has that of its day.
	for at, heading := range map[string]string{
		"2026-03-01": "on 2026-03-01", "2026-03-02": "on 2026-03-02", "2026-03-03": "on 2026-03-03", "v1-beta": "at v1/beta", "2026-03-03-state": "on 2026-03-01",
	} {
		doc := parsePage(t, out, "vision/history/"+at+"/index.html")
		if got := content(all(doc, "h1", "")[0]); !strings.HasSuffix(got, heading) {
			t.Errorf("%s: heading %q, want %q", at, got, heading)
		}
	}
	state := mainText(t, out, "vision/history/2026-03-02/index.html")
	for _, want := range []string{"−0.150 → −0.100 (+0.0500)", "Benchmarks in a new version", "version 7 → 1", "pull request 12", "Scores changed"} {
		if !strings.Contains(state, want) {
			t.Errorf("the state does not say %q:\n%s", want, state)
		}
	}
	last := mainText(t, out, "vision/history/2026-03-03/index.html")
	if want := "Why models moved"; !strings.Contains(last, want) {
		t.Errorf("the state does not say %q", want)
	}
	if want := "passed by " + strings.Join(strings.Fields(hostile[0]), " "); !strings.Contains(last, want) {
		t.Errorf("the state does not say %q:\n%s", want, last)
	}
	if empty := mainText(t, out, "empty/history/index.html"); !strings.Contains(empty, "nothing that the board shows") {
		t.Errorf("a board without scores: %s", empty)
	}
}

// TestHistoryMissing: without a history, or with a part of one, the pages are
// there and say what is missing.
func TestHistoryMissing(t *testing.T) {
	a := fixture(t)
	one := replayed(a)
	one.Steps, one.Tags = one.Steps[:1], nil
	shallow := replayed(a)
	shallow.Steps = shallow.Steps[1:]
	shallow.Steps[0].Boards, shallow.Steps[0].Models, shallow.Steps[0].Start = replayed(a).Steps[0].Boards, replayed(a).Steps[0].Models, true
	shallow.Tags, shallow.Shallow = nil, true
	for _, test := range []struct {
		name   string
		h      *history.History
		want   string
		states int
		feed   bool
	}{
		{"none", nil, "No history was available", 0, false},
		{"nothing committed", &history.History{}, "No commit has touched this board yet.", 0, false},
		{"one commit", one, "The board begins", 1, true},
		{"shallow", shallow, "built from a shallow clone", 2, true},
	} {
		out := buildWith(t, a, Options{History: test.h})
		for _, page := range []string{"history", "changes"} {
			if text := mainText(t, out, "vision/"+page+"/index.html"); !strings.Contains(text, test.want) {
				t.Errorf("%s: %s does not say %q:\n%s", test.name, page, test.want, text)
			}
		}
		states, _ := filepath.Glob(filepath.Join(out, "vision", "history", "*", "index.html"))
		if len(states) != test.states {
			t.Errorf("%s: %d states, want %d", test.name, len(states), test.states)
		}
		_, err := os.Stat(filepath.Join(out, "changes.atom"))
		links := all(parsePage(t, out, "vision/index.html"), "link", "")
		announced := 0
		for _, l := range links {
			if attr(l, "rel") == "alternate" && attr(l, "type") == "application/atom+xml" {
				announced++
			}
		}
		if (err == nil) != test.feed || (announced == 2) != test.feed {
			t.Errorf("%s: feed %v, %d announced", test.name, err, announced)
		}
	}
}

// TestHiddenTags: tags that have no state are counted on the page.
func TestHiddenTags(t *testing.T) {
	a := fixture(t)
	h := replayed(a)
	h.Aside, h.Tags = 3, []history.Tag{{Name: "early", Step: -1}}
	text := mainText(t, buildWith(t, a, Options{History: h}), "vision/history/index.html")
	for _, want := range []string{"3 tags are not shown: they name commits that are not on the main line.", "1 tag is not shown: it is older than the board."} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
}

// feed is what a reader of feeds takes from one.
type feed struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Author  string   `xml:"author>name"`
	Links   []struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	} `xml:"link"`
	Entries []struct {
		ID      string `xml:"id"`
		Title   string `xml:"title"`
		Updated string `xml:"updated"`
		Link    struct {
			Href string `xml:"href,attr"`
		} `xml:"link"`
		Content struct {
			Type string `xml:"type,attr"`
			Text string `xml:",chardata"`
		} `xml:"content"`
	} `xml:"entry"`
}

// TestFeeds reads every feed as RFC 4287 wants it: what must be there is, ids
// are unique, dates are dates, links lead to files of the site.
func TestFeeds(t *testing.T) {
	for _, base := range []string{"", "https://example.org/board/"} {
		a := fixture(t)
		a.Site.BaseURL = base
		h := replayed(a)
		h.Steps[2].Subject = "controls \x01 and \ufffe"
		out := buildWith(t, a, Options{History: h})
		names, _ := filepath.Glob(filepath.Join(out, "*.atom"))
		more, _ := filepath.Glob(filepath.Join(out, "*", "*.atom"))
		deep, _ := filepath.Glob(filepath.Join(out, "*", "*", "*.atom"))
		names = append(append(names, more...), deep...)
		if len(names) != 1+2+6+4 { // c has no result
			t.Errorf("%d feeds: %q", len(names), names)
		}
		uuid := regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
		ids := map[string]string{}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var f feed
			if err := xml.Unmarshal(data, &f); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			at, _ := filepath.Rel(out, name)
			if f.Title == "" || f.Author == "" || len(f.Links) != 2 || len(f.Entries) == 0 {
				t.Errorf("%s: %+v", at, f)
			}
			check := func(id, updated, href string) {
				if by, ok := ids[id]; ok || !uuid.MatchString(id) {
					t.Errorf("%s: id %q, also in %q", at, id, by)
				}
				ids[id] = at
				if _, err := time.Parse(time.RFC3339, updated); err != nil {
					t.Errorf("%s: %v", at, err)
				}
				if href, _, _ = strings.Cut(href, "#"); !strings.HasPrefix(href, base) {
					t.Errorf("%s: link %q", at, href)
				}
				place := filepath.Join(filepath.Dir(name), href)
				if base != "" {
					place = filepath.Join(out, strings.TrimPrefix(href, base))
				}
				if _, err := os.Stat(place); err != nil {
					t.Errorf("%s: a link leads nowhere: %v", at, err)
				}
			}
			check(f.ID, f.Updated, f.Links[0].Href)
			for _, e := range f.Entries {
				check(e.ID, e.Updated, e.Link.Href)
				if e.Title == "" || e.Content.Type != "html" || strings.Contains(e.Content.Text, "<script") || strings.Contains(e.Content.Text, `" onmouseover`) {
					t.Errorf("%s: %q: %s", at, e.Title, e.Content.Text)
				}
				if e.Updated > f.Updated {
					t.Errorf("%s: an entry is newer than the feed", at)
				}
			}
		}
	}
}

func TestChangesPage(t *testing.T) {
	a := fixture(t)
	out := buildWith(t, a, Options{History: replayed(a)})
	text := mainText(t, out, "vision/changes/index.html")
	for _, want := range []string{"Benchmarks in a new version", "New scores", "−0.150 → −0.100 (+0.0500)", "Ranks", "The board begins"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
	if site := mainText(t, out, "changes/index.html"); !strings.Contains(site, "Empty") || !strings.Contains(site, strings.Join(strings.Fields(hostile[4]), " ")) {
		t.Errorf("the page of all boards: %s", site)
	}
}

// TestNoEmptyLinks: a link that is left out leaves nothing behind.
func TestNoEmptyLinks(t *testing.T) {
	a := fixture(t)
	walkPages(t, buildWith(t, a, Options{History: replayed(a)}), func(at string, doc *html.Node) {
		for _, link := range all(doc, "a", "") {
			if content(link) == "" && attr(link, "aria-label") == "" {
				var b strings.Builder
				html.Render(&b, link)
				t.Errorf("%s: a link without a text: %s", at, b.String())
			}
		}
	})
}
