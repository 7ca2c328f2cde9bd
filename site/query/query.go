// Package query is the language that leaderboards are searched in, for views whose
// board says what they search for at first:
//
//	query = and {"OR" and}
//	and   = not {["AND"] not}
//	not   = ("NOT" | "-") not | "(" query ")" | term
//	term  = [field ":"] (word | "phrase" | operator number | number ".." number | "unknown")
//
// Words are looked for anywhere, whatever their case and accents. A reader's own
// searches run in the page, by templates/leaderboard/query.js; both pass the cases
// of query_cases.json beside it.
package query

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Field is a property of rows of type R: a number or a text. ok is false for a row
// whose property is not known; no comparison holds for it.
type Field[R any] struct {
	Number func(R) (x float64, ok bool) // nil for a text
	Text   func(R) (s string, ok bool)
}

// Parse returns the test that a query makes of a row; nil for an empty query,
// which all rows pass. words returns what a word without a field is looked for in,
// made comparable by [Plain]; known returns the field of a name. Errors say what
// is wrong as the page does.
func Parse[R any](text string, words func(R) string, known func(name string) (Field[R], bool)) (func(R) bool, error) {
	tokens, err := scan(text)
	if err != nil || len(tokens) == 0 {
		return nil, err
	}
	p := &parser[R]{tokens: tokens, words: words, known: known}
	test, err := p.any()
	if err != nil {
		return nil, err
	}
	if len(p.tokens) > 0 {
		return nil, errors.New("there is a ) too many")
	}
	return test, nil
}

// Plain makes texts comparable: lower case, without accents.
func Plain(text string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.M, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(text)))
}

// token is a parenthesis, or a word with what is quoted in it.
type token struct {
	mark         rune
	word, quoted string
	phrase       bool
}

func scan(text string) ([]token, error) {
	var out []token
	in := []rune(text)
	for i := 0; i < len(in); {
		switch c := in[i]; {
		case unicode.IsSpace(c):
			i++
			continue
		case c == '(' || c == ')':
			out = append(out, token{mark: c})
			i++
			continue
		}
		var t token
		for ; i < len(in) && !unicode.IsSpace(in[i]) && in[i] != '(' && in[i] != ')'; i++ {
			if in[i] != '"' {
				t.word += string(in[i])
				continue
			}
			end := i + 1
			for end < len(in) && in[end] != '"' {
				end++
			}
			if end == len(in) {
				return nil, errors.New(`a quotation mark " is not closed`)
			}
			t.quoted += string(in[i+1 : end])
			t.phrase = true
			i = end
		}
		out = append(out, t)
	}
	return out, nil
}

type parser[R any] struct {
	tokens []token // that are left
	words  func(R) string
	known  func(string) (Field[R], bool)
}

// is reports whether the next token is the word.
func (p *parser[R]) is(word string) bool {
	return len(p.tokens) > 0 && p.tokens[0].word == word && !p.tokens[0].phrase
}

func (p *parser[R]) any() (func(R) bool, error) {
	out, err := p.all()
	for err == nil && p.is("OR") {
		p.tokens = p.tokens[1:]
		var right func(R) bool
		left := out
		if right, err = p.all(); err == nil {
			out = func(r R) bool { return left(r) || right(r) }
		}
	}
	return out, err
}

func (p *parser[R]) all() (func(R) bool, error) {
	out, err := p.not()
	for err == nil && len(p.tokens) > 0 && p.tokens[0].mark != ')' && !p.is("OR") {
		if p.is("AND") {
			p.tokens = p.tokens[1:]
		}
		var right func(R) bool
		left := out
		if right, err = p.not(); err == nil {
			out = func(r R) bool { return left(r) && right(r) }
		}
	}
	return out, err
}

