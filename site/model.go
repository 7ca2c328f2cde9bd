package site

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/scoring/stat"
)

// ModelPage is one model: its scores, where they come from, what it is.
type ModelPage struct {
	Chrome
	Heading   string
	ID        string
	Lede      string
	Role      string // what being a baseline or a reference means; "" for a model
	Facts     []Fact
	Boards    []ModelBoard
	Results   []ModelResult
	List      *ModelList // in place of Results where they are too many to be written out
	History   string     // what is missing from the histories of all results; "" for nothing
	Entries   []Entry
	Notes     string
	Responses []ModelResponse
	Run       *ModelRun // how the scorer runs it; nil where it does not
	Training  []string  // brain or behavioural data that it was fitted to
	BibTeX    string
	Own       string // the archive's BibTeX
	Badges    []ModelBadge
	Unknown   bool // lines to copy begin with a placeholder, not with the site's address
	File      string
	Row       string // how the tables call a model whose scores were published
	Method    string
}

// ModelBoard is the model's scores on one board.
type ModelBoard struct {
	Title, Href string
	Rows        []ModelRow
	Intervals   bool         // a score has one
	Published   bool         // the scores are copied
	Profile     []ProfileRow // nil where the model is ranked in too few places
	Near        []NearRow
	NearAt      Link // the node of the differences
}

// ModelRow is the model's score at a node.
type ModelRow struct {
	Class        string // depth in the tree; inner nodes are bold
	Text, Href   string
	Title        string
	Bar          HTML
	Score        Cell
	Interval     string
	Rank, Ranks  string // rank and its interval
	Of           int    // models ranked
	Best, Median string
}

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
	Rows    HTML
	Warned  bool // a result has a warning
	Command Command
	Data    string // address of the data file
}

// maxWritten is how many results a page writes out where they have no pages of
// their own.
const maxWritten = 40

// ModelResponse is what the model gave for a stimulus set.
type ModelResponse struct {
	Stimuli, Kind, Credit string
	Files                 []Source
}

func (s *site) modelPage(m *archive.Model) *ModelPage {
	at := modelPlace(m.ID)
	title := m.Name
	if m.Published != nil { // a model of the same name may be scored here
		title += ", published scores"
	}
	p := &ModelPage{
		Chrome:  s.chrome(at, title, "models/index.html"),
		Heading: m.Name,
		ID:      m.ID,
		Lede:    m.Summary,
		Notes:   m.Metadata.Notes,
		BibTeX:  m.Reference.BibTeX,
		Own:     s.bibtex(),
		Badges:  s.modelBadges(m, at),
		Unknown: s.baseURL() == "",
		File:    m.File(),
		Method:  s.anchor(at, "methods", "rank", "interval"),
		History: s.historyGaps(),
	}
	p.Feeds = append(p.Feeds, s.entityFeed(at, m.Name, len(s.changesBy().model[m.ID]) > 0)...)
	p.describe(m.Summary)
	p.Crumbs = []Link{{Text: "Models", Href: rel(at, "models/index.html")}}
	switch m.Role {
	case archive.RoleBaseline:
		p.Role = "A baseline: ranked like a model, and what anything should beat."
	case archive.RoleReference:
		p.Role = "A reference row, not a computational model: shown for comparison and never ranked."
	}
	results := s.Results[m.ID]
	p.Facts = append(p.Facts, Fact{Value: strconv.Itoa(len(results)), After: plural(len(results), "result")})
	if m.Published != nil {
		p.Facts = append(p.Facts, publishedFact)
		p.Row = m.Published.Name
	}
	warnings := 0
	for i := range results {
		warnings += len(results[i].Warnings)
	}
	if s.opts.NoScores && len(results) > maxWritten {
		p.List, p.History = s.modelList(m, results, warnings > 0, at), ""
	} else {
		for i := range results {
			p.Results = append(p.Results, s.modelResult(&results[i], at))
		}
	}
	if warnings > 0 {
		p.Facts = append(p.Facts, Fact{Value: strconv.Itoa(warnings), After: plural(warnings, "warning")})
	}
	for _, b := range s.boards {
		if mb, ok := s.modelBoard(b, m, at); ok {
			p.Boards = append(p.Boards, mb)
		}
	}
	p.Entries = append(modelEntries(m), s.twin(m, at)...)
	p.Entries = append(p.Entries, follow(s.entityFeed(at, m.Name, len(s.changesBy().model[m.ID]) > 0))...)
	p.Run = s.modelRun(m, at)
	for i := range m.Responses {
		r := &m.Responses[i]
		mr := ModelResponse{Stimuli: r.Stimuli, Kind: joined(", ", r.Kind, r.Region), Credit: r.Credit}
		names, files := r.Files()
		byName := map[string]dataset.Source{}
		for k, n := range names {
			byName[n] = files[k]
		}
		mr.Files = sources(names, byName)
		p.Responses = append(p.Responses, mr)
	}
	for _, t := range m.NeuralTraining {
		p.Training = append(p.Training, joined("; ", t.Dataset, strings.Join(t.Sessions, ", "), strings.Join(t.Subjects, ", ")))
	}
	return p
}

