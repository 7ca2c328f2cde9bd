package site

import "github.com/bsgen/bsgen/archive"

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
