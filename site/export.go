package site

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/site/records"
)

// dataRoot is where the data files are.
const dataRoot = "data/v1/"

func boardData(board, name string) string { return dataRoot + "boards/" + board + "/" + name }

// export writes the data files: tables as CSV, JSON and JSON Lines, a JSON file for
// each model and benchmark, the schema, an index and digests.
type export struct {
	*site
	out    target
	blocks func() (blocks, error)
	mu     sync.Mutex
	files  []dataFile
}

// blocks are those of the benchmarks that any model has a result for.
type blocks map[*leaderboard.Node]*block

// block is the rows of a benchmark as JSON, written once and used in several files.
type block struct {
	json []byte // a row to a line
	ends []int  // of the lines, in the order of the board's models
}

func (b *block) line(i int) []byte {
	start := 0
	if i > 0 {
		start = b.ends[i-1]
	}
	return b.json[start:b.ends[i]]
}

// dataFile is a file below [dataRoot], as index.json lists it.
type dataFile struct {
	Path   string `json:"path" doc:"below the folder of index.json"`
	Type   string `json:"media_type" doc:"of the file"`
	Bytes  int    `json:"bytes" doc:"size"`
	SHA256 string `json:"sha256" doc:"digest"`
	Rows   int    `json:"rows" doc:"records that it holds"`
	Schema string `json:"schema" doc:"where schema.json describes it; of JSON Lines and CSV, each row"`
	About  string `json:"about" doc:"what it holds"`
	Board  string `json:"board,omitempty" doc:"id of the board that it is of"`
	single bool   // of one model or benchmark: in sha256sums and not in the index
}

// dataIndex is index.json.
type dataIndex struct {
	Schema      int        `json:"schema" doc:"version of these files: it rises when a column goes away or changes what it means"`
	Title       string     `json:"title" doc:"of the site"`
	Description string     `json:"description" doc:"of the site"`
	URL         string     `json:"url" doc:"address of the site; empty where site.yaml has no base_url"`
	Repository  string     `json:"repository" doc:"address of the git repository"`
	License     string     `json:"license" doc:"of the scores; the measured data have their own, see benchmarks"`
	Snapshot    string     `json:"snapshot" doc:"commit of the archive that the files were made from; empty where unknown"`
	Files       []dataFile `json:"files" doc:"the tables"`
	Singles     []pattern  `json:"singles" doc:"a file for each model, benchmark and result"`
}

// pattern stands for many files.
type pattern struct {
	Path   string `json:"path" doc:"with the part in braces replaced"`
	Schema string `json:"schema" doc:"where schema.json describes it"`
	About  string `json:"about" doc:"what a file holds"`
	Count  int    `json:"count" doc:"how many there are"`
}

// The types of rows.
var (
	scoreType     = records.Of[scoreRecord]()
	meanType      = records.Of[meanRecord]()
	modelType     = records.Of[modelRecord]()
	benchmarkType = records.Of[benchmarkRecord]()
	treeType      = records.Of[nodeRecord]()
)

func newExport(s *site, out target) *export {
	e := &export{site: s, out: out}
	e.blocks = sync.OnceValues(e.write)
	return e
}

// write writes the rows of all scores into memory.
func (e *export) write() (blocks, error) {
	type job struct {
		b    *board
		leaf *leaderboard.Node
	}
	var jobs []job
	out := blocks{}
	for _, b := range e.boards {
		for _, n := range b.measured() {
			jobs = append(jobs, job{b, n})
			out[n] = &block{}
		}
	}
	return out, each(len(jobs), func(i int) error {
		b, leaf := jobs[i].b, jobs[i].leaf
		k := out[leaf]
		return e.scoreRecords(b, leaf, func(_ *archive.Model, row *scoreRecord) error {
			var err error
			if k.json, err = scoreType.AppendJSON(k.json, row); err != nil {
				return fmt.Errorf("%s on %s: %w", row.Model, row.Benchmark, err)
			}
			k.json = append(k.json, '\n')
			if k.ends == nil { // the other lines will be about as long
				k.json = slices.Grow(k.json, len(k.json)*len(b.Models)*9/8)
			}
			k.ends = append(k.ends, len(k.json))
			return nil
		})
	})
}

// measured returns the benchmarks that any model has a result for.
func (b *board) measured() []*leaderboard.Node {
	var out []*leaderboard.Node
	for _, n := range b.all {
		if n.Benchmark != nil && b.hasScore(n) {
			out = append(out, n)
		}
	}
	return out
}

