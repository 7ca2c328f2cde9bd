package site

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/bsgen/bsgen/leaderboard"
)

// HomePage is the front page.
type HomePage struct {
	Chrome
	Heading string
	Lede    string
	Facts   []Fact
	Ways    []Way
	Boards  []HomeBoard
	Asked   []HomeQuestion
	New     []HomeNews
	Feed    string
}

// Way is where a visitor may go from the front page, and why.
type Way struct {
	Text, Href string
	Why        string
}

// HomeQuestion is a question with its verdict.
type HomeQuestion struct {
	Board, Title, Href string
	Claim              string // "" where nothing is claimed
	Verdict            Verdict
}

// HomeNews is what a day changed on a board.
type HomeNews struct {
	Day, Board, Summary, Href string
}

// HomeBoard is a board with its best models.
type HomeBoard struct {
	Title, Href, Summary string
	Facts                []Fact
	Ranks                string // by what the models are ranked
	Rows                 HTML
	Intervals            bool // a score among the rows has one
	Published            bool // the scores are copied
	More                 int  // ranked models that are not among the rows
	Leaders              string
	Views                []Link
}

// What the front page shows: models and questions of each board, and days of all.
const homeRows, homeQuestions, homeDays = 5, 2, 5

func (s *site) homePage() *HomePage {
	const at = "index.html"
	p := &HomePage{
		Chrome:  s.chrome(at, s.Site.Title, at),
		Heading: s.Site.Title,
		Lede:    s.Site.Description,
		Ways:    s.ways(at),
	}
	results := 0
	for _, r := range s.Results {
		results += len(r)
	}
	p.Facts = []Fact{
		{Value: strconv.Itoa(len(s.Models)), After: plural(len(s.Models), "model")},
		{Value: strconv.Itoa(len(s.Benchmarks)), After: plural(len(s.Benchmarks), "benchmark")},
		{Value: strconv.Itoa(results), After: plural(results, "result")},
	}
	for _, b := range s.boards {
		p.Boards = append(p.Boards, s.homeBoard(b, at))
		p.Asked = append(p.Asked, asked(b, at)...)
	}
	for _, c := range s.allChangeDays() {
		if len(p.New) == homeDays {
			break
		}
		if summary(&c.state.Events) == nothing {
			continue
		}
		d := s.changeDay(c, from(at), true)
		p.New = append(p.New, HomeNews{Day: d.Title, Board: d.Board, Summary: d.Summary, Href: "changes/index.html#" + d.ID})
		p.Feed = "changes.atom"
	}
	return p
}

// ways leads from the page at the place to what people come for. The pages of
// the first board stand for those of all.
func (s *site) ways(at string) []Way {
	var out []Way
	add := func(text, href, why string) {
		if href != "" {
			out = append(out, Way{text, href, why})
		}
	}
	if len(s.boards) > 0 {
		b := s.boards[0]
		add("Which model is most brain-like?", rel(at, b.front()), "leaderboards, with intervals of scores and ranks")
		asks := "correlations across models, with intervals"
		if len(b.Board.Board.Questions) > 0 {
			asks = "correlations across models; the field's questions, tested"
		}
		add("Do benchmarks agree?", rel(at, b.beside("relations")), asks)
		add("Is there progress?", rel(at, b.beside("progress")), "the best score over the years, against the ceiling")
		add("What is not explained?", rel(at, b.beside("constraints")), "images, neurons and people that every model misses")
	}
	add("What was measured?", rel(at, "benchmarks/index.html"), "the benchmarks, and how each score comes about")
	add("How are numbers made?", s.anchor(at, "methods"), "ceilings, means, intervals and ranks")
	add("Where are the numbers?", rel(at, dataPlace), "all of them, as CSV and JSON")
	add("How do I take part?", s.anchor(at, "participate"), "a model is one folder, by pull request")
	return out
}

// asked returns the first questions of a board that its models can answer.
func asked(b *board, at string) []HomeQuestion {
	var out []HomeQuestion
	for i, a := range b.answers() {
		if a.Verdict != leaderboard.Untestable && len(out) < homeQuestions {
			out = append(out, HomeQuestion{b.Title, a.Title, rel(at, b.questionPlace(i)), a.Claim, verdict(a)})
		}
	}
	return out
}

func (s *site) homeBoard(b *board, at string) HomeBoard {
	out := HomeBoard{Title: b.Title, Href: rel(at, b.front()), Summary: b.Summary}
	tables := s.tables(b)
	t := tables[0]
	used := 0
	for _, n := range b.all {
		if n.Benchmark != nil && b.hasScore(n) {
			used++
		}
	}
	out.Facts = []Fact{
		{Value: strconv.Itoa(len(b.Models)), After: plural(len(b.Models), "model")},
		{Value: strconv.Itoa(used), After: plural(used, "benchmark") + " with scores"},
	}
	if out.Published = isPublished(t.node); out.Published {
		out.Facts = append(out.Facts, publishedFact)
	}
	for i, v := range b.Views() {
		out.Views = append(out.Views, Link{Text: v.Title, Href: rel(at, b.views[i])})
	}
	ranked := t.ranking.Ranked
	out.Ranks = t.node.Title
	shown := ranked[:min(len(ranked), homeRows)]
	out.Intervals = slices.ContainsFunc(shown, func(r leaderboard.Row) bool { return r.Cell.Low < r.Cell.High })
	rows := &markup{}
	for i := range shown {
		r, w, c := &shown[i], newWho(at, shown[i].Model, t.trained(shown[i].Model)), t.columns[0]
		rows.raw(`<tr>`).rankCell(r, len(ranked)).who(&w)
		cell := newCell(c.node, r.Cell, c.places)
		cell.also += " m"
		*rows = cell.append(*rows)
		if out.Intervals {
			*rows = intervalCell(r.Cell, c.places).append(*rows)
		}
		rows.raw("</tr>\n")
	}
	out.Rows, out.More = rows.html(), len(ranked)-len(shown)
	if k := leaders(t.ranking); len(ranked) > 1 {
		switch k {
		case 0:
			out.Leaders = untested
		case len(ranked):
			out.Leaders = fmt.Sprintf("These data do not resolve which of the %d models is the best.", k)
		case 1:
			out.Leaders = fmt.Sprintf("%s is significantly better than all other models.", ranked[0].Model.Name)
		default:
			out.Leaders = fmt.Sprintf("%d of %d models may be the best: these data do not resolve them.", k, len(ranked))
		}
	}
	return out
}
