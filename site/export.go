package site

import (
	"bytes"
	"iter"
	"slices"
	"sync"

	"github.com/bsgen/bsgen/archive"
)

// export writes the data files: tables as CSV, JSON and JSON Lines, a JSON file for
// each model and benchmark, the schema, an index and digests. Nothing of a file's
// size is held: rows are made as they are written, those of scores once for the
// tables and the files of benchmarks, and once more for the files of models.
type export struct {
	*site
	out        target
	scores     []*scoreTable
	models     func() []modelRecord
	benchmarks func() []benchmarkRecord
	mu         sync.Mutex
	files      []dataFile // that are written
}

func newExport(s *site, out target) *export {
	e := &export{site: s, out: out}
	for _, b := range s.boards {
		e.scores = append(e.scores, newScoreTable(s, b))
	}
	e.models = sync.OnceValue(func() []modelRecord {
		var rows []modelRecord
		for _, m := range e.Models {
			rows = append(rows, e.modelRecord(m))
		}
		return rows
	})
	e.benchmarks = sync.OnceValue(func() []benchmarkRecord {
		var rows []benchmarkRecord
		for _, b := range e.Benchmarks {
			rows = append(rows, e.benchmarkRecord(b))
		}
		return rows
	})
	return e
}

// jobs adds what there is to write, but for the index and the digests. The function
// that it returns writes all of it, where that is not done yet, and these, and returns
// the files in order: pages list them with their digests.
func (e *export) jobs(w *work) func() ([]dataFile, error) {
	part := &work{out: w.out}
	measured := map[string]bool{}
	for _, t := range e.scores {
		e.scoreJob(part, t)
		for _, n := range t.leaves {
			measured[n.ID] = true
		}
		means := dataTable{at: boardData(t.ID, "means"), row: "mean", board: t.ID, about: "the means at the nodes of the tree, with coverage and ranks", of: meanType}
		addTable(e, part, means, func() iter.Seq[*meanRecord] { return e.meanRows(t.board) })
	}
	addTable(e, part, dataTable{at: dataRoot + "models", row: "model", about: "the models", of: modelType},
		func() iter.Seq[*modelRecord] { return eachOf(e.models()) })
	addTable(e, part, dataTable{at: dataRoot + "benchmarks", row: "benchmark", about: "the benchmarks", of: benchmarkType},
		func() iter.Seq[*benchmarkRecord] { return eachOf(e.benchmarks()) })
	addTable(e, part, dataTable{at: dataRoot + "tree", row: "node", about: "the trees of the boards, with the weight of each node", of: treeType},
		func() iter.Seq[*nodeRecord] { return eachOf(e.treeRecords()) })
	for i, m := range e.Models {
		part.do(func() error { return e.model(i, m) }, modelData(m))
	}
	for i, b := range e.Benchmarks {
		if !measured[b.ID] {
			part.do(func() error { return e.benchmark(i, func(*dataWriter) error { return nil }) }, benchmarkData(b))
		}
	}
	const schema, references = dataRoot + "schema.json", dataRoot + "references.bib"
	part.do(func() error {
		data, err := encode(dataSchemas())
		if err != nil {
			return err
		}
		return e.whole(dataFile{Path: schema, Type: "application/schema+json", About: "the JSON Schema of all of them"}, data)
	}, schema)
	part.do(func() error {
		bib := e.references()
		return e.whole(dataFile{Path: references, Type: "application/x-bibtex", Rows: bytes.Count(bib, []byte("\n@")) + 1, About: "BibTeX of this archive, its benchmarks and its models"}, bib)
	}, references)
	w.jobs = append(w.jobs, part.jobs...)
	return sync.OnceValues(func() ([]dataFile, error) {
		if err := runAll(part.jobs); err != nil {
			return nil, err
		}
		return e.finish()
	})
}

func modelData(m *archive.Model) string         { return dataRoot + "models/" + m.ID + ".json" }
func benchmarkData(b *archive.Benchmark) string { return dataRoot + "benchmarks/" + b.ID + ".json" }

// scoreJob adds the tables of a board's scores and the files of its benchmarks.
func (e *export) scoreJob(w *work, t *scoreTable) {
	out := dataTable{at: boardData(t.ID, "scores"), row: "score", board: t.ID, about: "every score with its state, interval, ceiling, error and provenance", of: scoreType}
	places := out.places()
	for _, n := range t.leaves {
		places = append(places, benchmarkData(n.Benchmark))
	}
	w.do(func() error {
		return out.write(e, func() error {
			for leaf, n := range t.leaves {
				err := e.benchmark(slices.Index(e.Benchmarks, n.Benchmark), func(single *dataWriter) error {
					return t.each(len(t.Models), func(row *scoreRecord, i int) { t.fill(row, leaf, i) }, func(row *scoreRecord) error {
						line, err := out.add(row)
						if err == nil {
							single.element(line)
						}
						return err
					})
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
	}, places...)
}

// benchmark writes the file of a benchmark, given by its index.
func (e *export) benchmark(i int, scores func(*dataWriter) error) error {
	b := e.Benchmarks[i]
	row, err := benchmarkType.AppendJSON(nil, &e.benchmarks()[i])
	if err != nil {
		return err
	}
	return e.single(benchmarkData(b), "benchmark", row, b.Reference.BibTeX, scores)
}

// model writes the file of a model, given by its index, with its scores on all boards.
func (e *export) model(i int, m *archive.Model) error {
	line, err := modelType.AppendJSON(nil, &e.models()[i])
	if err != nil {
		return err
	}
	return e.single(modelData(m), "model", line, m.Reference.BibTeX, func(out *dataWriter) error {
		for _, t := range e.scores {
			at := slices.Index(t.Models, m)
			if at < 0 {
				continue
			}
			err := t.each(len(t.leaves), func(row *scoreRecord, leaf int) { t.fill(row, leaf, at) }, func(row *scoreRecord) (err error) {
				if line, err = scoreType.AppendJSON(line[:0], row); err == nil {
					out.element(line)
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
