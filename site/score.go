package site

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/scoring"
)

// ScorePage is one result, readable: everything that its file says, how the
// score follows from it, where it comes from, and how to get it again.
type ScorePage struct {
	Crumbs    HTML
	Model     Link
	Benchmark Link
	Notice    string // that there is no number, or that it is not the current one
	Advice    string // what to do about it
	Value     string // the number as a leaderboard shows it; the state's name where there is none
	Unit      string // what it is
	Interval  string
	Standing  string // rank with its interval
	Gauge     HTML   // the score against its ceiling
	Published *Published
	Warnings  []string
	Steps     []ScoreStep
	Sure      []Entry
	Splits    []string
	Units     *Strip
	UnitCount string
	UnitNote  string
	Layers    []ScoreLayer
	Details   []Entry
	Commands  []Command
	Prints    string // what the last command says
	Inputs    []ScoreInput
	Entries   []Entry
	History   ResultHistory
	Gap       string // what the history lacks
	Versions  []Link // the model's results on other versions
	Around    []Entry
	Method    string
}

// ScoreStep is a line on the way from the raw value to the score.
type ScoreStep struct {
	Term, Value, Note string
	Last              bool
}

// ScoreLayer is a candidate layer.
type ScoreLayer struct {
	Tensor, Score string
	Chosen        bool
}

// ScoreInput is a digest of something that went in.
type ScoreInput struct{ Name, What, Digest string }

// scoreContext is what all pages of one version of a benchmark share.
type scoreContext struct {
	id        string
	version   int
	benchmark *archive.Benchmark // nil where the archive has no such benchmark any more
	current   bool               // the version is the current one
	board     *board             // nil where no board shows it
	node      *leaderboard.Node  // of the current version
	crumbs    HTML
	metric    string // what the raw value is
	scale     string // what kind of quantity the ceiling is
	digits    int
	gauge     bars
	ticks     string
	method    string
	models    Link // the benchmark's table
	rows      map[string]leaderboard.Row
	order     []string // ids of the models that are ranked, best first
	place     map[string]int
	best      float64
	median    float64
	// The place of every page is equally deep, so relative links are the same.
	at string
}

func newScoreContext(s *site, id string, version int) *scoreContext {
	c := &scoreContext{id: id, version: version, at: scorePlace("m", id, version), best: math.NaN(), median: math.NaN(), digits: scorePlaces}
	c.method = s.anchor(c.at, "methods", "interval", "score")
	b, ok := s.Benchmark(id)
	if !ok {
		c.crumbs = crumbsHTML([]Link{{Text: "Benchmarks", Href: rel(c.at, "benchmarks/index.html")}})
		return c
	}
	c.benchmark, c.current = b, b.Version == version
	c.metric = metricWords[strings.TrimSuffix(b.Metric.Name, "_split")].raw
	if b.Ceiling.Name != "none" {
		c.scale = scaleWords[scoring.Scale(b.Ceiling.Scale)]
	}
	c.models = Link{Text: b.Title, Href: rel(c.at, benchmarkPlace(b.ID))}
	for _, board := range s.boards {
		n := board.Node(id)
		if n == nil || b.Board != board.ID {
			continue
		}
		c.board = board
		c.crumbs = crumbsHTML(append(board.crumbs(c.at, n), c.models))
		if !c.current {
			break
		}
		c.node = n
		c.rows, c.place = map[string]leaderboard.Row{}, map[string]int{}
		values := []float64{}
		for _, r := range board.ranks[n].Ranked {
			c.rows[r.Model.ID] = r
			c.place[r.Model.ID] = len(c.order)
			c.order = append(c.order, r.Model.ID)
			values = append(values, r.Cell.Value)
		}
		c.digits = places(values)
		c.best, c.median = board.summaries[n].best, board.summaries[n].median
		c.gauge = newBars(values...)
		c.ticks = c.gauge.ticks()
	}
	return c
}

