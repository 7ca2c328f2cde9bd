package report

import (
	"strings"
	"unicode"

	"github.com/bsgen/bsgen/archive/git"
)

// Text from a submission reaches a comment in two ways only: in a code span
// (code) or in a fenced block (block). In both, GitHub makes no mention of
// @somebody, no link, no image and no HTML of it. Text of the main branch, such
// as titles, is shown as text (prose), with every character escaped that could
// be markup.

// clean is one line without controls, invisible characters and what turns text
// around, of at most limit characters.
func clean(s string, limit int) string {
	s = s[:min(len(s), 16*limit)] // what is left out could only be longer
	return git.Clean(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) {
			return -1
		}
		return r
	}, s), limit)
}

// code puts a text into a code span. It is not for cells of tables, where a
// pipe would end it: ids go there, which have none.
func code(s string) string {
	s = clean(s, maxText)
	if s == "" {
		return "`(empty)`"
	}
	fence := strings.Repeat("`", longestRun(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// block puts lines into a fenced block of a language.
func block(language string, lines []string) string {
	var b strings.Builder
	longest := 2
	for _, l := range lines {
		longest = max(longest, longestRun(l))
	}
	fence := strings.Repeat("`", longest+1)
	b.WriteString(fence + language + "\n")
	for _, l := range lines {
		text := strings.TrimLeft(l, " ")
		b.WriteString(l[:len(l)-len(text)] + clean(text, 2*maxText) + "\n")
	}
	b.WriteString(fence + "\n")
	return b.String()
}

// longestRun returns the length of the longest run of backticks.
func longestRun(s string) int {
	longest, n := 0, 0
	for _, r := range s {
		if n++; r != '`' {
			n = 0
		}
		longest = max(longest, n)
	}
	return longest
}

// prose writes a text of the main branch as text. A joiner that nobody sees
// keeps @ and # from making a mention or a reference of what follows.
func prose(s string) string {
	var b strings.Builder
	for _, r := range clean(s, maxTitle) {
		if r < unicode.MaxASCII && (unicode.IsPunct(r) || unicode.IsSymbol(r)) && !strings.ContainsRune(harmless, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		if r == '@' || r == '#' {
			b.WriteRune('\u2060')
		}
	}
	return b.String()
}

// harmless is the punctuation that is none of Markdown's where titles stand.
const harmless = "/,;'()-%"

// maxTitle bounds a title of the main branch, maxText a text of a submission.
const (
	maxTitle = 120
	maxText  = 500
)
