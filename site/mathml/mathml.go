// Package mathml turns formulas in a small part of TeX into MathML, which
// browsers draw and screen readers read without a script.
//
// It knows what formulas of statistics need: letters, numbers, operators,
// sub- and superscripts, \frac, \sqrt, accents, Greek letters, sums, fences and
// text. Anything else is an error that names it. No kept library does this in
// Go without a JavaScript engine.
package mathml

import (
	"errors"
	"fmt"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSource and maxDepth bound a formula: a page's author is not trusted with
// the stack.
const (
	maxSource = 4096
	maxDepth  = 40
)

// Render returns a formula as a math element, with its source as an annotation.
// Display formulas stand in a line of their own, with the limits of sums above
// and below. Everything in the markup is escaped or made here.
func Render(tex string, display bool) (string, error) {
	if len(tex) > maxSource {
		return "", fmt.Errorf("formula: %d bytes, more than %d", len(tex), maxSource)
	}
	if !utf8.ValidString(tex) {
		return "", errors.New("formula: not UTF-8")
	}
	p := &parser{rest: tex, display: display}
	row, err := p.row("", 0)
	if err != nil {
		return "", fmt.Errorf("formula %q: %w", tex, err)
	}
	block := ""
	if display {
		block = ` display="block"`
	}
	return "<math" + block + "><semantics>" + row + `<annotation encoding="application/x-tex">` + html.EscapeString(tex) + "</annotation></semantics></math>", nil
}

type parser struct {
	rest    string
	display bool
}

// row reads until the closing text ("}", `\right`, "]"), or to the end where it
// is "". The closing text is left to the caller.
func (p *parser) row(closing string, depth int) (string, error) {
	if depth > maxDepth {
		return "", errors.New("nested too deeply")
	}
	var b strings.Builder
	b.WriteString("<mrow>")
	for {
		p.space()
		switch {
		case closing == "" && p.rest == "":
			return b.String() + "</mrow>", nil
		case p.rest == "":
			return "", fmt.Errorf("%s is missing at the end", closing)
		case closing != "" && strings.HasPrefix(p.rest, closing):
			return b.String() + "</mrow>", nil
		case p.rest[0] == '}':
			return "", errors.New("} without {")
		}
		part, err := p.scripted(depth)
		if err != nil {
			return "", err
		}
		b.WriteString(part)
	}
}

func (p *parser) space() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

// scripted reads an atom with what hangs below and above it.
func (p *parser) scripted(depth int) (string, error) {
	limits := p.display && hasLimits(p.rest)
	base, err := p.atom(depth)
	if err != nil {
		return "", err
	}
	var below, above string
	for {
		p.space()
		if p.rest == "" || p.rest[0] != '_' && p.rest[0] != '^' {
			break
		}
		at := &below
		if p.rest[0] == '^' {
			at = &above
		}
		if *at != "" {
			return "", fmt.Errorf("two %c at one place", p.rest[0])
		}
		p.rest = p.rest[1:]
		if *at, err = p.argument(depth); err != nil {
			return "", err
		}
	}
	under, over, both := "msub", "msup", "msubsup"
	if limits {
		under, over, both = "munder", "mover", "munderover"
	}
	switch {
	case below != "" && above != "":
		return element(both, base+below+above), nil
	case below != "":
		return element(under, base+below), nil
	case above != "":
		return element(over, base+above), nil
	}
	return base, nil
}

// argument reads {...} or one atom.
func (p *parser) argument(depth int) (string, error) {
	p.space()
	if p.rest == "" {
		return "", errors.New("something is missing at the end")
	}
	return p.atom(depth)
}

// atom reads one thing: a group, a number, a letter, a sign or a command.
func (p *parser) atom(depth int) (string, error) {
	c, size := utf8.DecodeRuneInString(p.rest)
	switch {
	case c == '{':
		return p.group(depth)
	case c == '\\':
		return p.command(depth)
	case c == '_' || c == '^':
		return "", fmt.Errorf("%c has nothing to hang on", c)
	case c == '%' || c == '$' || c == '#' || c == '&' || c == '~':
		return "", fmt.Errorf(`write \%c for %c`, c, c)
	case '0' <= c && c <= '9' || c == '.':
		n := len(p.rest) - len(strings.TrimLeft(p.rest, "0123456789."))
		number := p.rest[:n]
		p.rest = p.rest[n:]
		return element("mn", number), nil
	}
	p.rest = p.rest[size:]
	switch {
	case unicode.IsLetter(c):
		return element("mi", string(c)), nil
	case c == '-':
		return element("mo", "\u2212"), nil
	case c == '*':
		return element("mo", "\u2217"), nil
	case unicode.IsControl(c):
		return "", fmt.Errorf("the control character %U", c)
	}
	return element("mo", html.EscapeString(string(c))), nil
}

// group reads {...}.
func (p *parser) group(depth int) (string, error) {
	p.rest = p.rest[1:]
	row, err := p.row("}", depth+1)
	if err != nil {
		return "", err
	}
	p.rest = p.rest[1:]
	return row, nil
}

// text reads {...} as it stands.
func (p *parser) text() (string, error) {
	p.space()
	inside, ok := strings.CutPrefix(p.rest, "{")
	end := strings.IndexAny(inside, "{}")
	if !ok || end < 0 || inside[end] != '}' {
		return "", errors.New("text stands in one pair of { }")
	}
	p.rest = inside[end+1:]
	return html.EscapeString(inside[:end]), nil
}

func element(name, content string) string { return "<" + name + ">" + content + "</" + name + ">" }