// jobs adds what there is to write. The function that it returns writes all of
// it, where that is not done yet, and returns the files in order: pages list
// them with their digests.
func (e *export) jobs(w *work) func() ([]dataFile, error) {
	part := &work{out: w.out}
	for _, b := range e.boards {
		e.scores(part, b)
		addTable(e, part, boardData(b.ID, "means"), "mean", b.ID, "the means at the nodes of the tree, with coverage and ranks", meanType, func() []meanRecord { return e.meanRecords(b) })
	}
	models := sync.OnceValue(func() []modelRecord {
		var rows []modelRecord
		for _, m := range e.Models {
			rows = append(rows, e.modelRecord(m))
		}
		return rows
	})
	addTable(e, part, dataRoot+"models", "model", "", "the models", modelType, models)
	benchmarks := sync.OnceValue(func() []benchmarkRecord {
		var rows []benchmarkRecord
		for _, b := range e.Benchmarks {
			rows = append(rows, e.benchmarkRecord(b))
		}
		return rows
	})
	addTable(e, part, dataRoot+"benchmarks", "benchmark", "", "the benchmarks", benchmarkType, benchmarks)
	addTable(e, part, dataRoot+"tree", "node", "", "the trees of the boards, with the weight of each node", treeType, e.treeRecords)
	for i, m := range e.Models {
		at := dataRoot + "models/" + m.ID + ".json"
		part.do(func() error { return e.model(at, m, &models()[i]) }, at)
	}
	for i, b := range e.Benchmarks {
		at := dataRoot + "benchmarks/" + b.ID + ".json"
		part.do(func() error { return e.benchmark(at, b, &benchmarks()[i]) }, at)
	}
	const schema, references = dataRoot + "schema.json", dataRoot + "references.bib"
	part.do(func() error {
		data, err := encode(dataSchemas())
		if err != nil {
			return err
		}
		return e.put(dataFile{Path: schema, Type: "application/schema+json", About: "the JSON Schema of all of them"}, raw(data))
	}, schema)
	part.do(func() error {
		bib := e.references()
		return e.put(dataFile{Path: references, Type: "application/x-bibtex", Rows: bytes.Count(bib, []byte("\n@")) + 1, About: "BibTeX of this archive, its benchmarks and its models"}, raw(bib))
	}, references)
	files := sync.OnceValues(func() ([]dataFile, error) {
		if err := runAll(part.jobs); err != nil {
			return nil, err
		}
		e.blocks = nil // no file is left that needs them
		return e.finish()
	})
	w.jobs = append(w.jobs, part.jobs...)
	w.do(func() error { _, err := files(); return err }, dataRoot+"index.json", dataRoot+"sha256sums")
	return files
}

func raw(data []byte) func(*bufio.Writer) error {
	return func(w *bufio.Writer) error {
		_, err := w.Write(data)
		return err
	}
}

// put writes a file and notes its digest.
func (e *export) put(f dataFile, write func(*bufio.Writer) error) error {
	at := f.Path
	sum := sha256.New()
	n, err := e.out.stream(at, sum, write)
	if err != nil {
		return err
	}
	f.Path, f.Bytes, f.SHA256 = strings.TrimPrefix(at, dataRoot), n, hex.EncodeToString(sum.Sum(nil))
	e.mu.Lock()
	defer e.mu.Unlock()
	e.files = append(e.files, f)
	return nil
}

// open writes the beginning of a JSON document that ends in a list.
func (e *export) open(w *bufio.Writer, list string) {
	fmt.Fprintf(w, "{\"schema\":%d,\"snapshot\":%s,%q:[\n", dataSchema, quoted(e.opts.Commit), list)
}

const closed = "\n]}\n"

func quoted(s string) []byte {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string can always be written
	}
	return b
}

// scores adds the three files of a board's scores.
func (e *export) scores(w *work, b *board) {
	const about = "every score with its state, interval, ceiling, error and provenance"
	rows := func() int { return len(b.measured()) * len(b.Models) }
	e.three(w, boardData(b.ID, "scores"), b.ID, about, "score", rows, func(out *bufio.Writer) error {
		buf := scoreType.AppendHeader(nil)
		for _, n := range b.measured() {
			err := e.scoreRecords(b, n, func(_ *archive.Model, row *scoreRecord) error {
				buf = scoreType.AppendCSV(buf, row)
				_, err := out.Write(buf)
				buf = buf[:0]
				return err
			})
			if err != nil {
				return err
			}
		}
		_, err := out.Write(buf) // the header, where there is no row
		return err
	}, func(out *bufio.Writer, lines func([]byte)) error {
		blocks, err := e.blocks()
		if err != nil {
			return err
		}
		for _, n := range b.measured() {
			k := blocks[n]
			for i := range k.ends {
				lines(k.line(i))
			}
		}
		return nil
	})
}

