package site

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/leaderboard/relate"
)

// RelationsPage is how the nodes of a board relate across models.
type RelationsPage struct {
	Chrome
	Heading   string
	Facts     []Fact
	Questions []QuestionCard
	Matrix    HTML // "" where fewer than two nodes can be related
	Pick      *RelationPick
	Pages     string // how many pairs have a page, of how many; "" where all have one
	Sections  []RelationSection
	Reliable  []Fact // reliability of each node; nil where none is known
	Few       []Link // nodes of too few models
	Corrected bool   // a correlation is corrected for noise
	Beyond    int    // nodes without intervals, because the board has too many
	Downloads []Link
	Method    string
}

// QuestionCard is a question with its answer in short.
type QuestionCard struct {
	Title, Href string
	Verdict     Verdict
	Numbers     string
	Claim       string
	Source      Link
}

// RelationSection is a part of the table of relations.
type RelationSection struct {
	Title, Note string
	Rows        []RelationRow
}

// RelationRow is the relation of two nodes.
type RelationRow struct {
	X, Y           Link
	Href           string // of the page of the two; "" where there is none
	N, Families    int
	R, Rho         string
	Models, Family string // intervals of r
	Rate           string
	Corrected      string // for noise; "" where it is not
	Note           string
}

// maxScatters and maxScattered bound the pages of two nodes that a board has, by
// number and by the models that they show: each draws and resamples them all.
const maxScatters, maxScattered = 1000, 72000

// maxRelations is how many rows a section of the table has; the CSV has all.
const maxRelations = 20

// related is what a board knows of relations.
type related struct {
	*leaderboard.Relations
	places map[[2]*leaderboard.Node]string // of the pages of two nodes, both ways
	pairs  [][2]*leaderboard.Node          // these pages, in the order of the tree
}

// relate computes the relations of a board.
func (b *board) relate() *related {
	r := &related{Relations: b.Relations(b.kept.relations.Load())}
	b.kept.relations.Store(r.Relations)
	b.layOutPairs(r)
	return r
}

// answer answers the questions of a board, which may look at another one.
func (s *site) answer(b *board) []*leaderboard.Answer {
	boards := map[string]*leaderboard.Board{}
	for _, other := range s.boards {
		boards[other.ID] = other.Board
	}
	questions := b.Board.Board.Questions
	answers := make([]*leaderboard.Answer, len(questions))
	each(len(questions), func(i int) error {
		answers[i] = b.Ask(&questions[i], boards)
		return nil
	})
	return answers
}

// layOutPairs chooses the pairs of nodes that have a page: all, where these are
// not too many; else those of inner nodes, then those of each benchmark with the
// nodes that it correlates most with, the first of all, then the second, and so
// on. An address ignores capitals, as file systems may.
func (b *board) layOutPairs(r *related) {
	r.places = map[[2]*leaderboard.Node]string{}
	taken := map[string]bool{}
	most := min(maxScatters, maxScattered/max(1, r.Models))
	add := func(x, y *leaderboard.Node) {
		if _, ok := r.places[[2]*leaderboard.Node{x, y}]; ok || len(r.pairs) >= most {
			return
		}
		if rel := r.Between(x, y); rel.N < relate.MinModels || math.IsNaN(rel.R.Value) {
			return
		}
		if slices.Index(r.Nodes, x) > slices.Index(r.Nodes, y) {
			x, y = y, x
		}
		name := x.ID + "~" + y.ID
		for taken[strings.ToLower(name)] {
			name += "~"
		}
		taken[strings.ToLower(name)] = true
		at := path.Join(path.Dir(b.beside("relations")), name, "index.html")
		r.places[[2]*leaderboard.Node{x, y}], r.places[[2]*leaderboard.Node{y, x}] = at, at
		r.pairs = append(r.pairs, [2]*leaderboard.Node{x, y})
	}
	few := len(r.Nodes)*(len(r.Nodes)-1)/2 <= most
	for i, x := range r.Nodes {
		for _, y := range r.Nodes[i+1:] {
			if few || x.Benchmark == nil && y.Benchmark == nil {
				add(x, y)
			}
		}
	}
	var nearest [][]leaderboard.Relation
	for _, n := range r.Nodes {
		nearest = append(nearest, r.Nearest(n, nearestShown))
	}
	for k := range nearestShown {
		for _, list := range nearest {
			if k < len(list) {
				add(list[k].X, list[k].Y)
			}
		}
	}
	slices.SortFunc(r.pairs, func(a, c [2]*leaderboard.Node) int {
		return strings.Compare(r.places[a], r.places[c])
	})
}

// nearestShown is how many of the nodes that correlate most a node's page lists.
const nearestShown = 5

