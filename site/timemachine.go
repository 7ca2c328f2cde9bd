package site

import (
	"cmp"
	"fmt"
	"math"
	"path"
	"strings"
	"sync"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/history"
	"github.com/bsgen/bsgen/leaderboard/timeline"
	"github.com/bsgen/bsgen/site/chart"
)

// HistoryPage lists the states of a board.
type HistoryPage struct {
	Chrome
	Heading string
	Node    string // what ranks the models
	Rows    []StateRow
	Notes   []string
	Ranks   *chart.Figure // of the models that lead, over time; nil where there is one state
	Picker  bool          // there are days to pick from
	Days    []PickedDay
}

// StateRow is a state in the list, newest first.
type StateRow struct {
	Href   string
	Day    string
	Tags   []Link
	Models int // ranked
	Leader Link
	Score  string
	What   string // what changed
	By     []Link // commits
	More   int    // commits that are not listed
}

// PickedDay is a day on which a state begins to hold, for the script.
type PickedDay struct {
	Day  string `json:"day"`
	Href string `json:"href"`
}

// timeline replays the board's history, once; nil where there is none.
func (s *site) timeline(b *board) *timeline.Timeline {
	b.replay.once.Do(func() {
		h := s.opts.History
		if h == nil || len(h.Steps) == 0 {
			return
		}
		o := timeline.Options{States: s.opts.States}
		if views := b.Views(); len(views) > 0 {
			o.Node, o.Columns = views[0].Node, views[0].Columns
		}
		if t := b.timelineOf(h, o); len(t.States) > 0 {
			b.replay.timeline, b.replay.places = t, b.statePlaces(t)
		}
	})
	return b.replay.timeline
}

// replay is a board's timeline, made when the first page asks for it.
type replay struct {
	once     sync.Once
	timeline *timeline.Timeline
	places   []statePlaces
}

// statePlaces are the pages of a state: one for the end of its day, if it is
// that, and one for each of its tags.
type statePlaces []string

func (p statePlaces) first() string { return p[0] }

// statePlaces lays out the pages of the states.
func (b *board) statePlaces(t *timeline.Timeline) []statePlaces {
	taken := map[string]bool{}
	place := func(name string) string {
		for taken[strings.ToLower(name)] {
			name += "-state"
		}
		taken[strings.ToLower(name)] = true
		return path.Join(b.ID, "history", name, "index.html")
	}
	out := make([]statePlaces, len(t.States))
	for i := range t.States { // days have their names whatever is tagged
		if i+1 == len(t.States) || t.States[i+1].Day() != t.States[i].Day() {
			out[i] = append(out[i], place(t.States[i].Day()))
		}
	}
	for i := range t.States {
		for _, tag := range t.States[i].Tags {
			name := strings.ReplaceAll(tag, "/", "-")
			if archive.CheckID(name) == nil {
				out[i] = append(out[i], place(name))
			}
		}
		if len(out[i]) == 0 {
			out[i] = append(out[i], place(t.States[i].Day()+"-tag"))
		}
	}
	return out
}

// historyNotes says what a board's history lacks.
func (s *site) historyNotes(t *timeline.Timeline) []string {
	h := s.opts.History
	if h == nil {
		return []string{"No history was available when this page was built. Once the archive is committed to git, earlier states stand here."}
	}
	if t == nil {
		return []string{"No commit has touched this board yet."}
	}
	var out []string
	if h.Shallow {
		out = append(out, "This page was built from a shallow clone: earlier states are not in it, and the first one here holds all that older commits did.")
	}
	if t.Left > 0 {
		words := fmt.Sprintf("%s not shown: the newer half of the states are days", count(t.Left, "state")+map[bool]string{true: " is", false: " are"}[t.Left == 1])
		if t.Grain != "" {
			words += ", of what is older the last one of each " + t.Grain + " is kept"
		}
		out = append(out, words+".")
	}
	return out
}

// hiddenTags says why so many tags are not shown; nil for none.
func hiddenTags(n int, one, more string) []string {
	switch n {
	case 0:
		return nil
	case 1:
		return []string{"1 tag is not shown: " + one + "."}
	}
	return []string{count(n, "tag") + " are not shown: " + more + "."}
}

func (s *site) historyPage(b *board) *HistoryPage {
	at := b.beside("history")
	t := s.timeline(b)
	p := &HistoryPage{Chrome: s.boardChrome(b, at, "History"), Heading: "The board over time", Notes: s.historyNotes(t)}
	if t == nil {
		return p
	}
	p.Notes = append(p.Notes, hiddenTags(t.Early, "it is older than the board", "they are older than the board")...)
	p.Notes = append(p.Notes, hiddenTags(s.opts.History.Aside, "it names a commit that is not on the main line", "they name commits that are not on the main line")...)
	for i := len(t.States) - 1; i >= 0; i-- {
		p.Rows = append(p.Rows, s.stateRow(b, t, i, at))
	}
	p.Node = t.States[len(t.States)-1].Node.Title
	p.Ranks = s.rankLines(t, at)
	for i := range t.States {
		if st := &t.States[i]; !st.At.IsZero() {
			p.Days = append(p.Days, PickedDay{st.Day(), rel(at, b.replay.places[i].first())})
		}
	}
	p.Picker = len(p.Days) > 1
	return p
}