// withScores are the models whose scores have pages.
func (s *site) withScores() []*archive.Model {
	if s.opts.NoScores {
		return nil
	}
	return s.Models
}

// scoreJobs adds the score pages and the copies of the result files, model by model
// as they are asked for. The pages of one version of a benchmark share what they say
// of it.
func (s *site) scoreJobs(w *work) {
	frame := sync.OnceValues(func() (*shell, error) { return s.newShell(w.templates["shell"], "scores", "models/index.html") })
	near := sync.OnceValue(s.neighbours)
	content := w.templates["score"].Lookup("content")
	type version struct {
		id string
		n  int
	}
	contexts := map[version]func() *scoreContext{}
	for _, m := range s.withScores() {
		results := s.Results[m.ID]
		for i := range results {
			v := version{results[i].Benchmark, results[i].Version}
			if contexts[v] == nil {
				contexts[v] = sync.OnceValue(func() *scoreContext { return newScoreContext(s, v.id, v.n) })
			}
		}
		pages, copies := scoresRoot+m.ID+"/", dataRoot+"results/"+m.ID+"/"
		w.later(func(at string) bool { return strings.HasPrefix(at, pages) || strings.HasPrefix(at, copies) }, func(w *work) error {
			for i := range results {
				r := &results[i]
				w.file(resultPlace(r), r.Encode)
				context := contexts[version{r.Benchmark, r.Version}]
				w.write(scorePlace(r.Model, r.Benchmark, r.Version), func(out *markup) error {
					frame, err := frame()
					if err != nil {
						return err
					}
					p := s.scorePage(context(), m, r, near())
					return frame.page(out, p.Model.Text+" on "+p.Benchmark.Text, p.description(), r.Model+"/"+versionName(r.Benchmark, r.Version), func() error {
						return content.Execute(out, p)
					})
				})
			}
			return nil
		})
	}
}

// scoreHref is the address of a result's page seen from another; "" where the
// site has no such pages, or the pair no result.
func (s *site) scoreHref(from string, r *archive.Result) string {
	if s.opts.NoScores || r == nil {
		return ""
	}
	return rel(from, scorePlace(r.Model, r.Benchmark, r.Version))
}

// resultHref is the address of the copy of a result file seen from a page; ""
// where the site has none.
func (s *site) resultHref(from string, r *archive.Result) string {
	if s.opts.NoScores {
		return ""
	}
	return rel(from, resultPlace(r))
}

func (p *ScorePage) description() string {
	return joined(", ", joined(" ", p.Value, p.Unit), p.Interval, p.Standing)
}

// scorePage writes out everything that a result says.
func (s *site) scorePage(c *scoreContext, m *archive.Model, r *archive.Result, near *neighbours) *ScorePage {
	p := &ScorePage{
		Crumbs:    c.crumbs,
		Model:     Link{Text: m.Name, Href: rel(c.at, modelPlace(m.ID))},
		Benchmark: Link{Text: r.Benchmark},
		Warnings:  r.Warnings,
		Method:    c.method,
		Gap:       s.historyGaps(),
		History:   s.resultHistory(r, maxScoreVersions),
	}
	if c.benchmark != nil {
		p.Benchmark = c.models
	}
	var cell *leaderboard.Cell
	if c.node != nil {
		cell = c.node.Cell(m.ID)
	}
	p.fillState(c, r, cell)
	if r.Status == archive.Scored {
		p.fillSteps(c, r)
		p.fillSure(r)
		p.fillUnits(s, r)
		p.fillRank(c, m)
		if c.node != nil && isShare(c.node) {
			bar := &markup{}
			bar.gauge(c.gauge, cell, c.best, c.median, c.ticks)
			p.Gauge = bar.html()
		}
	}
	for _, l := range r.Layers {
		chosen, _ := r.Chosen()
		p.Layers = append(p.Layers, ScoreLayer{l.Tensor, decimal(float64(l.Score), scorePlaces+1), l == chosen})
	}
	for _, d := range r.Details {
		p.Details = append(p.Details, Entry{upper(strings.ReplaceAll(d.Name, "_", " ")), []Link{{Text: number(float64(d.Value))}}})
	}
	p.fillOrigin(s, c, r)
	p.fillCommands(s, c, r)
	p.fillAround(s, c, m, r, near)
	return p
}

