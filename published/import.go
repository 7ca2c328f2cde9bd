package published

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
)

// engine and version name what transcribed the number. The version is raised
// when a result may change.
const (
	engine  = "bsgen import"
	version = "1"
)

var nan = archive.Number(math.NaN())

// Import is what the tables say of the archive's models.
type Import struct {
	Results    []*archive.Result // by benchmark, then model
	Gone       []*archive.Result // in the archive, of a benchmark that was read, and not in its table any more
	Undeclared []archive.Row     // rows that no submission stands for
	Problems   archive.Problems  // of the tables; a benchmark that has one has no results here
	Unread     []error           // tables that could not be had
}

// Read reads the tables of the benchmarks that the filter selects; a benchmark
// is selected as a whole where it is with an empty model. A model without a value
// in the table has no result: it was not run. An error of ctx ends it; anything
// else is recorded in the import.
func Read(ctx context.Context, a *archive.Archive, store *dataset.Store, selected func(model, benchmark string) bool) (*Import, error) {
	r := reading{archive: a, store: store, selected: selected, tables: map[string]*table{}, rows: map[archive.Row]bool{}, partly: map[string]bool{}}
	for _, b := range a.Benchmarks {
		if b.Published == nil {
			continue
		}
		if !r.benchmark(ctx, b) {
			r.partly[b.Board] = true
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	for _, m := range a.Models {
		if p := m.Published; p != nil && !r.rows[*p] && !r.partly[p.Board] && selected(m.ID, "") {
			r.out.Problems.Add(m.File(), m.Line("published", "row"), "the row is the model's name as the table writes it", "no table of the board %s has the row %q", p.Board, p.Name)
		}
	}
	r.out.Problems = r.out.Problems.Sort()
	return &r.out, nil
}

// reading is an import while it comes about.
type reading struct {
	archive  *archive.Archive
	store    *dataset.Store
	selected func(model, benchmark string) bool
	tables   map[string]*table    // by digest; nil for one that could not be read
	rows     map[archive.Row]bool // that a table holds
	partly   map[string]bool      // boards of which not every table was read
	out      Import
}

// benchmark reads a benchmark's scores, and says whether it did.
func (r *reading) benchmark(ctx context.Context, b *archive.Benchmark) bool {
	all := r.selected("", b.ID)
	models := slices.DeleteFunc(slices.Clone(r.archive.Models), func(m *archive.Model) bool { return !r.selected(m.ID, b.ID) })
	if !all && len(models) == 0 {
		return false
	}
	t := r.table(ctx, b)
	if t == nil {
		return false
	}
	before := len(r.out.Problems)
	found := t.entries(b.Published, &r.out.Problems)
	if len(r.out.Problems) > before {
		return false
	}
	for _, m := range models {
		var es []entry
		if p := m.Published; p != nil && p.Board == b.Board {
			es = found.byModel[p.Name]
		}
		if len(es) > 0 {
			r.out.Results = append(r.out.Results, result(b, m, es))
		} else if old, ok := r.archive.Result(m.ID, b.ID, b.Version); ok {
			r.out.Gone = append(r.out.Gone, old)
		}
	}
	declared := map[string]bool{}
	for _, m := range r.archive.Models {
		if p := m.Published; p != nil && p.Board == b.Board {
			declared[p.Name] = true
		}
	}
	for _, name := range found.models {
		row := archive.Row{Board: b.Board, Name: name}
		if all && !declared[name] && !r.rows[row] {
			r.out.Undeclared = append(r.out.Undeclared, row)
		}
		r.rows[row] = true
	}
	return true
}

// table returns the table of a benchmark; nil where it could not be read, of
// which the first that asks learns why.
func (r *reading) table(ctx context.Context, b *archive.Benchmark) *table {
	src := b.Table()
	t, ok := r.tables[src.SHA256]
	if ok {
		return t
	}
	data, err := fetch(ctx, r.store, src, filepath.Join(r.archive.Root, b.Dir))
	if err != nil {
		r.out.Unread = append(r.out.Unread, err)
	} else {
		t = parseTable(fileName(src), data, &r.out.Problems)
	}
	r.tables[src.SHA256] = t
	return t
}

// maxTable is the size above which a table is refused unread (64 MiB).
const maxTable = 64 << 20

// fetch returns the bytes of a table.
func fetch(ctx context.Context, store *dataset.Store, src dataset.Source, dir string) ([]byte, error) {
	if src.Bytes > maxTable {
		return nil, fmt.Errorf("the table %s has %d bytes, more than the %d allowed", fileName(src), src.Bytes, maxTable)
	}
	name, err := store.Path(ctx, src, dir, nil)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the table %s: %w", fileName(src), err)
	}
	return data, nil
}

// fileName is what problems call a table.
func fileName(src dataset.Source) string {
	if src.File != "" {
		return src.File
	}
	return path.Base(src.URL)
}

// result writes a model's score down: the largest of the entries, the first of
// equal ones.
func result(b *archive.Benchmark, m *archive.Model, es []entry) *archive.Result {
	best := es[0]
	for _, e := range es[1:] {
		if e.score > best.score {
			best = e
		}
	}
	src := b.Table()
	address := src.URL
	if src.File != "" {
		address = b.Dir + "/" + src.File
	}
	r := &archive.Result{
		Schema: archive.ResultSchema, Key: Key(b, m), Model: m.ID, Benchmark: b.ID, Version: b.Version,
		Status:     archive.Scored,
		Provenance: &archive.Provenance{Kind: archive.KindPublished, Source: address, SHA256: src.SHA256, Row: best.line},
		Raw:        nan, Score: nan, Unclipped: nan, Rule: b.Normalize,
		Ceiling:  archive.ResultCeiling{Value: nan, Scale: b.Ceiling.Scale, Lower: nan, Upper: nan, Error: nan},
		Error:    archive.ResultError{Value: nan},
		Interval: archive.ResultInterval{Level: nan, Low: nan, High: nan},
		Engine:   &archive.Engine{Name: engine, Version: version},
		Inputs:   archive.Inputs{Submission: archive.Digest(m.Published.Name), Benchmark: b.ScoringDigest(), Data: b.DataDigests()},
	}
	if b.Ceiling.Name == "constant" {
		r.Ceiling.Value = archive.Number(b.Ceiling.Value)
	}
	if b.Normalize == "none" {
		r.Raw = best.score
	} else {
		r.Score, r.Unclipped = best.score, best.score
	}
	if best.error.OK() {
		r.Error = archive.ResultError{Value: best.error, Kind: b.Published.ErrorKind}
	}
	if b.Published.Layer != "" {
		for _, e := range es {
			r.Layers = append(r.Layers, archive.Layer{Region: b.Assembly.Region, Tensor: e.layer, Score: e.score})
		}
		if len(es) > 1 {
			r.Warnings = append(r.Warnings, fmt.Sprintf("layer selected on the test data: %s is the best of %d by this very score", best.layer, len(es)))
		}
	}
	return r
}

// Key digests what a published result depends on.
func Key(b *archive.Benchmark, m *archive.Model) string {
	return archive.Digest(struct {
		Schema           int
		Model, Row       string
		Benchmark        string
		Data             map[string]string
		Engine, Versions string
	}{archive.ResultSchema, m.ID, m.Published.Name, b.ScoringDigest(), b.DataDigests(), engine, version})
}

// Stale lists the published results whose table, columns or row are no longer
// what they were imported from. It needs no data.
func Stale(a *archive.Archive) []*archive.Result {
	var out []*archive.Result
	for _, m := range a.Models {
		for i := range a.Results[m.ID] {
			r := &a.Results[m.ID][i]
			b, ok := a.Benchmark(r.Benchmark)
			if !ok || b.Published == nil || r.Version != b.Version {
				continue
			}
			if m.Published == nil || m.Published.Board != b.Board || r.Key != Key(b, m) {
				out = append(out, r)
			}
		}
	}
	return out
}

// Differs reports whether the archive lacks the result as the table has it.
func Differs(a *archive.Archive, r *archive.Result) (bool, error) {
	stored, ok := a.Result(r.Model, r.Benchmark, r.Version)
	if !ok {
		return true, nil
	}
	want, err := r.Encode()
	if err != nil {
		return false, err
	}
	have, err := stored.Encode()
	return !bytes.Equal(want, have), err
}

// ModelID returns the id of a model that a row of a board gives: the board's, a
// hyphen, and the row's name in lower case, with hyphens for what no id can hold.
func ModelID(r archive.Row) string {
	name := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.ContainsRune("._+-", c) {
			return c
		}
		return '-'
	}, strings.ToLower(r.Name))
	return r.Board + "-" + name
}
