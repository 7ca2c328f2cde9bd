package site

import (
	"iter"
	"path"

	"github.com/bsgen/bsgen/site/records"
)

// dataTable is a table as CSV, JSON and JSON Lines, which are written at once: a row
// is made into JSON one time, and need not be held.
type dataTable struct {
	at    string // place, without the ending
	row   string // name of a row in the schema
	about string
	board string // "" where it is of all boards
	of    *records.Type

	csv, json, lines *dataWriter
	last             []byte // the last row as JSON
}

// places returns those of the three files.
func (t *dataTable) places() []string {
	return []string{t.at + ".csv", t.at + ".json", t.at + ".jsonl"}
}

// write writes the files; rows adds what they hold.
func (t *dataTable) write(e *export, rows func() error) error {
	const schema = "schema.json#/$defs/"
	name := path.Base(t.at)
	file := func(ending, kind, schema string) dataFile {
		return dataFile{Path: t.at + ending, Type: kind, Schema: schema, About: t.about, Board: t.board}
	}
	return e.put(func(out []*dataWriter) error {
		t.csv, t.json, t.lines = out[0], out[1], out[2]
		t.csv.Write(t.of.AppendHeader(nil))
		t.json.WriteString(e.head() + `"` + name + `":[` + "\n")
		err := rows()
		t.json.WriteString(closed)
		return err
	}, file(".csv", "text/csv", schema+t.row), file(".json", "application/json", schema+name), file(".jsonl", "application/jsonl", schema+t.row))
}

// add adds a row, given by its address, to the three files. It returns the row as
// JSON, which the next overwrites.
func (t *dataTable) add(row any) ([]byte, error) {
	line, record, err := t.of.Append(t.last[:0], t.csv.AvailableBuffer(), row)
	if t.last = line; err != nil {
		return nil, err
	}
	t.json.element(t.last)
	t.lines.Write(t.last)
	t.lines.WriteByte('\n')
	t.lines.file.Rows++
	t.csv.Write(record)
	t.csv.file.Rows++
	return t.last, nil
}

// addTable adds a table of rows.
func addTable[T any](e *export, w *work, t dataTable, rows func() iter.Seq[*T]) {
	w.do(func() error {
		return t.write(e, func() error {
			for row := range rows() {
				if _, err := t.add(row); err != nil {
					return err
				}
			}
			return nil
		})
	}, t.places()...)
}

// eachOf goes through the addresses of a list's elements.
func eachOf[T any](list []T) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for i := range list {
			if !yield(&list[i]) {
				return
			}
		}
	}
}
