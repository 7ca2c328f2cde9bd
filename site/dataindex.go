package site

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

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
	if err := e.whole(f, data); err != nil {
		return nil, err
	}
	slices.SortFunc(e.files, func(a, b dataFile) int { return strings.Compare(a.Path, b.Path) })
	var sums bytes.Buffer
	for _, f := range e.files {
		fmt.Fprintf(&sums, "%s  %s\n", f.SHA256, f.Path)
	}
	return e.files, e.out.file(dataRoot+"sha256sums", sums.Bytes())
}
