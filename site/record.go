package site

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/site/records"
)

// dataSchema is the version of the files below data/. It rises when a column goes
// away or changes what it means; a new column does not raise it.
const dataSchema = 1

// The records of the data files. Each field is a column of CSV, a property of JSON and
// JSON Lines, and is described by its doc tag in the schema and on the data page.

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

// meanRecord is a model at an inner node of a board's tree.
type meanRecord struct {
	Board    string         `json:"board" doc:"id of the board"`
	Node     string         `json:"node" doc:"id of the node"`
	Model    string         `json:"model" doc:"id of the model"`
	State    string         `json:"state" doc:"whether there is a mean" enum:"scored,failed,not_applicable,not_run"`
	Reason   string         `json:"reason" doc:"why there is none, or what it lacks"`
	Value    archive.Number `json:"value" doc:"unweighted mean of the children that the model has"`
	Low      archive.Number `json:"low" doc:"lower end of the 95 % interval"`
	High     archive.Number `json:"high" doc:"upper end of the 95 % interval"`
	Have     int            `json:"have" doc:"benchmarks below the node that the model has"`
	Of       int            `json:"of" doc:"benchmarks below the node that count in its mean"`
	Rank     records.Place  `json:"rank" doc:"place among the models that have all of them; the others have none"`
	Best     records.Place  `json:"rank_best" doc:"1 + the number of models that are significantly better"`
	Worst    records.Place  `json:"rank_worst" doc:"number of ranked models less those that are significantly worse"`
	Stale    bool           `json:"stale" doc:"it holds a number that waits to be scored again"`
	Snapshot string         `json:"snapshot" doc:"commit of the archive that this file was made from; empty where unknown"`
}

// modelRecord is a model.
type modelRecord struct {
	Model            string         `json:"model" doc:"id of the model"`
	Name             string         `json:"name" doc:"its name"`
	Summary          string         `json:"summary" doc:"one sentence"`
	Role             string         `json:"role" doc:"model: ranked; baseline: ranked, and what anything should beat; reference: never ranked" enum:"model,baseline,reference"`
	Responds         string         `json:"responds" doc:"recorded: the submitter ran the model; executed: the scorer does; published: its scores are copied from a table" enum:"recorded,executed,published,"`
	Family           string         `json:"family" doc:"groups models that share an architecture; empty: unknown, here and below"`
	Architecture     string         `json:"architecture" doc:"kind of model"`
	Year             archive.Number `json:"year" doc:"of publication"`
	YearSource       string         `json:"year_source" doc:"where that is said"`
	Parameters       archive.Number `json:"parameters" doc:"number of weights"`
	ParametersSource string         `json:"parameters_source" doc:"where that is said"`
	Training         string         `json:"training" doc:"data set that it was trained on"`
	TrainingSource   string         `json:"training_source" doc:"where that is said"`
	FittedTo         []string       `json:"fitted_to" doc:"brain or behavioural data sets that it was fitted to"`
	Submitter        string         `json:"submitter" doc:"who answers for the submission"`
	Reference        string         `json:"reference" doc:"citation in short"`
	ReferenceURL     string         `json:"reference_url" doc:"address of the paper"`
	Boards           []string       `json:"boards" doc:"ids of the boards that it has results on"`
	Results          int            `json:"results" doc:"number of result files"`
	Snapshot         string         `json:"snapshot" doc:"commit of the archive that this file was made from; empty where unknown"`
}

