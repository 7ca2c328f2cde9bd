package site

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/site/records"
)

const dataPlace = "data/index.html"

// DataPage lists the data files and says how to read them.
type DataPage struct {
	Chrome
	Facts    []Fact
	Tables   []DataTable
	Snippets []Snippet
	Unknown  bool // the snippets begin with a placeholder, not with the site's address
	Columns  []DataColumns
	Files    []Link // the index, the schema, the digests, BibTeX
	Singles  []pattern
	License  Link // Text is "" where unknown
	BibTeX   string
	Method   string
}

// DataTable is a table in its three formats.
type DataTable struct {
	Name  string
	About string
	Board Link // Text is "" where it is of all boards
	Rows  string
	Files []Link // with the size as note
}

// Snippet is code that reads a table. Where the site's address is not known a
// script puts that of the page in.
type Snippet struct {
	Name, Language string
	Parts          []SnippetPart
}

// SnippetPart is a piece of code.
type SnippetPart struct {
	Text string
	Base bool   // it is an address of the site
	At   string // where the site's address is not known: the relative one, which a script puts in
}

// DataColumns describes the columns of a table.
type DataColumns struct {
	Name    string
	Columns []records.Column
}

// placeholder stands for the site's address where site.yaml has no base_url.
const placeholder = "https://SITE/"

func (s *site) dataPage(files []dataFile) *DataPage {
	const at = dataPlace
	p := &DataPage{
		Chrome:  s.chrome(at, "Data", at),
		Unknown: s.baseURL() == "",
		BibTeX:  s.bibtex(),
		Method:  s.anchor(at, "methods"),
		License: Link{Text: s.Site.License, Href: s.licenseURL()},
	}
	p.Data = s.linkedData(at, files)
	p.Description = "All scores, models and benchmarks as CSV, JSON and JSON Lines, with a JSON Schema and digests."
	var total int
	tables := map[string]int{}
	for _, f := range files {
		total += f.Bytes
		if f.single {
			continue
		}
		to := Link{Text: path.Base(f.Path), Href: rel(at, dataRoot+f.Path), Note: size(f.Bytes)}
		stem := strings.TrimSuffix(f.Path, path.Ext(f.Path))
		if ext := path.Ext(f.Path); f.Rows > 0 && ext != ".bib" || f.Board != "" || stem == "models" || stem == "benchmarks" || stem == "tree" {
			i, ok := tables[stem]
			if !ok {
				i = len(p.Tables)
				tables[stem] = i
				t := DataTable{Name: upper(path.Base(stem)), About: f.About, Rows: grouped(strconv.Itoa(f.Rows))}
				for _, b := range s.boards {
					if b.ID == f.Board {
						t.Board = Link{Text: b.Title, Href: rel(at, b.front())}
					}
				}
				p.Tables = append(p.Tables, t)
			}
			p.Tables[i].Files = append(p.Tables[i].Files, to)
			continue
		}
		to.Note = f.About + ", " + to.Note
		p.Files = append(p.Files, to)
	}
	// The boards in their order, the scores of each before its means; then what is of all.
	place := func(t DataTable) int {
		i := slices.IndexFunc(s.boards, func(b *board) bool { return b.Title == t.Board.Text })
		if i < 0 {
			i = len(s.boards)
		}
		return i
	}
	slices.SortStableFunc(p.Tables, func(a, b DataTable) int {
		c := cmp.Compare(place(a), place(b))
		if c == 0 && a.Board.Text != "" {
			c = strings.Compare(b.Name, a.Name)
		}
		return c
	})
	p.Files = append(p.Files, Link{Text: "sha256sums", Href: rel(at, dataRoot+"sha256sums"), Note: "digests of all files, for sha256sum -c"},
		Link{Text: "CITATION.cff", Href: rel(at, "CITATION.cff"), Note: "how to cite, for reference managers"})
	p.Singles = []pattern{
		{"models/MODEL.json", "", "a model with its scores and BibTeX", len(s.Models)},
		{"benchmarks/BENCHMARK.json", "", "a benchmark with its scores and BibTeX", len(s.Benchmarks)},
	}
	if !s.opts.NoScores {
		results := pattern{"results/MODEL/BENCHMARK@VERSION.json", "", "a result file as the repository holds it: everything that the scorer said", 0}
		for _, r := range s.Results {
			results.Count += len(r)
		}
		p.Singles = append(p.Singles, results)
	}
	p.Facts = []Fact{
		{Before: "version", Value: strconv.Itoa(dataSchema)},
		{Value: strconv.Itoa(len(files)), After: plural(len(files), "file")},
		{Value: size(total)},
	}
	for _, t := range []struct {
		name string
		of   *records.Type
	}{{"scores", scoreType}, {"means", meanType}, {"models", modelType}, {"benchmarks", benchmarkType}, {"tree", treeType}} {
		p.Columns = append(p.Columns, DataColumns{t.name, t.of.Columns})
	}
	if len(s.boards) > 0 {
		p.Snippets = s.snippets(s.boards[0].ID)
	}
	return p
}