// fillState says what number there is, or why there is none.
func (p *ScorePage) fillState(c *scoreContext, r *archive.Result, cell *leaderboard.Cell) {
	switch r.Status {
	case archive.Failed:
		p.Value = "failed"
		p.Notice = "The scorer could not make a score of the model's response: " + sentence(r.Reason) + "."
		p.Advice = "A failure is a result: it is kept until the submission, the benchmark or the scorer changes. Mend what the reason names, then score the pair again."
	case archive.NotApplicable:
		p.Value = "not applicable"
		p.Notice = "The benchmark does not apply to this model: " + sentence(r.Reason) + "."
		p.Advice = "There is nothing to mend."
		if strings.HasPrefix(r.Reason, "trained_on") {
			p.Advice = "A model that was fitted to the measurements can not be tested by them. The model counts as lacking this benchmark, not as scoring zero. Where the statement is wrong, neural_training in the submission is the place to correct it."
		}
	default:
		p.Value, p.Unit = decimal(float64(r.Score), c.digits), "score"
		if !r.Score.OK() {
			p.Value, p.Unit = decimal(float64(r.Raw), max(c.digits, places([]float64{float64(r.Raw)}))), "raw value"
		}
		if r.Interval.Low.OK() || r.Interval.High.OK() {
			p.Interval = "95 % interval " + span(float64(r.Interval.Low), float64(r.Interval.High), c.digits)
		}
		switch {
		case !r.Score.OK() && !r.Raw.OK():
			p.Value, p.Unit = "undefined", "value"
			p.Notice = "The pair was scored, but the value is undefined: the warnings say why."
		case !c.current && c.benchmark != nil:
			p.Notice = fmt.Sprintf("A number of version %d. The benchmark is now at version %d, and this number counts nowhere.", c.version, c.benchmark.Version)
		case c.benchmark == nil:
			p.Notice = "The archive no longer has this benchmark, and this number counts nowhere."
		}
	}
	if cell != nil && cell.Stale {
		p.Notice = joined(" ", p.Notice, "What went into this number has changed since: it is being rescored.")
	}
	p.Published = newPublished(r)
}

// fillSteps writes out the arithmetic from the raw value to the score.
func (p *ScorePage) fillSteps(c *scoreContext, r *archive.Result) {
	raw, ceiling := float64(r.Raw), float64(r.Ceiling.Value)
	add := func(term, value, note string) {
		p.Steps = append(p.Steps, ScoreStep{Term: term, Value: value, Note: note})
	}
	if p.Published == nil || r.Raw.OK() {
		add("Raw value r", decimal(raw, stepPlaces), c.metric)
	}
	if !math.IsNaN(ceiling) {
		note := c.scale
		if s := span(float64(r.Ceiling.Lower), float64(r.Ceiling.Upper), stepPlaces); s != "" {
			note = joined(" ", "From "+s+".", note)
		}
		if r.Ceiling.Error.OK() {
			note = joined(" ", "± "+decimal(float64(r.Ceiling.Error), stepPlaces)+".", note)
		}
		add("Ceiling c", decimal(ceiling, stepPlaces), note)
	}
	rule, ok := scoring.Rules[r.Rule]
	switch {
	case r.Rule == archive.PublishedRule:
		add("Rule", "as published", "")
	case !ok:
		add("Rule", "none", "The raw value stands for itself: it is no share of a ceiling and counts in no mean.")
	default:
		add("Rule", "score = "+rule.Formula, r.Rule)
	}
	if r.Score.OK() {
		p.Steps = append(p.Steps, ScoreStep{"Score", arithmetic(r), "", true})
	}
}