// benchmarkRecord is a benchmark.
type benchmarkRecord struct {
	Benchmark     string         `json:"benchmark" doc:"id of the benchmark"`
	Version       int            `json:"version" doc:"rises when a score may change"`
	Title         string         `json:"title" doc:"its title"`
	Summary       string         `json:"summary" doc:"one sentence: what a high score means"`
	Board         string         `json:"board" doc:"id of the board"`
	Parent        string         `json:"parent" doc:"node of the board's tree that it hangs on"`
	Dataset       string         `json:"dataset" doc:"benchmarks on the same measurement share it"`
	Primary       bool           `json:"primary" doc:"one metric per data set is primary and counts in means; others are views"`
	Direction     string         `json:"direction" doc:"which way is better" enum:"higher,lower,"`
	Weight        archive.Number `json:"weight" doc:"share in the mean at the root of its tree"`
	Region        string         `json:"region" doc:"where was measured"`
	Species       string         `json:"species" doc:"who was measured"`
	Method        string         `json:"method" doc:"how was measured"`
	Subjects      int            `json:"subjects" doc:"how many; 0: unknown"`
	Stimuli       string         `json:"stimuli" doc:"id of the stimulus set, which responses name"`
	StimulusKind  string         `json:"stimulus_kind" doc:"images, text"`
	StimulusCount int            `json:"stimulus_count" doc:"how many are scored; 0: unknown"`
	Degrees       archive.Number `json:"visual_degrees" doc:"width of an image in degrees of visual angle, where the paper says it"`
	Metric        string         `json:"metric" doc:"name of the metric"`
	Ceiling       string         `json:"ceiling" doc:"how the ceiling comes about"`
	Scale         string         `json:"ceiling_scale" doc:"what kind of quantity it is"`
	Rule          string         `json:"rule" doc:"how raw value and ceiling make the score; none: they do not"`
	License       string         `json:"license" doc:"of the data"`
	Reference     string         `json:"reference" doc:"citation in short"`
	ReferenceURL  string         `json:"reference_url" doc:"address of the paper"`
	Models        int            `json:"models" doc:"models that have a value, reference rows left out"`
	Snapshot      string         `json:"snapshot" doc:"commit of the archive that this file was made from; empty where unknown"`
}

// nodeRecord is a node of a board's tree; rows are parents before children, in the
// order of display.
type nodeRecord struct {
	Board    string         `json:"board" doc:"id of the board"`
	Node     string         `json:"node" doc:"id of the node; of a leaf that of the benchmark"`
	Parent   string         `json:"parent" doc:"id of the node above; empty at a root"`
	Title    string         `json:"title" doc:"heading of its column"`
	Kind     string         `json:"kind" doc:"node: a mean of its children; benchmark: a leaf" enum:"node,benchmark"`
	Depth    int            `json:"depth" doc:"0 at a root"`
	Counted  bool           `json:"counted" doc:"enters the mean of the node above: it is primary and some model has a score"`
	Weight   archive.Number `json:"weight" doc:"share in the mean at its root"`
	Ranked   int            `json:"ranked" doc:"models that are ranked here"`
	Snapshot string         `json:"snapshot" doc:"commit of the archive that this file was made from; empty where unknown"`
}

var none = archive.Number(math.NaN())

