package site

import (
	"bytes"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/site/mathml"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// prose is a page of content/.
type prose struct {
	name  string
	title string
	short string // in the navigation
	body  HTML
	ids   []string // of its headings
	toc   []Link   // its parts
}

// ProsePage is a page of text.
type ProsePage struct {
	Chrome
	Heading string
	Body    HTML
	Parts   []Link // headings within the page; nil where it is short
	Links   []Link
}

// minParts is the number of headings from which a page lists them.
const minParts = 4

// proseOrder is the order of well-known pages in the navigation; others follow
// by name.
var proseOrder = []string{"methods", "participate", "faq", "about"}

func (s *site) loadProse() {
	names := contentNames(s.Archive)
	slices.SortStableFunc(names, func(x, y string) int { return proseRank(x) - proseRank(y) })
	for _, name := range names {
		md := s.markdown(s.Content[name], "content/"+name+".md", contentPlace(name), "")
		s.warnings = append(s.warnings, md.problems...)
		p := &prose{name: name, title: md.title, body: md.body, ids: md.ids}
		if len(md.parts) >= minParts {
			p.toc = md.parts
		}
		p.short = strings.ToUpper(name[:1]) + strings.ReplaceAll(name[1:], "-", " ")
		if name == "faq" {
			p.short = "FAQ"
		}
		if p.title == "" {
			p.title = p.short
		}
		s.prose = append(s.prose, p)
	}
}

func proseRank(name string) int {
	if i := slices.Index(proseOrder, name); i >= 0 {
		return i
	}
	return len(proseOrder)
}

func (s *site) prosePage(p *prose) *ProsePage {
	at := contentPlace(p.name)
	return &ProsePage{Chrome: s.chrome(at, p.title, at), Heading: p.title, Body: p.body, Parts: p.toc}
}

// lostPage is 404.html. A server shows it at any depth, where a relative
// address would miss, so with a base URL its addresses start at the root.
func (s *site) lostPage() *ProsePage {
	p := &ProsePage{Chrome: s.chrome("404.html", "Not found", ""), Heading: "There is no such page"}
	base := ""
	if u, err := url.Parse(s.Site.BaseURL); err == nil && external(s.Site.BaseURL) != "" {
		base = strings.TrimSuffix(u.EscapedPath(), "/") + "/"
	}
	for _, at := range []*string{&p.Style, &p.Accent, &p.Icon} {
		*at = base + *at
	}
	for _, links := range [][]Link{p.Fronts, p.Nav} {
		for i := range links {
			links[i].Href = base + links[i].Href
		}
	}
	p.Root, p.Feeds = base, nil
	p.Links = []Link{{Text: "To the front page", Href: base + "index.html"}}
	return p
}

// rendered is Markdown turned into HTML.
type rendered struct {
	title string // the first heading, if the text begins with one; it is not in the body
	body  HTML
	ids   []string
	parts []Link // the headings of the second level

	problems []string // formulas that can not be read
}

// markdown renders a file of the archive for the page at a place. Raw HTML is
// dropped. Links to files of the archive become links to their pages; what
// leads nowhere, and every scheme but http, https and mailto, becomes plain
// text. Images from elsewhere become links: a page requests nothing from other
// hosts. Heading ids begin with the prefix.
func (s *site) markdown(source []byte, file, at, prefix string) rendered {
	md := goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Footnote, extension.DefinitionList),
		goldmark.WithParserOptions(parser.WithAutoHeadingID(), parser.WithInlineParsers(util.Prioritized(formulaParser{}, 500))),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(workedRenderer{}, 500), util.Prioritized(formulaRenderer{}, 500))),
	)
	ctx := parser.NewContext(parser.WithIDs(&headingIDs{prefix: prefix, taken: map[string]bool{}}))
	doc := md.Parser().Parse(text.NewReader(source), parser.WithContext(ctx))
	var out rendered
	if h, ok := doc.FirstChild().(*ast.Heading); ok && h.Level == 1 {
		out.title = plainText(h, source)
		doc.RemoveChild(doc, h)
	}
	var links []ast.Node
	var examples []*ast.FencedCodeBlock
	ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = max(2, n.Level)
			if id, ok := n.AttributeString("id"); ok {
				name := string(id.([]byte))
				out.ids = append(out.ids, name)
				if n.Level == 2 {
					out.parts = append(out.parts, Link{Text: plainText(n, source), Href: "#" + name})
				}
			}
		case *ast.Link, *ast.Image, *ast.AutoLink:
			links = append(links, n)
		case *ast.FencedCodeBlock:
			examples = append(examples, n)
		case *formula:
			if _, err := mathml.Render(string(n.tex), n.display); err != nil {
				out.problems = append(out.problems, file+": "+err.Error())
			}
		case *extast.Table:
			n.SetAttributeString("tabindex", []byte("0"))
		}
		return ast.WalkContinue, nil
	})
	for _, n := range links {
		s.rewrite(n, source, file, at)
	}
	for _, n := range examples {
		if example := s.worked(n, source, at); example != nil {
			n.Parent().ReplaceChild(n.Parent(), n, example)
		}
	}
	var buf bytes.Buffer
	if err := md.Renderer().Render(&buf, source, doc); err != nil {
		panic(err) // into memory
	}
	// What scrolls sideways must be reached by the keyboard. Raw HTML is dropped
	// and text escaped, so every tag in the output is the renderer's own.
	out.body = HTML(strings.ReplaceAll(buf.String(), "<pre><code", `<pre tabindex="0"><code`))
	return out
}

