package history

import (
	"cmp"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/git"
	"go.yaml.in/yaml/v4"
)

// Step is a commit of the main line that changed what boards show: results,
// benchmarks, boards or models. The main line is HEAD, its first parent, the
// first parent of that, and so on: what the branch held from one merge to the
// next. Applied one after the other, steps give the boards at any time.
type Step struct {
	Commit
	// At is when the commit came to be, by its committer's clock in UTC, and
	// never before the step before it. Zero where no clock was sensible.
	At time.Time `json:"at,omitzero"`
	// Start: the clone begins here, so that the step holds all that older
	// commits did too.
	Start bool `json:"start,omitempty"`

	Results    []ResultEdit    `json:"results,omitempty"`
	Benchmarks []BenchmarkEdit `json:"benchmarks,omitempty"`
	Boards     []BoardEdit     `json:"boards,omitempty"`
	Models     []ModelEdit     `json:"models,omitempty"`
}

// ResultEdit is a result as a step left it.
type ResultEdit struct {
	Model     string         `json:"model"`
	Benchmark string         `json:"benchmark"`
	Version   int            `json:"version"`
	Removed   bool           `json:"removed,omitempty"` // or can not be read
	Status    archive.Status `json:"status,omitempty"`
	Rule      string         `json:"rule,omitempty"`
	Raw       archive.Number `json:"raw"`
	Score     archive.Number `json:"score"`
}

// BenchmarkEdit is what matters of a benchmark to a board, as a step left it.
type BenchmarkEdit struct {
	ID        string `json:"id" yaml:"-"`
	Removed   bool   `json:"removed,omitempty" yaml:"-"` // or can not be read
	Version   int    `json:"version" yaml:"version"`
	Title     string `json:"title,omitempty" yaml:"title"`
	Short     string `json:"short,omitempty" yaml:"short"`
	Board     string `json:"board,omitempty" yaml:"board"`
	Parent    string `json:"parent,omitempty" yaml:"parent"`
	Primary   bool   `json:"primary,omitempty" yaml:"primary"`
	Direction string `json:"direction,omitempty" yaml:"direction"`
	Normalize string `json:"normalize,omitempty" yaml:"normalize"`
}

// BoardEdit is a board as a step left it.
type BoardEdit struct {
	ID      string         `json:"id" yaml:"-"`
	Removed bool           `json:"removed,omitempty" yaml:"-"` // or can not be read
	Title   string         `json:"title,omitempty" yaml:"title"`
	Nodes   []archive.Node `json:"nodes,omitempty" yaml:"nodes"`
}

// ModelEdit is what matters of a model to a board, as a step left it.
type ModelEdit struct {
	ID      string       `json:"id" yaml:"-"`
	Removed bool         `json:"removed,omitempty" yaml:"-"` // or can not be read
	Name    string       `json:"name,omitempty" yaml:"name"`
	Role    archive.Role `json:"role,omitempty" yaml:"role"`
}

// Tag is a tag of the main line.
type Tag struct {
	Name string
	Hash string // of the commit
	At   time.Time
	Step int // index of the last step up to the commit; -1 where it is older than all
}

// lineEntry is one file that one commit of the main line changed.
type lineEntry struct {
	step int
	path string
	blob string // "" where it was removed, or is no regular file
}

// lineFormat prints a commit as logFormat does, with the committer's date
// behind the hash.
var lineFormat = strings.Replace(logFormat, "%H", "%H%x00%ct", 1)

// line returns the steps of the main line, oldest first, without what their
// files say, and these files.
func (g reader) line(ctx context.Context, head string, boundary map[string]bool) ([]Step, []lineEntry, error) {
	var steps []Step
	var entries []lineEntry
	err := g.Stream(ctx, nil, func(r io.Reader) (err error) {
		steps, entries, err = parseLine(r, boundary)
		return err
	}, "log", "--first-parent", "-m", "--root", "--reverse",
		"--raw", "-z", "--no-abbrev", "--no-renames", "--relative",
		"--format="+lineFormat, "--encoding=UTF-8", "--no-show-signature", "--no-notes", "--no-color",
		head, "--", "results", "benchmarks", "boards", "submissions")
	return steps, entries, err
}

func parseLine(r io.Reader, boundary map[string]bool) ([]Step, []lineEntry, error) {
	f := git.NewFields(r)
	var steps []Step
	var entries []lineEntry
	var step Step
	kept := false // the step has a file that counts
	for {
		field, err := f.Next()
		if err != nil {
			return steps, entries, atEnd(err)
		}
		field = strings.TrimPrefix(field, "\n")
		switch {
		case field == "":
		case field[0] != ':':
			last := step.At
			at, err := f.Next()
			if err != nil {
				return nil, nil, git.Unexpected(err)
			}
			c, err := parseCommit(f, field)
			if err != nil {
				return nil, nil, err
			}
			step, kept = Step{Commit: *c, At: parseDate(at), Start: boundary[c.Hash]}, false
			if step.At.Before(last) {
				step.At = last
			}
		case step.Hash == "":
			return nil, nil, errors.New("git log names a file before any commit")
		default:
			e, err := parseEntry(field)
			if err != nil {
				return nil, nil, err
			}
			path, err := f.Next()
			if err != nil {
				return nil, nil, git.Unexpected(err)
			}
			if _, _, _, ok := archive.ParseResultPath(path); !ok && definition(path) == "" {
				continue
			}
			if !kept {
				steps, kept = append(steps, step), true
			}
			if !e.regular {
				e.blob = ""
			}
			entries = append(entries, lineEntry{len(steps) - 1, path, e.blob})
		}
	}
}