func (s *site) relationsPage(b *board) *RelationsPage {
	at := b.beside("relations")
	p := &RelationsPage{
		Chrome:  s.boardChrome(b, at, "Relations"),
		Heading: "How benchmarks relate",
		Method:  s.anchor(at, "methods", "relations"),
	}
	for i, a := range b.answers() {
		p.Questions = append(p.Questions, questionCard(a, rel(at, b.questionPlace(i))))
	}
	r := b.related()
	order := r.Order()
	for _, n := range r.Few {
		p.Few = append(p.Few, Link{Text: b.name(n), Href: rel(at, b.place(n)), Note: count(b.complete(n), "model")})
	}
	p.Beyond = len(r.Nodes) - len(order)
	if len(order) < 2 {
		return p
	}
	p.Matrix = b.matrix(at, order)
	p.Downloads = []Link{{Text: "All pairs as CSV", Href: "relations.csv"}}
	var resolved, open []leaderboard.Relation
	for i, x := range r.Nodes {
		for _, y := range r.Nodes[i+1:] {
			switch relation := r.Between(x, y); {
			case math.IsNaN(relation.Rate):
			case relation.Resolved():
				resolved = append(resolved, relation)
			default:
				open = append(open, relation)
			}
		}
	}
	p.Pick = b.pick(at)
	if p.Pick.Models != "" {
		pairs := len(r.Nodes) * (len(r.Nodes) - 1) / 2
		p.Pages = grouped(strconv.Itoa(len(r.pairs))) + " of " + grouped(strconv.Itoa(pairs))
	}
	tested := len(resolved) + len(open)
	p.Facts = []Fact{
		{Value: strconv.Itoa(len(order)), After: plural(len(order), "node") + " of the tree"},
		{Value: strconv.Itoa(r.Models), After: plural(r.Models, "model")},
		{Value: strconv.Itoa(len(resolved)), After: fmt.Sprintf("of %s resolved", count(tested, "pair"))},
	}
	strongest := func(a, c leaderboard.Relation) int {
		return cmp.Compare(math.Abs(c.R.Value), math.Abs(a.R.Value))
	}
	for _, sec := range []struct {
		title string
		list  []leaderboard.Relation
	}{{"Resolved, the strongest first", resolved}, {"Not resolved by these data", open}} {
		if len(sec.list) == 0 {
			continue
		}
		slices.SortStableFunc(sec.list, strongest)
		out := RelationSection{Title: sec.title}
		if len(sec.list) > maxRelations {
			out.Note = fmt.Sprintf("the first %d of %d", maxRelations, len(sec.list))
		}
		for i := range sec.list[:min(len(sec.list), maxRelations)] {
			row := b.relationRow(&sec.list[i], at)
			p.Corrected = p.Corrected || row.Corrected != ""
			out.Rows = append(out.Rows, row)
		}
		p.Sections = append(p.Sections, out)
	}
	for i, n := range r.Nodes {
		if v := r.Reliability[i]; !math.IsNaN(v) {
			p.Reliable = append(p.Reliable, Fact{Before: b.name(n), Value: decimal(v, 2)})
		}
	}
	return p
}

// complete returns how many models count at a node that is related.
func (b *board) complete(n *leaderboard.Node) int {
	k := 0
	for _, row := range b.ranks[n].Ranked {
		if !math.IsNaN(row.Cell.Value) {
			k++
		}
	}
	return k
}

// name names a node on a page of many: a benchmark whose heading another has too
// gets the name of its parent before it.
func (b *board) name(n *leaderboard.Node) string {
	for _, other := range b.all {
		if other != n && other.Title == n.Title && n.Parent != nil {
			return n.Parent.Title + ": " + n.Title
		}
	}
	return n.Title
}

func (b *board) relationRow(r *leaderboard.Relation, at string) RelationRow {
	row := RelationRow{
		X: Link{Text: b.name(r.X), Href: rel(at, b.place(r.X))}, Y: Link{Text: b.name(r.Y), Href: rel(at, b.place(r.Y))},
		N: r.N, Families: r.Families,
		R: decimal(r.R.Value, 2), Rho: decimal(r.Rho, 2),
		Models: intervalText(r.R.Models), Family: intervalText(r.R.Families),
		Rate: rateText(r.Rate),
	}
	if !math.IsNaN(r.Corrected) {
		row.Corrected = decimal(r.Corrected, 2)
	}
	if r.Shared {
		row.Note = "same stimuli"
	}
	if to, ok := b.related().places[[2]*leaderboard.Node{r.X, r.Y}]; ok {
		row.Href = rel(at, to)
		if row.Models == "" {
			row.Models, row.Family = "on its page", "on its page"
		}
	}
	return row
}

func intervalText(i relate.Interval) string {
	if !i.OK() {
		return ""
	}
	return span(i.Low, i.High, 2)
}

// rateText writes a p-value: two decimals, three where it is small.
func rateText(p float64) string {
	switch {
	case math.IsNaN(p):
		return ""
	case p < .001:
		return "< 0.001"
	case p < .095:
		return decimal(p, 3)
	}
	return decimal(p, 2)
}

