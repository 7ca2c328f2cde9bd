package site

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/scoring/stat"
	"github.com/bsgen/bsgen/site/chart"
)

// BenchmarkPage is one benchmark: what was measured, how it is scored, how the
// models do.
type BenchmarkPage struct {
	Chrome
	Heading          string
	ID               string
	Lede             string
	Facts            []Fact
	Plot             *chart.Figure // nil where no model has a value
	Notes            []string
	Metric           string
	Ceiling          []string
	Formula          string
	Readme           HTML
	Table            []BenchmarkSection
	Width            int    // columns of the table
	Field            *Field // nil where no model has a value
	Summary          []Fact // distribution of the models
	Entries          []Entry
	Sources          []Source
	Stimuli          string  // what a response names
	Kind             string  // of the response; "" where unknown
	List             string  // digest of the list of stimuli; "" where neither a result nor the benchmark has it
	Join             string  // link to how to take part
	Samples          string  // relative URL of a picture of some stimuli; "" where none is shown
	Images           Command // writes the stimuli; nil where the archive does not know the images
	BibTeX           string
	Commands         []Command
	Unit             string // heading of the score column
	Raw              bool   // the values are raw, there is no score
	Published        bool   // the scores were published: nobody can take part
	Intervals        bool   // a score has one
	Errors           bool   // a score has one
	Warned           bool   // a result has a warning
	Results          bool   // there are copies of the result files
	Method           string
	Example, Reading string // a rank of the table, and how to read it
}

// BenchmarkSection is a part of the ranked table.
type BenchmarkSection struct {
	Title string
	Rows  []BenchmarkRow
}

// BenchmarkRow is a model in a benchmark's table.
type BenchmarkRow struct {
	Rank, RankInterval string
	RankClass          string
	Who
	Score         Cell
	Interval, Raw string
	Error         string
	Warnings      string
	Data          string // link to the result
}

// Source is a pinned file.
type Source struct {
	Name, SHA256, Size string
	Link               Link
}

func (s *site) benchmarkPage(b *archive.Benchmark) *BenchmarkPage {
	at := benchmarkPlace(b.ID)
	p := &BenchmarkPage{
		Chrome:  s.chrome(at, b.Title, "benchmarks/index.html"),
		Heading: b.Title,
		ID:      b.ID,
		Lede:    b.Summary,
		Notes:   b.Notes,
		Metric:  metricText(b),
		Ceiling: []string{ceilingText(b)},
		Formula: ruleText(b),
		Readme:  s.markdown(b.Readme, b.Dir+"/README.md", at, "about-").body,
		Sources: sources(slices.Sorted(maps.Keys(b.Sources)), b.Sources),
		Stimuli: b.StimulusSet(),
		List:    b.Stimuli.SHA256,
		Kind:    metricWords[strings.TrimSuffix(b.Metric.Name, "_split")].kind,
		Join:    s.anchor(at, "participate", "submit"),
		BibTeX:  b.Reference.BibTeX,
		Commands: []Command{
			{"bsgen", "data", "pull", "--benchmark", b.ID},
			{"bsgen", "verify", "--benchmark", b.ID},
		},
		Raw:    b.Normalize == "none",
		Unit:   "Score",
		Method: s.anchor(at, "methods", "rank", "interval"),
	}
	p.Feeds = append(p.Feeds, s.entityFeed(at, b.Title, len(s.changesBy().benchmark[b.ID]) > 0)...)
	p.describe(b.Summary)
	if p.Raw {
		p.Unit = "Raw value"
	}
	if p.Published = b.Published != nil; p.Published {
		p.Commands[0] = Command{"bsgen", "import", "--benchmark", b.ID}
		p.Join = ""
	}
	if _, ok := s.Archive.Images(b.StimulusSet()); ok {
		p.Images = Command{"bsgen", "stimuli", b.ID, "--out", "stimuli"}
	}
	if b.Samples != nil {
		p.Samples = "samples.png"
	}
	if words := scaleWords[scoring.Scale(b.Ceiling.Scale)]; words != "" && b.Ceiling.Name != "none" {
		p.Ceiling = append(p.Ceiling, words)
	}
	for i := range s.boards {
		if n := s.boards[i].Node(b.ID); n != nil && b.Board == s.boards[i].ID {
			s.fillBenchmark(p, s.boards[i], n, at)
		}
	}
	return p
}