// rewrite points a link or image at where its target is on the site, or
// replaces it by its text.
func (s *site) rewrite(n ast.Node, source []byte, file, at string) {
	switch n := n.(type) {
	case *ast.AutoLink:
		address := string(n.URL(source))
		if n.AutoLinkType == ast.AutoLinkURL && external(address) == "" {
			n.Parent().ReplaceChild(n.Parent(), n, ast.NewString(n.Label(source)))
		}
	case *ast.Link:
		if to, ok := s.target(string(n.Destination), file, at); ok {
			n.Destination = []byte(to)
			return
		}
		unwrap(n)
	case *ast.Image:
		address := string(n.Destination)
		if strings.HasPrefix(address, "data:image/png;base64,") {
			return
		}
		if to := external(address); to != "" {
			l := ast.NewLink()
			l.Destination = []byte(to)
			for c := n.FirstChild(); c != nil; c = n.FirstChild() {
				l.AppendChild(l, c)
			}
			n.Parent().ReplaceChild(n.Parent(), n, l)
			return
		}
		unwrap(n)
	}
}

// unwrap replaces a node by its children.
func unwrap(n ast.Node) {
	parent := n.Parent()
	for c := n.FirstChild(); c != nil; c = n.FirstChild() {
		parent.InsertBefore(parent, n, c)
	}
	parent.RemoveChild(parent, n)
}

// target returns where a link in a file of the archive leads on the site: to
// another host, to a heading, to the page of the file that it names, or to a
// page of the site by its address.
func (s *site) target(address, file, at string) (string, bool) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return "", false
	case u.Scheme == "mailto":
		return address, true
	case u.Scheme != "" || u.Host != "":
		to := external(address)
		return to, to != ""
	case u.Path == "":
		return address, u.Fragment != ""
	}
	fragment := ""
	if u.Fragment != "" {
		fragment = "#" + u.EscapedFragment()
	}
	for _, to := range []string{pageOf(path.Join(path.Dir(file), u.Path)), path.Join(path.Dir(at), u.Path), path.Join(path.Dir(at), u.Path, "index.html")} {
		if s.hasPage(to) {
			return rel(at, to) + fragment, true
		}
	}
	return "", false
}

// pageOf returns the place of the page that shows a file or folder of the
// archive, which may not exist.
func pageOf(file string) string {
	dir, name, _ := strings.Cut(file, "/")
	id, _, _ := strings.Cut(name, "/")
	switch dir {
	case "content":
		return contentPlace(strings.TrimSuffix(name, ".md"))
	case "benchmarks":
		return benchmarkPlace(id)
	case "submissions", "results":
		return modelPlace(id)
	case "boards":
		return path.Join(strings.TrimSuffix(name, ".yaml"), "index.html")
	}
	return file
}

func plainText(n ast.Node, source []byte) string {
	var b strings.Builder
	ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			switch n := n.(type) {
			case *ast.Text:
				b.Write(n.Segment.Value(source))
				if n.SoftLineBreak() {
					b.WriteByte(' ')
				}
			case *ast.String:
				b.Write(n.Value)
			case *formula:
				b.Write(n.tex)
			}
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(b.String())
}

// headingIDs makes the ids of headings: the words in lower case, joined by
// hyphens, numbered where they repeat.
type headingIDs struct {
	prefix string
	taken  map[string]bool
}

// Generate implements parser.IDs.
func (h *headingIDs) Generate(value []byte, _ ast.NodeKind) []byte {
	words := strings.FieldsFunc(strings.ToLower(string(value)), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9')
	})
	base := h.prefix + strings.Join(words, "-")
	if len(words) == 0 {
		base = h.prefix + "section"
	}
	id := base
	for n := 2; h.taken[id]; n++ {
		id = base + "-" + strconv.Itoa(n)
	}
	h.taken[id] = true
	return []byte(id)
}

// Put implements parser.IDs.
func (h *headingIDs) Put(value []byte) { h.taken[string(value)] = true }
