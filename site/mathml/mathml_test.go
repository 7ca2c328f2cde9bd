package mathml

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestRender(t *testing.T) {
	for _, c := range []struct {
		tex     string
		display bool
		want    string // within the outermost row
	}{
		{`r^2 / c`, false, `<msup><mi>r</mi><mn>2</mn></msup><mo>/</mo><mi>c</mi>`},
		{`\frac{r^2}{c}`, false, `<mfrac><mrow><msup><mi>r</mi><mn>2</mn></msup></mrow><mrow><mi>c</mi></mrow></mfrac>`},
		{`\frac12`, false, `<mfrac><mn>12</mn>`}, // an error: see below
		{`x_i^{n-1}`, false, `<msubsup><mi>x</mi><mi>i</mi><mrow><mi>n</mi><mo>−</mo><mn>1</mn></mrow></msubsup>`},
		{`\sqrt c`, false, `<msqrt><mi>c</mi></msqrt>`},
		{`\sqrt[3]{8.5}`, false, `<mroot><mrow><mn>8.5</mn></mrow><mrow><mn>3</mn></mrow></mroot>`},
		{`\sum_{i=1}^n x`, true, `<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><mi>x</mi>`},
		{`\sum_{i=1}^n x`, false, `<msubsup><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></msubsup><mi>x</mi>`},
		{`\hat\rho \le \max(a, b)`, false, `<mover accent="true"><mi>ρ</mi><mo>^</mo></mover><mo>≤</mo><mi>max</mi><mo>(</mo><mi>a</mi><mo>,</mo><mi>b</mi><mo>)</mo>`},
		{`\left(\frac{a}{b}\right)^2`, false, `<msup><mrow><mo fence="true" stretchy="true">(</mo><mrow><mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac></mrow><mo fence="true" stretchy="true">)</mo></mrow><mn>2</mn></msup>`},
		{`\text{a < b} \mathrm{SE}`, false, `<mtext>a &lt; b</mtext><mi mathvariant="normal">SE</mi>`},
		{`50\,\%`, false, `<mn>50</mn><mspace width="0.167em"></mspace><mo>%</mo>`},
	} {
		got, err := Render(c.tex, c.display)
		if c.tex == `\frac12` {
			if err == nil {
				t.Errorf("%s: digits are one number here, so an argument is missing, and it says nothing", c.tex)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.tex, err)
			continue
		}
		_, got, _ = strings.Cut(got, "<semantics><mrow>")
		got, _, _ = strings.Cut(got, "</mrow><annotation")
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.tex, got, c.want)
		}
	}
}

func TestErrors(t *testing.T) {
	for tex, want := range map[string]string{
		`\frobnicate x`: `there is no \frobnicate here`,
		`{x`:            "} is missing",
		`x}`:            "} without {",
		`x^2^3`:         "two ^ at one place",
		`^2`:            "^ has nothing to hang on",
		`\frac{a}`:      "something is missing",
		`50%`:           `write \% for %`,
		`\left( x`:      `\right is missing`,
		`\left x`:       "no fence",
		`x \`:           `a \ at the end`,
		`\text x`:       "one pair of { }",
		"\x00":          "control character",
		"\xff":          "not UTF-8",

		strings.Repeat("{", 100):  "nested too deeply",
		strings.Repeat("x", 5000): "more than 4096",
	} {
		if got, err := Render(tex, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v; want %q", tex, got, err, want)
		}
	}
}

// FuzzRender: whatever is written, the markup holds no element but those made
// here, no attribute with a script, and every element is closed.
func FuzzRender(f *testing.F) {
	for _, s := range []string{`\frac{r^2}{c}`, `\sum_{i=1}^n`, `\text{<script>}`, `\left(x\right]`, `"><script>`, `\sqrt[`, `\hat`} {
		f.Add(s, true)
	}
	known := map[string]bool{"math": true, "semantics": true, "annotation": true, "mrow": true, "mi": true, "mn": true, "mo": true, "msup": true, "msub": true, "msubsup": true,
		"munder": true, "mover": true, "munderover": true, "mfrac": true, "msqrt": true, "mroot": true, "mtext": true, "mspace": true}
	f.Fuzz(func(t *testing.T, tex string, display bool) {
		out, err := Render(tex, display)
		if err != nil {
			return
		}
		z := html.NewTokenizer(strings.NewReader(out))
		var open []string
		for z.Next() != html.ErrorToken {
			tok := z.Token()
			switch tok.Type {
			case html.StartTagToken:
				if !known[tok.Data] {
					t.Fatalf("%q makes the element %s: %s", tex, tok.Data, out)
				}
				open = append(open, tok.Data)
			case html.EndTagToken:
				if len(open) == 0 || open[len(open)-1] != tok.Data {
					t.Fatalf("%q: %s is closed where %v are open: %s", tex, tok.Data, open, out)
				}
				open = open[:len(open)-1]
			}
		}
		if len(open) > 0 {
			t.Fatalf("%q leaves %v open: %s", tex, open, out)
		}
	})
}
