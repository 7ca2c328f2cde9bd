package site

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
	"golang.org/x/net/html"
)

// nan is a value that does not exist.
var nan = archive.Number(math.NaN())

// hostile are names that break pages which do not escape them.
var hostile = []string{
	`</script><script>alert(1)</script>`,
	`" onmouseover="alert(1)`,
	"\u202eשלום \U0001f9e0\u200d", // right to left, emoji
	strings.Repeat("long ", 60),
	`{{.Title}} <b>&amp; ' ` + "`",
	"=1+1",
}

// fixture returns an archive with every state of a cell, in a temporary folder
// so that results have replicates. Names and texts are hostile.
//
// Scores at the benchmarks of the node "errors" (a, b, c; c has no model),
// "it" (d, a view, raw) and at the second root (e):
//
//	m0  a .50  b .40        e .9
//	m1  a .45  b failed
//	m2  a .20  b n/a        d −.3
//	m3  a NaN  b .30        (baseline)
//	m4  a .10  b −.10       (over 1 at e: 1.2)
//	m5  a .90  b .95        (reference)
func fixture(t testing.TB) *archive.Archive {
	t.Helper()
	a := &archive.Archive{
		Root:    t.TempDir(),
		Site:    archive.DefaultSite,
		Results: map[string][]archive.Result{},
		Content: map[string][]byte{
			"README":  []byte("# Not a page"),
			"methods": []byte("# Methods & more\n\n## Rank intervals\n\nSee [About](about.md), [a](../benchmarks/a/README.md), [bad](javascript:alert(1)), <javascript:alert(2)>, <script>alert(3)</script> and ![img](https://example.org/x.png).\n"),
			"about":   []byte("# About\n\n[up](../methods/index.html#rank-intervals) [gone](gone.md) [data](data:text/html,x)\n\n## Twice\n\n## Twice\n"),
		},
	}
	a.Site.Accent = archive.Accent{Light: "red;}body{display:none", Dark: "#7cb8ff"}
	a.Boards = []*archive.Board{{
		ID: "vision", Title: hostile[4], Summary: hostile[0],
		Nodes: []archive.Node{
			{ID: "mean", Title: "Mean"},
			{ID: "behavior", Title: "Behaviour", Parent: "mean"},
			{ID: "errors", Title: "Errors", Parent: "behavior"},
			{ID: "IT", Title: "IT", Parent: "mean"},
			{ID: "eng", Title: "Engineering"},
		},
		Views: []archive.View{
			{ID: "front", Title: "Front", Node: "errors", Columns: []string{"errors", "IT", "eng"}},
			{ID: "it", Title: "A view named like a node", Node: "errors", Columns: []string{"IT"}},
			{ID: "plain", Title: "Plain", Node: "eng"},
		},
	}, {
		ID: "empty", Title: "Empty", Nodes: []archive.Node{{ID: "nothing", Title: "Nothing"}},
	}}
	for _, b := range []struct {
		id, parent, rule string
		primary          bool
	}{{"a", "errors", "ratio", true}, {"b", "errors", "ratio", true}, {"c", "errors", "ratio", true}, {"d", "IT", "none", false}, {"e", "eng", "ratio", true}} {
		a.Benchmarks = append(a.Benchmarks, &archive.Benchmark{
			ID: b.id, Version: 1, Title: "Benchmark " + b.id + " " + hostile[1], Summary: hostile[0], Short: b.id,
			Board: "vision", Parent: b.parent, Dataset: "D", Primary: b.primary, Direction: "higher", Normalize: b.rule,
			Metric: archive.Metric{Name: "error_consistency"}, Ceiling: archive.Ceiling{Name: "inter_subject", Scale: "reference"},
			Notes: []string{hostile[0]}, License: hostile[1],
			Sources:   map[string]dataset.Source{"f": {URL: "javascript:alert(4)", SHA256: strings.Repeat("0", 64), Bytes: 3}},
			Reference: archive.Reference{Short: hostile[1], URL: "javascript:alert(5)", BibTeX: hostile[0]},
			Readme:    []byte("# Title\n\n## How it is scored\n\n[x](JaVaScRiPt:alert(6)) <img src=x onerror=alert(7)>\n"),
			Dir:       "benchmarks/" + b.id,
		})
	}
	for i := range 6 {
		m := &archive.Model{
			ID: fmt.Sprintf("m%d", i), Name: hostile[i], Summary: hostile[i], Role: archive.RoleModel, Dir: fmt.Sprintf("submissions/m%d", i),
			Submitter: archive.Submitter{Name: hostile[i], GitHub: "../evil"},
			Metadata:  archive.Metadata{Family: hostile[i], Notes: hostile[0], Year: archive.Fact{Value: "2014", Source: "javascript:alert(8)"}},
			Responses: []archive.Response{{Stimuli: "D", Kind: "choices", Credit: hostile[0], Source: dataset.Source{URL: "https://example.org/a.csv", SHA256: strings.Repeat("1", 64)}}},
			Reference: archive.Reference{Short: "P", URL: "http://example.org/paper"},
		}
		a.Models = append(a.Models, m)
	}
	a.Models[3].Role, a.Models[5].Role = archive.RoleBaseline, archive.RoleReference
	put := func(model, benchmark string, raw, score float64) {
		r := &archive.Result{Model: model, Benchmark: benchmark, Version: 1, Status: archive.Scored, Provenance: &archive.Provenance{Kind: "computed"},
			Raw: archive.Number(raw), Score: archive.Number(score), Unclipped: archive.Number(score), Rule: "ratio",
			Ceiling: archive.ResultCeiling{Value: .5, Scale: "reference", Lower: nan, Upper: nan, Error: nan}, Error: archive.ResultError{Value: nan},
			Interval: archive.ResultInterval{Level: .95, Low: archive.Number(score - .05), High: archive.Number(score + .05), Method: "m", Resampled: hostile[0]},
			Details:  archive.Details{{Name: hostile[0], Value: .5}, {Name: "trials", Value: 1234567}}, Warnings: []string{hostile[0]}, Engine: &archive.Engine{Name: "bsgen", Version: "1"}}
		if benchmark == "d" {
			r.Rule, r.Ceiling.Value, r.Score, r.Unclipped = "none", nan, nan, nan
			r.Interval.Low, r.Interval.High = nan, nan
		}
		s := &archive.Sidecar{}
		for b := range 50 {
			s.Replicates = append(s.Replicates, float32(score+.02*float64(b%7-3)/3))
		}
		add(t, a, r, s)
	}
	put("m0", "a", .25, .50)
	put("m0", "b", .20, .40)
	put("m0", "e", .45, .9)
	put("m1", "a", .225, .45)
	put("m2", "a", .1, .20)
	put("m2", "d", -.3, math.NaN())
	put("m3", "a", math.NaN(), math.NaN())
	put("m3", "b", .15, .30)
	put("m4", "a", .05, .10)
	put("m4", "b", -.05, -.10)
	put("m4", "e", .6, 1.2)
	put("m5", "a", .45, .90)
	put("m5", "b", .475, .95)
	for model, status := range map[string]archive.Status{"m1": archive.Failed, "m2": archive.NotApplicable} {
		add(t, a, &archive.Result{Model: model, Benchmark: "b", Version: 1, Status: status, Reason: hostile[1], Raw: nan, Score: nan, Unclipped: nan, Tolerance: 0,
			Ceiling: archive.ResultCeiling{Value: nan, Lower: nan, Upper: nan, Error: nan}, Error: archive.ResultError{Value: nan}, Interval: archive.ResultInterval{Level: nan, Low: nan, High: nan}}, nil)
	}
	return a
}