// maxRankLines is how many models the chart of ranks follows: as many as it has colours.
const maxRankLines = 6

// rankLines draws the ranks of the models that lead in the newest state: a line
// holds until the next change, and breaks where the model was not ranked.
func (s *site) rankLines(t *timeline.Timeline, at string) *chart.Figure {
	last := &t.States[len(t.States)-1]
	f := chart.Steps{Y: "Rank", Ranks: true, Until: last.At, Head: chart.Head{
		ID: "ranks", Title: "Ranks over time", Caption: fmt.Sprintf("Ranks by %s of the %s that lead now, where they changed. Lines are steps: between two commits nothing moves.", last.Node.Title, count(min(maxRankLines, len(last.Rows)), "model")),
	}}
	for _, lead := range last.Rows {
		if lead.Rank == 0 || len(f.Lines) == maxRankLines {
			break
		}
		l := chart.Line{Name: lead.Name}
		before := math.NaN()
		for i := range t.States {
			st := &t.States[i]
			now := math.NaN()
			for _, r := range st.Rows {
				if r.Model == lead.Model && r.Rank > 0 {
					now = float64(r.Rank)
				}
			}
			if now == before || math.IsNaN(now) && math.IsNaN(before) || st.At.IsZero() {
				continue
			}
			before = now
			l.Points = append(l.Points, chart.Moment{At: st.At, Value: now, Href: s.modelLink(from(at), lead.Model, lead.Name).Href})
		}
		f.Lines = append(f.Lines, l)
	}
	if len(t.States) < 2 || len(f.Lines) == 0 {
		return nil
	}
	return f.Figure()
}

func (s *site) stateRow(b *board, t *timeline.Timeline, i int, at string) StateRow {
	st := &t.States[i]
	places := b.replay.places[i]
	row := StateRow{Href: rel(at, places.first()), Day: st.Day(), What: summary(&st.Events)}
	if i == 0 {
		row.What = "The board begins: " + row.What
		if st.Start {
			row.What = "The clone begins here."
		}
	}
	for _, tag := range st.Tags {
		row.Tags = append(row.Tags, Link{Text: tag, Href: row.Href})
	}
	for _, r := range st.Rows {
		if r.Rank > 0 {
			row.Models++
		}
	}
	if row.Models > 0 {
		lead := st.Rows[0]
		row.Leader, row.Score = s.modelLink(from(at), lead.Model, lead.Name), decimal(lead.Value, scorePlaces)
	}
	for k := len(st.Commits) - 1; k >= 0 && len(row.By) < maxNames; k-- {
		row.By = append(row.By, s.commitLink(&st.Commits[k].Commit))
	}
	row.More = len(st.Commits) - len(row.By)
	return row
}

// modelLink links a model of any time: text alone where it is gone.
func (s *site) modelLink(to address, id, name string) Link {
	m, ok := s.Model(id)
	if !ok {
		return Link{Text: cmp.Or(name, id)}
	}
	return Link{Text: cmp.Or(name, m.Name), Href: to(modelPlace(id))}
}

// benchmarkLink links a benchmark of any time.
func (s *site) benchmarkLink(to address, id, title string) Link {
	b, ok := s.Benchmark(id)
	if !ok {
		return Link{Text: cmp.Or(title, id)}
	}
	return Link{Text: b.Title, Href: to(benchmarkPlace(id))}
}

func (s *site) commitLink(c *history.Commit) Link {
	l := s.repositoryLink(fmt.Sprintf("%.10s", c.Hash), "commit", c.Hash)
	l.Note = clip(c.Subject, 72)
	return l
}

// nothing is the summary of what changed no number that the board shows.
const nothing = "nothing that the board shows"

// summary says in a line what happened.
func summary(e *timeline.Events) string {
	fresh, again, gone, bad := 0, 0, 0, 0
	for i := range e.Scores {
		switch c := &e.Scores[i]; {
		case c.Is.Status == "":
			gone++
		case c.Is.Status != archive.Scored:
			bad++
		case c.Was.Status == archive.Scored:
			again++
		default:
			fresh++
		}
	}
	var parts []string
	add := func(n int, noun, words string) {
		if n > 0 {
			parts = append(parts, count(n, noun)+" "+words)
		}
	}
	add(len(e.Added), "benchmark", "added")
	add(len(e.Removed), "benchmark", "removed")
	add(len(e.Versions), "new version", "of benchmarks")
	add(len(e.Joined), "model", "added")
	add(len(e.Left), "model", "removed")
	add(fresh, "new score", "")
	add(again, "score", "changed")
	add(bad, "pair", "without a score")
	add(gone, "score", "removed")
	moved := 0
	for _, m := range e.Moves {
		if m.WasRank > 0 && m.IsRank > 0 {
			moved++
		}
	}
	add(moved, "model", "moved")
	if len(parts) == 0 {
		return nothing
	}
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return strings.Join(parts, ", ")
}
