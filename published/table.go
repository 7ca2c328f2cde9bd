package published

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive"
)

// maxRows bounds the rows of a table; the largest here has 5,000.
const maxRows = 1 << 20

// table is a CSV file as it stands: every line has as many cells as the first,
// which names the columns. White space around cells is dropped.
type table struct {
	file   string
	header []string
	rows   [][]string
	lines  []int // of the rows
}

// byteOrderMark stands at the beginning of files from some spreadsheets.
var byteOrderMark = []byte("\xef\xbb\xbf")

// parseTable reads a CSV file, with a byte-order mark or without. What is wrong
// becomes a problem at its line, and then there is no table.
func parseTable(file string, data []byte, ps *archive.Problems) *table {
	before := len(*ps)
	bad := func(line int, hint, format string, args ...any) { ps.Add(file, line, hint, format, args...) }
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, byteOrderMark)))
	r.TrimLeadingSpace = true
	t := &table{file: file}
	for {
		cells, err := r.Read()
		var syntax *csv.ParseError
		switch {
		case err == io.EOF:
			if t.header == nil {
				bad(1, "the first line names the columns", "the table is empty")
			}
			if len(*ps) > before {
				return nil
			}
			return t
		case errors.As(err, &syntax) && errors.Is(err, csv.ErrFieldCount):
			bad(syntax.StartLine, "a cell that holds a comma stands in double quotes", "%d cells in a table of %d columns", len(cells), len(t.header))
			continue
		case errors.As(err, &syntax):
			bad(syntax.Line, "quotes enclose a whole cell; one within is doubled", "not valid CSV: %v", syntax.Err)
			return nil
		case err != nil: // a reader of bytes gives no other
			bad(0, "", "%v", err)
			return nil
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		line, _ := r.FieldPos(0)
		if t.header != nil {
			if len(t.rows) == maxRows {
				bad(line, "", "the table has more than %d rows", maxRows)
				return nil
			}
			t.rows, t.lines = append(t.rows, cells), append(t.lines, line)
			continue
		}
		t.header = cells
		for i, name := range cells {
			if slices.Index(cells, name) < i {
				bad(line, "a column is found by its name", "two columns are named %q", name)
			}
		}
	}
}

// column returns the place of a column, or -1 and a problem.
func (t *table) column(name string, ps *archive.Problems) int {
	i := slices.Index(t.header, name)
	if i < 0 {
		ps.Add(t.file, 1, "its columns: "+strings.Join(t.header, ", "), "there is no column %q", name)
	}
	return i
}

// entry is the score of one row.
type entry struct {
	line         int
	score, error archive.Number // error is NaN where there is none
	layer        string
}

// entries are the scores of a benchmark's models in the order of the table; a
// model has several where the benchmark names a column of layers. Models are
// listed by name in the order of their first row, with or without a score.
type entries struct {
	models  []string
	byModel map[string][]entry
}

// number is how a table may write one: no infinity, no NaN, no hexadecimal.
var number = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)

// entries reads the rows of a benchmark. A cell that holds no value leaves the
// row without an entry. Everything that is wrong becomes a problem at its line.
func (t *table) entries(p *archive.Published, ps *archive.Problems) entries {
	out := entries{byModel: map[string][]entry{}}
	before := len(*ps)
	optional := func(name string) int {
		if name == "" {
			return -1
		}
		return t.column(name, ps)
	}
	model, score := t.column(p.Model, ps), t.column(p.Score, ps)
	errorAt, layer := optional(p.Error), optional(p.Layer)
	where := map[int]string{}
	for name, want := range p.Where {
		where[t.column(name, ps)] = want
	}
	if len(*ps) > before {
		return out
	}
	ignore := func(string) bool { return false }
	if p.Ignore != "" {
		ignore = regexp.MustCompile(p.Ignore).MatchString // archive checked that it compiles
	}
	value := func(row []string, line, at int) (x archive.Number, ok bool) {
		text := row[at]
		if text == "" || slices.Contains(p.Missing, text) {
			return nan, false
		}
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || !number.MatchString(text) {
			ps.Add(t.file, line, "list under published.missing how the table writes that there is no value", "%q in the column %s is no number", text, t.header[at])
			return nan, false
		}
		return archive.Number(f), true
	}
	first := map[[2]string]int{} // model, layer -> line
	matched := false
rows:
	for i, row := range t.rows {
		for at, want := range where {
			if row[at] != want {
				continue rows
			}
		}
		matched = true
		line, name := t.lines[i], row[model]
		if name == "" {
			ps.Add(t.file, line, "", "the cell of the model is empty")
			continue
		}
		if ignore(name) {
			continue
		}
		e := entry{line: line, error: nan}
		if layer >= 0 {
			e.layer = row[layer]
		}
		key := [2]string{name, e.layer}
		if was, ok := first[key]; ok {
			hint := "keep one of them, or name under published.layer the column that tells them apart"
			ps.Add(t.file, line, hint, "%s stands twice (first on line %d)", strings.TrimSpace(name+" "+e.layer), was)
			continue
		}
		first[key] = line
		if !slices.Contains(out.models, name) {
			out.models = append(out.models, name)
		}
		x, ok := value(row, line, score)
		if errorAt >= 0 {
			var has bool
			if e.error, has = value(row, line, errorAt); has && e.error < 0 {
				ps.Add(t.file, line, "", "the error %s is negative", row[errorAt])
			}
		}
		if e.score = x; ok {
			out.byModel[name] = append(out.byModel[name], e)
		}
	}
	if !matched {
		ps.Add(t.file, 0, "published.where picks them", "no row is of this benchmark (%s)", conditions(p.Where))
	}
	return out
}

// conditions writes what rows must hold.
func conditions(where map[string]string) string {
	var all []string
	for name, want := range where {
		all = append(all, fmt.Sprintf("%s is %q", name, want))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