// matrix writes the table of all pairs: r below the diagonal, rho above it.
func (b *board) matrix(at string, order []*leaderboard.Node) HTML {
	var buf bytes.Buffer
	names := make([]string, len(order))
	for i, n := range order {
		names[i] = escape(b.name(n))
	}
	buf.WriteString(`<thead><tr><td></td>`)
	for i, n := range order {
		fmt.Fprintf(&buf, `<th scope="col"><a href="%s"><bdi>%s</bdi></a></th>`, escape(rel(at, b.place(n))), names[i])
	}
	buf.WriteString("</tr></thead>\n<tbody>")
	folder := path.Dir(at) + "/"
	for i, x := range order {
		fmt.Fprintf(&buf, `<tr><th scope="row"><a href="%s"><bdi>%s</bdi></a></th>`, escape(rel(at, b.place(x))), names[i])
		for j, y := range order {
			if i == j {
				buf.WriteString(`<td class="dg"></td>`)
				continue
			}
			r := b.related().Between(x, y)
			value := r.R.Value
			if j > i {
				value = r.Rho
			}
			if math.IsNaN(value) {
				fmt.Fprintf(&buf, `<td class="few" title="%s">n %d</td>`, missingText(&r), r.N)
				continue
			}
			buf.WriteString(`<td class="`)
			buf.WriteString(correlationClass(value))
			if r.Part {
				buf.WriteString(` pt`)
			}
			buf.WriteString(`">`)
			text := correlationText(value)
			if r.Resolved() {
				text = "<b>" + text + "</b>"
			}
			if to, ok := b.related().places[[2]*leaderboard.Node{x, y}]; ok {
				fmt.Fprintf(&buf, `<a href="%s">%s</a>`, escape(strings.TrimPrefix(to, folder)), text)
			} else {
				buf.WriteString(text)
			}
			buf.WriteString(`</td>`)
		}
		buf.WriteString("</tr>\n")
	}
	buf.WriteString(`</tbody>`)
	return HTML(buf.String())
}

// missingText says why two nodes have no correlation.
func missingText(r *leaderboard.Relation) string {
	if r.N < relate.MinModels {
		return fmt.Sprintf("%s have both; %d are needed", count(r.N, "model"), relate.MinModels)
	}
	return "the scores of one do not vary"
}

// correlationText writes a correlation without the zero before the point.
func correlationText(r float64) string {
	s := decimal(r, 2)
	if t, ok := strings.CutPrefix(s, "0."); ok {
		return "." + t
	}
	if t, ok := strings.CutPrefix(s, minus+"0."); ok {
		return minus + "." + t
	}
	return s
}

// correlationClass is the shade of a correlation, in tenths: p0 to p10, n1 to n10.
func correlationClass(r float64) string {
	k := int(math.Round(10 * math.Abs(r)))
	if r < 0 && k > 0 {
		return "n" + strconv.Itoa(k)
	}
	return "p" + strconv.Itoa(k)
}

// relationsCSV lists all pairs with everything that is known of them, in full
// precision. What does not exist is empty.
func (b *board) relationsCSV() ([]byte, error) {
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	w.Write([]string{"x", "y", "n", "families", "r", "r_low", "r_high", "r_family_low", "r_family_high", "p", "family_p", "rate", "rho",
		"reliability_x", "reliability_y", "r_corrected", "part_of_one_another", "same_stimuli"})
	number := func(x float64) string {
		if math.IsNaN(x) {
			return ""
		}
		return strconv.FormatFloat(x, 'g', 6, 64)
	}
	r := b.related()
	for i, x := range r.Nodes {
		for j := i + 1; j < len(r.Nodes); j++ {
			v := r.Between(x, r.Nodes[j])
			w.Write([]string{x.ID, v.Y.ID, strconv.Itoa(v.N), strconv.Itoa(v.Families), number(v.R.Value), number(v.R.Models.Low), number(v.R.Models.High),
				number(v.R.Families.Low), number(v.R.Families.High), number(v.R.P), number(v.R.FamilyP), number(v.Rate), number(v.Rho),
				number(r.Reliability[i]), number(r.Reliability[j]), number(v.Corrected), strconv.FormatBool(v.Part), strconv.FormatBool(v.Shared)})
		}
	}
	w.Flush()
	return buf.Bytes(), w.Error()
}

// relationJobs adds the pages of two nodes and of questions, and the CSV.
func (s *site) relationJobs(w *work, b *board) {
	for i := range b.Board.Board.Questions {
		w.page(b.questionPlace(i), "relation", func() any { return s.questionPage(b, i) })
	}
	w.later(b.mayRelate, func(w *work) error {
		r := b.related()
		for _, pair := range r.pairs {
			w.page(r.places[pair], "relation", func() any { return s.pairPage(b, pair) })
		}
		if len(r.Order()) > 1 {
			w.file(path.Join(path.Dir(b.beside("relations")), "relations.csv"), b.relationsCSV)
			b.pickJobs(w)
		}
		return nil
	})
}

// mayRelate reports whether a place lies where the pages of two nodes do.
func (b *board) mayRelate(at string) bool {
	return strings.HasPrefix(at, path.Dir(b.beside("relations"))+"/")
}
