package site

import (
	"html"
	"html/template"
	"math"
	"strconv"

	"github.com/bsgen/bsgen/site/chart"
)

// What stands many times, on score pages, in tables and as lists of links, is
// written here and not by a template, of which each action costs a microsecond: a
// large site has 120,000 scores, on several pages each. Addresses are those of [rel]
// or [external].

// markup is HTML that is being written.
type markup []byte

func (m *markup) raw(s ...string) *markup {
	for _, x := range s {
		*m = append(*m, x...)
	}
	return m
}

// Write makes it a writer for templates.
func (m *markup) Write(p []byte) (int, error) {
	*m = append(*m, p...)
	return len(p), nil
}

func (m *markup) text(s string) *markup { return m.raw(html.EscapeString(s)) }

func (m *markup) int(n int) *markup {
	*m = strconv.AppendInt(*m, int64(n), 10)
	return m
}

func (m *markup) decimal(x float64, places int) *markup {
	*m = chart.AppendDecimal(*m, x, places)
	return m
}

// span writes what the function of that name returns.
func (m *markup) span(low, high float64, places int) *markup {
	if math.IsNaN(low) && math.IsNaN(high) {
		return m
	}
	return m.decimal(low, places).raw(` to `).decimal(high, places)
}

func (m *markup) html() HTML { return HTML(*m) }

func (m *markup) link(l Link) *markup {
	if l.Href != "" {
		m.raw(`<a href="`).text(l.Href).raw(`"><bdi>`).text(l.Text).raw(`</bdi></a>`)
	} else {
		m.raw(`<bdi>`).text(l.Text).raw(`</bdi>`)
	}
	if l.Note != "" {
		m.raw(` <small>`).text(l.Note).raw(`</small>`)
	}
	return m
}

// who writes the heading of a model's row.
func (m *markup) who(w *Who) *markup {
	m.raw(`<th scope="row"><a href="`).text(w.Href).raw(`"><bdi>`).text(w.Name).raw(`</bdi></a>`)
	if w.Flag != "" {
		m.raw(` <a class="flag" href="`).text(w.FlagHref).raw(`" title="`).text(w.FlagTitle).raw(`">`).text(w.Flag).raw(`</a>`)
	}
	if w.Meta != "" {
		m.raw(`<span class="meta"><bdi>`).text(w.Meta).raw(`</bdi></span>`)
	}
	return m.raw(`</th>`)
}

// pieces are what templates may call by name.
var pieces = template.FuncMap{"link": linkHTML, "links": linksHTML, "facts": factsHTML, "entries": entriesHTML, "crumbs": crumbsHTML}

func linkHTML(l Link) HTML { return (&markup{}).link(l).html() }

// linksHTML writes a list of links, each of which may be of any direction.
func linksHTML(list []Link) HTML {
	m := &markup{}
	m.raw(`<ul class="links">`)
	for _, l := range list {
		m.raw(`<li><bdi>`).link(l).raw(`</bdi></li>`)
	}
	return m.raw(`</ul>`).html()
}

// factsHTML writes the line of numbers below a title.
func factsHTML(list []Fact) HTML {
	if len(list) == 0 {
		return ""
	}
	m := &markup{}
	m.raw(`<ul class="facts">`)
	for _, f := range list {
		m.raw(`<li>`)
		if f.Before != "" {
			m.text(f.Before).raw(` `)
		}
		m.raw(`<b>`).text(f.Value).raw(`</b>`)
		if f.After != "" {
			m.raw(` `).text(f.After)
		}
		m.raw(`</li>`)
	}
	return m.raw("</ul>\n").html()
}

// entriesHTML writes terms with their descriptions.
func entriesHTML(list []Entry) HTML {
	if len(list) == 0 {
		return ""
	}
	m := &markup{}
	m.raw(`<dl class="entries">`)
	for _, e := range list {
		m.raw(`<div><dt>`).text(e.Term).raw(`</dt><dd>`)
		for i, l := range e.Links {
			if i > 0 {
				m.raw(` · `)
			}
			m.link(l)
		}
		m.raw(`</dd></div>`)
	}
	return m.raw("</dl>\n").html()
}

// crumbsHTML writes the way from the site's root down.
func crumbsHTML(list []Link) HTML {
	if len(list) == 0 {
		return ""
	}
	m := &markup{}
	m.raw(`<nav class="crumb" aria-label="Breadcrumb">`)
	for i, c := range list {
		if i > 0 {
			m.raw(`<span aria-hidden="true"> › </span>`)
		}
		m.raw(`<a href="`).text(c.Href).raw(`">`).text(c.Text).raw(`</a>`)
	}
	return m.raw("</nav>\n").html()
}

// List writes entries.
func (p *ScorePage) List(list []Entry) HTML { return entriesHTML(list) }

// Arithmetic writes the steps from the raw value to the score.
func (p *ScorePage) Arithmetic() HTML {
	m := &markup{}
	for _, s := range p.Steps {
		m.raw(`<div`)
		if s.Last {
			m.raw(` class="last"`)
		}
		m.raw(`><dt>`).text(s.Term).raw(`</dt><dd><b>`).text(s.Value).raw(`</b>`)
		if s.Note != "" {
			m.raw(` <small>`).text(s.Note).raw(`</small>`)
		}
		m.raw(`</dd></div>`)
	}
	return m.html()
}

// Digests writes what went in.
func (p *ScorePage) Digests() HTML {
	m := &markup{}
	for _, in := range p.Inputs {
		m.raw(`<li>`).text(in.Name).raw(` <small>`).text(in.What).raw(`</small><br><code class="hash">`).text(in.Digest).raw(`</code></li>`)
	}
	return m.html()
}

// SplitValues writes the values of the splits.
func (p *ScorePage) SplitValues() HTML {
	m := &markup{}
	for _, s := range p.Splits {
		m.raw(`<i>`).text(s).raw(`</i> `)
	}
	return m.html()
}

// Beside writes the links to the scores around this one.
func (p *ScorePage) Beside() HTML {
	m := &markup{}
	for _, e := range p.Around {
		m.raw(`<p class="beside"><small>`).text(e.Term).raw(`</small><br>`)
		for _, l := range e.Links {
			m.link(l)
		}
		m.raw("</p>\n")
	}
	return m.html()
}
