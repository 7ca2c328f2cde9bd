package caffe

import (
	"fmt"
	"strconv"
)

// The limits of a text file. The deploy network of SqueezeNet has 10 KB, 66
// layers and messages two deep.
const (
	maxText  = 1 << 20
	maxDepth = 8
)

// A field is one entry of a message in protocol buffers' text form: a name with
// a value, or with a message in braces.
type field struct {
	name    string
	line    int
	value   string // as written, without its quotes
	quoted  bool
	message []field // nil for a value
}

// A scanner divides the text into tokens: names, numbers, quoted texts, and the
// three characters ":", "{" and "}".
type scanner struct {
	text []byte
	pos  int
	line int

	token  string // "" at the end
	quoted bool
	err    error
}

func (s *scanner) next() {
	s.token, s.quoted = "", false
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		switch {
		case c == '\n':
			s.line++
			s.pos++
		case c == ' ' || c == '\t' || c == '\r':
			s.pos++
		case c == '#':
			for s.pos < len(s.text) && s.text[s.pos] != '\n' {
				s.pos++
			}
		case c == ':' || c == '{' || c == '}':
			s.token = string(c)
			s.pos++
			return
		case c == '"':
			s.quote()
			return
		case isWord(c):
			start := s.pos
			for s.pos < len(s.text) && isWord(s.text[s.pos]) {
				s.pos++
			}
			s.token = string(s.text[start:s.pos])
			return
		default:
			s.fail("unexpected character %q", c)
			return
		}
	}
}

// quote reads a text in quotes. Caffe's names need no escapes, so there are none.
func (s *scanner) quote() {
	start := s.pos + 1
	for i := start; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '"':
			s.token, s.quoted, s.pos = string(s.text[start:i]), true, i+1
			return
		case c < ' ' || c > '~' || c == '\\':
			s.fail("a quoted text holds %q", c)
			return
		}
	}
	s.fail("a quoted text does not end")
}

func isWord(c byte) bool {
	return c == '_' || c == '.' || c == '-' || c == '+' ||
		'0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func (s *scanner) fail(format string, args ...any) {
	if s.err == nil {
		s.err = lineError(s.line, format, args...)
	}
	s.token, s.quoted, s.pos = "", false, len(s.text)
}

func lineError(line int, format string, args ...any) error {
	return fmt.Errorf("line %d: %w", line, fmt.Errorf(format, args...))
}

// parseText reads a whole file as one message.
func parseText(text []byte) ([]field, error) {
	if len(text) > maxText {
		return nil, fmt.Errorf("it has %d bytes; at most %d are read", len(text), maxText)
	}
	s := &scanner{text: text, line: 1}
	s.next()
	fields := s.message(0)
	if s.err == nil && s.token != "" {
		s.fail("%q closes nothing", s.token)
	}
	if s.err != nil {
		return nil, s.err
	}
	return fields, nil
}

// message reads fields up to the brace that closes them, or to the end.
func (s *scanner) message(depth int) []field {
	fields := []field{} // a message without fields is still a message
	for s.err == nil && (s.token != "" || s.quoted) && s.token != "}" {
		if s.quoted || !isName(s.token) {
			s.fail("%q stands where a name is expected", s.token)
			break
		}
		f := field{name: s.token, line: s.line}
		s.next()
		if s.token == ":" && !s.quoted {
			if s.next(); s.token != "{" || s.quoted {
				s.value(&f)
				fields = append(fields, f)
				continue
			}
		}
		if s.token != "{" || s.quoted {
			s.fail("%s has neither a value nor a message", f.name)
			break
		}
		if depth == maxDepth {
			s.fail("messages are more than %d deep", maxDepth)
			break
		}
		s.next()
		f.message = s.message(depth + 1)
		if s.token != "}" || s.quoted {
			s.fail("the message of line %d is not closed", f.line)
			break
		}
		s.next()
		fields = append(fields, f)
	}
	return fields
}

func (s *scanner) value(f *field) {
	if !s.quoted && (s.token == "" || s.token == ":" || s.token == "}") {
		s.fail("%s has no value", f.name)
		return
	}
	f.value, f.quoted = s.token, s.quoted
	s.next()
}

func isName(token string) bool {
	c := token[0]
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// text is the value of a quoted field, which is never empty.
func (f field) text() (string, error) {
	if f.message != nil || !f.quoted || f.value == "" {
		return "", lineError(f.line, "%s is not a text in quotes", f.name)
	}
	return f.value, nil
}

// word is the value of a field without quotes.
func (f field) word() (string, error) {
	if f.message != nil || f.quoted {
		return "", lineError(f.line, "%s is not a plain value", f.name)
	}
	return f.value, nil
}

// number is a whole number from lo to hi.
func (f field) number(lo, hi int) (int, error) {
	w, err := f.word()
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(w)
	if err != nil || n < lo || n > hi {
		return 0, lineError(f.line, "%s is %q, not a whole number from %d to %d", f.name, w, lo, hi)
	}
	return n, nil
}
