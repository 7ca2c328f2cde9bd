package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
)

func TestMarkdown(t *testing.T) {
	for name, r := range cases() {
		t.Run(name, func(t *testing.T) {
			if err := r.Validate(); err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			fmt.Fprintf(&b, "%s\n", r.Markdown())
			check := r.Check("")
			fmt.Fprintf(&b, "---- check: %s, %q\n", check.Conclusion, check.Title)
			for _, a := range check.Annotations {
				fmt.Fprintf(&b, "%s %s:%d %q %q\n", a.Level, a.Path, a.Line, a.Title, a.Message)
			}
			fmt.Fprintf(&b, "---- labels: %v\n", r.Labels())
			golden(t, name+".md", b.String())
			harmlessMarkdown(t, r.Markdown())
		})
	}
}

// github renders as GitHub does, as far as mentions, links and HTML go.
var github = goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))

// ours are the tags that the comment is made with.
var ours = []string{"<details>", "<details open>", "</details>", "<summary>", "</summary>", "<sub>", "</sub>"}

// harmlessMarkdown parses Markdown and wants no link, no image, no HTML but our
// own, and nothing outside of code that GitHub would make a mention or a
// reference of.
func harmlessMarkdown(t *testing.T, markdown string) {
	t.Helper()
	source := []byte(markdown)
	doc := github.Parser().Parse(text.NewReader(source))
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link, *ast.AutoLink, *ast.Image:
			t.Errorf("a %s in\n%s", n.Kind(), markdown)
		case *ast.CodeSpan, *ast.FencedCodeBlock:
			return ast.WalkSkipChildren, nil
		case *ast.RawHTML:
			tag := string(n.Segments.Value(source))
			if !slices.Contains(ours, tag) {
				t.Errorf("the HTML %s in\n%s", tag, markdown)
			}
		case *ast.HTMLBlock:
			for _, tag := range strings.SplitAfter(string(n.Lines().Value(source)), ">") {
				if i := strings.IndexByte(tag, '<'); i >= 0 && !slices.Contains(ours, tag[i:]) {
					t.Errorf("the HTML %s in\n%s", tag, markdown)
				}
			}
		case *ast.Text:
			s := n.Segment.Value(source)
			for i, c := range s {
				next := byte(' ')
				if i+1 < len(s) {
					next = s[i+1]
				}
				if (c == '@' || c == '#') && next < utf8.RuneSelf && (unicode.IsLetter(rune(next)) || unicode.IsDigit(rune(next))) {
					t.Errorf("%q outside of code in\n%s", s, markdown)
				}
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range markdown {
		if unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Bidi_Control, r) {
			t.Errorf("the control character %U in\n%s", r, markdown)
		}
	}
}

// FuzzEscapes: whatever a text holds, it stays text.
func FuzzEscapes(f *testing.F) {
	f.Add(hostile)
	f.Add("`")
	f.Add("``` ```` ` ")
	f.Add("~~~\n</details>")
	f.Add("| a |\n|---|")
	f.Add("\\`<b>")
	f.Fuzz(func(t *testing.T, s string) {
		r := submission(func(r *Report) {
			r.Scores[0].Warnings = []string{s}
			r.Scores[1].Status, r.Scores[1].Reason = Absent, s
			for i := range r.Standings {
				r.Standings[i].Title = s
			}
			r.Scorer = s
		})
		if len(s) > maxBytes || strings.ContainsRune(s, 0) {
			return
		}
		harmlessMarkdown(t, r.Markdown())
		r.Problems.Add("submissions/"+s, 1, s, "%s", s)
		r.Example = Example{"submissions/x/model.yaml", s}
		harmlessMarkdown(t, r.Markdown())
		html := render(t, code(s))
		if strings.Count(html, "<") != 4 || !strings.HasPrefix(html, "<p><code>") || !strings.HasSuffix(html, "</code></p>\n") {
			t.Errorf("code(%q) is shown as %s", s, html)
		}
		if html := render(t, block("text", strings.Split(s, "\n"))); strings.Count(html, "<") != 4 || !strings.HasSuffix(html, "</code></pre>\n") {
			t.Errorf("block(%q) is shown as %s", s, html)
		}
	})
}

func render(t *testing.T, markdown string) string {
	t.Helper()
	var b bytes.Buffer
	if err := github.Convert([]byte(markdown), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMarkdownIsCut(t *testing.T) {
	for _, n := range []int{10, 150} {
		r := large(n)
		if err := r.Validate(); err != nil {
			t.Fatal(err)
		}
		md := r.Markdown()
		if len(md) > MaxComment {
			t.Errorf("%d: %d bytes", n, len(md))
		}
		if n == 10 != !strings.Contains(md, " more\n") {
			t.Errorf("%d: the lists are cut: %t", n, strings.Contains(md, " more\n"))
		}
		harmlessMarkdown(t, md)
		annotations := r.Annotations()
		if len(annotations) > maxAnnotations {
			t.Errorf("%d: %d annotations", n, len(annotations))
		}
		if last := annotations[len(annotations)-1].Message; n == 150 && last != "and 251 more" {
			t.Errorf("the last annotation says %q", last)
		}
		r.Scores, r.Standings = nil, nil
		for range 3 * n {
			r.Problems.Add(hostile, 3, hostile, "%s", strings.Repeat(hostile, 3))
		}
		if md := r.Markdown(); len(md) > MaxComment {
			t.Errorf("%d problems: %d bytes", n, len(md))
		} else {
			harmlessMarkdown(t, md)
		}
	}
}

func TestPlaces(t *testing.T) {
	for _, tt := range []struct {
		low, high, want string
	}{
		{decimal(.41234, places(.41234)), signed(-.00004, 3), "0.412 0.000"},
		{decimal(.001234, places(.001234)), signed(.001234, 5), "0.00123 +0.00123"},
		{decimal(-12, places(-12)), signed(nan, 3), "−12.000 –"},
		{Rank{}.String(), Rank{3, 0, 0, 9}.String(), "– 3 of 9"},
		{Rank{7, 4, 11, 31}.String(), span(nan, 1, 3, decimal), "7 [4–11] of 31 "},
	} {
		if got := tt.low + " " + tt.high; got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
