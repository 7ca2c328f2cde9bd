package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive/git"
)

// MaxReport is the largest report that is read, in bytes (8 MiB).
const MaxReport = 8 << 20

// Add adds a finding.
func (r *Report) Add(f Finding) { r.Findings = append(r.Findings, f) }

// Encode returns the report as JSON.
func (r *Report) Encode() []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil { // it holds texts and numbers
		panic("audit: " + err.Error())
	}
	return buf.Bytes()
}

// DecodeReport is the inverse of [Report.Encode]. Unknown fields and data after
// the end are errors.
func DecodeReport(data []byte) (*Report, error) {
	if len(data) > MaxReport {
		return nil, fmt.Errorf("not a report: %d bytes, more than the %d allowed", len(data), MaxReport)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	var r Report
	if err := dec.Decode(&r); err != nil {
		return nil, fmt.Errorf("not a report: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("not a report: data after the end")
	}
	if r.Schema != Schema {
		return nil, fmt.Errorf("not a report of schema %d: its schema is %d", Schema, r.Schema)
	}
	if !git.IsHash(r.Head) {
		return nil, errors.New("not a report: the head is no hash")
	}
	for _, f := range r.Findings {
		if !slices.Contains(rules, f.Rule) {
			return nil, fmt.Errorf("not a report: there is no rule %q", git.Clean(f.Rule, 50))
		}
	}
	return &r, nil
}

// Clean reports whether nothing was found and the whole sample was reproduced.
func (r *Report) Clean() bool {
	return len(r.Findings) == 0 && (r.Sample == nil || len(r.Sample.Unread) == 0)
}

// String says in a line or two what was looked at.
func (r *Report) String() string {
	s := fmt.Sprintf("%s at %.12s, %s that changed them", plural(r.Results, "result"), r.Head, plural(r.Commits, "commit"))
	if b := r.Baseline; b != nil && b.Commit != "" {
		s += fmt.Sprintf(" since %.12s; %s from before", b.Commit, plural(b.Results, "result"))
	}
	if r.Verified {
		s += "; signatures looked at"
	}
	if n := len(r.Earlier); n > 0 {
		s += fmt.Sprintf("; compared with %s", plural(n, "earlier commit"))
	}
	if m := r.Sample; m != nil {
		s += fmt.Sprintf("; %d of %d scored again with the seed %.40s, %d reproduced", len(m.Reproduced)+len(m.Differ), m.Of, m.Seed, len(m.Reproduced))
	}
	return s
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// maxMarkdown bounds what [Report.Markdown] returns, in bytes; GitHub takes
// 65,536 characters.
const maxMarkdown = 60_000

// Markdown returns the report for an issue or a page of GitHub. Run is the
// address of the run that has all of it; "" for none. What may come from
// strangers stands in code spans, where nothing is obeyed and nobody is called.
func (r *Report) Markdown(run string) string {
	var b strings.Builder
	switch n := len(r.Findings); {
	case n > 0:
		fmt.Fprintf(&b, "**`bsgen audit` found %s.**\n\n", plural(n, "thing")+" that should not be")
	case r.Clean():
		b.WriteString("**`bsgen audit` found nothing.**\n\n")
	default:
		fmt.Fprintf(&b, "**`bsgen audit` could not score %s of its sample again.**\n\n", plural(len(r.Sample.Unread), "result"))
	}
	b.WriteString(code(r.String()) + "\n")
	var lines []string
	for _, f := range r.Findings {
		line := "- " + f.Rule + ": " + code(f.String())
		if f.Hint != "" {
			line += "\n  " + code("hint: "+strings.ReplaceAll(f.Hint, "`", "'"))
		}
		lines = append(lines, line)
	}
	if r.Sample != nil {
		for _, p := range r.Sample.Unread {
			lines = append(lines, "- not scored again: "+code(p))
		}
	}
	for i, l := range lines {
		if i == 0 {
			b.WriteByte('\n')
		}
		if b.Len()+len(l) > maxMarkdown {
			fmt.Fprintf(&b, "- and %d more; the report of the run lists all\n", len(lines)-i)
			break
		}
		b.WriteString(l + "\n")
	}
	if run != "" {
		fmt.Fprintf(&b, "\nThe run: %s\n", run)
	}
	b.WriteString("\n`docs/audit.md` says what each rule is good for, and how to check any number yourself.\n")
	return b.String()
}

// code makes a code span of one line.
func code(s string) string {
	s = git.Clean(s, 1000)
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || s == "" {
		s = " " + s + " "
	}
	return fence + s + fence
}
