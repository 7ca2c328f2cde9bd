package site

import (
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

func TestFormulas(t *testing.T) {
	s, err := newSite(&archive.Archive{Root: t.TempDir(), Site: archive.DefaultSite}, Options{Out: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ markdown, want string }{
		{"so $r^2/c$ is", `<math><semantics><mrow><msup><mi>r</mi><mn>2</mn></msup><mo>/</mo><mi>c</mi></mrow>`},
		{"$$\\sum_i x$$", `<math display="block"><semantics><mrow><munder><mo>∑</mo><mi>i</mi></munder>`},
		{"costs $5 and $6", "costs $5 and $6"},
		{"a $ b $ c", "a $ b $ c"},
		{"open $x only", "open $x only"},
		{"`$x$`", "<code>$x$</code>"},
		{"$\\wat<b>$", `<code title="formula &#34;\\wat&lt;b&gt;&#34;: there is no \wat here">\wat&lt;b&gt;</code>`},
		{"$x\\$y$", `<mi>x</mi><mo>$</mo><mi>y</mi>`},
		{"## The score $r$\n", `id="the-score-r"`},
	} {
		got := string(s.markdown([]byte(c.markdown), "content/x.md", "x/index.html", "").body)
		if !strings.Contains(got, c.want) {
			t.Errorf("%q is\n%s\nwant %s in it", c.markdown, got, c.want)
		}
	}
	md := s.markdown([]byte("fine $x$, wrong $\\wat$"), "content/x.md", "x/index.html", "")
	if len(md.problems) != 1 || !strings.HasPrefix(md.problems[0], "content/x.md: formula") {
		t.Errorf("problems %q", md.problems)
	}
}