// addTable adds the three files of rows; row is the name of one in the schema.
func addTable[T any](e *export, w *work, at, row, board, about string, t *records.Type, list func() []T) {
	rows := sync.OnceValue(list)
	e.three(w, at, board, about, row, func() int { return len(rows()) }, func(out *bufio.Writer) error {
		b := t.AppendHeader(nil)
		for i := range rows() {
			b = t.AppendCSV(b, &rows()[i])
		}
		_, err := out.Write(b)
		return err
	}, func(_ *bufio.Writer, lines func([]byte)) error {
		var b []byte
		for i := range rows() {
			var err error
			if b, err = t.AppendJSON(b[:0], &rows()[i]); err != nil {
				return err
			}
			lines(append(b, '\n'))
		}
		return nil
	})
}

// three adds a table as CSV, JSON and JSON Lines.
func (e *export) three(w *work, at, board, about, row string, rows func() int, csv func(*bufio.Writer) error, each func(*bufio.Writer, func(line []byte)) error) {
	schema := "schema.json#/$defs/"
	name := path.Base(at)
	add := func(ending, kind, schema string, write func(*bufio.Writer) error) {
		w.do(func() error {
			return e.put(dataFile{Path: at + ending, Type: kind, Schema: schema, Rows: rows(), About: about, Board: board}, write)
		}, at+ending)
	}
	add(".csv", "text/csv", schema+row, csv)
	add(".jsonl", "application/jsonl", schema+row, func(out *bufio.Writer) error {
		return each(out, func(line []byte) { out.Write(line) })
	})
	add(".json", "application/json", schema+name, func(out *bufio.Writer) error {
		e.open(out, name)
		err := each(out, joiner(out))
		out.WriteString(closed)
		return err
	})
}

// joiner writes lines as the elements of a JSON list.
func joiner(out *bufio.Writer) func(line []byte) {
	first := true
	return func(line []byte) {
		if !first {
			out.WriteString(",\n")
		}
		first = false
		out.Write(bytes.TrimSuffix(line, []byte("\n")))
	}
}

// model writes the file of a model: its row, its BibTeX and its scores on all boards.
func (e *export) model(at string, m *archive.Model, row *modelRecord) error {
	blocks, err := e.blocks()
	if err != nil {
		return err
	}
	f := dataFile{Path: at, Type: "application/json", Schema: "schema.json#/$defs/model_file", single: true}
	return e.put(f, func(out *bufio.Writer) error {
		line, err := modelType.AppendJSON(nil, row)
		if err != nil {
			return err
		}
		e.single(out, "model", line, m.Reference.BibTeX)
		add := joiner(out)
		for _, b := range e.boards {
			i := slices.Index(b.Models, m)
			if i < 0 {
				continue
			}
			for _, n := range b.all {
				if k := blocks[n]; k != nil {
					add(k.line(i))
				}
			}
		}
		_, err = out.WriteString(closed)
		return err
	})
}

// benchmark writes the file of a benchmark: its row, its BibTeX and its scores.
func (e *export) benchmark(at string, b *archive.Benchmark, row *benchmarkRecord) error {
	blocks, err := e.blocks()
	if err != nil {
		return err
	}
	f := dataFile{Path: at, Type: "application/json", Schema: "schema.json#/$defs/benchmark_file", single: true}
	return e.put(f, func(out *bufio.Writer) error {
		line, err := benchmarkType.AppendJSON(nil, row)
		if err != nil {
			return err
		}
		e.single(out, "benchmark", line, b.Reference.BibTeX)
		add := joiner(out)
		for _, board := range e.boards {
			if k := blocks[board.Node(b.ID)]; k != nil {
				for i := range k.ends {
					add(k.line(i))
				}
			}
		}
		_, err = out.WriteString(closed)
		return err
	})
}

// single writes the beginning of the file of a model or benchmark.
func (e *export) single(out *bufio.Writer, name string, row []byte, bibtex string) {
	fmt.Fprintf(out, "{\"schema\":%d,\"snapshot\":%s,%q:%s,\n\"bibtex\":%s,\n\"scores\":[\n", dataSchema, quoted(e.opts.Commit), name, row, quoted(bibtex))
}

