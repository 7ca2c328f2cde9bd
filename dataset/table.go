package dataset

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/assembly"
)

// LineError is a mistake on a line of a data file.
type LineError struct {
	File string
	Line int
	Msg  string
}

func (e *LineError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg) }

// Table reads rows of a CSV or TSV file with a header, by column name.
type Table struct {
	File    string
	columns []int // index in the row of each wanted column
	next    func() ([]string, int, error)
}

// maxRow bounds a row of a table (64 kB), and so a field.
const maxRow = 64 << 10

// Comma says how a table separates its fields.
type Comma rune

// The separators. Tab-separated files have no quoting: a quotation mark is text.
const (
	CSV Comma = ','
	TSV Comma = '\t'
)

// NewTable reads the header and finds the wanted columns in it, ignoring case.
// A missing column is an error that lists those there are.
func NewTable(file string, data []byte, comma Comma, wanted ...string) (*Table, error) {
	t := &Table{File: file}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if comma == TSV {
		t.next = tsv(file, data, 0)
	} else {
		r := csv.NewReader(bytes.NewReader(data))
		r.ReuseRecord = true
		t.next = func() ([]string, int, error) {
			start := r.InputOffset()
			row, err := r.Read()
			line := 0
			if len(row) > 0 {
				line, _ = r.FieldPos(0)
			}
			var pe *csv.ParseError
			if errors.As(err, &pe) {
				return nil, pe.Line, &LineError{file, pe.Line, pe.Err.Error()}
			}
			if r.InputOffset()-start > maxRow {
				return nil, line, &LineError{file, line, fmt.Sprintf("the row has more than %d bytes", maxRow)}
			}
			return row, line, err
		}
	}
	header, _, err := t.next()
	if err == io.EOF {
		return nil, &LineError{file, 1, "the file is empty"}
	}
	if err != nil {
		return nil, err
	}
	header = slices.Clone(header)
	for _, w := range wanted {
		k := slices.IndexFunc(header, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), w) })
		if k < 0 {
			return nil, &LineError{file, 1, fmt.Sprintf("there is no column %.60q; the columns are %s", w, assembly.NameList(header, 20))}
		}
		t.columns = append(t.columns, k)
	}
	return t, nil
}

// tsv returns a reader of lines of width fields; 0: as many as the first has.
func tsv(file string, data []byte, width int) func() ([]string, int, error) {
	line := 0
	return func() ([]string, int, error) {
		if len(data) == 0 {
			return nil, line, io.EOF
		}
		row, rest, _ := bytes.Cut(data, []byte("\n"))
		data = rest
		line++
		if len(row) > maxRow {
			return nil, line, &LineError{file, line, fmt.Sprintf("the row has more than %d bytes", maxRow)}
		}
		fields := strings.Split(strings.TrimSuffix(string(row), "\r"), "\t")
		if width == 0 {
			width = len(fields)
		} else if len(fields) != width {
			return nil, line, &LineError{file, line, fmt.Sprintf("%d fields instead of %d", len(fields), width)}
		}
		return fields, line, nil
	}
}

// Next returns the wanted fields of the next row and its line. It returns
// io.EOF after the last row.
func (t *Table) Next() ([]string, int, error) {
	row, line, err := t.next()
	if err != nil {
		return nil, line, err
	}
	out := make([]string, len(t.columns))
	for i, k := range t.columns {
		out[i] = row[k]
	}
	return out, line, nil
}

// Errorf returns an error at a line of the table.
func (t *Table) Errorf(line int, format string, args ...any) error {
	return &LineError{t.File, line, fmt.Sprintf(format, args...)}
}

// Int parses a field as a whole number.
func (t *Table) Int(line int, what, s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, t.Errorf(line, "%s %.60q is not a whole number", what, s)
	}
	return n, nil
}

// Float parses a field as a finite number.
func (t *Table) Float(line int, what, s string) (float64, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f-f != 0 {
		return 0, t.Errorf(line, "%s %.60q is not a finite number", what, s)
	}
	return f, nil
}