// fillBenchmark adds what depends on the board and its results.
func (s *site) fillBenchmark(p *BenchmarkPage, board *board, n *leaderboard.Node, at string) {
	b, r := n.Benchmark, board.ranks[n]
	p.Crumbs = board.crumbs(at, n)
	models := len(scored(r))
	p.Facts = []Fact{{Before: "version", Value: strconv.Itoa(b.Version)}}
	if b.Assembly.Subjects > 0 {
		p.Facts = append(p.Facts, Fact{Value: strconv.Itoa(b.Assembly.Subjects), After: subjectNoun(b)})
	}
	if b.Stimuli.Count > 0 {
		p.Facts = append(p.Facts, Fact{Value: grouped(strconv.Itoa(b.Stimuli.Count)), After: stimulusNoun(b)})
	}
	p.Facts = append(p.Facts, Fact{Value: strconv.Itoa(models), After: plural(models, "model")})
	if p.Published {
		p.Facts = append(p.Facts, publishedFact)
	}
	if w := n.Weight(); w > 0 {
		p.Facts = append(p.Facts, Fact{Before: "weight in " + root(n).Title, Value: fraction(w)})
	} else if !b.Primary {
		p.Facts = append(p.Facts, Fact{Value: "view", After: "of its data, in no mean"})
	}
	var values []float64
	for _, row := range scored(r) {
		values = append(values, row.Cell.Value)
	}
	digits := places(values)
	for i, rows := range [][]leaderboard.Row{r.Ranked, r.Partial, r.References, r.Unscored} {
		if len(rows) > 0 {
			sec := BenchmarkSection{Title: []string{"", "Not ranked", "Reference rows, not models", "Without a score"}[i]}
			for _, row := range rows {
				line := benchmarkRow(n, row, digits, at)
				if res := row.Cell.Result; res != nil {
					line.Score.Href, line.Data = s.scoreHref(at, res), s.resultHref(at, res)
				}
				line.RankClass = rankClass(row, len(r.Ranked))
				p.Warned = p.Warned || line.Warnings != ""
				p.Intervals = p.Intervals || line.Interval != ""
				p.Errors = p.Errors || line.Error != ""
				sec.Rows = append(sec.Rows, line)
			}
			p.Table = append(p.Table, sec)
		}
	}
	p.Example, p.Reading = reading(r)
	p.Width, p.Results = 3, !s.opts.NoScores
	for _, more := range []bool{p.Intervals, p.Errors, !p.Raw && !p.Published, p.Warned, p.Results} {
		if more {
			p.Width++
		}
	}
	p.plot(n, r, digits, at)
	p.Summary = distribution(values, digits, b.Direction)
	p.Entries = entries(b, r, digits, at)
	if older := s.older[b.ID]; older > 0 {
		p.Entries = append(p.Entries, Entry{"Earlier versions", []Link{{Text: count(older, "result"), Note: "kept, in no mean"}}})
	}
	p.Entries = append(p.Entries, follow(s.entityFeed(at, b.Title, len(s.changesBy().benchmark[b.ID]) > 0))...)
	p.Field = board.field(n, at)
}

// olderResults counts the results of earlier versions by benchmark.
func olderResults(a *archive.Archive) map[string]int {
	current := map[string]int{}
	for _, b := range a.Benchmarks {
		current[b.ID] = b.Version
	}
	out := map[string]int{}
	for _, results := range a.Results {
		for i := range results {
			if r := &results[i]; r.Version < current[r.Benchmark] {
				out[r.Benchmark]++
			}
		}
	}
	return out
}

