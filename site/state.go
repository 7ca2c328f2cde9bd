package site

import (
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/history"
	"github.com/bsgen/bsgen/leaderboard/timeline"
)

// StatePage is a board as it once stood.
type StatePage struct {
	Chrome
	Heading  string
	Notice   string
	Now      string // address of the board of today
	Before   Link
	Behind   Link
	Facts    []Fact
	Commits  []CommitRow
	More     int // commits that are not listed
	Node     string
	Columns  []string
	Width    int // columns of the table
	Rows     []PastRow
	Moved    bool // a row did
	Moves    []MoveRow
	Unlisted int // moves that are not listed
	Changes  []ChangeGroup
}

// PastRow is a model in an earlier state.
type PastRow struct {
	Rank     string
	Model    Link
	Move     string // "up 3"
	MoveSign string
	Value    string
	Coverage string
	Cells    []string
	Section  string // heading of a section that begins here
}

// MoveRow is a model that moved, and why.
type MoveRow struct {
	Model      Link
	Rank, Size string
	Value      string
	Why        []string
}

// CommitRow is a commit.
type CommitRow struct {
	Date, Author, Subject string
	Commit                Link
	From                  []Link
}

const (
	maxCommits = 20 // of one state that a page lists
	maxMoves   = 100
	maxNames   = 3 // of models in a reason
)

// statePages adds the pages of the earlier states of a board.
func (s *site) statePages(w *work, b *board) {
	folder := path.Join(b.ID, "history") + "/"
	w.later(func(at string) bool { return strings.HasPrefix(at, folder) }, func(w *work) error {
		t := s.timeline(b)
		if t == nil {
			return nil
		}
		for i := range t.States {
			for _, at := range b.replay.places[i] {
				w.page(at, "state", func() any { return s.statePage(b, t, i, at) })
			}
		}
		return nil
	})
}

func (s *site) statePage(b *board, t *timeline.Timeline, i int, at string) *StatePage {
	st := &t.States[i]
	when := "on " + st.Day()
	if st.At.IsZero() {
		when = "at " + st.Day()
	}
	for _, tag := range st.Tags {
		if path.Base(path.Dir(at)) == strings.ReplaceAll(tag, "/", "-") {
			when = "at " + tag
		}
	}
	p := &StatePage{Chrome: s.chrome(at, b.Title+" "+when, b.front()), Heading: b.Title + " " + when, Now: rel(at, b.front()), Node: st.Node.Title}
	p.Crumbs = []Link{{Text: b.Title, Href: rel(at, b.front())}, {Text: "History", Href: rel(at, b.beside("history"))}}
	p.Notice = "An earlier state of the board, with the benchmarks in the versions of then, computed again by the rules of today. Ranks have no intervals here."
	if i+1 == len(t.States) {
		p.Notice = "The newest state that is committed. Ranks have no intervals here."
	}
	if st.Start {
		p.Notice += " The clone that this page was built from begins here."
	}
	if i > 0 {
		p.Before = Link{Text: t.States[i-1].Day(), Href: rel(at, b.replay.places[i-1].first())}
	}
	if i+1 < len(t.States) {
		p.Behind = Link{Text: t.States[i+1].Day(), Href: rel(at, b.replay.places[i+1].first())}
	}
	for k := len(st.Commits) - 1; k >= 0; k-- {
		if len(p.Commits) == maxCommits {
			p.More = k + 1
			break
		}
		p.Commits = append(p.Commits, s.commitRow(&st.Commits[k].Commit, st.Commits[k].At.Format("2006-01-02 15:04")))
	}
	p.fillRows(s, st, at)
	for k := range st.Moves {
		if len(p.Moves) == maxMoves {
			p.Unlisted = len(st.Moves) - k
			break
		}
		p.Moves = append(p.Moves, s.moveRow(st, &st.Moves[k], at))
	}
	if i > 0 {
		p.Changes = s.changeGroups(&st.Events, from(at), false)
	}
	return p
}

func (s *site) commitRow(c *history.Commit, date string) CommitRow {
	row := CommitRow{Date: date, Author: c.Author, Subject: c.Subject, Commit: s.commitLink(c), From: s.origin(c.PR, c.Run)}
	row.Commit.Note = ""
	if strings.HasPrefix(date, "0001") {
		row.Date = ""
	}
	return row
}

