package site

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strings"
	"sync"

	"github.com/bsgen/bsgen/site/records"
)

// dataRoot is where the data files are.
const dataRoot = "data/v1/"

func boardData(board, name string) string { return dataRoot + "boards/" + board + "/" + name }

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

// dataWriter writes a data file and digests it on the way. The buffer keeps errors:
// they need not be looked at before the end.
type dataWriter struct {
	*bufio.Writer
	file dataFile // Rows counts what was written
	to   digested
}

// digested digests and counts what passes through it.
type digested struct {
	io.WriteCloser
	sum   hash.Hash
	bytes int
}

func (d *digested) Write(p []byte) (int, error) {
	d.sum.Write(p)
	d.bytes += len(p)
	return d.WriteCloser.Write(p)
}

// dataWriters are those of files that are written; there are a thousand files.
var dataWriters = sync.Pool{New: func() any {
	w := &dataWriter{to: digested{sum: sha256.New()}}
	w.Writer = bufio.NewWriterSize(&w.to, 1<<16) // three of them and what they hold stay in the cache
	return w
}}

// element adds an element to the JSON list that the file ends in.
func (w *dataWriter) element(row []byte) {
	if w.file.Rows > 0 {
		w.WriteString(",\n")
	}
	w.file.Rows++
	w.Write(row)
}

const closed = "\n]}\n"

// put writes files side by side and notes their digests. Their paths are from the
// site's root.
func (e *export) put(write func(out []*dataWriter) error, files ...dataFile) error {
	var out []*dataWriter
	var err error
	for _, f := range files {
		to, oerr := e.out.create(f.Path)
		if oerr != nil {
			err = fmt.Errorf("%s: %w", f.Path, oerr)
			break
		}
		w := dataWriters.Get().(*dataWriter)
		w.file, w.to.WriteCloser, w.to.bytes = f, to, 0
		w.to.sum.Reset()
		w.Reset(&w.to)
		out = append(out, w)
	}
	if err == nil {
		err = write(out)
	}
	for _, w := range out {
		if cerr := e.close(w); err == nil {
			err = cerr
		}
	}
	return err
}

// close ends a file. Of one that is not whole, the site comes to nothing.
func (e *export) close(w *dataWriter) error {
	err := w.Flush()
	if cerr := w.to.Close(); err == nil {
		err = cerr
	}
	f := w.file
	if err != nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	f.Path, f.Bytes, f.SHA256 = strings.TrimPrefix(f.Path, dataRoot), w.to.bytes, hex.EncodeToString(w.to.sum.Sum(nil))
	dataWriters.Put(w)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.files = append(e.files, f)
	return nil
}

// whole writes a file that is there already.
func (e *export) whole(f dataFile, data []byte) error {
	return e.put(func(out []*dataWriter) error {
		_, err := out[0].Write(data)
		return err
	}, f)
}

// single writes the file of a model or benchmark: its row, its BibTeX and its scores.
func (e *export) single(at, name string, row []byte, bibtex string, scores func(out *dataWriter) error) error {
	f := dataFile{Path: at, Type: "application/json", Schema: "schema.json#/$defs/" + name + "_file", single: true}
	return e.put(func(out []*dataWriter) error {
		fmt.Fprintf(out[0], "%s%q:%s,\n\"bibtex\":%s,\n\"scores\":[\n", e.head(), name, row, quoted(bibtex))
		err := scores(out[0])
		out[0].WriteString(closed)
		return err
	}, f)
}

// head is how a JSON document begins.
func (e *export) head() string {
	return fmt.Sprintf("{\"schema\":%d,\"snapshot\":%s,", dataSchema, quoted(e.opts.Commit))
}

func quoted(s string) []byte { return records.AppendString(nil, s) }