// modelBoard returns a model's scores on a board in the order of the tree; false
// where it has none.
func (s *site) modelBoard(b *board, m *archive.Model, at string) (ModelBoard, bool) {
	out := ModelBoard{Title: b.Title, Href: rel(at, b.front())}
	type line struct {
		n            *leaderboard.Node
		depth        int
		best, median float64
	}
	var lines []line
	var values []float64
	var walk func(n *leaderboard.Node, depth int)
	walk = func(n *leaderboard.Node, depth int) {
		if !has(n, m.ID) {
			return
		}
		best, median := b.summaries[n].best, b.summaries[n].median
		// A node with one child says the same twice: leave the wrapper out.
		if n.Benchmark == nil && len(n.CountedChildren()) == 1 && len(children(b, n)) == 1 {
			for _, c := range n.Children {
				walk(c, depth)
			}
			return
		}
		lines = append(lines, line{n, depth, best, median})
		if c := n.Cell(m.ID); isShare(n) {
			values = append(values, c.Value, c.Low, c.High, best)
		}
		for _, c := range n.Children {
			walk(c, depth+1)
		}
	}
	for _, r := range b.Roots {
		walk(r, 0)
	}
	scale := newBars(values...)
	for _, l := range lines {
		row := b.modelRow(l.n, m, at, l.depth, l.best, l.median, scale)
		row.Score.Href = s.scoreHref(at, l.n.Cell(m.ID).Result)
		out.Rows = append(out.Rows, row)
		out.Intervals = out.Intervals || row.Interval != ""
	}
	out.Published = m.Published != nil
	out.Profile = b.profile(m, at)
	near, node := b.near(m, at)
	out.Near = near
	if node != nil {
		out.NearAt = Link{Text: node.Title, Href: rel(at, b.nodes[node.ID])}
	}
	return out, len(out.Rows) > 0
}

// has reports whether the model has a result at or below the node.
func has(n *leaderboard.Node, model string) bool {
	return slices.ContainsFunc(n.Leaves(), func(leaf *leaderboard.Node) bool {
		return !leaf.Cell(model).Silent()
	})
}

// nodeSummary is what the pages of all models say of a node.
type nodeSummary struct {
	best, median float64                // of the ranked models; NaN where there are fewer than two
	place        map[*archive.Model]int // index among them
}

func newNodeSummary(rows []leaderboard.Row) nodeSummary {
	best, median := typical(rows)
	out := nodeSummary{best, median, make(map[*archive.Model]int, len(rows))}
	for i, r := range rows {
		out.place[r.Model] = i
	}
	return out
}

// typical returns the best and the median value of ranked models; NaN where
// there are fewer than two.
func typical(rows []leaderboard.Row) (best, median float64) {
	if len(rows) < 2 {
		return math.NaN(), math.NaN()
	}
	var v []float64
	for _, r := range rows {
		v = append(v, r.Cell.Value)
	}
	best = v[0]
	slices.Sort(v)
	return best, stat.Quantile(v, .5)
}

func (b *board) modelRow(n *leaderboard.Node, m *archive.Model, at string, depth int, best, median float64, scale bars) ModelRow {
	c := n.Cell(m.ID)
	digits := places([]float64{c.Value, best})
	row := ModelRow{
		Class:    fmt.Sprintf("d%d", min(depth, 5)),
		Text:     n.Title,
		Score:    newCell(n, c, digits),
		Interval: span(c.Low, c.High, digits-1),
	}
	if n.Benchmark == nil {
		row.Class += " node"
		row.Href = rel(at, b.nodes[n.ID])
	} else {
		row.Href, row.Title = rel(at, benchmarkPlace(n.ID)), n.Benchmark.Title
	}
	if isShare(n) {
		row.Bar = scale.draw(c, best, median)
	}
	if !math.IsNaN(best) {
		row.Best, row.Median = decimal(best, digits), decimal(median, digits)
	}
	if i, ok := b.summaries[n].place[m]; ok {
		row.Rank, row.Ranks = rankText(b.ranks[n].Ranked[i])
		row.Of = len(b.ranks[n].Ranked)
	}
	return row
}

// Lines writes the rows.
func (p ModelBoard) Lines() HTML {
	m := &markup{}
	for i := range p.Rows {
		r := &p.Rows[i]
		m.raw(`<tr class="`, r.Class, `"><th scope="row"`)
		if r.Title != "" {
			m.raw(` title="`).text(r.Title).raw(`"`)
		}
		m.raw(`><a href="`).text(r.Href).raw(`">`).text(r.Text).raw(`</a></th><td class="b">`, string(r.Bar), `</td>`)
		*m = r.Score.append(*m)
		if p.Intervals {
			m.raw(`<td class="i">`).text(r.Interval).raw(`</td>`)
		}
		m.raw(`<td>`)
		if r.Rank != "" {
			m.raw(r.Rank, `<small> of `, strconv.Itoa(r.Of), `</small><span class="meta">`, r.Ranks, `</span>`)
		}
		m.raw(`</td><td class="i">`, r.Best, `</td><td class="i">`, r.Median, "</td></tr>\n")
	}
	return m.html()
}

