package site

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard/timeline"
)

// ChangesPage is what is new, on a board or on all of them.
type ChangesPage struct {
	Chrome
	Heading string
	Lede    string
	Notes   []string
	Feed    []Link
	Days    []ChangeDay
	Older   Link
}

// ChangeDay is what the commits of a day changed on a board.
type ChangeDay struct {
	ID      string // of the section
	Title   string
	Board   string // "" on the board's own page
	State   string // address of the board as it was then
	Summary string
	By      []Link
	Groups  []ChangeGroup
}

// ChangeGroup are changes of a kind.
type ChangeGroup struct {
	Title string
	Lines []ChangeLine
	More  int // that are not listed
}

// ChangeLine is one change.
type ChangeLine struct {
	Model, Benchmark Link // Text is "" where there is none
	Text, Href       string
	Again            bool // the model is that of the line before
}

const (
	maxDays  = 30 // of changes that a page or a feed holds
	maxLines = 40 // of a group
)

func (s *site) changesPage(b *board) *ChangesPage {
	at := b.beside("changes")
	t := s.timeline(b)
	p := &ChangesPage{
		Chrome: s.boardChrome(b, at, "Changes"), Heading: "What is new", Notes: s.historyNotes(t),
		Lede: "Benchmarks, models and scores that came, went or changed, day by day, with what that did to the ranks.",
	}
	if t == nil {
		return p
	}
	p.Feed = []Link{{Text: b.Title, Href: rel(at, b.ID+"/changes.atom")}, {Text: "all boards", Href: rel(at, "changes.atom")}}
	for _, d := range s.changeDays(b) {
		p.Days = append(p.Days, s.changeDay(d, from(at), false))
	}
	if n := len(t.States); n > maxDays {
		p.Older = Link{Text: "Older states", Href: rel(at, b.beside("history"))}
	}
	return p
}

func (s *site) allChangesPage() *ChangesPage {
	at := "changes/index.html"
	p := &ChangesPage{
		Chrome: s.chrome(at, "Changes", at), Heading: "What is new",
		Lede: "Benchmarks, models and scores that came, went or changed on all boards, day by day.",
	}
	if s.opts.History == nil {
		p.Notes = s.historyNotes(nil)
	} else if s.opts.History.Shallow {
		p.Notes = []string{"This page was built from a shallow clone: older changes are not shown."}
	}
	days := s.allChangeDays()
	if len(days) > 0 {
		p.Feed = []Link{{Text: "all boards", Href: rel(at, "changes.atom")}}
	}
	for _, d := range days {
		p.Days = append(p.Days, s.changeDay(d, from(at), true))
	}
	return p
}

// changed is a state of a board.
type changed struct {
	board *board
	index int
	state *timeline.State
	place string
}

// changeDays returns the newest states of a board, newest first.
func (s *site) changeDays(b *board) []changed {
	t := s.timeline(b)
	var out []changed
	if t == nil {
		return nil
	}
	for i := len(t.States) - 1; i >= 0 && len(out) < maxDays; i-- {
		out = append(out, changed{b, i, &t.States[i], b.replay.places[i].first()})
	}
	return out
}

// allChangeDays returns the newest states of all boards, newest first; those of
// one time in the order of the boards.
func (s *site) allChangeDays() []changed {
	var out []changed
	for _, b := range s.boards {
		out = append(out, s.changeDays(b)...)
	}
	slices.SortStableFunc(out, func(x, y changed) int { return y.state.At.Compare(x.state.At) })
	return out[:min(len(out), maxDays)]
}

func (s *site) changeDay(c changed, to address, named bool) ChangeDay {
	st := c.state
	d := ChangeDay{
		ID: "s-" + strings.ReplaceAll(c.place, "/", "-"), Title: strings.Join(append([]string{st.Day()}, st.Tags...), ", "),
		State: to(c.place), Summary: upper(summary(&st.Events)),
	}
	if named {
		d.Board = c.board.Title
	}
	for k := len(st.Commits) - 1; k >= 0 && len(d.By) < maxNames; k-- {
		d.By = append(d.By, s.commitLink(&st.Commits[k].Commit))
	}
	switch {
	case st.Start:
		d.Summary = "The clone begins here: what these commits changed is not known"
	case c.index == 0:
		d.Summary = "The board begins: " + summary(&st.Events)
		d.Groups = s.changeGroups(&timeline.Events{Added: st.Added, Joined: st.Joined}, to, true)
	default:
		d.Groups = s.changeGroups(&st.Events, to, true)
	}
	return d
}