// The documents that hold rows, for the schema.
type (
	scoresFile struct {
		Schema   int           `json:"schema" doc:"version of these files"`
		Snapshot string        `json:"snapshot" doc:"commit of the archive that the file was made from; empty where unknown"`
		Scores   []scoreRecord `json:"scores" doc:"by benchmark in the order of the tree, then by model"`
	}
	meansFile struct {
		Schema   int          `json:"schema" doc:"version of these files"`
		Snapshot string       `json:"snapshot" doc:"commit of the archive that the file was made from; empty where unknown"`
		Means    []meanRecord `json:"means" doc:"by node in the order of the tree, then by model"`
	}
	modelsFile struct {
		Schema   int           `json:"schema" doc:"version of these files"`
		Snapshot string        `json:"snapshot" doc:"commit of the archive that the file was made from; empty where unknown"`
		Models   []modelRecord `json:"models" doc:"by id"`
	}
	benchmarksFile struct {
		Schema     int               `json:"schema" doc:"version of these files"`
		Snapshot   string            `json:"snapshot" doc:"commit of the archive that the file was made from; empty where unknown"`
		Benchmarks []benchmarkRecord `json:"benchmarks" doc:"by id"`
	}
	treeFile struct {
		Schema   int          `json:"schema" doc:"version of these files"`
		Snapshot string       `json:"snapshot" doc:"commit of the archive that the file was made from; empty where unknown"`
		Tree     []nodeRecord `json:"tree" doc:"parents before children"`
	}
	modelFile struct {
		Schema   int           `json:"schema" doc:"version of these files"`
		Snapshot string        `json:"snapshot" doc:"commit of the archive that the file was made from; empty where unknown"`
		Model    modelRecord   `json:"model" doc:"as in models.json"`
		BibTeX   string        `json:"bibtex" doc:"of its paper"`
		Scores   []scoreRecord `json:"scores" doc:"by board, and benchmark in the order of the tree"`
	}
	benchmarkFile struct {
		Schema    int             `json:"schema" doc:"version of these files"`
		Snapshot  string          `json:"snapshot" doc:"commit of the archive that the file was made from; empty where unknown"`
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

// finish writes the index and the digests, when everything else is there, and
// returns the files in order.
func (e *export) finish() ([]dataFile, error) {
	slices.SortFunc(e.files, func(a, b dataFile) int { return strings.Compare(a.Path, b.Path) })
	index := dataIndex{
		Schema: dataSchema, Title: e.Site.Title, Description: e.Site.Description,
		URL: e.baseURL(), Repository: external(e.Site.Repository), License: e.Site.License, Snapshot: e.opts.Commit,
		Files: []dataFile{},
	}
	for _, f := range e.files {
		if !f.single {
			index.Files = append(index.Files, f)
		}
	}
	results := 0
	for _, r := range e.Results {
		results += len(r)
	}
	index.Singles = []pattern{
		{"models/{model}.json", "schema.json#/$defs/model_file", "a model with its scores and BibTeX", len(e.Models)},
		{"benchmarks/{benchmark}.json", "schema.json#/$defs/benchmark_file", "a benchmark with its scores and BibTeX", len(e.Benchmarks)},
	}
	if !e.opts.NoScores {
		index.Singles = append(index.Singles, pattern{"results/{model}/{benchmark}@{version}.json", "schema.json#/$defs/result", "a result file as the repository holds it", results})
	}
	data, err := encode(index)
	if err != nil {
		return nil, err
	}
	f := dataFile{Path: dataRoot + "index.json", Type: "application/json", Schema: "schema.json#/$defs/index", About: "this list, with digests"}
	if err := e.put(f, raw(data)); err != nil {
		return nil, err
	}
	slices.SortFunc(e.files, func(a, b dataFile) int { return strings.Compare(a.Path, b.Path) })
	var sums bytes.Buffer
	for _, f := range e.files {
		fmt.Fprintf(&sums, "%s  %s\n", f.SHA256, f.Path)
	}
	return e.files, e.out.file(dataRoot+"sha256sums", sums.Bytes())
}

// references returns the BibTeX of the archive, its benchmarks and its models; an
// entry that stands twice is there once.
func (s *site) references() []byte {
	var buf bytes.Buffer
	buf.WriteString(s.bibtex())
	seen := map[string]bool{}
	add := func(entry string) {
		entry = strings.TrimSpace(entry)
		if entry != "" && !seen[entry] {
			seen[entry] = true
			buf.WriteString("\n" + entry + "\n")
		}
	}
	for _, b := range s.Benchmarks {
		add(b.Reference.BibTeX)
	}
	for _, m := range s.Models {
		add(m.Reference.BibTeX)
	}
	return buf.Bytes()
}

// stream writes one file from a buffered writer, through which its bytes also go to
// the hash, and returns its size.
func (o *output) stream(at string, sum hash.Hash, write func(*bufio.Writer) error) (int, error) {
	f, err := o.create(at)
	if err != nil {
		return 0, err
	}
	n := &counter{}
	w := bufio.NewWriterSize(io.MultiWriter(f, sum, n), 1<<16)
	err = write(w)
	if err == nil {
		err = w.Flush()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return 0, fmt.Errorf("%s: %w", at, err)
	}
	o.note(at, n.bytes)
	return n.bytes, nil
}

// counter counts bytes.
type counter struct{ bytes int }

func (c *counter) Write(p []byte) (int, error) {
	c.bytes += len(p)
	return len(p), nil
}
