package site

import (
	"fmt"
	"math"
	"sync"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/site/records"
)

// scoreRecord is a model on a benchmark.
type scoreRecord struct {
	Board     string         `json:"board" doc:"id of the board"`
	Benchmark string         `json:"benchmark" doc:"id of the benchmark"`
	Version   int            `json:"version" doc:"version of the benchmark"`
	Model     string         `json:"model" doc:"id of the model"`
	State     string         `json:"state" doc:"whether there is a score; a model that was not run has no zero" enum:"scored,failed,not_applicable,not_run"`
	Reason    string         `json:"reason" doc:"why there is none; of a pair that was not run, that an older version is scored"`
	Kind      string         `json:"kind" doc:"what low and high bound, and ranks order: the score, or raw where the benchmark has no rule that makes a score" enum:"score,raw"`
	Score     archive.Number `json:"score" doc:"the raw value related to the ceiling by the rule; 1 is the ceiling"`
	Low       archive.Number `json:"low" doc:"lower end of the 95 % interval"`
	High      archive.Number `json:"high" doc:"upper end of the 95 % interval"`
	Method    string         `json:"interval_method" doc:"how the interval was made"`
	Resampled string         `json:"interval_resampled" doc:"what was resampled for it"`
	Unclipped archive.Number `json:"unclipped" doc:"the score before it was clipped; the score where nothing was"`
	Raw       archive.Number `json:"raw" doc:"what the metric gave"`
	Error     archive.Number `json:"error" doc:"the field's customary error, in units of the raw value"`
	ErrorKind string         `json:"error_kind" doc:"what that error is; it need not be a standard error"`
	Ceiling   archive.Number `json:"ceiling" doc:"what a perfect model could reach, or what people reach"`
	Scale     string         `json:"ceiling_scale" doc:"what kind of quantity the ceiling is"`
	CeilLow   archive.Number `json:"ceiling_low" doc:"lower bound of the ceiling"`
	CeilHigh  archive.Number `json:"ceiling_high" doc:"upper bound of the ceiling"`
	Rule      string         `json:"rule" doc:"how raw value and ceiling make the score; Methods has the formulas"`
	Units     int            `json:"units" doc:"what the raw value averages, counted"`
	UnitKind  string         `json:"unit_kind" doc:"what these are"`
	Rank      records.Place  `json:"rank" doc:"place by score among the models that are ranked here"`
	Best      records.Place  `json:"rank_best" doc:"1 + the number of models that are significantly better"`
	Worst     records.Place  `json:"rank_worst" doc:"number of ranked models less those that are significantly worse"`
	Stale     bool           `json:"stale" doc:"what went into the number has changed since, and it waits to be scored again"`
	Warnings  []string       `json:"warnings" doc:"what a reader must know beside the number"`
	Source    string         `json:"provenance" doc:"computed: bsgen verify recomputes it; published: taken from a table that others published, and can not be verified" enum:"computed,published,"`
	Published string         `json:"provenance_source" doc:"where a published number was taken from"`
	Engine    string         `json:"engine" doc:"what computed the number, with its version"`
	Key       string         `json:"key" doc:"digest of everything that changes the number"`
	Commit    string         `json:"commit" doc:"commit that set the number; empty where the history is not known"`
	Result    string         `json:"result" doc:"the result file, below this folder; empty where the site was built without"`
	Snapshot  string         `json:"snapshot" doc:"commit of the archive that this file was made from; empty where unknown"`
}

var none = archive.Number(math.NaN())

// scoreTable is what the scores of a board are made into rows with.
type scoreTable struct {
	*board
	site    *site
	leaves  []*leaderboard.Node               // the benchmarks that any model has a result for
	engines func() map[*archive.Engine]string // what rows say of them
}

func newScoreTable(s *site, b *board) *scoreTable {
	t := &scoreTable{site: s, board: b}
	for _, n := range b.all {
		if n.Benchmark != nil && b.hasScore(n) {
			t.leaves = append(t.leaves, n)
		}
	}
	t.engines = sync.OnceValue(func() map[*archive.Engine]string {
		engines := map[*archive.Engine]string{}
		for _, n := range t.leaves {
			for i := range b.Models {
				if r := n.At(i).Result; r != nil && engines[r.Engine] == "" {
					engines[r.Engine] = joined(" ", r.Engine.Name, r.Engine.Version)
				}
			}
		}
		return engines
	})
	return t
}

// fill makes the row of one of the board's models on one of the benchmarks.
func (t *scoreTable) fill(row *scoreRecord, leaf, model int) {
	n, c := t.leaves[leaf], t.leaves[leaf].At(model)
	*row = scoreRecord{
		Board: t.ID, Benchmark: n.ID, Version: n.Benchmark.Version, Model: t.Models[model].ID,
		State: stateName(c.State), Reason: sentence(c.Reason), Kind: kind(n), Stale: c.Stale, Snapshot: t.site.opts.Commit,
		Score: none, Low: archive.Number(c.Low), High: archive.Number(c.High), Unclipped: none, Raw: none, Error: none, Ceiling: none, CeilLow: none, CeilHigh: none,
	}
	if r := c.Result; r != nil {
		row.Score, row.Raw, row.Unclipped = r.Score, r.Raw, r.Unclipped
		row.Method, row.Resampled = r.Interval.Method, r.Interval.Resampled
		row.Error, row.ErrorKind = r.Error.Value, r.Error.Kind
		row.Ceiling, row.Scale, row.CeilLow, row.CeilHigh = r.Ceiling.Value, r.Ceiling.Scale, r.Ceiling.Lower, r.Ceiling.Upper
		row.Units, row.UnitKind = r.Units.N, r.Units.Kind
		row.Source, row.Published = r.Provenance.Kind, r.Provenance.Source
		row.Engine = t.engines()[r.Engine]
		row.Warnings, row.Rule, row.Key = r.Warnings, r.Rule, r.Key
		if !t.site.opts.NoScores {
			row.Result = archive.ResultPath(r.Model, r.Benchmark, r.Version)
		}
		row.Commit = t.site.setBy(r)
	}
	if i := t.summaries[n].place[model]; i >= 0 {
		r := &t.ranks[n].Ranked[i]
		row.Rank, row.Best, row.Worst = records.Place(r.Rank), records.Place(r.Best), records.Place(r.Worst)
	}
}

// someRows is room for rows that are made at once.
type someRows [8]scoreRecord

var rowRooms = sync.Pool{New: func() any { return new(someRows) }}

// each makes n rows and hands them on, some at a time: to make one waits for memory
// here and there, and several wait together.
func (t *scoreTable) each(n int, fill func(row *scoreRecord, i int), use func(row *scoreRecord) error) error {
	room := rowRooms.Get().(*someRows)
	defer rowRooms.Put(room)
	for from := 0; from < n; from += len(room) {
		rows := room[:min(len(room), n-from)]
		for k := range rows {
			fill(&rows[k], from+k)
		}
		for k := range rows {
			if err := use(&rows[k]); err != nil {
				return fmt.Errorf("%s on %s: %w", rows[k].Model, rows[k].Benchmark, err)
			}
		}
	}
	return nil
}

// setBy returns the commit that made a result what it is; "" where the history is
// unknown or the number not committed.
func (s *site) setBy(r *archive.Result) string {
	if s.opts.History == nil {
		return ""
	}
	changes := s.opts.History.Of(r.Model, r.Benchmark, r.Version)
	if len(changes) == 0 || !committed(r, changes) {
		return ""
	}
	for _, c := range changes {
		if !c.SetAside {
			return c.Hash
		}
	}
	return ""
}