// fillRows prints the table of a state.
func (p *StatePage) fillRows(s *site, st *timeline.State, at string) {
	for _, c := range st.Columns {
		title := c.Title
		if c.Version > 1 {
			title += fmt.Sprintf(", version %d", c.Version)
		}
		p.Columns = append(p.Columns, title)
	}
	p.Width = 4 + len(p.Columns)
	moved := map[string]*timeline.Move{}
	for i := range st.Moves {
		moved[st.Moves[i].Model] = &st.Moves[i]
	}
	ranked, section := 0, ""
	for _, r := range st.Rows {
		row := PastRow{Model: s.modelLink(from(at), r.Model, r.Name), Value: decimal(r.Value, scorePlaces), Coverage: fmt.Sprintf("%d/%d", r.Have, r.Of)}
		now := ""
		switch {
		case r.Rank > 0:
			row.Rank = strconv.Itoa(r.Rank)
			ranked++
		case r.Reference:
			now = "Reference rows, not models"
		default:
			now = "Not ranked: some benchmarks are missing"
		}
		if now != section {
			row.Section, section = now, now
		}
		if m := moved[r.Model]; m != nil {
			row.Move, row.MoveSign = moveText(m)
			p.Moved = p.Moved || row.Move != ""
		}
		for _, x := range r.Cells {
			text := decimal(x, scorePlaces)
			if math.IsNaN(x) {
				text = signNotRun
			}
			row.Cells = append(row.Cells, text)
		}
		p.Rows = append(p.Rows, row)
	}
	if p.Moved {
		p.Width++
	}
	p.Facts = []Fact{{Value: strconv.Itoa(ranked), After: plural(ranked, "model") + " ranked"}}
	if len(st.Rows) > 0 {
		p.Facts = append(p.Facts, Fact{Before: "by", Value: st.Node.Title})
	}
}

// moveText says how a model moved, in words and by a sign.
func moveText(m *timeline.Move) (words, sign string) {
	switch {
	case m.WasRank == 0:
		return "new", "new"
	case m.IsRank == 0:
		return "left", "left"
	case m.IsRank < m.WasRank:
		return fmt.Sprintf("up %d", m.WasRank-m.IsRank), "up"
	}
	return fmt.Sprintf("down %d", m.IsRank-m.WasRank), "down"
}

// moveRow says why a model moved.
func (s *site) moveRow(st *timeline.State, m *timeline.Move, at string) MoveRow {
	row := MoveRow{Model: s.modelLink(from(at), m.Model, m.Name)}
	place := func(r int) string {
		if r == 0 {
			return "not ranked"
		}
		return strconv.Itoa(r)
	}
	row.Rank = place(m.WasRank) + " → " + place(m.IsRank)
	row.Size, _ = moveText(m)
	row.Value = valueChange(m.WasValue, m.Value)
	why := func(words string) { row.Why = append(row.Why, words) }
	for i, c := range m.Scores {
		if i == maxNames {
			why(fmt.Sprintf("and %d more of its scores changed", len(m.Scores)-i))
			break
		}
		why(s.scoreChange(&c))
	}
	if m.Tree {
		why("the benchmarks that count changed: " + treeText(&st.Events))
	}
	if text := s.names(st, m.PassedBy); text != "" {
		why("passed by " + text)
	}
	if text := s.names(st, m.Passed); text != "" {
		why("passed " + text)
	}
	if m.WasRank > 0 && m.IsRank == 0 && len(row.Why) == 0 {
		why("its submission or its role changed")
	}
	return row
}

// scoreChange says what became of a score, and by which commit.
func (s *site) scoreChange(c *timeline.ScoreChange) string {
	title := c.Benchmark
	if b, ok := s.Benchmark(c.Benchmark); ok {
		title = b.Title
	}
	by := ""
	if c.By != nil {
		by = fmt.Sprintf(" (%.10s)", c.By.Hash)
	}
	return title + ": " + standingChange(c) + by
}

// standingChange writes a change of a score in words.
func standingChange(c *timeline.ScoreChange) string {
	say := func(st timeline.Standing) string {
		if st.Status == archive.Scored {
			return decimal(st.Value, max(scorePlaces, places([]float64{st.Value})))
		}
		return strings.ReplaceAll(string(st.Status), "_", " ")
	}
	switch {
	case c.Was.Status == "":
		return "scored " + say(c.Is)
	case c.Is.Status == "":
		return "removed, was " + say(c.Was)
	}
	text := say(c.Was) + " → " + say(c.Is)
	if d := delta(c.Delta()); d != "" {
		text += " (" + d + ")"
	}
	return text
}

func valueChange(was, is float64) string {
	if math.IsNaN(was) || math.IsNaN(is) || was == is {
		return decimal(cmpNaN(is, was), scorePlaces)
	}
	return decimal(was, scorePlaces) + " → " + decimal(is, scorePlaces)
}

// cmpNaN returns x, or y where x is NaN.
func cmpNaN(x, y float64) float64 {
	if math.IsNaN(x) {
		return y
	}
	return x
}

// treeText names the benchmarks that came, went or changed.
func treeText(e *timeline.Events) string {
	var parts []string
	for _, c := range e.Added {
		parts = append(parts, c.Title+" came")
	}
	for _, c := range e.Removed {
		parts = append(parts, c.Title+" went")
	}
	for _, v := range e.Versions {
		parts = append(parts, fmt.Sprintf("%s is at version %d", v.Title, v.Is))
	}
	if len(parts) == 0 {
		return "the tree of the board is another"
	}
	if n := len(parts) - maxNames; n > 0 {
		parts = append(parts[:maxNames], fmt.Sprintf("and %d more", n))
	}
	return strings.Join(parts, ", ")
}

// names lists models by name, a few of many.
func (s *site) names(st *timeline.State, ids []string) string {
	var out []string
	for i, id := range ids {
		if i == maxNames {
			out = append(out, fmt.Sprintf("and %d more", len(ids)-i))
			break
		}
		name := id
		if m, ok := s.Model(id); ok {
			name = m.Name
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}
