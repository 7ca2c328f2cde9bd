package main

import (
	"bytes"
	"io"
	"regexp"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// Text from a submission is a stranger's: a name may hold the codes that move a
// terminal's cursor, paint over what stands there or turn the writing around.
// visible writes such characters as Go would quote them (\x1b, \u202e): all
// control characters, the controls of bidirectional text, and bytes that are no
// UTF-8. Everything else stays as it is.
func visible(s string) string { return string(escape(nil, s, false)) }

// escape appends the visible form of s; with layout, newlines and tabs stay.
func escape(dst []byte, s string, layout bool) []byte {
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			const hex = "0123456789abcdef"
			dst = append(dst, '\\', 'x', hex[s[0]>>4], hex[s[0]&15])
		case layout && (r == '\n' || r == '\t'), !unicode.IsControl(r) && !unicode.Is(unicode.Bidi_Control, r):
			dst = append(dst, s[:n]...)
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			dst = append(dst, quoted[1:len(quoted)-1]...)
		}
		s = s[n:]
	}
	return dst
}

// visibleWriter writes text in its visible form, with its newlines and tabs. It
// is the last door before the terminal, for libraries that write by themselves.
// Every call of Write must hold whole characters.
//
// A runner of workflows obeys lines that begin with :: and whatever follows ##[
// anywhere. Where one reads, these are broken up too.
type visibleWriter struct {
	w      io.Writer
	runner bool
}

var runnerCommand = regexp.MustCompile(`(?m)^([\s\pZ]*)::`)

// Write implements io.Writer.
func (v visibleWriter) Write(p []byte) (int, error) {
	text := escape(nil, string(p), true)
	if v.runner {
		text = runnerCommand.ReplaceAll(text, []byte("$1: :"))
		text = bytes.ReplaceAll(text, []byte("##["), []byte("# #["))
	}
	if _, err := v.w.Write(text); err != nil {
		return 0, err
	}
	return len(p), nil
}
