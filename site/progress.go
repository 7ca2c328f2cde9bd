package site

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/site/chart"
)

// ProgressPage is how the best values of a board rose.
type ProgressPage struct {
	Chrome
	Heading string
	Lede    string
	Views   []ProgressView // by the years of the models, and by the history of the board
}

// ProgressView is the best value over one kind of time.
type ProgressView struct {
	ID, Title, What string
	Notice          string // why there is nothing, or not all
	Figure          *chart.Figure
	Columns         []string
	Rows            []ProgressRow
	Note            string
}

// ProgressRow is a node or a benchmark.
type ProgressRow struct {
	Class, Text, Href string
	Cells             []ProgressCell
	Best              Link
	Left              string // to the ceiling; "" where the values are no shares of one
}

// ProgressCell is the best value up to a time.
type ProgressCell struct {
	Text string
	Rose bool
	By   string // the model that raised it
}

// record is a value that was the best from a time on.
type record struct {
	at    time.Time
	value float64
	model string // id
}

const (
	maxYears  = 12 // columns of the table by years
	maxMoment = 8  // columns of the table by the history
	maxBests  = 6  // lines of a chart
)

func (s *site) progressPage(b *board) *ProgressPage {
	at := b.beside("progress")
	p := &ProgressPage{
		Chrome: s.boardChrome(b, at, "Progress"), Heading: "Progress",
		Lede: "The best value so far on every benchmark and at every node, by the years in which the models came out, and by when this board got to know it.",
	}
	p.Views = []ProgressView{s.byYear(b, at), s.byHistory(b, at)}
	return p
}

// progressNodes are the nodes and benchmarks that have a value, parents before
// children.
func (b *board) progressNodes() []*leaderboard.Node {
	return slices.DeleteFunc(slices.Clone(b.all), func(n *leaderboard.Node) bool { return !b.hasScore(n) })
}

// yearOf returns the year of a model.
func yearOf(m *archive.Model) (int, bool) {
	y, err := strconv.Atoi(m.Metadata.Year.Value)
	return y, err == nil && y >= 1900 && y <= 2200
}

// byYear follows the best value over the years of the models.
func (s *site) byYear(b *board, at string) ProgressView {
	v := ProgressView{
		ID: "years", Title: "By the year of the models",
		What: "What the best model of each year and all years before reaches on the benchmarks of today. It says how models have changed, not when anybody knew.",
	}
	var years []int
	unknown := 0
	for _, m := range b.Models {
		if m.Role == archive.RoleReference {
			continue
		}
		if y, ok := yearOf(m); ok {
			years = append(years, y)
		} else {
			unknown++
		}
	}
	slices.Sort(years)
	years = slices.Compact(years)
	if unknown > 0 {
		v.Note = count(unknown, "model") + " without a known year are left out."
		if unknown == 1 {
			v.Note = "1 model without a known year is left out."
		}
	}
	if len(years) == 0 {
		v.Notice = "No model here has a known year."
		return v
	}
	start := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }
	var columns []time.Time
	for i, y := range years[max(0, len(years)-maxYears):] {
		text := strconv.Itoa(y)
		if i == 0 && len(years) > maxYears {
			text = "to " + text
		}
		v.Columns, columns = append(v.Columns, text), append(columns, start(y))
	}
	records := map[*leaderboard.Node][]record{}
	nodes := b.progressNodes()
	for _, n := range nodes {
		var models []*archive.Model
		for _, m := range b.Models {
			if _, ok := yearOf(m); ok && m.Role != archive.RoleReference && n.Cell(m.ID).Complete() && !math.IsNaN(n.Cell(m.ID).Value) {
				models = append(models, m)
			}
		}
		slices.SortStableFunc(models, func(x, y *archive.Model) int {
			a, _ := yearOf(x)
			b, _ := yearOf(y)
			return a - b
		})
		for _, m := range models {
			y, _ := yearOf(m)
			records[n] = extend(n, records[n], record{start(y), n.Cell(m.ID).Value, m.ID}, true)
		}
	}
	s.fillProgress(&v, b, nodes, records, columns, at)
	v.Figure = s.bestLines(v.ID, "Best value by the year of the models", b, records, start(years[len(years)-1]), at)
	if len(years) == 1 {
		v.Notice = "All models with a known year are of one year: there is no progress to draw."
	}
	return v
}

// extend adds a value to the records of a node where it is another than the
// last: where only better ones count, where it is better. Of the same time the
// last one stays.
func extend(n *leaderboard.Node, list []record, r record, better bool) []record {
	if k := len(list); k > 0 {
		sign := 1.0
		if n.Benchmark != nil && n.Benchmark.Direction == "lower" {
			sign = -1
		}
		last := list[k-1]
		if last.value == r.value && last.model == r.model || better && sign*r.value <= sign*last.value {
			return list
		}
		if last.at.Equal(r.at) {
			list = list[:k-1]
		}
	}
	return append(list, r)
}

