package site

import (
	"fmt"
	"reflect"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/site/records"
)

// dataSchema is the version of the files below data/. It rises when a column goes
// away or changes what it means; a new column does not raise it.
const dataSchema = 1

// The records of the data files, [scoreRecord] and so on, are structs: each field is
// a column of CSV, a property of JSON and JSON Lines, and is described by its doc tag
// in the schema and on the data page.
var (
	scoreType     = records.Of[scoreRecord]()
	meanType      = records.Of[meanRecord]()
	modelType     = records.Of[modelRecord]()
	benchmarkType = records.Of[benchmarkRecord]()
	treeType      = records.Of[nodeRecord]()
)

// The documents that hold rows, for the schema.
type (
	documentHead struct {
		Schema   int    `json:"schema" doc:"version of these files"`
		Snapshot string `json:"snapshot" doc:"commit of the archive that the file was made from; empty where unknown"`
	}
	scoresFile struct {
		documentHead
		Scores []scoreRecord `json:"scores" doc:"by benchmark in the order of the tree, then by model"`
	}
	meansFile struct {
		documentHead
		Means []meanRecord `json:"means" doc:"by node in the order of the tree, then by model"`
	}
	modelsFile struct {
		documentHead
		Models []modelRecord `json:"models" doc:"by id"`
	}
	benchmarksFile struct {
		documentHead
		Benchmarks []benchmarkRecord `json:"benchmarks" doc:"by id"`
	}
	treeFile struct {
		documentHead
		Tree []nodeRecord `json:"tree" doc:"parents before children"`
	}
	modelFile struct {
		documentHead
		Model  modelRecord   `json:"model" doc:"as in models.json"`
		BibTeX string        `json:"bibtex" doc:"of its paper"`
		Scores []scoreRecord `json:"scores" doc:"by board, and benchmark in the order of the tree"`
	}
	benchmarkFile struct {
		documentHead
		Benchmark benchmarkRecord `json:"benchmark" doc:"as in benchmarks.json"`
		BibTeX    string          `json:"bibtex" doc:"of its paper"`
		Scores    []scoreRecord   `json:"scores" doc:"by model"`
	}
)

// dataSchemas returns schema.json: a definition for each kind of file and row.
func dataSchemas() map[string]any {
	defs := map[string]any{}
	for name, t := range map[string]reflect.Type{
		"index": reflect.TypeFor[dataIndex](),
		"score": reflect.TypeFor[scoreRecord](), "scores": reflect.TypeFor[scoresFile](),
		"mean": reflect.TypeFor[meanRecord](), "means": reflect.TypeFor[meansFile](),
		"model": reflect.TypeFor[modelRecord](), "models": reflect.TypeFor[modelsFile](), "model_file": reflect.TypeFor[modelFile](),
		"benchmark": reflect.TypeFor[benchmarkRecord](), "benchmarks": reflect.TypeFor[benchmarksFile](), "benchmark_file": reflect.TypeFor[benchmarkFile](),
		"node": reflect.TypeFor[nodeRecord](), "tree": reflect.TypeFor[treeFile](),
		"result": reflect.TypeFor[archive.Result](), "leaderboard": reflect.TypeFor[tableJSON](),
	} {
		defs[name] = records.Schema(t)
	}
	return map[string]any{
		"$schema":     records.Dialect,
		"title":       "Data of a Brain-Score archive",
		"description": fmt.Sprintf("Version %d. Each definition describes a kind of file, or a row of one; index.json says which is which. Where a number does not exist it is null.", dataSchema),
		"$defs":       defs,
	}
}