func add(t testing.TB, a *archive.Archive, r *archive.Result, s *archive.Sidecar) {
	t.Helper()
	if err := a.WriteResult(r, s); err != nil {
		t.Fatal(err)
	}
	a.Results[r.Model] = append(a.Results[r.Model], *r)
}

// build renders an archive and returns the folder.
func build(t testing.TB, a *archive.Archive) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	if _, err := Build(a, Options{Out: out}); err != nil {
		t.Fatal(err)
	}
	return out
}

// parsePage returns a page's tree.
func parsePage(t testing.TB, dir, at string) *html.Node {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(at)))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// all returns the elements below n with the tag and, if it is not empty, the
// class, in document order. A tag "" is any.
func all(n *html.Node, tag, class string) []*html.Node {
	var out []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && (tag == "" || d.Data == tag) && (class == "" || hasClass(d, class)) {
			out = append(out, d)
		}
	}
	return out
}

func hasClass(n *html.Node, class string) bool {
	for f := range strings.FieldsSeq(attr(n, "class")) {
		if f == class {
			return true
		}
	}
	return false
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// inside reports whether a node is in an element of that name.
func inside(n *html.Node, tag string) bool {
	for p := range n.Ancestors() {
		if p.Type == html.ElementNode && p.Data == tag {
			return true
		}
	}
	return false
}

// content returns the text of a node.
func content(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