// changeGroups sorts what happened by kind, moves of ranks too where they are
// asked for.
func (s *site) changeGroups(e *timeline.Events, to address, ranks bool) []ChangeGroup {
	var out []ChangeGroup
	group := func(title string, lines []ChangeLine) {
		if n := len(lines); n > 0 {
			for i := 1; i < n; i++ {
				lines[i].Again = lines[i].Model.Text != "" && lines[i].Model == lines[i-1].Model
			}
			out = append(out, ChangeGroup{title, lines[:min(n, maxLines)], max(0, n-maxLines)})
		}
	}
	columns := func(list []timeline.Column) (lines []ChangeLine) {
		for _, c := range list {
			lines = append(lines, ChangeLine{Benchmark: s.benchmarkLink(to, c.ID, c.Title), Text: "version " + strconv.Itoa(c.Version)})
		}
		return lines
	}
	models := func(list []string) (lines []ChangeLine) {
		for _, id := range list {
			lines = append(lines, ChangeLine{Model: s.modelLink(to, id, "")})
		}
		return lines
	}
	var versions, fresh, again, without, gone, moves []ChangeLine
	for _, v := range e.Versions {
		versions = append(versions, ChangeLine{Benchmark: s.benchmarkLink(to, v.ID, v.Title), Text: fmt.Sprintf("version %d → %d", v.Was, v.Is)})
	}
	scores := slices.Clone(e.Scores)
	slices.SortStableFunc(scores, func(x, y timeline.ScoreChange) int { return cmp.Compare(magnitude(y.Delta()), magnitude(x.Delta())) })
	firsts := 0
	for i := range scores {
		c := &scores[i]
		line := ChangeLine{Model: s.modelLink(to, c.Model, ""), Benchmark: s.benchmarkLink(to, c.Benchmark, ""), Text: standingChange(c)}
		if r, ok := s.Result(c.Model, c.Benchmark, c.Version); ok && !s.opts.NoScores {
			line.Href = to(scorePlace(r.Model, r.Benchmark, r.Version))
		}
		switch {
		case c.Is.Status == "":
			gone = append(gone, line)
		case c.Is.Status != archive.Scored:
			without = append(without, line)
		case c.Was.Status != "":
			again = append(again, line)
		default:
			line.Text = strings.TrimPrefix(line.Text, "scored ")
			fresh = append(fresh, line)
			firsts++
		}
	}
	if firsts > maxLines { // too many to read: how many of each model
		fresh = s.freshByModel(scores, to)
	}
	for i := range e.Moves {
		if m := &e.Moves[i]; ranks && m.WasRank > 0 && m.IsRank > 0 {
			moves = append(moves, ChangeLine{Model: s.modelLink(to, m.Model, m.Name), Text: fmt.Sprintf("%d → %d", m.WasRank, m.IsRank)})
		}
	}
	group("Benchmarks added", columns(e.Added))
	group("Benchmarks in a new version", versions)
	group("Benchmarks removed", columns(e.Removed))
	group("Models added", models(e.Joined))
	group("Models removed", models(e.Left))
	group("New scores", fresh)
	group("Scores changed", again)
	group("Without a score", without)
	group("Scores removed", gone)
	group("Ranks", moves)
	return out
}

// magnitude orders changes: large ones first, those without a number last.
func magnitude(delta float64) float64 {
	if math.IsNaN(delta) {
		return -1
	}
	return math.Abs(delta)
}

func (s *site) freshByModel(scores []timeline.ScoreChange, to address) []ChangeLine {
	n := map[string]int{}
	for i := range scores {
		if c := &scores[i]; c.Was.Status == "" && c.Is.Status == archive.Scored {
			n[c.Model]++
		}
	}
	var out []ChangeLine
	for _, id := range sortedKeys(n) {
		out = append(out, ChangeLine{Model: s.modelLink(to, id, ""), Text: count(n[id], "new score")})
	}
	return out
}