// modelList writes results as a table.
func (s *site) modelList(m *archive.Model, results []archive.Result, warned bool, at string) *ModelList {
	rows := &markup{}
	for i := range results {
		r := &results[i]
		title, href, _ := s.resultTitle(r, at)
		rows.raw(`<tr id="`).text(resultAnchor(r)).raw(`"><th scope="row">`).link(Link{Text: title, Href: href}).raw(`</th><td`)
		score, words := readable(r)
		if words {
			rows.raw(` class="t words"`)
		}
		rows.raw(`>`).text(score)
		if r.Provenance.Kind == archive.KindPublished {
			rows.raw(` <small>published</small>`)
		}
		rows.raw(`</td>`)
		if warned {
			rows.raw(`<td class="t">`)
			for k, w := range r.Warnings {
				if k > 0 {
					rows.raw(`<br>`)
				}
				rows.text(w)
			}
			rows.raw(`</td>`)
		}
		rows.raw("</tr>\n")
	}
	return &ModelList{
		Rows: rows.html(), Warned: warned,
		Command: Command{"bsgen", "verify", "--model", m.ID},
		Data:    rel(at, dataRoot+"models/"+m.ID+".json"),
	}
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
	for _, k := range sortedKeys(r.Details) {
		add(upper(strings.ReplaceAll(k, "_", " ")), number(float64(r.Details[k])), "")
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

// twins are the models that stand for one network on several boards, by id, each
// with the others, sorted: those that the questions of boards tie.
func twins(a *archive.Archive) map[string][]string {
	out := map[string][]string{}
	tie := func(x, y string) {
		if !slices.Contains(out[x], y) {
			out[x] = append(out[x], y)
		}
	}
	for _, b := range a.Boards {
		for i := range b.Questions {
			for x, y := range b.Questions[i].Match {
				tie(x, y)
				tie(y, x)
			}
		}
	}
	for _, ids := range out {
		slices.Sort(ids)
	}
	return out
}

// twin links the same network under its other ids.
func (s *site) twin(m *archive.Model, at string) []Entry {
	var links []Link
	for _, id := range s.twins[m.ID] {
		if o, ok := s.Model(id); ok {
			links = append(links, Link{Text: o.Name, Href: rel(at, modelPlace(id)), Note: roleName(o)})
		}
	}
	if links == nil {
		return nil
	}
	return []Entry{{"Same network", links}}
}

func modelEntries(m *archive.Model) []Entry {
	var out []Entry
	fact := func(term string, f archive.Fact) {
		if f.Value == "" {
			out = append(out, Entry{term, []Link{{Text: "unknown"}}})
			return
		}
		e := Entry{term, []Link{{Text: grouped(f.Value)}}}
		if term == "Year" {
			e.Links[0].Text = f.Value
		}
		if to := external(f.Source); to != "" {
			e.Links = append(e.Links, Link{Text: "source", Href: to})
		} else {
			e.Links[0].Note = f.Source
		}
		out = append(out, e)
	}
	text := func(term, value string) {
		if value == "" {
			value = "unknown"
		}
		out = append(out, Entry{term, []Link{{Text: value}}})
	}
	text("Family", m.Metadata.Family)
	text("Architecture", m.Metadata.Architecture)
	fact("Year", m.Metadata.Year)
	fact("Parameters", m.Metadata.Parameters)
	fact("Training data", m.Metadata.Training)
	out = append(out, Entry{"Paper", []Link{cite(m.Reference)}})
	if m.Submitter.Name == "" { // of published scores
		return out
	}
	who := Link{Text: m.Submitter.Name}
	if m.Submitter.GitHub != "" {
		who.Href = external("https://github.com/" + strings.TrimPrefix(m.Submitter.GitHub, "@"))
	}
	return append(out, Entry{"Submitted by", []Link{who}})
}

// sources lists pinned files in the order of their names.
func sources(names []string, by map[string]dataset.Source) []Source {
	var out []Source
	for _, n := range names {
		s := by[n]
		f := Source{Name: n, SHA256: s.SHA256}
		if s.Bytes > 0 {
			f.Size = grouped(strconv.FormatInt(int64(s.Bytes), 10)) + " bytes"
		}
		f.Link = link(lastPart(s.URL), s.URL)
		if s.File != "" {
			f.Link = Link{Text: s.File}
		}
		out = append(out, f)
	}
	return out
}

func lastPart(address string) string { return address[strings.LastIndexByte(address, '/')+1:] }
