package site

import (
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

func TestMarkdown(t *testing.T) {
	s, err := newSite(fixture(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, in, want string }{
		{"page of content", "[m](methods.md#rank-intervals)", `<a href="../methods/index.html#rank-intervals">m</a>`},
		{"benchmark by its file", "[a](../benchmarks/a/README.md)", `<a href="../benchmarks/a/index.html">a</a>`},
		{"submission", "[m](../submissions/m0/model.yaml)", `<a href="../models/m0/index.html">m</a>`},
		{"board", "[v](../boards/vision.yaml)", `<a href="../vision/index.html">v</a>`},
		{"address on the site", "[v](../vision/)", `<a href="../vision/index.html">v</a>`},
		{"nowhere", "[x](nowhere.md)", "<p>x</p>"},
		{"outside", "[x](https://example.org/?a=1&b=2)", `<a href="https://example.org/?a=1&amp;b=2">x</a>`},
		{"script", "[x](javascript:alert(1))", "<p>x</p>"},
		{"script with a tab", "[x](java&#9;script:alert(1))", "<p>x</p>"},
		{"data", "[x](data:text/html;base64,PHNjcmlwdD4=)", "<p>x</p>"},
		{"automatic", "<javascript:alert(1)>", "<p>javascript:alert(1)</p>"},
		{"image elsewhere", "![x](https://example.org/x.png)", `<a href="https://example.org/x.png">x</a>`},
		{"image beside", "![x](x.png)", "<p>x</p>"},
		{"footnote", "x[^1]\n\n[^1]: said [here](javascript:alert(1))", `<a href="#fn:1" class="footnote-ref" role="doc-noteref">1</a>`},
		{"script in a footnote", "x[^1]\n\n[^1]: said [here](javascript:alert(1))", `<p>said here`},
		{"script in a reference", "[x][r]\n\n[r]: javascript:alert(1)", "<p>x</p>"},
		{"formula", "r²/c and `sqrt(c)`", "r²/c and <code>sqrt(c)</code>"},
		{"raw", "<b onclick=alert(1)>x</b>", "<!-- raw HTML omitted -->x"},
		{"heading", "# T\n\n# U v!", `<h2 id="p-u-v">U v!</h2>`},
		{"table", "|a|\n|-|\n|b|\n", "<td>b</td>"},
		{"table that scrolls", "|a|\n|-|\n|b|\n", `<table tabindex="0">`},
		{"code that scrolls", "    <pre><code>", `<pre tabindex="0"><code>&lt;pre&gt;&lt;code&gt;`},
		{"fenced code that scrolls", "```sh\nx\n```", `<pre tabindex="0"><code class="language-sh">x`},
	} {
		if got := string(s.markdown([]byte(test.in), "content/about.md", "about/index.html", "p-").body); !strings.Contains(got, test.want) {
			t.Errorf("%s: %s\nwant %s", test.name, got, test.want)
		}
	}
}

func TestTitle(t *testing.T) {
	s, err := newSite(&archive.Archive{Root: t.TempDir()}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	md := s.markdown([]byte("# A *b* `c`\n\ntext\n"), "content/x.md", "x/index.html", "")
	if md.title != "A b c" || strings.Contains(string(md.body), "<h") {
		t.Errorf("title %q, body %q", md.title, md.body)
	}
}

func TestExternal(t *testing.T) {
	for in, want := range map[string]string{
		"https://example.org/a?b#c": "https://example.org/a?b#c",
		"http://example.org":        "http://example.org",
		" https://example.org ":     "https://example.org",
		"javascript:alert(1)":       "",
		"JAVASCRIPT://x/%0aalert()": "",
		"//example.org":             "",
		"/x":                        "",
		"https:example.org":         "",
		"ftp://example.org":         "",
		"https://a b/":              "",
		"":                          "",
	} {
		if got := external(in); got != want {
			t.Errorf("external(%q) = %q, want %q", in, got, want)
		}
	}
}
