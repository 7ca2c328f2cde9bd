package site

import "testing"

// TestMarkup: what templates call escapes each text and writes nothing of nothing.
func TestMarkup(t *testing.T) {
	const hostile = `"><script>'&`
	const text, anchor = `&#34;&gt;&lt;script&gt;&#39;&amp;`, `<a href="../a/index.html?x=&#34;"><bdi>to</bdi></a>`
	links := []Link{{Text: hostile}, {Text: "to", Href: `../a/index.html?x="`}, {Text: "noted", Note: hostile}}
	for _, test := range []struct {
		name      string
		got, want HTML
	}{
		{"link", linkHTML(links[0]), `<bdi>` + text + `</bdi>`},
		{"links", linksHTML(links), `<ul class="links"><li><bdi><bdi>` + text + `</bdi></bdi></li><li><bdi>` + anchor + `</bdi></li><li><bdi><bdi>noted</bdi> <small>` + text + `</small></bdi></li></ul>`},
		{"facts", factsHTML([]Fact{{hostile, hostile, hostile}, {Value: "3"}}), `<ul class="facts"><li>` + text + ` <b>` + text + `</b> ` + text + `</li><li><b>3</b></li></ul>` + "\n"},
		{"facts of nothing", factsHTML(nil), ""},
		{"entries", entriesHTML([]Entry{{hostile, links[:2]}, {"none", nil}}), `<dl class="entries"><div><dt>` + text + `</dt><dd><bdi>` + text + `</bdi> · ` + anchor + `</dd></div><div><dt>none</dt><dd></dd></div></dl>` + "\n"},
		{"entries of nothing", entriesHTML(nil), ""},
		{"crumbs", crumbsHTML(links[:2]), `<nav class="crumb" aria-label="Breadcrumb"><a href="">` + text + `</a><span aria-hidden="true"> › </span><a href="../a/index.html?x=&#34;">to</a></nav>` + "\n"},
		{"crumbs of nothing", crumbsHTML(nil), ""},
	} {
		if test.got != test.want {
			t.Errorf("%s: %s\nwant %s", test.name, test.got, test.want)
		}
	}
}
