package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/site/records"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/net/html"
)

var update = flag.Bool("update", false, "accept what is made as the goldens")

// readData returns a data file.
func readData(t testing.TB, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(dataRoot+name)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// definitions compiles the published schema.
func definitions(t *testing.T, dir string) func(ref string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(readData(t, dir, "schema.json")))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource("file:///schema.json", doc); err != nil {
		t.Fatal(err)
	}
	return func(ref string) *jsonschema.Schema {
		t.Helper()
		s, err := c.Compile("file:///" + ref)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

// TestSchema validates every data file against the schema that is published beside
// it, also JSON that the pages link elsewhere.
func TestSchema(t *testing.T) {
	dir := build(t, fixture(t))
	define := definitions(t, dir)
	valid := func(s *jsonschema.Schema, name string, data []byte) {
		t.Helper()
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if err := s.Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	var index dataIndex
	if err := json.Unmarshal(readData(t, dir, "index.json"), &index); err != nil {
		t.Fatal(err)
	}
	valid(define("schema.json#/$defs/index"), "index.json", readData(t, dir, "index.json"))
	checked := map[string]bool{"index.json": true}
	for _, f := range index.Files {
		data := readData(t, dir, f.Path)
		switch path.Ext(f.Path) {
		case ".json":
			if f.Schema != "" {
				valid(define(f.Schema), f.Path, data)
			}
		case ".jsonl":
			s, n := define(f.Schema), 0
			for line := range bytes.Lines(data) {
				valid(s, f.Path, line)
				n++
			}
			if n != f.Rows {
				t.Errorf("%s: %d rows, the index says %d", f.Path, n, f.Rows)
			}
		}
		checked[f.Path] = true
	}
	for folder, def := range map[string]string{"models": "model_file", "benchmarks": "benchmark_file", "results": "result"} {
		s := define("schema.json#/$defs/" + def)
		err := fs.WalkDir(os.DirFS(filepath.Join(dir, dataRoot)), folder, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				valid(s, name, readData(t, dir, name))
				checked[name] = true
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	table, err := os.ReadFile(filepath.Join(dir, "vision", "leaderboard.json"))
	if err != nil {
		t.Fatal(err)
	}
	valid(define("schema.json#/$defs/leaderboard"), "leaderboard.json", table)
	err = fs.WalkDir(os.DirFS(filepath.Join(dir, dataRoot)), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !checked[name] && name != "sha256sums" {
			t.Errorf("%s is in no list", name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	// The schema is strict: it refuses what it does not know, and a state that is none.
	score := define("schema.json#/$defs/score")
	line, _, _ := bytes.Cut(readData(t, dir, "boards/vision/scores.jsonl"), []byte("\n"))
	for _, fault := range [][2]string{{`"state":"scored"`, `"state":"X"`}, {`"version":1`, `"version":"1"`}, {`{`, `{"rank_":1,`}, {`"stale":false,`, ``}} {
		broken := strings.Replace(string(line), fault[0], fault[1], 1)
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(broken))
		if err != nil || broken == string(line) {
			t.Fatalf("%s: %v", broken, err)
		}
		if score.Validate(doc) == nil {
			t.Errorf("the schema accepts %s", broken)
		}
	}
}

// TestSchemaIsKept holds the schema against the one of this version: a column that
// went away, or means something else, needs a new version.
func TestSchemaIsKept(t *testing.T) {
	got, err := encode(dataSchemas())
	if err != nil {
		t.Fatal(err)
	}
	golden := fmt.Sprintf("testdata/schema.v%d.json", dataSchema)
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || !bytes.Equal(got, want) {
		os.WriteFile(golden+".got", got, 0o644)
		t.Errorf("%s differs (%v): see %s.got. A new column needs -update, any other change a new version of the data first", golden, err, golden)
	}
}

// TestDigests does what sha256sum -c does.
func TestDigests(t *testing.T) {
	dir := build(t, fixture(t))
	lines := strings.Split(strings.TrimSuffix(string(readData(t, dir, "sha256sums")), "\n"), "\n")
	if len(lines) < 30 || !slices.IsSortedFunc(lines, func(a, b string) int { return strings.Compare(a[66:], b[66:]) }) {
		t.Errorf("%d lines", len(lines))
	}
	for _, line := range lines {
		want, name, _ := strings.Cut(line, "  ")
		if sum := sha256.Sum256(readData(t, dir, name)); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s has another digest", name)
		}
	}
	if !strings.Contains(strings.Join(lines, "\n"), "  models/m0.json") || !strings.Contains(strings.Join(lines, "\n"), "  index.json") {
		t.Error("files are missing from the digests")
	}
}

// TestFormatsAgree reads the scores in all three formats, by the rules that
// read.csv of R has, and wants the same numbers to the last bit.
func TestFormatsAgree(t *testing.T) {
	dir := build(t, fixture(t))
	for _, test := range []struct {
		stem string
		of   *records.Type
	}{{"boards/vision/scores", scoreType}, {"boards/vision/means", meanType}, {"models", modelType}, {"benchmarks", benchmarkType}, {"tree", treeType}, {"boards/empty/scores", scoreType}} {
		var doc map[string]json.RawMessage
		if err := json.Unmarshal(readData(t, dir, test.stem+".json"), &doc); err != nil {
			t.Fatal(err)
		}
		var list []map[string]any
		if err := json.Unmarshal(doc[path.Base(test.stem)], &list); err != nil {
			t.Fatal(err)
		}
		data := readData(t, dir, test.stem+".csv")
		lines, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil || len(lines) != len(list)+1 {
			t.Fatalf("%s: %d records, %d rows in JSON: %v", test.stem, len(lines), len(list), err)
		}
		if !bytes.HasSuffix(data, []byte("\r\n")) || bytes.HasPrefix(data, []byte("#")) || bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
			t.Errorf("%s.csv is not that of RFC 4180", test.stem)
		}
		n := 0
		for line := range bytes.Lines(readData(t, dir, test.stem+".jsonl")) {
			var row map[string]any
			if err := json.Unmarshal(line, &row); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(row) != fmt.Sprint(list[n]) {
				t.Errorf("%s: row %d of JSON Lines: %v\nJSON: %v", test.stem, n, row, list[n])
			}
			n++
		}
		for i, row := range list {
			for k, c := range test.of.Columns {
				if lines[0][k] != c.Name {
					t.Fatalf("%s: column %q, want %q", test.stem, lines[0][k], c.Name)
				}
				if got := lines[i+1][k]; !sameValue(c, got, row[c.Name]) {
					t.Errorf("%s: row %d, %s: %q in CSV, %v in JSON", test.stem, i, c.Name, got, row[c.Name])
				}
			}
		}
	}
}

// sameValue compares a field of CSV with a value of JSON. A column of numbers must
// hold numbers and empty fields alone, or R and pandas make texts of all of it.
func sameValue(c records.Column, field string, value any) bool {
	switch value := value.(type) {
	case nil:
		return field == ""
	case float64:
		x, err := strconv.ParseFloat(field, 64)
		return err == nil && math.Float64bits(x) == math.Float64bits(value)
	case bool:
		return field == strconv.FormatBool(value)
	case []any:
		var items []string
		for _, v := range value {
			items = append(items, v.(string))
		}
		return sameText(field, strings.Join(items, "; "))
	case string:
		return c.Type == "string" && sameText(field, value)
	}
	return false
}

func sameText(field, text string) bool { return field == text || field == "'"+text }

// nowhere is a target that keeps nothing.
type nowhere struct{}

func (nowhere) file(string, []byte) error             { return nil }
func (nowhere) create(string) (io.WriteCloser, error) { return nowhere{}, nil }
func (nowhere) Write(p []byte) (int, error)           { return len(p), nil }
func (nowhere) Close() error                          { return nil }

// TestExportLeavesNothing counts what is allocated: pieces per file and not per row,
// and less than is written, which is not held.
func TestExportLeavesNothing(t *testing.T) {
	a := large(t, 100, 200)
	s, err := newSite(a, Options{NoScores: true})
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	files, err := newExport(s, nowhere{}).jobs(&work{})()
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	pieces, bytes, written := after.Mallocs-before.Mallocs, after.TotalAlloc-before.TotalAlloc, 0
	for _, f := range files {
		written += f.Bytes
	}
	if rows := uint64(3 * 100 * 200); pieces > rows || bytes > uint64(written)/4 {
		t.Errorf("%d pieces of memory, %d bytes, for %d rows in %d files of %d bytes", pieces, bytes, rows, len(files), written)
	}
}

// TestExportFails: what can not be written is an error that names the score, and of a
// file that can not be made it names the file.
func TestExportFails(t *testing.T) {
	a := large(t, 3, 4)
	a.Results["m001"][2].Raw = archive.Number(math.Inf(1))
	_, err := Build(a, Options{Out: filepath.Join(t.TempDir(), "out"), NoScores: true})
	if err == nil || !strings.Contains(err.Error(), "m001 on b002: raw is infinite") {
		t.Errorf("error %v", err)
	}
	a.Results["m001"][2].Raw = 0
	s, err := newSite(a, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = newExport(s, refusing("data/v1/boards/x/scores.jsonl")).jobs(&work{})(); !errors.Is(err, fs.ErrPermission) || !strings.HasPrefix(err.Error(), "data/v1/boards/x/scores.jsonl: ") {
		t.Errorf("error %v", err)
	}
	if _, err = newExport(s, fullDisk{}).jobs(&work{})(); !errors.Is(err, syscall.ENOSPC) || !strings.HasPrefix(err.Error(), "data/v1/") {
		t.Errorf("error %v", err)
	}
}

// refusing is a target without the right to make one file.
type refusing string

func (refusing) file(string, []byte) error { return nil }
func (r refusing) create(at string) (io.WriteCloser, error) {
	if at == string(r) {
		return nil, fs.ErrPermission
	}
	return nowhere{}, nil
}

// fullDisk is a target on a disk that is full.
type fullDisk struct{ nowhere }

func (fullDisk) create(string) (io.WriteCloser, error) { return fullDisk{}, nil }
func (fullDisk) Write([]byte) (int, error)             { return 0, syscall.ENOSPC }

// TestPython runs the lines that the page shows for Python without libraries, on the
// files that were built.
func TestPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	a := fixture(t)
	dir := build(t, a)
	s, err := newSite(a, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, snippet := range s.snippets("vision") {
		if snippet.Name == "Python, without libraries" {
			for _, p := range snippet.Parts {
				if p.Base {
					p.Text = "file://" + filepath.ToSlash(dir) + "/" + dataRoot
				}
				code.WriteString(p.Text)
			}
		}
	}
	out, err := exec.Command(python, "-c", code.String()).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if n := strings.Count(string(out), "\n"); n != 13 || !strings.Contains(string(out), "m0 a 0.5 0.45 0.55\n") {
		t.Errorf("%d lines, want the 13 scores:\n%s", n, out)
	}
}

// TestDataPage looks for every table, and for the address in the snippets.
func TestDataPage(t *testing.T) {
	a := fixture(t)
	a.Site.License = "CC-BY-4.0"
	for base, want := range map[string]string{"": placeholder + dataRoot, "https://lab.example.org/b": "https://lab.example.org/b/" + dataRoot} {
		a.Site.BaseURL = base
		doc := parsePage(t, build(t, a), dataPlace)
		text := content(doc)
		if !strings.Contains(text, `base = "`+want+`"`) || !strings.Contains(text, "base="+want) {
			t.Errorf("base %q: the snippets do not begin with %s", base, want)
		}
		if got := len(all(doc, "span", "")); base == "" && !strings.Contains(text, "stands for the address") || base != "" && strings.Contains(text, placeholder) {
			t.Errorf("base %q: %d placeholders", base, got)
		}
		for _, name := range []string{"scores.csv", "scores.jsonl", "means.json", "models.csv", "tree.csv", "schema.json", "sha256sums", "references.bib", "CC-BY-4.0"} {
			if !slices.ContainsFunc(all(doc, "a", ""), func(n *html.Node) bool { return content(n) == name }) {
				t.Errorf("no link to %s", name)
			}
		}
		names := texts(all(doc, "code", ""))
		for _, c := range scoreType.Columns {
			if !slices.Contains(names, c.Name) {
				t.Errorf("the column %s is not described", c.Name)
			}
		}
	}
}

// large returns an archive of models and benchmarks without replicates, all scored.
func large(t testing.TB, models, benchmarks int) *archive.Archive {
	a := &archive.Archive{Root: t.TempDir(), Site: archive.DefaultSite, Results: map[string][]archive.Result{}}
	a.Boards = []*archive.Board{{ID: "x", Title: "X", Nodes: []archive.Node{{ID: "mean", Title: "Mean"}}}}
	for i := range 20 {
		a.Boards[0].Nodes = append(a.Boards[0].Nodes, archive.Node{ID: fmt.Sprintf("n%02d", i), Title: fmt.Sprintf("Node %d", i), Parent: "mean"})
	}
	for i := range benchmarks {
		a.Benchmarks = append(a.Benchmarks, &archive.Benchmark{ID: fmt.Sprintf("b%03d", i), Version: 1, Title: "B", Board: "x", Parent: fmt.Sprintf("n%02d", i%20), Dataset: "d", Primary: true, Normalize: "ratio"})
	}
	for i := range models {
		m := &archive.Model{ID: fmt.Sprintf("m%03d", i), Name: fmt.Sprintf("Model %d", i), Role: archive.RoleModel}
		a.Models = append(a.Models, m)
		for k, bench := range a.Benchmarks {
			x := archive.Number(float64((i*31+k*17)%1000) / 1001)
			a.Results[m.ID] = append(a.Results[m.ID], archive.Result{Model: m.ID, Benchmark: bench.ID, Version: 1, Status: archive.Scored, Score: x, Raw: x, Unclipped: x, Rule: "ratio",
				Key: strings.Repeat("k", 64), Provenance: &archive.Provenance{Kind: "computed"}, Engine: &archive.Engine{},
				Interval: archive.ResultInterval{Low: x * .9, High: x, Method: "percentile bootstrap", Resampled: "stimuli"}})
		}
	}
	return a
}