func root(n *leaderboard.Node) *leaderboard.Node {
	for n.Parent != nil {
		n = n.Parent
	}
	return n
}

func benchmarkRow(n *leaderboard.Node, r leaderboard.Row, digits int, at string) BenchmarkRow {
	row := BenchmarkRow{
		Who:      newWho(at, r.Model, r.Cell.Trained),
		Score:    newCell(n, r.Cell, digits),
		Interval: span(r.Cell.Low, r.Cell.High, digits-1),
	}
	if row.Score.Sub == "raw" {
		row.Score.Sub = "" // the heading says so
	}
	row.Rank, row.RankInterval = rankText(r)
	if res := r.Cell.Result; res != nil {
		row.Raw = decimal(float64(res.Raw), digits)
		if k := len(res.Warnings); k > 0 {
			row.Warnings = strconv.Itoa(k)
		}
		if res.Error.Value.OK() {
			row.Error = "± " + decimal(float64(res.Error.Value), digits)
		}
	}
	return row
}

// Lines writes rows of the table.
func (p *BenchmarkPage) Lines(rows []BenchmarkRow) HTML {
	m := &markup{}
	for i := range rows {
		r := &rows[i]
		m.raw(`<tr><td class="rank`)
		if r.RankClass != "" {
			m.raw(` `).text(r.RankClass)
		}
		m.raw(`">`)
		if r.Rank != "" {
			m.raw(`<b>`).text(r.Rank).raw(`</b>`)
			if r.RankInterval != "" {
				m.raw(` <span>[`).text(r.RankInterval).raw(`]</span>`)
			}
		} else {
			m.raw(`<span class="vh">not ranked</span>`)
		}
		m.raw(`</td>`).who(&r.Who)
		*m = r.Score.append(*m)
		if p.Intervals {
			m.raw(`<td class="i">`).text(r.Interval).raw(`</td>`)
		}
		if !p.Raw && !p.Published {
			m.raw(`<td>`).text(r.Raw).raw(`</td>`)
		}
		if p.Errors {
			m.raw(`<td class="i">`).text(r.Error).raw(`</td>`)
		}
		if p.Warned {
			m.raw(`<td>`)
			if r.Warnings != "" {
				m.raw(`<a href="`).text(r.Href).raw(`#results">`).text(r.Warnings).raw(`</a>`)
			}
			m.raw(`</td>`)
		}
		if p.Results {
			m.raw(`<td>`)
			if r.Data != "" {
				m.raw(`<a href="`).text(r.Data).raw(`">JSON</a>`)
			}
			m.raw(`</td>`)
		}
		m.raw("</tr>\n")
	}
	return m.html()
}

// maxPlot is the number of rows that the figure draws; the table has them all.
const maxPlot = 60

func (p *BenchmarkPage) plot(n *leaderboard.Node, r *leaderboard.Ranking, digits int, at string) {
	b := n.Benchmark
	rows := scored(r)
	total := len(rows)
	if total == 0 && len(r.References) == 0 {
		return
	}
	rows = rows[:min(len(rows), maxPlot)]
	share := !p.Raw
	f := chart.Rows{
		Head:   chart.Head{ID: "plot", Title: fmt.Sprintf("%s of %s", p.Unit, count(total, "model")), Numbers: "#ranked"},
		Axis:   axisTitle(b),
		Places: digits,
	}
	if share {
		f.From = [2]float64{0, 1}
	}
	add := func(row leaderboard.Row) {
		f.Rows = append(f.Rows, chart.Row{
			Name: row.Model.Name, Href: rel(at, modelPlace(row.Model.ID)), Mark: mark(row),
			Value: row.Cell.Value, Interval: chart.Interval{Low: row.Cell.Low, High: row.Cell.High},
		})
	}
	for _, row := range rows {
		add(row)
	}
	for _, row := range r.References {
		if len(f.Rows) < maxPlot && !math.IsNaN(row.Cell.Value) {
			add(row)
		}
	}
	c := observe(r)
	p.List = cmp.Or(c.stimuli, p.List)
	if share && !isUnit(b) && b.Ceiling.Name != "none" && !math.IsNaN(c.value) {
		f.Ceiling = &chart.Ceiling{At: 1, Lower: math.NaN(), Label: ceilingLabel(b)}
		if c.upper > 0 && !math.IsNaN(c.lower) {
			f.Ceiling.Lower = c.lower / c.upper
		}
	}
	how := "Marks are scores"
	if p.Raw {
		how = "Marks are raw values"
	}
	hasInterval := slices.ContainsFunc(f.Rows, func(r chart.Row) bool { return r.Interval.Low < r.Interval.High })
	switch {
	case !hasInterval:
		f.Caption = how + "; they have no intervals."
	case c.resampled == "":
		f.Caption = how + ", bars 95 % intervals."
	default:
		f.Caption = how + ", bars 95 % intervals, resampling " + strings.ReplaceAll(c.resampled, " x ", " × ") + "."
	}
	if total > maxPlot {
		f.Caption += fmt.Sprintf(" The first %d of %d; the table has them all.", maxPlot, total)
	}
	p.Plot = f.Figure()
}

