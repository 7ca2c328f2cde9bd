package git

import (
	"regexp"
	"strings"
	"unicode"
)

// escapes are the sequences that a terminal obeys: CSI (colours, cursor), the
// strings OSC, DCS, SOS, PM and APC (titles, links, clipboard) and the others of
// ECMA-48, each begun by ESC or by its one C1 character.
var escapes = regexp.MustCompile("(?s)" +
	"(?:\x1b\\[|\u009b)[0-?]*[ -/]*[@-~]?" +
	"|(?:\x1b[\\]PX^_]|[\u009d\u0090\u0098\u009e\u009f]).*?(?:\x07|\x1b\\\\|\u009c|$)" +
	"|\x1b[ -/]*[0-~]?")

// plain are characters that need no cleaning, nearly all there are.
const plain = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"

// Clean makes a stranger's text fit for a line of a terminal or a page: one
// line of valid UTF-8 without escape sequences, control characters and
// characters that change the direction of writing, at most limit runes long.
func Clean(s string, limit int) string {
	if len(s) <= limit && strings.Trim(s, plain) == "" {
		return strings.TrimSpace(s)
	}
	s = escapes.ReplaceAllString(strings.ToValidUTF8(s, "\ufffd"), "")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > limit {
		s = strings.TrimSpace(string(r[:limit-1])) + "…"
	}
	return s
}
