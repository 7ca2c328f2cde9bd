package archive

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is something wrong with a file of the archive. It is a value, not an
// error that ends the work: one bad submission must never keep the others from
// being scored.
type Problem struct {
	File string `json:"file"`    // relative to the archive's root, slash separated
	Line int    `json:"line"`    // 1-based; 0 when the problem is the file as a whole
	Msg  string `json:"message"` // what is wrong, without capital and full stop
	Hint string `json:"hint"`    // what to do about it; may be empty
}

// String returns "file:line: what is wrong", without the hint.
func (p Problem) String() string {
	if p.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Msg)
	}
	return fmt.Sprintf("%s: %s", p.File, p.Msg)
}

// Problems is a list of them. The zero value is ready to use.
type Problems []Problem

// Add appends a problem whose message is formatted from the arguments.
func (ps *Problems) Add(file string, line int, hint, format string, args ...any) {
	*ps = append(*ps, Problem{File: file, Line: line, Hint: hint, Msg: fmt.Sprintf(format, args...)})
}

// Sort orders the list by file, line and message, and drops exact repetitions.
func (ps Problems) Sort() Problems {
	slices.SortFunc(ps, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), strings.Compare(a.Msg, b.Msg))
	})
	return slices.Compact(ps)
}