// scoreRecords fills the rows of a benchmark, by model id, and calls add with each: a
// row is overwritten by the next.
func (s *site) scoreRecords(b *board, leaf *leaderboard.Node, add func(m *archive.Model, row *scoreRecord) error) error {
	rank := map[string]leaderboard.Row{}
	for _, r := range b.ranks[leaf].Ranked {
		rank[r.Model.ID] = r
	}
	for _, m := range b.Models {
		c := leaf.Cell(m.ID)
		row := scoreRecord{
			Board: b.ID, Benchmark: leaf.ID, Version: leaf.Benchmark.Version, Model: m.ID,
			State: stateName(c.State), Reason: sentence(c.Reason), Kind: kind(leaf), Stale: c.Stale, Snapshot: s.opts.Commit,
			Score: none, Low: archive.Number(c.Low), High: archive.Number(c.High), Unclipped: none, Raw: none, Error: none, Ceiling: none, CeilLow: none, CeilHigh: none,
		}
		if r := c.Result; r != nil {
			row.Score, row.Raw, row.Unclipped = r.Score, r.Raw, r.Unclipped
			row.Method, row.Resampled = r.Interval.Method, r.Interval.Resampled
			row.Error, row.ErrorKind = r.Error.Value, r.Error.Kind
			row.Ceiling, row.Scale, row.CeilLow, row.CeilHigh = r.Ceiling.Value, r.Ceiling.Scale, r.Ceiling.Lower, r.Ceiling.Upper
			row.Units, row.UnitKind = r.Units.N, r.Units.Kind
			row.Source, row.Published = r.Provenance.Kind, r.Provenance.Source
			row.Engine = joined(" ", r.Engine.Name, r.Engine.Version)
			row.Warnings, row.Rule, row.Key = r.Warnings, r.Rule, r.Key
			if !s.opts.NoScores {
				row.Result = strings.TrimPrefix(resultPlace(r), dataRoot)
			}
			row.Commit = s.setBy(r)
		}
		if r := rank[m.ID]; r.Rank > 0 {
			row.Rank, row.Best, row.Worst = records.Place(r.Rank), records.Place(r.Best), records.Place(r.Worst)
		}
		if err := add(m, &row); err != nil {
			return err
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

// meanRecords returns the rows of a board's inner nodes.
func (s *site) meanRecords(b *board) []meanRecord {
	var out []meanRecord
	for _, n := range b.all {
		if n.Benchmark != nil || !b.hasScore(n) {
			continue
		}
		rank := map[string]leaderboard.Row{}
		for _, r := range b.ranks[n].Ranked {
			rank[r.Model.ID] = r
		}
		for _, m := range b.Models {
			c, r := n.Cell(m.ID), rank[m.ID]
			out = append(out, meanRecord{
				Board: b.ID, Node: n.ID, Model: m.ID, State: stateName(c.State), Reason: sentence(c.Reason),
				Value: archive.Number(c.Value), Low: archive.Number(c.Low), High: archive.Number(c.High), Have: c.Have, Of: c.Of,
				Rank: records.Place(r.Rank), Best: records.Place(r.Best), Worst: records.Place(r.Worst), Stale: c.Stale, Snapshot: s.opts.Commit,
			})
		}
	}
	return out
}

func (s *site) treeRecords() []nodeRecord {
	var out []nodeRecord
	for _, b := range s.boards {
		for _, n := range b.all {
			row := nodeRecord{Board: b.ID, Node: n.ID, Title: n.Title, Kind: "node", Depth: len(n.Path()), Counted: n.Counted,
				Weight: archive.Number(n.Weight()), Ranked: len(b.ranks[n].Ranked), Snapshot: s.opts.Commit}
			if n.Parent != nil {
				row.Parent = n.Parent.ID
			}
			if n.Benchmark != nil {
				row.Kind = "benchmark"
			}
			out = append(out, row)
		}
	}
	return out
}

func (s *site) modelRecord(m *archive.Model) modelRecord {
	row := modelRecord{
		Model: m.ID, Name: m.Name, Summary: m.Summary, Role: string(m.Role),
		Family: m.Metadata.Family, Architecture: m.Metadata.Architecture,
		Year: figure(m.Metadata.Year), YearSource: m.Metadata.Year.Source,
		Parameters: figure(m.Metadata.Parameters), ParametersSource: m.Metadata.Parameters.Source,
		Training: m.Metadata.Training.Value, TrainingSource: m.Metadata.Training.Source,
		Submitter: m.Submitter.Name, Reference: m.Reference.Short, ReferenceURL: external(m.Reference.URL),
		Results: len(s.Results[m.ID]), Snapshot: s.opts.Commit,
	}
	switch {
	case m.Published != nil:
		row.Responds = rolePublished
	case len(m.Responses) > 0:
		row.Responds = roleRecorded
	case m.Run != nil:
		row.Responds = roleExecuted
	}
	for _, t := range m.NeuralTraining {
		if !slices.Contains(row.FittedTo, t.Dataset) {
			row.FittedTo = append(row.FittedTo, t.Dataset)
		}
	}
	for _, b := range s.boards {
		if slices.Contains(b.Models, m) {
			row.Boards = append(row.Boards, b.ID)
		}
	}
	return row
}

// figure returns the number that a fact is; NaN where it is none.
func figure(f archive.Fact) archive.Number {
	x, err := strconv.ParseFloat(f.Value, 64)
	if err != nil || math.IsInf(x, 0) {
		return none
	}
	return archive.Number(x)
}

func (s *site) benchmarkRecord(b *archive.Benchmark) benchmarkRecord {
	row := benchmarkRecord{
		Benchmark: b.ID, Version: b.Version, Title: b.Title, Summary: b.Summary, Board: b.Board, Parent: b.Parent,
		Dataset: b.Dataset, Primary: b.Primary, Direction: b.Direction, Weight: none,
		Region: b.Assembly.Region, Species: b.Assembly.Species, Method: b.Assembly.Method, Subjects: b.Assembly.Subjects,
		Stimuli: b.StimulusSet(), StimulusKind: b.Stimuli.Kind, StimulusCount: b.Stimuli.Count, Degrees: none,
		Metric: b.Metric.Name, Ceiling: b.Ceiling.Name, Scale: b.Ceiling.Scale, Rule: b.Normalize,
		License: b.License, Reference: b.Reference.Short, ReferenceURL: external(b.Reference.URL), Snapshot: s.opts.Commit,
	}
	if b.Stimuli.VisualDegrees > 0 {
		row.Degrees = archive.Number(b.Stimuli.VisualDegrees)
	}
	for _, board := range s.boards {
		if n := board.Node(b.ID); n != nil && board.ID == b.Board {
			row.Weight = archive.Number(n.Weight())
			row.Models = len(scored(board.ranks[n]))
		}
	}
	return row
}