func (p *parser[R]) not() (func(R) bool, error) {
	if len(p.tokens) == 0 {
		return nil, errors.New("something is missing at the end")
	}
	if p.is("OR") || p.is("AND") {
		return nil, fmt.Errorf("%s needs a word on both sides", p.tokens[0].word)
	}
	negated := p.is("NOT")
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	switch {
	case negated:
		return negate(p.not())
	case t.mark == ')':
		return nil, errors.New("there is a ) too many")
	case t.mark == '(':
		out, err := p.any()
		if err != nil {
			return nil, err
		}
		if len(p.tokens) == 0 || p.tokens[0].mark != ')' {
			return nil, errors.New("a ( is not closed")
		}
		p.tokens = p.tokens[1:]
		return out, nil
	case strings.HasPrefix(t.word, "-") && (len(t.word) > 1 || t.phrase):
		t.word = t.word[1:]
		return negate(p.term(t))
	}
	return p.term(t)
}

func negate[R any](test func(R) bool, err error) (func(R) bool, error) {
	if err != nil {
		return nil, err
	}
	return func(r R) bool { return !test(r) }, nil
}

var termForm = regexp.MustCompile(`^([^:<>="]+):(.*)$`)

func (p *parser[R]) term(t token) (func(R) bool, error) {
	m := termForm.FindStringSubmatch(t.word)
	if m == nil {
		want := Plain(t.word + t.quoted)
		return func(r R) bool { return strings.Contains(p.words(r), want) }, nil
	}
	field, ok := p.known(m[1])
	if !ok {
		return nil, fmt.Errorf("there is no field %s", m[1])
	}
	value := m[2] + t.quoted
	switch {
	case value == "":
		return nil, fmt.Errorf("what should %s be?", m[1])
	case !t.phrase && strings.EqualFold(value, "unknown"):
		return func(r R) bool {
			if field.Number != nil {
				_, ok := field.Number(r)
				return !ok
			}
			_, ok := field.Text(r)
			return !ok
		}, nil
	case field.Number != nil:
		return compare(field.Number, m[1], value)
	}
	want, exact := strings.CutPrefix(value, "=")
	want = Plain(want)
	return func(r R) bool {
		have, ok := field.Text(r)
		have = Plain(have)
		return ok && (have == want || !exact && strings.Contains(have, want))
	}, nil
}

var compareForm = regexp.MustCompile(`^(<=|>=|<|>|=)?(.*)$`)

func compare[R any](of func(R) (float64, bool), name, value string) (func(R) bool, error) {
	op, from, to := "", value, value
	if i := strings.LastIndex(value, ".."); i >= 0 {
		from, to = value[:i], value[i+len(".."):]
	} else {
		m := compareForm.FindStringSubmatch(value)
		if m == nil {
			m = []string{"", "", value}
		}
		op, from, to = m[1], m[2], m[2]
	}
	low, ok := Number(from)
	high, also := Number(to)
	if !ok || !also {
		like := map[string]string{"params": "25M", "year": "2016"}[name]
		if like == "" {
			like = "0.4"
		}
		return nil, fmt.Errorf("%s is a number, such as %s:>=%s", name, name, like)
	}
	return func(r R) bool {
		x, ok := of(r)
		if !ok {
			return false
		}
		switch op {
		case "<":
			return x < low
		case "<=":
			return x <= low
		case ">":
			return x > low
		case ">=":
			return x >= low
		}
		return x >= low && x <= high
	}, nil
}

var (
	numberForm = regexp.MustCompile(`^(?i)([-\x{2212}]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([kmbg]?)$`)
	units      = map[string]float64{"": 1, "k": 1e3, "m": 1e6, "b": 1e9, "g": 1e9}
)

// Number reads "50M", ".4", "−0.3".
func Number(text string) (float64, bool) {
	m := numberForm.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return 0, false
	}
	x, err := strconv.ParseFloat(strings.Replace(m[1], "\u2212", "-", 1), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, false
	}
	return x * units[strings.ToLower(m[2])], true
}
