package site

import (
	"maps"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
)

// BenchmarksPage lists the benchmarks by board and node.
type BenchmarksPage struct {
	Chrome
	Facts  []Fact
	Boards []BenchmarkBoard
}

// BenchmarkBoard is the part of a board.
type BenchmarkBoard struct {
	Title, Href, ID string
	Nodes           []BenchmarkNode
}

// BenchmarkNode is the benchmarks below one node.
type BenchmarkNode struct {
	Title, Href, Summary string
	Crumbs               string
	Rows, Empty          []BenchmarkLine // Empty: no model has a score
}

// BenchmarkLine is a benchmark in the list.
type BenchmarkLine struct {
	Title, Href, ID string
	Data            string // what was measured
	Metric          string
	Weight          string
	Models          int
	Best            string
	BestName        string
}

func (s *site) benchmarksPage() *BenchmarksPage {
	const at = "benchmarks/index.html"
	p := &BenchmarksPage{Chrome: s.chrome(at, "Benchmarks", at)}
	sets := map[string]bool{}
	for _, b := range s.Benchmarks {
		sets[b.Dataset] = true
	}
	p.Facts = []Fact{
		{Value: strconv.Itoa(len(s.Benchmarks)), After: plural(len(s.Benchmarks), "benchmark")},
		{Value: strconv.Itoa(len(sets)), After: plural(len(sets), "data set")},
	}
	for _, b := range s.boards {
		bb := BenchmarkBoard{Title: b.Title, Href: rel(at, b.front()), ID: b.ID}
		for _, n := range b.all {
			if slices.Contains(b.Means, n) {
				continue // its benchmarks stand where they hang
			}
			if node := benchmarkNode(b, n, at); len(node.Rows)+len(node.Empty) > 0 {
				bb.Nodes = append(bb.Nodes, node)
			}
		}
		p.Boards = append(p.Boards, bb)
	}
	return p
}

func benchmarkNode(b *board, n *leaderboard.Node, at string) BenchmarkNode {
	out := BenchmarkNode{Title: n.Title, Summary: n.Summary}
	if n.Benchmark != nil {
		return out
	}
	out.Href = rel(at, b.nodes[n.ID])
	for _, a := range n.Path() {
		out.Crumbs = joined(" › ", out.Crumbs, a.Title)
	}
	for _, leaf := range n.Children {
		if leaf.Benchmark == nil {
			continue
		}
		bench, rows := leaf.Benchmark, scored(b.ranks[leaf])
		line := BenchmarkLine{
			Title: bench.Title, Href: rel(at, benchmarkPlace(bench.ID)), ID: bench.ID,
			Data:   responsesOf(bench),
			Metric: metricName(bench.Metric.Name), Weight: fraction(leaf.Weight()), Models: len(rows),
		}
		if bench.Published != nil {
			line.Metric = rolePublished
		}
		if !bench.Primary {
			line.Weight = "view"
		}
		if len(rows) == 0 {
			out.Empty = append(out.Empty, line)
			continue
		}
		line.Best, line.BestName = decimal(rows[0].Cell.Value, places([]float64{rows[0].Cell.Value})), rows[0].Model.Name
		out.Rows = append(out.Rows, line)
	}
	return out
}

// responsesOf says in a line what the responses of a benchmark are: of whom, how,
// with how many stimuli. A published score may be of no such thing, as accuracies are.
func responsesOf(b *archive.Benchmark) string {
	out := joined(", ", b.Assembly.Species, b.Assembly.Method)
	if b.Stimuli.Count > 0 {
		out = joined(", ", out, grouped(strconv.Itoa(b.Stimuli.Count))+" "+stimulusNoun(b))
	}
	if out == "" {
		return "no people or animals stated"
	}
	return out
}

// ModelsPage lists the models.
type ModelsPage struct {
	Chrome
	Facts    []Fact
	Sections []ModelSection
}

// ModelSection is the models of one role.
type ModelSection struct {
	Title, Note string
	Rows        []ModelLine
}

// ModelLine is a model in the list.
type ModelLine struct {
	Name, Href, ID                       string
	Family, Architecture, Year, Training string
	Parameters                           string
	Boards                               []Link
	Results                              int
}

func (s *site) modelsPage() *ModelsPage {
	const at = "models/index.html"
	p := &ModelsPage{Chrome: s.chrome(at, "Models", at)}
	p.Facts = []Fact{{Value: strconv.Itoa(len(s.Models)), After: plural(len(s.Models), "submission")}}
	sections := []ModelSection{
		{Title: "Models"},
		{Title: "Published models", Note: "Their scores are copied from tables. The same network may stand above, with scores that are computed here."},
		{Title: "Baselines", Note: "Ranked like models: what anything should beat."},
		{Title: "Reference rows", Note: "Not computational models. Shown for comparison, never ranked."},
	}
	for _, m := range s.Models {
		line := ModelLine{
			Name: m.Name, Href: rel(at, modelPlace(m.ID)), ID: m.ID,
			Family: m.Metadata.Family, Architecture: m.Metadata.Architecture,
			Year: m.Metadata.Year.Value, Training: m.Metadata.Training.Value,
			Parameters: grouped(m.Metadata.Parameters.Value),
			Results:    len(s.Results[m.ID]),
		}
		for _, b := range s.boards {
			for _, have := range b.Models {
				if have == m {
					line.Boards = append(line.Boards, Link{Text: b.Title, Href: rel(at, b.front())})
				}
			}
		}
		i := map[string]int{rolePublished: 1, "baseline": 2, "reference": 3}[roleName(m)]
		sections[i].Rows = append(sections[i].Rows, line)
	}
	for _, sec := range sections {
		if len(sec.Rows) > 0 {
			p.Sections = append(p.Sections, sec)
		}
	}
	return p
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// upper returns the text with a capital first letter.
func upper(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}
