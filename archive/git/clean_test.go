package git

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", ""},
		{" plain ~ text ", "plain ~ text"},
		{"ünïcode 漢字 🧠", "ünïcode 漢字 🧠"},
		{"\x1b[1;31mred\x1b[0m", "red"},
		{"a\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\b", "alinkb"},
		{"a\x1b]0;never ended", "a"},
		{"a\u009b2Jb\u009d0;x\u009cc", "abc"},
		{"a\x1bPq#0\x1b\\b\x1bcc\x1b(Bd\x1b", "abcd"},
		{"one\r\ntwo\tthree\u2028four\x00\x08\x7f", "one two three four"},
		{"\u202ertl\u202c \u2067x\u2069 \u200fy", "rtl x y"},
		{"bad \xff\xfe utf", "bad \ufffd utf"},
		{strings.Repeat("é", 11), strings.Repeat("é", 9) + "…"},
		{strings.Repeat("a", 11), strings.Repeat("a", 9) + "…"},
	} {
		limit := 10
		if len([]rune(test.want)) != 10 || !strings.HasSuffix(test.want, "…") {
			limit = 100
		}
		if got := Clean(test.in, limit); got != test.want {
			t.Errorf("%q becomes %q, want %q", test.in, got, test.want)
		}
	}
}

// FuzzClean: no text keeps what a terminal or a browser would obey.
func FuzzClean(f *testing.F) {
	f.Add("\x1b[31mred\x1b]0;title\x07 \u202e\u009b2J\xff\n", 10)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = max(1, limit%1000)
		got := Clean(s, limit)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > limit || strings.TrimSpace(got) != got {
			t.Errorf("%q", got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.IsSpace(r) && r != ' ' {
				t.Errorf("%q keeps %U", got, r)
			}
		}
	})
}