// byHistory follows the best value over the states of the board.
func (s *site) byHistory(b *board, at string) ProgressView {
	v := ProgressView{
		ID: "history", Title: "By when the board knew",
		What: "The best value on the board at each time, in the versions of the benchmarks of then. It falls where a new version or a repair took a value back.",
	}
	t := s.timeline(b)
	if notes := s.historyNotes(t); len(notes) > 0 {
		v.Notice = notes[0]
	}
	if t == nil {
		return v
	}
	nodes := b.progressNodes()
	records := map[*leaderboard.Node][]record{}
	for i := range t.States {
		st := &t.States[i]
		if st.At.IsZero() {
			continue
		}
		for _, n := range nodes {
			if best, ok := st.Best[n.ID]; ok {
				records[n] = extend(n, records[n], record{st.At, best.Value, best.Model}, false)
			}
		}
	}
	var columns []time.Time
	for _, i := range evenly(len(t.States), maxMoment) {
		if at := t.States[i].At; !at.IsZero() {
			columns, v.Columns = append(columns, at), append(v.Columns, t.States[i].Day())
		}
	}
	s.fillProgress(&v, b, nodes, records, columns, at)
	v.Figure = s.bestLines(v.ID, "Best value on the board", b, records, t.States[len(t.States)-1].At, at)
	if len(columns) == 1 && v.Notice == "" {
		v.Notice = "The board has one state so far: there is no progress to draw."
	}
	return v
}

// evenly returns at most k of the numbers 0 to n-1, evenly, the last among them.
func evenly(n, k int) []int {
	var out []int
	k = min(n, k)
	for i := range k {
		out = append(out, (i+1)*n/k-1)
	}
	return out
}

// fillProgress writes the table: the record that holds at each column.
func (s *site) fillProgress(v *ProgressView, b *board, nodes []*leaderboard.Node, records map[*leaderboard.Node][]record, columns []time.Time, at string) {
	for _, n := range nodes {
		list := records[n]
		if len(list) == 0 {
			continue
		}
		row := ProgressRow{Class: fmt.Sprintf("d%d", min(len(n.Path()), 5)), Text: n.Title, Href: rel(at, b.place(n))}
		if n.Benchmark == nil {
			row.Class += " node"
		}
		var values []float64
		for _, r := range list {
			values = append(values, r.value)
		}
		digits := places(values)
		held, k := -1, -1
		for _, c := range columns {
			for k+1 < len(list) && !list[k+1].at.After(c) {
				k++
			}
			cell := ProgressCell{}
			if k >= 0 {
				cell.Text = decimal(list[k].value, digits)
				if k != held {
					cell.Rose, cell.By = true, s.modelLink(from(at), list[k].model, "").Text
				}
				held = k
			}
			row.Cells = append(row.Cells, cell)
		}
		last := list[len(list)-1]
		row.Best = s.modelLink(from(at), last.model, "")
		if isShare(n) {
			row.Left = decimal(math.Max(0, 1-last.value), scorePlaces)
		} else {
			row.Best.Note = "raw"
		}
		v.Rows = append(v.Rows, row)
	}
}

// bestLines draws the records of the board's front table: the node that ranks
// and its columns, as far as they are shares of a ceiling. It is nil where all of
// them are of one time.
func (s *site) bestLines(id, title string, b *board, records map[*leaderboard.Node][]record, until time.Time, at string) *chart.Figure {
	nodes := b.Roots
	if views := b.Views(); len(views) > 0 {
		nodes = []*leaderboard.Node{b.Node(views[0].Node)}
		for _, c := range views[0].Columns {
			if n := b.Node(c); !slices.Contains(nodes, n) {
				nodes = append(nodes, n)
			}
		}
	}
	f := chart.Steps{Y: "best score so far, as a share of the ceiling", YFrom: [2]float64{0, 1}, Places: scorePlaces, Until: until, Ceiling: &chart.Ceiling{At: 1, Lower: math.NaN(), Label: "ceiling"}}
	var names []string
	lasts := false // for more than a moment
	for _, n := range nodes {
		list := records[n]
		if n == nil || !isShare(n) || len(list) == 0 || len(f.Lines) == maxBests {
			continue
		}
		l := chart.Line{Name: n.Title}
		for i, r := range list {
			m := s.modelLink(from(at), r.model, "")
			point := chart.Moment{At: r.at, Value: r.value, Name: m.Text, Href: m.Href, Label: i == len(list)-1}
			if isPublished(n) {
				point.Mark = chart.Published
			}
			l.Points = append(l.Points, point)
			lasts = lasts || r.at.Before(until)
		}
		f.Lines = append(f.Lines, l)
		names = append(names, n.Title)
	}
	if !lasts {
		return nil
	}
	f.Head = chart.Head{ID: "best-" + id, Title: title, Numbers: "#" + id, Caption: "Of " + strings.Join(names, ", ") + ". A point is a model that raised the best value; a line holds until the next one."}
	return f.Figure()
}
