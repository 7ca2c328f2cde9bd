package site

import (
	"fmt"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/history"
)

// ResultHistory is how a result came to be what it is.
type ResultHistory struct {
	Rows []HistoryRow // newest first
	Note string       // what the rows do not show
	made string       // hash of the commit that made the result what HEAD holds; "" where unknown
}

// HistoryRow is one commit's version of a result.
type HistoryRow struct {
	Date    string // "" where the commit has none
	Commit  Link
	Score   string
	Delta   string // "" where there is nothing to compare with
	Author  string
	Subject string
	From    []Link // pull request and run
	Note    string // what is out of the ordinary
}

// maxVersions is how many versions of a result a model's page shows.
const maxVersions = 20

// historyGaps says what the page's histories lack as a whole.
func (s *site) historyGaps() string {
	switch h := s.opts.History; {
	case h == nil:
		return "No history was available when this page was built, so who changed these numbers, and when, is not shown."
	case h.Shallow:
		return "This page was built from a shallow clone: the histories begin at its first commit, and older changes are not shown."
	}
	return ""
}

// resultHistory returns the versions of a result, of many the newest, and says
// where the one that is shown is not the committed one.
func (s *site) resultHistory(r *archive.Result, most int) ResultHistory {
	h := s.opts.History
	if h == nil {
		return ResultHistory{}
	}
	changes := h.Of(r.Model, r.Benchmark, r.Version)
	var out ResultHistory
	for _, c := range changes[:min(len(changes), most)] {
		out.Rows = append(out.Rows, s.historyRow(c))
	}
	for _, c := range changes {
		if !c.SetAside && !c.Removed {
			out.made = c.Hash
			break
		}
	}
	switch {
	case len(changes) == 0 && h.Shallow:
		out.Note = "This number is as old as the clone's first commit, or not committed yet."
	case len(changes) == 0:
		out.Note = "This number is not committed yet."
	case !committed(r, changes):
		out.Note = "The number shown above is not committed yet."
	}
	if older := len(changes) - len(out.Rows); older > 0 {
		out.Note = joined(" ", out.Note, fmt.Sprintf("%s: bsgen history %s %s", count(older, "older version"), r.Model, r.Benchmark))
	}
	return out
}

// committed reports whether the result is the version that the last commit holds.
func committed(r *archive.Result, changes []*history.Change) bool {
	same := func(a, b archive.Number) bool { return a == b || !a.OK() && !b.OK() }
	for _, c := range changes {
		if !c.SetAside {
			return c.Status == r.Status && c.Key == r.Key && same(c.Raw, r.Raw) && same(c.Score, r.Score)
		}
	}
	return false
}

func (s *site) historyRow(c *history.Change) HistoryRow {
	row := HistoryRow{
		Commit:  s.repositoryLink(fmt.Sprintf("%.10s", c.Hash), "commit", c.Hash),
		Delta:   delta(float64(c.Delta)),
		Author:  c.Author,
		Subject: c.Subject,
		From:    s.origin(c.PR, c.Run),
		Note:    c.Note,
	}
	if !c.Date.IsZero() {
		row.Date = c.Date.Format("2006-01-02")
	}
	switch {
	case c.Removed:
		row.Score = "removed"
	case c.Status == "":
		row.Score = "unreadable"
	case c.Status != archive.Scored:
		row.Score = strings.ReplaceAll(string(c.Status), "_", " ")
	case !c.Score.OK():
		row.Score = "raw\u00a0" + decimal(float64(c.Raw), deltaPlaces)
	default:
		row.Score = decimal(float64(c.Score), deltaPlaces)
	}
	if c.SetAside {
		row.Note = "set aside by a merge"
	}
	return row
}

// deltaPlaces is the number of decimals of scores and differences in a history:
// one more than of a score, because a change may be small.
const deltaPlaces = scorePlaces + 1

// delta writes a difference with its sign; "0" where not a bit has changed.
func delta(x float64) string {
	text := decimal(x, deltaPlaces)
	switch {
	case x == 0:
		return "0"
	case x > 0:
		return "+" + text
	case x < 0:
		return text
	}
	return ""
}

// origin returns the pull request that a commit came with and the run that made it,
// as far as it names them.
func (s *site) origin(pr, run string) []Link {
	var out []Link
	if pr != "" {
		out = append(out, s.repositoryLink("pull request "+pr, "pull", pr))
	}
	if run != "" {
		out = append(out, s.repositoryLink("run "+run, "actions/runs", run))
	}
	return out
}

// repositoryLink returns a link into the repository on its web server: text
// alone where site.yaml does not name one, or the id is not a plain number or hash.
func (s *site) repositoryLink(text, kind, id string) Link {
	repository := strings.TrimSuffix(strings.TrimSuffix(external(s.Site.Repository), "/"), ".git")
	if repository == "" || strings.Trim(id, "0123456789abcdef") != "" {
		return Link{Text: text}
	}
	return Link{Text: text, Href: repository + "/" + kind + "/" + id}
}