// stepPlaces is the number of decimals in which the arithmetic is written out.
const stepPlaces = 6

// arithmetic writes the rule with the numbers put in.
func arithmetic(r *archive.Result) string {
	num := func(x archive.Number) string { return decimal(float64(x), stepPlaces) }
	square := func(x archive.Number, of string) string {
		if x < 0 {
			return minus + of // the rule keeps the sign
		}
		return of
	}
	positive := archive.Number(math.Abs(float64(r.Raw)))
	c, result := num(r.Ceiling.Value), decimal(float64(r.Score), stepPlaces)
	out := ""
	switch r.Rule {
	case "explained_variance":
		out = square(r.Raw, num(positive)+"²") + " / " + c
	case "squared_ratio":
		out = square(r.Raw, "("+num(positive)+" / "+c+")²")
	case "ratio", "clipped_ratio":
		out = num(r.Raw) + " / " + c
	case "ratio_sqrt":
		out = num(r.Raw) + " / √" + c
	default:
		return result // from the subjects, or as published
	}
	if r.Unclipped.OK() && r.Unclipped != r.Score {
		return out + " = " + num(r.Unclipped) + ", clipped to " + result
	}
	return out + " = " + result
}

// fillSure says how sure the number is.
func (p *ScorePage) fillSure(r *archive.Result) {
	add := func(term, text, note string) {
		if text != "" && text != "none" {
			p.Sure = append(p.Sure, Entry{term, []Link{{Text: text, Note: note}}})
		}
	}
	add("95 % interval", span(float64(r.Interval.Low), float64(r.Interval.High), stepPlaces), r.Interval.Method)
	add("Resampled", strings.ReplaceAll(r.Interval.Resampled, " x ", " × "), "")
	term := "Error of the raw value"
	if p.Published != nil {
		term = "Error, as published"
	}
	add(term, decimal(float64(r.Error.Value), stepPlaces), r.Error.Kind)
	for _, x := range r.Splits {
		p.Splits = append(p.Splits, decimal(float64(x), scorePlaces+1))
	}
}

// fillUnits draws the values that the raw value averages.
func (p *ScorePage) fillUnits(s *site, r *archive.Result) {
	if r.Units.N == 0 {
		return
	}
	p.UnitCount = unitCount(r.Units)
	if r.Units.Dropped > 0 {
		p.UnitNote = grouped(strconv.Itoa(r.Units.Dropped)) + " more have no value and are left out."
	}
	side, err := s.Sidecar(r)
	if err != nil || len(side.Units) == 0 {
		p.UnitNote = joined(" ", p.UnitNote, "Their values were not kept.")
		return
	}
	values := make([]float64, len(side.Units))
	for i, x := range side.Units {
		values[i] = float64(x)
	}
	p.Units = newStrip(values)
}

// unitCount writes "50 neuroids", and of a product "10 subjects × conditions".
func unitCount(u archive.ResultUnits) string {
	kind := u.Kind
	if u.N != 1 {
		kind = strings.ReplaceAll(kind, " x ", "s × ") + "s"
	}
	return grouped(strconv.Itoa(u.N)) + " " + kind
}

// fillRank says where the model stands among those ranked.
func (p *ScorePage) fillRank(c *scoreContext, m *archive.Model) {
	if m.Role == archive.RoleReference {
		p.Standing = "a reference row, never ranked"
		return
	}
	row, ok := c.rows[m.ID]
	if !ok {
		return
	}
	rank, interval := rankText(row)
	if interval != "" {
		rank += " [" + interval + "]"
	}
	p.Standing = "rank " + rank + " of " + strconv.Itoa(len(c.order))
}

