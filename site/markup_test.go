package site

import (
	"bytes"
	"strings"
	"testing"
)

// TestMarkup: what is written by hand is what the templates write.
func TestMarkup(t *testing.T) {
	s, err := newSite(fixture(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	sets, err := parse(s.assets)
	if err != nil {
		t.Fatal(err)
	}
	links := []Link{{Text: "plain"}, {Text: hostile[0], Href: "../a/index.html#x", Note: hostile[1]}, {Text: hostile[4], Href: "https://example.org/?a=b&c=d'"}}
	entries := []Entry{{hostile[4], links}, {"none", nil}, {"one", links[:1]}}
	for _, test := range []struct {
		template string
		data     any
		got      HTML
	}{
		{"entries", entries, entriesHTML(entries)},
		{"entries", []Entry(nil), entriesHTML(nil)},
		{"crumbs", struct{ Crumbs []Link }{links[1:]}, crumbsHTML(links[1:])},
		{"crumbs", struct{ Crumbs []Link }{}, crumbsHTML(nil)},
	} {
		var want bytes.Buffer
		if err := sets["model"].ExecuteTemplate(&want, test.template, test.data); err != nil {
			t.Fatal(err)
		}
		// The two write the same characters in other ways.
		same := strings.NewReplacer("&#43;", "+", "&#96;", "`", "&#34;", `"`, "&#39;", "'", "%27", "'")
		if w, g := same.Replace(want.String()), same.Replace(string(test.got)); w != g {
			t.Errorf("%s:\n%s\nthe template writes\n%s", test.template, g, w)
		}
	}
}
