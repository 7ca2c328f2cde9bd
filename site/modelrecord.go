package site

import (
	"math"
	"slices"
	"strconv"

	"github.com/bsgen/bsgen/archive"
)

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