// fillOrigin says what went in, what computed it, and who committed it.
func (p *ScorePage) fillOrigin(s *site, c *scoreContext, r *archive.Result) {
	add := func(term, text, note string) {
		if text != "" {
			p.Entries = append(p.Entries, Entry{term, []Link{{Text: text, Note: note}}})
		}
	}
	add("Status", strings.ReplaceAll(string(r.Status), "_", " "), r.Provenance.Kind)
	add("Benchmark version", strconv.Itoa(r.Version), "")
	if l, ok := r.Chosen(); ok {
		add(joined(" for ", "Layer", l.Region), l.Tensor, fmt.Sprintf("the best of %d", len(r.Layers)))
	}
	add("Model run by", r.Engine.Runtime, "")
	if by := joined(" ", r.Engine.Name, r.Engine.Version); p.Published != nil {
		add("Copied by", by, "")
	} else {
		add("Scored by", by, "")
		add("Tolerance", tolerance(r), "")
	}
	if len(p.History.Rows) > 0 {
		h := p.History.Rows[0]
		p.Entries = append(p.Entries, Entry{"Commit", []Link{h.Commit}})
		add("On", h.Date, "")
		add("By", h.Author, "")
		if len(h.From) > 0 {
			p.Entries = append(p.Entries, Entry{"From", h.From})
		}
	}
	p.Entries = append(p.Entries, Entry{"Result file", []Link{{Text: "JSON", Href: rel(c.at, resultPlace(r))}}})
	input := func(name, what, digest string) {
		if digest != "" {
			p.Inputs = append(p.Inputs, ScoreInput{name, what, digest})
		}
	}
	input("Key", "everything that changes the number", r.Key)
	input("Submission", "the fields and bytes of the response", r.Inputs.Submission)
	input("Stimuli", "the ordered list of those scored", r.Inputs.Stimuli)
	input("Benchmark", "the fields that score", r.Inputs.Benchmark)
	for _, k := range sortedKeys(r.Inputs.Data) {
		input(k, "a file", r.Inputs.Data[k])
	}
	if r.Sidecar != nil {
		input("Replicates and values of units", r.Sidecar.File, r.Sidecar.SHA256.String())
	}
}

// fillCommands says how to get the number again.
func (p *ScorePage) fillCommands(s *site, c *scoreContext, r *archive.Result) {
	pair := Command{"--model", r.Model, "--benchmark", r.Benchmark}
	switch {
	case p.Published != nil && c.current:
		p.Commands = []Command{append(Command{"bsgen", "verify"}, pair...)}
		p.Prints = "“1 published result compared with the table and the same”. Where a field differs it prints it with both values."
	case p.Published != nil:
	case c.current && r.Status == archive.Failed:
		p.Commands = []Command{append(Command{"bsgen", "score", "--force"}, pair...)}
		p.Prints = "The same reason, until what it names has changed."
	case c.current:
		p.Commands = []Command{append(Command{"bsgen", "verify"}, pair...)}
		p.Prints = "“1 result reproduced”"
		if t := float64(r.Tolerance); t > 0 {
			p.Prints += ": a number within " + full(t) + " of each above, relative to its size where that is over 1, because an inference engine ran"
		} else {
			p.Prints += ": the same bytes, on any machine"
		}
		p.Prints += ". Where a number differs it prints the field with both values."
	case p.History.made != "":
		folder := fmt.Sprintf("../at-%.10s", p.History.made)
		p.Commands = []Command{{"git", "worktree", "add", folder, p.History.made}, append(Command{"bsgen", "-C", folder, "verify"}, pair...)}
		p.Prints = "“1 result reproduced”, with a bsgen as old as that commit where the scorer has changed since."
	}
}

// versionName names a version of a benchmark, as the file of a result does.
func versionName(benchmark string, version int) string {
	return benchmark + "@" + strconv.Itoa(version)
}

// maxScoreVersions is how many versions of a result its own page shows.
const maxScoreVersions = 200