// definition returns the id of what a file defines: a benchmark, a board or a
// model; "" for every other file.
func definition(path string) string {
	parts := strings.Split(path, "/")
	id := ""
	switch {
	case len(parts) == 3 && (parts[0] == "benchmarks" && parts[2] == "benchmark.yaml" || parts[0] == "submissions" && parts[2] == "model.yaml"):
		id = parts[1]
	case len(parts) == 2 && parts[0] == "boards":
		id, _ = strings.CutSuffix(parts[1], ".yaml")
		if id == parts[1] {
			return ""
		}
	}
	if archive.CheckID(id) != nil {
		return ""
	}
	return id
}

// maxDefinition bounds the files that define benchmarks, boards and models (1 MiB).
const maxDefinition = 1 << 20

// fillSteps puts what the files say into the steps. Files that can not be read
// count as removed.
func (g reader) fillSteps(ctx context.Context, steps []Step, entries []lineEntry, results map[string]blob) (complete bool, err error) {
	texts := map[string][]byte{}
	var hashes []string
	for _, e := range entries {
		if _, known := texts[e.blob]; !known && e.blob != "" && definition(e.path) != "" {
			texts[e.blob] = nil
			hashes = append(hashes, e.blob)
		}
	}
	complete = true
	err = g.objects(ctx, hashes, maxDefinition, func(hash string, o git.Object) {
		texts[hash] = o.Data
	}, func(string, string) { complete = false })
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		s := &steps[e.step]
		if model, benchmark, version, ok := archive.ParseResultPath(e.path); ok {
			b := results[e.blob]
			s.Results = append(s.Results, ResultEdit{
				Model: model, Benchmark: benchmark, Version: version,
				Removed: b.status == "", Status: b.status, Rule: b.rule, Raw: b.raw, Score: b.score,
			})
			continue
		}
		s.define(e.path, texts[e.blob])
	}
	return complete, nil
}

// define adds what a file defines. Other fields of the file, and those that
// older or newer versions of bsgen know, are passed over.
func (s *Step) define(path string, text []byte) {
	id := definition(path)
	read := func(to any) (removed bool) { return len(text) == 0 || yaml.Unmarshal(text, to) != nil }
	clean := func(texts ...*string) {
		for _, t := range texts {
			*t = git.Clean(*t, 300)
		}
	}
	switch {
	case strings.HasPrefix(path, "benchmarks/"):
		b := BenchmarkEdit{}
		removed := read(&b)
		b.ID, b.Removed = id, removed
		clean(&b.Title, &b.Short, &b.Board, &b.Parent, &b.Direction, &b.Normalize)
		s.Benchmarks = append(s.Benchmarks, b)
	case strings.HasPrefix(path, "boards/"):
		b := BoardEdit{}
		removed := read(&b)
		b.ID, b.Removed = id, removed
		clean(&b.Title)
		for i := range b.Nodes {
			clean(&b.Nodes[i].ID, &b.Nodes[i].Title, &b.Nodes[i].Parent, &b.Nodes[i].Summary)
			for k := range b.Nodes[i].Mean {
				clean(&b.Nodes[i].Mean[k])
			}
		}
		s.Boards = append(s.Boards, b)
	default:
		m := ModelEdit{}
		removed := read(&m)
		m.ID, m.Removed = id, removed
		clean(&m.Name)
		s.Models = append(s.Models, m)
	}
}

// maxTags is how many tags are read, those of the newest commits.
const maxTags = 1000

// tags returns the tags of the main line, oldest first, and how many others
// there are.
func (g reader) tags(ctx context.Context, head string, steps []Step) (tags []Tag, aside int, err error) {
	// The name of a ref has neither blanks nor controls in it.
	out, err := g.Output(ctx, "for-each-ref", "--count="+strconv.Itoa(maxTags), "--sort=refname", "--sort=-creatordate", "--format=%(objectname) %(*objectname) %(refname:strip=2)", "refs/tags")
	if err != nil {
		return nil, 0, err
	}
	named := map[string][]string{} // tags by commit
	for line := range strings.Lines(out) {
		if f := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 3); len(f) == 3 {
			hash := cmp.Or(f[1], f[0]) // an annotated tag names the commit behind it
			named[hash] = append(named[hash], git.Clean(f[2], 100))
			aside++
		}
	}
	if len(named) == 0 {
		return nil, 0, nil
	}
	place := map[string]int{}
	for i := range steps {
		place[steps[i].Hash] = i
	}
	out, err = g.Output(ctx, "log", "--first-parent", "--reverse", "--format=%H %ct", head)
	if err != nil {
		return nil, 0, err
	}
	step := -1
	for line := range strings.Lines(out) {
		hash, at, _ := strings.Cut(strings.TrimSpace(line), " ")
		if i, ok := place[hash]; ok {
			step = i
		}
		for _, name := range named[hash] {
			tags = append(tags, Tag{name, hash, parseDate(at), step})
			aside--
		}
	}
	return tags, aside, nil
}