// mark returns how a row is drawn.
func mark(row leaderboard.Row) chart.Mark {
	switch {
	case row.Model.Role == archive.RoleReference:
		return chart.Reference
	case row.Cell.Result != nil && row.Cell.Result.Provenance.Kind == "published":
		return chart.Published
	case row.Model.Role == archive.RoleBaseline:
		return chart.Baseline
	}
	return chart.Computed
}

func axisTitle(b *archive.Benchmark) string {
	if b.Published != nil {
		return publishedAxis(b)
	}
	if b.Normalize == "none" {
		return metricName(b.Metric.Name) + ", raw value"
	}
	if isUnit(b) {
		return metricName(b.Metric.Name)
	}
	return "score, as a share of the " + ceilingLabel(b)
}

// isUnit reports whether the ceiling is 1, the largest value that the metric
// can have: the score is the raw value, and the ceiling says nothing.
func isUnit(b *archive.Benchmark) bool { return b.Ceiling.Name == "constant" && b.Ceiling.Value == 1 }

// ceilingLabel names the ceiling in a chart.
func ceilingLabel(b *archive.Benchmark) string {
	switch {
	case b.Ceiling.Name == "inter_subject":
		return "agreement among " + peopleOrSubjects(b)
	case b.Ceiling.Scale == string(scoring.Band):
		return "noise ceiling"
	case b.Ceiling.Scale == string(scoring.Reference):
		return "reference"
	}
	return "ceiling"
}

// metricName names a metric on an axis.
func metricName(id string) string {
	id = strings.TrimSuffix(id, "_split")
	return cmp.Or(metricNames[id], strings.ReplaceAll(id, "_", " "))
}

// observed is what the results say of the benchmark: its ceiling, how it was
// resampled, its stimuli.
type observed struct {
	value, top   float64 // the same for all models, or a range
	lower, upper float64
	err          float64 // standard error over the divisions that it is from; NaN where it is not
	resampled    string
	stimuli      string // digest of their list
}

func observe(r *leaderboard.Ranking) observed {
	nan := math.NaN()
	c := observed{value: nan, top: nan, lower: nan, upper: nan, err: nan}
	for _, row := range slices.Concat(r.Ranked, r.Partial, r.References) {
		res := row.Cell.Result
		if res == nil {
			continue
		}
		c.resampled = cmp.Or(c.resampled, res.Interval.Resampled)
		c.stimuli = cmp.Or(c.stimuli, res.Inputs.Stimuli)
		if !res.Ceiling.Value.OK() {
			continue
		}
		v := float64(res.Ceiling.Value)
		if math.IsNaN(c.value) {
			c.value, c.top = v, v
			c.lower, c.upper, c.err = float64(res.Ceiling.Lower), float64(res.Ceiling.Upper), float64(res.Ceiling.Error)
		}
		c.value, c.top = math.Min(c.value, v), math.Max(c.top, v)
	}
	return c
}