// snippets are lines that read the scores of a board, each of them run by a test
// where its program is at hand.
func (s *site) snippets(board string) []Snippet {
	parts := func(before, after string) []SnippetPart {
		return []SnippetPart{{Text: before}, s.address(dataPlace, dataRoot), {Text: after}}
	}
	out := []Snippet{
		{Name: "pandas", Language: "python", Parts: parts(`import pandas as pd

base = "`, `"
text = dict(keep_default_na=False, na_values=[""])  # an id may be "NA"
scores = pd.read_csv(base + "boards/`+board+`/scores.csv", **text)
models = pd.read_csv(base + "models.csv", **text)

scored = scores[scores.state == "scored"].merge(models, on="model")
print(scored.pivot(index="name", columns="benchmark", values="score"))
`)},
		{Name: "R", Language: "r", Parts: parts(`base <- "`, `"
scores <- read.csv(paste0(base, "boards/`+board+`/scores.csv"), na.strings = "")
models <- read.csv(paste0(base, "models.csv"), na.strings = "")

scored <- merge(subset(scores, state == "scored"), models, by = "model")
tapply(scored$score, list(scored$name, scored$benchmark), mean)
`)},
		{Name: "Python, without libraries", Language: "python", Parts: parts(`import csv, io, urllib.request

base = "`, `"
with urllib.request.urlopen(base + "boards/`+board+`/scores.csv") as f:
    scores = list(csv.DictReader(io.TextIOWrapper(f, "utf-8", newline="")))
for s in scores:
    if s["state"] == "scored":
        print(s["model"], s["benchmark"], s["score"], s["low"], s["high"])
`)},
		{Name: "curl", Language: "sh", Parts: parts("base=", `
curl -fsS --create-dirs -o boards/`+board+`/scores.csv "$base"boards/`+board+`/scores.csv
curl -fsS "$base"sha256sums | grep boards/`+board+`/scores.csv | sha256sum -c
curl -fsS "$base"boards/`+board+`/scores.jsonl | jq -r 'select(.state == "scored") | [.model, .benchmark, .score] | @tsv'
`)},
	}
	return out
}

// address is the site's, or a placeholder that a script replaces by what the
// relative one leads to.
func (s *site) address(at, to string) SnippetPart {
	if base := s.baseURL(); base != "" {
		return SnippetPart{Text: base + to, Base: true}
	}
	return SnippetPart{Text: placeholder + to, Base: true, At: cmp.Or(rel(at, to), "./")}
}

// size writes a number of bytes for people.
func size(bytes int) string {
	switch {
	case bytes >= 10_000_000:
		return fmt.Sprintf("%d MB", (bytes+500_000)/1_000_000)
	case bytes >= 1_000_000:
		return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
	}
	return fmt.Sprintf("%d kB", (bytes+999)/1000)
}