// text writes the ceiling's value, or its range where models differ.
func (c observed) text() string {
	switch {
	case math.IsNaN(c.value):
		return "none"
	case !math.IsNaN(c.lower) && !math.IsNaN(c.upper):
		return decimal(c.lower, scorePlaces) + " to " + decimal(c.upper, scorePlaces)
	case score(c.value) != score(c.top):
		return score(c.value) + " to " + score(c.top)
	}
	return score(c.value)
}

// distribution describes the models' values.
func distribution(values []float64, digits int, direction string) []Fact {
	if len(values) < 2 {
		return nil
	}
	v := slices.Clone(values)
	slices.Sort(v)
	best, worst := v[len(v)-1], v[0]
	if direction == "lower" {
		best, worst = worst, best
	}
	return []Fact{
		{Before: "best", Value: decimal(best, digits)},
		{Before: "median", Value: decimal(stat.Quantile(v, .5), digits)},
		{Before: "lowest rank", Value: decimal(worst, digits)},
	}
}

// entries are the facts beside the figure.
func entries(b *archive.Benchmark, r *leaderboard.Ranking, digits int, at string) []Entry {
	var out []Entry
	add := func(term, text string) {
		if text != "" {
			out = append(out, Entry{term, []Link{{Text: text}}})
		}
	}
	if b.Ceiling.Name != "none" {
		c := observe(r)
		text, note := c.text(), b.Ceiling.Scale
		if !math.IsNaN(c.err) {
			text += " ± " + decimal(c.err, scorePlaces)
			note += ", ± standard error over divisions"
		}
		if text == "none" && b.Ceiling.Name == "constant" {
			text = score(b.Ceiling.Value)
		}
		if text == "none" {
			text = "computed with the first score"
		}
		out = append(out, Entry{"Ceiling", []Link{{Text: text, Note: note}}})
	} else {
		add("Ceiling", "none")
	}
	if rows := scored(r); len(rows) > 0 {
		best := rows[0]
		out = append(out, Entry{"Best model", []Link{{Text: best.Model.Name, Href: rel(at, modelPlace(best.Model.ID)), Note: decimal(best.Cell.Value, digits)}}})
	}
	if n := len(r.Ranked); n > 1 && !r.Tested() {
		add("Differences", "not tested")
	} else if n > 1 {
		add("May be the best", fmt.Sprintf("%d of %s", leaders(r), count(n, "model")))
	}
	add("Region", b.Assembly.Region)
	add("Species", b.Assembly.Species)
	add("Method", b.Assembly.Method)
	if b.Stimuli.VisualDegrees > 0 {
		add("Image width", strconv.FormatFloat(b.Stimuli.VisualDegrees, 'f', -1, 64)+"° of visual angle")
	}
	add("Data set", b.Dataset)
	if b.Stimuli.URL != "" {
		out = append(out, Entry{"Stimuli", []Link{link(b.StimulusSet(), b.Stimuli.URL)}})
	}
	add("Better is", b.Direction)
	add("Licence", b.License)
	out = append(out, Entry{"Paper", []Link{cite(b.Reference)}})
	add("Since the version before", b.Replaces)
	return out
}

func subjectNoun(b *archive.Benchmark) string {
	noun := "subject"
	switch b.Assembly.Species {
	case "human":
		if b.Assembly.Subjects == 1 {
			return "person"
		}
		return "people"
	case "macaque", "monkey":
		noun = "monkey"
	}
	return plural(b.Assembly.Subjects, noun)
}

func stimulusNoun(b *archive.Benchmark) string {
	switch b.Stimuli.Kind {
	case "images":
		return plural(b.Stimuli.Count, "image")
	case "text":
		return plural(b.Stimuli.Count, "word")
	case "":
		return "stimuli"
	}
	return b.Stimuli.Kind
}
